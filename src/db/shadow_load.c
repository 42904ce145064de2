/*
 * Loading a dump: this thread reads it, decides what may be carried out, and packs rows; the pool's threads
 * send them. CREATE TABLE and DROP TABLE are carried out here, in order, and wait for no more than the rows of their
 * own table. Views, triggers, routines and events wait for the end.
 */
#include "db/shadow_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TELL_BYTES (UINT64_C(1) << 20)
#define CONNECTIONS_MAX 4u

#define ER_DBACCESS_DENIED 1044u
#define ER_ACCESS_DENIED   1227u

/* Of each new session. The names are those that every server knows. */
static const char *const setup[] = {"SET foreign_key_checks=0, unique_checks=0, autocommit=1",
                                    "SET sql_mode='NO_AUTO_VALUE_ON_ZERO'", NULL};
static const char *const setup_set[] = {"SET sql_mode=''", NULL};

void shadow_passed_over(struct shadow *s, const char *target)
{
    size_t i;

    for (i = 0; i < s->report.passed_over.n; i++)
        if (strcmp(s->report.passed_over.v[i], target) == 0)
            return;
    *vec_push(&s->report.passed_over) = arena_strdup(&s->mem, target);
}

static unsigned connections(const struct shadow *s)
{
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);

    if (s->mode == SHADOW_IN_PLACE)
        return 0;
    if (s->o.connections > 0)
        return s->o.connections < SHADOW_SESSIONS - SESSION_POOL ? s->o.connections : SHADOW_SESSIONS - SESSION_POOL;
    return cpus < 2 ? 2 : cpus > (long)CONNECTIONS_MAX ? CONNECTIONS_MAX : (unsigned)cpus;
}

/* The databases of the load, with the character set of the live one. */
static int make_databases(struct shadow *s, struct err *e)
{
    const struct mysql_cell *c;
    struct buf sql = {0};
    struct buf how = {0};
    int r;

    mysql_sqlf(s->own, &sql,
               "SELECT default_character_set_name, default_collation_name FROM information_schema.schemata "
               "WHERE schema_name=%s",
               s->live);
    r = mysql_query(s->own, buf_str(&sql), e);
    buf_reset(&sql);
    if (r == 0 && (r = mysql_row(s->own, &c, e)) >= 0) {
        if (r > 0)
            mysql_sqlf(s->own, &how, " CHARACTER SET %S COLLATE %S", c[0].s, c[1].s);
        r = mysql_skip(s->own, e);
    }
    if (r == 0 && s->mode == SHADOW_DATABASE) {
        mysql_sqlf(s->own, &sql, "CREATE DATABASE %i", s->sh);
        buf_addstr(&sql, buf_str(&how));
        r = shadow_exec(s, &sql, e);
        if (r == 0) {
            mysql_sqlf(s->own, &sql, "CREATE DATABASE %i", s->keep);
            buf_addstr(&sql, buf_str(&how));
            r = shadow_exec(s, &sql, e);
        }
        if (r != 0 && s->o.mode == SHADOW_AUTO && (e->db_code == ER_DBACCESS_DENIED || e->db_code == ER_ACCESS_DENIED)) {
            err_clear(e);
            r = shadow_drop_parts(s, false, e);
            shadow_fall_back(s);
        }
    }
    buf_free(&sql);
    buf_free(&how);
    return r;
}

int shadow_load_begin(struct shadow *s, struct sql_facts *facts, struct err *e)
{
    struct load_opts o = {.db = s->o.db, .setup = setup};

    if (s->state == SHADOW_SWITCHED || s->state == SHADOW_BACK)
        return err_set(e, ERR_REFUSED, "%s: this load was switched already", s->where);
    s->facts = facts;
    s->loading = true;
    s->state = SHADOW_NONE;
    if (shadow_note(s, "db.mode", shadow_mode_name(s->mode), e) != 0)
        return -1;
    if (s->mode == SHADOW_IN_PLACE) {
        if (shadow_note(s, "db.in-place", "loading", e) != 0)
            return -1;
    } else if (shadow_drop_parts(s, false, e) != 0 || make_databases(s, e) != 0) {
        goto fail;
    }
    if (shadow_note(s, "db.mode", shadow_mode_name(s->mode), e) != 0)
        goto fail;
    o.database = s->sh;
    o.connections = connections(s);
    o.may_repeat = s->mode != SHADOW_IN_PLACE;
    o.stop = s->o.stop;
    o.lock = shadow_lock_name(s);
    o.lock_from = SESSION_POOL;
    if (load_open(&s->pool, &o, e) != 0 ||
        shadow_session_open(s, SESSION_SET, &s->set, s->sh, setup_set, e) != 0 ||
        shadow_session_open(s, SESSION_MAKE, &s->make, s->sh, setup, e) != 0)
        goto fail;
    s->report.connections = load_connections(s->pool);
    s->env_stale = true;
    return 0;

fail:
    shadow_abandon(s);
    return -1;
}

int shadow_file(struct shadow *s, const char *name, struct err *e)
{
    (void)e;
    s->file = arena_strdup(&s->mem, name);
    s->dump = sql_dump_new();
    buf_reset(&s->head_raw);
    return 0;
}

/* ---- tables ---- */

static int give_keys(struct shadow *s, struct shadow_table *t, struct err *e)
{
    struct load_job *job;

    if (t->keys == NULL)
        return 0;
    job = load_take(s->pool);
    job->kind = LOAD_STATEMENT;
    job->exclusive = true;
    job->table = &t->load;
    job->env = t->env;
    job->file = t->file;
    job->line = t->line;
    job->offset = t->offset;
    mysql_sqlf(s->own, &job->sql, "ALTER TABLE %i ", t->in);
    buf_adds(&job->sql, t->keys);
    free(t->keys);
    t->keys = NULL;
    return load_give(s->pool, job, e);
}

int shadow_leave_table(struct shadow *s, struct err *e)
{
    struct shadow_table *t = s->table;

    if (shadow_flush(s, false, e) != 0)
        return -1;
    s->table = NULL;
    if (t == NULL)
        return 0;
    if (!t->made && t->create != NULL && shadow_table_make(s, t, false, e) != 0)
        return -1;
    return give_keys(s, t, e);
}

static int create_table(struct shadow *s, const struct sql_item *item, const struct sql_statement *st,
                        struct shadow_table *t, struct err *e)
{
    struct buf b = {0};

    if (t->made || t->create != NULL) {
        /* A second one without DROP TABLE: the server says what it thinks of that. */
        if (shadow_leave_table(s, e) != 0 || shadow_table_make(s, t, false, e) != 0 ||
            load_wait(s->pool, &t->load, e) != 0)
            return -1;
    }
    if (shadow_rewrite(s, item->text, st, false, &b, e) != 0) {
        buf_free(&b);
        return -1;
    }
    if (t->made) {
        const char *env = shadow_env(s, e);
        int r = env == NULL ? -1 : shadow_make_exec(s, buf_str(&b), env, e);

        buf_free(&b);
        return r;
    }
    shadow_set_create(s, t, &b);
    t->waits = false;
    t->env = shadow_env(s, e);
    t->file = s->file;
    t->line = item->line;
    t->offset = item->offset;
    t->load.serial = false;
    if (t->env == NULL)
        return -1;
    shadow_thing_forget(s, SQL_DROP_VIEW, str_of(t->name));
    s->table = t;
    return s->mode == SHADOW_IN_PLACE ? shadow_table_make(s, t, false, e) : 0;
}

static int drop_table(struct shadow *s, struct shadow_table *t, struct err *e)
{
    struct buf sql = {0};
    int r = 0;

    if (load_wait(s->pool, &t->load, e) != 0)
        return -1;
    if (t->made || s->mode == SHADOW_IN_PLACE) {
        mysql_sqlf(s->own, &sql, "DROP TABLE IF EXISTS %i", t->in);
        r = shadow_make_exec(s, buf_str(&sql), NULL, e);
    }
    buf_free(&sql);
    s->report.rows -= t->rows;
    t->made = false;
    t->from_live = false;
    t->waits = false;
    t->alone = NULL;
    t->loose = false;
    t->rows = 0;
    t->load.affected = 0;
    free(t->create);
    free(t->keys);
    t->create = NULL;
    t->keys = NULL;
    return r;
}

static int drop_tables(struct shadow *s, const struct sql_item *item, const struct sql_statement *st, struct err *e)
{
    struct shadow_names names = {0};
    size_t i;
    int r = shadow_all_names(s, item->text, st, &names, e);

    for (i = 0; r == 0 && i < names.n; i++) {
        struct str target = str_of(names.v[i]);
        struct shadow_table *t = shadow_table_find(s, target);

        if (!shadow_is_stores(s, target)) {
            shadow_passed_over(s, names.v[i]);
            continue;
        }
        shadow_thing_forget(s, SQL_DROP_VIEW, target);
        if (t == NULL)
            *vec_push(&s->dropped) = arena_strdup(&s->mem, names.v[i]);
        if (t == NULL && s->mode == SHADOW_IN_PLACE)
            t = shadow_table_get(s, target);
        if (t != NULL)
            r = drop_table(s, t, e);
    }
    free(names.v);
    return r;
}

static int truncate_table(struct shadow *s, const struct sql_item *item, struct shadow_table *t, struct err *e)
{
    struct buf sql = {0};
    int r = 0;

    s->table = t;
    if (t->create == NULL && !t->made && s->o.source) {
        t->waits = true;
        return 0;
    }
    if (t->create == NULL && !t->made && shadow_from_live(s, t, e) != 0)
        return -1;
    if (t->alone) {
        int go = shadow_alone_emptied(s, t, item->line, e);

        if (go <= 0)
            return go;
    }
    if (t->made) {
        mysql_sqlf(s->own, &sql, "TRUNCATE TABLE %i", t->in);
        r = load_wait(s->pool, &t->load, e) != 0 ? -1 : shadow_make_exec(s, buf_str(&sql), NULL, e);
    }
    s->report.rows -= t->rows;
    t->rows = 0;
    t->load.affected = 0;
    buf_free(&sql);
    return r;
}

/* ALTER TABLE, CREATE INDEX and whole INSERT statements: behind all earlier statements of the table. */
static int other_of_table(struct shadow *s, const struct sql_item *item, const struct sql_statement *st,
                          struct shadow_table *t, struct err *e)
{
    struct load_job *job;
    const char *env = shadow_env(s, e);

    if (env == NULL)
        return -1;
    t->waits = false;
    if (!t->made && t->create == NULL && shadow_from_live(s, t, e) != 0)
        return -1;
    if (shadow_table_make(s, t, false, e) != 0)
        return -1;
    job = load_take(s->pool);
    job->kind = LOAD_STATEMENT;
    job->exclusive = true;
    job->table = &t->load;
    job->env = env;
    job->file = s->file;
    job->line = item->line;
    job->offset = item->offset;
    if (st->kind == SQL_INSERT_INTO)
        t->loose = true;
    if (shadow_rewrite(s, item->text, st, false, &job->sql, e) != 0) {
        load_put_back(s->pool, job);
        return -1;
    }
    return load_give(s->pool, job, e);
}

static int of_table(struct shadow *s, const struct sql_item *item, const struct sql_statement *st, struct err *e)
{
    const struct sql_name *name = st->kind == SQL_CREATE_INDEX ? &st->on : &st->table;
    struct buf target = {0};
    struct shadow_table *t;
    int r = 0;

    if (st->temporary)
        return err_set(e, ERR_REFUSED, "temporary tables are not part of a backup");
    if (name->db.n > 0 && !shadow_own_database(s, name->db))
        return err_set(e, ERR_REFUSED, "the statement is about another database (%.*s)", STR_FMT(name->db));
    shadow_target(s, name->name, &target);
    if (!shadow_is_stores(s, buf_str(&target))) {
        shadow_passed_over(s, buf_cstr(&target));
        goto out;
    }
    t = shadow_table_get(s, buf_str(&target));
    if (st->kind == SQL_CREATE_TABLE)
        r = create_table(s, item, st, t, e);
    else if (st->kind == SQL_TRUNCATE)
        r = truncate_table(s, item, t, e);
    else
        r = other_of_table(s, item, st, t, e);
out:
    buf_free(&target);
    return r;
}

/* ---- statements ---- */

static int refused(const struct sql_item *item, const struct sql_statement *st, struct shadow *s, struct err *e)
{
    /* mysqldump writes it on servers that number their transactions; it says nothing about the data. */
    if (str_has_nocase(item->text, STR("GTID_PURGED")) && str_has_nocase(str_sub(item->text, 0, 40), STR("SET"))) {
        shadow_remark(s, "the numbers of transactions that the dump names (GTID_PURGED) were passed over");
        return 0;
    }
    err_set(e, ERR_REFUSED, "%s", st->why != NULL ? st->why : "this statement does not belong into a backup");
    return err_fix(e, "take the statement out of the dump if it is meant to be there");
}

static int statement(struct shadow *s, const struct sql_item *item, const struct sql_statement *st, struct err *e)
{
    s->report.statements++;
    switch (st->kind) {
    case SQL_NOTHING:
    case SQL_LOCK_TABLES:
    case SQL_UNLOCK_TABLES:
    case SQL_TRANSACTION:
    case SQL_ALTER_KEYS:
    case SQL_READ:
        return 0;
    case SQL_SET:
        return shadow_set(s, item->text, e);
    case SQL_USE:
    case SQL_CREATE_DATABASE:
    case SQL_ALTER_DATABASE:
        if (st->kind == SQL_ALTER_DATABASE && shadow_own_database(s, st->table.name))
            return 0;
        return st->table.name.n == 0 ? 0 : shadow_database_named(s, st->table.name, e);
    case SQL_CREATE_TABLE:
    case SQL_ALTER_TABLE:
    case SQL_CREATE_INDEX:
    case SQL_TRUNCATE:
    case SQL_INSERT_INTO:
        if (shadow_leave_table(s, e) != 0)
            return -1;
        return of_table(s, item, st, e);
    case SQL_DROP_TABLE:
        if (shadow_leave_table(s, e) != 0)
            return -1;
        return drop_tables(s, item, st, e);
    case SQL_CREATE_VIEW:
    case SQL_CREATE_TRIGGER:
    case SQL_CREATE_ROUTINE:
    case SQL_CREATE_EVENT:
        return shadow_thing_add(s, item, st, e);
    case SQL_DROP_VIEW:
    case SQL_DROP_TRIGGER:
    case SQL_DROP_ROUTINE:
    case SQL_DROP_EVENT: {
        struct buf target = {0};

        shadow_target(s, st->table.name, &target);
        shadow_thing_forget(s, st->kind, buf_str(&target));
        buf_free(&target);
        return 0;
    }
    case SQL_REFUSED:
        return refused(item, st, s, e);
    }
    return 0;
}

static int one_item(struct shadow *s, const struct sql_item *item, struct err *e)
{
    const struct sql_statement *st = NULL;
    struct sql_statement read;
    int r = 0;

    switch (item->kind) {
    case SQL_STATEMENT:
        sql_statement_read(item->text, mysql_version_number(s->own), mysql_is_mariadb(s->own), &read);
        st = &read;
        r = statement(s, item, st, e);
        break;
    case SQL_INSERT:
        s->report.statements++;
        r = shadow_rows_head(s, item, &st, e);
        break;
    case SQL_ROW:
        r = shadow_rows_row(s, item, e);
        break;
    case SQL_INSERT_END:
        r = shadow_rows_end(s, item, e);
        break;
    case SQL_CLIENT:
        r = err_set(e, ERR_REFUSED, "a command for the command line client (%.*s) is not carried out",
                    STR_FMT(str_sub(item->text, 0, 60)));
        break;
    case SQL_COMMENT:
    case SQL_MORE:
        break;
    }
    /* Errors that come from a table's statements have their place already. */
    if (r != 0) {
        if (strncmp(e->text, s->file, strlen(s->file)) != 0)
            load_place(e, s->file, item->line, item->offset);
        return -1;
    }
    sql_facts_item(s->facts, item, st);
    return 0;
}

static int items(struct shadow *s, struct err *e)
{
    struct sql_item item;

    for (;;) {
        if (sql_dump_next(s->dump, &item, e) != 0) {
            sql_facts_file_end(s->facts, s->dump, e);
            return err_wrap(e, "%s", s->file);
        }
        if (item.kind == SQL_MORE)
            return 0;
        if (one_item(s, &item, e) != 0)
            return -1;
    }
}

int shadow_feed(struct shadow *s, struct str bytes, struct err *e)
{
    uint64_t at;

    if (!s->loading || s->dump == NULL)
        return err_set(e, ERR_USAGE, "no file of a dump is being loaded");
    if (shadow_stopped(s, e))
        goto fail;
    sql_dump_feed(s->dump, bytes);
    if (items(s, e) != 0)
        goto fail;
    s->report.bytes += bytes.n;
    at = s->report.bytes;
    if (at - s->told >= TELL_BYTES) {
        s->told = at;
        shadow_tell(s, s->table != NULL ? s->table->name : "", at, 0);
    }
    return 0;

fail:
    shadow_abandon(s);
    return -1;
}

int shadow_file_end(struct shadow *s, struct err *e)
{
    if (!s->loading || s->dump == NULL)
        return err_set(e, ERR_USAGE, "no file of a dump is being loaded");
    sql_dump_eof(s->dump);
    if (items(s, e) != 0) {
        shadow_abandon(s);
        return -1;
    }
    sql_facts_file_end(s->facts, s->dump, NULL);
    sql_dump_free(s->dump);
    s->dump = NULL;
    return 0;
}
