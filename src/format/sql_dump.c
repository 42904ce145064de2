/*
 * One buffer holds the bytes that are not given out yet: [start, n) of it is the piece that is being read, and the
 * state of the lexer says how far it was read. A piece that is not whole yet is read on from there when more is fed.
 *
 * Between statements, comments and commands of the client are recognised. A statement that begins with INSERT or
 * REPLACE is watched for its VALUES; from there on it is given row by row. An INSERT inside of an executable comment
 * is not parted, since neither its head nor its rows would stand on their own.
 */
#include "format/sql_dump_parts.h"

#include "base/mem.h"
#include "format/sql_scan.h"
#include "format/sql_words.h"

#include <stdlib.h>
#include <string.h>

/* The head of an INSERT names at most some thousand columns. */
#define HEAD_MAX ((size_t)1 << 20)
/* Words VALUE or VALUES that may come in front of the true one, as names without quotes. */
#define HEAD_WORDS_MAX 8

struct sql_dump *sql_dump_new(void)
{
    struct sql_dump *d = mem_alloc(sizeof *d);

    memcpy(d->lex.delimiter, ";", 2);
    d->lex.delimiter_n = 1;
    sql_lex_begin(&d->lex);
    return d;
}

void sql_dump_free(struct sql_dump *d)
{
    if (d == NULL)
        return;
    buf_free(&d->buf);
    buf_free(&d->head);
    free(d);
}

static uint64_t line_at(const struct sql_dump *d, size_t at)
{
    return d->lines + 1 + (at > d->counted ? sql_scan_lines(d->buf.p + d->counted, at - d->counted) : 0);
}

static void count_to(struct sql_dump *d, size_t at)
{
    if (at > d->counted) {
        d->lines += sql_scan_lines(d->buf.p + d->counted, at - d->counted);
        d->counted = at;
    }
}

static void count_line_ends(struct sql_dump *d, struct str bytes)
{
    uint64_t n = 0;

    while (bytes.n > 0 && (bytes.p[bytes.n - 1] == '\n' || bytes.p[bytes.n - 1] == '\r'))
        n += bytes.p[--bytes.n] == '\n';
    d->line_ends = bytes.n == 0 ? d->line_ends + n : n;
}

void sql_dump_feed(struct sql_dump *d, struct str bytes)
{
    if (bytes.n == 0)
        return;
    /* What was given out is taken away when the rest is the smaller part, so a byte is moved a few times at most. */
    if (d->start > 0 && d->start >= d->buf.n - d->start) {
        count_to(d, d->start);
        buf_drop(&d->buf, d->start);
        d->dropped += d->start;
        d->at -= d->start;
        d->counted -= d->start;
        d->start = 0;
    }
    buf_add(&d->buf, bytes.p, bytes.n);
    d->last = bytes.p[bytes.n - 1];
    count_line_ends(d, bytes);
}

void sql_dump_eof(struct sql_dump *d)
{
    d->eof = true;
}

bool sql_dump_open_end(const struct sql_dump *d)
{
    return d->open_end;
}

bool sql_dump_ends_line(const struct sql_dump *d)
{
    return d->last == '\n';
}

uint64_t sql_dump_line_ends(const struct sql_dump *d)
{
    return d->line_ends;
}

uint64_t sql_dump_offset(const struct sql_dump *d)
{
    return d->dropped + d->start;
}

uint64_t sql_dump_line(const struct sql_dump *d)
{
    return line_at(d, d->start);
}

enum found sql_dump_fault(struct sql_dump *d, size_t at, const char *what)
{
    uint64_t byte = d->dropped + at;

    err_set(&d->failed, ERR_FORMAT, "line %llu, byte %llu: %s", (unsigned long long)line_at(d, at),
            (unsigned long long)byte, what);
    return FOUND_FAULT;
}

enum found sql_dump_cut_short(struct sql_dump *d, const char *inside)
{
    uint64_t byte = d->dropped + d->start;

    err_set(&d->failed, ERR_FORMAT, "cut short: the dump ends inside of %s that begins in line %llu, byte %llu", inside,
            (unsigned long long)line_at(d, d->start), (unsigned long long)byte);
    return FOUND_FAULT;
}

enum found sql_dump_give(struct sql_dump *d, struct sql_item *item, enum sql_item_kind kind, size_t to, size_t next)
{
    count_to(d, d->start);
    *item = (struct sql_item){.kind = kind,
                              .text = {d->buf.p + d->start, to - d->start},
                              .line = d->lines + 1,
                              .offset = d->dropped + d->start,
                              .plain = kind == SQL_ROW && d->lex.plain};
    d->start = d->at = next;
    return FOUND_ITEM;
}

size_t sql_dump_trimmed(const struct sql_dump *d, size_t to)
{
    while (to > d->start && sql_is_blank(d->buf.p[to - 1]))
        to--;
    return to;
}

enum found sql_dump_too_large(struct sql_dump *d, bool row)
{
    return sql_dump_fault(d, d->start,
                          row ? "a row is larger than any server takes" : "a statement is larger than any writer makes");
}

/* ---- between statements ---------------------------------------------------------------------------------------- */

void sql_dump_skip_blanks(struct sql_dump *d)
{
    while (d->start < d->buf.n && sql_is_blank(d->buf.p[d->start]))
        d->start++;
    d->at = d->start;
}

/* False: there is too little to tell. */
static bool skip_mark(struct sql_dump *d, bool *wide)
{
    const char *p = d->buf.p;
    size_t n = d->buf.n;

    *wide = n >= 2 && ((memcmp(p, "\xff\xfe", 2) == 0) || memcmp(p, "\xfe\xff", 2) == 0);
    if (n < 3 && !d->eof && memcmp(p, "\xef\xbb\xbf", n < 3 ? n : 3) == 0)
        return false;
    if (n < 2 && !d->eof && (p[0] == '\xff' || p[0] == '\xfe'))
        return false;
    d->begun = true;
    if (n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
        d->start = d->at = 3;
    return true;
}

/* The end of the line that begins at start, without its line end, and where the next begins; false: it is not all here. */
static bool whole_line(struct sql_dump *d, size_t *end, size_t *next)
{
    const char *lf = memchr(d->buf.p + d->at, '\n', d->buf.n - d->at);

    if (lf == NULL && !d->eof) {
        d->at = d->buf.n;
        return false;
    }
    *end = lf ? (size_t)(lf - d->buf.p) : d->buf.n;
    *next = lf ? *end + 1 : d->buf.n;
    if (*end > d->start && d->buf.p[*end - 1] == '\r')
        --*end;
    return true;
}

enum found sql_dump_line_comment(struct sql_dump *d, struct sql_item *item)
{
    size_t end;
    size_t next;

    if (!whole_line(d, &end, &next))
        return d->buf.n - d->start > SQL_STATEMENT_MAX ? sql_dump_too_large(d, false) : FOUND_NOTHING;
    return sql_dump_give(d, item, SQL_COMMENT, end, next);
}

enum found sql_dump_block_comment(struct sql_dump *d, struct sql_item *item)
{
    size_t from = d->at > d->start + 2 ? d->at : d->start + 2;
    size_t end = sql_scan_comment(d->buf.p, from, d->buf.n);

    if (end >= from + 2 && memcmp(d->buf.p + end - 2, "*/", 2) == 0)
        return sql_dump_give(d, item, SQL_COMMENT, end, end);
    if (d->eof)
        return sql_dump_cut_short(d, "a comment");
    if (d->buf.n - d->start > SQL_STATEMENT_MAX)
        return sql_dump_too_large(d, false);
    d->at = d->buf.n > from ? d->buf.n - 1 : from;
    return FOUND_NOTHING;
}

/* DELIMITER: the first word of the rest of its line. */
static enum found set_delimiter(struct sql_dump *d)
{
    size_t end;
    size_t next;
    struct str line;
    struct str word;

    if (!whole_line(d, &end, &next))
        return d->buf.n - d->start > SQL_STATEMENT_MAX ? sql_dump_too_large(d, false) : FOUND_NOTHING;
    line = (struct str){d->buf.p + d->start, end - d->start};
    line = str_trim(str_sub(line, strlen("DELIMITER"), line.n));
    word = line;
    for (size_t i = 0; i < line.n; i++)
        if (sql_is_blank(line.p[i])) {
            word = str_sub(line, 0, i);
            break;
        }
    if (word.n == 0 || word.n > SQL_DELIMITER_MAX || str_chr(word, '\\', 0) != SIZE_MAX ||
        str_chr(word, '\0', 0) != SIZE_MAX)
        return sql_dump_fault(d, d->start, "DELIMITER names nothing that can be a delimiter");
    memcpy(d->lex.delimiter, word.p, word.n);
    d->lex.delimiter[word.n] = '\0';
    d->lex.delimiter_n = word.n;
    buf_reset(&d->head);
    d->start = d->at = next;
    return FOUND_AGAIN;
}

static enum found client_line(struct sql_dump *d, struct sql_item *item)
{
    size_t end;
    size_t next;

    if (!whole_line(d, &end, &next))
        return d->buf.n - d->start > SQL_STATEMENT_MAX ? sql_dump_too_large(d, false) : FOUND_NOTHING;
    return sql_dump_give(d, item, SQL_CLIENT, end, next);
}

static enum found begin_statement(struct sql_dump *d, bool insert)
{
    d->place = STATEMENT;
    d->insert = insert;
    d->heads = 0;
    d->at = d->start;
    sql_lex_begin(&d->lex);
    return FOUND_AGAIN;
}

/* The same head as the last one, with a row behind it. */
static bool is_same_head(const struct sql_dump *d)
{
    size_t n = d->head.n;
    const char *p = d->buf.p + d->start;

    return n > 0 && d->buf.n - d->start > n + 1 && memcmp(p, d->head.p, n) == 0 &&
           (p[n] == '(' || (p[n] == ' ' && p[n + 1] == '('));
}

/* USE is also understood by servers, and then ends with a delimiter in the same line. */
static enum found use_line(struct sql_dump *d, struct sql_item *item)
{
    size_t end;
    size_t next;
    struct str line;
    struct str delimiter = {d->lex.delimiter, d->lex.delimiter_n};

    if (!whole_line(d, &end, &next))
        return d->buf.n - d->start > SQL_STATEMENT_MAX ? sql_dump_too_large(d, false) : FOUND_NOTHING;
    line = (struct str){d->buf.p + d->start, end - d->start};
    return str_has(line, delimiter) ? begin_statement(d, false) : sql_dump_give(d, item, SQL_CLIENT, sql_dump_trimmed(d, end), next);
}

/* No statement of SQL begins with one of these. */
static const char *const client_words[] = {
    "SOURCE", "SYSTEM",  "TEE",    "NOTEE",   "PAGER",   "NOPAGER",  "EDIT", "CONNECT",         "EXIT",
    "QUIT",   "PROMPT",  "PRINT",  "REHASH",  "STATUS",  "CHARSET",  "EGO",  "RESETCONNECTION", "WARNINGS",
    "CLEAR",  "SANDBOX", "COSTS",  "NOCOSTS", "NOWARNING", "GO",     "HELP", "QUERY_ATTRIBUTES", NULL};

static enum found begin_word(struct sql_dump *d, struct sql_item *item)
{
    struct sql_word word = {.kind = SQL_WORD_BARE};
    size_t end = d->start;

    while (end < d->buf.n && sql_is_word(d->buf.p[end]) && end - d->start < 20)
        end++;
    if (end == d->buf.n && !d->eof)
        return FOUND_NOTHING;
    if (is_same_head(d)) {
        d->place = FIRST_ROW;
        return sql_dump_give(d, item, SQL_INSERT, d->start + d->head.n, d->start + d->head.n);
    }
    word.text = (struct str){d->buf.p + d->start, end - d->start};
    if (sql_word_is(&word, "DELIMITER") && (end == d->buf.n || sql_is_blank(d->buf.p[end])))
        return set_delimiter(d);
    if (sql_word_is(&word, "USE"))
        return use_line(d, item);
    if (sql_word_in(&word, client_words))
        return client_line(d, item);
    return begin_statement(d, sql_word_is(&word, "INSERT") || sql_word_is(&word, "REPLACE"));
}

/* The line that keeps MariaDB's client from running commands of the client is no code of any server. */
static int is_sandbox_line(const char *p, size_t n, bool eof)
{
    static const struct str marks[] = {{"/*M!999999", 10}, {"/*!999999", 9}};

    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        size_t m = n < marks[i].n ? n : marks[i].n;

        if (memcmp(p, marks[i].p, m) == 0 && (m == marks[i].n || !eof))
            return m == marks[i].n ? 1 : -1;
    }
    return 0;
}

static enum found between(struct sql_dump *d, struct sql_item *item)
{
    const char *p;
    size_t n;
    int here;

    if (d->at == d->start)
        sql_dump_skip_blanks(d);
    if (d->start == d->buf.n)
        return FOUND_NOTHING;
    p = d->buf.p + d->start;
    n = d->buf.n - d->start;
    here = sql_lex_delimiter(&d->lex, p, n, d->eof);
    if (here < 0)
        return FOUND_NOTHING;
    if (here > 0) {
        d->start += d->lex.delimiter_n;
        d->at = d->start;
        return FOUND_AGAIN;
    }
    if (*p == '\\')
        return client_line(d, item);
    if (*p == '-' && n >= 2 && p[1] == '-')
        return sql_dump_line_comment(d, item);
    switch (sql_lex_comment(p, n, d->eof)) {
    case SQL_COMMENT_MORE:
        return FOUND_NOTHING;
    case SQL_COMMENT_LINE:
        return sql_dump_line_comment(d, item);
    case SQL_COMMENT_BLOCK:
        return sql_dump_block_comment(d, item);
    case SQL_COMMENT_EXECUTABLE:
        here = is_sandbox_line(p, n, d->eof);
        if (here < 0)
            return FOUND_NOTHING;
        return here > 0 ? sql_dump_block_comment(d, item) : begin_statement(d, false);
    default:
        return sql_is_word(*p) ? begin_word(d, item) : begin_statement(d, false);
    }
}

/* ---- statements ------------------------------------------------------------------------------------------------ */

const char *sql_dump_inside_of(const struct sql_dump *d, const char *otherwise)
{
    if (d->lex.quote == '`')
        return "a name, in a statement";
    if (d->lex.quote != '\0')
        return "a string, in a statement";
    if (d->lex.block_comment || d->lex.executable > 0)
        return "a comment, in a statement";
    return otherwise;
}

/* Whether a string is read in another way without escapes; judging a statement reads all with them. */
bool sql_dump_escapes_matter(const struct sql_dump *d, struct str text)
{
    return d->lex.no_escapes && (str_has(text, STR("\\'")) || str_has(text, STR("\\\"")));
}

static enum found give_statement(struct sql_dump *d, struct sql_item *item, size_t end, size_t next)
{
    struct str text = {d->buf.p + d->start, sql_dump_trimmed(d, end) - d->start};

    if (text.n > SQL_STATEMENT_MAX)
        return sql_dump_too_large(d, false);
    if (sql_dump_escapes_matter(d, text))
        return sql_dump_fault(d, d->start, "a backslash in front of a quote, where a backslash is no escape");
    /* what was read in one mode may be something else in another */
    buf_reset(&d->head);
    sql_mode_follow(&d->mode, text);
    d->lex.no_escapes = d->mode.no_escapes;
    d->lex.ansi_quotes = d->mode.ansi_quotes;
    d->place = BETWEEN;
    return sql_dump_give(d, item, SQL_STATEMENT, d->start + text.n, next);
}

static const char *const insert_modifiers[] = {"LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY", "IGNORE", NULL};

/* Whether this is all of the head of an INSERT up to its VALUES, which is no name of a table or column then. */
static bool is_head(struct str text)
{
    struct sql_words w;
    struct sql_word word;

    sql_words_begin(&w, text, SQL_SERVER_ANY, false);
    sql_words_next(&w, &word);
    do
        if (!sql_words_next(&w, &word))
            return false;
    while (sql_word_in(&word, insert_modifiers));
    if (sql_word_is(&word, "INTO") && !sql_words_next(&w, &word))
        return false;
    if (!sql_word_is_name(&word))
        return false;
    if (sql_words_take_sign(&w, '.') && !sql_words_next(&w, &word))
        return false;
    if (sql_words_take(&w, "PARTITION"))
        sql_words_take_group(&w);
    sql_words_take_group(&w);
    return sql_words_next(&w, &word) && (sql_word_is(&word, "VALUES") || sql_word_is(&word, "VALUE")) &&
           !sql_words_next(&w, &word);
}

/* At a word with V in what may be the head of an INSERT. */
static enum found word_in_head(struct sql_dump *d, struct sql_item *item)
{
    size_t end = d->at;
    size_t behind;

    while (end < d->buf.n && sql_is_word(d->buf.p[end]) && end - d->at < 8)
        end++;
    if (end == d->buf.n && !d->eof)
        return FOUND_NOTHING;
    if (!sql_is_keyword((struct str){d->buf.p + d->at, end - d->at}, "VALUES") &&
        !sql_is_keyword((struct str){d->buf.p + d->at, end - d->at}, "VALUE")) {
        d->at = end;
        return FOUND_AGAIN;
    }
    /* rows begin with a parenthesis, behind which comments may hide */
    for (behind = end;;) {
        enum sql_comment comment;

        while (behind < d->buf.n && sql_is_blank(d->buf.p[behind]))
            behind++;
        comment = sql_lex_comment(d->buf.p + behind, d->buf.n - behind, d->eof);
        if (comment == SQL_COMMENT_MORE)
            return FOUND_NOTHING;
        if (comment == SQL_COMMENT_LINE) {
            const char *lf = memchr(d->buf.p + behind, '\n', d->buf.n - behind);

            behind = lf ? (size_t)(lf - d->buf.p) : d->buf.n;
        } else if (comment == SQL_COMMENT_BLOCK) {
            behind = sql_scan_comment(d->buf.p, behind + 2 > d->buf.n ? d->buf.n : behind + 2, d->buf.n);
        } else {
            break;
        }
        if (behind == d->buf.n && !d->eof)
            return FOUND_NOTHING;
    }
    if (++d->heads > HEAD_WORDS_MAX || end - d->start > HEAD_MAX)
        d->insert = false;
    if (d->insert && behind < d->buf.n && d->buf.p[behind] == '(' &&
        is_head((struct str){d->buf.p + d->start, end - d->start})) {
        if (sql_dump_escapes_matter(d, (struct str){d->buf.p + d->start, end - d->start}))
            return sql_dump_fault(d, d->start, "a backslash in front of a quote, where a backslash is no escape");
        d->place = FIRST_ROW;
        buf_reset(&d->head);
        buf_add(&d->head, d->buf.p + d->start, end - d->start);
        return sql_dump_give(d, item, SQL_INSERT, end, end);
    }
    d->at = end;
    return FOUND_AGAIN;
}

static enum found statement(struct sql_dump *d, struct sql_item *item)
{
    size_t n = d->buf.n;
    enum found found;

    switch (sql_lex_statement(&d->lex, d->buf.p, &d->at, n, d->eof, d->insert)) {
    case SQL_LEX_DELIMITER:
        return give_statement(d, item, d->at, d->at + d->lex.delimiter_n);
    case SQL_LEX_WORD:
        found = word_in_head(d, item);
        if (found != FOUND_NOTHING || n - d->start <= SQL_STATEMENT_MAX)
            return found;
        break;
    default:
        break;
    }
    if (n - d->start > SQL_STATEMENT_MAX)
        return sql_dump_too_large(d, false);
    if (!d->eof)
        return FOUND_NOTHING;
    if (d->lex.quote != '\0' || d->lex.block_comment || d->lex.executable > 0 || d->lex.depth > 0 || d->insert)
        return sql_dump_cut_short(d, sql_dump_inside_of(d, "a statement"));
    d->open_end = true;
    return give_statement(d, item, n, n);
}

static enum found work(struct sql_dump *d, struct sql_item *item)
{
    bool wide = false;

    if (!d->begun && d->buf.n > 0) {
        if (!skip_mark(d, &wide))
            return FOUND_NOTHING;
        if (wide)
            return sql_dump_fault(d, 0, "the dump is written in UTF-16; no server takes that");
    }
    switch (d->place) {
    case BETWEEN:
        return between(d, item);
    case STATEMENT:
        return statement(d, item);
    case FIRST_ROW:
        return sql_dump_first_row(d);
    case ROW:
        return sql_dump_row(d, item);
    case BEHIND_ROW:
        return sql_dump_behind_row(d, item);
    default:
        return sql_dump_tail(d, item);
    }
}

int sql_dump_next(struct sql_dump *d, struct sql_item *item, struct err *e)
{
    enum found found = FOUND_FAULT;

    if (d->failed.kind == ERR_NONE)
        do
            found = work(d, item);
        while (found == FOUND_AGAIN);
    if (found == FOUND_FAULT) {
        *e = d->failed;
        return -1;
    }
    if (found == FOUND_NOTHING) {
        count_to(d, d->start);
        *item = (struct sql_item){.kind = SQL_MORE, .line = d->lines + 1, .offset = d->dropped + d->start};
    }
    return 0;
}
