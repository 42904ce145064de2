#include "sys/inflate.h"

#include "base/mem.h"

#include <bzlib.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define PIECE ((size_t)128 * 1024)

struct inflate {
    inflate_source *source;
    void *arg;
    enum inflate_kind kind;
    bool ready;   /* the library's state is set up */
    bool eof;     /* the source has no more */
    bool inside;  /* a member has begun and not ended */
    bool done;    /* nothing but padding is left */
    bool cut;
    bool bad;          /* what failed is in why, for this call and all that follow */
    struct err why;
    uint64_t taken; /* bytes the source gave */
    uint64_t out;
    size_t at, n; /* what of raw is still to be used */
    const uint8_t *left; /* of the last piece, for inflate_read */
    size_t left_n;
    z_stream z;
    bz_stream bz;
    uint8_t raw[PIECE];
    uint8_t plain[PIECE];
};

uint64_t inflate_in(const struct inflate *f)
{
    return f->taken - (f->n - f->at);
}

uint64_t inflate_out(const struct inflate *f)
{
    return f->out;
}

bool inflate_is_cut(const struct inflate *f)
{
    return f->cut;
}

enum inflate_kind inflate_kind(const struct inflate *f)
{
    return f->kind;
}

/* Has at least `least` bytes in raw unless the source ends before. */
static int fill(struct inflate *f, size_t least, struct err *e)
{
    if (f->n - f->at >= least)
        return 0;
    memmove(f->raw, f->raw + f->at, f->n - f->at);
    f->n -= f->at;
    f->at = 0;
    while (f->n < least && !f->eof) {
        ssize_t got = f->source(f->arg, f->raw + f->n, sizeof f->raw - f->n, e);

        if (got < 0)
            return -1;
        f->eof = got == 0;
        f->n += (size_t)got;
        f->taken += (uint64_t)got;
    }
    return 0;
}

/* The kind of member that begins at raw; PLAIN for none. */
static enum inflate_kind member_at(const struct inflate *f)
{
    const uint8_t *p = f->raw + f->at;
    size_t n = f->n - f->at;

    if (n >= 3 && p[0] == 0x1f && p[1] == 0x8b && p[2] == 8)
        return INFLATE_GZIP;
    /* An empty bzip2 stream goes on with the square root of pi, one with content with pi. */
    if (n >= 10 && memcmp(p, "BZh", 3) == 0 && p[3] >= '1' && p[3] <= '9' &&
        (memcmp(p + 4, "1AY&SY", 6) == 0 || memcmp(p + 4, "\x17\x72\x45\x38\x50\x90", 6) == 0))
        return INFLATE_BZIP2;
    return INFLATE_PLAIN;
}

static void begin(struct inflate *f)
{
    if (f->kind == INFLATE_GZIP) {
        if (f->ready ? inflateReset(&f->z) != Z_OK : inflateInit2(&f->z, 15 + 16) != Z_OK)
            mem_exhausted();
    } else {
        if (f->ready)
            BZ2_bzDecompressEnd(&f->bz);
        memset(&f->bz, 0, sizeof f->bz);
        if (BZ2_bzDecompressInit(&f->bz, 0, 0) != BZ_OK)
            mem_exhausted();
    }
    f->ready = true;
    f->inside = true;
}

struct inflate *inflate_open(inflate_source *source, void *arg, struct err *e)
{
    struct inflate *f = mem_alloc(sizeof *f);

    f->source = source;
    f->arg = arg;
    if (fill(f, 10, e) != 0) {
        inflate_close(f);
        return NULL;
    }
    f->kind = member_at(f);
    if (f->kind != INFLATE_PLAIN)
        begin(f);
    return f;
}

void inflate_close(struct inflate *f)
{
    if (f == NULL)
        return;
    if (f->ready && f->kind == INFLATE_GZIP)
        inflateEnd(&f->z);
    if (f->ready && f->kind == INFLATE_BZIP2)
        BZ2_bzDecompressEnd(&f->bz);
    free(f);
}

static const char *kind_name(const struct inflate *f)
{
    return f->kind == INFLATE_GZIP ? "gzip" : "bzip2";
}

static int damaged(struct inflate *f, const char *why, struct err *e)
{
    return err_set(e, ERR_FORMAT, "damaged at byte %" PRIu64 " of the %s data: %s", inflate_in(f), kind_name(f), why);
}

/* Behind a member: another one, the end, or padding. 0 or -1. */
static int behind_member(struct inflate *f, struct err *e)
{
    f->inside = false;
    if (fill(f, 10, e) != 0)
        return -1;
    if (f->n > f->at && member_at(f) == f->kind) {
        begin(f);
        return 0;
    }
    do {
        while (f->at < f->n && f->raw[f->at] == 0)
            f->at++;
        if (f->at < f->n)
            return damaged(f, "behind its end stands something else", e);
        if (fill(f, 1, e) != 0)
            return -1;
    } while (f->at < f->n);
    f->done = true;
    return 0;
}

/* One call of zlib: 1 when the member ended, 0, -1. */
static int run_gzip(struct inflate *f, size_t *room, struct err *e)
{
    int r;

    f->z.next_in = f->raw + f->at;
    f->z.avail_in = (uInt)(f->n - f->at);
    f->z.next_out = f->plain + sizeof f->plain - *room;
    f->z.avail_out = (uInt)*room;
    r = inflate(&f->z, Z_NO_FLUSH);
    f->at = f->n - f->z.avail_in;
    *room = f->z.avail_out;
    if (r == Z_MEM_ERROR)
        mem_exhausted();
    if (r != Z_OK && r != Z_STREAM_END && r != Z_BUF_ERROR)
        return damaged(f, f->z.msg ? f->z.msg : "not valid", e);
    return r == Z_STREAM_END;
}

static int run_bzip2(struct inflate *f, size_t *room, struct err *e)
{
    int r;

    f->bz.next_in = (char *)f->raw + f->at;
    f->bz.avail_in = (unsigned)(f->n - f->at);
    f->bz.next_out = (char *)f->plain + sizeof f->plain - *room;
    f->bz.avail_out = (unsigned)*room;
    r = BZ2_bzDecompress(&f->bz);
    f->at = f->n - f->bz.avail_in;
    *room = f->bz.avail_out;
    if (r == BZ_MEM_ERROR)
        mem_exhausted();
    if (r != BZ_OK && r != BZ_STREAM_END)
        return damaged(f, r == BZ_DATA_ERROR ? "its checksum or its codes are wrong" : "not valid", e);
    return r == BZ_STREAM_END;
}

/* Fills plain from the members. */
static int unpack_more(struct inflate *f, size_t *room, struct err *e)
{
    int r;

    if (fill(f, 1, e) != 0)
        return -1;
    if (f->n == f->at && f->inside) {
        f->cut = true;
        return err_set(e, ERR_FORMAT, "cut off: the %s data ends at byte %" PRIu64 ", in the middle", kind_name(f),
                       f->taken);
    }
    r = f->kind == INFLATE_GZIP ? run_gzip(f, room, e) : run_bzip2(f, room, e);
    return r > 0 ? behind_member(f, e) : r;
}

/* What was unpacked in front of damage is given first, the error with the next call. */
static ssize_t unpack(struct inflate *f, struct err *e)
{
    size_t room = sizeof f->plain;

    while (room == sizeof f->plain && !f->done && !f->bad)
        f->bad = unpack_more(f, &room, &f->why) != 0;
    if (room < sizeof f->plain || !f->bad)
        return (ssize_t)(sizeof f->plain - room);
    *e = f->why;
    return -1;
}

ssize_t inflate_next(struct inflate *f, const void **p, struct err *e)
{
    ssize_t n;

    if (f->kind == INFLATE_PLAIN) {
        if (fill(f, 1, e) != 0)
            return -1;
        *p = f->raw + f->at;
        n = (ssize_t)(f->n - f->at);
        f->at = f->n;
    } else {
        n = unpack(f, e);
        *p = f->plain;
    }
    if (n > 0)
        f->out += (uint64_t)n;
    return n;
}

ssize_t inflate_read(void *arg, void *p, size_t n, struct err *e)
{
    struct inflate *f = arg;

    if (f->left_n == 0) {
        const void *piece;
        ssize_t got = inflate_next(f, &piece, e);

        if (got <= 0)
            return got;
        f->left = piece;
        f->left_n = (size_t)got;
    }
    if (n > f->left_n)
        n = f->left_n;
    memcpy(p, f->left, n);
    f->left += n;
    f->left_n -= n;
    return (ssize_t)n;
}
