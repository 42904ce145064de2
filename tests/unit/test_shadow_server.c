/*
 * Loading dumps, changing places and changing back against a real server (shadow_live.h). tests/e2e/dumps.bats starts one:
 *
 *   TEST_DB_SOCKET    its socket, with a root that has no password; without it nothing is tested
 *
 * With words behind it the program is a tool for that file:
 *
 *   test_shadow_server load|switch|back|drop|state DATABASE TAG MODE CONNECTIONS PREFIX [FILE…]
 */
#include "shadow_live.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define PIECE ((size_t)65536)

/* ---- as a tool ---- */

static enum shadow_mode mode_of(const char *word)
{
    enum shadow_mode m;

    for (m = SHADOW_AUTO; m < SHADOW_IN_PLACE; m++)
        if (strcmp(word, shadow_mode_name(m)) == 0)
            return m;
    return SHADOW_IN_PLACE;
}

static int tool_file(struct shadow *s, const char *path)
{
    static char piece[PIECE];
    ssize_t n;
    int r;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return err_sys(&real_err, "%s", path);
    r = shadow_file(s, path, &real_err);
    while (r == 0 && (n = read(fd, piece, sizeof piece)) > 0)
        r = shadow_feed(s, (struct str){piece, (size_t)n}, &real_err);
    close(fd);
    return r == 0 ? shadow_file_end(s, &real_err) : -1;
}

static void tool_report(const struct shadow *s)
{
    const struct shadow_report *r = shadow_report(s);
    size_t i;

    printf("%s: %zu tables, %llu rows, %zu views, %zu triggers, %zu routines, %u connections\n", shadow_where(s), r->tables,
           (unsigned long long)r->rows, r->views, r->triggers, r->routines, r->connections);
    for (i = 0; i < r->passed_over.n; i++)
        printf("passed over: %s\n", r->passed_over.v[i]);
    for (i = 0; i < r->staying.n; i++)
        printf("staying: %s\n", r->staying.v[i]);
    for (i = 0; i < r->remarks.n; i++)
        printf("remark: %s\n", r->remarks.v[i]);
}

static int tool_load(struct shadow *s, char **files)
{
    struct sql_facts facts;
    int r;

    sql_facts_init(&facts);
    r = shadow_load_begin(s, &facts, &real_err);
    for (; r == 0 && *files != NULL; files++)
        r = tool_file(s, *files);
    if (r == 0)
        r = shadow_load_end(s, &real_err);
    if (r == 0)
        tool_report(s);
    sql_facts_free(&facts);
    return r;
}

static int tool(int argc, char **argv)
{
    static const char *const states[] = {"none", "ready", "switched", "back"};
    struct mysql_opts db = {0};
    struct shadow_opts o = {.db = &db};
    struct shadow *s = NULL;
    uint64_t bytes;
    int r;

    if (argc < 7)
        return 2;
    mysql_opts_set(&db.socket, str_of(getenv("TEST_DB_SOCKET")));
    mysql_opts_set(&db.user, str_of(getenv("TEST_DB_USER") != NULL ? getenv("TEST_DB_USER") : "root"));
    mysql_opts_set(&db.database, str_of(argv[2]));
    o.tag = argv[3];
    o.mode = mode_of(argv[4]);
    o.connections = (unsigned)strtoul(argv[5], NULL, 10);
    o.prefix = argv[6];
    o.from_prefix = getenv("TEST_FROM_PREFIX");
    r = shadow_open(&s, &o, &real_err);
    if (r == 0 && strcmp(argv[1], "load") == 0)
        r = tool_load(s, argv + 7);
    else if (r == 0 && strcmp(argv[1], "switch") == 0)
        r = shadow_switch(s, &real_err) != 0 || shadow_recheck(s, &real_err) != 0 ? -1 : 0;
    else if (r == 0 && strcmp(argv[1], "back") == 0)
        r = shadow_back(s, &real_err) != 0 || shadow_recheck(s, &real_err) != 0 ? -1 : 0;
    else if (r == 0 && strcmp(argv[1], "drop") == 0)
        r = shadow_drop(s, &bytes, &real_err);
    if (r == 0)
        printf("state: %s\n", states[shadow_state(s)]);
    else
        printf("error %d: %s\nfix: %s\n", (int)real_err.kind, real_err.text, real_err.fix);
    shadow_close(s);
    mysql_opts_free(&db);
    return r == 0 ? 0 : 1;
}

/* ---- as a test ---- */

static void there_and_back(enum shadow_mode mode)
{
    struct live f;
    uint64_t bytes;

    live_fresh();
    live_open(&f, mode);
    assert_int_equal(shadow_state(f.s), SHADOW_NONE);
    live_must(live_load(&f, str_of(live_new_dump)));
    assert_int_equal(shadow_state(f.s), SHADOW_READY);
    assert_int_equal(shadow_report(f.s)->tables, 2);
    assert_int_equal(shadow_report(f.s)->rows, 4);
    assert_int_equal(shadow_report(f.s)->staying.n, 2);
    live_assert("old");
    live_close(&f);
    live_open(&f, mode);
    assert_int_equal(shadow_state(f.s), SHADOW_READY);
    live_must(shadow_switch(f.s, &real_err));
    live_assert("new");
    real_assert_value(real_root, "SELECT HEX(u) FROM p WHERE id=1", "F09F9A91");
    live_must(shadow_switch(f.s, &real_err));
    live_must(shadow_recheck(f.s, &real_err));
    live_close(&f);
    live_open(&f, mode);
    assert_int_equal(shadow_state(f.s), SHADOW_SWITCHED);
    assert_int_equal(shadow_load_begin(f.s, &f.facts, &real_err), -1);
    live_must(shadow_back(f.s, &real_err));
    live_assert("old");
    live_must(shadow_back(f.s, &real_err));
    live_must(shadow_recheck(f.s, &real_err));
    assert_int_equal(shadow_switch(f.s, &real_err), -1);
    live_must(shadow_drop(f.s, &bytes, &real_err));
    assert_true(bytes > 0);
    live_assert("old");
    assert_false(live_has("SELECT COUNT(*) FROM information_schema.tables WHERE table_schema LIKE '" LIVE "%' AND (table_schema<>'" LIVE
                          "' OR table_name LIKE '\\_tk%')"));
    live_close(&f);
}

static void test_database(void **state)
{
    (void)state;
    real_need();
    there_and_back(SHADOW_AUTO);
}

static void test_names(void **state)
{
    (void)state;
    real_need();
    there_and_back(SHADOW_NAMES);
}

static void test_refusals(void **state)
{
    static const struct {
        const char *text;
        enum err_kind kind;
        const char *words;
    } all[] = {
        {"CREATE TABLE a (id int);\nINSERT INTO elsewhere.a VALUES (1);\n", ERR_REFUSED, "dump.sql: line 2, byte 25"},
        {"CREATE TABLE a (id int);\nGRANT ALL ON *.* TO x;\n", ERR_REFUSED, "dump.sql: line 2"},
        {"DROP DATABASE mysql;\n", ERR_REFUSED, "line 1"},
        {"USE one;\nUSE two;\n", ERR_REFUSED, "a second database (two, the first one is one)"},
        {"CREATE TEMPORARY TABLE a (id int);\n", ERR_REFUSED, "line 1"},
        {"CREATE TABLE a (id int) ENGINE=FEDERATED;\n", ERR_REFUSED, "an engine that reaches"},
        {"CREATE VIEW v AS SELECT * FROM mysql.user;\n", ERR_REFUSED, "line 1"},
        {"INSERT INTO nowhere VALUES (1);\n", ERR_REFUSED, "only rows for table nowhere"},
        {"TRUNCATE TABLE p;\nINSERT INTO p (id, t, more) VALUES (1, 'x', 2);\n", ERR_REFUSED,
         "line 2, byte 18: the dump has rows for column more of table p"},
        {"CREATE TABLE a (id int primary key) ENGINE=InnoDB;\nINSERT INTO a VALUES (1),\n(2),\n(1);\n", ERR_DB,
         "dump.sql: line 4, byte 82: table a: Duplicate entry"},
        {"CREATE TABLE a (id int, nonsense);\n", ERR_DB, "dump.sql: line 1, byte 0: table a"},
        {"CREATE TABLE a (id int);\nINSERT INTO a VALUES (1),\n(2", ERR_FORMAT, "cut short"},
    };
    size_t i;

    (void)state;
    real_need();
    live_fresh();
    for (i = 0; i < sizeof all / sizeof *all; i++) {
        struct live f;

        live_open(&f, SHADOW_AUTO);
        err_clear(&real_err);
        assert_int_equal(live_load(&f, str_of(all[i].text)), -1);
        if (real_err.kind != all[i].kind || !str_has(str_of(real_err.text), str_of(all[i].words)))
            fail_msg("%zu: %d: %s", i, (int)real_err.kind, real_err.text);
        assert_int_equal(shadow_state(f.s), SHADOW_NONE);
        live_close(&f);
        assert_false(live_has("SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name LIKE '" LIVE "\\_\\_tk%'"));
    }
    live_assert("old");
}

static void test_rows_alone(void **state)
{
    struct live f;

    (void)state;
    real_need();
    live_fresh();
    real_run(real_root, "CREATE VIEW v AS SELECT id FROM gone");
    live_open(&f, SHADOW_AUTO);
    live_must(live_load(&f, STR("TRUNCATE TABLE `p`;\n\nINSERT INTO `p` (`id`, `t`) VALUES ('7', 'first');\n"
                                "TRUNCATE TABLE `p`;\n\nINSERT INTO `p` (`id`, `t`) VALUES ('0', 'zero');\n"
                                "INSERT INTO `p` (`id`, `t`) VALUES ('8', 'second');\n")));
    assert_int_equal(shadow_report(f.s)->rows, 2);
    live_must(shadow_switch(f.s, &real_err));
    real_assert_value(real_root, "SELECT GROUP_CONCAT(id, t ORDER BY id) FROM " LIVE ".p", "0zero,8second");
    live_must(shadow_back(f.s, &real_err));
    live_must(shadow_drop(f.s, NULL, &real_err));
    live_close(&f);
    /* A view is no pattern for a table. */
    live_open(&f, SHADOW_AUTO);
    assert_int_equal(live_load(&f, STR("INSERT INTO `v` (`id`) VALUES ('7');\n")), -1);
    assert_int_equal(real_err.kind, ERR_FORMAT);
    live_close(&f);
    live_assert("old");
}

static void test_prefix(void **state)
{
    struct live f;

    (void)state;
    real_need();
    live_fresh();
    live_open(&f, SHADOW_AUTO);
    f.o.prefix = "my_";
    f.o.from_prefix = "cs_";
    live_reopen(&f);
    live_must(live_load(&f, STR("CREATE TABLE cs_a (id int primary key);\nINSERT INTO cs_a VALUES (4);\n"
                                "CREATE TABLE cs_b (id int primary key, a int, foreign key (a) references cs_a (id));\n"
                                "CREATE TABLE wp_posts (id int);\nINSERT INTO wp_posts VALUES (1),(2);\n")));
    assert_int_equal(shadow_report(f.s)->passed_over.n, 1);
    assert_string_equal(shadow_report(f.s)->passed_over.v[0], "wp_posts");
    live_must(shadow_switch(f.s, &real_err));
    real_assert_value(real_root, "SELECT id FROM " LIVE ".my_a", "4");
    real_assert_value(real_root,
                      "SELECT referenced_table_name FROM information_schema.key_column_usage WHERE table_schema='" LIVE
                      "' AND table_name='my_b' AND referenced_table_name IS NOT NULL",
                      "my_a");
    live_must(shadow_back(f.s, &real_err));
    live_must(shadow_drop(f.s, NULL, &real_err));
    live_close(&f);
    live_assert("old");
}
/* What another account made comes back as well when that account may not be named. */
static void test_other_definer(void **state)
{
    struct live f;
    const char *last;

    (void)state;
    real_need();
    live_fresh();
    real_run(real_root, "DROP USER IF EXISTS shop@localhost");
    real_run(real_root, "CREATE USER shop@localhost");
    real_run(real_root, "GRANT ALL ON `shadow\\_live%`.* TO shop@localhost");
    real_run(real_root, "DROP TRIGGER guard");
    real_run(real_root, "DROP PROCEDURE pr");
    live_open(&f, SHADOW_AUTO);
    mysql_opts_set(&f.db.user, STR("shop"));
    live_reopen(&f);
    live_must(live_load(&f, STR("CREATE TABLE p (id INT PRIMARY KEY, t VARCHAR(20)) ENGINE=InnoDB;\nINSERT INTO p VALUES (1, 'new');\n"
                                "CREATE VIEW w AS SELECT t FROM p;\n")));
    live_must(shadow_switch(f.s, &real_err));
    real_assert_value(real_root, "SELECT t FROM " LIVE ".w", "new");
    live_must(shadow_back(f.s, &real_err));
    real_assert_value(real_root, "SELECT t FROM " LIVE ".w", "old");
    real_assert_value(real_root, "SELECT definer FROM information_schema.views WHERE table_schema='" LIVE "' AND table_name='w'",
                      "shop@localhost");
    assert_true(shadow_report(f.s)->remarks.n > 0);
    last = shadow_report(f.s)->remarks.v[shadow_report(f.s)->remarks.n - 1];
    assert_true(str_has(str_of(last), STR("VIEW w was another account's")));
    live_close(&f);
    real_run(real_root, "DROP USER shop@localhost");
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_database),   cmocka_unit_test(test_names),  cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_rows_alone), cmocka_unit_test(test_prefix), cmocka_unit_test(test_other_definer),
    };

    if (argc > 1)
        return tool(argc, argv);
    return cmocka_run_group_tests(tests, live_begin, live_end);
}
