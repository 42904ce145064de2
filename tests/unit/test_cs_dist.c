/* The checksum list of a CS-Cart version. */
#include "format/cs_dist.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct arena mem;
static struct cs_dist d;
static struct err e;

#define KEY "00112233445566778899aabbccddeeff"

static const char good[] =
    "<?php $snapshot_dist = array (\n"
    "  'time' => 1502298024,\n"
    "  'files' => \n  array (\n"
    "    '" KEY "' => '/index.php',\n"
    "    '10112233445566778899aabbccddeeff' => '/app/a\\'b.php',\n"
    "  ),\n"
    "  'dirs' => \n  array (\n    '6666cd76f96956469e7be39d750cc7d9' => '/app',\n  ),\n"
    "  'themes' => \n  array (\n    'responsive' => \n    array (\n      'files' => \n      array (\n"
    "        '20112233445566778899AABBCCDDEEFF' => '/design/themes/responsive/css/a.less',\n      ),\n"
    "      'dirs' => array (),\n    ),\n  ),\n"
    "  'db_scheme' => 'CREATE TABLE `cscart_a` (x int);',\n"
    "  'db_tables' => array ('cscart_a'),\n"
    "  'addons' => \n  array (\n    0 => 'banners',\n    1 => 'seo',\n  ),\n); ?>\n";

static int read_list(const char *php)
{
    err_clear(&e);
    return cs_dist_read(str_of(php), &mem, &d, &e);
}

static void what_is_in_it(void **state)
{
    (void)state;
    assert_int_equal(read_list(good), 0);
    assert_int_equal(d.n, 3);
    assert_int_equal(d.first_theme, 2);
    assert_true(str_is(d.files[0].path, "index.php"));
    assert_true(str_is(d.files[0].mixed, "/index.php"));
    assert_int_equal(d.files[0].key[1], 0x11);
    assert_true(str_is(d.files[1].path, "app/a'b.php"));
    assert_true(str_is(d.files[2].path, "design/themes/responsive/css/a.less"));
    assert_true(str_is(d.files[2].mixed, "responsive/css/a.less"));
    assert_int_equal(d.files[2].key[10], 0xaa);
    assert_int_equal(d.n_themes, 1);
    assert_string_equal(d.themes[0], "responsive");
    assert_true(d.has_addons);
    assert_int_equal(d.n_addons, 2);
    assert_string_equal(d.addons[1], "seo");
    assert_true(str_starts(d.db_scheme, STR("CREATE TABLE")));
    assert_int_equal(d.refused, 0);
}

static void old_and_short_forms(void **state)
{
    (void)state;
    assert_int_equal(read_list("<?php $snapshot_dist = ['files' => ['" KEY "' => '/a.php']];"), 0);
    assert_int_equal(d.n, 1);
    assert_false(d.has_addons);
    assert_int_equal(d.n_themes, 0);
    assert_int_equal(d.db_scheme.n, 0);
    assert_int_equal(read_list("<?php $snapshot_dist = array('files' => array(), 'addons' => array('banners' "
                               "=> array('x' => 1)));"),
                     0);
    assert_int_equal(d.n_addons, 1);
    assert_string_equal(d.addons[0], "banners");
}

static void hostile(void **state)
{
    (void)state;
    assert_int_equal(
        read_list("<?php $s = array('files' => array("
                  "'" KEY "' => '/../../etc/passwd', '" KEY "' => 'a.php', '" KEY "' => '//a', '" KEY
                  "' => '/a//b',"
                  "'" KEY "' => '/', '" KEY "' => array('/a'), 'x' => '/a', 5 => '/b', '" KEY "0' => '/c'),"
                  "'themes' => array('../x' => array('files' => array('" KEY "' => '/design/themes/a')),"
                  "'y' => array('files' => array('" KEY "' => '/app/b.php', '" KEY
                  "' => '/design/themes/../../x')), 'z' => 5),"
                  "'addons' => array('a/b', '..', 7, 'ok'));"),
        0);
    assert_int_equal(d.n, 0);
    assert_int_equal(d.n_addons, 1);
    assert_int_equal(d.refused, 9 + 3 + 3);
    assert_int_equal(read_list("<?php $s = array('themes' => array());"), -1);
    assert_int_equal(e.kind, ERR_FORMAT);
    assert_int_equal(read_list("<?php $s = array('files' => system('x'));"), -1);
    assert_int_equal(read_list("<?php $s = array('files' => array()); system('x');"), -1);
    assert_int_equal(read_list("<?php $s = 5;"), -1);
    assert_int_equal(read_list(""), -1);
}

/* Cut anywhere before the closing bracket it is not a list; behind it nothing is missing. */
static void cut_at_every_byte(void **state)
{
    size_t whole = (size_t)(strstr(good, "); ?>") - good) + 2;

    (void)state;
    for (size_t n = 0; n <= sizeof good - 1; n++) {
        char *cut = mem_dup(good, n);
        int rc;

        err_clear(&e);
        rc = cs_dist_read((struct str){cut, n}, &mem, &d, &e);
        if (n == whole || n == sizeof good - 1)
            assert_int_equal(rc, 0);
        else if (n < whole - 1)
            assert_int_equal(rc, -1);
        if (rc < 0)
            assert_int_equal(e.kind, ERR_FORMAT);
        free(cut);
    }
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
        cmocka_unit_test_teardown(what_is_in_it, teardown),
        cmocka_unit_test_teardown(old_and_short_forms, teardown),
        cmocka_unit_test_teardown(hostile, teardown),
        cmocka_unit_test_teardown(cut_at_every_byte, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
