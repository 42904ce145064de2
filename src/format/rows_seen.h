/*
 * Which rows of a dump came already: by the checksum of what makes a row the same one, with the place where it stood. What is kept of a row does not
 * depend on its size, and no more than ROWS_SEEN_MAX are kept: behind that a row is not known to come again.
 */
#ifndef FORMAT_ROWS_SEEN_H
#define FORMAT_ROWS_SEEN_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

/* Some 50 MiB at most; shops have far fewer rows. */
#define ROWS_SEEN_MAX ((size_t)1 << 20)

struct row_seen {
    uint64_t key; /* never 0 for one that is there */
    uint64_t sum; /* of all of the row */
    uint32_t line;
    uint32_t mark; /* the caller's */
};

/* A zeroed struct is empty. */
struct rows_seen {
    struct row_seen *v;
    size_t n, cap;
};

/* Goes on with a checksum; begin with ROWS_SUM. */
#define ROWS_SUM UINT64_C(0xcbf29ce484222325)
uint64_t rows_sum(uint64_t sum, struct str bytes);

/* The row with that key: *there says whether it was there; else it is put in, all but its key 0. NULL when there is room for no more. Valid until the
 * next call. */
struct row_seen *rows_seen(struct rows_seen *r, uint64_t key, bool *there);
void rows_seen_free(struct rows_seen *r);

#endif
