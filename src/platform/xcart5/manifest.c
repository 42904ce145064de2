/*
 * The best list of checksums at hand: that of the packs once their files were copied; before that the
 * marketplace's list of the installed version, where it lies beside the pack.
 */
#include "platform/xcart5/files.h"

#include <string.h>

/* Files that rightly differ from the list: the upgrader never updates them, or the merchant kept his own. */
static bool may_differ(const struct xc_case *c, const char *path)
{
    if (xc_is_protected(c, path))
        return true;
    for (size_t i = 0; i < c->cell.keep.n; i++)
        if (strcmp(c->cell.keep.v[i], path) == 0)
            return true;
    return false;
}

int xc_case_manifest(struct store *s, struct xc_case *c, bool installed, struct manifest *m, struct err *e)
{
    struct manifest all = {0};
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < c->entries.n; i++) {
        const struct xc_entry *en = c->entries.v[i];

        /* A rebuild of this very run may have wiped it. */
        if (en->pack == NULL || !tree_exists(&s->tree, en->pack))
            continue;
        rc = installed ? xc_installed_manifest(s, en, &all, e) : xc_pack_manifest(s, en, &all, e);
        if (rc < 0 && installed && e->kind == ERR_ABSENT) {
            err_clear(e);
            rc = 0;
        }
    }
    for (size_t i = 0; rc == 0 && i < all.entries.n; i++) {
        const struct manifest_entry *en = &all.entries.v[i];

        if (installed || !may_differ(c, en->path))
            manifest_add(m, str_of(en->path), &en->digest, en->origin);
    }
    manifest_free(&all);
    return rc;
}

int xc_manifest(struct store *s, struct manifest *m, const char **origin, struct err *e)
{
    const struct xc *x = s->own;
    struct arena mem = {0};
    struct xc_case c;
    bool copied;
    int rc = xc_case_read(s, &mem, &c, e);

    if (rc == 0) {
        copied = c.to == NULL || x->code_version == NULL || strcmp(c.to, x->code_version) == 0;
        *origin = copied ? "the lists of the new version's packs" : "the marketplace's lists of the installed version";
        rc = xc_case_manifest(s, &c, !copied, m, e);
        if (rc == 0 && m->entries.n == 0 && !copied) {
            *origin = "the lists of the new version's packs";
            rc = xc_case_manifest(s, &c, false, m, e);
        }
    }
    if (rc == 0 && m->entries.n == 0)
        rc = err_set(e, ERR_ABSENT, "there are no packs below var/tmp, so no list of checksums");
    xc_case_free(&c);
    arena_free(&mem);
    return rc;
}
