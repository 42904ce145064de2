/*
 * Memory: allocation that never fails visibly, growing vectors, and arenas.
 *
 * Running out of memory is treated like a kill: the program ends through mem_exhausted(), which the
 * program itself defines, and the journal makes an end at any instant safe. So no caller checks for NULL.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>
#include <stdint.h>

/* Defined by each program: says that memory is exhausted and ends it. */
_Noreturn void mem_exhausted(void);

/* n zeroed bytes; free() with free(). */
void *mem_alloc(size_t n);

/* count * size zeroed bytes, overflow checked. */
void *mem_array(size_t count, size_t size);

/* realloc of count * size bytes, overflow checked; added bytes are not zeroed. */
void *mem_resize(void *p, size_t count, size_t size);

/* Copy of n bytes with a NUL behind them. */
char *mem_dup(const void *p, size_t n);

/* Copy of a string; NULL gives NULL. */
char *mem_strdup(const char *s);

/* An arena owns all that is taken from it; everything goes at once. A zeroed struct is an empty arena. */
struct arena_block;
struct arena {
    struct arena_block *last;
};

void arena_free(struct arena *a);

/* n zeroed bytes, aligned for any type. */
void *arena_alloc(struct arena *a, size_t n);
void *arena_array(struct arena *a, size_t count, size_t size);

/* Copies that live as long as the arena. */
char *arena_dup(struct arena *a, const void *p, size_t n);
char *arena_strdup(struct arena *a, const char *s);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* "dir/rel"; rel itself, no copy, where dir is "". */
const char *arena_join(struct arena *a, const char *dir, const char *rel);

/*
 * A vector: VEC(struct thing) list = {0}; *vec_push(&list) = t; for (i < list.n) list.v[i]; free(list.v).
 * vec_push gives the address of a new zeroed last element; addresses change when the vector grows.
 */
#define VEC(T)      \
    struct {        \
        T *v;       \
        size_t n;   \
        size_t cap; \
    }
#define vec_push(V)                                                                     \
    ((V)->v = mem_vec_room((V)->v, (V)->n, &(V)->cap, sizeof *(V)->v), &(V)->v[(V)->n++])

/* Room for one more element of the given size, zeroed; used by vec_push. */
void *mem_vec_room(void *v, size_t n, size_t *cap, size_t size);

#endif
