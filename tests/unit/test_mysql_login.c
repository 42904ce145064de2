/* Log-ins as a hostile server may lead them. */
#include "db/mysql.h"
#include "fake_mysql.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define NATIVE "mysql_native_password"
#define SHA2   "caching_sha2_password"

static struct err e;

/* What a server may ask for during the log-in, and what is to be made of it. */
static void test_hostile_logins(void **state)
{
    static const char key_rubbish[] = "\x01-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n";
    static const struct {
        const char *first; /* after the log-in packet */
        size_t first_n;
        const char *second; /* after our answer to the first; NULL: none is expected */
        size_t second_n;
        enum err_kind kind;
        const char *words;
    } cases[] = {
        {"\xFEmysql_clear_password", 22, NULL, 0, ERR_REFUSED, "clear text"},
        {"\xFE"
         "dialog\0Password: ",
         18, NULL, 0, ERR_REFUSED, "clear text"},
        {"\xFEmysql_old_password\0abcdefgh", 29, NULL, 0, ERR_REFUSED, "old style"},
        {"\xFE", 1, NULL, 0, ERR_REFUSED, "old style"},
        {"\xFEparsec\0abcdefghijklmnopqrstabcdefghijkl", 40, NULL, 0, ERR_REFUSED, "MariaDB 11.6"},
        {"\xFE"
         "auth_gssapi_client\0x",
         21, NULL, 0, ERR_REFUSED, "\"auth_gssapi_client\", which is not supported"},
        {"\xFE", 2, NULL, 0, ERR_REFUSED, "\"\", which is not supported"},
        {"\xFE"
         "client_ed25519\0abcdefghijklmnopqrstabcdefghijk",
         47, NULL, 0, ERR_FORMAT, "cut short"},
        {"\xFEmysql_old_password\0abcdefg", 27, NULL, 0, ERR_FORMAT, "cut short"},
        {"\xFEsha256_password\0abcdefghijklmnopqrs", 36, NULL, 0, ERR_FORMAT, "cut short"},
        {"\xFEsha256_password\0abcdefghijklmnopqrst", 38, "\x00", 1, ERR_FORMAT,
         "did not give its public key"},
        {"\xFEsha256_password\0abcdefghijklmnopqrst", 38, key_rubbish, sizeof key_rubbish - 1, ERR_FORMAT,
         "not an RSA key"},
        {"\xFEsha256_password\0abcdefghijklmnopqrst", 38, "\xFF\x15\x04#28000Access denied", 22, ERR_DB,
         "Access denied (1045, 28000)"},
        {"\xFE" NATIVE, 22, NULL, 0, ERR_FORMAT, "cut short"},
        {"\xFE" NATIVE "\0abcdefghijklmnopqrs", 42, NULL, 0, ERR_FORMAT, "cut short"},
        {"\xFE" NATIVE "\0abcdefghijklmnopqrst", 44, "\xFE" SHA2 "\0abcdefghijklmnopqrst", 44, ERR_FORMAT,
         "twice"},
        {"\xFE" NATIVE "\0abcdefghijklmnopqrst", 44, "\x01\x04", 2, ERR_FORMAT, "something unknown"},
        {"\xFE" SHA2 "\0abcdefghijklmnopqrst", 44, "\x01\x05", 2, ERR_FORMAT, "something unknown"},
        {"\xFB/etc/passwd", 12, NULL, 0, ERR_FORMAT, "something unknown"},
        {"", 0, NULL, 0, ERR_FORMAT, "something unknown"},
        {"\x01\x04", 2, "\x00", 1, ERR_FORMAT, "did not give its public key"},
        {"\x01\x04", 2, key_rubbish, sizeof key_rubbish - 1, ERR_FORMAT, "not an RSA key"},
        {"\x01\x04", 2, "\xFF\x15\x04#28000Access denied", 22, ERR_DB, "Access denied (1045, 28000)"},
        {"\xFF\x15\x04#28000Access denied", 22, NULL, 0, ERR_DB, "Access denied (1045, 28000)"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fake_mysql f;
        struct mysql_opts o;
        struct mysql *m;
        size_t sent;

        fake_mysql_init(&f);
        fake_mysql_greeting(&f, "8.0.1", FAKE_CAPS_MODERN, SHA2);
        fake_mysql_turn(&f);
        fake_mysql_packet(&f, 2, cases[i].first, cases[i].first_n);
        if (cases[i].second != NULL) {
            fake_mysql_turn(&f);
            fake_mysql_packet(&f, 4, cases[i].second, cases[i].second_n);
        }
        o = fake_mysql_far_options(&f);
        err_clear(&e);
        assert_int_equal(mysql_open(&m, &o, &e), -1);
        assert_null(m);
        if (e.kind != cases[i].kind || !str_has(str_of(e.text), str_of(cases[i].words)))
            fail_msg("case %zu: %s", i, e.text);
        assert_true(str_has(str_of(e.text), STR("192.0.2.1:3306 (user shop")));
        /* The password went over the wire in none of them, nor anything after the last refusal. */
        assert_false(str_has(buf_str(&f.sent), STR("secret-word")));
        sent = cases[i].second != NULL ? 2 : 1;
        assert_int_equal(f.packets, sent);
        assert_int_equal(f.open, 0);
        fake_mysql_free(&f);
    }
}

/* Switches that are followed, and where: what is sent after the log-in packet. */
static void test_switches(void **state)
{
    static const char ed25519[] = "client_ed25519\0nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn";
    static const struct {
        const char *request;
        size_t n;
        char place; /* s: socket, l: loopback, f: far */
        const char *answer;
        size_t answer_n;
    } cases[] = {
        {"\xFE" NATIVE "\0abcdefghijklmnopqrst", 44, 'f', "\xac\x2b\xeb\x69\x6c", 5},
        {"\xFE" SHA2 "\0abcdefghijklmnopqrst", 44, 'f', "\xe5\x46\x73\x7e\xf2", 5},
        {"\xFEmysql_old_password\0abcdefgh", 28, 's', "REJAJPLD", 9},
        {"\xFEmysql_old_password\0abcdefghijklmnopqrst", 41, 'l', "REJAJPLD", 9},
        {"\xFE", 1, 'l', "REJAJPLD", 9},
        {"\xFEmysql_clear_password", 22, 's', "secret-word", 12},
        {"\xFEsha256_password\0abcdefghijklmnopqrst", 38, 's', "secret-word", 12},
        {ed25519, 0, 'f', "\x77\xdd\x9d\xf7\x0c", 5},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf request = {0};
        struct fake_mysql f;
        struct mysql_opts o;
        struct mysql *m;
        struct str answer;

        if (cases[i].n > 0) {
            buf_add(&request, cases[i].request, cases[i].n);
        } else {
            buf_addc(&request, (char)0xFE);
            buf_add(&request, cases[i].request, sizeof ed25519);
        }
        fake_mysql_init(&f);
        fake_mysql_greeting(&f, "5.7.1", FAKE_CAPS_MODERN, NATIVE);
        fake_mysql_turn(&f);
        fake_mysql_packet(&f, 2, request.p, request.n);
        fake_mysql_turn(&f);
        fake_mysql_ok(&f, 4, 2);
        fake_mysql_prepare(&f, "1048576");
        o = cases[i].place == 's'   ? fake_mysql_options(&f)
            : cases[i].place == 'l' ? fake_mysql_tcp_options(&f)
                                    : fake_mysql_far_options(&f);
        err_clear(&e);
        if (mysql_open(&m, &o, &e) != 0)
            fail_msg("case %zu: %s", i, e.text);
        answer = fake_mysql_sent(&f, 1);
        if (answer.n < cases[i].answer_n || memcmp(answer.p, cases[i].answer, cases[i].answer_n) != 0)
            fail_msg("case %zu: another answer", i);
        assert_string_equal(mysql_transport(m), cases[i].place == 's' ? "unix socket" : "TCP, not encrypted");
        buf_free(&request);
        fake_mysql_finish(&f, m);
    }
}

/* Without a password there is nothing to encrypt. */
static void test_no_password(void **state)
{
    struct fake_mysql f;
    struct mysql_opts o;
    struct mysql *m;

    (void)state;
    fake_mysql_init(&f);
    fake_mysql_greeting(&f, "8.0.1", FAKE_CAPS_MODERN, SHA2);
    fake_mysql_turn(&f);
    fake_mysql_packet(&f, 2, "\xFEsha256_password\0abcdefghijklmnopqrst", 38);
    fake_mysql_turn(&f);
    fake_mysql_ok(&f, 4, 2);
    fake_mysql_prepare(&f, "1048576");
    o = fake_mysql_far_options(&f);
    o.password = NULL;
    if (mysql_open(&m, &o, &e) != 0)
        fail_msg("%s", e.text);
    assert_true(str_eq(fake_mysql_sent(&f, 1), (struct str){"", 1}));
    fake_mysql_finish(&f, m);
}

/* Without end, and longer than anything of a log-in can be. */
static void test_endless_login(void **state)
{
    struct fake_mysql f;
    struct mysql_opts o;
    struct mysql *m;
    unsigned seq;

    (void)state;
    fake_mysql_init(&f);
    fake_mysql_greeting(&f, "8.0.1", FAKE_CAPS_MODERN, SHA2);
    fake_mysql_turn(&f);
    for (seq = 2; seq < 100; seq++)
        fake_mysql_packet(&f, seq, "\x01\x03", 2);
    o = fake_mysql_options(&f);
    assert_int_equal(mysql_open(&m, &o, &e), -1);
    assert_int_equal(e.kind, ERR_FORMAT);
    fake_mysql_free(&f);
    fake_mysql_init(&f);
    fake_mysql_turn(&f);
    fake_mysql_raw(&f,
                   "\xFF\xFF\xFF\x00"
                   "abc",
                   7);
    o = fake_mysql_options(&f);
    assert_int_equal(mysql_open(&m, &o, &e), -1);
    assert_int_equal(e.kind, ERR_FORMAT);
    assert_true(str_has(str_of(e.text), STR("announced 16777215 bytes")));
    fake_mysql_free(&f);
}

/* Over a socket the password goes as it is, because nobody else reads there; after that nothing holds it. */
static void test_password_on_socket(void **state)
{
    struct fake_mysql f;
    struct mysql_opts o;
    struct mysql *m;

    (void)state;
    fake_mysql_init(&f);
    fake_mysql_greeting(&f, "8.0.1", FAKE_CAPS_MODERN, SHA2);
    fake_mysql_turn(&f);
    fake_mysql_packet(&f, 2, "\x01\x04", 2);
    fake_mysql_turn(&f);
    fake_mysql_ok(&f, 4, 2);
    fake_mysql_prepare(&f, "1048576");
    o = fake_mysql_options(&f);
    if (mysql_open(&m, &o, &e) != 0)
        fail_msg("%s", e.text);
    assert_true(str_eq(fake_mysql_sent(&f, 1), (struct str){"secret-word", sizeof "secret-word"}));
    fake_mysql_finish(&f, m);
}

/* Refusals before any log-in come in the form of MySQL 4.0, without a state. */
static void test_refused_at_the_door(void **state)
{
    static const char *const greetings[] = {"\x09"
                                            "4.0.1\0rest",
                                            "SSH-2.0-OpenSSH_9.2\r\n",
                                            "\x0A"
                                            "8.0.1"};
    struct fake_mysql f;
    struct mysql_opts o;
    struct mysql *m;
    size_t i;

    (void)state;
    fake_mysql_init(&f);
    fake_mysql_turn(&f);
    fake_mysql_error(&f, 0, 1040, NULL, "Too many connections");
    o = fake_mysql_options(&f);
    assert_int_equal(mysql_open(&m, &o, &e), -1);
    assert_int_equal(e.db_code, 1040);
    assert_string_equal(e.db_state, "");
    assert_true(str_has(str_of(e.fix), STR("max_connections")));
    fake_mysql_free(&f);
    for (i = 0; i < 3; i++) {
        fake_mysql_init(&f);
        fake_mysql_turn(&f);
        fake_mysql_packet(&f, 0, greetings[i], strlen(greetings[i]));
        o = fake_mysql_options(&f);
        assert_int_equal(mysql_open(&m, &o, &e), -1);
        assert_int_equal(e.kind, ERR_FORMAT);
        fake_mysql_free(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hostile_logins),     cmocka_unit_test(test_switches),
        cmocka_unit_test(test_no_password),        cmocka_unit_test(test_endless_login),
        cmocka_unit_test(test_password_on_socket), cmocka_unit_test(test_refused_at_the_door),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
