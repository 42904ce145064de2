/* What else was seen, besides the story of the upgrade itself. */
#include "base/plural.h"
#include "platform/prestashop/plan_parts.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define NAMES_SHOWN PLAN_NAMES_SHOWN
/* Stray files beyond these are counted only. */
#define STRAYS_MAX 1000

static void note_traces(struct plan *p, const struct ps_case *c)
{
    const struct ps_trail *t = &c->trail;
    struct finding *f;

    for (size_t i = 0; i < t->unreadable.n; i++) {
        f = plan_finding(p, FINDING_WARNING, "state_unreadable", "a state file of the upgrade can't be read");
        f->detail = t->unreadable.v[i].text;
        f->source = t->unreadable.v[i].source;
        f->fix = "The plan rests on the other traces, on the files and on the database.";
    }
    if (p->state != UPGRADE_INTERRUPTED)
        return;
    if (t->attempts > 1)
        plan_finding(p, FINDING_NOTE, "attempts", "this upgrade was tried %u times", t->attempts);
    if (c->at_done && t->resume_action && c->at <= PS_PHASE_MODULES) {
        f = plan_finding(p, FINDING_NOTE, "restart_requested", "the module waits for a second command: its command line stops before it goes on");
        f->detail = arena_printf(&p->mem, "The next one has --action=%s; it stands at the end of the saved output.", t->resume_action);
        f->source = t->ended[c->at].source;
        f->line = t->ended[c->at].line;
    }
}

static void note_versions(struct store *s, struct plan *p, const struct ps_case *c)
{
    struct finding *f;

    if (c->mixed) {
        f = plan_finding(p, FINDING_PROBLEM, "versions_mixed", "the store has files of two versions: %s", c->mixed);
        f->detail = "Some were copied by an upgrade and others were not.";
        f->fix = c->release.dir ? "toolkit resume copies the rest" : "name the release with --source, then run: toolkit resume";
    }
    if (c->sums_other) {
        f = plan_finding(p, FINDING_WARNING, "sums_other", "the list of checksums is of another version");
        f->detail = c->sums_other;
        f->fix = "Edited files are not told from old ones by it.";
    }
    if (c->release_other && p->state == UPGRADE_INTERRUPTED) {
        f = plan_finding(p, FINDING_WARNING, "release_other", "what is unpacked is not the upgrade's release");
        f->detail = c->release_other;
    }
    if (c->version_db && s->version && p->state != UPGRADE_INTERRUPTED &&
        ps_version_compare(str_of(c->version_db), str_of(s->version)) != 0) {
        f = plan_finding(p, FINDING_PROBLEM, "versions_differ", "the files are of %s, the database is of %s", s->version, c->version_db);
        f->fix = "toolkit backups shows which backups there are";
    }
}

/* The module leaves images and large files out, and never says so in the browser. */
static void note_backup(struct plan *p, const struct ps_case *c)
{
    const struct ps_trail *t = &c->trail;
    struct finding *f;

    if (p->state == UPGRADE_INTERRUPTED && t->backup && t->clean_backup && strcmp(t->backup, t->clean_backup) != 0) {
        f = plan_finding(p, FINDING_WARNING, "backup_of_damage", "a later attempt made a backup of the store as the first one had left it");
        f->detail = arena_printf(&p->mem, "The newest backup, %s, brings the damage back; %s is the clean one.", t->backup, t->clean_backup);
        f->fix = "toolkit backups marks it";
    }
    if (t->files_skipped_n == 0 || (p->state != UPGRADE_INTERRUPTED && !c->rolled_back))
        return;
    f = plan_finding(p, FINDING_WARNING, "backup_skipped_files", "%zu large file%s not in the module's backup", t->files_skipped_n,
                     plural(t->files_skipped_n, " is", "s are"));
    f->detail = plan_names(p, t->files_skipped.v, t->files_skipped.n);
    f->fix = "restore keeps those that are in the store";
}

static bool is_of_vendor(const char *path)
{
    return strncmp(path, "vendor/", 7) == 0;
}

static void note_files(struct plan *p, const struct ps_case *c)
{
    VEC(const char *) names = {0};
    struct finding *f;
    size_t vendor = 0;

    if (!c->files_known || c->finished)
        return;
    for (size_t i = 0; i < c->todo.n; i++) {
        if (c->todo.v[i].edited)
            *vec_push(&names) = c->todo.v[i].path;
        vendor += is_of_vendor(c->todo.v[i].path);
    }
    if (names.n > 0) {
        f = plan_finding(p, FINDING_WARNING, "files_edited", "%zu file%s of the core %s neither the old nor the new one and will be replaced",
                         names.n, plural(names.n, "", "s"), plural(names.n, "is", "are"));
        f->detail = plan_names(p, names.v, names.n);
        f->fix = "They were edited, or cut while they were copied. resume keeps what it replaces; toolkit undo brings it back.";
    }
    free(names.v);
    if (c->kept.n > 0) {
        f = plan_finding(p, FINDING_NOTE, "files_kept", "%zu file%s that the new version dropped %s changed by hand and will be kept", c->kept.n,
                         plural(c->kept.n, "", "s"), plural(c->kept.n, "was", "were"));
        f->detail = plan_names(p, c->kept.v, c->kept.n);
    }
    if (vendor > 0 && c->files_copied > 0 && c->files_applied > 0) {
        f = plan_finding(p, FINDING_WARNING, "vendor_half", "the libraries in vendor are not whole: %zu file%s to be copied", vendor,
                         plural(vendor, " is", "s are"));
        f->detail = "Until then pages end with an error of Composer's class loader.";
        f->fix = "toolkit resume copies them, the class loader last";
    }
    if (c->files_copied > 0 && c->todo.n > 0)
        plan_finding(p, FINDING_NOTE, "files_applied", "%zu file%s already as the new version has %s", c->files_copied,
                     plural(c->files_copied, " is", "s are"), plural(c->files_copied, "it", "them"));
}

struct strays {
    struct store *s;
    const struct ps_case *c;
    size_t n;
    const char *names[NAMES_SHOWN];
};

static int take_stray(void *arg, const char *rel, const struct stat *st, struct err *e)
{
    struct strays *x = arg;
    const struct ps_release *r = &x->c->release;

    (void)e;
    if (!S_ISREG(st->st_mode) || ps_stray(x->s, str_of(rel)) == NULL)
        return 0;
    if (r->dir && tree_exists(r->tree, arena_join(x->c->mem, r->dir, rel)))
        return 0;
    if (x->n < NAMES_SHOWN)
        x->names[x->n] = arena_strdup(x->c->mem, rel);
    return ++x->n == STRAYS_MAX ? -1 : 0;
}

/* Old versions had these files, and a release of the time may still have them: then they do no harm. */
static void note_strays(struct store *s, struct plan *p, const struct ps_case *c)
{
    struct strays x = {.s = s, .c = c};
    struct err ignored = {0};
    struct finding *f;

    if (c->release.dir == NULL || !ps_case_is_open(c) || !tree_exists(&s->tree, "src"))
        return;
    tree_walk(&s->tree, "src", take_stray, tree_pass_over, &x, &ignored);
    if (x.n == 0)
        return;
    f = plan_finding(p, FINDING_WARNING, "stray_index", "%zu file%s below src that the new version does not have", x.n, plural(x.n, " lies", "s lie"));
    f->detail = plan_names(p, x.names, x.n > NAMES_SHOWN ? NAMES_SHOWN : x.n);
    f->fix = "Symfony takes every PHP file there for a class (FileLoaderLoadException). When toolkit resume is done, remove those that are left.";
}

static void note_php(struct store *s, struct plan *p, const struct ps_case *c)
{
    struct err why = {0};
    unsigned min = 0;
    unsigned max = 0;
    struct finding *f;

    if (p->state != UPGRADE_INTERRUPTED || c->give_up || c->rolled_back || c->to == NULL || !ps_php_range(c->to, &min, &max) || store_php(s, &why))
        return;
    f = plan_finding(p, FINDING_WARNING, "php_unfit", "no PHP was found here that %s runs on", c->to);
    f->detail = arena_strdup(&p->mem, why.text);
    f->fix = why.fix[0] ? arena_strdup(&p->mem, why.fix) : "install one, or name it with --php; the web server needs one of the same version";
}

/* The least that the versions ask of the server, where it is known to end them: JSON columns, utf8mb4 keys. */
static void note_server(struct store *s, struct plan *p, const struct ps_case *c)
{
    struct err ignored = {0};
    struct mysql *db = c->db ? store_db(s, &ignored) : NULL;
    unsigned have;
    unsigned need;
    struct finding *f;

    if (db == NULL || c->to == NULL || p->state != UPGRADE_INTERRUPTED || c->give_up || ps_series(c->to) < 8)
        return;
    if (ps_series(c->to) > 9)
        return;
    have = mysql_version_number(db);
    if (mysql_is_mariadb(db))
        need = ps_series(c->to) == 9 ? 100200 : 100000;
    else
        need = ps_series(c->to) == 9 ? 50700 : 50600;
    if (have >= need)
        return;
    f = plan_finding(p, FINDING_WARNING, "server_old", "the database server is too old for %s", c->to);
    f->detail = arena_printf(&p->mem, "It is %s; %u.%u is needed.", mysql_server_version(db), need / 10000, need / 100 % 100);
    f->fix = "Go back with toolkit restore, or update the server before toolkit resume.";
}

static void note_stats(struct store *s, struct plan *p, const struct ps_case *c)
{
    VEC(const char *) names = {0};
    struct err ignored = {0};
    struct finding *f;

    if (!c->db || c->version_db == NULL)
        return;
    for (size_t i = 0; ps_undumped_tables[i]; i++) {
        bool there = true;

        if (ps_has_table(s, ps_undumped_tables[i], &there, &ignored) == 0 && !there)
            *vec_push(&names) = store_table(s, ps_undumped_tables[i]);
    }
    if (names.n > 0) {
        f = plan_finding(p, FINDING_WARNING, "stats_tables", "%zu table%s of visits %s missing (error 1146 in pages about customers and searches)", names.n,
                         plural(names.n, "", "s"), plural(names.n, "is", "are"));
        f->detail = plan_names(p, names.v, names.n);
        f->fix = "The module never saves them. toolkit restore makes them anew from the release's own description, "
                 "install/data/db_structure.sql.";
    }
    free(names.v);
}

/* Failed statements whose changes are not there by now; the first of them in *first. */
static size_t still_missing(const struct ps_case *c, const struct ps_sql_ref **first)
{
    const struct ps_trail *t = &c->trail;
    size_t n = 0;

    for (size_t i = t->failed_sql.n; i-- > 0;) {
        const struct ps_statement *st = ps_scripts_failed(&c->scripts, &t->failed_sql.v[i]);

        if (st && st->seen == PS_RAN_YES)
            continue;
        *first = &t->failed_sql.v[i];
        n++;
    }
    return n;
}

static void note_failed_sql(struct plan *p, const struct ps_case *c)
{
    const struct ps_trail *t = &c->trail;
    const struct ps_sql_ref *q = NULL;
    size_t n = still_missing(c, &q);
    struct finding *f;

    /* The steps of an open upgrade tell of each themselves, and the toolkit has carried them out when it ended one. */
    if (c->undone || c->given_up || c->rolled_back || t->mark == PS_MARK_FINISHED || (t->failed_sql.n == 0 && !t->warned) ||
        (t->failed_sql.n > 0 && (!c->finished || n == 0)))
        return;
    f = plan_finding(p, FINDING_WARNING, "ran_on",
                     "the upgrade ran on after statements had failed: their changes are missing");
    if (q) {
        f->title = arena_printf(&p->mem, "the upgrade ran on after %zu statement%s failed: %s changes are missing", n,
                                plural(n, " had", "s had"), plural(n, "its", "their"));
        f->detail = arena_printf(&p->mem, "%s: %u: %.300s%s%.200s", q->version, q->error, q->query, q->message ? ": " : "",
                                 q->message ? q->message : "");
        f->source = q->ref.source;
        f->line = q->ref.line;
    }
    f->fix = n == 1 ? "Send it by hand once its cause is mended; the log has it with its error."
                    : "Send them by hand once their cause is mended; the log has each with its error.";
}

static void note_quarantine(struct store *s, struct plan *p, const struct ps_case *c)
{
    struct finding *f;

    if (c->quarantined.n == 0)
        return;
    f = plan_finding(p, FINDING_PROBLEM, "modules_quarantined", "%zu module%s under a temporary name that begins with UA_", c->quarantined.n,
                     plural(c->quarantined.n, " is", "s are"));
    f->detail = plan_names(p, c->quarantined.v, c->quarantined.n);
    f->source = store_table(s, "module");
    f->fix = "The update names them so while it runs; none of them works. toolkit resume gives them their names back.";
}

static const char *action_of(const struct step *st, bool seven)
{
    static const struct {
        const char *id;
        const char *six;
        const char *seven;
    } table[] = {
        {"download", "download", "Download"},   {"unpack", "unzip", "Unzip"},
        {"backup:files", "backupFiles", NULL},  {"backup:db", "backupDb", NULL},
        {"files", "upgradeFiles", "UpdateFiles"}, {"modules:off", "upgradeDb", "UpdateDatabase"},
        {"schema", "upgradeDb", "UpdateDatabase"},  {"labels", "upgradeDb", "UpdateDatabase"},
        {"rebuild", "upgradeDb", "UpdateDatabase"}, {"modules", "upgradeModules", "UpdateModules"},
        {"cache", "cleanDatabase", "CleanDatabase"},
    };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (plan_step_matches(st, table[i].id))
            return seven ? table[i].seven : table[i].six;
    return NULL;
}

/* Where the toolkit can't go on the module may: its own command line, as it is typed. */
static void note_command(struct store *s, struct plan *p, const struct ps_case *c)
{
    const struct ps *ps = s->own;
    const struct step *st = plan_failed(p);
    bool seven = ps->gen == PS_GEN_7;
    const char *action;
    struct finding *f;

    if (p->state != UPGRADE_INTERRUPTED || c->rolled_back || c->give_up || st == NULL || st->can_run || ps->admin == NULL ||
        (ps->gen != PS_GEN_4 && ps->gen != PS_GEN_6 && !seven) || (action = action_of(st, seven)) == NULL)
        return;
    f = plan_finding(p, FINDING_NOTE, "module_command", "the upgrade module can be asked to go on by itself");
    if (c->sql_done && strcmp(action, seven ? "UpdateDatabase" : "upgradeDb") == 0) {
        f->detail = "Its database step would refuse, since the new version is written down already; so its next step is named.";
        action = seven ? "UpdateModules" : "upgradeModules";
    } else {
        f->detail = "Its steps do not know what they had done before: copy the folder of its state files first.";
        f->source = c->trail.workspace;
    }
    if (seven)
        f->fix = arena_printf(&p->mem, "php modules/autoupgrade/bin/console update:start %s --action=%s", ps->admin, action);
    else
        f->fix = arena_printf(&p->mem, "php modules/autoupgrade/cli-upgrade.php --dir=%s%s%s --action=%s", ps->admin,
                              c->trail.channel ? " --channel=" : "", c->trail.channel ? c->trail.channel : "", action);
}

static void note_store(struct store *s, struct plan *p, const struct ps_case *c)
{
    struct finding *f;

    if (c->finished && c->gate == GATE_CLOSED) {
        f = plan_finding(p, FINDING_NOTE, "store_closed", "the shop is in maintenance mode");
        f->fix = "toolkit store open";
    }
    if (s->config_err.kind != ERR_NONE) {
        f = plan_finding(p, FINDING_PROBLEM, "config_unreadable", "%s", s->config_err.text);
        f->fix = arena_strdup(&p->mem, s->config_err.fix);
    }
    /* That of a table which the rollback lost says nothing more. */
    if (c->db_err && c->tables_missing.n == 0 && (c->at != PS_PHASE_NONE || c->db)) {
        f = plan_finding(p, FINDING_WARNING, "database_unknown", "the database could not be read, so the plan rests on traces and files");
        f->detail = c->db_err;
    }
    if (s->owner_mixed && p->state == UPGRADE_INTERRUPTED) {
        f = plan_finding(p, FINDING_WARNING, "owner_mixed", "parts of the store belong to different accounts");
        f->fix = "If the web server's PHP runs as one of them, give it the whole store: chown -R";
    }
}

/* The module switches such a module off and goes on; at the end of all nothing else tells. */
static void note_failed_modules(struct plan *p, const struct ps_case *c)
{
    const struct ps_trail *t = &c->trail;

    if (!c->finished || t->mark != PS_MARK_NONE)
        return;
    for (size_t i = 0; i < t->failed_modules.n && i < NAMES_SHOWN; i++) {
        struct finding *f = plan_finding(p, FINDING_WARNING, "module_failed", "the upgrade went on without a module whose own upgrade failed");

        f->detail = t->failed_modules.v[i].text;
        f->source = t->failed_modules.v[i].source;
        f->line = t->failed_modules.v[i].line;
        f->fix = "It may be switched off: see toolkit addons list. Mend what the line names, then upgrade the module in the back office";
    }
}

void ps_note_all(struct store *s, struct plan *p, struct ps_case *c)
{
    note_traces(p, c);
    note_versions(s, p, c);
    note_backup(p, c);
    note_files(p, c);
    note_strays(s, p, c);
    note_php(s, p, c);
    note_server(s, p, c);
    note_stats(s, p, c);
    note_failed_sql(p, c);
    note_failed_modules(p, c);
    note_quarantine(s, p, c);
    note_command(s, p, c);
    note_store(s, p, c);
}
