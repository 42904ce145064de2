#include "sys/archive.h"

#include "base/mem.h"
#include "base/str.h"
#include "sys/path_set.h"
#include "sys/zip.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NAME_SHOWN 200 /* of a path in a message */
#define TAR_BLOCK  512

enum place { AT_START, IN_DATA, BEHIND };

struct archive_src {
    const struct fsops *ops;
    int fd;
    enum archive_kind kind;
    struct archive_options opt;
    char *name;
    char *path; /* of the present entry, cleaned */
    enum place place;
    uint64_t entries;
    uint64_t bytes; /* of data given out */
    uint64_t file_size;
    struct path_set seen;
    bool over;  /* nothing follows what failed */
    struct err failed; /* what it was */
    /* tar */
    struct archive *la;
    struct inflate *in;
    uint64_t at;            /* next place of the file to read */
    struct err in_err;      /* what failed below libarchive */
    uint8_t tail[TAR_BLOCK]; /* the last bytes of the tar itself */
    bool lost;              /* looking for the next good header */
    /* zip */
    struct zip zip;
    size_t next;
    bool walking; /* the list is lost, local headers lead */
};

/* What the formats have in common of an entry. */
struct found {
    struct str path;
    mode_t mode; /* with its type */
    bool hard_link;
    uint64_t size;
    bool has_mtime;
    struct timespec mtime;
};

static ssize_t source(void *arg, void *p, size_t n, struct err *e)
{
    struct archive_src *a = arg;
    ssize_t got;

    do
        got = a->ops->pread(a->fd, p, n, (off_t)a->at);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return err_sys(e, "can't read it");
    a->at += (uint64_t)got;
    return got;
}

static void keep_tail(struct archive_src *a, const uint8_t *p, size_t n)
{
    if (n > TAR_BLOCK) {
        p += n - TAR_BLOCK;
        n = TAR_BLOCK;
    }
    memmove(a->tail, a->tail + n, TAR_BLOCK - n);
    memcpy(a->tail + TAR_BLOCK - n, p, n);
}

static la_ssize_t read_cb(struct archive *la, void *arg, const void **p)
{
    struct archive_src *a = arg;
    ssize_t n = inflate_next(a->in, p, &a->in_err);

    if (n < 0)
        archive_set_error(la, EIO, "%s", "the file can't be read on");
    else
        keep_tail(a, *p, (size_t)n);
    return n;
}

/* Puts name and place around what e says. */
static int place_error(struct archive_src *a, struct err *e)
{
    static const char *const where[] = {"", ", inside the entry", ", behind the entry"};
    struct err why = *e;

    if (e->kind != ERR_FORMAT && e->kind != ERR_REFUSED && e->kind != ERR_IO)
        why.kind = ERR_FORMAT;
    if (a->path == NULL || a->place == AT_START)
        err_set(e, why.kind, "%s: %.1000s", a->name, why.text);
    else
        err_set(e, why.kind, "%s: %.1000s%s \"%.*s\"", a->name, why.text, where[a->place], NAME_SHOWN, a->path);
    e->sys = why.sys;
    if (why.kind == ERR_FORMAT)
        err_fix(e, "get this file again from where it came from");
    return -1;
}

static int end_with(struct archive_src *a, struct err *e)
{
    a->over = true;
    a->failed = *e;
    return -1;
}

/* What libarchive could not do. */
static int fail_tar(struct archive_src *a, struct err *e)
{
    const char *what = archive_error_string(a->la);

    if (a->in_err.kind != ERR_NONE)
        *e = a->in_err;
    else if (what != NULL && strstr(what, "runcated") != NULL)
        err_set(e, ERR_FORMAT, "cut off: it ends at byte %" PRIu64, a->file_size);
    else
        err_set(e, ERR_FORMAT, "damaged before byte %" PRIu64 ": %s", inflate_in(a->in),
                what ? what : "for unknown reasons");
    place_error(a, e);
    return end_with(a, e);
}

static int open_tar(struct archive_src *a, struct err *e)
{
    a->in = inflate_open(source, a, e);
    if (a->in == NULL)
        return place_error(a, e);
    a->la = archive_read_new();
    if (a->la == NULL)
        mem_exhausted();
    archive_read_support_format_tar(a->la);
    archive_read_set_read_callback(a->la, read_cb);
    archive_read_set_callback_data(a->la, a);
    return archive_read_open1(a->la) == ARCHIVE_OK ? 0 : fail_tar(a, e);
}

/* Names the entry in which a zip without a list ends, by its local headers. */
static int fail_listless(struct archive_src *a, struct err *e)
{
    struct zip_member m;
    char last[NAME_SHOWN + 1] = "";
    uint64_t ends = 0;
    struct err ignored;

    a->zip.at = 0;
    while (zip_walk(&a->zip, &m, &ignored) > 0) {
        snprintf(last, sizeof last, "%.*s", STR_FMT(m.name));
        ends = m.packed == UINT64_MAX ? 0 : a->zip.at + m.packed;
        if (ends > a->zip.at)
            a->zip.at = ends;
    }
    err_set(e, ERR_FORMAT, "cut off: it ends at byte %" PRIu64 ", and the list at the end of this zip is missing",
            a->file_size);
    place_error(a, e);
    if (last[0] != '\0' && ends > a->file_size)
        err_set(e, ERR_FORMAT, "%s: cut off at byte %" PRIu64 ", inside the entry \"%s\", which ends at byte %" PRIu64
                ", and the list at the end of this zip is missing", a->name, a->file_size, last, ends);
    else if (last[0] != '\0')
        err_set(e, ERR_FORMAT, "%s: cut off at byte %" PRIu64 ", in or behind the entry \"%s\", and the list at the end of this "
                "zip is missing", a->name, a->file_size, last);
    err_fix(e, "get this file again from where it came from");
    return -1;
}

static int open_zip(struct archive_src *a, struct err *e)
{
    if (zip_open(&a->zip, a->ops, a->fd, a->file_size, ARCHIVE_ENTRIES_MAX, e) == 0)
        return 0;
    if (e->kind == ERR_ABSENT)
        fail_listless(a, e);
    else
        place_error(a, e);
    if (!a->opt.salvage || e->kind != ERR_FORMAT)
        return -1;
    /* The local headers lead; the damage itself is what the first call says. */
    a->zip.all.n = 0;
    a->zip.at = 0;
    a->walking = true;
    a->failed = *e;
    return 0;
}

struct archive_src *archive_src_open(const struct fsops *ops, int fd, const char *name,
                                     const struct archive_options *opt, struct err *e)
{
    struct archive_src *a = mem_alloc(sizeof *a);
    struct archive_look *look = mem_alloc(sizeof *look);
    int r;

    a->name = mem_strdup(name);
    if (opt != NULL)
        a->opt = *opt;
    if (a->opt.max_bytes == 0)
        a->opt.max_bytes = ARCHIVE_BYTES_MAX;
    a->ops = ops ? ops : &fsops_real;
    a->fd = fd;
    memset(a->tail, 1, sizeof a->tail);
    r = archive_look(a->ops, fd, name, look, e);
    a->kind = look->kind;
    a->file_size = look->size;
    if (r == 0 && a->kind == ARCHIVE_NONE) {
        r = err_set(e, ERR_FORMAT, "%s: neither tar nor zip, or its beginning is damaged (%" PRIu64 " bytes are there)", name,
                    a->file_size);
        err_fix(e, "get this file again from where it came from");
    }
    if (r == 0)
        r = a->kind == ARCHIVE_ZIP ? open_zip(a, e) : open_tar(a, e);
    free(look);
    if (r != 0) {
        archive_src_close(a);
        return NULL;
    }
    return a;
}

void archive_src_close(struct archive_src *a)
{
    if (a == NULL)
        return;
    if (a->la != NULL)
        archive_read_free(a->la);
    inflate_close(a->in);
    zip_close(&a->zip);
    path_set_free(&a->seen);
    free(a->path);
    free(a->name);
    free(a);
}

uint64_t archive_src_offset(const struct archive_src *a)
{
    if (a->kind == ARCHIVE_TAR)
        return inflate_in(a->in);
    return a->zip.read < a->file_size ? a->zip.read : a->file_size;
}

uint64_t archive_src_total(const struct archive_src *a)
{
    return a->file_size;
}

const char *archive_src_listed(const struct archive_src *a, size_t n, uint64_t *size)
{
    if (n >= a->zip.all.n)
        return NULL;
    *size = a->zip.all.v[n].size;
    return a->zip.all.v[n].name.p;
}

const char *archive_src_flaw(const struct archive_src *a)
{
    return a->zip.flaw;
}

static void say(const struct archive_src *a, void (*to)(void *, const char *, const char *), const char *path,
                const char *what)
{
    if (to != NULL)
        to(a->opt.arg, path, what);
}

/* Why an entry may not be used, or NULL; "" for the top itself. Its cleaned path goes to a->path. */
static const char *unusable(struct archive_src *a, const struct found *f)
{
    mode_t type = f->mode & S_IFMT;
    struct str path = f->path;

    if (f->hard_link)
        return "a hard link";
    if (type == S_IFLNK)
        return "a symbolic link";
    if (type != S_IFREG && type != S_IFDIR)
        return "a device or pipe";
    if (str_chr(path, '\0', 0) != SIZE_MAX)
        return "a zero byte in its path";
    if (str_chr(path, '\\', 0) != SIZE_MAX)
        return "a backslash in its path";
    while (str_skip(&path, STR("./")))
        continue;
    if (type == S_IFDIR)
        while (str_chop(&path, STR("/")))
            continue;
    if (path.n == 0 || (type == S_IFDIR && str_is(path, ".")))
        return f->path.n > 0 && f->path.p[0] == '/' ? "an absolute path" : "";
    if (path.p[0] == '/')
        return "an absolute path";
    if (!str_is_safe_path(path))
        return "a path that leads elsewhere";
    if (path.n >= 2 && path.p[1] == ':')
        return "a path with a drive letter";
    free(a->path);
    a->path = mem_dup(path.p, path.n);
    return NULL;
}

/* Judges an entry: whether it is given, with item filled. */
static bool take(struct archive_src *a, const struct found *f, struct archive_item *item)
{
    bool is_dir = S_ISDIR(f->mode);
    const char *why = unusable(a, f);
    enum path_news news = PATH_NEW;

    if (why == NULL) {
        news = path_set_add(&a->seen, str_of(a->path), is_dir);
        if (news == PATH_BELOW_FILE)
            why = "it lies below what this archive has as a file";
        else if (news == PATH_OTHER_KIND)
            why = "this archive has both a file and a directory of this name";
    }
    if (why != NULL) {
        char *shown = mem_dup(f->path.p, f->path.n);

        if (why[0] != '\0')
            say(a, a->opt.refused, shown, why);
        free(shown);
        return false;
    }
    if (news == PATH_TWICE)
        say(a, a->opt.remark, a->path, "is listed more than once; the last one counts");
    else if (news == PATH_CASE)
        say(a, a->opt.remark, a->path, "another name differs from it in the case of its letters alone");
    if ((f->mode & 06000) != 0 && !is_dir)
        say(a, a->opt.remark, a->path, "its setuid or setgid bit is taken off");
    *item = (struct archive_item){
        .path = a->path,
        .is_dir = is_dir,
        .size = f->size,
        .mode = f->mode & 0777,
        .has_mtime = f->has_mtime,
        .mtime = f->mtime,
    };
    a->place = is_dir ? BEHIND : IN_DATA;
    return true;
}

static int over_limit(struct archive_src *a, struct err *e)
{
    uint64_t out = a->in ? inflate_out(a->in) : 0;
    uint64_t given = out > a->bytes ? out : a->bytes;

    if (a->entries > ARCHIVE_ENTRIES_MAX)
        err_set(e, ERR_REFUSED, "%s: more than %" PRIu64 " entries", a->name, ARCHIVE_ENTRIES_MAX);
    else if (given > a->opt.max_bytes)
        err_set(e, ERR_REFUSED, "%s: holds more than %" PRIu64 " bytes", a->name, a->opt.max_bytes);
    else if (given > ARCHIVE_RATIO_FROM && given / ARCHIVE_RATIO_MAX > a->file_size)
        err_set(e, ERR_REFUSED, "%s: swells to more than %d times its size, which no backup does", a->name,
                ARCHIVE_RATIO_MAX);
    else
        return 0;
    return end_with(a, e);
}

/* Behind the last entry: the rest is read for its checksum, and a tar ends with a block of zeros. Without that it was
 * cut between two entries, or made by a program that was. */
static int tar_end(struct archive_src *a, struct err *e)
{
    const void *p;
    ssize_t n;
    size_t i;

    a->over = true;
    memset(&a->failed, 0, sizeof a->failed);
    while ((n = inflate_next(a->in, &p, e)) > 0) {
        keep_tail(a, p, (size_t)n);
        if (over_limit(a, e) != 0)
            return -1;
    }
    if (n < 0) {
        place_error(a, e);
        return end_with(a, e);
    }
    for (i = 0; i < TAR_BLOCK; i++)
        if (a->tail[i] != 0) {
            err_set(e, ERR_FORMAT, "cut off: its end mark is missing, it ends at byte %" PRIu64, a->file_size);
            place_error(a, e);
            return end_with(a, e);
        }
    return 0;
}

/* The next header, whatever it is: 1, 0, -1. */
static int tar_header(struct archive_src *a, struct archive_entry **en, struct err *e)
{
    int r;

    if (a->place == IN_DATA) {
        do
            r = archive_read_data_skip(a->la);
        while (r == ARCHIVE_RETRY);
        if (r < ARCHIVE_WARN)
            return fail_tar(a, e);
        a->place = BEHIND;
    }
    while ((r = archive_read_next_header(a->la, en)) == ARCHIVE_RETRY) {
        /* One block after the other until a header is found; said once. */
        if (a->lost)
            continue;
        a->lost = true;
        err_set(e, ERR_FORMAT, "damaged before byte %" PRIu64 ": the header of an entry is not valid", inflate_in(a->in));
        place_error(a, e);
        return a->opt.salvage ? -1 : end_with(a, e);
    }
    a->lost = false;
    if (r == ARCHIVE_EOF)
        return tar_end(a, e);
    /* A warning tells of names it can't convert; they are judged later. */
    return r == ARCHIVE_OK || r == ARCHIVE_WARN ? 1 : fail_tar(a, e);
}

static int tar_next(struct archive_src *a, struct found *f, struct err *e)
{
    struct archive_entry *en;
    const char *name;
    int r = tar_header(a, &en, e);

    if (r <= 0)
        return r;
    name = archive_entry_pathname(en);
    if (name == NULL)
        name = archive_entry_pathname_utf8(en);
    *f = (struct found){
        .path = str_of(name),
        .mode = archive_entry_mode(en),
        .hard_link = archive_entry_hardlink(en) != NULL,
        .size = archive_entry_size_is_set(en) ? (uint64_t)archive_entry_size(en) : UINT64_MAX,
        .has_mtime = archive_entry_mtime_is_set(en) != 0,
        .mtime = {archive_entry_mtime(en), archive_entry_mtime_nsec(en)},
    };
    return 1;
}

/* Shows the entry that could not be begun. */
static void name_path(struct archive_src *a, struct str name)
{
    free(a->path);
    a->path = mem_dup(name.p, name.n);
    a->place = IN_DATA;
}

/* Reads the present member to its end: where the next one begins depends on it. */
static void walk_on(struct archive_src *a)
{
    struct err ignored;
    char *p = mem_alloc(65536);

    while (zip_read(&a->zip, p, 65536, &ignored) > 0)
        continue;
    free(p);
}

static int zip_next(struct archive_src *a, struct found *f, struct err *e)
{
    struct zip_member walked;
    struct zip_member *m = &walked;
    int r = 1;

    if (a->walking && a->failed.kind != ERR_NONE) {
        *e = a->failed;
        err_clear(&a->failed);
        return -1;
    }
    if (a->walking) {
        if (a->place == IN_DATA)
            walk_on(a);
        a->place = BEHIND;
        r = zip_walk(&a->zip, m, e);
        if (r == 0 && a->opt.salvage)
            return 0;
    } else if (a->next == a->zip.all.n) {
        return 0;
    } else {
        m = &a->zip.all.v[a->next++];
        if (zip_begin(&a->zip, m, e) != 0)
            r = -1;
    }
    if (r < 0) {
        if (m->name.n > 0)
            name_path(a, m->name);
        place_error(a, e);
        return a->opt.salvage && e->kind != ERR_IO ? -1 : end_with(a, e);
    }
    *f = (struct found){
        .path = m->name,
        .mode = m->mode,
        .size = m->size,
        .has_mtime = m->mtime.tv_sec > 0,
        .mtime = m->mtime,
    };
    return 1;
}

int archive_src_next(struct archive_src *a, struct archive_item *item, struct err *e)
{
    struct found f;
    int r;

    do {
        if (a->over && a->failed.kind != ERR_NONE && !a->opt.salvage) {
            *e = a->failed;
            return -1;
        }
        if (a->over)
            return 0;
        r = a->kind == ARCHIVE_TAR ? tar_next(a, &f, e) : zip_next(a, &f, e);
        if (r < 0)
            return -1;
        if (r == 0) {
            a->over = true;
            return a->entries > 0 ? 0 : err_set(e, ERR_FORMAT, "%s: an archive without a single entry", a->name);
        }
        a->entries++;
        if (over_limit(a, e) != 0)
            return -1;
    } while (!take(a, &f, item));
    return 1;
}

ssize_t archive_src_read(void *arg, void *p, size_t n, struct err *e)
{
    struct archive_src *a = arg;
    la_ssize_t got;

    if (a->place != IN_DATA)
        return 0;
    if (a->kind == ARCHIVE_ZIP) {
        got = zip_read(&a->zip, p, n, e);
        if (got < 0)
            place_error(a, e);
    } else {
        do
            got = archive_read_data(a->la, p, n);
        while (got == ARCHIVE_RETRY);
        if (got < 0)
            fail_tar(a, e);
    }
    if (got <= 0) {
        a->place = BEHIND;
        return got < 0 ? -1 : 0;
    }
    a->bytes += (uint64_t)got;
    return over_limit(a, e) != 0 ? -1 : (ssize_t)got;
}

int archive_src_digest(struct archive_src *a, enum hash_alg alg, struct digest *out, struct err *e)
{
    struct hash h;
    char piece[16384];
    ssize_t n;

    hash_start(&h, alg);
    while ((n = archive_src_read(a, piece, sizeof piece, e)) > 0)
        hash_add(&h, piece, (size_t)n);
    if (n < 0)
        return -1;
    hash_end(&h, out);
    return 0;
}
