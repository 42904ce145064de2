/*
 * The database client against a real server. tests/e2e/mysql.bats starts one and names it here:
 *
 *   TEST_DB_SOCKET    its socket, with a root that has no password; without it nothing is tested
 *   TEST_DB_PORT      TCP on 127.0.0.1
 *   TEST_DB_FLAVOUR   "mariadb" or "mysql9"
 */
#include "db/mysql.h"
#include "db/mysql_batch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define PASSWORD "p'ä\\ss\"wörd 1"
#define BIG      ((size_t)20 * 1024 * 1024)

static struct mysql *root;
static struct err e;

static bool is_mysql9(void)
{
    const char *flavour = getenv("TEST_DB_FLAVOUR");

    return flavour != NULL && strcmp(flavour, "mysql9") == 0;
}

static struct mysql_opts options(const char *user, const char *password, bool tcp)
{
    struct mysql_opts o = {0};
    const char *port = getenv("TEST_DB_PORT");

    mysql_opts_set(&o.user, str_of(user));
    if (password != NULL)
        mysql_opts_set(&o.password, str_of(password));
    if (tcp) {
        mysql_opts_set(&o.host, STR("127.0.0.1"));
        o.port = port != NULL ? (unsigned)strtoul(port, NULL, 10) : 0;
    } else {
        mysql_opts_set(&o.socket, str_of(getenv("TEST_DB_SOCKET")));
    }
    o.connect_ms = 20000;
    o.io_ms = 60000;
    return o;
}

static struct mysql *try_open(const char *user, const char *password, bool tcp)
{
    struct mysql_opts o = options(user, password, tcp);
    struct mysql *m;

    err_clear(&e);
    mysql_open(&m, &o, &e);
    mysql_opts_free(&o);
    return m;
}

static struct mysql *must_open(const char *user, const char *password, bool tcp)
{
    struct mysql *m = try_open(user, password, tcp);

    if (m == NULL)
        fail_msg("%s", e.text);
    return m;
}

static void run(struct mysql *m, const char *sql)
{
    if (mysql_exec(m, str_of(sql), NULL, &e) != 0)
        fail_msg("%s", e.text);
}

/* The single value of a query, to be freed. */
static struct buf value(struct mysql *m, const char *sql)
{
    struct buf b = {0};
    bool found;

    if (mysql_value(m, str_of(sql), &b, &found, &e) != 0)
        fail_msg("%s", e.text);
    assert_true(found);
    return b;
}

static void assert_value(struct mysql *m, const char *sql, const char *expected)
{
    struct buf b = value(m, sql);

    assert_string_equal(buf_cstr(&b), expected);
    buf_free(&b);
}

static void account(const char *name, const char *how)
{
    struct buf sql = {0};

    mysql_sqlf(root, &sql, "DROP USER IF EXISTS %s@%s", name, "%");
    run(root, buf_cstr(&sql));
    buf_reset(&sql);
    mysql_sqlf(root, &sql, "CREATE USER %s@%s ", name, "%");
    buf_adds(&sql, how);
    run(root, buf_cstr(&sql));
    buf_reset(&sql);
    mysql_sqlf(root, &sql, "GRANT ALL ON %i.* TO %s@%s", "test_client", name, "%");
    run(root, buf_cstr(&sql));
    buf_free(&sql);
}

static int group_setup(void **state)
{
    struct buf how = {0};

    (void)state;
    if (getenv("TEST_DB_SOCKET") == NULL)
        return 0;
    root = must_open("root", NULL, false);
    run(root, "DROP DATABASE IF EXISTS test_client");
    run(root, "CREATE DATABASE test_client CHARACTER SET utf8mb4");
    mysql_sqlf(root, &how, "IDENTIFIED BY %s", PASSWORD);
    account("shop", buf_cstr(&how));
    buf_free(&how);
    return 0;
}

static int group_teardown(void **state)
{
    (void)state;
    mysql_close(root);
    return 0;
}

static void need_server(void)
{
    if (root == NULL)
        skip();
}

static void test_facts(void **state)
{
    (void)state;
    need_server();
    assert_true(mysql_is_mariadb(root) == !is_mysql9());
    assert_in_range(mysql_version_number(root), 50500, 130000);
    assert_false(str_starts(str_of(mysql_server_version(root)), STR("5.5.5-")));
    assert_true(mysql_alive(root));
    assert_value(root, "SELECT @@character_set_client", "utf8mb4");
    assert_value(root, "SELECT @@character_set_connection", "utf8mb4");
    assert_value(root, "SELECT @@autocommit", "1");
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
    need_server();
    m = must_open("shop", PASSWORD, false);
    run(m, "USE test_client");
    for (no_escapes = 0; no_escapes < 2; no_escapes++) {
        run(m, no_escapes ? "SET sql_mode = 'NO_BACKSLASH_ESCAPES'" : "SET sql_mode = ''");
        run(m, "DROP TEMPORARY TABLE IF EXISTS v");
        run(m, "CREATE TEMPORARY TABLE v (a INT, t TEXT, b LONGBLOB) CHARACTER SET utf8mb4");
        buf_reset(&sql);
        mysql_sqlf(m, &sql, "INSERT INTO %i VALUES (%d, %s, %S), (%D, NULL, %s), (3, %S, %S)", "v", 1, text,
                   ((struct str){bytes, sizeof bytes - 1}), (int64_t)2, (const char *)NULL,
                   ((struct str){"nul\0in", 6}), STR(""));
        if (mysql_exec(m, buf_str(&sql), &done, &e) != 0)
            fail_msg("%s", e.text);
        assert_int_equal(done.affected, 3);
        assert_int_equal(mysql_query(m, STR("SELECT a, t, b AS `b``x` FROM v ORDER BY a"), &e), 0);
        assert_int_equal(mysql_columns(m), 3);
        assert_true(str_is(mysql_column_name(m, 2), "b`x"));
        assert_false(mysql_column(m, 1).binary);
        assert_true(mysql_column(m, 2).binary);
        assert_int_equal(mysql_row(m, &c, &e), 1);
        assert_true(str_is(c[0].s, "1"));
        assert_true(str_is(c[1].s, text));
        assert_int_equal(c[2].s.n, sizeof bytes - 1);
        assert_memory_equal(c[2].s.p, bytes, sizeof bytes - 1);
        assert_int_equal(mysql_row(m, &c, &e), 1);
        assert_true(c[1].is_null && c[2].is_null);
        assert_int_equal(mysql_row(m, &c, &e), 1);
        assert_true(str_eq(c[1].s, (struct str){"nul\0in", 6}));
        assert_true(!c[2].is_null && c[2].s.n == 0);
        assert_int_equal(mysql_row(m, &c, &e), 0);
        assert_int_equal(mysql_row(m, &c, &e), 0);
    }
    buf_free(&sql);
    mysql_close(m);
}

static void test_utf8mb3_session(void **state)
{
    struct mysql_opts o;
    struct buf sql = {0};
    struct mysql *m;

    (void)state;
    need_server();
    o = options("root", NULL, false);
    mysql_opts_set(&o.charset, STR("utf8"));
    mysql_opts_set(&o.database, STR("test_client"));
    assert_int_equal(mysql_open(&m, &o, &e), 0);
    run(m, "CREATE TEMPORARY TABLE w (t TEXT) CHARACTER SET utf8mb4");
    mysql_sqlf(m, &sql, "INSERT INTO w VALUES (%s)", "\xF0\x9F\x9A\x91");
    run(m, buf_cstr(&sql));
    assert_value(m, "SELECT HEX(t) FROM w", "F09F9A91");
    buf_free(&sql);
    mysql_close(m);
    mysql_opts_set(&o.charset, STR("gbk"));
    assert_int_equal(mysql_open(&m, &o, &e), -1);
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
    need_server();
    run(root, "SET GLOBAL max_allowed_packet = 67108864");
    m = must_open("root", NULL, false);
    assert_int_equal(mysql_max_packet(m), 67108864);
    for (i = 0; i < BIG; i++)
        buf_addc(&text, (char)('a' + i * 7 % 26));
    run(m, "CREATE TEMPORARY TABLE test_client.big (t LONGTEXT)");
    mysql_sqlf(m, &sql, "INSERT INTO test_client.big VALUES (%S)", buf_str(&text));
    if (mysql_exec(m, buf_str(&sql), NULL, &e) != 0)
        fail_msg("%s", e.text);
    assert_int_equal(mysql_query(m, STR("SELECT 1, t, 2 FROM test_client.big"), &e), 0);
    assert_int_equal(mysql_row(m, &c, &e), 1);
    assert_true(str_eq(c[1].s, buf_str(&text)));
    assert_true(str_is(c[2].s, "2"));
    assert_int_equal(mysql_row(m, &c, &e), 0);
    /* Rows whose packets are exactly one frame long, one byte less and one more; NULL needs one byte,
     * the length of such a text four. */
    for (i = 0; i < 3; i++) {
        char query[80];

        snprintf(query, sizeof query, "SELECT REPEAT('x', %u), NULL", 0xFFFFFFu - 5 - 1 + (unsigned)i);
        assert_int_equal(mysql_query(m, str_of(query), &e), 0);
        assert_int_equal(mysql_row(m, &c, &e), 1);
        assert_int_equal(c[0].s.n, 0xFFFFFFu - 6 + i);
        assert_true(c[1].is_null);
        assert_int_equal(mysql_row(m, &c, &e), 0);
    }
    /* The same for statements, which a byte for the command goes before. */
    for (i = 0; i < 3; i++) {
        buf_reset(&sql);
        buf_adds(&sql, "SELECT LENGTH('");
        buf_addstr(&sql, str_sub(buf_str(&text), 0, 0xFFFFFFu - 1 - 17 - 1 + i));
        buf_adds(&sql, "')");
        assert_int_equal(sql.n + 1, 0xFFFFFFu - 1 + i);
        assert_int_equal(mysql_query(m, buf_str(&sql), &e), 0);
        assert_int_equal(mysql_skip(m, &e), 0);
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
    need_server();
    run(root, "SET GLOBAL max_allowed_packet = 4096");
    m = must_open("root", NULL, false);
    run(root, "SET GLOBAL max_allowed_packet = 67108864");
    assert_int_equal(mysql_max_packet(m), 4096);
    while (pad.n < 5000)
        buf_addc(&pad, 'x');
    mysql_sqlf(m, &sql, "SELECT LENGTH(%S)", str_sub(buf_str(&pad), 0, 4096 - 2 - 17));
    assert_int_equal(sql.n, 4094);
    assert_value(m, buf_cstr(&sql), "4077");
    buf_reset(&sql);
    mysql_sqlf(m, &sql, "SELECT LENGTH(%S)", str_sub(buf_str(&pad), 0, 4096 - 1 - 17));
    assert_int_equal(mysql_exec(m, buf_str(&sql), NULL, &e), -1);
    assert_true(str_has(str_of(e.text), STR("max_allowed_packet of 4096")));
    assert_true(mysql_alive(m));
    /* Many rows in statements that all fit. */
    run(m, "CREATE TEMPORARY TABLE test_client.many (a INT PRIMARY KEY, t TEXT)");
    mysql_batch_begin(&b, m, STR("INSERT INTO test_client.many VALUES "),
                      STR(" ON DUPLICATE KEY UPDATE t = 'x'"));
    for (i = 0; i < 1000; i++) {
        mysql_sqlf(m, mysql_batch_row(&b), "(%u, %S)", i, str_sub(buf_str(&pad), 0, i % 300));
        if (mysql_batch_add(&b, &e) != 0)
            fail_msg("%s", e.text);
    }
    assert_int_equal(mysql_batch_end(&b, &e), 0);
    assert_int_equal(b.rows, 1000);
    assert_int_equal(b.affected, 1000);
    mysql_batch_free(&b);
    assert_value(m, "SELECT COUNT(*) FROM test_client.many WHERE LENGTH(t) = a % 300", "1000");
    buf_free(&sql);
    buf_free(&pad);
    mysql_close(m);
}

static void test_statement_errors(void **state)
{
    const struct mysql_cell *c;
    int r;

    (void)state;
    need_server();
    assert_int_equal(mysql_exec(root, STR("SELECT\n  nonsense FROM test_client.nowhere"), NULL, &e), -1);
    assert_int_equal(e.kind, ERR_DB);
    assert_int_equal(e.db_code, 1146);
    assert_string_equal(e.db_state, "42S02");
    assert_true(str_has(str_of(e.text), STR("statement: SELECT nonsense FROM test_client.nowhere")));
    assert_int_equal(mysql_exec(root, STR("SET PASSWORD FOR nobody = hidden'oops"), NULL, &e), -1);
    assert_true(e.db_code != 0);
    assert_false(str_has(str_of(e.text), STR("hidden")));
    assert_false(str_has(str_of(e.text), STR("oops")));
    /* An error that comes behind the first rows. */
    assert_int_equal(mysql_query(root,
                                 STR("SELECT o.a, (SELECT i.a FROM (SELECT 1 a UNION ALL SELECT 2) i WHERE "
                                     "i.a < o.a) FROM (SELECT 1 a UNION ALL SELECT 2 UNION ALL SELECT 3) o"),
                                 &e),
                     0);
    assert_int_equal(mysql_row(root, &c, &e), 1);
    do
        r = mysql_row(root, &c, &e);
    while (r > 0);
    assert_int_equal(r, -1);
    assert_int_equal(e.db_code, 1242);
    assert_true(str_has(str_of(e.text), STR("statement: SELECT o.a, (SELECT i.a")));
    assert_true(mysql_alive(root));
    assert_value(root, "SELECT 5", "5");
    /* A result that is still open. */
    assert_int_equal(mysql_query(root, STR("SELECT 1 UNION SELECT 2"), &e), 0);
    assert_int_equal(mysql_row(root, &c, &e), 1);
    assert_int_equal(mysql_exec(root, STR("SELECT 3"), NULL, &e), -1);
    assert_true(str_has(str_of(e.text), STR("still being read")));
    r = mysql_skip(root, &e);
    assert_int_equal(r, 0);
    run(root, "SELECT 3");
}

static void test_transactions(void **state)
{
    (void)state;
    need_server();
    assert_false(mysql_in_transaction(root));
    run(root, "START TRANSACTION");
    assert_true(mysql_in_transaction(root));
    run(root, "ROLLBACK");
    assert_false(mysql_in_transaction(root));
}

static void kill_session(struct mysql *m)
{
    struct buf sql = {0};
    unsigned tries;

    mysql_sqlf(root, &sql, "KILL %u", mysql_thread(m));
    run(root, buf_cstr(&sql));
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
    need_server();
    o = options("root", NULL, false);
    m = must_open("root", NULL, false);
    /* Idle: can be reopened, and only then works again. */
    kill_session(m);
    assert_int_equal(mysql_exec(m, STR("SELECT 1"), NULL, &e), -1);
    assert_int_equal(e.kind, ERR_DB);
    assert_int_equal(mysql_reopen(m, &o, &e), 0);
    assert_value(m, "SELECT 7", "7");
    /* The loss is seen by the statement itself: the answer, if any, names why. */
    mysql_sqlf(root, &sql, "KILL %u", mysql_thread(m));
    run(root, buf_cstr(&sql));
    usleep(300000);
    assert_int_equal(mysql_exec(m, STR("SELECT 1"), NULL, &e), -1);
    assert_int_equal(e.kind, ERR_DB);
    assert_false(mysql_alive(m));
    assert_true(str_has(str_of(e.text), STR("(user root)")));
    assert_int_equal(mysql_reopen(m, &o, &e), 0);
    /* In a transaction: never silently. */
    run(m, "START TRANSACTION");
    run(m, "SELECT 1");
    kill_session(m);
    assert_int_equal(mysql_reopen(m, &o, &e), -1);
    assert_int_equal(e.kind, ERR_REFUSED);
    mysql_close(m);
    /* In the middle of a result. */
    m = must_open("root", NULL, false);
    assert_int_equal(mysql_query(m,
                                 STR("SELECT REPEAT('x', 100000) FROM information_schema.columns a, "
                                     "information_schema.columns b"),
                                 &e),
                     0);
    assert_int_equal(mysql_row(m, &c, &e), 1);
    buf_reset(&sql);
    mysql_sqlf(root, &sql, "KILL %u", mysql_thread(m));
    run(root, buf_cstr(&sql));
    assert_int_equal(mysql_skip(m, &e), -1);
    if (!mysql_alive(m)) {
        assert_int_equal(mysql_reopen(m, &o, &e), -1);
        assert_int_equal(e.kind, ERR_REFUSED);
    }
    buf_free(&sql);
    mysql_close(m);
    mysql_opts_free(&o);
}

static void test_timeouts(void **state)
{
    struct mysql *m;

    (void)state;
    need_server();
    m = must_open("root", NULL, false);
    mysql_set_timeout(m, 200);
    assert_int_equal(mysql_exec(m, STR("SELECT SLEEP(5)"), NULL, &e), -1);
    assert_true(str_has(str_of(e.text), STR("no answer within 0.2 seconds")));
    assert_false(mysql_alive(m));
    mysql_close(m);
    m = must_open("root", NULL, false);
    run(m, "SET SESSION wait_timeout = 1");
    sleep(2);
    assert_int_equal(mysql_exec(m, STR("SELECT 1"), NULL, &e), -1);
    assert_int_equal(e.kind, ERR_DB);
    mysql_close(m);
}

static void test_login(void **state)
{
    struct mysql *m;
    int tcp;

    (void)state;
    need_server();
    for (tcp = 0; tcp < 2; tcp++) {
        m = must_open("shop", PASSWORD, tcp != 0);
        assert_value(m, "SELECT CURRENT_USER()", "shop@%");
        mysql_close(m);
        m = try_open("shop", "wrong-hidden", tcp != 0);
        assert_null(m);
        assert_int_equal(e.kind, ERR_DB);
        assert_int_equal(e.db_code, 1045);
        assert_true(str_has(str_of(e.text), STR("user shop")));
        assert_true(str_has(str_of(e.text), tcp ? STR("127.0.0.1") : str_of(getenv("TEST_DB_SOCKET"))));
        assert_false(str_has(str_of(e.text), STR("hidden")));
        assert_true(e.fix[0] != '\0');
        assert_null(try_open("shop", NULL, tcp != 0));
        assert_int_equal(e.db_code, 1045);
    }
}

static void test_database_names(void **state)
{
    struct mysql_opts o;
    struct mysql *m;

    (void)state;
    need_server();
    o = options("shop", PASSWORD, true);
    mysql_opts_set(&o.database, STR("test_client"));
    assert_int_equal(mysql_open(&m, &o, &e), 0);
    assert_value(m, "SELECT DATABASE()", "test_client");
    mysql_close(m);
    mysql_opts_set(&o.database, STR("no_such_database"));
    assert_int_equal(mysql_open(&m, &o, &e), -1);
    assert_true(e.db_code == 1044 || e.db_code == 1049);
    assert_true(str_has(str_of(e.text), STR("database no_such_database")));
    mysql_opts_free(&o);
}

/* caching_sha2_password by its three ways: over TCP with an empty cache the password goes encrypted by the
 * server's key, after that the hash is enough; over the socket it goes as it is. */
static void test_caching_sha2(void **state)
{
    struct mysql *m;

    (void)state;
    need_server();
    if (!is_mysql9())
        skip();
    run(root, "FLUSH PRIVILEGES"); /* empties the cache */
    assert_null(try_open("shop", "wrong", true));
    assert_int_equal(e.db_code, 1045);
    m = must_open("shop", PASSWORD, true);
    mysql_close(m);
    m = must_open("shop", PASSWORD, true);
    mysql_close(m);
    run(root, "FLUSH PRIVILEGES");
    assert_null(try_open("shop", "wrong", false));
    m = must_open("shop", PASSWORD, false);
    mysql_close(m);
    m = must_open("shop", PASSWORD, false);
    mysql_close(m);
}

static void test_refused_plugins(void **state)
{
    (void)state;
    need_server();
    if (is_mysql9())
        skip();
    if (mysql_exec(root, STR("INSTALL SONAME 'auth_ed25519'"), NULL, &e) != 0 && e.db_code != 1968)
        skip();
    account("modern", "IDENTIFIED VIA ed25519 USING PASSWORD('x')");
    assert_null(try_open("modern", "hidden", false));
    assert_int_equal(e.kind, ERR_REFUSED);
    assert_true(str_has(str_of(e.text), STR("\"client_ed25519\", which is not supported")));
    assert_true(str_has(str_of(e.fix), STR("mysql_native_password")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_facts),
        cmocka_unit_test(test_values),
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
        cmocka_unit_test(test_refused_plugins),
    };

    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
