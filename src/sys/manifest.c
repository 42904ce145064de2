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

void manifest_add_mixed(struct manifest *m, struct str path, struct str text, const struct digest *digest, const char *origin)
{
    manifest_add(m, path, digest, origin);
    m->entries.v[m->entries.n - 1].mixed = arena_dup(&m->mem, text.p, text.n);
}

void manifest_add_text(struct manifest *m, struct str path, const struct digest *digest, const struct digest *text, const char *origin)
{
    struct digest *copy;

    manifest_add(m, path, digest, origin);
    if (text == NULL)
        return;
    copy = arena_alloc(&m->mem, sizeof *copy);
    *copy = *text;
    m->entries.v[m->entries.n - 1].text = copy;
}

/* Puts two neighbouring sorted runs into one; of equal paths those of the left one come first. */
static void merge_runs(struct manifest_entry *left, size_t n, size_t m, struct manifest_entry *room)
{
    struct manifest_entry *right = left + n;
    size_t i = 0;
    size_t k = 0;

    memcpy(room, left, n * sizeof *left);
    while (i < n && k < m) {
        if (strcmp(room[i].path, right[k].path) <= 0)
            *left++ = room[i++];
        else
            *left++ = right[k++];
    }
    memcpy(left, room + i, (n - i) * sizeof *left);
}

/* A merge sort: lists are mostly in order already, or made of runs that are. */
static void sort_run(struct manifest_entry *v, size_t n, struct manifest_entry *room)
{
    size_t half = n / 2;

    if (n < 2)
        return;
    sort_run(v, half, room);
    sort_run(v + half, n - half, room);
    if (strcmp(v[half - 1].path, v[half].path) > 0)
        merge_runs(v, half, n - half, room);
}

static bool in_order(const struct manifest *m)
{
    for (size_t i = 1; i < m->entries.n; i++)
        if (strcmp(m->entries.v[i - 1].path, m->entries.v[i].path) > 0)
            return false;
    return true;
}

void manifest_sort(struct manifest *m)
{
    struct manifest_entry *room;

    if (in_order(m))
        return;
    room = mem_array(m->entries.n / 2, sizeof *room);
    sort_run(m->entries.v, m->entries.n, room);
    free(room);
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
