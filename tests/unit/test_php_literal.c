#include "format/php_literal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef int reader(struct str php, const char *name, struct arena *a, struct phps_node *out, struct err *e);

static void gives(reader *read, const char *php, const char *name, const char *want)
{
    struct arena a = {0};
    struct phps_node n;
    struct err e = {0};
    struct str s;
    int rc = read(str_of(php), name, &a, &n, &e);

    if (rc != (want != NULL) || (want != NULL && (!phps_str(&n, &s) || !str_is(s, want))))
        fail_msg("%s: %s gives %d %s", php, name, rc, e.text);
    arena_free(&a);
}

static void refuses(reader *read, const char *php, const char *name, const char *why)
{
    struct arena a = {0};
    struct phps_node n;
    struct err e = {0};
    int rc = read(str_of(php), name, &a, &n, &e);

    if (rc != -1 || e.kind != ERR_FORMAT || strstr(e.text, why) == NULL)
        fail_msg("%s: %s gives %d %s", php, name, rc, e.text);
    arena_free(&a);
}

static void reads_constants(void **state)
{
    static const char file[] = "<?php\n// const XC_VERSION = '9.9';\n/* const XC_VERSION = '9.8'; */\n"
                               "class XLite extends \\XLite\\Base\n{\n    # const XC_VERSION = '9.7';\n"
                               "    const A = 1, XC_NAME = \"const XC_VERSION = '9.6';\";\n"
                               "    const XC_VERSION = '5.3.6.0';\n    const NUM = -7;\n}\n";
    struct arena a = {0};
    struct phps_node n;
    struct err e = {0};

    (void)state;
    gives(php_literal_const, file, "XC_VERSION", "5.3.6.0");
    gives(php_literal_const, file, "XC_NAME", "const XC_VERSION = '9.6';");
    gives(php_literal_const, file, "XC_VERSIO", NULL);
    gives(php_literal_const, "<?php class A { final public const string XC_VERSION = '5.5' . \".1\"; }",
          "XC_VERSION", "5.5.1");
    gives(php_literal_const, "<?php const A = B == 1, C = [1, 2], D = 'd' ?>", "D", "d");
    gives(php_literal_const, "const A = 'not code';", "A", NULL);
    assert_int_equal(php_literal_const(str_of(file), "NUM", &a, &n, &e), 1);
    assert_true(n.kind == PHPS_INT && n.i == -7);
    refuses(php_literal_const, "<?php\nconst A = self::B;", "A", "line 2: not a plain literal");
    refuses(php_literal_const, "<?php\nconst A = 'x' . B;", "A", "line 2: not a plain literal");
    refuses(php_literal_const, "<?php\nconst A = \"$x\";", "A", "line 2: not a plain literal");
    refuses(php_literal_const, "<?php\n\nconst A = 'x", "A", "line 3: a string or comment");
    refuses(php_literal_const, "<?php\n\nconst A = 'x'", "A", "line 3: the file ends too early");
    refuses(php_literal_const, "<?php\nconst B = 1; /* ", "A", "line 2: a string or comment");
    arena_free(&a);
}

static void reads_methods(void **state)
{
    static const char file[] =
        "<?php\nabstract class X {\n  abstract function getMinorVersion();\n  /** function getMinorVersion"
        "() { return '8'; } */\n  final public function getMajorVersion()\n  {\n    // the major\n"
        "    return '5.2';\n  }\n  public function &getminorversion($a = array(1)): string\n"
        "  { return '6'; }\n  function getVersion() { return $this->getMajorVersion() . '.' . 1; }\n}";

    (void)state;
    gives(php_literal_method, file, "getMajorVersion", "5.2");
    gives(php_literal_method, file, "getMinorVersion", "6");
    gives(php_literal_method, file, "getBuild", NULL);
    refuses(php_literal_method, file, "getVersion", "line 12: not a plain literal");
    refuses(php_literal_method, "<?php function f() { $a = 1; return 'x'; }", "f", "does more");
    refuses(php_literal_method, "<?php function f() { return 'x'", "f", "too early");
}

static void reads_defines(void **state)
{
    static const char file[] =
        "<?php\ndefine('A', 'b');\n\\define(\"LC_VERSION\", '5.4.1', true);\n// define('C', 'd');\n"
        "define('E', F);";

    (void)state;
    gives(php_literal_define, file, "A", "b");
    gives(php_literal_define, file, "LC_VERSION", "5.4.1");
    gives(php_literal_define, file, "C", NULL);
    refuses(php_literal_define, file, "E", "line 5: not a plain literal");
    refuses(php_literal_define, "<?php define('A' . 'b')", "A", "\",\" is missing");
}

static int read_array(const char *php, struct arena *a, struct phps_node *n, struct err *e)
{
    return php_literal_array(str_of(php), a, n, e);
}

static void reads_arrays(void **state)
{
    struct arena a = {0};
    struct phps_node n;
    struct err e = {0};
    const struct phps_node *in;

    (void)state;
    assert_int_equal(
        read_array("<?php\n$data = array (\n  'classes/XLite.php' => '0123',\n  'a\\'b' => 'c',\n);\n", &a,
                   &n, &e),
        0);
    assert_int_equal(n.kind, PHPS_ARRAY);
    assert_int_equal(n.n, 2);
    assert_true(str_is(phps_get(&n, "classes/XLite.php")->s, "0123"));
    assert_true(str_is(phps_get(&n, "a'b")->s, "c"));

    assert_int_equal(
        read_array("<?php\nif (!defined('X')) { die($a = array(9)); }\nreturn array(\n 'p' => \n array (\n"
                   " 'date' => 1434973827, 'on' => true, 'off' => FALSE, 'none' => NULL, 'f' => -1.5,\n"
                   " 'nul' => '' . \"\\0\" . '*', 5 => 'five', 'x', '8' => 8, 'y', -3 => [], 'z',),\n"
                   "'o' => \\A\\B::__set_state(array('k' => 1)), 's' => (object) array('m' => 2,),\n);\n?>\n",
                   &a, &n, &e),
        0);
    in = phps_get(&n, "p");
    assert_int_equal(phps_get(in, "date")->i, 1434973827);
    assert_true(phps_get(in, "on")->b);
    assert_false(phps_get(in, "off")->b);
    assert_int_equal(phps_get(in, "none")->kind, PHPS_NULL);
    assert_true(phps_get(in, "f")->d < -1.4 && phps_get(in, "f")->d > -1.6);
    assert_true(str_eq(phps_get(in, "nul")->s, STR("\0*")));
    assert_true(str_is(phps_get(in, "6")->s, "x"));
    assert_true(phps_find(in, STR("8"))->key_is_int);
    assert_true(str_is(phps_get(in, "9")->s, "y"));
    assert_true(str_is(phps_get(in, "10")->s, "z"));
    assert_int_equal(phps_get(in, "-3")->n, 0);
    in = phps_get(&n, "o");
    assert_int_equal(in->kind, PHPS_OBJECT);
    assert_true(str_is(in->class, "A\\B"));
    assert_int_equal(phps_get(in, "k")->i, 1);
    assert_true(str_is(phps_get(&n, "s")->class, "stdClass"));

    assert_int_equal(
        read_array("<?php $a = ['x' => [1, 0x1f, 017, 1_000, 99999999999999999999]]; return $a;", &a, &n, &e),
        0);
    in = phps_get(&n, "x");
    assert_int_equal(phps_get(in, "1")->i, 31);
    assert_int_equal(phps_get(in, "2")->i, 15);
    assert_int_equal(phps_get(in, "3")->i, 1000);
    assert_int_equal(phps_get(in, "4")->kind, PHPS_DOUBLE);
    arena_free(&a);
}

static void knows_places(void **state)
{
    static const char php[] = "<?php return array( 'a' => 'b' , 'c' => array(1 , 2) );";
    struct arena a = {0};
    struct phps_node n;
    struct err e = {0};
    const struct phps_node *v;

    (void)state;
    assert_int_equal(read_array(php, &a, &n, &e), 0);
    v = phps_get(&n, "a");
    assert_true(str_is(str_sub(str_of(php), v->from, v->to), "'b'"));
    v = phps_get(&n, "c");
    assert_true(str_is(str_sub(str_of(php), v->from, v->to), "array(1 , 2)"));
    assert_true(str_is(str_sub(str_of(php), n.from, n.to + 1), "array( 'a' => 'b' , 'c' => array(1 , 2) );"));
    arena_free(&a);
}

static void refuses_odd_arrays(void **state)
{
    static const struct {
        const char *php;
        const char *why;
    } bad[] = {
        {"", "no array"},
        {"<?php $a = 5;", "no array"},
        {"return array();", "no array"},
        {"<?php\n$a = array(\n'a' => b());", "line 3: not a plain literal"},
        {"<?php\n$a = array('a' => \"$x\");", "line 2: not a plain"},
        {"<?php\n$a = array('a' => `id`);", "not a plain"},
        {"<?php $a = array(1) + array(2);", "not a plain"},
        {"<?php $a = array('a' 'b');", "comma"},
        {"<?php $a = array(1.5 => 'b');", "neither string nor number"},
        {"<?php $a = array(1);\n$a['b'] = 2;", "line 2: more code"},
        {"<?php $a = array(1); return $b;", "something else"},
        {"<?php $a = array(1); ?>text", "more code"},
        {"<?php $a = array('x'", "line 1: the file ends too early"},
        {"<?php $a = array('x')", "too early"},
        {"<?php $a = array('x", "does not end"},
        {"<?php $a = array(,);", "not a plain"},
        {"<?php $a = [1);", "comma or the end"},
        {"<?php $a = array(09);", "unknown form"},
        {"<?php $a = array(0xffffffffffffffffff);", "too large"},
        {"<?php $a = array((int) 5);", "not a plain"},
        {"<?php $a = array(A::b(array()));", "not a plain"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct arena a = {0};
        struct phps_node n;
        struct err e = {0};

        if (read_array(bad[i].php, &a, &n, &e) != -1 || e.kind != ERR_FORMAT ||
            strstr(e.text, bad[i].why) == NULL)
            fail_msg("%s: %s", bad[i].php, e.text);
        arena_free(&a);
    }
}

static void refuses_every_cut(void **state)
{
    static const char php[] =
        "<?php return array('a' => array('b', 2, true), 'c' => A::__set_state(array('d' => -1.5)));";

    (void)state;
    for (size_t n = 0; n < sizeof php - 2; n++) {
        struct arena a = {0};
        struct phps_node out;
        struct err e = {0};
        char *cut = mem_resize(mem_dup(php, n), n, 1);

        assert_int_equal(php_literal_array((struct str){cut, n}, &a, &out, &e), -1);
        free(cut);
        arena_free(&a);
    }
}

static void bounds_depth(void **state)
{
    static const char *const open[] = {"[", "array(", "(object)", "A::__set_state("};

    (void)state;
    for (size_t k = 0; k < 4; k++) {
        struct buf b = {0};
        struct arena a = {0};
        struct phps_node out;
        struct err e = {0};

        buf_adds(&b, "<?php return [");
        for (int i = 0; i < 100000; i++)
            buf_adds(&b, open[k]);
        assert_int_equal(php_literal_array(buf_str(&b), &a, &out, &e), -1);
        buf_free(&b);
        arena_free(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_constants),   cmocka_unit_test(reads_methods),
        cmocka_unit_test(reads_defines),     cmocka_unit_test(reads_arrays),
        cmocka_unit_test(knows_places),      cmocka_unit_test(refuses_odd_arrays),
        cmocka_unit_test(refuses_every_cut), cmocka_unit_test(bounds_depth),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
