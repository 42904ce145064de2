#include "format/oc_ocmod_log.h"

#include "chunks.h"

static void take(void *context, const struct oc_ocmod_entry *en)
{
    struct buf *sum = context;

    buf_add(sum, &en->line, sizeof en->line);
    buf_add(sum, en->time, sizeof en->time);
    buf_add(sum, &en->kind, sizeof en->kind);
    chunks_add(sum, en->mod);
    chunks_add(sum, en->file);
    chunks_add(sum, en->code);
    if (en->mod.n > OC_OCMOD_TEXT_MAX || en->file.n > OC_OCMOD_TEXT_MAX || en->code.n > OC_OCMOD_TEXT_MAX)
        abort();
}

static void read_all(struct str log, size_t chunk, struct buf *sum)
{
    struct oc_ocmod_reader *r = oc_ocmod_new(1, false, take, sum);
    struct str piece;
    size_t at = 0;

    while (chunks_next(log, chunk, &at, &piece))
        oc_ocmod_feed(r, piece);
    oc_ocmod_end(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return chunks_compare(data, size, read_all);
}
