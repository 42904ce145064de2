#include "format/php_version.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Two versions, one a line. Numbers alone have to be ordered the same from both sides; PHP does not promise
 * it for words. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str b = {(const char *)data, size};
    struct str a = str_cut(b, '\n', &b);
    int c = php_version_compare(a, b);
    int back = php_version_compare(b, a);
    uint64_t x;
    uint64_t y;

    if (c < -1 || c > 1)
        abort();
    if (str_u64(a, UINT64_MAX, &x) && str_u64(b, UINT64_MAX, &y) && c != -back)
        abort();
    return 0;
}
