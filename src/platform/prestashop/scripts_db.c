/* The store's schema in three queries: asking for single columns and keys of hundreds of statements would take minutes on slow servers. */
#include "platform/prestashop/scripts_parts.h"

#include <stdlib.h>
#include <string.h>

static struct str keep(struct ps_db *x, const struct mysql_cell *cell)
{
    return cell->is_null ? (struct str){"", 0} : (struct str){arena_dup(&x->mem, cell->s.p, cell->s.n), cell->s.n};
}

/* Column and key names mean the same in capitals and small letters, table names need not. */
static int fold_cmp(struct str a, struct str b)
{
    for (size_t i = 0; i < a.n && i < b.n; i++) {
        unsigned char x = (unsigned char)a.p[i];
        unsigned char y = (unsigned char)b.p[i];

        x = x >= 'A' && x <= 'Z' ? (unsigned char)(x + 32) : x;
        y = y >= 'A' && y <= 'Z' ? (unsigned char)(y + 32) : y;
        if (x != y)
            return x < y ? -1 : 1;
    }
    return a.n == b.n ? 0 : a.n < b.n ? -1 : 1;
}

static int by_table(const void *pa, const void *pb)
{
    return str_cmp(((const struct ps_db_table *)pa)->name, ((const struct ps_db_table *)pb)->name);
}

static int by_key(const void *pa, const void *pb)
{
    const struct ps_db_key *a = pa;
    const struct ps_db_key *b = pb;
    int diff = str_cmp(a->table, b->table);

    return diff ? diff : fold_cmp(a->name, b->name);
}

static int read_tables(struct mysql *m, struct ps_db *x, struct err *e)
{
    const struct mysql_cell *row;
    int rc = mysql_query(m, STR("SELECT TABLE_NAME, TABLE_COLLATION FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()"), e);

    while (rc >= 0 && (rc = mysql_row(m, &row, e)) == 1) {
        struct ps_db_table *t = vec_push(&x->tables);

        t->name = keep(x, &row[0]);
        t->collation = keep(x, &row[1]);
    }
    if (x->tables.n > 1)
        qsort(x->tables.v, x->tables.n, sizeof *x->tables.v, by_table);
    return rc;
}

/* The server sorts names by its own rules, ours are bytes; within a table its order stays. */
static int by_place(const void *pa, const void *pb)
{
    const struct ps_db_column *a = pa;
    const struct ps_db_column *b = pb;
    int diff = str_cmp(a->table, b->table);

    return diff ? diff : a->place < b->place ? -1 : a->place > b->place;
}

static int read_columns(struct mysql *m, struct ps_db *x, struct err *e)
{
    const struct mysql_cell *row;
    int rc = mysql_query(m, STR("SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, COLLATION_NAME, IS_NULLABLE, COLUMN_DEFAULT"
                                " FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() ORDER BY TABLE_NAME, ORDINAL_POSITION"), e);

    while (rc >= 0 && (rc = mysql_row(m, &row, e)) == 1) {
        struct ps_db_column *c = vec_push(&x->columns);

        c->place = x->columns.n;
        c->table = keep(x, &row[0]);
        c->name = keep(x, &row[1]);
        c->type = keep(x, &row[2]);
        c->collation = keep(x, &row[3]);
        c->nullable = str_is(row[4].s, "YES");
        c->has_default = !row[5].is_null && !str_is(row[5].s, "NULL");
        c->text = keep(x, &row[5]);
        /* MariaDB from 10.2 on gives texts in quotes. */
        if (c->text.n >= 2 && c->text.p[0] == '\'' && c->text.p[c->text.n - 1] == '\'')
            c->text = str_sub(c->text, 1, c->text.n - 1);
    }
    if (x->columns.n > 1)
        qsort(x->columns.v, x->columns.n, sizeof *x->columns.v, by_place);
    return rc;
}

static int read_keys(struct mysql *m, struct ps_db *x, struct err *e)
{
    const struct mysql_cell *row;
    struct ps_db_key *k = NULL;
    int rc = mysql_query(m, STR("SELECT TABLE_NAME, INDEX_NAME, NON_UNIQUE, COLUMN_NAME FROM information_schema.STATISTICS"
                                " WHERE TABLE_SCHEMA = DATABASE() ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX"), e);

    while (rc >= 0 && (rc = mysql_row(m, &row, e)) == 1) {
        if (k == NULL || !str_eq(k->table, row[0].s) || !str_eq(k->name, row[1].s)) {
            k = vec_push(&x->keys);
            k->table = keep(x, &row[0]);
            k->name = keep(x, &row[1]);
            k->unique = str_is(row[2].s, "0");
        }
        *vec_push(&k->columns) = keep(x, &row[3]);
    }
    if (x->keys.n > 1)
        qsort(x->keys.v, x->keys.n, sizeof *x->keys.v, by_key);
    return rc;
}

int ps_db_read(struct mysql *m, struct ps_db *out, struct err *e)
{
    memset(out, 0, sizeof *out);
    if (read_tables(m, out, e) < 0 || read_columns(m, out, e) < 0 || read_keys(m, out, e) < 0) {
        ps_db_free(out);
        return -1;
    }
    return 0;
}

void ps_db_free(struct ps_db *x)
{
    for (size_t i = 0; i < x->keys.n; i++)
        free(x->keys.v[i].columns.v);
    free(x->keys.v);
    free(x->columns.v);
    free(x->tables.v);
    arena_free(&x->mem);
    memset(x, 0, sizeof *x);
}

const struct ps_db_table *ps_db_table(const struct ps_db *x, struct str name)
{
    struct ps_db_table key = {.name = name};

    return x->tables.n == 0 ? NULL : bsearch(&key, x->tables.v, x->tables.n, sizeof key, by_table);
}

const struct ps_db_column *ps_db_columns(const struct ps_db *x, struct str table, size_t *n)
{
    size_t low = 0;
    size_t high = x->columns.n;
    size_t end;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (str_cmp(x->columns.v[mid].table, table) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    for (end = low; end < x->columns.n && str_eq(x->columns.v[end].table, table); end++)
        ;
    *n = end - low;
    return *n > 0 ? &x->columns.v[low] : NULL;
}

const struct ps_db_column *ps_db_column(const struct ps_db *x, struct str table, struct str name)
{
    size_t n;
    const struct ps_db_column *c = ps_db_columns(x, table, &n);

    for (size_t i = 0; i < n; i++)
        if (fold_cmp(c[i].name, name) == 0)
            return &c[i];
    return NULL;
}

const struct ps_db_key *ps_db_key(const struct ps_db *x, struct str table, struct str name)
{
    struct ps_db_key key = {.table = table, .name = name};

    return x->keys.n == 0 ? NULL : bsearch(&key, x->keys.v, x->keys.n, sizeof key, by_key);
}
