#include "base/clock.h"
#include "base/table.h"
#include "cmd/command.h"
#include "cmd/report.h"
#include "cmd/task.h"
#include "cmd/view.h"
#include "rescue/journal.h"

#include <stdlib.h>
#include <string.h>

/* The journal's case and step under which what was switched off is remembered. */
#define CHANGE "addons"

struct job {
    struct app *a;
    struct store s;
    const char *command;
    const char *const *names;
    size_t n;
    bool on;
};

static int has_addons(const struct store *s, struct err *e)
{
    if (s->platform->addons_list && s->platform->addons_set)
        return 0;
    return err_set(e, ERR_ABSENT, "%s: add-ons are not available", s->platform->title);
}

static void print_json(struct app *a, const struct store *s, const struct addon_list *l, const struct err *e,
                       enum status status)
{
    struct json j;

    report_json_begin(&j, &a->text, s, GATE_UNKNOWN);
    json_kstr(&j, "note", l->note);
    json_karr(&j, "addons");
    for (size_t i = 0; i < l->all.n; i++) {
        const struct addon *ad = &l->all.v[i];

        json_begin_obj(&j);
        json_kstr(&j, "name", ad->name);
        json_kstr(&j, "version", ad->version);
        json_kbool(&j, "enabled", ad->enabled);
        if (ad->origin_known)
            json_kbool(&j, "third_party", ad->third_party);
        else
            json_knull(&j, "third_party");
        json_kstr(&j, "note", ad->note);
        json_end(&j);
    }
    json_end(&j);
    app_error_json(&j, e);
    json_kbool(&j, "dry_run", a->dry_run);
    report_json_end(&j, status);
}

static void print_list(struct app *a, const struct addon_list *l)
{
    static const char *const heads[] = {"Add-on", "Version", "State", "Origin", "Note"};
    struct table t = {0};

    table_begin(&t, sizeof heads / sizeof *heads, heads);
    for (size_t i = 0; i < l->all.n; i++) {
        const struct addon *ad = &l->all.v[i];

        table_cstr(&t, TERM_RESET, ad->name);
        table_cstr(&t, TERM_RESET, ad->version);
        table_cstr(&t, ad->enabled ? TERM_GREEN : TERM_RESET, ad->enabled ? "on" : "off");
        table_cstr(&t, TERM_RESET,
                   !ad->origin_known ? "not known"
                   : ad->third_party ? "third party"
                                     : "with the shop");
        table_cstr(&t, TERM_RESET, ad->note);
    }
    table_print(&t, &a->out, &a->text);
    table_free(&t);
    if (l->note)
        app_para(a, 0, "%s", l->note);
}

static enum status list(struct app *a)
{
    struct addon_list l = {.note = NULL};
    struct store s;
    struct err e = {0};
    enum status status;
    size_t on = 0;
    size_t third = 0;

    if (app_store(a, &s, &e) < 0)
        return app_cannot(a, &e);
    if (has_addons(&s, &e) < 0 || s.platform->addons_list(&s, &l, &e) < 0) {
        if (a->json)
            print_json(a, &s, &l, &e, STATUS_CANNOT);
        status = app_cannot(a, &e);
        goto out;
    }
    for (size_t i = 0; i < l.all.n; i++) {
        on += l.all.v[i].enabled;
        third += l.all.v[i].third_party;
    }
    if (a->json)
        print_json(a, &s, &l, &e, STATUS_OK);
    else if (!a->quiet)
        print_list(a, &l);
    status = app_verdict(a, STATUS_OK, "OK: %zu add-on%s, %zu switched on, %zu of third parties", l.all.n,
                         l.all.n == 1 ? "" : "s", on, third);
out:
    free(l.all.v);
    arena_free(&l.mem);
    store_close(&s);
    return status;
}

/* The list after the change is what a program wants to see. */
static void json_after(struct job *j, const struct err *e, enum status status)
{
    struct addon_list l = {.note = NULL};
    struct err ignored = {0};

    if (j->s.platform->addons_list)
        j->s.platform->addons_list(&j->s, &l, &ignored);
    print_json(j->a, &j->s, &l, e, status);
    free(l.all.v);
    arena_free(&l.mem);
}

/* Nothing is left to be switched on again: the next change begins a case of its own. */
static int end_case(const struct job *j, const struct journal *journal, struct work *w, struct err *e)
{
    struct buf rest = {0};
    bool open = !j->a->dry_run && !(w->noted(w, ADDONS_NOTE, &rest) && rest.n > 0);
    int rc = open ? case_file_set_state(journal->file, journal->id, CASE_FINISHED, e) : 0;

    buf_free(&rest);
    return rc;
}

static enum status change(struct job *j)
{
    static const struct step step = {.id = CHANGE, .title = "add-ons"};
    struct journal journal = {0};
    struct work_ctx ctx = {.journal = &journal, .step = &step};
    struct workdir dir;
    struct work w;
    struct view v;
    struct err e = {0};
    uint64_t begun = clock_mono_ns();
    enum status status;
    int rc;

    workdir_init(&dir);
    if (has_addons(&j->s, &e) < 0 || task_journal(j->a, &j->s, j->command, CHANGE, false, &dir, &journal, &e) < 0) {
        if (j->a->json)
            json_after(j, &e, STATUS_CANNOT);
        status = app_cannot(j->a, &e);
        goto out;
    }
    task_work(j->a, &j->s, &v, &ctx, &w);
    rc = j->s.platform->addons_set(&j->s, j->names, j->n, j->on, &w, &e);
    view_close(&v);
    if (rc == 0 && j->on)
        rc = end_case(j, &journal, &w, &e);
    if (j->a->json)
        json_after(j, &e, rc < 0 ? task_status(&e) : STATUS_OK);
    status = rc < 0 ? task_failed(j->a, &e) : task_done(j->a, j->on ? "add-ons switched on" : "add-ons switched off (on again with: toolkit addons enable)", begun);
out:
    journal_close(&journal);
    workdir_close(&dir);
    return status;
}

static int usage(const struct args *g, bool third_party, struct err *e)
{
    const char *what = g->operands[0];
    bool off = strcmp(what, "disable") == 0;

    if (!off && strcmp(what, "enable") != 0 && strcmp(what, "list") != 0)
        return err_set(e, ERR_USAGE, "addons knows list, disable and enable, not %s", what);
    if (third_party && (!off || g->n > 1))
        return err_set(e, ERR_USAGE, "--third-party goes with addons disable, without names");
    if (off && !third_party && g->n == 1)
        return err_set(
            e, ERR_USAGE,
            "addons disable needs names, or --third-party for all that did not come with the shop");
    if (strcmp(what, "list") == 0 && g->n > 1)
        return err_set(e, ERR_USAGE, "addons list takes no names");
    return 0;
}

static enum status run(struct app *a, const struct args *g)
{
    struct job j = {.a = a, .names = g->operands + 1, .n = g->n - 1};
    struct err e = {0};
    enum status status;

    if (usage(g, args_has(g, "third-party"), &e) < 0)
        return app_cannot(a, &e);
    if (strcmp(g->operands[0], "list") == 0)
        return list(a);
    j.on = strcmp(g->operands[0], "enable") == 0;
    j.command = j.on ? "toolkit addons enable" : "toolkit addons disable";
    if (app_store(a, &j.s, &e) < 0)
        return app_cannot(a, &e);
    if (!a->dry_run && !j.on && !app_confirm(a, "Switch these add-ons off in the live store now?", &e))
        status = app_cannot(a, &e);
    else
        status = change(&j);
    store_close(&j.s);
    return status;
}

static const struct option options[] = {
    {"third-party", 't', NULL, "with disable: all that did not come with the shop"},
    {NULL, 0, NULL, NULL},
};

const struct command cmd_addons = {
    .name = "addons",
    .operands = "list|disable|enable [NAME…]",
    .summary = "list add-ons, switch them off and on",
    .text =
        "list shows every installed add-on, whether it is on, whether it came with the shop, and what keeps "
        "it from being loaded.\n\n"
        "disable switches the named add-ons off, or with --third-party all that did not come with the shop: "
        "an add-on that was not made for a new "
        "version is the usual reason for an empty page after an upgrade. What was switched off is "
        "remembered.\n\n"
        "enable switches the named add-ons on; without names exactly those that the toolkit switched off.\n\n"
        "Works in the database, without the admin panel; caches are cleared.",
    .examples = "toolkit addons list\ntoolkit --yes addons disable --third-party\ntoolkit addons "
                "enable\ntoolkit addons enable seo",
    .options = options,
    .least = 1,
    .most = 100,
    .run = run,
};
