/*
 * Changing places. What is replaced is written down in the marker, what a RENAME can't pass is taken away, and one
 * RENAME TABLE moves all tables and the marker, so that afterwards the marker's place says which side is live. The
 * rest is made from what is written down and can be made again: a run that was killed is completed by calling the
 * same function once more.
 */
#include "db/shadow_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A shop's own statements end within seconds; while we wait, it waits behind us. */
#define LOCK_WAIT_S "5"
#define ATTEMPTS    8
#define PAUSE_NS    500000000

#define ER_LOCK_WAIT_TIMEOUT 1205u

/* Tables of a database with their types, 'T' or 'V' in front of the name. */
static int list_tables(struct shadow *s, const char *db, struct shadow_names *out, struct err *e)
{
    struct buf sql = {0};
    int r;

    mysql_sqlf(s->own, &sql,
               "SELECT CONCAT(IF(table_type='VIEW','V','T'), table_name) FROM information_schema.tables WHERE "
               "table_schema=%s",
               db);
    r = shadow_list(s, &sql, out, e);
    buf_free(&sql);
    return r;
}

static bool is_there(const struct shadow_names *list, char type, const char *name)
{
    size_t i;

    for (i = 0; i < list->n; i++)
        if (list->v[i][0] == type && strcmp(list->v[i] + 1, name) == 0)
            return true;
    return false;
}

/* Which live tables are replaced: those that the dump has as tables or as views. */
static int note_old_tables(struct shadow *s, const struct mark_rows *new_rows, const struct shadow_names *live,
                           struct err *e)
{
    size_t i;
    size_t k = 0;

    for (i = 0; i < new_rows->n; i++) {
        const struct mark_row *n = &new_rows->v[i];
        struct mark_row old = {.kind = "table", .name = n->name};
        struct buf keep = {0};
        int r;

        if ((strcmp(n->kind, "table") != 0 && strcmp(n->kind, "VIEW") != 0) || !is_there(live, 'T', n->name))
            continue;
        if (s->mode == SHADOW_NAMES)
            buf_printf(&keep, "_tk%so%zu", s->o.tag, k++);
        else
            buf_adds(&keep, n->name);
        old.extra = buf_cstr(&keep);
        r = shadow_mark_put(s, MARK_OLD, &old, e);
        buf_free(&keep);
        if (r != 0)
            return -1;
    }
    return 0;
}

/* Tables that were put down as replaced in an attempt that was cut and are not there any more. */
static int forget_old_tables(struct shadow *s, const struct shadow_names *live, struct err *e)
{
    struct mark_rows old = {0};
    size_t i;
    int r = shadow_mark_read(s, MARK_OLD, "table", &old, e);

    for (i = 0; r == 0 && i < old.n; i++)
        if (!is_there(live, 'T', old.v[i].name))
            r = shadow_mark_take(s, MARK_OLD, &old.v[i], e);
    free(old.v);
    return r;
}

static void add_move(struct buf *sql, const char *from_db, const char *from, const char *to_db, const char *to)
{
    if (sql->n > strlen("RENAME TABLE "))
        buf_adds(sql, ", ");
    mysql_quote_id(sql, str_of(from_db));
    buf_addc(sql, '.');
    mysql_quote_id(sql, str_of(from));
    buf_adds(sql, " TO ");
    mysql_quote_id(sql, str_of(to_db));
    buf_addc(sql, '.');
    mysql_quote_id(sql, str_of(to));
}

static void move_marker(struct shadow *s, enum shadow_state to, struct buf *sql)
{
    buf_adds(sql, ", ");
    shadow_mark_name(s, s->state, sql);
    buf_adds(sql, " TO ");
    shadow_mark_name(s, to, sql);
}

/* Who is using the live database, for the error. */
static void name_users(struct shadow *s, struct err *e)
{
    const struct mysql_cell *c;
    struct buf sql = {0};
    struct buf who = {0};
    struct err ignored;
    int n = 0;

    mysql_sqlf(s->own, &sql,
               "SELECT id, command, time FROM information_schema.processlist WHERE db=%s AND id<>CONNECTION_ID() "
               "ORDER BY time DESC LIMIT 8",
               s->live);
    if (mysql_query(s->own, buf_str(&sql), &ignored) == 0)
        for (; mysql_row(s->own, &c, &ignored) > 0; n++)
            buf_printf(&who, "%s%.*s (%.*s, %.*s s)", n > 0 ? ", " : "", STR_FMT(c[0].s), STR_FMT(c[1].s),
                       STR_FMT(c[2].s));
    err_fix(e, "close the shop, or end the connections that hold the tables%s%s (SHOW PROCESSLIST, KILL number), and "
               "try again",
            n > 0 ? ": " : "", n > 0 ? buf_cstr(&who) : "");
    buf_free(&sql);
    buf_free(&who);
}

/*
 * Clears the way and renames, some times when the tables are in use. When it does not come about, what was cleared
 * away is put back.
 */
static int rename_all(struct shadow *s, const struct buf *sql, enum shadow_state to, enum mark_side leaving,
                      struct err *e)
{
    const struct timespec pause = {0, PAUSE_NS};
    struct err back = {0};
    int attempt;

    for (attempt = 1;; attempt++) {
        if (shadow_stopped(s, e))
            break;
        if (shadow_live_clear(s, leaving, e) != 0)
            break;
        if (mysql_exec(s->own, buf_str(sql), NULL, e) == 0) {
            s->state = to;
            s->mark_next = 0;
            return 0;
        }
        if (e->db_code != ER_LOCK_WAIT_TIMEOUT || attempt == ATTEMPTS)
            break;
        if (shadow_live_make(s, leaving, &back) != 0)
            break;
        shadow_tell(s, "waiting for the shop's own queries", (uint64_t)attempt, ATTEMPTS);
        err_clear(e);
        nanosleep(&pause, NULL);
    }
    if (e->db_code == ER_LOCK_WAIT_TIMEOUT) {
        err_wrap(e, "the tables did not change places, for they are in use");
        name_users(s, e);
    } else {
        err_wrap(e, "the tables did not change places");
    }
    if (mysql_alive(s->own) && shadow_live_make(s, leaving, &back) != 0)
        shadow_remark(s, "what was cleared away for the switch could not be put back: %s", back.text);
    return -1;
}

static int set_wait(struct shadow *s, struct err *e)
{
    return mysql_exec(s->own, STR("SET lock_wait_timeout=" LOCK_WAIT_S), NULL, e);
}

static int switch_tables(struct shadow *s, struct err *e)
{
    struct mark_rows tables = {0};
    struct mark_rows all = {0};
    struct mark_rows old = {0};
    struct shadow_names live = {0};
    struct buf sql = {0};
    size_t i;
    int r = shadow_mark_read(s, MARK_NEW, "table", &tables, e);

    if (r == 0)
        r = shadow_mark_read(s, MARK_NEW, NULL, &all, e);
    if (r == 0)
        r = list_tables(s, s->live, &live, e);
    if (r == 0)
        r = shadow_keys_check(s, &tables, e);
    if (r == 0)
        r = note_old_tables(s, &all, &live, e);
    if (r == 0)
        r = forget_old_tables(s, &live, e);
    if (r == 0)
        r = shadow_mark_read(s, MARK_OLD, "table", &old, e);
    if (r == 0)
        r = shadow_live_note(s, &tables, e);
    if (r == 0)
        r = shadow_note(s, "db.switch", "begun", e);
    if (r != 0)
        goto out;
    buf_adds(&sql, "RENAME TABLE ");
    for (i = 0; i < old.n; i++)
        add_move(&sql, s->live, old.v[i].name, s->keep, old.v[i].extra);
    for (i = 0; i < tables.n; i++)
        add_move(&sql, s->sh, tables.v[i].extra, s->live, tables.v[i].name);
    if (old.n + tables.n == 0) {
        buf_reset(&sql);
        buf_adds(&sql, "RENAME TABLE ");
        shadow_mark_name(s, s->state, &sql);
        buf_adds(&sql, " TO ");
        shadow_mark_name(s, SHADOW_SWITCHED, &sql);
    } else {
        move_marker(s, SHADOW_SWITCHED, &sql);
    }
    r = rename_all(s, &sql, SHADOW_SWITCHED, MARK_OLD, e);
out:
    free(tables.v);
    free(all.v);
    free(old.v);
    free(live.v);
    buf_free(&sql);
    return r;
}

int shadow_switch(struct shadow *s, struct err *e)
{
    if (s->mode == SHADOW_IN_PLACE && s->state == SHADOW_SWITCHED)
        return 0;
    if (s->state == SHADOW_NONE)
        return err_set(e, ERR_ABSENT, "%s: nothing is loaded there that could be switched to", s->where);
    if (s->state == SHADOW_BACK)
        return err_set(e, ERR_REFUSED, "%s: this load was switched to and back already", s->where);
    if (set_wait(s, e) != 0)
        return -1;
    if (s->state == SHADOW_READY && switch_tables(s, e) != 0)
        return -1;
    if (shadow_keys_repair(s, e) != 0 || shadow_live_make(s, MARK_NEW, e) != 0)
        return err_wrap(e, "the tables have changed places, but not all that belongs to them could be made");
    return shadow_note(s, "db.switch", "done", e);
}

static int back_tables(struct shadow *s, struct err *e)
{
    struct mark_rows tables = {0};
    struct mark_rows old = {0};
    struct shadow_names live = {0};
    struct shadow_names kept = {0};
    struct buf sql = {0};
    size_t i;
    int r = shadow_mark_read(s, MARK_NEW, "table", &tables, e);

    if (r == 0)
        r = shadow_mark_read(s, MARK_OLD, "table", &old, e);
    if (r == 0)
        r = list_tables(s, s->live, &live, e);
    if (r == 0)
        r = list_tables(s, s->keep, &kept, e);
    for (i = 0; r == 0 && i < old.n; i++)
        if (!is_there(&kept, 'T', old.v[i].extra))
            r = err_set(e, ERR_ABSENT, "table %s, which was put aside as %s.%s, is not there any more", old.v[i].name,
                        s->keep, old.v[i].extra);
    if (r == 0)
        r = shadow_note(s, "db.back", "begun", e);
    if (r != 0)
        goto out;
    buf_adds(&sql, "RENAME TABLE ");
    for (i = 0; i < tables.n; i++)
        if (is_there(&live, 'T', tables.v[i].name))
            add_move(&sql, s->live, tables.v[i].name, s->sh, tables.v[i].extra);
    for (i = 0; i < old.n; i++)
        add_move(&sql, s->keep, old.v[i].extra, s->live, old.v[i].name);
    if (sql.n == strlen("RENAME TABLE ")) {
        shadow_mark_name(s, s->state, &sql);
        buf_adds(&sql, " TO ");
        shadow_mark_name(s, SHADOW_BACK, &sql);
    } else {
        move_marker(s, SHADOW_BACK, &sql);
    }
    r = rename_all(s, &sql, SHADOW_BACK, MARK_NEW, e);
out:
    free(tables.v);
    free(old.v);
    free(live.v);
    free(kept.v);
    buf_free(&sql);
    return r;
}

int shadow_back(struct shadow *s, struct err *e)
{
    if (s->mode == SHADOW_IN_PLACE)
        return err_set(e, ERR_REFUSED, "the tables were loaded in place: only the snapshot from before brings them back");
    if (s->state == SHADOW_NONE)
        return 0;
    if (set_wait(s, e) != 0)
        return -1;
    if (s->state == SHADOW_READY) {
        struct mark_rows old = {0};
        /* A switch that was cut in front of its RENAME may have taken triggers away, but not before all were written down: by an
         * unfinished list the live ones would be taken for those of the dump. */
        int r = shadow_mark_read(s, MARK_OLD, MARK_KIND_ALL, &old, e);

        if (r == 0 && old.n > 0)
            r = shadow_live_make(s, MARK_OLD, e);
        free(old.v);
        return r;
    }
    if (s->state == SHADOW_SWITCHED && back_tables(s, e) != 0)
        return -1;
    if (shadow_keys_repair(s, e) != 0 || shadow_live_make(s, MARK_OLD, e) != 0)
        return err_wrap(e, "the tables have changed back, but not all that belongs to them could be made");
    return shadow_note(s, "db.back", "done", e);
}

int shadow_recheck(struct shadow *s, struct err *e)
{
    struct mark_rows rows = {0};
    struct shadow_names live = {0};
    enum shadow_state now;
    size_t tables = 0;
    size_t i;
    int r;

    if (s->mode == SHADOW_IN_PLACE)
        return 0;
    r = shadow_mark_find(s, &now, e);
    if (r == 0 && (now != s->state || now == SHADOW_NONE))
        r = err_set(e, ERR_MISMATCH, "%s: the mark of the switch is not where it has to be", s->where);
    if (r == 0)
        r = shadow_mark_read(s, now == SHADOW_SWITCHED ? MARK_NEW : MARK_OLD, NULL, &rows, e);
    if (r == 0)
        r = list_tables(s, s->live, &live, e);
    for (i = 0; r == 0 && i < rows.n; i++) {
        bool view = strcmp(rows.v[i].kind, "VIEW") == 0;
        bool table = strcmp(rows.v[i].kind, "table") == 0;

        tables += table;
        if ((view || table) && !is_there(&live, view ? 'V' : 'T', rows.v[i].name))
            r = err_set(e, ERR_MISMATCH, "%s %s is not in database %s", view ? "view" : "table", rows.v[i].name, s->live);
    }
    if (r == 0)
        s->report.tables = tables;
    free(rows.v);
    free(live.v);
    return r;
}

int shadow_drop(struct shadow *s, uint64_t *bytes, struct err *e)
{
    struct buf sql = {0};
    struct buf pattern = {0};
    uint64_t n = 0;
    int r = 0;

    if (s->mode != SHADOW_IN_PLACE) {
        if (s->state == SHADOW_READY && shadow_back(s, e) != 0)
            return -1;
        if (s->mode == SHADOW_NAMES)
            buf_printf(&pattern, "^_tk%s", s->o.tag);
        else
            buf_adds(&pattern, ".");
        mysql_sqlf(s->own, &sql,
                   "SELECT CAST(COALESCE(SUM(data_length + index_length), 0) AS UNSIGNED) FROM information_schema.tables "
                   "WHERE table_schema IN (%s, %s) AND table_name REGEXP %S",
                   s->sh, s->keep, buf_str(&pattern));
        r = shadow_number(s, &sql, &n, e);
        if (r == 0)
            r = shadow_drop_parts(s, true, e);
        if (r == 0)
            s->state = SHADOW_NONE;
    }
    if (bytes != NULL)
        *bytes = n;
    buf_free(&sql);
    buf_free(&pattern);
    return r;
}
