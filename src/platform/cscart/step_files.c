/*
 * Copying the package's files, deleting what the new version dropped, the themes' own copies: every new file is written beside
 * its place and its bytes are checked before it takes the place of the old one, which is kept in the undo area.
 */
#include "platform/cscart/steps.h"
#include "sys/stage.h"

#include <fcntl.h>
#include <string.h>

/* Without --verbose so many files are named. */
#define SAY_FILES 20

static const char *act_word(enum cs_act act)
{
    static const char *const words[] = {"add", "update", "delete"};

    return words[act];
}

static void say_todo(const struct cs_part_state *f, struct work *w)
{
    size_t counts[3] = {0};

    for (size_t i = 0; i < f->todo.n; i++) {
        const struct cs_todo *t = &f->todo.v[i];

        counts[t->act]++;
        if (w->verbose || i < SAY_FILES)
            w->say(w, "would %s %s%s", act_word(t->act), t->path, t->edited ? " (changed by hand; the changed file is kept for undo)" : "");
    }
    if (!w->verbose && f->todo.n > SAY_FILES)
        w->say(w, "and %zu more; -v names them all", f->todo.n - SAY_FILES);
    w->say(w, "%zu to add, %zu to update, %zu to delete, %zu as they have to be", counts[CS_ACT_ADD], counts[CS_ACT_UPDATE],
           counts[CS_ACT_DELETE], f->total - f->todo.n - f->kept.n);
}

static void say_special(const struct cs_part_state *f, struct work *w)
{
    for (size_t i = 0; i < f->kept.n; i++)
        w->say(w, "kept, because it was changed by hand: %s", f->kept.v[i]);
    for (size_t i = 0; i < f->todo.n; i++)
        if (f->todo.v[i].edited && !w->dry_run)
            w->say(w, "was changed by hand, replaced and kept for undo: %s", f->todo.v[i].path);
}

static int put(struct store *s, struct stage *st, const struct cs_todo *t, struct err *e)
{
    int fd;
    int rc;

    if (t->act == CS_ACT_DELETE)
        return stage_delete(st, t->path, true, e);
    fd = tree_open_file(&s->tree, t->source, O_RDONLY, 0, e);
    if (fd < 0)
        return -1;
    rc = stage_put_fd(st, t->path, fd, &t->want, NULL, e);
    s->tree.ops->close(fd);
    return rc;
}

static int apply(struct store *s, const struct cs_part_state *f, struct work *w, struct err *e)
{
    struct stage_options opt = {.rehash = true};
    struct stage st = {0};
    int rc = -1;

    if (stage_open(&st, &s->tree, w->undo, &opt, e) < 0)
        goto out;
    for (size_t i = 0; i < f->todo.n; i++) {
        w->progress(w, "Copying files", i, f->todo.n);
        if (w->stop && *w->stop) {
            err_set(e, ERR_STOPPED, "stopped while files were copied, as you asked; each file is old or new");
            goto out;
        }
        if (put(s, &st, &f->todo.v[i], e) < 0)
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

static int refuse(const struct cs_case *c, struct err *e)
{
    if (!c->has_package)
        return err_set(e, ERR_ABSENT, "%s: the package is not there", c->dir ? c->dir : CS_PACKAGES_DIR);
    if (c->missing.n > 0)
        return err_set(e, ERR_REFUSED, "the package lacks %zu of its files, the first is %s", c->missing.n, c->missing.v[0]);
    if (c->blocked.n > 0) {
        err_set(e, ERR_REFUSED, "%zu files can't be read, the first: %s", c->blocked.n, c->blocked.v[0]);
        return err_fix(e, "run as the owner of the store or as root");
    }
    return 0;
}

int cs_run_files(struct store *s, struct cs_case *c, enum cs_part part, struct work *w, struct err *e)
{
    const struct cs_part_state *f = &c->parts[part];

    if (cs_case_files(s, c, e) < 0)
        return -1;
    if (w->dry_run)
        say_todo(f, w);
    if (refuse(c, e) < 0)
        return -1;
    if (!w->dry_run && f->todo.n > 0 && apply(s, f, w, e) < 0)
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
        return err_set(e, ERR_MISMATCH, "after the copy %zu files are still not as they have to be, the first is %s",
                       c->parts[part].todo.n, c->parts[part].todo.v[0].path);
    return 0;
}
