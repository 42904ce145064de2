/* Behind the SQL: .htaccess written anew by the store, lists of modules and the index of classes away, overrides off where the merchant chose that. */
#include "format/php_version.h"
#include "platform/one_file.h"
#include "platform/prestashop/steps.h"
#include "sys/stage.h"

#include <stdlib.h>
#include <string.h>

#define HTACCESS ".htaccess"
/* Longer ones are not PrestaShop's. */
#define HTACCESS_MAX ((size_t)8 * 1024 * 1024)

static int write_htaccess(struct store *s, struct work *w, struct err *e)
{
    struct buf old = {0};
    struct err why = {0};
    bool there = tree_exists(&s->tree, HTACCESS);
    int rc = -1;

    if ((there && tree_read(&s->tree, HTACCESS, HTACCESS_MAX, &old, e) < 0) || one_file_keep(s, w, HTACCESS, e) < 0)
        goto out;
    rc = 0;
    if (ps_htaccess_call(s, w, &why) < 0) {
        w->say(w, "%s", why.text);
        w->say(w, HTACCESS " stays as it was; SEO & URLs in the back office writes it anew when settings are saved there");
        /* A writer that died halfway may have left a part of it. */
        rc = there ? one_file_put(s, w, HTACCESS, buf_str(&old), e) : one_file_delete(s, w, HTACCESS, false, e);
    }
out:
    buf_free(&old);
    return rc;
}

int ps_run_htaccess(struct store *s, struct ps_case *c, struct work *w, struct err *e)
{
    struct err why = {0};

    (void)c;
    if (store_php(s, &why) == NULL) {
        w->say(w, "without PHP " HTACCESS " stays as it is (%s); SEO & URLs in the back office writes it anew when settings are saved there",
               why.text);
        return 0;
    }
    if (w->dry_run) {
        w->say(w, "would have the store write " HTACCESS " anew");
        return 0;
    }
    return write_htaccess(s, w, e);
}

/* What the module removes: copies of lists that the shop fetches again, and the index by which classes are found. */
static const char *const lists[] = {"app/cache/dev/class_index.php",
                                    "app/cache/prod/class_index.php",
                                    "cache/class_index.php",
                                    "config/xml/blog-fr.xml",
                                    "config/xml/default_country_modules_list.xml",
                                    "config/xml/modules_list.xml",
                                    "config/xml/modules_native_addons.xml",
                                    "config/xml/must_have_modules_list.xml",
                                    "config/xml/tab_modules_list.xml",
                                    "config/xml/trusted_modules_list.xml",
                                    "config/xml/untrusted_modules_list.xml",
                                    "var/cache/dev/class_index.php",
                                    "var/cache/prod/class_index.php"};

static int remove_lists(struct store *s, struct work *w, struct err *e)
{
    struct stage_options opt = {0};
    struct stage st = {0};
    size_t n = 0;
    int rc = w->dry_run ? 0 : stage_open(&st, &s->tree, w->undo, &opt, e);

    for (size_t i = 0; rc == 0 && i < sizeof lists / sizeof *lists; i++) {
        if (!tree_exists(&s->tree, lists[i]))
            continue;
        n++;
        if (w->dry_run)
            w->say(w, "would remove %s", lists[i]);
        else
            rc = stage_delete(&st, lists[i], false, e);
    }
    if (rc == 0 && !w->dry_run)
        rc = stage_commit(&st, e);
    stage_close(&st);
    if (rc == 0 && !w->dry_run && n > 0)
        w->say(w, "%zu list%s that the shop makes again %s moved to the undo area", n, n == 1 ? "" : "s", n == 1 ? "was" : "were");
    return rc;
}

/* Modules up to 4.14 switch overrides off together with modules of others; with later ones the setting is the merchant's alone. */
static bool overrides_off(const struct store *s, const struct ps_case *c)
{
    const struct ps *x = s->own;
    bool together = x->module_version && php_version_compare(str_of(x->module_version), STR("4.15")) < 0;

    return together && c->trail.config_known && c->trail.off_non_native;
}

int ps_run_overrides(struct store *s, struct ps_case *c, struct work *w, struct err *e)
{
    if (remove_lists(s, w, e) < 0)
        return -1;
    if (!overrides_off(s, c))
        return 0;
    if (w->dry_run) {
        w->say(w, "would switch overrides off (PS_DISABLE_OVERRIDES), as the merchant chose for the upgrade");
        return 0;
    }
    return ps_setting_set(s, "PS_DISABLE_OVERRIDES", "1", false, e);
}

int ps_recheck_overrides(struct store *s, const struct ps_case *c, struct err *e)
{
    struct buf value = {0};
    bool found = false;
    int rc = 0;

    if (overrides_off(s, c)) {
        rc = ps_setting_get(s, "PS_DISABLE_OVERRIDES", &value, &found, e);
        if (rc == 0 && (!found || strcmp(buf_cstr(&value), "1") != 0))
            rc = err_set(e, ERR_MISMATCH, "PS_DISABLE_OVERRIDES is not 1 after it was set");
    }
    buf_free(&value);
    return rc;
}

struct tab {
    uint64_t id;
    uint64_t parent;
    uint64_t position;
};

struct tabs {
    VEC(struct tab) all; /* in their order */
};

static int read_tabs(struct store *s, struct tabs *x, struct err *e)
{
    struct mysql *db = store_db(s, e);
    const struct mysql_cell *row;
    struct buf sql = {0};
    int rc;

    if (db == NULL)
        return -1;
    mysql_sqlf(db, &sql,
               "SELECT id_tab, IF(id_parent < 0, 0, id_parent), IF(position < 0, 0, position), id_parent < 0 FROM %i "
               "ORDER BY id_parent, IF(class_name IN ('AdminHome', 'AdminDashboard'), 1, 2), position, id_tab",
               store_table(s, "tab"));
    rc = mysql_query(db, buf_str(&sql), e);
    while (rc >= 0 && (rc = mysql_row(db, &row, e)) == 1) {
        struct tab t;

        if (str_u64(row[0].s, UINT64_MAX, &t.id) && str_u64(row[1].s, UINT64_MAX, &t.parent) &&
            str_u64(row[2].s, UINT64_MAX, &t.position)) {
            /* Tabs without a place have the parent -1. */
            if (str_is(row[3].s, "1"))
                t.parent = UINT64_MAX;
            *vec_push(&x->all) = t;
        }
    }
    buf_free(&sql);
    return rc < 0 ? -1 : 0;
}

int ps_run_tabs(struct store *s, struct work *w, struct err *e)
{
    struct tabs x = {0};
    struct buf sql = {0};
    uint64_t next = 0;
    size_t moved = 0;
    int rc = read_tabs(s, &x, e);

    for (size_t i = 0; rc == 0 && i < x.all.n; i++) {
        const struct tab *t = &x.all.v[i];
        struct mysql *db = store_db(s, e);

        next = i > 0 && x.all.v[i - 1].parent == t->parent ? next + 1 : 1;
        if (t->position == next)
            continue;
        moved++;
        if (w->dry_run)
            continue;
        buf_reset(&sql);
        mysql_sqlf(db, &sql, "UPDATE %i SET position = %U WHERE id_tab = %U", store_table(s, "tab"), next, t->id);
        rc = mysql_exec(db, buf_str(&sql), NULL, e);
    }
    if (rc == 0 && moved > 0)
        w->say(w, "%zu tab%s of the back office %s numbered anew: the positions had gaps", moved, moved == 1 ? "" : "s",
               w->dry_run ? "would be" : moved == 1 ? "was" : "were");
    buf_free(&sql);
    free(x.all.v);
    return rc;
}
