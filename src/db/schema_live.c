/*
 * Four questions to information_schema, whatever the number of tables. What servers answer differs: MariaDB from 10.2.7 on writes defaults as SQL ('x',
 * NULL, current_timestamp()), all others their bare text; MySQL from 8.0.19 on leaves the display width of whole numbers out; new servers of both call
 * utf8 utf8mb3.
 */
#include "db/schema_live.h"

#include "db/left_out.h"
#include "format/schema_parts.h"
#include "format/sql_values.h"

#include <stdlib.h>
#include <string.h>

struct reading {
    struct mysql *m;
    struct schema *out;
    struct str prefix;
    const char *only;       /* the whole name of the one table that is asked for, or NULL */
    bool defaults_are_sql;
    struct schema_table *t; /* the last one: answers come table by table */
};

typedef void take_row(struct reading *r, const struct mysql_cell *row);
typedef void forget(struct reading *r);

/* One question until its answer is whole. */
static int ask(struct reading *r, const char *sql, const char *rest, take_row *take, forget *back, struct err *e)
{
    const struct mysql_cell *row;
    struct buf text = {0};
    unsigned tries = 0;
    int rc;

    buf_adds(&text, sql);
    buf_adds(&text, " WHERE TABLE_SCHEMA = DATABASE()");
    if (r->only)
        mysql_sqlf(r->m, &text, " AND TABLE_NAME = %s", r->only);
    buf_adds(&text, rest);
    do {
        back(r);
        rc = mysql_query(r->m, buf_str(&text), e);
        while (rc == 0 && (rc = mysql_row(r->m, &row, e)) > 0) {
            take(r, row);
            rc = 0;
        }
    } while (rc == 0 && (rc = left_out_again(r->m, &tries, e)) > 0);
    buf_free(&text);
    return rc;
}

static const char *keep(struct reading *r, const struct mysql_cell *c)
{
    return c->is_null ? NULL : arena_dup(&r->out->mem, c->s.p, c->s.n);
}

/* Names of character sets and collations; of such that no name can be (there are none) the text as it is. */
static const char *keep_charset(struct reading *r, const struct mysql_cell *c)
{
    const char *name = c->is_null ? NULL : schema_charset(c->s, &r->out->mem);

    return name != NULL ? name : keep(r, c);
}

/* The table of a row, or NULL for those of others. */
static struct schema_table *table_of(struct reading *r, const struct mysql_cell *c)
{
    struct str name = c->s;

    if (!str_skip(&name, r->prefix))
        return NULL;
    if (r->t != NULL && str_is(name, r->t->name))
        return r->t;
    for (size_t i = 0; i < r->out->tables.n; i++)
        if (str_is(name, r->out->tables.v[i].name))
            return r->t = &r->out->tables.v[i];
    return NULL;
}

/* ---- tables --------------------------------------------------------------------------------------------------------------------- */

static void forget_tables(struct reading *r)
{
    schema_free(r->out);
    r->t = NULL;
}

static void take_table(struct reading *r, const struct mysql_cell *row)
{
    struct str name = row[0].s;
    struct schema_table *t;

    if (!str_skip(&name, r->prefix) || name.n == 0)
        return;
    t = vec_push(&r->out->tables);
    t->name = arena_dup(&r->out->mem, name.p, name.n);
    t->is_view = !row[1].is_null && str_has(row[1].s, STR("VIEW"));
    t->engine = keep(r, &row[2]);
    t->collate = keep_charset(r, &row[3]);
    schema_tidy(t, &r->out->mem);
}

/* ---- columns -------------------------------------------------------------------------------------------------------------------- */

static void forget_columns(struct reading *r)
{
    for (size_t i = 0; i < r->out->tables.n; i++)
        r->out->tables.v[i].columns.n = 0;
}

static bool is_now(struct str s)
{
    return s.n >= 17 && str_has_nocase(str_sub(s, 0, 17), STR("CURRENT_TIMESTAMP"));
}

static void take_default(struct reading *r, const struct mysql_cell *c, struct str extra, struct schema_column *out)
{
    struct str s = c->s;
    bool time = str_starts(str_of(out->type), STR("timestamp")) || str_starts(str_of(out->type), STR("datetime"));

    if (c->is_null || (r->defaults_are_sql && str_is(s, "NULL")))
        return;
    out->has_default = true;
    if (time && is_now(s)) {
        out->fallback = "CURRENT_TIMESTAMP";
        out->fallback_code = true;
    } else if (r->defaults_are_sql && s.n >= 2 && s.p[0] == '\'' && s.p[s.n - 1] == '\'') {
        out->fallback = sql_unquoted(str_sub(s, 1, s.n - 1), '\'', &r->out->mem);
    } else {
        out->fallback = keep(r, c);
        out->fallback_code = str_has(extra, STR("DEFAULT_GENERATED")) ||
                             (r->defaults_are_sql && s.n > 0 && strchr("+-.0123456789", s.p[0]) == NULL);
    }
}

static void take_column(struct reading *r, const struct mysql_cell *row)
{
    struct schema_table *t = table_of(r, &row[0]);
    struct schema_column *c;
    const char *collate;

    if (t == NULL || row[1].is_null || row[4].is_null)
        return;
    c = vec_push(&t->columns);
    c->name = keep(r, &row[1]);
    c->type = schema_type(row[4].s, &r->out->mem, &c->written);
    if (c->type == NULL)
        c->type = c->written = keep(r, &row[4]);
    c->not_null = str_is(row[3].s, "NO");
    c->auto_increment = str_has_nocase(row[7].s, STR("auto_increment"));
    c->on_update = str_has_nocase(row[7].s, STR("on update"));
    take_default(r, &row[2], row[7].s, c);
    collate = keep_charset(r, &row[6]);
    if (collate != NULL && (t->collate == NULL || strcmp(collate, t->collate) != 0)) {
        c->collate = collate;
        c->charset = keep_charset(r, &row[5]);
    }
}

/* ---- keys ----------------------------------------------------------------------------------------------------------------------- */

static void forget_keys(struct reading *r)
{
    for (size_t i = 0; i < r->out->tables.n; i++) {
        struct schema_table *t = &r->out->tables.v[i];

        for (size_t k = 0; k < t->keys.n; k++)
            free(t->keys.v[k].parts.v);
        t->keys.n = 0;
    }
}

static void take_key(struct reading *r, const struct mysql_cell *row)
{
    struct schema_table *t = table_of(r, &row[0]);
    struct schema_key *k = t != NULL && t->keys.n > 0 ? &t->keys.v[t->keys.n - 1] : NULL;
    struct schema_part *part;
    uint64_t length = 0;

    if (t == NULL || row[1].is_null)
        return;
    if (k == NULL || !str_is(row[1].s, k->name)) {
        k = vec_push(&t->keys);
        k->name = keep(r, &row[1]);
        if (str_is(row[1].s, "PRIMARY"))
            k->kind = SCHEMA_PRIMARY;
        else if (str_is(row[5].s, "FULLTEXT"))
            k->kind = SCHEMA_FULLTEXT;
        else if (str_is(row[5].s, "SPATIAL"))
            k->kind = SCHEMA_SPATIAL;
        else
            k->kind = str_is(row[2].s, "0") ? SCHEMA_UNIQUE : SCHEMA_PLAIN;
    }
    part = vec_push(&k->parts);
    /* a key on an expression has no column */
    part->column = row[3].is_null ? "" : keep(r, &row[3]);
    if (!row[4].is_null && str_u64(row[4].s, 65535, &length))
        part->length = (unsigned)length;
}

/* ---- foreign keys --------------------------------------------------------------------------------------------------------------- */

static void forget_foreign(struct reading *r)
{
    r->out->foreign.n = 0;
}

static void take_foreign(struct reading *r, const struct mysql_cell *row)
{
    struct schema_foreign *f;
    uint64_t place = 0;

    if ((table_of(r, &row[1]) == NULL && table_of(r, &row[4]) == NULL) || row[0].is_null || row[2].is_null || row[5].is_null || !str_u64(row[3].s, 64, &place))
        return;
    f = vec_push(&r->out->foreign);
    f->name = keep(r, &row[0]);
    f->table = keep(r, &row[1]);
    f->column = keep(r, &row[2]);
    f->place = (unsigned)place;
    f->parent = keep(r, &row[4]);
    f->parent_column = keep(r, &row[5]);
}

/* --------------------------------------------------------------------------------------------------------------------------------- */

static int read_all(struct reading *r, struct err *e)
{
    int rc;

    r->defaults_are_sql = mysql_is_mariadb(r->m) && mysql_version_number(r->m) >= 100207;
    rc = ask(r, "SELECT TABLE_NAME, TABLE_TYPE, ENGINE, TABLE_COLLATION FROM information_schema.TABLES", " ORDER BY TABLE_NAME", take_table,
             forget_tables, e);
    if (rc == 0)
        rc = ask(r,
                 "SELECT TABLE_NAME, COLUMN_NAME, COLUMN_DEFAULT, IS_NULLABLE, COLUMN_TYPE, CHARACTER_SET_NAME, COLLATION_NAME, EXTRA"
                 " FROM information_schema.COLUMNS",
                 " ORDER BY TABLE_NAME, ORDINAL_POSITION", take_column, forget_columns, e);
    if (rc == 0)
        rc = ask(r, "SELECT TABLE_NAME, INDEX_NAME, NON_UNIQUE, COLUMN_NAME, SUB_PART, INDEX_TYPE FROM information_schema.STATISTICS",
                 " ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX", take_key, forget_keys, e);
    if (rc == 0)
        rc = ask(r,
                 "SELECT CONSTRAINT_NAME, TABLE_NAME, COLUMN_NAME, ORDINAL_POSITION, REFERENCED_TABLE_NAME, REFERENCED_COLUMN_NAME"
                 " FROM information_schema.KEY_COLUMN_USAGE",
                 " AND REFERENCED_TABLE_NAME IS NOT NULL ORDER BY TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION", take_foreign, forget_foreign, e);
    if (rc < 0) {
        schema_free(r->out);
        err_wrap(e, "%s: the tables can't be read", mysql_where(r->m));
    }
    return rc;
}

int schema_live(struct mysql *m, const char *prefix, struct schema *out, struct err *e)
{
    struct reading r = {.m = m, .out = out, .prefix = str_of(prefix)};

    return read_all(&r, e);
}

int schema_live_table(struct mysql *m, const char *prefix, const char *table, struct schema *out, struct err *e)
{
    struct buf name = {0};
    struct reading r = {.m = m, .out = out, .prefix = str_of(prefix)};
    int rc;

    buf_printf(&name, "%s%s", prefix, table);
    r.only = buf_cstr(&name);
    rc = read_all(&r, e);
    buf_free(&name);
    return rc;
}
