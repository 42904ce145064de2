#include "format/cs_config.h"
#include "format/cs_dist.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Paths of a list go to the file system. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str php = {(const char *)data, size};
    struct cs_config_item *items;
    struct arena a = {0};
    struct cs_dist d;
    struct err e = {0};
    size_t n;
    int rc = cs_dist_read(php, &a, &d, &e);

    if ((rc < 0) != (e.kind == ERR_FORMAT))
        abort();
    for (size_t i = 0; rc == 0 && i < d.n; i++)
        if (!str_is_safe_path(d.files[i].path))
            abort();
    err_clear(&e);
    rc = cs_config_read(php, &a, &items, &n, &e);
    if ((rc < 0) != (e.kind == ERR_FORMAT))
        abort();
    for (size_t i = 0; rc == 0 && i < n; i++)
        if (items[i].odd && items[i].value.n > 0)
            abort();
    arena_free(&a);
    return 0;
}
