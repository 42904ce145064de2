/*
 * Copying the release's files over the store: its installer, its code, and the libraries once more where the storage lies outside. Each is checked
 * against its checksum before it takes the place of the old one. What says that the version is there, and what loads all the rest, goes last.
 */
#include "base/plural.h"
#include "platform/one_file.h"
#include "platform/opencart/plan_parts.h"
#include "sys/archive.h"
#include "sys/stage.h"
#include "sys/zip.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* No file of a release is near that; they go through memory one by one. */
#define FILE_MAX (UINT64_C(256) << 20)

/* Where the new bytes come from: a tree, or a zip whose list stands sorted by name. */
struct source {
    const struct oc_release *r;
    int fd;
    struct zip zip;
    const struct zip_member **sorted;
};

static int by_name(const void *pa, const void *pb)
{
    const struct zip_member *const *a = pa;
    const struct zip_member *const *b = pb;

    return str_cmp((*a)->name, (*b)->name);
}

static void source_close(struct source *x)
{
    free(x->sorted);
    zip_close(&x->zip);
    if (x->fd >= 0)
        close(x->fd);
}

static int source_open(struct store *s, const struct oc_release *r, struct source *x, struct err *e)
{
    struct stat st;

    *x = (struct source){.r = r, .fd = -1};
    if (r->dir == NULL) {
        err_set(e, ERR_ABSENT, "the files of the release are not at hand");
        return err_fix(e, "name the folder or the zip of the release with --source");
    }
    if (r->archive == NULL)
        return 0;
    x->fd = oc_release_open(s, r, e);
    if (x->fd < 0)
        return -1;
    if (fstat(x->fd, &st) < 0)
        return err_sys(e, "%s", r->shown);
    if (!zip_is(&fsops_real, x->fd, (uint64_t)st.st_size)) {
        err_set(e, ERR_FORMAT, "%s is no zip", r->shown);
        return err_fix(e, "unpack it, and name the folder with --source");
    }
    if (zip_open(&x->zip, &fsops_real, x->fd, (uint64_t)st.st_size, ARCHIVE_ENTRIES_MAX, e) < 0)
        return err_wrap(e, "%s", r->shown);
    x->sorted = mem_array(x->zip.all.n + 1, sizeof(const struct zip_member *));
    for (size_t i = 0; i < x->zip.all.n; i++)
        x->sorted[i] = &x->zip.all.v[i];
    if (x->zip.all.n > 1)
        qsort(x->sorted, x->zip.all.n, sizeof *x->sorted, by_name);
    return 0;
}

static int unpack_member(struct source *x, const struct zip_member *m, int fd, struct err *e)
{
    char piece[65536];
    uint64_t total = 0;
    ssize_t n;

    if (zip_begin(&x->zip, m, e) < 0)
        return -1;
    while ((n = zip_read(&x->zip, piece, sizeof piece, e)) > 0) {
        total += (uint64_t)n;
        if (total > FILE_MAX)
            return err_set(e, ERR_REFUSED, "%.*s is larger than any file of a release", STR_FMT(m->name));
        for (ssize_t at = 0; at < n;) {
            ssize_t put = write(fd, piece + at, (size_t)(n - at));

            if (put < 0 && errno == EINTR)
                continue;
            if (put < 0)
                return err_sys(e, "%.*s", STR_FMT(m->name));
            at += put;
        }
    }
    return n < 0 ? -1 : 0;
}

/* The checksum is compared by who asked for it. */
static int open_new(void *arg, const struct copy_file *f, struct err *e)
{
    struct source *x = arg;
    struct zip_member wanted = {.name = str_of(f->source)};
    const struct zip_member *key = &wanted;
    const struct zip_member **hit;
    int fd;

    if (x->r->archive == NULL)
        return tree_open_file(&x->r->own, f->source, O_RDONLY, 0, e);
    hit = bsearch(&key, x->sorted, x->zip.all.n, sizeof *x->sorted, by_name);
    if (hit == NULL)
        return err_set(e, ERR_ABSENT, "%s is not in %s any more", f->source, x->r->shown);
    fd = memfd_create("release", MFD_CLOEXEC);
    if (fd < 0)
        return err_sys(e, "%s", f->source);
    if (unpack_member(x, *hit, fd, e) < 0 || lseek(fd, 0, SEEK_SET) < 0) {
        if (e->kind == ERR_NONE)
            err_sys(e, "%s", f->source);
        close(fd);
        return err_wrap(e, "%s", x->r->shown);
    }
    return fd;
}

static struct copy_job job_of(struct source *x, const char *title)
{
    return (struct copy_job){.title = title, .stopped = "files were copied", .edited = "changed by hand", .open = open_new, .arg = x};
}

/* ---- the code ---- */

static void list_all(const struct oc_case *c, struct source *x, struct work *w)
{
    struct copy_job job = job_of(x, "Copying files");

    job.files = c->todo.v;
    job.n = c->todo.n;
    job.same = c->files_applied;
    copy_files_list(&job, w);
    if (c->todo_aside.n > 0)
        w->say(w, "would copy %zu file%s of libraries to the storage outside of the store as well", c->todo_aside.n,
               plural(c->todo_aside.n, "", "s"));
}

static int copy_all(struct store *s, const struct oc_case *c, struct source *x, struct work *w, struct err *e)
{
    struct copy_job job = job_of(x, "Copying files");
    size_t early = c->todo.n - c->late;

    job.files = c->todo.v;
    job.n = early;
    if (copy_files_run(s, &job, w, e) < 0)
        return -1;
    if (c->todo_aside.n > 0) {
        struct copy_job aside = job_of(x, "Copying libraries to the storage");

        aside.files = c->todo_aside.v;
        aside.n = c->todo_aside.n;
        aside.aside = true;
        aside.part = "libraries in the storage outside";
        if (copy_files_run(s, &aside, w, e) < 0)
            return -1;
    }
    job.files += early;
    job.n = c->late;
    job.part = "what loads the rest";
    return copy_files_run(s, &job, w, e);
}

/* The new code may ask for another PHP than the old one. */
static void forget_php(struct store *s)
{
    php_list_free(&s->phps);
    memset(&s->phps, 0, sizeof s->phps);
    s->php = NULL;
    s->php_tried = false;
    err_clear(&s->php_err);
}

int oc_run_files(struct store *s, struct oc_case *c, struct work *w, struct err *e)
{
    struct source x;
    int rc = -1;

    if (oc_case_files(s, c, e) < 0)
        return -1;
    if (source_open(s, &c->release, &x, e) == 0) {
        if (w->dry_run)
            list_all(c, &x, w);
        rc = w->dry_run ? 0 : copy_all(s, c, &x, w, e);
    }
    source_close(&x);
    if (rc == 0 && !w->dry_run) {
        oc_reread(s);
        forget_php(s);
    }
    return rc;
}

int oc_recheck_files(struct store *s, struct oc_case *c, struct err *e)
{
    if (oc_case_files(s, c, e) < 0)
        return -1;
    if (c->todo.n + c->todo_aside.n > 0)
        return err_set(e, ERR_MISMATCH, "after the copy %zu file%s still not as %s to be, the first is %s", c->todo.n + c->todo_aside.n,
                       plural(c->todo.n + c->todo_aside.n, " is", "s are"), plural(c->todo.n + c->todo_aside.n, "it has", "they have"),
                       c->todo.n > 0 ? c->todo.v[0].path : c->todo_aside.v[0].path);
    return 0;
}

/* ---- the installer ---- */

int oc_run_unpack(struct store *s, struct oc_case *c, struct work *w, struct err *e)
{
    struct copy_job job;
    struct source x;
    int rc = -1;

    if (oc_case_files(s, c, e) < 0)
        return -1;
    if (source_open(s, &c->release, &x, e) == 0) {
        job = job_of(&x, "Unpacking the installer");
        job.files = c->todo_install.v;
        job.n = c->todo_install.n;
        rc = 0;
        if (w->dry_run)
            w->say(w, "would put the installer of the release, %zu file%s, into the folder install", job.n, plural(job.n, "", "s"));
        else
            rc = copy_files_run(s, &job, w, e);
    }
    source_close(&x);
    if (rc == 0 && !w->dry_run)
        oc_reread(s);
    return rc;
}

int oc_recheck_unpack(struct store *s, struct oc_case *c, struct err *e)
{
    if (oc_case_files(s, c, e) < 0)
        return -1;
    if (c->todo_install.n > 0)
        return err_set(e, ERR_MISMATCH, "after it was unpacked %zu file%s of the installer %s not as %s to be, the first is %s", c->todo_install.n,
                       plural(c->todo_install.n, "", "s"), plural(c->todo_install.n, "is", "are"), plural(c->todo_install.n, "it has", "they have"),
                       c->todo_install.v[0].path);
    return 0;
}

static bool is_created(const struct stage *st, const char *path)
{
    for (size_t i = 0; i < st->created.n; i++)
        if (strcmp(st->created.v[i], path) == 0)
            return true;
    return false;
}

struct removing {
    struct stage *st;
    struct str below;
    size_t n;
    bool all_ours;
};

static int take_back(void *arg, const char *rel, const struct stat *st, struct err *e)
{
    struct removing *r = arg;

    (void)e;
    if (!S_ISREG(st->st_mode))
        return 0;
    r->all_ours = r->all_ours && is_created(r->st, rel);
    r->n++;
    return 0;
}

static int remove_one(void *arg, const char *rel, const struct stat *st, struct err *e)
{
    struct removing *r = arg;

    return S_ISREG(st->st_mode) ? stage_delete(r->st, rel, true, e) : 0;
}

/* What this case made itself, by the list that its undo keeps: an installer that was there before stays, for it may be wanted. */
int oc_unpack_back(struct store *s, struct work *w, struct err *e)
{
    struct stage_options opt = {0};
    struct stage st = {0};
    struct removing r = {.st = &st, .all_ours = true};
    int rc;

    if (w->dry_run || w->undo == NULL || !tree_exists(&s->tree, "install"))
        return 0;
    rc = stage_open(&st, &s->tree, w->undo, &opt, e);
    if (rc == 0)
        rc = tree_walk(&s->tree, "install", take_back, NULL, &r, e);
    if (rc == 0 && r.n > 0 && r.all_ours) {
        rc = tree_walk(&s->tree, "install", remove_one, NULL, &r, e);
        if (rc == 0)
            rc = stage_commit(&st, e);
        if (rc == 0)
            w->say(w, "the installer, which the toolkit had unpacked, is removed: nobody can call it any more");
    }
    stage_close(&st);
    return rc;
}

/* ---- the mark ---- */

int oc_mark_put(struct store *s, const struct oc_case *c, struct work *w, struct err *e)
{
    struct buf text = {0};
    int rc;

    if (w->dry_run || c->ours || c->to == NULL || tree_exists(&s->tree, OC_MARK))
        return 0;
    buf_printf(&text, "toolkit finishes an upgrade of this store and removes this file at its end.\nto %s\n", c->to);
    if (c->from)
        buf_printf(&text, "%s %s\n", c->from_tables ? "tables" : "from", c->from);
    rc = one_file_put(s, w, OC_MARK, buf_str(&text), e);
    buf_free(&text);
    return rc;
}

int oc_mark_drop(struct store *s, struct work *w, struct err *e)
{
    return w->dry_run || !tree_exists(&s->tree, OC_MARK) ? 0 : one_file_delete(s, w, OC_MARK, false, e);
}
