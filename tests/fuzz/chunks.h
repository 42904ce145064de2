/* What the targets for log readers share: a log gives the same records however it is cut into pieces. */
#ifndef TESTS_FUZZ_CHUNKS_H
#define TESTS_FUZZ_CHUNKS_H

#include "base/buf.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Sums up a text, so that every byte given is read and two readings can be compared. */
static void chunks_add(struct buf *sum, struct str s)
{
    uint64_t h = s.n + 1;

    for (size_t i = 0; i < s.n; i++)
        h = h * 31 + (unsigned char)s.p[i];
    buf_add(sum, &h, sizeof h);
}

/* The piece of a log at *at, and *at behind it; false at the end. */
static bool chunks_next(struct str log, size_t chunk, size_t *at, struct str *piece)
{
    if (*at >= log.n)
        return false;
    *piece = str_sub(log, *at, log.n - *at < chunk ? log.n : *at + chunk);
    *at += piece->n;
    return true;
}

/* read_all feeds the log in pieces of `chunk` bytes to a reader and sums up what it gives. The first byte is the
 * length of the pieces. */
static int chunks_compare(const uint8_t *data, size_t size,
                          void (*read_all)(struct str log, size_t chunk, struct buf *sum))
{
    struct buf whole = {0};
    struct buf parts = {0};
    struct str log;

    if (size < 2)
        return 0;
    log = (struct str){(const char *)data + 1, size - 1};
    read_all(log, log.n, &whole);
    read_all(log, (size_t)data[0] + 1, &parts);
    if (!str_eq(buf_str(&whole), buf_str(&parts)))
        abort();
    buf_free(&whole);
    buf_free(&parts);
    return 0;
}

#endif
