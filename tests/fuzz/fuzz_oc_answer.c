#include "base/buf.h"
#include "format/oc_answer.h"
#include "format/oc_error.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static volatile uint64_t sink;

/* Every byte of a text is there to be read. */
static void touch(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        sink += (unsigned char)s.p[i];
}

static void check(const struct oc_answer *r)
{
    /* What is shown is one line. */
    if (r->text.n > 2 * OC_ERROR_TEXT_MAX || str_chr(r->text, '\n', 0) != SIZE_MAX)
        abort();
    if (r->kind == OC_ANSWER_END && r->has_next)
        abort();
    if (r->has_next && (r->next.step == 0 || (r->next.admin.n > 0 && str_chr(r->next.admin, '/', 0) != SIZE_MAX)))
        abort();
    touch(r->text);
    touch(r->sql);
    touch(r->file);
    touch(r->noise);
}

static void each(void *arg, const struct oc_answer *r, uint64_t line)
{
    uint64_t *last = arg;

    if (line < *last)
        abort();
    *last = line;
    check(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    struct oc_request request;
    struct oc_answer r;
    struct arena a = {0};
    uint64_t last = 0;

    oc_answer_read(text, &a, &r);
    check(&r);
    oc_answers_saved(text, &a, each, &last);
    if (oc_request_read(text, &a, &request) && (request.step == 0 || request.version.n >= 32))
        abort();
    arena_free(&a);
    return 0;
}
