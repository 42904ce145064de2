#include "base/esc.h"
#include "base/json.h"
#include "base/table.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Output is UTF-8 with nothing hidden but line ends and, in a page, tabs. */
static void check(struct buf *b, const char *allowed)
{
    struct str rest = buf_str(b);

    while (rest.n > 0) {
        uint32_t cp;
        size_t n = utf8_next(rest, &cp);

        if (n == 0 || (utf8_is_hidden(cp) && str_chr(str_of(allowed), rest.p[0], 0) == SIZE_MAX))
            abort();
        rest = str_sub(rest, n, rest.n);
    }
    buf_reset(b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str s = {(const char *)data, size};
    struct buf out = {0};
    struct json j;

    esc_term(&out, s);
    check(&out, "");
    esc_term_lines(&out, s);
    check(&out, "\n");
    esc_html(&out, s);
    if (str_chr(buf_str(&out), '<', 0) != SIZE_MAX || str_chr(buf_str(&out), '"', 0) != SIZE_MAX)
        abort();
    check(&out, "\n\t");
    json_init(&j, &out);
    json_begin_obj(&j);
    json_kpath(&j, "path", s);
    json_end(&j);
    check(&out, "\n");
    table_wrap(&out, s, 40, 3, 5);
    check(&out, "\n");
    buf_free(&out);
    return 0;
}
