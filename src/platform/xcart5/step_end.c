/* The end of an upgrade and the switches of a store: state row, marks, data cache, the gate. */
#include "platform/xcart5/steps.h"

#include <string.h>

static int empty_dir(struct store *s, const char *rel, struct err *e)
{
    if (!tree_exists(&s->tree, rel))
        return 0;
    return tree_remove_tree(&s->tree, rel, true, e);
}

int xc_cache_clear(struct store *s, struct work *w, struct err *e)
{
    static const char *const dirs[] = {"var/datacache", "var/locale"};

    for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++) {
        if (w->dry_run)
            w->say(w, "would empty %s", dirs[i]);
        else if (empty_dir(s, dirs[i], e) < 0)
            return -1;
    }
    return 0;
}

int xc_cache_rebuild(struct store *s, struct work *w, struct err *e)
{
    struct arena mem = {0};
    struct xc_case c;
    int rc = xc_case_read(s, &mem, &c, e);

    if (rc == 0)
        rc = xc_run_rebuild(s, &c, w, e);
    xc_case_free(&c);
    arena_free(&mem);
    return rc;
}

int xc_run_cache(struct store *s, struct xc_case *c, struct work *w, struct err *e)
{
    xc_read_rebuild(s, c);
    if (w->dry_run) {
        w->say(w, "would remove the upgrader's state row");
        if (!xc_rebuild_is_complete(&c->rebuild))
            w->say(w, "would run php admin.php until the rebuild's last step is done");
        return xc_cache_clear(s, w, e);
    }
    /* First the row: the rebuild's last step must find no entry whose hooks it could run again. */
    if (xc_keep_pack_lists(s, c, w, e) < 0 || xc_cell_clear(s, e) < 0)
        return -1;
    if (!xc_rebuild_is_complete(&c->rebuild) && xc_keep_evidence(s, c, w, e) < 0)
        return -1;
    if (!xc_rebuild_is_complete(&c->rebuild) && xc_rebuild_loop(s, c, w, xc_rebuild_is_complete, e) < 0)
        return -1;
    return xc_cache_clear(s, w, e);
}

static int read_closed(struct store *s, bool *closed, bool *found, struct err *e)
{
    struct mysql *db = store_db(s, e);
    struct buf sql = {0};
    struct buf value = {0};
    int rc = -1;

    if (db) {
        mysql_sqlf(db, &sql, "SELECT value FROM %i WHERE category = 'Internal' AND name = 'shop_closed'",
                   store_table(s, "config"));
        rc = mysql_value(db, buf_str(&sql), &value, found, e);
        *closed = str_is(buf_str(&value), "Y");
    }
    buf_free(&sql);
    buf_free(&value);
    return rc;
}

int xc_gate(struct store *s, enum gate *now, struct err *e)
{
    bool closed;
    bool found;

    *now = GATE_UNKNOWN;
    if (read_closed(s, &closed, &found, e) < 0)
        return -1;
    *now = closed ? GATE_CLOSED : GATE_OPEN;
    return 0;
}

int xc_set_gate(struct store *s, enum gate to, struct work *w, struct err *e)
{
    const char *value = to == GATE_CLOSED ? "Y" : "N";
    struct mysql *db;
    struct buf sql = {0};
    enum gate now;
    bool closed;
    bool found;
    int rc;

    if (read_closed(s, &closed, &found, e) < 0)
        return -1;
    if (closed == (to == GATE_CLOSED)) {
        w->say(w, "the store is %s already", closed ? "closed" : "open");
        return 0;
    }
    if (w->dry_run) {
        w->say(w, "would set shop_closed to %s and empty the data cache", value);
        return 0;
    }
    db = store_db(s, e);
    if (db == NULL)
        return -1;
    if (found)
        mysql_sqlf(db, &sql, "UPDATE %i SET value = %s WHERE category = 'Internal' AND name = 'shop_closed'",
                   store_table(s, "config"), value);
    else
        mysql_sqlf(db, &sql, "INSERT INTO %i (name, category, type, orderby, value) VALUES ('shop_closed', 'Internal', '', 0, %s)",
                   store_table(s, "config"), value);
    rc = mysql_exec(db, buf_str(&sql), NULL, e);
    buf_free(&sql);
    if (rc < 0 || xc_cache_clear(s, w, e) < 0 || xc_gate(s, &now, e) < 0)
        return -1;
    if (now != to)
        return err_set(e, ERR_MISMATCH, "the store is still %s after the change", now == GATE_OPEN ? "open" : "closed");
    return 0;
}
