/* The plan in words: what happened, why it stopped, what to do, and what else was seen. */
#include "base/plural.h"
#include "platform/cscart/plan_case.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

static const char *versions(struct plan *p)
{
    if (p->from && p->to)
        return arena_printf(&p->mem, " from %s to %s", p->from, p->to);
    return "";
}

static const char *what_stopped(const struct step *st)
{
    static const struct {
        enum step_kind kind;
        const char *words;
    } table[] = {
        {STEP_CHECK, "at the checks before it"},
        {STEP_PRE_HOOKS, "at the package's first script"},
        {STEP_CLOSE, "when it closed the storefront"},
        {STEP_BACKUP, "at its backup"},
        {STEP_SCHEMA, "at the migrations of the database"},
        {STEP_FILES, "while files were copied"},
        {STEP_LABELS, "at the texts of the languages"},
        {STEP_POST_HOOKS, "at the package's last script"},
        {STEP_CACHE, "at its very end, with all the work done"},
        {STEP_OPEN, "with all the work done; only the storefront is still closed"},
    };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].kind == st->kind)
            return table[i].words;
    return "";
}

static void summarise(struct plan *p, const struct cs_case *c)
{
    const struct step *st = plan_failed(p);

    if (c->legacy)
        return;
    if (c->trail.given_up)
        p->summary = "The last upgrade was given up before it changed anything.";
    else if (c->trail.restored)
        p->summary = "The last upgrade was undone: the store was restored from a backup.";
    else if (c->run == NULL && c->has_content)
        p->summary = arena_printf(&p->mem, "A package%s was downloaded; its installation has not begun.", versions(p));
    else if (c->run == NULL)
        return;
    else if (c->trail.finished && st && st->kind == STEP_OPEN)
        p->summary = arena_printf(&p->mem, "The last upgrade%s is finished; the storefront it closed is still closed.", versions(p));
    else if (p->state == UPGRADE_FINISHED)
        p->summary = arena_printf(&p->mem, "The last upgrade%s is finished.", versions(p));
    else if (p->state == UPGRADE_NONE)
        p->summary = arena_printf(&p->mem, "The upgrade%s stopped before it changed anything, and the store is open again.", versions(p));
    else if (st)
        p->summary = arena_printf(&p->mem, "The upgrade%s stopped %s.%s", versions(p), what_stopped(st),
                                  p->touched ? "" : " Nothing of the store has been changed by it but the gate and modes of files.");
}

static void fail(struct plan *p, const struct cs_ref *ref)
{
    plan_fail(p, arena_printf(&p->mem, "%s:%llu: %s", ref->source, (unsigned long long)ref->line, ref->text));
}

static void find_cause(struct plan *p, const struct cs_case *c)
{
    const struct cs_run *r = c->run;

    if (p->state != UPGRADE_INTERRUPTED)
        return;
    if (r->error && (r->stop == r->error || r->migration_fault || r->at == CS_AT_SCHEMA))
        fail(p, r->error);
    else if (r->stop && r->fault && r->at == CS_AT_PREPARE)
        fail(p, r->fault);
    else if (r->stop)
        fail(p, r->stop);
    else if (r->langs_failed)
        fail(p, r->langs_failed);
    if (p->failure.code && strcmp(p->failure.code, "error") != 0)
        return;
    if (r->stop == NULL && !c->trail.finished) {
        p->failure.code = "killed";
        p->failure.title = "The upgrade was cut off from outside: its log ends without a word. Mostly the web server or PHP-FPM ended the "
                           "request after its time limit, or the system ended PHP for lack of memory.";
        p->failure.detail = r->last ? arena_printf(&p->mem, "%s:%llu: %s", r->last->source, (unsigned long long)r->last->line, r->last->text)
                                    : NULL;
        p->failure.fix = "Look into the error log of the web server and into dmesg. The toolkit itself runs without such a limit.";
    } else if (r->stop && r->at == CS_AT_MAIL) {
        p->failure.code = "mail";
        p->failure.title = "The mail with the link to the restore script could not be sent, which ends the upgrade without a message.";
        p->failure.fix = "Set up the shop's mail (SMTP), then start the upgrade again in the admin panel.";
    }
}

static bool backup_exists(struct store *s, const struct cs_case *c, const char **name)
{
    for (size_t i = 0; i < c->attempts.n; i++) {
        struct str path = str_of(c->attempts.v[i].backup);
        size_t slash = str_rchr(path, '/');
        const char *rel;

        if (path.n == 0)
            continue;
        rel = arena_printf(c->mem, "var/backups/%.*s", STR_FMT(slash == SIZE_MAX ? path : str_sub(path, slash + 1, path.n)));
        if (str_is_safe_path(str_of(rel)) && tree_exists(&s->tree, rel)) {
            *name = rel;
            return true;
        }
    }
    return false;
}

static bool files_first(const struct cs_case *c)
{
    return c->gen == CS_GEN_A || c->gen == CS_GEN_B;
}

/* Why bringing the backup back is better than going on, or NULL. */
static const char *why_restore(const struct plan *p, const struct cs_case *c)
{
    for (size_t i = 0; i < p->steps.n; i++) {
        const struct step *st = p->steps.v[i];

        if (!step_is_open(st))
            continue;
        if (st->kind == STEP_SCHEMA && st->danger)
            return "A migration began and did not end: a part of it may be in the database, and running it again may fail or change data twice.";
        if (st->kind == STEP_SCHEMA && !st->can_run)
            return "Migrations are left that can't be run here, and without them the new files would work on an old database.";
        if (st->kind == STEP_SCHEMA && !files_first(c) && p->touched)
            return "Some migrations are done and others are not; the files are still the old ones, so the database alone has to go back.";
        if (st->kind == STEP_FILES && !st->can_run)
            return "New files are missing that only the package has.";
    }
    return NULL;
}

static void advise(struct store *s, struct plan *p, struct cs_case *c)
{
    const char *why = p->state == UPGRADE_INTERRUPTED && p->touched ? why_restore(p, c) : NULL;
    const struct step *st = plan_failed(p);
    const char *backup = NULL;
    struct finding *f;

    if (st == NULL)
        return;
    if ((c->trail.finished && st->kind == STEP_OPEN) || !p->touched) {
        /* resume takes modes and gate back; where going on is possible as well, opening is the least. */
        if (c->give_up && (c->gate != GATE_CLOSED || c->modes_row || cs_open_modes(s, NULL) > 0))
            p->advice = "resume";
        else if (c->gate == GATE_CLOSED)
            p->advice = "open";
        return;
    }
    p->advice = "resume";
    if (why == NULL)
        return;
    f = plan_finding(p, FINDING_WARNING, "restore_instead", "going back is safer than going on");
    f->detail = why;
    if (backup_exists(s, c, &backup)) {
        p->advice = "restore";
        f->fix = arena_printf(&p->mem, "toolkit restore brings %s back, the backup made before anything was changed", backup);
    } else {
        f->fix = "No backup of this upgrade was found in var/backups: look for one elsewhere and give it to toolkit restore.";
    }
}

static void note_closed(struct plan *p, const struct cs_case *c)
{
    struct finding *f;

    if (!c->trail.finished || c->gate != GATE_CLOSED)
        return;
    f = plan_finding(p, FINDING_NOTE, "store_closed", "the storefront is closed");
    f->detail = "The upgrade closes it and never opens it again.";
    f->fix = "toolkit store open";
}

/* The upgrader's own check calls every file a conflict that is not old; most of them were copied by it. */
static void note_edited(struct plan *p, const struct cs_case *c)
{
    VEC(const char *) names = {0};
    struct finding *f;

    for (int i = 0; i < CS_PARTS; i++)
        for (size_t k = 0; k < c->parts[i].todo.n; k++)
            if (c->parts[i].todo.v[k].edited)
                *vec_push(&names) = c->parts[i].todo.v[k].path;
    if (names.n > 0) {
        f = plan_finding(p, FINDING_WARNING, "files_edited", "%zu file%s of the core %s changed by hand and will be replaced", names.n,
                         names.n == 1 ? "" : "s", names.n == 1 ? "was" : "were");
        f->detail = plan_names(p, names.v, names.n);
        f->fix = "resume keeps the replaced files; compare them with toolkit undo's folder afterwards";
    }
    names.n = 0;
    for (int i = 0; i < CS_PARTS; i++)
        for (size_t k = 0; k < c->parts[i].kept.n; k++)
            *vec_push(&names) = c->parts[i].kept.v[k];
    if (names.n > 0) {
        f = plan_finding(p, FINDING_NOTE, "files_kept", "%zu file%s that the new version dropped %s changed by hand and will be kept",
                         names.n, names.n == 1 ? "" : "s", names.n == 1 ? "was" : "were");
        f->detail = plan_names(p, names.v, names.n);
    }
    free(names.v);
    if (c->parts[CS_PART_COPY].applied > 0 && p->state == UPGRADE_INTERRUPTED)
        plan_finding(p, FINDING_NOTE, "files_applied", "%zu file%s already of the new version", c->parts[CS_PART_COPY].applied,
                     plural(c->parts[CS_PART_COPY].applied, " is", "s are"));
}

static void note_package(struct plan *p, const struct cs_case *c)
{
    struct finding *f;

    if (c->package_err) {
        f = plan_finding(p, FINDING_PROBLEM, "package_damaged", "the package can't be read");
        f->detail = c->package_err;
    }
    if (c->package.refused) {
        f = plan_finding(p, FINDING_WARNING, "package_paths", "%zu entr%s of the package's list %s not used", c->package.refused,
                         plural(c->package.refused, "y", "ies"), plural(c->package.refused, "is", "are"));
        f->detail = arena_printf(&p->mem, "What leads out of the store or has unknown words; the first: %.*s",
                                 STR_FMT(c->package.refused_first));
    }
    if (c->missing.n > 0 && p->state == UPGRADE_INTERRUPTED) {
        f = plan_finding(p, FINDING_PROBLEM, "package_incomplete", "the package lacks %zu of its files", c->missing.n);
        f->detail = plan_names(p, c->missing.v, c->missing.n);
    }
    if (p->state == UPGRADE_INTERRUPTED && p->touched && c->has_content) {
        f = plan_finding(p, FINDING_NOTE, "package_needed", "leave the package in place until the upgrade is finished");
        f->detail = "Refreshing the list of packages in the admin panel, and the console command, delete it.";
        f->source = c->dir;
    }
}

static void note_attempts(struct plan *p, const struct cs_case *c)
{
    size_t changed = 0;
    size_t backups = 0;
    bool replayed = false;
    struct finding *f;

    for (size_t i = 0; i < c->attempts.n; i++) {
        backups += changed > 0 && c->attempts.v[i].backup != NULL;
        changed += c->attempts.v[i].changed;
    }
    for (size_t i = 0; i < c->migrations.n; i++)
        replayed = replayed || c->migrations.v[i].again_done || c->migrations.v[i].replayed;
    if (p->state != UPGRADE_INTERRUPTED)
        return;
    if (c->attempts.n > 1)
        plan_finding(p, FINDING_NOTE, "attempts", "this upgrade was tried %zu times", c->attempts.n);
    if (backups > 0) {
        f = plan_finding(p, FINDING_WARNING, "backup_of_damage", "a later attempt made a backup of the store as the first one had left it");
        f->detail = "The newest backup and the newest restore script bring the damage back; the first backup is the clean one.";
        f->fix = "toolkit backups marks it";
    }
    if (replayed) {
        f = plan_finding(p, FINDING_WARNING, "migrations_twice", "a later attempt ran migrations again that were done");
        f->detail = "Every attempt begins with the first migration. What they change may have been changed twice.";
    }
    if (c->trail.finished && c->run->migration_fault) {
        f = plan_finding(p, FINDING_PROBLEM, "ran_on", "the upgrade ran on after a migration failed: the files are new, the database is half way");
        f->source = c->run->migration_fault->source;
        f->line = c->run->migration_fault->line;
    }
}

struct scripts {
    struct store *s;
    struct plan *p;
    size_t n;
    const char *first;
    const char *dir;
};

static int find_script(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct scripts *x = arg;

    (void)e;
    if (type == DT_REG && str_starts(str_of(name), STR("restore_")) && str_ends(str_of(name), STR(".php"))) {
        x->n++;
        if (x->first == NULL)
            x->first = arena_printf(&x->p->mem, "%s/%s", x->dir, name);
    }
    return 0;
}

static int find_script_dir(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct scripts *x = arg;

    if (type != DT_DIR)
        return 0;
    x->dir = arena_printf(&x->p->mem, "upgrades/%s", name);
    return tree_list(&x->s->tree, x->dir, find_script, x, e);
}

static void note_leftovers(struct store *s, struct plan *p, const struct cs_case *c)
{
    const struct cs *cs = s->own;
    struct scripts x = {.s = s, .p = p};
    struct err ignored = {0};
    struct finding *f;

    if (tree_exists(&s->tree, "upgrades"))
        tree_list(&s->tree, "upgrades", find_script_dir, &x, &ignored);
    if (x.n > 0) {
        f = plan_finding(p, FINDING_NOTE, "restore_scripts", "%zu restore script%s with the database's password lie%s below upgrades", x.n,
                         x.n == 1 ? "" : "s", x.n == 1 ? "s" : "");
        f->fix = "When the store is well again, toolkit clean --leftovers removes them.";
        f->source = x.first;
    }
    if (tree_exists(&s->tree, CS_UPGRADE_DIR "/.upgrade_lock")) {
        f = plan_finding(p, FINDING_WARNING, "upgrade_lock", "a lock of the upgrader was left behind");
        f->fix = "When no upgrade is running, remove it.";
        f->source = CS_UPGRADE_DIR "/.upgrade_lock";
    }
    if (tree_exists(&s->tree, "var/cache/misc/tmp/backup"))
        plan_finding(p, FINDING_NOTE, "dead_backup", "an unfinished backup or restore lies in var/cache/misc/tmp/backup");
    if (c->restored_by_script)
        plan_finding(p, FINDING_NOTE, "restore_script_ran",
                     "the shop's own restore script was run: its dump still lies in var/restore");
    if (strcmp(cs->admin, "admin.php") != 0 && tree_exists(&s->tree, "admin.php") && tree_exists(&s->tree, cs->admin)) {
        f = plan_finding(p, FINDING_WARNING, "admin_public", "admin.php is back beside %s", cs->admin);
        f->detail = "Packages bring admin.php, and nothing updates the renamed script. resume does both.";
        f->source = "admin.php";
    }
}

static void note_config(struct store *s, struct plan *p, const struct cs_case *c)
{
    struct finding *f;

    if (s->config_err.kind != ERR_NONE) {
        f = plan_finding(p, FINDING_PROBLEM, "config_unreadable", "%s", s->config_err.text);
        f->fix = arena_strdup(&p->mem, s->config_err.fix);
    }
    if (c->db_err && c->run) {
        f = plan_finding(p, FINDING_WARNING, "database_unknown", "the database could not be read, so the plan rests on log and files");
        f->detail = c->db_err;
    }
}

static void note_owner(struct store *s, struct plan *p)
{
    struct finding *f;

    if (!s->owner_mixed || p->state != UPGRADE_INTERRUPTED)
        return;
    f = plan_finding(p, FINDING_WARNING, "owner_mixed", "parts of the store belong to different accounts");
    f->fix = "If the web server's PHP runs as one of them, give it the whole store: chown -R";
}

void cs_tell_story(struct store *s, struct plan *p, struct cs_case *c)
{
    summarise(p, c);
    if (c->run && !c->trail.restored) {
        find_cause(p, c);
        advise(s, p, c);
        note_closed(p, c);
        note_edited(p, c);
        note_attempts(p, c);
        if (p->state == UPGRADE_INTERRUPTED)
            cs_open_modes(s, p);
    }
    note_package(p, c);
    note_config(s, p, c);
    note_leftovers(s, p, c);
    note_owner(s, p);
}
