/* The plan in words: what happened, why the failed step failed, and what else was seen. */
#include "base/plural.h"
#include "platform/xcart5/plan_parts.h"

#include <string.h>

/* Files whose ownership is looked at one by one; beyond that the first faults say enough. */
#define WRITE_CHECKS_MAX 20000
#define WRITE_FAULTS_MAX 5

static const char *what_stopped(const struct step *st)
{
    switch (st->kind) {
    case STEP_DOWNLOAD:
        return "while the packs were downloaded";
    case STEP_UNPACK:
        return "while the packs were unpacked";
    case STEP_CHECK:
        return "before the packs were checked";
    case STEP_PRE_HOOKS:
        return "at the hooks that run before the files are copied";
    case STEP_FILES:
        return "while the new files were copied";
    case STEP_POST_HOOKS:
        return "at the hooks that run after the files are copied";
    case STEP_REBUILD:
        return "at the cache rebuild";
    case STEP_REBUILD_HOOKS:
        return "at the hooks that run after the cache rebuild";
    case STEP_LABELS:
        return "before the language labels were loaded";
    case STEP_CACHE:
        return "at the very end: all the work is done, only the upgrader's own state is left to clear";
    case STEP_CLOSE:
    case STEP_BACKUP:
    case STEP_SCHEMA:
    case STEP_MODULES:
    case STEP_OPEN:
    case STEP_KINDS:
        break;
    }
    return "";
}

static void summarise(struct plan *p, const struct xc_case *c)
{
    const struct step *st = plan_failed(p);

    if (c->entries.n == 0) {
        if (p->state == UPGRADE_INTERRUPTED)
            p->summary = "No upgrade is going on, but a cache rebuild was begun and did not end: visitors may see "
                         "\"We are deploying new changes to our store\".";
        return;
    }
    if (p->state == UPGRADE_FINISHED)
        p->summary = arena_printf(&p->mem, "The last upgrade%s is finished.", plan_versions(p));
    else if (p->state == UPGRADE_NONE)
        p->summary = "An upgrade was prepared and given up before anything was changed.";
    else if (!p->touched)
        p->summary = arena_printf(&p->mem, "The upgrade%s stopped %s. Nothing of the store has been changed by it.",
                                  plan_versions(p), what_stopped(st));
    else
        p->summary = arena_printf(&p->mem, "The upgrade%s stopped %s.", plan_versions(p), what_stopped(st));
}

static void set_failure(struct plan *p, const struct xc_log_ref *ref)
{
    plan_fail(p, ref->line ? arena_printf(&p->mem, "%s:%llu: %s", ref->source, (unsigned long long)ref->line, ref->text)
                           : ref->text);
}

/* The cause is looked for in what is nearest to the failed step. */
static void find_cause(struct plan *p, const struct xc_case *c)
{
    const struct step *st = plan_failed(p);
    const struct xc_log *l = &c->log;

    if (st == NULL || p->state != UPGRADE_INTERRUPTED)
        return;
    if ((st->kind == STEP_FILES || st->kind == STEP_DOWNLOAD || st->kind == STEP_UNPACK || st->kind == STEP_CHECK) &&
        l->errors.n > 0)
        set_failure(p, &l->errors.v[l->errors.n - 1].ref);
    else if (l->php_error)
        set_failure(p, l->php_error);
    else if (l->errors.n > 0 && l->last && l->errors.v[l->errors.n - 1].ref.line == l->last->line)
        set_failure(p, &l->errors.v[l->errors.n - 1].ref);
}

static void note_log(struct plan *p, const struct xc_case *c)
{
    struct finding *f;

    if (!c->log.found && (c->cell.present || c->entries.n > 0)) {
        f = plan_finding(p, FINDING_WARNING, "log_missing", "there is no upgrade log below var/log");
        f->detail = "The steps were deduced from the state row in the database, the packs, the files and the cache.";
    } else if (!c->log.has_run && c->cell.present) {
        f = plan_finding(p, FINDING_WARNING, "log_missing", "the upgrade log has no line of this upgrade");
        f->detail = "The steps were deduced from the state row in the database, the packs, the files and the cache.";
    }
    if (c->log.errors_dropped) {
        f = plan_finding(p, FINDING_NOTE, "log_errors", "the log has %llu more error line%s than shown here",
                         (unsigned long long)c->log.errors_dropped, plural(c->log.errors_dropped, "", "s"));
        f->source = c->log.file;
    }
    if (c->cell_err) {
        f = plan_finding(p, FINDING_PROBLEM, "state_damaged", "the upgrader's state row can't be read");
        f->detail = c->cell_err;
        f->fix = "The plan rests on log, packs and files. Restore the row from a backup if it matters.";
    }
    if (c->cell.held)
        plan_finding(p, FINDING_NOTE, "state_held",
                     "the upgrader's state row is put aside: a cache rebuild by the toolkit was cut off; resume "
                     "brings it back");
}

static void note_unknown_from(struct plan *p, const struct xc_case *c)
{
    for (size_t i = 0; i < c->entries.n; i++) {
        const struct xc_entry *en = c->entries.v[i];
        struct finding *f;

        if (en->from || en->fresh || p->state != UPGRADE_INTERRUPTED)
            continue;
        f = plan_finding(p, FINDING_WARNING, "version_unknown", "the version of %s before the upgrade is not known",
                         en->name);
        f->detail = "Its hooks are those that the state row and the log name, and what lies above the lowest of them.";
    }
}

static void note_config(struct store *s, struct plan *p)
{
    struct finding *f;

    if (s->config_err.kind == ERR_NONE)
        return;
    f = plan_finding(p, FINDING_PROBLEM, "config_unreadable", "%s", s->config_err.text);
    f->fix = arena_strdup(&p->mem, s->config_err.fix);
}

static void note_kept(struct plan *p, const struct xc_case *c)
{
    struct finding *f;
    struct buf list = {0};

    if (c->cell.keep.n == 0 || p->state != UPGRADE_INTERRUPTED)
        return;
    for (size_t i = 0; i < c->cell.keep.n && i < 10; i++)
        buf_printf(&list, "%s%s", i ? ", " : "", c->cell.keep.v[i]);
    f = plan_finding(p, FINDING_NOTE, "files_kept", "%zu changed file%s the merchant chose to keep; resume leaves %s alone",
                     c->cell.keep.n, c->cell.keep.n == 1 ? "" : "s", c->cell.keep.n == 1 ? "it" : "them");
    f->detail = arena_dup(&p->mem, list.p, list.n);
    buf_free(&list);
}

static void note_modules(struct store *s, struct plan *p, const struct xc_case *c)
{
    for (size_t i = 0; i < c->entries.n; i++) {
        struct finding *f;

        if (!c->entries.v[i]->left_out || p->state != UPGRADE_INTERRUPTED)
            continue;
        f = plan_finding(p, FINDING_NOTE, "module_disabled", "%s is not installed and enabled: its hooks and labels are "
                                                             "left out, as the upgrader does",
                         c->entries.v[i]->name);
        f->source = store_table(s, "modules");
    }
    if (tree_exists(&s->tree, "var/.decorator.unsafe_modules.ini.php")) {
        struct finding *f = plan_finding(p, FINDING_NOTE, "modules_unsafe",
                                         "the upgrader marked modules whose files could not all be copied");

        f->source = "var/.decorator.unsafe_modules.ini.php";
    }
}

static void note_owner(struct store *s, struct plan *p)
{
    struct finding *f;

    if (!s->owner_mixed)
        return;
    f = plan_finding(p, FINDING_WARNING, "owner_mixed", "parts of the store belong to different accounts");
    f->detail = arena_printf(&p->mem, "The store's code runs as %s (uid %u).", s->owner.name[0] ? s->owner.name : "an account without a name",
                             (unsigned)s->owner.uid);
    f->fix = "If the web server's PHP runs as that account, give it the whole store: chown -R";
}

/* What the rest of the plan will write has to be writable for the store's account. */
static void check_writable(struct store *s, struct plan *p, const struct xc_case *c)
{
    static const char *const always[] = {"var", "var/run", "var/tmp", "var/log", "classes", "skins"};
    size_t faults = 0;
    size_t checks = 0;

    if (p->state != UPGRADE_INTERRUPTED)
        return;
    for (size_t i = 0; i < sizeof always / sizeof *always && faults < WRITE_FAULTS_MAX; i++)
        faults += (size_t)xc_note_unwritable(s, p, always[i]);
    for (size_t i = 0; i < c->entries.n; i++) {
        const struct xc_file_plan *f = c->entries.v[i]->files;

        for (size_t k = 0; f && k < f->todo.n && faults < WRITE_FAULTS_MAX && checks++ < WRITE_CHECKS_MAX; k++)
            faults += (size_t)xc_note_unwritable(s, p, f->todo.v[k].path);
    }
}

bool xc_note_unwritable(struct store *s, struct plan *p, const char *path)
{
    char where[PATH_MAX];
    enum owner_deny deny;
    struct err e = {0};
    struct finding *f;

    if (owner_may_write(&s->tree, &s->owner, path, &deny, where, &e) < 0 || deny == OWNER_MAY)
        return false;
    f = plan_finding(p, FINDING_PROBLEM, "not_writable", "%s: %s", where[0] ? where : path, owner_deny_text(deny));
    f->detail = arena_printf(&p->mem, "The store's account (%s, uid %u) has to write %s.",
                             s->owner.name[0] ? s->owner.name : "no name", (unsigned)s->owner.uid, path);
    f->fix = "chown it to the store's account, or give that account write permission";
    return true;
}

void xc_tell_story(struct store *s, struct plan *p, struct xc_case *c)
{
    summarise(p, c);
    find_cause(p, c);
    note_config(s, p);
    note_log(p, c);
    note_unknown_from(p, c);
    note_kept(p, c);
    note_modules(s, p, c);
    note_owner(s, p);
    check_writable(s, p, c);
}
