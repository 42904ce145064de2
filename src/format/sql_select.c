/*
 * Tables of a SELECT stand behind FROM and JOIN and behind a comma of the same list. Every parenthesis opens a level of
 * its own: a SELECT, a piece of the list that is in brackets, or anything else, like the arguments of a function, where a
 * FROM (EXTRACT, TRIM, SUBSTRING) is no list of tables.
 */
#include "format/sql_names.h"

#include "base/mem.h"

#include <stdlib.h>

struct level {
    bool select; /* SELECT was read in it */
    bool list;   /* it is in the list of tables */
    bool table;  /* a table comes next */
};

struct reader {
    struct sql_words *w;
    VEC(struct level) levels;
    VEC(struct str) made; /* by WITH */
    sql_table_found *found;
    void *arg;
};

static const char *const join_words[] = {"JOIN", "STRAIGHT_JOIN", NULL};
static const char *const end_words[] = {"WHERE", "GROUP",  "HAVING", "ORDER", "LIMIT",     "WINDOW", "PROCEDURE",
                                        "UNION", "EXCEPT", "FETCH",  "INTO",  "INTERSECT", "OFFSET", NULL};
/* What may follow a table that has no alias. */
static const char *const behind_words[] = {"ON",      "USING", "JOIN",  "INNER", "CROSS",         "LEFT",      "RIGHT",
                                           "NATURAL", "FULL",  "USE",   "FORCE", "STRAIGHT_JOIN", "IGNORE",    "FOR",
                                           "WITH",    "LOCK",  "OUTER", "PARTITION", NULL};

static bool is_made(const struct reader *r, const struct sql_name *name)
{
    for (size_t i = 0; i < r->made.n && name->db.n == 0; i++)
        if (str_eq(r->made.v[i], name->name))
            return true;
    return false;
}

/* WITH [RECURSIVE] name [(columns)] AS (…), …: the names, wherever in the statement it stands. */
static void find_made(struct reader *r)
{
    struct sql_words w = *r->w;
    struct sql_word word;

    while (sql_words_next(&w, &word)) {
        if (!sql_word_is(&word, "WITH"))
            continue;
        sql_words_take(&w, "RECURSIVE");
        do {
            struct sql_words inside;
            struct sql_name name;

            if (!sql_names_take(&w, &name))
                break;
            inside = w;
            sql_words_take_group(&w);
            if (!sql_words_take(&w, "AS")) {
                w = inside;
                break;
            }
            *vec_push(&r->made) = name.name;
        } while (sql_words_take_group(&w) && sql_words_take_sign(&w, ','));
    }
}

static struct level *top(struct reader *r)
{
    return &r->levels.v[r->levels.n - 1];
}

static bool has_alias(struct sql_words *w, size_t *end)
{
    struct sql_word word;

    if (sql_words_take(w, "PARTITION") && sql_words_take_group(w))
        *end = w->at;
    word = sql_words_peek(w);
    if (sql_word_is(&word, "AS"))
        return true;
    return sql_word_is_name(&word) && !sql_word_in(&word, behind_words) && !sql_word_in(&word, end_words);
}

/* At a table of the list. */
static void take_table(struct reader *r)
{
    struct sql_table_ref ref = {.alias = false};
    struct sql_words ahead = *r->w;
    struct sql_word word;

    top(r)->table = false;
    if (!sql_names_take(&ahead, &ref.name))
        return;
    word = sql_words_peek(&ahead);
    *r->w = ahead;
    /* DUAL is no table, and JSON_TABLE( is a function */
    if (is_made(r, &ref.name) || sql_word_sign(&word, '(') ||
        sql_is_keyword(str_sub(ahead.text, ref.name.from, ref.name.to), "DUAL"))
        return;
    ref.end = ref.name.to;
    ref.alias = has_alias(&ahead, &ref.end);
    r->found(r->arg, &ref);
}

/* A name outside of the list; "db.table.column" names a table, too. */
static void take_column(struct reader *r, const struct sql_word *first)
{
    struct sql_table_ref ref = {.alias = true, .qualifier = true};
    struct sql_words ahead = *r->w;
    struct sql_word second;
    struct sql_word third;

    if (!sql_words_take_sign(&ahead, '.') || !sql_words_next(&ahead, &second) || !sql_word_is_name(&second))
        return;
    *r->w = ahead;
    if (!sql_words_take_sign(&ahead, '.') || !sql_words_next(&ahead, &third))
        return;
    *r->w = ahead;
    ref.name = (struct sql_name){.db = sql_word_bare(first),
                                 .name = sql_word_bare(&second),
                                 .from = first->from,
                                 .to = second.to};
    ref.end = second.from;
    r->found(r->arg, &ref);
}

static void take_word(struct reader *r, const struct sql_word *word)
{
    struct level *l = top(r);

    if (sql_word_is(word, "SELECT")) {
        *l = (struct level){.select = true};
    } else if (sql_word_is(word, "FROM")) {
        if (l->select)
            l->list = l->table = true;
    } else if (sql_word_in(word, join_words)) {
        l->table = l->list;
    } else if (sql_word_in(word, end_words)) {
        l->list = l->table = false;
    } else {
        take_column(r, word);
    }
}

void sql_names_in_select(struct sql_words *w, sql_table_found *found, void *arg)
{
    struct reader r = {.w = w, .found = found, .arg = arg};

    find_made(&r);
    vec_push(&r.levels);
    for (;;) {
        struct sql_words before = *w;
        struct sql_word word;

        if (!sql_words_next(w, &word))
            break;
        if (sql_word_sign(&word, '(')) {
            bool piece = top(&r)->table;

            top(&r)->table = false;
            *vec_push(&r.levels) = (struct level){.list = piece, .table = piece};
        } else if (sql_word_sign(&word, ')')) {
            if (r.levels.n > 1)
                r.levels.n--;
        } else if (sql_word_sign(&word, ',')) {
            top(&r)->table = top(&r)->list;
        } else if (sql_word_is_name(&word) && top(&r)->table && !sql_word_is(&word, "SELECT") &&
                   !sql_word_is(&word, "LATERAL")) {
            *w = before;
            take_table(&r);
            if (w->at == before.at)
                sql_words_next(w, &word);
        } else if (sql_word_is_name(&word)) {
            take_word(&r, &word);
        }
    }
    free(r.levels.v);
    free(r.made.v);
}
