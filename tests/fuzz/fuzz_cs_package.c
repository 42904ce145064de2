#include "format/cs_package.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str json = {(const char *)data, size};
    struct arena a = {0};
    struct err e = {0};
    struct cs_package p;
    struct cs_offer o;
    struct str number;
    struct str name;

    cs_offer_read(json, &a, &o, &e);
    if (cs_package_read(json, &a, &p, &e) == 0)
        for (size_t i = 0; i < p.files.n; i++)
            if (!str_is_safe_path(p.files.v[i].path))
                abort();
    cs_package_free(&p);
    cs_migration_name(json, &a, &number, &name);
    arena_free(&a);
    return 0;
}
