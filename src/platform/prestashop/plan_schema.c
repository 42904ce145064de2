/*
 * The steps of the database: one for each upgrade script, Doctrine's, and the queries behind them all. A statement of which nobody knows
 * whether it ran, and which must not run twice, makes its script dangerous; all else the journal and the database settle on the way.
 */
#include "base/plural.h"
#include "platform/prestashop/scripts_parts.h"

#include <string.h>

#define FAILED_SHOWN ((size_t)10)
#define SHOWN        200

struct schema {
    struct store *s;
    struct plan *p;
    struct ps_case *c;
};

static void set_state(struct step *st, const struct ps_script *script)
{
    if (script->done == script->all.n)
        st->state = STEP_DONE;
    else if (script->done > 0 || script->maybe > 0)
        st->state = STEP_PARTIAL;
    else
        st->state = STEP_PENDING;
}

/* Statements that change nothing that lasts are no sign that the script was begun. */
static bool was_begun(const struct ps_script *script)
{
    for (size_t i = 0; i < script->all.n; i++) {
        const struct ps_statement *st = &script->all.v[i];

        if (!st->php && (st->effect.does == PS_DOES_SESSION || st->effect.does == PS_DOES_NOTHING))
            continue;
        if (st->ran != PS_RAN_NO)
            return true;
    }
    return false;
}

static void tell(const struct schema *x, struct step *st, const struct ps_script *script)
{
    const struct ps_statement *open = NULL;
    const struct ps_sql_ref *last = &x->c->trail.last_sql;

    if (last->version && strcmp(last->version, script->version) == 0 && last->ref.source)
        plan_evidence(x->p, st, last->ref.source, last->ref.line, "%s", last->ref.text ? last->ref.text : last->query);
    if (script->done == script->all.n || (script->done == 0 && script->maybe == 0))
        return;
    for (size_t i = 0; i < script->all.n && open == NULL; i++)
        if (script->all.v[i].ran != PS_RAN_YES)
            open = &script->all.v[i];
    plan_evidence(x->p, st, script->file, open ? open->line : 0, "%zu of %zu statement%s %s carried out%s%s%s; the first that %s: %.*s%s",
                  script->done, script->all.n, plural(script->all.n, "", "s"), plural(script->done, "was", "were"),
                  x->c->scripts.basis ? ", by " : "", x->c->scripts.basis ? x->c->scripts.basis : "",
                  script->maybe ? arena_printf(x->c->mem, ", of %zu nobody knows", script->maybe) : "",
                  open && open->ran == PS_RAN_MAYBE ? "may not have been" : "was not", open ? (int)(open->text.n > SHOWN ? SHOWN : open->text.n) : 0,
                  open ? open->text.p : "", open && open->text.n > SHOWN ? "…" : "");
}

static void set_danger(const struct schema *x, struct step *st, const struct ps_script *script)
{
    for (size_t i = 0; i < script->all.n; i++) {
        const struct ps_statement *s = &script->all.v[i];

        if (s->ran != PS_RAN_MAYBE || s->repeatable)
            continue;
        st->repeatable = false;
        st->maybe = true;
        st->danger = arena_printf(&x->p->mem, "line %u of %s: %s; %s", s->line, script->file, s->why ? s->why : "nobody knows whether it was carried out",
                                  s->danger ? s->danger : "it must not be carried out twice");
        return;
    }
}

static void set_reach(const struct schema *x, struct step *st, const struct ps_script *script)
{
    const char *why = NULL;

    st->can_run = false;
    if (!x->c->db) {
        st->why_not = "the database does not answer";
        return;
    }
    for (size_t i = 0; i < script->all.n; i++) {
        const struct ps_statement *s = &script->all.v[i];

        if (s->ran == PS_RAN_YES)
            continue;
        /* What can be done before a function that can't be called is done. */
        if (s->call_state == PS_CALL_GOOD && !ps_call_possible(x->s, x->c, s, &why)) {
            plan_evidence(x->p, st, script->file, s->line, "%s", why);
            if (st->can_run)
                return;
            st->why_not = why;
            return;
        }
        if (s->php || (s->effect.does != PS_DOES_SESSION && s->effect.does != PS_DOES_NOTHING))
            st->can_run = true;
    }
    st->can_run = true;
}

static void add_script(const struct schema *x, const struct ps_script *script)
{
    struct step *st = plan_add(x->p, STEP_SCHEMA, script->version, NULL);

    st->title = arena_printf(&x->p->mem, "database: script %s, %zu statement%s", script->version, script->all.n, script->all.n == 1 ? "" : "s");
    st->file = script->file;
    st->repeatable = true;
    st->note = PS_STATEMENT_NOTE;
    st->detail = script;
    set_state(st, script);
    if (st->state == STEP_PARTIAL && !was_begun(script))
        st->state = STEP_PENDING;
    tell(x, st, script);
    if (x->c->give_up && step_is_open(st)) {
        st->state = STEP_SKIPPED;
        return;
    }
    if (!step_is_open(st)) {
        st->can_run = x->c->db;
        return;
    }
    set_danger(x, st, script);
    set_reach(x, st, script);
}

/* Without scripts nothing can be said of them but what stands for all. */
static void add_unknown(const struct schema *x)
{
    struct step *st = plan_add(x->p, STEP_SCHEMA, "scripts", NULL);

    st->title = "database: the upgrade scripts";
    if (x->c->sql_done) {
        st->state = STEP_DONE;
        plan_evidence(x->p, st, store_table(x->s, "configuration"), 0, "PS_VERSION_DB is %s, and is written behind them", x->c->version_db);
    } else if (x->c->give_up) {
        st->state = STEP_SKIPPED;
    } else {
        st->state = STEP_UNKNOWN;
        st->why_not = x->c->scripts.err;
    }
}

static void add_doctrine(const struct schema *x)
{
    struct step *st = plan_add(x->p, STEP_SCHEMA, "doctrine", NULL);
    struct err why = {0};

    st->title = "database: tables compared with the store's classes";
    st->repeatable = true;
    if (x->c->sql_done) {
        st->state = STEP_DONE;
        return;
    }
    if (x->c->give_up) {
        st->state = STEP_SKIPPED;
        return;
    }
    if (x->c->trail.error.text && str_has(str_of(x->c->trail.error.text), STR("Doctrine schema"))) {
        st->state = STEP_FAILED;
        plan_evidence(x->p, st, x->c->trail.error.source, x->c->trail.error.line, "%s", x->c->trail.error.text);
    }
    if (ps_console(x->s) == NULL) {
        st->state = STEP_SKIPPED;
        plan_evidence(x->p, st, "bin/console", 0, "is not there, so that this can't be run; what it would change the scripts change as well");
    } else if (!x->c->db) {
        st->why_not = "the database does not answer";
    } else if (store_php(x->s, &why) == NULL) {
        st->why_not = arena_strdup(&x->p->mem, why.text);
    } else {
        st->can_run = true;
    }
}

static void add_settings(const struct schema *x)
{
    struct step *st = plan_add(x->p, STEP_SCHEMA, "settings", NULL);

    st->title = "database: its version";
    st->repeatable = true;
    if (x->c->version_db)
        plan_evidence(x->p, st, store_table(x->s, "configuration"), 0, "PS_VERSION_DB is %s", x->c->version_db);
    if (x->c->sql_done) {
        st->state = STEP_DONE;
    } else if (x->c->give_up) {
        st->state = STEP_SKIPPED;
    } else if (!x->c->db) {
        st->why_not = "the database does not answer";
    } else if (x->c->scripts.err) {
        st->why_not = "whether the upgrade scripts ran can't be told";
    } else {
        st->can_run = true;
    }
}

/* The module goes on when a statement fails, and says at its end only that there were warnings. */
static void tell_failed(const struct schema *x)
{
    const struct ps_trail *t = &x->c->trail;
    size_t shown = 0;

    for (size_t i = 0; i < t->failed_sql.n && shown < FAILED_SHOWN; i++) {
        const struct ps_sql_ref *r = &t->failed_sql.v[i];
        const struct ps_statement *st = ps_scripts_failed(&x->c->scripts, r);
        struct finding *f;

        if (st && st->seen == PS_RAN_YES)
            continue;
        shown++;
        f = plan_finding(x->p, FINDING_WARNING, "sql_failed", "the upgrade went on without a statement of %s that the server refused%s",
                                         r->version ? r->version : "its scripts",
                                         r->error ? arena_printf(x->c->mem, " with error %u", r->error) : "");

        f->detail = r->query ? arena_printf(&x->p->mem, "%.400s%s%s", r->query, r->message ? ": " : "", r->message ? r->message : "") : r->message;
        f->fix = st && st->ran != PS_RAN_YES ? "mend what the message names, then toolkit resume carries it out"
                                             : "mend what the message names and carry the statement out by hand; it is not run again by itself";
        f->source = r->ref.source;
        f->line = r->ref.line;
    }
    if (t->failed_sql.n > FAILED_SHOWN)
        plan_finding(x->p, FINDING_WARNING, "sql_failed", "%zu more statement%s refused", t->failed_sql.n - FAILED_SHOWN,
                     plural(t->failed_sql.n - FAILED_SHOWN, " was", "s were"));
}

void ps_plan_schema(struct store *s, struct plan *p, struct ps_case *c)
{
    struct schema x = {.s = s, .p = p, .c = c};

    if (c->scripts.all.n == 0 && (c->scripts.err || c->sql_done))
        add_unknown(&x);
    for (size_t i = 0; i < c->scripts.all.n; i++)
        add_script(&x, &c->scripts.all.v[i]);
    if (ps_has_doctrine(s, c))
        add_doctrine(&x);
    add_settings(&x);
    tell_failed(&x);
    if (c->scripts.dispute)
        plan_finding(p, FINDING_WARNING, "log_and_database", "log and database do not agree")->detail = c->scripts.dispute;
}
