/*
 * SHOW CREATE TABLE writes one definition a line, columns first, then keys. Only texts of that form are parted; the
 * definitions themselves are moved as they stand.
 */
#include "format/sql_statement.h"

#include "base/mem.h"
#include "format/sql_names.h"

#include <stdlib.h>

enum definition_kind { COLUMN, MOVABLE, UNIQUE_KEY, FOREIGN_KEY, OTHER };

struct definition {
    struct str text;
    enum definition_kind kind;
    struct str name;         /* of a column */
    bool auto_increment;
    bool moved;
    struct str columns[3];   /* the first ones of a key */
    size_t n_columns;
    struct sql_name parent;  /* of a foreign key */
    struct str parent_column; /* its first one */
};

struct table {
    struct sql_name name;
    VEC(struct definition) definitions;
    size_t from, to; /* of the definitions, in the text */
};

static void key_columns(struct sql_words *w, struct definition *d)
{
    struct sql_word word;
    bool begins = true;

    while (sql_words_next(w, &word) && !sql_word_sign(&word, '('))
        ;
    while (sql_words_next(w, &word) && !(sql_word_sign(&word, ')') && word.depth == 0)) {
        if (begins && sql_word_is_name(&word) && word.depth == 1) {
            if (d->n_columns < sizeof d->columns / sizeof d->columns[0])
                d->columns[d->n_columns] = sql_word_bare(&word);
            d->n_columns++;
        }
        begins = sql_word_sign(&word, ',') && word.depth == 1;
    }
}

static void read_foreign_key(struct sql_words *w, struct definition *d)
{
    struct sql_word word;

    d->kind = FOREIGN_KEY;
    key_columns(w, d);
    if (!sql_words_take(w, "REFERENCES") || !sql_names_take(w, &d->parent) || !sql_words_take_sign(w, '('))
        return;
    if (sql_words_next(w, &word))
        d->parent_column = sql_word_bare(&word);
}

static void read_definition(struct definition *d)
{
    struct sql_words w;
    struct sql_word word;

    sql_words_begin(&w, d->text, SQL_SERVER_ANY, true);
    sql_words_next(&w, &word);
    d->kind = OTHER;
    if (sql_word_is(&word, "CONSTRAINT")) {
        sql_words_next(&w, &word);
        if (sql_words_take(&w, "FOREIGN"))
            read_foreign_key(&w, d);
    } else if (sql_word_is(&word, "FOREIGN")) {
        read_foreign_key(&w, d);
    } else if (sql_word_is(&word, "PRIMARY") || sql_word_is(&word, "UNIQUE")) {
        d->kind = UNIQUE_KEY;
        key_columns(&w, d);
    } else if (sql_word_is(&word, "KEY") || sql_word_is(&word, "FULLTEXT")) {
        d->kind = MOVABLE;
        key_columns(&w, d);
    } else if (word.kind == SQL_WORD_NAME || word.kind == SQL_WORD_DOUBLE) {
        d->kind = COLUMN;
        d->name = sql_word_bare(&word);
        while (sql_words_next(&w, &word))
            d->auto_increment = d->auto_increment || sql_word_is(&word, "AUTO_INCREMENT");
    }
}

/* "\n  " in front of a definition. */
static bool begins_line(struct str text, size_t at, size_t from)
{
    return str_eq(str_sub(text, at, from), STR("\n  "));
}

/* Cuts the definitions out of the statement; false: it is not of the form. */
static bool read_table(struct str text, struct table *t)
{
    struct sql_words w;
    struct sql_word word;
    size_t behind;
    size_t last;
    bool form = true;

    sql_words_begin(&w, text, SQL_SERVER_ANY, true);
    if (!sql_words_take(&w, "CREATE") || !sql_words_take(&w, "TABLE"))
        return false;
    sql_names_skip_if(&w);
    if (!sql_names_take(&w, &t->name) || !sql_words_take_sign(&w, '('))
        return false;
    behind = t->from = w.at;
    word = sql_words_peek(&w);
    form = begins_line(text, behind, word.from);
    last = word.from;
    while (form && sql_words_next(&w, &word)) {
        if (word.depth > 1 || (word.depth == 1 && !sql_word_sign(&word, ',')) || word.kind == SQL_WORD_END)
            continue;
        if (word.executable)
            return false;
        vec_push(&t->definitions)->text = str_sub(text, last, word.from);
        if (word.depth == 0)
            break;
        form = begins_line(text, word.to, sql_words_peek(&w).from);
        last = sql_words_peek(&w).from;
    }
    if (!form || !sql_word_sign(&word, ')') || word.depth != 0)
        return false;
    /* the last definition ends with its line */
    t->to = word.from;
    if (!str_chop(&t->definitions.v[t->definitions.n - 1].text, STR("\n")))
        return false;
    /* the history of a table with versions forbids changes of it */
    while (sql_words_next(&w, &word))
        if (sql_word_is(&word, "VERSIONING"))
            return false;
    return w.fault == NULL;
}

static bool has_column(const struct definition *key, struct str name)
{
    for (size_t i = 0; i < key->n_columns && i < sizeof key->columns / sizeof key->columns[0]; i++)
        if (str_eq(key->columns[i], name))
            return true;
    return key->n_columns > sizeof key->columns / sizeof key->columns[0];
}

/* A key stays when the AUTO_INCREMENT column has no unique one of its own, and when a foreign key stands on it. */
static bool has_to_stay(const struct table *t, const struct definition *key, struct str automatic, bool served)
{
    if (key->n_columns == 0 || (automatic.n > 0 && !served && has_column(key, automatic)))
        return true;
    for (size_t i = 0; i < t->definitions.n; i++) {
        const struct definition *d = &t->definitions.v[i];

        if (d->kind != FOREIGN_KEY)
            continue;
        if (d->n_columns == 0 || str_eq(d->columns[0], key->columns[0]))
            return true;
        if (str_eq(d->parent.name, t->name.name) && str_eq(d->parent_column, key->columns[0]))
            return true;
    }
    return false;
}

static void choose(struct table *t)
{
    struct str automatic = {"", 0};
    bool served = false;

    for (size_t i = 0; i < t->definitions.n; i++)
        read_definition(&t->definitions.v[i]);
    for (size_t i = 0; i < t->definitions.n; i++)
        if (t->definitions.v[i].auto_increment)
            automatic = t->definitions.v[i].name;
    for (size_t i = 0; i < t->definitions.n; i++) {
        const struct definition *d = &t->definitions.v[i];

        served = served || (d->kind == UNIQUE_KEY && d->n_columns > 0 && str_eq(d->columns[0], automatic));
    }
    for (size_t i = 0; i < t->definitions.n; i++) {
        struct definition *d = &t->definitions.v[i];

        d->moved = d->kind == MOVABLE && !has_to_stay(t, d, automatic, served);
    }
}

bool sql_table_part_keys(struct str text, struct buf *create, struct buf *keys)
{
    struct table t = {.from = 0};
    bool form = read_table(text, &t);
    bool first = true;

    if (form) {
        choose(&t);
        buf_addstr(create, str_sub(text, 0, t.from));
        for (size_t i = 0; i < t.definitions.n; i++) {
            const struct definition *d = &t.definitions.v[i];

            if (d->moved) {
                buf_adds(keys, keys->n > 0 ? ", ADD " : "ADD ");
                buf_addstr(keys, d->text);
            } else {
                buf_adds(create, first ? "\n  " : ",\n  ");
                buf_addstr(create, d->text);
                first = false;
            }
        }
        buf_addc(create, '\n');
        buf_addstr(create, str_sub(text, t.to, text.n));
    }
    free(t.definitions.v);
    return form;
}

void sql_table_shape(struct str create, struct sql_table_shape *out)
{
    struct sql_words w;
    struct sql_word word;

    *out = (struct sql_table_shape){.engine = {"", 0}};
    sql_words_begin(&w, create, SQL_SERVER_ANY, true);
    while (sql_words_next(&w, &word)) {
        if (word.depth == 0 && sql_word_is(&word, "ENGINE")) {
            sql_words_take_sign(&w, '=');
            if (sql_words_next(&w, &word))
                out->engine = sql_word_bare(&word);
        } else if (word.depth == 1 && sql_word_is(&word, "FOREIGN")) {
            out->foreign_keys = true;
        } else if (word.depth == 1 && sql_word_is(&word, "AS")) {
            out->generated = true;
        }
    }
}
