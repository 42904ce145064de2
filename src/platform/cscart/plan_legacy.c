/*
 * The plan of an upgrade of 4.0 to 4.2: check (closes the store, makes the themes' copies), backup of touched files and tables, then files,
 * deletions, the dumps, the package's script, the settings kept aside, and its end. The log tells of the first two alone; all
 * else is seen in files and tables. As long as nothing but the gate was changed the plan is to give the upgrade up.
 */
#include "base/plural.h"
#include "platform/cscart/legacy.h"
#include "platform/cscart/plan_parts.h"

#include <string.h>
#include <time.h>

struct build {
    struct store *s;
    struct plan *p;
    struct cs_case *c;
    struct cs_legacy *l;
};

static void evidence(struct build *b, struct step *st, const struct cs_ref *r)
{
    if (r)
        plan_evidence(b->p, st, r->source, r->line, "%s", r->text);
}

/* What comes behind the place where it stopped is not to be done when it is given up. */
static void only_give_up(struct build *b, struct step *st)
{
    if (b->c->give_up && st->state == STEP_PENDING && plan_failed(b->p) != st) {
        st->state = STEP_SKIPPED;
        plan_evidence(b->p, st, b->c->dir, 0,
                      "not begun; the upgrade can be started again in the admin panel");
    }
}

static bool backed_up(const struct build *b)
{
    return b->l->entry && b->l->entry->backed_up;
}

static void add_preparations(struct build *b)
{
    const struct cs_legacy *l = b->l;
    struct step *st = plan_add_runnable(b->p, STEP_UNPACK, "core", NULL, "the package");
    bool checked = l->entry != NULL || l->backing != NULL || b->p->touched;

    st->state = STEP_DONE;
    plan_evidence(b->p, st, b->c->dir, 0, "is unpacked");
    st = plan_add_runnable(b->p, STEP_CLOSE, NULL, NULL, "the storefront");
    st->state = STEP_DONE;
    if (b->c->gate != GATE_UNKNOWN)
        plan_evidence(b->p, st, "database", 0, "the storefront is %s",
                      b->c->gate == GATE_CLOSED ? "closed" : "open");
    st = plan_add_runnable(b->p, STEP_CHECK, NULL, NULL, "the check before the upgrade, with its copies for the themes");
    st->state = checked ? STEP_DONE : STEP_PARTIAL;
    evidence(b, st, l->themes);
    if (checked && l->entry)
        plan_evidence(b->p, st, CS_LEGACY_RECORD, 0, "has the upgrade as begun");
    st = plan_add_runnable(b->p, STEP_BACKUP, NULL, NULL, "the upgrade's own backup of the files and tables it touches");
    st->state = backed_up(b) || b->p->touched ? STEP_DONE : l->backing ? STEP_PARTIAL : STEP_PENDING;
    evidence(b, st, l->backing);
    if (backed_up(b))
        plan_evidence(b->p, st, CS_LEGACY_RECORD, 0, "lists what was saved in %s/backup", b->c->dir);
    only_give_up(b, st);
}

static const char *no_files(struct build *b)
{
    const struct cs_case *c = b->c;

    if (!c->has_package)
        return c->package_err ? c->package_err : "the list of the package's files is not there";
    if (c->missing.n > 0)
        return arena_printf(&b->p->mem, "the package lacks %zu of its files, the first is %s", c->missing.n,
                            c->missing.v[0]);
    if (c->blocked.n > 0)
        return arena_printf(&b->p->mem, "%zu file%s can't be read, the first: %s", c->blocked.n,
                            plural(c->blocked.n, "", "s"), c->blocked.v[0]);
    return NULL;
}

static void add_files(struct build *b)
{
    static const char *const details[] = {"copy", "delete", "themes"};
    static const char *const titles[] = {"the new files", "the files that the new version dropped",
                                         "their copies in the themes"};

    for (int i = 0; i < CS_PART_SCRIPTS; i++) {
        const struct cs_part_state *f = &b->c->parts[i];
        struct step *st;

        if (i == CS_PART_THEMES && f->total == 0)
            continue;
        st = plan_add_runnable(b->p, STEP_FILES, "core", details[i], titles[i]);
        st->state = f->todo.n == 0 && b->c->files_known ? STEP_DONE
                    : b->p->touched                     ? STEP_PARTIAL
                                                        : STEP_PENDING;
        if (b->c->files_known)
            plan_evidence(b->p, st, b->c->dir, 0, "%zu of %zu as the new version has them%s",
                          f->total - f->todo.n - f->kept.n, f->total,
                          f->kept.n ? "; some changed ones are kept" : "");
        only_give_up(b, st);
        if (step_is_open(st) && !b->c->give_up && no_files(b))
            step_refuse(st, no_files(b));
    }
}

static void describe_pending(struct build *b, struct step *st, const struct cs_dump *d)
{
    const struct cs_pending *x = &b->l->pending;
    struct str text = d->all.all.v[x->at];

    if (text.n > 160)
        text.n = 160;
    plan_evidence(b->p, st, d->file, 0, "%s: %.*s",
                  x->applied == CS_APPLIED_YES ? "carried out, as the database shows, and not noted"
                                               : "the first that is not noted",
                  STR_FMT(text));
    if (x->applied == CS_APPLIED_UNKNOWN) {
        st->state = STEP_PARTIAL;
        st->repeatable = false;
        st->maybe = true;
        st->danger = arena_printf(&b->p->mem, "statement %zu of %s: %s", x->at + 1, d->file,
                                  x->why ? x->why : "nothing tells whether it was carried out");
    }
}

static void add_dumps(struct build *b)
{
    for (size_t i = 0; i < b->l->dumps.n; i++) {
        const struct cs_dump *d = &b->l->dumps.v[i];
        struct step *st = plan_add_runnable(b->p, d->labels ? STEP_LABELS : STEP_SCHEMA, d->name, NULL, NULL);
        size_t done = d->all.all.n - d->open;

        st->file = d->file;
        st->title = d->labels ? arena_printf(&b->p->mem, "the texts of the language %s", d->name)
                    : strcmp(d->name, "db_scheme") == 0 ? "the tables"
                                                        : "the data in the tables";
        st->state = d->err ? STEP_UNKNOWN : d->open == 0 ? STEP_DONE : done > 0 ? STEP_PARTIAL : STEP_PENDING;
        if (b->l->cleaned)
            plan_evidence(b->p, st, "database", 0, "has all that can be seen of them");
        else if (!b->c->give_up && d->has_notes)
            plan_evidence(b->p, st, d->notes, 0, "%zu of %zu statement%s %s noted as carried out", done,
                          d->all.all.n, plural(d->all.all.n, "", "s"), plural(done, "is", "are"));
        if (!b->c->give_up && b->l->pending.dump == d)
            describe_pending(b, st, d);
        only_give_up(b, st);
        if (d->err)
            step_refuse(st, d->err);
    }
}

/* Nothing is written before or behind the script; what comes behind it is seen. */
static bool is_behind_hook(const struct build *b)
{
    const struct cs_legacy *l = b->l;

    return l->cleaned || (l->imported && l->upg_made && !l->upg && b->c->db);
}

static void add_hook(struct build *b)
{
    struct step *st;

    if (b->l->hook == NULL)
        return;
    st = plan_add_runnable(b->p, STEP_POST_HOOKS, "core", NULL, "the script of the package");
    st->file = b->l->hook;
    st->repeatable = false;
    if (is_behind_hook(b)) {
        st->state = STEP_DONE;
        plan_evidence(b->p, st, "database", 0, "what comes behind it was done");
    } else if (b->l->imported) {
        st->state = STEP_PARTIAL;
        st->maybe = true;
        st->danger = "all statements before it were carried out, and nothing is written when it begins or "
                     "ends: it may have run";
        if (b->l->lock)
            plan_evidence(b->p, st, CS_LEGACY_LOCK, 0, "is there: a job was cut off");
    }
    only_give_up(b, st);
}

static void add_end(struct build *b)
{
    struct step *st;

    if (b->l->upg_made || b->l->upg) {
        st = plan_add_runnable(b->p, STEP_CACHE, "core", "settings", "the values of settings that the new version brings");
        st->state = is_behind_hook(b) ? STEP_DONE : STEP_PENDING;
        if (b->l->upg)
            plan_evidence(b->p, st, store_table(b->s, "settings_objects_upg"), 0,
                          "is there, so they are not taken over");
        only_give_up(b, st);
    }
    st = plan_add_runnable(b->p, STEP_CACHE, NULL, NULL, "the store's caches");
    only_give_up(b, st);
    st = plan_add_runnable(b->p, STEP_CACHE, "core", "record", "the mark that the upgrade is installed");
    plan_evidence(b->p, st, CS_LEGACY_RECORD, 0, "the upgrade stands there as not installed");
    if (b->l->entry == NULL)
        st->state = STEP_SKIPPED;
    only_give_up(b, st);
}

static void add_lock(struct build *b)
{
    struct step *st;

    st = plan_add_runnable(b->p, STEP_CACHE, "core", "lock", "the lock and the notes of the upgrade");
    if (!b->l->lock && b->c->give_up)
        st->state = STEP_DONE;
    if (b->l->lock)
        plan_evidence(b->p, st, CS_LEGACY_LOCK, 0,
                      "keeps every further step in the admin panel from starting");
}

static void add_open(struct build *b, bool over)
{
    struct step *st = plan_add_runnable(b->p, STEP_OPEN, NULL, NULL, "the storefront");

    if (over && b->c->gate != GATE_CLOSED)
        st->state = b->c->gate == GATE_OPEN ? STEP_DONE : STEP_SKIPPED;
    if (b->c->gate != GATE_UNKNOWN)
        plan_evidence(b->p, st, "database", 0, "the storefront is %s",
                      b->c->gate == GATE_CLOSED ? "closed; the wizard never opens it" : "open");
}

static bool was_touched(const struct build *b)
{
    const struct cs_legacy *l = b->l;
    bool noted = false;

    for (size_t i = 0; i < l->dumps.n; i++)
        noted = noted || l->dumps.v[i].has_notes;
    return b->c->parts[CS_PART_COPY].applied > 0 || l->half_copied || noted || l->cleaned;
}

static bool was_begun(const struct build *b)
{
    const struct cs_legacy *l = b->l;

    if (b->p->touched)
        return true;
    if (l->closed && b->c->gate != GATE_CLOSED)
        return false;
    return (l->entry && l->entry->open) || l->lock || l->first || b->c->gate == GATE_CLOSED;
}

static const char *stamp(struct arena *mem, int64_t seconds)
{
    time_t t = (time_t)seconds;
    struct tm tm;

    if (gmtime_r(&t, &tm) == NULL)
        return NULL;
    return arena_printf(mem, "%04d-%02d-%02d %02d:%02d:%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
                        tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static void add_attempt(struct build *b)
{
    struct cs_attempt *a = vec_push(&b->c->attempts);

    a->started = b->p->started;
    a->backup = arena_printf(b->c->mem, "%s/backup", b->c->dir);
    a->changed = b->p->touched;
}

static void tell_end(struct build *b)
{
    bool closed =
        b->c->gate == GATE_CLOSED && b->s->version && b->c->to && strcmp(b->s->version, b->c->to) == 0;

    add_open(b, true);
    b->p->touched = true;
    b->p->state = closed ? UPGRADE_INTERRUPTED : UPGRADE_FINISHED;
    if (!closed)
        b->p->steps.v[0]->state = STEP_DONE;
    else
        b->p->advice = "open";
    b->p->summary = closed ? "The last upgrade is finished; the storefront it closed is still closed."
                           : "The last upgrade is finished.";
}

static const char *why_restore(const struct build *b)
{
    for (size_t i = 0; i < b->p->steps.n; i++) {
        const struct step *st = b->p->steps.v[i];

        if (!step_is_open(st))
            continue;
        if (st->danger && (st->kind == STEP_SCHEMA || st->kind == STEP_LABELS))
            return "A statement may have been carried out or not, nothing shows which, and carried out twice "
                   "it may change data twice.";
        if (!st->can_run)
            return "A part of the upgrade can't be carried out here.";
    }
    return NULL;
}

static void advise(struct build *b)
{
    const char *why = b->p->touched ? why_restore(b) : NULL;
    struct finding *f;

    if (b->c->give_up) {
        b->p->advice = b->l->lock || b->c->gate != GATE_CLOSED ? "resume" : "open";
        return;
    }
    b->p->advice = "resume";
    if (why == NULL)
        return;
    f = plan_finding(b->p, FINDING_WARNING, "restore_instead", "going back is safer than going on");
    f->detail = why;
    if (backed_up(b)) {
        b->p->advice = "restore";
        f->fix = arena_printf(
            &b->p->mem, "toolkit restore brings %s/backup back, which was made before anything was changed",
            b->c->dir);
    }
}

static void tell(struct build *b)
{
    const struct step *st = plan_failed(b->p);
    const struct cs_legacy *l = b->l;
    struct finding *f;

    b->p->summary =
        arena_printf(&b->p->mem, "The upgrade%s%s%s%s stopped at: %s.%s", b->c->from ? " from " : "",
                     b->c->from ? b->c->from : "", b->c->to ? " to " : "", b->c->to ? b->c->to : "",
                     st ? st->title : "its end",
                     b->p->touched ? "" : " Nothing of the store has been changed by it but the gate.");
    b->p->failure.code = "killed";
    b->p->failure.title = "The upgrade was cut off: its job did not end. Mostly the web server or PHP-FPM "
                          "ended the request after its time limit.";
    b->p->failure.detail = l->last ? arena_printf(&b->p->mem, "%s:%llu: %s", l->last->source,
                                                  (unsigned long long)l->last->line, l->last->text)
                                   : NULL;
    b->p->failure.fix =
        "Look into the error log of the web server. The toolkit itself runs without such a limit.";
    if (l->n_errors > 0) {
        f = plan_finding(b->p, FINDING_WARNING, "sql_errors",
                         "%zu statement%s failed and %s passed over by the upgrade", l->n_errors,
                         l->n_errors == 1 ? "" : "s", l->n_errors == 1 ? "was" : "were");
        f->detail = l->error->text;
        f->source = l->error->source;
        f->line = l->error->line;
    }
    if (b->s->prefix && strcmp(b->s->prefix, CS_DUMP_PREFIX) != 0 && b->p->touched) {
        f = plan_finding(b->p, FINDING_WARNING, "repeats_statements",
                         "the admin panel would carry out finished statements again");
        f->detail = arena_printf(&b->p->mem,
                                 "It takes up an upgrade by comparing statements with its notes, which fails "
                                 "with table prefixes other than " CS_DUMP_PREFIX "; this store has %s.",
                                 b->s->prefix);
        f->fix = "Go on with toolkit resume, or back with toolkit restore, not in the admin panel.";
    }
    if (l->record_err) {
        f = plan_finding(b->p, FINDING_PROBLEM, "record_unreadable", "the list of upgrades can't be read");
        f->detail = l->record_err;
        f->source = CS_LEGACY_RECORD;
    }
}

void cs_plan_legacy(struct store *s, struct plan *p, struct cs_case *c)
{
    struct build b = {.s = s, .p = p, .c = c, .l = c->legacy};
    const struct cs_legacy *l = c->legacy;

    p->from = c->from;
    p->to = c->to;
    p->started = l->first ? stamp(&p->mem, l->first->seconds) : NULL;
    p->last_activity = l->last ? stamp(&p->mem, l->last->seconds) : NULL;
    if (l->entry && l->entry->known && !l->entry->open) {
        add_attempt(&b);
        tell_end(&b);
        return;
    }
    p->touched = was_touched(&b);
    if (!was_begun(&b)) {
        p->state = UPGRADE_NONE;
        p->summary = l->closed == NULL ? "A package lies ready; its installation has not begun."
                     : l->given_up     ? "The last upgrade was given up before it changed anything."
                                       : "The last upgrade was undone: the store was restored from a backup.";
        return;
    }
    c->give_up = !p->touched;
    add_attempt(&b);
    add_preparations(&b);
    add_files(&b);
    add_dumps(&b);
    add_hook(&b);
    add_end(&b);
    add_lock(&b);
    add_open(&b, false);
    p->state = UPGRADE_INTERRUPTED;
    advise(&b);
    tell(&b);
}
