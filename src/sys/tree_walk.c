/*
 * Walking keeps one descriptor a level and opens every directory by its name in the one above, without
 * following links, so that nothing renamed meanwhile leads elsewhere.
 */
#include "base/mem.h"
#include "base/str.h"
#include "sys/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WALK_DEPTH_MAX  128     /* descriptors held at once; stores are some 15 directories deep */
#define DIR_ENTRIES_MAX 4000000 /* of one directory; holds memory to some 200 MB against a broken one */

struct name {
    const char *s;
    unsigned char type;
};

struct names {
    VEC(struct name) list;
    struct arena arena;
};

static void names_free(struct names *n)
{
    free(n->list.v);
    arena_free(&n->arena);
    memset(n, 0, sizeof *n);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct name *)a)->s, ((const struct name *)b)->s);
}

static unsigned char type_of(mode_t mode)
{
    return (unsigned char)((mode & S_IFMT) >> 12);
}

/* Reads the entries of fd, which stays open, sorted. -1 with errno. */
static int names_read(const struct fsops *ops, int fd, struct names *out)
{
    int copy = ops->openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    struct dirent *d;
    struct stat st;
    DIR *dir;
    int sys;

    if (copy < 0)
        return -1;
    dir = ops->fdopendir(copy);
    if (dir == NULL) {
        ops->close(copy);
        return -1;
    }
    while (errno = 0, (d = ops->readdir(dir)) != NULL) {
        struct name *n;

        if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
            continue;
        if (out->list.n == DIR_ENTRIES_MAX) {
            errno = EOVERFLOW;
            break;
        }
        if (d->d_type == DT_UNKNOWN) {
            if (ops->fstatat(fd, d->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
                continue;
            d->d_type = type_of(st.st_mode);
        }
        n = vec_push(&out->list);
        n->s = arena_strdup(&out->arena, d->d_name);
        n->type = d->d_type;
    }
    sys = errno;
    ops->closedir(dir);
    if (sys != 0) {
        errno = sys;
        return -1;
    }
    if (out->list.n > 1)
        qsort(out->list.v, out->list.n, sizeof *out->list.v, by_name);
    return 0;
}

int tree_list(const struct tree *t, const char *rel, tree_each *each, void *arg, struct err *e)
{
    struct names names = {0};
    int fd = tree_open_dir(t, rel, e);
    int r = 0;
    size_t i;

    if (fd < 0)
        return -1;
    if (names_read(t->ops, fd, &names) != 0)
        r = tree_fail(t, rel, "read this directory", e);
    for (i = 0; r == 0 && i < names.list.n; i++)
        r = each(arg, names.list.v[i].s, names.list.v[i].type, e);
    names_free(&names);
    t->ops->close(fd);
    return r;
}

struct level {
    int fd;
    struct names names;
    size_t next;
    size_t path_n; /* length of the path of this directory */
};

/* Called when all in a directory was seen: dir is the one above, name its name there. */
typedef int walk_left(void *arg, int dir, const char *name, const char *rel, struct err *e);
/* Called for everything, before a directory is entered. */
typedef int walk_seen(void *arg, int dir, const char *name, const char *rel, const struct stat *st,
                      struct err *e);

struct walk {
    const struct tree *t;
    walk_seen *seen;
    walk_left *left;
    tree_fault *fault;
    void *arg;
    struct buf path;
    struct level *levels;
    size_t depth;
};

/* Something can't be read: 0 when the caller goes on, -1. */
static int fault(struct walk *w, const char *what, struct err *e)
{
    struct err why;

    tree_fail(w->t, buf_cstr(&w->path), what, &why);
    if (w->fault != NULL && w->fault(w->arg, buf_cstr(&w->path), &why) == 0)
        return 0;
    *e = why;
    return -1;
}

/* Enters a directory that was opened; the descriptor is taken over. */
static int enter(struct walk *w, int fd, struct err *e)
{
    struct level *l;

    if (w->depth == WALK_DEPTH_MAX) {
        w->t->ops->close(fd);
        errno = ENAMETOOLONG;
        return fault(w, "go in: too many directories inside each other", e);
    }
    l = &w->levels[w->depth++];
    memset(l, 0, sizeof *l);
    l->fd = fd;
    l->path_n = w->path.n;
    if (names_read(w->t->ops, fd, &l->names) != 0) {
        names_free(&l->names);
        return fault(w, "read this directory", e);
    }
    return 0;
}

static int visit(struct walk *w, const struct level *l, const char *name, struct err *e)
{
    const struct fsops *ops = w->t->ops;
    struct stat st;
    int fd;
    int r;

    if (ops->fstatat(l->fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT ? 0 : fault(w, "look at it", e);
    r = w->seen(w->arg, l->fd, name, buf_cstr(&w->path), &st, e);
    if (r != 0 || !S_ISDIR(st.st_mode))
        return r < 0 ? -1 : 0;
    fd = ops->openat(l->fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
    if (fd < 0)
        return errno == ENOENT ? 0 : fault(w, "open this directory", e);
    return enter(w, fd, e);
}

static int leave(struct walk *w, struct err *e)
{
    struct level *l = &w->levels[--w->depth];
    const char *slash;

    names_free(&l->names);
    w->t->ops->close(l->fd);
    if (w->depth == 0)
        return 0;
    w->path.n = l->path_n;
    slash = strrchr(buf_cstr(&w->path), '/');
    if (w->left == NULL)
        return 0;
    return w->left(w->arg, w->levels[w->depth - 1].fd, slash ? slash + 1 : w->path.p, w->path.p, e);
}

/* The root's descriptor is taken over. */
static int walk_run(struct walk *w, int root, const char *rel, struct err *e)
{
    int r;

    if (strcmp(rel, ".") != 0)
        buf_adds(&w->path, rel);
    w->levels = mem_array(WALK_DEPTH_MAX, sizeof *w->levels);
    r = enter(w, root, e);
    while (r == 0 && w->depth > 0) {
        struct level *l = &w->levels[w->depth - 1];

        w->path.n = l->path_n;
        if (l->next == l->names.list.n) {
            r = leave(w, e);
            continue;
        }
        if (w->path.n > 0)
            buf_addc(&w->path, '/');
        buf_adds(&w->path, l->names.list.v[l->next].s);
        l->next++;
        r = visit(w, l, l->names.list.v[l->next - 1].s, e);
    }
    while (w->depth > 0) {
        w->depth--;
        names_free(&w->levels[w->depth].names);
        w->t->ops->close(w->levels[w->depth].fd);
    }
    free(w->levels);
    buf_free(&w->path);
    return r;
}

struct visitor {
    tree_visit *visit;
    tree_fault *fault;
    void *arg;
};

static int visitor_seen(void *arg, int dir, const char *name, const char *rel, const struct stat *st,
                        struct err *e)
{
    struct visitor *v = arg;

    (void)dir, (void)name;
    return v->visit(v->arg, rel, st, e);
}

static int visitor_fault(void *arg, const char *rel, const struct err *why)
{
    struct visitor *v = arg;

    return v->fault(v->arg, rel, why);
}

int tree_walk(const struct tree *t, const char *rel, tree_visit *each, tree_fault *on_fault, void *arg,
              struct err *e)
{
    struct visitor v = {each, on_fault, arg};
    struct walk w = {.t = t, .seen = visitor_seen, .fault = on_fault ? visitor_fault : NULL, .arg = &v};
    int fd = tree_open_dir(t, rel, e);

    return fd < 0 ? -1 : walk_run(&w, fd, rel, e);
}

int tree_pass_over(void *arg, const char *rel, const struct err *why)
{
    (void)arg, (void)rel, (void)why;
    return 0;
}

struct removal {
    const struct tree *t;
    dev_t dev;
};

static int removal_seen(void *arg, int dir, const char *name, const char *rel, const struct stat *st,
                        struct err *e)
{
    struct removal *rm = arg;

    if (S_ISDIR(st->st_mode)) {
        if (st->st_dev == rm->dev)
            return 0;
        errno = EBUSY;
        return tree_fail(rm->t, rel, "remove it: another file system is mounted here", e);
    }
    if (rm->t->ops->unlinkat(dir, name, 0) != 0 && errno != ENOENT)
        return tree_fail(rm->t, rel, "remove it", e);
    return 0;
}

static int removal_left(void *arg, int dir, const char *name, const char *rel, struct err *e)
{
    struct removal *rm = arg;

    if (rm->t->ops->unlinkat(dir, name, AT_REMOVEDIR) != 0 && errno != ENOENT)
        return tree_fail(rm->t, rel, "remove this directory", e);
    return 0;
}

int tree_remove_tree(const struct tree *t, const char *rel, bool keep_top, struct err *e)
{
    struct removal rm = {.t = t};
    struct walk w = {.t = t, .seen = removal_seen, .left = removal_left, .arg = &rm};
    struct stat st;
    int fd;

    if (tree_stat(t, rel, &st, e) != 0)
        return e->kind == ERR_ABSENT ? (err_clear(e), 0) : -1;
    if (!S_ISDIR(st.st_mode))
        return tree_remove(t, rel, e);
    fd = tree_open_dir(t, rel, e);
    if (fd < 0)
        return -1;
    rm.dev = st.st_dev;
    if (walk_run(&w, fd, rel, e) != 0)
        return -1;
    return keep_top ? 0 : tree_remove(t, rel, e);
}

int tree_remove(const struct tree *t, const char *rel, struct err *e)
{
    const char *base;
    int dir = tree_open_parent(t, rel, &base, e);
    int r = 0;

    if (dir < 0) {
        if (e->kind != ERR_ABSENT)
            return -1;
        err_clear(e);
        return 0;
    }
    if (t->ops->unlinkat(dir, base, 0) != 0) {
        /* EISDIR is Linux; POSIX has EPERM for a directory. */
        r = errno == EISDIR || errno == EPERM ? t->ops->unlinkat(dir, base, AT_REMOVEDIR) : -1;
        if (r != 0 && errno == ENOENT)
            r = 0;
        if (r != 0) {
            if (errno == ENOTDIR)
                errno = EPERM;
            tree_fail(t, rel, "remove it", e);
        }
    }
    t->ops->close(dir);
    return r;
}

/* Makes the directory under its temporary name, as its parent is; a descriptor or -1 with errno. */
static int make_dir_beside(const struct fsops *ops, int parent, const struct stat *above)
{
    struct stat now;
    int fd;

    if (ops->mkdirat(parent, TREE_DIR_TEMP, 0700) != 0) {
        /* Left by a run that was killed; anything but an empty directory makes this fail again. */
        if (errno != EEXIST || ops->unlinkat(parent, TREE_DIR_TEMP, AT_REMOVEDIR) != 0 ||
            ops->mkdirat(parent, TREE_DIR_TEMP, 0700) != 0)
            return -1;
    }
    fd = ops->openat(parent, TREE_DIR_TEMP, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    /* Giving a directory away is for root alone; for anyone else it stays his. */
    if (ops->fstat(fd, &now) != 0 ||
        ((now.st_uid != above->st_uid || now.st_gid != above->st_gid) &&
         ops->fchown(fd, above->st_uid, above->st_gid) != 0 && errno != EPERM) ||
        ops->fchmod(fd, above->st_mode & 03777) != 0) {
        int sys = errno;

        ops->close(fd);
        errno = sys;
        return -1;
    }
    return fd;
}

/* Makes one directory. It appears under its name only when its mode and owner are set, since a later run
 * that finds it takes it for finished. */
static int make_dir(const struct tree *t, const char *rel, tree_created *created, void *arg, struct err *e)
{
    const struct fsops *ops = t->ops;
    struct stat above;
    const char *base;
    int parent = tree_open_parent(t, rel, &base, e);
    int fd;
    int r = -1;

    if (parent < 0)
        return -1;
    if (created != NULL && created(arg, rel, e) != 0)
        goto done;
    if (ops->fstat(parent, &above) != 0 || (fd = make_dir_beside(ops, parent, &above)) < 0) {
        tree_fail(t, rel, "make this directory", e);
        goto done;
    }
    r = ops->renameat(parent, TREE_DIR_TEMP, parent, base);
    if (r != 0) {
        tree_fail(t, rel, "make this directory", e);
        ops->unlinkat(parent, TREE_DIR_TEMP, AT_REMOVEDIR);
    }
    ops->close(fd);
done:
    ops->close(parent);
    return r;
}

int tree_mkdirs(const struct tree *t, const char *rel, tree_created *created, void *arg, struct err *e)
{
    size_t n = strlen(rel);
    char *path;
    size_t at;
    int r = 0;

    if (n == 0 || strcmp(rel, ".") == 0)
        return 0;
    path = mem_dup(rel, n);
    /* From the end back to the deepest directory that is there, then forward. */
    for (at = n; at > 0;) {
        int fd;

        path[at] = '\0';
        fd = tree_open_dir(t, path, e);
        if (fd >= 0) {
            t->ops->close(fd);
            break;
        }
        if (e->kind != ERR_ABSENT) {
            r = -1;
            break;
        }
        while (at > 0 && path[at] != '/')
            at--;
    }
    memcpy(path, rel, n);
    while (r == 0 && at < n) {
        at++;
        while (at < n && rel[at] != '/')
            at++;
        path[at] = '\0';
        r = make_dir(t, path, created, arg, e);
        if (at < n)
            path[at] = '/';
    }
    if (r == 0)
        err_clear(e);
    free(path);
    return r;
}
