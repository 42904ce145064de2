#include "format/oc_error.h"

#include "base/ascii.h"
#include "base/buf.h"
#include "format/php_fatal.h"

#include <string.h>

/* The longest tag that a message of OpenCart or PHP has. */
#define TAG_MAX ((size_t)80)

/* The digits at the front of s are taken off; 0 when there are none. */
static uint64_t take_number(struct str *s)
{
    uint64_t v = 0;

    return str_skip_u64(s, UINT32_MAX, &v) ? v : 0;
}

static bool chop_break(struct str *s)
{
    return str_chop(s, STR("<br />")) || str_chop(s, STR("<br/>")) || str_chop(s, STR("<br>"));
}

static bool skip_break(struct str *s)
{
    return str_skip(s, STR("<br />")) || str_skip(s, STR("<br/>")) || str_skip(s, STR("<br>"));
}

/* "File: F", "Line: N" and the backtrace below them are taken off. */
static void take_lines(struct str *s, struct oc_error *out)
{
    static const struct str file = {"\nFile: ", 7};
    size_t at = str_find(*s, file, 0);
    struct str rest, line;
    size_t trace;

    if (at == SIZE_MAX)
        return;
    rest = str_sub(*s, at + file.n, s->n);
    *s = str_sub(*s, 0, at);
    if (!str_line(&rest, &line))
        return;
    out->file = str_trim(line);
    if (str_skip(&rest, STR("Line: ")))
        out->line = take_number(&rest);
    trace = str_find(rest, STR("Backtrace: "), 0);
    if (trace != SIZE_MAX)
        out->backtrace = str_sub(rest, trace, rest.n);
}

/* "… in <b>FILE</b> on line <b>N</b>" */
static bool take_bold_place(struct str *s, struct oc_error *out)
{
    struct str t = str_trim(*s);
    struct str number;
    size_t at;

    while (chop_break(&t))
        t = str_trim(t);
    if (!str_chop(&t, STR("</b>")) || (at = str_rfind(t, STR("</b> on line <b>"))) == SIZE_MAX)
        return false;
    number = str_sub(t, at + 16, t.n);
    if (!str_u64(number, UINT32_MAX, &out->line))
        return false;
    t = str_sub(t, 0, at);
    at = str_rfind(t, STR("in <b>"));
    if (at == SIZE_MAX)
        return false;
    out->file = str_sub(t, at + 6, t.n);
    *s = str_trim(str_sub(t, 0, at));
    return true;
}

/* "Error No: N<br />SQL"; what stands in front is left in s. */
static void take_sql(struct str *s, struct oc_error *out)
{
    static const struct str words = {"Error No: ", 10};
    size_t at = str_find(*s, words, 0);
    struct str rest;

    if (at == SIZE_MAX)
        return;
    rest = str_sub(*s, at + words.n, s->n);
    out->sql_error = (unsigned)take_number(&rest);
    if (skip_break(&rest) || rest.n == 0 || rest.p[0] == '\n' || rest.p[0] == ' ')
        out->sql = str_trim(rest);
    *s = str_trim(str_sub(*s, 0, at));
    while (chop_break(s))
        *s = str_trim(*s);
}

/* "(42S02/1146)" or, of 2.0's connection, "link (1045)": the server's number. */
static unsigned number_within(struct str s)
{
    static const struct str link = {"make a database link (", 22};
    size_t at = str_find(s, link, 0);

    if (at != SIZE_MAX) {
        struct str rest = str_sub(s, at + link.n, s.n);

        return (unsigned)take_number(&rest);
    }
    for (at = 0; (at = str_chr(s, '/', at)) != SIZE_MAX; at++) {
        struct str rest = str_sub(s, at + 1, s.n);
        bool state = at >= 6 && s.p[at - 6] == '(';
        uint64_t v;

        for (size_t i = at >= 5 ? at - 5 : at; state && i < at; i++)
            state = ascii_is_digit(s.p[i]) || (s.p[i] >= 'A' && s.p[i] <= 'Z');
        if (state && (v = take_number(&rest)) > 0 && str_starts(rest, STR(")")))
            return (unsigned)v;
    }
    return 0;
}

/* "<b>KIND</b>: " at the front. 4.0.2.3 has the message in bold and "in" behind it. */
static void take_kind(struct str *s, struct oc_error *out)
{
    struct str rest = *s;
    size_t end;

    if (!str_skip(&rest, STR("<b>")))
        return;
    end = str_find(str_sub(rest, 0, TAG_MAX), STR("</b>:"), 0);
    if (end == SIZE_MAX || str_starts(str_trim(str_sub(rest, end + 5, rest.n)), STR("in <b>")))
        return;
    out->kind = str_sub(rest, 0, end);
    *s = str_trim(str_sub(rest, end + 5, rest.n));
}

void oc_error_read(struct str text, struct oc_error *out)
{
    struct str s = str_trim(text);
    bool more = true;

    *out = (struct oc_error){0};
    take_kind(&s, out);
    take_lines(&s, out);
    if (out->file.n == 0 && !take_bold_place(&s, out))
        php_fatal_place(&s, &out->file, &out->line);
    /* 4.0.2.3 prints the message in bold and "in" behind a colon. */
    if (str_skip(&s, STR("<b>")))
        (void)(str_chop(&s, STR("</b>:")) || str_chop(&s, STR("</b>")));
    else
        str_chop(&s, STR(":"));
    s = str_trim(s);
    take_sql(&s, out);
    while (more) {
        struct str code = s;

        s = str_trim(s);
        more = str_skip(&s, STR("Error: ")) || str_skip(&s, STR("Exception: ")) || str_skip(&s, STR("Exception:  "));
        if (!more && str_skip(&code, STR("Error Code("))) {
            size_t end = str_find(str_sub(code, 0, TAG_MAX), STR("):"), 0);

            more = end != SIZE_MAX;
            if (more)
                s = str_sub(code, end + 2, code.n);
        }
    }
    if (out->sql_error == 0)
        out->sql_error = number_within(s);
    out->message = s;
}

bool oc_error_is_mild(struct str kind)
{
    static const char *const mild[] = {"Warning", "Notice", "Deprecated", "Strict Standards", "Unknown"};

    for (size_t i = 0; i < sizeof mild / sizeof *mild; i++)
        if (str_is(kind, mild[i]))
            return true;
    return false;
}

/* Length of the tag at the front of s, 0: there is none. */
static size_t tag_length(struct str s)
{
    size_t end;

    if (s.n < 3 || s.p[0] != '<' || (s.p[1] != '/' && s.p[1] != '!' && !((s.p[1] | 0x20) >= 'a' && (s.p[1] | 0x20) <= 'z')))
        return 0;
    end = str_chr(str_sub(s, 0, TAG_MAX), '>', 0);
    return end == SIZE_MAX || str_chr(str_sub(s, 1, end), '<', 0) != SIZE_MAX ? 0 : end + 1;
}

static const struct {
    const char *name;
    char c;
} entities[] = {{"&quot;", '"'}, {"&#039;", '\''}, {"&#39;", '\''}, {"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&nbsp;", ' '}};

struct str oc_error_clean(struct str text, struct arena *a)
{
    char *p = arena_alloc(a, (text.n < OC_ERROR_TEXT_MAX ? text.n : OC_ERROR_TEXT_MAX) + 1);
    bool blank = false;
    size_t n = 0;

    for (size_t i = 0; i < text.n && n < OC_ERROR_TEXT_MAX;) {
        struct str rest = str_sub(text, i, text.n);
        size_t used = tag_length(rest);
        char c = used ? '\0' : rest.p[0];

        if (used && (rest.p[1] | 0x20) == 'b' && (rest.p[2] | 0x20) == 'r')
            c = ' ';
        for (size_t k = 0; c == '&' && used == 0 && k < sizeof entities / sizeof *entities; k++)
            if (str_starts(rest, str_of(entities[k].name))) {
                used = strlen(entities[k].name);
                c = entities[k].c;
            }
        i += used ? used : 1;
        if (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
            blank = n > 0;
        } else if (c != '\0') {
            if (blank)
                p[n++] = ' ';
            blank = false;
            if (n < OC_ERROR_TEXT_MAX)
                p[n++] = c;
        }
    }
    return (struct str){p, n};
}
