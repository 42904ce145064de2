#include "format/pem.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* It comes to an end, moves forward, and an object is never longer than its text. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = {(const char *)data, size};
    struct buf der = {0};
    char name[PEM_NAME];

    for (;;) {
        size_t left = rest.n;

        if (pem_next(&rest, name, &der) <= 0)
            break;
        if (rest.n >= left || strlen(name) >= sizeof name || der.n > left - rest.n)
            abort();
    }
    buf_free(&der);
    return 0;
}
