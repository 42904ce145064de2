/*
 * The migrations of the plan. The table of progress gets its row when a migration has ended, so a row is proof; a line "migrating"
 * without the row is a migration that may be half done, which nobody can repeat unseen: MyISAM and changes of tables know no
 * way back.
 */
#include "platform/cscart/plan_parts.h"

#include <string.h>

struct schema {
    struct store *s;
    struct plan *p;
    struct cs_case *c;
    bool give_up;
    bool php_known;
    const char *no_php;
    bool passed; /* the log says that migrations ended well */
};

static bool files_first(const struct cs_case *c)
{
    return c->gen == CS_GEN_A || c->gen == CS_GEN_B;
}

/* Why migrations can't be run through the store, or NULL. */
static const char *no_php(struct schema *x)
{
    static const char config[] = "app/Tygh/UpgradeCenter/Migrations/config.migrations.php";
    struct err why = {0};

    if (x->php_known)
        return x->no_php;
    x->php_known = true;
    if (!tree_exists(&x->s->tree, config))
        x->no_php = arena_printf(x->c->mem, "%s is not there, which runs migrations", config);
    else if (store_php(x->s, &why) == NULL)
        x->no_php = arena_strdup(x->c->mem, why.text);
    return x->no_php;
}

static void set_reach(struct schema *x, const struct cs_migration *m, struct step *st)
{
    const char *why = NULL;

    if (!step_is_open(st))
        return;
    st->can_run = false;
    if (m->file == NULL)
        st->why_not = "the package is not there any more, and the migration with it";
    else if (!x->c->db)
        st->why_not = "the database does not answer";
    else if (no_php(x) == NULL || cs_migration_is_plain(x->s, m->file, x->c->mem, &why) == 1)
        st->can_run = true;
    else
        st->why_not = arena_printf(x->c->mem, "it needs PHP (%s), and %s", why ? why : "no plain SQL", no_php(x));
}

static void say(struct plan *p, struct step *st, const struct cs_ref *ref)
{
    if (ref)
        plan_evidence(p, st, ref->source, ref->line, "%s", ref->text);
}

static void set_state(struct schema *x, const struct cs_migration *m, struct step *st)
{
    const struct cs_run *r = x->c->run;

    if (m->row) {
        st->state = STEP_DONE;
        plan_evidence(x->p, st, arena_printf(x->c->mem, "phinxlog%llu:%s", (unsigned long long)m->table, m->number), 0,
                      "the migration has ended");
    } else if (m->done && !m->failed) {
        st->state = STEP_DONE;
        if (x->c->db && x->c->phinxlogs.n > 0)
            plan_evidence(x->p, st, "database", 0, "has no row of it, though the log says that it ended");
    } else if (x->passed) {
        st->state = STEP_DONE;
        say(x->p, st, r->done[CS_AT_SCHEMA]);
    } else if (m->failed) {
        st->state = r->error || r->stop || r->migration_fault ? STEP_FAILED : STEP_PARTIAL;
        st->danger = "it began and did not end, so a part of it may be in the database";
    }
    say(x->p, st, m->begun);
    say(x->p, st, m->done);
    if (m->replayed) {
        st->state = STEP_FAILED;
        st->danger = "an earlier attempt had finished it and a later one began it again";
    }
    if (m->failed && st->state == STEP_FAILED && r->error)
        say(x->p, st, r->error);
}

static void add_migration(struct schema *x, const struct cs_migration *m)
{
    struct step *st = plan_add(x->p, STEP_SCHEMA, m->number, NULL);

    st->title = arena_printf(&x->p->mem, "migration %s", m->class_name);
    st->file = m->file;
    st->can_run = true;
    st->detail = m;
    set_state(x, m, st);
    if (x->give_up) {
        if (st->state == STEP_PENDING && plan_failed(x->p) != st)
            st->state = STEP_SKIPPED;
        return;
    }
    set_reach(x, m, st);
}

/* Without the package and without a line nothing tells which migrations there are. */
static void add_unknown(struct schema *x)
{
    const struct cs_run *r = x->c->run;
    struct step *st;

    if (r->no_migrations || (x->c->has_package && x->c->package.migrations.n == 0))
        return;
    st = plan_add(x->p, STEP_SCHEMA, x->c->id, NULL);
    st->title = "the migrations of the database";
    if (x->passed || x->c->trail.finished || x->c->recorded) {
        st->state = STEP_DONE;
        say(x->p, st, r->done[CS_AT_SCHEMA]);
    } else if (x->give_up) {
        st->state = STEP_SKIPPED;
    } else {
        st->why_not = "the package is not there any more, and the migrations with it";
    }
}

void cs_plan_schema(struct store *s, struct plan *p, struct cs_case *c, bool give_up)
{
    struct schema x = {.s = s, .p = p, .c = c, .give_up = give_up};
    const struct cs_run *r = c->run;

    x.passed = r->done[CS_AT_SCHEMA] != NULL;
    /* Where a failure ends the run, anything behind the migrations says that they went well. */
    if (!files_first(c) && !r->migration_fault && cs_rank(c->gen, r->at) > cs_rank(c->gen, CS_AT_SCHEMA))
        x.passed = true;
    if (r->no_migrations)
        x.passed = true;
    /* 4.3.1 to 4.3.3 write neither success nor failure; a record without a begun and unended one means success. */
    if (c->gen == CS_GEN_A && cs_rank(c->gen, r->at) > cs_rank(c->gen, CS_AT_SCHEMA) && r->begun[CS_AT_SCHEMA]) {
        x.passed = true;
        for (size_t i = 0; i < c->migrations.n; i++)
            x.passed = x.passed && !c->migrations.v[i].failed;
    }
    for (size_t i = 0; i < c->migrations.n; i++)
        add_migration(&x, &c->migrations.v[i]);
    if (c->migrations.n == 0)
        add_unknown(&x);
}
