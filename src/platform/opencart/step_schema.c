/*
 * The tables become those of the target version, as the installer's own step would make them, with less done: what is right stays, nothing is dropped. One
 * ALTER TABLE a table, so that a table is old or new; the rows are asked before anything is sent. What a run that was killed has done shows in
 * the tables themselves, and the notes say in words which one it was at.
 */
#include "base/plural.h"
#include "db/schema_live.h"
#include "platform/opencart/schema_work.h"
#include "platform/opencart/steps.h"

#include <stdlib.h>
#include <string.h>

/* Changing a table of millions of rows is hours of silence. */
#define ALTER_TIMEOUT_MS (24u * 3600 * 1000)
/* Seconds that a statement waits for another connection that holds the table. */
#define LOCK_WAIT 60u
#define NOTE_HEAD "schema:"
/* Names in one message. */
#define NAMED_MAX ((size_t)5)

struct running {
    struct store *s;
    struct oc_case *c;
    struct work *w;
    struct mysql *db;
    size_t created, changed;
    bool doubles; /* rows that stand there more than once are among what was refused */
};

/* ---- the session ---------------------------------------------------------------------------------------------------------------- */

/*
 * No strict mode, as the store's own code has none: defaults of zero dates are all over the tables. A row with id 0, written while the table lacked its
 * AUTO_INCREMENT, keeps its number. Foreign keys, which only extensions have, hinder no change of a table they hang on.
 */
static int open_session(struct store *s, struct mysql **out, struct err *e)
{
    struct mysql_opts o = store_db_opts(s);
    struct buf sql = {0};
    int rc;

    o.sql_mode = "NO_AUTO_VALUE_ON_ZERO";
    if (mysql_open(out, &o, e) < 0)
        return -1;
    mysql_set_timeout(*out, ALTER_TIMEOUT_MS);
    buf_printf(&sql, "SET SESSION foreign_key_checks = 0, lock_wait_timeout = %u, innodb_lock_wait_timeout = %u", LOCK_WAIT, LOCK_WAIT);
    rc = mysql_exec(*out, buf_str(&sql), NULL, e);
    buf_free(&sql);
    return rc;
}

/* ---- what can't be done --------------------------------------------------------------------------------------------------------- */

/* Rows that the server would refuse to put under one key. */
static int find_doubles(struct running *r, struct oc_schema_work *x, const struct schema_step *st, struct mysql *db, struct err *e)
{
    for (size_t i = 0; i < st->doubles.n; i++) {
        const struct schema_check *d = &st->doubles.v[i];
        uint64_t n;

        if (oc_schema_count(db, d->sql, &n, e) < 0)
            return err_wrap(e, "%s%s", r->s->prefix, st->table);
        if (n == 0)
            continue;
        r->doubles = true;
        *vec_push(&x->refused) = arena_printf(&x->mem, "%s%s: %s: %llu value%s stand%s there more than once", r->s->prefix, st->table, d->what,
                                              (unsigned long long)n, n == 1 ? "" : "s", n == 1 ? "s" : "");
    }
    return 0;
}

static int refuse(struct running *r, struct oc_schema_work *x, struct err *e)
{
    struct buf names = {0};

    for (size_t i = 0; i < x->refused.n && i < NAMED_MAX; i++)
        buf_printf(&names, "%s%s", i == 0 ? "" : "; ", x->refused.v[i]);
    if (x->refused.n > NAMED_MAX)
        buf_printf(&names, "; and %zu more", x->refused.n - NAMED_MAX);
    err_set(e, ERR_REFUSED, "the tables can't be made those of %s without loss: %s", r->c->to, buf_cstr(&names));
    buf_free(&names);
    if (r->doubles)
        return err_fix(e, "rows of the same number came while the table lacked its key: give each one a number of its own, e.g. "
                          "UPDATE the rows of number 0 one by one to MAX + 1, or delete what is there twice; then run the same again");
    return err_fix(e, "change these values by hand, or drop the foreign key and add it again afterwards; then run the same again. No table was changed");
}

static int check_all(struct running *r, struct oc_schema_work *x, struct mysql *db, struct err *e)
{
    for (size_t i = 0; i < x->diff.steps.n; i++) {
        const struct schema_step *st = &x->diff.steps.v[i];

        if (st->blocked)
            *vec_push(&x->refused) = st->blocked;
        if (find_doubles(r, x, st, db, e) < 0)
            return -1;
    }
    return x->refused.n > 0 ? refuse(r, x, e) : 0;
}

/* ---- errors of the server ------------------------------------------------------------------------------------------------------- */

static bool is_key_too_long(unsigned code)
{
    return code == 1071 || code == 1709;
}

/* Errors by which a server refuses for a foreign key's sake. */
static bool is_foreign(unsigned code)
{
    static const unsigned codes[] = {1005, 1025, 1215, 1217, 1451, 1452, 1553, 1832, 1833, 1834, 3780};

    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (code == codes[i])
            return true;
    return false;
}

/* What was to be done is there: another connection, or a statement of an earlier run that outlived it, has done it. */
static bool is_so_already(unsigned code)
{
    return code == 1050 || code == 1060 || code == 1061 || code == 1068 || code == 1091;
}

static const char *foreign_names(const struct running *r, const char *table)
{
    const char *whole = store_table(r->s, table);
    struct buf names = {0};
    const char *out;

    for (size_t i = 0; i < r->c->live.foreign.n; i++) {
        const struct schema_foreign *f = &r->c->live.foreign.v[i];

        if (f->place == 1 && (strcmp(f->table, whole) == 0 || strcmp(f->parent, whole) == 0))
            buf_printf(&names, "%s%s of %s", names.n > 0 ? ", " : "", f->name, f->table);
    }
    out = names.n > 0 ? arena_strdup(r->c->mem, buf_cstr(&names)) : NULL;
    buf_free(&names);
    return out;
}

static int explain(struct running *r, const struct schema_step *st, const char *sql, struct err *e)
{
    const char *foreign = is_foreign(e->db_code) ? foreign_names(r, st->table) : NULL;

    if (!mysql_alive(r->db)) {
        err_wrap(e, "%s%s: while it was changed: %s", r->s->prefix, st->table, sql);
        return err_fix(e, "the server may still be at it, and ends it or takes it back as a whole; run the same again, which looks at the table first");
    }
    if (e->db_code == 1205) {
        err_wrap(e, "%s%s is held by another connection for more than %u seconds", r->s->prefix, st->table, LOCK_WAIT);
        e->kind = ERR_LOCKED;
        return err_fix(e, "see who holds it (SHOW FULL PROCESSLIST on the server), wait or end that connection, then run the same again; close the "
                          "store to visitors meanwhile");
    }
    err_wrap(e, "%s%s: %s", r->s->prefix, st->table, sql);
    if (foreign)
        return err_fix(e, "foreign keys of extensions are in the way: %s; drop them, run the same again, and add them afterwards", foreign);
    if (e->db_code == 1062)
        return err_fix(e, "two rows have the same value for a key that has to be unique: change or delete one, then run the same again");
    return err_fix(e, "the table is as it was; mend the cause, then run the same again");
}

/* ---- one table ------------------------------------------------------------------------------------------------------------------ */

/* Servers before 5.7 and 10.2 let keys of InnoDB be longer than 767 bytes in tables of that row format alone. */
static int send(struct running *r, const struct schema_step *st, const char *sql, struct err *e)
{
    const char *again;

    if (mysql_exec(r->db, str_of(sql), NULL, e) == 0)
        return 0;
    if (is_key_too_long(e->db_code)) {
        err_clear(e);
        again = arena_printf(r->c->mem, "%s%s ROW_FORMAT=DYNAMIC", sql, st->create ? "" : ",");
        if (mysql_exec(r->db, str_of(again), NULL, e) == 0)
            return 0;
    }
    return -1;
}

static int say_rows(struct running *r, const struct schema_step *st, struct err *e)
{
    const struct schema_table *t = schema_find(&r->c->target, st->table);
    uint64_t n;

    for (size_t i = 0; i < st->nulls.n; i++) {
        if (oc_schema_count(r->db, st->nulls.v[i].sql, &n, e) < 0)
            return -1;
        if (n > 0)
            r->w->say(r->w, "%s%s: %llu row%s no value in %s, which may not be from now on; an empty one is put there", r->s->prefix, st->table,
                      (unsigned long long)n, plural(n, " has", "s have"), st->nulls.v[i].what);
    }
    for (size_t i = 0; st->torn && t && i < t->columns.n; i++) {
        struct buf sql = {0};
        int rc;

        if (!t->columns.v[i].auto_increment || schema_column(schema_find(&r->c->live, st->table), t->columns.v[i].name) == NULL)
            continue;
        mysql_sqlf(r->db, &sql, "SELECT COUNT(*) FROM %t WHERE %i = 0", r->s->prefix, st->table, t->columns.v[i].name);
        rc = oc_schema_count(r->db, buf_cstr(&sql), &n, e);
        buf_free(&sql);
        if (rc < 0)
            return -1;
        if (n > 0)
            r->w->say(r->w, "%s%s: %llu row%s with %s 0 came while the table lacked its AUTO_INCREMENT; %s kept as %s", r->s->prefix, st->table,
                      (unsigned long long)n, n == 1 ? "" : "s", t->columns.v[i].name, n == 1 ? "it is" : "they are", n == 1 ? "it is" : "they are");
    }
    return 0;
}

/* What is left to do for a table as it is now. */
static int look_again(struct running *r, const char *table, struct oc_schema_work *out, struct err *e)
{
    struct schema now = {.foreign = {NULL, 0, 0}};
    int rc = schema_live_table(r->db, r->s->prefix, table, &now, e);

    if (rc == 0)
        rc = oc_schema_compare(r->s, r->c, &now, table, OC_SCHEMA_FULL, r->db, out, e);
    schema_free(&now);
    return rc;
}

static bool is_left(const struct oc_schema_work *x)
{
    return x->diff.steps.n > 0 && !x->diff.steps.v[0].slight;
}

/* 0; 1: what was to be done is there already; -1 with the reason explained. */
static int send_all(struct running *r, const struct schema_step *st, struct err *e)
{
    for (size_t i = 0; i < st->statements.n; i++)
        if (send(r, st, st->statements.v[i], e) < 0)
            return is_so_already(e->db_code) && mysql_alive(r->db) ? 1 : explain(r, st, st->statements.v[i], e);
    return 0;
}

/* The statement was made for a table that is not the same any more: once more, for what it is now. */
static int send_again(struct running *r, const struct schema_step *st, struct err *e)
{
    struct oc_schema_work left = {.mem = {NULL}};
    struct err first = *e;
    int rc;

    err_clear(e);
    rc = look_again(r, st->table, &left, e);
    if (rc == 0 && is_left(&left))
        rc = send_all(r, &left.diff.steps.v[0], e);
    oc_schema_work_free(&left);
    if (rc == 1) {
        *e = first;
        rc = explain(r, st, st->statements.v[0], e);
    }
    return rc;
}

static int change_table(struct running *r, const struct schema_step *st, struct err *e)
{
    const char *key = arena_printf(r->c->mem, NOTE_HEAD "%s", st->table);
    struct oc_schema_work left = {.mem = {NULL}};
    struct buf before = {0};
    int rc = -1;

    if (r->w->noted(r->w, key, &before) && str_is(buf_str(&before), "begun"))
        r->w->say(r->w, "%s%s was begun before, and is changed as it is now", r->s->prefix, st->table);
    buf_free(&before);
    if (say_rows(r, st, e) < 0 || r->w->note(r->w, key, STR("begun"), e) < 0)
        return -1;
    for (size_t i = 0; r->w->verbose && i < st->changes.n; i++)
        r->w->say(r->w, "%s%s: %s", r->s->prefix, st->table, st->changes.v[i]);
    rc = send_all(r, st, e);
    if (rc == 1)
        rc = send_again(r, st, e);
    if (rc == 0)
        rc = look_again(r, st->table, &left, e);
    if (rc == 0 && is_left(&left))
        rc = err_set(e, ERR_MISMATCH, "%s%s is not as it has to be after its change: %s", r->s->prefix, st->table,
                     left.diff.steps.v[0].changes.n > 0 ? left.diff.steps.v[0].changes.v[0] : "");
    oc_schema_work_free(&left);
    if (rc < 0)
        return -1;
    r->created += st->create;
    r->changed += !st->create;
    return r->w->note(r->w, key, STR("done"), e);
}

/* ---- all ------------------------------------------------------------------------------------------------------------------------ */

static void tell_dry(struct running *r, const struct oc_schema_work *x)
{
    size_t creates = 0;

    for (size_t i = 0; i < x->diff.steps.n; i++) {
        const struct schema_step *st = &x->diff.steps.v[i];

        creates += st->create;
        for (size_t k = 0; k < st->statements.n; k++)
            r->w->say(r->w, "would carry out: %s", st->statements.v[k]);
    }
    r->w->say(r->w, "would create %zu table%s and change %zu of %zu, as %s has them", creates, plural(creates, "", "s"), x->diff.steps.n - creates,
              r->c->target.tables.n, r->c->target_origin);
}

static int change_all(struct running *r, struct oc_schema_work *x, struct err *e)
{
    for (size_t i = 0; i < x->diff.steps.n; i++) {
        r->w->progress(r->w, "Changing tables", i, x->diff.steps.n);
        if (r->w->stop && *r->w->stop)
            return err_set(e, ERR_STOPPED, "stopped between two tables, as you asked; each one is old or new");
        if (change_table(r, &x->diff.steps.v[i], e) < 0)
            return -1;
    }
    r->w->progress(r->w, NULL, x->diff.steps.n, x->diff.steps.n);
    return 0;
}

static int read_target(struct store *s, struct oc_case *c, struct err *e)
{
    struct err why = {0};

    if (oc_schema_read(s, c, &why, e) < 0)
        return -1;
    if (!c->target_known) {
        *e = why;
        return -1;
    }
    return 0;
}

int oc_run_schema(struct store *s, struct oc_case *c, struct work *w, struct err *e)
{
    struct running r = {.s = s, .c = c, .w = w};
    struct oc_schema_work x = {.mem = {NULL}};
    int rc = read_target(s, c, e);

    if (rc == 0)
        rc = open_session(s, &r.db, e);
    if (rc == 0)
        rc = oc_schema_compare(s, c, &c->live, NULL, OC_SCHEMA_FULL, r.db, &x, e);
    if (rc == 0)
        rc = check_all(&r, &x, r.db, e);
    for (size_t i = 0; rc == 0 && i < x.kept_words.n; i++)
        w->say(w, "%s", x.kept_words.v[i]);
    if (rc == 0 && w->dry_run)
        tell_dry(&r, &x);
    else if (rc == 0)
        rc = change_all(&r, &x, e);
    if (rc == 0 && !w->dry_run)
        w->say(w, "%zu table%s created, %zu changed, %zu right already", r.created, plural(r.created, "", "s"), r.changed,
               c->target.tables.n - r.created - r.changed);
    mysql_close(r.db);
    oc_schema_work_free(&x);
    return rc;
}

int oc_recheck_schema(struct store *s, struct oc_case *c, struct err *e)
{
    struct oc_schema_work x = {.mem = {NULL}};
    int rc = read_target(s, c, e);
    struct mysql *db = rc == 0 ? store_db(s, e) : NULL;

    rc = db == NULL ? -1 : oc_schema_compare(s, c, &c->live, NULL, OC_SCHEMA_FULL, db, &x, e);
    for (size_t i = 0; rc == 0 && i < x.diff.steps.n; i++) {
        const struct schema_step *st = &x.diff.steps.v[i];

        if (!st->slight)
            rc = err_set(e, ERR_MISMATCH, "%s%s is not as %s has it: %s", s->prefix, st->table, c->target_origin,
                         st->changes.n > 0 ? st->changes.v[0] : st->blocked);
    }
    oc_schema_work_free(&x);
    return rc;
}
