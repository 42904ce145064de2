#include "format/cs_log.h"

#include "chunks.h"

static void take(void *context, const struct cs_log_line *l)
{
    struct buf *sum = context;

    buf_add(sum, &l->number, sizeof l->number);
    buf_add(sum, &l->kind, sizeof l->kind);
    buf_add(sum, &l->value, sizeof l->value);
    buf_add(sum, &l->seconds, sizeof l->seconds);
    buf_add(sum, &l->result, sizeof l->result);
    chunks_add(sum, l->a);
    chunks_add(sum, l->b);
    chunks_add(sum, l->text);
}

static void read_all(struct str log, size_t chunk, struct buf *sum)
{
    struct cs_log_reader r;
    struct str piece;
    size_t at = 0;

    cs_log_init(&r, take, sum);
    while (chunks_next(log, chunk, &at, &piece))
        cs_log_feed(&r, piece);
    cs_log_end(&r);
    cs_log_free(&r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return chunks_compare(data, size, read_all);
}
