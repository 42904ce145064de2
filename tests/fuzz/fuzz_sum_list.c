#include "format/sum_list.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int entry(void *ctx, const struct sum_entry *s, struct err *e)
{
    (void)ctx;
    (void)e;
    if (!str_is_safe_path(s->path) || s->digest_n != sum_list_digest_size(s->alg))
        abort();
    return 0;
}

static void problem(void *ctx, unsigned line, const char *why, struct str text)
{
    (void)ctx;
    (void)line;
    if (why[0] == '\0' || (text.n > 0 && text.p == NULL))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sum_calls calls = {entry, problem, NULL};
    struct err e = {0};

    if (sum_list_read((struct str){(const char *)data, size}, &calls, &e) != 0 && e.kind != ERR_FORMAT)
        abort();
    return 0;
}
