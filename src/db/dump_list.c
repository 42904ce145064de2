/* Which tables and columns there are, and how their values have to be written. */
#include "db/dump_parts.h"
#include "db/left_out.h"

#include <stdlib.h>
#include <string.h>

bool dump_wants(const struct dump *d, struct str name)
{
    const char *prefix = d->o->prefix;

    if (prefix == NULL || prefix[0] == '\0' || str_starts(name, str_of(prefix)))
        return true;
    for (size_t i = 0; d->o->also && d->o->also[i]; i++)
        if (str_is(name, d->o->also[i]))
            return true;
    for (size_t i = 0; d->o->heads && d->o->heads[i]; i++)
        if (str_starts(name, str_of(d->o->heads[i])))
            return true;
    return false;
}

/* What a load or an undo has put aside beside the store's tables is no part of the store. */
static bool is_put_aside(struct str name)
{
    if (!str_skip(&name, STR("_tk")))
        return false;
    for (size_t i = 0; i < name.n; i++)
        if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", name.p[i]) == NULL)
            return false;
    return true;
}

static const char *text_of(struct dump *d, const struct mysql_cell *c)
{
    return arena_dup(&d->mem, c->s.p, c->s.n);
}

static void take_table(struct dump *d, const struct mysql_cell *cell)
{
    struct dump_table t = {0};

    if (!dump_wants(d, cell[0].s) || is_put_aside(cell[0].s))
        return;
    t.name = text_of(d, &cell[0]);
    t.is_view = str_is(cell[1].s, "VIEW");
    t.transactional = str_is(cell[2].s, "InnoDB");
    if (cell[3].is_null || !str_u64(cell[3].s, UINT64_MAX, &t.size))
        t.size = 0;
    if (t.is_view) {
        *vec_push(&d->views) = t;
    } else {
        *vec_push(&d->tables) = t;
        d->total = t.size > UINT64_MAX - d->total ? UINT64_MAX : d->total + t.size;
    }
}

int dump_list_tables(struct dump *d, struct err *e)
{
    const struct mysql_cell *cell;
    unsigned tries = 0;
    int r;

    /* Temporary tables of the server's own statements bear other types and are no part of the store. */
    do {
        d->tables.n = 0;
        d->views.n = 0;
        d->total = 0;
        if (mysql_query(d->m,
                        STR("SELECT TABLE_NAME, TABLE_TYPE, ENGINE, DATA_LENGTH FROM information_schema.TABLES"
                            " WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE IN"
                            " ('BASE TABLE', 'VIEW', 'SYSTEM VERSIONED', 'SEQUENCE') ORDER BY TABLE_NAME"),
                        e) < 0)
            return -1;
        while ((r = mysql_row(d->m, &cell, e)) == 1)
            take_table(d, cell);
    } while (r == 0 && (r = left_out_again(d->m, &tries, e)) > 0);
    return r;
}

static bool is_one_of(struct str name, const char *const *list)
{
    for (size_t i = 0; list[i]; i++)
        if (str_is(name, list[i]))
            return true;
    return false;
}

static enum dump_form form_without_charset(struct str type)
{
    static const char *const numbers[] = {"tinyint", "smallint", "mediumint", "int",  "bigint", "decimal",
                                          "float",   "double",   "year",      NULL};
    /* Quoted, these would be taken for a text that spells the value. */
    static const char *const opaque[] = {"bit",        "geometry",        "point",        "linestring",
                                         "polygon",    "multipoint",      "multilinestring", "multipolygon",
                                         "geometrycollection", "geomcollection", "vector", NULL};

    if (is_one_of(type, numbers))
        return DUMP_NUMBER;
    return is_one_of(type, opaque) ? DUMP_HEX : DUMP_BYTES;
}

static bool is_plain_name(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!(s.p[i] >= 'a' && s.p[i] <= 'z') && !(s.p[i] >= '0' && s.p[i] <= '9'))
            return false;
    return s.n > 0;
}

static enum dump_form form_with_charset(struct str charset)
{
    static const char *const unicode[] = {"utf8", "utf8mb3", "utf8mb4", NULL};
    /* One byte a character, the lower half of them ASCII. */
    static const char *const single[] = {"ascii",  "latin1", "latin2", "latin5", "latin7", "cp1250",
                                         "cp1251", "cp1256", "cp1257", "cp850",  "cp852",  "cp866",
                                         "koi8r",  "koi8u",  "greek",  "hebrew", NULL};

    if (is_one_of(charset, unicode))
        return DUMP_TEXT;
    return is_one_of(charset, single) ? DUMP_ASCII : DUMP_OTHER;
}

/* A column that the server computes. DEFAULT_GENERATED is another thing. */
static bool is_generated(struct str extra)
{
    return str_has(extra, STR("VIRTUAL")) || str_has(extra, STR("PERSISTENT")) || str_has(extra, STR("STORED GENERATED"));
}

struct columns {
    struct dump_column *v;
    size_t n;
    size_t cap;
};

static void take_column(struct dump *d, const struct mysql_cell *cell, struct columns *list)
{
    struct dump_column c = {0};
    bool has_charset = !cell[2].is_null && is_plain_name(cell[2].s) && !str_is(cell[2].s, "binary");

    if (is_generated(cell[3].s))
        return;
    c.name = text_of(d, &cell[0]);
    c.form = has_charset ? form_with_charset(cell[2].s) : form_without_charset(cell[1].s);
    c.charset = has_charset ? text_of(d, &cell[2]) : NULL;
    c.is_float = str_is(cell[1].s, "float");
    *vec_push(list) = c;
}

int dump_list_columns(struct dump *d, const char *table, struct dump_column **columns, size_t *n, struct err *e)
{
    struct columns list = {0};
    const struct mysql_cell *cell;
    unsigned tries = 0;
    int r;

    mysql_sqlf(d->m, dump_sql(d),
               "SELECT COLUMN_NAME, LOWER(DATA_TYPE), CHARACTER_SET_NAME, EXTRA FROM information_schema.COLUMNS"
               " WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = %s ORDER BY ORDINAL_POSITION",
               table);
    do {
        list.n = 0;
        r = mysql_query(d->m, buf_str(&d->sql), e);
        while (r == 0 && (r = mysql_row(d->m, &cell, e)) == 1) {
            r = 0;
            take_column(d, cell, &list);
        }
    } while (r == 0 && (r = left_out_again(d->m, &tries, e)) > 0);
    *n = list.n;
    *columns = arena_array(&d->mem, list.n, sizeof **columns);
    if (list.n > 0)
        memcpy(*columns, list.v, list.n * sizeof *list.v);
    free(list.v);
    return r;
}
