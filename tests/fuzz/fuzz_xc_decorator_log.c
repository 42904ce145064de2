#include "format/xc_decorator_log.h"

#include "chunks.h"

static void take(void *context, const struct xc_decorator_record *r)
{
    struct buf *sum = context;

    buf_add(sum, &r->line, sizeof r->line);
    buf_add(sum, &r->offset, sizeof r->offset);
    buf_add(sum, &r->kind, sizeof r->kind);
    buf_add(sum, &r->took_ms, sizeof r->took_ms);
    buf_add(sum, &r->cut, sizeof r->cut);
    chunks_add(sum, r->name);
    chunks_add(sum, r->entry);
    chunks_add(sum, r->path);
    chunks_add(sum, r->hook);
    chunks_add(sum, r->argument);
}

static void read_all(struct str log, size_t chunk, struct buf *sum)
{
    struct xc_decorator_reader r;
    struct str piece;
    size_t at = 0;

    xc_decorator_init(&r, 1, false, take, sum);
    while (chunks_next(log, chunk, &at, &piece))
        xc_decorator_feed(&r, piece);
    xc_decorator_end(&r);
    xc_decorator_free(&r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return chunks_compare(data, size, read_all);
}
