/* Puts together what log, package, files and database say of one upgrade. */
#include "platform/cscart/legacy.h"
#include "platform/cscart/plan_case.h"

#include <stdlib.h>
#include <string.h>

static struct cs_migration *find(struct cs_case *c, const char *number)
{
    for (size_t i = 0; i < c->migrations.n; i++)
        if (strcmp(c->migrations.v[i].number, number) == 0)
            return &c->migrations.v[i];
    return NULL;
}

static int by_number(const void *pa, const void *pb)
{
    return strcmp(((const struct cs_migration *)pa)->number, ((const struct cs_migration *)pb)->number);
}

/* Migrations that only the log names: the package may be gone. */
static void add_logged(struct cs_case *c)
{
    for (size_t r = 0; r < c->trail.runs.n; r++)
        for (size_t i = 0; i < c->trail.runs.v[r]->migrations.n; i++) {
            const struct cs_migration_log *l = &c->trail.runs.v[r]->migrations.v[i];
            struct cs_migration *m = find(c, l->number);

            if (m == NULL) {
                m = vec_push(&c->migrations);
                m->number = l->number;
                m->class_name = l->name;
            }
        }
    if (c->migrations.n > 1)
        qsort(c->migrations.v, c->migrations.n, sizeof *c->migrations.v, by_number);
}

/* Its row stands in the table of an earlier attempt, not in the last one's. */
static bool row_is_older(const struct cs_case *c, const struct cs_migration *m)
{
    return m->row && c->phinxlogs.n > 1 && m->table != c->phinxlogs.v[c->phinxlogs.n - 1];
}

/* Later attempts write over what earlier ones said. */
static void apply_log(struct cs_case *c)
{
    for (size_t r = 0; r < c->trail.runs.n; r++)
        for (size_t i = 0; i < c->trail.runs.v[r]->migrations.n; i++) {
            const struct cs_migration_log *l = &c->trail.runs.v[r]->migrations.v[i];
            struct cs_migration *m = find(c, l->number);
            bool was_done = m->done != NULL || row_is_older(c, m);

            m->begun = l->begun ? l->begun : m->begun;
            m->again_done = m->again_done || (was_done && l->done);
            m->replayed = was_done && l->begun && !l->done && r > 0;
            m->done = l->done ? l->done : m->done;
            m->failed = l->begun && !l->done;
        }
}

static void add_attempts(struct cs_case *c)
{
    for (size_t i = 0; i < c->trail.runs.n; i++) {
        const struct cs_run *r = c->trail.runs.v[i];
        struct cs_attempt *a = vec_push(&c->attempts);

        a->started = r->started;
        a->backup = r->backup;
        a->script = r->script;
        a->changed = cs_run_changed(r, c->gen);
    }
}

/* The package that lies there may be of another upgrade than the log's last: the next one. */
static bool offer_fits(const struct cs_case *c)
{
    if (!c->has_offer || c->run == NULL || c->run->from == NULL)
        return true;
    return str_is(c->offer.from, c->run->from) && str_is(c->offer.to, c->run->to);
}

static void set_versions(struct store *s, struct cs_case *c)
{
    const struct cs *cs = s->own;

    if (c->run && c->run->from) {
        c->from = c->run->from;
        c->to = c->run->to;
    } else if (c->has_offer) {
        c->from = arena_dup(c->mem, c->offer.from.p, c->offer.from.n);
        c->to = arena_dup(c->mem, c->offer.to.p, c->offer.to.n);
    }
    /* Without either, the version at hand is of the old code until files are copied. */
    c->gen = cs_generation(str_of(c->from ? c->from : cs->version));
}

/* 4.3.1 to 4.3.3 name no versions in the log; the name of the backup does. */
static void versions_of_backup(struct cs_case *c)
{
    struct str name;
    size_t at;
    struct str from;

    if (c->from || c->run == NULL || c->run->backup == NULL)
        return;
    name = str_of(c->run->backup);
    at = str_rchr(name, '/');
    if (at != SIZE_MAX)
        name = str_sub(name, at + 1, name.n);
    if (!str_skip(&name, str_of(arena_printf(c->mem, "upg_%s_", c->id))))
        return;
    from = str_cut(name, '-', &name);
    name = str_cut(name, '_', &name);
    if (!cs_is_version(from) || !cs_is_version(name))
        return;
    c->from = arena_dup(c->mem, from.p, from.n);
    c->to = arena_dup(c->mem, name.p, name.n);
}

static void forget_package(struct cs_case *c)
{
    cs_package_free(&c->package);
    free(c->migrations.v);
    memset(&c->migrations, 0, sizeof c->migrations);
    memset(&c->offer, 0, sizeof c->offer);
    c->has_offer = c->has_content = c->has_package = false;
    c->archive = NULL;
    c->package_err = NULL;
}

int cs_case_read(struct store *s, struct arena *mem, struct cs_case *c, struct err *e)
{
    memset(c, 0, sizeof *c);
    c->mem = mem;
    if (cs_trail_read(s, &c->trail, e) < 0)
        return -1;
    c->run = cs_trail_last(&c->trail);
    c->id = c->run && c->run->id && c->run->id[0] ? c->run->id : NULL;
    if (cs_case_package(s, c, e) < 0)
        return -1;
    if (!offer_fits(c))
        forget_package(c);
    set_versions(s, c);
    versions_of_backup(c);
    c->gen = cs_generation(str_of(c->from ? c->from : s->version));
    c->migrations_listed = c->migrations.n > 0;
    add_logged(c);
    cs_case_db(s, c);
    apply_log(c);
    add_attempts(c);
    if (c->run == NULL && !c->has_offer && !c->has_content)
        return cs_legacy_read(s, c, e);
    if (c->run && !c->trail.finished && !c->trail.restored && cs_case_files(s, c, e) < 0)
        return -1;
    return 0;
}

void cs_case_free(struct cs_case *c)
{
    cs_case_forget_files(c);
    if (c->legacy)
        cs_legacy_free(c->legacy);
    c->legacy = NULL;
    cs_package_free(&c->package);
    free(c->migrations.v);
    free(c->phinxlogs.v);
    free(c->languages.v);
    free(c->attempts.v);
    cs_trail_free(&c->trail);
    c->migrations.v = NULL;
    c->phinxlogs.v = NULL;
    c->languages.v = NULL;
    c->attempts.v = NULL;
}

const struct cs_attempt *cs_plan_attempts(const struct plan *p, size_t *n)
{
    const struct cs_case *c = p->own;

    *n = c ? c->attempts.n : 0;
    return c ? c->attempts.v : NULL;
}

const uint64_t *cs_plan_phinxlogs(const struct plan *p, size_t *n)
{
    const struct cs_case *c = p->own;

    *n = c ? c->phinxlogs.n : 0;
    return c ? c->phinxlogs.v : NULL;
}
