#include "base/buf.h"
#include "format/oc_config.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A value that is not known has none; of equal names the first counts. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str php = {(const char *)data, size};
    struct oc_config c = {0};
    struct arena a = {0};
    struct err e = {0};
    int rc = oc_config_read_at(php, size % 2 ? "/srv/shop" : NULL, &a, &c, &e);

    if ((rc < 0) != (e.kind == ERR_FORMAT))
        abort();
    for (size_t i = 0; i < c.defines.n; i++) {
        const struct oc_define *d = &c.defines.v[i];

        if (!d->known && !d->depends && d->value.n > 0)
            abort();
        for (size_t k = 0; k < i; k++)
            if (str_eq(c.defines.v[k].name, d->name) && !d->again)
                abort();
        if (d->name.n > 0 && str_chr(d->name, '\0', 0) == SIZE_MAX) {
            const char *name = arena_dup(&a, d->name.p, d->name.n);

            oc_config_get(&c, name, &a);
        }
    }
    oc_config_free(&c);
    arena_free(&a);
    return 0;
}
