/* restore: files and database from a backup. */
#include "cmd/restore.h"

#include "base/clock.h"
#include "cmd/command.h"
#include "cmd/report.h"
#include "cmd/restore_report.h"
#include "cmd/view.h"
#include "rescue/resume.h"

#include <string.h>

static void result_json(struct app *a, const struct restore *r, const struct resume_result *res, const struct err *e,
                        enum status status)
{
    struct json j;

    report_json_begin(&j, &a->text, r->store, GATE_UNKNOWN);
    restore_report_json(&j, r);
    report_plan_json(&j, &r->plan);
    json_kint(&j, "case", r->journal.id);
    json_kuint(&j, "steps_done", res->done);
    json_kstr(&j, "stopped_at", res->stopped_at ? res->stopped_at->id : NULL);
    json_kbool(&j, "dry_run", a->dry_run);
    app_error_json(&j, e);
    report_json_end(&j, status);
}

/* True when a step that changes the live store may have been begun. */
static bool may_be_live(const struct resume_result *res)
{
    return res->may_have_changed && res->stopped_at &&
           (res->done > 1 || (res->stopped_at->kind != STEP_UNPACK && res->stopped_at->kind != STEP_BACKUP));
}

static enum status stopped(struct app *a, struct restore *r, const struct resume_result *res, const struct err *e)
{
    const char *self = app_self(a, &r->mem);
    const char *at = res->stopped_at ? res->stopped_at->id : "the start";
    enum status status;

    if (may_be_live(res))
        status = STATUS_STOPPED;
    else
        status = e->kind == ERR_FORMAT || e->kind == ERR_REFUSED || e->kind == ERR_MISMATCH ? STATUS_REFUSED
                                                                                           : STATUS_CANNOT;
    if (a->json)
        result_json(a, r, res, e, status);
    app_error(a, e);
    if (status == STATUS_STOPPED)
        return app_verdict(a, status, "STOPPED at %s; continue with: %s resume; go back with: %s undo", at, self, self);
    return app_verdict(a, status, "STOPPED at %s; nothing live was changed", at);
}

static enum status finished(struct app *a, struct restore *r, const struct resume_result *res, uint64_t ns)
{
    struct err none = {0};
    size_t problems = restore_problems(r);
    enum status status = problems ? STATUS_PROBLEMS : STATUS_OK;
    const char *self = app_self(a, &r->mem);

    if (a->json)
        result_json(a, r, res, &none, status);
    else if (!a->quiet)
        restore_report_after(a, r, ns);
    if (a->dry_run && problems)
        return app_verdict(a, status, "DONE WITH %zu PROBLEM%s: dry run; nothing was changed", problems, problems == 1 ? "" : "S");
    if (a->dry_run)
        return app_verdict(a, status, "OK: dry run; the backup is whole; nothing was changed");
    if (problems)
        return app_verdict(a, status, "DONE WITH %zu PROBLEM%s: what could not be restored is named above; go back with: %s undo",
                           problems, problems == 1 ? "" : "S", self);
    return app_verdict(a, status, "OK: %s is restored and re-read; go back with: %s undo; free the old tables and files with: %s clean",
                       r->backup->path, self, self);
}

static enum status carry_out(struct app *a, struct restore *r, const char *command)
{
    struct resume_opts ro = {.dry_run = a->dry_run, .verbose = a->verbose};
    struct resume_result res = {0};
    uint64_t begun = clock_mono_ns();
    struct err e = {0};
    struct view v;
    enum status status;

    view_init(&v, a);
    if (!a->dry_run && restore_begin(r, a->work_dir, command, &e) < 0)
        return app_cannot(a, &e);
    if (resume_run(r->store, &r->plan, &r->journal, a->dry_run ? NULL : &r->undo, &ro, &v.ui, &res, &e) < 0)
        status = stopped(a, r, &res, &e);
    else
        status = finished(a, r, &res, clock_mono_ns() - begun);
    return status;
}

static void on_check(void *ctx, const char *what, uint64_t done, uint64_t total)
{
    struct view *v = ctx;

    v->ui.progress(v, what, done, total);
}

enum status restore_carry_out(struct app *a, struct store *s, const struct restore_opts *o, const char *command)
{
    struct backup_watch watch = {.progress = on_check, .stop = a->stop};
    struct restore r;
    struct err e = {0};
    struct view v;
    enum status status;
    int rc;

    view_init(&v, a);
    watch.ctx = &v;
    rc = restore_look(&r, s, o, a->work_dir, &watch, &e);
    view_close(&v);
    if (rc < 0) {
        status = app_cannot(a, &e);
        goto out;
    }
    if (!a->json && !a->quiet) {
        report_store(a, s);
        restore_report_before(a, &r);
        app_print(a, "\n");
        app_flush(a);
    }
    if (!a->dry_run && !app_confirm(a, "Bring this backup back now?", &e)) {
        status = app_cannot(a, &e);
        goto out;
    }
    status = carry_out(a, &r, command);
out:
    restore_close(&r);
    return status;
}

static int read_mode(const char *word, enum shadow_mode *mode, struct err *e)
{
    for (enum shadow_mode m = SHADOW_AUTO; word && m <= SHADOW_IN_PLACE; m++)
        if (strcmp(word, shadow_mode_name(m)) == 0) {
            *mode = m;
            return 0;
        }
    if (word == NULL)
        return 0;
    err_set(e, ERR_USAGE, "--db-mode does not know \"%s\"", word);
    return err_fix(e, "it is auto, database, names or in-place");
}

static int read_only(const char *word, struct restore_opts *o, struct err *e)
{
    o->files = word == NULL || strcmp(word, "files") == 0;
    o->db = word == NULL || strcmp(word, "db") == 0;
    if (o->files || o->db)
        return 0;
    return err_set(e, ERR_USAGE, "--only takes files or db, not \"%s\"", word);
}

static enum status run(struct app *a, const struct args *g)
{
    struct restore_opts o = {.backup = g->n ? g->operands[0] : NULL,
                             .exact = args_has(g, "exact"),
                             .salvage = args_has(g, "salvage"),
                             .repair_escapes = args_has(g, "repair-escapes"),
                             .all_tables = args_has(g, "all-tables"),
                             .keep_closed = args_has(g, "keep-closed"),
                             .from_prefix = args_get(g, "from-prefix"),
                             .dry_run = a->dry_run};
    struct arena mem = {0};
    struct err e = {0};
    struct store s;
    enum status status;

    if (read_only(args_get(g, "only"), &o, &e) < 0 || read_mode(args_get(g, "db-mode"), &o.mode, &e) < 0)
        return app_cannot(a, &e);
    o.include = args_list(g, "include", &mem);
    o.exclude = args_list(g, "exclude", &mem);
    if (app_store(a, &s, &e) < 0) {
        status = app_cannot(a, &e);
    } else {
        status = restore_carry_out(a, &s, &o, "toolkit restore");
        store_close(&s);
    }
    arena_free(&mem);
    return status;
}

static const struct option options[] = {
    {"only", 0, "files|db", "bring back the files alone, or the database alone"},
    {"exact", 0, NULL, "move away what the backup does not hold among the store's code; undo brings it back"},
    {"include", 0, "GLOB…", "only files that match, by their path in the store; may be given several times"},
    {"exclude", 0, "GLOB…", "no files that match; may be given several times"},
    {"salvage", 0, NULL, "of a damaged archive, the files that are whole, the others are named; of rows that a dump has twice, the later ones"},
    {"repair-escapes", 0, NULL, "of a dump by an old OpenCart, make bytes again what its writer made two characters of"},
    {"from-prefix", 0, "PREFIX", "the tables in the dump have this prefix; they get the store's"},
    {"all-tables", 0, NULL, "also load tables that do not have the store's prefix"},
    {"db-mode", 0, "MODE", "how the tables are loaded: auto, database, names or in-place"},
    {"keep-closed", 0, NULL, "leave the store closed at the end"},
    {NULL, 0, NULL, NULL},
};

const struct command cmd_restore = {
    .name = "restore",
    .operands = "[BACKUP]",
    .summary = "bring back files and database from a backup",
    .text = "BACKUP is an archive (zip, tar, tar.gz, tar.bz2), a dump (plain, gz, bz2), a folder that holds the parts of one "
            "backup, an unpacked tree, or the name of one that backups lists; without it the backup that backups recommends is taken.\n\n"
            "The backup is read to its end first. Files are compared with the live ones while they are read: equal ones are "
            "not written, the others are written beside their places. The dump is loaded beside the live tables. Only when all "
            "of it is whole and checked the tables change places in one statement and the files are exchanged one by one; "
            "then caches are emptied and the store is opened. A damaged backup changes nothing.\n\n"
            "Files that the backup does not hold are left alone and those among the store's code are listed. With --source, a tree "
            "or archive of the version that the backup holds, files that the backup lacks or has not whole are taken from there. Replaced files "
            "and the old tables are kept until clean; undo brings them back. After a kill, resume finishes the restore.\n\n"
            "The tables are loaded into a database of their own; where the account may not make one, under other names in the same "
            "database (names); where that is impossible too, a snapshot is made and the dump is carried out on the live "
            "tables (in-place).",
    .examples = "toolkit backups\ntoolkit --dry-run restore\ntoolkit restore\n"
                "toolkit restore var/backups/upg_core_4.9.3-4.10.1_09Aug2020_200024.zip\n"
                "toolkit restore --only db /root/shop.sql.gz\ntoolkit restore --only files --include 'app/addons/*' shop.tar.gz",
    .options = options,
    .most = 1,
    .run = run,
};
