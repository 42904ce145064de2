#include "format/xc_php_errors.h"

#include "base/ascii.h"
#include "format/php_fatal.h"
#include "format/xc_upgrade_log.h"

#include <string.h>

/* Longest name of a time zone is about half of this. */
#define ZONE_MOST ((size_t)64)

/* Takes "[date zone] " off the front of *s. */
static bool header(struct str *s, struct civil *time, struct str *zone)
{
    static const char form[] = "[DD-NNN-YYYY hh:mm:ss";
    struct str rest = str_sub(*s, strlen(form), s->n);
    struct str inside;

    if (!clock_civil_read(*s, form, time))
        return false;
    if (str_chr(str_sub(rest, 0, ZONE_MOST), ']', 0) == SIZE_MAX)
        return false;
    inside = str_cut(rest, ']', &rest);
    if (inside.n > 0 && !str_skip(&inside, STR(" ")))
        return false;
    str_skip(&rest, STR(" "));
    *zone = inside;
    *s = rest;
    return true;
}

/* The file a line of a backtrace names, up to its ".php". */
static struct str trace_file(struct str line)
{
    size_t end = str_find(line, STR(".php"), 0);
    size_t from;

    if (end == SIZE_MAX)
        return (struct str){NULL, 0};
    line = str_sub(line, 0, end + 4);
    /* Windows paths have a drive before the first slash; all others begin with it. */
    from = str_chr(line, '/', 0);
    if (from == SIZE_MAX && (from = str_chr(line, ':', 0)) != SIZE_MAX && from > 0)
        from--;
    if (from == SIZE_MAX)
        from = str_rchr(line, ' ') + 1;
    return str_sub(line, from, line.n);
}

static bool ends_message(struct str line)
{
    static const char *const heads[] = {"Server API:",  "Request method:",  "URI:",       "Backtrace:",
                                        "Stack trace:", "PHP Stack trace:", "Call Stack:"};

    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        if (str_starts(line, str_of(heads[i])))
            return true;
    return false;
}

/* What stands in front of the message: X-Cart's code or PHP's kind of error. */
static void read_head(struct xc_php_error *r)
{
    struct str s = r->message;
    struct str head;

    if (str_skip(&s, STR("Error (code: "))) {
        size_t at = str_find(s, STR("): "), 0);

        if (at != SIZE_MAX && str_i64(str_sub(s, 0, at), &r->code)) {
            r->has_code = true;
            r->message = str_sub(s, at + 3, s.n);
        }
    } else if (str_skip(&s, STR("PHP "))) {
        head = str_cut(s, ':', &s);
        if (s.p != NULL && head.n < 40) {
            r->severity = head;
            r->message = str_trim(s);
        }
    }
}

static void read_record(struct xc_php_error *r)
{
    struct str rest = r->text;
    struct str line;
    size_t message = r->text.n;

    while (str_line(&rest, &line)) {
        bool trace = line.n > 1 && line.p[0] == '#' && ascii_is_digit(line.p[1]);

        if ((trace || ends_message(line)) && message == r->text.n)
            message = (size_t)(line.p - r->text.p);
        if (trace && r->file_count < XC_PHP_ERROR_FILES) {
            struct str file = trace_file(line);

            if (file.n > 0)
                r->files[r->file_count++] = file;
        } else if (str_skip(&line, STR("URI: "))) {
            str_chop(&line, STR(";"));
            r->uri = line;
        }
    }
    r->message = str_trim(str_sub(r->text, 0, message));
    read_head(r);
    if (!php_fatal_place(&r->message, &r->file, &r->file_line) && r->file_count > 0)
        r->file = r->files[0];
    r->hook = xc_upgrade_hook_in(r->text);
}

static void emit(struct xc_php_errors *r)
{
    if (!r->has_now)
        return;
    r->now.text = buf_str(&r->text);
    r->now.zone = buf_str(&r->zone);
    read_record(&r->now);
    r->fn(r->context, &r->now);
    r->has_now = false;
}

static void add_text(struct xc_php_errors *r, struct str piece)
{
    size_t room = XC_PHP_ERROR_TEXT_MAX - r->text.n;

    if (piece.n > room) {
        r->now.lost += piece.n - room;
        piece.n = room;
    }
    buf_addstr(&r->text, piece);
}

static void take_line(void *context, const struct log_line *line)
{
    struct xc_php_errors *r = context;
    struct str text = line->text;
    struct civil time;
    struct str zone;

    if (header(&text, &time, &zone)) {
        emit(r);
        r->now = (struct xc_php_error){.line = line->number,
                                       .offset = line->offset,
                                       .time = time,
                                       .seconds = clock_civil_seconds(&time)};
        r->has_now = true;
        buf_reset(&r->text);
        buf_reset(&r->zone);
        buf_addstr(&r->zone, zone);
        add_text(r, text);
    } else if (r->has_now) {
        add_text(r, STR("\n"));
        add_text(r, text);
    }
    if (r->has_now) {
        r->now.lost += line->lost;
        r->now.cut = r->now.cut || !line->ended;
    }
}

void xc_php_errors_init(struct xc_php_errors *r, uint64_t first_line, bool inside, xc_php_error_fn fn,
                        void *context)
{
    *r = (struct xc_php_errors){.fn = fn, .context = context};
    log_lines_init(&r->lines, first_line, inside, take_line, r);
}

void xc_php_errors_feed(struct xc_php_errors *r, struct str chunk)
{
    log_lines_feed(&r->lines, chunk);
}

void xc_php_errors_end(struct xc_php_errors *r)
{
    log_lines_end(&r->lines);
    emit(r);
}

void xc_php_errors_free(struct xc_php_errors *r)
{
    log_lines_free(&r->lines);
    buf_free(&r->text);
    buf_free(&r->zone);
}
