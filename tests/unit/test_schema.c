/* Types as one text, and the two readers of schemas: good, cut short at every byte, hostile. */
#include "format/schema.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char sql[] = "-- tables\n"
                          "/* of a shop; */\n"
                          "SET SQL_MODE = \"\";\n"
                          "DROP TABLE IF EXISTS `oc_basket`;\n"
                          "CREATE TABLE `oc_basket` (\n"
                          "  `basket_id` int(11) unsigned NOT NULL AUTO_INCREMENT,\n"
                          "  `customer_id` int(11) NOT NULL DEFAULT '0',\n"
                          "  `session` varchar(32) COLLATE utf8_bin NOT NULL COMMENT 'of, the (visitor)',\n"
                          "  `price` decimal(15, 4) NOT NULL DEFAULT -0.5000,\n"
                          "  `note` text,\n"
                          "  `word` char(3) CHARACTER SET ascii NOT NULL DEFAULT 'it''s',\n"
                          "  `until` datetime NOT NULL DEFAULT '0000-00-00 00:00:00',\n"
                          "  `seen` timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,\n"
                          "  PRIMARY KEY (`basket_id`),\n"
                          "  UNIQUE KEY `who` (`customer_id`,`session`(8)),\n"
                          "  KEY (`session`),\n"
                          "  FULLTEXT KEY `words` (`note`) /* , `price` */,\n"
                          "  CONSTRAINT `c1` FOREIGN KEY (`customer_id`) REFERENCES `oc_customer` (`customer_id`)\n"
                          ") ENGINE=MyISAM AUTO_INCREMENT=7 DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci COMMENT='ENGINE=none';\n"
                          "INSERT INTO `oc_basket` (`note`) VALUES ('CREATE TABLE `oc_no` (`a` int);'), ('x');\n"
                          "CREATE TABLE other_thing (a int);\n"
                          "create table if not exists oc_short (id integer primary key, b bool not null default true);\n";

static struct schema read_sql(const char *text)
{
    struct schema s = {.foreign = {NULL, 0, 0}};
    struct err e = {0};

    if (schema_read_sql(str_of(text), "oc_", &s, &e) != 0)
        fail_msg("%s", e.text);
    return s;
}

static void assert_column(const struct schema_table *t, const char *name, const char *type, const char *written)
{
    const struct schema_column *c = schema_column(t, name);

    assert_non_null(c);
    assert_string_equal(c->type, type);
    assert_string_equal(c->written, written);
}

static void test_sql(void **state)
{
    struct schema s = read_sql(sql);
    const struct schema_table *t = schema_find(&s, "basket");
    const struct schema_column *c;

    (void)state;
    assert_int_equal(s.tables.n, 2);
    assert_non_null(t);
    assert_int_equal(t->columns.n, 8);
    assert_column(t, "basket_id", "int unsigned", "int(11) unsigned");
    assert_column(t, "price", "decimal(15,4)", "decimal(15,4)");
    assert_true(schema_column(t, "basket_id")->auto_increment);
    assert_true(schema_column(t, "BASKET_ID")->not_null);
    assert_string_equal(schema_column(t, "customer_id")->fallback, "0");
    c = schema_column(t, "session");
    assert_string_equal(c->collate, "utf8_bin");
    assert_true(c->not_null);
    assert_false(c->has_default);
    assert_string_equal(schema_column(t, "price")->fallback, "-0.5000");
    assert_false(schema_column(t, "note")->not_null);
    assert_string_equal(schema_column(t, "word")->fallback, "it's");
    assert_string_equal(schema_column(t, "word")->charset, "ascii");
    assert_string_equal(schema_column(t, "until")->fallback, "0000-00-00 00:00:00");
    assert_true(schema_column(t, "seen")->fallback_code);
    assert_true(schema_column(t, "seen")->on_update);
    assert_int_equal(t->keys.n, 4);
    assert_int_equal(t->keys.v[0].kind, SCHEMA_PRIMARY);
    assert_string_equal(t->keys.v[0].name, "PRIMARY");
    assert_int_equal(t->keys.v[1].kind, SCHEMA_UNIQUE);
    assert_int_equal(t->keys.v[1].parts.n, 2);
    assert_int_equal(t->keys.v[1].parts.v[1].length, 8);
    assert_string_equal(t->keys.v[2].name, "session");
    assert_int_equal(t->keys.v[3].kind, SCHEMA_FULLTEXT);
    assert_int_equal(t->keys.v[3].parts.n, 1);
    assert_string_equal(t->engine, "MyISAM");
    assert_string_equal(t->charset, "utf8");
    assert_string_equal(t->collate, "utf8_general_ci");
    t = schema_find(&s, "short");
    assert_non_null(t);
    assert_column(t, "id", "int", "int");
    assert_column(t, "b", "tinyint", "tinyint(1)");
    assert_true(schema_column(t, "id")->not_null);
    assert_string_equal(schema_column(t, "b")->fallback, "1");
    assert_int_equal(t->keys.v[0].kind, SCHEMA_PRIMARY);
    assert_true(schema_has(&s, "short", NULL));
    assert_true(schema_has(&s, "short", "B"));
    assert_false(schema_has(&s, "short", "c"));
    assert_false(schema_has(&s, "no", NULL));
    schema_free(&s);
}

static void test_sql_again_is_the_last(void **state)
{
    struct schema s = read_sql("CREATE TABLE oc_a (x int, KEY k (x)); CREATE TABLE oc_a (`y``z` int);");

    (void)state;
    assert_int_equal(s.tables.n, 1);
    assert_int_equal(s.tables.v[0].columns.n, 1);
    assert_int_equal(s.tables.v[0].keys.n, 0);
    assert_string_equal(s.tables.v[0].columns.v[0].name, "y`z");
    schema_free(&s);
}

/* A source that ends anywhere gives what was whole, or an error; never a table with less than it has. */
static void test_sql_cut(void **state)
{
    size_t n = strlen(sql);
    size_t refused = 0;

    (void)state;
    for (size_t i = 0; i < n; i++) {
        char *cut = malloc(i + 1);
        struct schema s = {.foreign = {NULL, 0, 0}};
        struct err e = {0};
        int rc;

        memcpy(cut, sql, i);
        rc = schema_read_sql((struct str){cut, i}, "oc_", &s, &e);
        refused += rc != 0;
        if (rc == 0) {
            assert_int_equal(schema_find(&s, "basket")->columns.n, 8);
            assert_int_equal(schema_find(&s, "basket")->keys.n, 4);
        } else {
            assert_int_equal(e.kind, ERR_FORMAT);
            assert_int_equal(s.tables.n, 0);
        }
        schema_free(&s);
        free(cut);
    }
    assert_true(refused > 900);
}

static void test_sql_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "SELECT 1;",
        "CREATE TABLE oc_a (x int, KEY k (y));",
        "CREATE TABLE oc_a (x int, X int);",
        "CREATE TABLE oc_a (x integers);",
        "CREATE TABLE oc_a (x varchar);",
        "CREATE TABLE oc_a (x int(11, 'a'));",
        "CREATE TABLE oc_a (x int) ENGINE=FEDERATED;",
        "CREATE TABLE oc_a (x int) DEFAULT CHARSET='utf8, x';",
        "CREATE TABLE oc_a (x int DEFAULT (1+1));",
        "CREATE TABLE oc_a (x int, y int AS (x + 1));",
        "CREATE TABLE oc_a ();",
        "CREATE TABLE oc_a (PRIMARY KEY ());",
        "CREATE TABLE oc_ (x int);",
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct schema s = {.foreign = {NULL, 0, 0}};
        struct err e = {0};

        if (schema_read_sql(str_of(bad[i]), "oc_", &s, &e) == 0)
            fail_msg("taken: %s", bad[i]);
        assert_int_equal(e.kind, ERR_FORMAT);
        assert_int_equal(s.tables.n, 0);
        schema_free(&s);
    }
}

static const char php[] = "<?php\n"
                          "namespace Shop\\Helper;\n"
                          "/* $tables[] = ['name' => 'no', 'field' => []]; */\n"
                          "function shop_schema(): array {\n"
                          "\t$tables = [];\n"
                          "\t$tables[] = [\n"
                          "\t\t'name' => 'basket',\n"
                          "\t\t'field' => [\n"
                          "\t\t\t['name' => 'basket_id', 'type' => 'int(11)', 'not_null' => true, 'auto_increment' => true],\n"
                          "\t\t\t['name' => 'session', 'type' => 'varchar(32)', 'not_null' => true, 'default' => ''],\n"
                          "\t\t\t['name' => 'kind', 'type' => \"enum('a','B c')\", 'default' => 0],\n"
                          "\t\t\t['name' => 'price', 'type' => 'decimal(15,4)', 'not_null' => true, 'default' => '0.0000'],\n"
                          "\t\t],\n"
                          "\t\t'primary' => ['basket_id'],\n"
                          "\t\t'foreign' => [['key' => 'x', 'table' => 'y', 'field' => 'z']],\n"
                          "\t\t'index' => [['name' => 'basket_id', 'key' => ['session', 'price']]],\n"
                          "\t\t'engine' => 'InnoDB',\n"
                          "\t\t'charset' => 'utf8mb4',\n"
                          "\t\t'collate' => 'utf8mb4_general_ci'\n"
                          "\t];\n"
                          "\t$tables[] = array('name' => 'plain', 'field' => array(array('name' => 'a', 'type' => 'text')));\n"
                          "\treturn $tables;\n"
                          "}\n";

static int read_php(struct str text, struct schema *s, struct err *e)
{
    memset(s, 0, sizeof *s);
    memset(e, 0, sizeof *e);
    return schema_read_php(text, s, e);
}

static void test_php(void **state)
{
    struct schema s;
    struct err e;
    const struct schema_table *t;

    (void)state;
    if (read_php(str_of(php), &s, &e) != 0)
        fail_msg("%s", e.text);
    assert_int_equal(s.tables.n, 2);
    t = &s.tables.v[0];
    assert_string_equal(t->name, "basket");
    assert_column(t, "basket_id", "int", "int(11)");
    assert_true(schema_column(t, "basket_id")->auto_increment);
    assert_true(schema_column(t, "session")->has_default);
    assert_string_equal(schema_column(t, "session")->fallback, "");
    assert_column(t, "kind", "enum('a','B c')", "enum('a','B c')");
    assert_string_equal(schema_column(t, "kind")->fallback, "0");
    assert_int_equal(t->keys.n, 2);
    assert_int_equal(t->keys.v[0].kind, SCHEMA_PRIMARY);
    assert_string_equal(t->keys.v[1].name, "basket_id");
    assert_int_equal(t->keys.v[1].parts.n, 2);
    assert_string_equal(t->engine, "InnoDB");
    assert_string_equal(t->charset, "utf8mb4");
    assert_null(s.tables.v[1].engine);
    schema_free(&s);
}

static void test_php_one_array(void **state)
{
    struct schema s;
    struct err e;

    (void)state;
    assert_int_equal(read_php(STR("<?php return [['name' => 'a', 'field' => [['name' => 'x', 'type' => 'date']]], ['name' => 'b', "
                                  "'field' => [['name' => 'y', 'type' => 'BIGINT(20)  UNSIGNED']]]];"),
                              &s, &e),
                     0);
    assert_int_equal(s.tables.n, 2);
    assert_column(&s.tables.v[1], "y", "bigint unsigned", "bigint(20) unsigned");
    schema_free(&s);
}

static void test_php_cut(void **state)
{
    size_t n = strlen(php);
    size_t end = (size_t)(strstr(php, "}\n") - php);

    (void)state;
    for (size_t i = 0; i <= end; i++) {
        char *cut = malloc(i + 1);
        struct schema s;
        struct err e;

        memcpy(cut, php, i);
        if (read_php((struct str){cut, i}, &s, &e) == 0)
            fail_msg("taken: cut at %zu of %zu", i, n);
        assert_int_equal(e.kind, ERR_FORMAT);
        assert_int_equal(s.tables.n, 0);
        schema_free(&s);
        free(cut);
    }
}

static void test_php_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "no code",
        "<?php $tables = [];",
        "<?php $t[] = ['name' => 'a', 'field' => []];",
        "<?php $t[] = ['name' => '', 'field' => [['name' => 'x', 'type' => 'int']]];",
        "<?php $t[] = ['name' => 'a', 'field' => [['name' => 'x', 'type' => 'int, DROP COLUMN y']]];",
        "<?php $t[] = ['name' => 'a', 'field' => [['name' => 'x', 'type' => 'int(11) NOT NULL']]];",
        "<?php $t[] = ['name' => 'a', 'field' => [['name' => 'x', 'type' => PI()]]];",
        "<?php $t[] = ['name' => 'a', 'field' => [['name' => 'x', 'type' => 'int']], 'engine' => 'InnoDB, x'];",
        "<?php $t[] = ['name' => 'a', 'field' => [['name' => 'x', 'type' => 'int']], 'charset' => 'utf8 x'];",
        "<?php $t[] = ['name' => 'a', 'field' => [['name' => 'x', 'type' => 'int']], 'primary' => ['y']];",
        "<?php $t[] = ['name' => 'a', 'field' => [['name' => 'x', 'type' => 'int']], 'index' => [['name' => 'k']]];",
        "<?php $t[] = ['name' => 'a', 'field' => [['name' => 'x', 'type' => 'int'], ['name' => 'x', 'type' => 'int']]];",
        "<?php $t[] = ['name' => 'a', 'field' => [['name' => 'x', 'type' => 'int']]] + $more;",
        "<?php $t[] = ['name' => 'a', 'field' => 'x'];",
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct schema s;
        struct err e;

        if (read_php(str_of(bad[i]), &s, &e) == 0)
            fail_msg("taken: %s", bad[i]);
        assert_int_equal(e.kind, ERR_FORMAT);
        schema_free(&s);
    }
}

static void test_types(void **state)
{
    static const char *const cases[][3] = {
        {"INT (11)", "int", "int(11)"},
        {"integer", "int", "int"},
        {"int(10) unsigned zerofill", "int unsigned zerofill", "int(10) unsigned zerofill"},
        {"int zerofill", "int unsigned zerofill", "int unsigned zerofill"},
        {"tinyint(1) signed", "tinyint", "tinyint(1)"},
        {"decimal", "decimal(10,0)", "decimal(10,0)"},
        {"numeric(8)", "decimal(8,0)", "decimal(8,0)"},
        {"double precision", "double", "double"},
        {"char", "char(1)", "char(1)"},
        {"varchar( 64 )", "varchar(64)", "varchar(64)"},
        {"datetime(0)", "datetime", "datetime"},
        {"datetime(6)", "datetime(6)", "datetime(6)"},
        {"ENUM('It''s', 'B')", "enum('It''s','B')", "enum('It''s','B')"},
        {"year(4)", "year", "year(4)"},
        {"time(0)", "time", "time"},
        {"timestamp(0)", "timestamp", "timestamp"},
        {"float(0)", "float(0)", "float(0)"},
        {"Boolean", "tinyint", "tinyint(1)"},
        {"bool(4)", "tinyint", "tinyint(4)"},
        {"real", "double", "double"},
        {"dec(5, 2)\t", "decimal(5,2)", "decimal(5,2)"},
        {"fixed", "decimal(10,0)", "decimal(10,0)"},
        {"bit", "bit(1)", "bit(1)"},
        {"binary", "binary(1)", "binary(1)"},
        {"int(10)\tunsigned\n", "int unsigned", "int(10) unsigned"},
        {"geometry", "geometry", "geometry"},
        {"mediumtext", "mediumtext", "mediumtext"},
        {"set('a\\'b','\\\\')", "set('a\\'b','\\\\')", "set('a\\'b','\\\\')"},
    };
    static const char *const bad[] = {"", "()", "int(", "int(11", "int()", "varchar", "enum", "enum(a)", "enum('a'", "text(1)", "int(11) x",
                                      "int;", "int unsignedx", "int(11)) x", "int(-1)", "varchar(123456)", "varbinary", "set", "date(3)", "enum('a\\')",
                                      "enum('a''", "tiny", "text mediumtext", "int precision"};
    struct arena a = {0};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *written = NULL;
        const char *type = schema_type(str_of(cases[i][0]), &a, &written);

        assert_non_null(type);
        assert_string_equal(type, cases[i][1]);
        assert_string_equal(written, cases[i][2]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (schema_type(str_of(bad[i]), &a, NULL) != NULL)
            fail_msg("taken: %s", bad[i]);
    assert_string_equal(schema_charset(STR("UTF8MB3_Bin"), &a), "utf8_bin");
    assert_string_equal(schema_charset(STR("utf8mb3"), &a), "utf8");
    assert_string_equal(schema_charset(STR("utf8mb4"), &a), "utf8mb4");
    assert_string_equal(schema_charset(STR("Az_09"), &a), "az_09");
    assert_null(schema_charset(STR("utf8 x"), &a));
    assert_null(schema_charset(STR("a\0b"), &a));
    assert_null(schema_charset(STR(""), &a));
    arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_sql),
        cmocka_unit_test(test_sql_again_is_the_last),
        cmocka_unit_test(test_sql_cut),
        cmocka_unit_test(test_sql_refused),
        cmocka_unit_test(test_php),
        cmocka_unit_test(test_php_one_array),
        cmocka_unit_test(test_php_cut),
        cmocka_unit_test(test_php_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
