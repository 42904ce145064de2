#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"
#include "sys/archive.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define PIECE ((size_t)64 * 1024)

struct extraction {
    struct archive_src *a;
    const struct archive_extract_options *opt;
    struct archive_extract_result *out;
    struct tree to;
    struct stat above; /* the directory that the new one is in */
    char *piece;
};

/* The path without its first n directories, or NULL when nothing is left. */
static const char *stripped(const char *path, unsigned n)
{
    for (; n > 0; n--) {
        path = strchr(path, '/');
        if (path == NULL)
            return NULL;
        path++;
    }
    return path;
}

static int write_data(struct extraction *x, int fd, const char *rel, struct err *e)
{
    ssize_t n;

    while ((n = archive_src_read(x->a, x->piece, PIECE, e)) > 0) {
        if (tree_write_full(&x->to, fd, x->piece, (size_t)n) != 0)
            return tree_fail(&x->to, rel, "write it", e);
        x->out->bytes += (uint64_t)n;
        if (x->opt->progress != NULL && x->opt->progress(x->opt->progress_arg, archive_src_offset(x->a)) != 0)
            return err_set(e, ERR_REFUSED, "unpacking was stopped");
    }
    return n < 0 ? -1 : 0;
}

static int write_file(struct extraction *x, const char *rel, struct err *e)
{
    const struct fsops *ops = x->to.ops;
    const char *slash = strrchr(rel, '/');
    char *dir = mem_dup(rel, slash ? (size_t)(slash - rel) : 0);
    struct stat st;
    int r = tree_mkdirs(&x->to, dir, NULL, NULL, e);
    int fd;

    free(dir);
    if (r != 0)
        return -1;
    if (tree_stat(&x->to, rel, &st, e) == 0 && S_ISREG(st.st_mode)) {
        x->out->twice++;
        if (tree_remove(&x->to, rel, e) != 0)
            return -1;
    }
    err_clear(e);
    fd = tree_open_file(&x->to, rel, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600, e);
    if (fd < 0)
        return -1;
    r = write_data(x, fd, rel, e);
    if (r == 0 && ((ops->fchown(fd, x->above.st_uid, x->above.st_gid) != 0 && errno != EPERM) ||
                   ops->fchmod(fd, x->above.st_mode & 0666) != 0))
        r = tree_fail(&x->to, rel, "set its owner and mode", e);
    ops->close(fd);
    x->out->files += r == 0;
    return r;
}

static int write_all(struct extraction *x, struct err *e)
{
    struct archive_item item;
    int r;

    while ((r = archive_src_next(x->a, &item, e)) > 0) {
        const char *rel = stripped(item.path, x->opt->strip);

        if (rel == NULL || (x->opt->wanted != NULL && !x->opt->wanted(x->opt->wanted_arg, rel)))
            continue;
        if ((item.is_dir ? tree_mkdirs(&x->to, rel, NULL, NULL, e) : write_file(x, rel, e)) != 0)
            return -1;
    }
    return r;
}

/* Prepares the directory under the name `part`, beside its place. */
static int open_part(struct extraction *x, const struct tree *t, const char *rel, const char *part,
                     struct err *e)
{
    const char *base;
    int dir;
    int r;

    if (tree_exists(t, rel)) {
        err_set(e, ERR_REFUSED, "%s/%s: is there already; nothing is unpacked over it", t->path, rel);
        return -1;
    }
    dir = tree_open_parent(t, rel, &base, e);
    if (dir < 0)
        return -1;
    r = t->ops->fstat(dir, &x->above);
    if (r != 0)
        tree_fail(t, rel, "look at the directory above it", e);
    t->ops->close(dir);
    if (r != 0 || tree_remove_tree(t, part, false, e) != 0 || tree_mkdirs(t, part, NULL, NULL, e) != 0)
        return -1;
    return tree_open_sub(&x->to, t, part, e);
}

/* All is written: it gets on disk, then its name. */
static int give_name(const struct extraction *x, const struct tree *t, const char *rel, const char *part,
                     struct err *e)
{
    const char *from;
    const char *to;
    int dir;
    int r;

    if (t->ops->syncfs(x->to.fd) != 0)
        return tree_fail(t, part, "sync its file system", e);
    dir = tree_open_parent(t, rel, &to, e);
    if (dir < 0)
        return -1;
    from = strrchr(part, '/') ? strrchr(part, '/') + 1 : part;
    r = t->ops->renameat(dir, from, dir, to);
    if (r != 0)
        tree_fail(t, rel, "give the unpacked directory its name", e);
    else if (t->ops->fsync(dir) != 0)
        r = tree_fail(t, rel, "sync the directory above it", e);
    t->ops->close(dir);
    return r;
}

int archive_extract(struct archive_src *a, const struct tree *t, const char *rel,
                    const struct archive_extract_options *opt, struct archive_extract_result *out,
                    struct err *e)
{
    static const struct archive_extract_options none = {0};
    struct extraction x = {.a = a, .opt = opt ? opt : &none, .out = out};
    struct buf part = {0};
    int r = -1;

    memset(out, 0, sizeof *out);
    buf_printf(&part, "%s.part", rel);
    x.piece = mem_alloc(PIECE);
    if (open_part(&x, t, rel, buf_cstr(&part), e) == 0) {
        r = write_all(&x, e);
        if (r == 0)
            r = give_name(&x, t, rel, buf_cstr(&part), e);
        if (r != 0) {
            struct err ignored;

            tree_remove_tree(t, buf_cstr(&part), false, &ignored);
        }
    }
    tree_close(&x.to);
    free(x.piece);
    buf_free(&part);
    return r;
}
