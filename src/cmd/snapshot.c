/* snapshot: our own backup. */
#include "base/clock.h"
#include "base/plural.h"
#include "cmd/command.h"
#include "cmd/report.h"
#include "cmd/view.h"
#include "rescue/snapshot.h"

#include <string.h>

struct job {
    struct app *a;
    struct store s;
    struct workdir dir;
    struct snapshot_opts o;
    struct snapshot_result r;
    struct arena mem;
};

static void print_json(const struct job *j, const struct err *e, enum status status)
{
    struct json o;

    report_json_begin(&o, &j->a->text, &j->s, GATE_UNKNOWN);
    json_kobj(&o, "snapshot");
    if (j->r.path[0])
        json_kpath(&o, "path", str_of(j->r.path));
    else
        json_knull(&o, "path");
    json_kuint(&o, "files", j->r.files);
    json_kuint(&o, "file_bytes", j->r.file_bytes);
    json_kuint(&o, "tables", j->r.tables);
    json_kuint(&o, "rows", j->r.rows);
    json_kuint(&o, "size", j->r.size);
    json_kuint(&o, "problems", j->r.problems);
    json_kstr(&o, "remark", j->r.remark[0] ? j->r.remark : NULL);
    json_end(&o);
    json_kbool(&o, "dry_run", j->a->dry_run);
    app_error_json(&o, e);
    report_json_end(&o, status);
}

static int read_options(struct job *j, const struct args *g, struct err *e)
{
    const char *only = args_get(g, "only");

    if (only && strcmp(only, "files") != 0 && strcmp(only, "db") != 0)
        return err_set(e, ERR_USAGE, "--only knows files and db, not %s", only);
    j->o.files = only == NULL || strcmp(only, "files") == 0;
    j->o.db = only == NULL || strcmp(only, "db") == 0;
    j->o.exclude = args_list(g, "exclude", &j->mem);
    j->o.into = args_get(g, "into");
    return 0;
}

static enum status dry_run(struct job *j, struct err *e)
{
    const struct err none = {0};
    char room[CLOCK_WORDS];
    struct err absent = {0};
    bool has_dir = workdir_open(&j->dir, &j->s.tree, j->a->work_dir, false, &absent) == 0;

    if (snapshot_estimate(&j->s, has_dir ? &j->dir : NULL, &j->o, &j->r, e) < 0)
        return app_cannot(j->a, e);
    clock_size(j->r.size, room);
    if (j->a->json)
        print_json(j, &none, STATUS_OK);
    return app_verdict(j->a, STATUS_OK, "OK: dry run; a snapshot of %llu file%s%s would be made, and room for %s is asked for",
                       (unsigned long long)j->r.files, plural(j->r.files, "", "s"), j->o.db ? " and the database" : "", room);
}

static enum status finished(struct job *j, uint64_t ns)
{
    const struct snapshot_result *r = &j->r;
    const struct err none = {0};
    unsigned long long problems = r->problems + (r->remark[0] != '\0');
    char took[CLOCK_WORDS];
    char size[CLOCK_WORDS];
    struct buf what = {0};
    enum status status;

    clock_duration(ns, took);
    clock_size(r->size, size);
    if (j->a->json)
        print_json(j, &none, problems > 0 ? STATUS_PROBLEMS : STATUS_OK);
    if (j->o.files)
        buf_printf(&what, "%llu file%s", (unsigned long long)r->files, plural(r->files, "", "s"));
    if (j->o.db)
        buf_printf(&what, "%s%zu table%s with %llu row%s", j->o.files ? " and " : "", r->tables, plural(r->tables, "", "s"),
                   (unsigned long long)r->rows, plural(r->rows, "", "s"));
    if (r->remark[0] && !j->a->json)
        app_para(j->a, 0, "The database: %s.", r->remark);
    if (problems > 0)
        status = app_verdict(j->a, STATUS_PROBLEMS, "DONE WITH %llu PROBLEM%s: %s, %s in %s; bring it back with: %s restore %s",
                             problems, problems == 1 ? "" : "S", buf_cstr(&what), size, took,
                             app_self(j->a, &j->mem), r->path);
    else
        status = app_verdict(j->a, STATUS_OK, "OK: %s, %s in %s, read again; bring it back with: %s restore %s", buf_cstr(&what), size, took,
                             app_self(j->a, &j->mem), r->path);
    buf_free(&what);
    return status;
}

static enum status make(struct job *j)
{
    struct view v;
    struct err e = {0};
    uint64_t begun = clock_mono_ns();
    int rc;

    if (workdir_open(&j->dir, &j->s.tree, j->a->work_dir, true, &e) < 0 ||
        workdir_lock(&j->dir, "toolkit snapshot", &e) < 0)
        return app_cannot(j->a, &e);
    view_init(&v, j->a);
    rc = snapshot_make(&j->s, &j->dir, &j->o, &v.ui, &j->r, &e);
    view_close(&v);
    if (rc == 0)
        return finished(j, clock_mono_ns() - begun);
    /* A snapshot refuses for want of room alone, which is no fault of its input. */
    if (e.kind == ERR_REFUSED || e.kind == ERR_MISMATCH || e.kind == ERR_FORMAT)
        e.kind = ERR_IO;
    return app_cannot(j->a, &e);
}

static enum status run(struct app *a, const struct args *g)
{
    struct job j = {.a = a};
    struct err e = {0};
    enum status status;

    workdir_init(&j.dir);
    if (read_options(&j, g, &e) < 0 || app_store(a, &j.s, &e) < 0) {
        status = app_cannot(a, &e);
        arena_free(&j.mem);
        return status;
    }
    status = a->dry_run ? dry_run(&j, &e) : make(&j);
    workdir_close(&j.dir);
    store_close(&j.s);
    arena_free(&j.mem);
    return status;
}

static const struct option options[] = {
    {"only", 0, "files|db", "the files alone, or the database alone"},
    {"exclude", 'x', "GLOB…", "leave out paths below the store that fit, e.g. 'images/*'; may be given several times"},
    {"into", 0, "DIR", "the folder to put it in, instead of the work directory"},
    {NULL, 0, NULL, NULL},
};

const struct command cmd_snapshot = {
    .name = "snapshot",
    .operands = "",
    .summary = "make a backup of the store",
    .text = "Makes a folder with files.tar.gz, database.sql.gz, MANIFEST (a checksum for every file, as md5sum writes it) and ABOUT. "
            "It appears under its name when it is whole, and is read again before that. restore brings it back, and so do tar and the "
            "command line client of the database.\n\n"
            "The database is read as of one moment: in one transaction, or where tables can't take part in one, under a read lock. "
            "Caches, other backups and the work directory are left out; uploads and logs are in it.\n\n"
            "Changes nothing in the store.",
    .examples = "toolkit snapshot\ntoolkit snapshot --only db --into /root/backups\ntoolkit snapshot --exclude 'images/*' --exclude '*.zip'",
    .options = options,
    .run = run,
};
