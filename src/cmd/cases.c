/* cases and undo: what the toolkit did to a store, and taking it back. */
#include "base/clock.h"
#include "base/table.h"
#include "cmd/case_words.h"
#include "cmd/command.h"
#include "cmd/report.h"
#include "cmd/view.h"

#include <stdlib.h>
#include <string.h>

/* ---- cases ---- */

static void cases_json(const struct cases *c)
{
    struct json j;

    report_json_begin(&j, &c->a->text, &c->s, GATE_UNKNOWN);
    if (c->dir.tree.path)
        json_kpath(&j, "work_dir", str_of(c->dir.tree.path));
    else
        json_knull(&j, "work_dir");
    json_karr(&j, "cases");
    for (size_t i = 0; i < c->all.n; i++) {
        json_begin_obj(&j);
        case_json(&j, &c->all.v[i]);
        json_end(&j);
    }
    json_end(&j);
    report_json_end(&j, STATUS_OK);
}

static void add_case(struct table *t, const struct undo_info *i)
{
    struct buf b = {0};
    char size[CLOCK_WORDS];

    buf_printf(&b, "%lld", (long long)i->info.id);
    table_cell(t, TERM_BOLD, buf_str(&b));
    table_cstr(t, TERM_RESET, case_kind_words(i->info.kind));
    table_cstr(t, TERM_RESET, i->info.began);
    table_cstr(t, i->info.state == CASE_OPEN || i->info.state == CASE_UNDOING ? TERM_YELLOW : TERM_RESET,
               case_state_words(i->info.state));
    clock_size(i->bytes, size);
    table_cstr(t, TERM_RESET, i->bytes ? size : "-");
    buf_reset(&b);
    case_subject(&i->info, &b);
    table_cell(t, TERM_RESET, buf_str(&b));
    buf_reset(&b);
    case_undo_words(i, &b);
    table_cell(t, i->possible ? TERM_RESET : TERM_DIM, buf_str(&b));
    buf_free(&b);
}

static void print_cases(const struct cases *c)
{
    static const char *const heads[] = {"case", "kind", "begun", "state", "kept", "what", "undo brings back"};
    struct table t = {0};

    table_begin(&t, sizeof heads / sizeof *heads, heads);
    table_right(&t, 0);
    table_right(&t, 4);
    for (size_t i = 0; i < c->all.n; i++)
        add_case(&t, &c->all.v[i]);
    table_print(&t, &c->a->out, &c->a->text);
    table_free(&t);
    app_print(c->a, "\n");
}

/* Another user's cases are not to be taken for none. */
static enum status say_none(struct cases *c)
{
    char *hidden = workdir_hidden(&c->s.tree);
    enum status status;

    if (hidden)
        status = app_verdict(c->a, STATUS_OK, "OK: this user has changed nothing in this store so far; %s is another one's: sudo %s cases", hidden,
                             app_self(c->a, &c->mem));
    else
        status = app_verdict(c->a, STATUS_OK, "OK: the toolkit has changed nothing in this store so far");
    free(hidden);
    return status;
}

static enum status run_cases(struct app *a, const struct args *g)
{
    struct cases c;
    struct err e = {0};
    enum status status;

    (void)g;
    if (cases_open(&c, a, NULL, false, &e) < 0 || cases_read(&c, &e) < 0) {
        status = app_cannot(a, &e);
    } else {
        if (a->json)
            cases_json(&c);
        else if (c.all.n > 0 && !a->quiet)
            print_cases(&c);
        if (c.all.n == 0)
            status = say_none(&c);
        else
            status = app_verdict(a, STATUS_OK, "OK: %zu case%s; take one back with: %s undo [CASE]", c.all.n,
                                 c.all.n == 1 ? "" : "s", app_self(a, &c.mem));
    }
    cases_close(&c);
    return status;
}

const struct command cmd_cases = {
    .name = "cases",
    .operands = "",
    .summary = "list what the toolkit did to the store, and what can be taken back",
    .text = "Lists every upgrade that was finished, every backup that was brought back and every small change, newest first: when, in what "
            "state, what undo would bring back, and the space that is kept for that on disk. Tables that are kept on the database server "
            "count there.\n\n"
            "Changes nothing.",
    .examples = "toolkit cases\ntoolkit --json cases",
    .run = run_cases,
};

/* ---- undo ---- */

static void undo_json(const struct cases *c, const struct undo_info *i, const struct undo_result *r, const struct err *e,
                      enum status status)
{
    struct json j;

    report_json_begin(&j, &c->a->text, &c->s, GATE_UNKNOWN);
    json_kobj(&j, "case");
    case_json(&j, i);
    json_end(&j);
    json_kuint(&j, "files", r->files);
    json_kuint(&j, "tables", r->tables);
    json_kuint(&j, "tables_aside", r->aside);
    json_kstr(&j, "problem", r->problem[0] ? r->problem : NULL);
    json_kbool(&j, "dry_run", c->a->dry_run);
    app_error_json(&j, e);
    report_json_end(&j, status);
}

/* The case that the user means: the newest that can be undone, unless one is named. */
static const struct undo_info *chosen(const struct cases *c, const struct args *g, struct err *e)
{
    const struct undo_info *i = NULL;
    int64_t id;

    if (g->n > 0) {
        if (case_number(g->operands[0], &id, e) < 0)
            return NULL;
        i = cases_find(c, id);
        if (i == NULL) {
            err_set(e, ERR_ABSENT, "there is no case %lld", (long long)id);
            err_fix(e, "toolkit cases lists them");
        }
        return i;
    }
    for (size_t k = 0; k < c->all.n; k++)
        if (c->all.v[k].possible)
            return &c->all.v[k];
    err_set(e, ERR_ABSENT, "there is nothing that could be undone");
    err_fix(e, "toolkit cases says why, case by case");
    return NULL;
}

static void show(const struct cases *c, const struct undo_info *i)
{
    struct app *a = c->a;
    struct buf b = {0};

    case_subject(&i->info, &b);
    app_print(a, "Case %lld: %s ", (long long)i->info.id, case_kind_words(i->info.kind));
    app_put(a, TERM_BOLD, buf_str(&b));
    app_print(a, ", begun %s, %s\n", i->info.began, case_state_words(i->info.state));
    if (!i->possible) {
        buf_free(&b);
        return;
    }
    buf_reset(&b);
    case_undo_words(i, &b);
    app_para(a, 2, "Undo brings back %.*s, as before that case.", STR_FMT(buf_str(&b)));
    if (i->db_switched)
        app_para(a, 2, "The tables that were put aside take their places again; rows written since then go with the present ones, which are kept until clean.");
    else if (i->db_snapshot)
        app_para(a, 2, "The database is loaded from the snapshot that was made before; rows written since then go with the present tables, which are kept until "
                       "clean.");
    else if (i->info.kind == CASE_UPGRADE)
        app_para(a, 2, "No snapshot of the database was made in that case: the database stays as it is.");
    app_print(a, "\n");
    buf_free(&b);
}

static enum status undone(struct cases *c, const struct undo_info *i, const struct undo_result *r, uint64_t ns)
{
    const struct err none = {0};
    enum status status = r->problem[0] ? STATUS_PROBLEMS : STATUS_OK;
    const char *self = app_self(c->a, &c->mem);
    char took[CLOCK_WORDS];

    clock_duration(ns, took);
    if (c->a->json) {
        undo_json(c, i, r, &none, status);
    } else if (!c->a->quiet) {
        if (r->aside > 0)
            app_para(c->a, 0, "%zu table%s that the case had added %s kept under other names (_tk…) until clean.", r->aside, r->aside == 1 ? "" : "s",
                     r->aside == 1 ? "is" : "are");
        if (i->info.kind == CASE_UPGRADE && r->files > 0 && c->s.version_code)
            app_para(c->a, 0, "If the store shows faults now, its compiled code is of the other version: %s cache rebuild", self);
    }
    if (r->problem[0])
        return app_verdict(c->a, status, "DONE WITH 1 PROBLEM: case %lld is undone, but %s", (long long)i->info.id, r->problem);
    return app_verdict(c->a, status, "OK: case %lld is undone: %llu file%s and %zu table%s brought back%s in %s; free what is kept with: %s clean %lld",
                       (long long)i->info.id, (unsigned long long)r->files, r->files == 1 ? "" : "s", r->tables, r->tables == 1 ? "" : "s",
                       r->files < i->files ? ", the rest was as before already," : "", took, self, (long long)i->info.id);
}

static enum status stopped(struct cases *c, const struct undo_info *i, const struct undo_result *r, const struct err *e)
{
    if (!r->may_have_changed)
        return app_cannot(c->a, e);
    if (c->a->json)
        undo_json(c, i, r, e, STATUS_STOPPED);
    app_error(c->a, e);
    return app_verdict(c->a, STATUS_STOPPED, "STOPPED half way back; continue with: %s undo %lld", app_self(c->a, &c->mem),
                       (long long)i->info.id);
}

static enum status carry_out(struct cases *c, const struct undo_info *i)
{
    struct undo_result r;
    struct view v;
    struct err e = {0};
    uint64_t begun = clock_mono_ns();
    int rc;

    view_init(&v, c->a);
    rc = undo_case(&c->s, &c->dir, c->cf, i->info.id, &v.ui, &r, &e);
    view_close(&v);
    return rc < 0 ? stopped(c, i, &r, &e) : undone(c, i, &r, clock_mono_ns() - begun);
}

static enum status undo(struct cases *c, const struct args *g)
{
    const struct undo_info *i;
    const struct undo_result nothing = {0};
    struct app *a = c->a;
    struct err e = {0};

    if (cases_read(c, &e) < 0 || (i = chosen(c, g, &e)) == NULL)
        return app_cannot(a, &e);
    if (!a->json && !a->quiet)
        show(c, i);
    if (a->dry_run && i->possible) {
        if (a->json)
            undo_json(c, i, &nothing, &e, STATUS_OK);
        return app_verdict(a, STATUS_OK, "OK: dry run; nothing was changed");
    }
    /* What can't be undone is refused before it is asked for. */
    if (i->possible && !app_confirm(a, "Take this back now?", &e))
        return app_cannot(a, &e);
    return carry_out(c, i);
}

static enum status run_undo(struct app *a, const struct args *g)
{
    struct cases c;
    struct err e = {0};
    enum status status;

    if (cases_open(&c, a, "toolkit undo", !a->dry_run, &e) < 0)
        status = app_cannot(a, &e);
    else
        status = undo(&c, g);
    cases_close(&c);
    return status;
}

const struct command cmd_undo = {
    .name = "undo",
    .operands = "[CASE]",
    .summary = "take back what a resume, a restore or a change did",
    .text = "Brings the files and tables of a case back to what they were before its first change. Without CASE: the newest that can be "
            "undone. Files come from the copies in the work directory. The database comes from the tables that a restore put aside, or from "
            "the snapshot that was made before an upgrade was resumed; it changes places with the present one in one statement.\n\n"
            "Cases are undone in the order newest to oldest. A kill half way does no harm: undo again goes on. What undo replaces in the "
            "database is kept too, until clean.",
    .examples = "toolkit --dry-run undo\ntoolkit undo\ntoolkit --yes undo 3",
    .most = 1,
    .run = run_undo,
};
