#include "rescue/undo_parts.h"

#include <stdlib.h>
#include <string.h>

bool aside_is_ours(struct str name)
{
    return str_starts(name, STR("_tk"));
}

/* "u" names what going back has put aside, "c" what the case itself has. */
static const char *aside_name(struct undo *u, const char *step, size_t number)
{
    return arena_printf(&u->mem, "_tk%s%s%zu", undo_tag(u), step[0] ? "a" : "c", number);
}

struct pair {
    const char *live;
    const char *aside;
    bool is_live, is_aside; /* there is a table of that name */
};

struct pairs {
    VEC(struct pair) all;
};

/* The next name of the list, false at its end. */
static bool next_name(struct str *rest, const char **name)
{
    const char *end = rest->n > 0 ? memchr(rest->p, '\0', rest->n) : NULL;

    if (end == NULL)
        return false;
    *name = rest->p;
    *rest = str_sub(*rest, (size_t)(end - rest->p) + 1, rest->n);
    return true;
}

static int look_up(struct mysql *m, struct pairs *p, struct err *e)
{
    const struct mysql_cell *cell;
    int r;

    if (mysql_query(m, STR("SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()"), e) < 0)
        return -1;
    while ((r = mysql_row(m, &cell, e)) == 1)
        for (size_t i = 0; i < p->all.n; i++) {
            p->all.v[i].is_live = p->all.v[i].is_live || str_is(cell[0].s, p->all.v[i].live);
            p->all.v[i].is_aside = p->all.v[i].is_aside || str_is(cell[0].s, p->all.v[i].aside);
        }
    return r;
}

/* What the step's note names, and what of it is where. The session is the store's. */
static int read_pairs(struct undo *u, const char *step, struct pairs *p, struct err *e)
{
    struct mysql *m;
    struct str rest;
    const char *name;

    memset(p, 0, sizeof *p);
    rest.p = undo_note(u, step, NOTE_ASIDE, &rest.n);
    if (rest.p == NULL)
        return 0;
    while (next_name(&rest, &name)) {
        size_t number = p->all.n;

        *vec_push(&p->all) = (struct pair){.live = name, .aside = aside_name(u, step, number)};
    }
    if (p->all.n == 0)
        return 0;
    m = store_db(u->s, e);
    return m == NULL ? -1 : look_up(m, p, e);
}

/* All at once: one statement, which the server carries out whole or not at all. */
static int rename_all(struct undo *u, const struct pairs *p, bool back, size_t *n, struct err *e)
{
    struct mysql *m = store_db(u->s, e);
    struct buf sql = {0};
    int r = 0;

    *n = 0;
    if (m == NULL)
        return -1;
    for (size_t i = 0; i < p->all.n; i++) {
        const struct pair *one = &p->all.v[i];

        if (back ? !one->is_aside || one->is_live : !one->is_live || one->is_aside)
            continue;
        buf_adds(&sql, *n ? ", " : "RENAME TABLE ");
        mysql_sqlf(m, &sql, "%i TO %i", back ? one->aside : one->live, back ? one->live : one->aside);
        (*n)++;
    }
    if (*n > 0)
        r = mysql_exec(m, buf_str(&sql), NULL, e);
    buf_free(&sql);
    return r;
}

int aside_put(struct undo *u, const char *step, struct str names, size_t *n, struct err *e)
{
    struct pairs p;
    size_t had;
    int r = -1;

    *n = 0;
    /* The list of a run that was cut is the one that counts: its numbers are in the names. */
    if (undo_note(u, step, NOTE_ASIDE, &had) == NULL) {
        if (names.n == 0)
            return 0;
        if (case_file_note(u->cf, u->id, step, NOTE_ASIDE, names, e) < 0)
            return -1;
    }
    if (read_pairs(u, step, &p, e) == 0)
        r = rename_all(u, &p, false, n, e);
    for (size_t i = 0; i < p.all.n; i++)
        *n += r == 0 && p.all.v[i].is_aside;
    free(p.all.v);
    return r;
}

int aside_back(struct undo *u, const char *step, size_t *n, struct err *e)
{
    struct pairs p;
    int r = -1;

    *n = 0;
    if (read_pairs(u, step, &p, e) == 0)
        r = p.all.n ? rename_all(u, &p, true, n, e) : 0;
    free(p.all.v);
    return r;
}

static int size_of(struct mysql *m, const char *table, uint64_t *bytes, struct err *e)
{
    struct buf sql = {0};
    struct buf value = {0};
    uint64_t size = 0;
    bool found;
    int r;

    mysql_sqlf(m, &sql,
               "SELECT CAST(DATA_LENGTH + INDEX_LENGTH AS CHAR) FROM information_schema.TABLES"
               " WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = %s",
               table);
    r = mysql_value(m, buf_str(&sql), &value, &found, e);
    if (r == 0 && found && str_u64(buf_str(&value), UINT64_MAX, &size))
        *bytes += size;
    buf_free(&sql);
    buf_free(&value);
    return r;
}

static int drop_one(struct mysql *m, const char *table, uint64_t *bytes, struct err *e)
{
    struct buf sql = {0};
    int r;

    if (size_of(m, table, bytes, e) < 0)
        return -1;
    mysql_sqlf(m, &sql, "DROP TABLE IF EXISTS %i", table);
    r = mysql_exec(m, buf_str(&sql), NULL, e);
    if (r == 0) {
        buf_reset(&sql);
        mysql_sqlf(m, &sql, "DROP VIEW IF EXISTS %i", table);
        r = mysql_exec(m, buf_str(&sql), NULL, e);
    }
    buf_free(&sql);
    return r;
}

int aside_drop(struct undo *u, const char *step, uint64_t *bytes, struct err *e)
{
    struct mysql *m;
    struct pairs p;
    int r = -1;

    if (read_pairs(u, step, &p, e) < 0)
        goto out;
    r = 0;
    m = p.all.n ? store_db(u->s, e) : NULL;
    /* They may refer to each other. */
    if (m && (r = mysql_exec(m, STR("SET SESSION foreign_key_checks = 0"), NULL, e)) == 0) {
        for (size_t i = 0; r == 0 && i < p.all.n; i++)
            if (p.all.v[i].is_aside)
                r = drop_one(m, p.all.v[i].aside, bytes, e);
        if (r == 0)
            r = mysql_exec(m, STR("SET SESSION foreign_key_checks = 1"), NULL, e);
    }
out:
    free(p.all.v);
    return r;
}

size_t aside_count(struct undo *u, const char *step)
{
    struct err ignored = {0};
    struct pairs p;
    size_t n = 0;

    if (read_pairs(u, step, &p, &ignored) == 0)
        for (size_t i = 0; i < p.all.n; i++)
            n += p.all.v[i].is_aside;
    free(p.all.v);
    return n;
}
