#include "format/xc_decorator_log.h"

#include "base/ascii.h"
#include "format/xc_upgrade_log.h"

/* STR for tables: a compound literal is no constant. */
#define WORDS(literal)                                                                                       \
    {                                                                                                        \
        "" literal, sizeof(literal) - 1                                                                      \
    }

/* "step N of M" at the front of s. */
static bool read_step(struct str s, struct xc_decorator_record *r)
{
    return str_skip(&s, STR("step ")) && str_skip_u64(&s, UINT32_MAX, &r->step) && str_skip(&s, STR(" of ")) &&
           str_skip_u64(&s, UINT32_MAX, &r->steps) && (s.n == 0 || s.p[0] == ']' || s.p[0] == '.');
}

/* The first "<seconds>.<part>sec," of s. */
static bool read_time(struct str s, uint64_t *ms)
{
    for (size_t at = 0; (at = str_find(s, STR("sec,"), at)) != SIZE_MAX; at++) {
        size_t from = at;
        struct str whole;
        struct str part;
        uint64_t seconds;
        uint64_t thousandths = 0;

        while (from > 0 && (ascii_is_digit(s.p[from - 1]) || s.p[from - 1] == '.'))
            from--;
        whole = str_cut(str_sub(s, from, at), '.', &part);
        if (!str_u64(whole, UINT32_MAX, &seconds))
            continue;
        for (size_t i = 0; i < 3; i++)
            thousandths =
                thousandths * 10 + (i < part.n && ascii_is_digit(part.p[i]) ? (uint64_t)(part.p[i] - '0') : 0);
        *ms = seconds * 1000 + thousandths;
        return true;
    }
    return false;
}

static void read_clock(struct str before, struct xc_decorator_record *r)
{
    uint64_t h;
    uint64_t m;
    uint64_t s;

    if (!str_ends(before, STR("] ")) || before.n < 11)
        return;
    before = str_sub(before, before.n - 11, before.n);
    if (before.p[0] != '[' || before.p[3] != ':' || before.p[6] != ':' ||
        !str_u64(str_sub(before, 1, 3), 23, &h) || !str_u64(str_sub(before, 4, 6), 59, &m) ||
        !str_u64(str_sub(before, 7, 9), 60, &s))
        return;
    r->has_clock = true;
    r->clock = (unsigned)(h * 3600 + m * 60 + s);
}

/* Entries are written as PHP source would have them. */
static void set_entry(struct xc_decorator_reader *reader, struct str entry, struct xc_decorator_record *r)
{
    buf_reset(&reader->entry);
    for (size_t i = 0; i < entry.n; i++) {
        buf_addc(&reader->entry, entry.p[i]);
        if (entry.p[i] == '\\' && i + 1 < entry.n && entry.p[i + 1] == '\\')
            i++;
    }
    r->entry = buf_str(&reader->entry);
}

static bool read_invoke(struct xc_decorator_reader *reader, struct str s, struct xc_decorator_record *r)
{
    size_t at;

    if (str_skip(&s, STR("actions for "))) {
        r->kind = XC_DECO_ACTIONS;
        str_chop(&s, STR("..."));
        set_entry(reader, str_trim(s), r);
        return true;
    }
    at = str_find(s, STR(" hook for "), 0);
    if (at == SIZE_MAX)
        return false;
    r->kind = XC_DECO_HOOK;
    r->path = str_sub(s, 0, at);
    r->hook = xc_upgrade_hook_tail(r->path);
    s = str_sub(s, at + 10, s.n);
    at = str_find(s, STR(" ("), 0);
    set_entry(reader, str_trim(str_sub(s, 0, at)), r);
    if (at != SIZE_MAX) {
        struct str argument = str_sub(s, at + 2, s.n);

        at = str_find(argument, STR(")..."), 0);
        r->argument = str_sub(argument, 0, at);
    }
    return true;
}

struct mark {
    struct str words;
    enum xc_decorator_kind kind;
};

#define MARKS 4

static const struct mark marks[MARKS] = {
    {WORDS("step "), XC_DECO_STEP},
    {WORDS("Run the \""), XC_DECO_PLUGIN},
    {WORDS("...Invoke "), XC_DECO_HOOK},
    {WORDS("...Actions can't be invoked because entry is not valid: "), XC_DECO_ACTIONS_REFUSED},
};

/* The next place of each mark in a line; looked for again only when it is passed, so that a line full of one
 * kind stays cheap. */
struct finder {
    struct str line;
    bool known[MARKS];
    size_t at[MARKS];
};

static size_t find_mark(struct str s, const struct mark *mark, size_t from)
{
    struct xc_decorator_record probe;
    size_t at = str_find(s, mark->words, from);

    while (at != SIZE_MAX && mark->kind == XC_DECO_STEP && !read_step(str_sub(s, at, s.n), &probe))
        at = str_find(s, mark->words, at + 1);
    return at;
}

/* The next record at or after from: where its mark is, SIZE_MAX when there is none. */
static size_t next_mark(struct finder *f, size_t from, const struct mark **which)
{
    size_t best = SIZE_MAX;

    for (size_t i = 0; i < MARKS; i++) {
        if (!f->known[i] || f->at[i] < from)
            f->at[i] = find_mark(f->line, &marks[i], from);
        f->known[i] = true;
        if (f->at[i] < best) {
            best = f->at[i];
            *which = &marks[i];
        }
    }
    return best;
}

/* The words that lead to "step N of M" belong to its record. */
static size_t start_of(struct str s, size_t at, const struct mark *mark)
{
    static const char *const leads[] = {"Deploying store [", "Re-building cache [", "Executing ", "["};
    struct str before = str_sub(s, 0, at);

    if (mark->kind != XC_DECO_STEP)
        return at;
    for (size_t i = 0; i < sizeof leads / sizeof *leads; i++)
        if (str_chop(&before, str_of(leads[i])))
            return before.n;
    return at;
}

static bool read_piece(struct xc_decorator_reader *reader, struct str piece, const struct mark *mark,
                       struct xc_decorator_record *r)
{
    struct str s = str_sub(piece, mark->words.n, piece.n);

    r->kind = mark->kind;
    r->finished = read_time(s, &r->took_ms);
    switch (mark->kind) {
    case XC_DECO_STEP:
        return read_step(piece, r);
    case XC_DECO_PLUGIN:
        r->name = str_cut(s, '"', &s);
        return s.p != NULL || r->cut;
    case XC_DECO_ACTIONS_REFUSED:
        set_entry(reader, str_trim(s), r);
        return true;
    default:
        return read_invoke(reader, s, r);
    }
}

static void take_line(void *context, const struct log_line *line)
{
    struct xc_decorator_reader *reader = context;
    struct str s = line->text;
    const struct mark *mark = NULL;
    const struct mark *after = NULL;
    struct finder finder = {.line = s};
    size_t at = next_mark(&finder, 0, &mark);
    size_t start = at == SIZE_MAX ? s.n : start_of(s, at, mark);
    struct xc_decorator_record r = {.line = line->number, .offset = line->offset};

    /* A plugin that printed lines of its own has its time in front of the next record. */
    if (s.n > 0 && ascii_is_digit(s.p[0]) && read_time(str_sub(s, 0, start), &r.took_ms)) {
        r.kind = XC_DECO_DONE;
        r.finished = true;
        reader->fn(reader->context, &r);
    }
    while (at != SIZE_MAX) {
        size_t next = next_mark(&finder, at + 1, &after);
        size_t end = next == SIZE_MAX ? s.n : start_of(s, next, after);

        r = (struct xc_decorator_record){.line = line->number, .offset = line->offset};
        r.cut = next == SIZE_MAX && !line->ended;
        read_clock(str_sub(s, 0, start), &r);
        if (read_piece(reader, str_sub(s, at, end), mark, &r))
            reader->fn(reader->context, &r);
        at = next;
        start = end;
        mark = after;
    }
}

void xc_decorator_init(struct xc_decorator_reader *r, uint64_t first_line, bool inside, xc_decorator_fn fn,
                       void *context)
{
    *r = (struct xc_decorator_reader){.fn = fn, .context = context};
    log_lines_init(&r->lines, first_line, inside, take_line, r);
}

void xc_decorator_feed(struct xc_decorator_reader *r, struct str chunk)
{
    log_lines_feed(&r->lines, chunk);
}

void xc_decorator_end(struct xc_decorator_reader *r)
{
    log_lines_end(&r->lines);
}

void xc_decorator_free(struct xc_decorator_reader *r)
{
    log_lines_free(&r->lines);
    buf_free(&r->entry);
}
