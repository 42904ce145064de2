#include "cmd/command.h"
#include "cmd/report.h"

#include <string.h>

static void print_story(struct app *a, const struct plan *p)
{
    const struct step *failed = plan_failed(p);

    app_print(a, "\n");
    if (p->state == UPGRADE_NONE) {
        app_para(a, 0, "%s", p->summary ? p->summary : "No interrupted upgrade was found.");
        return;
    }
    if (p->summary)
        app_para(a, 0, "%s", p->summary);
    if (p->started)
        app_para(a, 0, "It began at %s; the last sign of life is of %s (the store's own clock).", p->started,
                 p->last_activity ? p->last_activity : p->started);
    if (p->steps.n > 0)
        app_print(a, "\n");
    report_steps(a, p);
    if (p->state != UPGRADE_INTERRUPTED || failed == NULL)
        return;
    app_print(a, "\n");
    app_puts(a, TERM_BOLD, "It stopped at ");
    app_puts(a, TERM_BOLD, failed->id);
    app_print(a, "\n");
    for (const struct evidence *ev = a->verbose ? NULL : failed->evidence; ev; ev = ev->next) {
        if (ev->line)
            app_para(a, 2, "%s:%llu: %s", ev->source, (unsigned long long)ev->line, ev->text);
        else
            app_para(a, 2, "%s: %s", ev->source, ev->text);
    }
    if (failed->danger && !failed->repeatable)
        app_para(a, 2, "Careful: %s.", failed->danger);
    if (p->failure.code) {
        app_print(a, "\n");
        app_puts(a, TERM_BOLD, "Why");
        app_print(a, "\n");
        app_para(a, 2, "%s", p->failure.title);
        if (p->failure.detail)
            app_para(a, 2, "%s", p->failure.detail);
        if (p->failure.fix)
            app_para(a, 2, "What to do: %s", p->failure.fix);
    }
}

/* It may have begun, and whether it may be repeated is for a human to say. */
static bool needs_a_look(const struct step *s)
{
    return s->danger && !s->repeatable;
}

/* The command that comes next, or NULL. */
static const char *next_command(struct app *a, struct plan *p)
{
    const struct step *failed = plan_failed(p);
    const char *self = app_self(a, &p->mem);

    if (p->advice && strcmp(p->advice, "open") == 0)
        return arena_printf(&p->mem, "%s store open", self);
    if (p->advice && strcmp(p->advice, "restore") == 0)
        return arena_printf(&p->mem, "%s restore", self);
    if (p->state != UPGRADE_INTERRUPTED || failed == NULL || !failed->can_run)
        return NULL;
    return arena_printf(&p->mem, "%s resume%s", self, needs_a_look(failed) ? " --again" : "");
}

/* Visitors that get the maintenance page are what a user sees first, whether an upgrade was open or not. */
static void note_closed(struct plan *p, enum gate gate)
{
    struct finding *f;

    if (gate != GATE_CLOSED || p->state == UPGRADE_INTERRUPTED)
        return;
    for (size_t i = 0; i < p->findings.n; i++)
        if (strcmp(p->findings.v[i].code, "store_closed") == 0)
            return;
    f = plan_finding(p, FINDING_NOTE, "store_closed", "the store is closed for visitors");
    f->fix = "toolkit store open";
}

static size_t count_problems(const struct plan *p)
{
    size_t n = 0;

    for (size_t i = 0; i < p->findings.n; i++)
        n += p->findings.v[i].level == FINDING_PROBLEM;
    return n;
}

static void print_json(struct app *a, const struct store *s, const struct plan *p, enum gate gate, const char *next,
                       enum status status)
{
    struct json j;

    report_json_begin(&j, &a->text, s, gate);
    report_plan_json(&j, p);
    json_karr(&j, "next");
    if (next)
        json_cstr(&j, next);
    json_end(&j);
    report_json_end(&j, status);
}

static const char *next_words(const struct plan *p, const struct step *failed)
{
    if (p->advice && strcmp(p->advice, "restore") == 0)
        return "best go back with";
    if (p->advice && strcmp(p->advice, "open") == 0)
        return "nothing was changed, so open the store with";
    return needs_a_look(failed) ? "look at what that step does, then" : "continue with";
}

static enum status verdict(struct app *a, const struct plan *p, const char *next, size_t problems)
{
    const struct step *failed = plan_failed(p);

    if (p->state == UPGRADE_INTERRUPTED && failed) {
        problems++;
        if (next)
            return app_verdict(a, STATUS_PROBLEMS, "DONE WITH %zu PROBLEM%s: the upgrade is interrupted at %s; %s: %s",
                               problems, problems == 1 ? "" : "S", failed->id, next_words(p, failed), next);
        return app_verdict(a, STATUS_PROBLEMS, "DONE WITH %zu PROBLEM%s: the upgrade is interrupted at %s%s%s",
                           problems, problems == 1 ? "" : "S", failed->id, failed->why_not ? "; " : "",
                           failed->why_not ? failed->why_not : "");
    }
    if (p->state == UPGRADE_UNKNOWN)
        return app_verdict(a, STATUS_PROBLEMS, "DONE WITH %zu PROBLEMS: the state of the upgrade could not be told",
                           problems + 1);
    if (problems)
        return app_verdict(a, STATUS_PROBLEMS, "DONE WITH %zu PROBLEM%s: see above", problems,
                           problems == 1 ? "" : "S");
    return app_verdict(a, STATUS_OK, "OK: %s",
                       p->state == UPGRADE_FINISHED ? "the last upgrade is finished" : "no interrupted upgrade");
}

static enum status run(struct app *a, const struct args *g)
{
    struct store s;
    struct rescue r = {0};
    struct err e = {0};
    struct err ignored = {0};
    enum gate gate = GATE_UNKNOWN;
    enum status status;
    const char *next;
    size_t problems;

    (void)g;
    if (app_store(a, &s, &e) < 0)
        return app_cannot(a, &e);
    if (rescue_read(&r, &s, a->work_dir, &e) < 0) {
        status = app_cannot(a, &e);
        goto out;
    }
    preflight(&s, &r.plan, &r.work);
    s.platform->gate(&s, &gate, &ignored);
    note_closed(&r.plan, gate);
    next = next_command(a, &r.plan);
    problems = count_problems(&r.plan);
    if (a->json) {
        bool wrong = problems > 0 || r.plan.state == UPGRADE_INTERRUPTED || r.plan.state == UPGRADE_UNKNOWN;

        print_json(a, &s, &r.plan, gate, next, wrong ? STATUS_PROBLEMS : STATUS_OK);
        app_flush(a);
    } else if (!a->quiet) {
        report_store(a, &s);
        print_story(a, &r.plan);
        report_findings(a, &r.plan);
        app_print(a, "\n");
    }
    status = verdict(a, &r.plan, next, problems);
out:
    rescue_close(&r);
    store_close(&s);
    return status;
}

const struct command cmd_diagnose = {
    .name = "diagnose",
    .operands = "",
    .summary = "find the step at which the upgrade stopped, and why",
    .text = "Reads the store's logs, state files, database and packs and prints every step of its last upgrade with its "
            "state, the step at which it stopped, the cause where one is known, and the command that comes next. "
            "Changes nothing. Works with the database down and with PHP missing; then it says what could not be "
            "known.\n\n"
            "Also looked at: disk space, ownership and write permission of what the rest of the upgrade will touch, "
            "PHP version and extensions, leftover locks.",
    .examples = "toolkit diagnose\ntoolkit -C /var/www/shop -v diagnose\ntoolkit --json diagnose",
    .run = run,
};
