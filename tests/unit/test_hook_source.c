#include "format/hook_source.h"

#include "base/buf.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HEAD  "<?php\n// A hook\nreturn function()\n{\n"
#define LOAD  "\\XLite\\Core\\Database::getInstance()->loadFixturesFromYaml"
#define FLUSH "\\XLite\\Core\\Database::getEM()->flush();\n"
#define TAIL  "};\n"

static const char usual[] =
    "<?php\n/** Copyright\n */\n\nreturn function ($arg = null) {\n"
    "    // Loading data to the database from yaml file\n"
    "    $yamlFile = __DIR__ . LC_DS . 'post_rebuild.yaml';\n\n"
    "    if (\\Includes\\Utils\\FileManager::isFileReadable($yamlFile)) {\n"
    "        " LOAD "($yamlFile);\n    } else { return null; }\n    " FLUSH
    "    \\XLite\\Core\\Database::getEM()->clear();\n"
    "    \\XLite\\Core\\Translation::getInstance()->reset(); # done\n"
    "    XLite\\Core\\Translation::getInstance()->loadLabelsFromYaml(LC_DIR_ROOT . \"sql/a.yaml\");\n"
    "    return;\n};\n?>\n";

static void is_repeatable(const char *php)
{
    struct str why;

    if (!hook_source_is_repeatable(str_of(php), &why))
        fail_msg("%s\n%.*s", php, STR_FMT(why));
    assert_int_equal(why.n, 0);
}

static void is_not(const char *php, const char *want)
{
    struct str why;

    if (hook_source_is_repeatable(str_of(php), &why) || !str_has(why, str_of(want)))
        fail_msg("%s\n%.*s", php, STR_FMT(why));
    assert_false(hook_source_is_repeatable(str_of(php), NULL));
}

static void takes_known_calls(void **state)
{
    (void)state;
    is_repeatable(usual);
    is_repeatable(HEAD LOAD "(__DIR__ . '/post_rebuild.yaml');\n" TAIL);
    is_repeatable(HEAD TAIL);
    is_repeatable(HEAD ";" TAIL);
    is_repeatable("<?php return static function () { if (!\\Includes\\Utils\\FileManager::isFile('a')) { "
                  "return; } } ?>\n");
}

static void refuses_all_else(void **state)
{
    static const char *const statements[] = {
        "\\XLite\\Core\\Database::getEM()->remove($a);",
        "\\XLite\\Core\\Database::getEM()->flush($a);",
        "\\XLite\\Core\\Database::getEM()->flush()->x();",
        "\\XLite\\Core\\Database::getRepo('A')->deleteAll();",
        "\\XLite\\Core\\Database::getInstance()->loadFixturesFromYaml(f());",
        "\\XLite\\Core\\Database::getInstance()->loadFixturesFromYaml($unknown);",
        "\\XLite\\Core\\Database::getInstance()->loadFixturesFromYaml('a', 'b');",
        "\\XLite\\Core\\Database::getInstance()->loadFixturesFromYaml(\"{$a->b()}\");",
        "\\XLite\\Core\\Database::getInstance()->$x('a');",
        "\\A\\XLite\\Core\\Database::getEM()->flush();",
        "\\XLite\\Core\\Translation::getInstance()->reset() + f();",
        "$a = f();",
        "$a = 'b' + 1;",
        "$a .= 'b';",
        "$a['b'] = 'c';",
        "$$a = 'b';",
        "$a = $arg;",
        "$a = FOO;",
        "$a = 'b' . f();",
        "$a = `id`;",
        "unlink('a');",
        "if (true) { return; }",
        "if (\\Includes\\Utils\\FileManager::isFile('a') || f()) { return; }",
        "if (\\Includes\\Utils\\FileManager::deleteFile('a')) { return; }",
        "if (\\Includes\\Utils\\FileManager::isFile('a')) f();",
        "if (\\Includes\\Utils\\FileManager::isFile('a')) : endif;",
        "while (1) { }",
        "return 1;",
        "return array(1, 2);",
        "throw new \\Exception('a');",
        "?> text <?php",
        "#[A] return;",
        "/* never closed",
        "eval('a');",
        "static $a = 'b';",
        "global $a;",
        "<<<A\nA;\n",
        "exit;",
    };

    (void)state;
    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++) {
        struct arena a = {0};
        struct str first = {statements[i], strcspn(statements[i], "\n")};

        /* The statement before and behind are fine, so the one in question has to be the one that is shown.
         */
        is_not(arena_printf(&a, "%s%s%s\n%s%s", HEAD, FLUSH, statements[i], FLUSH, TAIL),
               first.p[0] == '#' || first.p[0] == '/' ? "" : arena_printf(&a, "%.*s", (int)first.n, first.p));
        arena_free(&a);
    }
}

static void refuses_other_files(void **state)
{
    (void)state;
    is_not("", "not a plain");
    is_not("<?php\n" FLUSH, "not a plain");
    is_not("<?php namespace A; return function () {};", "not a plain");
    is_not("<?php use A\\B as XLite; return function () {};", "not a plain");
    is_not("text <?php return function () {};", "not a plain");
    is_not("<?php f(); return function () {};", "not a plain");
    is_not("<?php return function ($a = f()) {};", "not a plain");
    is_not("<?php return function () use ($a) {};", "not a plain");
    is_not("<?php return function () {}; f();", "more in the file");
    is_not("<?php return function () {}; ?> text", "more in the file");
    is_not("<?php return function () {}();", "more in the file");
    is_not("<?php return new Hook();", "not a plain");
}

static void refuses_every_cut(void **state)
{
    size_t whole = strlen("};\n?>\n");

    (void)state;
    for (size_t n = 0; n < sizeof usual - 1 - whole + 2; n++) {
        char *cut = mem_resize(mem_dup(usual, n), n, 1);

        assert_false(hook_source_is_repeatable((struct str){cut, n}, NULL));
        free(cut);
    }
}

static void bounds_nesting(void **state)
{
    struct buf b = {0};

    (void)state;
    buf_adds(&b, HEAD);
    for (int i = 0; i < 100000; i++)
        buf_adds(&b, "if (\\Includes\\Utils\\FileManager::isFile('a')) {");
    assert_false(hook_source_is_repeatable(buf_str(&b), NULL));
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_known_calls),   cmocka_unit_test(refuses_all_else),
        cmocka_unit_test(refuses_other_files), cmocka_unit_test(refuses_every_cut),
        cmocka_unit_test(bounds_nesting),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
