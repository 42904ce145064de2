/* Who wrote a dump, whether it is whole, and what it holds. */
#include "base/buf.h"
#include "format/sql_facts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void read_file(struct sql_facts *f, struct str text)
{
    struct sql_dump *d = sql_dump_new();
    struct sql_item item;
    struct err e = {0};
    int rc;

    sql_dump_feed(d, text);
    sql_dump_eof(d);
    while ((rc = sql_dump_next(d, &item, &e)) == 0 && item.kind != SQL_MORE) {
        struct sql_statement st;
        bool code = item.kind == SQL_STATEMENT || item.kind == SQL_INSERT;

        if (code)
            sql_statement_read(item.text, 101106, true, &st);
        sql_facts_item(f, &item, code ? &st : NULL);
    }
    sql_facts_file_end(f, d, rc < 0 ? &e : NULL);
    sql_dump_free(d);
}

static void read_dump(struct sql_facts *f, struct str text)
{
    sql_facts_init(f);
    read_file(f, text);
    sql_facts_end(f);
}

static const char mysqldump[] =
    "/*M!999999\\- enable the sandbox mode */ \n-- MariaDB dump 10.19  Distrib 10.11.6-MariaDB\n--\n"
    "-- Host: localhost    Database: shop\n-- ----\n-- Server version\t10.11.6-MariaDB\n\n"
    "/*!40101 SET @OLD_COLLATION_CONNECTION=@@COLLATION_CONNECTION */;\n/*!40111 SET @OLD_SQL_NOTES=@@SQL_NOTES, "
    "SQL_NOTES=0 */;\nDROP TABLE IF EXISTS `a`;\nCREATE TABLE `a` (\n  `b` int\n);\nLOCK TABLES `a` WRITE;\n"
    "INSERT INTO `a` VALUES (1),\n(2);\nINSERT INTO `a` VALUES (3);\nUNLOCK TABLES;\nDELIMITER ;;\n"
    "/*!50003 CREATE*/ /*!50003 TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET @a=1 */;;\n"
    "CREATE PROCEDURE p() SELECT 1 ;;\nDELIMITER ;\nDROP TABLE IF EXISTS `v`;\n"
    "/*!50001 CREATE TABLE `v` (`b` int) */;\n/*!50001 DROP TABLE IF EXISTS `v` */;\n"
    "/*!50001 CREATE VIEW `v` AS select 1 AS `b` */;\n/*!40111 SET SQL_NOTES=@OLD_SQL_NOTES */;\n\n";
static const char mysqldump_end[] = "-- Dump completed on 2020-01-31  1:02:03\n";

static const char cscart_mysqldump[] =
    "/*!40014 SET @OLD_UNIQUE_CHECKS=@@UNIQUE_CHECKS, UNIQUE_CHECKS=0 */;\n"
    "/*!40111 SET @OLD_SQL_NOTES=@@SQL_NOTES, SQL_NOTES=0 */;\nDROP TABLE IF EXISTS `a`;\nCREATE TABLE `a` (b int);\n\n"
    "INSERT INTO `a` (`b`) VALUES (1);\n\n/*!40111 SET SQL_NOTES=@OLD_SQL_NOTES */;\n";

static const char cscart[] = "\nDROP TABLE IF EXISTS `a`;\nCREATE TABLE `a` (\n  `b` text\n);\n\n"
                             "INSERT INTO `a` (`b`) VALUES ('\xf0\x9f\x98\x80 this text is longer than sixteen');\n";

static const char prestashop[] =
    "/* Backup 1 for host.test/shop/\n *  at Sat, 21 Nov 2026 01:54:44 +0000\n */\n\nSET SESSION sql_mode = '';\n\n\n"
    "SET NAMES 'utf8';\n\n\nSET FOREIGN_KEY_CHECKS=0;\n\n/* Scheme for table ps_c */\nDROP TABLE IF EXISTS `ps_c`;\n"
    "DROP VIEW IF EXISTS `ps_c`;\nCREATE TABLE `ps_c` (\n  `a` int\n);\n\nINSERT INTO `ps_c` VALUES\n('1'),\n('2');\n\n"
    "SET FOREIGN_KEY_CHECKS=1;\n\n";

static const char opencart[] = "TRUNCATE TABLE `oc_a`;\n\nINSERT INTO `oc_a` (`b`) VALUES ('1');\n"
                               "INSERT INTO `oc_a` (`b`) VALUES ('2');\n\nTRUNCATE TABLE `oc_b`;\n\n";

static const char phpmyadmin[] =
    "-- phpMyAdmin SQL Dump\n-- version 5.2.1\n-- Server version: 8.0.36\n\nSET SQL_MODE = \"NO_AUTO_VALUE_ON_ZERO\";\n"
    "START TRANSACTION;\n/*!40101 SET @OLD_COLLATION_CONNECTION=@@COLLATION_CONNECTION */;\n--\n-- Database: `shop`\n--\n"
    "CREATE TABLE `a` (\n  `b` int\n) ENGINE=InnoDB;\nINSERT INTO `a` (`b`) VALUES\n(1);\nCOMMIT;\n\n"
    "/*!40101 SET COLLATION_CONNECTION=@OLD_COLLATION_CONNECTION */;\n";

static const char danpu[] = "-- <?php die(); ?>\n-- 2020-01-31T00:00:00+00:00 - mysql:host=localhost;dbname=shop\n"
                            "SET FOREIGN_KEY_CHECKS = 0;\n-- Table `a`\nDROP TABLE IF EXISTS `a`;\nCREATE TABLE `a` (b int);\n"
                            "LOCK TABLES `a` WRITE;\nINSERT INTO `a` VALUES (1);\nUNLOCK TABLES;\n"
                            "-- Completed on: 2020-01-31T00:00:01+00:00\n";

static const char toolkit[] = "-- toolkit dump 1\n--\n-- Database: shop\n-- Server version\t10.11.6\n\nDROP TABLE IF EXISTS `a`;\n"
                              "CREATE TABLE `a` (b int);\nINSERT INTO `a` (`b`) VALUES\n(1),\n(2);\n"
                              "/*!50001 CREATE VIEW `v` AS select 1 AS `b` */;\n";

static const struct {
    const char *text;
    const char *end;
    enum sql_writer writer;
    size_t tables;
    uint64_t rows;
} writers[] = {
    {mysqldump, mysqldump_end, SQL_BY_MYSQLDUMP, 2, 3},
    {cscart_mysqldump, "", SQL_BY_CSCART_MYSQLDUMP, 1, 1},
    {cscart, "", SQL_BY_CSCART, 1, 1},
    {prestashop, "", SQL_BY_PRESTASHOP, 1, 2},
    {opencart, "", SQL_BY_OPENCART, 2, 2},
    {phpmyadmin, "", SQL_BY_PHPMYADMIN, 1, 1},
    {danpu, "", SQL_BY_DANPU, 1, 1},
    {toolkit, "-- toolkit: dump completed, 1 tables, 2 rows\n", SQL_BY_TOOLKIT, 2, 2},
};

static void whole_dumps(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof writers / sizeof writers[0]; i++) {
        struct sql_facts f;
        struct buf text = {0};

        buf_adds(&text, writers[i].text);
        buf_adds(&text, writers[i].end);
        read_dump(&f, buf_str(&text));
        if (f.writer != writers[i].writer || f.whole != SQL_WHOLE_YES || f.tables.n != writers[i].tables ||
            f.rows != writers[i].rows || f.why_not[0] != '\0' || f.bytes != text.n)
            fail_msg("%s: %s, %d %s, %zu tables, %llu rows", sql_writer_name(writers[i].writer), sql_writer_name(f.writer),
                     f.whole, f.why_not, f.tables.n, (unsigned long long)f.rows);
        sql_facts_free(&f);
        buf_free(&text);
    }
}

/* Of dumps that have a mark at their end no cut one passes for whole; of the others only those cut between lines do. */
static void cut_dumps(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof writers / sizeof writers[0]; i++) {
        bool marked = writers[i].writer != SQL_BY_CSCART && writers[i].writer != SQL_BY_OPENCART;
        struct buf text = {0};
        size_t end;

        buf_adds(&text, writers[i].text);
        buf_adds(&text, writers[i].end);
        /* what is behind the mark may be missing: its date, a line end */
        end = text.n - strlen(writers[i].end);
        if (writers[i].end[0] == '\0')
            end = str_trim(buf_str(&text)).n - (writers[i].writer == SQL_BY_DANPU ? 25 : 0);
        for (size_t n = 0; n < end; n++) {
            struct sql_facts f;

            read_dump(&f, str_sub(buf_str(&text), 0, n));
            if (f.whole == SQL_WHOLE_YES && (marked || text.p[n - 1] != '\n'))
                fail_msg("%s cut at %zu passes for whole", sql_writer_name(writers[i].writer), n);
            assert_true(f.whole == SQL_WHOLE_YES || f.why_not[0] != '\0');
            sql_facts_free(&f);
        }
        buf_free(&text);
    }
}

static void details(void **state)
{
    struct sql_facts f;
    struct buf text = {0};

    (void)state;
    buf_adds(&text, mysqldump);
    buf_adds(&text, mysqldump_end);
    read_dump(&f, buf_str(&text));
    assert_string_equal(f.database, "shop");
    assert_string_equal(f.server, "10.11.6-MariaDB");
    assert_string_equal(f.ended, "2020-01-31  1:02:03");
    assert_int_equal(f.triggers, 1);
    assert_int_equal(f.routines, 1);
    assert_int_equal(f.events, 0);
    assert_int_equal(f.views, 1);
    assert_int_equal(sql_facts_tables(&f), f.tables.n - 1);
    assert_false(f.four_byte);
    assert_string_equal(f.tables.v[0].name, "a");
    assert_true(f.tables.v[0].created && !f.tables.v[0].is_view && f.tables.v[0].rows == 3);
    assert_string_equal(f.tables.v[1].name, "v");
    assert_true(f.tables.v[1].is_view && !f.tables.v[1].created);
    sql_facts_free(&f);
    read_dump(&f, str_of(cscart));
    assert_true(f.four_byte);
    sql_facts_free(&f);
    read_dump(&f, str_of(phpmyadmin));
    assert_string_equal(f.database, "shop");
    assert_string_equal(f.server, "8.0.36");
    sql_facts_free(&f);
    read_dump(&f, str_of(danpu));
    assert_string_equal(f.database, "shop");
    assert_string_equal(f.ended, "2020-01-31T00:00:01+00:00");
    sql_facts_free(&f);
    buf_free(&text);
}

static void judged(const char *text, enum sql_writer writer, enum sql_whole whole, const char *why)
{
    struct sql_facts f;

    read_dump(&f, str_of(text));
    if (f.writer != writer || f.whole != whole || strstr(f.why_not, why) == NULL)
        fail_msg("%s: %s, %d, %s", text, sql_writer_name(f.writer), f.whole, f.why_not);
    sql_facts_free(&f);
}

static void judgements(void **state)
{
    (void)state;
    judged("", SQL_BY_UNKNOWN, SQL_WHOLE_NO, "no statement");
    judged("SET NAMES utf8;\n", SQL_BY_UNKNOWN, SQL_WHOLE_UNKNOWN, "not known");
    judged("SET NAMES utf8", SQL_BY_UNKNOWN, SQL_WHOLE_NO, "cut short");
    judged("DROP TABLE IF EXISTS a;\nSELECT 'x", SQL_BY_CSCART, SQL_WHOLE_NO, "cut short: the dump ends inside of a string");
    judged("DROP TABLE IF EXISTS a;", SQL_BY_CSCART, SQL_WHOLE_NO, "its last line has no end");
    judged("DROP TABLE IF EXISTS a;\n-- x\n", SQL_BY_UNKNOWN, SQL_WHOLE_UNKNOWN, "not known");
    judged("DROP TABLE IF EXISTS a;\n/*!40101 SET @saved_cs_client = @@character_set_client */;\n", SQL_BY_MYSQLDUMP,
           SQL_WHOLE_UNKNOWN, "--compact");
    judged(mysqldump, SQL_BY_MYSQLDUMP, SQL_WHOLE_NO, "\"-- Dump completed\" is missing");
    judged("TRUNCATE TABLE `a`;\nINSERT INTO `a` (`b`) VALUES ('1');\nTRUNCATE TABLE `a`;\nINSERT INTO `a` (`b`) VALUES "
           "('1');\n", SQL_BY_OPENCART, SQL_WHOLE_UNKNOWN, "table a is emptied and filled more than once");
    judged("-- toolkit dump 1\nCREATE TABLE a (b int);\n-- toolkit: dump completed, 1 tables, 1 rows\n", SQL_BY_TOOLKIT,
           SQL_WHOLE_NO, "it says that it has 1 tables and 1 rows, but it has 1 and 0");
    judged("-- toolkit dump 1\n-- toolkit: dump completed, 0 tables, 0 rows\n", SQL_BY_TOOLKIT, SQL_WHOLE_YES, "");
}

static void several_files(void **state)
{
    struct sql_facts f;

    (void)state;
    sql_facts_init(&f);
    read_file(&f, str_of(prestashop));
    read_file(&f, STR("/* Backup 2 for host.test/shop/\n */\nSET NAMES 'utf8';\nINSERT INTO `ps_c` VALUES\n('3');\n"
                      "SET FOREIGN_KEY_CHECKS=1;\n"));
    sql_facts_end(&f);
    assert_int_equal(f.writer, SQL_BY_PRESTASHOP);
    assert_int_equal(f.whole, SQL_WHOLE_YES);
    assert_true(f.tables.n == 1 && f.tables.v[0].rows == 3);
    sql_facts_free(&f);

    sql_facts_init(&f);
    read_file(&f, STR("/* Backup 1 for host.test/shop/\n */\nSET NAMES 'utf8';\n"));
    read_file(&f, str_of(prestashop));
    sql_facts_end(&f);
    assert_int_equal(f.whole, SQL_WHOLE_NO);
    assert_non_null(strstr(f.why_not, "FOREIGN_KEY_CHECKS=1"));
    sql_facts_free(&f);

    sql_facts_init(&f);
    sql_facts_end(&f);
    assert_int_equal(f.whole, SQL_WHOLE_UNKNOWN);
    sql_facts_free(&f);
}

#define INSERT(table, id, value) "INSERT INTO `oc_" table "` (`id`, `v`) VALUES ('" id "', '" value "');\n"
#define EMPTIED(table)           "TRUNCATE TABLE `oc_" table "`;\n\n"

static void rows_alone(void **state)
{
    struct sql_facts f;

    (void)state;
    read_dump(&f, STR(EMPTIED("a") INSERT("a", "1", "say \"x\"") INSERT("a", "2", "") "\n\n" EMPTIED("b") "\n\n"));
    assert_true(f.rows_alone && !f.ends_open && f.writer == SQL_BY_OPENCART && f.whole == SQL_WHOLE_YES);
    assert_int_equal(f.tables.v[0].n_columns, 2);
    assert_string_equal(f.tables.v[0].columns[0], "id");
    assert_string_equal(f.tables.v[0].columns[1], "v");
    assert_true(f.tables.v[0].empty[0] == 0 && f.tables.v[0].empty[1] == 1);
    assert_int_equal(f.tables.v[1].n_columns, 0);
    assert_int_equal(oc_escapes_by(&f.escapes), OC_ESCAPE_OLD);
    assert_false(f.escapes.null);
    sql_facts_free(&f);

    /* Of other writers nothing of the kind is said. */
    read_dump(&f, str_of(cscart));
    assert_false(f.rows_alone);
    assert_int_equal(oc_escapes_by(&f.escapes), OC_ESCAPE_UNKNOWN);
    assert_int_equal(f.tables.v[0].n_columns, 1);
    sql_facts_free(&f);
    read_dump(&f, STR("INSERT INTO a VALUES (1);\n"));
    assert_true(f.rows_alone && f.tables.v[0].n_columns == 0);
    sql_facts_free(&f);
}

static void ends(const char *text, bool open)
{
    struct sql_facts f;

    read_dump(&f, str_of(text));
    if (f.whole != SQL_WHOLE_YES || f.ends_open != open)
        fail_msg("%s: %d, %d", text, (int)f.whole, f.ends_open);
    sql_facts_free(&f);
}

/* Both forms of the end, 4.x writes one line feed behind a table and 3.x two; and what is left when rows or tables are cut away. */
static void open_ends(void **state)
{
    (void)state;
    ends(EMPTIED("a") INSERT("a", "1", "x") "\n", false);
    ends(EMPTIED("a") INSERT("a", "1", "x") "\n\n", false);
    ends("TRUNCATE TABLE `oc_a`;\r\n\r\nINSERT INTO `oc_a` (`id`) VALUES ('1');\r\n\r\n", false);
    ends(EMPTIED("a") INSERT("a", "1", "x"), true);
    ends(EMPTIED("a") INSERT("a", "1", "x") "\n" EMPTIED("b") "\n", false);
    ends(EMPTIED("a") INSERT("a", "1", "x") "\n" EMPTIED("b"), true);
}

static void twice(void **state)
{
    struct sql_facts f;

    (void)state;
    read_dump(&f, STR(EMPTIED("a") INSERT("a", "1", "x") INSERT("a", "2", "y") INSERT("a", "1", "x") INSERT("a", "1", "z") "\n"));
    assert_int_equal(f.tables.v[0].again, 1);
    assert_int_equal(f.tables.v[0].first_line, 3);
    assert_int_equal(f.tables.v[0].again_line, 5);
    assert_int_equal(f.tables.v[0].emptied_line, 0);
    assert_int_equal(f.whole, SQL_WHOLE_YES);
    sql_facts_free(&f);
    /* What is emptied in between comes once; the same row of another table is another one. */
    read_dump(&f, STR(EMPTIED("a") INSERT("a", "1", "x") "\n" EMPTIED("b") INSERT("b", "1", "x") "\n" EMPTIED("a") INSERT("a", "1", "x") "\n"));
    assert_true(f.tables.v[0].again == 0 && f.tables.v[1].again == 0);
    assert_int_equal(f.tables.v[0].emptied_line, 9);
    assert_int_equal(f.tables.v[0].rows, 1);
    assert_int_equal(f.whole, SQL_WHOLE_UNKNOWN);
    sql_facts_free(&f);
}

static void old_damage(void **state)
{
    struct sql_facts f;
    const char *text = EMPTIED("a") INSERT("a", "1", "x") INSERT("a", "12", "a\\\\0b") "\n";

    (void)state;
    read_dump(&f, str_of(text));
    assert_int_equal(f.escapes.damaged[OC_DAMAGE_NUL], 1);
    assert_string_equal(f.escapes.named.v[0].table, "oc_a");
    assert_string_equal(f.escapes.named.v[0].column, "v");
    assert_string_equal(f.escapes.named.v[0].key, "id 12");
    assert_int_equal(f.escapes.named.v[0].line, 4);
    assert_int_equal(f.escapes.named.v[0].offset, strstr(text, "\\\\0") - text);
    sql_facts_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_dumps), cmocka_unit_test(cut_dumps),  cmocka_unit_test(details),
        cmocka_unit_test(judgements),  cmocka_unit_test(several_files), cmocka_unit_test(rows_alone),
        cmocka_unit_test(open_ends),   cmocka_unit_test(twice),         cmocka_unit_test(old_damage),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
