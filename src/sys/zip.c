#include "sys/zip.h"

#include "base/buf.h"
#include "sys/zip_parts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define END_N       22u /* the end record without its comment */
#define END_SIG     0x06054b50u
#define END64_N     56u
#define END64_SIG   0x06064b50u
#define LOCATOR_N   20u
#define LOCATOR_SIG 0x07064b50u
#define LIST_N      46u
#define COMMENT_MAX 65535u
#define EXTRA_ZIP64 0x0001u
#define EXTRA_TIME  0x5455u
/* A list above this has more names than a store can have; it is held in memory while it is read. */
#define LIST_BYTES_MAX (UINT64_C(256) << 20)

#define HOST_UNIX 3
#define HOST_OSX  19
#define DOS_DIRECTORY 0x10u

int zip_pread(struct zip *z, uint64_t at, void *p, size_t n, struct err *e)
{
    size_t got = 0;

    while (got < n) {
        ssize_t r = z->ops->pread(z->fd, (uint8_t *)p + got, n - got, (off_t)(at + got));

        if (r < 0 && errno == EINTR)
            continue;
        if (r < 0)
            return err_sys(e, "can't read it");
        if (r == 0)
            return err_set(e, ERR_FORMAT, "cut off: it ends at byte %" PRIu64, z->size);
        got += (size_t)r;
    }
    z->read += n;
    return 0;
}

/* Where the end record stands: the last place whose comment fits behind it. SIZE_MAX: nowhere. */
static size_t find_end(const uint8_t *p, size_t n, bool *exact)
{
    size_t i;

    for (i = n < END_N ? 0 : n - END_N + 1; i-- > 0;) {
        if (zip_u32(p + i) != END_SIG || zip_u16(p + i + 20) > n - i - END_N)
            continue;
        *exact = zip_u16(p + i + 20) == n - i - END_N;
        return i;
    }
    return SIZE_MAX;
}

struct end {
    uint64_t at;      /* of the record */
    uint64_t list_at; /* as the record says */
    uint64_t list_n;
    uint64_t members;
    bool exact; /* the file ends with it */
};

/* The record for large archives, when the small one points to one. */
static int read_end64(struct zip *z, struct end *end, const uint8_t *small, struct err *e)
{
    uint8_t p[END64_N];
    uint64_t at;

    if (end->at < LOCATOR_N || zip_pread(z, end->at - LOCATOR_N, p, LOCATOR_N, e) != 0 ||
        zip_u32(p) != LOCATOR_SIG) {
        if (zip_u16(small + 10) == 0xffff || zip_u32(small + 12) == 0xffffffff || zip_u32(small + 16) == 0xffffffff)
            return err_set(e, ERR_FORMAT, "its end record points to a larger one that is missing");
        return 0;
    }
    at = zip_u64(p + 8);
    /* Bytes in front of the zip shift it; then it stands right before its locator. */
    if (at > z->size || zip_pread(z, at, p, END64_N, e) != 0 || zip_u32(p) != END64_SIG) {
        if (end->at < LOCATOR_N + END64_N)
            return err_set(e, ERR_FORMAT, "its end record for large archives is not where it is said to be");
        at = end->at - LOCATOR_N - END64_N;
        if (zip_pread(z, at, p, END64_N, e) != 0)
            return -1;
        if (zip_u32(p) != END64_SIG)
            return err_set(e, ERR_FORMAT, "its end record for large archives is not where it is said to be");
    }
    if (zip_u64(p + 24) != zip_u64(p + 32) ||
        (zip_u16(small + 10) != 0xffff && zip_u16(small + 10) != zip_u64(p + 32)) ||
        (zip_u32(small + 12) != 0xffffffff && zip_u32(small + 12) != zip_u64(p + 40)) ||
        (zip_u32(small + 16) != 0xffffffff && zip_u32(small + 16) != zip_u64(p + 48)))
        return err_set(e, ERR_FORMAT, "its two end records disagree");
    end->members = zip_u64(p + 32);
    end->list_n = zip_u64(p + 40);
    end->list_at = zip_u64(p + 48);
    end->at = at;
    return 0;
}

static int read_end(struct zip *z, struct end *end, struct err *e)
{
    size_t n = z->size < END_N + COMMENT_MAX ? (size_t)z->size : END_N + COMMENT_MAX;
    uint8_t *tail = mem_alloc(n + 1);
    size_t i;
    int r = zip_pread(z, z->size - n, tail, n, e);

    if (r == 0) {
        i = find_end(tail, n, &end->exact);
        if (i == SIZE_MAX) {
            r = err_set(e, ERR_ABSENT, "the list at the end of this zip is missing");
        } else {
            end->at = z->size - n + i;
            end->members = zip_u16(tail + i + 10);
            end->list_n = zip_u32(tail + i + 12);
            end->list_at = zip_u32(tail + i + 16);
            if (zip_u16(tail + i + 4) != zip_u16(tail + i + 6) || zip_u16(tail + i + 8) != zip_u16(tail + i + 10))
                r = err_set(e, ERR_FORMAT, "it is one of several parts, and the others are needed too");
            else
                r = read_end64(z, end, tail + i, e);
        }
    }
    free(tail);
    return r;
}

bool zip_is(const struct fsops *ops, int fd, uint64_t size)
{
    struct zip z = {.ops = ops, .fd = fd, .size = size};
    struct end end = {0};
    struct err ignored;
    uint8_t sig[4];

    return size >= END_N && read_end(&z, &end, &ignored) == 0 && end.exact && end.list_n <= end.at &&
           (end.members == 0 || (zip_pread(&z, end.at - end.list_n, sig, sizeof sig, &ignored) == 0 &&
                                 zip_u32(sig) == ZIP_LIST_SIG));
}

bool zip_extra(const uint8_t *p, size_t n, unsigned id, struct str *out)
{
    while (n >= 4) {
        size_t len = zip_u16(p + 2);

        if (len > n - 4)
            return false;
        if (zip_u16(p) == id) {
            *out = (struct str){(const char *)p + 4, len};
            return true;
        }
        p += 4 + len;
        n -= 4 + len;
    }
    return false;
}

/* DOS writes the local time of the machine that packed. */
static time_t dos_time(unsigned date, unsigned time)
{
    struct tm tm = {
        .tm_year = (int)(date >> 9) + 80,
        .tm_mon = (int)(date >> 5 & 15) - 1,
        .tm_mday = (int)(date & 31),
        .tm_hour = (int)(time >> 11),
        .tm_min = (int)(time >> 5 & 63),
        .tm_sec = (int)(time & 31) * 2,
        .tm_isdst = -1,
    };

    return mktime(&tm);
}

/* The next eight bytes of the field for large archives. */
static bool take64(struct str *field, uint64_t *out)
{
    if (field->n < 8)
        return false;
    *out = zip_u64((const uint8_t *)field->p);
    *field = str_sub(*field, 8, field->n);
    return true;
}

/* What the 46 bytes and the extra field of an entry of the list say. */
static bool read_member(struct zip_member *m, const uint8_t *p, const uint8_t *extra, size_t extra_n)
{
    uint32_t attributes = zip_u32(p + 38);
    struct str field = {0};

    m->flags = zip_u16(p + 8);
    m->method = zip_u16(p + 10);
    m->crc = zip_u32(p + 16);
    m->packed = zip_u32(p + 20);
    m->size = zip_u32(p + 24);
    m->offset = zip_u32(p + 42);
    zip_extra(extra, extra_n, EXTRA_ZIP64, &field);
    if ((m->size == 0xffffffff && !take64(&field, &m->size)) || (m->packed == 0xffffffff && !take64(&field, &m->packed)) ||
        (m->offset == 0xffffffff && !take64(&field, &m->offset)))
        return false;
    if (p[5] == HOST_UNIX || p[5] == HOST_OSX)
        m->mode = attributes >> 16;
    if ((m->mode & S_IFMT) == 0)
        m->mode |= (m->name.n > 0 && m->name.p[m->name.n - 1] == '/') || attributes & DOS_DIRECTORY ? S_IFDIR : S_IFREG;
    m->mtime.tv_sec = dos_time(zip_u16(p + 14), zip_u16(p + 12));
    if (zip_extra(extra, extra_n, EXTRA_TIME, &field) && field.n >= 5 && (field.p[0] & 1) != 0)
        m->mtime.tv_sec = (int32_t)zip_u32((const uint8_t *)field.p + 1);
    return true;
}

/* Reads the entries of the list; base is added to every offset. */
static int read_members(struct zip *z, const uint8_t *p, size_t n, const struct end *end, uint64_t base, struct err *e)
{
    uint64_t list_at = end->at - end->list_n;

    while (n > 0) {
        struct zip_member *m;
        size_t name_n;
        size_t extra_n;
        size_t all;

        if (n < LIST_N || zip_u32(p) != ZIP_LIST_SIG)
            return err_set(e, ERR_FORMAT, "its list is damaged behind %zu entries", z->all.n);
        name_n = zip_u16(p + 28);
        extra_n = zip_u16(p + 30);
        all = LIST_N + name_n + extra_n + zip_u16(p + 32);
        if (all > n)
            return err_set(e, ERR_FORMAT, "its list is damaged behind %zu entries", z->all.n);
        m = vec_push(&z->all);
        m->name = (struct str){arena_dup(&z->mem, p + LIST_N, name_n), name_n};
        if (!read_member(m, p, p + LIST_N + name_n, extra_n) || m->offset > list_at || base > list_at - m->offset)
            return err_set(e, ERR_FORMAT, "its list says impossible things about entry %zu, \"%.*s\"", z->all.n,
                           STR_FMT(m->name));
        m->offset += base;
        p += all;
        n -= all;
    }
    if (z->all.n != end->members)
        return err_set(e, ERR_FORMAT, "its list has %zu entries and says %" PRIu64, z->all.n, end->members);
    return 0;
}

static int by_offset(const void *a, const void *b)
{
    const struct zip_member *x = *(struct zip_member *const *)a;
    const struct zip_member *y = *(struct zip_member *const *)b;

    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

/* Gives each member its limit, the place where the next one begins. */
static int set_limits(struct zip *z, uint64_t list_at, struct err *e)
{
    struct zip_member **order = mem_array(z->all.n + 1, sizeof *order);
    int r = 0;
    size_t i;

    for (i = 0; i < z->all.n; i++)
        order[i] = &z->all.v[i];
    qsort(order, z->all.n, sizeof *order, by_offset);
    for (i = 0; r == 0 && i < z->all.n; i++) {
        struct zip_member *m = order[i];
        uint64_t room;

        m->limit = i + 1 < z->all.n ? order[i + 1]->offset : list_at;
        room = m->limit - m->offset;
        if (room < ZIP_LOCAL_N + m->name.n || room - ZIP_LOCAL_N - m->name.n < m->packed)
            r = err_set(e, ERR_REFUSED, "the entry \"%.*s\" reaches into what stands behind it, as in archives made to deceive",
                        STR_FMT(m->name));
    }
    free(order);
    return r;
}

static int read_list(struct zip *z, const struct end *end, uint64_t base, struct err *e)
{
    size_t n = (size_t)end->list_n;
    uint8_t *list = mem_alloc(n + 1);
    int r = zip_pread(z, end->at - end->list_n, list, n, e);

    if (r == 0)
        r = read_members(z, list, n, end, base, e);
    if (r == 0)
        r = set_limits(z, end->at - end->list_n, e);
    free(list);
    return r;
}

int zip_open(struct zip *z, const struct fsops *ops, int fd, uint64_t size, uint64_t max_members, struct err *e)
{
    struct end end = {0};
    uint64_t base;

    memset(z, 0, sizeof *z);
    z->ops = ops;
    z->fd = fd;
    z->size = size;
    if (read_end(z, &end, e) != 0)
        return -1;
    if (end.members > max_members)
        return err_set(e, ERR_REFUSED, "it says that it holds %" PRIu64 " entries", end.members);
    if (end.list_n > LIST_BYTES_MAX || end.list_n > end.at || end.list_at > end.at - end.list_n)
        return err_set(e, ERR_FORMAT, "its end record points to a list that can't be there");
    /* What a server printed in front of a download shifts everything by its length. */
    base = end.at - end.list_n - end.list_at;
    if (base > 0) {
        uint8_t sig[4] = {0};

        if (zip_pread(z, end.list_at, sig, sizeof sig, e) != 0)
            return -1;
        if (zip_u32(sig) == ZIP_LIST_SIG && end.members > 0)
            return err_set(e, ERR_REFUSED, "between its list and its end stand bytes that belong to nothing");
        z->flaw = "in front of it stand bytes that do not belong to it";
    }
    if (!end.exact)
        z->flaw = "behind its end stand bytes that do not belong to it";
    return read_list(z, &end, base, e);
}

void zip_close(struct zip *z)
{
    zip_unpack_free(z);
    free(z->all.v);
    arena_free(&z->mem);
    memset(z, 0, sizeof *z);
}
