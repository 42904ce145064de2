#include "format/hook_source.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever is refused, is refused with a reason. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str php = {(const char *)data, size};
    struct str why;

    if (!hook_source_is_repeatable(php, &why) && size > 0 && why.p == NULL)
        abort();
    return 0;
}
