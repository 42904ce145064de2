/*
 * What the copy of an entry's files still has to do, by the upgrader's own rules. N is the list of the pack,
 * I the marketplace's list of the installed version:
 *     in I, there:    in N and different: update, unless protected; not in N: delete
 *     in I, missing:  in N: add
 *     only in N:      add
 * Without I everything in N is an add, and nothing is deleted. Files the merchant chose to keep stay.
 */
#include "format/php_version.h"
#include "platform/xcart5/files.h"

#include <stdlib.h>
#include <string.h>

/* Never updated: flags since ever, the changelog from 5.3.2 on. */
bool xc_is_protected(const struct xc_case *c, const char *path)
{
    if (str_starts(str_of(path), STR("skins/common/images/flags_svg/")))
        return true;
    return c->core_last && str_starts(str_of(path), STR("changelog/"));
}

static bool is_kept(const struct xc_case *c, const char *path)
{
    for (size_t i = 0; i < c->cell.keep.n; i++)
        if (strcmp(c->cell.keep.v[i], path) == 0)
            return true;
    return false;
}

/* One file of the entry: what the lists say of it, and what is there. */
struct known {
    const char *path;
    const struct digest *was;  /* I */
    const struct digest *want; /* N */
};

static const char *hash_state_words(const struct hash_job *j)
{
    switch (j->state) {
    case HASH_NOT_FILE:
        return "not a regular file";
    case HASH_OUTSIDE:
        return "a link that leads out of the store";
    case HASH_FAILED:
        return strerror(j->sys);
    case HASH_DONE:
    case HASH_OTHER_SIZE:
    case HASH_ABSENT:
        break;
    }
    return "";
}

struct judge {
    const struct xc_case *c;
    struct xc_file_plan *f;
};

static void todo(struct judge *j, const struct known *k, enum copy_act act, const struct digest *have, bool edited)
{
    struct copy_file *t;

    if (is_kept(j->c, k->path)) {
        *vec_push(&j->f->kept) = arena_strdup(&j->f->mem, k->path);
        return;
    }
    t = vec_push(&j->f->todo);
    t->path = arena_strdup(&j->f->mem, k->path);
    t->act = act;
    t->edited = edited;
    if (k->want)
        t->want = *k->want;
    if (have)
        t->have = *have;
}

static void judge(struct judge *j, const struct known *k, const struct hash_job *now)
{
    bool there = now->state != HASH_ABSENT;
    bool edited;

    if (there && now->state != HASH_DONE) {
        *vec_push(&j->f->blocked) = arena_printf(&j->f->mem, "%s: %s", k->path, hash_state_words(now));
        return;
    }
    edited = there && !(k->was && digest_eq(&now->digest, k->was)) && !(k->want && digest_eq(&now->digest, k->want));
    if (k->want == NULL) {
        if (there)
            todo(j, k, COPY_DELETE, &now->digest, edited);
    } else if (!there) {
        todo(j, k, COPY_ADD, NULL, k->was != NULL);
    } else if (!digest_eq(&now->digest, k->want)) {
        if (k->was == NULL)
            todo(j, k, COPY_ADD, &now->digest, edited);
        else if (!xc_is_protected(j->c, k->path))
            todo(j, k, COPY_UPDATE, &now->digest, edited);
    }
}

/* Both lists, sorted, become one. */
static struct known *merge(const struct manifest *want, const struct manifest *was, size_t *n)
{
    struct known *list = mem_array(want->entries.n + was->entries.n, sizeof *list);
    size_t i = 0;
    size_t k = 0;

    *n = 0;
    while (i < want->entries.n || k < was->entries.n) {
        int order = i == want->entries.n  ? 1
                    : k == was->entries.n ? -1
                                          : strcmp(want->entries.v[i].path, was->entries.v[k].path);
        struct known *out = &list[*n];

        if (order <= 0) {
            out->path = want->entries.v[i].path;
            out->want = &want->entries.v[i++].digest;
        }
        if (order >= 0) {
            out->path = was->entries.v[k].path;
            out->was = &was->entries.v[k++].digest;
        }
        (*n)++;
    }
    return list;
}

static void hash_known(struct store *s, const struct known *list, size_t n, struct hash_job *jobs)
{
    for (size_t i = 0; i < n; i++)
        jobs[i] = (struct hash_job){.rel = list[i].path, .alg = HASH_MD5, .want_size = HASH_ANY_SIZE};
    hash_files(&s->tree, jobs, n, NULL);
}

int xc_compare_files(struct store *s, struct xc_case *c, const struct xc_entry *en, struct xc_file_plan *f,
                     struct err *e)
{
    struct manifest want = {0};
    struct manifest was = {0};
    struct judge j = {.c = c, .f = f};
    struct hash_job *jobs = NULL;
    struct known *list = NULL;
    struct err ignored = {0};
    size_t n;
    int rc = -1;

    memset(f, 0, sizeof *f);
    if (xc_new_manifest(s, c, en, &want, e) < 0)
        goto out;
    f->knows_installed = xc_installed_manifest(s, en, &was, &ignored) == 0;
    manifest_sort(&want);
    manifest_sort(&was);
    list = merge(&want, &was, &n);
    jobs = mem_array(n, sizeof *jobs);
    hash_known(s, list, n, jobs);
    f->total = want.entries.n;
    for (size_t i = 0; i < n; i++)
        judge(&j, &list[i], &jobs[i]);
    rc = 0;
out:
    free(jobs);
    free(list);
    manifest_free(&want);
    manifest_free(&was);
    return rc;
}

void xc_file_plan_free(struct xc_file_plan *f)
{
    free(f->todo.v);
    free(f->kept.v);
    free(f->blocked.v);
    arena_free(&f->mem);
    memset(f, 0, sizeof *f);
}
