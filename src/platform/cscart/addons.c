/*
 * Add-ons: the table addons with status A or D, over which the setting init_addons stands: "none" loads no add-on, "core" those that came
 * with the product. Unmanaged ones are loaded by a way of their own and heed it not.
 */
#include "db/mysql_rows.h"
#include "platform/addon_change.h"
#include "platform/cscart/cs.h"

#include <stdlib.h>
#include <string.h>

/* "", "none", "core", "restore". */
static int read_switch(struct store *s, struct buf *value, struct err *e)
{
    struct mysql *db = store_db(s, e);
    struct buf sql = {0};
    bool found;
    int rc;

    if (db == NULL)
        return -1;
    mysql_sqlf(db, &sql, "SELECT value FROM %i WHERE name = 'init_addons' AND section_id = 0",
               store_table(s, "settings_objects"));
    rc = mysql_value(db, buf_str(&sql), value, &found, e);
    buf_free(&sql);
    return rc;
}

static bool came_with_it(const struct cs_dist *dist, const char *name)
{
    for (size_t i = 0; i < dist->n_addons; i++)
        if (strcmp(dist->addons[i], name) == 0)
            return true;
    return false;
}

static const char *note_of(struct store *s, struct addon_list *out, const struct addon *a, bool unmanaged,
                           struct str init)
{
    if (!tree_exists(&s->tree, arena_printf(&out->mem, "app/addons/%s", a->name)))
        return arena_printf(&out->mem, "its folder app/addons/%s is missing", a->name);
    if (!a->enabled)
        return NULL;
    if (unmanaged)
        return "loaded whatever init_addons says";
    if (str_is(init, "none"))
        return "not loaded: init_addons is none";
    if (str_is(init, "core") && a->third_party)
        return "not loaded: init_addons is core";
    return NULL;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct addon *)a)->name, ((const struct addon *)b)->name);
}

static int read_rows(struct store *s, struct addon_list *out, const struct cs_dist *dist, struct str init,
                     struct err *e)
{
    struct mysql *db = store_db(s, e);
    const struct mysql_cell *row;
    struct buf sql = {0};
    int rc;

    mysql_sqlf(db, &sql, "SELECT * FROM %i", store_table(s, "addons"));
    rc = mysql_query(db, buf_str(&sql), e);
    while (rc >= 0 && (rc = mysql_row(db, &row, e)) == 1) {
        struct str name = mysql_rows_text(db, row, "addon");
        struct str version = mysql_rows_text(db, row, "version");
        struct addon *a = vec_push(&out->all);

        a->name = arena_dup(&out->mem, name.p, name.n);
        a->version = version.n ? arena_dup(&out->mem, version.p, version.n) : NULL;
        a->enabled = str_is(mysql_rows_text(db, row, "status"), "A");
        a->origin_known = dist != NULL;
        a->third_party = dist != NULL && !came_with_it(dist, a->name);
        a->note = str_is_safe_path(name) ? note_of(s, out, a, str_is(mysql_rows_text(db, row, "unmanaged"), "1"), init)
                                         : "not a name of an add-on";
    }
    buf_free(&sql);
    if (out->all.n > 1)
        qsort(out->all.v, out->all.n, sizeof *out->all.v, by_name);
    return rc < 0 ? -1 : 0;
}

int cs_addons_list(struct store *s, struct addon_list *out, struct err *e)
{
    struct cs_dist dist;
    struct err why = {0};
    struct buf init = {0};
    bool known;
    int rc = -1;

    memset(out, 0, sizeof *out);
    if (store_db(s, e) == NULL || read_switch(s, &init, e) < 0)
        goto out;
    known = cs_dist_addons(s, &dist, &out->mem, &why) == 0;
    rc = read_rows(s, out, known ? &dist : NULL, buf_str(&init), e);
    if (str_is(buf_str(&init), "none"))
        out->note = "init_addons is none: the shop loads no add-on, whatever their own state";
    else if (str_is(buf_str(&init), "core"))
        out->note = "init_addons is core: the shop loads only add-ons that came with it";
    else if (!known)
        out->note = arena_printf(&out->mem, "which add-ons came with the shop is not known: %s", why.text);
out:
    buf_free(&init);
    return rc;
}

static int set_status(struct store *s, const char *name, bool on, struct work *w, struct err *e)
{
    struct mysql *db = store_db(s, e);
    struct buf sql = {0};
    int rc;

    (void)w;
    if (db == NULL)
        return -1;
    mysql_sqlf(db, &sql, "UPDATE %i SET status = %s WHERE addon = %s", store_table(s, "addons"), on ? "A" : "D", name);
    rc = mysql_exec(db, buf_str(&sql), NULL, e);
    buf_free(&sql);
    return rc;
}

int cs_addons_set(struct store *s, const char *const *names, size_t n, bool on, struct work *w, struct err *e)
{
    static const struct addon_ops ops = {cs_addons_list, set_status, cs_cache_clear};

    return addon_change(&ops, s, names, n, on, w, e);
}
