#include "format/ps_sums.h"

#include "base/buf.h"
#include "base/mem.h"
#include "format/ps_names.h"
#include "format/xml_scan.h"

#include <stdlib.h>
#include <string.h>

#define VERSION_ROOM 32

struct place {
    struct str path;
    unsigned line;
};

struct reader {
    struct xml_scan x;
    struct err *e;
    ps_sums_fn fn;
    void *ctx;
    struct arena a;
    struct buf path;                   /* of the open folders, each with a slash behind it */
    size_t path_n[XML_MAX_DEPTH + 1];  /* its length outside of each open element */
    bool in_file;                      /* inside <md5file>, which has no checksum yet */
    bool seen_root;
    struct str name;                   /* of that file */
    unsigned line;
    VEC(struct place) places;
};

static int fault(const struct reader *r, unsigned line, const char *what, struct str name)
{
    return err_set(r->e, ERR_FORMAT, "line %u: %s: \"%.*s\"", line, what, STR_FMT(name));
}

/* The attribute name of a folder or file, which is one part of a path. */
static int take_name(struct reader *r, struct str *name)
{
    if (!xml_scan_attr(&r->x, "name", name))
        return fault(r, r->x.line, "an element without a name", r->x.name);
    if (!str_is_safe_path(*name) || str_chr(*name, '/', 0) != SIZE_MAX)
        return fault(r, r->x.line, "a name that is no part of a path", *name);
    return 0;
}

static int open_root(struct reader *r, char version[static VERSION_ROOM])
{
    struct str v;

    if (r->seen_root)
        return fault(r, r->x.line, "a second folder of the shop", r->x.name);
    r->seen_root = true;
    if (xml_scan_attr(&r->x, "version", &v) && v.n < VERSION_ROOM && ps_name_is_version(v))
        memcpy(version, v.p, v.n);
    return 0;
}

/* depth counts the element just opened, too. */
static int open_element(struct reader *r, char version[static VERSION_ROOM])
{
    struct str name;

    r->path_n[r->x.depth] = r->path.n;
    if (r->in_file)
        return fault(r, r->x.line, "an element inside a file", r->x.name);
    if (r->x.depth == 1)
        return str_is(r->x.name, "checksum_list") ? 0 : fault(r, r->x.line, "no list of checksums", r->x.name);
    if (r->x.depth == 2)
        return str_is(r->x.name, "ps_root_dir") ? open_root(r, version) : fault(r, r->x.line, "an unknown element", r->x.name);
    if (str_is(r->x.name, "dir")) {
        if (take_name(r, &name) != 0)
            return -1;
        buf_addstr(&r->path, name);
        buf_addc(&r->path, '/');
        return 0;
    }
    if (!str_is(r->x.name, "md5file"))
        return fault(r, r->x.line, "an unknown element", r->x.name);
    r->in_file = true;
    r->line = r->x.line;
    return take_name(r, &r->name);
}

static int give(struct reader *r)
{
    struct ps_sum sum = {.line = r->line};
    struct place *place;
    size_t n = r->path.n;
    int rc;

    if (!str_unhex(str_trim(r->x.text), sum.md5, sizeof sum.md5))
        return fault(r, r->x.text_line, "a checksum that is not 32 hex digits", str_trim(r->x.text));
    if (r->places.n >= PS_SUMS_MAX_FILES)
        return err_set(r->e, ERR_FORMAT, "more than %zu files", PS_SUMS_MAX_FILES);
    buf_addstr(&r->path, r->name);
    sum.path = (struct str){arena_dup(&r->a, r->path.p, r->path.n), r->path.n};
    r->path.n = n;
    if (!str_is_safe_path(sum.path))
        return fault(r, r->line, "a path that is too long", sum.path);
    place = vec_push(&r->places);
    place->path = sum.path;
    place->line = r->line;
    r->in_file = false;
    rc = r->fn(r->ctx, &sum, r->e);
    return rc != 0 ? -1 : 0;
}

static int close_element(struct reader *r)
{
    /* A file is closed by giving it; what closes now has nothing to say any more. */
    if (r->in_file)
        return fault(r, r->line, "a file without a checksum", r->name);
    r->path.n = r->path_n[r->x.depth + 1];
    return 0;
}

static int by_path(const void *a, const void *b)
{
    return str_cmp(((const struct place *)a)->path, ((const struct place *)b)->path);
}

static int refuse_repeated(struct reader *r)
{
    qsort(r->places.v, r->places.n, sizeof *r->places.v, by_path);
    for (size_t i = 1; i < r->places.n; i++)
        if (str_eq(r->places.v[i - 1].path, r->places.v[i].path)) {
            unsigned first = r->places.v[i - 1].line;
            unsigned second = r->places.v[i].line;

            return fault(r, first > second ? first : second, "a file that stands twice", r->places.v[i].path);
        }
    return 0;
}

static int read_all(struct reader *r, char version[static VERSION_ROOM])
{
    enum xml_event event;
    int rc = 0;

    while (rc == 0 && (event = xml_scan_next(&r->x, r->e)) != XML_END) {
        switch (event) {
        case XML_OPEN:
            rc = open_element(r, version);
            break;
        case XML_TEXT:
            rc = r->in_file ? give(r) : fault(r, r->x.text_line, "text that belongs to no file", str_trim(r->x.text));
            break;
        case XML_CLOSE:
            rc = close_element(r);
            break;
        default:
            rc = -1;
        }
    }
    if (rc == 0 && r->places.n == 0)
        rc = err_set(r->e, ERR_FORMAT, "a list of checksums without files");
    return rc == 0 ? refuse_repeated(r) : rc;
}

int ps_sums_read(struct str xml, char version[static 32], ps_sums_fn fn, void *ctx, struct err *e)
{
    struct reader r = {.e = e, .fn = fn, .ctx = ctx};
    int rc;

    memset(version, 0, VERSION_ROOM);
    if (xml.n > PS_SUMS_MAX_BYTES)
        return err_set(e, ERR_FORMAT, "a list of checksums of %zu bytes, more than %zu are not read", xml.n,
                       PS_SUMS_MAX_BYTES);
    xml_scan_start(&r.x, xml, &r.a);
    rc = read_all(&r, version);
    free(r.places.v);
    buf_free(&r.path);
    arena_free(&r.a);
    return rc;
}
