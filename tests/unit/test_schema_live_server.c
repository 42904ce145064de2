/*
 * Schemas of a real database: what is created from a description differs from it in nothing, and what schema_diff says makes a table what it has to be, with
 * its rows. tests/e2e/opencart_tables.bats starts a server and names its socket in TEST_DB_SOCKET (root without a password); without it nothing is tested.
 */
#include "real_mysql.h"

#include "db/schema_live.h"
#include "format/schema_diff.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define DB "schema_live_test"

static const struct schema_rules all_rules = {.engine = true, .charset = true, .columns_charset = true};
static struct mysql *db;

static int setup(void **state)
{
    (void)state;
    if (!real_begin())
        return 0;
    db = real_root;
    real_run(db, "DROP DATABASE IF EXISTS " DB);
    real_run(db, "CREATE DATABASE " DB " CHARACTER SET utf8");
    real_run(db, "USE " DB);
    real_run(db, "SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO', foreign_key_checks = 0");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    if (db != NULL)
        real_run(db, "DROP DATABASE IF EXISTS " DB);
    real_end();
    return 0;
}

static int clean(void **state)
{
    (void)state;
    if (db != NULL) {
        real_run(db, "DROP DATABASE IF EXISTS " DB);
        real_run(db, "CREATE DATABASE " DB " CHARACTER SET utf8");
        real_run(db, "USE " DB);
    }
    return 0;
}

static struct schema live(void)
{
    struct schema s = {.foreign = {NULL, 0, 0}};
    struct err e = {0};

    if (schema_live(db, "oc_", &s, &e) != 0)
        fail_msg("%s", e.text);
    return s;
}

static struct schema described(const char *sql)
{
    struct schema s = {.foreign = {NULL, 0, 0}};
    struct err e = {0};

    if (schema_read_sql(str_of(sql), "oc_", &s, &e) != 0)
        fail_msg("%s: %s", sql, e.text);
    return s;
}

static struct schema_diff difference(const char *target, const struct schema_rules *rules)
{
    struct schema have = live();
    struct schema want = described(target);
    struct schema_diff d = {.mem = {NULL}};

    schema_diff(&have, &want, rules, "oc_", &d);
    schema_free(&have);
    schema_free(&want);
    return d;
}

static void assert_same(const char *target, const struct schema_rules *rules)
{
    struct schema_diff d = difference(target, rules);

    if (d.steps.n > 0)
        fail_msg("%s: %s", d.steps.v[0].table, d.steps.v[0].statements.v[0]);
    schema_diff_free(&d);
}

/* Carries out what is needed, and nothing is needed any more. Gives the number of changes in words. */
static size_t make(const char *target, const struct schema_rules *rules)
{
    struct schema_diff d = difference(target, rules);
    size_t changes = 0;

    for (size_t i = 0; i < d.steps.n; i++) {
        assert_null(d.steps.v[i].blocked);
        changes += d.steps.v[i].changes.n;
        for (size_t k = 0; k < d.steps.v[i].statements.n; k++)
            real_run(db, d.steps.v[i].statements.v[k]);
    }
    schema_diff_free(&d);
    assert_same(target, rules);
    return changes;
}

static const char many[] =
    "CREATE TABLE oc_many (\n"
    "  a int(11) NOT NULL AUTO_INCREMENT, b tinyint(1) NOT NULL DEFAULT '0', c decimal(15,4) NOT NULL DEFAULT '0',\n"
    "  d varchar(64) NOT NULL DEFAULT 'it''s \\\\ a\\nline', e text NOT NULL, f datetime NOT NULL DEFAULT '0000-00-00',\n"
    "  g date DEFAULT NULL, h char(1), i enum('x','Y','a,b') NOT NULL DEFAULT 'x', j mediumtext, k bigint(20) unsigned DEFAULT 7,\n"
    "  l double(15,8) NOT NULL DEFAULT 1.5, m varchar(9) CHARACTER SET ascii NOT NULL, n timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,\n"
    "  o time, p float NOT NULL DEFAULT '-0.50', q varchar(3) DEFAULT '', `r``s` int(3) DEFAULT NULL, t blob, u year(4) NOT NULL,\n"
    "  v bool NOT NULL, w varchar(10) COLLATE utf8_bin NOT NULL, x timestamp NULL DEFAULT NULL, y int(10) zerofill NOT NULL,\n"
    "  PRIMARY KEY (a), UNIQUE KEY uu (d, b), KEY kk (e(20)), KEY `q` (`q`, `r``s`), FULLTEXT KEY ff (e)\n"
    ") ENGINE=MyISAM DEFAULT CHARSET=utf8 COLLATE=utf8_general_ci;\n"
    "CREATE TABLE oc_other (id integer PRIMARY KEY, n numeric(8) NOT NULL) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;\n";

static void test_round(void **state)
{
    struct schema s;
    const struct schema_table *t;

    (void)state;
    real_need();
    assert_int_equal(make(many, &all_rules), 2);
    s = live();
    t = schema_find(&s, "many");
    assert_non_null(t);
    assert_int_equal(t->columns.n, 24);
    assert_int_equal(t->keys.n, 5);
    assert_string_equal(schema_column(t, "d")->fallback, "it's \\ a\nline");
    assert_false(schema_column(t, "g")->has_default);
    assert_true(schema_column(t, "n")->fallback_code);
    assert_string_equal(schema_column(t, "m")->charset, "ascii");
    assert_null(schema_column(t, "d")->charset);
    assert_string_equal(t->charset, "utf8");
    schema_free(&s);
}

static void test_views_and_others(void **state)
{
    struct schema s = {.foreign = {NULL, 0, 0}};
    struct err e = {0};

    (void)state;
    real_need();
    real_run(db, "CREATE TABLE oc_a (x int)");
    real_run(db, "CREATE TABLE other (x int)");
    real_run(db, "CREATE VIEW oc_v AS SELECT x FROM oc_a");
    s = live();
    assert_int_equal(s.tables.n, 2);
    assert_true(schema_find(&s, "v")->is_view);
    assert_false(schema_find(&s, "a")->is_view);
    schema_free(&s);
    assert_int_equal(schema_live_table(db, "oc_", "a", &s, &e), 0);
    assert_int_equal(s.tables.n, 1);
    assert_int_equal(s.tables.v[0].columns.n, 1);
    schema_free(&s);
    assert_int_equal(schema_live_table(db, "oc_", "none", &s, &e), 0);
    assert_int_equal(s.tables.n, 0);
    schema_free(&s);
}

#define CART_NEW                                                                                                            \
    "CREATE TABLE oc_cart (cart_id int(11) NOT NULL AUTO_INCREMENT, api_id int(11) NOT NULL, customer_id int(11) NOT NULL," \
    " session_id varchar(32) NOT NULL, note varchar(40) NOT NULL DEFAULT '', date_added datetime NOT NULL,"                \
    " PRIMARY KEY (cart_id), KEY cart_id (api_id, customer_id, session_id)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4"          \
    " COLLATE=utf8mb4_general_ci;"

/* The table in which the installer's step died: its keys gone, its numbers no more counted; one row came meanwhile. */
static void test_torn(void **state)
{
    struct schema_diff d;

    (void)state;
    real_need();
    real_run(db, "CREATE TABLE oc_cart (cart_id int(11) NOT NULL, own int, customer_id int(11) NOT NULL, session_id varchar(32) NOT NULL,"
                 " date_added datetime NOT NULL DEFAULT '0000-00-00 00:00:00', KEY mine (own)) ENGINE=MyISAM DEFAULT CHARSET=utf8");
    real_run(db, "INSERT INTO oc_cart VALUES (7, 1, 2, 'gr\xc3\xbc\xc3\x9f', '0000-00-00 00:00:00'), (0, 2, 3, 'b', '2020-01-02 03:04:05')");
    d = difference(CART_NEW, &all_rules);
    assert_int_equal(d.steps.n, 1);
    assert_int_equal(d.steps.v[0].statements.n, 1);
    assert_true(d.steps.v[0].torn);
    assert_false(d.steps.v[0].slight);
    assert_int_equal(d.steps.v[0].added, 2);
    assert_int_equal(d.steps.v[0].doubles.n, 1);
    real_assert_value(db, d.steps.v[0].doubles.v[0].sql, "0");
    schema_diff_free(&d);
    make(CART_NEW, &all_rules);
    real_assert_value(db, "SELECT GROUP_CONCAT(cart_id, ':', own, ':', session_id, ':', date_added ORDER BY cart_id SEPARATOR ';') FROM oc_cart",
                      "0:2:b:2020-01-02 03:04:05;7:1:gr\xc3\xbc\xc3\x9f:0000-00-00 00:00:00");
    real_run(db, "INSERT INTO oc_cart (customer_id) VALUES (9)");
    real_assert_value(db, "SELECT MAX(cart_id) FROM oc_cart", "8");
    real_assert_value(db, "SELECT COUNT(*) FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND INDEX_NAME = 'mine'", "1");
    real_assert_value(db, "SELECT GROUP_CONCAT(COLUMN_NAME ORDER BY ORDINAL_POSITION) FROM information_schema.COLUMNS"
                          " WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'oc_cart'",
                      "cart_id,api_id,own,customer_id,session_id,note,date_added");
}

static void test_doubles_are_counted(void **state)
{
    struct schema_diff d;

    (void)state;
    real_need();
    real_run(db, "CREATE TABLE oc_cart (cart_id int(11) NOT NULL, api_id int(11) NOT NULL, customer_id int(11) NOT NULL, session_id varchar(32) NOT NULL,"
                 " note varchar(40) NOT NULL DEFAULT '', date_added datetime NOT NULL) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4");
    real_run(db, "INSERT INTO oc_cart (cart_id) VALUES (0), (0), (1), (2), (2)");
    d = difference(CART_NEW, &all_rules);
    assert_int_equal(d.steps.v[0].doubles.n, 1);
    assert_true(d.steps.v[0].doubles.v[0].primary);
    real_assert_value(db, d.steps.v[0].doubles.v[0].sql, "2");
    schema_diff_free(&d);
}

/* Half of a store is as 3.x made it. Only the half that needs it is changed. */
static void test_half_converted(void **state)
{
    static const char target[] =
        "CREATE TABLE oc_a (id int(11) NOT NULL AUTO_INCREMENT, t varchar(255) NOT NULL, x text, PRIMARY KEY (id), KEY t (t)) ENGINE=InnoDB"
        " DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;"
        "CREATE TABLE oc_b (id int(11) NOT NULL AUTO_INCREMENT, t varchar(255) NOT NULL, x text, PRIMARY KEY (id), KEY t (t)) ENGINE=InnoDB"
        " DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;"
        "CREATE TABLE oc_c (id int(11) NOT NULL) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;";
    struct schema_diff d;

    (void)state;
    real_need();
    real_run(db, "CREATE TABLE oc_a (id int(11) NOT NULL AUTO_INCREMENT, t varchar(255) NOT NULL, x text, PRIMARY KEY (id), KEY t (t)) ENGINE=InnoDB"
                 " DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci");
    real_run(db, "CREATE TABLE oc_b (id int(11) NOT NULL AUTO_INCREMENT, t varchar(255) NOT NULL, x text, PRIMARY KEY (id), KEY t (t)) ENGINE=MyISAM"
                 " DEFAULT CHARSET=utf8");
    real_run(db, "INSERT INTO oc_b (t, x) VALUES ('\xc3\xa4', REPEAT('\xe2\x82\xac', 20000))");
    d = difference(target, &all_rules);
    assert_int_equal(d.steps.n, 2);
    assert_string_equal(d.steps.v[0].table, "b");
    assert_true(d.steps.v[1].create);
    schema_diff_free(&d);
    make(target, &all_rules);
    real_assert_value(db, "SELECT CONCAT(t, CHAR_LENGTH(x)) FROM oc_b", "\xc3\xa4" "20000");
    real_assert_value(db, "SELECT COUNT(*) FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND CHARACTER_SET_NAME <> 'utf8mb4'", "0");
    real_assert_value(db, "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND ENGINE <> 'InnoDB'", "0");
}

/* The target of 3.x is MyISAM with utf8: what is better stays. */
static void test_never_back(void **state)
{
    static const char target[] = "CREATE TABLE oc_a (id int(11) NOT NULL, t varchar(255) NOT NULL, n varchar(5) NOT NULL, PRIMARY KEY (id))"
                                 " ENGINE=MyISAM DEFAULT CHARSET=utf8 COLLATE=utf8_general_ci;";

    (void)state;
    real_need();
    real_run(db, "CREATE TABLE oc_a (id int(11) NOT NULL, t varchar(255) NOT NULL, PRIMARY KEY (id)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4");
    assert_int_equal(make(target, &all_rules), 1);
    real_assert_value(db, "SELECT CONCAT(ENGINE, LEFT(TABLE_COLLATION, 7)) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()", "InnoDButf8mb4");
    real_assert_value(db, "SELECT GROUP_CONCAT(DISTINCT CHARACTER_SET_NAME) FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE()"
                          " AND CHARACTER_SET_NAME IS NOT NULL",
                      "utf8mb4");
}

static void test_keys(void **state)
{
    static const char target[] = "CREATE TABLE oc_a (a int(11) NOT NULL, b int(11) NOT NULL, c varchar(64) NOT NULL, PRIMARY KEY (a, b), KEY x (b, c),"
                                 " UNIQUE KEY y (c), KEY z (c)) ENGINE=InnoDB DEFAULT CHARSET=utf8;";
    struct schema_diff d;

    (void)state;
    real_need();
    /* a composite key and no primary one; x on other columns, y not unique, z under another name, one of an extension */
    real_run(db, "CREATE TABLE oc_a (a int(11) NOT NULL, b int(11) NOT NULL, c varchar(64) NOT NULL, KEY x (a, b), KEY y (c), KEY old_z (c), KEY ext (a))"
                 " ENGINE=InnoDB DEFAULT CHARSET=utf8");
    real_run(db, "INSERT INTO oc_a VALUES (1, 1, 'a'), (1, 2, 'b')");
    d = difference(target, &all_rules);
    assert_int_equal(d.steps.v[0].changes.n, 3);
    assert_int_equal(d.steps.v[0].doubles.n, 2);
    schema_diff_free(&d);
    make(target, &all_rules);
    real_assert_value(db, "SELECT GROUP_CONCAT(DISTINCT INDEX_NAME ORDER BY INDEX_NAME) FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE()",
                      "ext,old_z,PRIMARY,x,y");
}

static void test_primary_key_changes(void **state)
{
    static const char target[] = "CREATE TABLE oc_a (a int(11) NOT NULL AUTO_INCREMENT, b int(11) NOT NULL, PRIMARY KEY (a, b)) ENGINE=InnoDB;";
    static const char renamed[] = "CREATE TABLE oc_act (customer_act_id int(11) NOT NULL AUTO_INCREMENT, `key` varchar(9) NOT NULL,"
                                  " PRIMARY KEY (customer_act_id)) ENGINE=InnoDB;";
    static const char added[] = "CREATE TABLE oc_new (new_id int(11) NOT NULL AUTO_INCREMENT, v int(11), PRIMARY KEY (new_id)) ENGINE=InnoDB;";

    (void)state;
    real_need();
    real_run(db, "CREATE TABLE oc_a (a int(11) NOT NULL AUTO_INCREMENT, b int(11) NOT NULL, PRIMARY KEY (a)) ENGINE=InnoDB");
    real_run(db, "INSERT INTO oc_a (b) VALUES (5), (6)");
    make(target, &all_rules);
    real_assert_value(db, "SELECT SUM(a * b) FROM oc_a", "17");
    real_run(db, "DROP TABLE oc_a");
    real_run(db, "CREATE TABLE oc_act (act_id int(11) NOT NULL AUTO_INCREMENT, `key` varchar(9) NOT NULL, PRIMARY KEY (act_id)) ENGINE=InnoDB");
    real_run(db, "INSERT INTO oc_act VALUES (3, 'a'), (9, 'b')");
    assert_int_equal(make(renamed, &all_rules), 1);
    real_assert_value(db, "SELECT GROUP_CONCAT(customer_act_id, `key` ORDER BY 1) FROM oc_act", "3a,9b");
    real_run(db, "DROP TABLE oc_act");
    real_run(db, "CREATE TABLE oc_new (v int(11)) ENGINE=InnoDB");
    real_run(db, "INSERT INTO oc_new VALUES (11), (12), (13)");
    make(added, &all_rules);
    real_assert_value(db, "SELECT GROUP_CONCAT(new_id ORDER BY new_id) FROM oc_new", "1,2,3");
}

/* Another column counts, of an extension: it goes on as a plain one. */
static void test_two_counters(void **state)
{
    static const char target[] = "CREATE TABLE oc_a (id int(11) NOT NULL AUTO_INCREMENT, v int(11), PRIMARY KEY (id)) ENGINE=InnoDB;";

    (void)state;
    real_need();
    real_run(db, "CREATE TABLE oc_a (id int(11) NOT NULL, v int(11), ext int(11) NOT NULL AUTO_INCREMENT, PRIMARY KEY (id), KEY (ext)) ENGINE=InnoDB");
    real_run(db, "INSERT INTO oc_a (id, v) VALUES (4, 1), (6, 2)");
    make(target, &all_rules);
    real_assert_value(db, "SELECT GROUP_CONCAT(id, ':', ext ORDER BY id) FROM oc_a", "4:1,6:2");
}

static void test_columns(void **state)
{
    static const char target[] =
        "CREATE TABLE oc_a (id int(11) NOT NULL, a varchar(128) NOT NULL, b int(11) NOT NULL DEFAULT '1', c decimal(19,8) NOT NULL, d datetime NOT NULL,"
        " e text NOT NULL, f varchar(9)) ENGINE=InnoDB DEFAULT CHARSET=utf8;";
    struct schema_diff d;

    (void)state;
    real_need();
    real_run(db, "CREATE TABLE oc_a (id int(3) NOT NULL, a varchar(32), b int(11) NOT NULL, c decimal(15,4) NOT NULL, d date NOT NULL, e varchar(255) NOT NULL,"
                 " f varchar(9) NOT NULL) ENGINE=InnoDB DEFAULT CHARSET=utf8");
    real_run(db, "INSERT INTO oc_a VALUES (1, NULL, 2, 3.5, '2020-02-03', 'x', 'y'), (2, 'a', 2, 3.5, '0000-00-00', 'x', 'y')");
    d = difference(target, &all_rules);
    assert_int_equal(d.steps.v[0].nulls.n, 1);
    assert_string_equal(d.steps.v[0].nulls.v[0].what, "a");
    real_assert_value(db, d.steps.v[0].nulls.v[0].sql, "1");
    assert_int_equal(d.steps.v[0].narrows.n, 0);
    schema_diff_free(&d);
    make(target, &all_rules);
    real_assert_value(db, "SELECT GROUP_CONCAT(id, '|', a, '|', b, '|', c, '|', d, '|', e, '|', f ORDER BY id SEPARATOR ';') FROM oc_a",
                      "1||2|3.50000000|2020-02-03 00:00:00|x|y;2|a|2|3.50000000|0000-00-00 00:00:00|x|y");
    real_run(db, "ALTER TABLE oc_a MODIFY id int(5) NOT NULL, MODIFY b int(11) NOT NULL");
    d = difference(target, &all_rules);
    assert_true(d.steps.v[0].slight);
    schema_diff_free(&d);
}

static const struct {
    const char *from, *values, *to;
    const char *rows; /* that lose; NULL: none can */
    bool may_stay;
} narrowings[] = {
    {"varchar(64)", "('abc'), ('abcdef')", "varchar(64)", NULL, false},
    {"varchar(64)", "('abc'), ('abcdef')", "varchar(5)", "1", true},
    {"varchar(64)", "('abc'), ('\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4')", "varchar(5)", "0", true},
    {"text", "(REPEAT('a', 300)), ('b')", "varchar(255)", "1", true},
    {"mediumtext", "(REPEAT('a', 70000)), ('b')", "text", "1", true},
    {"varchar(64)", "('a')", "text", NULL, true},
    {"bigint(20)", "(1), (3000000000), (-3000000000)", "int(11)", "2", true},
    {"int(11)", "(1), (-1)", "int(11) unsigned", "1", true},
    {"int(11) unsigned", "(4000000000)", "int(11)", "1", true},
    {"tinyint(1)", "(1)", "int(11)", NULL, true},
    {"int(11)", "(1), (123456)", "varchar(5)", "1", false},
    {"int(11)", "(1)", "varchar(11)", NULL, false},
    {"int(11)", "(1)", "text", NULL, false},
    {"varchar(20)", "('1'), (''), ('12a'), ('99999999999'), ('-5')", "int(11)", "2", false},
    {"varchar(20)", "('1.5'), ('1.55555'), ('x')", "decimal(15,4)", "2", false},
    {"decimal(15,4)", "(1.5), (1.2345)", "decimal(15,2)", "1", true},
    {"decimal(15,4)", "(1.5), (12345678901.2)", "decimal(15,8)", "1", true},
    {"decimal(15,4)", "(1.0), (1.5)", "int(11)", "1", true},
    {"datetime", "('2020-01-01 00:00:00'), ('2020-01-01 00:00:01')", "date", "1", false},
    {"date", "('2020-01-01'), ('0000-00-00')", "datetime", NULL, false},
    {"enum('a','b','c')", "('a'), ('c')", "enum('a','b')", "1", false},
    {"enum('a','b')", "('a')", "varchar(64)", "0", false},
    {"varchar(9)", "('2020-01-0')", "date", "1", false},
    {"time", "('10:00:00'), (NULL)", "date", "1", false},
    {"text", "('a')", "longtext", NULL, true},
    {"float", "(1.0), (1.5)", "int(11)", "1", true},
    {"float", "(1.5), (1234567)", "decimal(5,2)", "1", true},
    {"decimal(5,2)", "(1.5)", "float", NULL, false},
    {"varchar(9)", "('1'), (NULL)", "float", "1", false},
    {"int(11)", "(1)", "decimal(15,4)", NULL, false},
    {"int(11)", "(1), (12345678)", "decimal(10,4)", "1", false},
    {"int(11)", "(1), (-1)", "decimal(15,4) unsigned", "1", false},
    {"decimal(15,4)", "(1.5)", "varchar(17)", NULL, false},
    {"decimal(15,4)", "(12345.5), (1)", "varchar(9)", "1", false},
    {"varchar(20)", "('-2147483648'), ('2147483647'), ('2147483648')", "int(11)", "1", false},
    {"datetime", "('2020-01-01 00:00:00'), ('1960-01-01 00:00:00'), ('2039-01-01 00:00:00')", "timestamp NULL", "2", false},
    {"date", "('2020-01-01'), ('0000-00-00')", "timestamp NULL", "0", false},
    {"datetime(6)", "('2020-01-01 00:00:00.5'), ('2020-01-01 00:00:00')", "datetime", "1", false},
    {"datetime", "('2020-01-01 00:00:00')", "datetime(6)", NULL, false},
    {"varchar(9)", "('a'), (NULL)", "datetime", "1", false},
};

static void test_narrowing(void **state)
{
    (void)state;
    real_need();
    for (size_t i = 0; i < sizeof narrowings / sizeof narrowings[0]; i++) {
        struct buf sql = {0};
        struct buf target = {0};
        struct schema_diff d;

        buf_printf(&sql, "CREATE TABLE oc_n (c %s) ENGINE=InnoDB DEFAULT CHARSET=utf8", narrowings[i].from);
        real_run(db, buf_cstr(&sql));
        buf_reset(&sql);
        buf_printf(&sql, "INSERT INTO oc_n VALUES %s", narrowings[i].values);
        real_run(db, buf_cstr(&sql));
        buf_printf(&target, "CREATE TABLE oc_n (c %s) ENGINE=InnoDB DEFAULT CHARSET=utf8;", narrowings[i].to);
        d = difference(buf_cstr(&target), &all_rules);
        if (narrowings[i].rows == NULL) {
            if (d.steps.n > 0 && d.steps.v[0].narrows.n > 0)
                fail_msg("%s to %s: %s", narrowings[i].from, narrowings[i].to, d.steps.v[0].narrows.v[0].sql);
        } else {
            if (d.steps.n != 1 || d.steps.v[0].narrows.n != 1)
                fail_msg("%s to %s is not seen as narrowing", narrowings[i].from, narrowings[i].to);
            real_assert_value(db, d.steps.v[0].narrows.v[0].sql, narrowings[i].rows);
            assert_int_equal(d.steps.v[0].narrows.v[0].may_stay, narrowings[i].may_stay);
        }
        schema_diff_free(&d);
        real_run(db, "DROP TABLE oc_n");
        buf_free(&sql);
        buf_free(&target);
    }
}

/* A column that is kept is changed in all but its type. */
static void test_kept(void **state)
{
    static const char target[] = "CREATE TABLE oc_a (c varchar(5) NOT NULL DEFAULT 'x') ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;";
    static const struct schema_kept kept = {"a", "c"};
    struct schema_rules rules = all_rules;

    (void)state;
    real_need();
    rules.kept = &kept;
    rules.n_kept = 1;
    real_run(db, "CREATE TABLE oc_a (c varchar(64)) ENGINE=InnoDB DEFAULT CHARSET=utf8");
    real_run(db, "INSERT INTO oc_a VALUES ('abcdefgh')");
    make(target, &rules);
    real_assert_value(db, "SELECT c FROM oc_a", "abcdefgh");
    real_assert_value(db, "SELECT CONCAT(COLUMN_TYPE, IS_NULLABLE, CHARACTER_SET_NAME) FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE()",
                      "varchar(64)NOutf8mb4");
}

static void test_foreign_keys(void **state)
{
    static const char one[] = "CREATE TABLE oc_p (id int(11) NOT NULL, v int(11) NOT NULL, PRIMARY KEY (id), KEY v (id, v)) ENGINE=InnoDB;";
    static const char two[] = "CREATE TABLE oc_p (id int(11) NOT NULL, v int(11) NOT NULL, PRIMARY KEY (v), KEY v (v, id)) ENGINE=InnoDB;";
    static const char three[] = "CREATE TABLE oc_p (id int(11) NOT NULL, v int(11) NOT NULL, PRIMARY KEY (v), KEY v (id, v)) ENGINE=InnoDB;";
    struct schema_diff d;
    struct schema s;

    (void)state;
    real_need();
    real_run(db, "CREATE TABLE oc_p (id int(11) NOT NULL, v int(11) NOT NULL, PRIMARY KEY (id), KEY v (v)) ENGINE=InnoDB");
    real_run(db, "CREATE TABLE oc_ext (id int(11) NOT NULL, p int(11) NOT NULL, PRIMARY KEY (id), KEY p (p),"
                 " CONSTRAINT ext_of_p FOREIGN KEY (p) REFERENCES oc_p (id)) ENGINE=InnoDB");
    s = live();
    assert_int_equal(s.foreign.n, 1);
    assert_string_equal(s.foreign.v[0].table, "oc_ext");
    assert_string_equal(s.foreign.v[0].parent, "oc_p");
    schema_free(&s);
    assert_int_equal(make(one, &all_rules), 1);
    d = difference(two, &all_rules);
    assert_non_null(d.steps.v[0].blocked);
    assert_non_null(strstr(d.steps.v[0].blocked, "ext_of_p"));
    schema_diff_free(&d);
    /* the other key carries it */
    make(three, &all_rules);
    real_run(db, "DROP TABLE oc_ext");
}

static void test_view_in_the_way(void **state)
{
    struct schema_diff d;

    (void)state;
    real_need();
    real_run(db, "CREATE TABLE oc_b (id int)");
    real_run(db, "CREATE VIEW oc_a AS SELECT id FROM oc_b");
    d = difference("CREATE TABLE oc_a (id int(11));", &all_rules);
    assert_int_equal(d.steps.n, 1);
    assert_non_null(d.steps.v[0].blocked);
    assert_int_equal(d.steps.v[0].statements.n, 0);
    schema_diff_free(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_round, clean),
        cmocka_unit_test_setup(test_views_and_others, clean),
        cmocka_unit_test_setup(test_torn, clean),
        cmocka_unit_test_setup(test_doubles_are_counted, clean),
        cmocka_unit_test_setup(test_half_converted, clean),
        cmocka_unit_test_setup(test_never_back, clean),
        cmocka_unit_test_setup(test_keys, clean),
        cmocka_unit_test_setup(test_primary_key_changes, clean),
        cmocka_unit_test_setup(test_two_counters, clean),
        cmocka_unit_test_setup(test_columns, clean),
        cmocka_unit_test_setup(test_narrowing, clean),
        cmocka_unit_test_setup(test_kept, clean),
        cmocka_unit_test_setup(test_foreign_keys, clean),
        cmocka_unit_test_setup(test_view_in_the_way, clean),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
