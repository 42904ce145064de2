/*
 * Rows of the table configuration. A setting has one row for all shops, and may have one for each group and each shop that stands over
 * it. PrestaShop takes 0 for NULL in the columns of the scope, and of several global rows the last one.
 */
#include "platform/prestashop/ps.h"

#include <stdlib.h>
#include <string.h>

#define GLOBAL "(id_shop IS NULL OR id_shop = 0) AND (id_shop_group IS NULL OR id_shop_group = 0)"

int ps_has_table(struct store *s, const char *name, bool *there, struct err *e)
{
    struct mysql *db = store_db(s, e);
    struct buf sql = {0};
    struct buf value = {0};
    int rc = -1;

    *there = false;
    if (db) {
        mysql_sqlf(db, &sql,
                   "SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = %s",
                   store_table(s, name));
        rc = mysql_value(db, buf_str(&sql), &value, there, e);
    }
    buf_free(&sql);
    buf_free(&value);
    return rc;
}

int ps_setting_get(struct store *s, const char *name, struct buf *value, bool *found, struct err *e)
{
    struct mysql *db = store_db(s, e);
    struct buf sql = {0};
    int rc = -1;

    *found = false;
    if (db) {
        mysql_sqlf(db, &sql,
                   "SELECT value FROM %i WHERE name = %s AND " GLOBAL " ORDER BY id_configuration DESC LIMIT 1",
                   store_table(s, "configuration"), name);
        rc = mysql_value(db, buf_str(&sql), value, found, e);
    }
    buf_free(&sql);
    return rc;
}

static int has_global(struct store *s, const char *name, bool *there, struct err *e)
{
    struct mysql *db = store_db(s, e);
    struct buf sql = {0};
    struct buf value = {0};
    int rc;

    if (db == NULL)
        return -1;
    mysql_sqlf(db, &sql, "SELECT 1 FROM %i WHERE name = %s AND " GLOBAL " LIMIT 1", store_table(s, "configuration"), name);
    rc = mysql_value(db, buf_str(&sql), &value, there, e);
    buf_free(&sql);
    buf_free(&value);
    return rc;
}

int ps_setting_set(struct store *s, const char *name, const char *value, bool all_scopes, struct err *e)
{
    struct mysql *db = store_db(s, e);
    struct buf sql = {0};
    bool there;
    int rc;

    if (db == NULL || has_global(s, name, &there, e) < 0)
        return -1;
    if (!there)
        mysql_sqlf(db, &sql, "INSERT INTO %i (name, value, date_add, date_upd) VALUES (%s, %s, NOW(), NOW())",
                   store_table(s, "configuration"), name, value);
    else
        mysql_sqlf(db, &sql, "UPDATE %i SET value = %s WHERE name = %s AND " GLOBAL, store_table(s, "configuration"), value, name);
    rc = mysql_exec(db, buf_str(&sql), NULL, e);
    if (rc == 0 && all_scopes) {
        buf_reset(&sql);
        mysql_sqlf(db, &sql, "UPDATE %i SET value = %s WHERE name = %s", store_table(s, "configuration"), value, name);
        rc = mysql_exec(db, buf_str(&sql), NULL, e);
    }
    buf_free(&sql);
    return rc;
}

/* ---- remembering ---- */

/* A note is one line a row: its number, and behind a blank its value in hex, which a NULL has not. */

static int note_rows(struct store *s, struct work *w, const char *name, struct err *e)
{
    struct mysql *db = store_db(s, e);
    const struct mysql_cell *row;
    struct buf sql = {0};
    struct buf note = {0};
    int rc;

    if (db == NULL)
        return -1;
    mysql_sqlf(db, &sql, "SELECT id_configuration, value FROM %i WHERE name = %s ORDER BY 1", store_table(s, "configuration"), name);
    /* A note of no rows is a note as well. */
    buf_addc(&note, '\n');
    rc = mysql_query(db, buf_str(&sql), e);
    while (rc >= 0 && (rc = mysql_row(db, &row, e)) == 1) {
        buf_printf(&note, "%.*s", STR_FMT(row[0].s));
        if (!row[1].is_null) {
            char *hex = mem_alloc(row[1].s.n * 2 + 1);

            str_hex((const uint8_t *)row[1].s.p, row[1].s.n, hex);
            buf_printf(&note, " %s", hex);
            free(hex);
        }
        buf_addc(&note, '\n');
    }
    if (rc >= 0)
        rc = w->note(w, name, buf_str(&note), e);
    buf_free(&sql);
    buf_free(&note);
    return rc < 0 ? -1 : 0;
}

int ps_setting_set_noted(struct store *s, struct work *w, const char *name, const char *value, struct err *e)
{
    struct buf old = {0};
    bool known = w->noted(w, name, &old) && old.n > 0;

    buf_free(&old);
    if (!known && note_rows(s, w, name, e) < 0)
        return -1;
    return ps_setting_set(s, name, value, true, e);
}

static int put_row(struct store *s, const char *name, struct str line, struct buf *ids, struct err *e)
{
    struct mysql *db = store_db(s, e);
    struct buf sql = {0};
    struct str hex;
    struct str id = str_cut(line, ' ', &hex);
    uint8_t *value = mem_alloc(hex.n / 2 + 1);
    uint64_t number;
    int rc = -1;

    if (db == NULL)
        goto out;
    if (!str_u64(id, UINT64_MAX, &number) || (hex.p && !str_unhex(hex, value, hex.n / 2))) {
        err_set(e, ERR_FORMAT, "the journal's note of the setting %s can't be read", name);
        goto out;
    }
    buf_printf(ids, "%s%llu", ids->n ? ", " : "", (unsigned long long)number);
    if (hex.p)
        mysql_sqlf(db, &sql, "UPDATE %i SET value = %S WHERE id_configuration = %U AND name = %s", store_table(s, "configuration"),
                   (struct str){(const char *)value, hex.n / 2}, number, name);
    else
        mysql_sqlf(db, &sql, "UPDATE %i SET value = NULL WHERE id_configuration = %U AND name = %s",
                   store_table(s, "configuration"), number, name);
    rc = mysql_exec(db, buf_str(&sql), NULL, e);
out:
    buf_free(&sql);
    free(value);
    return rc;
}

/* The row that was made because there was none. */
static int drop_other_rows(struct store *s, const char *name, struct buf *ids, struct err *e)
{
    struct mysql *db = store_db(s, e);
    struct buf sql = {0};
    int rc;

    if (db == NULL)
        return -1;
    mysql_sqlf(db, &sql, "DELETE FROM %i WHERE name = %s AND " GLOBAL, store_table(s, "configuration"), name);
    if (ids->n)
        buf_printf(&sql, " AND id_configuration NOT IN (%s)", buf_cstr(ids));
    rc = mysql_exec(db, buf_str(&sql), NULL, e);
    buf_free(&sql);
    return rc;
}

int ps_setting_back(struct store *s, struct work *w, const char *name, bool *done, struct err *e)
{
    struct buf note = {0};
    struct buf ids = {0};
    struct str rest;
    struct str line;
    int rc = 0;

    *done = w->noted(w, name, &note) && note.n > 0;
    if (!*done) {
        buf_free(&note);
        return 0;
    }
    rest = buf_str(&note);
    while (rc == 0 && str_line(&rest, &line))
        if (line.n > 0)
            rc = put_row(s, name, line, &ids, e);
    if (rc == 0)
        rc = drop_other_rows(s, name, &ids, e);
    if (rc == 0)
        rc = w->note(w, name, STR(""), e);
    buf_free(&note);
    buf_free(&ids);
    return rc;
}
