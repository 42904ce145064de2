/* What statements do, and which ones are refused. */
#include "format/sql_statement.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define MARIADB 101106u
#define MYSQL   80036u

static struct sql_statement read_for(struct str text, unsigned server, bool mariadb)
{
    struct sql_statement st;

    sql_statement_read(text, server, mariadb, &st);
    assert_true((st.kind == SQL_REFUSED) == (st.why != NULL));
    return st;
}

static void known(void **state)
{
    static const struct {
        const char *text;
        enum sql_kind kind;
        const char *db, *name, *on;
    } good[] = {
        {"", SQL_NOTHING, "", "", ""},
        {" /* a */ -- b", SQL_NOTHING, "", "", ""},
        {"/*!999999 DROP DATABASE x */", SQL_NOTHING, "", "", ""},
        {"CREATE TABLE `a``b` (\n  `x` int\n) ENGINE=InnoDB", SQL_CREATE_TABLE, "", "a``b", ""},
        {"create table if not exists d.t(a int, b int references t2(a))", SQL_CREATE_TABLE, "d", "t", ""},
        {"CREATE /*c*/ TABLE # x\n t -- y\n (a int comment 'select ;')", SQL_CREATE_TABLE, "", "t", ""},
        {"CREATE TABLE \"t\" (\"a\" int)", SQL_CREATE_TABLE, "", "t", ""},
        {"CREATE TABLE t (a int) /*!50100 PARTITION BY RANGE (a) (PARTITION p0 VALUES LESS THAN (1)) */", SQL_CREATE_TABLE,
         "", "t", ""},
        {"CREATE TABLE t (a int /*!80023 INVISIBLE */) WITH SYSTEM VERSIONING", SQL_CREATE_TABLE, "", "t", ""},
        {"/*!50001 CREATE TABLE `v` (`a` tinyint NOT NULL) ENGINE=MyISAM */", SQL_CREATE_TABLE, "", "v", ""},
        {"CREATE TABLE t LIKE u", SQL_CREATE_TABLE, "", "t", ""},
        {"DROP TABLE IF EXISTS `t`", SQL_DROP_TABLE, "", "t", ""},
        {"DROP TABLE cscart_a", SQL_DROP_TABLE, "", "cscart_a", ""},
        {"DROP TABLE a, d.b CASCADE", SQL_DROP_TABLE, "", "a", ""},
        {"/*!50001 DROP VIEW IF EXISTS `v`*/", SQL_DROP_VIEW, "", "v", ""},
        {"ALTER TABLE t ADD KEY (a), MODIFY a int AUTO_INCREMENT, AUTO_INCREMENT=5", SQL_ALTER_TABLE, "", "t", ""},
        {"ALTER TABLE t RENAME COLUMN a TO b", SQL_ALTER_TABLE, "", "t", ""},
        {"/*!40000 ALTER TABLE `t` DISABLE KEYS */", SQL_ALTER_KEYS, "", "t", ""},
        {"CREATE UNIQUE INDEX i ON t (a)", SQL_CREATE_INDEX, "", "i", "t"},
        {"TRUNCATE TABLE `oc_t`", SQL_TRUNCATE, "", "oc_t", ""},
        {"TRUNCATE t", SQL_TRUNCATE, "", "t", ""},
        {"INSERT INTO `t` (`a`) VALUES", SQL_INSERT_INTO, "", "t", ""},
        {"REPLACE INTO t VALUES (1),(2)", SQL_INSERT_INTO, "", "t", ""},
        {"/*!40000 INSERT INTO t VALUES (1) */", SQL_INSERT_INTO, "", "t", ""},
        {"LOCK TABLES `t` WRITE, u READ", SQL_LOCK_TABLES, "", "t", ""},
        {"UNLOCK TABLES", SQL_UNLOCK_TABLES, "", "", ""},
        {"/*!50001 CREATE ALGORITHM=UNDEFINED */\n/*!50013 DEFINER=`a`@`%` SQL SECURITY DEFINER */\n/*!50001 VIEW `v` AS "
         "select 1 AS `1` */", SQL_CREATE_VIEW, "", "v", ""},
        {"CREATE OR REPLACE DEFINER=CURRENT_USER() VIEW v AS select 1", SQL_CREATE_VIEW, "", "v", ""},
        {"/*!50003 CREATE*/ /*!50017 DEFINER=`r`@`%`*/ /*!50003 TRIGGER tr BEFORE INSERT ON `t` FOR EACH ROW BEGIN SET "
         "@a=1; DELETE FROM u; END */", SQL_CREATE_TRIGGER, "", "tr", "t"},
        {"/*!50032 DROP TRIGGER IF EXISTS `tr` */", SQL_DROP_TRIGGER, "", "tr", ""},
        {"CREATE DEFINER='joe'@'localhost' PROCEDURE `p`() BEGIN SELECT 1; END", SQL_CREATE_ROUTINE, "", "p", ""},
        {"CREATE FUNCTION f(a int) RETURNS int RETURN 1", SQL_CREATE_ROUTINE, "", "f", ""},
        {"DROP FUNCTION IF EXISTS f", SQL_DROP_ROUTINE, "", "f", ""},
        {"/*!50106 CREATE*/ /*!50117 DEFINER=r@l*/ /*!50106 EVENT `e` ON SCHEDULE EVERY 1 DAY DO BEGIN a; END */",
         SQL_CREATE_EVENT, "", "e", ""},
        {"DROP EVENT e", SQL_DROP_EVENT, "", "e", ""},
        {"SET NAMES utf8", SQL_SET, "", "", ""},
        {"SET @a=1, @@session.b=2, c = @d, LOCAL e := 'x', CHARACTER SET utf8", SQL_SET, "", "", ""},
        {"SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO'", SQL_SET, "", "", ""},
        {"SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED", SQL_SET, "", "", ""},
        {"SET @a = @@global.max_connections", SQL_SET, "", "", ""},
        {"SET @@GLOBAL.GTID_PURGED=/*!80000 '+'*/ 'a-b:1-5'", SQL_READ, "", "", ""},
        {"START TRANSACTION WITH CONSISTENT SNAPSHOT", SQL_TRANSACTION, "", "", ""},
        {"BEGIN", SQL_TRANSACTION, "", "", ""},
        {"COMMIT", SQL_TRANSACTION, "", "", ""},
        {"USE `shop`", SQL_USE, "", "shop", ""},
        {"CREATE DATABASE /*!32312 IF NOT EXISTS*/ `shop` /*!40100 DEFAULT CHARACTER SET utf8 */ /*!80016 DEFAULT "
         "ENCRYPTION='N' */", SQL_CREATE_DATABASE, "", "shop", ""},
        {"ALTER DATABASE `shop` CHARACTER SET utf8", SQL_ALTER_DATABASE, "", "shop", ""},
        {"SELECT 'INTO OUTFILE'", SQL_READ, "", "", ""},
        {"SHOW TABLES", SQL_READ, "", "", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct sql_statement st = read_for(str_of(good[i].text), MARIADB, true);

        if (st.kind != good[i].kind || !str_is(st.table.db, good[i].db) || !str_is(st.table.name, good[i].name) ||
            !str_is(st.on.name, good[i].on))
            fail_msg("%s: kind %d, %.*s %.*s on %.*s, %s", good[i].text, st.kind, STR_FMT(st.table.db),
                     STR_FMT(st.table.name), STR_FMT(st.on.name), st.why ? st.why : "");
        if (st.table.to > 0)
            assert_true(str_has(str_sub(str_of(good[i].text), st.table.from, st.table.to), st.table.name));
    }
    assert_true(read_for(STR("INSERT IGNORE INTO t VALUES"), MYSQL, false).ignore);
    assert_true(read_for(STR("REPLACE INTO t VALUES"), MYSQL, false).replace);
    assert_true(read_for(STR("CREATE TEMPORARY TABLE t (a int)"), MYSQL, false).temporary);
}

static void refused(void **state)
{
    static const char *const bad[] = {
        "DROP DATABASE x", "/*!40000 DROP DATABASE IF EXISTS `x`*/", "DROP SCHEMA x", "GRANT ALL ON *.* TO x",
        "REVOKE ALL ON *.* FROM x", "CREATE USER x", "DROP USER x", "SET PASSWORD = 'x'", "SET ROLE x",
        "SET GLOBAL a = 1", "SET @a = 1, GLOBAL b = 2", "SET @@global.a = 1", "SET @@`global`.a = 1", "SET PERSIST a = 1",
        "SET @@persist_only.a=1", "SET a = 1, @@GLOBAL.gtid_purged = ''", "SET STATEMENT a=1 FOR DROP DATABASE x",
        "SET @a = (SELECT 1)", "SET @a = LOAD_FILE('/etc/passwd')", "SET NAMES gbk", "SET character_set_client = 'sjis'",
        "SELECT 1 INTO OUTFILE '/x'", "SELECT 1 INTO DUMPFILE '/x'", "SELECT 1 INTO/**/OUTFILE '/x'", "SELECT 1 INTO @a",
        "SELECT load_file('/x')", "SELECT SLEEP(1000)",
        "LOAD DATA INFILE 'x' INTO TABLE t", "LOAD DATA LOCAL INFILE 'x' INTO TABLE t", "HANDLER t OPEN",
        "INSTALL PLUGIN x SONAME 'x'", "UNINSTALL PLUGIN x", "CALL p()", "PREPARE s FROM 'x'", "EXECUTE s",
        "EXECUTE IMMEDIATE 'x'", "XA START 'x'", "KILL 1", "SHUTDOWN", "CREATE SERVER s FOREIGN DATA WRAPPER mysql OPTIONS (a)",
        "DO SLEEP(1)", "UPDATE t SET a=1", "DELETE FROM t", "INSERT INTO t SELECT * FROM u", "INSERT INTO t (a) SELECT 1",
        "INSERT INTO t (SELECT 1)", "INSERT INTO t SET a=1", "INSERT INTO t TABLE u", "REPLACE INTO t SELECT 1",
        "INSERT INTO t VALUES ((SELECT 1))", "RENAME TABLE a TO b", "CHANGE MASTER TO a=1", "RESET MASTER", "BINLOG 'x'",
        "CREATE TABLE t SELECT 1", "CREATE TABLE t (a int) AS SELECT 1", "CREATE TABLE t (SELECT 1)",
        "CREATE TABLE t (a int) IGNORE (SELECT 1)", "CREATE TABLE t TABLE u", "CREATE TABLE t AS VALUES (1)",
        "CREATE TABLE t LIKE other.u", "CREATE TABLE t (LIKE other.u)",
        "CREATE TABLE t (a int) DATA DIRECTORY='/x'", "CREATE TABLE t (a int) INDEX/**/DIRECTORY '/x'",
        "CREATE TABLE t (a int) PARTITION BY HASH(a) (PARTITION p DATA DIRECTORY '/x')",
        "CREATE TABLE t (a int) ENGINE=FEDERATED CONNECTION='x'", "CREATE TABLE t (a int) ENGINE 'CONNECT'",
        "CREATE TABLE t (a int) ENGINE = `Spider`", "CREATE TABLE t (a int) engine=/**/federated",
        "CREATE TABLE t (a int) ENGINE=MyISAM UNION=(a,b)", "CREATE TABLE t (a int) ENGINE=MRG_MyISAM",
        "CREATE TABLE t (a int) /*!50000 ENGINE=FEDERATED */", "CREATE FUNCTION f RETURNS STRING SONAME 'x.so'",
        "CREATE AGGREGATE FUNCTION f RETURNS STRING SONAME 'x.so'", "ALTER TABLE t RENAME TO u", "ALTER TABLE t RENAME mysql.u",
        "ALTER TABLE t ADD a int, RENAME u", "ALTER TABLE t DISCARD TABLESPACE", "ALTER TABLE t IMPORT TABLESPACE",
        "ALTER TABLE t EXCHANGE PARTITION p WITH TABLE u", "ALTER TABLE t ENGINE=FEDERATED", "ALTER TABLE t UNION=(u)",
        "ALTER USER x", "ALTER INSTANCE ROTATE INNODB MASTER KEY", "BEGIN NOT ATOMIC DROP DATABASE x; END",
        "START SLAVE", "FLUSHY", "SELEC/*!50000 T*/ 1", "DR/*!40000 OP */ TABLE t", "\xe2\x80\x98x\xe2\x80\x99", "(SELECT 1)",
        "/*!40000 SELECT 1 */; DROP DATABASE x", "SET @a=1; DROP DATABASE x", "DROP TABLE t; DROP DATABASE x",
        "/*!40000 DROP /*!40000 TABLE */ t */", "/*!123 SELECT 1*/", "/*!00000 SELECT 1 */", "/*!1000000 SELECT 1 */",
        "SELECT 1 \\! rm", "DROP TABLE `a", "SELECT 'a", "/*!40000 SELECT 1", "/* a", "DROP TABLE t /* a",
        "DROP TABLE", "USE", "USE a b", "TRUNCATE t, u", "CREATE SEQUENCE s", "DROP TABLE \"a\\\"b\"", "TABLE t",
        "VALUES ROW(1)", "WITH a AS (SELECT 1) SELECT 1 INTO OUTFILE 'x'", "IF 1 THEN DROP DATABASE x; END IF",
    };
    static const char nul[] = "SELECT 1 -- \0, 2 INTO OUTFILE 'x'";
    static const char nul2[] = "DROP TABLE \0 t";

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct sql_statement st = read_for(str_of(bad[i]), MARIADB, true);

        if (st.kind != SQL_REFUSED)
            fail_msg("%s: is taken as %d", bad[i], st.kind);
        assert_true(strlen(st.why) > 10);
    }
    assert_int_equal(read_for((struct str){nul, sizeof nul - 1}, MARIADB, true).kind, SQL_REFUSED);
    assert_int_equal(read_for((struct str){nul2, sizeof nul2 - 1}, MARIADB, true).kind, SQL_REFUSED);
}

/* The same text is another statement for another server. */
static void executable_comments(void **state)
{
    static const struct {
        const char *text;
        unsigned server;
        bool mariadb;
        enum sql_kind kind;
    } cases[] = {
        {"/*!50706 DROP TABLE t */", MARIADB, true, SQL_NOTHING}, /* meant for MySQL 5.7 */
        {"/*!50706 DROP TABLE t */", MYSQL, false, SQL_DROP_TABLE},
        {"/*!50706 DROP TABLE t */", 50651, false, SQL_NOTHING},
        {"/*M!100101 DROP TABLE t */", MARIADB, true, SQL_DROP_TABLE},
        {"/*M!100101 DROP TABLE t */", MYSQL, false, SQL_NOTHING},
        {"/*M!110101 DROP TABLE t */", MARIADB, true, SQL_NOTHING},
        {"/*!100101 DROP TABLE t */", MARIADB, true, SQL_DROP_TABLE},
        {"/*!100101 DROP TABLE t */", MYSQL, false, SQL_REFUSED}, /* as 10010 it would be executed */
        {"/*!100101 DROP TABLE t */", 0, false, SQL_DROP_TABLE},  /* no server is asked: all counts */
        {"/*! DROP TABLE t */", MYSQL, false, SQL_DROP_TABLE},
        {"/*!99999 it's /* nested */ DROP */ DROP TABLE t", MYSQL, false, SQL_DROP_TABLE},
        {"/*!99999 ' */ DROP DATABASE x -- ' */", MARIADB, true, SQL_REFUSED},
        {"/*!40101 DROP*/ /*!40101 TABLE t*/", MYSQL, false, SQL_DROP_TABLE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sql_statement st = read_for(str_of(cases[i].text), cases[i].server, cases[i].mariadb);

        if (st.kind != cases[i].kind)
            fail_msg("%s: %d, %s", cases[i].text, st.kind, st.why ? st.why : "");
    }
}

static void values(void **state)
{
    static const char *const good[] = {"(1,'a')", "(CAST('[]' AS JSON), current_timestamp())", "(`a`, ST_GeomFromText('x'))",
                                       "ON DUPLICATE KEY UPDATE a=VALUES(a)", "", "(_binary 'select')", "('load_file(1)')"};
    static const char *const bad[] = {"((SELECT 1))", "(load_file('/etc/passwd'))", "(/*!40000 (select 1)*/)", "(sleep(9))",
                                      "ON DUPLICATE KEY UPDATE a=(SELECT 1)", "(1); DROP DATABASE x", "(/*!1 1*/)",
                                      "(1 \\! )", "((TABLE mysql.user))", "('a)"};

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        if (sql_values_refused(str_of(good[i]), MARIADB, true) != NULL)
            fail_msg("%s: %s", good[i], sql_values_refused(str_of(good[i]), MARIADB, true));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (sql_values_refused(str_of(bad[i]), MARIADB, true) == NULL)
            fail_msg("%s is taken", bad[i]);
}

static void charset_of(const char *text, const char *expected)
{
    struct str charset = {"-", 1};
    bool found = sql_set_charset(str_of(text), &charset);

    assert_int_equal(found, expected != NULL);
    if (expected != NULL)
        assert_true(str_is(charset, expected));
}

static void settings(void **state)
{
    struct str value;

    (void)state;
    charset_of("SET NAMES utf8mb4", "utf8mb4");
    charset_of("/*!40101 SET NAMES 'utf8' COLLATE 'utf8_bin' */", "utf8");
    charset_of("SET character_set_client = utf8mb4", "utf8mb4");
    charset_of("/*!50003 SET character_set_client  = @saved_cs_client */ ", "@saved_cs_client");
    charset_of("SET CHARACTER SET latin1", "latin1");
    charset_of("SET @@session.character_set_client = 'x'", "x");
    charset_of("SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT", NULL);
    charset_of("SET @names = 1", NULL);
    charset_of("SELECT 1", NULL);
    assert_true(sql_set_variable(STR("SET @a=@@sql_mode, SQL_MODE='A,B', c=2"), "SQL_MODE", &value));
    assert_true(str_is(value, "'A,B'"));
    assert_true(sql_set_variable(STR("SET TIME_ZONE='+00:00' "), "TIME_ZONE", &value));
    assert_true(sql_set_variable(STR("SET @@SESSION.SQL_LOG_BIN= 0"), "SQL_LOG_BIN", &value));
    assert_true(str_is(value, "0"));
    assert_false(sql_set_variable(STR("SET @time_zone='x'"), "TIME_ZONE", &value));
}

/* No text that was cut makes a statement that is longer than it is, or reads behind it. */
static void cut(void **state)
{
    const char text[] = "/*!50003 CREATE*/ /*!50017 DEFINER=`r`@`%`*/ /*!50003 VIEW `d`.`v` AS select `a`.`x` AS `y`,'z\\'' "
                        "from (`a` join \"b\" on(1)) -- c\n */";

    (void)state;
    for (size_t n = 0; n < sizeof text; n++) {
        char *copy = test_malloc(n + 1);
        struct sql_statement st;

        memcpy(copy, text, n);
        st = read_for((struct str){copy, n}, MARIADB, true);
        assert_true(st.table.to <= n && st.kind != SQL_DROP_TABLE);
        test_free(copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known),  cmocka_unit_test(refused),  cmocka_unit_test(executable_comments),
        cmocka_unit_test(values), cmocka_unit_test(settings), cmocka_unit_test(cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
