#include "format/php_literal.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int rc, const struct err *e)
{
    if ((rc == -1) != (e->kind == ERR_FORMAT))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str php = {(const char *)data, size};
    struct arena a = {0};
    struct phps_node n;
    struct err e = {0};

    check(php_literal_array(php, &a, &n, &e), &e);
    err_clear(&e);
    check(php_literal_const(php, "A", &a, &n, &e), &e);
    err_clear(&e);
    check(php_literal_define(php, "A", &a, &n, &e), &e);
    err_clear(&e);
    check(php_literal_method(php, "a", &a, &n, &e), &e);
    arena_free(&a);
    return 0;
}
