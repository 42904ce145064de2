/* Packs: unpacking an archive that was downloaded, and checking all packs before anything live is touched. */
#include "platform/xcart5/plan_parts.h"
#include "platform/xcart5/steps.h"
#include "sys/archive.h"
#include "sys/hash_files.h"

#include <fcntl.h>
#include <string.h>

int xc_run_unpack(struct store *s, struct xc_case *c, struct xc_entry *en, struct work *w, struct err *e)
{
    const char *dir;
    int rc;

    if (en->archive == NULL)
        return err_set(e, ERR_ABSENT, "the archive of %s is not there", en->name);
    dir = arena_dup(c->mem, en->archive, strlen(en->archive) - strlen(".gz"));
    if (w->dry_run) {
        w->say(w, "would unpack %s into %s", en->archive, dir);
        return 0;
    }
    /* What a dead unpacking left is not to be told from what is whole. */
    if (tree_remove_tree(&s->tree, dir, false, e) < 0)
        return -1;
    rc = xc_extract(s, en->archive, dir, w, e);
    if (rc < 0) {
        struct err ignored = {0};

        tree_remove_tree(&s->tree, dir, false, &ignored);
        return err_wrap(e, "pack of %s", en->name);
    }
    en->pack = dir;
    return 0;
}

int xc_run_check(struct store *s, struct xc_case *c, struct work *w, struct err *e)
{
    for (size_t i = 0; i < c->entries.n; i++) {
        struct xc_entry *en = c->entries.v[i];
        struct manifest m = {0};
        int rc = -1;

        if (xc_pack_manifest(s, en, &m, e) == 0)
            rc = xc_check_pack(s, en, &m, w, e);
        manifest_free(&m);
        if (rc < 0)
            return -1;
    }
    return 0;
}
