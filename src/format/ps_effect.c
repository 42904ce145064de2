#include "format/ps_effect.h"

#include "base/ascii.h"
#include "format/sql_names.h"

#include <stdlib.h>

static struct sql_words begin(struct str sql)
{
    struct sql_words w;

    sql_words_begin(&w, sql, SQL_SERVER_ANY, false);
    return w;
}

/* A name: the last part of db.name. */
static bool take_name(struct sql_words *w, struct str *out)
{
    struct sql_name name;

    if (!sql_names_take(w, &name))
        return false;
    *out = name.name;
    return true;
}

static bool take_if(struct sql_words *w)
{
    struct sql_word next = sql_words_peek(w);

    if (!sql_word_is(&next, "IF"))
        return false;
    sql_names_skip_if(w);
    return true;
}

/* Goes to the next comma outside of all brackets, and behind it. Gives the place of the last word in front of it. */
static size_t skip_item(struct sql_words *w, bool *more)
{
    struct sql_word word;
    size_t to = w->at;

    *more = false;
    while (sql_words_next(w, &word)) {
        if (sql_word_sign(&word, ',') && word.depth == 0) {
            *more = true;
            break;
        }
        to = word.to;
    }
    return to;
}

/* ---- ALTER TABLE -------------------------------------------------------------------------------------------------------------- */

static struct ps_change *add(struct ps_effect *x, enum ps_change_kind kind)
{
    struct ps_change *c = vec_push(&x->changes);

    c->kind = kind;
    c->name = c->to = c->def = (struct str){"", 0};
    return c;
}

/* What follows up to the comma, without AFTER name and FIRST at its end. */
static struct str take_definition(struct sql_words *w, bool *more)
{
    struct sql_words look = *w;
    struct sql_word word;
    size_t from = w->at;
    size_t to = from;

    *more = false;
    while (sql_words_next(&look, &word)) {
        if (sql_word_sign(&word, ',') && word.depth == 0)
            break;
        if (word.depth == 0 && (sql_word_is(&word, "AFTER") || sql_word_is(&word, "FIRST")))
            break;
        to = word.to;
    }
    skip_item(w, more);
    return str_trim(str_sub(w->text, from, to));
}

/* "(name", the first column of a key. */
static struct str first_column(const struct sql_words *w)
{
    struct sql_words look = *w;
    struct sql_word word;

    while (sql_words_next(&look, &word))
        if (sql_word_sign(&word, '(') && sql_words_next(&look, &word) && sql_word_is_name(&word))
            return sql_word_bare(&word);
    return (struct str){"", 0};
}

/* Behind INDEX, KEY or UNIQUE: its name, if it has one. */
static void key_name(struct sql_words *w, struct ps_change *c)
{
    struct sql_word next = sql_words_peek(w);

    c->named = sql_word_is_name(&next) && !sql_word_is(&next, "USING");
    if (c->named)
        take_name(w, &c->name);
    else
        c->name = first_column(w);
}

/* ADD (a INT, b INT) */
static void add_group(struct ps_effect *x, struct sql_words *w)
{
    struct sql_words inner = *w;
    struct sql_words in;
    bool more = true;

    sql_words_take_group(w);
    sql_words_begin(&in, str_sub(w->text, 0, w->at > 0 ? w->at - 1 : 0), SQL_SERVER_ANY, false);
    in.at = inner.at;
    sql_words_take_sign(&in, '(');
    in.depth = 0;
    while (more) {
        struct str name;

        if (!take_name(&in, &name)) {
            add(x, PS_CHANGE_OTHER);
            return;
        }
        add(x, PS_CHANGE_ADD)->name = name;
        x->changes.v[x->changes.n - 1].def = take_definition(&in, &more);
    }
}

static bool take_key_word(struct sql_words *w)
{
    return sql_words_take(w, "INDEX") || sql_words_take(w, "KEY");
}

static bool change_add(struct ps_effect *x, struct sql_words *w)
{
    struct sql_word next;
    struct ps_change *c;
    struct str name;
    bool more;

    if (sql_words_take(w, "CONSTRAINT")) {
        next = sql_words_peek(w);
        if (next.kind != SQL_WORD_BARE || (!sql_word_is(&next, "PRIMARY") && !sql_word_is(&next, "UNIQUE") &&
                                           !sql_word_is(&next, "FOREIGN")))
            take_name(w, &name);
    }
    if (sql_words_take(w, "PRIMARY")) {
        add(x, PS_CHANGE_ADD_PRIMARY);
    } else if (sql_words_take(w, "FOREIGN")) {
        add(x, PS_CHANGE_OTHER);
    } else if (sql_words_take(w, "UNIQUE") || sql_words_take(w, "FULLTEXT") || sql_words_take(w, "SPATIAL")) {
        take_key_word(w);
        take_if(w);
        key_name(w, add(x, PS_CHANGE_ADD_KEY));
    } else if (take_key_word(w)) {
        take_if(w);
        key_name(w, add(x, PS_CHANGE_ADD_KEY));
    } else {
        sql_words_take(w, "COLUMN");
        take_if(w);
        next = sql_words_peek(w);
        if (sql_word_sign(&next, '(')) {
            add_group(x, w);
        } else if (take_name(w, &name)) {
            c = add(x, PS_CHANGE_ADD);
            c->name = name;
            c->def = take_definition(w, &more);
            return more;
        } else {
            add(x, PS_CHANGE_OTHER);
        }
    }
    skip_item(w, &more);
    return more;
}

static bool change_drop(struct ps_effect *x, struct sql_words *w)
{
    struct str name = {"", 0};
    bool more;

    if (sql_words_take(w, "PRIMARY")) {
        add(x, PS_CHANGE_DROP_PRIMARY);
    } else if (take_key_word(w)) {
        take_if(w);
        if (take_name(w, &name))
            add(x, PS_CHANGE_DROP_KEY)->name = name;
    } else if (sql_words_take(w, "FOREIGN") || sql_words_take(w, "CONSTRAINT") || sql_words_take(w, "PARTITION")) {
        add(x, PS_CHANGE_OTHER);
    } else {
        sql_words_take(w, "COLUMN");
        take_if(w);
        if (take_name(w, &name))
            add(x, PS_CHANGE_DROP)->name = name;
        else
            add(x, PS_CHANGE_OTHER);
    }
    skip_item(w, &more);
    return more;
}

static bool change_column(struct ps_effect *x, struct sql_words *w, bool renames)
{
    struct ps_change *c = add(x, renames ? PS_CHANGE_CHANGE : PS_CHANGE_MODIFY);
    struct str name;
    struct str to;
    bool more;

    sql_words_take(w, "COLUMN");
    take_if(w);
    if (!take_name(w, &name) || (renames && !take_name(w, &to))) {
        c->kind = PS_CHANGE_OTHER;
        skip_item(w, &more);
        return more;
    }
    c->name = name;
    if (renames)
        c->to = to;
    c->def = take_definition(w, &more);
    return more;
}

static bool change_charset(struct ps_effect *x, struct sql_words *w)
{
    struct ps_change *c = add(x, PS_CHANGE_OTHER);
    struct sql_word word;
    bool more;

    sql_words_take(w, "TO");
    if (sql_words_take(w, "CHARACTER"))
        sql_words_take(w, "SET");
    else if (!sql_words_take(w, "CHARSET")) {
        skip_item(w, &more);
        return more;
    }
    sql_words_take_sign(w, '=');
    if (sql_words_next(w, &word)) {
        c->kind = PS_CHANGE_CONVERT;
        c->name = sql_word_bare(&word);
    }
    if (sql_words_take(w, "COLLATE")) {
        sql_words_take_sign(w, '=');
        if (sql_words_next(w, &word))
            c->to = sql_word_bare(&word);
    }
    skip_item(w, &more);
    return more;
}

static bool change_rename(struct ps_effect *x, struct sql_words *w)
{
    struct sql_word next = sql_words_peek(w);
    struct ps_change *c;
    struct str from;
    struct str to;
    bool more;

    if (sql_words_take(w, "COLUMN")) {
        c = add(x, PS_CHANGE_OTHER);
        if (take_name(w, &from) && sql_words_take(w, "TO") && take_name(w, &to)) {
            c->kind = PS_CHANGE_CHANGE;
            c->name = from;
            c->to = to;
        }
    } else if (sql_word_is(&next, "INDEX") || sql_word_is(&next, "KEY")) {
        add(x, PS_CHANGE_OTHER);
    } else {
        if (!sql_words_take(w, "TO"))
            sql_words_take(w, "AS");
        c = add(x, PS_CHANGE_OTHER);
        if (take_name(w, &to)) {
            c->kind = PS_CHANGE_RENAME;
            c->to = to;
        }
    }
    skip_item(w, &more);
    return more;
}

static void read_alter(struct ps_effect *x, struct sql_words *w)
{
    bool more = take_name(w, &x->table);

    x->does = more ? PS_DOES_ALTER : PS_DOES_OTHER;
    while (more) {
        if (sql_words_take(w, "ADD")) {
            more = change_add(x, w);
        } else if (sql_words_take(w, "DROP")) {
            more = change_drop(x, w);
        } else if (sql_words_take(w, "CHANGE")) {
            more = change_column(x, w, true);
        } else if (sql_words_take(w, "MODIFY")) {
            more = change_column(x, w, false);
        } else if (sql_words_take(w, "CONVERT")) {
            more = change_charset(x, w);
        } else if (sql_words_take(w, "RENAME")) {
            more = change_rename(x, w);
        } else {
            add(x, PS_CHANGE_OTHER);
            skip_item(w, &more);
        }
    }
}

/* ---- tables ------------------------------------------------------------------------------------------------------------------- */

static const char *const no_column[] = {"PRIMARY", "KEY", "INDEX", "UNIQUE", "FULLTEXT", "SPATIAL", "CONSTRAINT", "FOREIGN", "CHECK", NULL};

static void read_create(struct ps_effect *x, struct sql_words *w)
{
    struct sql_create_head head;
    struct sql_word word;
    bool starts = false;

    sql_names_create_head(w, &head);
    if (sql_words_take(w, "INDEX")) {
        struct ps_change *c = add(x, PS_CHANGE_ADD_KEY);

        take_if(w);
        key_name(w, c);
        while (sql_words_next(w, &word) && !sql_word_is(&word, "ON"))
            ;
        x->does = take_name(w, &x->table) ? PS_DOES_ALTER : PS_DOES_OTHER;
        return;
    }
    if (!sql_words_take(w, "TABLE"))
        return;
    x->if_exists = take_if(w);
    if (!take_name(w, &x->table))
        return;
    x->does = head.temporary ? PS_DOES_SESSION : PS_DOES_CREATE;
    while (sql_words_next(w, &word)) {
        if (word.depth == 0)
            starts = sql_word_sign(&word, '(');
        x->selects = x->selects || sql_word_is(&word, "SELECT") || sql_word_is(&word, "LIKE");
        if (starts && word.depth == 1 && sql_word_is_name(&word)) {
            if (word.kind == SQL_WORD_NAME || !sql_word_in(&word, no_column))
                *vec_push(&x->tables) = sql_word_bare(&word);
        }
        if (word.depth > 0)
            starts = word.depth == 1 && sql_word_sign(&word, ',');
    }
}

static void read_drop(struct ps_effect *x, struct sql_words *w)
{
    struct sql_word word;
    struct str name;

    if (sql_words_take(w, "INDEX")) {
        if (take_name(w, &name) && sql_words_take(w, "ON") && take_name(w, &x->table)) {
            add(x, PS_CHANGE_DROP_KEY)->name = name;
            x->does = PS_DOES_ALTER;
        }
        return;
    }
    if (sql_words_take(w, "TEMPORARY"))
        x->does = PS_DOES_SESSION;
    if (!sql_words_take(w, "TABLE") && !sql_words_take(w, "TABLES"))
        return;
    if (x->does != PS_DOES_SESSION)
        x->does = PS_DOES_DROP;
    x->if_exists = take_if(w);
    do {
        if (!take_name(w, &name))
            break;
        *vec_push(&x->tables) = name;
    } while (sql_words_take_sign(w, ','));
    if (x->tables.n > 0)
        x->table = x->tables.v[0];
    else if (sql_words_next(w, &word))
        x->does = PS_DOES_OTHER;
}

static void read_rename(struct ps_effect *x, struct sql_words *w)
{
    struct str from;
    struct str to;

    if (!sql_words_take(w, "TABLE"))
        return;
    do {
        if (!take_name(w, &from) || !sql_words_take(w, "TO") || !take_name(w, &to))
            return;
        *vec_push(&x->tables) = from;
        *vec_push(&x->tables) = to;
    } while (sql_words_take_sign(w, ','));
    x->does = PS_DOES_RENAME;
    x->table = x->tables.v[0];
}

/* ---- rows --------------------------------------------------------------------------------------------------------------------- */

/* A value from the present place to the comma or bracket of the row. False at the row's end. */
static bool take_value(struct sql_words *w, struct ps_value *out)
{
    struct sql_word word;
    size_t from = 0;
    size_t to = 0;
    size_t n = 0;
    bool plain = true;
    bool more = false;

    while (sql_words_next(w, &word)) {
        if (word.depth == 0)
            break;
        if (word.depth == 1 && sql_word_sign(&word, ',')) {
            more = true;
            break;
        }
        if (n == 0)
            from = word.from;
        to = word.to;
        n++;
        plain = plain && (word.kind == SQL_WORD_STRING || word.kind == SQL_WORD_DOUBLE ||
                          (word.kind == SQL_WORD_BARE && ascii_is_digit(word.text.p[0])) ||
                          (n == 1 && sql_word_sign(&word, '-')));
    }
    out->text = str_sub(w->text, from, to);
    out->constant = plain && (n == 1 || (n == 2 && out->text.p[0] == '-'));
    return more;
}

static void read_rows(struct ps_effect *x, struct sql_words *w)
{
    struct sql_word word = sql_words_peek(w);

    while (sql_word_sign(&word, '(')) {
        size_t n = 0;
        bool more = true;

        sql_words_take_sign(w, '(');
        while (more) {
            struct ps_value value;

            more = take_value(w, &value);
            *vec_push(&x->values) = value;
            n++;
        }
        if (x->width != 0 && x->width != n)
            n = 0;
        x->width = n;
        if (n == 0)
            return;
        sql_words_take_sign(w, ',');
        word = sql_words_peek(w);
    }
}

static void read_insert(struct ps_effect *x, struct sql_words *w, bool replace)
{
    struct sql_word word;
    bool ignore = false;

    while (sql_words_next(w, &word)) {
        if (sql_word_is(&word, "IGNORE"))
            ignore = true;
        else if (!sql_word_is(&word, "LOW_PRIORITY") && !sql_word_is(&word, "DELAYED") && !sql_word_is(&word, "HIGH_PRIORITY"))
            break;
    }
    if (!sql_word_is(&word, "INTO"))
        w->at = word.from;
    if (!take_name(w, &x->table))
        return;
    x->does = replace ? PS_DOES_REPLACE : PS_DOES_INSERT;
    word = sql_words_peek(w);
    if (sql_word_sign(&word, '(')) {
        struct sql_words look = *w;
        struct str name;

        sql_words_take_sign(&look, '(');
        while (take_name(&look, &name)) {
            *vec_push(&x->columns) = name;
            if (!sql_words_take_sign(&look, ','))
                break;
        }
        word = sql_words_peek(&look);
        if (sql_word_sign(&word, ')')) {
            sql_words_take_group(w);
        } else {
            x->columns.n = 0;
        }
    }
    if (sql_words_take(w, "VALUES") || sql_words_take(w, "VALUE")) {
        read_rows(x, w);
    } else {
        x->selects = true;
        x->query = str_sub(w->text, w->at, w->text.n);
    }
    if (x->columns.n > 0 && x->columns.n != x->width)
        x->width = 0;
    x->repeatable = ignore || replace;
    while (sql_words_next(w, &word))
        if (sql_word_is(&word, "DUPLICATE") && word.depth == 0)
            x->repeatable = true;
    if (!x->repeatable)
        x->why = "it adds rows, and would add them once more";
}

/* ---- UPDATE ------------------------------------------------------------------------------------------------------------------- */

/* The last part of the name in front of "=". */
static bool take_target(struct sql_words *w, struct str *out)
{
    struct sql_word word;

    if (!sql_words_next(w, &word) || !sql_word_is_name(&word))
        return false;
    *out = sql_word_bare(&word);
    while (sql_words_take_sign(w, '.')) {
        if (!sql_words_next(w, &word) || !sql_word_is_name(&word))
            return false;
        *out = sql_word_bare(&word);
    }
    return sql_words_take_sign(w, '=');
}

static bool names_column(struct str expression, struct str column)
{
    struct sql_words w = begin(expression);
    struct sql_word word;

    while (sql_words_next(&w, &word))
        if ((word.kind == SQL_WORD_BARE || word.kind == SQL_WORD_NAME) && str_is_nocase(sql_word_bare(&word), column))
            return true;
    return false;
}

/* SUBSTRING(x, 1, 191): of what is cut already nothing more is cut. */
static bool only_cuts(struct str expression)
{
    struct sql_words w = begin(expression);

    if (sql_words_take(&w, "LEFT") || sql_words_take(&w, "TRIM"))
        return true;
    if (!sql_words_take(&w, "SUBSTRING") && !sql_words_take(&w, "SUBSTR"))
        return false;
    return str_has(expression, STR(", 1,")) || str_has(expression, STR(",1,"));
}

static void read_update(struct ps_effect *x, struct sql_words *w)
{
    VEC(struct str) sources = {0};
    struct sql_words look = *w;
    struct sql_word word;
    bool more = true;

    x->does = PS_DOES_UPDATE;
    x->repeatable = true;
    sql_words_take(&look, "LOW_PRIORITY");
    sql_words_take(&look, "IGNORE");
    take_name(&look, &x->table);
    while (sql_words_next(w, &word) && !(sql_word_is(&word, "SET") && word.depth == 0))
        ;
    while (more) {
        struct str target;
        size_t from;
        size_t to;

        if (!take_target(w, &target)) {
            x->repeatable = false;
            break;
        }
        from = to = w->at;
        more = false;
        while (sql_words_next(w, &word)) {
            if (word.depth == 0 && (sql_word_is(&word, "WHERE") || sql_word_is(&word, "ORDER") || sql_word_is(&word, "LIMIT")))
                break;
            if (word.depth == 0 && sql_word_sign(&word, ',')) {
                more = true;
                break;
            }
            to = word.to;
        }
        *vec_push(&x->columns) = target;
        *vec_push(&sources) = str_sub(w->text, from, to);
    }
    for (size_t i = 0; i < sources.n; i++)
        for (size_t k = 0; k < x->columns.n; k++)
            if (names_column(sources.v[i], x->columns.v[k]) && !(i == k && only_cuts(str_trim(sources.v[i]))))
                x->repeatable = false;
    if (!x->repeatable)
        x->why = "it makes values out of themselves, and would do so once more";
    free(sources.v);
}

/* ---- all ---------------------------------------------------------------------------------------------------------------------- */

void ps_effect_read(struct str sql, struct ps_effect *out)
{
    struct sql_words w = begin(sql);
    struct sql_word word;

    *out = (struct ps_effect){.does = PS_DOES_OTHER, .table = {"", 0}};
    if (!sql_words_next(&w, &word)) {
        out->does = PS_DOES_NOTHING;
    } else if (sql_word_is(&word, "SELECT") || sql_word_is(&word, "SHOW") || sql_word_sign(&word, '(')) {
        out->does = PS_DOES_NOTHING;
    } else if (sql_word_is(&word, "SET")) {
        out->does = PS_DOES_SESSION;
    } else if (sql_word_is(&word, "CREATE")) {
        read_create(out, &w);
    } else if (sql_word_is(&word, "DROP")) {
        read_drop(out, &w);
    } else if (sql_word_is(&word, "RENAME")) {
        read_rename(out, &w);
    } else if (sql_word_is(&word, "ALTER")) {
        sql_words_take(&w, "IGNORE");
        if (sql_words_take(&w, "DATABASE") || sql_words_take(&w, "SCHEMA"))
            out->does = PS_DOES_DATABASE;
        else if (sql_words_take(&w, "TABLE"))
            read_alter(out, &w);
    } else if (sql_word_is(&word, "TRUNCATE")) {
        sql_words_take(&w, "TABLE");
        out->does = take_name(&w, &out->table) ? PS_DOES_TRUNCATE : PS_DOES_OTHER;
    } else if (sql_word_is(&word, "INSERT") || sql_word_is(&word, "REPLACE")) {
        read_insert(out, &w, sql_word_is(&word, "REPLACE"));
    } else if (sql_word_is(&word, "UPDATE")) {
        read_update(out, &w);
    } else if (sql_word_is(&word, "DELETE")) {
        out->does = PS_DOES_DELETE;
        while (sql_words_next(&w, &word))
            if (sql_word_is(&word, "FROM")) {
                take_name(&w, &out->table);
                break;
            }
    }
    /* Of changes to tables the server refuses a second time with an error that the module forgets. */
    if (out->does != PS_DOES_INSERT && out->does != PS_DOES_UPDATE)
        out->repeatable = out->does != PS_DOES_OTHER;
    for (size_t i = 0; i < out->changes.n; i++)
        if (out->changes.v[i].kind == PS_CHANGE_RENAME) {
            out->repeatable = false;
            out->why = "it gives a table another name";
        }
    if (out->does == PS_DOES_CREATE && out->selects) {
        out->repeatable = false;
        out->why = "it makes a table out of others";
    }
    if (out->does == PS_DOES_RENAME) {
        out->repeatable = false;
        out->why = "it gives a table another name";
    }
    if (out->does == PS_DOES_OTHER)
        out->why = "what it does is not known";
}

void ps_effect_free(struct ps_effect *x)
{
    free(x->tables.v);
    free(x->changes.v);
    free(x->columns.v);
    free(x->values.v);
    *x = (struct ps_effect){.does = PS_DOES_NOTHING};
}

bool ps_effect_names(struct str sql, struct str word)
{
    struct sql_words w = begin(sql);
    struct sql_word is;

    while (sql_words_next(&w, &is))
        if (is.kind != SQL_WORD_STRING && is.kind != SQL_WORD_DOUBLE && str_is_nocase(sql_word_bare(&is), word))
            return true;
    return false;
}

bool ps_error_is_forgotten(unsigned code)
{
    return code == 1050 || code == 1054 || code == 1060 || code == 1061 || code == 1062 || code == 1091;
}
