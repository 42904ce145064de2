#include "format/php_token.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Tokens follow each other through the source without overlap, and the end is reached. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str src = {(const char *)data, size};
    struct arena a = {0};
    struct php_lexer l;
    struct php_token t;
    size_t at = 0;

    php_token_start(&l, src);
    do {
        php_token_next(&l, &t);
        if (t.from < at || t.from + t.text.n > size ||
            (t.kind != PHP_END && t.text.n == 0 && t.kind != PHP_BAD))
            abort();
        at = t.from + t.text.n;
        if (t.kind == PHP_STRING && php_token_string(&t, &a).n + 2 > t.text.n)
            abort();
    } while (t.kind != PHP_END && t.kind != PHP_BAD);
    arena_free(&a);
    return 0;
}
