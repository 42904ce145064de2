#include "format/json_map.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every byte given has to be readable, and nothing grows on the way. */
static int touch(void *ctx, const struct json_pair *pair, struct err *e)
{
    (void)e;
    if (pair->key.n + pair->value.n > *(size_t *)ctx + 5 || str_chr(pair->key, '\n', 0) == pair->key.n ||
        str_chr(pair->value, '\n', 0) == pair->value.n)
        abort();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str json = {(const char *)data, size};
    struct err e = {0};

    json_map_each(json, touch, &size, &e);
    json_map_leaves(json, touch, &size, &e);
    return 0;
}
