#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void tells_valid_from_invalid(void **state)
{
    static const char *const good[] = {
        "",
        "plain",
        "\xC3\xA9",
        "\xE2\x82\xAC",
        "\xF0\x9F\x98\x80",
        "\xEF\xBF\xBD",
        "\xED\x9F\xBF",
        "\xF4\x8F\xBF\xBF",
    };
    static const char *const bad[] = {
        "\x80",             /* a tail without a head */
        "\xC0\x80",         /* overlong NUL */
        "\xC1\xBF",         /* overlong */
        "\xE0\x9F\xBF",     /* overlong */
        "\xF0\x8F\xBF\xBF", /* overlong */
        "\xED\xA0\x80",     /* surrogate */
        "\xF4\x90\x80\x80", /* above U+10FFFF */
        "\xF5\x80\x80\x80",
        "\xFF",
        "\xFE",
        "\xC3",
        "\xE2\x82",
        "\xF0\x9F\x98",
        "\xC3(",
        "a\xE9z",
    };

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(utf8_valid(str_of(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(utf8_valid(str_of(bad[i])));
    assert_true(utf8_valid(STR("a\0b")));
}

static void decodes(void **state)
{
    uint32_t cp;

    (void)state;
    assert_int_equal(utf8_next(STR("\xE2\x82\xAC!"), &cp), 3);
    assert_int_equal(cp, 0x20AC);
    assert_int_equal(utf8_next(STR("\xF0\x9F\x98\x80"), &cp), 4);
    assert_int_equal(cp, 0x1F600);
    assert_int_equal(utf8_next(STR("\0"), &cp), 1);
    assert_int_equal(cp, 0);
    assert_int_equal(utf8_next(STR(""), &cp), 0);
}

/* What is written reads back as the same code point, over every border of length. */
static void encodes(void **state)
{
    static const uint32_t borders[] = {0, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x10FFFF};
    static const size_t lengths[] = {1, 1, 2, 2, 3, 3, 3, 3, 4, 4};
    char out[5];

    (void)state;
    for (size_t i = 0; i < sizeof borders / sizeof *borders; i++) {
        uint32_t back = UINT32_MAX;

        memset(out, '#', sizeof out);
        assert_int_equal(utf8_put(out, borders[i]), lengths[i]);
        assert_int_equal(out[lengths[i]], '#');
        assert_int_equal(utf8_next((struct str){out, lengths[i]}, &back), lengths[i]);
        assert_int_equal(back, borders[i]);
    }
    assert_int_equal(utf8_put(out, 0x20AC), 3);
    assert_memory_equal(out, "\xE2\x82\xAC", 3);
    assert_int_equal(utf8_put(out, 0xD83D), 3);
    assert_memory_equal(out, "\xED\xA0\xBD", 3);
}

static void measures_columns(void **state)
{
    (void)state;
    assert_int_equal(utf8_width(STR("abc")), 3);
    assert_int_equal(utf8_width(STR("\xC3\xA9t\xC3\xA9")), 3);
    assert_int_equal(utf8_width(STR("e\xCC\x81")), 1);                    /* combining acute */
    assert_int_equal(utf8_width(STR("\xE6\x97\xA5\xE6\x9C\xAC")), 4);     /* two wide characters */
    assert_int_equal(utf8_width(STR("\xEA\xB0\x80\xF0\x9F\x98\x80")), 4); /* Hangul, emoji */
    assert_int_equal(utf8_width(STR("\xFF\xFF")), 2);
    assert_int_equal(utf8_width(STR("\xE2\x80\x8B")), 0);
}

static void clips_on_borders(void **state)
{
    (void)state;
    assert_true(str_is(utf8_clip(STR("abcdef"), 3), "abc"));
    assert_true(str_is(utf8_clip(STR("abc"), 10), "abc"));
    assert_true(str_is(utf8_clip(STR("a\xE6\x97\xA5"), 2), "a"));
    assert_true(str_is(utf8_clip(STR("a\xE6\x97\xA5"), 3), "a\xE6\x97\xA5"));
    assert_true(str_is(utf8_clip(STR("e\xCC\x81x"), 1), "e\xCC\x81"));
}

static void knows_hidden(void **state)
{
    static const uint32_t hidden[] = {0,      0x1B,   0x7F,   0x9B,   0xAD,   0x200B, 0x200F,
                                      0x202A, 0x202E, 0x2028, 0x2066, 0x2069, 0xFEFF, 0xE0041};
    static const uint32_t seen[] = {' ', '~', 0xA0, 0xE9, 0x2010, 0x2027, 0x202F, 0x2070, 0xFFFD, 0x1F600};

    (void)state;
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
        assert_true(utf8_is_hidden(hidden[i]));
    for (size_t i = 0; i < sizeof seen / sizeof *seen; i++)
        assert_false(utf8_is_hidden(seen[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_valid_from_invalid),
        cmocka_unit_test(decodes),
        cmocka_unit_test(encodes),
        cmocka_unit_test(measures_columns),
        cmocka_unit_test(clips_on_borders),
        cmocka_unit_test(knows_hidden),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
