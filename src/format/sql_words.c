#include "format/sql_words.h"

#include "base/ascii.h"
#include "format/sql_lex.h"
#include "format/sql_scan.h"

#include <string.h>

void sql_words_begin(struct sql_words *w, struct str text, unsigned server, bool mariadb)
{
    *w = (struct sql_words){.text = text, .server = server, .mariadb = mariadb};
}

static void fault(struct sql_words *w, const char *what)
{
    if (w->fault == NULL)
        w->fault = what;
}

static char byte(const struct sql_words *w, size_t at)
{
    return at < w->text.n ? w->text.p[at] : '\0';
}

/* Behind a comment's end. In one that is not executed, servers let one more comment be nested. */
static size_t comment_end(struct sql_words *w, size_t at, bool nested)
{
    size_t begin = at;
    size_t end;

    for (;;) {
        struct str inner;
        size_t open;

        end = sql_scan_comment(w->text.p, at, w->text.n);
        if (end < at + 2 || w->text.p[end - 2] != '*' || w->text.p[end - 1] != '/') {
            fault(w, "a comment in it does not end");
            end = w->text.n;
            break;
        }
        inner = str_sub(w->text, at, end - 2);
        open = nested ? str_find(inner, STR("/*"), 0) : SIZE_MAX;
        if (open == SIZE_MAX)
            break;
        at = end;
    }
    if (memchr(w->text.p + begin, '\0', end - begin) != NULL)
        fault(w, "a NUL byte stands in a comment");
    return end;
}

/* MariaDB passes over what is meant for MySQL 5.7 and later, except where it is addressed itself. */
static bool is_executed(const struct sql_words *w, unsigned version, bool for_mariadb)
{
    if (w->server == SQL_SERVER_ANY)
        return true;
    if (for_mariadb && !w->mariadb)
        return false;
    if (version == 0)
        return true;
    if (version > w->server)
        return false;
    return !w->mariadb || for_mariadb || version < 50700 || version > 99999;
}

/* At the beginning of an executable comment: goes in, or behind it. */
static void executable_comment(struct sql_words *w)
{
    bool for_mariadb = byte(w, w->at + 2) == 'M';
    size_t at = w->at + (for_mariadb ? 4 : 3);
    unsigned version = 0;
    unsigned first_five = 0;
    size_t digits = 0;

    if (for_mariadb && !w->mariadb && w->server != SQL_SERVER_ANY) {
        w->at = comment_end(w, w->at + 2, false);
        return;
    }
    if (w->executable)
        fault(w, "executable comments stand within each other");
    while (ascii_is_digit(byte(w, at + digits)) && digits < 7) {
        version = version * 10 + (unsigned)(byte(w, at + digits) - '0');
        if (++digits == 5)
            first_five = version;
    }
    if (digits != 0 && (digits < 5 || digits > 6 || version < 10000))
        fault(w, "the version of an executable comment has not five or six digits");
    if (digits == 6 && !w->mariadb && w->server != SQL_SERVER_ANY &&
        is_executed(w, version, for_mariadb) != is_executed(w, first_five, for_mariadb))
        fault(w, "servers do not agree on the version of an executable comment");
    if (is_executed(w, version, for_mariadb)) {
        w->executable = true;
        w->at = at + digits;
    } else {
        w->at = comment_end(w, at + digits, true);
    }
}

/* Skips blanks and comments. */
static void skip(struct sql_words *w)
{
    while (w->at < w->text.n) {
        const char *p = w->text.p + w->at;
        const char *end;

        if (sql_is_blank(*p)) {
            w->at++;
            continue;
        }
        if (w->executable && *p == '*' && byte(w, w->at + 1) == '/') {
            w->executable = false;
            w->at += 2;
            continue;
        }
        switch (sql_lex_comment(p, w->text.n - w->at, true)) {
        case SQL_COMMENT_LINE:
            end = memchr(p, '\n', w->text.n - w->at);
            if (memchr(p, '\0', end ? (size_t)(end - p) : w->text.n - w->at) != NULL)
                fault(w, "a NUL byte stands in a comment");
            w->at = end ? (size_t)(end - w->text.p) + 1 : w->text.n;
            break;
        case SQL_COMMENT_BLOCK:
            w->at = comment_end(w, w->at + 2 > w->text.n ? w->text.n : w->at + 2, false);
            break;
        case SQL_COMMENT_EXECUTABLE:
            executable_comment(w);
            break;
        default:
            return;
        }
    }
}

/* Behind the string or name in quotes that begins at `at`. */
static size_t quoted_end(struct sql_words *w, size_t at)
{
    char quote = w->text.p[at++];

    for (;;) {
        at = sql_scan_string(w->text.p, at, w->text.n, quote, quote != '`');
        if (at >= w->text.n) {
            fault(w, "a string or name in it does not end");
            return w->text.n;
        }
        if (w->text.p[at] == '\\')
            at = at + 2 > w->text.n ? w->text.n : at + 2;
        else if (byte(w, at + 1) == quote && at + 1 < w->text.n)
            at += 2;
        else
            return at + 1;
    }
}

static size_t word_end(const struct sql_words *w, size_t at)
{
    while (at < w->text.n && sql_is_word(w->text.p[at]))
        at++;
    return at;
}

static size_t variable_end(struct sql_words *w, size_t at)
{
    while (byte(w, at) == '@')
        at++;
    if (at < w->text.n && (w->text.p[at] == '`' || w->text.p[at] == '\'' || w->text.p[at] == '"'))
        return quoted_end(w, at);
    while (at < w->text.n && (sql_is_word(w->text.p[at]) || w->text.p[at] == '.'))
        at++;
    return at;
}

static void sign(struct sql_words *w, struct sql_word *out)
{
    char c = w->text.p[w->at];

    out->kind = SQL_WORD_SIGN;
    out->to = w->at + 1;
    if (c == '(') {
        w->depth++;
    } else if (c == ')') {
        if (w->depth > 0)
            w->depth--;
        out->depth = w->depth;
    } else if (c == '\0') {
        fault(w, "a NUL byte stands outside of strings");
    } else if (c == '\\') {
        fault(w, "a backslash stands outside of strings");
    }
}

bool sql_words_next(struct sql_words *w, struct sql_word *out)
{
    skip(w);
    *out = (struct sql_word){.from = w->at, .to = w->at, .depth = w->depth, .executable = w->executable};
    if (w->at >= w->text.n) {
        if (w->executable)
            fault(w, "an executable comment in it does not end");
        return false;
    }
    switch (w->text.p[w->at]) {
    case '`':
        out->kind = SQL_WORD_NAME;
        out->to = quoted_end(w, w->at);
        break;
    case '"':
        out->kind = SQL_WORD_DOUBLE;
        out->to = quoted_end(w, w->at);
        break;
    case '\'':
        out->kind = SQL_WORD_STRING;
        out->to = quoted_end(w, w->at);
        break;
    case '@':
        out->kind = SQL_WORD_VARIABLE;
        out->to = variable_end(w, w->at);
        break;
    default:
        if (sql_is_word(w->text.p[w->at])) {
            out->kind = SQL_WORD_BARE;
            out->to = word_end(w, w->at);
        } else {
            sign(w, out);
        }
    }
    out->text = str_sub(w->text, out->from, out->to);
    w->at = out->to;
    return true;
}

struct sql_word sql_words_peek(const struct sql_words *w)
{
    struct sql_words ahead = *w;
    struct sql_word word;

    sql_words_next(&ahead, &word);
    return word;
}

bool sql_is_keyword(struct str s, const char *keyword)
{
    size_t i = 0;

    for (; i < s.n && keyword[i] != '\0'; i++) {
        char c = s.p[i] >= 'a' && s.p[i] <= 'z' ? (char)(s.p[i] - 'a' + 'A') : s.p[i];

        if (c != keyword[i])
            return false;
    }
    return i == s.n && keyword[i] == '\0';
}

bool sql_word_is(const struct sql_word *word, const char *keyword)
{
    return word->kind == SQL_WORD_BARE && sql_is_keyword(word->text, keyword);
}

bool sql_word_in(const struct sql_word *word, const char *const *keywords)
{
    for (; *keywords != NULL; keywords++)
        if (sql_word_is(word, *keywords))
            return true;
    return false;
}

bool sql_word_sign(const struct sql_word *word, char c)
{
    return word->kind == SQL_WORD_SIGN && str_eq(word->text, (struct str){&c, 1});
}

bool sql_word_is_name(const struct sql_word *word)
{
    return word->kind == SQL_WORD_BARE || word->kind == SQL_WORD_NAME || word->kind == SQL_WORD_DOUBLE;
}

struct str sql_word_bare(const struct sql_word *word)
{
    if (word->kind == SQL_WORD_NAME || word->kind == SQL_WORD_DOUBLE || word->kind == SQL_WORD_STRING)
        return str_sub(word->text, 1, word->text.n > 1 ? word->text.n - 1 : 1);
    return word->text;
}

bool sql_words_take(struct sql_words *w, const char *keyword)
{
    struct sql_words before = *w;
    struct sql_word word;

    if (sql_words_next(w, &word) && sql_word_is(&word, keyword))
        return true;
    *w = before;
    return false;
}

bool sql_words_take_sign(struct sql_words *w, char c)
{
    struct sql_words before = *w;
    struct sql_word word;

    if (sql_words_next(w, &word) && sql_word_sign(&word, c))
        return true;
    *w = before;
    return false;
}

bool sql_words_take_group(struct sql_words *w)
{
    unsigned depth = w->depth;
    struct sql_word word;

    if (!sql_words_take_sign(w, '('))
        return false;
    while (sql_words_next(w, &word))
        if (sql_word_sign(&word, ')') && word.depth == depth)
            break;
    return true;
}
