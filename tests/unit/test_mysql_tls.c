/* The database client in TLS against a scripted server: the order of things, and servers that want to do
 * without. */
#include "base/mem.h"
#include "db/mysql.h"
#include "fake_mysql.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define NATIVE "mysql_native_password"
#define SHA2   "caching_sha2_password"
#define ALWAYS "500101000000Z", "491231000000Z" /* 1950 to 2049: the client looks at the clock */

#define CLIENT_SSL 0x0800u

static struct err e;
static struct fake_key root_key;
static struct fake_key server_key;
static char ca_file[] = "/tmp/test_mysql_tls_XXXXXX";
static char far_name[] = "192.0.2.1";
static struct fake_tls tls;

static int group_setup(void **state)
{
    const struct fake_cert root = {"Root", "Root", ALWAYS, .names = {NULL}, .authority = true};
    const struct fake_cert own = {
        "db", "Root", ALWAYS, .names = {NULL}, .address_n = 4, .address = {192, 0, 2, 1}};
    int fd = mkstemp(ca_file);
    struct buf cert;
    struct buf pem;

    (void)state;
    fake_key_make(&root_key, true, "root");
    fake_key_make(&server_key, true, "server");
    pem = fake_pem(fake_cert_make(&root, &root_key, &root_key), "CERTIFICATE");
    if (fd < 0 || write(fd, pem.p, pem.n) != (ssize_t)pem.n)
        return -1;
    close(fd);
    buf_free(&pem);
    cert = fake_cert_make(&own, &server_key, &root_key);
    fake_tls_init(&tls, &server_key, &cert, 1, BR_TLS12, BR_TLS12);
    return 0;
}

static int group_teardown(void **state)
{
    (void)state;
    fake_tls_free(&tls);
    unlink(ca_file);
    return 0;
}

/* A server that offers TLS and then lets log in by a hash. */
static void script(struct fake_mysql *f)
{
    static const char *const rows[] = {"one", "two", NULL};

    fake_tls_rewind(&tls, BR_TLS12, BR_TLS12);
    fake_mysql_init(f);
    f->tls = &tls;
    fake_mysql_greeting(f, "8.0.36", FAKE_CAPS_TLS, SHA2);
    fake_mysql_turn(f); /* the handshake */
    fake_mysql_turn(f);
    fake_mysql_packet(f, 3, "\x01\x03", 2);
    fake_mysql_ok(f, 4, 2);
    fake_mysql_prepare(f, "1048576");
    fake_mysql_result(f, rows);
}

static struct mysql_opts far_options(struct fake_mysql *f, enum mysql_tls mode)
{
    struct mysql_opts o = fake_mysql_far_options(f);

    o.tls = mode;
    if (mode == MYSQL_TLS_VERIFY)
        o.ca = ca_file;
    return o;
}

/* Plays the script: 0, or -1 with e filled. */
static int play(struct fake_mysql *f, const struct mysql_opts *o)
{
    const struct mysql_cell *c;
    struct mysql *m = NULL;
    size_t n = 0;
    int r = -1;

    err_clear(&e);
    if (mysql_open(&m, o, &e) == 0 && mysql_query(m, STR("SELECT v"), &e) == 0)
        while ((r = mysql_row(m, &c, &e)) > 0)
            n++;
    if (r == 0) {
        assert_int_equal(n, 2);
        if (f->fault == FAKE_NONE)
            assert_true(mysql_alive(m));
    }
    mysql_close(m);
    assert_int_equal(f->open, 0);
    if (r != 0) {
        assert_true(e.text[0] != '\0');
        assert_false(str_has(str_of(e.text), STR("secret-word")));
    }
    return r;
}

static unsigned little(struct str s, size_t bytes)
{
    unsigned v = 0;

    while (bytes-- > 0)
        v = v << 8 | (uint8_t)s.p[bytes];
    return v;
}

/* The request for TLS is the head of the log-in packet, which follows inside with the next number. */
static void test_order(void **state)
{
    static const enum mysql_tls modes[] = {MYSQL_TLS_VERIFY, MYSQL_TLS_REQUIRED, MYSQL_TLS_AUTO};
    struct fake_mysql f;
    size_t i;

    (void)state;
    for (i = 0; i < 3; i++) {
        struct mysql_opts o;
        struct mysql *m;
        struct str request;
        struct str login;

        script(&f);
        o = far_options(&f, modes[i]);
        if (play(&f, &o) != 0)
            fail_msg("%s", e.text);
        request = fake_mysql_sent(&f, 0);
        login = fake_mysql_sent(&f, 1);
        assert_int_equal(request.n, 32);
        assert_true(little(request, 4) & CLIENT_SSL);
        assert_memory_equal(request.p, login.p, 32);
        assert_int_equal(request.p[-1], 1);
        assert_int_equal(login.p[-1], 2);
        assert_true(str_has(login, STR("shopdb")));
        /* The end was said twice: in the protocol and in TLS. */
        assert_true(str_is(fake_mysql_sent(&f, f.packets - 1), "\x01"));
        assert_int_equal(br_ssl_engine_current_state(&tls.server.eng), BR_SSL_CLOSED);
        assert_int_equal(br_ssl_engine_last_error(&tls.server.eng), 0);
        fake_mysql_rewind(&f);
        fake_tls_rewind(&tls, BR_TLS12, BR_TLS12);
        assert_int_equal(mysql_open(&m, &o, &e), 0);
        assert_string_equal(mysql_transport(m), i == 0
                                                    ? "TLS 1.2, ECDHE-RSA-AES128-GCM, server verified"
                                                    : "TLS 1.2, ECDHE-RSA-AES128-GCM, server not verified");
        fake_mysql_finish(&f, m);
    }
}

/* An offer of TLS that was taken away, by the server or on the way: it is told nothing. */
static void test_stripped(void **state)
{
    static const enum mysql_tls modes[] = {MYSQL_TLS_VERIFY, MYSQL_TLS_REQUIRED};
    struct fake_mysql f;
    struct mysql_opts o;
    struct mysql *m;
    size_t i;

    (void)state;
    for (i = 0; i < 4; i++) {
        fake_mysql_init(&f);
        fake_mysql_greeting(&f, "8.0.36", FAKE_CAPS_MODERN, SHA2);
        fake_mysql_turn(&f);
        fake_mysql_ok(&f, 2, 2);
        o = far_options(&f, modes[i % 2]);
        if (i > 1) { /* an authority alone has the same effect */
            o.tls = MYSQL_TLS_AUTO;
            o.ca = ca_file;
        }
        err_clear(&e);
        assert_int_equal(mysql_open(&m, &o, &e), -1);
        assert_int_equal(e.kind, ERR_REFUSED);
        assert_true(str_has(str_of(e.text), STR("offers no encryption")));
        assert_true(str_has(str_of(e.fix), STR("--db-tls=off")));
        assert_int_equal(f.sent.n, 0);
        assert_int_equal(f.open, 0);
        fake_mysql_free(&f);
    }
    /* Where nothing demands it, the log-in goes on as it did. */
    fake_mysql_init(&f);
    fake_mysql_greeting(&f, "8.0.36", FAKE_CAPS_MODERN, SHA2);
    fake_mysql_turn(&f);
    fake_mysql_ok(&f, 2, 2);
    fake_mysql_prepare(&f, "1048576");
    o = far_options(&f, MYSQL_TLS_AUTO);
    assert_int_equal(mysql_open(&m, &o, &e), 0);
    assert_string_equal(mysql_transport(m), "TCP, not encrypted");
    fake_mysql_finish(&f, m);
}

/* Words behind the greeting would be taken for words of the proven server. */
static void test_spoken_too_early(void **state)
{
    struct fake_mysql f;
    struct mysql_opts o;

    (void)state;
    script(&f);
    buf_add(&f.turns[0], "\x07\0\0\x02\0\0\0\x02\0\0\0", 11);
    o = far_options(&f, MYSQL_TLS_VERIFY);
    assert_int_equal(play(&f, &o), -1);
    assert_int_equal(e.kind, ERR_FORMAT);
    assert_true(str_has(str_of(e.text), STR("speaks before the encryption")));
    assert_int_equal(f.sent.n, 0);
    fake_mysql_free(&f);
}

static void test_unproven(void **state)
{
    static char other[] = "192.0.2.2";
    struct fake_mysql f;
    struct mysql_opts o;

    (void)state;
    /* A certificate for another address. */
    script(&f);
    o = far_options(&f, MYSQL_TLS_VERIFY);
    o.host = other;
    assert_int_equal(play(&f, &o), -1);
    assert_int_equal(e.kind, ERR_REFUSED);
    assert_true(str_has(str_of(e.text), STR("not for \"192.0.2.2\" but for: 192.0.2.1")));
    assert_true(str_has(str_of(e.fix), STR("--db-host")));
    assert_int_equal(f.packets, 1); /* the request for TLS */
    /* Over a socket it need not name anything. */
    fake_mysql_rewind(&f);
    fake_tls_rewind(&tls, BR_TLS12, BR_TLS12);
    o = fake_mysql_options(&f);
    o.tls = MYSQL_TLS_VERIFY;
    o.ca = ca_file;
    if (play(&f, &o) != 0)
        fail_msg("%s", e.text);
    /* An authority nobody knows. */
    fake_mysql_rewind(&f);
    fake_tls_rewind(&tls, BR_TLS12, BR_TLS12);
    setenv("SSL_CERT_FILE", "/nonexistent.pem", 1);
    o = far_options(&f, MYSQL_TLS_VERIFY);
    o.ca = NULL;
    assert_int_equal(play(&f, &o), -1);
    assert_true(str_has(str_of(e.text), STR("/nonexistent.pem")));
    assert_true(str_has(str_of(e.fix), STR("--db-ca")));
    unsetenv("SSL_CERT_FILE");
    fake_mysql_free(&f);
}

/* Within this machine TLS is used only once the server refused to go without. */
static void test_second_try(void **state)
{
    static const struct {
        unsigned caps;
        unsigned code;
        unsigned log_ins;
    } cases[] = {{FAKE_CAPS_TLS, 1045, 2},
                 {FAKE_CAPS_TLS, 3159, 2},
                 {FAKE_CAPS_TLS, 1049, 1},
                 {FAKE_CAPS_MODERN, 1045, 1}};
    struct fake_mysql f;
    struct mysql_opts o;
    struct mysql *m;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        fake_mysql_init(&f);
        fake_mysql_greeting(&f, "10.6.1-MariaDB", cases[i].caps, NATIVE);
        fake_mysql_turn(&f);
        fake_mysql_error(&f, 2, cases[i].code, "28000", "Access denied");
        /* The second connection goes on in the same script; a real server would greet anew. */
        fake_mysql_greeting(&f, "10.6.1-MariaDB", FAKE_CAPS_TLS, NATIVE);
        o = fake_mysql_options(&f);
        err_clear(&e);
        assert_int_equal(mysql_open(&m, &o, &e), -1);
        assert_int_equal(e.db_code, cases[i].code); /* the first answer stays the reason */
        assert_true(str_has(fake_mysql_sent(&f, 0), STR("shopdb")));
        assert_int_equal(f.connects, cases[i].log_ins);
        /* Who says off gets one try. */
        fake_mysql_rewind(&f);
        o.tls = MYSQL_TLS_OFF;
        f.connects = 0;
        assert_int_equal(mysql_open(&m, &o, &e), -1);
        assert_int_equal(f.connects, 1);
        assert_int_equal(f.open, 0);
        fake_mysql_free(&f);
    }
}

/* The password itself: in TLS for caching_sha2_password, in verified TLS alone for mysql_clear_password. */
static void test_password_in_tls(void **state)
{
    static const struct {
        const char *request;
        size_t n;
        enum mysql_tls mode;
        bool given;
    } cases[] = {
        {"\x01\x04", 2, MYSQL_TLS_AUTO, true},
        {"\x01\x04", 2, MYSQL_TLS_VERIFY, true},
        {"\xFEsha256_password\0abcdefghijklmnopqrst", 38, MYSQL_TLS_REQUIRED, true},
        {"\xFEmysql_clear_password", 22, MYSQL_TLS_VERIFY, true},
        {"\xFEmysql_clear_password", 22, MYSQL_TLS_REQUIRED, false},
        {"\xFEmysql_clear_password", 22, MYSQL_TLS_AUTO, false},
        {"\xFE"
         "dialog\0Password: ",
         18, MYSQL_TLS_VERIFY, false},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fake_mysql f;
        struct mysql_opts o;
        struct mysql *m;

        fake_tls_rewind(&tls, BR_TLS12, BR_TLS12);
        fake_mysql_init(&f);
        f.tls = &tls;
        fake_mysql_greeting(&f, "8.0.36", FAKE_CAPS_TLS, SHA2);
        fake_mysql_turn(&f);
        fake_mysql_turn(&f);
        fake_mysql_packet(&f, 3, cases[i].request, cases[i].n);
        fake_mysql_turn(&f);
        fake_mysql_ok(&f, 5, 2);
        fake_mysql_prepare(&f, "1048576");
        o = far_options(&f, cases[i].mode);
        err_clear(&e);
        if ((mysql_open(&m, &o, &e) == 0) != cases[i].given)
            fail_msg("case %zu: %s", i, e.text);
        if (cases[i].given)
            assert_true(str_eq(fake_mysql_sent(&f, 2), (struct str){"secret-word", sizeof "secret-word"}));
        else
            assert_int_equal(e.kind, ERR_REFUSED);
        assert_true(cases[i].given == str_has(buf_str(&f.sent), STR("secret-word")));
        fake_mysql_finish(&f, m);
    }
}

/* Cut after each number of bytes, and each call of the network failing in each way. */
static void test_cut_and_faults(void **state)
{
    static const enum fake_fault faults[] = {FAKE_ERROR, FAKE_EOF, FAKE_EINTR, FAKE_SHORT};
    struct fake_mysql f;
    struct mysql_opts o;
    unsigned calls;
    unsigned k;
    size_t all;
    size_t n;
    size_t i;

    (void)state;
    script(&f);
    o = far_options(&f, MYSQL_TLS_VERIFY);
    assert_int_equal(play(&f, &o), 0);
    all = f.said;
    calls = f.calls;
    for (n = 0; n < all; n += n < 150 || n > all - 120 ? 1 : 13) {
        fake_mysql_rewind(&f);
        fake_tls_rewind(&tls, BR_TLS12, BR_TLS12);
        f.limit = n;
        assert_int_equal(play(&f, &o), -1);
        assert_int_equal(e.kind, ERR_DB);
        assert_true(str_has(str_of(e.text), STR("user shop")));
    }
    for (i = 0; i < sizeof faults / sizeof *faults; i++) {
        for (k = 1; k <= calls; k++) {
            bool harmless = faults[i] == FAKE_EINTR || faults[i] == FAKE_SHORT;

            fake_mysql_rewind(&f);
            fake_tls_rewind(&tls, BR_TLS12, BR_TLS12);
            f.fault_at = k;
            f.fault = faults[i];
            /* The last calls are the farewell. */
            if (play(&f, &o) != 0)
                assert_false(harmless);
            else
                assert_true(harmless || k + 6 > calls);
        }
    }
    fake_mysql_free(&f);
}

/* A request for a file of this machine is refused in TLS as well, and in the middle of it. */
static void test_local_infile(void **state)
{
    struct fake_mysql f;
    struct mysql_opts o;
    struct mysql *m;

    (void)state;
    fake_tls_rewind(&tls, BR_TLS12, BR_TLS12);
    fake_mysql_init(&f);
    f.tls = &tls;
    fake_mysql_greeting(&f, "8.0.36", FAKE_CAPS_TLS, NATIVE);
    fake_mysql_turn(&f);
    fake_mysql_turn(&f);
    fake_mysql_ok(&f, 3, 2);
    fake_mysql_prepare(&f, "1048576");
    fake_mysql_turn(&f);
    fake_mysql_packet(&f, 1, "\xFB/etc/passwd", 12);
    o = far_options(&f, MYSQL_TLS_VERIFY);
    assert_int_equal(mysql_open(&m, &o, &e), 0);
    assert_int_equal(mysql_exec(m, STR("SET x = 1"), NULL, &e), -1);
    assert_int_equal(e.kind, ERR_FORMAT);
    assert_true(str_has(str_of(e.text), STR("asks for a file")));
    assert_false(mysql_alive(m));
    fake_mysql_finish(&f, m);
}

static void test_copy(void **state)
{
    struct mysql_opts o = {.host = far_name, .port = 7, .ca = ca_file, .tls = MYSQL_TLS_VERIFY};
    struct mysql_opts copy = mysql_opts_copy(&o);
    enum mysql_tls mode;

    (void)state;
    assert_ptr_not_equal(copy.host, o.host);
    assert_string_equal(copy.host, far_name);
    assert_string_equal(copy.ca, ca_file);
    assert_null(copy.password);
    assert_int_equal(copy.port, 7);
    assert_int_equal(copy.tls, MYSQL_TLS_VERIFY);
    mysql_opts_free(&copy);
    assert_true(mysql_tls_parse(STR("off"), &mode) && mode == MYSQL_TLS_OFF);
    assert_true(mysql_tls_parse(STR("verify"), &mode) && mode == MYSQL_TLS_VERIFY);
    assert_true(mysql_tls_parse(STR("required"), &mode) && mode == MYSQL_TLS_REQUIRED);
    assert_true(mysql_tls_parse(STR("auto"), &mode) && mode == MYSQL_TLS_AUTO);
    assert_false(mysql_tls_parse(STR("VERIFY"), &mode));
    assert_false(mysql_tls_parse(STR(""), &mode));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_stripped),
        cmocka_unit_test(test_spoken_too_early),
        cmocka_unit_test(test_unproven),
        cmocka_unit_test(test_second_try),
        cmocka_unit_test(test_password_in_tls),
        cmocka_unit_test(test_cut_and_faults),
        cmocka_unit_test(test_local_infile),
        cmocka_unit_test(test_copy),
    };

    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
