#include "format/cs_legacy_sql.h"

#include "format/sql_lex.h"
#include "format/sql_names.h"
#include "format/sql_scan.h"

#include <string.h>

/* Behind blanks and comments; executable comments are code. */
static struct str skip_comments(struct str s)
{
    for (;;) {
        size_t end = 0;

        while (s.n > 0 && sql_is_blank(s.p[0]))
            s = str_sub(s, 1, s.n);
        switch (sql_lex_comment(s.p, s.n, true)) {
        case SQL_COMMENT_LINE:
            end = str_chr(s, '\n', 0);
            break;
        case SQL_COMMENT_BLOCK:
            end = str_find(s, STR("*/"), 2);
            end = end == SIZE_MAX ? end : end + 1;
            break;
        default:
            return s;
        }
        s = end == SIZE_MAX ? str_sub(s, s.n, s.n) : str_sub(s, end + 1, s.n);
    }
}

int cs_statements_split(struct str sql, struct cs_statement_list *out, struct err *e)
{
    struct sql_lex x = {.delimiter = ";", .delimiter_n = 1};
    size_t from = 0;
    size_t at = 0;

    memset(out, 0, sizeof *out);
    str_skip(&sql, STR("\xef\xbb\xbf"));
    while (at < sql.n) {
        enum sql_lex_stop stop;
        struct str one;

        sql_lex_begin(&x);
        stop = sql_lex_statement(&x, sql.p, &at, sql.n, true, false);
        one = str_trim(skip_comments(str_sub(sql, from, at)));
        if (stop != SQL_LEX_DELIMITER) {
            if (one.n == 0 && x.quote == '\0' && !x.block_comment)
                return 0;
            return err_set(e, ERR_FORMAT, "the dump is cut: its last statement has no end");
        }
        if (one.n > 0)
            *vec_push(&out->all) = one;
        from = ++at;
    }
    return 0;
}

/* The place of the prefix inside of a name, or SIZE_MAX. */
static size_t prefix_in(const struct sql_word *w)
{
    struct str text = w->text;
    size_t skip = w->kind == SQL_WORD_NAME ? 1 : 0;

    if (w->kind != SQL_WORD_NAME && w->kind != SQL_WORD_BARE)
        return SIZE_MAX;
    return str_starts(str_sub(text, skip, text.n), STR(CS_DUMP_PREFIX)) ? w->from + skip : SIZE_MAX;
}

void cs_statement_prefixed(struct str statement, const char *prefix, struct buf *out)
{
    struct sql_words w;
    struct sql_word word;
    size_t copied = 0;
    size_t mark = SIZE_MAX; /* of a "?" */

    sql_words_begin(&w, statement, SQL_SERVER_ANY, false);
    while (sql_words_next(&w, &word)) {
        size_t at = prefix_in(&word);

        if (at != SIZE_MAX) {
            buf_addstr(out, str_sub(statement, copied, at));
            buf_adds(out, prefix);
            copied = at + strlen(CS_DUMP_PREFIX);
        } else if (sql_word_sign(&word, ':') && mark != SIZE_MAX && word.from == mark + 1) {
            buf_addstr(out, str_sub(statement, copied, mark));
            buf_adds(out, prefix);
            copied = word.to;
        }
        mark = sql_word_sign(&word, '?') ? word.from : SIZE_MAX;
    }
    buf_addstr(out, str_sub(statement, copied, statement.n));
}

static bool take_name(struct sql_words *w, struct str *name)
{
    struct sql_name n;

    if (!sql_names_take(w, &n) || n.db.n > 0)
        return false;
    *name = n.name;
    return true;
}

/* Goes behind the next comma outside of parentheses; false at the end. */
static bool next_clause(struct sql_words *w)
{
    struct sql_word word;

    while (sql_words_next(w, &word))
        if (word.depth == 0 && sql_word_sign(&word, ','))
            return true;
    return false;
}

static bool take_key_word(struct sql_words *w)
{
    return sql_words_take(w, "INDEX") || sql_words_take(w, "KEY");
}

static void read_add(struct sql_words *w, struct cs_probe *p)
{
    bool special = sql_words_take(w, "UNIQUE") || sql_words_take(w, "FULLTEXT");

    if (sql_words_take(w, "PRIMARY")) {
        p->kind = CS_PROBE_KEY_MADE;
        p->name = STR("PRIMARY");
    } else if (take_key_word(w) || special) {
        take_key_word(w);
        if (take_name(w, &p->name))
            p->kind = CS_PROBE_KEY_MADE;
    } else if (!sql_words_take(w, "CONSTRAINT") && !sql_words_take(w, "FOREIGN") &&
               !sql_words_take(w, "PARTITION")) {
        sql_words_take(w, "COLUMN");
        if (take_name(w, &p->name))
            p->kind = CS_PROBE_COLUMN_MADE;
    }
}

static void read_drop(struct sql_words *w, struct cs_probe *p)
{
    if (sql_words_take(w, "PRIMARY")) {
        p->kind = CS_PROBE_KEY_GONE;
        p->name = STR("PRIMARY");
    } else if (take_key_word(w)) {
        if (take_name(w, &p->name))
            p->kind = CS_PROBE_KEY_GONE;
    } else if (!sql_words_take(w, "FOREIGN") && !sql_words_take(w, "CONSTRAINT") &&
               !sql_words_take(w, "PARTITION")) {
        sql_words_take(w, "COLUMN");
        if (take_name(w, &p->name))
            p->kind = CS_PROBE_COLUMN_GONE;
    }
}

/* One clause of ALTER TABLE. A server carries out all of them or none. */
static void read_clause(struct sql_words *w, struct cs_probe *p)
{
    p->kind = CS_PROBE_NONE;
    if (sql_words_take(w, "ADD")) {
        read_add(w, p);
    } else if (sql_words_take(w, "DROP")) {
        read_drop(w, p);
    } else if (sql_words_take(w, "CHANGE")) {
        sql_words_take(w, "COLUMN");
        if (take_name(w, &p->name) && take_name(w, &p->to))
            p->kind = str_is_nocase(p->name, p->to) ? CS_PROBE_HARMLESS : CS_PROBE_COLUMN_MOVED;
    } else if (sql_words_take(w, "MODIFY") || sql_words_take(w, "ENGINE") || sql_words_take(w, "COMMENT") ||
               sql_words_take(w, "ALTER")) {
        p->kind = CS_PROBE_HARMLESS;
    }
    /* ADD … IF NOT EXISTS, DROP … IF EXISTS */
    if (sql_is_keyword(p->name, "IF"))
        p->kind = CS_PROBE_HARMLESS;
}

static void read_alter(struct sql_words *w, struct cs_probe *p)
{
    bool harmless = true;

    if (!sql_words_take(w, "TABLE") || !take_name(w, &p->table))
        return;
    do {
        struct cs_probe one = *p;

        read_clause(w, &one);
        if (one.kind != CS_PROBE_NONE && one.kind != CS_PROBE_HARMLESS) {
            *p = one;
            return;
        }
        harmless = harmless && one.kind == CS_PROBE_HARMLESS;
    } while (next_clause(w));
    p->kind = harmless ? CS_PROBE_HARMLESS : CS_PROBE_NONE;
}

/* INSERT and REPLACE. What is no plain row may count up or read other tables. */
static void read_insert(struct sql_words *w, struct cs_probe *p, bool replace)
{
    struct sql_word word;
    bool ignore = false;
    size_t from;

    p->insert_end = w->at;
    while (sql_words_take(w, "LOW_PRIORITY") || sql_words_take(w, "DELAYED"))
        continue;
    ignore = sql_words_take(w, "IGNORE");
    sql_words_take(w, "INTO");
    if (!take_name(w, &p->table))
        return;
    word = sql_words_peek(w);
    if (sql_word_sign(&word, '(')) {
        from = word.to;
        if (!sql_words_take_group(w))
            return;
        p->columns = str_sub(w->text, from, w->at - 1);
    }
    if (sql_words_take(w, "SELECT")) {
        p->kind = CS_PROBE_INSERT_SELECT;
        return;
    }
    if (!sql_words_take(w, "VALUES") && !sql_words_take(w, "VALUE"))
        return;
    from = w->at;
    while (sql_words_next(w, &word))
        if (word.depth == 0 && !sql_word_sign(&word, '(') && !sql_word_sign(&word, ')') &&
            !sql_word_sign(&word, ','))
            return; /* ON DUPLICATE KEY UPDATE may count */
    if (sql_values_refused(str_sub(w->text, from, w->text.n), SQL_SERVER_ANY, false))
        return;
    p->kind = replace || ignore ? CS_PROBE_REPLACE : CS_PROBE_INSERT;
}

/* A literal that is the same at every time: a string, a number, NULL. */
static bool is_literal(const struct sql_word *word)
{
    uint64_t n;

    return word->kind == SQL_WORD_STRING || word->kind == SQL_WORD_DOUBLE || sql_word_is(word, "NULL") ||
           (word->kind == SQL_WORD_BARE && str_u64(word->text, UINT64_MAX, &n));
}

/* "column = value" up to a comma or WHERE; true in *literal when the value is one word and a literal. */
static bool read_set(struct sql_words *w, struct cs_probe *p, bool *literal, bool *more)
{
    size_t from = sql_words_peek(w).from;
    struct sql_word word;
    struct sql_word next;
    struct str column;
    size_t parts = 0;

    if (!take_name(w, &column) || !sql_words_take_sign(w, '='))
        return false;
    *literal = false;
    *more = false;
    for (next = sql_words_peek(w); next.kind != SQL_WORD_END && !sql_word_is(&next, "WHERE");
         next = sql_words_peek(w)) {
        if (next.depth == 0 && sql_word_sign(&next, ',')) {
            *more = true;
            break;
        }
        if (sql_word_is(&next, "SELECT") || sql_word_is(&next, "LIMIT") || sql_word_is(&next, "ORDER"))
            return false;
        sql_words_next(w, &word);
        *literal = parts++ == 0 && is_literal(&word);
    }
    if (*literal && p->equal.n == 0)
        p->equal = str_sub(w->text, from, w->at);
    if (*more)
        sql_words_take_sign(w, ',');
    return parts > 0;
}

static void read_update(struct sql_words *w, struct cs_probe *p)
{
    static const char *const strange[] = {"SELECT", "LIMIT", "ORDER", NULL};
    struct sql_word word;
    bool all_literal = true;
    bool literal;
    bool more;

    if (!take_name(w, &p->table) || !sql_words_take(w, "SET"))
        return;
    do {
        if (!read_set(w, p, &literal, &more))
            return;
        all_literal = all_literal && literal;
    } while (more);
    if (sql_words_take(w, "WHERE")) {
        p->where = str_sub(w->text, w->at, w->text.n);
        while (sql_words_next(w, &word))
            if (sql_word_in(&word, strange))
                return;
    }
    p->kind = all_literal ? CS_PROBE_HARMLESS : p->equal.n > 0 ? CS_PROBE_UPDATE : CS_PROBE_NONE;
}

static void read_table(struct sql_words *w, struct cs_probe *p, bool create)
{
    size_t from;

    if (!sql_words_take(w, "TABLE"))
        return;
    from = sql_words_peek(w).from;
    sql_names_skip_if(w);
    if (!take_name(w, &p->table))
        return;
    if (sql_is_keyword(str_sub(w->text, from, from + 2), "IF"))
        p->kind = CS_PROBE_HARMLESS;
    else
        p->kind = create ? CS_PROBE_TABLE_MADE : CS_PROBE_TABLE_GONE;
}

void cs_probe_read(struct str statement, struct cs_probe *out)
{
    struct sql_words w;

    memset(out, 0, sizeof *out);
    sql_words_begin(&w, statement, SQL_SERVER_ANY, false);
    if (sql_words_take(&w, "ALTER"))
        read_alter(&w, out);
    else if (sql_words_take(&w, "CREATE"))
        read_table(&w, out, true);
    else if (sql_words_take(&w, "DROP"))
        read_table(&w, out, false);
    else if (sql_words_take(&w, "INSERT"))
        read_insert(&w, out, false);
    else if (sql_words_take(&w, "REPLACE"))
        read_insert(&w, out, true);
    else if (sql_words_take(&w, "UPDATE"))
        read_update(&w, out);
    else if (sql_words_take(&w, "TRUNCATE") || sql_words_take(&w, "SET"))
        out->kind = CS_PROBE_HARMLESS;
    else if (sql_words_take(&w, "DELETE") && !str_has_nocase(statement, STR("LIMIT")))
        out->kind = CS_PROBE_HARMLESS;
    if (w.fault)
        out->kind = CS_PROBE_NONE;
}

bool cs_probe_names(struct str columns, struct str name)
{
    struct sql_words w;
    struct sql_word word;

    sql_words_begin(&w, columns, SQL_SERVER_ANY, false);
    while (sql_words_next(&w, &word))
        if (sql_word_is_name(&word) && str_is_nocase(sql_word_bare(&word), name))
            return true;
    return false;
}
