/*
 * The database's way back. Tables that a restore put aside change places again. Where a case began with a snapshot instead, that is loaded
 * beside the live tables and takes their place, and tables that are not in it, for the case added them, get another name.
 */
#include "format/sql_facts.h"
#include "rescue/snapshot_parts.h"
#include "rescue/undo_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOTE_TABLES "tables" /* of the snapshot, each with a NUL behind it */

/* ---- tables that stand ready ---- */

static int change_back(struct undo *u, const char *tag, struct undo_result *r, struct err *e)
{
    struct shadow *sh;
    int rc = -1;

    if (undo_open_shadow(u, tag, CASE_STEP, &sh, e) < 0)
        return -1;
    r->may_have_changed = true;
    if (shadow_back(sh, e) == 0 && shadow_recheck(sh, e) == 0)
        rc = 0;
    r->tables = shadow_report(sh)->tables;
    shadow_close(sh);
    return rc;
}

/* ---- reading the snapshot alone ---- */

struct reading {
    struct sql_dump *d;
    struct sql_facts *facts;
    unsigned server; /* whose executable comments count */
    bool mariadb;
};

static int take_items(struct reading *g, struct err *e)
{
    struct sql_item item;

    do {
        struct sql_statement st;
        bool parsed = false;

        if (sql_dump_next(g->d, &item, e) < 0)
            return -1;
        if (item.kind == SQL_MORE)
            return 0;
        if (item.kind == SQL_STATEMENT || item.kind == SQL_INSERT) {
            sql_statement_read(item.text, g->server, g->mariadb, &st);
            parsed = true;
        }
        sql_facts_item(g->facts, &item, parsed ? &st : NULL);
    } while (true);
}

static int read_piece(void *arg, struct str bytes, uint64_t in, struct err *e)
{
    struct reading *g = arg;

    (void)in;
    sql_dump_feed(g->d, bytes);
    return take_items(g, e);
}

/* Reads it to its end without a server: whole, and of which tables. */
static int read_snapshot(struct undo *u, const char *name, struct sql_facts *facts, struct err *e)
{
    struct mysql *m = store_db(u->s, e);
    struct reading g = {.facts = facts};
    int r;

    if (m == NULL)
        return -1;
    g.d = sql_dump_new();
    g.server = mysql_version_number(m);
    g.mariadb = mysql_is_mariadb(m);
    r = snapshot_read(&u->w->tree, name, read_piece, &g, e);
    if (r == 0) {
        sql_dump_eof(g.d);
        r = take_items(&g, e);
    }
    sql_facts_file_end(facts, g.d, r < 0 ? e : NULL);
    sql_facts_end(facts);
    sql_dump_free(g.d);
    if (r == 0 && facts->whole != SQL_WHOLE_YES)
        r = err_set(e, ERR_FORMAT, "%s/%s is not whole: %s", u->w->tree.path, name, facts->why_not);
    return r;
}

/* ---- loading it ---- */

struct loading {
    struct shadow *sh;
    const struct work_ui *ui;
    uint64_t total;
};

static int feed(void *arg, struct str bytes, uint64_t in, struct err *e)
{
    struct loading *l = arg;

    l->ui->progress(l->ui->ctx, "Loading the database as it was", in, l->total);
    return shadow_feed(l->sh, bytes, e);
}

static int load(struct undo *u, struct shadow *sh, const char *name, struct sql_facts *facts, struct err *e)
{
    struct loading l = {.sh = sh, .ui = u->ui};
    struct stat st;

    if (tree_stat(&u->w->tree, name, &st, e) < 0)
        return -1;
    l.total = (uint64_t)st.st_size;
    if (shadow_load_begin(sh, facts, e) < 0 || shadow_file(sh, name, e) < 0 ||
        snapshot_read(&u->w->tree, name, feed, &l, e) < 0 || shadow_file_end(sh, e) < 0)
        return -1;
    return shadow_load_end(sh, e);
}

static int note_tables(struct undo *u, const struct sql_facts *facts, struct err *e)
{
    struct buf names = {0};
    int r;

    for (size_t i = 0; i < facts->tables.n; i++) {
        /* As the server says it: a quote within a name is doubled in the dump alone. */
        for (const char *c = facts->tables.v[i].name; *c; c++) {
            buf_addc(&names, *c);
            if (c[0] == '`' && c[1] == '`')
                c++;
        }
        buf_addc(&names, '\0');
    }
    r = case_file_note(u->cf, u->id, UNDO_STEP, NOTE_TABLES, buf_str(&names), e);
    buf_free(&names);
    return r;
}

/* A load in place overwrites what is there: that is kept too, and the snapshot is read to its end first. */
static int prepare_in_place(struct undo *u, const char *name, struct err *e)
{
    struct sql_facts facts;
    struct workdir *w = (struct workdir *)(uintptr_t)u->w;
    char redo[48];
    int r;

    sql_facts_init(&facts);
    r = read_snapshot(u, name, &facts, e);
    sql_facts_free(&facts);
    undo_snapshot_name(u->id, "redo", redo);
    return r < 0 ? -1 : snapshot_db(u->s, w, redo, u->ui, e);
}

/* After this the snapshot's tables stand ready or are live, and their names are noted. */
static int bring_ready(struct undo *u, struct shadow *sh, const char *name, struct err *e)
{
    struct sql_facts facts;
    enum shadow_state state = shadow_state(sh);
    size_t n;
    int r = -1;

    if (state != SHADOW_NONE && undo_note(u, UNDO_STEP, NOTE_TABLES, &n))
        return 0;
    sql_facts_init(&facts);
    if (state != SHADOW_NONE)
        r = read_snapshot(u, name, &facts, e);
    else if (shadow_mode(sh) != SHADOW_IN_PLACE || prepare_in_place(u, name, e) == 0)
        r = load(u, sh, name, &facts, e);
    if (r == 0)
        r = note_tables(u, &facts, e);
    sql_facts_free(&facts);
    return r;
}

static bool is_in(struct str list, struct str name)
{
    for (size_t at = 0; at < list.n;) {
        const char *one = list.p + at;

        if (str_is(name, one))
            return true;
        at += strlen(one) + 1;
    }
    return false;
}

static bool is_stores(const struct store *s, struct str name)
{
    const char *const *heads = s->platform->table_heads;

    if (str_starts(name, str_of(s->prefix ? s->prefix : "")))
        return true;
    for (size_t i = 0; heads && heads[i]; i++)
        if (str_starts(name, str_of(heads[i])))
            return true;
    return false;
}

/* Live tables of the store that the snapshot does not hold. */
static int list_added(struct undo *u, struct str known, struct buf *added, struct err *e)
{
    struct mysql *m = store_db(u->s, e);
    const struct mysql_cell *cell;
    int r;

    if (m == NULL ||
        mysql_query(m, STR("SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() ORDER BY TABLE_NAME"),
                    e) < 0)
        return -1;
    while ((r = mysql_row(m, &cell, e)) == 1) {
        if (!is_stores(u->s, cell[0].s) || aside_is_ours(cell[0].s) || is_in(known, cell[0].s))
            continue;
        buf_addstr(added, cell[0].s);
        buf_addc(added, '\0');
    }
    return r;
}

static int put_added_aside(struct undo *u, struct undo_result *r, struct err *e)
{
    struct buf added = {0};
    struct str known;
    int rc = -1;

    known.p = undo_note(u, UNDO_STEP, NOTE_TABLES, &known.n);
    if (known.p == NULL)
        return err_set(e, ERR_MISMATCH, "case %lld: the list of the snapshot's tables is gone", (long long)u->id);
    for (size_t at = 0; at < known.n; at += strlen(known.p + at) + 1)
        r->tables++;
    if (list_added(u, known, &added, e) == 0)
        rc = aside_put(u, UNDO_STEP, buf_str(&added), &r->aside, e);
    buf_free(&added);
    return rc;
}

static int load_snapshot(struct undo *u, struct undo_result *r, struct err *e)
{
    struct shadow *sh;
    char name[48];
    int rc = -1;

    undo_snapshot_name(u->id, "db", name);
    if (case_file_note(u->cf, u->id, UNDO_STEP, NOTE_TAG, str_of(undo_tag(u)), e) < 0 ||
        undo_open_shadow(u, undo_tag(u), UNDO_STEP, &sh, e) < 0)
        return -1;
    r->may_have_changed = r->may_have_changed || shadow_state(sh) == SHADOW_SWITCHED || shadow_mode(sh) == SHADOW_IN_PLACE;
    if (bring_ready(u, sh, name, e) == 0) {
        r->may_have_changed = true;
        if (shadow_switch(sh, e) == 0 && shadow_recheck(sh, e) == 0 && put_added_aside(u, r, e) == 0)
            rc = 0;
    }
    shadow_close(sh);
    return rc;
}

int undo_db(struct undo *u, const struct undo_info *info, struct undo_result *r, struct err *e)
{
    size_t n;

    if (info->tables > 0) {
        r->may_have_changed = true;
        if (aside_back(u, CASE_STEP, &r->tables, e) < 0)
            return -1;
    }
    if (info->db_switched)
        return change_back(u, undo_note(u, CASE_STEP, NOTE_TAG, &n), r, e);
    return info->db_snapshot ? load_snapshot(u, r, e) : 0;
}
