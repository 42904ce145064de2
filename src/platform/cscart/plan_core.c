/*
 * Whether an upgrade that calls itself completed has copied its files. The upgrader never looks at what its copying did: one file that
 * can't be written ends it, the log goes on to its good end, and the package is gone. What is left to compare with is the list of
 * checksums that the new version brings, if that was among the copied ones.
 */
#include "platform/cscart/plan_parts.h"

#include "sys/hash_files.h"
#include "sys/manifest.h"

#include <stdlib.h>
#include <string.h>

/* Merchants change some files of the core and remove some, and that must not look like half an upgrade. */
#define OWN_CHANGES_MAX 20

static int other_list(void *arg, const char *name, unsigned char type, struct err *e)
{
    bool *any = arg;

    (void)type;
    (void)e;
    *any = *any || str_ends(str_of(name), STR("_dist.php"));
    return 0;
}

/* Files that are absent or of another content; themes are made to be changed. */
static size_t count_wrong(struct store *s, const struct manifest *m, const char **first)
{
    const struct manifest_entry *list = m->entries.v;
    VEC(struct hash_job) jobs = {0};
    VEC(const struct manifest_entry *) entries = {0};
    size_t wrong = 0;

    for (size_t i = 0; i < m->entries.n; i++) {
        struct hash_job *j;

        if (list[i].may_differ || str_starts(str_of(list[i].path), STR("design/")) || list[i].digest.alg != HASH_MD5_MIXED ||
            cs_is_volatile(s, str_of(list[i].path)))
            continue;
        j = vec_push(&jobs);
        j->rel = list[i].path;
        j->alg = HASH_MD5;
        j->want_size = HASH_ANY_SIZE;
        *vec_push(&entries) = &list[i];
    }
    hash_files(&s->tree, jobs.v, jobs.n, NULL);
    for (size_t i = 0; i < jobs.n; i++) {
        struct digest is;

        if (jobs.v[i].state == HASH_DONE) {
            digest_mix(str_of(entries.v[i]->mixed), &jobs.v[i].digest, &is);
            if (digest_eq(&is, &entries.v[i]->digest))
                continue;
        } else if (jobs.v[i].state != HASH_ABSENT) {
            continue;
        }
        if (wrong++ == 0)
            *first = arena_strdup(&s->mem, jobs.v[i].rel);
    }
    free(jobs.v);
    free(entries.v);
    return wrong;
}

const char *cs_half_copied(struct store *s, struct cs_case *c)
{
    struct manifest m = {0};
    struct err ignored = {0};
    const char *origin = NULL;
    const char *first = NULL;
    const char *why = NULL;
    bool any = false;
    size_t wrong;

    /* Once the owner has opened the store its files are as the owner wants them. */
    if (!c->trail.finished || c->gate != GATE_CLOSED || s->version == NULL)
        return NULL;
    if (cs_dist_path(s, s->version, c->mem) == NULL) {
        tree_list(&s->tree, "var/snapshots", other_list, &any, &ignored);
        return any ? arena_printf(c->mem, "is of %s, but var/snapshots has only lists of other versions", s->version) : NULL;
    }
    if ((s->opts && s->opts->source) || cs_manifest(s, &m, &origin, &ignored) < 0)
        goto out;
    manifest_sort(&m);
    wrong = count_wrong(s, &m, &first);
    if (wrong > OWN_CHANGES_MAX)
        why = arena_printf(c->mem, "is of %s, but %zu files are not those of that version, the first is %s", s->version, wrong, first);
out:
    manifest_free(&m);
    return why;
}
