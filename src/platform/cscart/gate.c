/*
 * Open and closed. From 4.10 on every storefront has its own switch, storefronts.status; up to 4.9 it is the setting store_mode of the
 * section General, with values of single companies beside it. The old row is still there in later databases and means
 * nothing. Y is closed in both.
 */
#include "db/mysql_rows.h"
#include "platform/cscart/cs.h"

#include <string.h>

#define STATUS_VERSION "4.10"
/* The section General of the settings, the same number in every store. */
#define GENERAL 2

struct gate_rows {
    bool storefronts; /* the table is there */
    bool setting;     /* the row counts, by the version */
    uint64_t open;
    uint64_t closed;
};

static int count_rows(struct store *s, struct str sql, struct gate_rows *g, struct err *e)
{
    struct mysql *db = store_db(s, e);
    const struct mysql_cell *row;
    int rc = db ? mysql_query(db, sql, e) : -1;

    while (rc >= 0 && (rc = mysql_row(db, &row, e)) == 1) {
        if (str_is(row[0].s, "Y"))
            g->closed++;
        else
            g->open++;
    }
    return rc < 0 ? -1 : 0;
}

static int count_settings(struct store *s, struct gate_rows *g, struct err *e)
{
    struct mysql *db = store_db(s, e);
    struct buf sql = {0};
    bool vendors;
    int rc;

    if (db == NULL || cs_has_table(s, s->prefix, "settings_vendor_values", &vendors, e) < 0)
        return -1;
    mysql_sqlf(db, &sql, "SELECT value FROM %i WHERE name = 'store_mode' AND section_id = %d",
               store_table(s, "settings_objects"), GENERAL);
    rc = count_rows(s, buf_str(&sql), g, e);
    if (rc == 0 && vendors) {
        buf_reset(&sql);
        mysql_sqlf(db, &sql,
                   "SELECT v.value FROM %i v JOIN %i o ON o.object_id = v.object_id WHERE o.name = "
                   "'store_mode' AND o.section_id = %d",
                   store_table(s, "settings_vendor_values"), store_table(s, "settings_objects"), GENERAL);
        rc = count_rows(s, buf_str(&sql), g, e);
    }
    buf_free(&sql);
    return rc;
}

static int read_rows(struct store *s, struct gate_rows *g, struct err *e)
{
    bool old = s->version == NULL || cs_version_compare(str_of(s->version), STR(STATUS_VERSION)) < 0;
    struct mysql *db = store_db(s, e);
    struct buf sql = {0};
    int rc = 0;

    memset(g, 0, sizeof *g);
    if (db == NULL || cs_has_table(s, s->prefix, "storefronts", &g->storefronts, e) < 0)
        return -1;
    /* Half migrated to 4.10 the table may be there while the code still asks the setting. */
    g->setting = old || !g->storefronts;
    if (g->storefronts) {
        mysql_sqlf(db, &sql, "SELECT status FROM %i", store_table(s, "storefronts"));
        rc = count_rows(s, buf_str(&sql), g, e);
    }
    if (rc == 0 && g->setting)
        rc = count_settings(s, g, e);
    buf_free(&sql);
    return rc;
}

int cs_gate(struct store *s, enum gate *now, struct err *e)
{
    struct gate_rows g;

    *now = GATE_UNKNOWN;
    if (read_rows(s, &g, e) < 0)
        return -1;
    if (g.closed > 0)
        *now = GATE_CLOSED;
    else if (g.open > 0)
        *now = GATE_OPEN;
    return 0;
}

/* Names every storefront that changes: which of them were closed before an upgrade closed them all is written nowhere. */
static int name_storefronts(struct store *s, struct work *w, enum gate to, struct err *e)
{
    struct mysql *db = store_db(s, e);
    const struct mysql_cell *row;
    const char *does = w->dry_run ? (to == GATE_OPEN ? "would open" : "would close") : to == GATE_OPEN ? "opens" : "closes";
    struct buf sql = {0};
    size_t n = 0;
    int rc;

    mysql_sqlf(db, &sql, "SELECT * FROM %i WHERE (status = 'Y') = %d ORDER BY storefront_id",
               store_table(s, "storefronts"), to == GATE_OPEN);
    rc = mysql_query(db, buf_str(&sql), e);
    while (rc >= 0 && (rc = mysql_row(db, &row, e)) == 1) {
        struct str id = mysql_rows_text(db, row, "storefront_id");
        struct str url = mysql_rows_text(db, row, "url");
        struct str name = mysql_rows_text(db, row, "name");

        n++;
        w->say(w, "%s storefront %.*s%s%.*s%s%.*s", does, STR_FMT(id), url.n ? ", " : "", STR_FMT(url), name.n ? ", " : "", STR_FMT(name));
    }
    if (rc >= 0 && n > 1 && to == GATE_OPEN)
        w->say(w, "an upgrade closes all storefronts and does not write down which were closed before it: if "
                  "one of these was, close it again "
                  "in the admin panel");
    buf_free(&sql);
    return rc < 0 ? -1 : 0;
}

static int set_storefronts(struct store *s, enum gate to, struct work *w, struct err *e)
{
    struct mysql *db = store_db(s, e);
    struct buf sql = {0};
    int rc = 0;

    if (name_storefronts(s, w, to, e) < 0)
        return -1;
    if (!w->dry_run) {
        mysql_sqlf(db, &sql, "UPDATE %i SET status = %s", store_table(s, "storefronts"),
                   to == GATE_OPEN ? "N" : "Y");
        rc = mysql_exec(db, buf_str(&sql), NULL, e);
    }
    buf_free(&sql);
    return rc;
}

static int set_settings(struct store *s, enum gate to, struct work *w, struct err *e)
{
    struct mysql *db = store_db(s, e);
    const char *value = to == GATE_OPEN ? "N" : "Y";
    struct buf sql = {0};
    bool vendors;
    int rc;

    if (cs_has_table(s, s->prefix, "settings_vendor_values", &vendors, e) < 0)
        return -1;
    if (w->dry_run) {
        w->say(w, "would set the setting store_mode to %s%s", value, vendors ? ", for every company" : "");
        return 0;
    }
    mysql_sqlf(db, &sql, "UPDATE %i SET value = %s WHERE name = 'store_mode' AND section_id = %d",
               store_table(s, "settings_objects"), value, GENERAL);
    rc = mysql_exec(db, buf_str(&sql), NULL, e);
    if (rc == 0 && vendors) {
        buf_reset(&sql);
        mysql_sqlf(db, &sql,
                   "UPDATE %i v JOIN %i o ON o.object_id = v.object_id SET v.value = %s WHERE o.name = "
                   "'store_mode' AND o.section_id = %d",
                   store_table(s, "settings_vendor_values"), store_table(s, "settings_objects"), value,
                   GENERAL);
        rc = mysql_exec(db, buf_str(&sql), NULL, e);
    }
    buf_free(&sql);
    return rc;
}

static bool all_are(const struct gate_rows *g, enum gate to)
{
    return to == GATE_OPEN ? g->closed == 0 : g->open == 0;
}

int cs_set_gate(struct store *s, enum gate to, struct work *w, struct err *e)
{
    struct gate_rows g;

    if (read_rows(s, &g, e) < 0)
        return -1;
    if (g.open + g.closed == 0)
        return err_set(e, ERR_MISMATCH,
                       "neither %s nor the setting store_mode has a row: there is nothing to open or close",
                       store_table(s, "storefronts"));
    if (all_are(&g, to)) {
        w->say(w, "the store is %s already", to == GATE_OPEN ? "open" : "closed");
        return 0;
    }
    if ((g.storefronts && set_storefronts(s, to, w, e) < 0) || (g.setting && set_settings(s, to, w, e) < 0))
        return -1;
    if (cs_cache_clear(s, w, e) < 0)
        return -1;
    if (w->dry_run)
        return 0;
    if (read_rows(s, &g, e) < 0)
        return -1;
    if (!all_are(&g, to))
        return err_set(e, ERR_MISMATCH, "part of the store is still %s after the change",
                       to == GATE_OPEN ? "closed" : "open");
    return 0;
}
