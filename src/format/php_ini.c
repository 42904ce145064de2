/*
 * PHP cuts an ini file into tokens by "the longest match wins, then the first rule", in one state for names
 * and one for values. The functions below follow those states, so that odd files are read as PHP reads them.
 */
#include "format/php_ini.h"

#include "base/buf.h"

#include <stdlib.h>
#include <string.h>

static const char odd_constant[] =
    "a bare word in capitals, which PHP replaces when it is the name of a constant";
static const char odd_variable[] = "a variable, which PHP replaces";
static const char odd_computed[] = "an expression, which PHP computes";

struct scanner {
    struct str src;
    size_t at;
    unsigned line;
    unsigned stopped;
    struct arena *a;
    struct err *e;
    VEC(struct php_ini_section) sections;
    VEC(struct php_ini_entry) entries;
};

/* One piece of text being put together. */
struct text {
    struct buf buf;
    const char *odd;
};

static int fault(struct scanner *s, const char *what)
{
    return err_set(s->e, ERR_FORMAT, "line %u: %s", s->line, what);
}

/* The byte at the present place; -1 at the end. */
static int peek(const struct scanner *s, size_t ahead)
{
    return ahead < s->src.n - s->at ? (unsigned char)s->src.p[s->at + ahead] : -1;
}

static void advance(struct scanner *s, size_t n)
{
    if (n > s->src.n - s->at)
        n = s->src.n - s->at;
    for (size_t i = s->at; i < s->at + n; i++)
        if (s->src.p[i] == '\n' || (s->src.p[i] == '\r' && (i + 1 >= s->src.n || s->src.p[i + 1] != '\n')))
            s->line++;
    s->at += n;
}

static bool in(int c, const char *set)
{
    return c > 0 && strchr(set, c) != NULL;
}

static size_t span_blanks(const struct scanner *s)
{
    size_t n = 0;

    while (in(peek(s, n), " \t"))
        n++;
    return n;
}

/* The bytes a key can have. */
static size_t span_label(const struct scanner *s)
{
    size_t n = 0;

    while (peek(s, n) > 0 && !in(peek(s, n), "=\n\r\t;&|^$~(){}!\"["))
        n++;
    return n;
}

/* Words with a value of their own; NULL for others. */
static const char *word_value(struct str s)
{
    static const struct {
        const char *word;
        const char *value;
    } words[] = {
        {"true", "1"}, {"on", "1"}, {"yes", "1"}, {"false", ""},
        {"off", ""},   {"no", ""},  {"none", ""}, {"null", ""},
    };

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (str_is_nocase(s, str_of(words[i].word)))
            return words[i].value;
    return NULL;
}

/* PHP's own constants are written in capitals; what others the store has defined by then cannot be known. */
static bool is_constant(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!in((unsigned char)s.p[i], "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") &&
            (i == 0 || !in((unsigned char)s.p[i], "0123456789")))
            return false;
    return s.n > 0;
}

static struct str keep(struct scanner *s, struct str text)
{
    return (struct str){arena_dup(s->a, text.p, text.n), text.n};
}

static void skip_comment(struct scanner *s)
{
    while (peek(s, 0) >= 0 && !in(peek(s, 0), "\r\n"))
        advance(s, 1);
}

/* At "${": the name is not evaluated. False when the brace is not closed. */
static bool skip_variable(struct scanner *s, struct text *t)
{
    size_t end = str_chr(s->src, '}', s->at);

    t->odd = odd_variable;
    if (end == SIZE_MAX)
        return false;
    advance(s, end + 1 - s->at);
    return true;
}

/*
 * Behind the opening quote. A backslash takes its meaning only before a quote, a dollar and itself. A quote
 * right before the end of a line closes the text even behind a backslash, so that "C:\dir\" works.
 */
static int read_quoted(struct scanner *s, struct text *t)
{
    for (;;) {
        int c = peek(s, 0);
        int after = peek(s, 1);

        if (c < 0)
            return fault(s, "a double quote is not closed");
        if (c == '"') {
            advance(s, 1);
            advance(s, span_blanks(s));
            return 0;
        }
        if (c == '$' && after == '{') {
            if (!skip_variable(s, t))
                return fault(s, "a brace is not closed");
            continue;
        }
        if (c == '\\' &&
            (after == '\\' || after == '$' || (after == '"' && peek(s, 2) >= 0 && !in(peek(s, 2), "\r\n")))) {
            buf_addc(&t->buf, (char)after);
            advance(s, 2);
            continue;
        }
        buf_addc(&t->buf, (char)c);
        advance(s, 1);
    }
}

/* Single quotes: all up to the next one, line ends included. False when there is none: PHP then stops for
 * good. */
static bool read_raw(struct scanner *s, struct text *t)
{
    size_t end = str_chr(s->src, '\'', s->at + 1);

    if (end == SIZE_MAX)
        return false;
    buf_addstr(&t->buf, str_sub(s->src, s->at + 1, end));
    advance(s, end + 1 - s->at);
    return true;
}

/*
 * Bare text without the given bytes. A dollar that opens no variable takes the byte behind it along, whatever
 * it is, and where that is a backslash perhaps one more; with `escapes`, so does any backslash. PHP takes the
 * longest way to read it, so all ways are followed at once.
 */
static size_t span_text(const struct scanner *s, const char *without, bool escapes)
{
    bool ready = true;
    bool dollar = false;
    bool escaped = false;
    size_t longest = 0;

    for (size_t n = 0; ready || dollar || escaped; n++) {
        int c = peek(s, n);
        bool was_ready = ready;

        if (ready)
            longest = n;
        if (c <= 0)
            break;
        ready = escaped || (dollar && c != '{') || (was_ready && !in(c, without));
        escaped = c == '\\' && (dollar || (was_ready && escapes));
        dollar = was_ready && c == '$';
    }
    return longest;
}

static size_t span_value(const struct scanner *s)
{
    return span_text(s, "$= \t\n\r;&|^~()!\"'", false);
}

static size_t span_name(const struct scanner *s)
{
    return span_text(s, "$\n\r;\"']\\", true);
}

static void stop(struct scanner *s)
{
    s->stopped = s->line;
    s->at = s->src.n;
}

/* Bare text; *word is set for a word with a value of its own, which then has to stand alone. */
static void read_bare(struct scanner *s, struct text *t, const char **word)
{
    struct str run = str_sub(s->src, s->at, s->at + span_value(s));

    advance(s, run.n);
    *word = word_value(run);
    if (*word != NULL) {
        buf_adds(&t->buf, *word);
        advance(s, span_blanks(s));
        return;
    }
    if (is_constant(run))
        t->odd = odd_constant;
    buf_addstr(&t->buf, run);
}

/* Behind '=': the value up to the end of its line. */
static int read_value(struct scanner *s, struct text *t)
{
    const char *word = NULL;
    size_t parts = 0;

    for (;; parts++) {
        size_t blanks = span_blanks(s);
        int c = peek(s, blanks);

        if (c < 0 || in(c, "\r\n;")) {
            /* Blanks before the end of the file, not of a line, belong to the value. */
            if (c < 0)
                buf_addstr(&t->buf, str_sub(s->src, s->at, s->src.n));
            advance(s, blanks);
            skip_comment(s);
            if (c == ';' && parts == 0 && s->at == s->src.n)
                return fault(s, "no value");
            return 0;
        }
        if (blanks == 0 && c == '\'' && peek(s, 1) == '\'') {
            /* Two single quotes end the value; the second one counts as the start of a key. */
            advance(s, 1);
            return 0;
        }
        if (blanks == 0 && c == '\'' && str_chr(s->src, '\'', s->at + 1) == SIZE_MAX) {
            stop(s);
            return parts > 0 ? 0 : fault(s, "a single quote is not closed");
        }
        if (blanks == 0 && c == '$' && peek(s, 1) < 0) {
            advance(s, 1);
            return 0;
        }
        if (word != NULL)
            return fault(s, "a word like yes, no or null with more text behind it has to stand in quotes");
        if (c == '"') {
            advance(s, blanks + 1);
            if (read_quoted(s, t) != 0)
                return -1;
        } else if (blanks > 0) {
            buf_addstr(&t->buf, str_sub(s->src, s->at, s->at + blanks));
            advance(s, blanks);
        } else if (c == '=') {
            return fault(s, "a value with '=' in it has to stand in quotes");
        } else if (c == '$' && peek(s, 1) == '{') {
            if (!skip_variable(s, t))
                return fault(s, "a brace is not closed");
        } else if (c == '\'') {
            read_raw(s, t);
        } else if (in(c, "&|^~()!")) {
            t->odd = odd_computed;
            advance(s, 1);
        } else if (span_value(s) > 0) {
            read_bare(s, t, &word);
            if (word != NULL && parts > 0)
                return fault(s,
                             "a word like yes, no or null with other text before it has to stand in quotes");
        } else {
            stop(s);
            return parts > 0 ? 0 : fault(s, "a NUL byte");
        }
    }
}

/* The name of a section, or the index of a key, up to its ']'. */
static int read_bracket(struct scanner *s, struct text *t)
{
    for (;;) {
        int c = peek(s, 0);
        size_t n = span_name(s);

        if (c == ']') {
            advance(s, 1);
            return 0;
        }
        if (c == '"') {
            advance(s, 1);
            if (read_quoted(s, t) != 0)
                return -1;
        } else if (c == '\'') {
            if (!read_raw(s, t))
                return fault(s, "a single quote is not closed");
        } else if (c == '$' && peek(s, 1) == '{') {
            if (!skip_variable(s, t))
                return fault(s, "a brace is not closed");
        } else if (n > 0) {
            buf_addstr(&t->buf, str_sub(s->src, s->at, s->at + n));
            advance(s, n);
        } else {
            return fault(s, "']' is missing");
        }
    }
}

static int read_section(struct scanner *s)
{
    struct php_ini_section section = {.line = s->line};
    struct text t = {0};
    int rc;

    advance(s, 1);
    rc = read_bracket(s, &t);
    if (rc == 0 && t.odd != NULL)
        rc = fault(s, "a variable in the name of a section");
    if (rc == 0) {
        section.name = keep(s, buf_str(&t.buf));
        *vec_push(&s->sections) = section;
    }
    buf_free(&t.buf);
    return rc;
}

static struct str trim_label(struct str label)
{
    while (label.n > 0 && (label.p[0] == ' ' || label.p[0] == '\t'))
        label = str_sub(label, 1, label.n);
    while (label.n > 0 && (label.p[label.n - 1] == ' ' || label.p[label.n - 1] == '\t'))
        label.n--;
    return label;
}

/* At "[": the index of a key. */
static int read_index(struct scanner *s, struct php_ini_entry *entry)
{
    struct text t = {0};
    int rc;

    advance(s, 1);
    advance(s, span_blanks(s));
    rc = read_bracket(s, &t);
    if (rc == 0) {
        entry->index = keep(s, buf_str(&t.buf));
        entry->odd = t.odd;
        if (peek(s, span_blanks(s)) != '=')
            rc = fault(s, "'=' is missing");
    }
    buf_free(&t.buf);
    return rc;
}

static int read_entry(struct scanner *s)
{
    struct str label = str_sub(s->src, s->at, s->at + span_label(s));
    struct php_ini_entry entry = {.section = s->sections.n - 1, .line = s->line};
    struct text t = {0};
    int rc;

    advance(s, label.n);
    entry.key = keep(s, trim_label(label));
    if (label.p[0] != ' ' && peek(s, 0) >= 0 && peek(s, 0) != '[' && word_value(entry.key) != NULL)
        return fault(s, "a reserved word as a key");
    if (peek(s, 0) == '[' && read_index(s, &entry) != 0)
        return -1;
    if (peek(s, span_blanks(s)) != '=')
        return 0; /* a key without a value: PHP leaves it out */
    if (s->entries.n >= PHP_INI_MAX_ENTRIES)
        return fault(s, "too many settings");
    advance(s, span_blanks(s) + 1);
    advance(s, span_blanks(s));
    rc = read_value(s, &t);
    if (rc == 0) {
        entry.value = keep(s, buf_str(&t.buf));
        if (t.odd != NULL)
            entry.odd = t.odd;
        *vec_push(&s->entries) = entry;
    }
    buf_free(&t.buf);
    return rc;
}

static int read_statement(struct scanner *s)
{
    size_t blanks = span_blanks(s);
    size_t label = span_label(s);
    int c = peek(s, 0);

    /* Blanks that belong to no key; before a bracket they are one. */
    if (blanks > 0 && blanks >= label && (label == 0 || peek(s, label) != '[')) {
        advance(s, blanks);
        return 0;
    }
    if (in(c, "\r\n")) {
        advance(s, 1);
        return 0;
    }
    if (c == ';') {
        skip_comment(s);
        return 0;
    }
    if (c == '[')
        return read_section(s);
    if (c == '\0') {
        stop(s);
        return 0;
    }
    if (label > 0)
        return read_entry(s);
    return fault(s, "neither a section nor a setting");
}

int php_ini_parse(struct str text, struct arena *a, struct php_ini *out, struct err *e)
{
    struct scanner s = {.src = text, .line = 1, .a = a, .e = e};
    struct php_ini_section *sections;
    struct php_ini_entry *entries;
    int rc = 0;

    *out = (struct php_ini){0};
    str_skip(&s.src, STR("\xef\xbb\xbf"));
    vec_push(&s.sections)->line = 1;
    while (rc == 0 && s.at < s.src.n)
        rc = read_statement(&s);
    if (rc == 0) {
        sections = arena_array(a, s.sections.n, sizeof *sections);
        memcpy(sections, s.sections.v, s.sections.n * sizeof *sections);
        entries = arena_array(a, s.entries.n, sizeof *entries);
        if (s.entries.n > 0)
            memcpy(entries, s.entries.v, s.entries.n * sizeof *entries);
        *out = (struct php_ini){sections, s.sections.n, entries, s.entries.n, s.stopped};
    }
    free(s.sections.v);
    free(s.entries.v);
    return rc;
}

const struct php_ini_entry *php_ini_get(const struct php_ini *ini, const char *section, const char *key)
{
    size_t last = ini->n_sections;

    /* The place before the first header is no section of its own, so a later [] does not replace it. */
    if (*section == '\0')
        last = ini->n_sections > 0 ? 1 : 0;
    else
        while (last > 1 && !str_is(ini->sections[last - 1].name, section))
            last--;
    if (last == 0 || (last == 1 && *section != '\0'))
        return NULL;
    for (size_t i = ini->n_entries; i > 0; i--) {
        const struct php_ini_entry *entry = &ini->entries[i - 1];

        if (entry->section == last - 1 && str_is(entry->key, key))
            return entry->index.p == NULL ? entry : NULL;
    }
    return NULL;
}
