/*
 * The path is taken apart by hand. What is still to do stands in `todo`, the link-free path walked so far in
 * `done`, and `at` is that directory. A link puts its target in front of todo. ".." can't be asked of the
 * kernel, since a directory moved meanwhile would lead out: the last part of done is dropped and the rest of
 * done is walked again from the root.
 */
#include "sys/tree_resolve.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define LINKS_MAX 40   /* the kernel's own limit */
#define STEPS_MAX 8192 /* parts walked in all; ends paths made of links and ".." that grow without end */
#define PATH_ROOM 8192 /* a path and a link's target, each below 4096 */

struct walk {
    const struct fsops *ops;
    int root;
    int at; /* root, or a descriptor of our own */
    char done[PATH_ROOM];
    char todo[PATH_ROOM];
    unsigned links;
};

static void leave(struct walk *w)
{
    int keep = errno;

    if (w->at != w->root)
        w->ops->close(w->at);
    w->at = w->root;
    errno = keep;
}

/* Puts text and, behind a slash, the present todo into todo. */
static int put_in_front(struct walk *w, const char *text, size_t n)
{
    size_t rest = strlen(w->todo);

    if (rest == 0 && n < sizeof w->todo) {
        memcpy(w->todo, text, n);
        w->todo[n] = '\0';
        return 0;
    }
    if (n + 1 + rest >= sizeof w->todo) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memmove(w->todo + n + 1, w->todo, rest + 1);
    memcpy(w->todo, text, n);
    w->todo[n] = '/';
    return 0;
}

static int go_up(struct walk *w)
{
    char *slash = strrchr(w->done, '/');
    size_t n = slash ? (size_t)(slash - w->done) : 0;

    if (w->done[0] == '\0') {
        errno = EXDEV;
        return -1;
    }
    if (put_in_front(w, w->done, n) != 0)
        return -1;
    w->done[0] = '\0';
    leave(w);
    return 0;
}

static int go_link(struct walk *w, const char *target, size_t n)
{
    if (++w->links > LINKS_MAX) {
        errno = ELOOP;
        return -1;
    }
    if (n == 0 || target[0] == '/') {
        errno = n == 0 ? ENOENT : EXDEV;
        return -1;
    }
    return put_in_front(w, target, n);
}

static int go_down(struct walk *w, const char *part)
{
    size_t n = strlen(w->done);
    int fd = w->ops->openat(w->at, part, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);

    if (fd < 0)
        return -1;
    leave(w);
    w->at = fd;
    if (n + strlen(part) + 2 > sizeof w->done) {
        errno = ENAMETOOLONG;
        return -1;
    }
    snprintf(w->done + n, sizeof w->done - n, "%s%s", n ? "/" : "", part);
    return 0;
}

/* Takes the first part off todo; last tells that nothing stands behind it. */
static int next_part(struct walk *w, char part[256], bool *last)
{
    const char *p = w->todo + strspn(w->todo, "/");
    size_t n = strcspn(p, "/");
    const char *rest = p + n + strspn(p + n, "/");

    if (n > 255) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(part, p, n);
    part[n] = '\0';
    /* "part/" asks for a directory; the slash is kept so that a file of that name is not opened. */
    *last = *rest == '\0' && p[n] != '/';
    memmove(w->todo, rest, strlen(rest) + 1);
    return 0;
}

/* One part: 1 with *fd when the end was reached, 0 to go on, -1. */
static int step(struct walk *w, int flags, mode_t mode, int *fd)
{
    char target[4096];
    char part[256];
    bool last;
    ssize_t n;

    if (next_part(w, part, &last) != 0)
        return -1;
    if (part[0] == '\0' || (last && strcmp(part, ".") == 0)) {
        *fd = w->ops->openat(w->at, ".", flags | O_CLOEXEC, mode);
        return *fd < 0 ? -1 : 1;
    }
    if (strcmp(part, ".") == 0)
        return 0;
    if (strcmp(part, "..") == 0)
        return go_up(w);
    n = w->ops->readlinkat(w->at, part, target, sizeof target);
    if (n < 0 && errno != EINVAL && errno != ENOENT)
        return -1;
    if (n == (ssize_t)sizeof target) {
        errno = ENAMETOOLONG;
        return -1;
    }
    /* With O_NOFOLLOW, or when a new file must be made, the last part is not looked through. */
    if (n >= 0 &&
        !(last && ((flags & O_NOFOLLOW) != 0 || (flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL))))
        return go_link(w, target, (size_t)n);
    if (last) {
        *fd = w->ops->openat(w->at, part, flags | O_NOFOLLOW | O_CLOEXEC, mode);
        return *fd < 0 ? -1 : 1;
    }
    return go_down(w, part);
}

int tree_resolve(const struct fsops *ops, int root, const char *rel, int flags, mode_t mode)
{
    struct walk w = {.ops = ops, .root = root, .at = root};
    unsigned steps = 0;
    int fd = -1;
    int r;

    if (strlen(rel) >= 4096) {
        errno = ENAMETOOLONG;
        return -1;
    }
    snprintf(w.todo, sizeof w.todo, "%s", rel);
    do {
        r = step(&w, flags, mode, &fd);
        if (r == 0 && ++steps > STEPS_MAX) {
            errno = ELOOP;
            r = -1;
        }
    } while (r == 0);
    leave(&w);
    return r < 0 ? -1 : fd;
}
