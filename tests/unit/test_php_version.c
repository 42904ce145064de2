#include "format/php_version.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void agrees_with_php(void **state)
{
    /* The third column is what PHP 8.2 gives for version_compare(a, b). */
    static const struct {
        const char *a;
        const char *b;
        int want;
    } table[] = {
        {"5.3.2", "5.3.2.0", -1},
        {"5.3.2.0", "5.3.2", 1},
        {"5.2.13", "5.2.9", 1},
        {"5.3.6", "5.3.6", 0},
        {"5.3", "5.3.1", -1},
        {"5.4.1", "5.4.1.0", -1},
        {"5.0.12", "5.1.4", -1},
        {"5.3.2-dev", "5.3.2", -1},
        {"5.3.2-alpha", "5.3.2-beta", -1},
        {"5.3.2a1", "5.3.2alpha1", 0},
        {"5.3.2RC1", "5.3.2", -1},
        {"5.3.2rc1", "5.3.2RC2", -1},
        {"5.3.2pl1", "5.3.2", 1},
        {"5.3.2p1", "5.3.2.1", 1},
        {"5.3.2xyz", "5.3.2dev", -1},
        {"5_3-2+1", "5.3.2.1", 0},
        {"5.03", "5.3", 0},
        {"", "", 0},
        {"", "5", -1},
        {"5", "", 1},
        {"5.", "5", -1},
        {"5..3", "5.3", 0},
        {"5.3.", "5.3.x", -1},
        {"#", "5", 0},
        {"#.1", "#", 1},
        {"#.#.x", "#", -1},
        {"1#", "1.1", 0},
        {"99999999999999999999", "99999999999999999998", 0},
        {"+5", "5", -1},
        {"~5", "5", -1},
        {"1~2", "1.2", -1},
        {"a", "b", -1},
        {"RCx", "rc", 0},
        {"5.3 2", "5.3.2", -1},
        {"5.3.6.0", "5.3.6.1", -1},
        {"5.10", "5.9.9", 1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        int got = php_version_compare(str_of(table[i].a), str_of(table[i].b));

        if (got != table[i].want)
            print_error("%s against %s\n", table[i].a, table[i].b);
        assert_int_equal(got, table[i].want);
    }
}

static void ends_at_nul(void **state)
{
    (void)state;
    assert_int_equal(php_version_compare(STR("5.3\0.9"), STR("5.3")), 0);
    assert_int_equal(php_version_compare(STR("\0.9"), STR("")), 0);
}

/* Every version cut short is lower than, or equal to, the whole one as long as only numbers stand in it. */
static void orders_prefixes(void **state)
{
    static const char whole[] = "5.3.2.10";

    (void)state;
    for (size_t n = 0; n < sizeof whole - 1; n++) {
        if (n > 0 && whole[n - 1] == '.')
            continue;
        assert_int_equal(php_version_compare((struct str){whole, n}, STR("5.3.2.10")), -1);
        assert_int_equal(php_version_compare(STR("5.3.2.10"), (struct str){whole, n}), 1);
    }
}

static void long_hostile_version_ends(void **state)
{
    size_t n = 200000;
    char *text = malloc(n);

    (void)state;
    assert_non_null(text);
    for (size_t i = 0; i < n; i++)
        text[i] = i % 2 ? '.' : '#';
    assert_int_equal(php_version_compare((struct str){text, n}, STR("#")), -1);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_php),
        cmocka_unit_test(ends_at_nul),
        cmocka_unit_test(orders_prefixes),
        cmocka_unit_test(long_hostile_version_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
