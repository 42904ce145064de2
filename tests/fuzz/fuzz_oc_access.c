#include "format/oc_access.h"

#include "chunks.h"

static void take(void *context, const struct oc_access *a)
{
    struct buf *sum = context;

    buf_add(sum, &a->line, sizeof a->line);
    buf_add(sum, a->time, sizeof a->time);
    buf_add(sum, &a->status, sizeof a->status);
    buf_add(sum, &a->bytes, sizeof a->bytes);
    buf_add(sum, &a->request.step, sizeof a->request.step);
    chunks_add(sum, a->request.version);
    chunks_add(sum, a->request.admin);
    if (a->request.step == 0 && !a->admin_part && !a->install_page && !a->end_page)
        abort();
}

static void read_all(struct str log, size_t chunk, struct buf *sum)
{
    struct oc_access_reader *r = oc_access_new(1, false, take, sum);
    struct str piece;
    size_t at = 0;

    while (chunks_next(log, chunk, &at, &piece))
        oc_access_feed(r, piece);
    oc_access_end(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return chunks_compare(data, size, read_all);
}
