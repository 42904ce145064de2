/* The steps of a restore, and looking again at what each had to bring about. */
#include "base/plural.h"
#include "rescue/restore_parts.h"

#include "rescue/rescue.h"
#include "rescue/snapshot.h"

#include <stdlib.h>

static bool has_dump(const struct restore *r)
{
    return r->opts.db && r->facts.tables.n > 0;
}

static int prepare_stage(struct restore *r, struct err *e)
{
    const struct stage_options o = {.hold = true, .rehash = true};

    if (r->staged)
        stage_abort(&r->stage);
    else if (stage_open(&r->stage, &r->store->tree, &r->undo, &o, e) < 0)
        return -1;
    r->staged = true;
    /* A run that was cut has left what it wrote beside the files. */
    return r->continued ? stage_sweep(&r->store->tree, "", e) : 0;
}

static int read_backup(struct restore *r, struct work *w, struct err *e)
{
    if (r->opts.files && !w->dry_run && prepare_stage(r, e) < 0)
        return -1;
    if (restore_read(r, w, e) < 0 || (r->source && r->opts.files && restore_fill(r, w, e) < 0) ||
        (r->opts.files && restore_find_extra(r, w, e) < 0)) {
        if (r->staged)
            stage_abort(&r->stage);
        return -1;
    }
    r->prepared = true;
    return 0;
}

/* What has to have happened in this run, since it lives in its memory. */
static int need_prepared(const struct restore *r, const struct step *st, struct err *e)
{
    if (r->prepared)
        return 0;
    return err_set(e, ERR_REFUSED, "%s: the backup has to be read first", st->id);
}

static int set_gate(struct restore *r, enum gate to, struct work *w, struct err *e)
{
    return r->store->platform->set_gate(r->store, to, w, e);
}

static int run_snapshot(struct restore *r, struct work *w, struct err *e)
{
    const struct work_ctx *ctx = w->ctx;
    char name[40];

    rescue_snapshot_name(r->journal.id, name);
    return snapshot_db(r->store, &r->work, name, ctx->ui, e);
}

static int run_switch(struct restore *r, struct work *w, struct err *e)
{
    if (!has_dump(r)) {
        w->say(w, "the backup holds no dump; the database is left as it is");
        return 0;
    }
    if (shadow_mode(r->shadow) == SHADOW_IN_PLACE && shadow_state(r->shadow) != SHADOW_SWITCHED) {
        if (restore_load_in_place(r, w, e) < 0)
            return -1;
        restore_sort_staying(r);
    }
    if (restore_note_newer(r, e) < 0 || shadow_switch(r->shadow, e) < 0)
        return -1;
    return restore_put_aside(r, w, e);
}

static int run_files(struct restore *r, struct work *w, struct err *e)
{
    (void)w;
    return stage_commit(&r->stage, e);
}

static int say_what_a_run_would_do(struct restore *r, const struct step *st, struct work *w, struct err *e)
{
    switch (st->kind) {
    case STEP_UNPACK:
        return read_backup(r, w, e);
    case STEP_SCHEMA:
        w->say(w, "%zu table%s would be loaded beside the live ones and change places with them",
               sql_facts_tables(&r->facts), plural(sql_facts_tables(&r->facts), "", "s"));
        break;
    case STEP_FILES:
        w->say(w, "%llu file%s would be replaced, %llu added, %llu equal",
               (unsigned long long)r->sums.changed, plural(r->sums.changed, "", "s"), (unsigned long long)r->sums.added,
               (unsigned long long)r->sums.equal);
        break;
    default:
        w->say(w, "would: %s", st->title);
        break;
    }
    return 0;
}

static int run(struct store *s, struct plan *p, struct step *st, struct work *w, struct err *e)
{
    struct restore *r = p->own;

    if (w->dry_run)
        return say_what_a_run_would_do(r, st, w, e);
    r->running = w;
    switch (st->kind) {
    case STEP_UNPACK:
        return read_backup(r, w, e);
    case STEP_BACKUP:
        return run_snapshot(r, w, e);
    case STEP_CLOSE:
        return set_gate(r, GATE_CLOSED, w, e);
    case STEP_SCHEMA:
        return need_prepared(r, st, e) < 0 ? -1 : run_switch(r, w, e);
    case STEP_FILES:
        return need_prepared(r, st, e) < 0 ? -1 : run_files(r, w, e);
    case STEP_MODULES:
        return s->platform->restored(s, r->opts.files, has_dump(r), w, e);
    case STEP_CACHE:
        return s->platform->cache_clear(s, w, e);
    case STEP_OPEN:
        return set_gate(r, GATE_OPEN, w, e);
    default:
        return err_set(e, ERR_ABSENT, "%s: no step of a restore", st->id);
    }
}

static int recheck_gate(struct store *s, enum gate want, struct err *e)
{
    enum gate now = GATE_UNKNOWN;

    if (s->platform->gate(s, &now, e) < 0)
        return -1;
    if (now != want && now != GATE_UNKNOWN)
        return err_set(e, ERR_MISMATCH, "the store is still %s", now == GATE_OPEN ? "open" : "closed");
    return 0;
}

static int recheck(struct store *s, struct plan *p, struct step *st, struct err *e)
{
    struct restore *r = p->own;

    switch (st->kind) {
    case STEP_CLOSE:
        return recheck_gate(s, GATE_CLOSED, e);
    case STEP_OPEN:
        return recheck_gate(s, GATE_OPEN, e);
    case STEP_SCHEMA:
        return has_dump(r) ? shadow_recheck(r->shadow, e) : 0;
    default:
        /* The stage has read back every file; the snapshot is whole when it has its name. */
        return 0;
    }
}

const struct plan_ops restore_ops = {run, recheck};
