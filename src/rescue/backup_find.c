#include "rescue/backup_look.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

/* Folders named by the user are looked into so deep: backups/2024/x.zip. */
#define DEPTH_MAX 3

struct search {
    struct store *s;
    struct backup_list *l;
    const char *dir; /* as it can be opened */
    unsigned depth;
};

/* The path as it can be opened, of one below the store. */
static const char *in_store(struct search *f, const char *rel)
{
    return rel[0] == '/' ? rel : arena_printf(&f->l->mem, "%s/%s", f->s->tree.path, rel);
}

static bool is_listed(const struct backup_list *l, const char *shown)
{
    for (size_t i = 0; i < l->all.n; i++)
        if (strcmp(l->all.v[i]->path, shown) == 0)
            return true;
    return false;
}

/* What is below the store is shown by its path there, wherever the user stands. */
static const char *shown_as(struct search *f, const char *path)
{
    char *full = realpath(path, NULL);
    char *root = realpath(f->s->tree.path, NULL);
    size_t n = root ? strlen(root) : 0;
    const char *shown = full ? full : path;

    if (full && n > 1 && strncmp(full, root, n) == 0 && full[n] == '/')
        shown = full + n + 1;
    shown = arena_strdup(&f->l->mem, shown);
    free(full);
    free(root);
    return shown;
}

static int found(void *arg, const char *rel, struct err *e)
{
    struct search *f = arg;
    struct backup *b;
    struct err why = {0};

    (void)e;
    if (rel[0] == '/')
        rel = shown_as(f, rel);
    if (is_listed(f->l, rel))
        return 0;
    /* What can't be opened is no reason to hide the others. */
    (void)backup_look(f->s, in_store(f, rel), rel, false, f->l, &b, &why);
    return 0;
}

static int look_into(struct search *f, const char *dir, struct err *e);

static int see(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct search *f = arg;
    const char *path = arena_printf(&f->l->mem, "%s/%s", f->dir, name);
    const char *shown = shown_as(f, path);
    const char *dir = f->dir;
    struct backup *b;
    struct err why = {0};
    int r = 0;

    if ((type != DT_REG && type != DT_DIR) || is_listed(f->l, shown))
        return 0;
    if (backup_look(f->s, path, shown, false, f->l, &b, &why) > 0 || type != DT_DIR || f->depth == DEPTH_MAX)
        return 0;
    f->depth++;
    r = look_into(f, path, e);
    f->depth--;
    f->dir = dir;
    return r;
}

static int look_into(struct search *f, const char *dir, struct err *e)
{
    struct tree t = {.ops = f->s->tree.ops};
    int r;

    f->dir = dir;
    if (tree_open(&t, dir, e) != 0)
        return f->depth > 0 ? 0 : -1;
    r = tree_list(&t, "", see, f, e);
    tree_close(&t);
    return r;
}

/* Newest first; of one second by name, so that the order is always the same. */
static int newest_first(const void *a, const void *b)
{
    const struct backup *x = *(struct backup *const *)a;
    const struct backup *y = *(struct backup *const *)b;
    int c = strcmp(y->taken, x->taken);

    return c != 0 ? c : backup_name_cmp(y->path, x->path);
}

static int look_at_given(struct search *f, const char *path, struct err *e)
{
    const char *shown = shown_as(f, path);
    struct backup *b;
    int r;

    if (is_listed(f->l, shown))
        return 0;
    r = backup_look(f->s, path, shown, true, f->l, &b, e);
    if (r != 0)
        return r < 0 ? -1 : 0;
    /* No backup itself: then a folder of them, or nothing. */
    return look_into(f, path, e);
}

int backup_find(struct store *s, const char *const *folders, size_t n, struct backup_list *l, struct err *e)
{
    struct search f = {.s = s, .l = l};
    int r = 0;

    if (s->platform->backup_find != NULL)
        r = s->platform->backup_find(s, found, &f, e);
    for (size_t i = 0; r == 0 && i < n; i++)
        r = look_at_given(&f, folders[i], e);
    if (l->all.n > 1)
        qsort(l->all.v, l->all.n, sizeof *l->all.v, newest_first);
    return r;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* Whether a name alone means that backup: its own, or that of a part that lies beside it. */
static bool is_named(struct search *f, const struct backup *b, const char *name)
{
    const char *own = base_name(b->path);
    struct backup_hint h = {0};

    if (strcmp(own, name) == 0)
        return true;
    if (f->s->platform->backup_hint != NULL)
        f->s->platform->backup_hint(f->s, name, &f->l->mem, &h);
    return (h.whole != NULL && strcmp(own, h.whole) == 0) || (h.beside != NULL && strcmp(own, h.beside) == 0);
}

int backup_named(struct store *s, const char *path, struct backup_list *l, struct backup **out, struct err *e)
{
    struct search f = {.s = s, .l = l};
    const struct fsops *ops = s->tree.ops;
    const char *shown;
    struct stat st;
    int r;

    if (path[0] == '\0')
        return err_set(e, ERR_ABSENT, "no backup is named");
    /* As it stands, then below the store, then by its name in the store's places. */
    if (ops->fstatat(AT_FDCWD, path, &st, 0) != 0 && path[0] != '/' &&
        ops->fstatat(AT_FDCWD, in_store(&f, path), &st, 0) == 0)
        path = in_store(&f, path);
    if (ops->fstatat(AT_FDCWD, path, &st, 0) != 0) {
        if (s->platform->backup_find != NULL && s->platform->backup_find(s, found, &f, e) != 0)
            return -1;
        for (size_t i = 0; i < l->all.n; i++)
            if (is_named(&f, l->all.v[i], path)) {
                *out = l->all.v[i];
                return 0;
            }
        err_set(e, ERR_ABSENT, "there is no backup %s: not here, not in the store %s, and not among its backups", path,
                s->tree.path);
        return err_fix(e, "toolkit backups lists what there is");
    }
    shown = shown_as(&f, path);
    for (size_t i = 0; i < l->all.n; i++)
        if (strcmp(l->all.v[i]->path, shown) == 0) {
            *out = l->all.v[i];
            return 0;
        }
    r = backup_look(s, path, shown, true, l, out, e);
    if (r == 0)
        err_fix(e, "a backup is a zip or tar archive, an SQL dump, or a folder with the parts of one");
    return r > 0 ? 0 : -1;
}
