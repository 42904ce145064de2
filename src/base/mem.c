#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_BLOCK ((size_t)16 * 1024)

struct arena_block {
    struct arena_block *before;
    size_t used;
    size_t size;
    max_align_t data[];
};

void *mem_alloc(size_t n)
{
    void *p = calloc(1, n ? n : 1);

    if (p == NULL)
        mem_exhausted();
    return p;
}

void *mem_array(size_t count, size_t size)
{
    void *p = calloc(count ? count : 1, size ? size : 1);

    if (p == NULL)
        mem_exhausted();
    return p;
}

void *mem_resize(void *p, size_t count, size_t size)
{
    void *q;

    if (count == 0)
        count = 1;
    if (size == 0)
        size = 1;
    if (count > SIZE_MAX / size || (q = realloc(p, count * size)) == NULL)
        mem_exhausted();
    return q;
}

char *mem_dup(const void *p, size_t n)
{
    char *copy;

    if (n == SIZE_MAX)
        mem_exhausted();
    copy = mem_alloc(n + 1);
    if (n > 0)
        memcpy(copy, p, n);
    return copy;
}

char *mem_strdup(const char *s)
{
    return s ? mem_dup(s, strlen(s)) : NULL;
}

void *mem_vec_room(void *v, size_t n, size_t *cap, size_t size)
{
    if (n == *cap) {
        *cap = *cap ? *cap * 2 : 8;
        v = mem_resize(v, *cap, size);
    }
    memset((char *)v + n * size, 0, size);
    return v;
}

void arena_free(struct arena *a)
{
    while (a->last) {
        struct arena_block *before = a->last->before;

        free(a->last);
        a->last = before;
    }
}

void *arena_alloc(struct arena *a, size_t n)
{
    const size_t align = sizeof(max_align_t);
    struct arena_block *b = a->last;
    void *p;

    if (n > SIZE_MAX - sizeof *b - align)
        mem_exhausted();
    n = (n + align - 1) / align * align;
    if (b == NULL || b->size - b->used < n) {
        size_t size = n > ARENA_BLOCK / 4 ? n : ARENA_BLOCK;

        b = mem_alloc(sizeof *b + size);
        b->size = size;
        /* A block made for one large piece is full; the block in use stays last. */
        if (size == n && a->last != NULL) {
            b->before = a->last->before;
            a->last->before = b;
        } else {
            b->before = a->last;
            a->last = b;
        }
    }
    p = (char *)b->data + b->used;
    b->used += n;
    return p;
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size)
        mem_exhausted();
    return arena_alloc(a, count * size);
}

char *arena_dup(struct arena *a, const void *p, size_t n)
{
    char *copy;

    if (n == SIZE_MAX)
        mem_exhausted();
    copy = arena_alloc(a, n + 1);
    if (n > 0)
        memcpy(copy, p, n);
    return copy;
}

char *arena_strdup(struct arena *a, const char *s)
{
    return s ? arena_dup(a, s, strlen(s)) : NULL;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
    va_list ap;
    va_list again;
    char *s;
    int n;

    va_start(ap, fmt);
    va_copy(again, ap);
    n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n < 0)
        n = 0;
    s = arena_alloc(a, (size_t)n + 1);
    vsnprintf(s, (size_t)n + 1, fmt, again);
    va_end(again);
    return s;
}

const char *arena_join(struct arena *a, const char *dir, const char *rel)
{
    return dir[0] != '\0' ? arena_printf(a, "%s/%s", dir, rel) : rel;
}
