/* The statements between two schemas, as texts. What servers make of them is tested in test_schema_live_server.c. */
#include "format/schema_diff.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct schema_rules all_rules = {.engine = true, .charset = true, .columns_charset = true};

static struct schema_diff difference(const char *from, const char *to, const struct schema_rules *rules)
{
    struct schema have = {.foreign = {NULL, 0, 0}};
    struct schema want = {.foreign = {NULL, 0, 0}};
    struct schema_diff d = {.mem = {NULL}};
    struct err e = {0};

    if ((from[0] != '\0' && schema_read_sql(str_of(from), "", &have, &e) != 0) || schema_read_sql(str_of(to), "", &want, &e) != 0)
        fail_msg("%s", e.text);
    schema_diff(&have, &want, rules, "oc_", &d);
    schema_free(&have);
    schema_free(&want);
    return d;
}

static void is_changed(const char *from, const char *to, const char *statement)
{
    struct schema_diff d = difference(from, to, &all_rules);

    assert_int_equal(d.steps.n, 1);
    assert_int_equal(d.steps.v[0].statements.n, 1);
    assert_string_equal(d.steps.v[0].statements.v[0], statement);
    schema_diff_free(&d);
}

static void is_same(const char *from, const char *to)
{
    struct schema_diff d = difference(from, to, &all_rules);

    if (d.steps.n > 0)
        fail_msg("%s", d.steps.v[0].statements.v[0]);
    schema_diff_free(&d);
}

static void test_create(void **state)
{
    (void)state;
    is_changed("", "CREATE TABLE `a``b` (`x``y` int(11) NOT NULL AUTO_INCREMENT, t varchar(9) NOT NULL DEFAULT 'it''s \\\\', PRIMARY KEY (`x``y`), KEY t (t(4)))"
                   " ENGINE=MyISAM DEFAULT CHARSET=utf8;",
               "CREATE TABLE IF NOT EXISTS `oc_a``b` (\n  `x``y` int(11) NOT NULL AUTO_INCREMENT,\n  `t` varchar(9) NOT NULL DEFAULT 'it''s \\\\',\n"
               "  PRIMARY KEY (`x``y`),\n  KEY `t` (`t`(4))\n) ENGINE=MyISAM DEFAULT CHARSET=utf8");
}

static void test_one_statement(void **state)
{
    (void)state;
    is_changed("CREATE TABLE a (id int(11) NOT NULL, own int, t varchar(9) NOT NULL, KEY k (own)) ENGINE=MyISAM DEFAULT CHARSET=utf8 COLLATE=utf8_general_ci;",
               "CREATE TABLE a (id int(11) NOT NULL AUTO_INCREMENT, n int(11) NOT NULL, t varchar(9) NOT NULL, PRIMARY KEY (id), KEY k (n))"
               " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;",
               "ALTER TABLE `oc_a` MODIFY `id` int(11) NOT NULL AUTO_INCREMENT, ADD COLUMN `n` int(11) NOT NULL AFTER `id`,"
               " MODIFY `t` varchar(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NOT NULL, ADD PRIMARY KEY (`id`), DROP KEY `k`, ADD KEY `k` (`n`),"
               " ENGINE=InnoDB, DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci");
}

static void test_nothing_to_do(void **state)
{
    (void)state;
    /* other columns, keys and tables; numbers and dates written in another way; what is better than the target */
    is_same("CREATE TABLE a (x int NOT NULL, own int, t varchar(9) NOT NULL, KEY k (own)); CREATE TABLE own (x int);",
            "CREATE TABLE a (x int(11) NOT NULL, t varchar(9) NOT NULL);");
    is_same("CREATE TABLE a (x decimal(15,4) DEFAULT '0.0000', y datetime DEFAULT '0000-00-00 00:00:00', z int DEFAULT 0);",
            "CREATE TABLE a (x decimal(15,4) DEFAULT '0', y datetime DEFAULT '0000-00-00', z int DEFAULT '0');");
    is_same("CREATE TABLE a (x int, KEY other (x)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;", "CREATE TABLE a (x int, KEY k (x)) ENGINE=MyISAM DEFAULT CHARSET=utf8;");
    is_same("CREATE TABLE a (x varchar(255), KEY k (x(191)));", "CREATE TABLE a (x varchar(255), KEY k (x));");
    is_same("CREATE TABLE a (x int, UNIQUE KEY u (x));", "CREATE TABLE a (x int, KEY k (x));");
}

static void test_slight(void **state)
{
    struct schema_diff d = difference("CREATE TABLE a (x int(3) NOT NULL, y int(11) NOT NULL DEFAULT 1);", "CREATE TABLE a (x int(11) NOT NULL, y int(11) NOT NULL);",
                                      &all_rules);

    (void)state;
    assert_int_equal(d.steps.n, 1);
    assert_true(d.steps.v[0].slight);
    schema_diff_free(&d);
    d = difference("CREATE TABLE a (x int(3));", "CREATE TABLE a (x int(11) NOT NULL);", &all_rules);
    assert_false(d.steps.v[0].slight);
    assert_int_equal(d.steps.v[0].nulls.n, 1);
    schema_diff_free(&d);
}

static void test_torn(void **state)
{
    struct schema_diff d = difference("CREATE TABLE a (x int(11) NOT NULL);", "CREATE TABLE a (x int(11) NOT NULL AUTO_INCREMENT, PRIMARY KEY (x));", &all_rules);

    (void)state;
    assert_true(d.steps.v[0].torn);
    assert_int_equal(d.steps.v[0].added, 0);
    assert_int_equal(d.steps.v[0].doubles.n, 1);
    schema_diff_free(&d);
}

static void test_rules(void **state)
{
    static const struct schema_rules none = {.engine = false};
    struct schema_diff d = difference("CREATE TABLE a (x varchar(9)) ENGINE=MyISAM DEFAULT CHARSET=utf8;",
                                      "CREATE TABLE a (x varchar(9)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;", &none);

    (void)state;
    assert_int_equal(d.steps.n, 0);
    schema_diff_free(&d);
}

static void test_plain_keys(void **state)
{
    static const struct schema_rules strict = {.plain_keys = false};
    static const struct schema_rules loose = {.plain_keys = true};
    static const char have[] = "CREATE TABLE a (x int, y int, KEY u (x, y));";
    struct schema_diff d = difference(have, "CREATE TABLE a (x int, y int, UNIQUE KEY u (x, y));", &strict);

    (void)state;
    assert_int_equal(d.steps.n, 1);
    schema_diff_free(&d);
    d = difference(have, "CREATE TABLE a (x int, y int, UNIQUE KEY u (x, y));", &loose);
    assert_int_equal(d.steps.n, 0);
    schema_diff_free(&d);
    d = difference(have, "CREATE TABLE a (x int, y int, UNIQUE KEY u (x));", &loose);
    assert_int_equal(d.steps.n, 1);
    schema_diff_free(&d);
}

static void test_prefixes(void **state)
{
    (void)state;
    /* as long as the column, and as servers cut them */
    is_same("CREATE TABLE a (x varchar(64), KEY k (x(64)));", "CREATE TABLE a (x varchar(64), KEY k (x));");
    is_same("CREATE TABLE a (x varchar(999), KEY k (x(768)));", "CREATE TABLE a (x varchar(999), KEY k (x));");
    is_changed("CREATE TABLE a (x varchar(999), KEY k (x(8)));", "CREATE TABLE a (x varchar(999), KEY k (x));",
               "ALTER TABLE `oc_a` DROP KEY `k`, ADD KEY `k` (`x`)");
    is_changed("CREATE TABLE a (x varchar(255) NOT NULL, PRIMARY KEY (x(191)));", "CREATE TABLE a (x varchar(255) NOT NULL, PRIMARY KEY (x));",
               "ALTER TABLE `oc_a` DROP PRIMARY KEY, ADD PRIMARY KEY (`x`)");
}

/* Another key serves only when it does the same, and stays. */
static void test_served(void **state)
{
    (void)state;
    is_changed("CREATE TABLE a (x int, KEY other (x));", "CREATE TABLE a (x int, UNIQUE KEY u (x));", "ALTER TABLE `oc_a` ADD UNIQUE KEY `u` (`x`)");
    is_changed("CREATE TABLE a (x int NOT NULL, UNIQUE KEY other (x));", "CREATE TABLE a (x int NOT NULL, PRIMARY KEY (x));",
               "ALTER TABLE `oc_a` ADD PRIMARY KEY (`x`)");
    is_changed("CREATE TABLE a (x int, y int, KEY k (x));", "CREATE TABLE a (x int, y int, KEY k (y), KEY l (x));",
               "ALTER TABLE `oc_a` DROP KEY `k`, ADD KEY `k` (`y`), ADD KEY `l` (`x`)");
}

static void test_doubles(void **state)
{
    struct schema_diff d = difference("CREATE TABLE a (x varchar(99), y int);", "CREATE TABLE a (x varchar(99), y int, UNIQUE KEY u (x(8), y));", &all_rules);

    (void)state;
    assert_int_equal(d.steps.v[0].doubles.n, 1);
    assert_string_equal(d.steps.v[0].doubles.v[0].what, "unique key u (x, y)");
    assert_string_equal(d.steps.v[0].doubles.v[0].sql, "SELECT COUNT(*) FROM (SELECT COUNT(*) AS n FROM `oc_a` WHERE `x` IS NOT NULL AND `y` IS NOT NULL"
                                                       " GROUP BY LEFT(`x`, 8), `y` HAVING COUNT(*) > 1) AS d");
    assert_false(d.steps.v[0].doubles.v[0].primary);
    assert_false(d.steps.v[0].torn);
    schema_diff_free(&d);
}

/* Two columns of another table stand on two of this one. */
static bool is_blocked(const char *from, const char *to)
{
    static const struct schema_foreign columns[] = {{"f", "oc_ext", "p", "oc_a", "x", 1}, {"f", "oc_ext", "q", "oc_a", "y", 2}};
    struct schema have = {.foreign = {NULL, 0, 0}};
    struct schema want = {.foreign = {NULL, 0, 0}};
    struct schema_diff d = {.mem = {NULL}};
    struct err e = {0};
    bool blocked;

    if (schema_read_sql(str_of(from), "", &have, &e) != 0 || schema_read_sql(str_of(to), "", &want, &e) != 0)
        fail_msg("%s", e.text);
    for (size_t i = 0; i < 2; i++)
        *vec_push(&have.foreign) = columns[i];
    schema_diff(&have, &want, &all_rules, "oc_", &d);
    assert_int_equal(d.steps.n, 1);
    blocked = d.steps.v[0].blocked != NULL;
    schema_diff_free(&d);
    schema_free(&have);
    schema_free(&want);
    return blocked;
}

static void test_foreign_keys(void **state)
{
    static const char to[] = "CREATE TABLE a (x int, y int, z int, KEY k (y));";

    (void)state;
    assert_true(is_blocked("CREATE TABLE a (x int, y int, z int, KEY k (x, y));", to));
    assert_true(is_blocked("CREATE TABLE a (x int, y int, z int, KEY k (x, y), KEY l (x, z));", to));
    assert_false(is_blocked("CREATE TABLE a (x int, y int, z int, KEY k (x, y), KEY l (x, y, z));", to));
    /* it stands on another key, or on none of this table */
    assert_false(is_blocked("CREATE TABLE a (x int, y int, z int, KEY k (x));", to));
    assert_false(is_blocked("CREATE TABLE b (x int, y int, z int, KEY k (x, y));", "CREATE TABLE b (x int, y int, z int, KEY k (y));"));
    assert_false(is_blocked("CREATE TABLE a (x int, y int, z int, KEY k (x, y));", "CREATE TABLE a (x int, y int, z int, KEY k (y), KEY l (x, y));"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_create),  cmocka_unit_test(test_one_statement), cmocka_unit_test(test_nothing_to_do),
        cmocka_unit_test(test_slight),  cmocka_unit_test(test_torn),          cmocka_unit_test(test_rules),
        cmocka_unit_test(test_plain_keys), cmocka_unit_test(test_prefixes), cmocka_unit_test(test_served), cmocka_unit_test(test_doubles),
        cmocka_unit_test(test_foreign_keys),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
