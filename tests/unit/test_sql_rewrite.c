/* Statements with other names and definers, and tables parted from their keys. */
#include "format/sql_statement.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Every name gets "new_" in front; the one called "keep" stays; a database goes. */
static void new_name(void *arg, const struct sql_name *name, struct buf *out)
{
    unsigned *n = arg;

    ++*n;
    if (str_is(name->name, "keep"))
        return;
    buf_adds(out, "`new_");
    buf_addstr(out, name->name);
    buf_addc(out, '`');
}

/* The same name in another database. */
static void new_database(void *arg, const struct sql_name *name, struct buf *out)
{
    (void)arg;
    buf_adds(out, "`s`.`");
    buf_addstr(out, name->name);
    buf_addc(out, '`');
}

static void check(const char *text, sql_rename *rename, enum sql_definer definer, const char *expected)
{
    unsigned n = 0;
    struct sql_rewrite how = {.rename = rename, .arg = &n, .definer = definer};
    struct sql_statement st;
    struct buf out = {0};

    sql_statement_read(str_of(text), 101106, true, &st);
    if (st.kind == SQL_REFUSED)
        fail_msg("%s: %s", text, st.why);
    sql_statement_rewrite(str_of(text), &st, &how, &out);
    assert_string_equal(buf_cstr(&out), expected);
    buf_free(&out);
}

static void names(void **state)
{
    static const char *const pairs[][2] = {
        {"CREATE TABLE `a` (`a` int)", "CREATE TABLE `new_a` (`a` int)"},
        {"CREATE TABLE IF NOT EXISTS d . a(a int)", "CREATE TABLE IF NOT EXISTS `new_a`(a int)"},
        {"CREATE TABLE `a``b` (x int)", "CREATE TABLE `new_a``b` (x int)"},
        {"CREATE TABLE \"a\" (\"x\" int)", "CREATE TABLE `new_a` (\"x\" int)"},
        {"CREATE TABLE keep (x int)", "CREATE TABLE keep (x int)"},
        {"CREATE TABLE a (x int, CONSTRAINT `b` FOREIGN KEY (x) REFERENCES `b` (`b`), y int REFERENCES d.c (x)) "
         "COMMENT='REFERENCES b'",
         "CREATE TABLE `new_a` (x int, CONSTRAINT `b` FOREIGN KEY (x) REFERENCES `new_b` (`b`), y int REFERENCES `new_c` "
         "(x)) COMMENT='REFERENCES b'"},
        {"CREATE TABLE a LIKE b", "CREATE TABLE `new_a` LIKE `new_b`"},
        {"CREATE TABLE a (LIKE b)", "CREATE TABLE `new_a` (LIKE `new_b`)"},
        {"/*!50001 CREATE TABLE `a` (x int) */", "/*!50001 CREATE TABLE `new_a` (x int) */"},
        {"DROP TABLE IF EXISTS a, `b`,d.c", "DROP TABLE IF EXISTS `new_a`, `new_b`,`new_c`"},
        {"DROP TABLE a /* a */ CASCADE", "DROP TABLE `new_a` /* a */ CASCADE"},
        {"/*!50001 DROP VIEW IF EXISTS `v`*/", "/*!50001 DROP VIEW IF EXISTS `new_v`*/"},
        {"LOCK TABLES `a` WRITE, b AS a READ LOCAL, keep WRITE",
         "LOCK TABLES `new_a` WRITE, `new_b` AS a READ LOCAL, keep WRITE"},
        {"/*!40000 ALTER TABLE `a` DISABLE KEYS */", "/*!40000 ALTER TABLE `new_a` DISABLE KEYS */"},
        {"ALTER TABLE a ADD CONSTRAINT b FOREIGN KEY (b) REFERENCES b (b)",
         "ALTER TABLE `new_a` ADD CONSTRAINT b FOREIGN KEY (b) REFERENCES `new_b` (b)"},
        {"TRUNCATE TABLE `a`", "TRUNCATE TABLE `new_a`"},
        {"INSERT INTO `a` (`a`) VALUES", "INSERT INTO `new_a` (`a`) VALUES"},
        {"REPLACE a VALUES ('a')", "REPLACE `new_a` VALUES ('a')"},
        {"CREATE INDEX a ON a (a)", "CREATE INDEX a ON `new_a` (a)"},
        {"CREATE TRIGGER a BEFORE INSERT ON a FOR EACH ROW INSERT INTO b VALUES (1)",
         "CREATE TRIGGER a BEFORE INSERT ON `new_a` FOR EACH ROW INSERT INTO b VALUES (1)"},
        {"CREATE PROCEDURE a() SELECT 1 FROM a", "CREATE PROCEDURE a() SELECT 1 FROM a"},
        {"SET NAMES utf8", "SET NAMES utf8"},
        {"/* a */", "/* a */"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        check(pairs[i][0], new_name, SQL_DEFINER_KEEP, pairs[i][1]);
        check(pairs[i][0], NULL, SQL_DEFINER_KEEP, pairs[i][0]);
    }
    check("DROP TABLE a", new_database, SQL_DEFINER_KEEP, "DROP TABLE `s`.`a`");
}

static void views(void **state)
{
    static const char *const pairs[][2] = {
        /* as SHOW CREATE VIEW writes them: columns by alias, or by the table where it has none */
        {"CREATE VIEW `v` AS select `a`.`a` AS `a` from `a`", "CREATE VIEW `new_v` AS select `a`.`a` AS `a` from `new_a` `a`"},
        {"CREATE VIEW `v` AS select `x`.`a` AS `b` from `a` `x` where `x`.`from` = 'from b'",
         "CREATE VIEW `new_v` AS select `x`.`a` AS `b` from `new_a` `x` where `x`.`from` = 'from b'"},
        {"CREATE VIEW v AS select 1 from (`a` join `b` on(`a`.`x` = `b`.`x`)) order by `a`.`x`,`b`.`x`",
         "CREATE VIEW `new_v` AS select 1 from (`new_a` `a` join `new_b` `b` on(`a`.`x` = `b`.`x`)) order by "
         "`a`.`x`,`b`.`x`"},
        {"CREATE VIEW v AS select 1 from ((`a` `b` left join (`c` join `keep`) on(1)) join `e` `f` using (`a`))",
         "CREATE VIEW `new_v` AS select 1 from ((`new_a` `b` left join (`new_c` `c` join `keep`) on(1)) join `new_e` `f` "
         "using (`a`))"},
        {"CREATE VIEW v AS select `a`.`x` AS `x`,`b`.`x` AS `y` from a, b as c, d where 1 group by a, b",
         "CREATE VIEW `new_v` AS select `a`.`x` AS `x`,`b`.`x` AS `y` from `new_a` a, `new_b` as c, `new_d` d where 1 "
         "group by a, b"},
        {"CREATE VIEW v AS select (select max(`a`.`x`) from `a`) AS `m` from (select 1 AS `q` from `b`) `z` union select 2 "
         "from c limit 1",
         "CREATE VIEW `new_v` AS select (select max(`a`.`x`) from `new_a` `a`) AS `m` from (select 1 AS `q` from `new_b` "
         "`b`) `z` union select 2 from `new_c` c limit 1"},
        {"CREATE VIEW v AS select extract(year from `a`.`d`) AS `y`,trim(both 'x' from `a`.`e`) AS `t` from `a` where `x` in "
         "(select `b`.`x` from `b`)",
         "CREATE VIEW `new_v` AS select extract(year from `a`.`d`) AS `y`,trim(both 'x' from `a`.`e`) AS `t` from `new_a` "
         "`a` where `x` in (select `b`.`x` from `new_b` `b`)"},
        {"CREATE VIEW v AS with `c` as (select 1 AS `x` from `a`), `d`(`y`) as (select 2 from `c`) select `c`.`x` from `c` "
         "join `d`",
         "CREATE VIEW `new_v` AS with `c` as (select 1 AS `x` from `new_a` `a`), `d`(`y`) as (select 2 from `c`) select "
         "`c`.`x` from `c` join `d`"},
        {"CREATE VIEW v AS select `d`.`a`.`x` AS `x` from `d`.`a` where `d`.`a`.`x` = 1",
         "CREATE VIEW `new_v` AS select `a`.`x` AS `x` from `new_a` `a` where `a`.`x` = 1"},
        {"CREATE VIEW v AS select 1 from dual", "CREATE VIEW `new_v` AS select 1 from dual"},
        {"CREATE VIEW v AS select 1 from a straight_join b use index (c), d",
         "CREATE VIEW `new_v` AS select 1 from `new_a` a straight_join `new_b` b use index (c), `new_d` d"},
        {"/*!50001 CREATE VIEW \"v\" AS select \"a\".\"b\" AS \"c\" from \"a\" */",
         "/*!50001 CREATE VIEW `new_v` AS select \"a\".\"b\" AS \"c\" from `new_a` \"a\" */"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        check(pairs[i][0], new_name, SQL_DEFINER_KEEP, pairs[i][1]);
    /* under the same name in another database no alias is needed */
    check("CREATE VIEW `v` AS select `a`.`x` AS `x`,`d`.`b`.`y` from (`a` join `d`.`b`)", new_database, SQL_DEFINER_KEEP,
          "CREATE VIEW `s`.`v` AS select `a`.`x` AS `x`,`b`.`y` from (`s`.`a` join `s`.`b`)");
}

static void definers(void **state)
{
    static const char *const pairs[][2] = {
        {"/*!50001 CREATE ALGORITHM=UNDEFINED */\n/*!50013 DEFINER=`joe`@`%` SQL SECURITY DEFINER */\n/*!50001 VIEW `v` AS "
         "select 1 */",
         "/*!50001 CREATE ALGORITHM=UNDEFINED */\n/*!50013 DEFINER=CURRENT_USER SQL SECURITY DEFINER */\n/*!50001 VIEW `v` "
         "AS select 1 */"},
        {"CREATE DEFINER = 'a'@'b' PROCEDURE p() SELECT 1", "CREATE DEFINER = CURRENT_USER PROCEDURE p() SELECT 1"},
        {"CREATE DEFINER=joe@localhost VIEW v AS select 1", "CREATE DEFINER=CURRENT_USER VIEW v AS select 1"},
        {"CREATE DEFINER=CURRENT_USER() VIEW v AS select 1", "CREATE DEFINER=CURRENT_USER VIEW v AS select 1"},
        {"CREATE DEFINER=`role` FUNCTION f() RETURNS int RETURN 1", "CREATE DEFINER=CURRENT_USER FUNCTION f() RETURNS int "
                                                                    "RETURN 1"},
        {"/*!50106 CREATE*/ /*!50117 DEFINER=`r`@`l`*/ /*!50106 EVENT `e` ON SCHEDULE EVERY 1 DAY DO SELECT 1 */",
         "/*!50106 CREATE*/ /*!50117 DEFINER=CURRENT_USER*/ /*!50106 EVENT `e` ON SCHEDULE EVERY 1 DAY DO SELECT 1 */"},
        {"CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET @a='DEFINER=x@y'",
         "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET @a='DEFINER=x@y'"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        check(pairs[i][0], NULL, SQL_DEFINER_CURRENT_USER, pairs[i][1]);
        check(pairs[i][0], NULL, SQL_DEFINER_KEEP, pairs[i][0]);
    }
}

static void part(const char *text, const char *create, const char *keys)
{
    struct buf c = {0};
    struct buf k = {0};
    bool parted = sql_table_part_keys(str_of(text), &c, &k);

    assert_int_equal(parted, create != NULL);
    if (parted) {
        assert_string_equal(buf_cstr(&c), create);
        assert_string_equal(buf_cstr(&k), keys);
    }
    buf_free(&c);
    buf_free(&k);
}

static void keys(void **state)
{
    (void)state;
    part("CREATE TABLE `t` (\n  `id` int NOT NULL AUTO_INCREMENT,\n  `a` varchar(9) COMMENT '),\n  KEY `x`',\n  PRIMARY KEY "
         "(`id`),\n  UNIQUE KEY `u` (`a`),\n  KEY `k``1` (`a`(3),`id`) USING BTREE COMMENT 'a,b',\n  FULLTEXT KEY `f` (`a`) "
         "/*!50100 WITH PARSER `ngram` */\n) ENGINE=InnoDB",
         "CREATE TABLE `t` (\n  `id` int NOT NULL AUTO_INCREMENT,\n  `a` varchar(9) COMMENT '),\n  KEY `x`',\n  PRIMARY KEY "
         "(`id`),\n  UNIQUE KEY `u` (`a`)\n) ENGINE=InnoDB",
         "ADD KEY `k``1` (`a`(3),`id`) USING BTREE COMMENT 'a,b', ADD FULLTEXT KEY `f` (`a`) /*!50100 WITH PARSER `ngram` "
         "*/");
    /* the number needs its key when no unique one begins with it */
    part("CREATE TABLE `t` (\n  `n` int NOT NULL AUTO_INCREMENT,\n  `a` int,\n  PRIMARY KEY (`a`,`n`),\n  KEY `n` (`n`),\n"
         "  KEY `a` (`a`)\n)",
         "CREATE TABLE `t` (\n  `n` int NOT NULL AUTO_INCREMENT,\n  `a` int,\n  PRIMARY KEY (`a`,`n`),\n  KEY `n` (`n`)\n)",
         "ADD KEY `a` (`a`)");
    /* foreign keys need theirs, and so do those that the table itself refers to */
    part("CREATE TABLE `t` (\n  `a` int,\n  `b` int,\n  `c` int,\n  KEY `a` (`a`,`b`),\n  KEY `b` (`b`),\n  KEY `c` (`c`),\n"
         "  CONSTRAINT `f` FOREIGN KEY (`a`) REFERENCES `t` (`b`) ON DELETE CASCADE\n)",
         "CREATE TABLE `t` (\n  `a` int,\n  `b` int,\n  `c` int,\n  KEY `a` (`a`,`b`),\n  KEY `b` (`b`),\n"
         "  CONSTRAINT `f` FOREIGN KEY (`a`) REFERENCES `t` (`b`) ON DELETE CASCADE\n)",
         "ADD KEY `c` (`c`)");
    part("CREATE TABLE `t` (\n  `a` int,\n  SPATIAL KEY `a` (`a`)\n)", "CREATE TABLE `t` (\n  `a` int,\n  SPATIAL KEY `a` "
                                                                      "(`a`)\n)", "");
    part("CREATE TABLE `t` (\n  `a` int DEFAULT (1 + (2)),\n  KEY `a` ((`a` + 1))\n)",
         "CREATE TABLE `t` (\n  `a` int DEFAULT (1 + (2)),\n  KEY `a` ((`a` + 1))\n)", "");
    /* not of that form: used as they are */
    part("CREATE TABLE `t` (`a` int, KEY `a` (`a`))", NULL, NULL);
    part("CREATE TABLE `t` (\n  `a` int,\n  KEY `a` (`a`)\n) WITH SYSTEM VERSIONING", NULL, NULL);
    part("/*!50001 CREATE TABLE `t` (\n  `a` int,\n  KEY `a` (`a`)\n) */", NULL, NULL);
    part("CREATE TABLE `t` (\n  `a` int", NULL, NULL);
    part("CREATE TABLE `t` (\n  `a` int /*!1 ,\n  KEY `a` (`a`)*/\n)", NULL, NULL);
    part("CREATE TABLE `t` LIKE `u`", NULL, NULL);
    part("SELECT 1", NULL, NULL);
}

static void shapes(void **state)
{
    struct sql_table_shape shape;

    (void)state;
    sql_table_shape(STR("CREATE TABLE `t` (\n  `engine` int COMMENT 'ENGINE=x'\n) ENGINE=InnoDB DEFAULT CHARSET=utf8"), &shape);
    assert_true(str_is(shape.engine, "InnoDB") && !shape.foreign_keys && !shape.generated);
    sql_table_shape(STR("CREATE TABLE t (a int, b int AS (a + 1) STORED, FOREIGN KEY (a) REFERENCES u (a)) engine 'Aria'"),
                    &shape);
    assert_true(str_is(shape.engine, "Aria") && shape.foreign_keys && shape.generated);
    sql_table_shape(STR("CREATE TABLE t (a int, b varchar(9) DEFAULT (CAST(1 AS CHAR)))"), &shape);
    assert_true(shape.engine.n == 0 && !shape.foreign_keys && !shape.generated);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names), cmocka_unit_test(views),  cmocka_unit_test(definers),
        cmocka_unit_test(keys),  cmocka_unit_test(shapes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
