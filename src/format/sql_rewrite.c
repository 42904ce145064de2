/*
 * A statement with other names: places in it are gathered in order, and everything between them is copied. In a SELECT
 * a table that has no alias gets its former name as one, since the columns are qualified by it.
 */
#include "format/sql_statement.h"

#include "format/sql_names.h"

struct copier {
    struct str text;
    size_t at; /* copied so far */
    const struct sql_rewrite *how;
    struct buf *out;
};

static void copy_to(struct copier *c, size_t to)
{
    if (to > c->at) {
        buf_addstr(c->out, str_sub(c->text, c->at, to));
        c->at = to;
    }
}

/* Writes the name anew; false: it stays as it stands. */
static bool rename_one(struct copier *c, const struct sql_name *name)
{
    size_t before;

    if (c->how->rename == NULL || name->to <= name->from || name->from < c->at)
        return false;
    copy_to(c, name->from);
    before = c->out->n;
    c->how->rename(c->how->arg, name, c->out);
    if (c->out->n == before)
        return false;
    c->at = name->to;
    return true;
}

/* The last part of a name in backquotes, as sql_rename appends it. */
static struct str last_part(struct str quoted)
{
    size_t at = quoted.n;

    if (at == 0 || quoted.p[at - 1] != '`')
        return quoted;
    for (at--; at > 0; at--)
        if (quoted.p[at - 1] == '`') {
            if (at < 2 || quoted.p[at - 2] != '`')
                return str_sub(quoted, at, quoted.n - 1);
            at--;
        }
    return quoted;
}

static void found_table(void *arg, const struct sql_table_ref *ref)
{
    struct copier *c = arg;
    size_t before;

    if (ref->qualifier) {
        /* the name it had is an alias now, and an alias has no database */
        size_t n;

        copy_to(c, ref->name.from);
        n = c->out->n;
        if (rename_one(c, &ref->name)) {
            c->out->n = n;
            c->at = ref->end;
        }
        return;
    }
    copy_to(c, ref->name.from);
    before = c->out->n;
    if (!rename_one(c, &ref->name) || ref->alias)
        return;
    if (str_eq(last_part(str_sub(buf_str(c->out), before, c->out->n)), ref->name.name))
        return;
    copy_to(c, ref->end);
    buf_addc(c->out, ' ');
    /* the last of its words, with the quotes it had */
    buf_addstr(c->out, str_sub(c->text, ref->name.to - ref->name.name.n -
                                            (c->text.p[ref->name.to - 1] == '`' || c->text.p[ref->name.to - 1] == '"'
                                                 ? 2u
                                                 : 0u),
                               ref->name.to));
}

static void rewrite_list(struct copier *c, struct sql_words *w)
{
    struct sql_name name;
    struct sql_word word;

    while (sql_names_take(w, &name)) {
        rename_one(c, &name);
        do
            if (!sql_words_next(w, &word))
                return;
        while (!sql_word_sign(&word, ','));
    }
}

/* Behind the table's own name: those that keys refer to, and the one of LIKE. */
static void rewrite_table(struct copier *c, struct sql_words *w, bool create)
{
    struct sql_name name;
    struct sql_word word;

    for (size_t i = 0; sql_words_next(w, &word); i++)
        if (sql_word_is(&word, "REFERENCES") || (create && sql_word_is(&word, "LIKE") && (i == 0 || i == 1)))
            if (sql_names_take(w, &name))
                rename_one(c, &name);
}

static void rewrite_definer(struct copier *c, const struct sql_create_head *head)
{
    if (c->how->definer != SQL_DEFINER_CURRENT_USER || head->definer_to == head->definer_from)
        return;
    copy_to(c, head->definer_from);
    buf_adds(c->out, "CURRENT_USER");
    c->at = head->definer_to;
}

static void rewrite_create(struct copier *c, struct sql_words *w, const struct sql_statement *st)
{
    struct sql_create_head head;
    struct sql_word word;

    sql_words_next(w, &word);
    sql_names_create_head(w, &head);
    rewrite_definer(c, &head);
    switch (st->kind) {
    case SQL_CREATE_VIEW:
        rename_one(c, &st->table);
        while (w->at < st->table.to && sql_words_next(w, &word))
            ;
        sql_names_in_select(w, found_table, c);
        break;
    case SQL_CREATE_TABLE:
        rename_one(c, &st->table);
        while (w->at < st->table.to && sql_words_next(w, &word))
            ;
        rewrite_table(c, w, true);
        break;
    case SQL_CREATE_INDEX:
    case SQL_CREATE_TRIGGER:
        rename_one(c, &st->on);
        break;
    default:
        break;
    }
}

void sql_statement_rewrite(struct str text, const struct sql_statement *st, const struct sql_rewrite *how,
                           struct buf *out)
{
    struct copier c = {.text = text, .how = how, .out = out};
    struct sql_words w;

    sql_words_begin(&w, text, st->server, st->mariadb);
    switch (st->kind) {
    case SQL_CREATE_TABLE:
    case SQL_CREATE_INDEX:
    case SQL_CREATE_VIEW:
    case SQL_CREATE_TRIGGER:
    case SQL_CREATE_ROUTINE:
    case SQL_CREATE_EVENT:
        rewrite_create(&c, &w, st);
        break;
    case SQL_DROP_TABLE:
    case SQL_DROP_VIEW:
    case SQL_LOCK_TABLES: {
        struct sql_word word;

        while (w.at < st->table.to && sql_words_peek(&w).from < st->table.from && sql_words_next(&w, &word))
            ;
        rewrite_list(&c, &w);
        break;
    }
    case SQL_ALTER_TABLE:
    case SQL_ALTER_KEYS: {
        struct sql_word word;

        rename_one(&c, &st->table);
        while (w.at < st->table.to && sql_words_next(&w, &word))
            ;
        rewrite_table(&c, &w, false);
        break;
    }
    case SQL_TRUNCATE:
    case SQL_INSERT_INTO:
        rename_one(&c, &st->table);
        break;
    default:
        break;
    }
    copy_to(&c, text.n);
}
