/* Settings of CS-Cart as PHP: what is a value, what is not, and what includes what. */
#include "format/cs_config.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct arena mem;
static struct err e;

/* All items, "key.sub=value" or "key!odd", "?" in front when it depends, ";" behind. */
static const char *items(const char *php)
{
    static struct buf out;
    struct cs_config_item *v;
    size_t n;

    buf_reset(&out);
    err_clear(&e);
    if (cs_config_read(str_of(php), &mem, &v, &n, &e) < 0)
        return e.text;
    for (size_t i = 0; i < n; i++) {
        if (v[i].depends)
            buf_addc(&out, '?');
        buf_adds(&out, v[i].what == CS_CONFIG_INCLUDE ? "include "
                       : v[i].what == CS_CONFIG_WHOLE ? "whole"
                                                      : "");
        buf_addstr(&out, v[i].key);
        if (v[i].sub.n)
            buf_printf(&out, ".%.*s", STR_FMT(v[i].sub));
        if (v[i].odd)
            buf_printf(&out, "!%s", v[i].odd);
        else if (v[i].what == CS_CONFIG_VALUE)
            buf_printf(&out, "=%.*s", STR_FMT(v[i].value));
        else
            buf_addstr(&out, v[i].value);
        buf_addc(&out, ';');
    }
    return buf_cstr(&out);
}

static void are(const char *php, const char *want)
{
    const char *have = items(php);

    if (strcmp(have, want) != 0)
        fail_msg("%s:\n  %s\n  instead of\n  %s", php, have, want);
}

static void plain_values(void **state)
{
    (void)state;
    are("<?php $config['db_host'] = 'localhost';", "db_host=localhost;");
    are("<?php\n$config[\"a\"]=\"b\\tc\\$d\";$config['n'] = 12 ; $config['t'] = true;\n$config['f'] = FALSE; "
        "$config['z'] = null;",
        "a=b\tc$d;n=12;t=1;f=;z=;");
    are("<?php $config['p'] = 'it\\'s \\\\ \\$x';", "p=it's \\ \\$x;");
    are("<?php $config['a'] = 'x' /* no */ ; // $config['b'] = 'y';\n# $config['c'] = 'z';\n", "a=x;");
    are("text $config['a'] = 'b'; <?php $config['c'] = 'd' ?> $config['e'] = 'f';", "c=d;");
    are("<?php $config['a'] = 'x'; $config['a'] = 'y';", "a=x;a=y;");
    are("", "");
    are("<?php ", "");
}

static void keys_of_two(void **state)
{
    (void)state;
    are("<?php $config['tweaks']['x'] = true; $config['a']['b']['c'] = 1;", "tweaks.x=1;");
    are("<?php $config['tweaks'] = array('a' => true, 'b' => array('c' => 1), \"d\" => 'e',);",
        "tweaks.a=1;tweaks.d=e;");
    are("<?php $config['tweaks'] = ['a' => f(1, [2]), 'list', 'b' => 'c'];",
        "tweaks.a!a constant or a call;tweaks.b=c;");
    are("<?php $config = array ('db_host' => 'h', 'dir' => array ('root' => '/var/www', ), 'db_name' => "
        "'n');",
        "whole;db_host=h;dir.root=/var/www;db_name=n;");
}

static void what_is_no_value(void **state)
{
    (void)state;
    are("<?php $config['a'] = $x;", "a!a variable;");
    are("<?php $config['a'] = \"x$y\";", "a!text with variables in it;");
    are("<?php $config['a'] = getenv('A') ?: 'b';", "a!a constant or a call;");
    are("<?php $config['a'] = 'b' . 'c';", "a!an expression;");
    are("<?php $config['a'] = ('b');", "a!an expression;");
    are("<?php $config['a'] .= 'b'; $config['b'] ?"
        "?= 'c';",
        "a!an expression;b!an expression;");
    are("<?php $config = array_merge($config, array('a' => 'b'));", "whole!a constant or a call;");
    are("<?php $config['a'] = <<<X\nsecret\nX;\n", "a!text with variables in it;");
    /* Reading is not writing. */
    are("<?php if ($config['a'] == 'b') { f($config['c']); } $x = $config['d'] . 'e';", "");
    are("<?php $config[$a] = 'b'; $configs['a'] = 'b'; $config->a = 'b';", "");
}

static void what_depends(void **state)
{
    (void)state;
    are("<?php if ($a) { $config['a'] = 'b'; } $config['c'] = 'd';", "?a=b;c=d;");
    are("<?php if ($a) $config['a'] = 'b'; else $config['a'] = 'c'; $config['d'] = 'e';", "?a=b;?a=c;d=e;");
    are("<?php if ($a): $config['a'] = 'b'; endif; $config['d'] = 'e';", "?a=b;d=e;");
    are("<?php function f() { $config['a'] = 'b'; }", "?a=b;");
    are("<?php if (!defined('AREA')) { die('Access denied'); }\n$config['a'] = 'b';", "a=b;");
    are("<?php defined('AREA') or die('no'); $config['a'] = 'b';", "a=b;");
    are("<?php $config['a'] = function () { return 'x'; }; $config['b'] = 'c';",
        "a!a constant or a call;b=c;");
}

static void what_is_included(void **state)
{
    (void)state;
    are("<?php require_once(DIR_ROOT . '/local_conf.php');", "include /local_conf.php;");
    are("<?php if (file_exists(DIR_ROOT . '/l.php')) { include DIR_ROOT . '/l.php'; }", "?include /l.php;");
    are("<?php include $x; include 'a' . 'b'; include \"$c/d.php\";",
        "include !a variable;include !an expression;include !text with variables in it;");
}

static void cut_at_every_byte(void **state)
{
    static const char whole[] =
        "<?php\n/* c */ $config['db_host'] = 'a\\'b'; $config = array('x' => [1, 'y' => \"z\"], 'w' => "
        "'v');\n"
        "if (1) { include DIR_ROOT . '/l.php'; }\n$config['t']['u'] .= \"${x['y']}\"; ?> text";

    (void)state;
    for (size_t n = 0; n <= sizeof whole - 1; n++) {
        char *cut = mem_dup(whole, n);
        struct cs_config_item *v;
        size_t count;

        err_clear(&e);
        if (cs_config_read((struct str){cut, n}, &mem, &v, &count, &e) < 0)
            assert_int_equal(e.kind, ERR_FORMAT);
        free(cut);
    }
    are("<?php $config['a'] = 'b", "line 1: a string or comment that does not end");
    assert_non_null(strstr(items("<?php\n\n/* $config['a'] = 'b';"), "does not end"));
}

/* The text of a value may be a password. */
static void no_secret_in_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < 5; i++) {
        static const char *const php[] = {
            "<?php $config['db_password'] = s3cret;", "<?php $config['db_password'] = 's3cret",
            "<?php $config['db_password'] = \"s3cret$x\";", "<?php $config['db_password'] = $s3cret;",
            "<?php $config['db_password'] = 's3cret' . '';"};

        assert_null(strstr(items(php[i]), "s3cret"));
    }
}

static void bounds(void **state)
{
    struct buf php = {0};

    (void)state;
    buf_adds(&php, "<?php ");
    for (int i = 0; i <= CS_CONFIG_ITEMS_MAX; i++)
        buf_adds(&php, "$config['a']='b';");
    assert_non_null(strstr(items(buf_cstr(&php)), "more than"));
    buf_reset(&php);
    buf_adds(&php, "<?php $config['a'] = ");
    for (int i = 0; i < 100000; i++)
        buf_adds(&php, "['k' => ");
    items(buf_cstr(&php));
    buf_free(&php);
}

static int teardown(void **state)
{
    (void)state;
    arena_free(&mem);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(plain_values, teardown),
        cmocka_unit_test_teardown(keys_of_two, teardown),
        cmocka_unit_test_teardown(what_is_no_value, teardown),
        cmocka_unit_test_teardown(what_depends, teardown),
        cmocka_unit_test_teardown(what_is_included, teardown),
        cmocka_unit_test_teardown(cut_at_every_byte, teardown),
        cmocka_unit_test_teardown(no_secret_in_words, teardown),
        cmocka_unit_test_teardown(bounds, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
