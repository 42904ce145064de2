#include "format/xc_upgrade_log.h"

#include "format/xc_upgrade_text.h"

#include <string.h>

/* "Mmm DD YYYY HH:MM:SS" */
#define STAMP_LENGTH ((size_t)20)
/* A date that cannot be read is looked through for its "]" no further than this. */
#define STAMP_MOST ((size_t)64)

/* Length of "[info, " and the like at the start of s, or 0. */
static size_t type_head(struct str s, enum xc_log_type *type)
{
    if (s.n < 7 || s.p[0] != '[')
        return 0;
    if (memcmp(s.p, "[info, ", 7) == 0) {
        *type = XC_LOG_INFO;
        return 7;
    }
    if (s.n >= 8 && memcmp(s.p, "[error, ", 8) == 0) {
        *type = XC_LOG_ERROR;
        return 8;
    }
    if (s.n >= 10 && memcmp(s.p, "[warning, ", 10) == 0) {
        *type = XC_LOG_WARNING;
        return 10;
    }
    return 0;
}

/* Reads a date, mostly the same as the one before. */
static bool stamp(struct xc_upgrade_reader *r, const char *p)
{
    if (!r->stamp_valid || memcmp(r->stamp, p, STAMP_LENGTH) != 0) {
        struct civil c;

        if (!clock_civil_read((struct str){p, STAMP_LENGTH}, "NNN DD YYYY hh:mm:ss", &c))
            return false;
        memcpy(r->stamp, p, STAMP_LENGTH);
        r->stamp_time = c;
        r->stamp_seconds = clock_civil_seconds(&c);
        r->stamp_valid = true;
    }
    return true;
}

/* Length of a whole header with a good date at the start of s, or 0. */
static size_t header(struct xc_upgrade_reader *r, struct str s, enum xc_log_type *type)
{
    size_t n = type_head(s, type);

    if (n == 0 || s.n < n + STAMP_LENGTH + 1 || s.p[n + STAMP_LENGTH] != ']' || !stamp(r, s.p + n))
        return 0;
    n += STAMP_LENGTH + 1;
    return n < s.n && s.p[n] == ' ' ? n + 1 : n;
}

/* Where inside s, not at its start, another record begins: its line was glued to one that was cut. */
static size_t glued(struct xc_upgrade_reader *r, struct str s)
{
    enum xc_log_type type;
    size_t at = 0;

    while ((at = str_chr(s, '[', at + 1)) != SIZE_MAX)
        if (header(r, str_sub(s, at, s.n), &type) != 0)
            return at;
    return SIZE_MAX;
}

static void note_run(struct xc_upgrade_reader *r, struct xc_upgrade_record *rec)
{
    bool packs = rec->kind == XC_UP_PACK_RECEIVED || rec->kind == XC_UP_PACK_MISSING;

    if (packs) {
        bool core = rec->kind == XC_UP_PACK_RECEIVED && str_is(rec->entry, "Core");
        bool again = core && r->core_seen;

        rec->starts_run = r->phase != XC_RUN_PACKS || again;
        rec->start_sure = rec->starts_run && (r->phase != XC_RUN_UNKNOWN || r->whole);
        if (rec->starts_run)
            r->core_seen = false;
        r->core_seen = r->core_seen || core;
        r->phase = XC_RUN_PACKS;
    } else if (rec->kind >= XC_UP_UNPACKED) {
        r->phase = XC_RUN_LATER;
        r->core_seen = false;
    }
}

static void emit(struct xc_upgrade_reader *r)
{
    if (!r->has_now)
        return;
    if (r->text_kept)
        r->now.text = buf_str(&r->text);
    xc_upgrade_text_read(&r->now);
    note_run(r, &r->now);
    r->fn(r->context, &r->now);
    r->has_now = false;
}

static void keep_text(struct xc_upgrade_reader *r)
{
    if (!r->has_now || r->text_kept)
        return;
    buf_reset(&r->text);
    buf_addstr(&r->text, r->now.text);
    r->text_kept = true;
}

static void add_text(struct xc_upgrade_reader *r, struct str piece)
{
    size_t room;

    keep_text(r);
    room = XC_UPGRADE_TEXT_MAX - r->text.n;
    if (room > 0)
        buf_addc(&r->text, '\n');
    else
        r->now.lost++;
    room = XC_UPGRADE_TEXT_MAX - r->text.n;
    if (piece.n > room) {
        r->now.lost += piece.n - room;
        piece.n = room;
    }
    buf_addstr(&r->text, piece);
}

/* Starts a record when the piece has a header; date or not. */
static bool start(struct xc_upgrade_reader *r, struct str piece, const struct log_line *line)
{
    enum xc_log_type type = XC_LOG_INFO;
    size_t head = header(r, piece, &type);
    bool dated = head != 0;

    if (head == 0) {
        size_t close;

        head = type_head(piece, &type);
        if (head == 0)
            return false;
        close = str_find(str_sub(piece, 0, STAMP_MOST), STR("] "), head);
        if (close != SIZE_MAX)
            head = close + 2;
    }
    emit(r);
    r->now = (struct xc_upgrade_record){.line = line->number, .offset = line->offset, .type = type};
    r->now.dated = dated;
    if (dated) {
        r->now.time = r->stamp_time;
        r->now.seconds = r->stamp_seconds;
    }
    r->now.text = str_sub(piece, head, piece.n);
    r->has_now = true;
    r->text_kept = false;
    if (!line->lasting)
        keep_text(r);
    return true;
}

static void take_piece(struct xc_upgrade_reader *r, struct str piece, const struct log_line *line)
{
    if (start(r, piece, line))
        return;
    if (r->has_now)
        add_text(r, piece);
    else
        r->orphans++;
}

static void take_line(void *context, const struct log_line *line)
{
    struct xc_upgrade_reader *r = context;
    struct str rest = line->text;
    size_t at;

    if (str_starts(rest, STR("<?php die("))) {
        size_t end = str_find(rest, STR("?>"), 0);

        rest = str_sub(rest, end == SIZE_MAX ? rest.n : end + 2, rest.n);
        if (rest.n == 0)
            return;
    }
    while (!line->single && (at = glued(r, rest)) != SIZE_MAX) {
        take_piece(r, str_sub(rest, 0, at), line);
        r->now.cut = r->has_now;
        rest = str_sub(rest, at, rest.n);
    }
    take_piece(r, rest, line);
    if (r->has_now) {
        r->now.lost += line->lost;
        if (!line->ended)
            r->now.cut = true;
    }
}

void xc_upgrade_init(struct xc_upgrade_reader *r, uint64_t first_line, bool inside, xc_upgrade_fn fn,
                     void *context)
{
    *r = (struct xc_upgrade_reader){.fn = fn, .context = context, .whole = !inside};
    log_lines_init(&r->lines, first_line, inside, take_line, r);
}

void xc_upgrade_feed(struct xc_upgrade_reader *r, struct str chunk)
{
    log_lines_feed(&r->lines, chunk);
    keep_text(r);
}

void xc_upgrade_next(struct xc_upgrade_reader *r, bool continues)
{
    xc_upgrade_end(r);
    log_lines_free(&r->lines);
    log_lines_init(&r->lines, 1, false, take_line, r);
    if (continues)
        return;
    r->whole = true;
    r->core_seen = false;
    r->phase = XC_RUN_UNKNOWN;
}

void xc_upgrade_feed_cores(struct xc_upgrade_reader *r, struct str lines)
{
    size_t at = 0;

    /* The words may be translated; the version stands in "(v." in all languages. */
    while ((at = log_lines_pair(lines, '(', 'v', at)) != SIZE_MAX) {
        size_t end = str_chr(lines, '\n', at);
        size_t start = str_rchr(str_sub(lines, 0, at), '\n');

        end = end == SIZE_MAX ? lines.n : end + 1;
        start = start == SIZE_MAX ? 0 : start + 1;
        xc_upgrade_feed(r, str_sub(lines, start, end));
        at = end;
    }
}

void xc_upgrade_end(struct xc_upgrade_reader *r)
{
    log_lines_end(&r->lines);
    emit(r);
}

void xc_upgrade_free(struct xc_upgrade_reader *r)
{
    log_lines_free(&r->lines);
    buf_free(&r->text);
}
