#include "sys/pack.h"

#include "base/mem.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#define PIECE ((size_t)256 * 1024)

struct packing {
    const struct tree *from;
    struct pack_gz *to;
    const struct pack_opts *opt;
    struct pack_result *r;
    struct archive *a;
    struct archive_entry *entry;
    uint8_t *piece;
    bool counting; /* nothing is read or written */
    bool dropping;      /* what the library still writes goes nowhere */
    struct err written; /* why the output failed */
};

static void problem(struct packing *p, const char *rel, const char *why)
{
    p->r->problems++;
    if (p->opt->problem)
        p->opt->problem(p->opt->arg, rel, why);
}

static int progress(struct packing *p, uint64_t more, struct err *e)
{
    if (p->opt->progress && p->opt->progress(p->opt->arg, p->r->files, p->r->bytes + more) != 0)
        return err_set(e, ERR_STOPPED, "stopped while files were packed, as you asked");
    return 0;
}

/* A failure is kept and seen behind the library's call: an archive that it calls broken it does not free. */
static la_ssize_t on_write(struct archive *a, void *arg, const void *bytes, size_t n)
{
    struct packing *p = arg;

    (void)a;
    if (!p->dropping && pack_gz_write(p->to, bytes, n, &p->written) < 0)
        p->dropping = true;
    return (la_ssize_t)n;
}

static int failed(struct packing *p, const char *rel, struct err *e)
{
    if (p->written.kind != ERR_NONE) {
        *e = p->written;
        return -1;
    }
    return err_set(e, ERR_IO, "%s/%s can't be packed: %s", p->from->path, rel, archive_error_string(p->a));
}

static int put_header(struct packing *p, const char *rel, const struct stat *st, mode_t type, uint64_t size, struct err *e)
{
    archive_entry_copy_pathname(p->entry, rel);
    archive_entry_set_filetype(p->entry, type);
    archive_entry_set_perm(p->entry, st->st_mode & 07777);
    archive_entry_set_uid(p->entry, st->st_uid);
    archive_entry_set_gid(p->entry, st->st_gid);
    archive_entry_set_mtime(p->entry, st->st_mtim.tv_sec, st->st_mtim.tv_nsec);
    archive_entry_set_size(p->entry, (la_int64_t)size);
    /* A warning is about what the form can't hold, such as part of a time. */
    if (archive_write_header(p->a, p->entry) < ARCHIVE_WARN || p->dropping)
        return failed(p, rel, e);
    return 0;
}

static int put_link(struct packing *p, const char *rel, const struct stat *st, struct err *e)
{
    char target[4096];
    const char *base;
    ssize_t n;
    int dir = tree_open_parent(p->from, rel, &base, e);

    if (dir < 0)
        return -1;
    n = p->from->ops->readlinkat(dir, base, target, sizeof target - 1);
    if (n < 0)
        tree_fail(p->from, rel, "read this link", e);
    p->from->ops->close(dir);
    if (n < 0) {
        problem(p, rel, e->text);
        err_clear(e);
        return 0;
    }
    target[n] = '\0';
    archive_entry_clear(p->entry);
    archive_entry_copy_symlink(p->entry, target);
    p->r->links++;
    return put_header(p, rel, st, AE_IFLNK, 0, e);
}

struct file {
    const char *rel;
    int fd;
    uint64_t size; /* as announced */
    struct hash md5;
    const char *changed; /* what happened to it meanwhile */
};

/* Exactly the announced bytes. What can't be read any more is made of zeros and reported. */
static int put_data(struct packing *p, struct file *f, struct err *e)
{
    uint64_t put = 0;
    bool ended = false;

    while (put < f->size) {
        size_t want = f->size - put < PIECE ? (size_t)(f->size - put) : PIECE;
        ssize_t n = ended ? 0 : tree_read_full(p->from, f->fd, p->piece, want);

        if (n < (ssize_t)want) {
            size_t have = n > 0 ? (size_t)n : 0;

            f->changed = n < 0 ? "could not be read to its end; what is missing is stored as zeros"
                               : f->changed ? f->changed : "became shorter while it was read; what is missing is stored as zeros";
            ended = true;
            memset(p->piece + have, 0, want - have);
        }
        hash_add(&f->md5, p->piece, want);
        if (archive_write_data(p->a, p->piece, want) != (la_ssize_t)want || p->dropping)
            return failed(p, f->rel, e);
        put += want;
        if (put < f->size && progress(p, put, e) < 0)
            return -1;
    }
    return 0;
}

static bool has_changed(const struct packing *p, const struct file *f, const struct stat *before)
{
    struct stat now;

    return p->from->ops->fstat(f->fd, &now) == 0 &&
           (now.st_size != before->st_size || now.st_mtim.tv_sec != before->st_mtim.tv_sec ||
            now.st_mtim.tv_nsec != before->st_mtim.tv_nsec);
}

static int put_open_file(struct packing *p, struct file *f, struct err *e)
{
    struct digest digest;
    struct stat st;

    if (p->from->ops->fstat(f->fd, &st) != 0) {
        tree_fail(p->from, f->rel, "look at this file", e);
        problem(p, f->rel, e->text);
        err_clear(e);
        return 0;
    }
    f->size = (uint64_t)st.st_size;
    hash_start(&f->md5, HASH_MD5);
    archive_entry_clear(p->entry);
    if (put_header(p, f->rel, &st, AE_IFREG, f->size, e) < 0 || put_data(p, f, e) < 0)
        return -1;
    if (f->changed == NULL && has_changed(p, f, &st))
        f->changed = "changed while it was read; what is stored may be of two moments";
    if (f->changed)
        problem(p, f->rel, f->changed);
    p->r->files++;
    p->r->bytes += f->size;
    hash_end(&f->md5, &digest);
    if (p->opt->stored && p->opt->stored(p->opt->arg, f->rel, &digest, f->size, e) < 0)
        return -1;
    return progress(p, 0, e);
}

static int put_file(struct packing *p, const char *rel, struct err *e)
{
    struct file f = {.rel = rel, .fd = tree_open_file(p->from, rel, O_RDONLY | O_NOFOLLOW, 0, e)};
    int r;

    if (f.fd < 0) {
        /* Gone since it was seen is what shops do all the time; the rest is worth a word. */
        if (e->kind != ERR_ABSENT)
            problem(p, rel, e->text);
        err_clear(e);
        return 0;
    }
    r = put_open_file(p, &f, e);
    p->from->ops->close(f.fd);
    return r;
}

static int visit(void *arg, const char *rel, const struct stat *st, struct err *e)
{
    struct packing *p = arg;
    enum pack_choice choice = p->opt->choose ? p->opt->choose(p->opt->arg, rel, st) : PACK_STORE;

    if (choice == PACK_LEAVE)
        return S_ISDIR(st->st_mode) ? TREE_SKIP : 0;
    if (S_ISDIR(st->st_mode)) {
        p->r->dirs++;
        archive_entry_clear(p->entry);
        if (!p->counting && put_header(p, rel, st, AE_IFDIR, 0, e) < 0)
            return -1;
        return choice == PACK_EMPTY ? TREE_SKIP : 0;
    }
    if (S_ISREG(st->st_mode)) {
        if (!p->counting)
            return put_file(p, rel, e);
        p->r->files++;
        p->r->bytes += (uint64_t)st->st_size;
        return 0;
    }
    if (S_ISLNK(st->st_mode)) {
        if (!p->counting)
            return put_link(p, rel, st, e);
        p->r->links++;
        return 0;
    }
    p->r->passed_over++;
    return 0;
}

static int fault(void *arg, const char *rel, const struct err *why)
{
    problem(arg, rel, why->text);
    return 0;
}

/* The tar form of GNU: any name and any size, byte by byte, for every reader there is. */
static struct archive *new_archive(struct packing *p)
{
    struct archive *a = archive_write_new();

    if (a == NULL)
        mem_exhausted();
    if (archive_write_set_format_gnutar(a) != ARCHIVE_OK || archive_write_add_filter_none(a) != ARCHIVE_OK ||
        archive_write_set_bytes_per_block(a, 0) != ARCHIVE_OK ||
        archive_write_open2(a, p, NULL, on_write, NULL, NULL) != ARCHIVE_OK) {
        archive_write_free(a);
        return NULL;
    }
    return a;
}

int pack_tree(const struct tree *from, struct pack_gz *to, const struct pack_opts *opt, struct pack_result *r, struct err *e)
{
    struct packing p = {.from = from, .to = to, .opt = opt, .r = r};
    int rc = -1;

    memset(r, 0, sizeof *r);
    p.a = new_archive(&p);
    if (p.a == NULL)
        return err_set(e, ERR_IO, "the tar writer could not be set up");
    p.entry = archive_entry_new();
    if (p.entry == NULL)
        mem_exhausted();
    p.piece = mem_alloc(PIECE);
    if (tree_walk(from, "", visit, fault, &p, e) == 0) {
        if (archive_write_close(p.a) == ARCHIVE_OK && !p.dropping)
            rc = 0;
        else
            failed(&p, "", e);
    }
    /* Freeing would write the end mark, which a cut archive must not have. */
    p.dropping = true;
    archive_write_free(p.a);
    archive_entry_free(p.entry);
    free(p.piece);
    return rc;
}

int pack_measure(const struct tree *from, const struct pack_opts *opt, struct pack_result *r, struct err *e)
{
    struct packing p = {.from = from, .opt = opt, .r = r, .counting = true};
    int rc;

    memset(r, 0, sizeof *r);
    p.entry = archive_entry_new();
    if (p.entry == NULL)
        mem_exhausted();
    rc = tree_walk(from, "", visit, fault, &p, e);
    archive_entry_free(p.entry);
    return rc;
}
