/* Telling what a file is by its content. */
#include "sys/archive.h"
#include "sys/zip.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define TAR_BLOCK 512

struct from {
    const struct fsops *ops;
    int fd;
    const char *name;
    uint64_t at;
};

static ssize_t pread_next(void *arg, void *p, size_t n, struct err *e)
{
    struct from *f = arg;
    ssize_t got;

    do
        got = f->ops->pread(f->fd, p, n, (off_t)f->at);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return err_sys(e, "%s: can't read it", f->name);
    f->at += (uint64_t)got;
    return got;
}

/* The checksum of a header is the sum of its bytes, with blanks in its own place. */
static bool is_tar_header(const char *p)
{
    unsigned long sum = 0;
    unsigned long said = 0;
    size_t i;

    for (i = 0; i < TAR_BLOCK; i++)
        sum += i >= 148 && i < 156 ? ' ' : (unsigned char)p[i];
    for (i = 148; i < 156 && p[i] == ' '; i++)
        continue;
    if (i == 156 || p[i] < '0' || p[i] > '7')
        return false;
    for (; i < 156 && p[i] >= '0' && p[i] <= '7'; i++)
        said = said * 8 + (unsigned long)(p[i] - '0');
    return said == sum && p[0] != '\0';
}

int archive_look(const struct fsops *ops, int fd, const char *name, struct archive_look *out, struct err *e)
{
    struct from from = {ops ? ops : &fsops_real, fd, name, 0};
    struct inflate *f;
    struct stat st;
    ssize_t n = 1;

    memset(out, 0, sizeof *out);
    if (from.ops->fstat(fd, &st) != 0)
        return err_sys(e, "%s: can't read it", name);
    out->size = (uint64_t)st.st_size;
    f = inflate_open(pread_next, &from, e);
    if (f == NULL)
        return -1;
    out->packed = inflate_kind(f);
    while (n > 0 && out->head_n < sizeof out->head) {
        n = inflate_read(f, out->head + out->head_n, sizeof out->head - out->head_n, e);
        if (n > 0)
            out->head_n += (size_t)n;
    }
    inflate_close(f);
    if (n < 0 && e->kind != ERR_FORMAT)
        return -1;
    err_clear(e);
    if (out->packed == INFLATE_PLAIN && out->head_n >= 4 &&
        (memcmp(out->head, "PK\3\4", 4) == 0 || memcmp(out->head, "PK\5\6", 4) == 0))
        out->kind = ARCHIVE_ZIP;
    else if (out->head_n >= TAR_BLOCK && is_tar_header(out->head))
        out->kind = ARCHIVE_TAR;
    else if (out->packed == INFLATE_PLAIN && zip_is(from.ops, fd, out->size))
        out->kind = ARCHIVE_ZIP;
    return 0;
}
