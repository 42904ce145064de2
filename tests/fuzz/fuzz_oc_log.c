#include "format/oc_log.h"

#include "chunks.h"

static void take(void *context, const struct oc_log_entry *en)
{
    struct buf *sum = context;

    buf_add(sum, &en->line, sizeof en->line);
    buf_add(sum, &en->offset, sizeof en->offset);
    buf_add(sum, en->time, sizeof en->time);
    buf_add(sum, &en->kind, sizeof en->kind);
    buf_add(sum, &en->at, sizeof en->at);
    buf_add(sum, &en->sql_error, sizeof en->sql_error);
    chunks_add(sum, en->text);
    chunks_add(sum, en->message);
    chunks_add(sum, en->file);
    chunks_add(sum, en->sql);
    if (str_chr(en->text, '\n', 0) != SIZE_MAX || en->text.n > OC_LOG_ENTRY_MAX || en->time[0] == '\0')
        abort();
}

static void read_all(struct str log, size_t chunk, struct buf *sum)
{
    struct oc_log_reader *r = oc_log_new(1, false, take, sum);
    struct str piece;
    size_t at = 0;

    while (chunks_next(log, chunk, &at, &piece))
        oc_log_feed(r, piece);
    oc_log_end(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return chunks_compare(data, size, read_all);
}
