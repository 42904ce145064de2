#include "format/oc_log.h"

#include "base/clock.h"
#include "base/mem.h"
#include "format/log_lines.h"
#include "format/oc_error.h"

#include <stdlib.h>
#include <string.h>

struct oc_log_reader {
    struct log_lines lines;
    struct buf raw;  /* of the entry at hand, its lines with their ends */
    struct buf text; /* the same as one line */
    struct oc_log_entry entry;
    oc_log_fn *fn;
    void *arg;
    bool open;
};

/* A date whose hour has two digits or one: its length, 0: none stands there. */
static size_t read_date(struct str s, const char *form, const char *short_form, struct civil *c)
{
    if (clock_civil_read(s, form, c))
        return strlen(form);
    return clock_civil_read(s, short_form, c) ? strlen(short_form) : 0;
}

bool oc_log_time(struct str *s, char time[20])
{
    struct civil c;
    size_t end = read_date(*s, "YYYY-MM-DD hh:mm:ss", "YYYY-MM-DD h:mm:ss", &c);

    if (end == 0 || !str_starts(str_sub(*s, end, s->n), STR(" -")))
        return false;
    clock_civil_text(&c, time);
    *s = str_sub(*s, end + 2, s->n);
    str_skip(s, STR(" "));
    return true;
}

/* "[21-Nov-2026 01:32:44 UTC] " of PHP's own log */
static bool take_php_time(struct str *s, char time[20])
{
    struct civil c;
    size_t close = str_chr(str_sub(*s, 0, 64), ']', 0);

    if (close == SIZE_MAX || read_date(*s, "[DD-NNN-YYYY hh:mm:ss", "[DD-NNN-YYYY h:mm:ss", &c) == 0)
        return false;
    clock_civil_text(&c, time);
    *s = str_trim(str_sub(*s, close + 1, s->n));
    return true;
}

/* Folders and files of the installer: a store may lie in a folder "install" itself. */
static bool is_in_install(struct str s)
{
    static const char *const inside[] = {"controller", "model", "index.php", "language", "view", "cli_", "opencart"};

    if (s.p == NULL)
        return false;
    for (size_t at = 0; (at = str_find(s, STR("install"), at)) != SIZE_MAX; at += 7) {
        struct str rest = str_sub(s, at + 7, s.n);

        if (at == 0 || (s.p[at - 1] != '/' && s.p[at - 1] != '\\') || rest.n == 0 || (rest.p[0] != '/' && rest.p[0] != '\\'))
            continue;
        rest = str_sub(rest, 1, rest.n);
        for (size_t i = 0; i < sizeof inside / sizeof *inside; i++)
            if (str_starts(rest, str_of(inside[i])))
                return true;
    }
    return false;
}

static enum oc_log_kind php_kind(struct str *s)
{
    static const struct {
        const char *word;
        enum oc_log_kind kind;
    } words[] = {
        {"PHP Notice:", OC_LOG_NOTICE},           {"PHP Warning:", OC_LOG_WARNING},     {"PHP Fatal Error:", OC_LOG_FATAL},
        {"PHP Fatal error:", OC_LOG_FATAL},       {"PHP Parse error:", OC_LOG_FATAL},   {"PHP Unknown:", OC_LOG_NOTICE},
        {"PHP Deprecated:", OC_LOG_NOTICE},       {"PHP Strict Standards:", OC_LOG_NOTICE}, {"PHP Recoverable fatal error:", OC_LOG_FATAL},
        {"PHP Catchable fatal error:", OC_LOG_FATAL},
    };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_skip(s, str_of(words[i].word))) {
            *s = str_trim(*s);
            return words[i].kind;
        }
    return OC_LOG_OTHER;
}

/* "CLASS:  MESSAGE" of 4.0: a name of a class, two blanks behind its colon. */
static bool take_class(struct str *s)
{
    size_t n = 0;

    while (n < s->n && s->p[n] != ':' && s->p[n] != ' ' && s->p[n] != '\n')
        n++;
    if (n == 0 || !str_starts(str_sub(*s, n, s->n), STR(":  ")))
        return false;
    *s = str_sub(*s, n + 3, s->n);
    return true;
}

/* "Uncaught CLASS: MESSAGE in FILE:N / Stack trace: / … / thrown in FILE on line N": the place where it was thrown is the second one. */
static struct str without_trace(struct str s, struct str *trace)
{
    size_t at = str_find(s, STR("\nStack trace:"), 0);

    if (at == SIZE_MAX)
        return s;
    *trace = str_sub(s, at, s.n);
    return str_trim(str_sub(s, 0, at));
}

static void judge(struct oc_log_reader *r)
{
    struct oc_log_entry *en = &r->entry;
    struct str s = str_trim(buf_str(&r->raw));
    struct str trace = {0};
    struct oc_error er;
    bool is_class;

    en->kind = php_kind(&s);
    is_class = en->kind == OC_LOG_OTHER && take_class(&s);
    s = without_trace(s, &trace);
    oc_error_read(s, &er);
    if (en->kind == OC_LOG_OTHER && er.file.n > 0 && (is_class || er.backtrace.n > 0 || str_starts(s, STR("Error: ")) || str_has(s, STR(": in "))))
        en->kind = OC_LOG_EXCEPTION;
    en->message = er.message;
    en->file = er.file;
    en->at = er.line;
    en->sql_error = er.sql_error;
    en->sql = er.sql;
    en->in_install = is_in_install(er.file) || is_in_install(er.backtrace) || is_in_install(trace);
}

static void give(struct oc_log_reader *r)
{
    struct str s = str_trim(buf_str(&r->raw));

    if (!r->open)
        return;
    r->open = false;
    buf_reset(&r->text);
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] != '\n' && s.p[i] != '\r')
            buf_addc(&r->text, s.p[i]);
        else if (r->text.n > 0 && r->text.p[r->text.n - 1] != ' ')
            buf_addc(&r->text, ' ');
    r->entry.text = buf_str(&r->text);
    judge(r);
    r->fn(r->arg, &r->entry);
}

static void add(struct oc_log_reader *r, struct str s)
{
    size_t room = OC_LOG_ENTRY_MAX - r->raw.n;

    if (r->raw.n > 0 && room > 0) {
        buf_addc(&r->raw, '\n');
        room--;
    }
    buf_addstr(&r->raw, str_sub(s, 0, room));
}

static void take_line(void *context, const struct log_line *line)
{
    struct oc_log_reader *r = context;
    struct str s = line->text;
    char time[20] = "";

    if (oc_log_time(&s, time) || take_php_time(&s, time)) {
        give(r);
        buf_reset(&r->raw);
        r->entry = (struct oc_log_entry){.line = line->number, .offset = line->offset};
        memcpy(r->entry.time, time, sizeof time);
        r->open = true;
    } else if (!r->open) {
        return;
    }
    add(r, s);
}

struct oc_log_reader *oc_log_new(uint64_t first_line, bool inside, oc_log_fn *fn, void *arg)
{
    struct oc_log_reader *r = mem_alloc(sizeof *r);

    r->fn = fn;
    r->arg = arg;
    log_lines_init(&r->lines, first_line, inside, take_line, r);
    return r;
}

void oc_log_feed(struct oc_log_reader *r, struct str chunk)
{
    log_lines_feed(&r->lines, chunk);
}

void oc_log_end(struct oc_log_reader *r)
{
    log_lines_end(&r->lines);
    give(r);
    log_lines_free(&r->lines);
    buf_free(&r->raw);
    buf_free(&r->text);
    free(r);
}
