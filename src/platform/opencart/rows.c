/*
 * A note is one line a row: table, column, the value in hex ("-" for NULL, "*" where only the status in it changes), and then each key column with its value in
 * hex. Numbers of settings change whenever the back office saves them, so these are told by shop and name. A row that was switched on since it was noted is noted again, behind the
 * former line, and is put back as it was last.
 */
#include "platform/opencart/rows.h"
#include "platform/opencart/addons_own.h"

#include <stdlib.h>
#include <string.h>

static void add_hex(struct buf *out, const struct mysql_cell *cell)
{
    char *hex;

    if (cell->is_null) {
        buf_addc(out, '-');
        return;
    }
    hex = mem_alloc(cell->s.n * 2 + 1);
    str_hex((const uint8_t *)cell->s.p, cell->s.n, hex);
    buf_adds(out, hex);
    free(hex);
}

static bool from_hex(struct arena *mem, struct str hex, struct str *out)
{
    uint8_t *bytes = arena_alloc(mem, hex.n / 2 + 1);

    *out = (struct str){(const char *)bytes, hex.n / 2};
    return str_unhex(hex, bytes, hex.n / 2);
}

static int exec(struct store *s, struct buf *sql, struct err *e)
{
    struct mysql *db = store_db(s, e);
    int rc = db ? mysql_exec(db, buf_str(sql), NULL, e) : -1;

    buf_reset(sql);
    return rc;
}

static void note_row(const struct oc_rows *r, const struct mysql_cell *row, struct buf *note)
{
    buf_printf(note, "%s %s ", r->table, r->column);
    if (r->off)
        add_hex(note, &row[0]);
    else
        buf_addc(note, '*');
    for (size_t i = 0; i < 2 && r->keys[i]; i++) {
        buf_printf(note, " %s=", r->keys[i]);
        add_hex(note, &row[i + 1]);
    }
    buf_addc(note, '\n');
}

static bool is_on(const struct oc_rows *r, const struct mysql_cell *value)
{
    size_t at;

    return r->off || oc_module_status(value->s, &at) == 1;
}

static int note_set(struct store *s, const struct oc_rows *r, struct buf *note, size_t *n, struct err *e)
{
    struct mysql *db = store_db(s, e);
    const struct mysql_cell *row;
    struct buf sql = {0};
    int rc;

    if (db == NULL)
        return -1;
    mysql_sqlf(db, &sql, "SELECT %i, %i", r->column, r->keys[0]);
    if (r->keys[1])
        mysql_sqlf(db, &sql, ", %i", r->keys[1]);
    mysql_sqlf(db, &sql, " FROM %i WHERE ", store_table(s, r->table));
    buf_printf(&sql, "%s ORDER BY 2", r->where);
    rc = mysql_query(db, buf_str(&sql), e);
    while (rc >= 0 && (rc = mysql_row(db, &row, e)) == 1) {
        if (!is_on(r, &row[0]))
            continue;
        (*n)++;
        note_row(r, row, note);
    }
    buf_free(&sql);
    return rc < 0 ? -1 : 0;
}

/* ---- one line of a note ---- */

struct line {
    struct str table, column, value;
    bool is_null;
    bool is_status; /* only the status within the value changes, whatever else it holds by then */
    struct str keys[2], is[2];
    size_t n_keys;
};

static bool read_line(struct arena *mem, struct str text, struct line *l)
{
    struct str rest;

    memset(l, 0, sizeof *l);
    l->table = str_cut(text, ' ', &rest);
    l->column = str_cut(rest, ' ', &rest);
    l->value = str_cut(rest, ' ', &rest);
    l->is_null = str_is(l->value, "-");
    l->is_status = str_is(l->value, "*");
    if (l->table.n == 0 || l->column.n == 0 || (!l->is_null && !l->is_status && !from_hex(mem, l->value, &l->value)))
        return false;
    while (rest.n > 0 && l->n_keys < 2) {
        struct str hex;

        l->keys[l->n_keys] = str_cut(str_cut(rest, ' ', &rest), '=', &hex);
        if (hex.p == NULL || !from_hex(mem, hex, &l->is[l->n_keys]))
            return false;
        l->n_keys++;
    }
    return l->n_keys > 0;
}

static void add_keys(struct buf *sql, struct mysql *db, const struct line *l)
{
    for (size_t i = 0; i < l->n_keys; i++)
        mysql_sqlf(db, sql, i ? " AND %I = %S" : " WHERE %I = %S", l->keys[i], l->is[i]);
}

static int set_line(struct store *s, const struct line *l, struct str value, bool is_null, struct err *e)
{
    struct mysql *db = store_db(s, e);
    struct buf sql = {0};
    int rc;

    if (db == NULL)
        return -1;
    mysql_sqlf(db, &sql, "UPDATE %i SET %I = ", store_table(s, arena_dup(&s->mem, l->table.p, l->table.n)), l->column);
    if (is_null)
        buf_adds(&sql, "NULL");
    else
        mysql_sqlf(db, &sql, "%S", value);
    add_keys(&sql, db, l);
    rc = exec(s, &sql, e);
    buf_free(&sql);
    return rc;
}

/* The status within the value that the row has now. */
static int set_status(struct store *s, const struct line *l, bool on, struct err *e)
{
    struct mysql *db = store_db(s, e);
    struct buf sql = {0};
    struct buf value = {0};
    bool found = false;
    size_t at;
    int rc;

    if (db == NULL)
        return -1;
    mysql_sqlf(db, &sql, "SELECT %I FROM %i", l->column, store_table(s, arena_dup(&s->mem, l->table.p, l->table.n)));
    add_keys(&sql, db, l);
    rc = mysql_value(db, buf_str(&sql), &value, &found, e);
    if (rc == 0 && found && oc_module_status(buf_str(&value), &at) == !on) {
        value.p[at] = on ? '1' : '0';
        rc = set_line(s, l, buf_str(&value), false, e);
    }
    buf_free(&sql);
    buf_free(&value);
    return rc;
}

static int statuses_off(struct store *s, const struct oc_rows *r, struct str note, struct err *e)
{
    struct arena mem = {0};
    struct str text;
    int rc = 0;

    while (rc == 0 && str_line(&note, &text)) {
        struct line l;

        if (read_line(&mem, text, &l) && l.is_status && str_is(l.table, r->table) && str_is(l.column, r->column))
            rc = set_status(s, &l, false, e);
    }
    arena_free(&mem);
    return rc;
}

static int switch_set(struct store *s, const struct oc_rows *r, struct str note, struct err *e)
{
    struct mysql *db = store_db(s, e);
    struct buf sql = {0};
    int rc;

    if (db == NULL)
        return -1;
    if (r->off == NULL)
        return statuses_off(s, r, note, e);
    mysql_sqlf(db, &sql, "UPDATE %i SET %i = ", store_table(s, r->table), r->column);
    buf_printf(&sql, "%s WHERE %s", r->off, r->where);
    rc = exec(s, &sql, e);
    buf_free(&sql);
    return rc;
}

int oc_rows_off(struct store *s, struct work *w, const char *note, const struct oc_rows *sets, size_t n_sets, size_t *n, struct err *e)
{
    struct buf text = {0};
    size_t rows = 0;
    int rc = 0;

    if (!w->noted(w, note, &text))
        buf_reset(&text);
    for (size_t i = 0; rc == 0 && i < n_sets; i++)
        rc = note_set(s, &sets[i], &text, &rows, e);
    if (rc == 0 && text.n > 0)
        rc = w->note(w, note, buf_str(&text), e);
    for (size_t i = 0; rc == 0 && i < n_sets; i++)
        rc = switch_set(s, &sets[i], buf_str(&text), e);
    if (n)
        *n = rows;
    buf_free(&text);
    return rc;
}

int oc_rows_back(struct store *s, struct work *w, const char *note, bool *done, struct err *e)
{
    struct arena mem = {0};
    struct buf text = {0};
    struct str rest;
    struct str line;
    int rc = 0;

    *done = w->noted(w, note, &text) && text.n > 0;
    rest = buf_str(&text);
    while (*done && rc == 0 && str_line(&rest, &line)) {
        struct line l;

        if (line.n == 0)
            continue;
        if (!read_line(&mem, line, &l))
            rc = err_set(e, ERR_FORMAT, "the journal's note \"%s\" can't be read", note);
        else
            rc = l.is_status ? set_status(s, &l, true, e) : set_line(s, &l, l.value, l.is_null, e);
    }
    if (*done && rc == 0)
        rc = w->note(w, note, STR(""), e);
    arena_free(&mem);
    buf_free(&text);
    return rc;
}
