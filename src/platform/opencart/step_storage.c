/*
 * Folders as 4.x has them: those of the storage, which the release's own step makes without the right to enter them, and those that older versions had in
 * other places.
 */
#include "platform/opencart/plan_parts.h"
#include "sys/stage.h"

#include <fcntl.h>
#include <string.h>

static const char *const storage_dirs[] = {"backup", "cache", "download", "logs", "marketplace", "session", "upload"};

static const char *storage_dir(const struct store *s, const struct tree **t)
{
    const char *dir = oc_storage_of_release(s);

    *t = oc_tree(s, dir == NULL);
    return dir ? dir : "";
}

static int make_dirs(struct store *s, struct work *w, struct arena *mem, struct err *e)
{
    const struct tree *t;
    const char *dir = storage_dir(s, &t);
    struct stage_options opt = {0};
    struct stage st = {0};
    int rc = 0;

    if (t->path == NULL || !tree_exists(t, dir[0] ? dir : "."))
        return 0;
    if (!w->dry_run && t == &s->tree)
        rc = stage_open(&st, &s->tree, w->undo, &opt, e);
    for (size_t i = 0; rc == 0 && i < sizeof storage_dirs / sizeof *storage_dirs; i++) {
        const char *rel = arena_printf(mem, "%s%s%s", dir, dir[0] ? "/" : "", storage_dirs[i]);

        if (tree_exists(t, rel))
            continue;
        if (w->dry_run)
            w->say(w, "would make the folder %s", rel);
        else if (t == &s->tree)
            rc = stage_put_bytes(&st, arena_printf(mem, "%s/index.html", rel), STR(""), NULL, e);
        else
            rc = tree_mkdirs(t, rel, NULL, NULL, e);
    }
    if (rc == 0 && !w->dry_run && t == &s->tree)
        rc = stage_commit(&st, e);
    stage_close(&st);
    return rc;
}

int oc_mend_storage(struct store *s, struct work *w, struct arena *mem, struct err *e)
{
    const struct tree *t;
    const char *dir = storage_dir(s, &t);
    struct stage_options opt = {0};
    struct stage st = {0};
    int rc = 0;

    /* Outside of the store nothing could be undone. */
    if (t != &s->tree)
        return 0;
    if (!w->dry_run)
        rc = stage_open(&st, &s->tree, w->undo, &opt, e);
    for (size_t i = 0; rc == 0 && i < sizeof storage_dirs / sizeof *storage_dirs; i++) {
        const char *rel = arena_printf(mem, "%s/%s", dir, storage_dirs[i]);
        struct err ignored = {0};
        struct stat now;

        if (tree_stat(t, rel, &now, &ignored) < 0 || !S_ISDIR(now.st_mode) || (now.st_mode & 0111) == 0111 || (now.st_mode & 0700) == 0700)
            continue;
        if (w->dry_run)
            w->say(w, "would give %s the mode 0755: it can't be entered", rel);
        else
            rc = stage_chmod(&st, rel, 0755, e);
    }
    stage_close(&st);
    return rc;
}

/* ---- folders that have another place ---- */

static const struct move {
    const char *from;
    const char *to; /* NULL: below the storage, under its last name */
} moves[] = {{"image/data", "image/catalog"}, {"system/upload", NULL}, {"system/download", NULL}};

static int see_file(void *arg, const char *rel, const struct stat *st, struct err *e)
{
    bool *any = arg;

    (void)rel;
    (void)e;
    *any = *any || S_ISREG(st->st_mode);
    return 0;
}

static bool has_files(const struct tree *t, const char *dir)
{
    struct err ignored = {0};
    bool any = false;

    if (tree_exists(t, dir))
        tree_walk(t, dir, see_file, NULL, &any, &ignored);
    return any;
}

/* NULL: into a storage outside nothing is moved. */
static const char *place_of(const struct store *s, const struct move *m, struct arena *mem)
{
    const char *storage = oc_storage_of_release(s);

    return m->to ? m->to : storage ? arena_printf(mem, "%s%s", storage, strrchr(m->from, '/')) : NULL;
}

const char *oc_moves_left(const struct store *s, const char *to)
{
    if (oc_family_of(to) != OC_FAMILY_40)
        return NULL;
    for (size_t i = 0; i < sizeof moves / sizeof *moves; i++)
        if ((moves[i].to || oc_storage_of_release(s)) && has_files(&s->tree, moves[i].from))
            return moves[i].from;
    return NULL;
}

struct moving {
    struct store *s;
    struct arena *mem;
    struct work *w;
    struct stage *st;
    size_t from_n;
    const char *to;
    size_t n;
};

/* What is there under that name already stays. */
static int move_one(void *arg, const char *rel, const struct stat *st, struct err *e)
{
    struct moving *m = arg;
    const char *to;
    int rc = 0;
    int fd;

    if (!S_ISREG(st->st_mode))
        return 0;
    m->n++;
    if (m->w->dry_run)
        return 0;
    to = arena_printf(m->mem, "%s%s", m->to, rel + m->from_n);
    if (!tree_exists(&m->s->tree, to)) {
        fd = tree_open_file(&m->s->tree, rel, O_RDONLY, 0, e);
        if (fd < 0)
            return -1;
        rc = stage_put_fd(m->st, to, fd, NULL, NULL, e);
        m->s->tree.ops->close(fd);
    }
    return rc < 0 ? -1 : stage_delete(m->st, rel, true, e);
}

static int move_folders(struct store *s, struct work *w, struct arena *mem, struct err *e)
{
    struct stage_options opt = {.rehash = true};
    struct stage st = {0};
    int rc = w->dry_run ? 0 : stage_open(&st, &s->tree, w->undo, &opt, e);

    for (size_t i = 0; rc == 0 && i < sizeof moves / sizeof *moves; i++) {
        struct moving m = {.s = s, .mem = mem, .w = w, .st = &st, .from_n = strlen(moves[i].from), .to = place_of(s, &moves[i], mem)};

        if (m.to == NULL || !tree_exists(&s->tree, moves[i].from))
            continue;
        rc = tree_walk(&s->tree, moves[i].from, move_one, NULL, &m, e);
        if (rc == 0 && !w->dry_run)
            rc = stage_commit(&st, e);
        if (rc == 0 && m.n > 0)
            w->say(w, "%zu file%s %s from %s to %s", m.n, m.n == 1 ? "" : "s", w->dry_run ? "would move" : "moved", moves[i].from, m.to);
    }
    stage_close(&st);
    return rc;
}

int oc_make_storage(struct store *s, struct work *w, struct arena *mem, struct err *e)
{
    return make_dirs(s, w, mem, e) < 0 || oc_mend_storage(s, w, mem, e) < 0 || move_folders(s, w, mem, e) < 0 ? -1 : 0;
}
