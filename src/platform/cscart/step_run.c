/* Which step is carried out by what, and what is read again afterwards. */
#include "platform/cscart/legacy.h"
#include "platform/cscart/migrate.h"
#include "platform/cscart/plan_parts.h"
#include "platform/cscart/steps.h"

#include <string.h>

static bool has_detail(const struct step *st, const char *detail)
{
    size_t n = strlen(st->id);
    size_t d = strlen(detail);

    return n > d && st->id[n - d - 1] == ':' && strcmp(st->id + n - d, detail) == 0;
}

static enum cs_part part_of(const struct step *st)
{
    if (has_detail(st, "delete"))
        return CS_PART_DELETE;
    return has_detail(st, "themes") ? CS_PART_THEMES : CS_PART_COPY;
}

static struct cs_migration *migration_of(struct cs_case *c, const struct step *st)
{
    for (size_t i = 0; st->entry && i < c->migrations.n; i++)
        if (strcmp(c->migrations.v[i].number, st->entry) == 0)
            return &c->migrations.v[i];
    return NULL;
}

/* The upgrader's preparations are not made up for; what comes of them is taken back by the last steps. */
static int give_up(const struct step *st, struct work *w)
{
    w->say(w, "%s: nothing was changed by it; the upgrade is given up and can be started again in the admin panel", step_kind_name(st->kind));
    return 0;
}

static int run_migration(struct store *s, struct cs_case *c, struct cs_migration *m, struct work *w, struct err *e)
{
    struct err no_php = {0};
    const char *why = NULL;
    bool there = false;
    int plain;
    int rc;

    if (m->file == NULL)
        return err_set(e, ERR_ABSENT, "the migration is not in the package any more");
    if (cs_migration_row(s, c, m, &there, e) < 0)
        return -1;
    if (there) {
        w->say(w, "%s has its row in the table of progress; it is not run again", m->number);
        return 0;
    }
    plain = cs_migration_is_plain(s, m->file, c->mem, &why);
    if (store_php(s, &no_php)) {
        if (w->dry_run) {
            w->say(w, "would run %s (%s) by PHP and the store's Phinx, in the table phinxlog%llu", m->file, m->class_name,
                   (unsigned long long)cs_phinxlog(c));
            return 0;
        }
        rc = cs_migrate(s, c, m, w, e);
    } else if (plain == 1) {
        if (w->dry_run) {
            w->say(w, "would send the statements of %s without PHP", m->file);
            return 0;
        }
        rc = cs_plain_run(s, c, m, w, e);
    } else {
        *e = no_php;
        return err_wrap(e, "%s needs PHP (%s)", m->number, why ? why : "no plain SQL");
    }
    if (rc == 0) {
        m->row = true;
        m->table = cs_phinxlog(c);
    }
    return rc;
}

static int run_post(struct store *s, struct cs_case *c, const struct step *st, struct work *w, struct err *e)
{
    if (st->file == NULL)
        return err_set(e, ERR_ABSENT, "the script is not in the package any more");
    if (w->dry_run) {
        w->say(w, "would run %s by PHP", st->file);
        return 0;
    }
    return cs_run_script(s, c, st->file, w, e);
}

static int run_cache(struct store *s, struct cs_case *c, const struct step *st, struct work *w, struct err *e)
{
    if (has_detail(st, "scripts"))
        return cs_run_files(s, c, CS_PART_SCRIPTS, w, e);
    if (has_detail(st, "record"))
        return cs_run_record(s, c, w, e);
    if (has_detail(st, "package"))
        return cs_run_package(s, c, w, e);
    if (has_detail(st, "modes"))
        return cs_restore_modes(s, w, e);
    return cs_cache_clear(s, w, e);
}

/* The last step: what the upgrader would write stands in its log, so that nobody takes the upgrade for open. */
static int run_open(struct store *s, struct plan *p, struct cs_case *c, struct work *w, struct err *e)
{
    bool all_done = true;

    if (cs_set_gate(s, GATE_OPEN, w, e) < 0)
        return -1;
    for (size_t i = 0; i < p->steps.n; i++)
        all_done = all_done && (p->steps.v[i]->kind == STEP_OPEN || !step_is_open(p->steps.v[i]));
    if (!w->dry_run && c->give_up)
        cs_log_add(s, c, CS_LOG_GIVEN_UP_TEXT, w);
    else if (!w->dry_run && all_done && c->run && !c->trail.finished)
        cs_log_add(s, c, "Upgrade completed!", w);
    return 0;
}

int cs_run(struct store *s, struct plan *p, struct step *st, struct work *w, struct err *e)
{
    struct cs_case *c = p->own;

    if (c->legacy)
        return cs_run_legacy(s, p, st, w, e);
    if (c->give_up && st->kind != STEP_OPEN && st->kind != STEP_CACHE)
        return give_up(st, w);
    switch (st->kind) {
    case STEP_UNPACK:
        p->stale = true;
        return cs_run_unpack(s, c, w, e);
    case STEP_CHECK:
    case STEP_PRE_HOOKS:
    case STEP_CLOSE:
    case STEP_BACKUP:
        return give_up(st, w);
    case STEP_SCHEMA:
        if (migration_of(c, st))
            return run_migration(s, c, migration_of(c, st), w, e);
        break;
    case STEP_FILES:
        return cs_run_files(s, c, part_of(st), w, e);
    case STEP_LABELS:
        return cs_run_labels(s, c, st->entry, w, e);
    case STEP_POST_HOOKS:
        return run_post(s, c, st, w, e);
    case STEP_CACHE:
        return run_cache(s, c, st, w, e);
    case STEP_OPEN:
        return run_open(s, p, c, w, e);
    default:
        break;
    }
    return err_set(e, ERR_ABSENT, "%s: the toolkit can't carry this step out", st->id);
}

static int recheck_migration(struct store *s, struct cs_case *c, const struct cs_migration *m, struct err *e)
{
    bool there = false;

    if (m == NULL)
        return 0;
    if (cs_migration_row(s, c, m, &there, e) < 0)
        return -1;
    if (!there)
        return err_set(e, ERR_MISMATCH, "migration %s ended without a word, but has no row in the table of progress", m->number);
    return 0;
}

static int recheck_open(struct store *s, struct err *e)
{
    enum gate now = GATE_UNKNOWN;

    if (cs_gate(s, &now, e) < 0)
        return -1;
    if (now != GATE_OPEN)
        return err_set(e, ERR_MISMATCH, "the storefront is still closed");
    return 0;
}

static int recheck_cache(struct store *s, struct cs_case *c, const struct step *st, struct err *e)
{
    if (has_detail(st, "record")) {
        c->recorded = false;
        cs_case_db_record(s, c);
        if (c->record_table && !c->recorded && c->from && c->to)
            return err_set(e, ERR_MISMATCH, "the row of installed_upgrades is not there");
    }
    if (has_detail(st, "scripts"))
        return cs_recheck_files(s, c, CS_PART_SCRIPTS, e);
    if (has_detail(st, "modes") && cs_open_modes(s, NULL) > 0)
        return err_set(e, ERR_MISMATCH, "entry files or the root folder can still be written by everybody");
    if (has_detail(st, "package") && c->dir && tree_exists(&s->tree, c->dir))
        return err_set(e, ERR_MISMATCH, "%s is still there", c->dir);
    return 0;
}

int cs_recheck(struct store *s, struct plan *p, struct step *st, struct err *e)
{
    struct cs_case *c = p->own;

    if (c->legacy)
        return cs_recheck_legacy(s, p, st, e);
    if (c->give_up && st->kind != STEP_OPEN && st->kind != STEP_CACHE)
        return 0;
    switch (st->kind) {
    case STEP_SCHEMA:
        return recheck_migration(s, c, migration_of(c, st), e);
    case STEP_FILES:
        return cs_recheck_files(s, c, part_of(st), e);
    case STEP_CACHE:
        return recheck_cache(s, c, st, e);
    case STEP_OPEN:
        return recheck_open(s, e);
    default:
        return 0;
    }
}
