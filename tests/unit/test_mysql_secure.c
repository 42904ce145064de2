/*
 * Encryption and log-in plugins against a real server (real_mysql.h), which tests/e2e/mysql.bats starts with
 *
 *   TEST_DB_CERTS    a folder of certificates as tests/lib/certificates.sh makes them; the server uses
 *                    server.pem and server.key of it, which are replaced here
 *   TEST_DB_TLS13    set when the server speaks TLS 1.3 alone
 */
#include "base/mem.h"
#include "db/mysql.h"
#include "real_mysql.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PASSWORD "p'ä\\ss\"wörd 2"
#define BIG      ((size_t)40 * 1024 * 1024)
#define THREADS  4

static const char *certs;

static int group_setup(void **state)
{
    struct buf how = {0};

    (void)state;
    certs = getenv("TEST_DB_CERTS");
    if (certs == NULL || !real_begin())
        return 0;
    real_run(real_root, "CREATE DATABASE IF NOT EXISTS test_client CHARACTER SET utf8mb4");
    mysql_sqlf(real_root, &how, "IDENTIFIED BY %s", PASSWORD);
    real_account("shop", buf_cstr(&how));
    buf_adds(&how, " REQUIRE SSL");
    real_account("secure", buf_cstr(&how));
    buf_free(&how);
    return 0;
}

static int group_teardown(void **state)
{
    (void)state;
    real_end();
    return 0;
}

static bool only_tls13(void)
{
    return getenv("TEST_DB_TLS13") != NULL;
}

static void need_tls12(void)
{
    real_need();
    if (only_tls13())
        skip();
}

static struct mysql *open_tls(const char *user, bool tcp, enum mysql_tls mode)
{
    struct mysql_opts o = real_options(user, PASSWORD, tcp);
    struct buf path = {0};
    struct mysql *m;

    o.tls = mode;
    if (mode == MYSQL_TLS_VERIFY) {
        buf_printf(&path, "%s/ca.pem", certs);
        mysql_opts_set(&o.ca, buf_str(&path));
    }
    err_clear(&real_err);
    (void)mysql_open(&m, &o, &real_err);
    mysql_opts_free(&o);
    buf_free(&path);
    return m;
}

static struct mysql *must_open_tls(const char *user, bool tcp, enum mysql_tls mode)
{
    struct mysql *m = open_tls(user, tcp, mode);

    if (m == NULL)
        fail_msg("%s", real_err.text);
    return m;
}

static void copy(const char *from, const char *to, const char *kind)
{
    struct buf path = {0};
    char bytes[16384];
    size_t n;
    FILE *f;

    buf_printf(&path, "%s/%s.%s", certs, from, kind);
    f = fopen(buf_cstr(&path), "rbe");
    assert_non_null(f);
    n = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    buf_reset(&path);
    buf_printf(&path, "%s/%s.%s", certs, to, kind);
    f = fopen(buf_cstr(&path), "wbe");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
    buf_free(&path);
}

/* The server shows this certificate from here on. */
static void show(const char *name)
{
    copy(name, "server", "pem");
    copy(name, "server", "key");
    real_run(real_root, real_is_mysql9() ? "ALTER INSTANCE RELOAD TLS" : "FLUSH SSL");
}

static void assert_encrypted(struct mysql *m, bool wanted)
{
    const struct mysql_cell *c;

    assert_int_equal(mysql_query(m, STR("SHOW SESSION STATUS LIKE 'Ssl_cipher'"), &real_err), 0);
    assert_int_equal(mysql_row(m, &c, &real_err), 1);
    assert_true((c[1].s.n > 0) == wanted);
    assert_true(str_starts(str_of(mysql_transport(m)), STR("TLS 1.2, ECDHE-")) == wanted);
    assert_int_equal(mysql_skip(m, &real_err), 0);
}

static void test_modes(void **state)
{
    struct mysql *m;

    (void)state;
    need_tls12();
    show("good");
    m = must_open_tls("shop", true, MYSQL_TLS_VERIFY);
    assert_encrypted(m, true);
    assert_true(str_ends(str_of(mysql_transport(m)), STR(", server verified")));
    mysql_close(m);
    m = must_open_tls("shop", true, MYSQL_TLS_REQUIRED);
    assert_encrypted(m, true);
    assert_true(str_ends(str_of(mysql_transport(m)), STR(", server not verified")));
    mysql_close(m);
    m = must_open_tls("shop", false, MYSQL_TLS_VERIFY);
    assert_encrypted(m, true);
    mysql_close(m);
    m = must_open_tls("shop", true, MYSQL_TLS_AUTO);
    assert_encrypted(m, false);
    assert_string_equal(mysql_transport(m), "TCP, not encrypted");
    mysql_close(m);
    m = must_open_tls("shop", false, MYSQL_TLS_AUTO);
    assert_string_equal(mysql_transport(m), "unix socket");
    mysql_close(m);
}

/* Accounts and servers that want encryption get it by themselves, but not against the user's word. */
static void test_demanded(void **state)
{
    struct mysql *m;
    int tcp;

    (void)state;
    need_tls12();
    show("good");
    for (tcp = 0; tcp < 2; tcp++) {
        m = must_open_tls("secure", tcp != 0, MYSQL_TLS_AUTO);
        assert_encrypted(m, true);
        mysql_close(m);
        assert_null(open_tls("secure", tcp != 0, MYSQL_TLS_OFF));
        assert_int_equal(real_err.db_code, 1045);
        assert_false(str_has(str_of(real_err.text), STR(PASSWORD)));
    }
    /* MariaDB says no more than that access is denied, MySQL says why. */
    real_run(real_root, "SET GLOBAL require_secure_transport = ON");
    m = open_tls("shop", true, MYSQL_TLS_OFF);
    real_run(real_root, "SET GLOBAL require_secure_transport = OFF");
    assert_null(m);
    if (real_is_mysql9()) {
        assert_int_equal(real_err.db_code, 3159);
        assert_true(str_has(str_of(real_err.fix), STR("--db-tls=required")));
    } else {
        assert_int_equal(real_err.db_code, 1045);
    }
    real_run(real_root, "SET GLOBAL require_secure_transport = ON");
    m = open_tls("shop", true, MYSQL_TLS_AUTO);
    real_run(real_root, "SET GLOBAL require_secure_transport = OFF");
    assert_non_null(m);
    assert_encrypted(m, true);
    mysql_close(m);
}

static void test_bad_certificates(void **state)
{
    static const struct {
        const char *name;
        const char *words;
        const char *fix;
    } cases[] = {
        {"wrong", "is not for \"127.0.0.1\" but for: other.example", "--db-host"},
        {"expired", "expired on ", "renew"},
        {"self", "vouches for itself", "--db-ca"},
        {"foreign", "issued by \"Foreign Authority\"", "--db-ca"},
    };
    struct mysql *m;
    size_t i;

    (void)state;
    need_tls12();
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        /* MySQL does not even load the others. */
        if (real_is_mysql9() && i > 0)
            break;
        show(cases[i].name);
        m = open_tls("shop", true, MYSQL_TLS_VERIFY);
        if (m != NULL || real_err.kind != ERR_REFUSED ||
            !str_has(str_of(real_err.text), str_of(cases[i].words)) ||
            !str_has(str_of(real_err.fix), str_of(cases[i].fix)))
            fail_msg("%s: %s", cases[i].name, m != NULL ? "accepted" : real_err.text);
        m = must_open_tls("shop", true, MYSQL_TLS_REQUIRED);
        assert_encrypted(m, true);
        mysql_close(m);
    }
    show("rsa");
    m = must_open_tls("shop", true, MYSQL_TLS_VERIFY);
    assert_true(str_has(str_of(mysql_transport(m)), STR("-RSA-")));
    mysql_close(m);
    show("good");
}

/* One statement of 40 MB each way, which takes several packets of the protocol and thousands of records. */
static void test_big_statement(void **state)
{
    struct buf text = {0};
    struct buf sql = {0};
    const struct mysql_cell *c;
    struct mysql *m;
    size_t i;
    int tls;

    (void)state;
    real_need();
    real_run(real_root, "SET GLOBAL max_allowed_packet = 67108864");
    for (i = 0; i < BIG; i++)
        buf_addc(&text, (char)('a' + (i * 7 + (i >> 9)) % 26));
    for (tls = 0; tls < 2; tls++) {
        if (tls && only_tls13())
            break;
        m = must_open_tls("shop", true, tls ? MYSQL_TLS_VERIFY : MYSQL_TLS_OFF);
        assert_int_equal(mysql_max_packet(m), 67108864);
        buf_reset(&sql);
        mysql_sqlf(m, &sql, "SELECT %S, 7", buf_str(&text));
        if (mysql_query(m, buf_str(&sql), &real_err) != 0)
            fail_msg("%s", real_err.text);
        assert_int_equal(mysql_row(m, &c, &real_err), 1);
        assert_true(str_eq(c[0].s, buf_str(&text)));
        assert_true(str_is(c[1].s, "7"));
        assert_int_equal(mysql_row(m, &c, &real_err), 0);
        real_assert_value(m, "SELECT 1", "1");
        mysql_close(m);
    }
    buf_free(&text);
    buf_free(&sql);
}

struct job {
    struct mysql_opts o;
    unsigned number;
    bool good;
};

static void *work(void *arg)
{
    struct job *j = arg;
    struct mysql *m = NULL;
    struct err e;
    unsigned i;

    j->good = true;
    for (i = 0; i < 5 && j->good; i++) {
        struct buf sql = {0};
        struct buf got = {0};
        bool found = false;

        if (m == NULL && mysql_open(&m, &j->o, &e) != 0)
            j->good = false;
        if (j->good) {
            mysql_sqlf(m, &sql, "SELECT REPEAT(%s, %u)", j->number % 2 ? "ab" : "xyz", 50000 + j->number);
            j->good = mysql_value(m, buf_str(&sql), &got, &found, &e) == 0 &&
                      got.n == (j->number % 2 ? 2 : 3) * (50000 + (size_t)j->number);
        }
        buf_free(&sql);
        buf_free(&got);
        if (i == 2) {
            mysql_close(m);
            m = NULL;
        }
    }
    mysql_close(m);
    return NULL;
}

static void test_threads(void **state)
{
    struct mysql_opts o;
    struct job jobs[THREADS];
    pthread_t threads[THREADS];
    unsigned i;

    (void)state;
    need_tls12();
    o = real_options("shop", PASSWORD, true);
    o.tls = MYSQL_TLS_REQUIRED;
    for (i = 0; i < THREADS; i++) {
        jobs[i] = (struct job){.o = o, .number = i};
        assert_int_equal(pthread_create(&threads[i], NULL, work, &jobs[i]), 0);
    }
    for (i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_true(jobs[i].good);
    }
    mysql_opts_free(&o);
}

static void test_tls13(void **state)
{
    (void)state;
    real_need();
    if (!only_tls13())
        skip();
    assert_null(open_tls("shop", true, MYSQL_TLS_VERIFY));
    assert_true(str_has(str_of(real_err.text), STR("may speak TLS 1.3 alone")));
    assert_true(str_has(str_of(real_err.fix), STR("tls_version")));
}

/* What the server's options are called differs; an account that can't be made is not tested. */
static bool try_account(const char *name, const char *how)
{
    struct buf sql = {0};
    bool r;

    mysql_sqlf(real_root, &sql, "CREATE USER %s@%s ", name, "%");
    buf_adds(&sql, how);
    buf_adds(&sql, " -- ");
    {
        struct buf drop = {0};

        mysql_sqlf(real_root, &drop, "DROP USER IF EXISTS %s@%s", name, "%");
        real_run(real_root, buf_cstr(&drop));
        buf_free(&drop);
    }
    r = mysql_exec(real_root, buf_str(&sql), NULL, &real_err) == 0;
    buf_free(&sql);
    return r;
}

static void assert_logs_in(const char *name, bool tcp, enum mysql_tls mode)
{
    struct mysql_opts o;
    struct mysql *m = must_open_tls(name, tcp, mode);

    mysql_close(m);
    o = real_options(name, "wrong-hidden", tcp);
    o.tls = mode == MYSQL_TLS_VERIFY ? MYSQL_TLS_REQUIRED : mode;
    assert_int_equal(mysql_open(&m, &o, &real_err), -1);
    assert_int_equal(real_err.db_code, 1045);
    assert_false(str_has(str_of(real_err.text), STR("hidden")));
    mysql_opts_free(&o);
}

static void test_old_password(void **state)
{
    struct buf hash;
    struct buf how = {0};
    struct buf sql = {0};

    (void)state;
    real_need();
    if (real_is_mysql9())
        skip();
    mysql_sqlf(real_root, &sql, "SELECT OLD_PASSWORD(%s)", PASSWORD);
    hash = real_value(real_root, buf_cstr(&sql));
    mysql_sqlf(real_root, &how, "IDENTIFIED VIA mysql_old_password USING %S", buf_str(&hash));
    real_run(real_root, "SET GLOBAL secure_auth = 0");
    assert_true(try_account("old", buf_cstr(&how)));
    assert_logs_in("old", false, MYSQL_TLS_AUTO);
    assert_logs_in("old", true, MYSQL_TLS_OFF);
    if (!only_tls13())
        assert_logs_in("old", true, MYSQL_TLS_VERIFY);
    buf_free(&hash);
    buf_free(&how);
    buf_free(&sql);
}

static void test_ed25519(void **state)
{
    struct buf how = {0};

    (void)state;
    real_need();
    if (real_is_mysql9())
        skip();
    /* 1968: it is installed. Debian has the plugin in a package apart from the server. */
    if (mysql_exec(real_root, STR("INSTALL SONAME 'auth_ed25519'"), NULL, &real_err) != 0 &&
        real_err.db_code != 1968)
        skip();
    mysql_sqlf(real_root, &how, "IDENTIFIED VIA ed25519 USING PASSWORD(%s)", PASSWORD);
    assert_true(try_account("modern", buf_cstr(&how)));
    assert_logs_in("modern", false, MYSQL_TLS_AUTO);
    assert_logs_in("modern", true, MYSQL_TLS_OFF);
    if (!only_tls13())
        assert_logs_in("modern", true, MYSQL_TLS_VERIFY);
    buf_free(&how);
}

/* The password by each way: encrypted by the server's key, in TLS, over the socket; and by its hash. */
static void test_sha2(void **state)
{
    static const char *const plugins[] = {"caching_sha2_password", "sha256_password"};
    static const enum mysql_tls modes[] = {MYSQL_TLS_OFF, MYSQL_TLS_REQUIRED, MYSQL_TLS_VERIFY};
    struct buf how = {0};
    size_t i;
    size_t k;

    (void)state;
    real_need();
    if (!real_is_mysql9())
        skip();
    for (i = 0; i < 2; i++) {
        buf_reset(&how);
        mysql_sqlf(real_root, &how, "IDENTIFIED WITH %i BY %s", plugins[i], PASSWORD);
        if (!try_account("sha", buf_cstr(&how)))
            continue;
        for (k = 0; k < 3; k++) {
            if (k > 0 && only_tls13())
                break;
            real_run(real_root, "FLUSH PRIVILEGES"); /* empties the cache */
            assert_logs_in("sha", true, modes[k]);
            assert_logs_in("sha", true, modes[k]);
        }
        real_run(real_root, "FLUSH PRIVILEGES");
        assert_logs_in("sha", false, MYSQL_TLS_AUTO);
    }
    buf_free(&how);
}

/* A file of this machine is never sent, even when a statement of ours asks for it. */
static void test_local_infile(void **state)
{
    struct mysql *m;

    (void)state;
    real_need();
    real_run(real_root, "SET GLOBAL local_infile = ON");
    m = must_open_tls("shop", true, MYSQL_TLS_OFF);
    real_run(m, "CREATE TEMPORARY TABLE test_client.l (t TEXT)");
    assert_int_equal(
        mysql_exec(m, STR("LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE test_client.l"), NULL, &real_err),
        -1);
    if (mysql_alive(m))
        real_assert_value(m, "SELECT COUNT(*) FROM test_client.l", "0");
    mysql_close(m);
}

/* A session that was lost is reopened in TLS. */
static void test_reopen(void **state)
{
    struct mysql_opts o;
    struct buf sql = {0};
    struct mysql *m;

    (void)state;
    need_tls12();
    o = real_options("shop", PASSWORD, true);
    o.tls = MYSQL_TLS_REQUIRED;
    assert_int_equal(mysql_open(&m, &o, &real_err), 0);
    mysql_sqlf(real_root, &sql, "KILL %u", mysql_thread(m));
    real_run(real_root, buf_cstr(&sql));
    while (mysql_exec(m, STR("SELECT 1"), NULL, &real_err) == 0)
        ;
    assert_int_equal(real_err.kind, ERR_DB);
    assert_false(mysql_alive(m));
    assert_int_equal(mysql_reopen(m, &o, &real_err), 0);
    assert_encrypted(m, true);
    buf_free(&sql);
    mysql_close(m);
    mysql_opts_free(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_modes),
        cmocka_unit_test(test_demanded),
        cmocka_unit_test(test_bad_certificates),
        cmocka_unit_test(test_big_statement),
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_tls13),
        cmocka_unit_test(test_old_password),
        cmocka_unit_test(test_ed25519),
        cmocka_unit_test(test_sha2),
        cmocka_unit_test(test_local_infile),
        cmocka_unit_test(test_reopen),
    };

    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
