/* The database client against a real server (real_mysql.h): values, limits, lost connections, refusals. */
#include "db/mysql.h"
#include "db/mysql_batch.h"
#include "db/mysql_rows.h"
#include "real_mysql.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define PASSWORD "p'ä\\ss\"wörd 1"
#define BIG      ((size_t)20 * 1024 * 1024)

static int group_setup(void **state)
{
    struct buf how = {0};

    (void)state;
    if (!real_begin())
        return 0;
    real_run(real_root, "DROP DATABASE IF EXISTS test_client");
    real_run(real_root, "CREATE DATABASE test_client CHARACTER SET utf8mb4");
    mysql_sqlf(real_root, &how, "IDENTIFIED BY %s", PASSWORD);
    real_account("shop", buf_cstr(&how));
    buf_free(&how);
    return 0;
}

static int group_teardown(void **state)
{
    (void)state;
    real_end();
    return 0;
}

static void test_facts(void **state)
{
    (void)state;
    real_need();
    assert_true(mysql_is_mariadb(real_root) == !real_is_mysql9());
    assert_in_range(mysql_version_number(real_root), 50500, 130000);
    assert_false(str_starts(str_of(mysql_server_version(real_root)), STR("5.5.5-")));
    assert_true(mysql_alive(real_root));
    real_assert_value(real_root, "SELECT @@character_set_client", "utf8mb4");
    real_assert_value(real_root, "SELECT @@character_set_connection", "utf8mb4");
    real_assert_value(real_root, "SELECT @@autocommit", "1");
}

static void test_values(void **state)
{
    static const char text[] = "Grüße, 東京, \xF0\x9F\x9A\x91, it's \"quoted\" \\n % _ `x`";
    static const char bytes[] = "\0\x01\xFF\xFE'\\\n\x1A\xC3";
    const struct mysql_cell *c;
    struct mysql *m = NULL;
    struct buf sql = {0};
    struct mysql_done done;
    int no_escapes;

    (void)state;
    real_need();
    m = real_open("shop", PASSWORD, false);
    real_run(m, "USE test_client");
    for (no_escapes = 0; no_escapes < 2; no_escapes++) {
        real_run(m, no_escapes ? "SET sql_mode = 'NO_BACKSLASH_ESCAPES'" : "SET sql_mode = ''");
        real_run(m, "DROP TEMPORARY TABLE IF EXISTS v");
        real_run(m, "CREATE TEMPORARY TABLE v (a INT, t TEXT, b LONGBLOB) CHARACTER SET utf8mb4");
        buf_reset(&sql);
        mysql_sqlf(m, &sql, "INSERT INTO %i VALUES (%d, %s, %S), (%D, NULL, %s), (3, %S, %S)", "v", 1, text,
                   ((struct str){bytes, sizeof bytes - 1}), (int64_t)2, (const char *)NULL,
                   ((struct str){"nul\0in", 6}), STR(""));
        if (mysql_exec(m, buf_str(&sql), &done, &real_err) != 0)
            fail_msg("%s", real_err.text);
        assert_int_equal(done.affected, 3);
        assert_int_equal(mysql_query(m, STR("SELECT a, t, b AS `b``x` FROM v ORDER BY a"), &real_err), 0);
        assert_int_equal(mysql_columns(m), 3);
        assert_true(str_is(mysql_column_name(m, 2), "b`x"));
        assert_false(mysql_column(m, 1).binary);
        assert_true(mysql_column(m, 2).binary);
        assert_int_equal(mysql_row(m, &c, &real_err), 1);
        assert_true(str_is(c[0].s, "1"));
        assert_true(str_is(c[1].s, text));
        assert_int_equal(c[2].s.n, sizeof bytes - 1);
        assert_memory_equal(c[2].s.p, bytes, sizeof bytes - 1);
        assert_int_equal(mysql_row(m, &c, &real_err), 1);
        assert_true(c[1].is_null && c[2].is_null);
        assert_int_equal(mysql_row(m, &c, &real_err), 1);
        assert_true(str_eq(c[1].s, (struct str){"nul\0in", 6}));
        assert_true(!c[2].is_null && c[2].s.n == 0);
        assert_int_equal(mysql_row(m, &c, &real_err), 0);
        assert_int_equal(mysql_row(m, &c, &real_err), 0);
    }
    buf_free(&sql);
    mysql_close(m);
}

static void test_rows(void **state)
{
    const struct mysql_cell *row;
    struct mysql_list list;
    struct arena a = {0};

    (void)state;
    real_need();
    assert_int_equal(mysql_rows_list(real_root, STR("SELECT 'b' UNION ALL SELECT NULL UNION ALL SELECT 'a' UNION ALL SELECT ''"), &a, &list, &real_err), 0);
    assert_int_equal(list.n, 3);
    assert_string_equal(list.v[0], "b");
    assert_string_equal(list.v[1], "a");
    assert_string_equal(list.v[2], "");
    assert_int_equal(mysql_rows_list(real_root, STR("SELECT 1 FROM DUAL WHERE 0"), &a, &list, &real_err), 0);
    assert_int_equal(list.n, 0);
    assert_int_equal(mysql_rows_list(real_root, STR("SELECT 1 FROM nowhere.at_all"), &a, &list, &real_err), -1);
    assert_int_equal(list.n, 0);
    err_clear(&real_err);
    assert_int_equal(mysql_query(real_root, STR("SELECT 'x' AS one, NULL AS two"), &real_err), 0);
    assert_int_equal(mysql_row(real_root, &row, &real_err), 1);
    assert_true(str_is(mysql_rows_text(real_root, row, "one"), "x"));
    assert_null(mysql_rows_text(real_root, row, "two").p);
    assert_true(mysql_rows_cell(real_root, row, "two")->is_null);
    assert_null(mysql_rows_cell(real_root, row, "three"));
    assert_null(mysql_rows_text(real_root, row, "three").p);
    assert_int_equal(mysql_skip(real_root, &real_err), 0);
    arena_free(&a);
}

static void test_utf8mb3_session(void **state)
{
    struct mysql_opts o;
    struct buf sql = {0};
    struct mysql *m;

    (void)state;
    real_need();
    o = real_options("root", NULL, false);
    mysql_opts_set(&o.charset, STR("utf8"));
    mysql_opts_set(&o.database, STR("test_client"));
    assert_int_equal(mysql_open(&m, &o, &real_err), 0);
    real_run(m, "CREATE TEMPORARY TABLE w (t TEXT) CHARACTER SET utf8mb4");
    mysql_sqlf(m, &sql, "INSERT INTO w VALUES (%s)", "\xF0\x9F\x9A\x91");
    real_run(m, buf_cstr(&sql));
    real_assert_value(m, "SELECT HEX(t) FROM w", "F09F9A91");
    buf_free(&sql);
    mysql_close(m);
    mysql_opts_set(&o.charset, STR("gbk"));
    assert_int_equal(mysql_open(&m, &o, &real_err), -1);
    assert_null(m);
    mysql_opts_free(&o);
}

static void test_big_value(void **state)
{
    struct buf text = {0};
    struct buf sql = {0};
    struct mysql *m;
    const struct mysql_cell *c;
    size_t i;

    (void)state;
    real_need();
    real_run(real_root, "SET GLOBAL max_allowed_packet = 67108864");
    m = real_open("root", NULL, false);
    assert_int_equal(mysql_max_packet(m), 67108864);
    for (i = 0; i < BIG; i++)
        buf_addc(&text, (char)('a' + i * 7 % 26));
    real_run(m, "CREATE TEMPORARY TABLE test_client.big (t LONGTEXT)");
    mysql_sqlf(m, &sql, "INSERT INTO test_client.big VALUES (%S)", buf_str(&text));
    if (mysql_exec(m, buf_str(&sql), NULL, &real_err) != 0)
        fail_msg("%s", real_err.text);
    assert_int_equal(mysql_query(m, STR("SELECT 1, t, 2 FROM test_client.big"), &real_err), 0);
    assert_int_equal(mysql_row(m, &c, &real_err), 1);
    assert_true(str_eq(c[1].s, buf_str(&text)));
    assert_true(str_is(c[2].s, "2"));
    assert_int_equal(mysql_row(m, &c, &real_err), 0);
    /* Rows whose packets are exactly one frame long, one byte less and one more; NULL needs one byte,
     * the length of such a text four. */
    for (i = 0; i < 3; i++) {
        char query[80];

        snprintf(query, sizeof query, "SELECT REPEAT('x', %u), NULL", 0xFFFFFFu - 5 - 1 + (unsigned)i);
        assert_int_equal(mysql_query(m, str_of(query), &real_err), 0);
        assert_int_equal(mysql_row(m, &c, &real_err), 1);
        assert_int_equal(c[0].s.n, 0xFFFFFFu - 6 + i);
        assert_true(c[1].is_null);
        assert_int_equal(mysql_row(m, &c, &real_err), 0);
    }
    /* The same for statements, which a byte for the command goes before. */
    for (i = 0; i < 3; i++) {
        buf_reset(&sql);
        buf_adds(&sql, "SELECT LENGTH('");
        buf_addstr(&sql, str_sub(buf_str(&text), 0, 0xFFFFFFu - 1 - 17 - 1 + i));
        buf_adds(&sql, "')");
        assert_int_equal(sql.n + 1, 0xFFFFFFu - 1 + i);
        assert_int_equal(mysql_query(m, buf_str(&sql), &real_err), 0);
        assert_int_equal(mysql_skip(m, &real_err), 0);
    }
    buf_free(&text);
    buf_free(&sql);
    mysql_close(m);
}

static void test_small_max_packet(void **state)
{
    struct mysql_batch b = {0};
    struct buf sql = {0};
    struct buf pad = {0};
    struct mysql *m;
    unsigned i;

    (void)state;
    real_need();
    real_run(real_root, "SET GLOBAL max_allowed_packet = 4096");
    m = real_open("root", NULL, false);
    real_run(real_root, "SET GLOBAL max_allowed_packet = 67108864");
    assert_int_equal(mysql_max_packet(m), 4096);
    while (pad.n < 5000)
        buf_addc(&pad, 'x');
    mysql_sqlf(m, &sql, "SELECT LENGTH(%S)", str_sub(buf_str(&pad), 0, 4096 - 2 - 17));
    assert_int_equal(sql.n, 4094);
    real_assert_value(m, buf_cstr(&sql), "4077");
    buf_reset(&sql);
    mysql_sqlf(m, &sql, "SELECT LENGTH(%S)", str_sub(buf_str(&pad), 0, 4096 - 1 - 17));
    assert_int_equal(mysql_exec(m, buf_str(&sql), NULL, &real_err), -1);
    assert_true(str_has(str_of(real_err.text), STR("max_allowed_packet of 4096")));
    assert_true(mysql_alive(m));
    /* Many rows in statements that all fit. */
    real_run(m, "CREATE TEMPORARY TABLE test_client.many (a INT PRIMARY KEY, t TEXT)");
    mysql_batch_begin(&b, m, STR("INSERT INTO test_client.many VALUES "),
                      STR(" ON DUPLICATE KEY UPDATE t = 'x'"));
    for (i = 0; i < 1000; i++) {
        mysql_sqlf(m, mysql_batch_row(&b), "(%u, %S)", i, str_sub(buf_str(&pad), 0, i % 300));
        if (mysql_batch_add(&b, &real_err) != 0)
            fail_msg("%s", real_err.text);
    }
    assert_int_equal(mysql_batch_end(&b, &real_err), 0);
    assert_int_equal(b.rows, 1000);
    assert_int_equal(b.affected, 1000);
    mysql_batch_free(&b);
    real_assert_value(m, "SELECT COUNT(*) FROM test_client.many WHERE LENGTH(t) = a % 300", "1000");
    buf_free(&sql);
    buf_free(&pad);
    mysql_close(m);
}

static void test_statement_errors(void **state)
{
    const struct mysql_cell *c;
    int r;

    (void)state;
    real_need();
    assert_int_equal(
        mysql_exec(real_root, STR("SELECT\n  nonsense FROM test_client.nowhere"), NULL, &real_err), -1);
    assert_int_equal(real_err.kind, ERR_DB);
    assert_int_equal(real_err.db_code, 1146);
    assert_string_equal(real_err.db_state, "42S02");
    assert_true(str_has(str_of(real_err.text), STR("statement: SELECT nonsense FROM test_client.nowhere")));
    assert_int_equal(mysql_exec(real_root, STR("SET PASSWORD FOR nobody = hidden'oops"), NULL, &real_err),
                     -1);
    assert_true(real_err.db_code != 0);
    assert_false(str_has(str_of(real_err.text), STR("hidden")));
    assert_false(str_has(str_of(real_err.text), STR("oops")));
    /* An error that comes behind the first rows. */
    assert_int_equal(mysql_query(real_root,
                                 STR("SELECT o.a, (SELECT i.a FROM (SELECT 1 a UNION ALL SELECT 2) i WHERE "
                                     "i.a < o.a) FROM (SELECT 1 a UNION ALL SELECT 2 UNION ALL SELECT 3) o"),
                                 &real_err),
                     0);
    assert_int_equal(mysql_row(real_root, &c, &real_err), 1);
    do
        r = mysql_row(real_root, &c, &real_err);
    while (r > 0);
    assert_int_equal(r, -1);
    assert_int_equal(real_err.db_code, 1242);
    assert_true(str_has(str_of(real_err.text), STR("statement: SELECT o.a, (SELECT i.a")));
    assert_true(mysql_alive(real_root));
    real_assert_value(real_root, "SELECT 5", "5");
    /* A result that is still open. */
    assert_int_equal(mysql_query(real_root, STR("SELECT 1 UNION SELECT 2"), &real_err), 0);
    assert_int_equal(mysql_row(real_root, &c, &real_err), 1);
    assert_int_equal(mysql_exec(real_root, STR("SELECT 3"), NULL, &real_err), -1);
    assert_true(str_has(str_of(real_err.text), STR("still being read")));
    r = mysql_skip(real_root, &real_err);
    assert_int_equal(r, 0);
    real_run(real_root, "SELECT 3");
}

static void test_transactions(void **state)
{
    (void)state;
    real_need();
    assert_false(mysql_in_transaction(real_root));
    real_run(real_root, "START TRANSACTION");
    assert_true(mysql_in_transaction(real_root));
    real_run(real_root, "ROLLBACK");
    assert_false(mysql_in_transaction(real_root));
}

static void kill_session(struct mysql *m)
{
    struct buf sql = {0};
    unsigned tries;

    mysql_sqlf(real_root, &sql, "KILL %u", mysql_thread(m));
    real_run(real_root, buf_cstr(&sql));
    buf_free(&sql);
    for (tries = 0; tries < 500 && mysql_alive(m); tries++)
        usleep(10000);
    assert_false(mysql_alive(m));
}

static void test_killed(void **state)
{
    const struct mysql_cell *c;
    struct mysql_opts o;
    struct mysql *m;
    struct buf sql = {0};

    (void)state;
    real_need();
    o = real_options("root", NULL, false);
    m = real_open("root", NULL, false);
    /* Idle: can be reopened, and only then works again. */
    kill_session(m);
    assert_int_equal(mysql_exec(m, STR("SELECT 1"), NULL, &real_err), -1);
    assert_int_equal(real_err.kind, ERR_DB);
    assert_int_equal(mysql_reopen(m, &o, &real_err), 0);
    real_assert_value(m, "SELECT 7", "7");
    /* The loss is seen by the statement itself: the answer, if any, names why. */
    mysql_sqlf(real_root, &sql, "KILL %u", mysql_thread(m));
    real_run(real_root, buf_cstr(&sql));
    usleep(300000);
    assert_int_equal(mysql_exec(m, STR("SELECT 1"), NULL, &real_err), -1);
    assert_int_equal(real_err.kind, ERR_DB);
    assert_false(mysql_alive(m));
    assert_true(str_has(str_of(real_err.text), STR("(user root)")));
    assert_int_equal(mysql_reopen(m, &o, &real_err), 0);
    /* In a transaction: never silently. */
    real_run(m, "START TRANSACTION");
    real_run(m, "SELECT 1");
    kill_session(m);
    assert_int_equal(mysql_reopen(m, &o, &real_err), -1);
    assert_int_equal(real_err.kind, ERR_REFUSED);
    mysql_close(m);
    /* In the middle of a result. */
    m = real_open("root", NULL, false);
    assert_int_equal(mysql_query(m,
                                 STR("SELECT REPEAT('x', 100000) FROM information_schema.columns a, "
                                     "information_schema.columns b"),
                                 &real_err),
                     0);
    assert_int_equal(mysql_row(m, &c, &real_err), 1);
    buf_reset(&sql);
    mysql_sqlf(real_root, &sql, "KILL %u", mysql_thread(m));
    real_run(real_root, buf_cstr(&sql));
    assert_int_equal(mysql_skip(m, &real_err), -1);
    if (!mysql_alive(m)) {
        assert_int_equal(mysql_reopen(m, &o, &real_err), -1);
        assert_int_equal(real_err.kind, ERR_REFUSED);
    }
    buf_free(&sql);
    mysql_close(m);
    mysql_opts_free(&o);
}

static void test_timeouts(void **state)
{
    struct mysql *m;

    (void)state;
    real_need();
    m = real_open("root", NULL, false);
    mysql_set_timeout(m, 200);
    assert_int_equal(mysql_exec(m, STR("SELECT SLEEP(5)"), NULL, &real_err), -1);
    assert_true(str_has(str_of(real_err.text), STR("no answer within 0.2 seconds")));
    assert_false(mysql_alive(m));
    mysql_close(m);
    m = real_open("root", NULL, false);
    real_run(m, "SET SESSION wait_timeout = 1");
    sleep(2);
    assert_int_equal(mysql_exec(m, STR("SELECT 1"), NULL, &real_err), -1);
    assert_int_equal(real_err.kind, ERR_DB);
    mysql_close(m);
}

static void test_login(void **state)
{
    struct mysql *m;
    int tcp;

    (void)state;
    real_need();
    for (tcp = 0; tcp < 2; tcp++) {
        m = real_open("shop", PASSWORD, tcp != 0);
        real_assert_value(m, "SELECT CURRENT_USER()", "shop@%");
        mysql_close(m);
        m = real_try_open("shop", "wrong-hidden", tcp != 0);
        assert_null(m);
        assert_int_equal(real_err.kind, ERR_DB);
        assert_int_equal(real_err.db_code, 1045);
        assert_true(str_has(str_of(real_err.text), STR("user shop")));
        assert_true(
            str_has(str_of(real_err.text), tcp ? STR("127.0.0.1") : str_of(getenv("TEST_DB_SOCKET"))));
        assert_false(str_has(str_of(real_err.text), STR("hidden")));
        assert_true(real_err.fix[0] != '\0');
        assert_null(real_try_open("shop", NULL, tcp != 0));
        assert_int_equal(real_err.db_code, 1045);
    }
}

static void test_database_names(void **state)
{
    struct mysql_opts o;
    struct mysql *m;

    (void)state;
    real_need();
    o = real_options("shop", PASSWORD, true);
    mysql_opts_set(&o.database, STR("test_client"));
    assert_int_equal(mysql_open(&m, &o, &real_err), 0);
    real_assert_value(m, "SELECT DATABASE()", "test_client");
    mysql_close(m);
    mysql_opts_set(&o.database, STR("no_such_database"));
    assert_int_equal(mysql_open(&m, &o, &real_err), -1);
    assert_true(real_err.db_code == 1044 || real_err.db_code == 1049);
    assert_true(str_has(str_of(real_err.text), STR("database no_such_database")));
    mysql_opts_free(&o);
}

/* caching_sha2_password by its three ways: over TCP with an empty cache the password goes encrypted by the
 * server's key, after that the hash is enough; over the socket it goes as it is. */
static void test_caching_sha2(void **state)
{
    struct mysql *m;

    (void)state;
    real_need();
    if (!real_is_mysql9())
        skip();
    real_run(real_root, "FLUSH PRIVILEGES"); /* empties the cache */
    assert_null(real_try_open("shop", "wrong", true));
    assert_int_equal(real_err.db_code, 1045);
    m = real_open("shop", PASSWORD, true);
    mysql_close(m);
    m = real_open("shop", PASSWORD, true);
    mysql_close(m);
    real_run(real_root, "FLUSH PRIVILEGES");
    assert_null(real_try_open("shop", "wrong", false));
    m = real_open("shop", PASSWORD, false);
    mysql_close(m);
    m = real_open("shop", PASSWORD, false);
    mysql_close(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_facts),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_utf8mb3_session),
        cmocka_unit_test(test_big_value),
        cmocka_unit_test(test_small_max_packet),
        cmocka_unit_test(test_statement_errors),
        cmocka_unit_test(test_transactions),
        cmocka_unit_test(test_killed),
        cmocka_unit_test(test_timeouts),
        cmocka_unit_test(test_login),
        cmocka_unit_test(test_database_names),
        cmocka_unit_test(test_caching_sha2),
    };

    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
