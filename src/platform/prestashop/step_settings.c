/* The queries that end every upgrade of the database. PS_VERSION_DB comes last: it says that all before it has run. */
#include "base/plural.h"
#include "platform/prestashop/scripts_parts.h"

static int set_all(struct store *s, struct mysql *db, const char *name, const char *value, struct err *e)
{
    struct buf sql = {0};
    int rc;

    mysql_sqlf(db, &sql, "UPDATE %i SET value = %s WHERE name = %s", store_table(s, "configuration"), value, name);
    rc = mysql_exec(db, buf_str(&sql), NULL, e);
    buf_free(&sql);
    return rc;
}

/* Old versions wrote the setting under a wrong name. */
static int name_legacy_images(struct store *s, struct mysql *db, struct err *e)
{
    struct buf sql = {0};
    int rc;

    mysql_sqlf(db, &sql, "UPDATE %i SET name = 'PS_LEGACY_IMAGES' WHERE name LIKE '0' AND value = 1", store_table(s, "configuration"));
    rc = mysql_exec(db, buf_str(&sql), NULL, e);
    buf_free(&sql);
    return rc < 0 ? -1 : set_all(s, db, "PS_LEGACY_IMAGES", "0", e);
}

static int allow_virtual_products(struct store *s, struct mysql *db, struct err *e)
{
    struct buf sql = {0};
    struct buf value = {0};
    bool any = false;
    int rc;

    mysql_sqlf(db, &sql, "SELECT id_product_download FROM %i WHERE active = 1 LIMIT 1", store_table(s, "product_download"));
    rc = mysql_value(db, buf_str(&sql), &value, &any, e);
    buf_free(&sql);
    buf_free(&value);
    /* A store that lacks the table has none of them, and the module takes no notice either. */
    if (rc < 0 && e->db_code == 1146) {
        err_clear(e);
        return 0;
    }
    return rc < 0 || !any ? rc : set_all(s, db, "PS_VIRTUAL_PROD_FEATURE_ACTIVE", "1", e);
}

static int check_before(const struct ps_case *c, struct err *e)
{
    const struct ps_scripts *x = &c->scripts;

    if (c->to == NULL)
        return err_set(e, ERR_ABSENT, "the version after the upgrade is not known");
    if (x->err)
        return err_set(e, ERR_REFUSED, "whether the upgrade scripts ran can't be told: %s", x->err);
    if (x->done < x->statements) {
        err_set(e, ERR_REFUSED, "%zu statement%s of the upgrade scripts %s not carried out; the version of the database is written behind",
                x->statements - x->done, plural(x->statements - x->done, "", "s"), plural(x->statements - x->done, "was", "were"));
        return err_fix(e, "toolkit resume carries them out in their order");
    }
    return 0;
}

int ps_run_settings(struct store *s, struct ps_case *c, struct work *w, struct err *e)
{
    struct mysql *db;
    int rc;

    if (w->dry_run && c->to) {
        w->say(w, "would set PS_VERSION_DB to %s", c->to);
        return 0;
    }
    if (check_before(c, e) < 0)
        return -1;
    if (ps_scripts_session(s, &db, e) < 0) {
        mysql_close(db);
        return -1;
    }
    rc = name_legacy_images(s, db, e);
    if (rc == 0)
        rc = allow_virtual_products(s, db, e);
    if (rc == 0)
        rc = set_all(s, db, "PS_HIDE_OPTIMIZATION_TIS", "0", e);
    if (rc == 0)
        rc = set_all(s, db, "PS_NEED_REBUILD_INDEX", "1", e);
    mysql_close(db);
    return rc < 0 ? -1 : ps_setting_set(s, "PS_VERSION_DB", c->to, true, e);
}

int ps_recheck_settings(struct store *s, struct ps_case *c, struct err *e)
{
    struct buf value = {0};
    bool found = false;
    int rc = ps_setting_get(s, "PS_VERSION_DB", &value, &found, e);

    if (rc == 0 && (!found || !str_is(buf_str(&value), c->to)))
        rc = err_set(e, ERR_MISMATCH, "PS_VERSION_DB is %s instead of %s", found ? buf_cstr(&value) : "not there", c->to);
    if (rc == 0) {
        c->sql_done = true;
        c->version_db = arena_strdup(c->mem, c->to);
        s->version_db = arena_strdup(&s->mem, c->to);
    }
    buf_free(&value);
    return rc;
}
