/* The batch by path: an open hash table that grows with the batch. */
#include "sys/stage_parts.h"

#include <stdlib.h>
#include <string.h>

#define SLOTS_FIRST 1024

/* The slot of rel: its entry's number plus one, or a free slot. */
static uint32_t *slot_of(const struct stage *s, const char *rel)
{
    uint32_t h = UINT32_C(2166136261);

    for (const char *c = rel; *c != '\0'; c++)
        h = (h ^ (unsigned char)*c) * UINT32_C(16777619);
    for (h ^= h >> 15;; h++) {
        uint32_t *slot = &s->slots[h & (s->slots_n - 1)];

        if (*slot == 0 || strcmp(s->batch.v[*slot - 1].rel, rel) == 0)
            return slot;
    }
}

static void grow(struct stage *s)
{
    free(s->slots);
    s->slots_n = s->slots_n ? s->slots_n * 2 : SLOTS_FIRST;
    s->slots = mem_array(s->slots_n, sizeof *s->slots);
    for (size_t i = 0; i < s->batch.n; i++)
        *slot_of(s, s->batch.v[i].rel) = (uint32_t)i + 1;
}

struct stage_entry *stage_index_find(const struct stage *s, const char *rel)
{
    uint32_t *slot = s->slots_n ? slot_of(s, rel) : NULL;

    return slot && *slot ? &s->batch.v[*slot - 1] : NULL;
}

struct stage_entry *stage_index_add(struct stage *s, char *rel)
{
    struct stage_entry *b;

    /* Half empty at least, so that a free slot is near. */
    if (s->batch.n * 2 >= s->slots_n)
        grow(s);
    b = vec_push(&s->batch);
    b->rel = rel;
    *slot_of(s, rel) = (uint32_t)s->batch.n;
    return b;
}

void stage_index_clear(struct stage *s)
{
    if (s->slots_n)
        memset(s->slots, 0, s->slots_n * sizeof *s->slots);
}
