/*
 * The plan of a PrestaShop upgrade. The module does: download, unpacking, backup of files and database; files; one long step that
 * disables modules, runs the SQL, writes PS_VERSION_DB, and then languages, .htaccess, lists, overrides and caches; modules. What stands before
 * the place where it stopped counts as passed; files, statements, modules and settings are looked at one by one.
 *
 * As long as nothing live was changed the plan is to give the upgrade up: it can be started again in the back office.
 */
#include "base/plural.h"
#include "platform/causes.h"
#include "platform/prestashop/plan_parts.h"

#include <string.h>

struct build {
    struct store *s;
    struct plan *p;
    struct ps_case *c;
    struct ps_trail *t;
};

static bool over(const struct build *b)
{
    return b->c->finished || b->c->left_sql;
}

static bool is_passed(const struct build *b, enum ps_phase at)
{
    return over(b) || b->c->at > at || (b->c->at == at && b->c->at_done);
}

static bool is_here(const struct build *b, enum ps_phase at)
{
    return !over(b) && b->c->at == at && !b->c->at_done;
}

static void evidence(struct build *b, struct step *st, const struct ps_ref *ref)
{
    if (ref->source)
        plan_evidence(b->p, st, ref->source, ref->line, "%s", ref->text);
}

/* Lines of the place where it stopped: its beginning, the last one, the error. */
static void evidence_here(struct build *b, struct step *st, enum ps_phase at)
{
    const struct ps_trail *t = b->t;

    evidence(b, st, &t->began[at]);
    if (t->phase == at && t->last.source && (t->last.source != t->began[at].source || t->last.line != t->began[at].line))
        evidence(b, st, &t->last);
    if (t->error.source && (t->error.source != t->last.source || t->error.line != t->last.line))
        evidence(b, st, &t->error);
    if (t->list_phase == at && t->list_ref.source != t->began[at].source)
        evidence(b, st, &t->list_ref);
}

static void by_trail(struct build *b, struct step *st, enum ps_phase at)
{
    const struct ps_trail *t = b->t;

    if (is_passed(b, at)) {
        st->state = STEP_DONE;
        if (t->ended[at].source)
            evidence(b, st, &t->ended[at]);
        else
            evidence(b, st, &t->began[at]);
    } else if (is_here(b, at)) {
        st->state = t->error.source ? STEP_FAILED : STEP_PARTIAL;
        evidence_here(b, st, at);
    }
}

static void add_preparations(struct build *b)
{
    const struct ps_release *r = &b->c->release;
    bool early = b->c->at <= PS_PHASE_UNPACK;
    struct step *st = plan_add_runnable(b->p, STEP_DOWNLOAD, NULL, NULL, "the release of the new version");

    by_trail(b, st, PS_PHASE_DOWNLOAD);
    /* A start without a download: the archive or the folder was there. */
    if (is_here(b, PS_PHASE_START))
        evidence_here(b, st, PS_PHASE_START);
    if (step_is_open(st) && r->dir)
        st->state = STEP_DONE;
    if (b->c->archive_bad)
        plan_evidence(b->p, st, b->c->archive_seen, 0, "is no whole archive: the download was cut, or it is none");
    if (step_is_open(st) && r->archive == NULL)
        step_refuse(st, "the toolkit downloads nothing: name the release with --source");
    st = plan_add_runnable(b->p, STEP_UNPACK, NULL, NULL, "the archive of the new version");
    by_trail(b, st, PS_PHASE_UNPACK);
    if (r->dir && !early && step_is_open(st))
        st->state = STEP_DONE;
    if (r->dir)
        plan_evidence(b->p, st, r->shown, 0, "holds the release%s%s", r->version ? " " : "", r->version ? r->version : "");
    else if (b->c->release_other)
        plan_evidence(b->p, st, b->t->workspace, 0, "%s, not of %s", b->c->release_other, b->c->to ? b->c->to : "this upgrade");
    if (step_is_open(st) && r->archive == NULL)
        step_refuse(st, "the archive of the release is not there: name it with --source");
}

static void add_backup(struct build *b)
{
    static const struct {
        enum ps_phase at;
        const char *entry;
        const char *title;
    } parts[] = {
        {PS_PHASE_BACKUP_FILES, "files", "the module's backup of the files"},
        {PS_PHASE_BACKUP_DB, "db", "the module's backup of the database"},
    };
    const struct ps *ps = b->s->own;
    const struct ps_trail *t = b->t;
    bool skipped = t->backup_skipped || (t->config_known && t->backup_off && b->c->at > PS_PHASE_BACKUP_DB);

    for (size_t i = 0; i < 2; i++) {
        struct step *st = plan_add_runnable(b->p, STEP_BACKUP, parts[i].entry, NULL, parts[i].title);
        enum ps_phase at = parts[i].at;

        by_trail(b, st, at);
        /* From version 7 on the backup is a process of its own, before the update or not at all. */
        if (ps->gen == PS_GEN_7 && t->ended[at].source == NULL && st->state != STEP_FAILED && !is_here(b, at)) {
            st->state = b->c->at > PS_PHASE_BACKUP_DB || b->c->at < PS_PHASE_BACKUP_FILES || is_passed(b, at) ? STEP_SKIPPED : STEP_PENDING;
            if (t->began[at].source)
                plan_evidence(b->p, st, t->began[at].source, t->began[at].line, "a backup began and did not end: %s", t->began[at].text);
            else
                plan_evidence(b->p, st, t->workspace ? t->workspace : "modules/autoupgrade", 0, "no log tells of a backup");
        } else if (ps->gen == PS_GEN_7 && t->ended[at].source) {
            st->state = STEP_DONE;
        }
        if (skipped && t->ended[at].source == NULL && (is_passed(b, at) || step_is_open(st))) {
            st->state = STEP_SKIPPED;
            plan_evidence(b->p, st, t->workspace, 0, "the settings of the upgrade want no backup");
        }
        if (at == PS_PHASE_BACKUP_DB && st->state == STEP_DONE && t->backup)
            plan_evidence(b->p, st, t->workspace, 0, "the backup is %s", t->backup);
    }
}

/* Why files can't be copied, or NULL. */
static const char *no_files(const struct build *b)
{
    const struct ps_case *c = b->c;

    if (c->release.dir == NULL && c->release_other)
        return arena_printf(&b->p->mem, "%s; the files of %s are needed: name them with --source", c->release_other, c->to ? c->to : "the new version");
    if (c->release.dir == NULL && c->release.archive == NULL)
        return "the unpacked release is not there: name the release with --source";
    if (c->blocked.n > 0)
        return arena_printf(&b->p->mem, "%zu file%s can't be read, the first: %s", c->blocked.n, plural(c->blocked.n, "", "s"), c->blocked.v[0]);
    return NULL;
}

static void add_files(struct build *b)
{
    const struct ps_case *c = b->c;
    struct step *st = plan_add_runnable(b->p, STEP_FILES, NULL, NULL, "the new files, and the old ones that the new version dropped");
    bool reached = is_passed(b, PS_PHASE_FILES) || is_here(b, PS_PHASE_FILES);

    by_trail(b, st, PS_PHASE_FILES);
    if (over(b))
        return;
    if (c->files_known) {
        if (c->todo.n == 0 && c->blocked.n == 0 && (reached || c->files_applied > 0))
            st->state = STEP_DONE;
        else if (reached && st->state != STEP_FAILED)
            st->state = STEP_PARTIAL;
        plan_evidence(b->p, st, c->release.shown, 0, "%zu of %zu files are in the store as it has them, or gone with it", c->files_applied,
                      c->files_total - c->kept.n - c->texts_kept.n);
        if (is_passed(b, PS_PHASE_FILES) && step_is_open(st) && c->todo.n > 0)
            plan_evidence(b->p, st, c->todo.v[0].path, 0, "is not the release's, although the copying had ended");
    }
    if (c->mixed)
        plan_evidence(b->p, st, "src/Core/Version.php", 0, "the files that name a version say %s", c->mixed);
    if (step_is_open(st) && !c->give_up && no_files(b))
        step_refuse(st, no_files(b));
    /* Without the release the log's word has to do, where the versions do not speak against it. */
    if (!c->files_known && is_passed(b, PS_PHASE_FILES) && c->mixed == NULL)
        st->state = STEP_DONE;
}

static void add_modules_off(struct build *b)
{
    const struct ps_trail *t = b->t;
    struct step *st;

    if (!t->config_known || !t->off_non_native)
        return;
    st = plan_add_runnable(b->p, STEP_MODULES, "off", NULL, "modules that are not PrestaShop's own, switched off before the database is changed");
    /* It is the first thing that the database step does; the first statement shows that it ended. */
    if (is_passed(b, PS_PHASE_DB) || b->c->sql_done || t->sql_noted || t->modules_off_done || t->has_sql_to_execute)
        st->state = STEP_DONE;
    else if (is_here(b, PS_PHASE_DB))
        st->state = STEP_PENDING;
    evidence(b, st, &t->config_ref);
}

/* The queries that write the version come behind it. */
static void after_doctrine(struct build *b)
{
    struct step *st = plan_find(b->p, "schema:doctrine");

    if (st == NULL || !step_is_open(st) || b->t->tails[PS_TAIL_GENERIC].source == NULL)
        return;
    st->state = STEP_DONE;
    evidence(b, st, &b->t->tails[PS_TAIL_GENERIC]);
}

/* Where within the database step the run ended. */
static bool tail_passed(const struct build *b, enum ps_tail at)
{
    return is_passed(b, PS_PHASE_DB) || (b->c->sql_done && b->t->tail > at);
}

static bool tail_here(const struct build *b, enum ps_tail at)
{
    return b->c->sql_done && is_here(b, PS_PHASE_DB) && b->t->tail == at;
}

static void by_tail(struct build *b, struct step *st, enum ps_tail at)
{
    if (tail_passed(b, at)) {
        st->state = STEP_DONE;
        evidence(b, st, b->t->tails[at].source ? &b->t->tails[at] : &b->t->ended[PS_PHASE_DB]);
    } else if (tail_here(b, at)) {
        st->state = b->t->error.source ? STEP_FAILED : STEP_PARTIAL;
        evidence(b, st, &b->t->tails[at]);
        evidence(b, st, &b->t->error);
    }
}

/* The log has the name of a language, the database its code. */
static bool names_language(const char *text, const struct ps_language *l)
{
    return text && (str_has(str_of(text), str_of(l->iso)) || (l->locale && str_has(str_of(text), str_of(l->locale))));
}

/* Of the languages, in the order in which the module goes through them, the one that failed; their count when none is named. */
static size_t failed_language(const struct build *b)
{
    size_t i = 0;

    if (!tail_here(b, PS_TAIL_LANGUAGES) || b->t->language_error.source == NULL)
        return b->c->languages.n;
    while (i < b->c->languages.n && !names_language(b->t->language_error.text, &b->c->languages.v[i]))
        i++;
    return i;
}

static void add_labels(struct build *b)
{
    size_t failed = failed_language(b);

    for (size_t i = 0; i < b->c->languages.n; i++) {
        const struct ps_language *l = &b->c->languages.v[i];
        struct step *st = plan_add_runnable(b->p, STEP_LABELS, l->iso, NULL, arena_printf(&b->p->mem, "the texts of the language %s", l->iso));

        by_tail(b, st, PS_TAIL_LANGUAGES);
        if (failed < b->c->languages.n)
            st->state = i < failed ? STEP_DONE : i == failed ? STEP_FAILED : STEP_PENDING;
        if (i == failed)
            evidence(b, st, &b->t->language_error);
        if (l->pack)
            plan_evidence(b->p, st, l->pack, 0, "a pack of its texts");
        else if (step_is_open(st))
            plan_evidence(b->p, st, "translations", 0, "no pack of its texts is at hand: the present ones stay");
    }
}

static void add_rebuilds(struct build *b)
{
    struct step *st = plan_add_runnable(b->p, STEP_REBUILD, "htaccess", NULL, "the rewrite rules in .htaccess");

    by_tail(b, st, PS_TAIL_HTACCESS);
    st = plan_add_runnable(b->p, STEP_REBUILD, "overrides", NULL, "the lists of modules, the switch of overrides, the index of classes");
    by_tail(b, st, PS_TAIL_OVERRIDES);
    if (tail_here(b, PS_TAIL_XML)) {
        st->state = b->t->error.source ? STEP_FAILED : STEP_PARTIAL;
        evidence(b, st, &b->t->tails[PS_TAIL_XML]);
    }
}

static bool is_done_module(const struct build *b, const char *name)
{
    for (size_t i = 0; i < b->t->modules_done.n; i++)
        if (strcmp(b->t->modules_done.v[i], name) == 0)
            return true;
    return false;
}

/* Without the line that names the module at work it is the first of the list whose functions are left; NULL: the log has it, or none can be. */
static const struct ps_module_todo *module_at_work(const struct build *b)
{
    const struct ps *ps = b->s->own;

    if (ps->gen != PS_GEN_6 || !is_here(b, PS_PHASE_MODULES) || (b->t->logged && !b->t->terse))
        return NULL;
    for (size_t i = 0; i < b->c->modules.n; i++)
        if (b->c->modules.v[i].first_left)
            return &b->c->modules.v[i];
    return NULL;
}

static void add_modules(struct build *b)
{
    const struct ps *ps = b->s->own;
    const struct ps_module_todo *at_work = module_at_work(b);
    bool here = is_here(b, PS_PHASE_MODULES);

    for (size_t i = 0; i < b->c->modules.n; i++) {
        const struct ps_module_todo *m = &b->c->modules.v[i];
        struct step *st;

        /* A row that is behind its files for another reason is none of this upgrade's business once that is over. */
        if (over(b))
            continue;
        st = plan_add_runnable(b->p, STEP_MODULES, m->name, NULL, arena_printf(&b->p->mem, "the module %s", m->name));
        if (m->version_files && m->version_db)
            plan_evidence(b->p, st, arena_printf(&b->p->mem, "modules/%s", m->name), 0, "files of version %s, %s of %s", m->version_files,
                          store_table(b->s, "module"), m->version_db);
        if (m->zip)
            plan_evidence(b->p, st, m->zip, 0, "lies ready and is not unpacked, or not all of it");
        if (m->listed)
            plan_evidence(b->p, st, arena_printf(&b->p->mem, "%s/modulesToUpgrade.list", b->t->workspace), 0, "has it among those that are left");
        if (here && b->t->error.source && str_has(str_of(b->t->error.text), str_of(m->name))) {
            st->state = STEP_FAILED;
            evidence(b, st, &b->t->error);
        } else if (here && b->t->module && strcmp(b->t->module, m->name) == 0 && !is_done_module(b, m->name)) {
            st->state = STEP_PARTIAL;
            evidence(b, st, &b->t->phase_ref);
        } else if (m == at_work && (!b->t->logged || b->t->module_file.source)) {
            st->state = STEP_PARTIAL;
            st->repeatable = false;
            st->danger = "one of its upgrade functions may have begun, and what it does twice nobody knows";
        }
        if (st->state == STEP_PARTIAL && b->t->module_file.source) {
            evidence(b, st, &b->t->module_file);
            st->repeatable = false;
            st->danger = "one of its upgrade functions began and is not known to have ended, and what it does twice nobody knows";
        }
        for (size_t k = 0; k < m->scripts.n; k++)
            plan_evidence(b->p, st, m->scripts.v[k], 0, "is left to be run");
        st->file = m->scripts.n ? m->scripts.v[0] : NULL;
        /* The functions of modules are run by the upgrade from 6 on. Before, the back office does it when somebody opens its page of modules. */
        if (ps->gen < PS_GEN_6 && ps->gen != PS_GEN_UNKNOWN && !m->listed && m->zip == NULL && st->state == STEP_PENDING) {
            st->state = STEP_SKIPPED;
            plan_evidence(b->p, st, "modules", 0, "its upgrade functions are run by the back office, on the page of modules");
        }
        /* Its newer files come from the marketplace, if there are any; what is here is at one with itself. */
        if (m->version_db == NULL && m->scripts.n == 0) {
            st->state = b->t->last.source && st->state == STEP_FAILED ? STEP_FAILED : STEP_SKIPPED;
            plan_evidence(b->p, st, "modules", 0, "files and database agree; a newer version comes from the back office, when the shop runs");
        }
    }
    if (b->c->quarantined.n > 0) {
        struct step *st = plan_add_runnable(b->p, STEP_MODULES, "names", NULL, "the names of modules, which have UA_ in front while an update runs");

        plan_evidence(b->p, st, store_table(b->s, "module"), 0, "%zu name%s with UA_, the first is %s", b->c->quarantined.n,
                      plural(b->c->quarantined.n, " begins", "s begin"),
                      b->c->quarantined.v[0]);
    }
}

/* The log's last word is that the upgrade is done. */
static bool just_ended(const struct build *b)
{
    return b->t->logged && b->t->mark == PS_MARK_NONE && b->t->phase == PS_PHASE_COMPLETE && b->t->phase_done;
}

static void add_end(struct build *b)
{
    struct step *st = plan_add_runnable(b->p, STEP_CACHE, NULL, NULL, "the store's caches");

    if (b->c->finished)
        st->state = STEP_DONE;
    else if (is_here(b, PS_PHASE_CLEAN) || is_here(b, PS_PHASE_COMPLETE))
        st->state = b->t->error.source ? STEP_FAILED : STEP_PARTIAL;
    if (b->t->ended[PS_PHASE_COMPLETE].source)
        evidence(b, st, &b->t->ended[PS_PHASE_COMPLETE]);
    else if (step_is_open(st) && b->t->last.source && b->c->at >= PS_PHASE_MODULES)
        evidence(b, st, &b->t->last);
    st = plan_add_runnable(b->p, STEP_OPEN, NULL, NULL, "the shop");
    if (b->c->gate == GATE_OPEN) {
        st->state = over(b) ? STEP_DONE : STEP_PENDING;
        plan_evidence(b->p, st, "database", 0, "the shop is open%s", b->c->give_up ? "; the attempt is to be given up" : "");
    } else if (b->c->gate == GATE_CLOSED) {
        /* Whoever runs an upgrade closes the shop for it and opens it at the end. Long after that others may have closed it. */
        st->state = over(b) && !just_ended(b) ? STEP_SKIPPED : STEP_PENDING;
        plan_evidence(b->p, st, "database", 0, "the shop is in maintenance mode");
    } else if (over(b)) {
        st->state = STEP_SKIPPED;
        plan_evidence(b->p, st, "database", 0, "whether the shop is open can't be told");
    }
}

/* The step that comes next is left in the plan, so that it is seen where the upgrade stopped; all behind it is not to be done. */
static void only_give_up(struct build *b)
{
    const struct step *failed = plan_failed(b->p);

    for (size_t i = 0; i < b->p->steps.n; i++) {
        struct step *st = b->p->steps.v[i];

        st->can_run = true;
        if (st == failed || st->kind == STEP_OPEN || !step_is_open(st))
            continue;
        st->state = STEP_SKIPPED;
        plan_evidence(b->p, st, b->t->workspace, 0, "not begun; the upgrade can be started again in the back office");
    }
}

static void add_rollback(struct build *b)
{
    static const char *const why = "a rollback can't be gone on with, nor the upgrade behind it: only the backup makes the shop whole";
    struct step *st = plan_add_runnable(b->p, STEP_FILES, "rollback", NULL, "the module's own rollback: the files");

    by_trail(b, st, PS_PHASE_ROLLBACK);
    /* Version 3 leaves no trace of a rollback but what it did. */
    if (!b->c->rollback_half)
        st->state = STEP_DONE;
    step_refuse(st, why);
    st = plan_add_runnable(b->p, STEP_SCHEMA, "rollback", NULL, "the module's own rollback: the database");
    by_trail(b, st, PS_PHASE_ROLLBACK_DB);
    if (b->c->tables_missing.n > 0) {
        st->state = STEP_FAILED;
        plan_evidence(b->p, st, "database", 0, "%zu table%s not there that the backup %s has, the first is %s", b->c->tables_missing.n,
                      plural(b->c->tables_missing.n, " is", "s are"),
                      b->c->backup_read, b->c->tables_missing.v[0]);
    }
    step_refuse(st, why);
}

/* The upgrade changed something that is live. */
static bool was_touched(const struct build *b)
{
    const struct ps_case *c = b->c;

    if (c->give_up)
        return false;
    if (c->at != PS_PHASE_FILES || c->quarantined.n > 0 || c->mixed || c->version_db == NULL)
        return true;
    /* Within the files step the store may be as it was: when it is known which files were others. */
    return !c->files_known || c->files_copied > 0 || c->files_gone > 0 || c->todo.n == 0 || !c->olds_known;
}

/* The scripts may have been run up to some place, and then from their first statement on again. */
static void guard_begun_anew(struct build *b)
{
    struct step *st = b->c->begun_anew && !b->c->give_up ? plan_failed(b->p) : NULL;

    if (st == NULL)
        return;
    st->repeatable = false;
    st->maybe = true;
    st->danger = "an earlier attempt had begun to change the database, a later one began anew, and nobody knows which statements ran how often";
}

static void build(struct build *b)
{
    if (b->c->rolled_back) {
        b->p->touched = true;
        add_rollback(b);
        b->p->state = UPGRADE_INTERRUPTED;
        return;
    }
    b->p->touched = was_touched(b);
    add_preparations(b);
    add_backup(b);
    add_files(b);
    if (!over(b) && !b->c->give_up)
        add_modules_off(b);
    if (!b->c->finished && !b->c->give_up) {
        ps_plan_schema(b->s, b->p, b->c);
        after_doctrine(b);
    }
    if (!b->c->give_up) {
        add_labels(b);
        add_rebuilds(b);
        add_modules(b);
    }
    add_end(b);
    if (b->c->give_up)
        only_give_up(b);
    guard_begun_anew(b);
    b->p->state = plan_failed(b->p) == NULL ? UPGRADE_FINISHED : UPGRADE_INTERRUPTED;
}

static void own_free(void *own)
{
    ps_case_free(own);
}

const struct ps_case *ps_plan_case(const struct plan *p)
{
    return p->own;
}

int ps_plan(struct store *s, struct plan *p, struct err *e)
{
    struct ps_case *c = arena_alloc(&p->mem, sizeof *c);
    struct build b = {.s = s, .p = p, .c = c, .t = &c->trail};

    if (ps_case_read(s, &p->mem, c, e) < 0) {
        ps_case_free(c);
        return -1;
    }
    p->own = c;
    p->own_free = own_free;
    p->causes = CAUSES_ANY | CAUSES_PRESTA;
    p->from = c->from;
    p->to = c->to;
    p->state = UPGRADE_NONE;
    p->started = c->trail.started;
    p->last_activity = c->trail.last_activity;
    if (c->rolled_back || (c->at != PS_PHASE_NONE && !c->undone && !c->given_up))
        build(&b);
    ps_tell_story(s, p, c);
    return 0;
}
