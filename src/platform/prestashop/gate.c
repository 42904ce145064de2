/*
 * Open and closed: the setting PS_SHOP_ENABLE, of which a shop's own row stands over that of its group and this one over the row for all. What
 * PHP takes for false is closed, and so is a shop without any row.
 *
 * Which shops were closed by the merchant has to be known when the store opens again, which may be another run of the program, a restore or an
 * undo. Where there is more than one row it is kept in the rows themselves: what is closed here becomes an empty
 * text, which is as false as the 0 of those that were closed before, and one statement changes them all.
 */
#include "platform/prestashop/ps.h"

#include <string.h>

#define SETTING "PS_SHOP_ENABLE"

struct gate_rows {
    uint64_t all;    /* rows of the setting */
    uint64_t on;     /* of these, open */
    uint64_t marked; /* of these, closed by us */
    uint64_t shops;  /* active shops; 0: there is no table of them */
    uint64_t open;   /* of these, open */
};

static int read_numbers(struct store *s, struct str sql, uint64_t *to, size_t n, struct err *e)
{
    struct mysql *db = store_db(s, e);
    const struct mysql_cell *row;
    int rc = db ? mysql_query(db, sql, e) : -1;

    while (rc >= 0 && (rc = mysql_row(db, &row, e)) == 1)
        for (size_t i = 0; i < n; i++)
            if (row[i].is_null || !str_u64(row[i].s, UINT64_MAX, &to[i]))
                to[i] = 0;
    return rc < 0 ? -1 : 0;
}

/* The row that counts for the shop sh: its own, its group's, the one for all. */
#define COUNTS                                                                                                          \
    "COALESCE((SELECT MAX(COALESCE(a.value, '')) FROM %i a WHERE a.name = '" SETTING "' AND a.id_shop = sh.id_shop), "    \
    "(SELECT MAX(COALESCE(b.value, '')) FROM %i b WHERE b.name = '" SETTING "' AND b.id_shop_group = sh.id_shop_group "   \
    "AND COALESCE(b.id_shop, 0) = 0), "                                                                                  \
    "(SELECT MAX(COALESCE(c.value, '')) FROM %i c WHERE c.name = '" SETTING "' AND COALESCE(c.id_shop_group, 0) = 0 "     \
    "AND COALESCE(c.id_shop, 0) = 0), '')"

static int read_rows(struct store *s, struct gate_rows *g, struct err *e)
{
    struct mysql *db = store_db(s, e);
    const char *table = store_table(s, "configuration");
    struct buf sql = {0};
    uint64_t n[3] = {0};
    bool shops;
    int rc;

    memset(g, 0, sizeof *g);
    if (db == NULL || ps_has_table(s, "shop", &shops, e) < 0)
        return -1;
    mysql_sqlf(db, &sql,
               "SELECT COUNT(*), SUM(COALESCE(value, '') NOT IN ('', '0')), SUM(value = '') FROM %i WHERE name = '" SETTING "'", table);
    rc = read_numbers(s, buf_str(&sql), n, 3, e);
    g->all = n[0];
    g->on = n[1];
    g->marked = n[2];
    if (rc == 0 && shops) {
        buf_reset(&sql);
        mysql_sqlf(db, &sql, "SELECT COUNT(*), SUM(" COUNTS " NOT IN ('', '0')) FROM %i sh WHERE sh.active = 1 AND sh.deleted = 0",
                   table, table, table, store_table(s, "shop"));
        n[0] = n[1] = 0;
        rc = read_numbers(s, buf_str(&sql), n, 2, e);
        g->shops = n[0];
        g->open = n[1];
    }
    buf_free(&sql);
    return rc;
}

/* While one shop lets visitors in, the store is open. */
static bool is_open(const struct gate_rows *g)
{
    return g->shops > 0 ? g->open > 0 : g->on > 0;
}

int ps_gate(struct store *s, enum gate *now, struct err *e)
{
    struct gate_rows g;

    *now = GATE_UNKNOWN;
    if (read_rows(s, &g, e) < 0)
        return -1;
    if (g.all > 0 || g.shops > 0)
        *now = is_open(&g) ? GATE_OPEN : GATE_CLOSED;
    return 0;
}

/* Names the shops that are closed for a reason of their own while others are open. */
static int name_closed(struct store *s, struct work *w, struct err *e)
{
    struct mysql *db = store_db(s, e);
    const char *table = store_table(s, "configuration");
    const struct mysql_cell *row;
    struct buf sql = {0};
    int rc;

    mysql_sqlf(db, &sql,
               "SELECT sh.id_shop, sh.name FROM %i sh WHERE sh.active = 1 AND sh.deleted = 0 AND " COUNTS
               " IN ('', '0') ORDER BY sh.id_shop",
               store_table(s, "shop"), table, table, table);
    rc = mysql_query(db, buf_str(&sql), e);
    while (rc >= 0 && (rc = mysql_row(db, &row, e)) == 1)
        w->say(w, "shop %.*s, %.*s, stays closed: it has a setting of its own, which was closed before; open it in the back office",
               STR_FMT(row[0].s), STR_FMT(row[1].s));
    buf_free(&sql);
    return rc < 0 ? -1 : 0;
}

static int change(struct store *s, const char *what, struct err *e)
{
    struct mysql *db = store_db(s, e);
    struct buf sql = {0};
    int rc;

    if (db == NULL)
        return -1;
    mysql_sqlf(db, &sql, "UPDATE %i", store_table(s, "configuration"));
    buf_adds(&sql, what);
    rc = mysql_exec(db, buf_str(&sql), NULL, e);
    buf_free(&sql);
    return rc;
}

static int close_all(struct store *s, const struct gate_rows *g, struct err *e)
{
    return change(s, g->all == 1 ? " SET value = '0' WHERE name = '" SETTING "'"
                                 : " SET value = '' WHERE name = '" SETTING "' AND COALESCE(value, '') NOT IN ('', '0')",
                  e);
}

/* What we closed; else the row for all, and where that opens nothing, every row. */
static int open_all(struct store *s, const struct gate_rows *before, struct err *e)
{
    struct gate_rows g;

    if (before->marked > 0 && change(s, " SET value = '1' WHERE name = '" SETTING "' AND value = ''", e) < 0)
        return -1;
    if (read_rows(s, &g, e) < 0 || (!is_open(&g) && ps_setting_set(s, SETTING, "1", false, e) < 0) || read_rows(s, &g, e) < 0)
        return -1;
    return is_open(&g) ? 0 : ps_setting_set(s, SETTING, "1", true, e);
}

int ps_set_gate(struct store *s, enum gate to, struct work *w, struct err *e)
{
    struct gate_rows g;

    if (read_rows(s, &g, e) < 0)
        return -1;
    if (is_open(&g) == (to == GATE_OPEN)) {
        w->say(w, "the store is %s already", to == GATE_OPEN ? "open" : "closed");
        return g.shops > g.open && to == GATE_OPEN ? name_closed(s, w, e) : 0;
    }
    if (w->dry_run) {
        w->say(w, "would set " SETTING " to %d for %s", to == GATE_OPEN,
               to == GATE_CLOSED || g.marked == 0 ? "all shops" : "the shops that the toolkit closed");
        return 0;
    }
    if ((to == GATE_OPEN ? open_all(s, &g, e) : close_all(s, &g, e)) < 0 || read_rows(s, &g, e) < 0)
        return -1;
    if (is_open(&g) != (to == GATE_OPEN))
        return err_set(e, ERR_MISMATCH, "the store is still %s after the change", to == GATE_OPEN ? "closed" : "open");
    ps_cache_elsewhere(s, w);
    return to == GATE_OPEN && g.shops > g.open ? name_closed(s, w, e) : 0;
}
