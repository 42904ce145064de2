#include "format/xc_php_errors.h"

#include "chunks.h"

static void take(void *context, const struct xc_php_error *r)
{
    struct buf *sum = context;

    buf_add(sum, &r->line, sizeof r->line);
    buf_add(sum, &r->offset, sizeof r->offset);
    buf_add(sum, &r->lost, sizeof r->lost);
    buf_add(sum, &r->cut, sizeof r->cut);
    buf_add(sum, &r->seconds, sizeof r->seconds);
    chunks_add(sum, r->zone);
    chunks_add(sum, r->severity);
    chunks_add(sum, r->message);
    chunks_add(sum, r->file);
    chunks_add(sum, r->uri);
    chunks_add(sum, r->hook);
    for (size_t i = 0; i < r->file_count; i++)
        chunks_add(sum, r->files[i]);
    chunks_add(sum, r->text);
}

static void read_all(struct str log, size_t chunk, struct buf *sum)
{
    struct xc_php_errors r;
    struct str piece;
    size_t at = 0;

    xc_php_errors_init(&r, 1, false, take, sum);
    while (chunks_next(log, chunk, &at, &piece))
        xc_php_errors_feed(&r, piece);
    xc_php_errors_end(&r);
    xc_php_errors_free(&r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return chunks_compare(data, size, read_all);
}
