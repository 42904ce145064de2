#include "format/oc_escape.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A row that is repaired has nothing left to repair, and is shorter by what was taken. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const columns[] = {"setting_id", "value", "key"};
    struct str row = {(const char *)data, size};
    struct oc_escapes o = {0};
    uint64_t empty[3] = {0};
    const struct oc_row where = {.table = "setting", .columns = columns, .n = 3, .empty = empty, .line = 1};
    struct buf once = {0};
    struct buf twice = {0};

    oc_escapes_row(&o, &where, row);
    oc_escapes_row(&o, &where, row);
    oc_escapes_by(&o);
    if (oc_escape_repair(row, &once)) {
        if (once.n > row.n)
            abort();
        if (oc_escape_repair(buf_str(&once), &twice))
            abort();
    } else if (once.n > 0) {
        abort();
    }
    oc_escapes_free(&o);
    buf_free(&once);
    buf_free(&twice);
    return 0;
}
