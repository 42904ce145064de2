/* All readers of PrestaShop's state: files as they are, serialize() text put into base64 first, JSON, and what stands in a list. */
#include "format/ps_state.h"

#include "base/buf.h"
#include "format/base64.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void encode(struct str s, struct buf *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t i = 0; i < s.n; i += 3) {
        uint32_t v = 0;

        for (size_t j = 0; j < 3; j++)
            v = v << 8 | (i + j < s.n ? (unsigned char)s.p[i + j] : 0u);
        for (size_t j = 0; j < 4; j++)
            buf_addc(out, i + j > s.n ? '=' : digits[v >> (18 - 6 * j) & 63]);
    }
}

static void use(const struct ps_state *s, struct arena *a)
{
    static const char *const versions[] = {"4.0.0", "6.0.0", ""};
    struct str *texts;
    struct str text = {NULL, 0};

    if (s->root == NULL)
        abort();
    ps_state_get(s->root, "dbStep", a, &text);
    ps_state_truth(s->root, "dbStep");
    ps_state_strings(s->root, a, &texts);
    ps_state_strings(s->params, a, &texts);
    for (size_t i = 0; i < 3; i++) {
        struct ps_list l;
        struct err e = {0};

        if (ps_state_list(s, STR("filesToUpgrade.list"), str_of(versions[i]), a, &l, &e) != 0)
            continue;
        for (size_t k = 0; k < l.n; k++)
            ps_list_text(&l.items[k], &text);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    struct arena a = {0};
    struct buf b = {0};
    struct buf back = {0};
    struct err e = {0};
    struct ps_state s;

    encode(text, &b);
    if (base64_decode(buf_str(&b), size, &back, &e) != 0 || !str_eq(buf_str(&back), text))
        abort();
    if (ps_state_read(text, &a, &s, &e) == 0)
        use(&s, &a);
    if (ps_state_read(buf_str(&b), &a, &s, &e) == 0)
        use(&s, &a);
    if (ps_state_json(text, &a, &s, &e) == 0)
        use(&s, &a);
    if (ps_state_data(buf_str(&b), &a, &s, &e) == 0)
        use(&s, &a);
    buf_free(&back);
    buf_free(&b);
    arena_free(&a);
    return 0;
}
