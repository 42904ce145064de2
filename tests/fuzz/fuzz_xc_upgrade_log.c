#include "format/xc_upgrade_log.h"

#include "chunks.h"

static void take(void *context, const struct xc_upgrade_record *r)
{
    struct buf *sum = context;

    buf_add(sum, &r->line, sizeof r->line);
    buf_add(sum, &r->offset, sizeof r->offset);
    buf_add(sum, &r->kind, sizeof r->kind);
    buf_add(sum, &r->lost, sizeof r->lost);
    buf_add(sum, &r->cut, sizeof r->cut);
    buf_add(sum, &r->seconds, sizeof r->seconds);
    chunks_add(sum, r->entry);
    chunks_add(sum, r->path);
    chunks_add(sum, r->version);
    chunks_add(sum, r->hook);
    chunks_add(sum, r->progress);
    chunks_add(sum, r->text);
}

static void read_all(struct str log, size_t chunk, struct buf *sum)
{
    struct xc_upgrade_reader r;
    struct str piece;
    size_t at = 0;

    xc_upgrade_init(&r, 1, false, take, sum);
    while (chunks_next(log, chunk, &at, &piece))
        xc_upgrade_feed(&r, piece);
    xc_upgrade_end(&r);
    xc_upgrade_free(&r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return chunks_compare(data, size, read_all);
}
