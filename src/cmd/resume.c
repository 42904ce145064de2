/* resume and run: what is left of the plan, or chosen steps of it. */
#include "base/clock.h"
#include "cmd/command.h"
#include "cmd/report.h"
#include "cmd/restore.h"
#include "cmd/view.h"
#include "rescue/logs.h"
#include "rescue/resume.h"
#include "rescue/snapshot.h"

#include <string.h>

static void result_json(struct app *a, const struct store *s, const struct plan *p, const struct resume_result *r,
                        const struct err *e, enum status status)
{
    struct json j;

    report_json_begin(&j, &a->text, s, GATE_UNKNOWN);
    report_plan_json(&j, p);
    json_kuint(&j, "steps_wanted", r->wanted);
    json_kuint(&j, "steps_done", r->done);
    json_kstr(&j, "stopped_at", r->stopped_at ? r->stopped_at->id : NULL);
    json_kbool(&j, "dry_run", a->dry_run);
    app_error_json(&j, e);
    report_json_end(&j, status);
}

static enum status status_of_stop(const struct resume_result *r, const struct err *e)
{
    if (r->may_have_changed)
        return STATUS_STOPPED;
    if (e->kind == ERR_USAGE)
        return STATUS_USAGE;
    return e->kind == ERR_REFUSED || e->kind == ERR_FORMAT ? STATUS_REFUSED : STATUS_CANNOT;
}

static enum status stopped(struct app *a, struct rescue *r, const struct resume_result *res, const struct err *e)
{
    enum status status = status_of_stop(res, e);
    const char *self = app_self(a, &r->plan.mem);
    const char *again = res->needs_again || res->half_done ? " --again" : "";

    if (a->json)
        result_json(a, r->store, &r->plan, res, e, status);
    app_error(a, e);
    if (res->stopped_at == NULL && !res->may_have_changed)
        return app_verdict(a, status, "STOPPED before the start; nothing was changed");
    if (res->stopped_at == NULL)
        return app_verdict(a, status, "STOPPED after %zu step%s; continue with: %s resume", res->done,
                           res->done == 1 ? "" : "s", self);
    if (!res->may_have_changed && res->needs_again && r->plan.advice != NULL && strcmp(r->plan.advice, "restore") == 0)
        return app_verdict(a, status, "STOPPED at %s; nothing live was changed; best go back with: %s restore; or look at what that step "
                                      "does, then: %s resume --again", res->stopped_at->id, self, self);
    /* Running the same again would only stop here again; the error has said what to do instead. */
    if (!res->may_have_changed && !res->stopped_at->can_run)
        return app_verdict(a, status, "STOPPED at %s; nothing live was changed", res->stopped_at->id);
    if (!res->may_have_changed)
        return app_verdict(a, status, "STOPPED at %s; nothing live was changed; %s: %s resume%s", res->stopped_at->id,
                           res->needs_again ? "look at what that step does, then" : "continue with", self, again);
    return app_verdict(a, status, "STOPPED at %s; %scontinue with: %s resume%s; go back with: %s undo", res->stopped_at->id,
                       res->stopped_at->can_run ? "" : "when that is mended, ", self, again, self);
}

/* What had changed nothing is not gone on with: its steps put away what it left, and none of them brought a file of the new version. */
static bool is_given_up(const struct plan *p)
{
    bool skipped = false;

    for (size_t i = 0; i < p->steps.n; i++) {
        if (p->steps.v[i]->kind != STEP_FILES)
            continue;
        if (p->steps.v[i]->state != STEP_SKIPPED)
            return false;
        skipped = true;
    }
    return skipped && !p->touched;
}

/* What the re-read store says after all steps were carried out. */
static enum status finished(struct app *a, struct rescue *r, const struct resume_opts *o,
                            const struct resume_result *res, uint64_t ns)
{
    const bool given_up = is_given_up(&r->plan);
    const struct step *left;
    char took[CLOCK_WORDS];
    struct err e = {0};

    clock_duration(ns, took);
    if (a->dry_run) {
        if (a->json)
            result_json(a, r->store, &r->plan, res, &e, STATUS_OK);
        return app_verdict(a, STATUS_OK, "OK: dry run of %zu step%s; nothing was changed", res->wanted,
                           res->wanted == 1 ? "" : "s");
    }
    if (rescue_reread(r, &e) < 0) {
        app_error(a, &e);
        return app_verdict(a, STATUS_PROBLEMS, "DONE WITH 1 PROBLEM: the store could not be read again");
    }
    left = plan_failed(&r->plan);
    if (a->json)
        result_json(a, r->store, &r->plan, res, &e,
                    left && o->only_n == 0 && !o->until ? STATUS_PROBLEMS : STATUS_OK);
    if (left && (o->only_n > 0 || o->until))
        return app_verdict(a, STATUS_OK, "OK: %zu step%s done in %s; next is %s, with: %s resume", res->done,
                           res->done == 1 ? "" : "s", took, left->id, app_self(a, &r->plan.mem));
    if (left)
        return app_verdict(a, STATUS_PROBLEMS,
                           "DONE WITH 1 PROBLEM: every step ran, but %s is still open; look with: %s -v diagnose",
                           left->id, app_self(a, &r->plan.mem));
    if (!a->json && !a->quiet && rescue_has_undo(r)) {
        app_print(a, "\n");
        app_para(a, 0, "What was there before is kept in %s. Go back with: toolkit undo; free the space with: toolkit clean", r->work.tree.path);
    }
    if (given_up)
        return app_verdict(a, STATUS_OK, "OK: the upgrade, which had changed nothing, is given up: %zu step%s in %s, re-read; it can be started again",
                           res->done, res->done == 1 ? "" : "s", took);
    return app_verdict(a, STATUS_OK, "OK: the upgrade to %s is finished: %zu step%s in %s, re-read; check the files with: %s verify",
                       r->plan.to ? r->plan.to : "the new version", res->done, res->done == 1 ? "" : "s", took,
                       app_self(a, &r->plan.mem));
}

static bool nothing_to_do(const struct plan *p, const struct resume_opts *o)
{
    return o->only_n == 0 && (p->state != UPGRADE_INTERRUPTED || plan_failed(p) == NULL);
}

/* What is wrong with the store though no upgrade is open, so that nobody takes it for healed. */
static const struct finding *first_problem(const struct plan *p)
{
    for (size_t i = 0; i < p->findings.n; i++)
        if (p->findings.v[i].level == FINDING_PROBLEM)
            return &p->findings.v[i];
    return NULL;
}

/* Mostly the database is out of reach; its own words tell what to do. */
static enum status untold(struct app *a, struct rescue *r)
{
    struct err e = {0};

    if (store_db(r->store, &e) == NULL) {
        err_wrap(&e, "the state of the upgrade could not be told");
    } else {
        if (!a->json && !a->quiet)
            report_findings(a, &r->plan);
        err_set(&e, ERR_ABSENT, "the state of the upgrade could not be told");
        err_fix(&e, "see: %s diagnose", app_self(a, &r->plan.mem));
    }
    return app_cannot(a, &e);
}

static enum status nothing(struct app *a, struct rescue *r)
{
    const struct finding *problem;
    struct resume_result none = {0};
    struct err no_error = {0};
    const char *state;

    if (r->plan.state == UPGRADE_UNKNOWN)
        return untold(a, r);
    problem = first_problem(&r->plan);
    if (a->json)
        result_json(a, r->store, &r->plan, &none, &no_error, problem ? STATUS_PROBLEMS : STATUS_OK);
    else if ((problem || a->store.source) && !a->quiet)
        report_findings(a, &r->plan);
    state = r->plan.state == UPGRADE_FINISHED ? "the last upgrade is finished, there is nothing to resume" : "there is no interrupted upgrade";
    if (problem)
        return app_verdict(a, STATUS_PROBLEMS, "NOTHING DONE: %s, but %s", state, problem->title);
    if (a->store.source && r->plan.state == UPGRADE_NONE)
        return app_verdict(a, STATUS_OK, "OK: %s: neither files nor database show that one was cut off, so --source was not used; nothing was changed", state);
    return app_verdict(a, STATUS_OK, "OK: %s; nothing was changed", state);
}

/* Shows what is about to be done and asks. */
static bool agreed(struct app *a, struct rescue *r, const char *what, struct err *e)
{
    if (a->dry_run || a->yes)
        return true;
    if (!a->json) {
        report_store(a, r->store);
        app_print(a, "\n");
        report_steps(a, &r->plan);
        app_print(a, "\n");
    }
    return app_confirm(a, what, e);
}

/* A restore that a kill has cut goes before the upgrade: the store may be half of each. 0: there is none. */
static int cut_restore(struct app *a, struct store *s, enum status *status, struct err *e)
{
    struct restore_opts o;
    struct arena mem = {0};
    int rc = restore_unfinished(s, a->work_dir, &o, &mem, e);

    if (rc < 0)
        *status = app_cannot(a, e);
    if (rc > 0) {
        o.dry_run = a->dry_run;
        app_message(a, "The restore of %s was cut off; it is finished first.", o.backup);
        *status = restore_carry_out(a, s, &o, "toolkit resume");
    }
    arena_free(&mem);
    return rc;
}

/* The database as it is before the first change; files are kept one by one as they are replaced. */
static int keep_database(struct app *a, struct rescue *r, const struct work_ui *ui, struct err *e)
{
    char name[40];

    if (store_db(r->store, e) == NULL) {
        app_message(a, "The database can't be reached, so no snapshot of it is made: %s", e->text);
        err_clear(e);
        return 0;
    }
    rescue_snapshot_name(r->journal.id, name);
    if (snapshot_db(r->store, &r->work, name, ui, e) == 0)
        return 0;
    err_wrap(e, "snapshot of the database before the first change");
    return err_fix(e, "mend that, or go on without a way back for the database: --no-snapshot");
}

/* Dumped by an earlier run of the case counts as well; without a server nothing of it can be changed. */
static int keep_logs(struct rescue *r, bool snapshot, struct err *e)
{
    struct err ignored = {0};
    char name[40];
    bool stays;

    rescue_snapshot_name(r->journal.id, name);
    stays = !snapshot && !tree_exists(&r->work.tree, name) && store_db(r->store, &ignored) != NULL;
    return logs_note(r->store, r->journal.file, r->journal.id, stays, e);
}

static enum status carry_out(struct app *a, const struct resume_opts *o, const char *name, bool snapshot)
{
    struct view v;
    struct resume_result res = {0};
    struct tree undo = {0};
    struct rescue r = {0};
    struct err e = {0};
    struct store s;
    uint64_t begun = clock_mono_ns();
    enum status status;

    view_init(&v, a);
    if (app_store(a, &s, &e) < 0)
        return app_cannot(a, &e);
    if (o->only_n == 0 && cut_restore(a, &s, &status, &e) != 0) {
        store_close(&s);
        return status;
    }
    /* Looking needs no work directory, so that a finished store is left without one. */
    if (rescue_read(&r, &s, a->work_dir, &e) < 0) {
        status = app_cannot(a, &e);
        goto out;
    }
    if (nothing_to_do(&r.plan, o)) {
        status = nothing(a, &r);
        goto out;
    }
    if (resume_check(&r.plan, o, &e) < 0 || !agreed(a, &r, "Carry out the open steps now?", &e)) {
        status = app_cannot(a, &e);
        goto out;
    }
    if (!a->dry_run) {
        rescue_close(&r);
        if (rescue_begin(&r, &s, a->work_dir, name, &e) < 0 || rescue_undo_tree(&r, &undo, &e) < 0 ||
            (snapshot && resume_begins(&r.plan, o) && keep_database(a, &r, &v.ui, &e) < 0) || keep_logs(&r, snapshot, &e) < 0) {
            view_close(&v);
            status = app_cannot(a, &e);
            goto out;
        }
        view_close(&v);
    }
    if (resume_run(&s, &r.plan, &r.journal, a->dry_run ? NULL : &undo, o, &v.ui, &res, &e) < 0)
        status = stopped(a, &r, &res, &e);
    else
        status = finished(a, &r, o, &res, clock_mono_ns() - begun);
out:
    tree_close(&undo);
    rescue_close(&r);
    store_close(&s);
    return status;
}

static enum status run_resume(struct app *a, const struct args *g)
{
    struct resume_opts o = {.from = args_get(g, "from"),
                            .until = args_get(g, "until"),
                            .again = args_has(g, "again"),
                            .dry_run = a->dry_run,
                            .verbose = a->verbose};

    return carry_out(a, &o, "toolkit resume", !args_has(g, "no-snapshot"));
}

static enum status run_steps(struct app *a, const struct args *g)
{
    struct resume_opts o = {
        .only = g->operands, .only_n = g->n, .again = args_has(g, "again"), .dry_run = a->dry_run, .verbose = a->verbose};

    return carry_out(a, &o, "toolkit run", !args_has(g, "no-snapshot"));
}

static const struct option resume_options[] = {
    {"from", 0, "STEP", "begin with this step; open steps before it are left alone"},
    {"until", 0, "STEP", "end with this step"},
    {"again", 0, NULL, "repeat what may have begun and is not known to be repeatable"},
    {"no-snapshot", 0, NULL, "do not dump the database before the first change; undo can then bring back files alone"},
    {NULL, 0, NULL, NULL},
};

static const struct option run_options[] = {
    {"again", 0, NULL, "repeat what is done or may have begun and is not known to be repeatable"},
    {"no-snapshot", 0, NULL, "do not dump the database before the first change; undo can then bring back files alone"},
    {NULL, 0, NULL, NULL},
};

const struct command cmd_resume = {
    .name = "resume",
    .operands = "",
    .summary = "carry out the steps that the upgrade did not reach",
    .text = "Finishes the upgrade that diagnose describes: files, hooks, changes of the database, cache rebuild, labels, clearing of the "
            "upgrader's state, one step after the other, each written to the journal before and after, each re-read. "
            "A step that fails ends the run; nothing behind it is started. Running resume again goes on where it "
            "stopped, also after a kill.\n\n"
            "A hook or a statement of an upgrade script that may have begun is named and not carried out again unless it is known to be repeatable "
            "or --again is given. Files that are replaced or removed are kept in the work directory, and "
            "the database is dumped there before the first change: undo goes back.\n\n"
            "STEP is a step's name as diagnose -v prints it, or the front of it: labels, labels:Core.",
    .examples = "toolkit --dry-run resume\ntoolkit resume\ntoolkit resume --until rebuild\ntoolkit --yes resume --again",
    .options = resume_options,
    .run = run_resume,
};

const struct command cmd_run = {
    .name = "run",
    .operands = "STEP…",
    .summary = "carry out chosen steps, whatever their state",
    .text = "Carries out the named steps of the plan in the plan's order, each journalled and re-read like in resume. "
            "A hook or a statement that is done or may have begun, and is not known to be repeatable, needs --again.",
    .examples = "toolkit run labels\ntoolkit run 'files:CDev\\Paypal'\ntoolkit --dry-run run rebuild",
    .options = run_options,
    .least = 1,
    .most = 1000,
    .run = run_steps,
};
