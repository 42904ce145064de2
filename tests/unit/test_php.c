/* Finding a PHP that suits, among programs that only pretend: shell scripts that answer the probe. */
#include "files.h"

#include "sys/php.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[] = "/tmp/test_php_XXXXXX";
static const char *const env[] = {"PATH=/usr/bin:/bin", NULL};

static void put(const char *rel, const char *text)
{
    char path[512];

    files_put(root, rel, text);
    snprintf(path, sizeof path, "%s/%s", root, rel);
    assert_int_equal(chmod(path, 0755), 0);
}

static void say(struct buf *script, const char *key, const char *value)
{
    char hex[512];

    str_hex((const uint8_t *)value, strlen(value), hex);
    buf_printf(script, "echo 'toolkit-php %s %s'\n", key, hex);
}

static void fake(const char *rel, const char *id, const char *version, const char *sapi,
                 const char *extensions)
{
    struct buf script = {0};

    buf_adds(&script,
             "#!/bin/sh\necho 'PHP Warning:  Module \"x\" is already loaded in Unknown on line 0'\n");
    say(&script, "id", id);
    say(&script, "version", version);
    say(&script, "sapi", sapi);
    say(&script, "extensions", extensions);
    say(&script, "memory_limit", "128M");
    say(&script, "end", "1");
    put(rel, buf_cstr(&script));
    buf_free(&script);
}

static int setup(void **state)
{
    (void)state;
    return mkdtemp(root) != NULL && chmod(root, 0755) == 0 ? 0 : -1;
}

static int teardown(void **state)
{
    char command[300];

    (void)state;
    snprintf(command, sizeof command, "rm -rf '%s'", root);
    return system(command); /* NOLINT(cert-env33-c,bugprone-command-processor): our own folder's name */
}

/* The path of php below root, or "" for NULL. */
static const char *below(const struct php *php)
{
    return php != NULL ? php->path + strlen(root) : "";
}

static void test_choice(void **state)
{
    static const char *const mysql[] = {"pdo_mysql", "phar", NULL};
    struct php_search s = {.prefix = root, .env = env, .path = "relative:.::"};
    struct php_want want = {.min = 50400, .max = 70500, .extensions = mysql};
    struct php_list list = {.n = 0};
    struct err e = {0};

    (void)state;
    fake("usr/bin/php", "80235", "8.2.35", "cli", ",core,pdo_mysql,phar,");
    fake("usr/bin/php5.6", "50640", "5.6.40", "cgi-fcgi", ",core,pdo_mysql,phar,");
    fake("opt/cpanel/ea-php56/root/usr/bin/php", "50640", "5.6.40-el7", "cli", ",core,pdo_mysql,phar,");
    fake("opt/cpanel/ea-php72/root/usr/bin/php", "70234", "7.2.34", "cli", ",core,pdo_mysqlnd,phar,");
    fake("opt/cpanel/ea-php74/root/usr/bin/php", "70433", "7.4.33", "litespeed", ",core,pdo_mysql,phar,");

    assert_string_equal(below(php_find(&s, &want, &list, &e)), "/opt/cpanel/ea-php56/root/usr/bin/php");
    assert_int_equal(list.n, 5);
    assert_string_equal(below(&list.v[0]), "/usr/bin/php");
    assert_string_equal(below(&list.v[2]), "/opt/cpanel/ea-php74/root/usr/bin/php");
    assert_int_equal(list.v[4].version, 50640);
    assert_string_equal(list.v[4].version_text, "5.6.40-el7");
    assert_string_equal(list.v[4].memory_limit, "128M");
    assert_int_equal(list.v[1].version, 0);
    assert_true(php_has(&list.v[4], "phar"));
    assert_true(php_has(&list.v[4], "core"));
    assert_false(php_has(&list.v[4], "pdo"));
    php_list_free(&list);

    /* Without limits the first one is taken and no other is run. */
    want = (struct php_want){.min = 50300};
    assert_string_equal(below(php_find(&s, &want, &list, &e)), "/usr/bin/php");
    assert_null(list.v[1].version_text);
    php_list_free(&list);

    /* PATH comes before the usual places; relative parts of it are not looked at. */
    fake("mine/bin/php", "70100", "7.1.0", "cli", ",core,");
    {
        char path[256];

        snprintf(path, sizeof path, "relative:%s/mine/bin", root);
        s.path = path;
        assert_string_equal(below(php_find(&s, &want, &list, &e)), "/mine/bin/php");
        php_list_free(&list);
        s.given = "php";
        assert_string_equal(below(php_find(&s, &want, &list, &e)), "/mine/bin/php");
        assert_int_equal(list.n, 1);
        php_list_free(&list);
        s.given = NULL;
    }
}

static void test_none(void **state)
{
    static const char *const wanted[] = {"pdo_mysql", "gd", "mbstring", NULL};
    struct php_search s = {.prefix = root, .env = env};
    struct php_want want = {.min = 50400, .max = 50700, .extensions = wanted};
    struct php_list list = {.n = 0};
    struct err e = {0};

    (void)state;
    assert_null(php_find(&s, &want, &list, &e));
    assert_int_equal(e.kind, ERR_ABSENT);
    assert_non_null(strstr(e.text, "/usr/bin/php is PHP 8.2.35, it has to be below 5.7"));
    assert_non_null(strstr(e.text, "cgi-fcgi"));
    assert_non_null(strstr(e.text, "lacks: gd, mbstring"));
    assert_non_null(strstr(e.fix, "PHP 5.4 or later, below 5.7"));
    assert_non_null(strstr(e.fix, "apt-get install php-cli php-mysql php-gd php-mbstring;"));
    assert_non_null(strstr(e.fix, "too new"));
    php_list_free(&list);

    s.prefix = "/nowhere";
    assert_null(php_find(&s, &want, &list, &e));
    assert_non_null(strstr(e.text, "no PHP command line program was found"));
    assert_non_null(strstr(e.fix, "--php PATH"));
    php_list_free(&list);

    s.given = "/nowhere/php7";
    assert_null(php_find(&s, &want, &list, &e));
    assert_non_null(strstr(e.text, "/nowhere/php7: can't be run"));
    php_list_free(&list);
}

static void test_bad_answers(void **state)
{
    static const char *const scripts[] = {
        "#!/bin/sh\necho 'X-Powered-By: PHP/7.4'\necho 'Content-type: text/html'\n",
        "#!/bin/sh\necho 'toolkit-php id 3730'\n",                                /* no end */
        "#!/bin/sh\necho 'toolkit-php sapi 636c69'\necho 'toolkit-php end 31'\n", /* no id */
        "#!/bin/sh\necho 'toolkit-php id 2d31'\necho 'toolkit-php sapi 636c69'\necho 'toolkit-php end 31'\n",
        "#!/bin/sh\necho 'toolkit-php id zz'\necho 'toolkit-php sapi 636c69'\necho 'toolkit-php end 31'\n",
        "#!/bin/sh\nkill -11 $$\n",
        "#!/bin/sh\nhead -c 3000000 /dev/zero\n",
        "not a program at all",
    };

    (void)state;
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        char path[256];
        struct php_search s = {.given = path, .env = env};
        struct php_want want = {.min = 0};
        struct php_list list = {.n = 0};
        struct err e = {0};

        put("odd/php", scripts[i]);
        snprintf(path, sizeof path, "%s/odd/php", root);
        if (php_find(&s, &want, &list, &e) != NULL)
            fail_msg("taken for PHP: %s", scripts[i]);
        assert_non_null(strstr(e.text, path));
        php_list_free(&list);
    }
}

static void test_environment(void **state)
{
    static const char *const ours[] = {"SECRET=1", "PATHOLOGY=x",  "PATH=/a:/b",       "HOME=/root",
                                       "TZ=UTC",   "PHPRC=/p.ini", "LD_PRELOAD=/x.so", NULL};
    struct owner as = {.uid = 5, .name = "shop", .home = "/home/shop"};
    struct arena mem = {0};
    struct buf all = {0};
    const char *const *got = php_env(ours, &as, &mem);

    (void)state;
    for (size_t i = 0; got[i] != NULL; i++)
        buf_printf(&all, "%s\n", got[i]);
    assert_string_equal(buf_cstr(&all), "PATH=/a:/b\nTZ=UTC\nPHPRC=/p.ini\nUSER=shop\nLOGNAME=shop\n"
                                        "HOME=/home/shop\nLC_ALL=C\n");
    buf_reset(&all);
    got = php_env(ours, NULL, &mem);
    for (size_t i = 0; got[i] != NULL; i++)
        buf_printf(&all, "%s\n", got[i]);
    assert_string_equal(buf_cstr(&all), "PATH=/a:/b\nTZ=UTC\nPHPRC=/p.ini\nHOME=/root\nLC_ALL=C\n");
    got = php_env(NULL, NULL, &mem);
    assert_true(str_starts(str_of(got[0]), STR("PATH=/")));
    assert_string_equal(got[1], "LC_ALL=C");
    assert_null(got[2]);
    arena_free(&mem);
    buf_free(&all);
}

static void test_real_one(void **state)
{
    struct php_search s = {.path = getenv("PATH")};
    struct php_want want = {.min = 50300};
    struct php_list list = {.n = 0};
    struct arena mem = {0};
    struct err e = {0};
    const struct php *php;

    (void)state;
    s.env = php_env((const char *const *)environ, NULL, &mem);
    php = php_find(&s, &want, &list, &e);
    if (php != NULL) {
        assert_string_equal(php->sapi, "cli");
        assert_true(php_has(php, "core"));
        assert_true(php_has(php, "standard"));
    } else {
        print_message("no PHP on this machine\n");
    }
    php_list_free(&list);
    arena_free(&mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_choice),      cmocka_unit_test(test_none),
        cmocka_unit_test(test_bad_answers), cmocka_unit_test(test_environment),
        cmocka_unit_test(test_real_one),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
