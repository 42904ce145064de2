#include "platform/copy_files.h"

#include "base/plural.h"
#include "platform/aside_area.h"
#include "sys/stage.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

/* Without --verbose a dry run names so many files. */
#define SAY_FILES 20

static const char *act_word(enum copy_act act)
{
    static const char *const words[] = {"add", "update", "delete"};

    return words[act];
}

static int by_turn(const void *pa, const void *pb)
{
    const struct copy_file *a = pa;
    const struct copy_file *b = pb;

    return a->late != b->late ? a->late - b->late : strcmp(a->path, b->path);
}

size_t copy_files_sort(struct copy_file *files, size_t n, bool (*is_late)(const void *arg, const char *path), const void *arg)
{
    size_t late = 0;

    for (size_t i = 0; i < n; i++) {
        files[i].late = is_late(arg, files[i].path);
        late += files[i].late;
    }
    if (n > 1)
        qsort(files, n, sizeof *files, by_turn);
    return late;
}

void copy_files_list(const struct copy_job *job, struct work *w)
{
    size_t counts[3] = {0};

    for (size_t i = 0; i < job->n; i++) {
        const struct copy_file *f = &job->files[i];

        counts[f->act]++;
        if (!w->verbose && i >= SAY_FILES)
            continue;
        if (f->edited)
            w->say(w, "would %s %s (%s)", act_word(f->act), f->path, job->edited);
        else
            w->say(w, "would %s %s", act_word(f->act), f->path);
    }
    if (!w->verbose && job->n > SAY_FILES)
        w->say(w, "and %zu more; -v names them all", job->n - SAY_FILES);
    w->say(w, "%zu to add, %zu to update, %zu to delete, %zu as they have to be", counts[COPY_ADD], counts[COPY_UPDATE],
           counts[COPY_DELETE], job->same);
}

static int put(struct store *s, const struct copy_job *job, struct stage *st, const struct copy_file *f, struct err *e)
{
    int fd;
    int rc;

    if (f->act == COPY_DELETE)
        return stage_delete(st, f->path, true, e);
    fd = job->open ? job->open(job->arg, f, e) : tree_open_file(&s->tree, f->source, O_RDONLY, 0, e);
    if (fd < 0)
        return -1;
    rc = stage_put_fd(st, f->path, fd, &f->want, NULL, e);
    s->tree.ops->close(fd);
    return rc;
}

static void say_done(const struct copy_job *job, const struct stage *st, struct work *w)
{
    w->say(w, "%s%s%llu file%s written, %llu deleted", job->part ? job->part : "", job->part ? ": " : "", (unsigned long long)st->files_put,
           plural(st->files_put, "", "s"), (unsigned long long)st->files_deleted);
    if (st->owner_lost)
        w->say(w, "the owner of %llu file%s could not be kept, the first is %s", (unsigned long long)st->owner_lost,
               plural(st->owner_lost, "", "s"), st->owner_lost_at);
}

static int put_all(struct store *s, const struct copy_job *job, struct stage *st, struct work *w, struct err *e)
{
    for (size_t i = 0; i < job->n; i++) {
        w->progress(w, job->title, i, job->n);
        if (w->stop && *w->stop)
            return err_set(e, ERR_STOPPED, "stopped while %s, as you asked; each file is old or new", job->stopped);
        if (put(s, job, st, &job->files[i], e) < 0)
            return -1;
    }
    return stage_commit(st, e);
}

/* The tree that is written to, and where its old files go. */
static int open_stage(struct store *s, const struct copy_job *job, struct work *w, struct tree *area, struct stage *st, struct err *e)
{
    struct stage_options opt = {.rehash = true};

    if (!job->aside)
        return stage_open(st, &s->tree, w->undo, &opt, e);
    if (s->aside.path == NULL) {
        if (s->aside_err.kind == ERR_NONE)
            return err_set(e, ERR_ABSENT, "the store has no folder outside of its root that could be reached");
        *e = s->aside_err;
        return -1;
    }
    if (w->undo && aside_area_open(w->undo, s->aside.path, area, e) < 0)
        return -1;
    return stage_open(st, &s->aside, w->undo ? area : NULL, &opt, e);
}

int copy_files_run(struct store *s, const struct copy_job *job, struct work *w, struct err *e)
{
    struct stage st = {0};
    struct tree area = {0};
    int rc = -1;

    if (job->n == 0)
        return 0;
    if (open_stage(s, job, w, &area, &st, e) == 0 && put_all(s, job, &st, w, e) == 0) {
        w->progress(w, NULL, job->n, job->n);
        say_done(job, &st, w);
        rc = 0;
    }
    stage_close(&st);
    tree_close(&area);
    return rc;
}
