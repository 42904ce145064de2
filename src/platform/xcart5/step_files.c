/* Copying an entry's files. After the files the module's row gets its new version, as the upgrader does it. */
#include "base/plural.h"
#include "platform/xcart5/files.h"
#include "platform/xcart5/steps.h"

/* Where the new bytes of an entry come from. */
struct source {
    struct store *s;
    const struct xc_case *c;
    const struct xc_entry *en;
};

static int open_new(void *arg, const struct copy_file *f, struct err *e)
{
    const struct source *from = arg;

    return xc_open_new(from->s, from->c, from->en, f->path, e);
}

static void say_kept(const struct xc_file_plan *f, struct work *w)
{
    for (size_t i = 0; i < f->kept.n; i++)
        w->say(w, "kept as the merchant chose: %s", f->kept.v[i]);
}

/* The row of the modules table; minorVersion and, from 5.3 on, build are numbers. */
static int set_row(struct store *s, const struct xc_entry *en, struct err *e)
{
    struct mysql *db;
    struct buf sql = {0};
    bool has_build = false;
    struct buf column = {0};
    int rc = -1;

    if (en->author == NULL || en->major == NULL || en->minor == NULL)
        return 0;
    db = store_db(s, e);
    if (db == NULL) {
        err_wrap(e, "the files of %s are copied, but its row in %s could not be changed", en->name,
                 store_table(s, "modules"));
        e->kind = ERR_DB;
        return -1;
    }
    mysql_sqlf(db, &sql, "SHOW COLUMNS FROM %i LIKE 'build'", store_table(s, "modules"));
    if (mysql_value(db, buf_str(&sql), &column, &has_build, e) == 0) {
        buf_reset(&sql);
        mysql_sqlf(db, &sql, "UPDATE %i SET majorVersion = %s, minorVersion = %s", store_table(s, "modules"), en->major,
                   en->minor);
        if (has_build)
            mysql_sqlf(db, &sql, ", build = %s", en->build ? en->build : "0");
        mysql_sqlf(db, &sql, " WHERE author = %s AND name = %s AND installed = 1", en->author, en->module);
        rc = mysql_exec(db, buf_str(&sql), NULL, e);
    }
    buf_free(&sql);
    buf_free(&column);
    return rc;
}

/* Any file that can't be read could be one that must not be lost. */
static int refuse_blocked(const struct xc_file_plan *f, struct err *e)
{
    if (f->blocked.n == 0)
        return 0;
    err_set(e, ERR_REFUSED, "%zu file%s of the store can't be read, the first: %s", f->blocked.n,
            f->blocked.n == 1 ? "" : "s", f->blocked.v[0]);
    return err_fix(e, "run as the owner of the store or as root");
}

/* How many files the totals call right: all but those that are to come. */
static size_t right(const struct xc_file_plan *f)
{
    size_t n = f->total;

    for (size_t i = 0; i < f->todo.n; i++)
        n -= f->todo.v[i].act != COPY_DELETE;
    return n;
}

int xc_run_files(struct store *s, struct xc_case *c, struct xc_entry *en, struct work *w, struct err *e)
{
    struct source from = {s, c, en};
    struct copy_job job = {.title = arena_printf(c->mem, "Copying the files of %s", en->name),
                           .stopped = arena_printf(c->mem, "copying the files of %s", en->name),
                           .edited = "not as the old version had it",
                           .open = open_new,
                           .arg = &from};
    struct xc_file_plan f = {0};
    int rc = -1;

    if (en->pack == NULL && xc_source_prepare(s, c, w, e) < 0)
        return -1;
    if (xc_compare_files(s, c, en, &f, e) < 0)
        goto out;
    job.files = f.todo.v;
    job.n = f.todo.n;
    job.same = right(&f);
    if (w->dry_run) {
        copy_files_list(&job, w);
        if (!f.knows_installed)
            w->say(w, "the list of the installed version is gone, so files that the new version dropped are not deleted");
        say_kept(&f, w);
        rc = refuse_blocked(&f, e);
        goto out;
    }
    if (refuse_blocked(&f, e) < 0)
        goto out;
    if (copy_files_run(s, &job, w, e) < 0)
        goto out;
    say_kept(&f, w);
    rc = set_row(s, en, e);
out:
    xc_file_plan_free(&f);
    return rc;
}

int xc_recheck_files(struct store *s, struct xc_case *c, struct xc_entry *en, struct err *e)
{
    struct xc_file_plan f = {0};
    int rc = xc_compare_files(s, c, en, &f, e);

    if (rc == 0 && f.todo.n > 0)
        rc = err_set(e, ERR_MISMATCH, "after the copy %zu file%s of %s %s still not as %s to be, the first is %s",
                     f.todo.n, plural(f.todo.n, "", "s"), en->name, plural(f.todo.n, "is", "are"),
                     plural(f.todo.n, "it has", "they have"), f.todo.v[0].path);
    xc_file_plan_free(&f);
    return rc;
}
