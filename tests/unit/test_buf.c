#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void empty(void **state)
{
    struct buf b = {0};

    (void)state;
    assert_int_equal(buf_str(&b).n, 0);
    buf_add(&b, NULL, 0);
    buf_adds(&b, "");
    buf_addstr(&b, (struct str){NULL, 0});
    buf_drop(&b, 5);
    buf_printf(&b, "%s", "");
    assert_int_equal(b.n, 0);
    assert_string_equal(buf_cstr(&b), "");
    buf_free(&b);
    buf_free(&b);
}

static void all_ways_of_adding(void **state)
{
    struct buf b = {0};

    (void)state;
    buf_addc(&b, 'a');
    buf_adds(&b, "bc");
    buf_add(&b, "\0d", 2);
    buf_addstr(&b, STR("ef"));
    buf_printf(&b, "<%03d>", 7);
    assert_int_equal(b.n, 12);
    assert_memory_equal(b.p, "abc\0def<007>", 12);
    /* The NUL behind the content is not content. */
    buf_cstr(&b);
    assert_int_equal(b.n, 12);
    buf_addc(&b, 'x');
    assert_memory_equal(b.p, "abc\0def<007>x", 13);
    buf_free(&b);
}

static void growing_at_every_size(void **state)
{
    struct buf b = {0};
    char text[700];

    (void)state;
    memset(text, 't', sizeof text);
    for (size_t n = 0; n < sizeof text; n++) {
        struct buf one = {0};

        buf_add(&one, text, n);
        assert_int_equal(one.n, n);
        assert_int_equal(strlen(buf_cstr(&one)), n);
        buf_printf(&one, "%.*s!", (int)n, text);
        assert_int_equal(one.n, 2 * n + 1);
        assert_int_equal(one.p[2 * n], '!');
        buf_free(&one);
    }
    for (int i = 0; i < 100000; i++)
        buf_addc(&b, (char)('a' + i % 26));
    for (int i = 0; i < 100000; i++)
        assert_int_equal(b.p[i], 'a' + i % 26);
    buf_free(&b);
}

static void dropping_from_the_front(void **state)
{
    struct buf b = {0};

    (void)state;
    buf_adds(&b, "abcdef");
    buf_drop(&b, 0);
    assert_string_equal(buf_cstr(&b), "abcdef");
    buf_drop(&b, 2);
    assert_string_equal(buf_cstr(&b), "cdef");
    buf_drop(&b, 99);
    assert_string_equal(buf_cstr(&b), "");
    buf_free(&b);
}

static void reset_keeps_the_memory(void **state)
{
    struct buf b = {0};
    const char *p;

    (void)state;
    buf_adds(&b, "some text");
    p = b.p;
    buf_reset(&b);
    assert_int_equal(b.n, 0);
    buf_adds(&b, "more");
    assert_ptr_equal(b.p, p);
    assert_string_equal(buf_cstr(&b), "more");
    buf_free(&b);
}

static void room_is_for_the_caller_to_fill(void **state)
{
    struct buf b = {0};
    char *at;

    (void)state;
    buf_adds(&b, "head");
    at = buf_room(&b, 1000);
    assert_ptr_equal(at, b.p + 4);
    memset(at, 'r', 1000);
    assert_int_equal(b.n, 4);
    b.n += 1000;
    assert_int_equal(strlen(buf_cstr(&b)), 1004);
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty),
        cmocka_unit_test(all_ways_of_adding),
        cmocka_unit_test(growing_at_every_size),
        cmocka_unit_test(dropping_from_the_front),
        cmocka_unit_test(reset_keeps_the_memory),
        cmocka_unit_test(room_is_for_the_caller_to_fill),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
