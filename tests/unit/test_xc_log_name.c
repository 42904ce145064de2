#include "format/xc_log_name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void knows_names(void **state)
{
    static const struct {
        const char *path;
        struct xc_log_name want;
    } table[] = {
        {"upgrade.log", {XC_LOG_UPGRADE, false, false, 0}},
        {"upgrade.log.1970-01-02.php", {XC_LOG_UPGRADE, true, false, 1}},
        {"2017/05/upgrade.log.2017-05-22.php", {XC_LOG_UPGRADE, true, true, 17308}},
        {"decorator.log.2017-05-22.php", {XC_LOG_DECORATOR, true, false, 17308}},
        {"php_errors.log", {XC_LOG_PHP_ERRORS, false, false, 0}},
        {"2017/05/xlite.log.2017-05-22.php", {XC_LOG_XLITE, true, true, 17308}},
        {"actions.log.2017-05-22.php", {XC_LOG_ACTIONS, true, false, 17308}},
    };
    static const char *const none[] = {
        "",
        "upgrade.log.",
        "upgrade.log.2017-05-22",
        "upgrade.log.2017-02-30.php",
        "upgrade.log.2017-5-22.php",
        "upgrade.log.2017-05-22.php.gz",
        "upgrade.log.2017-05-22.php\n",
        "Upgrade.log",
        "xupgrade.log",
        "upgrade.logs",
        "a/upgrade.log",
        "2017/13/upgrade.log.2017-05-22.php",
        "2017/05/07/upgrade.log.2017-05-22.php",
        "20x7/05/upgrade.log",
        "service-rebuild.log.2023-04-15.php",
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct xc_log_name got;

        assert_true(xc_log_name_read(str_of(table[i].path), &got));
        assert_int_equal(got.kind, table[i].want.kind);
        assert_int_equal(got.dated, table[i].want.dated);
        assert_int_equal(got.foldered, table[i].want.foldered);
        assert_int_equal(got.day, table[i].want.day);
    }
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        struct xc_log_name got;

        assert_false(xc_log_name_read(str_of(none[i]), &got));
    }
}

static void orders_by_date(void **state)
{
    static const char *const order[] = {
        "upgrade.log",
        "2016/12/upgrade.log.2016-12-31.php",
        "upgrade.log.2017-01-01.php",
        "2017/01/upgrade.log.2017-01-01.php",
        "upgrade.log.2017-01-02.php",
    };
    struct xc_log_name names[sizeof order / sizeof *order];
    size_t n = sizeof order / sizeof *order;

    (void)state;
    for (size_t i = 0; i < n; i++)
        assert_true(xc_log_name_read(str_of(order[i]), &names[i]));
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < n; k++) {
            int c = xc_log_name_cmp(&names[i], &names[k]);

            assert_int_equal((c > 0) - (c < 0), (i > k) - (i < k));
        }
    }
    /* Over midnight, and over New Year. */
    assert_int_equal(names[1].day + 1, names[2].day);
    assert_int_equal(names[3].day + 1, names[4].day);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(knows_names), cmocka_unit_test(orders_by_date)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
