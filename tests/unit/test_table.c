#include "base/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void wraps(struct str text, unsigned columns, unsigned first, unsigned indent, const char *want)
{
    struct buf out = {0};

    table_wrap(&out, text, columns, first, indent);
    assert_string_equal(buf_cstr(&out), want);
    buf_free(&out);
}

static void wraps_text(void **state)
{
    (void)state;
    wraps(STR("one two three four"), 10, 0, 2, "one two\n  three\n  four\n");
    wraps(STR("one two three four"), 0, 0, 2, "one two three four\n");
    wraps(STR("one two"), 10, 5, 2, "one\n  two\n");
    wraps(STR("run /a/very/long/path/that/stays whole"), 12, 0, 2,
          "run\n  /a/very/long/path/that/stays\n  whole\n");
    wraps(STR("a\nb  c\n\nd"), 80, 0, 3, "a\n   b  c\n\n   d\n");
    wraps(STR("one two" TABLE_GLUE "three four"), 10, 0, 2, "one\n  two three\n  four\n");
    wraps(STR("  kept indent"), 80, 0, 0, "  kept indent\n");
    wraps(STR("x   \nend   "), 80, 0, 0, "x\nend\n");
    wraps(STR(""), 80, 0, 0, "\n");
    wraps(STR("a\x1b[2J b"), 80, 0, 0, "a\\x1b[2J b\n");
    wraps(STR("\xE6\x97\xA5\xE6\x9C\xAC \xE6\x97\xA5\xE6\x9C\xAC"), 8, 0, 0,
          "\xE6\x97\xA5\xE6\x9C\xAC\n\xE6\x97\xA5\xE6\x9C\xAC\n");
    wraps(STR("12345 7890"), 10, 0, 0, "12345 7890\n");
    wraps(STR("12345 78901"), 10, 0, 0, "12345\n78901\n");
}

static void prints_a_table(void **state)
{
    static const char *const heads[] = {"STEP", "SIZE", "WHAT"};
    struct term term = {0};
    struct table t = {0};
    struct buf out = {0};

    (void)state;
    table_begin(&t, 3, heads);
    table_right(&t, 1);
    table_print(&t, &term, &out);
    assert_int_equal(out.n, 0);
    table_cstr(&t, TERM_GREEN, "files");
    table_cstr(&t, TERM_RESET, "5");
    table_cstr(&t, TERM_RESET, "all of it was copied, and checked after");
    table_cell(&t, TERM_RED, STR("caf\xC3\xA9"));
    table_cstr(&t, TERM_RESET, "12345");
    table_cstr(&t, TERM_RESET, NULL);
    table_cstr(&t, TERM_RESET, "x\ny");
    table_print(&t, &term, &out);
    assert_string_equal(buf_cstr(&out), "STEP    SIZE  WHAT\n"
                                        "files      5  all of it was copied, and checked after\n"
                                        "caf\xC3\xA9   12345\n"
                                        "x\\ny\n");
    buf_reset(&out);
    term.columns = 40;
    term.colour = true;
    t.indent = 2;
    table_print(&t, &term, &out);
    assert_string_equal(buf_cstr(&out), "  \x1b[1mSTEP\x1b[0m    \x1b[1mSIZE\x1b[0m  \x1b[1mWHAT\x1b[0m\n"
                                        "  \x1b[32mfiles\x1b[0m      5  all of it was copied,\n"
                                        "                and checked after\n"
                                        "  \x1b[31mcaf\xC3\xA9\x1b[0m   12345\n"
                                        "  x\\ny\n");
    buf_free(&out);
    table_free(&t);
}

static void last_column_keeps_lines_and_numbers_right(void **state)
{
    struct term term = {.columns = 60};
    struct table t = {0};
    struct buf out = {0};

    (void)state;
    table_begin(&t, 2, NULL);
    table_cstr(&t, TERM_RESET, "a");
    table_cstr(&t, TERM_RESET, "one\ntwo");
    table_print(&t, &term, &out);
    assert_string_equal(buf_cstr(&out), "a  one\n   two\n");
    table_free(&t);
    buf_reset(&out);
    table_begin(&t, 2, NULL);
    table_right(&t, 1);
    table_cstr(&t, TERM_RESET, "a");
    table_cstr(&t, TERM_RESET, "7");
    table_cstr(&t, TERM_RESET, "b");
    table_cstr(&t, TERM_RESET, "1024");
    table_print(&t, &term, &out);
    assert_string_equal(buf_cstr(&out), "a     7\nb  1024\n");
    table_free(&t);
    buf_free(&out);
}

static void narrow_windows_do_not_wrap(void **state)
{
    struct term term = {.columns = 20};
    struct table t = {0};
    struct buf out = {0};

    (void)state;
    table_begin(&t, 2, NULL);
    table_cstr(&t, TERM_RESET, "twelve chars");
    table_cstr(&t, TERM_RESET, "this stays on one line");
    table_print(&t, &term, &out);
    assert_string_equal(buf_cstr(&out), "twelve chars  this stays on one line\n");
    table_free(&t);
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wraps_text),
        cmocka_unit_test(prints_a_table),
        cmocka_unit_test(last_column_keeps_lines_and_numbers_right),
        cmocka_unit_test(narrow_windows_do_not_wrap),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
