/* Versions of OpenCart: what is one, their order, families, twins, and the PHP that they want. */
#include "oc_store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static bool is_version(const char *text)
{
    return oc_is_version(str_of(text));
}

static void what_is_a_version(void **state)
{
    static const char *const good[] = {"2.0.0.0", "3.0.3.9", "4.1.0.4", "5.0.0.0 Alpha", "2.1.0.0_rc1", "3.0.3.1_rc", "4.0.0.0-beta.1", "3.0"};
    static const char *const bad[] = {"", "3", "3.", ".3", "3..0", "v3.0", "3.0 ", "3.0_", "3.0 <b>", "3.0.0.0;x", "1.2.3.4.5.6.7.8.9.10.11.12.13.14.15"};

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(is_version(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(is_version(bad[i]));
}

static void order(void **state)
{
    static const char *const all[] = {"2.0.0.0", "2.1.0.0_rc1", "2.1.0.0", "2.3.0.2", "3.0.3.1_rc", "3.0.3.1", "3.0.3.9", "3.0.5.1",
                                      "4.0.0.0", "4.0.2.3",     "4.1.0.4", "5.0.0.0 Alpha", "5.0.0.0"};

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        for (size_t k = 0; k < sizeof all / sizeof *all; k++)
            assert_int_equal(oc_version_compare(all[i], all[k]), (i > k) - (i < k));
}

static void families(void **state)
{
    (void)state;
    assert_int_equal(oc_family_of(NULL), OC_FAMILY_UNKNOWN);
    assert_int_equal(oc_family_of("x"), OC_FAMILY_UNKNOWN);
    assert_int_equal(oc_family_of("1.5.6.4"), OC_FAMILY_UNKNOWN);
    assert_int_equal(oc_family_of("2.0.0.0"), OC_FAMILY_20);
    assert_int_equal(oc_family_of("2.1.0.0_rc1"), OC_FAMILY_20);
    assert_int_equal(oc_family_of("2.2.0.0"), OC_FAMILY_22);
    assert_int_equal(oc_family_of("3.0.5.1"), OC_FAMILY_22);
    assert_int_equal(oc_family_of("4.0.0.0"), OC_FAMILY_40);
    assert_int_equal(oc_family_of("5.0.0.0 Alpha"), OC_FAMILY_40);
}

static void twins(void **state)
{
    (void)state;
    assert_string_equal(oc_version_or("3.0.3.8"), "3.0.3.9");
    assert_string_equal(oc_version_or("3.0.3.1"), "3.0.3.2");
    assert_string_equal(oc_version_or("3.0.3.6"), "3.0.3.7");
    assert_string_equal(oc_version_or("2.1.0.0_rc1"), "2.1.0.0");
    assert_null(oc_version_or("3.0.3.9"));
    assert_null(oc_version_or(NULL));
}

static void php(void **state)
{
    static const struct {
        const char *version;
        unsigned min, max;
    } all[] = {{"2.0.0.0", 50300, 80000}, {"2.3.0.2", 50400, 80000}, {"3.0.2.0", 50400, 0}, {"3.0.3.8", 70300, 0},
               {"3.0.5.1", 80100, 0},     {"4.0.2.3", 80000, 0},     {"4.1.0.4", 80100, 0}};
    struct oc x = {.pdo = false};
    struct store s = {.own = &x};
    struct php_want want;

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        s.version = all[i].version;
        oc_php_want(&s, &want);
        assert_int_equal(want.min, all[i].min);
        assert_int_equal(want.max, all[i].max);
        assert_string_equal(want.extensions[0], "mysqli");
    }
    s.version = NULL;
    x.pdo = true;
    oc_php_want(&s, &want);
    assert_int_equal(want.min, 0);
    assert_string_equal(want.extensions[0], "pdo_mysql");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_a_version), cmocka_unit_test(order), cmocka_unit_test(families), cmocka_unit_test(twins), cmocka_unit_test(php),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
