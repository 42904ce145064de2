/* Option files of MySQL: the pure reader, and what the client takes from them. */
#include "db/mysql_conf.h"
#include "format/mycnf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const char good[] = "\xEF\xBB\xBF# comment\r\n"
                           "; other comment\n"
                           "[mysqld]\n"
                           "user = server\n"
                           "[client]\n"
                           "  user=shop   \n"
                           "password = \"se#cret \\\"x\\\"\" # the shop's\n"
                           "host = db.example\r\n"
                           "port = 3307\n"
                           "unknown-option = 1\n"
                           "[mysql]\n"
                           "database=shop_db\n"
                           "default_character_set = utf8\n"
                           "[mysqldump]\n"
                           "password = other\n"
                           "[client-server]\n"
                           "socket = /run/my\\ssock\n"
                           "!includedir /etc/mysql/conf.d\n";

static void parse(const char *text, size_t n, char *room, struct mycnf *c)
{
    struct err e = {0};

    assert_int_equal(mycnf_parse((struct str){text, n}, room, c, &e), 0);
}

static void test_good(void **state)
{
    char room[sizeof good];
    struct mycnf c;

    (void)state;
    parse(good, sizeof good - 1, room, &c);
    assert_true(str_is(c.user, "shop"));
    assert_true(str_is(c.password, "se#cret \"x\""));
    assert_true(str_is(c.host, "db.example"));
    assert_true(str_is(c.port, "3307"));
    assert_true(str_is(c.database, "shop_db"));
    assert_true(str_is(c.charset, "utf8"));
    assert_true(str_is(c.socket, "/run/my sock"));
    assert_int_equal(c.include_line, 18);
    assert_int_equal(c.port_line, 9);
}

/* Each value as the clients of the servers read it. */
static void test_values(void **state)
{
    static const struct {
        const char *line;
        const char *value; /* NULL: none */
    } cases[] = {
        {"password=a#b", "a"},
        {"password='a#b'", "a#b"},
        {"password='a'#b", "a"},
        {"password=\"it's\"", "it's"},
        {"password=it's # kept", "it's # kept"}, /* the quote stays open, so there is no comment */
        {"password='a\\'b'", "a'b"},
        {"password=\\n\\t\\r\\b\\s\\\\\\q", "\n\t\r\b \\\\q"},
        {"password=a\\", "a\\"},
        {"password='", "'"},
        {"password=''", ""},
        {"password=", ""},
        {"password", NULL},
        {"password = a = b ", "a = b"},
        {"pass=x", NULL},
        {"pass_word=x", NULL},
        {"#password=x", NULL},
        {"password='mixed\"", "'mixed\""},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[200];
        char room[sizeof text];
        struct mycnf c;

        snprintf(text, sizeof text, "[client]\n%s", cases[i].line);
        parse(text, strlen(text), room, &c);
        if (cases[i].value == NULL)
            assert_null(c.password.p);
        else if (!str_is(c.password, cases[i].value))
            fail_msg("%s gives %.*s", cases[i].line, STR_FMT(c.password));
    }
}

/* Cut anywhere, every value is a head of the whole one, and room is never overrun (the sanitizer sees it). */
static void test_cut(void **state)
{
    size_t n;

    (void)state;
    for (n = 0; n < sizeof good; n++) {
        char *text = malloc(n + 1);
        char *room = malloc(n + 1);
        struct err e = {0};
        struct mycnf c;
        int r;

        assert_non_null(text);
        assert_non_null(room);
        memcpy(text, good, n);
        r = mycnf_parse((struct str){text, n}, room, &c, &e);
        if (r == 0 && c.user.p != NULL)
            assert_true(str_starts(STR("shop"), c.user));
        if (r != 0)
            assert_true(str_has(str_of(e.text), STR("closing bracket")));
        free(text);
        free(room);
    }
}

static void test_hostile(void **state)
{
    static const char nul[] = "[client]\npassword=hidden\0word\n";
    char room[sizeof nul];
    struct err e = {0};
    struct mycnf c;

    (void)state;
    assert_int_equal(mycnf_parse((struct str){nul, sizeof nul - 1}, room, &c, &e), -1);
    assert_int_equal(e.kind, ERR_FORMAT);
    assert_true(str_has(str_of(e.text), STR("line 2")));
    assert_false(str_has(str_of(e.text), STR("hidden")));
}

static void test_opts(void **state)
{
    struct mysql_opts o = {0};
    struct err e = {0};

    (void)state;
    mysql_opts_set(&o.user, STR("old"));
    mysql_opts_set(&o.charset, STR("utf8mb4"));
    assert_int_equal(mysql_conf_parse(STR("[client]\nuser=u\npassword=p\nport=33"), "f", &o, &e), 0);
    assert_string_equal(o.user, "u");
    assert_string_equal(o.password, "p");
    assert_int_equal(o.port, 33);
    assert_string_equal(o.charset, "utf8mb4");
    assert_null(o.host);
    assert_int_equal(mysql_conf_parse(STR("[client]\nport=70000\n"), "f", &o, &e), -1);
    assert_string_equal(e.text, "f: line 2: the port is no number from 1 to 65535");
    assert_int_equal(mysql_conf_parse(STR("[other]\n!include x\n"), "f", &o, &e), -1);
    assert_int_equal(e.kind, ERR_ABSENT);
    assert_true(str_has(str_of(e.fix), STR("line 2 includes")));
    mysql_opts_free(&o);
    assert_null(o.user);
}

/* What the keys about encryption mean together. */
static void test_tls(void **state)
{
    static const struct {
        const char *text;
        enum mysql_tls mode;
        const char *ca;
    } cases[] = {
        {"", MYSQL_TLS_AUTO, NULL},
        {"ssl\n", MYSQL_TLS_REQUIRED, NULL},
        {"ssl = 1\n", MYSQL_TLS_REQUIRED, NULL},
        {"ssl = TRUE\n", MYSQL_TLS_REQUIRED, NULL},
        {"ssl = 0\n", MYSQL_TLS_OFF, NULL},
        {"ssl=off\n", MYSQL_TLS_OFF, NULL},
        {"ssl=False\n", MYSQL_TLS_OFF, NULL},
        {"skip-ssl\n", MYSQL_TLS_OFF, NULL},
        {"skip_ssl = 0\n", MYSQL_TLS_REQUIRED, NULL},
        {"disable-ssl\n", MYSQL_TLS_OFF, NULL},
        {"skip-ssl\nssl\n", MYSQL_TLS_REQUIRED, NULL},
        {"ssl-ca = /ca.pem\n", MYSQL_TLS_AUTO, "/ca.pem"},
        {"ssl_ca = '/c a.pem' # ours\n", MYSQL_TLS_AUTO, "/c a.pem"},
        {"ssl\nssl-ca=/ca.pem\n", MYSQL_TLS_VERIFY, "/ca.pem"},
        {"ssl-verify-server-cert\n", MYSQL_TLS_VERIFY, NULL},
        {"skip-ssl\nssl-verify-server-cert\n", MYSQL_TLS_OFF, NULL},
        {"skip-ssl-verify-server-cert\nssl-ca=/ca.pem\n", MYSQL_TLS_REQUIRED, "/ca.pem"},
        {"disable-ssl-verify-server-cert\n", MYSQL_TLS_AUTO, NULL},
        {"ssl\nssl-verify-server-cert=0\nssl-ca=/ca.pem\n", MYSQL_TLS_REQUIRED, "/ca.pem"},
        {"ssl-mode = disabled\nssl\n", MYSQL_TLS_OFF, NULL},
        {"ssl-mode = PREFERRED\n", MYSQL_TLS_AUTO, NULL},
        {"ssl_mode=REQUIRED\nskip-ssl\n", MYSQL_TLS_REQUIRED, NULL},
        {"ssl-mode=VERIFY_CA\nssl-ca=/ca.pem\n", MYSQL_TLS_VERIFY, "/ca.pem"},
        {"ssl-mode=VERIFY_IDENTITY\n", MYSQL_TLS_VERIFY, NULL},
        {"ssl-key=/k.pem\n", MYSQL_TLS_AUTO, NULL},
    };
    struct mysql_opts o = {0};
    struct err e = {0};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[200];

        snprintf(text, sizeof text, "[client]\nuser=u\n%s", cases[i].text);
        assert_int_equal(mysql_conf_parse(str_of(text), "f", &o, &e), 0);
        if (o.tls != cases[i].mode || (o.ca == NULL) != (cases[i].ca == NULL))
            fail_msg("%s: mode %d", cases[i].text, (int)o.tls);
        if (o.ca != NULL)
            assert_string_equal(o.ca, cases[i].ca);
        mysql_opts_free(&o);
    }
    assert_int_equal(mysql_conf_parse(STR("[client]\nuser=u\nssl-mode=MAYBE\n"), "f", &o, &e), -1);
    assert_true(str_has(str_of(e.text), STR("f: line 3: ssl-mode is none of")));
    mysql_opts_free(&o);
}

static void test_files(void **state)
{
    char dir[] = "/tmp/test_mycnf.XXXXXX";
    char path[64];
    struct mysql_opts o = {0};
    struct err e = {0};
    FILE *f;

    (void)state;
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/my.cnf", dir);
    assert_int_equal(mysql_conf_read(path, &o, &e), -1);
    assert_int_equal(e.kind, ERR_IO);
    assert_int_equal(mysql_conf_read(dir, &o, &e), -1);
    assert_int_equal(e.kind, ERR_REFUSED);
    f = fopen(path, "we");
    assert_non_null(f);
    fputs("[client]\nuser = from-file\n", f);
    fclose(f);
    assert_int_equal(chmod(path, 0666), 0);
    assert_int_equal(mysql_conf_read(path, &o, &e), -1);
    assert_int_equal(e.kind, ERR_REFUSED);
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(mysql_conf_read(path, &o, &e), 0);
    assert_string_equal(o.user, "from-file");
    f = fopen(path, "we");
    assert_non_null(f);
    assert_int_equal(ftruncate(fileno(f), 100000), 0);
    fclose(f);
    assert_int_equal(mysql_conf_read(path, &o, &e), -1);
    assert_int_equal(e.kind, ERR_FORMAT);
    unlink(path);
    rmdir(dir);
    mysql_opts_free(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),    cmocka_unit_test(test_values), cmocka_unit_test(test_cut),
        cmocka_unit_test(test_hostile), cmocka_unit_test(test_opts),   cmocka_unit_test(test_files),
        cmocka_unit_test(test_tls),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
