#include "base/buf.h"
#include "format/oc_config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct reading {
    struct arena mem;
    struct oc_config c;
    struct err e;
    int rc;
};

static void start(struct reading *r, const char *php, const char *dir)
{
    memset(r, 0, sizeof *r);
    r->rc = oc_config_read_at(str_of(php), dir, &r->mem, &r->c, &r->e);
}

static void end(struct reading *r)
{
    oc_config_free(&r->c);
    arena_free(&r->mem);
}

static const struct oc_define *named(const struct reading *r, const char *name)
{
    const struct oc_define *d = oc_config_find(&r->c, name);

    if (d == NULL)
        fail_msg("%s is not found", name);
    return d;
}

static void is_value(struct reading *r, const char *name, const char *value)
{
    const char *v = oc_config_get(&r->c, name, &r->mem);

    if ((v == NULL) != (value == NULL) || (v && value && strcmp(v, value) != 0))
        fail_msg("%s is %s, not %s", name, v ? v : "(not known)", value ? value : "(not known)");
}

static const char shop3[] = "<?php\n"
                            "// HTTP\n"
                            "define('HTTP_SERVER', 'http://shop.example/');\n"
                            "\n"
                            "// DIR\n"
                            "define('DIR_APPLICATION', '/srv/shop/catalog/');\n"
                            "define('DIR_SYSTEM', '/srv/shop/system/');\n"
                            "define('DIR_STORAGE', DIR_SYSTEM . 'storage/');\n"
                            "define('DIR_LOGS', DIR_STORAGE . 'logs/');\n"
                            "\n"
                            "// DB\n"
                            "define('DB_DRIVER', 'mysqli');\n"
                            "define('DB_PASSWORD', 'it\\'s \\\\ \\\"so\\\"');\n"
                            "define('DB_PREFIX', '');\n";

static void reads_what_an_installer_writes(void **state)
{
    struct reading r;

    (void)state;
    start(&r, shop3, NULL);
    assert_int_equal(r.rc, 0);
    assert_int_equal(r.c.defines.n, 8);
    assert_false(r.c.empty);
    assert_false(r.c.other_code);
    assert_int_equal(r.c.crowded, 0);
    assert_int_equal(r.c.broken, 0);
    is_value(&r, "HTTP_SERVER", "http://shop.example/");
    is_value(&r, "DIR_STORAGE", "/srv/shop/system/storage/");
    is_value(&r, "DIR_LOGS", "/srv/shop/system/storage/logs/");
    /* addslashes wrote \" too, which single quotes keep as two characters. */
    is_value(&r, "DB_PASSWORD", "it's \\ \\\"so\\\"");
    is_value(&r, "DB_PREFIX", "");
    is_value(&r, "DB_PORT", NULL);
    assert_int_equal(named(&r, "DIR_STORAGE")->line, 8);
    end(&r);
}

static void an_empty_file_is_told(void **state)
{
    struct reading r;

    (void)state;
    start(&r, "", NULL);
    assert_int_equal(r.rc, 0);
    assert_true(r.c.empty);
    end(&r);
    start(&r, " \r\n\n", NULL);
    assert_true(r.c.empty);
    end(&r);
    start(&r, "<?php\n", NULL);
    assert_int_equal(r.rc, 0);
    assert_false(r.c.empty);
    assert_int_equal(r.c.defines.n, 0);
    end(&r);
}

static void the_form_does_not_matter(void **state)
{
    struct reading r;

    (void)state;
    start(&r,
          "<?php\n"
          "define('A','tight');\n"
          "define(\"B\", 'x');\n"
          "define('C', \"double\");\n"
          "define( 'D', 'x' );\n"
          "define('E',\t'tab');\n"
          "define('F',\n    'two lines');\n"
          "DEFINE('G', 'x');\n"
          "define('H', 'x') ;\n"
          "define('I', 'x'); define('J', 'y');define('I', 'z');\n"
          "\\define('K', 'x', true);\n",
          NULL);
    assert_int_equal(r.rc, 0);
    assert_int_equal(r.c.defines.n, 12);
    is_value(&r, "A", "tight");
    is_value(&r, "C", "double");
    is_value(&r, "E", "tab");
    is_value(&r, "F", "two lines");
    for (const char *n = "BDGH"; *n; n++) {
        char name[2] = {*n, '\0'};

        is_value(&r, name, "x");
    }
    is_value(&r, "J", "y");
    assert_int_equal(r.c.crowded, 11);
    is_value(&r, "I", "x");
    assert_false(named(&r, "I")->again);
    assert_true(r.c.defines.v[10].again);
    is_value(&r, "K", "x");
    assert_false(r.c.other_code);
    assert_int_equal(r.c.broken, 0);
    end(&r);
}

static void follows_conditions(void **state)
{
    struct reading r;

    (void)state;
    start(&r,
          "<?php\n"
          "if (!defined('A')) define('A', '1');\n"
          "if (!defined('A')) { define('A', '2'); define('ONLY_HERE', '2'); } else { define('B', 'else'); }\n"
          "defined('C') or define('C', 'c');\n"
          "defined('C') || define('C', 'again');\n"
          "!defined('D') && define('D', 'd');\n"
          "if ($_SERVER['HTTP_HOST'] == 'dev.example') { define('E', 'dev'); } else { define('E', 'live'); }\n"
          "if (!defined('F')):\n define('F', 'f');\nelse:\n define('G', 'g');\nendif;\n"
          "if (defined('A')) define('H', 'h'); elseif (x()) define('I', 'i'); else if (1) define('J', 'j');\n"
          "if (!defined('VERSION')) exit;\n"
          "define('K', 'k');\n"
          "if (!defined('VERSION')) define('L', 'l');\n"
          "if (defined('A') && x()) define('M', 'm');\n"
          "if (defined($x)) define('N', 'n');\n"
          "if (x()) define('O', 'o'); else if (y([1, 2], $a['b'])) define('P', 'p');\n"
          "if (x()) { y(array(1, 2), [3]) }\n"
          "define('Q', 'q');\n",
          NULL);
    assert_int_equal(r.rc, 0);
    assert_true(r.c.other_code);
    is_value(&r, "A", "1");
    assert_null(oc_config_find(&r.c, "ONLY_HERE"));
    is_value(&r, "B", "else");
    is_value(&r, "C", "c");
    is_value(&r, "D", "d");
    is_value(&r, "E", NULL);
    assert_true(named(&r, "E")->depends);
    is_value(&r, "F", "f");
    assert_null(oc_config_find(&r.c, "G"));
    is_value(&r, "H", "h");
    assert_null(oc_config_find(&r.c, "I"));
    assert_null(oc_config_find(&r.c, "J"));
    is_value(&r, "K", "k");
    for (const char *n = "LMNOP"; *n; n++) {
        char name[2] = {*n, '\0'};

        assert_true(named(&r, name)->depends);
        is_value(&r, name, NULL);
    }
    is_value(&r, "Q", "q");
    assert_int_equal(r.c.broken, 0);
    end(&r);
}

static void other_code_is_noticed(void **state)
{
    struct reading r;

    (void)state;
    start(&r,
          "<?php\n"
          "ini_set('memory_limit', '512M');\n"
          "define('A', 'a');\n"
          "function f() { define('B', 'b'); return 1; }\n"
          "foreach (array('C' => 'c') as $k => $v) { define($k, $v); }\n"
          "try { define('D', 'd'); } catch (Exception $e) { define('E', 'e'); }\n"
          "const F = 'f' . D;\n"
          "$x = array('define', \"define('G', 'g')\"); /* define('G', 'g'); */ # define('G', 'g');\n"
          "return;\n"
          "define('H', 'h');\n",
          NULL);
    assert_int_equal(r.rc, 0);
    assert_true(r.c.other_code);
    is_value(&r, "A", "a");
    assert_true(named(&r, "B")->depends);
    is_value(&r, "B", NULL);
    is_value(&r, "D", "d");
    is_value(&r, "E", NULL);
    is_value(&r, "F", "fd");
    assert_null(oc_config_find(&r.c, "G"));
    assert_null(oc_config_find(&r.c, "H"));
    end(&r);
}

static const char places[] = "<?php\n"
                             "define('A', __DIR__ . '/system/');\n"
                             "define('B', dirname(__FILE__) . DIRECTORY_SEPARATOR . 'x');\n"
                             "define('C', dirname(__DIR__));\n"
                             "define('D', dirname(__FILE__, 2) . '/storage/');\n"
                             "define('E', realpath(__DIR__ . '/../storage/') . '/');\n"
                             "define('F', realpath('../storage'));\n"
                             "define('G', (A . 'y'));\n"
                             "define('H', getenv('X') . '/');\n"
                             "define('I', 'http://' . $_SERVER['HTTP_HOST'] . '/');\n"
                             "define('J', \"text $x\");\n"
                             "define('K', UNKNOWN . 'x');\n"
                             "define('L', 3306);\n"
                             "define('M', 010);\n"
                             "define('N', isset($a) ? 'b' : 'c');\n"
                             "define('O', true); define('P', null);\n"
                             "define('Q', dirname('/a//b//'));\n"
                             "define('R', dirname('x') . dirname('/'));\n"
                             "define('S', !'x');\n"
                             "define('T', -1);\n"
                             "define('U', @x('a', ['b']));\n"
                             "define('V', ~5);\n"
                             "define('W', +5);\n"
                             "define('X', x('a' . 'b'));\n"
                             "define('Y', ['a', 'b'][0]);\n"
                             "define('Z', dirname('/a/b/c', 2) . realpath('/d/', 'e'));\n";

static void knows_its_own_place(void **state)
{
    struct reading r;

    (void)state;
    start(&r, places, "/srv/shop");
    assert_int_equal(r.rc, 0);
    is_value(&r, "A", "/srv/shop/system/");
    is_value(&r, "B", "/srv/shop/x");
    is_value(&r, "C", "/srv");
    is_value(&r, "D", "/srv/storage/");
    is_value(&r, "E", "/srv/shop/../storage/");
    is_value(&r, "F", NULL);
    is_value(&r, "G", "/srv/shop/system/y");
    is_value(&r, "Q", "/a");
    is_value(&r, "R", "./");
    is_value(&r, "Z", NULL);
    for (const char *n = "HIJKMNSTUVWXY"; *n; n++) {
        char name[2] = {*n, '\0'};

        is_value(&r, name, NULL);
    }
    is_value(&r, "L", "3306");
    is_value(&r, "O", "1");
    is_value(&r, "P", "");
    assert_int_equal(r.c.broken, 0);
    end(&r);
    start(&r, places, NULL);
    for (const char *n = "ABCDEFG"; *n; n++) {
        char name[2] = {*n, '\0'};

        is_value(&r, name, NULL);
    }
    is_value(&r, "L", "3306");
    end(&r);
}

static void what_php_stumbles_over(void **state)
{
    static const struct {
        const char *php;
        unsigned line;
        const char *b; /* what is still read behind it */
    } table[] = {
        {"<?php\ndefine('A', 'a')\ndefine('B', 'b');\n", 2, "b"},
        {"<?php\ndefine('A', /srv/storage/);\ndefine('B', 'b');\n", 2, "b"},
        {"<?php\n\ndefine('A', 'a' 'c');\ndefine('B', 'b');\n", 3, "b"},
        {"<?php\ndefine('A', 'a';\ndefine('B', 'b');\n", 2, "b"},
        {"<?php\ndefine('A', 'a'));\ndefine('B', 'b');\n", 2, "b"},
        {"<?php\ndefine('A', );\ndefine('B', 'b');\n", 2, "b"},
        {"<?php\n}\ndefine('B', 'b');\n", 2, "b"},
        {"<?php\n)\ndefine('B', 'b');\n", 2, "b"},
        {"<?php\n]\ndefine('B', 'b');\n", 2, "b"},
        {"<?php\ndefine('A', 'a' 1);\ndefine('B', 'b');\n", 2, "b"},
        {"<?php\ndefine('A', 'a' $x);\ndefine('B', 'b');\n", 2, "b"},
        {"<?php\ndefine('A', 'a' \"x$x\");\ndefine('B', 'b');\n", 2, "b"},
        {"<?php\ndefine('A', 'a' C);\ndefine('B', 'b');\n", 2, "b"},
        {"<?php\ndefine('A', 'a' . );\ndefine('B', 'b');\n", 2, "b"},
        {"<?php\ndefine('A', ('a';\ndefine('B', 'b');\n", 2, "b"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct reading r;

        start(&r, table[i].php, NULL);
        if (r.rc != 0 || r.c.broken != table[i].line)
            fail_msg("%s: %d, line %u", table[i].php, r.rc, r.c.broken);
        is_value(&r, "B", table[i].b);
        end(&r);
    }
}

/* What ends inside of a block or a statement is cut. */
static void ends_in_the_middle(void **state)
{
    static const char *const table[] = {"<?php if (x()) { define('A', 'a');", "<?php if (x()): define('A', 'a');", "<?php if (x()): define('A', 'a'); else:",
                                        "<?php $x = 1", "<?php { ;", "<?php const A = 'a'", "<?php define('A', 'a')", "<?php function f() { return 1; "};

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct reading r;

        start(&r, table[i], NULL);
        if (r.rc != -1 || r.e.kind != ERR_FORMAT)
            fail_msg("%s: %d", table[i], r.rc);
        end(&r);
    }
}

/* Every head reads without harm; what it knows is what the whole file says. */
static void cut_anywhere(void **state)
{
    size_t n = sizeof shop3 - 1;

    (void)state;
    for (size_t cut = 0; cut < n; cut++) {
        char *head = malloc(cut + 1);
        struct reading r = {0};

        assert_non_null(head);
        memcpy(head, shop3, cut);
        r.rc = oc_config_read_at((struct str){head, cut}, NULL, &r.mem, &r.c, &r.e);
        for (size_t i = 0; i < r.c.defines.n; i++) {
            struct reading whole;

            start(&whole, shop3, NULL);
            assert_true(str_eq(r.c.defines.v[i].name, whole.c.defines.v[i].name));
            assert_true(str_eq(r.c.defines.v[i].value, whole.c.defines.v[i].value));
            end(&whole);
        }
        /* A cut that PHP would not run either: inside a define. */
        if (cut > 0 && (shop3[cut - 1] == '\'' || shop3[cut - 1] == '(' || shop3[cut - 1] == ')' || shop3[cut - 1] == ',')) {
            if (r.rc != -1 || r.e.kind != ERR_FORMAT)
                fail_msg("cut at %zu gives %d", cut, r.rc);
            assert_null(strstr(r.e.text, "so"));
        }
        end(&r);
        free(head);
    }
}

static void hostile(void **state)
{
    struct buf php = {0};
    struct reading r;

    (void)state;
    /* Constants that double. */
    buf_adds(&php, "<?php\ndefine('A0', 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx');\n");
    for (int i = 1; i < 60; i++)
        buf_printf(&php, "define('A%d', A%d . A%d);\n", i, i - 1, i - 1);
    start(&r, buf_cstr(&php), NULL);
    assert_int_equal(r.rc, 0);
    assert_true(named(&r, "A7")->known);
    assert_false(named(&r, "A59")->known);
    end(&r);
    buf_reset(&php);
    buf_adds(&php, "<?php\n");
    for (int i = 0; i < 100000; i++)
        buf_adds(&php, "if(a){");
    start(&r, buf_cstr(&php), NULL);
    assert_int_equal(r.rc, -1);
    assert_int_equal(r.e.kind, ERR_FORMAT);
    end(&r);
    buf_reset(&php);
    buf_adds(&php, "<?php\ndefine('A', ");
    for (int i = 0; i < 100000; i++)
        buf_adds(&php, "(");
    start(&r, buf_cstr(&php), NULL);
    assert_int_equal(r.rc, -1);
    end(&r);
    buf_reset(&php);
    buf_adds(&php, "<?php\n");
    for (int i = 0; i < 3000; i++)
        buf_printf(&php, "define('A%d', 'x');", i);
    start(&r, buf_cstr(&php), NULL);
    assert_int_equal(r.rc, -1);
    assert_int_equal(r.e.kind, ERR_FORMAT);
    end(&r);
    buf_free(&php);
    /* A condition that never ends. */
    start(&r, "<?php\nif (x(1, 2) define('A', 'x') ?>\nelse", NULL);
    assert_null(oc_config_get(&r.c, "A", &r.mem));
    end(&r);
    /* A NUL in a path would cut it. */
    start(&r, "<?php define('A', \"/srv\\0/x\");", NULL);
    assert_int_equal(r.rc, 0);
    is_value(&r, "A", NULL);
    end(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_an_installer_writes),
        cmocka_unit_test(an_empty_file_is_told),
        cmocka_unit_test(the_form_does_not_matter),
        cmocka_unit_test(follows_conditions),
        cmocka_unit_test(other_code_is_noticed),
        cmocka_unit_test(knows_its_own_place),
        cmocka_unit_test(what_php_stumbles_over),
        cmocka_unit_test(ends_in_the_middle),
        cmocka_unit_test(cut_anywhere),
        cmocka_unit_test(hostile),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
