#include "format/cs_log.h"

#include "base/ascii.h"
#include "format/cs_log_text.h"

#include <string.h>

/* A rule has 80 or 48 characters; a shorter row of them may be somebody's text. */
#define RULE_MIN ((size_t)40)

/* Takes "YYYY-MM-DD HH:MM:SS: " off. */
static bool take_stamp(struct str *s, struct civil *c)
{
    static const char form[] = "YYYY-MM-DD hh:mm:ss:";

    if (!clock_civil_read(*s, form, c))
        return false;
    *s = str_sub(*s, strlen(form), s->n);
    if (s->n > 0 && s->p[0] == ' ')
        *s = str_sub(*s, 1, s->n);
    return true;
}

/* Takes "<Unix time> - " off. */
static bool take_unix(struct str *s, int64_t *seconds)
{
    size_t end = 0;
    uint64_t v;

    while (end < s->n && ascii_is_digit(s->p[end]))
        end++;
    /* Nine digits are the year 1973, eleven 5138. */
    if (end < 9 || end > 11 || !str_starts(str_sub(*s, end, s->n), STR(" - ")) ||
        !str_u64(str_sub(*s, 0, end), INT64_MAX, &v))
        return false;
    *seconds = (int64_t)v;
    *s = str_sub(*s, end + 3, s->n);
    return true;
}

static bool is_rule(struct str s)
{
    if (s.n < RULE_MIN || (s.p[0] != '#' && s.p[0] != '='))
        return false;
    for (size_t i = 1; i < s.n; i++)
        if (s.p[i] != s.p[0])
            return false;
    return true;
}

/* The literal at the front of s, quotes with or without a backslash; bytes it takes, or SIZE_MAX. */
static size_t literal_at(struct str s, struct str lit)
{
    size_t at = 0;

    for (size_t i = 0; i < lit.n; i++) {
        if (lit.p[i] == '"' && at + 1 < s.n && s.p[at] == '\\' && s.p[at + 1] == '"')
            at++;
        if (at == s.n || s.p[at] != lit.p[i])
            return SIZE_MAX;
        at++;
    }
    return at;
}

/* The first place of lit at or after from, and the bytes it takes. */
static size_t literal_find(struct str s, struct str lit, size_t from, size_t *took)
{
    for (size_t at = from; at <= s.n; at++) {
        *took = literal_at(str_sub(s, at, s.n), lit);
        if (*took != SIZE_MAX)
            return at;
    }
    return SIZE_MAX;
}

static bool keep(struct cs_log_line *out, char what, struct str found)
{
    switch (what) {
    case 'a':
        out->a = found;
        return true;
    case 'b':
        out->b = found;
        return true;
    case 'n':
        return str_u64(found, UINT64_MAX, &out->value);
    default:
        return true;
    }
}

static bool fits(struct str text, struct str pattern, struct cs_log_line *out)
{
    size_t at = 0;

    while (pattern.n > 0) {
        struct str literal = str_sub(pattern, 0, str_chr(pattern, '%', 0));
        size_t took = literal_at(str_sub(text, at, text.n), literal);
        char what;

        if (took == SIZE_MAX)
            return false;
        at += took;
        pattern = str_sub(pattern, literal.n, pattern.n);
        if (pattern.n == 0)
            break;
        what = pattern.p[1];
        pattern = str_sub(pattern, 2, pattern.n);
        literal = str_sub(pattern, 0, str_chr(pattern, '%', 0));
        if (literal.n == 0) {
            /* Nothing follows: the rest. Two holes never stand side by side. */
            return keep(out, what, str_sub(text, at, text.n));
        }
        took = literal_find(text, literal, at, &took);
        if (took == SIZE_MAX || !keep(out, what, str_sub(text, at, took)))
            return false;
        at = took;
    }
    return at == text.n;
}

/* "OK", "FAILED" or "SKIPPED" behind "... "; nothing there: still waited for. */
static enum cs_log_result result_of(struct str text)
{
    size_t at = str_find(text, STR("..."), 0);
    struct str rest;

    if (at == SIZE_MAX)
        return CS_LOG_NO_RESULT;
    rest = str_trim(str_sub(text, at + 3, text.n));
    if (str_is(rest, "OK"))
        return CS_LOG_OK;
    if (str_is(rest, "FAILED"))
        return CS_LOG_FAILED;
    return str_is(rest, "SKIPPED") ? CS_LOG_SKIPPED : CS_LOG_UNDECIDED;
}

static bool is_number(struct str s)
{
    uint64_t v;

    return s.n == 14 && str_u64(s, UINT64_MAX, &v);
}

/* "Tygh\Exceptions\DatabaseException: …", "PDOException: …", "Error: …": the class. */
static bool is_exception(struct str text, struct str *class_name)
{
    struct str name = str_sub(text, 0, str_chr(text, ':', 0));

    if (name.n == text.n || (!str_ends(name, STR("Exception")) && !str_ends(name, STR("Error"))))
        return false;
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];

        if (!(ascii_is_alnum(c) || c == '_' || c == '\\'))
            return false;
    }
    *class_name = name;
    return true;
}

static const struct cs_log_text *find(const struct cs_log_text *table, struct str text, struct cs_log_line *out)
{
    for (; table->pattern; table++) {
        struct cs_log_line found = {0};

        if (text.n == 0 || (table->pattern[0] != '%' && table->pattern[0] != text.p[0]) ||
            !fits(text, str_of(table->pattern), &found))
            continue;
        if ((table->kind == CS_LOG_MIGRATING || table->kind == CS_LOG_MIGRATED) && !is_number(found.a))
            continue;
        out->a = found.a;
        out->b = found.b;
        out->value = found.value;
        return table;
    }
    return NULL;
}

void cs_log_classify(struct str text, struct cs_log_line *out)
{
    const struct cs_log_text *known = find(cs_log_texts, text, out);

    out->kind = CS_LOG_OTHER;
    if (known) {
        out->kind = known->kind;
        if (out->kind == CS_LOG_CHMOD || out->kind == CS_LOG_LANGUAGE)
            out->result = result_of(text);
        out->a = str_trim(out->a);
    } else if (str_trim(text).n == 0) {
        out->kind = CS_LOG_BLANK;
    } else if (is_exception(text, &out->a)) {
        out->kind = CS_LOG_EXCEPTION;
    }
}

static void take_line(void *context, const struct log_line *l)
{
    struct cs_log_reader *r = context;
    struct cs_log_line out = {.number = l->number, .text = l->text, .ended = l->ended};
    const struct cs_log_text *old;

    if (take_stamp(&out.text, &out.time)) {
        out.dated = true;
        out.seconds = clock_civil_seconds(&out.time);
        cs_log_classify(out.text, &out);
    } else if (take_unix(&out.text, &out.seconds)) {
        out.dated = true;
        old = find(cs_log_old_texts, out.text, &out);
        out.kind = old ? old->kind : CS_LOG_L_OTHER;
    } else if (is_rule(out.text)) {
        out.kind = CS_LOG_RULE;
    } else {
        out.kind = str_trim(out.text).n == 0 ? CS_LOG_BLANK : CS_LOG_MORE;
    }
    r->fn(r->context, &out);
}

void cs_log_init(struct cs_log_reader *r, cs_log_fn fn, void *context)
{
    *r = (struct cs_log_reader){.fn = fn, .context = context};
    log_lines_init(&r->lines, 1, false, take_line, r);
}

void cs_log_feed(struct cs_log_reader *r, struct str chunk)
{
    log_lines_feed(&r->lines, chunk);
}

void cs_log_end(struct cs_log_reader *r)
{
    log_lines_end(&r->lines);
}

void cs_log_free(struct cs_log_reader *r)
{
    log_lines_free(&r->lines);
}
