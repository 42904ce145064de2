#include "format/cs_legacy_sql.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MD5         "0123456789abcdef0123456789abcdef"
#define TEXT(array) ((struct str){array, sizeof array - 1})

static const char uc[] =
    "<?xml version=\"1.0\"?>\n<upgrade>\n <original_files>\n  <item file=\"app/a&amp;b.php\">" MD5
    "</item>\n </original_files>\n"
    " <new_files><item file=\"js/new.js\"></item></new_files>\n"
    " <deleted_files><item file=\"old.php\"/><item file=\"../out.php\">" MD5
    "</item><item file=\"x.php\">nonsense</item>"
    "</deleted_files>\n</upgrade>\n";

static const char udata[] = "<?php\n $udata = array (\n  'upgrade_4.1.1-4.2.0.tgz' => \n  array (\n    "
                            "'not_installed' => false,\n  ),\n"
                            "  'upgrade_4.2.3_ult-4.2.4_ult.tgz' => \n  array (\n    'backup_details' => "
                            "array ('files' => array (0 => 'a.php')),\n"
                            "    'not_installed' => true,\n    'files' => array ('app/x.php' => false, "
                            "'y.php' => true),\n  ),\n);\n?>";

static const char dump[] = "\xef\xbb\xbf-- texts\nINSERT INTO `cscart_a` (a, b) VALUES ('x;\\'cscart_ ?: y', "
                           "2);\n# c ;\n/* d ; */ UPDATE cscart_a SET b = b + 1 WHERE a = ';'"
                           ";\n;\n/*!40000 ALTER TABLE cscart_b DISABLE KEYS */;\n-- end\n";

static void reads_the_list_of_files(void **state)
{
    struct arena a = {0};
    struct err e = {0};
    struct cs_package p;

    (void)state;
    assert_int_equal(cs_uc_read(TEXT(uc), &a, &p, &e), 0);
    assert_int_equal(p.files.n, 3);
    assert_true(str_is(p.files.v[0].path, "app/a&b.php"));
    assert_true(str_is(p.files.v[0].hash, MD5));
    assert_int_equal(p.files.v[0].status, CS_FILE_CHANGED);
    assert_int_equal(p.files.v[1].status, CS_FILE_NEW);
    assert_int_equal(p.files.v[2].status, CS_FILE_DELETED);
    assert_int_equal(p.files.v[2].hash.n, 0);
    assert_int_equal(p.refused, 2);
    assert_true(str_is(p.refused_first, "../out.php"));
    cs_package_free(&p);
    arena_free(&a);
}

static void reads_what_was_begun(void **state)
{
    struct arena a = {0};
    struct err e = {0};
    struct cs_udata u;

    (void)state;
    assert_int_equal(cs_udata_read(TEXT(udata), &a, &u, &e), 0);
    assert_int_equal(u.all.n, 2);
    assert_true(u.all.v[0].known);
    assert_false(u.all.v[0].open);
    assert_false(u.all.v[0].backed_up);
    assert_true(str_is(u.all.v[1].package, "upgrade_4.2.3_ult-4.2.4_ult.tgz"));
    assert_true(u.all.v[1].open);
    assert_true(u.all.v[1].backed_up);
    assert_int_equal(u.all.v[1].edited.n, 1);
    assert_true(str_is(u.all.v[1].edited.v[0], "app/x.php"));
    assert_true(str_is(str_sub(TEXT(udata), u.all.v[1].from, u.all.v[1].to), "true"));
    cs_udata_free(&u);
    arena_free(&a);
}

/* Whatever is cut off: no crash, and never a package that is said to be installed though it is not. */
static void survives_cuts(void **state)
{
    (void)state;
    for (size_t n = 0; n < sizeof udata - 1; n++) {
        struct arena a = {0};
        struct err e = {0};
        struct cs_udata u;
        struct cs_package p;
        char *copy = mem_dup(udata, n);

        if (cs_udata_read((struct str){copy, n}, &a, &u, &e) == 0 && n < sizeof udata - 4)
            fail_msg("a list of upgrades cut at %zu was read", n);
        cs_udata_free(&u);
        free(copy);
        if (n < sizeof uc - 1) {
            copy = mem_dup(uc, n);
            if (cs_uc_read((struct str){copy, n}, &a, &p, &e) == 0 && n < sizeof uc - 2)
                fail_msg("a list of files cut at %zu was read", n);
            cs_package_free(&p);
            free(copy);
        }
        arena_free(&a);
    }
}

static void reads_lines_of_the_log(void **state)
{
    struct cs_legacy_line l;
    struct str name;
    struct str words;

    (void)state;
    assert_true(
        cs_legacy_line(STR("1400000000 - Backing up: a in b on line 3.php in /x/uc.php on line 812"), &l));
    assert_true(l.seconds == 1400000000);
    assert_true(str_is(l.message, "Backing up: a in b on line 3.php"));
    assert_true(cs_legacy_line(STR("1400000000 - DB error in db_data.sql: Unknown column 'x'"), &l));
    assert_true(cs_legacy_db_error(l.message, &name, &words));
    assert_true(str_is(name, "db_data.sql"));
    assert_true(str_is(words, "Unknown column 'x'"));
    assert_false(cs_legacy_line(STR("VALUES (1 - 2)"), &l));
    assert_false(cs_legacy_line(STR(""), &l));
    assert_false(cs_legacy_line(STR("12 - x"), &l));
    assert_false(cs_legacy_db_error(STR("Copying file: x"), &name, &words));
}

static void splits_statements(void **state)
{
    struct cs_statement_list l;
    struct err e = {0};
    struct buf out = {0};

    (void)state;
    assert_int_equal(cs_statements_split(TEXT(dump), &l, &e), 0);
    assert_int_equal(l.all.n, 3);
    assert_true(str_is(l.all.v[0], "INSERT INTO `cscart_a` (a, b) VALUES ('x;\\'cscart_ ?: y', 2)"));
    assert_true(str_is(l.all.v[1], "UPDATE cscart_a SET b = b + 1 WHERE a = ';'"));
    cs_statement_prefixed(l.all.v[0], "sh_", &out);
    assert_string_equal(buf_cstr(&out), "INSERT INTO `sh_a` (a, b) VALUES ('x;\\'cscart_ ?: y', 2)");
    buf_reset(&out);
    cs_statement_prefixed(STR("UPDATE ?:a SET cscart_b.x = '?:' WHERE a ? : 2"), "p_", &out);
    assert_string_equal(buf_cstr(&out), "UPDATE p_a SET p_b.x = '?:' WHERE a ? : 2");
    cs_statement_list_free(&l);
    buf_free(&out);
}

/* A cut dump is never taken for a whole one. */
static void refuses_cut_dumps(void **state)
{
    (void)state;
    for (size_t n = 1; n < sizeof dump - 1; n++) {
        struct cs_statement_list l;
        struct err e = {0};
        char *copy = mem_dup(dump, n);
        int rc = cs_statements_split((struct str){copy, n}, &l, &e);

        for (size_t i = 0; i < l.all.n; i++)
            assert_true(l.all.v[i].p >= copy && l.all.v[i].p + l.all.v[i].n <= copy + n);
        if (rc == 0 && n > 20 && n < 70)
            fail_msg("a dump cut at %zu was read", n);
        cs_statement_list_free(&l);
        free(copy);
    }
}

static void keeps_notes(void **state)
{
    struct cs_statement_list l = {0};
    struct cs_statement_list back;
    struct arena a = {0};
    struct err e = {0};
    struct buf text = {0};

    (void)state;
    *vec_push(&l.all) = STR("UPDATE a SET b = '\"; }'");
    *vec_push(&l.all) = STR("\xc3\xa4");
    cs_progress_write(&l, &text);
    assert_string_equal(buf_cstr(&text), "a:2:{i:0;s:23:\"UPDATE a SET b = '\"; }'\";i:1;s:2:\"\xc3\xa4\";}");
    assert_int_equal(cs_progress_read(buf_str(&text), &a, &back, &e), 0);
    assert_int_equal(back.all.n, 2);
    assert_true(str_eq(back.all.v[0], l.all.v[0]));
    cs_statement_list_free(&back);
    for (size_t n = 0; n < text.n; n++) {
        assert_int_equal(cs_progress_read((struct str){text.p, n}, &a, &back, &e), -1);
        cs_statement_list_free(&back);
    }
    assert_int_equal(cs_progress_read(STR("a:1:{i:0;i:5;}"), &a, &back, &e), -1);
    cs_statement_list_free(&back);
    assert_int_equal(cs_progress_read(STR("s:1:\"a\";"), &a, &back, &e), -1);
    cs_statement_list_free(&back);
    cs_statement_list_free(&l);
    buf_free(&text);
    arena_free(&a);
}

static void knows_what_can_be_seen(void **state)
{
    static const struct {
        const char *sql;
        enum cs_probe_kind kind;
        const char *table;
        const char *name;
        const char *to;
    } all[] = {
        {"ALTER TABLE cscart_p CHANGE `a` `b` int", CS_PROBE_COLUMN_MOVED, "cscart_p", "a", "b"},
        {"ALTER TABLE `p` CHANGE a A int", CS_PROBE_HARMLESS, "p", NULL, NULL},
        {"alter table p add column c int, add d int", CS_PROBE_COLUMN_MADE, "p", "c", NULL},
        {"ALTER TABLE p MODIFY a decimal(12,2), DROP e", CS_PROBE_COLUMN_GONE, "p", "e", NULL},
        {"ALTER TABLE p ADD UNIQUE KEY `k` (a, b)", CS_PROBE_KEY_MADE, "p", "k", NULL},
        {"ALTER TABLE p ADD INDEX (a)", CS_PROBE_NONE, "p", NULL, NULL},
        {"ALTER TABLE p DROP PRIMARY KEY", CS_PROBE_KEY_GONE, "p", "PRIMARY", NULL},
        {"ALTER TABLE p ADD CONSTRAINT x FOREIGN KEY (a) REFERENCES b (a)", CS_PROBE_NONE, "p", NULL, NULL},
        {"ALTER TABLE p DROP COLUMN IF EXISTS a", CS_PROBE_HARMLESS, "p", NULL, NULL},
        {"ALTER TABLE p MODIFY a int", CS_PROBE_HARMLESS, "p", NULL, NULL},
        {"ALTER TABLE p RENAME TO q", CS_PROBE_NONE, "p", NULL, NULL},
        {"CREATE TABLE p (a int)", CS_PROBE_TABLE_MADE, "p", NULL, NULL},
        {"CREATE TABLE IF NOT EXISTS p (a int)", CS_PROBE_HARMLESS, "p", NULL, NULL},
        {"DROP TABLE p", CS_PROBE_TABLE_GONE, "p", NULL, NULL},
        {"DROP TABLE IF EXISTS p", CS_PROBE_HARMLESS, "p", NULL, NULL},
        {"REPLACE INTO p (a) VALUES ('x'), ('y')", CS_PROBE_REPLACE, "p", NULL, NULL},
        {"REPLACE INTO p (a) VALUES ((SELECT max(a) FROM q))", CS_PROBE_NONE, "p", NULL, NULL},
        {"INSERT INTO p (a) VALUES (1)", CS_PROBE_INSERT, "p", NULL, NULL},
        {"INSERT INTO p (a) VALUES (1) ON DUPLICATE KEY UPDATE a = a + 1", CS_PROBE_NONE, "p", NULL, NULL},
        {"INSERT INTO p SELECT * FROM q", CS_PROBE_INSERT_SELECT, "p", NULL, NULL},
        {"UPDATE p SET a = 'x', b = 2 WHERE c = 'y'", CS_PROBE_HARMLESS, "p", NULL, NULL},
        {"UPDATE p SET a = 'x', b = b + 2 WHERE c = 'y'", CS_PROBE_UPDATE, "p", NULL, NULL},
        {"UPDATE p SET b = b + 2", CS_PROBE_NONE, "p", NULL, NULL},
        {"UPDATE p SET a = 1 WHERE b IN (SELECT a FROM p)", CS_PROBE_NONE, "p", NULL, NULL},
        {"UPDATE p, q SET p.a = q.a", CS_PROBE_NONE, "p", NULL, NULL},
        {"DELETE FROM p WHERE a = 1", CS_PROBE_HARMLESS, NULL, NULL, NULL},
        {"DELETE FROM p ORDER BY a LIMIT 1", CS_PROBE_NONE, NULL, NULL, NULL},
        {"RENAME TABLE a TO b", CS_PROBE_NONE, NULL, NULL, NULL},
        {"", CS_PROBE_NONE, NULL, NULL, NULL},
        {"CALL x()", CS_PROBE_NONE, NULL, NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct cs_probe p;

        cs_probe_read(str_of(all[i].sql), &p);
        if (p.kind != all[i].kind || (all[i].table && !str_is(p.table, all[i].table)) ||
            (all[i].name && !str_is(p.name, all[i].name)) || (all[i].to && !str_is(p.to, all[i].to)))
            fail_msg("%s: kind %d, table %.*s, name %.*s", all[i].sql, (int)p.kind, STR_FMT(p.table),
                     STR_FMT(p.name));
        for (size_t n = 0; n < strlen(all[i].sql); n++)
            cs_probe_read((struct str){all[i].sql, n}, &p);
    }
}

static void takes_an_update_apart(void **state)
{
    struct cs_probe p;

    (void)state;
    cs_probe_read(STR("UPDATE p SET n = n + 1, a = 'D' WHERE amount > 50"), &p);
    assert_int_equal(p.kind, CS_PROBE_UPDATE);
    assert_true(str_is(str_trim(p.equal), "a = 'D'"));
    assert_true(str_is(str_trim(p.where), "amount > 50"));
    cs_probe_read(STR("INSERT INTO p (`lang_code`, name) VALUES ('a', 'b')"), &p);
    assert_true(cs_probe_names(p.columns, STR("LANG_CODE")));
    assert_false(cs_probe_names(p.columns, STR("lang")));
    assert_int_equal(p.insert_end, 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_list_of_files),
        cmocka_unit_test(reads_what_was_begun),
        cmocka_unit_test(survives_cuts),
        cmocka_unit_test(reads_lines_of_the_log),
        cmocka_unit_test(splits_statements),
        cmocka_unit_test(refuses_cut_dumps),
        cmocka_unit_test(keeps_notes),
        cmocka_unit_test(knows_what_can_be_seen),
        cmocka_unit_test(takes_an_update_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
