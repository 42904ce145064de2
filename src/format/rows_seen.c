#include "format/rows_seen.h"

#include "base/mem.h"

#include <stdlib.h>

#define FIRST ((size_t)1024)

uint64_t rows_sum(uint64_t sum, struct str bytes)
{
    for (size_t i = 0; i < bytes.n; i++)
        sum = (sum ^ (uint8_t)bytes.p[i]) * UINT64_C(0x100000001b3);
    /* Neighbouring texts differ in few bits of the sum's low end, which chooses the place. */
    sum ^= sum >> 32;
    sum *= UINT64_C(0x9e3779b97f4a7c15);
    return sum ^ (sum >> 29);
}

static struct row_seen *place(struct row_seen *v, size_t cap, uint64_t key)
{
    size_t i = (size_t)key & (cap - 1);

    while (v[i].key != 0 && v[i].key != key)
        i = (i + 1) & (cap - 1);
    return &v[i];
}

static void grow(struct rows_seen *r)
{
    size_t cap = r->cap == 0 ? FIRST : r->cap * 2;
    struct row_seen *v = mem_array(cap, sizeof *v);

    for (size_t i = 0; i < r->cap; i++)
        if (r->v[i].key != 0)
            *place(v, cap, r->v[i].key) = r->v[i];
    free(r->v);
    r->v = v;
    r->cap = cap;
}

struct row_seen *rows_seen(struct rows_seen *r, uint64_t key, bool *there)
{
    struct row_seen *at;

    if (key == 0)
        key = 1;
    if (2 * (r->n + 1) > r->cap && r->cap < 2 * ROWS_SEEN_MAX)
        grow(r);
    at = place(r->v, r->cap, key);
    *there = at->key != 0;
    if (*there)
        return at;
    if (r->n >= ROWS_SEEN_MAX)
        return NULL;
    r->n++;
    at->key = key;
    return at;
}

void rows_seen_free(struct rows_seen *r)
{
    free(r->v);
    *r = (struct rows_seen){0};
}
