#include "format/ps_log.h"

#include "chunks.h"

static void take(void *context, const struct ps_log_event *e)
{
    struct buf *sum = context;

    buf_add(sum, &e->line, sizeof e->line);
    buf_add(sum, &e->offset, sizeof e->offset);
    buf_add(sum, &e->kind, sizeof e->kind);
    buf_add(sum, &e->level, sizeof e->level);
    buf_add(sum, &e->number, sizeof e->number);
    buf_add(sum, &e->lost, sizeof e->lost);
    chunks_add(sum, e->time);
    chunks_add(sum, e->component);
    chunks_add(sum, e->a);
    chunks_add(sum, e->b);
    chunks_add(sum, e->c);
    chunks_add(sum, e->text);
    if ((unsigned)e->kind >= PS_LOG_KINDS || e->text.n > PS_LOG_MESSAGE_MAX)
        abort();
}

static void read_all(struct str log, size_t chunk, struct buf *sum)
{
    struct ps_log_reader r;
    struct str piece;
    size_t at = 0;

    ps_log_init(&r, 1, false, take, sum);
    while (chunks_next(log, chunk, &at, &piece))
        ps_log_feed(&r, piece);
    ps_log_end(&r);
    ps_log_free(&r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return chunks_compare(data, size, read_all);
}
