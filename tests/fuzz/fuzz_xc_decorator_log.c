#include "format/xc_decorator_log.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Sums up everything in a record, so that every byte given is read and two readings can be compared. */
static void add(struct buf *sum, struct str s)
{
    uint64_t h = s.n + 1;

    for (size_t i = 0; i < s.n; i++)
        h = h * 31 + (unsigned char)s.p[i];
    buf_add(sum, &h, sizeof h);
}

static void take(void *context, const struct xc_decorator_record *r)
{
    struct buf *sum = context;

    buf_add(sum, &r->line, sizeof r->line);
    buf_add(sum, &r->offset, sizeof r->offset);
    buf_add(sum, &r->kind, sizeof r->kind);
    buf_add(sum, &r->took_ms, sizeof r->took_ms);
    buf_add(sum, &r->cut, sizeof r->cut);
    add(sum, r->name);
    add(sum, r->entry);
    add(sum, r->path);
    add(sum, r->hook);
    add(sum, r->argument);
}

static void read_all(struct str log, size_t chunk, struct buf *sum)
{
    struct xc_decorator_reader r;

    xc_decorator_init(&r, 1, false, take, sum);
    for (size_t at = 0; at < log.n; at += chunk)
        xc_decorator_feed(&r, str_sub(log, at, log.n - at < chunk ? log.n : at + chunk));
    xc_decorator_end(&r);
    xc_decorator_free(&r);
}

/* The first byte is the length of the chunks; records must not depend on it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
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
