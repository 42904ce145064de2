#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A slice whose bytes end where the allocation ends, so that the sanitizer sees a read beyond. */
static struct str exact(const char *text, size_t n)
{
    char *p = malloc(n ? n : 1);

    assert_non_null(p);
    if (n)
        memcpy(p, text, n);
    return (struct str){p, n};
}

static void drop(struct str s)
{
    free((void *)(uintptr_t)s.p);
}

static void no_string_is_empty(void **state)
{
    struct str none = str_of(NULL);

    (void)state;
    assert_int_equal(none.n, 0);
    assert_true(str_eq(none, STR("")));
    assert_true(str_is(none, NULL));
    assert_true(str_is(none, ""));
    assert_int_equal(str_sub(none, 0, 5).n, 0);
    assert_int_equal(str_find(none, STR("x"), 0), SIZE_MAX);
    assert_int_equal(str_chr(none, 'x', 0), SIZE_MAX);
    assert_int_equal(str_rchr(none, 'x'), SIZE_MAX);
    assert_int_equal(str_trim(none).n, 0);
    assert_true(str_has(none, none));
}

static void sub_is_clamped(void **state)
{
    struct str s = STR("abcdef");

    (void)state;
    assert_true(str_is(str_sub(s, 2, 4), "cd"));
    assert_true(str_is(str_sub(s, 2, 99), "cdef"));
    assert_true(str_is(str_sub(s, 4, 2), ""));
    assert_true(str_is(str_sub(s, 99, 99), ""));
}

static void comparing(void **state)
{
    (void)state;
    assert_true(str_cmp(STR("a"), STR("b")) < 0);
    assert_true(str_cmp(STR("a"), STR("ab")) < 0);
    assert_true(str_cmp(STR("b"), STR("ab")) > 0);
    assert_int_equal(str_cmp(STR("ab"), STR("ab")), 0);
    /* Bytes are unsigned: what is above ASCII comes behind it. */
    assert_true(str_cmp(STR("\xc3"), STR("z")) > 0);
    assert_false(str_eq(STR("a\0b"), STR("a\0c")));
    assert_true(str_starts(STR("abc"), STR("ab")));
    assert_false(str_starts(STR("a"), STR("ab")));
    assert_true(str_ends(STR("abc"), STR("bc")));
    assert_false(str_ends(STR("c"), STR("bc")));
    assert_true(str_starts(STR("x"), STR("")));
}

static void finding(void **state)
{
    struct str s = exact("one two one", 11);

    (void)state;
    assert_int_equal(str_find(s, STR("one"), 0), 0);
    assert_int_equal(str_find(s, STR("one"), 1), 8);
    assert_int_equal(str_find(s, STR("one"), 9), SIZE_MAX);
    assert_int_equal(str_find(s, STR("one"), 100), SIZE_MAX);
    assert_int_equal(str_find(s, STR(""), 11), 11);
    assert_int_equal(str_find(s, STR("one two one!"), 0), SIZE_MAX);
    assert_int_equal(str_chr(s, 'o', 1), 6);
    assert_int_equal(str_chr(s, 'x', 0), SIZE_MAX);
    assert_int_equal(str_chr(s, 'o', 11), SIZE_MAX);
    assert_int_equal(str_rchr(s, 'o'), 8);
    assert_int_equal(str_rfind(s, STR("one")), 8);
    assert_int_equal(str_rfind(s, STR("one ")), 0);
    assert_int_equal(str_rfind(s, STR("o o")), 6);
    assert_int_equal(str_rfind(s, STR("x")), SIZE_MAX);
    assert_int_equal(str_rfind(STR(""), STR("x")), SIZE_MAX);
    assert_int_equal(str_rfind(STR("on"), STR("one")), SIZE_MAX);
    assert_true(str_has_nocase(s, STR("TWO O")));
    assert_false(str_has_nocase(s, STR("ONE!")));
    assert_true(str_has_nocase(STR("x[Y"), STR("[y")));
    /* Only letters are folded: '[' and '{' differ by the same bit. */
    assert_false(str_has_nocase(STR("{"), STR("[")));
    assert_true(str_is_nocase(s, STR("One TWO one")));
    assert_false(str_is_nocase(s, STR("One TWO on")));
    assert_false(str_is_nocase(STR("One TWO on"), s));
    assert_true(str_is_nocase(STR(""), STR("")));
    drop(s);
}

static void cutting(void **state)
{
    struct str rest = STR("a:b:");

    (void)state;
    assert_true(str_is(str_cut(rest, ':', &rest), "a"));
    assert_true(str_is(str_cut(rest, ':', &rest), "b"));
    /* Something empty behind the last sign is not the same as nothing. */
    assert_non_null(rest.p);
    assert_true(str_is(str_cut(rest, ':', &rest), ""));
    assert_null(rest.p);
}

static void lines(void **state)
{
    struct str rest = exact("one\r\ntwo\n\nfour\rx", 16);
    struct str all = rest;
    struct str line;

    (void)state;
    assert_true(str_line(&rest, &line));
    assert_true(str_is(line, "one"));
    assert_true(str_line(&rest, &line));
    assert_true(str_is(line, "two"));
    assert_true(str_line(&rest, &line));
    assert_true(str_is(line, ""));
    assert_true(str_line(&rest, &line));
    assert_true(str_is(line, "four\rx"));
    assert_false(str_line(&rest, &line));
    drop(all);
}

static void trimming(void **state)
{
    struct str s = STR("head:body.php");

    (void)state;
    assert_true(str_is(str_trim(STR(" \t\r\n a b \n")), "a b"));
    assert_true(str_is(str_trim(STR(" \n ")), ""));
    assert_true(str_skip(&s, STR("head:")));
    assert_false(str_skip(&s, STR("head:")));
    assert_true(str_chop(&s, STR(".php")));
    assert_false(str_chop(&s, STR(".php")));
    assert_true(str_is(s, "body"));
}

static void numbers_at_their_limits(void **state)
{
    static const char *const bad[] = {"",   "-1", "+1", " 1",  "1 ",  "1a", "0x1", "18446744073709551616",
                                      "99999999999999999999999", "1e3", "١", "1\n"};
    uint64_t v = 7;

    (void)state;
    assert_true(str_u64(STR("0"), 0, &v));
    assert_int_equal(v, 0);
    assert_true(str_u64(STR("18446744073709551615"), UINT64_MAX, &v));
    assert_true(v == UINT64_MAX);
    assert_true(str_u64(STR("000000000000000000000000000042"), 42, &v));
    assert_int_equal(v, 42);
    assert_false(str_u64(STR("43"), 42, &v));
    v = 7;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(str_u64(str_of(bad[i]), UINT64_MAX, &v));
    assert_false(str_u64(STR("1\0002"), UINT64_MAX, &v));
    assert_int_equal(v, 7);
}

static void numbers_at_the_front(void **state)
{
    struct str s = exact("120/9", 4);
    struct str all = exact("34", 2);
    uint64_t v = 7;

    (void)state;
    assert_false(str_skip_u64(&s, 119, &v));
    assert_int_equal(v, 7);
    assert_true(str_skip_u64(&s, 120, &v));
    assert_int_equal(v, 120);
    assert_true(str_is(s, "/"));
    assert_false(str_skip_u64(&s, 120, &v));
    assert_true(str_is(s, "/"));
    assert_true(str_skip_u64(&all, UINT64_MAX, &v));
    assert_int_equal(v, 34);
    assert_int_equal(all.n, 0);
    assert_false(str_skip_u64(&all, UINT64_MAX, &v));
    s.p -= 3;
    all.p -= 2;
    drop(s);
    drop(all);
}

static void signed_numbers_at_their_limits(void **state)
{
    int64_t v = 7;

    (void)state;
    assert_true(str_i64(STR("9223372036854775807"), &v));
    assert_true(v == INT64_MAX);
    assert_true(str_i64(STR("-9223372036854775807"), &v));
    assert_true(v == -INT64_MAX);
    v = 7;
    assert_false(str_i64(STR("9223372036854775808"), &v));
    assert_false(str_i64(STR("-9223372036854775809"), &v));
    assert_false(str_i64(STR("-"), &v));
    assert_false(str_i64(STR("--1"), &v));
    assert_int_equal(v, 7);
}

static void hex_both_ways(void **state)
{
    uint8_t bytes[3] = {0};
    char text[7];

    (void)state;
    assert_true(str_unhex(STR("00aFfF"), bytes, 3));
    assert_int_equal(bytes[1], 0xaf);
    assert_int_equal(bytes[2], 0xff);
    str_hex(bytes, 3, text);
    assert_string_equal(text, "00afff");
    assert_false(str_unhex(STR("00aff"), bytes, 3));
    assert_false(str_unhex(STR("00aff00"), bytes, 3));
    assert_false(str_unhex(STR("00afg0"), bytes, 3));
    assert_false(str_unhex(STR(""), bytes, SIZE_MAX));
}

static void below(void **state)
{
    struct str cut = exact("image/cache", strlen("image"));

    (void)state;
    assert_true(str_is_below(STR("image"), "image"));
    assert_true(str_is_below(STR("image/cache/a.png"), "image"));
    assert_true(str_is_below(STR("image/cache/a.png"), "image/cache"));
    assert_true(str_is_below(cut, "image"));
    assert_false(str_is_below(cut, "image/cache"));
    assert_false(str_is_below(STR("images/a.png"), "image"));
    assert_false(str_is_below(STR("my/image"), "image"));
    assert_false(str_is_below(STR("imag"), "image"));
    assert_false(str_is_below(STR(""), "image"));
    assert_false(str_is_below(STR("image"), NULL));
    drop(cut);
}

static void safe_paths(void **state)
{
    static const char *const good[] = {"a", "a/b/c.php", "...", "a/..b/.c", ".htaccess", "a b/ü", "a\\..\\b", "-"};
    static const char *const bad[] = {"",      "/",    "/a",  "a/",   "a//b", ".",    "..",
                                      "../a",  "a/..", "a/.", "./a",  "a/../b", "a/./b", "//"};
    char part[300];
    char whole[5000];

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(str_is_safe_path(str_of(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(str_is_safe_path(str_of(bad[i])));
    assert_false(str_is_safe_path(STR("a\0b")));
    assert_false(str_is_safe_path(STR("a\0/../b")));
    memset(part, 'p', sizeof part);
    assert_true(str_is_safe_path((struct str){part, 255}));
    assert_false(str_is_safe_path((struct str){part, 256}));
    for (size_t i = 0; i < sizeof whole; i++)
        whole[i] = i % 2 ? '/' : 'w';
    assert_true(str_is_safe_path((struct str){whole, 4095}));
    assert_false(str_is_safe_path((struct str){whole, 4097}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_string_is_empty),
        cmocka_unit_test(sub_is_clamped),
        cmocka_unit_test(comparing),
        cmocka_unit_test(finding),
        cmocka_unit_test(cutting),
        cmocka_unit_test(lines),
        cmocka_unit_test(trimming),
        cmocka_unit_test(numbers_at_their_limits),
        cmocka_unit_test(numbers_at_the_front),
        cmocka_unit_test(signed_numbers_at_their_limits),
        cmocka_unit_test(hex_both_ways),
        cmocka_unit_test(below),
        cmocka_unit_test(safe_paths),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
