#include "format/sql_lex.h"

#include "format/sql_scan.h"

#include <string.h>

void sql_lex_begin(struct sql_lex *x)
{
    x->quote = '\0';
    x->line_comment = x->block_comment = false;
    x->executable = x->depth = 0;
    x->plain = true;
}

int sql_lex_delimiter(const struct sql_lex *x, const char *p, size_t n, bool eof)
{
    size_t len = x->delimiter_n;

    if (n >= len)
        return memcmp(p, x->delimiter, len) == 0;
    return memcmp(p, x->delimiter, n) != 0 || eof ? 0 : -1;
}

enum sql_comment sql_lex_comment(const char *p, size_t n, bool eof)
{
    enum sql_comment unknown = eof ? SQL_COMMENT_NONE : SQL_COMMENT_MORE;

    if (n == 0)
        return unknown;
    if (p[0] == '#')
        return SQL_COMMENT_LINE;
    if (p[0] != '-' && p[0] != '/')
        return SQL_COMMENT_NONE;
    if (n < 2)
        return unknown;
    if (p[0] == '-') {
        /* two of them begin a comment only in front of a blank or control character, or at the very end */
        if (p[1] != '-')
            return SQL_COMMENT_NONE;
        if (n < 3)
            return eof ? SQL_COMMENT_LINE : SQL_COMMENT_MORE;
        return (unsigned char)p[2] <= ' ' || p[2] == 0x7f ? SQL_COMMENT_LINE : SQL_COMMENT_NONE;
    }
    if (p[1] != '*')
        return SQL_COMMENT_NONE;
    unknown = eof ? SQL_COMMENT_BLOCK : SQL_COMMENT_MORE;
    if (n < 3)
        return unknown;
    if (p[2] == '!')
        return SQL_COMMENT_EXECUTABLE;
    if (p[2] != 'M')
        return SQL_COMMENT_BLOCK;
    if (n < 4)
        return unknown;
    return p[3] == '!' ? SQL_COMMENT_EXECUTABLE : SQL_COMMENT_BLOCK;
}

/* Skips what is open, a string or a comment. False: the text ended before it did, and *at is where to go on. */
static bool leave(struct sql_lex *x, const char *p, size_t *at, size_t n)
{
    if (x->quote != '\0') {
        bool escapes = x->quote != '`' && !x->no_escapes && !(x->quote == '"' && x->ansi_quotes);

        for (;;) {
            *at = sql_scan_string(p, *at, n, x->quote, escapes);
            if (*at >= n)
                return false;
            if (p[*at] == x->quote)
                break;
            if (n - *at < 2)
                return false;
            *at += 2;
        }
        ++*at;
        x->quote = '\0';
    } else if (x->line_comment) {
        const char *end = memchr(p + *at, '\n', n - *at);

        *at = end ? (size_t)(end - p) : n;
        if (end == NULL)
            return false;
        x->line_comment = false;
    } else if (x->block_comment) {
        size_t end = sql_scan_comment(p, *at, n);

        if (end >= n && (n - *at < 2 || p[n - 2] != '*' || p[n - 1] != '/')) {
            /* a star at the end may be half of the comment's end */
            *at = n > *at && p[n - 1] == '*' ? n - 1 : n;
            return false;
        }
        *at = end;
        x->block_comment = false;
    }
    return true;
}

/* Enters the comment at *at, if one begins there. False: it can't be said yet. */
static bool enter_comment(struct sql_lex *x, const char *p, size_t *at, size_t n, bool eof)
{
    switch (sql_lex_comment(p + *at, n - *at, eof)) {
    case SQL_COMMENT_NONE:
        ++*at;
        return true;
    case SQL_COMMENT_LINE:
        x->line_comment = true;
        break;
    case SQL_COMMENT_BLOCK:
        x->block_comment = true;
        *at += 2;
        break;
    case SQL_COMMENT_EXECUTABLE:
        x->executable++;
        *at += 3;
        break;
    case SQL_COMMENT_MORE:
        return false;
    }
    x->plain = false;
    return true;
}

/* The byte at *at, which sql_scan_code found. False: it can't be said yet what it is. */
static bool meet(struct sql_lex *x, const char *p, size_t *at, size_t n, bool eof)
{
    switch (p[*at]) {
    case '`':
        x->plain = false;
        /* fall through */
    case '\'':
    case '"':
        x->quote = p[(*at)++];
        return true;
    case '(':
        x->depth++;
        if (x->depth > 1)
            x->plain = false;
        ++*at;
        return true;
    case ')':
        if (x->depth > 0)
            x->depth--;
        ++*at;
        return true;
    case '#':
    case '-':
    case '/':
        return enter_comment(x, p, at, n, eof);
    case '*':
        if (x->executable == 0) {
            ++*at;
            return true;
        }
        if (n - *at < 2 && !eof)
            return false;
        if (n - *at >= 2 && p[*at + 1] == '/') {
            x->executable--;
            ++*at;
        }
        ++*at;
        return true;
    default:
        ++*at;
        return true;
    }
}

/* The next word with V in front of any byte that means something; a word's middle is none. */
static size_t scan_words(const char *p, size_t from, size_t n, char also)
{
    size_t end = sql_scan_code(p, from, n, also);

    for (size_t i = from; i < end; i++)
        if ((p[i] == 'V' || p[i] == 'v') && (i == 0 || !sql_is_word(p[i - 1])))
            return i;
    return end;
}

/* The next byte that means something and is no string in single quotes; most of a row is such strings. False: one of
 * them does not end. */
static bool skip_strings(struct sql_lex *x, const char *p, size_t *at, size_t n, char first)
{
    size_t i = *at;

    while ((i = sql_scan_code(p, i, n, first)) < n && p[i] == '\'') {
        for (i++; (i = sql_scan_string(p, i, n, '\'', !x->no_escapes)) < n && p[i] != '\''; i += 2)
            if (n - i < 2)
                break;
        if (i >= n || p[i] != '\'') {
            x->quote = '\'';
            *at = i;
            return false;
        }
        i++;
    }
    *at = i;
    return true;
}

static enum sql_lex_stop run(struct sql_lex *x, const char *p, size_t *at, size_t n, bool eof, bool words, bool row)
{
    char first = x->delimiter[0];

    while (*at < n) {
        bool outside;

        if (!leave(x, p, at, n))
            return SQL_LEX_MORE;
        outside = words && x->depth == 0 && x->executable == 0;
        if (outside)
            *at = scan_words(p, *at, n, first);
        else if (!skip_strings(x, p, at, n, first))
            return SQL_LEX_MORE;
        if (*at >= n)
            return SQL_LEX_MORE;
        if (p[*at] == first && x->executable == 0) {
            int here = sql_lex_delimiter(x, p + *at, n - *at, eof);

            if (here != 0)
                return here > 0 ? SQL_LEX_DELIMITER : SQL_LEX_MORE;
        }
        if (outside && (p[*at] == 'V' || p[*at] == 'v'))
            return SQL_LEX_WORD;
        if (!meet(x, p, at, n, eof))
            return SQL_LEX_MORE;
        if (row && x->depth == 0 && x->quote == '\0')
            return SQL_LEX_CLOSED;
    }
    return SQL_LEX_MORE;
}

enum sql_lex_stop sql_lex_statement(struct sql_lex *x, const char *p, size_t *at, size_t n, bool eof, bool words)
{
    return run(x, p, at, n, eof, words, false);
}

enum sql_lex_stop sql_lex_row(struct sql_lex *x, const char *p, size_t *at, size_t n, bool eof)
{
    return run(x, p, at, n, eof, false, true);
}
