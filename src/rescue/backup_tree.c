/* A backup that is an unpacked tree. */
#include "rescue/backup_parts.h"

#include <stdlib.h>
#include <string.h>

struct listing {
    struct backup_tree *t;
    void (*refused)(void *, const char *, const char *);
    void *arg;
};

static int see(void *arg, const char *rel, const struct stat *st, struct err *e)
{
    struct listing *l = arg;
    struct backup_tree_item *it;

    (void)e;
    if (!S_ISREG(st->st_mode) && !S_ISDIR(st->st_mode)) {
        if (l->refused != NULL)
            l->refused(l->arg, rel, S_ISLNK(st->st_mode) ? "a symbolic link" : "a device or pipe");
        return 0;
    }
    it = vec_push(&l->t->all);
    it->path = arena_strdup(&l->t->mem, rel);
    it->is_dir = S_ISDIR(st->st_mode);
    it->size = it->is_dir ? 0 : (uint64_t)st->st_size;
    it->mode = st->st_mode & 0777;
    it->mtime = st->st_mtim;
    l->t->bytes += it->size;
    return 0;
}

int backup_tree_open(struct backup_tree *t, const struct fsops *ops, const char *path,
                     void (*refused)(void *, const char *, const char *), void *arg, struct err *e)
{
    struct listing l = {t, refused, arg};

    memset(t, 0, sizeof *t);
    t->fd = -1;
    t->t.ops = ops;
    if (tree_open(&t->t, path, e) != 0)
        return -1;
    return tree_walk(&t->t, "", see, NULL, &l, e);
}

void backup_tree_close(struct backup_tree *t)
{
    if (t->t.path != NULL && t->fd >= 0)
        t->t.ops->close(t->fd);
    tree_close(&t->t);
    free(t->all.v);
    arena_free(&t->mem);
    memset(t, 0, sizeof *t);
    t->fd = -1;
}
