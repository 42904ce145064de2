#include "format/base64.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void gives(const char *text, struct str want)
{
    struct buf out = {0};
    struct err e = {0};

    buf_adds(&out, "before");
    if (base64_decode(str_of(text), 1000, &out, &e) != 0)
        fail_msg("%s: %s", text, e.text);
    assert_true(str_eq(str_sub(buf_str(&out), 6, out.n), want));
    buf_free(&out);
}

static void refuses(struct str text, size_t max, const char *why)
{
    struct buf out = {0};
    struct err e = {0};

    buf_adds(&out, "before");
    if (base64_decode(text, max, &out, &e) != -1 || e.kind != ERR_FORMAT || strstr(e.text, why) == NULL)
        fail_msg("%.*s: \"%s\" instead of \"%s\"", STR_FMT(text), e.text, why);
    assert_true(str_is(buf_str(&out), "before"));
    buf_free(&out);
}

static void decodes(void **state)
{
    (void)state;
    gives("", STR(""));
    gives("Zg==", STR("f"));
    gives("Zm8=", STR("fo"));
    gives("Zm9v", STR("foo"));
    gives("Zm9vYmFyMTI=", STR("foobar12"));
    gives("AAEC/f7/+/8=", STR("\x00\x01\x02\xfd\xfe\xff\xfb\xff"));
}

static void refuses_all_else(void **state)
{
    (void)state;
    refuses(STR("Z"), 100, "byte 1: cut short");
    refuses(STR("Zm9vY"), 100, "byte 5: cut short");
    refuses(STR("Zm 9"), 100, "byte 2");
    refuses(STR("Zm9v\nZg="), 100, "byte 4");
    refuses(STR("Zg==Zg=="), 100, "byte 2");
    refuses(STR("Z==="), 100, "byte 1");
    refuses(STR("===="), 100, "byte 0");
    refuses(STR("Zg=A"), 100, "byte 2");
    refuses(STR("Zm9-"), 100, "byte 3");
    refuses(STR("Zm9\0"), 100, "byte 3");
    /* Bits behind the last byte that are not zero. */
    refuses(STR("Zh=="), 100, "byte 1");
    refuses(STR("Zm9="), 100, "byte 2");
    refuses(STR("Zm9vYmFyMTI="), 7, "more than 7");
    refuses(STR("Zm9vYmFyMTI="), 2, "more than 2");
    refuses(STR("Zm8="), 1, "more than 1");
}

/* Every byte value at every place of a four: what decodes is of the alphabet. */
static void alphabet_is_strict(void **state)
{
    static const char good[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    (void)state;
    for (unsigned c = 0; c < 256; c++)
        for (size_t at = 0; at < 3; at++) {
            char four[4] = {'A', 'A', 'A', 'A'};
            struct buf out = {0};
            struct err e = {0};
            int rc;

            four[at] = (char)c;
            rc = base64_decode((struct str){four, 4}, 3, &out, &e);
            assert_int_equal(rc, c != 0 && strchr(good, (int)c) != NULL ? 0 : -1);
            buf_free(&out);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decodes),
        cmocka_unit_test(refuses_all_else),
        cmocka_unit_test(alphabet_is_strict),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
