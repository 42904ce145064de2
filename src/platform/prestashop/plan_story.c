/* The plan in words: what happened, why it stopped, what is best. */
#include "platform/prestashop/plan_parts.h"

#include <string.h>

static const char *what_stopped(const struct step *st)
{
    static const struct {
        const char *id; /* or its beginning */
        const char *words;
    } table[] = {
        {"download", "at the download of the release"},
        {"unpack", "while the release was unpacked"},
        {"backup", "at its backup"},
        {"files", "while files were copied"},
        {"modules:off", "before the changes of the database, at the modules that are to be switched off"},
        {"schema:doctrine", "behind its SQL, at Doctrine's change of the tables"},
        {"schema:settings", "behind its SQL, before the new version was written down"},
        {"schema", "within the changes of the database"},
        {"labels", "behind the changes of the database, at the texts of the languages"},
        {"rebuild", "behind the changes of the database, at the settings it makes anew"},
        {"modules:names", "with modules still under their temporary names"},
        {"modules", "at the modules"},
        {"cache", "at its very end, with all the work done"},
        {"open", "with all the work done; only the shop is not noted as open again"},
    };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (plan_step_matches(st, table[i].id))
            return table[i].words;
    return "";
}

static const char *rollback_words(struct plan *p, const struct ps_case *c)
{
    if (c->rollback_half && c->at == PS_PHASE_ROLLBACK)
        return "The upgrade was taken back by the module, and that stopped while it put files back: they are a mix of two versions.";
    if (c->rollback_half)
        return "The upgrade was taken back by the module, and that stopped within the database: it is half the old one.";
    return arena_printf(&p->mem,
                        "The module took the upgrade back, and lost %zu table%s of the database on the way: up to version 6 it drops every table that "
                        "its dump has behind the first file, as soon as it has loaded them. Nothing is lost for good: the dumps of %s still "
                        "hold all of them.",
                        c->tables_missing.n, c->tables_missing.n == 1 ? "" : "s", c->backup_read);
}

static void summarise(struct plan *p, const struct ps_case *c)
{
    const struct step *st = plan_failed(p);

    if (c->rolled_back)
        p->summary = rollback_words(p, c);
    else if (c->given_up)
        p->summary = "The last upgrade was given up before it changed anything.";
    else if (c->undone)
        p->summary = c->trail.mark == PS_MARK_RESTORED ? "The last upgrade was undone: the store was restored from a backup."
                                                        : "The last upgrade was taken back by the module itself; no table of its backup is missing.";
    else if (c->at == PS_PHASE_NONE)
        return;
    else if (c->finished)
        p->summary = arena_printf(&p->mem, "The last upgrade%s is finished.%s", plan_versions(p),
                                  c->gate == GATE_CLOSED ? " The shop is in maintenance mode." : "");
    else if (p->state == UPGRADE_FINISHED)
        p->summary = arena_printf(&p->mem, "The upgrade%s is finished.", plan_versions(p));
    else if (c->give_up && st)
        p->summary = arena_printf(&p->mem, "The upgrade%s stopped %s. Nothing live was changed by it: there is nothing to restore.", plan_versions(p),
                                  c->at_done ? "before the first file was copied" : what_stopped(st));
    else if (st)
        p->summary = arena_printf(&p->mem, "The upgrade%s stopped %s.%s", plan_versions(p), what_stopped(st),
                                  p->touched ? "" : " No file and no table of the store is changed.");
}

static void fail(struct plan *p, const struct ps_ref *ref)
{
    if (ref->line)
        plan_fail(p, arena_printf(&p->mem, "%s:%llu: %s", ref->source, (unsigned long long)ref->line, ref->text));
    else
        plan_fail(p, arena_printf(&p->mem, "%s: %s", ref->source, ref->text));
}

static bool is_known(const struct plan *p)
{
    return p->failure.code && strcmp(p->failure.code, "error") != 0;
}

static const char *place(struct plan *p, const struct ps_ref *ref)
{
    if (ref->source == NULL)
        return NULL;
    return arena_printf(&p->mem, "%s:%llu: %s", ref->source, (unsigned long long)ref->line, ref->text);
}

static void say_killed(struct plan *p, const struct ps_trail *t)
{
    p->failure.code = "killed";
    p->failure.title = "The upgrade was cut off from outside: its traces end without a word. Mostly PHP or the web server ended the request after "
                       "its time limit, the browser window was closed, or the system ended PHP for lack of memory.";
    p->failure.detail = place(p, &t->last);
    p->failure.fix = "Look into the error log of the web server and into dmesg. The toolkit itself runs without such a limit.";
}

static void say_rollback(struct plan *p, const struct ps_case *c)
{
    if (c->trail.error.source)
        fail(p, &c->trail.error);
    if (is_known(p) || c->rollback_half)
        return;
    p->failure.code = "ps_rollback_tables";
    p->failure.title = "The module's rollback drops the tables that are not named in the first file of its dump, after it has loaded all files.";
    p->failure.detail = arena_printf(&p->mem, "missing: %s%s", c->tables_missing.v[0], c->tables_missing.n > 1 ? " and others" : "");
    p->failure.fix = "Run: toolkit restore. It loads all files of the dump and drops nothing of them.";
}

static void find_cause(struct plan *p, const struct ps_case *c)
{
    const struct ps_trail *t = &c->trail;

    if (p->state != UPGRADE_INTERRUPTED || c->finished)
        return;
    if (c->rolled_back) {
        say_rollback(p, c);
        return;
    }
    if (t->error.source)
        fail(p, &t->error);
    if (!is_known(p) && t->language_error.source && t->tail == PS_TAIL_LANGUAGES)
        fail(p, &t->language_error);
    if (!is_known(p) && c->at == PS_PHASE_DB && !c->sql_done && t->last_sql.error && !t->last_sql.ignorable)
        fail(p, &t->last_sql.ref);
    if (!is_known(p) && t->shop_error.source) {
        struct failure before = p->failure;

        fail(p, &t->shop_error);
        /* Pages that fail on a half upgraded shop tell more of the state than of its cause. */
        if (!is_known(p) && before.code)
            p->failure = before;
    }
    if (p->failure.code == NULL && (t->logged || t->list_ref.source) && !(t->resume_action && c->at_done))
        say_killed(p, t);
}

static bool backup_exists(struct store *s, struct ps_case *c, const char **name)
{
    const char *path;

    if (c->backup_read) {
        *name = c->backup_read;
        return true;
    }
    if (c->trail.workspace == NULL || (c->begun_anew && c->trail.backup && c->trail.clean_backup == NULL))
        return false;
    /* Version 3 has no log that names it. */
    if (c->trail.backup == NULL) {
        *name = ps_newest_backup(s, c, NULL);
        return *name != NULL;
    }
    *name = c->trail.clean_backup ? c->trail.clean_backup : c->trail.backup;
    path = arena_printf(c->mem, "%s/backup/%s", c->trail.workspace, *name);
    return str_is_safe_path(str_of(path)) && tree_exists(&s->tree, path);
}

/* Why bringing the backup back is better than going on, or NULL. */
static const char *why_restore(const struct plan *p, const struct ps_case *c)
{
    if (c->rollback_half)
        return "The rollback of the module can't be gone on with where it stopped: how far it came is not written down.";
    if (c->rolled_back)
        return "Tables are missing that the dumps of the backup have.";
    if (c->begun_anew)
        return "An earlier attempt had begun to change the database, and a later one began anew: which statements ran how often nobody knows.";
    for (size_t i = 0; i < p->steps.n; i++) {
        const struct step *st = p->steps.v[i];

        if (!step_is_open(st))
            continue;
        if (st->kind == STEP_SCHEMA && !st->can_run)
            return "Changes of the database are left that can't be made here, and without them the new files work on an old database.";
        if (st->kind == STEP_FILES && !st->can_run)
            return "New files are missing that only the release has.";
        if (st->kind == STEP_SCHEMA && st->danger && !st->repeatable && st->state != STEP_PENDING)
            return "A change of the database may have begun, and making it again may fail or change data twice.";
        if (st->kind == STEP_MODULES && st->danger)
            return "An upgrade function of a module began and did not end, and running it again may fail or change data twice.";
    }
    return NULL;
}

static void advise(struct store *s, struct plan *p, struct ps_case *c)
{
    const char *backup = NULL;
    const char *why;
    struct finding *f;

    if (c->finished || c->give_up) {
        if (c->gate == GATE_CLOSED)
            p->advice = "open";
        return;
    }
    if (p->state != UPGRADE_INTERRUPTED)
        return;
    p->advice = "resume";
    why = p->touched ? why_restore(p, c) : NULL;
    if (why == NULL)
        return;
    f = plan_finding(p, FINDING_WARNING, "restore_instead", "going back is safer than going on");
    f->detail = why;
    if (backup_exists(s, c, &backup)) {
        p->advice = "restore";
        f->fix = arena_printf(&p->mem, "toolkit restore brings %s back, made before anything was changed", backup);
    } else if (c->rolled_back) {
        p->advice = "restore";
        f->fix = "toolkit backups shows what is there; give toolkit restore the folder or archive of a backup";
    } else {
        f->fix = "No backup of this upgrade was found in the module's folder: look for one elsewhere and give it to toolkit restore, or name the "
                 "release with --source and go on with toolkit resume.";
    }
}

void ps_tell_story(struct store *s, struct plan *p, struct ps_case *c)
{
    summarise(p, c);
    if (c->rolled_back || (c->at != PS_PHASE_NONE && !c->undone && !c->given_up)) {
        find_cause(p, c);
        advise(s, p, c);
    }
    ps_note_all(s, p, c);
}
