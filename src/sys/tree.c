#include "sys/tree.h"

#include "base/mem.h"
#include "base/str.h"
#include "sys/tree_resolve.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HOLDS_MAX  ((size_t)1024 * 1024) /* code and settings of shops are shorter */
#define RACE_TRIES 8                     /* openat2 says EAGAIN when a rename elsewhere crossed its way */

static int open_beneath(const struct tree *t, const char *rel, int flags, mode_t mode)
{
    struct fsops_how how = {
        .flags = (uint64_t)(unsigned)(flags | O_CLOEXEC),
        .mode = flags & O_CREAT ? mode : 0,
        .resolve = FSOPS_RESOLVE_BENEATH | FSOPS_RESOLVE_NO_MAGICLINKS,
    };
    int fd;
    int i;

    if (t->by_hand)
        return tree_resolve(t->ops, t->fd, rel, flags, mode);
    for (i = 0; i < RACE_TRIES; i++) {
        fd = t->ops->openat2(t->fd, rel, &how);
        if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
            break;
    }
    return fd;
}

/* The path for the kernel: "." for the root. NULL for one that may not be used. */
static const char *checked(const char *rel, bool root_too)
{
    if (root_too && (rel[0] == '\0' || strcmp(rel, ".") == 0))
        return ".";
    return str_is_safe_path(str_of(rel)) ? rel : NULL;
}

static int unsafe(const struct tree *t, const char *rel, struct err *e)
{
    return err_set(e, ERR_REFUSED, "%s: the path \"%s\" is not a plain path below it", t->path, rel);
}

int tree_check(const struct tree *t, const char *rel, struct err *e)
{
    return checked(rel, false) ? 0 : unsafe(t, rel, e);
}

void tree_path(const struct tree *t, const char *rel, struct buf *out)
{
    buf_adds(out, t->path);
    if (rel[0] == '\0' || strcmp(rel, ".") == 0)
        return;
    if (out->n == 0 || out->p[out->n - 1] != '/')
        buf_addc(out, '/');
    buf_adds(out, rel);
}

int tree_fail(const struct tree *t, const char *rel, const char *what, struct err *e)
{
    int sys = errno;
    struct buf path = {0};
    const char *p;

    tree_path(t, rel, &path);
    p = buf_cstr(&path);
    errno = sys;
    if (sys == EXDEV)
        err_set(e, ERR_REFUSED, "%s: can't %s: a symbolic link in this path leads out of %s", p, what,
                t->path);
    else if (sys == ELOOP)
        err_set(e, ERR_REFUSED, "%s: can't %s: it is a symbolic link, or its path holds too many of them", p,
                what);
    else
        err_sys(e, "%s: can't %s", p, what);
    if (sys == ENOENT)
        e->kind = ERR_ABSENT;
    e->sys = sys;
    buf_free(&path);
    return -1;
}

int tree_open(struct tree *t, const char *path, struct err *e)
{
    struct fsops_how probe = {.flags = O_PATH | O_DIRECTORY | O_CLOEXEC, .resolve = FSOPS_RESOLVE_BENEATH};
    int fd;

    if (t->ops == NULL)
        t->ops = &fsops_real;
    fd = t->ops->openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    if (fd < 0) {
        err_sys(e, "%s: can't open this directory", path);
        if (e->sys == ENOENT || e->sys == ENOTDIR)
            e->kind = ERR_ABSENT;
        return -1;
    }
    t->fd = fd;
    t->path = mem_strdup(path);
    if (!t->by_hand) {
        fd = t->ops->openat2(t->fd, ".", &probe);
        /* Old container filters answer EPERM for calls they don't know. */
        t->by_hand = fd < 0 && (errno == ENOSYS || errno == EPERM);
        if (fd >= 0)
            t->ops->close(fd);
    }
    return 0;
}

int tree_open_sub(struct tree *sub, const struct tree *t, const char *rel, struct err *e)
{
    struct buf path = {0};
    int fd = tree_open_dir(t, rel, e);

    if (fd < 0)
        return -1;
    tree_path(t, rel, &path);
    sub->fd = fd;
    sub->path = mem_strdup(buf_cstr(&path));
    sub->ops = t->ops;
    sub->by_hand = t->by_hand;
    buf_free(&path);
    return 0;
}

void tree_close(struct tree *t)
{
    if (t->path == NULL)
        return;
    t->ops->close(t->fd);
    free(t->path);
    t->path = NULL;
    t->fd = -1;
}

int tree_open_file(const struct tree *t, const char *rel, int flags, mode_t mode, struct err *e)
{
    const char *path = checked(rel, false);
    struct stat st;
    int fd;

    if (path == NULL)
        return unsafe(t, rel, e);
    flags |= O_NONBLOCK | O_NOCTTY;
    if ((flags & O_ACCMODE) == O_RDONLY)
        flags |= O_NOATIME;
    fd = open_beneath(t, path, flags, mode);
    /* Reading without a trace is for the file's owner alone. */
    if (fd < 0 && errno == EPERM && (flags & O_NOATIME) != 0)
        fd = open_beneath(t, path, flags & ~O_NOATIME, mode);
    if (fd < 0) {
        tree_fail(t, rel, flags & O_CREAT ? "make this file" : "open this file", e);
        if (e->sys == ENOTDIR)
            e->kind = ERR_ABSENT;
        return -1;
    }
    if (t->ops->fstat(fd, &st) != 0) {
        tree_fail(t, rel, "look at this file", e);
        t->ops->close(fd);
        return -1;
    }
    if (!S_ISREG(st.st_mode)) {
        struct buf full = {0};

        t->ops->close(fd);
        tree_path(t, rel, &full);
        err_set(e, ERR_FORMAT, "%s: not a regular file", buf_cstr(&full));
        buf_free(&full);
        return -1;
    }
    return fd;
}

int tree_open_dir(const struct tree *t, const char *rel, struct err *e)
{
    const char *path = checked(rel, true);
    int fd;

    if (path == NULL)
        return unsafe(t, rel, e);
    fd = open_beneath(t, path, O_RDONLY | O_DIRECTORY, 0);
    return fd < 0 ? tree_fail(t, rel, "open this directory", e) : fd;
}

int tree_open_parent(const struct tree *t, const char *rel, const char **base, struct err *e)
{
    const char *slash = strrchr(rel, '/');
    char *dir;
    int fd;

    if (tree_check(t, rel, e) != 0)
        return -1;
    *base = slash ? slash + 1 : rel;
    if (slash == NULL)
        return tree_open_dir(t, ".", e);
    dir = mem_dup(rel, (size_t)(slash - rel));
    fd = tree_open_dir(t, dir, e);
    free(dir);
    return fd;
}

/* at -1: from the descriptor's position on. */
static ssize_t read_until(const struct tree *t, int fd, char *p, size_t n, off_t at)
{
    size_t got = 0;

    while (got < n) {
        ssize_t r = at < 0 ? t->ops->read(fd, p + got, n - got) : t->ops->pread(fd, p + got, n - got, at + (off_t)got);

        if (r < 0 && errno == EINTR)
            continue;
        if (r < 0)
            return -1;
        if (r == 0)
            break;
        got += (size_t)r;
    }
    return (ssize_t)got;
}

ssize_t tree_read_full(const struct tree *t, int fd, void *p, size_t n)
{
    return read_until(t, fd, p, n, -1);
}

ssize_t tree_read_at(const struct tree *t, int fd, void *p, size_t n, uint64_t at)
{
    if (at > (uint64_t)INT64_MAX - n) {
        errno = EOVERFLOW;
        return -1;
    }
    return read_until(t, fd, p, n, (off_t)at);
}

int tree_write_full(const struct tree *t, int fd, const void *p, size_t n)
{
    size_t put = 0;

    while (put < n) {
        ssize_t r = t->ops->write(fd, (const char *)p + put, n - put);

        if (r < 0 && errno == EINTR)
            continue;
        if (r <= 0) {
            if (r == 0)
                errno = ENOSPC;
            return -1;
        }
        put += (size_t)r;
    }
    return 0;
}

int tree_read(const struct tree *t, const char *rel, size_t max, struct buf *out, struct err *e)
{
    size_t before = out->n;
    struct buf full = {0};
    struct stat st;
    ssize_t n;
    int fd = tree_open_file(t, rel, O_RDONLY, 0, e);
    int r = -1;

    if (fd < 0)
        return -1;
    tree_path(t, rel, &full);
    if (t->ops->fstat(fd, &st) != 0) {
        tree_fail(t, rel, "look at this file", e);
        goto done;
    }
    if (st.st_size < 0 || (uint64_t)st.st_size > max) {
        err_set(e, ERR_FORMAT, "%s: %lld bytes, at most %zu expected", buf_cstr(&full), (long long)st.st_size,
                max);
        goto done;
    }
    /* The file may grow while it is read: one byte more is asked for until the end is seen. */
    do {
        size_t left = max - (out->n - before);
        size_t want = (size_t)st.st_size + 1;

        if (want > left + 1)
            want = left + 1;
        n = tree_read_full(t, fd, buf_room(out, want), want);
        if (n < 0) {
            tree_fail(t, rel, "read this file", e);
            goto done;
        }
        out->n += (size_t)n;
        if (out->n - before > max) {
            err_set(e, ERR_FORMAT, "%s: more than the %zu bytes expected", buf_cstr(&full), max);
            goto done;
        }
        if ((size_t)n < want)
            break;
    } while (true);
    r = 0;
done:
    if (r != 0)
        out->n = before;
    buf_free(&full);
    t->ops->close(fd);
    return r;
}

/* A name without a slash leads nowhere else: one call does. */
static int stat_beneath(const struct tree *t, const char *path, struct stat *st)
{
    int saved;
    int fd;
    int r;

    if (strchr(path, '/') == NULL)
        return t->ops->fstatat(t->fd, path, st, AT_SYMLINK_NOFOLLOW);
    fd = open_beneath(t, path, O_PATH | O_NOFOLLOW, 0);
    if (fd < 0)
        return -1;
    r = t->ops->fstat(fd, st);
    saved = errno;
    t->ops->close(fd);
    errno = saved;
    return r;
}

int tree_stat(const struct tree *t, const char *rel, struct stat *st, struct err *e)
{
    const char *path = checked(rel, true);

    if (path == NULL)
        return unsafe(t, rel, e);
    if (stat_beneath(t, path, st) == 0)
        return 0;
    tree_fail(t, rel, "look at it", e);
    if (e->sys == ENOTDIR)
        e->kind = ERR_ABSENT;
    return -1;
}

bool tree_exists(const struct tree *t, const char *rel)
{
    struct stat st;
    struct err e;

    return tree_stat(t, rel, &st, &e) == 0;
}

bool tree_holds(const struct tree *t, const char *rel, const char *words)
{
    struct buf text = {0};
    struct err ignored = {0};
    bool found = tree_read(t, rel, HOLDS_MAX, &text, &ignored) == 0 && str_has(buf_str(&text), str_of(words));

    if (text.p)
        explicit_bzero(text.p, text.cap);
    buf_free(&text);
    return found;
}
