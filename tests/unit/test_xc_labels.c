/*
 * Labels written to a real server. tests/e2e/labels.bats starts one and names its socket in TEST_DB_SOCKET
 * (root without a password); without it nothing is tested.
 *
 *   TEST_LABELS_SPEED=1   compares with one round trip per statement and label, and prints the ratio
 */
#include "platform/xcart5/labels.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct mysql *db;
static struct err e;

#define T(n, c, t)                                                                                           \
    {                                                                                                        \
        .name = {n, sizeof(n) - 1}, .code = {c, sizeof(c) - 1}, .text = { t, sizeof(t) - 1 }                 \
    }

static void sql(const char *text)
{
    if (mysql_exec(db, str_of(text), NULL, &e) != 0)
        fail_msg("%s: %s", text, e.text);
}

/* All rows of a query, cells with | and rows with ; behind them. */
static const char *rows(const char *query)
{
    static struct buf out;
    const struct mysql_cell *cell;
    int got;

    buf_reset(&out);
    if (mysql_query(db, str_of(query), &e) != 0)
        fail_msg("%s: %s", query, e.text);
    while ((got = mysql_row(db, &cell, &e)) == 1) {
        for (size_t i = 0; i < mysql_columns(db); i++) {
            if (i > 0)
                buf_addc(&out, '|');
            if (cell[i].is_null)
                buf_adds(&out, "NULL");
            else
                buf_addstr(&out, cell[i].s);
        }
        buf_addc(&out, ';');
    }
    assert_int_equal(got, 0);
    return buf_cstr(&out);
}

static const char *const texts_query = "SELECT l.name, t.code, t.label FROM xc_language_labels l JOIN "
                                       "xc_language_label_translations t ON t.id = "
                                       "l.label_id ORDER BY l.label_id, t.label_id";

static void make_tables(const char *name_type, const char *charset)
{
    char text[600];

    sql("DROP TABLE IF EXISTS xc_language_label_translations");
    sql("DROP TABLE IF EXISTS xc_language_labels");
    snprintf(text, sizeof text,
             "CREATE TABLE xc_language_labels (label_id int unsigned AUTO_INCREMENT PRIMARY KEY, name %s NOT "
             "NULL, "
             "UNIQUE KEY name (name)) ENGINE=InnoDB DEFAULT CHARSET=%s",
             name_type, charset);
    sql(text);
    snprintf(text, sizeof text,
             "CREATE TABLE xc_language_label_translations (label_id int AUTO_INCREMENT PRIMARY KEY, id int "
             "unsigned "
             "NULL, label longtext NULL, code char(2) NOT NULL, KEY ci (code, id), KEY id (id), CONSTRAINT "
             "fk FOREIGN "
             "KEY (id) REFERENCES xc_language_labels (label_id) ON DELETE CASCADE) ENGINE=InnoDB DEFAULT "
             "CHARSET=%s",
             charset);
    sql(text);
}

static int setup(void **state)
{
    struct mysql_opts o = {0};
    int rc;

    (void)state;
    if (getenv("TEST_DB_SOCKET") == NULL)
        return 0;
    mysql_opts_set(&o.socket, str_of(getenv("TEST_DB_SOCKET")));
    mysql_opts_set(&o.user, STR("root"));
    rc = mysql_open(&db, &o, &e);
    mysql_opts_free(&o);
    if (rc == 0) {
        sql("CREATE DATABASE IF NOT EXISTS labels_test CHARACTER SET utf8mb4");
        sql("USE labels_test");
    }
    return rc;
}

static int teardown(void **state)
{
    (void)state;
    mysql_close(db);
    return 0;
}

static void need_db(void)
{
    if (db == NULL)
        skip();
}

static void load(const struct xc_label_text *v, size_t n, bool dry, struct xc_labels_result *r)
{
    if (xc_labels_load(db, "xc_", v, n, dry, r, &e) != 0)
        fail_msg("%s", e.text);
    assert_false(mysql_in_transaction(db));
}

static void expect_counts(const struct xc_labels_result *r, unsigned labels_added, unsigned texts_added,
                          unsigned filled, unsigned there, unsigned problems)
{
    assert_int_equal(r->labels_added, labels_added);
    assert_int_equal(r->texts_added, texts_added);
    assert_int_equal(r->texts_filled, filled);
    assert_int_equal(r->there, there);
    assert_int_equal(r->problems_count, problems);
}

static const struct xc_label_text some[] = {
    T("Old", "en", "changed by the vendor"),
    T("Old", "ru", "\xd1\x81\xd1\x82\xd0\xb0\xd1\x80"),
    T("old", "en", "lower case"),
    T("Empty", "en", "filled"),
    T("New", "en", "It's <b>{{name}}</b> \\ \"q\""),
    T("New", "en", "second in the file"),
    T("New", "fr", ""),
    T("Gone", "de", "only the row was there"),
};

static const char *const name_types[] = {"varbinary(255)", "varchar(255) CHARACTER SET utf8 COLLATE utf8_bin",
                                         "varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"};

static void test_semantics(void **state)
{
    (void)state;
    need_db();
    for (size_t i = 0; i < sizeof name_types / sizeof *name_types; i++) {
        struct xc_labels_result r;
        char before[1000];

        make_tables(name_types[i], i < 2 ? "utf8 COLLATE utf8_unicode_ci" : "utf8mb4");
        sql("INSERT INTO xc_language_labels (label_id, name) VALUES (5, 'Old'), (7, 'Empty'), (8, 'Gone'), "
            "(9, 'Other')");
        sql("INSERT INTO xc_language_label_translations (id, label, code) VALUES (5, 'mine', 'en'), (7, "
            "NULL, 'en'), "
            "(9, NULL, 'en'), (NULL, 'orphan', 'en')");
        snprintf(before, sizeof before, "%s", rows("SELECT * FROM xc_language_label_translations"));

        load(some, sizeof some / sizeof *some, true, &r);
        expect_counts(&r, 2, 5, 1, 1, 0);
        assert_int_equal(r.labels, 5);
        assert_int_equal(r.texts, 7);
        assert_string_equal(rows("SELECT * FROM xc_language_label_translations"), before);
        assert_string_equal(rows("SELECT COUNT(*) FROM xc_language_labels"), "4;");
        xc_labels_result_free(&r);

        load(some, sizeof some / sizeof *some, false, &r);
        expect_counts(&r, 2, 5, 1, 1, 0);
        xc_labels_result_free(&r);
        assert_string_equal(rows(texts_query),
                            "Old|en|mine;Old|ru|\xd1\x81\xd1\x82\xd0\xb0\xd1\x80;Empty|en|filled;"
                            "Gone|de|only the row was there;Other|en|NULL;old|en|lower case;"
                            "New|en|It's <b>{{name}}</b> \\ \"q\";New|fr|;");
        assert_string_equal(rows("SELECT label FROM xc_language_label_translations WHERE id IS NULL"),
                            "orphan;");

        /* Again: nothing left to do, nothing changed. */
        snprintf(before, sizeof before, "%s", rows("SELECT * FROM xc_language_label_translations"));
        load(some, sizeof some / sizeof *some, false, &r);
        expect_counts(&r, 0, 0, 0, 7, 0);
        xc_labels_result_free(&r);
        assert_string_equal(rows("SELECT * FROM xc_language_label_translations"), before);
    }
}

static void test_collisions(void **state)
{
    static const struct xc_label_text v[] = {
        T("There ", "en", "padded"), T("There ", "ru", "padded"), T("Two", "en", "first"),
        T("Two  ", "en", "second"),  T("There", "en", "plain"),   T("Fine", "en", "x"),
    };
    struct xc_labels_result r;

    (void)state;
    need_db();
    for (size_t i = 0; i < sizeof name_types / sizeof *name_types; i++) {
        bool pads = i > 0;

        make_tables(name_types[i], i < 2 ? "utf8" : "utf8mb4");
        sql("INSERT INTO xc_language_labels (name) VALUES ('There')");
        for (int dry = 1; dry >= 0; dry--) {
            load(v, sizeof v / sizeof *v, dry != 0, &r);
            if (pads)
                expect_counts(&r, 2, 3, 0, 0, 3);
            else
                expect_counts(&r, 4, 6, 0, 0, 0);
            if (pads) {
                assert_int_equal(r.problems.n, 3);
                assert_int_equal(r.problems.v[0].why, XC_LABEL_COLLIDES);
                assert_true(str_is(r.problems.v[0].name, "There "));
                assert_true(str_is(r.problems.v[2].name, "Two  "));
            }
            xc_labels_result_free(&r);
        }
        assert_string_equal(rows("SELECT COUNT(*) FROM xc_language_label_translations"), pads ? "3;" : "6;");
    }

    /* A collation that only the server knows in full. */
    make_tables("varchar(255) CHARACTER SET utf8 COLLATE utf8_unicode_ci", "utf8");
    sql("INSERT INTO xc_language_labels (name) VALUES ('\xc3\x89tat'), ('CASE')");
    {
        static const struct xc_label_text w[] = {T("etat", "en", "no"), T("case", "en", "no"),
                                                 T("free", "en", "yes")};

        load(w, 3, false, &r);
        expect_counts(&r, 1, 1, 0, 0, 2);
        xc_labels_result_free(&r);
        assert_string_equal(rows(texts_query), "free|en|yes;");
    }
}

static void test_not_storable(void **state)
{
    static char long_name[300];
    struct xc_label_text v[] = {
        T("Emoji \xf0\x9f\x98\x80", "en", "x"),
        T("Text", "en", "\xf0\x9f\x98\x80"),
        T("", "en", "no name"),
        T("Code", "eng", "x"),
        T("Bad \xff", "en", "x"),
        {.name = {long_name, 256}, .code = STR("en"), .text = STR("x")},
        {.name = {long_name, 255}, .code = STR("en"), .text = STR("x")},
        T("Bytes", "en", "a\xff"),
        {.name = STR("Null"), .code = STR("en"), .text = {NULL, 0}},
    };
    struct xc_labels_result r;

    (void)state;
    need_db();
    memset(long_name, 'n', sizeof long_name);
    for (int strict = 0; strict < 2; strict++) {
        sql(strict ? "SET sql_mode = 'STRICT_TRANS_TABLES'" : "SET sql_mode = ''");
        make_tables(name_types[1], "utf8");
        load(v, sizeof v / sizeof *v, false, &r);
        expect_counts(&r, 1, 1, 0, 0, 7);
        assert_int_equal(r.problems.v[0].why, XC_LABEL_NAME);
        assert_int_equal(r.problems.v[1].why, XC_LABEL_TEXT);
        assert_int_equal(r.problems.v[3].why, XC_LABEL_CODE);
        xc_labels_result_free(&r);
        assert_string_equal(rows("SELECT LENGTH(name) FROM xc_language_labels"), "255;");
    }
    make_tables(name_types[2], "utf8mb4");
    load(v, sizeof v / sizeof *v, false, &r);
    expect_counts(&r, 3, 3, 0, 0, 5);
    xc_labels_result_free(&r);
    make_tables(name_types[0], "utf8mb4");
    load(v, sizeof v / sizeof *v, false, &r);
    expect_counts(&r, 4, 4, 0, 0, 4); /* bytes are bytes in a varbinary name */
    xc_labels_result_free(&r);
}

static void test_duplicate_rows(void **state)
{
    static const struct xc_label_text v[] = {T("A", "en", "text"), T("B", "en", "text")};
    struct xc_labels_result r;

    (void)state;
    need_db();
    make_tables(name_types[1], "utf8");
    sql("INSERT INTO xc_language_labels (label_id, name) VALUES (1, 'A'), (2, 'B')");
    sql("INSERT INTO xc_language_label_translations (id, label, code) VALUES (1, NULL, 'en'), (1, 'kept', "
        "'en'), "
        "(2, NULL, 'en'), (2, NULL, 'en')");
    load(v, 2, false, &r);
    expect_counts(&r, 0, 0, 2, 1, 0);
    xc_labels_result_free(&r);
    assert_string_equal(rows(texts_query), "A|en|NULL;A|en|kept;B|en|text;B|en|text;");
}

static void test_failures_roll_back(void **state)
{
    struct xc_labels_result r;

    (void)state;
    need_db();
    sql("DROP TABLE IF EXISTS xc_language_label_translations");
    assert_int_equal(xc_labels_load(db, "xc_", some, 3, false, &r, &e), -1);
    assert_int_equal(e.kind, ERR_ABSENT);
    assert_non_null(strstr(e.text, "xc_language_label_translations"));
    xc_labels_result_free(&r);

    make_tables(name_types[1], "utf8");
    sql("CREATE TRIGGER xc_refuse BEFORE INSERT ON xc_language_label_translations FOR EACH ROW BEGIN IF "
        "NEW.code = 'ru' "
        "THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no russian'; END IF; END");
    assert_int_equal(xc_labels_load(db, "xc_", some, sizeof some / sizeof *some, false, &r, &e), -1);
    assert_int_equal(e.kind, ERR_DB);
    assert_non_null(strstr(e.text, "no russian"));
    assert_false(mysql_in_transaction(db));
    xc_labels_result_free(&r);
    assert_string_equal(rows("SELECT COUNT(*) FROM xc_language_labels"), "0;");

    /* A server that says yes and stores something else is found out. */
    make_tables(name_types[1], "utf8");
    sql("CREATE TRIGGER xc_lose BEFORE INSERT ON xc_language_label_translations FOR EACH ROW SET NEW.label = "
        "NULL");
    assert_int_equal(xc_labels_load(db, "xc_", some, 1, false, &r, &e), -1);
    assert_int_equal(e.kind, ERR_MISMATCH);
    assert_non_null(strstr(e.text, "Old"));
    xc_labels_result_free(&r);
}

static void test_nothing(void **state)
{
    struct xc_labels_result r;

    (void)state;
    need_db();
    make_tables(name_types[1], "utf8");
    load(some, 0, false, &r);
    expect_counts(&r, 0, 0, 0, 0, 0);
    xc_labels_result_free(&r);
}

static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* As many labels as the core of 5.3.6 has, in two languages, and texts that make several statements. */
static void test_many(void **state)
{
    enum { LABELS = 3300 };
    struct xc_label_text *v;
    struct xc_labels_result r;
    struct arena mem = {0};
    char *filler;
    size_t n = 0;

    (void)state;
    need_db();
    filler = arena_alloc(&mem, 2001);
    memset(filler, 'x', 2000);
    v = arena_array(&mem, (size_t)LABELS * 2, sizeof *v);
    for (int i = 0; i < LABELS; i++) {
        const char *name = arena_printf(&mem, "Label number %d of {{count}}", i);

        v[n++] = (struct xc_label_text){
            .name = str_of(name), .code = STR("en"), .text = {filler, (size_t)(i % 2000)}};
        v[n++] = (struct xc_label_text){
            .name = str_of(name), .code = STR("ru"), .text = {filler, (size_t)(i % 100)}};
    }
    make_tables(name_types[1], "utf8");
    load(v, n, false, &r);
    expect_counts(&r, LABELS, LABELS * 2, 0, 0, 0);
    xc_labels_result_free(&r);
    load(v, n, true, &r);
    expect_counts(&r, 0, 0, 0, LABELS * 2, 0);
    xc_labels_result_free(&r);
    assert_string_equal(rows("SELECT COUNT(*), SUM(LENGTH(label)) FROM xc_language_label_translations"),
                        "6600|3006700;");

    arena_free(&mem);
}

/* The core's labels in one language, texts of the usual length, against the statements that do the same for one
 * label at a time. */
static void test_speed(void **state)
{
    enum { LABELS = 3300 };
    struct xc_label_text *v;
    struct xc_labels_result r;
    struct arena mem = {0};
    double start, ours, one_by_one;

    (void)state;
    if (db == NULL || getenv("TEST_LABELS_SPEED") == NULL)
        skip();
    v = arena_array(&mem, LABELS, sizeof *v);
    for (int i = 0; i < LABELS; i++) {
        const char *text = arena_printf(&mem, "The order %d was placed by {{name}}", i);

        v[i] = (struct xc_label_text){.name = str_of(text), .code = STR("en"), .text = str_of(text)};
    }
    make_tables(name_types[1], "utf8");
    start = seconds();
    load(v, LABELS, false, &r);
    ours = seconds() - start;
    xc_labels_result_free(&r);
    make_tables(name_types[1], "utf8");
    start = seconds();
    for (size_t i = 0; i < LABELS; i++) {
        struct buf q = {0};

        mysql_sqlf(db, &q, "INSERT IGNORE INTO xc_language_labels (name) VALUES (%S)", v[i].name);
        assert_int_equal(mysql_exec(db, buf_str(&q), NULL, &e), 0);
        buf_reset(&q);
        mysql_sqlf(
            db, &q,
            "UPDATE xc_language_label_translations t JOIN xc_language_labels l ON l.label_id = t.id SET "
            "t.label = %S WHERE BINARY l.name = BINARY %S AND t.code = %S AND t.label IS NULL",
            v[i].text, v[i].name, v[i].code);
        assert_int_equal(mysql_exec(db, buf_str(&q), NULL, &e), 0);
        buf_reset(&q);
        mysql_sqlf(
            db, &q,
            "INSERT INTO xc_language_label_translations (id, label, code) SELECT l.label_id, %S, %S FROM "
            "xc_language_labels l WHERE BINARY l.name = BINARY %S AND NOT EXISTS (SELECT 1 FROM "
            "xc_language_label_translations t WHERE t.id = l.label_id AND t.code = %S)",
            v[i].text, v[i].code, v[i].name, v[i].code);
        assert_int_equal(mysql_exec(db, buf_str(&q), NULL, &e), 0);
        buf_free(&q);
    }
    one_by_one = seconds() - start;
    print_message("labels: %.3f s in sets, %.3f s one by one: %.0f times\n", ours, one_by_one,
                  one_by_one / ours);
    arena_free(&mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_semantics),
        cmocka_unit_test(test_collisions),
        cmocka_unit_test(test_not_storable),
        cmocka_unit_test(test_duplicate_rows),
        cmocka_unit_test(test_failures_roll_back),
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_speed),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
