/*
 * Open and closed: the setting config_maintenance of every shop, where that of shop 0 holds for those that have none. What PHP takes for
 * true is closed.
 *
 * Which shops were closed by the merchant has to be known when the store opens again, which may be another run of the program, a restore or
 * an undo. Where there is more than one row it is kept in the rows themselves: what is closed here becomes 2, which is as true as the 1 of
 * those that were closed before, and one statement changes them all.
 */
#include "platform/opencart/oc.h"

#include <stdlib.h>
#include <string.h>

#define SETTING "config_maintenance"

struct shop {
    uint64_t id;
    bool has_row;
    bool closed; /* with a row of its own */
};

struct shops {
    VEC(struct shop) all; /* the first is shop 0 */
    size_t rows;          /* of the setting, those of shops that are gone too */
    size_t marked;        /* closed by us */
};

static struct shop *find(struct shops *l, uint64_t id)
{
    for (size_t i = 0; i < l->all.n; i++)
        if (l->all.v[i].id == id)
            return &l->all.v[i];
    return NULL;
}

static void shops_free(struct shops *l)
{
    free(l->all.v);
    memset(l, 0, sizeof *l);
}

static int list_shops(struct store *s, struct shops *l, struct err *e)
{
    struct mysql *db = store_db(s, e);
    const struct mysql_cell *row;
    struct buf sql = {0};
    bool there;
    int rc;

    *vec_push(&l->all) = (struct shop){0};
    if (db == NULL || oc_has(s, "store", NULL, &there, e) < 0)
        return -1;
    if (!there)
        return 0;
    mysql_sqlf(db, &sql, "SELECT store_id FROM %i ORDER BY store_id", store_table(s, "store"));
    rc = mysql_query(db, buf_str(&sql), e);
    while (rc >= 0 && (rc = mysql_row(db, &row, e)) == 1) {
        uint64_t id;

        if (!row[0].is_null && str_u64(row[0].s, UINT64_MAX, &id) && find(l, id) == NULL)
            *vec_push(&l->all) = (struct shop){.id = id};
    }
    buf_free(&sql);
    return rc < 0 ? -1 : 0;
}

static int read_shops(struct store *s, struct shops *l, struct err *e)
{
    struct mysql *db = store_db(s, e);
    const struct mysql_cell *row;
    struct buf sql = {0};
    const char *code;
    int rc;

    memset(l, 0, sizeof *l);
    if (db == NULL || list_shops(s, l, e) < 0 || oc_setting_code(s, &code, e) < 0)
        return -1;
    mysql_sqlf(db, &sql, "SELECT store_id, value FROM %i WHERE %i = 'config' AND `key` = '" SETTING "' ORDER BY setting_id",
               store_table(s, "setting"), code);
    rc = mysql_query(db, buf_str(&sql), e);
    while (rc >= 0 && (rc = mysql_row(db, &row, e)) == 1) {
        struct shop *shop;
        uint64_t id;

        l->rows++;
        if (row[0].is_null || !str_u64(row[0].s, UINT64_MAX, &id) || (shop = find(l, id)) == NULL)
            continue;
        shop->has_row = true;
        shop->closed = !row[1].is_null && row[1].s.n > 0 && !str_is(row[1].s, "0");
        l->marked += !row[1].is_null && str_is(row[1].s, "2");
    }
    buf_free(&sql);
    return rc < 0 ? -1 : 0;
}

static bool is_open(const struct shops *l, size_t i)
{
    return l->all.v[i].has_row ? !l->all.v[i].closed : !l->all.v[0].closed;
}

/* While one shop lets visitors in, the store is open. */
static size_t count_open(const struct shops *l)
{
    size_t n = 0;

    for (size_t i = 0; i < l->all.n; i++)
        n += is_open(l, i);
    return n;
}

int oc_gate(struct store *s, enum gate *now, struct err *e)
{
    struct shops l;
    int rc;

    *now = GATE_UNKNOWN;
    rc = read_shops(s, &l, e);
    if (rc == 0)
        *now = count_open(&l) > 0 ? GATE_OPEN : GATE_CLOSED;
    shops_free(&l);
    return rc;
}

bool oc_main_is_closed(struct store *s)
{
    struct buf value = {0};
    struct err ignored = {0};
    bool found = false;
    bool closed = oc_setting_get(s, 0, SETTING, &value, &found, &ignored) == 0 && found && value.n > 0 && !str_is(buf_str(&value), "0");

    buf_free(&value);
    return closed;
}

const char *oc_gate_but(struct store *s)
{
    return oc_main_is_closed(s) ? ", but its main shop is closed (maintenance mode)" : NULL;
}

static int change(struct store *s, const char *value, const char *where, struct err *e)
{
    struct mysql *db = store_db(s, e);
    struct buf sql = {0};
    const char *code;
    int rc;

    if (db == NULL || oc_setting_code(s, &code, e) < 0)
        return -1;
    mysql_sqlf(db, &sql, "UPDATE %i SET value = %s WHERE %i = 'config' AND `key` = '" SETTING "'", store_table(s, "setting"), value, code);
    buf_adds(&sql, where);
    rc = mysql_exec(db, buf_str(&sql), NULL, e);
    buf_free(&sql);
    return rc;
}

static int close_all(struct store *s, const struct shops *l, struct err *e)
{
    bool one = l->rows == 0 || (l->rows == 1 && l->all.v[0].has_row);

    if (!l->all.v[0].has_row && oc_setting_set(s, 0, SETTING, "0", e) < 0)
        return -1;
    return change(s, one ? "1" : "2", " AND value IN ('', '0')", e);
}

/* What we closed; else shop 0, and where that opens nothing, every row. */
static int open_all(struct store *s, const struct shops *before, struct err *e)
{
    static const char *const which[] = {" AND value = '2'", " AND store_id = 0", ""};
    struct shops now = {0};
    int rc = 0;

    for (size_t i = before->marked > 0 ? 0 : 1; rc == 0 && i < sizeof which / sizeof *which; i++) {
        rc = change(s, "0", which[i], e);
        shops_free(&now);
        if (rc == 0)
            rc = read_shops(s, &now, e);
        if (rc == 0 && (which[i][0] == '\0' || is_open(&now, 0) || (before->marked > 0 && count_open(&now) > 0)))
            break;
    }
    shops_free(&now);
    return rc;
}

/* Tells what the word "closed" does not hold for, and which shops stay closed for a reason of their own while others are open. */
static void say_limits(struct work *w, const struct shops *l, enum gate to)
{
    if (to == GATE_CLOSED) {
        w->say(w, "visitors get the maintenance page; who is logged in to the back office, the API and answers of payment services still pass and may write: "
                  "stop those in the web server where it matters");
        return;
    }
    for (size_t i = 0; i < l->all.n; i++)
        if (!is_open(l, i))
            w->say(w, "shop %llu stays closed: it was in maintenance before; open it in the back office", (unsigned long long)l->all.v[i].id);
}

static int set_gate(struct store *s, const struct shops *before, enum gate to, struct work *w, struct err *e)
{
    struct shops now;
    int rc = to == GATE_OPEN ? open_all(s, before, e) : close_all(s, before, e);

    if (rc < 0)
        return -1;
    rc = read_shops(s, &now, e);
    if (rc == 0 && (count_open(&now) > 0) != (to == GATE_OPEN))
        rc = err_set(e, ERR_MISMATCH, "the store is still %s after the change", to == GATE_OPEN ? "closed" : "open");
    if (rc == 0)
        say_limits(w, &now, to);
    shops_free(&now);
    return rc;
}

int oc_set_gate(struct store *s, enum gate to, struct work *w, struct err *e)
{
    struct shops l;
    int rc = read_shops(s, &l, e);

    if (rc == 0 && (to == GATE_OPEN ? l.marked == 0 && is_open(&l, 0) : count_open(&l) == 0)) {
        w->say(w, "the store is %s already", to == GATE_OPEN ? "open" : "closed");
        if (to == GATE_OPEN)
            say_limits(w, &l, to);
    } else if (rc == 0 && w->dry_run) {
        w->say(w, "would set " SETTING " to %d for %s", to == GATE_CLOSED,
               to == GATE_CLOSED || l.marked == 0 ? "all shops" : "the shops that the toolkit closed");
    } else if (rc == 0) {
        rc = set_gate(s, &l, to, w, e);
    }
    shops_free(&l);
    return rc;
}
