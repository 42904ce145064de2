#include "sys/path_set.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#define DIR_BIT UINT64_C(1)

/* FNV-1a, its bits mixed at the end, never 0 but for the lowest bit. */
#define HASH_START UINT64_C(0xcbf29ce484222325)
#define HASH_PRIME UINT64_C(0x100000001b3)

static uint64_t mix(uint64_t h)
{
    h ^= h >> 31;
    h *= UINT64_C(0x9e3779b97f4a7c15);
    h ^= h >> 29;
    return (h | 2) & ~DIR_BIT;
}

static unsigned char lower(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

static uint64_t *find(const struct path_slots *s, uint64_t key)
{
    size_t i = (size_t)(key >> 8) & (s->size - 1);

    while (s->v[i] != 0 && (s->v[i] & ~DIR_BIT) != key)
        i = (i + 1) & (s->size - 1);
    return &s->v[i];
}

/* The slot of a key, its own or a free one. */
static uint64_t *slot(struct path_slots *s, uint64_t key)
{
    if (s->n >= s->size / 2) {
        struct path_slots more = {.size = s->size ? s->size * 2 : 1024, .n = s->n};
        size_t i;

        more.v = mem_array(more.size, sizeof *more.v);
        for (i = 0; i < s->size; i++)
            if (s->v[i] != 0)
                *find(&more, s->v[i] & ~DIR_BIT) = s->v[i];
        free(s->v);
        *s = more;
    }
    return find(s, key);
}

static void put(struct path_slots *s, uint64_t *at, uint64_t key, bool is_dir)
{
    *at = key | (is_dir ? DIR_BIT : 0);
    s->n++;
}

/* The directories above the path are there by it. False when one of them is a file. */
static bool add_above(struct path_set *s, struct str path, bool *renamed)
{
    uint64_t h = HASH_START;
    uint64_t l = HASH_START;
    size_t i;

    for (i = 0; i < path.n; i++) {
        if (path.p[i] == '/') {
            uint64_t *at = slot(&s->exact, mix(h));

            if (*at == 0) {
                uint64_t *folded;

                put(&s->exact, at, mix(h), true);
                folded = slot(&s->folded, mix(l));
                if (*folded == 0)
                    put(&s->folded, folded, mix(l), true);
                else
                    *renamed = true;
            } else if ((*at & DIR_BIT) == 0) {
                return false;
            }
        }
        h = (h ^ (unsigned char)path.p[i]) * HASH_PRIME;
        l = (l ^ lower(path.p[i])) * HASH_PRIME;
    }
    return true;
}

static uint64_t whole_hash(struct str path, bool fold)
{
    uint64_t h = HASH_START;
    size_t i;

    for (i = 0; i < path.n; i++)
        h = (h ^ (fold ? lower(path.p[i]) : (unsigned char)path.p[i])) * HASH_PRIME;
    return mix(h);
}

enum path_news path_set_add(struct path_set *s, struct str path, bool is_dir)
{
    uint64_t key = whole_hash(path, false);
    uint64_t *at;
    bool other_case = false;

    if (!add_above(s, path, &other_case))
        return PATH_BELOW_FILE;
    at = slot(&s->exact, key);
    if (*at != 0) {
        if (((*at & DIR_BIT) != 0) != is_dir)
            return PATH_OTHER_KIND;
        return is_dir ? PATH_NEW : PATH_TWICE;
    }
    put(&s->exact, at, key, is_dir);
    key = whole_hash(path, true);
    at = slot(&s->folded, key);
    if (*at != 0)
        return PATH_CASE;
    put(&s->folded, at, key, is_dir);
    return other_case ? PATH_CASE : PATH_NEW;
}

void path_set_free(struct path_set *s)
{
    free(s->exact.v);
    free(s->folded.v);
    memset(s, 0, sizeof *s);
}
