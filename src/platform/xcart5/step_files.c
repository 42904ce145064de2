/*
 * Copying an entry's files: every new file is written beside its place, its bytes are checked against the list, and
 * then the batch takes the places of the old files, which are kept in the undo area. After the files the module's row
 * gets its new version, as the upgrader does it.
 */
#include "platform/xcart5/files.h"
#include "platform/xcart5/steps.h"
#include "sys/stage.h"

#include <string.h>

/* Without --verbose a dry run names so many files. */
#define SAY_FILES 20

static const char *act_word(enum xc_file_act act)
{
    static const char *const words[] = {"add", "update", "delete"};

    return words[act];
}

static void say_todo(const struct xc_file_plan *f, struct work *w)
{
    size_t counts[3] = {0};

    for (size_t i = 0; i < f->todo.n; i++) {
        const struct xc_file_todo *t = &f->todo.v[i];

        counts[t->act]++;
        if (w->verbose || i < SAY_FILES)
            w->say(w, "would %s %s%s", act_word(t->act), t->path, t->custom ? " (not as the old version had it)" : "");
    }
    if (!w->verbose && f->todo.n > SAY_FILES)
        w->say(w, "and %zu more; -v names them all", f->todo.n - SAY_FILES);
    w->say(w, "%zu to add, %zu to update, %zu to delete, %zu as they have to be", counts[XC_FILE_ADD],
           counts[XC_FILE_UPDATE], counts[XC_FILE_DELETE], f->total - counts[XC_FILE_ADD] - counts[XC_FILE_UPDATE]);
    if (!f->knows_installed)
        w->say(w, "the list of the installed version is gone, so files that the new version dropped are not deleted");
    for (size_t i = 0; i < f->kept.n; i++)
        w->say(w, "kept as the merchant chose: %s", f->kept.v[i]);
}

static int put(struct store *s, struct xc_case *c, const struct xc_entry *en, struct stage *st,
               const struct xc_file_todo *t, struct err *e)
{
    int fd;
    int rc;

    if (t->act == XC_FILE_DELETE)
        return stage_delete(st, t->path, true, e);
    fd = xc_open_new(s, c, en, t->path, e);
    if (fd < 0)
        return -1;
    rc = stage_put_fd(st, t->path, fd, &t->want, NULL, e);
    s->tree.ops->close(fd);
    return rc;
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

static int copy(struct store *s, struct xc_case *c, const struct xc_entry *en, const struct xc_file_plan *f,
                struct work *w, struct err *e)
{
    struct stage_options opt = {.rehash = true};
    struct stage st = {0};
    int rc = -1;

    if (stage_open(&st, &s->tree, w->undo, &opt, e) < 0)
        goto out;
    for (size_t i = 0; i < f->todo.n; i++) {
        w->progress(w, arena_printf(c->mem, "Copying the files of %s", en->name), i, f->todo.n);
        if (w->stop && *w->stop) {
            err_set(e, ERR_STOPPED, "stopped while copying the files of %s, as you asked; each file is old or new",
                    en->name);
            goto out;
        }
        if (put(s, c, en, &st, &f->todo.v[i], e) < 0)
            goto out;
    }
    if (stage_commit(&st, e) < 0)
        goto out;
    w->progress(w, NULL, f->todo.n, f->todo.n);
    w->say(w, "%llu files written, %llu deleted", (unsigned long long)st.files_put, (unsigned long long)st.files_deleted);
    if (st.owner_lost)
        w->say(w, "the owner of %llu files could not be kept, the first is %s", (unsigned long long)st.owner_lost,
               st.owner_lost_at);
    rc = 0;
out:
    stage_close(&st);
    return rc;
}

int xc_run_files(struct store *s, struct xc_case *c, struct xc_entry *en, struct work *w, struct err *e)
{
    struct xc_file_plan f = {0};
    int rc = -1;

    if (en->pack == NULL && xc_source_prepare(s, c, w, e) < 0)
        return -1;
    if (xc_compare_files(s, c, en, &f, e) < 0)
        goto out;
    if (w->dry_run) {
        say_todo(&f, w);
        rc = refuse_blocked(&f, e);
        goto out;
    }
    if (refuse_blocked(&f, e) < 0)
        goto out;
    if (f.todo.n > 0 && copy(s, c, en, &f, w, e) < 0)
        goto out;
    for (size_t i = 0; i < f.kept.n; i++)
        w->say(w, "kept as the merchant chose: %s", f.kept.v[i]);
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
        rc = err_set(e, ERR_MISMATCH, "after the copy %zu files of %s are still not as they have to be, the first is %s",
                     f.todo.n, en->name, f.todo.v[0].path);
    xc_file_plan_free(&f);
    return rc;
}
