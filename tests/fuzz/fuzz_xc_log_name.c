#include "format/xc_log_name.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct xc_log_name name;

    /* Folders take 8 bytes, the longest and the shortest name 14 and 9, a date and its suffix 15. */
    if (xc_log_name_read((struct str){(const char *)data, size}, &name)) {
        if (size > 8 + 14 + 15 || name.dated != (size >= 9 + 15) || xc_log_name_cmp(&name, &name) != 0)
            abort();
    }
    return 0;
}
