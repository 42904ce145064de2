#include "format/php_token.h"

#include "base/ascii.h"
#include "base/utf8.h"

#include <string.h>

/* Strings in variables in strings: "{$a["{$b["c"]}"]}". PHP sets no bound, real code has one level. */
#define MAX_NESTED 16

static bool is_name_start(char c)
{
    return ascii_is_letter(c) || c == '_' || (unsigned char)c >= 0x80;
}

static bool is_name(char c)
{
    return is_name_start(c) || ascii_is_digit(c);
}

/* The byte at an offset from the present place; NUL behind the end. */
static char peek(const struct php_lexer *l, size_t ahead)
{
    return ahead < l->src.n - l->at ? l->src.p[l->at + ahead] : '\0';
}

static bool looking_at(const struct php_lexer *l, const char *text)
{
    return str_starts(str_sub(l->src, l->at, l->src.n), str_of(text));
}

static void advance(struct php_lexer *l, size_t n)
{
    if (n > l->src.n - l->at)
        n = l->src.n - l->at;
    for (size_t i = 0; i < n; i++)
        l->line += l->src.p[l->at + i] == '\n';
    l->at += n;
}

void php_token_start(struct php_lexer *l, struct str src)
{
    *l = (struct php_lexer){.src = src, .line = 1};
}

/* Up to the next opening tag. */
static enum php_token_kind read_text(struct php_lexer *l, size_t *content)
{
    size_t from = l->at;
    size_t at = from;

    while ((at = str_find(l->src, STR("<?"), at)) != SIZE_MAX) {
        struct str tag = str_sub(l->src, at, at + 6);

        if (str_starts(tag, STR("<?=")))
            break;
        if (tag.n >= 5 && str_has_nocase(str_sub(tag, 0, 5), STR("<?php")) &&
            (tag.n == 5 || strchr(" \t\r\n", tag.p[5]) != NULL))
            break;
        at += 2;
    }
    *content = (at == SIZE_MAX ? l->src.n : at) - from;
    advance(l, *content);
    return PHP_TEXT;
}

/* Blanks and comments; false for a comment that never ends. "#[" opens an attribute, not a comment. */
static bool skip_blanks(struct php_lexer *l)
{
    for (;;) {
        char c = peek(l, 0);

        if (l->at >= l->src.n)
            return true;
        if (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\v' || c == '\f') {
            advance(l, 1);
        } else if (looking_at(l, "//") || (c == '#' && peek(l, 1) != '[')) {
            while (l->at < l->src.n && peek(l, 0) != '\n' && peek(l, 0) != '\r' && !looking_at(l, "?>"))
                advance(l, 1);
        } else if (looking_at(l, "/*")) {
            size_t end = str_find(l->src, STR("*/"), l->at + 2);

            if (end == SIZE_MAX)
                return false;
            advance(l, end + 2 - l->at);
        } else {
            return true;
        }
    }
}

/* From "{$" or "${" to the brace that closes it; strings may stand in between. */
static bool skip_variable(struct php_lexer *l)
{
    struct php_token t = {.kind = PHP_END};
    size_t depth = 0;

    if (l->nested >= MAX_NESTED)
        return false;
    l->nested++;
    if (peek(l, 0) == '$')
        advance(l, 1);
    do {
        php_token_next(l, &t);
        if (t.kind == PHP_END || t.kind == PHP_BAD || t.kind == PHP_CLOSE || t.kind == PHP_TEXT)
            break;
        if (php_token_is_op(&t, "{"))
            depth++;
        else if (php_token_is_op(&t, "}"))
            depth--;
    } while (depth > 0);
    l->nested--;
    return depth == 0 && php_token_is_op(&t, "}");
}

/* A double-quoted string or a command in backticks, up to its end mark. */
static enum php_token_kind read_quoted(struct php_lexer *l, char quote)
{
    enum php_token_kind kind = quote == '"' ? PHP_STRING : PHP_TEMPLATE;

    advance(l, 1);
    while (l->at < l->src.n) {
        char c = peek(l, 0);

        if (c == quote) {
            advance(l, 1);
            return kind;
        }
        if (c == '\\') {
            advance(l, 2);
        } else if ((c == '{' && peek(l, 1) == '$') || (c == '$' && peek(l, 1) == '{')) {
            kind = PHP_TEMPLATE;
            if (!skip_variable(l))
                return PHP_BAD;
        } else {
            if (c == '$' && is_name_start(peek(l, 1)))
                kind = PHP_TEMPLATE;
            advance(l, 1);
        }
    }
    return PHP_BAD;
}

static enum php_token_kind read_single_quoted(struct php_lexer *l)
{
    const char *p = l->src.p + l->at;
    size_t left = l->src.n - l->at;
    size_t n = 1;

    while (n < left && p[n] != '\'')
        n += p[n] == '\\' ? 2 : 1;
    advance(l, n + 1);
    return n < left ? PHP_STRING : PHP_BAD;
}

/* At "<<<". The end mark stands first in its line, from PHP 7.3 on also behind blanks. */
static enum php_token_kind read_heredoc(struct php_lexer *l)
{
    struct str rest = str_sub(l->src, l->at + 3, l->src.n);
    struct str id;
    struct str line;
    size_t n = 0;
    char quote = '\0';

    while (rest.n > 0 && (rest.p[0] == ' ' || rest.p[0] == '\t'))
        rest = str_sub(rest, 1, rest.n);
    if (rest.n > 0 && (rest.p[0] == '\'' || rest.p[0] == '"')) {
        quote = rest.p[0];
        rest = str_sub(rest, 1, rest.n);
    }
    while (n < rest.n && is_name(rest.p[n]))
        n++;
    id = str_sub(rest, 0, n);
    rest = str_sub(rest, n, rest.n);
    if (id.n == 0 || ascii_is_digit(id.p[0]) || (quote != '\0' && !str_skip(&rest, (struct str){&quote, 1}))) {
        advance(l, 1);
        return PHP_OP;
    }
    if (!str_line(&rest, &line) || line.n > 0)
        return PHP_BAD;
    while (rest.n > 0) {
        struct str here = rest;

        if (!str_line(&rest, &line))
            break;
        while (here.n > 0 && (here.p[0] == ' ' || here.p[0] == '\t'))
            here = str_sub(here, 1, here.n);
        if (str_skip(&here, id) && (here.n == 0 || !is_name(here.p[0]))) {
            advance(l, (size_t)(here.p - l->src.p) - l->at);
            return PHP_TEMPLATE;
        }
    }
    return PHP_BAD;
}

static void skip_digits(struct php_lexer *l)
{
    while (ascii_is_digit(peek(l, 0)) || peek(l, 0) == '_')
        advance(l, 1);
}

static void skip_number(struct php_lexer *l)
{
    char mark = ascii_lower(peek(l, 1));

    if (peek(l, 0) == '0' && (mark == 'x' || mark == 'b' || mark == 'o')) {
        while (is_name(peek(l, 0)))
            advance(l, 1);
        return;
    }
    skip_digits(l);
    if (peek(l, 0) == '.') {
        advance(l, 1);
        skip_digits(l);
    }
    mark = peek(l, 1);
    if (ascii_lower(peek(l, 0)) == 'e' &&
        (ascii_is_digit(mark) || ((mark == '+' || mark == '-') && ascii_is_digit(peek(l, 2))))) {
        advance(l, 2);
        skip_digits(l);
    }
}

static void skip_name(struct php_lexer *l)
{
    while (is_name(peek(l, 0)) || (peek(l, 0) == '\\' && is_name_start(peek(l, 1))))
        advance(l, 1);
}

static enum php_token_kind read_code(struct php_lexer *l)
{
    char c = peek(l, 0);

    if (c == '\'')
        return read_single_quoted(l);
    if (c == '"' || c == '`')
        return read_quoted(l, c);
    if (looking_at(l, "?>")) {
        advance(l, 2);
        l->in_code = false;
        return PHP_CLOSE;
    }
    if (looking_at(l, "<<<"))
        return read_heredoc(l);
    if (c == '$' && is_name_start(peek(l, 1))) {
        advance(l, 1);
        while (is_name(peek(l, 0)))
            advance(l, 1);
        return PHP_VAR;
    }
    if (is_name_start(c) || (c == '\\' && is_name_start(peek(l, 1)))) {
        skip_name(l);
        return PHP_NAME;
    }
    if (ascii_is_digit(c) || (c == '.' && ascii_is_digit(peek(l, 1)))) {
        skip_number(l);
        return PHP_NUMBER;
    }
    if (looking_at(l, "=>") || looking_at(l, "->") || looking_at(l, "::") || looking_at(l, "#[")) {
        advance(l, 2);
        return PHP_OP;
    }
    advance(l, 1);
    return (unsigned char)c < ' ' || c == 0x7f ? PHP_BAD : PHP_OP;
}

void php_token_next(struct php_lexer *l, struct php_token *t)
{
    if (!l->in_code && l->at < l->src.n) {
        size_t n;

        *t = (struct php_token){.from = l->at, .line = l->line};
        t->kind = read_text(l, &n);
        t->text = str_sub(l->src, t->from, t->from + n);
        if (l->at < l->src.n) {
            bool prints = looking_at(l, "<?=");

            l->in_code = true;
            if (prints && n == 0) {
                *t = (struct php_token){PHP_OP, str_sub(l->src, l->at, l->at + 3), l->at, l->line};
                advance(l, 3);
                return;
            }
            if (prints)
                l->in_code = false;
            else
                advance(l, 5);
        }
        if (n > 0)
            return;
    }
    *t = (struct php_token){.from = l->at, .line = l->line};
    if (l->at < l->src.n && !skip_blanks(l)) {
        t->kind = PHP_BAD;
        l->at = l->src.n;
    } else {
        t->from = l->at;
        t->line = l->line;
        t->kind = l->at < l->src.n ? read_code(l) : PHP_END;
    }
    t->text = str_sub(l->src, t->from, l->at);
}

bool php_token_is_op(const struct php_token *t, const char *op)
{
    return t->kind == PHP_OP && str_is(t->text, op);
}

bool php_token_is_name(const struct php_token *t, const char *name)
{
    return t->kind == PHP_NAME && str_is_nocase(t->text, str_of(name));
}

static struct str single_quoted(struct str raw, char *out)
{
    size_t n = 0;

    for (size_t i = 0; i < raw.n; i++) {
        if (raw.p[i] == '\\' && i + 1 < raw.n && (raw.p[i + 1] == '\\' || raw.p[i + 1] == '\''))
            i++;
        out[n++] = raw.p[i];
    }
    return (struct str){out, n};
}

/* Up to max digits of a base 8 or 16 number; how many were taken is given. */
static size_t digits(struct str s, unsigned base, size_t max, unsigned *value)
{
    size_t n = 0;

    for (*value = 0; n < max && n < s.n; n++) {
        char c = ascii_lower(s.p[n]);
        unsigned d = ascii_is_digit(c) ? (unsigned)(c - '0') : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10 : 99;

        if (d >= base)
            break;
        *value = *value * base + d;
    }
    return n;
}

/* One escape, s standing behind the backslash: bytes taken, or 0 when the backslash stands for itself. */
static size_t escape(struct str s, char *out, size_t *n)
{
    static const char names[] = "nrtvef\\$\"";
    static const char bytes[] = "\n\r\t\v\033\f\\$\"";
    const char *hit = s.p[0] ? strchr(names, s.p[0]) : NULL;
    unsigned v;
    size_t len;

    if (hit != NULL) {
        out[(*n)++] = bytes[hit - names];
        return 1;
    }
    len = digits(s, 8, 3, &v);
    if (len > 0) {
        out[(*n)++] = (char)(v & 0xff);
        return len;
    }
    if (s.p[0] == 'x' && (len = digits(str_sub(s, 1, s.n), 16, 2, &v)) > 0) {
        out[(*n)++] = (char)v;
        return len + 1;
    }
    if (str_starts(s, STR("u{")) && (len = digits(str_sub(s, 2, s.n), 16, 6, &v)) > 0 && v <= 0x10ffff &&
        s.n > len + 2 && s.p[len + 2] == '}') {
        /* The shortest form, "\u{0}", is longer than what it makes; so are all others. */
        *n += utf8_put(out + *n, v);
        return len + 3;
    }
    return 0;
}

struct str php_token_string(const struct php_token *t, struct arena *a)
{
    struct str raw = str_sub(t->text, 1, t->text.n - 1);
    char *out = arena_alloc(a, raw.n + 1);
    size_t n = 0;

    if (t->text.p[0] == '\'')
        return single_quoted(raw, out);
    for (size_t i = 0; i < raw.n; i++) {
        size_t taken = 0;

        if (raw.p[i] == '\\' && i + 1 < raw.n)
            taken = escape(str_sub(raw, i + 1, raw.n), out, &n);
        if (taken == 0)
            out[n++] = raw.p[i];
        i += taken;
    }
    return (struct str){out, n};
}
