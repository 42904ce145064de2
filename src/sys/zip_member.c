/* The data of the members of a zip. */
#include "base/buf.h"
#include "sys/zip_parts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define STORED   0
#define DEFLATED 8
#define PIECE ((size_t)64 * 1024)
#define BEHIND_SIG 0x08074b50u
#define EXTRA_ZIP64 0x0001u

struct zip_unpack {
    struct zip_member m;
    uint64_t data_at;
    uint64_t left; /* packed bytes not read yet */
    uint64_t out;
    uint32_t crc;
    bool ended;      /* the member was read and compared */
    bool stream_end; /* of the deflated data */
    bool inflating;  /* z is set up */
    z_stream z;
    struct buf name; /* of a member that no list names */
    uint8_t raw[PIECE];
};

void zip_unpack_free(struct zip *z)
{
    if (z->u == NULL)
        return;
    if (z->u->inflating)
        inflateEnd(&z->u->z);
    buf_free(&z->u->name);
    free(z->u);
    z->u = NULL;
}

/* The local header at a place: its fields, and its name in u->name. */
static int read_local(struct zip *z, uint64_t at, uint8_t head[ZIP_LOCAL_N], struct zip_member *m, struct err *e)
{
    struct zip_unpack *u = z->u;
    struct str field;
    size_t name_n;
    size_t n;

    if (zip_pread(z, at, head, ZIP_LOCAL_N, e) != 0)
        return -1;
    if (zip_u32(head) != ZIP_LOCAL_SIG)
        return err_set(e, ERR_FORMAT, "damaged at byte %" PRIu64 ": there is no header of an entry", at);
    name_n = zip_u16(head + 26);
    n = name_n + zip_u16(head + 28);
    buf_reset(&u->name);
    if (zip_pread(z, at + ZIP_LOCAL_N, buf_room(&u->name, n + 1), n, e) != 0)
        return -1;
    u->name.n = n;
    m->name = str_sub(buf_str(&u->name), 0, name_n);
    m->flags = zip_u16(head + 6);
    m->method = zip_u16(head + 8);
    m->crc = zip_u32(head + 14);
    m->packed = zip_u32(head + 18);
    m->size = zip_u32(head + 22);
    m->offset = at;
    if (zip_extra((const uint8_t *)u->name.p + name_n, n - name_n, EXTRA_ZIP64, &field) && field.n >= 16) {
        if (m->size == 0xffffffff)
            m->size = zip_u64((const uint8_t *)field.p);
        if (m->packed == 0xffffffff)
            m->packed = zip_u64((const uint8_t *)field.p + 8);
    }
    u->data_at = at + ZIP_LOCAL_N + n;
    return 0;
}

static int start(struct zip *z, const struct zip_member *m, struct err *e)
{
    struct zip_unpack *u = z->u;

    if ((m->flags & ZIP_ENCRYPTED) != 0)
        return err_set(e, ERR_REFUSED, "it is encrypted with a password");
    if (m->method != STORED && m->method != DEFLATED)
        return err_set(e, ERR_FORMAT, "it is packed by method %u, which is not read", m->method);
    u->m = *m;
    u->left = m->packed;
    u->out = 0;
    u->crc = (uint32_t)crc32(0, NULL, 0);
    u->ended = false;
    u->stream_end = false;
    u->z.next_in = u->raw;
    u->z.avail_in = 0;
    if (u->inflating ? inflateReset(&u->z) != Z_OK : inflateInit2(&u->z, -15) != Z_OK)
        mem_exhausted();
    u->inflating = true;
    z->at = u->data_at;
    return 0;
}

static struct zip_unpack *prepare(struct zip *z)
{
    if (z->u == NULL)
        z->u = mem_alloc(sizeof *z->u);
    z->u->ended = true;
    return z->u;
}

int zip_begin(struct zip *z, const struct zip_member *m, struct err *e)
{
    struct zip_unpack *u = prepare(z);
    struct zip_member local = {0};
    uint8_t head[ZIP_LOCAL_N];

    if (read_local(z, m->offset, head, &local, e) != 0)
        return -1;
    if (!str_eq(local.name, m->name))
        return err_set(e, ERR_FORMAT, "its own header calls it \"%.*s\"", STR_FMT(local.name));
    if (local.method != m->method || ((local.flags ^ m->flags) & ZIP_ENCRYPTED) != 0)
        return err_set(e, ERR_FORMAT, "its own header and the list disagree on how it is packed");
    if ((local.flags & ZIP_SIZES_BEHIND) == 0 &&
        (local.size != m->size || local.packed != m->packed || local.crc != m->crc))
        return err_set(e, ERR_FORMAT, "its own header and the list disagree on its size or checksum");
    if (u->data_at > m->limit || m->packed > m->limit - u->data_at)
        return err_set(e, ERR_REFUSED, "it reaches into what stands behind it, as in archives made to deceive");
    return start(z, m, e);
}

static int fill(struct zip *z, struct err *e)
{
    struct zip_unpack *u = z->u;
    uint64_t n = u->left < PIECE ? u->left : PIECE;

    if (z->at + n > z->size) {
        if (u->left != UINT64_MAX)
            return err_set(e, ERR_FORMAT, "cut off: the file ends at byte %" PRIu64 ", the entry at byte %" PRIu64, z->size,
                           u->data_at + u->m.packed);
        n = z->size - z->at;
        if (n == 0)
            return err_set(e, ERR_FORMAT, "cut off: the file ends at byte %" PRIu64, z->size);
    }
    if (zip_pread(z, z->at, u->raw, (size_t)n, e) != 0)
        return -1;
    z->at += n;
    if (u->left != UINT64_MAX)
        u->left -= n;
    u->z.next_in = u->raw;
    u->z.avail_in = (uInt)n;
    return 0;
}

/* Without a list, sizes and checksum may stand behind the data, with or without a mark, in four or in eight bytes each. */
static int read_behind(struct zip *z, struct err *e)
{
    struct zip_unpack *u = z->u;
    uint64_t at = z->at - u->z.avail_in;
    uint64_t packed = at - u->data_at;
    uint8_t p[24];
    const uint8_t *q = p;
    size_t n = z->size - at < sizeof p ? (size_t)(z->size - at) : sizeof p;

    memset(p, 0, sizeof p);
    if (zip_pread(z, at, p, n, e) != 0)
        return -1;
    if (zip_u32(p) == BEHIND_SIG)
        q += 4;
    u->m.crc = zip_u32(q);
    u->m.size = u->out;
    u->m.packed = packed;
    if (zip_u32(q + 4) == (uint32_t)packed && zip_u32(q + 8) == (uint32_t)u->out)
        z->at = at + (size_t)(q - p) + 12;
    else if (zip_u64(q + 4) == packed)
        z->at = at + (size_t)(q - p) + 20;
    else
        return err_set(e, ERR_FORMAT, "damaged: its sizes don't fit its data");
    return 0;
}

static int finish(struct zip *z, struct err *e)
{
    struct zip_unpack *u = z->u;

    u->ended = true;
    if (u->m.packed == UINT64_MAX) {
        if (read_behind(z, e) != 0)
            return -1;
    } else if (u->left > 0 || u->z.avail_in > 0) {
        return err_set(e, ERR_FORMAT, "damaged: its data ends before its place does");
    }
    if (u->out != u->m.size)
        return err_set(e, ERR_FORMAT, "damaged: it has %" PRIu64 " bytes instead of %" PRIu64, u->out, u->m.size);
    if (u->crc != u->m.crc)
        return err_set(e, ERR_FORMAT, "damaged: its checksum is %08" PRIx32 " instead of %08" PRIx32, u->crc, u->m.crc);
    return 0;
}

static ssize_t read_stored(struct zip *z, void *p, size_t n, struct err *e)
{
    struct zip_unpack *u = z->u;

    if (u->z.avail_in == 0 && u->left == 0)
        return 0;
    if (u->z.avail_in == 0 && fill(z, e) != 0)
        return -1;
    if (n > u->z.avail_in)
        n = u->z.avail_in;
    memcpy(p, u->z.next_in, n);
    u->z.next_in += n;
    u->z.avail_in -= (uInt)n;
    return (ssize_t)n;
}

static ssize_t read_deflated(struct zip *z, void *p, size_t n, struct err *e)
{
    struct zip_unpack *u = z->u;
    int r;

    u->z.next_out = p;
    u->z.avail_out = (uInt)(n < INT32_MAX ? n : INT32_MAX);
    n = u->z.avail_out;
    while (u->z.avail_out == n && !u->stream_end) {
        if (u->z.avail_in == 0) {
            if (u->left == 0)
                return err_set(e, ERR_FORMAT, "damaged: its data goes on where it has to end");
            if (fill(z, e) != 0)
                return -1;
        }
        r = inflate(&u->z, Z_NO_FLUSH);
        if (r != Z_OK && r != Z_STREAM_END && r != Z_BUF_ERROR)
            return err_set(e, ERR_FORMAT, "damaged before byte %" PRIu64 ": %s", z->at - u->z.avail_in,
                           u->z.msg ? u->z.msg : "not valid");
        u->stream_end = r == Z_STREAM_END;
    }
    return (ssize_t)(n - u->z.avail_out);
}

ssize_t zip_read(struct zip *z, void *p, size_t n, struct err *e)
{
    struct zip_unpack *u = z->u;
    ssize_t got;

    if (u == NULL || u->ended || n == 0)
        return 0;
    got = u->m.method == STORED ? read_stored(z, p, n, e) : read_deflated(z, p, n, e);
    if (got < 0)
        return -1;
    if (got == 0)
        return finish(z, e);
    u->crc = (uint32_t)crc32(u->crc, p, (uInt)got);
    u->out += (uint64_t)got;
    /* What swells beyond its own size needs no reading on. */
    if (u->m.packed != UINT64_MAX && u->out > u->m.size)
        return err_set(e, ERR_FORMAT, "damaged: it has more than its %" PRIu64 " bytes", u->m.size);
    return got;
}

/* The place of the next local header at or behind z->at; false at the list or the end. */
static bool find_local(struct zip *z, uint64_t *at, struct err *e)
{
    uint8_t *p = z->u->raw;
    uint64_t from = z->at;

    while (from + ZIP_LOCAL_N <= z->size) {
        size_t n = z->size - from < PIECE ? (size_t)(z->size - from) : PIECE;

        if (zip_pread(z, from, p, n, e) != 0)
            return false;
        for (size_t i = 0; i + 4 <= n; i++) {
            const uint8_t *k = memchr(p + i, 'P', n - 3 - i);

            if (k == NULL)
                break;
            i = (size_t)(k - p);
            if (zip_u32(k) == ZIP_LIST_SIG && from + i == z->at)
                return false;
            if (zip_u32(k) == ZIP_LOCAL_SIG) {
                *at = from + i;
                return true;
            }
        }
        from += n - 3;
    }
    return false;
}

int zip_walk(struct zip *z, struct zip_member *m, struct err *e)
{
    uint8_t head[ZIP_LOCAL_N];
    uint64_t at;

    prepare(z);
    memset(m, 0, sizeof *m);
    err_clear(e);
    if (!find_local(z, &at, e))
        return e->kind == ERR_NONE ? 0 : -1;
    z->at = at + 4;
    if (read_local(z, at, head, m, e) != 0)
        return -1;
    m->mode = m->name.n > 0 && m->name.p[m->name.n - 1] == '/' ? S_IFDIR : S_IFREG;
    m->limit = z->size;
    if ((m->flags & ZIP_SIZES_BEHIND) != 0 && m->packed == 0) {
        if (m->method == STORED && (m->mode & S_IFMT) != S_IFDIR)
            return err_set(e, ERR_FORMAT, "where \"%.*s\" ends only the lost list said", STR_FMT(m->name));
        m->packed = m->method == STORED ? 0 : UINT64_MAX;
        m->size = m->packed;
    }
    return start(z, m, e) != 0 ? -1 : 1;
}
