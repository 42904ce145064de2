/* The rows of one table, as INSERTs of about a megabyte. */
#include "db/dump_parts.h"

/* Larger statements gain no speed, and every server takes these. */
#define INSERT_BYTES ((uint64_t)1024 * 1024)

/* "INSERT INTO `t` (`a`,`b`) VALUES\n": with its columns named, for invisible and computed ones are not where a reader expects them. */
static void insert_head(struct buf *head, const char *table, const struct dump_column *c, size_t n)
{
    buf_adds(head, "INSERT INTO ");
    mysql_quote_id(head, str_of(table));
    buf_adds(head, " (");
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            buf_addc(head, ',');
        mysql_quote_id(head, str_of(c[i].name));
    }
    buf_adds(head, ") VALUES\n");
}

static void select_all(struct dump *d, const char *table, const struct dump_column *c, size_t n)
{
    struct buf *sql = dump_sql(d);

    buf_adds(sql, "SELECT ");
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            buf_addc(sql, ',');
        mysql_quote_id(sql, str_of(c[i].name));
        /* A product keeps the sign of zero. */
        if (c[i].is_float)
            buf_adds(sql, "*1e0");
    }
    buf_adds(sql, " FROM ");
    mysql_quote_id(sql, str_of(table));
}

static void add_row(struct buf *row, const struct dump_column *c, size_t n, const struct mysql_cell *cell)
{
    buf_reset(row);
    buf_addc(row, '(');
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            buf_addc(row, ',');
        if (cell[i].is_null)
            buf_adds(row, "NULL");
        else
            dump_value(row, &c[i], cell[i].s);
    }
    buf_addc(row, ')');
}

struct inserts {
    struct dump *d;
    const struct dump_table *t;
    struct buf head;
    struct buf row;
    uint64_t limit; /* of one statement */
    bool open;      /* d->out ends in a statement that takes further rows */
    uint64_t from;  /* d->r->bytes when the table began */
};

static int hand_on(struct inserts *i, struct err *e)
{
    struct dump *d = i->d;
    uint64_t written;

    if (dump_flush(d, e) < 0 || dump_may_go_on(d, e) < 0)
        return -1;
    written = d->r->bytes - i->from;
    if (d->o->progress)
        d->o->progress(d->o->ctx, i->t->name, d->done + (written < i->t->size ? written : i->t->size), d->total);
    return 0;
}

static int put_row(struct inserts *i, struct err *e)
{
    struct buf *out = &i->d->out;

    if (i->open && out->n + i->row.n + 3 > i->limit) {
        buf_adds(out, ";\n");
        i->open = false;
        if (hand_on(i, e) < 0)
            return -1;
    }
    if (i->open)
        buf_adds(out, ",\n");
    else
        buf_addstr(out, buf_str(&i->head));
    i->open = true;
    i->d->r->rows++;
    if (i->row.n < i->limit) {
        buf_addstr(out, buf_str(&i->row));
        return 0;
    }
    /* A huge row is written from where it is, so that it is in memory once. */
    if (dump_flush(i->d, e) < 0 || i->d->write(i->d->arg, i->row.p, i->row.n, e) < 0)
        return -1;
    i->d->r->bytes += i->row.n;
    buf_free(&i->row);
    buf_adds(out, ";\n");
    i->open = false;
    return hand_on(i, e);
}

int dump_rows(struct dump *d, const struct dump_table *t, struct err *e)
{
    struct inserts i = {.d = d, .t = t, .from = d->r->bytes};
    uint64_t most = mysql_max_packet(d->m) - 2;
    const struct mysql_cell *cell;
    struct dump_column *c;
    size_t n;
    int r = -1;

    i.limit = most < INSERT_BYTES ? most : INSERT_BYTES;
    if (dump_list_columns(d, t->name, &c, &n, e) < 0)
        return -1;
    if (n == 0)
        return err_set(e, ERR_DB, "the server names no column of it");
    if (dump_results(d, true, e) < 0)
        return -1;
    insert_head(&i.head, t->name, c, n);
    select_all(d, t->name, c, n);
    if (mysql_query(d->m, buf_str(&d->sql), e) < 0)
        goto out;
    while ((r = mysql_row(d->m, &cell, e)) == 1) {
        add_row(&i.row, c, n, cell);
        if (put_row(&i, e) < 0) {
            r = -1;
            goto out;
        }
    }
    if (r == 0 && i.open)
        buf_adds(&d->out, ";\n");
    if (r == 0 && (dump_results(d, false, e) < 0 || hand_on(&i, e) < 0))
        r = -1;
out:
    buf_free(&i.head);
    buf_free(&i.row);
    return r;
}
