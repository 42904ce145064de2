#include "format/php_fatal.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct php_fatal f = {0};

    if (php_fatal_find((struct str){(const char *)data, size}, &f)) {
        if (f.message.n > PHP_FATAL_MESSAGE_MAX || str_chr(buf_str(&f.message), '\n', 0) != SIZE_MAX)
            abort();
    }
    php_fatal_free(&f);
    return 0;
}
