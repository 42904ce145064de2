/*
 * Dumps of rows alone, as OpenCart's back office writes them, against a real server (shadow_live.h): which tables the rows go into, rows that come twice,
 * and what is said. tests/e2e/dumps.bats starts the server.
 */
#include "format/oc_escape.h"
#include "shadow_live.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HEAD "INSERT INTO `a` (`id`, `t`) VALUES "

static const char old_a[] = "CREATE TABLE a (id INT NOT NULL AUTO_INCREMENT, t VARCHAR(20), d DATE NOT NULL DEFAULT '0000-00-00', PRIMARY KEY (id), KEY t (t)) "
                            "ENGINE=MyISAM DEFAULT CHARSET=utf8mb4";

/* What the source says; by the tests. */
struct source {
    const char *create; /* NULL: there is none */
    const char *wants;  /* the columns that it has, as "id t " */
    unsigned asked;
};

static int give(void *ctx, const char *table, const char *const *columns, size_t n, struct buf *create, struct err *why)
{
    struct source *x = ctx;
    struct buf names = {0};
    bool fits;

    x->asked++;
    for (size_t i = 0; i < n; i++)
        buf_printf(&names, "%s ", columns[i]);
    fits = x->create && strstr(x->create, table) && (n == 0 || strcmp(buf_cstr(&names), x->wants) == 0);
    buf_free(&names);
    if (fits)
        buf_adds(create, x->create);
    else
        err_fix(why, "take the release 1.2.3");
    return fits;
}

static struct live f;
static struct source source;

/* The live tables: a with rows, in their old form. */
static void begin(enum shadow_mode mode)
{
    real_need();
    live_fresh();
    memset(&source, 0, sizeof source);
    real_run(real_root, "SET sql_mode=''");
    real_run(real_root, old_a);
    real_run(real_root, "INSERT INTO a VALUES (1, 'old', '0000-00-00'), (7, 'old', '2020-01-01')");
    live_open(&f, mode);
    f.o.source = give;
    f.o.ctx = &source;
    live_reopen(&f);
}

static void fresh_facts(void)
{
    sql_facts_free(&f.facts);
    sql_facts_init(&f.facts);
}

static void loads(const char *dump)
{
    fresh_facts();
    live_must(live_load(&f, str_of(dump)));
    live_must(shadow_switch(f.s, &real_err));
    live_must(shadow_recheck(f.s, &real_err));
}

static void refused(const char *dump, enum err_kind kind, const char *words)
{
    fresh_facts();
    err_clear(&real_err);
    assert_int_equal(live_load(&f, str_of(dump)), -1);
    if (real_err.kind != kind || strstr(real_err.text, words) == NULL)
        fail_msg("%d: %s", (int)real_err.kind, real_err.text);
    real_assert_value(real_root, "SELECT GROUP_CONCAT(id, t ORDER BY id) FROM a", "1old,7old");
}

static void said(const char *words)
{
    const struct shadow_report *r = shadow_report(f.s);

    for (size_t i = 0; i < r->remarks.n; i++)
        if (strstr(r->remarks.v[i], words))
            return;
    for (size_t i = 0; i < r->remarks.n; i++)
        print_message("%s\n", r->remarks.v[i]);
    fail_msg("nothing was said of: %s", words);
}

static void rows_are(const char *expected)
{
    real_run(real_root, "USE " LIVE);
    real_assert_value(real_root, "SELECT COALESCE(GROUP_CONCAT(id, t ORDER BY id), 'none') FROM a", expected);
}

static const char equal_dump[] = "TRUNCATE TABLE `a`;\r\n\r\nINSERT INTO `a` (`id`, `t`, `d`) VALUES ('0', 'new', '0000-00-00');\r\n"
                                 "INSERT INTO `a` (`id`, `t`, `d`) VALUES ('2', 'ne;\\nw\\'', '2021-02-03');\r\n\r\n";

static void as_live(void **state)
{
    static const enum shadow_mode modes[] = {SHADOW_DATABASE, SHADOW_NAMES, SHADOW_IN_PLACE};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        begin(modes[i]);
        loads(equal_dump);
        rows_are("0new,2ne;\nw'");
        real_assert_value(real_root, "SELECT CONCAT(d, '') FROM a WHERE id=0", "0000-00-00");
        real_assert_value(real_root, "SELECT engine FROM information_schema.tables WHERE table_schema='" LIVE "' AND table_name='a'",
                          "MyISAM");
        real_assert_value(real_root, "SELECT COUNT(DISTINCT index_name) FROM information_schema.statistics WHERE table_schema='" LIVE "' AND table_name='a'", "2");
        assert_int_equal(source.asked, 0);
        if (modes[i] != SHADOW_IN_PLACE) {
            live_must(shadow_back(f.s, &real_err));
            rows_are("1old,7old");
        }
        live_close(&f);
    }
}

static void as_source(void **state)
{
    static const enum shadow_mode modes[] = {SHADOW_DATABASE, SHADOW_NAMES, SHADOW_IN_PLACE};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        begin(modes[i]);
        source.create = "CREATE TABLE `a` (`id` int NOT NULL AUTO_INCREMENT, `t` text, PRIMARY KEY (`id`)) ENGINE=InnoDB";
        source.wants = "id t ";
        loads("TRUNCATE TABLE `a`;\n\n" HEAD "('3', 'new');\n\n");
        rows_are("3new");
        real_assert_value(real_root, "SELECT GROUP_CONCAT(column_name, data_type ORDER BY ordinal_position) FROM information_schema.columns WHERE table_schema='" LIVE
                                     "' AND table_name='a'", "idint,ttext");
        if (modes[i] != SHADOW_IN_PLACE) {
            live_must(shadow_back(f.s, &real_err));
            rows_are("1old,7old");
            real_assert_value(real_root, "SELECT COUNT(*) FROM information_schema.columns WHERE table_schema='" LIVE "' AND table_name='a'", "3");
        }
        live_close(&f);
    }
}

/* Where the columns differ and nothing fits, both sides and the way on are named. */
static void no_source(void **state)
{
    (void)state;
    begin(SHADOW_DATABASE);
    refused("TRUNCATE TABLE `a`;\n\nINSERT INTO `a` (`id`, `x`, `y`) VALUES ('3', 'new', '');\n\n", ERR_REFUSED,
            "table a, of another version than the live one: it has the columns x, y and lacks t, d");
    assert_string_equal(real_err.fix, "take the release 1.2.3");
    refused("TRUNCATE TABLE `a`;\n\n" HEAD "('3', 'new');\n\n", ERR_REFUSED, "it lacks the columns d");
    refused("TRUNCATE TABLE `b`;\n\nINSERT INTO `b` (`id`) VALUES ('3');\n\n", ERR_REFUSED, "only rows for table b, and there is no such live table");
    refused("TRUNCATE TABLE `b`;\n\n\n", ERR_REFUSED, "there is no such live table");
    live_close(&f);
}

/* Tables without rows are as the live ones, unless others had to come from the source: then that goes first. */
static void without_rows(void **state)
{
    (void)state;
    begin(SHADOW_DATABASE);
    source.create = "CREATE TABLE `a` (`id` int NOT NULL, PRIMARY KEY (`id`))";
    source.wants = "id ";
    loads("TRUNCATE TABLE `a`;\n\n\n");
    rows_are("none");
    real_assert_value(real_root, "SELECT COUNT(*) FROM information_schema.columns WHERE table_schema='" LIVE "' AND table_name='a'", "3");
    live_close(&f);
    begin(SHADOW_DATABASE);
    real_run(real_root, "CREATE TABLE b (id INT NOT NULL, x INT)");
    source.create = "CREATE TABLE `a` (`id` int NOT NULL, PRIMARY KEY (`id`))";
    source.wants = "id ";
    loads("TRUNCATE TABLE `b`;\n\n\nTRUNCATE TABLE `a`;\n\nINSERT INTO `a` (`id`) VALUES ('1');\n\n");
    real_assert_value(real_root, "SELECT COUNT(*) FROM " LIVE ".b", "0");
    /* Of b the source knows nothing: it was asked, and the live one taken. */
    assert_true(source.asked > 1);
    live_close(&f);
}

#define ROW(id, t) "INSERT INTO `a` (`id`, `t`, `d`) VALUES ('" id "', '" t "', '2020-01-01');\n"
#define EMPTY      "TRUNCATE TABLE `a`;\n\n"

static void same_rows_again(void **state)
{
    (void)state;
    begin(SHADOW_DATABASE);
    loads(EMPTY ROW("1", "x") ROW("2", "y") ROW("1", "x") ROW("2", "y") ROW("3", "z") "\n");
    rows_are("1x,2y,3z");
    said("table a: 2 rows come twice in the dump, the first again at line 5");
    assert_int_equal(shadow_report(f.s)->rows, 3);
    live_close(&f);
}

static void other_row_of_a_key(void **state)
{
    static const char dump[] = EMPTY ROW("1", "x") ROW("2", "y") ROW("1", "later") ROW("3", "z") "\n";

    (void)state;
    begin(SHADOW_DATABASE);
    refused(dump, ERR_FORMAT, "the rows at line 3 and at line 5 have the same key");
    assert_non_null(strstr(real_err.fix, "--salvage"));
    f.o.salvage = true;
    live_reopen(&f);
    loads(dump);
    rows_are("1later,2y,3z");
    said("of 1 key the dump has two different rows");
    live_close(&f);
    begin(SHADOW_IN_PLACE);
    loads(dump);
    rows_are("1later,2y,3z");
    live_close(&f);
}

static void emptied_twice(void **state)
{
    static const char lost[] = EMPTY ROW("1", "x") ROW("2", "y") EMPTY ROW("1", "later") "\n";

    (void)state;
    begin(SHADOW_DATABASE);
    loads(EMPTY ROW("1", "x") ROW("2", "y") EMPTY ROW("2", "later") ROW("1", "x") ROW("3", "z") "\n");
    rows_are("1x,2later,3z");
    said("all rows in front of that come again");
    live_close(&f);
    begin(SHADOW_DATABASE);
    refused(lost, ERR_FORMAT, "table a is emptied at line 5 after rows had come from line 3 on, and 1 of these, the first at line 4, does not come again");
    f.o.salvage = true;
    live_reopen(&f);
    loads(lost);
    rows_are("1later,2y");
    said("1 row stands only in front of that");
    live_close(&f);
    /* Nobody can stop on the live tables. */
    begin(SHADOW_IN_PLACE);
    loads(lost);
    rows_are("1later,2y");
    live_close(&f);
}

/* Two at a time: pages of two runs side by side give the same rows in the end. */
static void side_by_side(void **state)
{
    (void)state;
    begin(SHADOW_DATABASE);
    real_run(real_root, "CREATE TABLE b (id INT NOT NULL, PRIMARY KEY (id))");
    loads(EMPTY ROW("1", "x") EMPTY ROW("1", "x") ROW("2", "y") "\n" ROW("2", "y") "\nTRUNCATE TABLE `b`;\n\nINSERT INTO `b` (`id`) VALUES ('1');\n\n"
          "TRUNCATE TABLE `b`;\n\nINSERT INTO `b` (`id`) VALUES ('1');\n\n");
    rows_are("1x,2y");
    real_assert_value(real_root, "SELECT COUNT(*) FROM " LIVE ".b", "1");
    live_close(&f);
}

static void without_a_key(void **state)
{
    (void)state;
    begin(SHADOW_DATABASE);
    real_run(real_root, "CREATE TABLE b (x INT)");
    loads("TRUNCATE TABLE `b`;\n\nINSERT INTO `b` (`x`) VALUES ('1');\nINSERT INTO `b` (`x`) VALUES ('1');\n\n");
    real_assert_value(real_root, "SELECT COUNT(*) FROM " LIVE ".b", "2");
    live_close(&f);
}

static void heads(void **state)
{
    (void)state;
    begin(SHADOW_DATABASE);
    refused(EMPTY ROW("1", "x") HEAD "('2', 'y');\n\n", ERR_REFUSED, "other columns than those in front of them");
    refused(EMPTY "INSERT INTO `a` (`id`, `t`, `d`, `t`) VALUES ('1', 'a', '2020-01-01', 'b');\n\n", ERR_DB, "specified twice");
    /* Without names the columns are the live ones. */
    loads(EMPTY "INSERT INTO `a` VALUES ('1', 'a', '2020-01-01');\n\n");
    rows_are("1a");
    live_close(&f);
}

static void old_escapes(void **state)
{
    (void)state;
    begin(SHADOW_DATABASE);
    f.o.repair = oc_escape_repair;
    live_reopen(&f);
    loads(EMPTY ROW("1", "a\\\\0b\\\\Z\"") ROW("2", "") "\n");
    real_assert_value(real_root, "SELECT HEX(t) FROM " LIVE ".a WHERE id=1", "6100621A22");
    said("1 row got the NUL bytes and 0x1A back");
    said("a.t may be NULL, which OpenCart wrote as '' before 3.0.3.9: 1 row has ''");
    live_close(&f);
    begin(SHADOW_DATABASE);
    loads(EMPTY ROW("1", "a\\\\0b\\\\Z\"") "\n");
    real_assert_value(real_root, "SELECT HEX(t) FROM " LIVE ".a WHERE id=1", "615C30625C5A22");
    live_close(&f);
}

/* The names of the source are those of live tables, those of the dump have its prefix. */
static void prefixes(void **state)
{
    (void)state;
    begin(SHADOW_DATABASE);
    real_run(real_root, "CREATE TABLE s_b (id INT NOT NULL, x INT, PRIMARY KEY (id))");
    source.create = "CREATE TABLE `s_b` (`id` int NOT NULL, PRIMARY KEY (`id`)) ENGINE=MyISAM";
    source.wants = "id ";
    f.o.prefix = "s_";
    f.o.from_prefix = "oc_";
    live_reopen(&f);
    loads("TRUNCATE TABLE `oc_b`;\n\nINSERT INTO `oc_b` (`id`) VALUES ('5');\n\n");
    real_assert_value(real_root, "SELECT id FROM " LIVE ".s_b", "5");
    real_assert_value(real_root, "SELECT COUNT(*) FROM information_schema.columns WHERE table_schema='" LIVE "' AND table_name='s_b'", "1");
    live_close(&f);
}

/* A source that is wrong or hostile makes no table and changes none. */
static void bad_sources(void **state)
{
    static const char dump[] = EMPTY HEAD "('1', 'x');\n\n";
    static const char *const bad[] = {"DROP TABLE `a`", "CREATE TABLE `a` (`id` int", "CREATE TABLE `mysql`.`a` (`id` int)",
                                      "CREATE TABLE `a` (`id` int NOT NULL, PRIMARY KEY (`id`))"};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        begin(SHADOW_DATABASE);
        source.create = bad[i];
        source.wants = "id t ";
        assert_int_equal(live_load(&f, str_of(dump)), -1);
        rows_are("1old,7old");
        live_close(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_live),         cmocka_unit_test(as_source),          cmocka_unit_test(no_source),     cmocka_unit_test(without_rows),
        cmocka_unit_test(same_rows_again), cmocka_unit_test(other_row_of_a_key), cmocka_unit_test(emptied_twice), cmocka_unit_test(side_by_side),
        cmocka_unit_test(without_a_key),   cmocka_unit_test(heads),              cmocka_unit_test(old_escapes),   cmocka_unit_test(prefixes),
        cmocka_unit_test(bad_sources),
    };

    return cmocka_run_group_tests(tests, live_begin, live_end);
}
