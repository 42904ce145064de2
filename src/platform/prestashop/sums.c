/*
 * Lists of checksums as PrestaShop publishes them, one for each version. The upgrade module keeps those it has fetched below config/xml; releases
 * bring theirs beside the archive, where it is kept with the download.
 */
#include "format/ps_sums.h"
#include "platform/prestashop/ps.h"

#include <string.h>

bool ps_real_path(const struct store *s, struct str listed, struct arena *mem, struct str *real)
{
    const struct ps *x = s->own;
    struct str rest;
    struct str top = str_cut(listed, '/', &rest);

    *real = listed;
    if (str_is(top, "install") || str_is(top, "install-dev"))
        return false;
    if (x->admin && rest.p && (str_is(top, "admin") || str_is(top, "admin-dev")) && !str_is(top, x->admin))
        *real = str_of(arena_printf(mem, "%s/%.*s", x->admin, STR_FMT(rest)));
    return true;
}

struct adding {
    struct store *s;
    struct manifest *m;
    const char *shown;
    const char *version; /* as the list says */
    const char *want;
    struct arena mem;
};

static int add(void *ctx, const struct ps_sum *sum, struct err *e)
{
    struct adding *a = ctx;
    struct digest d = {.alg = HASH_MD5};
    struct str real;

    if (a->want && a->version[0] && ps_version_compare(str_of(a->version), str_of(a->want)) != 0)
        return err_set(e, ERR_REFUSED, "%s is the list of version %s, but the shop's code is of %s", a->shown, a->version, a->want);
    memcpy(d.b, sum->md5, sizeof sum->md5);
    if (ps_real_path(a->s, sum->path, &a->mem, &real))
        manifest_add(a->m, real, &d, a->shown);
    return 0;
}

int ps_sums_add(struct store *s, struct str xml, const char *want, const char *shown, struct manifest *m, struct err *e)
{
    char version[32] = "";
    struct adding a = {.s = s, .m = m, .shown = shown, .version = version, .want = want};
    int rc = ps_sums_read(xml, version, add, &a, e);

    if (rc < 0 && e->kind == ERR_FORMAT)
        err_wrap(e, "%s", shown);
    arena_free(&a.mem);
    return rc;
}

/* ---- finding ---- */

struct search {
    struct store *s;
    struct arena *mem;
    const char *dir;
    const char *version;
    const char *found;
    struct buf *others;
};

/* The version stands in the first lines. */
static bool says_version(struct store *s, const char *rel, const char *version, bool *is_list)
{
    struct buf text = {0};
    struct err ignored = {0};
    struct str head;
    struct str rest;
    bool yes = false;
    size_t at;

    *is_list = false;
    if (tree_read(&s->tree, rel, PS_SUMS_MAX_BYTES, &text, &ignored) == 0) {
        head = str_sub(buf_str(&text), 0, 4096);
        at = str_find(head, STR("<ps_root_dir"), 0);
        *is_list = at != SIZE_MAX && str_has(head, STR("<checksum_list"));
        rest = str_sub(head, at == SIZE_MAX ? head.n : at, head.n);
        rest = str_cut(rest, '>', &(struct str){0});
        str_cut(rest, '"', &rest);
        rest = str_cut(rest, '"', &(struct str){0});
        yes = *is_list && ps_is_version(rest) && ps_version_compare(rest, str_of(version)) == 0;
    }
    buf_free(&text);
    return yes;
}

static int look_at_list(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct search *f = arg;
    const char *rel = arena_join(f->mem, f->dir, arena_strdup(f->mem, name));
    struct str stem = str_of(name);
    bool is_list;

    (void)e;
    if (type != DT_REG || !str_chop(&stem, STR(".xml")))
        return 0;
    str_skip(&stem, STR("prestashop_"));
    /* Settings of modules and themes lie there as well, so names count, but beside a download they may be any. */
    if (!ps_is_version(stem) && !str_ends(str_of(f->dir), STR("/download")))
        return 0;
    if (f->version && says_version(f->s, rel, f->version, &is_list)) {
        f->found = rel;
        return 1;
    }
    if (f->others && ps_is_version(stem))
        buf_printf(f->others, "%s%s", f->others->n ? ", " : "", rel);
    return 0;
}

const char *ps_sums_find(struct store *s, const char *version, struct arena *mem, struct buf *others)
{
    const struct ps *x = s->own;
    struct search f = {.s = s, .mem = mem, .version = version, .others = others};
    const char *dirs[] = {"config/xml", "", NULL, NULL};
    size_t n = 2;

    if (x->workspace) {
        dirs[n++] = arena_printf(mem, "%s/download", x->workspace);
        dirs[n++] = arena_printf(mem, "%s/latest", x->workspace);
    }
    for (size_t i = 0; i < n && f.found == NULL; i++) {
        struct err ignored = {0};

        f.dir = dirs[i];
        tree_list(&s->tree, f.dir, look_at_list, &f, &ignored);
    }
    return f.found;
}
