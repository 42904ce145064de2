/* Cutting dumps of every writer into statements and rows, however they are fed. */
#include "base/buf.h"
#include "format/sql_dump.h"
#include "format/sql_set.h"
#include "format/sql_statement.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Items as one text: "S(line) text|", with I head, R row, E end, C comment, X client command; "!" and the error's text. */
static bool read_dump(struct str dump, size_t chunk, struct buf *out)
{
    static const char letters[] = "?SIRECX";
    struct sql_dump *d = sql_dump_new();
    struct sql_item item;
    struct err e = {0};
    size_t at = 0;
    bool eof = false;
    bool open;
    int rc;

    while ((rc = sql_dump_next(d, &item, &e)) == 0) {
        if (item.kind == SQL_MORE) {
            if (eof)
                break;
            eof = at == dump.n;
            if (eof)
                sql_dump_eof(d);
            else
                sql_dump_feed(d, str_sub(dump, at, at + chunk));
            at = dump.n - at < chunk ? dump.n : at + chunk;
            continue;
        }
        assert_memory_equal(item.text.p, dump.p + item.offset, item.text.n);
        buf_printf(out, "%c%s%llu ", letters[item.kind], item.kind == SQL_ROW && !item.plain ? "*" : "",
                   (unsigned long long)item.line);
        buf_addstr(out, item.text);
        buf_addc(out, '|');
    }
    if (rc != 0) {
        assert_int_equal(e.kind, ERR_FORMAT);
        buf_addc(out, '!');
        buf_adds(out, e.text);
        /* a bad dump stays bad */
        assert_int_equal(sql_dump_next(d, &item, &e), -1);
    } else {
        assert_int_equal(sql_dump_offset(d), dump.n);
    }
    open = sql_dump_open_end(d);
    if (open)
        buf_adds(out, "open");
    sql_dump_free(d);
    return rc == 0 && !open;
}

static void expect(const char *dump, const char *items)
{
    struct buf out = {0};

    read_dump(str_of(dump), SIZE_MAX / 2, &out);
    assert_string_equal(buf_cstr(&out), items);
    for (size_t chunk = 1; chunk < 12; chunk++) {
        buf_reset(&out);
        read_dump(str_of(dump), chunk, &out);
        assert_string_equal(buf_cstr(&out), items);
    }
    buf_free(&out);
}

static void statements(void **state)
{
    (void)state;
    expect("", "");
    expect(" \r\n\t;;\n; ", "");
    expect("\xef\xbb\xbfSELECT 1;", "S1 SELECT 1|");
    expect("SELECT ';' ;SELECT \";\"; SELECT `;`\n;", "S1 SELECT ';'|S1 SELECT \";\"|S1 SELECT `;`|");
    expect("A 'it''s' ; B 'it\\'s;' ; C \"a\\\\\";", "S1 A 'it''s'|S1 B 'it\\'s;'|S1 C \"a\\\\\"|");
    expect("A `a``;` ; B `\\`;", "S1 A `a``;`|S1 B `\\`|");
    expect("A -- it's;\n+1; B # it's;\n; C /* it's; */;", "S1 A -- it's;\n+1|S2 B # it's;|S3 C /* it's; */|");
    expect("A 1--1; B 2-- ;\n;", "S1 A 1--1|S1 B 2-- ;|");
    expect("A (1,(2)));B;", "S1 A (1,(2)))|S1 B|");
    expect("A /*/ ; */;", "S1 A /*/ ; */|");
    expect("A\r\n;\r\nB;\r\n", "S1 A|S3 B|");
}

static void comments(void **state)
{
    (void)state;
    expect("-- it's\n#it's\r\n--x\n/* a\n ; */A;", "C1 -- it's|C2 #it's|C3 --x|C4 /* a\n ; */|S5 A|");
    expect("-- at the end", "C1 -- at the end|");
    expect("/**/A;/***/", "C1 /**/|S1 A|C1 /***/|");
    expect("/*M!999999\\- enable the sandbox mode */ \nA;", "C1 /*M!999999\\- enable the sandbox mode */|S2 A|");
    expect("/*!999999\\- enable the sandbox mode */ A;", "C1 /*!999999\\- enable the sandbox mode */|S1 A|");
    expect("/*! A; 'x' */;/*M!100101 B*/;", "S1 /*! A; 'x' */|S1 /*M!100101 B*/|");
    expect("/*!50003 A /* c; */ ; */;B;", "S1 /*!50003 A /* c; */ ; */|S1 B|");
    expect("/*!50003 A -- */\n; */;B;", "S1 /*!50003 A -- */\n; */|S2 B|");
    expect("/*M a */B;", "C1 /*M a */|S1 B|");
    expect("/* a", "!cut short: the dump ends inside of a comment that begins in line 1, byte 0");
    expect("A;/*!4 b;", "S1 A|!cut short: the dump ends inside of a comment, in a statement that begins in line 1, byte 2");
}

static void inserts(void **state)
{
    (void)state;
    expect("INSERT INTO `t` VALUES (1,'a)'),\n(2,NULL);\n", "I1 INSERT INTO `t` VALUES|R1 (1,'a)')|R2 (2,NULL)|E2 |");
    expect("replace into t(a,b)values(1,2) ,(3,4);A;", "I1 replace into t(a,b)values|R1 (1,2)|R1 (3,4)|E1 |S1 A|");
    expect("INSERT IGNORE INTO d.t (`values`) VALUE (1);", "I1 INSERT IGNORE INTO d.t (`values`) VALUE|R1 (1)|E1 |");
    expect("INSERT INTO value (a) VALUES (1);", "I1 INSERT INTO value (a) VALUES|R1 (1)|E1 |");
    expect("INSERT INTO `values` VALUES\n();", "I1 INSERT INTO `values` VALUES|R2 ()|E2 |");
    expect("INSERT INTO t PARTITION (p0) VALUES (1);", "I1 INSERT INTO t PARTITION (p0) VALUES|R1 (1)|E1 |");
    expect("INSERT INTO t VALUES /* a( */ (1) -- ;(\n, # )\n(2) /* ; */ ;",
           "I1 INSERT INTO t VALUES|R1 (1)|R3 (2)|E3 |");
    expect("INSERT INTO t VALUES (1) ON DUPLICATE KEY UPDATE a=';' ;",
           "I1 INSERT INTO t VALUES|R1 (1)|E1 ON DUPLICATE KEY UPDATE a=';'|");
    expect("INSERT INTO t SELECT 1;INSERT INTO t SET a=1;", "S1 INSERT INTO t SELECT 1|S1 INSERT INTO t SET a=1|");
    expect("INSERT INTO t VALUES ROW(1,2);", "S1 INSERT INTO t VALUES ROW(1,2)|");
    expect("/*!40000 INSERT INTO t VALUES (1),\n(2) */;A;", "S1 /*!40000 INSERT INTO t VALUES (1),\n(2) */|S2 A|");
    expect("INSERT /*!40000 IGNORE */ INTO t VALUES (1);", "I1 INSERT /*!40000 IGNORE */ INTO t VALUES|R1 (1)|E1 |");
    expect("INSERT INTO t VALUES (x'00',0xFF,b'1',-1,1e5,_binary 'a\\0'\"b\"),(DEFAULT);",
           "I1 INSERT INTO t VALUES|R1 (x'00',0xFF,b'1',-1,1e5,_binary 'a\\0'\"b\")|R1 (DEFAULT)|E1 |");
    expect("INSERT INTO t VALUES (CAST('[1]' AS JSON), current_timestamp());",
           "I1 INSERT INTO t VALUES|R*1 (CAST('[1]' AS JSON), current_timestamp())|E1 |");
    expect("INSERT INTO t VALUES (`a`),(1 /* ) */),(/*!1*/);",
           "I1 INSERT INTO t VALUES|R*1 (`a`)|R*1 (1 /* ) */)|R*1 (/*!1*/)|E1 |");
}

static void damaged_inserts(void **state)
{
    (void)state;
    expect("INSERT INTO t VALUES (1,\nINSERT INTO t VALUES (2);",
           "I1 INSERT INTO t VALUES|!line 1, byte 21: damaged: a statement ends inside of the row that begins here");
    expect("INSERT INTO t VALUES (1),;",
           "I1 INSERT INTO t VALUES|R1 (1)|!line 1, byte 25: damaged: a row of an INSERT has to begin here");
    expect("INSERT INTO t VALUES (1), /*!1 (2) */;",
           "I1 INSERT INTO t VALUES|R1 (1)|!line 1, byte 26: damaged: a row of an INSERT has to begin here");
    expect("INSERT INTO t VALUES (1",
           "I1 INSERT INTO t VALUES|!cut short: the dump ends inside of a row that begins in line 1, byte 21");
    expect("INSERT INTO t VALUES (1),",
           "I1 INSERT INTO t VALUES|R1 (1)|!cut short: the dump ends inside of an INSERT that begins in line 1, byte 25");
    expect("INSERT INTO t VALUES (1)\n", "I1 INSERT INTO t VALUES|R1 (1)|E2 |open");
    expect("INSERT INTO t VAL", "!cut short: the dump ends inside of a statement that begins in line 1, byte 0");
    expect("INSERT INTO t VALUES (1) ON DUPLICATE KEY UPDATE a='",
           "I1 INSERT INTO t VALUES|R1 (1)|!cut short: the dump ends inside of a string, in a statement that begins in "
           "line 1, byte 25");
    expect("INSERT INTO t VALUES (/*!1 1);",
           "I1 INSERT INTO t VALUES|!line 1, byte 21: an executable comment does not end in the row in which it begins");
}

static void delimiters(void **state)
{
    (void)state;
    expect("DELIMITER ;;\nA;B;;\ndelimiter ;\r\nC;", "S2 A;B|S4 C|");
    expect("DELIMITER $$\nCREATE TRIGGER t BEGIN a; '$$'; END$$\nDELIMITER ; -- x\nC;",
           "S2 CREATE TRIGGER t BEGIN a; '$$'; END|S4 C|");
    expect("DELIMITER //\nA/B /*c*/ //\n//", "S2 A/B /*c*/|");
    expect("DELIMITER ;;\n/*!50003 CREATE*/ /*!50003 TRIGGER t BEGIN x; END */;;\nDELIMITER ;\n",
           "S2 /*!50003 CREATE*/ /*!50003 TRIGGER t BEGIN x; END */|");
    expect("DELIMITER ;;\nINSERT INTO t VALUES (1),(2);;", "I2 INSERT INTO t VALUES|R2 (1)|R2 (2)|E2 |");
    expect("DELIMITER\nA;", "!line 1, byte 0: DELIMITER names nothing that can be a delimiter");
    expect("DELIMITER \\\nA;", "!line 1, byte 0: DELIMITER names nothing that can be a delimiter");
    expect("DELIMITER 0123456789abcdef\n", "!line 1, byte 0: DELIMITER names nothing that can be a delimiter");
    expect("DELIMITERS;", "S1 DELIMITERS|");
}

static void client_commands(void **state)
{
    (void)state;
    expect("\\! rm -rf x\nA;", "X1 \\! rm -rf x|S2 A|");
    expect("system ls;\nsource x.sql\r\n\\. y.sql\nA;", "X1 system ls;|X2 source x.sql|X3 \\. y.sql|S4 A|");
    expect("use shop\nUSE `shop`;A;", "X1 use shop|S2 USE `shop`|S2 A|");
    expect("tee /tmp/x\npager sh\nquit", "X1 tee /tmp/x|X2 pager sh|X3 quit|");
    /* in the midst of a statement none is understood */
    expect("A\nsystem ls\n;", "S1 A\nsystem ls|");
    expect("sources (1);", "S1 sources (1)|");
}

static void modes(void **state)
{
    (void)state;
    expect("SET sql_mode='NO_BACKSLASH_ESCAPES';INSERT INTO t VALUES ('a\\'),('b;');",
           "S1 SET sql_mode='NO_BACKSLASH_ESCAPES'|I1 INSERT INTO t VALUES|R1 ('a\\')|R1 ('b;')|E1 |");
    expect("/*!50003 SET @m = @@sql_mode */;/*!50003 SET sql_mode = 'NO_BACKSLASH_ESCAPES' */;A 'a\\b;';"
           "/*!50003 SET sql_mode = @m */;B 'it\\'s';",
           "S1 /*!50003 SET @m = @@sql_mode */|S1 /*!50003 SET sql_mode = 'NO_BACKSLASH_ESCAPES' */|S1 A 'a\\b;'|"
           "S1 /*!50003 SET sql_mode = @m */|S1 B 'it\\'s'|");
    expect("SET sql_mode='ANSI,NO_AUTO_VALUE_ON_ZERO';A \"\\\";B;",
           "S1 SET sql_mode='ANSI,NO_AUTO_VALUE_ON_ZERO'|S1 A \"\\\"|S1 B|");
    /* what would be judged with escapes and executed without is stopped */
    expect("SET sql_mode='NO_BACKSLASH_ESCAPES';SELECT '\\' INTO OUTFILE 'x' -- ';\n;",
           "S1 SET sql_mode='NO_BACKSLASH_ESCAPES'|!line 1, byte 36: a backslash in front of a quote, where a backslash "
           "is no escape");
    expect("SET sql_mode='NO_BACKSLASH_ESCAPES';INSERT INTO t VALUES ('\\', LOAD_FILE('x'));",
           "S1 SET sql_mode='NO_BACKSLASH_ESCAPES'|I1 INSERT INTO t VALUES|!line 1, byte 57: a backslash in front of a "
           "quote, where a backslash is no escape");
}

static void odd_bytes(void **state)
{
    static const char nul[] = "INSERT INTO t VALUES ('\0'),('x\0\\\0y');";
    struct buf out = {0};

    (void)state;
    assert_true(read_dump((struct str){nul, sizeof nul - 1}, 3, &out));
    assert_memory_equal(out.p, "I1 INSERT INTO t VALUES|R1 ('\0')|R1 ('x\0\\\0y')|E1 |", out.n);
    buf_reset(&out);
    assert_false(read_dump((struct str){"\xff\xfe" "A\0;\0", 6}, 1, &out));
    assert_non_null(strstr(buf_cstr(&out), "UTF-16"));
    buf_free(&out);
}

/* In the forms of mysqldump, CS-Cart, PrestaShop, OpenCart and Danpu. */
static const char *const dumps[] = {
    "/*M!999999\\- enable the sandbox mode */ \n-- MariaDB dump 10.19\n\n/*!40101 SET NAMES utf8mb4 */;\n"
    "DROP TABLE IF EXISTS `a`;\n/*!40101 SET @saved_cs_client     = @@character_set_client */;\nCREATE TABLE `a` (\n"
    "  `id` int(10) NOT NULL COMMENT 'it''s; (a)',\n  PRIMARY KEY (`id`)\n) ENGINE=InnoDB /*!50100 PARTITION BY HASH "
    "(id) */;\nLOCK TABLES `a` WRITE;\n/*!40000 ALTER TABLE `a` DISABLE KEYS */;\nINSERT INTO `a` VALUES (1,'x);(y'),\n"
    "(2,'\\'');\nUNLOCK TABLES;\nDELIMITER ;;\n/*!50003 CREATE*/ /*!50017 DEFINER=`r`@`%`*/ /*!50003 TRIGGER t BEFORE "
    "INSERT ON a FOR EACH ROW BEGIN SET @a=';'; END */;;\nDELIMITER ;\n/*!50001 CREATE VIEW `v` AS select 1 AS `1` */;\n"
    "/*!40111 SET SQL_NOTES=@OLD_SQL_NOTES */;\n\n-- Dump completed on 2020-01-31  1:02:03\n",
    "\nDROP TABLE IF EXISTS cscart_a;\nCREATE TABLE `cscart_a` (\n  `a` text\n) ENGINE=MyISAM;\n\n"
    "INSERT INTO cscart_a (`a`) VALUES ('it\\'s \\\"x\\\";\\n');\nINSERT INTO cscart_a (`a`) VALUES (NULL);\n",
    "/* Backup 1 for host.test/shop/\n *  at Sat\n */\n\nSET SESSION sql_mode = '';\n\n\nSET NAMES 'utf8';\n\n/* Scheme "
    "for table ps_c */\nDROP TABLE IF EXISTS `ps_c`;\nDROP VIEW IF EXISTS `ps_c`;\nINSERT INTO `ps_c` VALUES\n('1','c1'),\n"
    "('2',NULL);\n\nSET FOREIGN_KEY_CHECKS=1;\n\n",
    "TRUNCATE TABLE `oc_t`;\n\nINSERT INTO `oc_t` (`c1`, `c2`) VALUES ('v1', 'v2');\nTRUNCATE TABLE `oc_u`;\n",
    "-- <?php die(); ?>\n-- 2020-01-31T00:00:00+00:00 - mysql:host=localhost;dbname=x\nSET FOREIGN_KEY_CHECKS = 0;\n"
    "DELIMITER //\nCREATE TRIGGER `t` BEGIN END//\nDELIMITER ;\n-- Completed on: 2020\n",
};

/* The items of a dump that was cut are the first of the whole one's, and the cut shows or falls between statements. */
static void cut_at_every_byte(void **state)
{
    struct buf whole = {0};
    struct buf part = {0};

    (void)state;
    for (size_t i = 0; i < sizeof dumps / sizeof dumps[0]; i++) {
        struct str dump = str_of(dumps[i]);

        buf_reset(&whole);
        assert_true(read_dump(dump, dump.n, &whole));
        for (size_t n = 0; n < dump.n; n++) {
            size_t common = 0;
            size_t bar;
            bool clean;

            buf_reset(&part);
            clean = read_dump(str_sub(dump, 0, n), dump.n, &part);
            while (common < part.n && common < whole.n && part.p[common] == whole.p[common])
                common++;
            bar = str_rchr(str_sub(buf_str(&part), 0, common), '|');
            if (clean && common < part.n) {
                /* the last item is a line that is cut: a comment or a command */
                char kind = part.p[bar == SIZE_MAX ? 0 : bar + 1];

                assert_true(kind == 'C' || kind == 'X');
            }
            if (!clean)
                assert_true(str_has(buf_str(&part), STR("cut short")) || str_ends(buf_str(&part), STR("|open")) ||
                            str_has(buf_str(&part), STR("DELIMITER names nothing")));
        }
    }
    buf_free(&whole);
    buf_free(&part);
}

static void pieces_of_every_size(void **state)
{
    struct buf whole = {0};
    struct buf part = {0};

    (void)state;
    for (size_t i = 0; i < sizeof dumps / sizeof dumps[0]; i++) {
        buf_reset(&whole);
        read_dump(str_of(dumps[i]), SIZE_MAX / 2, &whole);
        for (size_t chunk = 1; chunk < 70; chunk++) {
            buf_reset(&part);
            read_dump(str_of(dumps[i]), chunk, &part);
            assert_true(str_eq(buf_str(&whole), buf_str(&part)));
        }
    }
    buf_free(&whole);
    buf_free(&part);
}

/* Rows beyond sixteen bytes, at every offset, so that no way through the vector code is left out. */
static void long_values(void **state)
{
    struct buf dump = {0};
    struct buf out = {0};

    (void)state;
    for (size_t n = 0; n < 80; n++) {
        buf_reset(&dump);
        buf_reset(&out);
        buf_adds(&dump, "INSERT INTO t VALUES ('");
        for (size_t i = 0; i < n; i++)
            buf_addc(&dump, i % 3 == 0 ? '\n' : ',');
        buf_adds(&dump, "\\'',");
        for (size_t i = 0; i < n; i++)
            buf_addc(&dump, (char)('0' + i % 10));
        buf_adds(&dump, "),('x')");
        for (size_t i = 0; i < n; i++)
            buf_addc(&dump, '\n');
        buf_adds(&dump, ";A;");
        read_dump(buf_str(&dump), dump.n, &out);
        buf_reset(&dump);
        buf_printf(&dump, "|S%zu A|", 1 + (n + 2) / 3 + n);
        assert_true(str_ends(buf_str(&out), buf_str(&dump)));
    }
    buf_free(&dump);
    buf_free(&out);
}

static void too_large_statement(void **state)
{
    struct sql_dump *d = sql_dump_new();
    struct sql_item item;
    struct err e = {0};
    struct str piece = STR("SELECT 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + ");
    struct buf many = {0};
    uint64_t fed = 0;
    int rc;

    (void)state;
    while (many.n < 1 << 20)
        buf_addstr(&many, piece);
    while ((rc = sql_dump_next(d, &item, &e)) == 0 && fed < SQL_STATEMENT_MAX + (4 << 20)) {
        assert_int_equal(item.kind, SQL_MORE);
        sql_dump_feed(d, buf_str(&many));
        fed += many.n;
    }
    assert_int_equal(rc, -1);
    assert_int_equal(e.kind, ERR_FORMAT);
    assert_true(fed > SQL_STATEMENT_MAX);
    buf_free(&many);
    sql_dump_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statements),      cmocka_unit_test(comments),        cmocka_unit_test(inserts),
        cmocka_unit_test(damaged_inserts), cmocka_unit_test(delimiters),      cmocka_unit_test(client_commands),
        cmocka_unit_test(modes),           cmocka_unit_test(odd_bytes),       cmocka_unit_test(cut_at_every_byte),
        cmocka_unit_test(pieces_of_every_size), cmocka_unit_test(long_values), cmocka_unit_test(too_large_statement),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
