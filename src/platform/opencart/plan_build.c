/*
 * The plan of an OpenCart upgrade. What stands before the change of tables is seen in the files, the change itself in the database; of each later step
 * its signs and the trail tell, and where they don't it is unknown: such a step may be run again.
 *
 * The copies of modified files are no step: the upgrade knows none for them, though the installer would load them instead of its own code. The first step
 * that runs through it takes them away.
 */
#include "base/plural.h"
#include "platform/causes.h"
#include "platform/opencart/plan_parts.h"

#include <string.h>

struct build {
    struct store *s;
    struct plan *p;
    struct oc_case *c;
    const struct oc *x;
    enum oc_family family;
    bool code_new;       /* the code is that of the target */
    const char *no_php;  /* why steps can't be run through PHP, or NULL */
};

static void evidence(struct build *b, struct step *st, const struct oc_ref *ref)
{
    if (ref->source)
        plan_evidence(b->p, st, ref->source, ref->line, "%s", ref->text ? ref->text : "");
}

static const char *config_name(const struct build *b)
{
    return b->x->catalog.path ? b->x->catalog.path : "config.php";
}

/* What the user has to get, with the command that takes it. */
static const char *get_release(const struct build *b)
{
    return arena_printf(&b->p->mem, "get the zip of OpenCart %s, then: toolkit resume --source FILE.zip", b->c->to ? b->c->to : "of the new version");
}

/* ---- preparations ---- */

static void add_download(struct build *b)
{
    const struct oc_case *c = b->c;
    struct step *st = plan_add_runnable(b->p, STEP_DOWNLOAD, NULL, NULL, "the release of the new version");

    /* Who has copied some of its files had it. */
    if (c->release.dir || b->code_new || (c->mixed && !c->trail.zip_bad))
        st->state = STEP_DONE;
    evidence(b, st, &c->trail.admin_part);
    if (c->release.dir)
        plan_evidence(b->p, st, c->release.shown, 0, "holds the release%s%s", c->release.version ? " " : "",
                      c->release.version ? c->release.version : "");
    else if (c->release_other)
        plan_evidence(b->p, st, c->trail.zip ? c->trail.zip : config_name(b), 0, "%s", c->release_other);
    if (c->trail.zip_bad && step_is_open(st))
        st->state = STEP_FAILED;
    if (step_is_open(st))
        step_refuse(st, arena_printf(&b->p->mem, "the toolkit downloads nothing: %s", get_release(b)));
}

/* The others the toolkit carries out itself. */
static bool runs_through_php(const struct build *b, const struct oc_todo *t)
{
    if (b->family == OC_FAMILY_20)
        return oc_request_is_needed(b->c->to);
    return strcmp(t->name, oc_schema_step(b->family)) != 0 && strcmp(t->name, "upgrade_1") != 0 && strcmp(t->name, "upgrade_2") != 0;
}

static bool needs_installer(const struct build *b)
{
    for (size_t i = 0; i < b->c->steps.n; i++)
        if (b->c->steps.v[i].state != OC_STEP_DONE && runs_through_php(b, &b->c->steps.v[i]))
            return true;
    return false;
}

static bool installer_fits(const struct build *b)
{
    unsigned want = oc_steps_of(b->c->to);

    if (b->x->install == NULL || b->c->todo_install.n > 0)
        return false;
    if (b->family == OC_FAMILY_20)
        return true;
    return b->x->install_family == b->family && (b->c->files_known || want == 0 || b->x->install_steps == want);
}

static void add_unpack(struct build *b)
{
    struct step *st = plan_add_runnable(b->p, STEP_UNPACK, NULL, NULL, "the installer of the new version, whose steps have to be run");

    if (installer_fits(b)) {
        st->state = STEP_DONE;
        plan_evidence(b->p, st, "install", 0, "is there%s", b->c->files_known ? ", as the release has it" : "");
    } else if (!needs_installer(b)) {
        st->state = STEP_SKIPPED;
    } else if (b->x->install) {
        plan_evidence(b->p, st, "install", 0, "has %u step%s; it is not that of %s", b->x->install_steps, b->x->install_steps == 1 ? "" : "s", b->c->to);
    } else {
        plan_evidence(b->p, st, "install", 0, "is not there");
    }
    if (step_is_open(st) && b->c->release.dir == NULL)
        step_refuse(st, arena_printf(&b->p->mem, "the installer of %s is not at hand: %s", b->c->to, get_release(b)));
}

/* ---- configuration and files ---- */

static void by_trail(struct build *b, struct step *st, unsigned number)
{
    const struct oc_step_seen *seen = number <= OC_STEPS_MAX ? &b->c->trail.steps[number] : NULL;

    if (seen == NULL)
        return;
    evidence(b, st, &seen->asked);
    evidence(b, st, &seen->answered);
    evidence(b, st, &seen->failed);
    if (seen->failed.source && seen->answered.source == NULL && step_is_open(st))
        st->state = STEP_FAILED;
}

static void add_config(struct build *b)
{
    const struct oc_case *c = b->c;
    const struct oc_todo *t = oc_case_step(c, "upgrade_1");
    const char *left = oc_moves_left(b->s, c->to);
    const char *refused = c->config_why ? oc_config_refused(b->s, c->to, &b->p->mem) : NULL;
    struct step *st;

    if (t == NULL)
        return;
    st = plan_add_runnable(b->p, STEP_PRE_HOOKS, t->name, NULL, t->title);
    if (c->config_why == NULL && left == NULL)
        st->state = STEP_DONE;
    plan_evidence(b->p, st, config_name(b), 0, "%s", c->config_why ? c->config_why : "all that the new version reads is there");
    if (left)
        plan_evidence(b->p, st, left, 0, "has files that have another place in the new version");
    by_trail(b, st, t->number);
    if (refused && step_is_open(st))
        step_refuse(st, refused);
}

static void add_files(struct build *b)
{
    const struct oc_case *c = b->c;
    const struct oc_todo *t = oc_case_step(c, "upgrade_2");
    size_t left = c->todo.n + c->todo_aside.n;
    struct step *st = plan_add_runnable(b->p, STEP_FILES, NULL, NULL, "the files of the new version");

    if (c->files_known) {
        st->state = left == 0 ? STEP_DONE : c->mixed || b->code_new ? STEP_PARTIAL : STEP_PENDING;
        plan_evidence(b->p, st, c->release.shown, 0, "%zu of %zu files are in the store as it has them", c->files_applied, c->files_total);
        if (left > 0)
            plan_evidence(b->p, st, c->todo.n > 0 ? c->todo.v[0].path : c->todo_aside.v[0].path, 0, "is not");
    } else {
        st->state = b->code_new && c->torn.n == 0 ? STEP_DONE : c->mixed || c->torn.n > 0 ? STEP_PARTIAL : STEP_PENDING;
        if (c->torn.n > 0)
            plan_evidence(b->p, st, c->torn.v[0], 0, "is empty or cut off%s",
                          c->torn.n > 1 ? arena_printf(&b->p->mem, ", and %zu more file%s", c->torn.n - 1, plural(c->torn.n - 1, " is", "s are")) : "");
    }
    if (c->mixed)
        plan_evidence(b->p, st, "index.php", 0, "the files that name a version say %s", c->mixed);
    else if (b->s->version)
        plan_evidence(b->p, st, "index.php", 0, "VERSION is %s", b->s->version);
    if (t)
        by_trail(b, st, t->number);
    if (step_is_open(st) && c->release.dir == NULL)
        step_refuse(st, arena_printf(&b->p->mem, "%s%sthe files of %s are not at hand: %s",
                                     c->release_other ? c->release_other : "", c->release_other ? "; " : "", c->to, get_release(b)));
}

/* ---- the database ---- */

static bool later_began(const struct build *b, unsigned number)
{
    for (size_t i = 0; i < b->c->steps.n; i++) {
        const struct oc_todo *t = &b->c->steps.v[i];

        if (t->number > number && (t->state == OC_STEP_DONE || t->state == OC_STEP_PART))
            return true;
    }
    return false;
}

static bool schema_began(const struct oc_case *c)
{
    return c->torn_table || (c->marked.newest && c->marked.version && strcmp(c->marked.newest, c->marked.version) != 0) ||
           (c->target_known && c->tables_new > 0 && c->tables_old > 0 && !oc_schema_old(c));
}

static void schema_state(struct build *b, struct step *st, const struct oc_todo *t)
{
    const struct oc_case *c = b->c;
    bool old = oc_schema_old(c) || c->torn_table;

    if (!c->db) {
        st->state = STEP_UNKNOWN;
        plan_evidence(b->p, st, "database", 0, "%s", c->db_err);
        return;
    }
    if (!b->code_new)
        st->state = schema_began(c) && oc_schema_old(c) ? STEP_PARTIAL : STEP_PENDING;
    else if (old)
        st->state = schema_began(c) ? STEP_PARTIAL : STEP_PENDING;
    else if (t && later_began(b, t->number))
        /* Later steps change columns, but none takes away what the new version has. */
        st->state = c->target_known && c->lacking ? STEP_PARTIAL : STEP_DONE;
    else
        st->state = c->target_known && c->tables_old > 0 ? STEP_PARTIAL : STEP_DONE;
    if (c->marked.version)
        plan_evidence(b->p, st, "database", 0, "the tables are as in %s%s%s", c->marked.version,
                      c->marked.newest && strcmp(c->marked.newest, c->marked.version) != 0 ? ", and partly as in " : "",
                      c->marked.newest && strcmp(c->marked.newest, c->marked.version) != 0 ? c->marked.newest : "");
    if (c->target_known && b->code_new)
        plan_evidence(b->p, st, c->target_origin, 0, "%zu of %zu tables are as it has them", c->tables_new, c->tables_new + c->tables_old);
    if (c->torn_table)
        plan_evidence(b->p, st, store_table(b->s, c->torn_table), 0, "lacks its primary key or its AUTO_INCREMENT");
    else if (c->lacking && b->code_new)
        plan_evidence(b->p, st, store_table(b->s, c->lacking), 0, "is not there, or lacks columns that %s has", c->to);
}

static void add_schema(struct build *b)
{
    const struct oc_case *c = b->c;
    const struct oc_todo *t = oc_case_step(c, oc_schema_step(b->family));
    struct step *st = plan_add_runnable(b->p, STEP_SCHEMA, NULL, NULL, "the tables");

    schema_state(b, st, t);
    if (t) {
        st->file = t->file;
        by_trail(b, st, t->number);
    }
    if (!step_is_open(st))
        return;
    if (!c->db)
        step_refuse(st, arena_printf(&b->p->mem, "the database can't be reached: %s", c->db_err));
    else if (b->code_new && !c->target_known && c->release.dir == NULL)
        step_refuse(st, arena_printf(&b->p->mem, "what the tables of %s are like is not at hand (install/opencart.sql): %s", c->to, get_release(b)));
}

static enum step_state state_of(const struct build *b, const struct oc_todo *t)
{
    const struct step *schema = plan_find(b->p, "schema");

    switch (t->state) {
    case OC_STEP_DONE:
        return STEP_DONE;
    case OC_STEP_PART:
        return STEP_PARTIAL;
    case OC_STEP_BEFORE:
        return STEP_PENDING;
    case OC_STEP_UNKNOWN:
        break;
    }
    /* Before its turn nothing of it can have been done. */
    return schema && step_is_open(schema) ? STEP_PENDING : STEP_UNKNOWN;
}

static void add_patch(struct build *b, const struct oc_todo *t)
{
    struct step *st = plan_add_runnable(b->p, STEP_POST_HOOKS, t->name, NULL, t->title);

    st->file = t->file;
    st->state = state_of(b, t);
    if (t->why)
        plan_evidence(b->p, st, t->sign ? t->sign : "database", 0, "%s", t->why);
    by_trail(b, st, t->number);
    if (st->state == STEP_UNKNOWN && st->evidence == NULL)
        plan_evidence(b->p, st, "database", 0, "nothing tells whether it ran; it may be run again");
    if (t->before && step_is_open(st))
        plan_evidence(b->p, st, "database", 0, "before it: %s", t->before);
    if (b->c->copies > 0 && step_is_open(st))
        plan_evidence(b->p, st, b->x->modification ? b->x->modification : "vqmod/vqcache", 0, "before it: %zu cop%s of modified files, made before the upgrade, %s away",
                      b->c->copies, b->c->copies == 1 ? "y" : "ies", b->c->copies == 1 ? "goes" : "go");
    if (t->danger && step_is_open(st)) {
        st->danger = t->danger;
        st->repeatable = false;
    }
    if (step_is_open(st) && b->no_php)
        step_refuse(st, b->no_php);
}

/* Behind the tables the request of 2.0 does what is left for stores of before 2.0. That of 2.1 makes JSON of what PHP had serialized. */
static void add_request(struct build *b, const struct oc_todo *t)
{
    struct step *st = plan_add_runnable(b->p, STEP_POST_HOOKS, t->name, NULL, t->title);

    st->file = t->file;
    st->state = STEP_SKIPPED;
    by_trail(b, st, t->number);
    plan_evidence(b->p, st, t->file, 0, "besides the tables it changes only what stores of before 2.0 have");
}

static void add_patches(struct build *b)
{
    for (size_t i = 0; i < b->c->steps.n; i++) {
        const struct oc_todo *t = &b->c->steps.v[i];

        if (runs_through_php(b, t))
            add_patch(b, t);
        else if (b->family == OC_FAMILY_20)
            add_request(b, t);
    }
}

/* A log goes on saying that the upgrade broke off. As soon as the toolkit begins, its own mark in the store brings both steps; it goes with the last one. */
static void add_end(struct build *b)
{
    bool here = !b->c->trail_alone;
    struct step *st = plan_add_runnable(b->p, STEP_CACHE, NULL, NULL, "the store's caches");

    if (!here)
        st->state = STEP_SKIPPED;
    st = plan_add_runnable(b->p, STEP_OPEN, NULL, NULL, "the shop");
    if (!here && b->c->gate == GATE_OPEN)
        st->state = STEP_DONE;
    if (b->c->gate == GATE_UNKNOWN)
        plan_evidence(b->p, st, "database", 0, "whether the shop is open can't be told");
    else
        plan_evidence(b->p, st, "database", 0, b->c->gate == GATE_OPEN ? "the shop is open" : "the shop is in maintenance mode");
}

/* ---- the whole ---- */

static void find_php(struct build *b)
{
    struct err why = {0};

    if (!needs_installer(b))
        return;
    if (!oc_root_is_here(b->s))
        b->no_php = arena_printf(&b->p->mem, "config.php was written for another folder (%s), so its code would work there: correct it first",
                                 b->x->root ? b->x->root : "another one");
    else if (store_php(b->s, &why) == NULL)
        b->no_php = arena_printf(&b->p->mem, "it is PHP code, and %s; with one that suits: toolkit resume --php FILE", why.text);
}

/* In 4.x files and tables may be as they were. */
static bool was_touched(const struct build *b)
{
    const struct oc_case *c = b->c;

    if (b->family != OC_FAMILY_40 || b->code_new || c->mixed || c->ours || c->trail.last > 1 || !c->db)
        return true;
    return schema_began(c) && oc_schema_old(c) && c->torn_table;
}

/* With its storage gone the store lacks what tells the versions apart, the release that was downloaded, and the libraries that every step loads. */
static void need_storage(struct build *b)
{
    const char *why;

    if (!b->x->storage_lost || !oc_root_is_here(b->s))
        return;
    why = arena_printf(&b->p->mem, "the storage folder %s is not there: bring it back, or correct DIR_STORAGE in both config.php, then: toolkit diagnose",
                       b->x->storage_full ? b->x->storage_full : b->x->storage);
    for (size_t i = 0; i < b->p->steps.n; i++)
        if (step_is_open(b->p->steps.v[i]))
            step_refuse(b->p->steps.v[i], why);
}

/* Before anything is changed the user names what a later step would stop for. */
static void hold_config(struct build *b)
{
    struct step *config = NULL;

    for (size_t i = 0; i < b->p->steps.n; i++) {
        struct step *st = b->p->steps.v[i];

        if (!step_is_open(st))
            continue;
        if (st->kind == STEP_PRE_HOOKS)
            config = st;
        else if (config && config->can_run && (st->kind == STEP_FILES || st->kind == STEP_SCHEMA) && !st->can_run)
            step_refuse(config, st->why_not);
    }
}

static void build(struct build *b)
{
    /* Files that are cut were copied by hand, before any step of the installer: nothing is begun before they are whole. */
    const bool files_first = b->c->torn.n > 0;

    find_php(b);
    if (b->family == OC_FAMILY_40)
        add_download(b);
    if (b->family != OC_FAMILY_20 || oc_request_is_needed(b->c->to))
        add_unpack(b);
    if (files_first)
        add_files(b);
    if (b->family == OC_FAMILY_40)
        add_config(b);
    if (!files_first)
        add_files(b);
    add_schema(b);
    add_patches(b);
    add_end(b);
    hold_config(b);
    need_storage(b);
    b->p->touched = was_touched(b);
    b->p->state = UPGRADE_INTERRUPTED;
}

static void own_free(void *own)
{
    oc_case_free(own);
}

const struct oc_case *oc_plan_case(const struct plan *p)
{
    return p->own;
}

int oc_plan(struct store *s, struct plan *p, struct err *e)
{
    struct oc_case *c = arena_alloc(&p->mem, sizeof *c);
    struct build b = {.s = s, .p = p, .c = c, .x = s->own};

    if (oc_case_read(s, &p->mem, c, e) < 0) {
        oc_case_free(c);
        return -1;
    }
    p->own = c;
    p->own_free = own_free;
    p->causes = CAUSES_ANY | CAUSES_OPENCART;
    p->state = c->finished ? UPGRADE_FINISHED : UPGRADE_NONE;
    /* Files alone tell nothing of an upgrade that has all of its files in place. */
    if (!c->db && !c->fresh && c->trail.end.source == NULL)
        p->state = UPGRADE_UNKNOWN;
    p->last_activity = c->trail.last_activity;
    if (c->open || c->finished) {
        p->from = c->from_tables ? NULL : c->from;
        p->to = c->to;
    }
    if (c->open) {
        b.family = oc_family_of(c->to);
        b.code_new = c->mixed == NULL && s->version && oc_version_compare(s->version, c->to) >= 0;
        for (size_t i = 0; i < c->steps.n; i++)
            oc_patch_judge(s, c, &c->steps.v[i]);
        build(&b);
    }
    oc_tell_story(s, p, c);
    return 0;
}
