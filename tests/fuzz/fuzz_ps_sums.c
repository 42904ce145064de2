#include "format/ps_sums.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int take(void *ctx, const struct ps_sum *sum, struct err *e)
{
    (void)e;
    ++*(size_t *)ctx;
    if (!str_is_safe_path(sum->path) || sum->line == 0)
        abort();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err e = {0};
    char version[32];
    size_t n = 0;
    int rc = ps_sums_read((struct str){(const char *)data, size}, version, take, &n, &e);

    if ((rc == 0 && n == 0) || (rc != 0 && e.kind != ERR_FORMAT))
        abort();
    return 0;
}
