/*
 * Copying the release's files over the store, and deleting what the new version dropped. What loads all the rest goes last, in a
 * batch of its own: a visitor who comes in between meets the old loader with its old classes or the new one with all of the new.
 */
#include "base/plural.h"
#include "platform/prestashop/steps.h"
#include "platform/prestashop/texts.h"
#include "sys/stage.h"

#include <fcntl.h>

/* Files of translations have a few thousand lines of texts. */
#define TEXTS_MAX ((size_t)16 * 1024 * 1024)

static int open_new(void *arg, const struct copy_file *f, struct err *e)
{
    const struct ps_release *r = arg;

    return tree_open_file(r->tree, f->source, O_RDONLY, 0, e);
}

static int refuse(const struct ps_case *c, struct err *e)
{
    if (c->release.dir == NULL || !c->release.whole) {
        err_set(e, ERR_ABSENT, "%s: the files of the release %s are not at hand", c->release.shown ? c->release.shown : "the unpacked release",
                c->to ? c->to : "");
        return err_fix(e, "name the folder or archive of that release with --source");
    }
    if (c->blocked.n > 0) {
        err_set(e, ERR_REFUSED, "%zu file%s can't be read, the first: %s", c->blocked.n, plural(c->blocked.n, "", "s"), c->blocked.v[0]);
        return err_fix(e, "run as the owner of the store or as root");
    }
    return 0;
}

static int read_texts(const struct tree *t, const char *rel, struct buf *out, struct err *e)
{
    buf_reset(out);
    return tree_read(t, rel, TEXTS_MAX, out, e);
}

/* A copy that was cut short has no texts of its own. */
static bool is_torn(struct str own, struct str fresh)
{
    return own.n < fresh.n && str_starts(fresh, own);
}

/* New texts come in beside the store's own. What is no plain list of texts stays as it is. */
static int merge_one(struct store *s, struct ps_case *c, struct stage *st, const char *path, size_t *merged, struct err *e)
{
    const char *source = arena_join(c->mem, c->release.dir, path);
    struct buf fresh = {0};
    struct buf own = {0};
    struct buf both = {0};
    int rc = -1;

    if (read_texts(c->release.tree, source, &fresh, e) == 0 && read_texts(&s->tree, path, &own, e) == 0) {
        bool torn = is_torn(buf_str(&own), buf_str(&fresh));

        rc = 0;
        if (torn || ps_texts_merge(buf_str(&fresh), buf_str(&own), &both)) {
            rc = stage_put_bytes(st, path, buf_str(torn ? &fresh : &both), NULL, e);
            (*merged)++;
        }
    }
    buf_free(&fresh);
    buf_free(&own);
    buf_free(&both);
    return rc;
}

static int merge_texts(struct store *s, struct ps_case *c, struct work *w, struct err *e)
{
    struct stage_options opt = {.rehash = true};
    struct stage st = {0};
    size_t merged = 0;
    int rc;

    if (c->texts_kept.n == 0)
        return 0;
    if (w->dry_run) {
        w->say(w, "would add texts that are new to %zu file%s of translations; the store's own stay", c->texts_kept.n,
               plural(c->texts_kept.n, "", "s"));
        return 0;
    }
    rc = stage_open(&st, &s->tree, w->undo, &opt, e);
    for (size_t i = 0; rc == 0 && i < c->texts_kept.n; i++)
        rc = merge_one(s, c, &st, c->texts_kept.v[i], &merged, e);
    if (rc == 0)
        rc = stage_commit(&st, e);
    stage_close(&st);
    if (rc == 0)
        w->say(w, "%zu file%s of translations differ%s from the release's; %zu %s got the texts that are new, the store's own stay", c->texts_kept.n,
               plural(c->texts_kept.n, "", "s"), plural(c->texts_kept.n, "s", ""), merged, plural(merged, "has", "have"));
    return rc;
}

static void say_special(const struct ps_case *c, struct work *w)
{
    for (size_t i = 0; i < c->kept.n; i++)
        w->say(w, "kept: %s", c->kept.v[i]);
    for (size_t i = 0; i < c->todo.n; i++)
        if (c->todo.v[i].edited && !w->dry_run)
            w->say(w, "was neither the old file nor the new one, replaced and kept for undo: %s", c->todo.v[i].path);
}

int ps_run_files(struct store *s, struct ps_case *c, struct work *w, struct err *e)
{
    struct copy_job job = {.title = "Copying files",
                           .stopped = "files were copied",
                           .edited = "neither the old file nor the new one; the present one is kept for undo",
                           .open = open_new,
                           .arg = &c->release};

    if (ps_case_files(s, c, e) < 0 || refuse(c, e) < 0)
        return -1;
    job.files = c->todo.v;
    job.same = c->files_applied;
    if (w->dry_run) {
        job.n = c->todo.n;
        copy_files_list(&job, w);
    } else {
        job.n = c->todo.n - c->late;
        if (copy_files_run(s, &job, w, e) < 0)
            return -1;
        job.part = "last of all the loader of classes";
        job.files += job.n;
        job.n = c->late;
        if (copy_files_run(s, &job, w, e) < 0)
            return -1;
    }
    if (merge_texts(s, c, w, e) < 0)
        return -1;
    say_special(c, w);
    if (!w->dry_run)
        ps_reread_version(s);
    return 0;
}

int ps_recheck_files(struct store *s, struct ps_case *c, struct err *e)
{
    if (ps_case_files(s, c, e) < 0)
        return -1;
    if (c->todo.n > 0)
        return err_set(e, ERR_MISMATCH, "after the copy %zu file%s still not as %s to be, the first is %s", c->todo.n,
                       plural(c->todo.n, " is", "s are"), plural(c->todo.n, "it has", "they have"), c->todo.v[0].path);
    return 0;
}
