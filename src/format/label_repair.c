#include "format/label_repair.h"

#include <string.h>

/* Brackets within brackets on one line. Real labels have three levels. */
#define MAX_NESTED 16

static size_t span(struct str s, char c)
{
    size_t n = 0;

    while (n < s.n && s.p[n] == c)
        n++;
    return n;
}

static struct str trim_end(struct str s)
{
    while (s.n > 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
        s.n--;
    return s;
}

static bool is_null(struct str s)
{
    return s.n == 0 || str_is(s, "~") || (s.n == 4 && str_has_nocase(s, STR("null")));
}

/* A plain value in single quotes; what stands for null stays bare. */
static void add_plain(struct buf *out, struct str value)
{
    value = trim_end(value);
    if (is_null(value)) {
        buf_addstr(out, value);
        return;
    }
    buf_addc(out, '\'');
    for (size_t i = 0; i < value.n; i++) {
        if (value.p[i] == '\'')
            buf_addc(out, '\'');
        buf_addc(out, value.p[i]);
    }
    buf_addc(out, '\'');
}

static bool is_hex(struct str s, size_t n)
{
    uint8_t bytes[4];

    return s.n >= n && str_unhex(str_sub(s, 0, n), bytes, n / 2);
}

/* Whether Symfony knows the escape that begins behind a backslash. */
static bool is_escape(struct str s)
{
    if (s.n == 0)
        return false;
    if (s.p[0] == 'x')
        return is_hex(str_sub(s, 1, s.n), 2);
    if (s.p[0] == 'u')
        return is_hex(str_sub(s, 1, s.n), 4);
    if (s.p[0] == 'U')
        return is_hex(str_sub(s, 1, s.n), 8);
    return s.p[0] != '\0' && strchr("0abt\tnvfre \"/\\N_LP", s.p[0]) != NULL;
}

/* A quoted value at the front of *rest; false when its end is not on this line. */
static bool add_quoted(struct buf *out, struct str *rest)
{
    char quote = rest->p[0];

    buf_addc(out, quote);
    for (size_t i = 1; i < rest->n; i++) {
        char c = rest->p[i];

        if (c == '\\' && quote == '"') {
            buf_addc(out, c);
            if (is_escape(str_sub(*rest, i + 1, rest->n)))
                buf_addc(out, rest->p[++i]);
            else
                buf_addc(out, c);
            continue;
        }
        buf_addc(out, c);
        if (c != quote)
            continue;
        if (quote == '\'' && i + 1 < rest->n && rest->p[i + 1] == quote) {
            buf_addc(out, rest->p[++i]);
            continue;
        }
        *rest = str_sub(*rest, i + 1, rest->n);
        return true;
    }
    return false;
}

static void add_blanks(struct buf *out, struct str *rest)
{
    while (rest->n > 0 && (rest->p[0] == ' ' || rest->p[0] == '\t')) {
        buf_addc(out, rest->p[0]);
        *rest = str_sub(*rest, 1, rest->n);
    }
}

static bool add_flow(struct buf *out, struct str *rest, unsigned nested);

/* One value within brackets: Symfony takes a plain one up to the next comma or closing bracket, whatever is
 * in it. */
static bool add_flow_value(struct buf *out, struct str *rest, char close, unsigned nested)
{
    size_t n = 0;

    if (rest->n == 0)
        return false;
    if (rest->p[0] == '{' || rest->p[0] == '[')
        return add_flow(out, rest, nested + 1);
    if (rest->p[0] == '"' || rest->p[0] == '\'')
        return add_quoted(out, rest);
    while (n < rest->n && rest->p[n] != ',' && rest->p[n] != close)
        n++;
    /* An alias is one for Symfony too; an anchor within brackets is text. */
    if (rest->p[0] == '*')
        buf_addstr(out, str_sub(*rest, 0, n));
    else
        add_plain(out, str_sub(*rest, 0, n));
    *rest = str_sub(*rest, n, rest->n);
    return true;
}

/* The key of a mapping within brackets, with its colon. */
static bool add_flow_key(struct buf *out, struct str *rest)
{
    size_t n = 0;

    if (rest->n > 0 && (rest->p[0] == '"' || rest->p[0] == '\'')) {
        if (!add_quoted(out, rest))
            return false;
    } else {
        while (n < rest->n && strchr(": ,}{[]\t", rest->p[n]) == NULL)
            n++;
        buf_addstr(out, str_sub(*rest, 0, n));
        *rest = str_sub(*rest, n, rest->n);
    }
    add_blanks(out, rest);
    if (!str_skip(rest, STR(":")))
        return false;
    /* Symfony needs no blank behind the colon, YAML does. */
    buf_adds(out, ": ");
    add_blanks(out, rest);
    return true;
}

/* {...} or [...] at the front of *rest; false when it is not closed on this line or of unknown form. */
static bool add_flow(struct buf *out, struct str *rest, unsigned nested)
{
    bool mapping = rest->p[0] == '{';
    char close = mapping ? '}' : ']';

    if (nested > MAX_NESTED)
        return false;
    buf_addc(out, rest->p[0]);
    *rest = str_sub(*rest, 1, rest->n);
    for (;;) {
        add_blanks(out, rest);
        if (rest->n == 0)
            return false;
        if (rest->p[0] == close || rest->p[0] == ',') {
            bool end = rest->p[0] == close;

            buf_addc(out, rest->p[0]);
            *rest = str_sub(*rest, 1, rest->n);
            if (end)
                return true;
            continue;
        }
        if ((mapping && !add_flow_key(out, rest)) || !add_flow_value(out, rest, close, nested))
            return false;
    }
}

/* Length of "key:" at the front of a block line with what stands before its value; 0 when there is no key. */
static size_t key_size(struct str s)
{
    size_t from = 0;

    if (s.n > 0 && (s.p[0] == '"' || s.p[0] == '\'')) {
        from = str_chr(s, s.p[0], 1);
        if (from == SIZE_MAX)
            return 0;
        from++;
    }
    for (size_t i = from; i < s.n; i++)
        if (s.p[i] == ':' && (i + 1 == s.n || s.p[i + 1] == ' ' || s.p[i + 1] == '\t')) {
            i++;
            while (i < s.n && (s.p[i] == ' ' || s.p[i] == '\t'))
                i++;
            return i;
        }
    return 0;
}

/* Up to a " #" that begins a comment. */
static struct str without_comment(struct str s)
{
    for (size_t i = 1; i < s.n; i++)
        if (s.p[i] == '#' && (s.p[i - 1] == ' ' || s.p[i - 1] == '\t'))
            return str_sub(s, 0, i);
    return s;
}

/* The value of a block line; true when it opens a block scalar, whose lines follow. */
static bool add_value(struct buf *out, struct str value)
{
    size_t mark = out->n;
    struct str rest = value;
    bool fine = true;

    if (value.n == 0 || strchr("#&*!", value.p[0]) != NULL) {
        buf_addstr(out, value);
    } else if (value.p[0] == '|' || value.p[0] == '>') {
        buf_addstr(out, value);
        return true;
    } else if (value.p[0] == '{' || value.p[0] == '[') {
        fine = add_flow(out, &rest, 0);
    } else if (value.p[0] == '"' || value.p[0] == '\'') {
        fine = add_quoted(out, &rest);
    } else {
        add_plain(out, without_comment(value));
        return false;
    }
    /* What cannot be followed stays as it is, and libyaml says why. */
    if (!fine) {
        out->n = mark;
        buf_addstr(out, value);
    } else if (rest.p != value.p) {
        buf_addstr(out, rest);
    }
    return false;
}

/* One line behind its indent. Gives the column that a block scalar's lines have to pass, or SIZE_MAX without
 * one. */
static size_t add_line(struct buf *out, struct str s, size_t column)
{
    size_t key;

    while (str_starts(s, STR("- "))) {
        size_t n = 1 + span(str_sub(s, 1, s.n), ' ');

        buf_addstr(out, str_sub(s, 0, n));
        s = str_sub(s, n, s.n);
        column += n;
    }
    if (s.n > 0 && (s.p[0] == '{' || s.p[0] == '[')) {
        add_value(out, s);
        return SIZE_MAX;
    }
    key = key_size(s);
    buf_addstr(out, str_sub(s, 0, key));
    if (key == 0) {
        buf_addstr(out, s);
        return SIZE_MAX;
    }
    return add_value(out, str_sub(s, key, s.n)) ? column : SIZE_MAX;
}

static bool is_item(struct str s)
{
    return str_is(s, "-") || str_starts(s, STR("- "));
}

/* The indent of the first list item; SIZE_MAX without one. */
static size_t item_indent(struct str section)
{
    struct str line;

    while (str_line(&section, &line)) {
        size_t indent = span(line, ' ');

        if (is_item(str_sub(line, indent, line.n)))
            return indent;
    }
    return SIZE_MAX;
}

void label_repair(struct str section, struct buf *out)
{
    size_t items = item_indent(section);
    size_t block = SIZE_MAX;
    bool first = true;
    struct str line;

    while (str_line(&section, &line)) {
        size_t indent = span(line, ' ');
        struct str s = str_sub(line, indent, line.n);
        bool blank = str_trim(s).n == 0;

        if (block != SIZE_MAX && !blank && indent <= block)
            block = SIZE_MAX;
        if (first || blank || block != SIZE_MAX || s.p[0] == '#') {
            buf_addstr(out, line);
        } else {
            buf_addstr(out, str_sub(line, 0, indent));
            if (indent == items && !is_item(s)) {
                buf_adds(out, "- ");
                indent += 2;
            }
            block = add_line(out, s, indent);
        }
        buf_addc(out, '\n');
        first = false;
    }
}
