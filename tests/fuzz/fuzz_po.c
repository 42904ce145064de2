#include "format/po.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a = {0};
    struct err e = {0};
    struct po po;
    struct str parts[4];

    if (po_parse((struct str){(const char *)data, size}, &a, &po, &e) == 0) {
        po_head(&po, "Language");
        /* No two entries of one context. */
        for (size_t i = 0; i < po.n && i < 200; i++) {
            po_context_parts(po.entries[i].context, parts);
            for (size_t k = 0; k < i; k++)
                if (str_eq(po.entries[i].context, po.entries[k].context))
                    abort();
        }
    } else if (e.kind != ERR_FORMAT) {
        abort();
    }
    arena_free(&a);
    return 0;
}
