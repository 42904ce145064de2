/* Packs: unpacking an archive that was downloaded, and checking all packs before anything live is touched. */
#include "base/plural.h"
#include "platform/xcart5/files.h"
#include "platform/xcart5/steps.h"

#include <stdlib.h>
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

/* Every file of the pack against its list. */
static int check_pack(struct store *s, const struct xc_entry *en, const struct manifest *m, struct err *e)
{
    struct hash_job *jobs = mem_array(m->entries.n, sizeof *jobs);
    struct tree pack = {0};
    char want[HASH_HEX];
    char have[HASH_HEX];
    int rc = -1;

    if (tree_open_sub(&pack, &s->tree, en->pack, e) < 0)
        goto out;
    for (size_t i = 0; i < m->entries.n; i++)
        jobs[i] = (struct hash_job){.rel = m->entries.v[i].path, .alg = HASH_MD5, .want_size = HASH_ANY_SIZE};
    hash_files(&pack, jobs, m->entries.n, NULL);
    rc = 0;
    for (size_t i = 0; rc == 0 && i < m->entries.n; i++) {
        if (jobs[i].state != HASH_DONE)
            rc = err_set(e, ERR_MISMATCH, "pack of %s: %s stands in its list and can't be read", en->name, jobs[i].rel);
        else if (!digest_eq(&jobs[i].digest, &m->entries.v[i].digest))
            rc = err_set(e, ERR_MISMATCH, "pack of %s: %s is damaged: its MD5 sum is %s, by the list it has to be %s",
                         en->name, jobs[i].rel, digest_hex(&jobs[i].digest, have),
                         digest_hex(&m->entries.v[i].digest, want));
    }
    if (rc < 0)
        err_fix(e, "bring that file of the target version into %s, or name a clean tree with --source", en->pack);
out:
    tree_close(&pack);
    free(jobs);
    return rc;
}

int xc_run_check(struct store *s, struct xc_case *c, struct work *w, struct err *e)
{
    for (size_t i = 0; i < c->entries.n; i++) {
        struct xc_entry *en = c->entries.v[i];
        struct manifest m = {0};
        int rc = -1;

        if (en->pack == NULL) {
            w->say(w, "the pack of %s is gone: nothing to check", en->name);
            continue;
        }
        if (xc_pack_manifest(s, en, &m, e) == 0)
            rc = check_pack(s, en, &m, e);
        if (rc == 0)
            w->say(w, "%s: %zu file%s with the list", en->name, m.entries.n, plural(m.entries.n, " agrees", "s agree"));
        manifest_free(&m);
        if (rc < 0)
            return -1;
    }
    return 0;
}
