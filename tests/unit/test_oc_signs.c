/* The rows of signs: well formed, of steps that exist, and not asked where they tell nothing. */
#include "platform/opencart/plan_parts.h"
#include "platform/opencart/signs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static bool is_step(const char *name)
{
    static const char *const tops[] = {"2.2.0.0", "2.3.0.2", "3.0.4.1", "3.0.5.1", "4.0.0.0", "4.0.2.3", "4.1.0.3", "4.1.0.4"};
    struct arena mem = {0};
    bool yes = strcmp(name, "upgrade") == 0; /* the one request of 2.0 and 2.1 */

    for (size_t i = 0; i < sizeof tops / sizeof *tops; i++) {
        bool modern = oc_family_of(tops[i]) == OC_FAMILY_40;

        for (unsigned k = 1; k <= oc_steps_of(tops[i]); k++)
            yes = yes || strcmp(name, arena_printf(&mem, modern ? "upgrade_%u" : "%u", modern ? k : 999 + k)) == 0;
    }
    arena_free(&mem);
    return yes;
}

static void test_rows(void **state)
{
    size_t n;
    const struct oc_sign *all = oc_signs(&n);

    (void)state;
    assert_true(n > 40);
    for (size_t i = 0; i < n; i++) {
        const struct oc_sign *g = &all[i];

        if (!is_step(g->step))
            fail_msg("no installer has a step %s", g->step);
        assert_true(g->words && g->words[0] && g->table && g->table[0]);
        if (g->kind == OC_SIGN_COLUMN)
            assert_non_null(g->column);
        if (g->kind == OC_SIGN_NO_ROW || g->kind == OC_SIGN_ROW || g->kind == OC_SIGN_BEGUN)
            assert_true(g->where && g->where[0] && g->column && !strchr(g->where, ';'));
        if (g->since && g->before)
            assert_true(oc_version_compare(g->since, g->before) < 0);
    }
}

static void test_counts(void **state)
{
    (void)state;
    assert_int_equal(oc_steps_of("2.1.0.2"), 1);
    assert_int_equal(oc_steps_of("2.2.0.0"), 8);
    assert_int_equal(oc_steps_of("2.3.0.2"), 9);
    assert_int_equal(oc_steps_of("3.0.0.0"), 10);
    assert_int_equal(oc_steps_of("3.0.4.1"), 10);
    assert_int_equal(oc_steps_of("3.0.5.0"), 11);
    assert_int_equal(oc_steps_of("4.0.1.1"), 8);
    assert_int_equal(oc_steps_of("4.0.2.0"), 9);
    assert_int_equal(oc_steps_of("4.1.0.0"), 9);
    assert_int_equal(oc_steps_of("4.1.0.1"), 11);
    assert_int_equal(oc_steps_of("4.1.0.4"), 12);
    assert_int_equal(oc_steps_of("5.0.0.0 Alpha"), 0);
    assert_int_equal(oc_steps_of(NULL), 0);
}

static void read_sql(const char *sql, struct schema *s)
{
    struct err e = {0};

    if (schema_read_sql(str_of(sql), "oc_", s, &e) < 0)
        fail_msg("%s", e.text);
}

static const struct oc_sign *row(const char *step, const char *table, const char *column)
{
    size_t n;
    const struct oc_sign *all = oc_signs(&n);

    for (size_t i = 0; i < n; i++)
        if (strcmp(all[i].step, step) == 0 && strcmp(all[i].table, table) == 0 && (column == NULL || strcmp(all[i].column, column) == 0))
            return &all[i];
    fail_msg("no row %s %s.%s", step, table, column);
    return NULL;
}

static void test_fits(void **state)
{
    struct schema live = {.foreign = {NULL, 0, 0}};
    struct schema wanted = {.foreign = {NULL, 0, 0}};
    struct schema none = {.foreign = {NULL, 0, 0}};

    (void)state;
    read_sql("CREATE TABLE `oc_product` (`product_id` int(11) NOT NULL, `sku` varchar(64) NOT NULL, PRIMARY KEY (`product_id`)) ENGINE=InnoDB;\n"
         "CREATE TABLE `oc_setting` (`setting_id` int(11) NOT NULL, `key` varchar(64) NOT NULL, PRIMARY KEY (`setting_id`)) ENGINE=InnoDB;\n",
         &live);
    read_sql("CREATE TABLE `oc_product` (`product_id` int(11) NOT NULL, `sku` varchar(64) NOT NULL, PRIMARY KEY (`product_id`)) ENGINE=InnoDB;\n", &wanted);
    assert_true(oc_sign_fits(row("upgrade_10", "product", "sku"), "4.1.0.4", &live, &none));
    /* A version that still has the column does not take it away. */
    assert_false(oc_sign_fits(row("upgrade_10", "product", "sku"), "4.1.0.4", &live, &wanted));
    assert_false(oc_sign_fits(row("upgrade_10", "product", "sku"), "4.1.0.0", &live, &none));
    assert_false(oc_sign_fits(row("upgrade_11", "country", "name"), "4.1.0.4", &live, &none));
    assert_true(oc_sign_fits(row("upgrade_12", "setting", "key"), "4.1.0.4", &live, &none));
    assert_false(oc_sign_fits(row("upgrade_4", "extension", "extension"), "4.1.0.4", &live, &none));
    schema_free(&live);
    schema_free(&wanted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows), cmocka_unit_test(test_counts), cmocka_unit_test(test_fits)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
