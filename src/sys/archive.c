#include "sys/archive.h"

#include "base/mem.h"
#include "base/str.h"
#include "sys/archive_input.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NAME_SHOWN 200 /* of a path in a message */

struct archive_src {
    struct archive *la;
    struct archive_input in;
    struct archive_options opt;
    char *name;
    char *path; /* of the present entry, cleaned */
    uint64_t entries;
    uint64_t bytes; /* of data given out */
    uint64_t file_size;
};

static la_ssize_t read_cb(struct archive *la, void *arg, const void **p)
{
    struct archive_src *a = arg;
    ssize_t n = archive_input_read(&a->in, p);

    if (n < 0)
        archive_set_error(la, EIO, "%s", "the file can't be read on");
    return n;
}

/* zip has its list at the end; a gzip stream can't jump. */
static la_int64_t seek_cb(struct archive *la, void *arg, la_int64_t at, int whence)
{
    struct archive_src *a = arg;
    off_t now = a->in.gzip ? -1 : a->in.ops->lseek(a->in.fd, at, whence);

    if (now < 0) {
        archive_set_error(la, errno, "%s", "can't go to another place in the file");
        return ARCHIVE_FATAL;
    }
    a->in.in = (uint64_t)now;
    return now;
}

/* No format was recognised. A zip is told by its beginning even when the list at its end is gone. */
static int fail_unknown(const struct archive_src *a, struct err *e)
{
    char head[2] = {0};

    if (a->in.ops->pread(a->in.fd, head, sizeof head, 0) == (ssize_t)sizeof head &&
        memcmp(head, "PK", 2) == 0)
        err_set(e, ERR_FORMAT,
                "%s: cut off: the list at the end of this zip is missing (%" PRIu64 " bytes are there)",
                a->name, a->file_size);
    else
        err_set(e, ERR_FORMAT, "%s: neither tar nor zip, or its beginning is damaged", a->name);
    return err_fix(e, "get this file again from where it came from");
}

static int fail(struct archive_src *a, struct err *e)
{
    const char *what = archive_error_string(a->la);
    const char *at = a->path ? a->path : "";

    if (what == NULL)
        what = "unknown reason";
    if (a->in.sys != 0) {
        errno = a->in.sys;
        return err_sys(e, "%s: can't read it", a->name);
    }
    if (a->in.why[0] != '\0')
        what = a->in.why;
    else if (a->in.cut || strstr(what, "runcated") != NULL)
        what = NULL;
    else if (a->entries == 0)
        return fail_unknown(a, e);
    if (what == NULL)
        err_set(e, ERR_FORMAT,
                "%s: cut off: it ends at byte %" PRIu64 ", within or behind the entry \"%.*s\"", a->name,
                a->file_size, NAME_SHOWN, at);
    else
        err_set(e, ERR_FORMAT, "%s: damaged before byte %" PRIu64 ", at or behind the entry \"%.*s\": %s",
                a->name, a->in.in, NAME_SHOWN, at, what);
    return err_fix(e, "get this file again from where it came from");
}

struct archive_src *archive_src_open(const struct fsops *ops, int fd, const char *name,
                                     const struct archive_options *opt, struct err *e)
{
    struct archive_src *a = mem_alloc(sizeof *a);
    struct stat st;

    a->name = mem_strdup(name);
    if (opt != NULL)
        a->opt = *opt;
    if (a->opt.max_bytes == 0)
        a->opt.max_bytes = ARCHIVE_BYTES_MAX;
    if (ops == NULL)
        ops = &fsops_real;
    if (ops->fstat(fd, &st) != 0 || archive_input_open(&a->in, ops, fd) != 0) {
        err_sys(e, "%s: can't read it", name);
        archive_src_close(a);
        return NULL;
    }
    a->file_size = (uint64_t)st.st_size;
    a->la = archive_read_new();
    if (a->la == NULL)
        mem_exhausted();
    archive_read_support_filter_bzip2(a->la);
    archive_read_support_format_tar(a->la);
    archive_read_support_format_zip_seekable(a->la);
    archive_read_set_read_callback(a->la, read_cb);
    archive_read_set_seek_callback(a->la, seek_cb);
    archive_read_set_callback_data(a->la, a);
    if (archive_read_open1(a->la) != ARCHIVE_OK) {
        fail(a, e);
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
    archive_input_close(&a->in);
    free(a->path);
    free(a->name);
    free(a);
}

/* Why an entry may not be used, or NULL. Its cleaned path goes to a->path. */
static const char *unusable(struct archive_src *a, struct archive_entry *en, const char *name)
{
    mode_t type = archive_entry_filetype(en);
    struct str path = str_of(name);

    if (archive_entry_hardlink(en) != NULL)
        return "a hard link";
    if (type == AE_IFLNK)
        return "a symbolic link";
    if (type != AE_IFREG && type != AE_IFDIR)
        return "a device or pipe";
    if (str_chr(path, '\\', 0) != SIZE_MAX)
        return "a backslash in its path";
    while (str_skip(&path, STR("./")))
        continue;
    if (type == AE_IFDIR)
        while (str_chop(&path, STR("/")))
            continue;
    if (path.n == 0 || (type == AE_IFDIR && str_is(path, ".")))
        return "";
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

/* A tar ends with blocks of zeros. Without them it was cut between two entries. */
static bool ends_in_zeros(const struct archive_src *a)
{
    uint8_t block[512];
    size_t i;

    if (archive_format(a->la) == ARCHIVE_FORMAT_ZIP || a->in.gzip || archive_filter_count(a->la) > 1)
        return true;
    if (a->file_size < sizeof block ||
        a->in.ops->pread(a->in.fd, block, sizeof block, (off_t)(a->file_size - sizeof block)) !=
            (ssize_t)sizeof block)
        return false;
    for (i = 0; i < sizeof block; i++)
        if (block[i] != 0)
            return false;
    return true;
}

/* The rest of a gzip file behind the archive's own end is read as well: its checksum stands there. */
static int at_end(struct archive_src *a, struct err *e)
{
    const void *p;
    ssize_t n = 0;

    while (a->in.gzip && !a->in.ended && (n = archive_input_read(&a->in, &p)) > 0) {
        if (a->in.out > a->opt.max_bytes)
            return err_set(e, ERR_REFUSED, "%s: holds more than %" PRIu64 " bytes", a->name,
                           a->opt.max_bytes);
    }
    if (n < 0)
        return fail(a, e);
    if (a->entries == 0)
        return err_set(e, ERR_FORMAT, "%s: an archive without a single entry", a->name);
    if (!ends_in_zeros(a)) {
        a->in.cut = true;
        return fail(a, e);
    }
    return 0;
}

static int over_limit(const struct archive_src *a, struct err *e)
{
    uint64_t given = a->in.gzip && a->in.out > a->bytes ? a->in.out : a->bytes;

    if (a->entries > ARCHIVE_ENTRIES_MAX)
        return err_set(e, ERR_REFUSED, "%s: more than %" PRIu64 " entries", a->name, ARCHIVE_ENTRIES_MAX);
    if (given > a->opt.max_bytes)
        return err_set(e, ERR_REFUSED, "%s: holds more than %" PRIu64 " bytes", a->name, a->opt.max_bytes);
    if (given > ARCHIVE_RATIO_FROM && given / ARCHIVE_RATIO_MAX > a->file_size)
        return err_set(e, ERR_REFUSED, "%s: swells to more than %d times its size, which no backup does",
                       a->name, ARCHIVE_RATIO_MAX);
    return 0;
}

static void say_refused(const struct archive_src *a, const char *path, const char *why)
{
    if (a->opt.refused != NULL)
        a->opt.refused(a->opt.arg, path, why);
}

int archive_src_next(struct archive_src *a, struct archive_item *item, struct err *e)
{
    struct archive_entry *en;
    const char *name;
    const char *why;
    int r;

    for (;;) {
        r = archive_read_next_header(a->la, &en);
        if (r == ARCHIVE_EOF)
            return at_end(a, e);
        if (r == ARCHIVE_RETRY)
            continue;
        /* A warning tells of names it can't convert; they are judged below. */
        if (r != ARCHIVE_OK && r != ARCHIVE_WARN)
            return fail(a, e);
        a->entries++;
        if (over_limit(a, e) != 0)
            return -1;
        name = archive_entry_pathname(en);
        if (name == NULL)
            name = archive_entry_pathname_utf8(en);
        why = name != NULL ? unusable(a, en, name) : "a name that can't be read";
        if (why == NULL)
            break;
        if (why[0] != '\0')
            say_refused(a, name ? name : "", why);
    }
    *item = (struct archive_item){
        .path = a->path,
        .is_dir = archive_entry_filetype(en) == AE_IFDIR,
        .size = archive_entry_size_is_set(en) ? (uint64_t)archive_entry_size(en) : UINT64_MAX,
        .mode = archive_entry_mode(en) & 0777,
    };
    if ((archive_entry_mode(en) & 06000) != 0 && !item->is_dir)
        say_refused(a, a->path, "its setuid or setgid bit; the file itself is taken");
    return 1;
}

ssize_t archive_src_read(void *arg, void *p, size_t n, struct err *e)
{
    struct archive_src *a = arg;
    la_ssize_t got;

    do
        got = archive_read_data(a->la, p, n);
    while (got == ARCHIVE_RETRY);
    if (got < 0)
        return fail(a, e);
    a->bytes += (uint64_t)got;
    return over_limit(a, e) != 0 ? -1 : (ssize_t)got;
}

uint64_t archive_src_offset(const struct archive_src *a)
{
    return a->in.in;
}
