#include "format/php_ini.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a = {0};
    struct php_ini ini;
    struct err e = {0};

    if (php_ini_parse((struct str){(const char *)data, size}, &a, &ini, &e) == 0) {
        unsigned line = 1;

        for (size_t i = 0; i < ini.n_entries; i++) {
            if (ini.entries[i].section >= ini.n_sections || ini.entries[i].line < line ||
                ini.entries[i].value.n > size)
                abort();
            line = ini.entries[i].line;
        }
        php_ini_get(&ini, "a", "b");
    } else if (e.kind != ERR_FORMAT) {
        abort();
    }
    arena_free(&a);
    return 0;
}
