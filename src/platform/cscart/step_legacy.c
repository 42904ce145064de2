/*
 * Finishing an upgrade of 4.0 to 4.2 as the wizard would: files, the dumps statement by statement with its own notes kept beside them,
 * the package's script, the settings kept aside, the record. A statement that the server refuses stops us; the wizard would note it and go on.
 */
#include "base/clock.h"
#include "base/plural.h"
#include "platform/cscart/legacy.h"
#include "platform/cscart/migrate.h"
#include "platform/cscart/plan_parts.h"
#include "platform/cscart/steps.h"
#include "sys/stage.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

/* Errors by which the server says that the wanted state is there: table exists or is gone, column or key exists or is gone. */
static bool is_so_already(unsigned code)
{
    return code == 1050 || code == 1051 || code == 1060 || code == 1061 || code == 1091;
}

struct change {
    const char *rel;
    struct str bytes;
    bool remove;
};

static int change_files(struct store *s, struct work *w, const struct change *all, size_t n, struct err *e)
{
    struct stage_options opt = {0};
    struct stage st = {0};
    int rc = stage_open(&st, &s->tree, w->undo, &opt, e);

    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = all[i].remove ? stage_delete(&st, all[i].rel, true, e)
                           : stage_put_bytes(&st, all[i].rel, all[i].bytes, NULL, e);
    if (rc == 0)
        rc = stage_commit(&st, e);
    stage_close(&st);
    return rc;
}

struct import {
    struct store *s;
    struct cs_dump *d;
    struct work *w;
    struct mysql *db;
    struct arena mem;
    struct cs_statement_list notes; /* in the order they are carried out */
    bool unwritten;
    size_t ran, seen;
};

/* The notes as the wizard writes them, so that it, too, finds what was done. */
static int write_notes(struct import *x, struct err *e)
{
    struct buf text = {0};
    struct change c = {.rel = x->d->notes};
    int rc = 0;

    if (x->unwritten) {
        cs_progress_write(&x->notes, &text);
        c.bytes = buf_str(&text);
        rc = change_files(x->s, x->w, &c, 1, e);
    }
    x->unwritten = rc < 0;
    buf_free(&text);
    return rc;
}

static void add_note(struct import *x, struct str own)
{
    struct str *to = vec_push(&x->notes.all);

    to->p = arena_dup(&x->mem, own.p, own.n);
    to->n = own.n;
    x->unwritten = true;
}

/* The number that the journal has under a key, or SIZE_MAX. */
static size_t noted(struct work *w, const char *key)
{
    struct buf value = {0};
    uint64_t n = UINT64_MAX;

    if (!w->noted(w, key, &value) || !str_u64(buf_str(&value), SIZE_MAX - 1, &n))
        n = SIZE_MAX;
    buf_free(&value);
    return (size_t)n;
}

static int note(struct import *x, const char *key, size_t i, struct err *e)
{
    return x->w->note(x->w, key, str_of(i == SIZE_MAX ? "none" : arena_printf(&x->mem, "%zu", i)), e);
}

static bool does_no_harm(struct str own)
{
    struct cs_probe p;

    cs_probe_read(own, &p);
    return p.kind == CS_PROBE_HARMLESS || p.kind == CS_PROBE_REPLACE;
}

static int execute(struct import *x, struct str own, size_t i, bool ignore, struct err *e)
{
    struct cs_probe p;
    struct buf sql = {0};
    int rc;

    cs_probe_read(own, &p);
    buf_addstr(&sql, str_sub(own, 0, ignore ? p.insert_end : own.n));
    if (ignore) {
        buf_adds(&sql, " IGNORE");
        buf_addstr(&sql, str_sub(own, p.insert_end, own.n));
    }
    rc = mysql_exec(x->db, buf_str(&sql), NULL, e);
    buf_free(&sql);
    if (rc == 0 || !mysql_alive(x->db) || e->db_code == 0)
        return rc;
    /* It was refused, so it was not carried out. */
    if (is_so_already(e->db_code)) {
        x->w->say(x->w, "statement %zu of %s: it is so already: %s", i + 1, x->d->file, e->text);
        err_clear(e);
        return 0;
    }
    err_wrap(e, "statement %zu of %s", i + 1, x->d->file);
    err_fix(e, "the shop's own upgrade would write this into its log and go on without it; mend the cause, "
               "then run the same again");
    if (note(x, "begun", SIZE_MAX, &(struct err){0}) < 0)
        return -1;
    return -1;
}

/* The first statement without a note: nobody wrote whether it was carried out. */
static int settle(struct import *x, struct str own, size_t i, bool *run, bool *ignore, struct err *e)
{
    const char *why = NULL;
    enum cs_applied applied = cs_legacy_probe(x->s, own, ignore, &why);

    /* The journal had it before the notes beside the dump. */
    if (applied == CS_APPLIED_UNKNOWN && noted(x->w, "done") == i)
        applied = CS_APPLIED_YES;
    *run = applied != CS_APPLIED_YES;
    if (applied == CS_APPLIED_YES)
        x->seen++;
    if (applied != CS_APPLIED_UNKNOWN || x->w->again)
        return 0;
    err_set(e, ERR_REFUSED, "statement %zu of %s: %s", i + 1, x->d->file, why);
    return err_fix(
        e, "go back with toolkit restore, or look at it and let it be carried out once more with --again");
}

static int one(struct import *x, struct str own, size_t i, bool first, struct err *e)
{
    bool light = does_no_harm(own);
    bool ignore = false;
    bool run = true;

    if (first && settle(x, own, i, &run, &ignore, e) < 0)
        return -1;
    if (run && x->w->dry_run) {
        x->ran++;
        return 0;
    }
    if (run) {
        if (!light && (write_notes(x, e) < 0 || note(x, "begun", i, e) < 0))
            return -1;
        if (execute(x, own, i, ignore, e) < 0)
            return -1;
        if (!light && note(x, "done", i, e) < 0)
            return -1;
        x->ran++;
    }
    add_note(x, own);
    return light || x->w->dry_run ? 0 : write_notes(x, e);
}

static int import_all(struct import *x, struct err *e)
{
    struct cs_dump *d = x->d;
    struct buf own = {0};
    bool first = true;
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < d->all.all.n; i++) {
        bool done = cs_legacy_is_done(d, d->all.all.v[i], x->s->prefix);

        x->w->progress(x->w, d->file, i, d->all.all.n);
        if (x->w->stop && *x->w->stop) {
            rc = err_set(e, ERR_STOPPED, "stopped between two statements, as you asked");
            break;
        }
        buf_reset(&own);
        cs_statement_prefixed(d->all.all.v[i], x->s->prefix, &own);
        if (done) {
            add_note(x, buf_str(&own));
            x->unwritten = false;
            continue;
        }
        rc = one(x, buf_str(&own), i, first, e);
        first = false;
    }
    buf_free(&own);
    if (!x->w->dry_run && rc == 0)
        rc = write_notes(x, e);
    else if (!x->w->dry_run)
        write_notes(x, &(struct err){0});
    return rc;
}

static struct cs_dump *dump_of(struct cs_case *c, const struct step *st)
{
    for (size_t i = 0; st->entry && i < c->legacy->dumps.n; i++)
        if (strcmp(c->legacy->dumps.v[i].name, st->entry) == 0)
            return &c->legacy->dumps.v[i];
    return NULL;
}

static int run_dump(struct store *s, struct cs_case *c, struct cs_dump *d, struct work *w, struct err *e)
{
    struct import x = {.s = s, .d = d, .w = w};
    struct mysql_opts o = store_db_opts(s);
    int rc = -1;

    if (d == NULL)
        return err_set(e, ERR_ABSENT, "the dump is not in the package any more");
    if (s->prefix == NULL)
        return err_set(e, ERR_REFUSED, "the prefix of the tables is not known");
    cs_legacy_read_dump(s, c, d);
    if (d->err)
        return err_set(e, ERR_REFUSED, "%s", d->err);
    /* As the shop's own session. */
    o.charset = (char[]){"utf8"};
    if (mysql_open(&x.db, &o, e) == 0 &&
        mysql_exec(x.db, STR("SET SESSION sql_mode = '', group_concat_max_len = 3000"), NULL, e) == 0)
        rc = import_all(&x, e);
    if (rc == 0)
        w->say(w, "%s%zu statement%s of %s%s", w->dry_run ? "would carry out " : "", x.ran,
               x.ran == 1 ? "" : "s", d->file, w->dry_run ? "" : " carried out");
    if (rc == 0 && x.seen > 0)
        w->say(w, "one was carried out before, as the database shows");
    mysql_close(x.db);
    cs_statement_list_free(&x.notes);
    arena_free(&x.mem);
    return rc;
}

static int has_columns(struct store *s, const char *table, bool *has, struct err *e)
{
    struct mysql *db = store_db(s, e);
    struct buf sql = {0};
    struct buf value = {0};
    bool found = false;
    int rc = db ? 0 : -1;

    if (db) {
        mysql_sqlf(db, &sql,
                   "SELECT COUNT(*) FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND "
                   "TABLE_NAME = %s"
                   " AND COLUMN_NAME IN ('name', 'value', 'section_name')",
                   table);
        rc = mysql_value(db, buf_str(&sql), &value, &found, e);
    }
    *has = found && str_is(buf_str(&value), "3");
    buf_free(&sql);
    buf_free(&value);
    return rc;
}

/* Values that the upgrade kept aside, by the names of setting and section. */
static int run_settings(struct store *s, struct work *w, struct err *e)
{
    const char *table = store_table(s, "settings_objects_upg");
    bool vendors = false;
    bool there = false;
    bool known = false;
    struct buf sql = {0};
    struct mysql *db;
    int rc;

    if (cs_has_table(s, s->prefix, "settings_objects_upg", &there, e) < 0 ||
        cs_has_table(s, s->prefix, "settings_vendor_values_upg", &vendors, e) < 0 ||
        has_columns(s, table, &known, e) < 0)
        return -1;
    if (!there && !vendors)
        return 0;
    if (vendors || !known) {
        err_set(e, ERR_REFUSED, "%s: how these values are taken over is not known",
                vendors ? store_table(s, "settings_vendor_values_upg") : table);
        return err_fix(e, "take the step in the admin panel, or go back with toolkit restore");
    }
    if (w->dry_run) {
        w->say(w, "would take over the values of %s and drop it", table);
        return 0;
    }
    db = store_db(s, e);
    mysql_sqlf(db, &sql,
               "UPDATE %i o JOIN %i s ON s.section_id = o.section_id JOIN %i u ON u.name = o.name AND "
               "u.section_name = s.name"
               " SET o.value = u.value",
               store_table(s, "settings_objects"), store_table(s, "settings_sections"), table);
    rc = mysql_exec(db, buf_str(&sql), NULL, e);
    buf_reset(&sql);
    mysql_sqlf(db, &sql, "DROP TABLE %i", table);
    if (rc == 0)
        rc = mysql_exec(db, buf_str(&sql), NULL, e);
    buf_free(&sql);
    return rc;
}

/* 'not_installed' => false */
static int run_record(struct store *s, struct cs_case *c, struct work *w, struct err *e)
{
    struct change change = {.rel = CS_LEGACY_RECORD};
    struct cs_udata_entry *entry = NULL;
    struct cs_udata u = {0};
    struct arena mem = {0};
    struct buf php = {0};
    struct buf text = {0};
    int rc = -1;

    if (tree_read(&s->tree, CS_LEGACY_RECORD, CS_LEGACY_FILE_MAX, &php, e) < 0 ||
        cs_udata_read(buf_str(&php), &mem, &u, e) < 0)
        goto out;
    for (size_t i = 0; i < u.all.n; i++)
        if (str_is(u.all.v[i].package, c->legacy->name))
            entry = &u.all.v[i];
    if (entry == NULL || !entry->known || entry->to <= entry->from || entry->to > php.n) {
        err_set(e, ERR_MISMATCH, CS_LEGACY_RECORD ": %s does not stand there any more", c->legacy->name);
        goto out;
    }
    if (w->dry_run)
        w->say(w, "would mark %s as installed", c->legacy->name);
    buf_addstr(&text, str_sub(buf_str(&php), 0, entry->from));
    buf_adds(&text, "false");
    buf_addstr(&text, str_sub(buf_str(&php), entry->to, php.n));
    change.bytes = buf_str(&text);
    rc = w->dry_run ? 0 : change_files(s, w, &change, 1, e);
out:
    cs_udata_free(&u);
    arena_free(&mem);
    buf_free(&php);
    buf_free(&text);
    return rc;
}

struct leftover {
    struct store *s;
    struct cs_case *c;
    VEC(struct change) all;
};

static int find_notes(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct leftover *l = arg;
    struct change *x;

    (void)e;
    if (type == DT_REG && str_ends(str_of(name), STR(".sql.tmp"))) {
        x = vec_push(&l->all);
        x->rel = arena_printf(l->c->mem, "%s/%s", l->c->dir, name);
        x->remove = true;
    }
    return 0;
}

/* The lock, and with it the notes that nobody needs any more. */
static int run_lock(struct store *s, struct cs_case *c, bool notes, struct work *w, struct err *e)
{
    struct leftover l = {.s = s, .c = c};
    int rc = notes ? tree_list(&s->tree, c->dir, find_notes, &l, e) : 0;

    if (tree_exists(&s->tree, CS_LEGACY_LOCK)) {
        struct change *x = vec_push(&l.all);

        x->rel = CS_LEGACY_LOCK;
        x->remove = true;
    }
    for (size_t i = 0; w->dry_run && i < l.all.n; i++)
        w->say(w, "would remove %s", l.all.v[i].rel);
    if (rc == 0 && !w->dry_run && l.all.n > 0)
        rc = change_files(s, w, l.all.v, l.all.n, e);
    free(l.all.v);
    return rc;
}

/* A line in the wizard's form. No log there: nothing to tell apart. */
static void tell_log(struct store *s, const char *text, struct work *w)
{
    struct err why = {0};
    struct buf line = {0};
    int fd = tree_open_file(&s->tree, CS_LEGACY_LOG, O_WRONLY | O_APPEND, 0, &why);

    if (fd >= 0) {
        buf_printf(&line, "%lld - %s in toolkit on line 0\n", (long long)clock_wall(), text);
        if (tree_write_full(&s->tree, fd, line.p, line.n) < 0)
            tree_fail(&s->tree, CS_LEGACY_LOG, "write it", &why);
        s->tree.ops->close(fd);
    }
    if (why.kind != ERR_NONE && why.kind != ERR_ABSENT)
        w->say(w, "the upgrade's log could not be written: %s", why.text);
    buf_free(&line);
}

static int run_open(struct store *s, struct cs_case *c, struct work *w, struct err *e)
{
    if (cs_set_gate(s, GATE_OPEN, w, e) < 0)
        return -1;
    if (!w->dry_run && c->give_up)
        tell_log(s, CS_LOG_GIVEN_UP_TEXT, w);
    return 0;
}

static int run_cache(struct store *s, struct cs_case *c, const struct step *st, struct work *w, struct err *e)
{
    if (st->entry == NULL)
        return cs_cache_clear(s, w, e);
    if (str_ends(str_of(st->id), STR(":settings")))
        return run_settings(s, w, e);
    if (str_ends(str_of(st->id), STR(":record")))
        return run_record(s, c, w, e);
    return run_lock(s, c, !c->give_up, w, e);
}

static enum cs_part part_of(const struct step *st)
{
    if (str_ends(str_of(st->id), STR(":delete")))
        return CS_PART_DELETE;
    return str_ends(str_of(st->id), STR(":themes")) ? CS_PART_THEMES : CS_PART_COPY;
}

int cs_run_legacy(struct store *s, struct plan *p, struct step *st, struct work *w, struct err *e)
{
    struct cs_case *c = p->own;

    if (c->give_up && st->kind != STEP_OPEN && st->kind != STEP_CACHE) {
        w->say(w,
               "%s: nothing was changed by it; the upgrade is given up and can be started again in the admin "
               "panel",
               step_kind_name(st->kind));
        return 0;
    }
    switch (st->kind) {
    case STEP_FILES:
        return cs_run_files(s, c, part_of(st), w, e);
    case STEP_SCHEMA:
    case STEP_LABELS:
        return run_dump(s, c, dump_of(c, st), w, e);
    case STEP_POST_HOOKS:
        if (!w->dry_run)
            return cs_run_wizard_script(s, c, st->file, w, e);
        w->say(w, "would run %s by PHP", st->file);
        return 0;
    case STEP_CACHE:
        return run_cache(s, c, st, w, e);
    case STEP_OPEN:
        return run_open(s, c, w, e);
    default:
        return err_set(e, ERR_ABSENT, "%s: the toolkit can't carry this step out", st->id);
    }
}

static int recheck_dump(struct store *s, struct cs_case *c, struct cs_dump *d, struct err *e)
{
    if (d == NULL)
        return 0;
    cs_legacy_read_dump(s, c, d);
    if (d->err || d->open > 0)
        return err_set(e, ERR_MISMATCH, "%s: %zu statement%s still not noted as carried out", d->file,
                       d->open, plural(d->open, " is", "s are"));
    return 0;
}

int cs_recheck_legacy(struct store *s, struct plan *p, struct step *st, struct err *e)
{
    struct cs_case *c = p->own;
    enum gate now = GATE_UNKNOWN;
    bool there = false;

    if (c->give_up && st->kind != STEP_OPEN)
        return 0;
    switch (st->kind) {
    case STEP_FILES:
        return cs_recheck_files(s, c, part_of(st), e);
    case STEP_SCHEMA:
    case STEP_LABELS:
        return recheck_dump(s, c, dump_of(c, st), e);
    case STEP_CACHE:
        if (!str_ends(str_of(st->id), STR(":settings")))
            return 0;
        if (cs_has_table(s, s->prefix, "settings_objects_upg", &there, e) < 0)
            return -1;
        return there ? err_set(e, ERR_MISMATCH, "settings_objects_upg is still there") : 0;
    case STEP_OPEN:
        if (cs_gate(s, &now, e) < 0)
            return -1;
        return now == GATE_OPEN ? 0 : err_set(e, ERR_MISMATCH, "the storefront is still closed");
    default:
        return 0;
    }
}

/* Were they left, the wizard would pass over statements that are undone. */
int cs_legacy_restored(struct store *s, struct work *w, struct err *e)
{
    struct arena mem = {0};
    struct cs_case c;
    int rc = cs_case_read(s, &mem, &c, e);

    if (rc == 0 && c.legacy && c.legacy->entry && c.legacy->entry->open) {
        rc = run_lock(s, &c, true, w, e);
        if (rc == 0 && !w->dry_run)
            tell_log(s, CS_LOG_RESTORED_TEXT, w);
    }
    cs_case_free(&c);
    arena_free(&mem);
    return rc;
}
