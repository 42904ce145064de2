#include "cmd/report.h"

#include "base/plural.h"
#include "base/table.h"

#include <string.h>

static enum term_style style_of(enum step_state s)
{
    switch (s) {
    case STEP_DONE:
        return TERM_GREEN;
    case STEP_PARTIAL:
    case STEP_FAILED:
        return TERM_RED;
    case STEP_UNKNOWN:
        return TERM_YELLOW;
    case STEP_PENDING:
    case STEP_SKIPPED:
        break;
    }
    return TERM_DIM;
}

void report_store(struct app *a, const struct store *s)
{
    app_puts(a, TERM_BOLD, s->platform->title);
    app_print(a, " store in ");
    app_puts(a, TERM_RESET, s->tree.path);
    if (s->version) {
        app_print(a, ", version ");
        app_puts(a, TERM_RESET, s->version);
    } else {
        app_print(a, ", version unknown");
    }
    if (s->version && s->version_code && strcmp(s->version, s->version_code) != 0) {
        app_print(a, " (its compiled cache is of ");
        app_puts(a, TERM_RESET, s->version_code);
        app_print(a, ")");
    }
    app_print(a, "\n");
}

/* Steps of one kind in one state, next to each other, share a line. */
static size_t run_length(const struct plan *p, size_t i)
{
    const struct step *first = p->steps.v[i];
    size_t n = 1;

    while (i + n < p->steps.n && p->steps.v[i + n]->kind == first->kind && p->steps.v[i + n]->state == first->state)
        n++;
    return n;
}

static void describe_run(const struct plan *p, size_t i, size_t n, struct buf *out)
{
    const char *last = NULL;

    if (n == 1) {
        buf_adds(out, p->steps.v[i]->title);
        return;
    }
    for (size_t k = i; k < i + n; k++) {
        const char *entry = p->steps.v[k]->entry;

        if (entry == NULL || (last && strcmp(last, entry) == 0))
            continue;
        buf_printf(out, "%s%s", last ? ", " : "", entry);
        last = entry;
    }
    if (p->steps.v[i]->kind == STEP_PRE_HOOKS || p->steps.v[i]->kind == STEP_POST_HOOKS ||
        p->steps.v[i]->kind == STEP_REBUILD_HOOKS)
        buf_printf(out, " (%zu hook%s)", n, plural(n, "", "s"));
}

static void print_evidence(struct app *a, const struct step *s)
{
    for (const struct evidence *ev = s->evidence; ev; ev = ev->next) {
        if (ev->line)
            app_para(a, 8, "%s:%llu: %s", ev->source, (unsigned long long)ev->line, ev->text);
        else
            app_para(a, 8, "%s: %s", ev->source, ev->text);
    }
}

static void steps_verbose(struct app *a, const struct plan *p)
{
    for (size_t i = 0; i < p->steps.n; i++) {
        const struct step *s = p->steps.v[i];

        app_print(a, "  ");
        app_puts(a, style_of(s->state), step_state_name(s->state));
        app_print(a, "%*s", (int)(9 - strlen(step_state_name(s->state))), "");
        app_puts(a, TERM_RESET, s->id);
        app_print(a, "\n");
        print_evidence(a, s);
        if (s->danger)
            app_para(a, 8, "%s", s->danger);
        if (!s->can_run && step_is_open(s) && s->why_not)
            app_para(a, 8, "can't be run: %s", s->why_not);
    }
}

void report_steps(struct app *a, const struct plan *p)
{
    struct table t = {0};

    if (a->verbose) {
        steps_verbose(a, p);
        return;
    }
    t.indent = 2;
    table_begin(&t, 3, NULL);
    for (size_t i = 0; i < p->steps.n;) {
        const struct step *s = p->steps.v[i];
        size_t n = run_length(p, i);
        struct buf what = {0};

        describe_run(p, i, n, &what);
        table_cstr(&t, style_of(s->state), step_state_name(s->state));
        table_cstr(&t, TERM_RESET, step_kind_name(s->kind));
        table_cell(&t, TERM_RESET, buf_str(&what));
        buf_free(&what);
        i += n;
    }
    table_print(&t, &a->out, &a->text);
    table_free(&t);
}

void report_findings(struct app *a, const struct plan *p)
{
    static const enum term_style styles[] = {TERM_DIM, TERM_YELLOW, TERM_RED};
    bool any = false;

    for (size_t i = 0; i < p->findings.n; i++) {
        const struct finding *f = &p->findings.v[i];

        if (f->level == FINDING_NOTE && a->quiet)
            continue;
        if (!any)
            app_print(a, "\nAlso found\n");
        any = true;
        app_print(a, "  ");
        app_puts(a, styles[f->level], finding_level_name(f->level));
        app_print(a, "%*s", (int)(9 - strlen(finding_level_name(f->level))), "");
        table_wrap(&a->text, str_of(f->title), a->out.columns, 11, 11);
        if (f->source)
            app_para(a, 11, f->line ? "in %s, line %llu" : "in %s", f->source, (unsigned long long)f->line);
        if (f->detail)
            app_para(a, 11, "%s", f->detail);
        if (f->fix)
            app_para(a, 11, "What to do: %s", f->fix);
    }
}

static void store_json(struct json *j, const struct store *s, enum gate gate)
{
    json_kobj(j, "store");
    json_kpath(j, "root", str_of(s->tree.path));
    json_kstr(j, "platform", s->platform->name);
    json_kstr(j, "version", s->version);
    json_kstr(j, "version_code", s->version_code);
    json_kstr(j, "version_db", s->version_db);
    json_kstr(j, "prefix", s->prefix);
    if (gate == GATE_UNKNOWN)
        json_knull(j, "open");
    else
        json_kbool(j, "open", gate == GATE_OPEN);
    json_end(j);
}

void report_json_begin(struct json *j, struct buf *out, const struct store *s, enum gate gate)
{
    json_init(j, out);
    json_begin_obj(j);
    json_kint(j, "schema", 1);
    store_json(j, s, gate);
}

void report_json_end(struct json *j, enum status status)
{
    json_kint(j, "exit", status);
    json_end(j);
}

static void step_json(struct json *j, const struct step *s)
{
    json_begin_obj(j);
    json_kstr(j, "id", s->id);
    json_kstr(j, "kind", step_kind_name(s->kind));
    json_kstr(j, "entry", s->entry);
    json_kstr(j, "title", s->title);
    json_kstr(j, "state", step_state_name(s->state));
    json_karr(j, "evidence");
    for (const struct evidence *ev = s->evidence; ev; ev = ev->next) {
        json_begin_obj(j);
        json_kpath(j, "source", str_of(ev->source));
        if (ev->line)
            json_kuint(j, "line", ev->line);
        else
            json_knull(j, "line");
        json_kstr(j, "text", ev->text);
        json_end(j);
    }
    json_end(j);
    json_kbool(j, "can_run", s->can_run);
    json_kstr(j, "why_not", s->can_run ? NULL : s->why_not);
    json_kbool(j, "repeatable", s->repeatable);
    json_kstr(j, "danger", s->danger);
    json_end(j);
}

void report_plan_json(struct json *j, const struct plan *p)
{
    const struct step *failed = p->state == UPGRADE_INTERRUPTED ? plan_failed(p) : NULL;

    json_kobj(j, "upgrade");
    json_kstr(j, "from", p->from);
    json_kstr(j, "to", p->to);
    json_kstr(j, "state", upgrade_state_name(p->state));
    json_kstr(j, "started", p->started);
    json_kstr(j, "last_activity", p->last_activity);
    json_kstr(j, "summary", p->summary);
    json_end(j);
    json_karr(j, "steps");
    for (size_t i = 0; i < p->steps.n; i++)
        step_json(j, p->steps.v[i]);
    json_end(j);
    json_kstr(j, "failed_step", failed ? failed->id : NULL);
    if (p->failure.code) {
        json_kobj(j, "cause");
        json_kstr(j, "code", p->failure.code);
        json_kstr(j, "title", p->failure.title);
        json_kstr(j, "detail", p->failure.detail);
        json_kstr(j, "fix", p->failure.fix);
        json_end(j);
    } else {
        json_knull(j, "cause");
    }
    json_karr(j, "findings");
    for (size_t i = 0; i < p->findings.n; i++) {
        const struct finding *f = &p->findings.v[i];

        json_begin_obj(j);
        json_kstr(j, "level", finding_level_name(f->level));
        json_kstr(j, "code", f->code);
        json_kstr(j, "title", f->title);
        json_kstr(j, "detail", f->detail);
        json_kstr(j, "fix", f->fix);
        json_kstr(j, "source", f->source);
        if (f->line)
            json_kuint(j, "line", f->line);
        else
            json_knull(j, "line");
        json_end(j);
    }
    json_end(j);
}
