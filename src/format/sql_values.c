#include "format/sql_values.h"

#include "format/sql_scan.h"

#include <stdlib.h>
#include <string.h>

/* Behind the quote that ends a text which begins at `at`. */
static size_t quoted_end(struct str s, size_t at)
{
    char quote = s.p[at++];

    while ((at = sql_scan_string(s.p, at, s.n, quote, true)) < s.n) {
        if (s.p[at] == '\\') {
            at = at + 2 < s.n ? at + 2 : s.n;
            continue;
        }
        if (at + 1 >= s.n || s.p[at + 1] != quote)
            return at + 1;
        at += 2;
    }
    return s.n;
}

/* Behind all of a value: at the comma or the parenthesis that ends it. */
static size_t value_end(struct str s, size_t at)
{
    size_t depth = 0;

    while (at < s.n) {
        char c = s.p[at];

        if (c == '\'' || c == '"' || c == '`') {
            at = quoted_end(s, at);
            continue;
        }
        if (depth == 0 && (c == ',' || c == ')'))
            return at;
        if (c == '(')
            depth++;
        else if (c == ')')
            depth--;
        at++;
    }
    return s.n;
}

bool sql_value_next(struct str row, size_t *at, struct sql_value *out)
{
    size_t from = *at;
    size_t end;

    if (from == 0)
        from = row.n > 0 && row.p[0] == '(' ? 1 : row.n;
    else if (from < row.n && row.p[from] == ',')
        from++;
    else
        from = row.n;
    if (from >= row.n)
        return false;
    end = value_end(row, from);
    *at = end;
    out->text = str_trim(str_sub(row, from, end));
    out->quoted = (struct str){NULL, 0};
    if (out->text.n >= 2 && (out->text.p[0] == '\'' || out->text.p[0] == '"') && quoted_end(out->text, 0) == out->text.n)
        out->quoted = str_sub(out->text, 1, out->text.n - 1);
    return out->text.n > 0;
}

bool sql_column_next(struct str *rest, struct buf *name)
{
    size_t i = 0;

    buf_reset(name);
    while (i < rest->n && strchr(" \t\r\n(,", rest->p[i]) != NULL)
        i++;
    if (i >= rest->n || rest->p[i] == ')')
        return false;
    if (rest->p[i] == '`' || rest->p[i] == '"') {
        char quote = rest->p[i++];

        while (i < rest->n && (rest->p[i] != quote || (i + 1 < rest->n && rest->p[i + 1] == quote))) {
            buf_addc(name, rest->p[i]);
            i += rest->p[i] == quote ? 2 : 1;
        }
        i++;
    } else {
        while (i < rest->n && strchr(" \t\r\n,)", rest->p[i]) == NULL)
            buf_addc(name, rest->p[i++]);
    }
    *rest = str_sub(*rest, i, rest->n);
    return true;
}

size_t sql_columns(struct str list, struct arena *a, const char ***out)
{
    struct str rest = str_trim(list);
    VEC(const char *) names = {0};
    struct buf name = {0};

    while (rest.n > 0 && (names.n > 0 || rest.p[0] == '(') && sql_column_next(&rest, &name))
        *vec_push(&names) = arena_dup(a, name.p, name.n);
    *out = arena_array(a, names.n + 1, sizeof **out);
    for (size_t i = 0; i < names.n; i++)
        (*out)[i] = names.v[i];
    free(names.v);
    buf_free(&name);
    return names.n;
}

char sql_unescaped(char c)
{
    static const char from[] = "nrt0Zb";
    static const char into[] = "\n\r\t\0\x1a\b";
    const char *at = c != '\0' ? strchr(from, c) : NULL;

    return at ? into[at - from] : c;
}

char *sql_unquoted(struct str inside, char quote, struct arena *a)
{
    char *out = arena_alloc(a, inside.n + 1);
    size_t n = 0;

    for (size_t i = 0; i < inside.n; i++) {
        char c = inside.p[i];

        if (c == '\\' && quote != '`' && i + 1 < inside.n)
            c = sql_unescaped(inside.p[++i]);
        else if (c == quote && i + 1 < inside.n && inside.p[i + 1] == quote)
            i++;
        out[n++] = c;
    }
    return out;
}
