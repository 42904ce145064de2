/* Copying the package's files, deleting what the new version dropped, the themes' own copies, renamed scripts. */
#include "base/plural.h"
#include "platform/cscart/steps.h"

static void say_special(const struct cs_part_state *f, struct work *w)
{
    for (size_t i = 0; i < f->kept.n; i++)
        w->say(w, "kept, because it was changed by hand: %s", f->kept.v[i]);
    for (size_t i = 0; i < f->todo.n; i++)
        if (f->todo.v[i].edited && !w->dry_run)
            w->say(w, "was changed by hand, replaced and kept for undo: %s", f->todo.v[i].path);
}

static int refuse(const struct cs_case *c, struct err *e)
{
    if (!c->has_package)
        return err_set(e, ERR_ABSENT, "%s: the package is not there", c->dir ? c->dir : CS_PACKAGES_DIR);
    if (c->missing.n > 0)
        return err_set(e, ERR_REFUSED, "the package lacks %zu of its files, the first is %s", c->missing.n, c->missing.v[0]);
    if (c->blocked.n > 0) {
        err_set(e, ERR_REFUSED, "%zu file%s can't be read, the first: %s", c->blocked.n, plural(c->blocked.n, "", "s"), c->blocked.v[0]);
        return err_fix(e, "run as the owner of the store or as root");
    }
    return 0;
}

int cs_run_files(struct store *s, struct cs_case *c, enum cs_part part, struct work *w, struct err *e)
{
    const struct cs_part_state *f = &c->parts[part];
    struct copy_job job = {.title = "Copying files",
                           .stopped = "files were copied",
                           .edited = "changed by hand; the changed file is kept for undo"};

    if (cs_case_files(s, c, e) < 0)
        return -1;
    job.files = f->todo.v;
    job.n = f->todo.n;
    job.same = f->total - f->todo.n - f->kept.n;
    if (w->dry_run)
        copy_files_list(&job, w);
    if (refuse(c, e) < 0)
        return -1;
    if (!w->dry_run && copy_files_run(s, &job, w, e) < 0)
        return -1;
    say_special(f, w);
    if (!w->dry_run && part == CS_PART_COPY)
        cs_reread_version(s);
    return 0;
}

int cs_recheck_files(struct store *s, struct cs_case *c, enum cs_part part, struct err *e)
{
    if (cs_case_files(s, c, e) < 0)
        return -1;
    if (c->parts[part].todo.n > 0)
        return err_set(e, ERR_MISMATCH, "after the copy %zu file%s still not as %s to be, the first is %s",
                       c->parts[part].todo.n, plural(c->parts[part].todo.n, " is", "s are"),
                       plural(c->parts[part].todo.n, "it has", "they have"), c->parts[part].todo.v[0].path);
    return 0;
}
