#include "sys/manifest.h"

#include <stdlib.h>
#include <string.h>

void manifest_add(struct manifest *m, struct str path, const struct digest *digest, const char *origin)
{
    struct manifest_entry *en = vec_push(&m->entries);

    if (origin == NULL)
        origin = "";
    if (m->last_origin == NULL || strcmp(m->last_origin, origin) != 0)
        m->last_origin = arena_strdup(&m->mem, origin);
    en->path = arena_dup(&m->mem, path.p, path.n);
    en->digest = *digest;
    en->origin = m->last_origin;
}

/* Texts of the arena are made in the order of adding, but arena blocks are not, so the index decides. */
struct keyed {
    struct manifest_entry entry;
    size_t at;
};

static int by_path(const void *a, const void *b)
{
    const struct keyed *x = a;
    const struct keyed *y = b;
    int c = strcmp(x->entry.path, y->entry.path);

    if (c != 0)
        return c;
    return (x->at > y->at) - (x->at < y->at);
}

void manifest_sort(struct manifest *m)
{
    struct keyed *list = mem_array(m->entries.n, sizeof *list);

    for (size_t i = 0; i < m->entries.n; i++)
        list[i] = (struct keyed){m->entries.v[i], i};
    if (m->entries.n > 1)
        qsort(list, m->entries.n, sizeof *list, by_path);
    for (size_t i = 0; i < m->entries.n; i++)
        m->entries.v[i] = list[i].entry;
    free(list);
}

const struct manifest_entry *manifest_find(const struct manifest *m, const char *path)
{
    size_t lo = 0;
    size_t hi = m->entries.n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (strcmp(m->entries.v[mid].path, path) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    if (lo < m->entries.n && strcmp(m->entries.v[lo].path, path) == 0)
        return &m->entries.v[lo];
    return NULL;
}

void manifest_free(struct manifest *m)
{
    free(m->entries.v);
    arena_free(&m->mem);
    memset(m, 0, sizeof *m);
}
