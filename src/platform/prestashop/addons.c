/*
 * Modules. What runs a module for a shop is its row in module_shop; the column active of the table module goes with it. Switching a module off takes these
 * rows away, which is how an upgrade does it too, only that they are noted here and come back as they were. Its hooks stay.
 */
#include "platform/addon_change.h"
#include "platform/prestashop/ps.h"

#include <stdlib.h>
#include <string.h>

/* Put in front of every name while an upgrade by the module 7 runs. */
#define QUARANTINE "UA_"

static uint64_t number(const struct mysql_cell *cell)
{
    uint64_t n = 0;

    return cell->is_null || !str_u64(cell->s, UINT64_MAX, &n) ? 0 : n;
}

static int count_shops(struct store *s, uint64_t *n, struct err *e)
{
    struct mysql *db = store_db(s, e);
    struct buf sql = {0};
    struct buf value = {0};
    bool there;
    int rc;

    *n = 0;
    if (db == NULL || ps_has_table(s, "shop", &there, e) < 0)
        return -1;
    if (!there)
        return 0;
    mysql_sqlf(db, &sql, "SELECT COUNT(*) FROM %i WHERE active = 1 AND deleted = 0", store_table(s, "shop"));
    rc = mysql_value(db, buf_str(&sql), &value, &there, e);
    if (rc == 0 && there && !str_u64(buf_str(&value), UINT64_MAX, n))
        *n = 0;
    buf_free(&sql);
    buf_free(&value);
    return rc;
}

static const char *note_of(struct store *s, struct addon_list *out, const struct addon *a, bool active, uint64_t links, uint64_t shops)
{
    struct str name = str_of(a->name);

    if (str_skip(&name, STR(QUARANTINE)))
        return arena_printf(&out->mem, "an upgrade was interrupted: its name is %.*s", STR_FMT(name));
    if (!str_is_safe_path(name))
        return "not a name of a module";
    if (!tree_exists(&s->tree, arena_printf(&out->mem, "modules/%s", a->name)))
        return arena_printf(&out->mem, "its folder modules/%s is missing", a->name);
    if (active && links == 0)
        return "no shop has it";
    if (!active && links > 0)
        return "marked as switched off, but shops have it still";
    if (links > 0 && links < shops)
        return arena_printf(&out->mem, "on in %llu of %llu shops", (unsigned long long)links, (unsigned long long)shops);
    return NULL;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct addon *)a)->name, ((const struct addon *)b)->name);
}

static int read_rows(struct store *s, struct addon_list *out, struct err *e)
{
    struct mysql *db = store_db(s, e);
    const struct mysql_cell *row;
    struct buf sql = {0};
    uint64_t shops;
    int rc;

    if (db == NULL || count_shops(s, &shops, e) < 0)
        return -1;
    mysql_sqlf(db, &sql,
               "SELECT m.name, m.version, m.active, (SELECT COUNT(*) FROM %i l WHERE l.id_module = m.id_module) FROM %i m",
               store_table(s, "module_shop"), store_table(s, "module"));
    rc = mysql_query(db, buf_str(&sql), e);
    while (rc >= 0 && (rc = mysql_row(db, &row, e)) == 1) {
        struct addon *a = vec_push(&out->all);
        uint64_t links = number(&row[3]);

        a->name = arena_dup(&out->mem, row[0].s.p, row[0].s.n);
        a->version = row[1].s.n ? arena_dup(&out->mem, row[1].s.p, row[1].s.n) : NULL;
        a->enabled = links > 0;
        a->third_party = !ps_module_is_native(s, a->name, &a->origin_known) && a->origin_known;
        a->note = note_of(s, out, a, number(&row[2]) > 0, links, shops);
    }
    buf_free(&sql);
    if (out->all.n > 1)
        qsort(out->all.v, out->all.n, sizeof *out->all.v, by_name);
    return rc < 0 ? -1 : 0;
}

int ps_addons_list(struct store *s, struct addon_list *out, struct err *e)
{
    struct buf value = {0};
    bool found;
    int rc;

    memset(out, 0, sizeof *out);
    rc = ps_setting_get(s, "PS_DISABLE_NON_NATIVE_MODULE", &value, &found, e);
    if (rc == 0)
        rc = read_rows(s, out, e);
    if (rc == 0 && found && str_is(buf_str(&value), "1"))
        out->note = "PS_DISABLE_NON_NATIVE_MODULE is 1: the shop loads only modules that came with it; toolkit store native-only off";
    else if (rc == 0 && out->all.n > 0 && !out->all.v[0].origin_known)
        out->note = "which modules came with the shop is not known: neither config/xml/modules_list.xml nor composer.lock says it";
    buf_free(&value);
    return rc;
}

/* ---- switching one ---- */

static const char *note_key(struct store *s, const char *name)
{
    return arena_printf(&s->mem, "module %s", name);
}

static void add_hex(struct buf *out, struct str bytes)
{
    char *hex = mem_alloc(bytes.n * 2 + 1);

    str_hex((const uint8_t *)bytes.p, bytes.n, hex);
    buf_adds(out, hex);
    free(hex);
}

/* One line a row, each cell "column=hex", a NULL without "=". The first line is the column active of the module itself. */
static int read_links(struct store *s, const char *name, struct buf *note, struct err *e)
{
    struct mysql *db = store_db(s, e);
    const struct mysql_cell *row;
    struct buf sql = {0};
    struct buf active = {0};
    bool found;
    int rc = -1;

    if (db == NULL)
        goto out;
    mysql_sqlf(db, &sql, "SELECT active FROM %i WHERE name = %s", store_table(s, "module"), name);
    if (mysql_value(db, buf_str(&sql), &active, &found, e) < 0)
        goto out;
    buf_adds(note, "active=");
    add_hex(note, buf_str(&active));
    buf_addc(note, '\n');
    buf_reset(&sql);
    mysql_sqlf(db, &sql, "SELECT l.* FROM %i l JOIN %i m ON m.id_module = l.id_module WHERE m.name = %s ORDER BY l.id_shop",
               store_table(s, "module_shop"), store_table(s, "module"), name);
    rc = mysql_query(db, buf_str(&sql), e);
    while (rc >= 0 && (rc = mysql_row(db, &row, e)) == 1) {
        for (size_t i = 0; i < mysql_columns(db); i++) {
            buf_printf(note, "%s%.*s", i ? " " : "", STR_FMT(mysql_column_name(db, i)));
            if (!row[i].is_null) {
                buf_addc(note, '=');
                add_hex(note, row[i].s);
            }
        }
        buf_addc(note, '\n');
    }
out:
    buf_free(&sql);
    buf_free(&active);
    return rc < 0 ? -1 : 0;
}

static int exec(struct store *s, struct buf *sql, struct err *e)
{
    struct mysql *db = store_db(s, e);
    int rc = db ? mysql_exec(db, buf_str(sql), NULL, e) : -1;

    buf_reset(sql);
    return rc;
}

/* A note of a run that was killed half way knows more than the rows do. */
static int note_links(struct store *s, struct work *w, const char *name, struct err *e)
{
    const char *key = note_key(s, name);
    struct buf note = {0};
    int rc = 0;

    if (!w->noted(w, key, &note) || note.n == 0) {
        buf_reset(&note);
        rc = read_links(s, name, &note, e);
        if (rc == 0)
            rc = w->note(w, key, buf_str(&note), e);
    }
    buf_free(&note);
    return rc;
}

static int switch_off(struct store *s, struct work *w, const char *name, struct err *e)
{
    struct mysql *db = store_db(s, e);
    struct buf sql = {0};
    int rc;

    if (db == NULL || note_links(s, w, name, e) < 0)
        return -1;
    mysql_sqlf(db, &sql, "UPDATE %i SET active = 0 WHERE name = %s", store_table(s, "module"), name);
    rc = exec(s, &sql, e);
    if (rc == 0) {
        mysql_sqlf(db, &sql, "DELETE l FROM %i l JOIN %i m ON m.id_module = l.id_module WHERE m.name = %s", store_table(s, "module_shop"),
                   store_table(s, "module"), name);
        rc = exec(s, &sql, e);
    }
    buf_free(&sql);
    return rc;
}

/* "column=hex column=hex" as a row of module_shop; one that is there again stays. */
static int put_link(struct store *s, struct str line, struct err *e)
{
    struct mysql *db = store_db(s, e);
    struct buf sql = {0};
    struct buf values = {0};
    struct str cell;
    int rc = -1;

    if (db == NULL)
        return -1;
    mysql_sqlf(db, &sql, "INSERT IGNORE INTO %i (", store_table(s, "module_shop"));
    for (bool first = true; line.n > 0; first = false) {
        struct str hex;
        struct str column;
        uint8_t *value;

        cell = str_cut(line, ' ', &line);
        column = str_cut(cell, '=', &hex);
        value = mem_alloc(hex.n / 2 + 1);
        if (hex.p && !str_unhex(hex, value, hex.n / 2)) {
            free(value);
            err_set(e, ERR_FORMAT, "the journal's note of a module's shops can't be read");
            goto out;
        }
        mysql_sqlf(db, &sql, first ? "%I" : ", %I", column);
        if (hex.p)
            mysql_sqlf(db, &values, first ? "%S" : ", %S", (struct str){(const char *)value, hex.n / 2});
        else
            buf_adds(&values, first ? "NULL" : ", NULL");
        free(value);
    }
    buf_printf(&sql, ") VALUES (%s)", buf_cstr(&values));
    rc = exec(s, &sql, e);
out:
    buf_free(&sql);
    buf_free(&values);
    return rc;
}

static int put_back(struct store *s, const char *name, struct str note, struct err *e)
{
    struct mysql *db = store_db(s, e);
    struct buf sql = {0};
    struct str line;
    uint8_t active[8] = {'1'};
    int rc = db ? 0 : -1;

    while (rc == 0 && str_line(&note, &line)) {
        struct str hex = line;

        if (str_skip(&hex, STR("active="))) {
            if (hex.n / 2 >= sizeof active || !str_unhex(hex, active, hex.n / 2))
                return err_set(e, ERR_FORMAT, "the journal's note of the module %s can't be read", name);
            active[hex.n / 2] = '\0';
        } else if (line.n > 0) {
            rc = put_link(s, line, e);
        }
    }
    if (rc == 0) {
        mysql_sqlf(db, &sql, "UPDATE %i SET active = %s WHERE name = %s", store_table(s, "module"), (const char *)active, name);
        rc = exec(s, &sql, e);
    }
    buf_free(&sql);
    return rc;
}

/* An upgrade that switched it off kept no record of its shops. */
static int give_to_all(struct store *s, struct work *w, const char *name, struct err *e)
{
    struct mysql *db = store_db(s, e);
    struct buf sql = {0};
    int rc;

    if (db == NULL)
        return -1;
    w->say(w, "%s was not switched off by the toolkit: it is switched on for every active shop", name);
    mysql_sqlf(db, &sql,
               "INSERT IGNORE INTO %i (id_module, id_shop) SELECT m.id_module, sh.id_shop FROM %i m, %i sh WHERE m.name = %s AND "
               "sh.active = 1 AND sh.deleted = 0",
               store_table(s, "module_shop"), store_table(s, "module"), store_table(s, "shop"), name);
    rc = exec(s, &sql, e);
    if (rc == 0) {
        mysql_sqlf(db, &sql, "UPDATE %i SET active = 1 WHERE name = %s", store_table(s, "module"), name);
        rc = exec(s, &sql, e);
    }
    buf_free(&sql);
    return rc;
}

static int switch_on(struct store *s, struct work *w, const char *name, struct err *e)
{
    const char *key = note_key(s, name);
    struct buf note = {0};
    int rc;

    if (w->noted(w, key, &note) && note.n > 0) {
        rc = put_back(s, name, (struct str){arena_dup(&s->mem, note.p, note.n), note.n}, e);
        if (rc == 0)
            rc = w->note(w, key, STR(""), e);
    } else {
        rc = give_to_all(s, w, name, e);
    }
    buf_free(&note);
    return rc;
}

static int set_one(struct store *s, const char *name, bool on, struct work *w, struct err *e)
{
    return on ? switch_on(s, w, name, e) : switch_off(s, w, name, e);
}

int ps_addons_set(struct store *s, const char *const *names, size_t n, bool on, struct work *w, struct err *e)
{
    static const struct addon_ops ops = {ps_addons_list, set_one, ps_cache_clear};

    return addon_change(&ops, s, names, n, on, w, e);
}
