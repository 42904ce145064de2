#include "format/php_cut.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void whole_files_are_not_cut(void **state)
{
    static const char *const whole[] = {
        "",
        "<?php",
        "<?php\n",
        "<?php\n// nothing yet",
        "<?php\n/* nothing yet */",
        "<h1>no code</h1>\n",
        "<?php echo 1;",
        "<?php echo 1 ?>",
        "<?php echo 1 ?>\n",
        "<?= $title ?>",
        "<?php if ($a) { ?>yes<?php } ?>\n",
        "<?php if ($a): ?>yes<?php endif; ?>",
        "<?php if ($a): echo 1; endif;",
        "<?php class A {}\n",
        "<?php class A {}\n\n# the end",
        "<?php class A {};",
        "<?php #[Attribute]\nclass A { #[Pure] function f(array $x = [1, [2]]) { return \"{$x[0]} ${x}\"; } "
        "}\n",
        "<?php return [\n'a' => ['b'],\n];\n",
        "<?php return array(')');",
        "<?php $_['a'] = <<<EOT\n{ ( [ ' \"\nEOT;\n",
        "<?php namespace A;\nuse B\\C;\n",
        "<?php function f() { ?><p><? } ?>",
        "<?php function f() { ?><p>\n<?\n}",
        "<?xml version=\"1.0\"?>\n<a/>",
        "<?php f(); __halt_compiler(); { ' ( any bytes",
    };
    (void)state;

    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        if (php_is_cut(str_of(whole[i])))
            fail_msg("called cut: %s", whole[i]);
}

static void cut_files_are(void **state)
{
    static const char *const cut[] = {
        "<?php def",
        "<?php define",
        "<?php define(",
        "<?php define('A'",
        "<?php define('A', 'B')",
        "<?php define('A",
        "<?php $a",
        "<?php $a =",
        "<?php $a = 1",
        "<?php $a->",
        "<?php $a = [1, 2];\n$b = [1,",
        "<?php for ($i = 0;",
        "<?php f(function () { g(); }",
        "<?php class A",
        "<?php class A {",
        "<?php #[Attr",
        "<?php /* so",
        "<?php echo <<<EOT\ntext",
        "<?php if ($a) { ?>yes",
        "<?php if ($a) { ?>yes<?php ",
        "<?xml version=\"1.0\"?><?php if ($a) { ?>",
        "<?php f(); // done\n$x = 3 // three",
    };
    (void)state;

    for (size_t i = 0; i < sizeof cut / sizeof *cut; i++)
        if (!php_is_cut(str_of(cut[i])))
            fail_msg("called whole: %s", cut[i]);
}

/* Only where a statement has just ended nothing tells. */
static void it_is_seen_wherever_a_class_was_cut(void **state)
{
    static const char text[] = "<?php class Upgrade extends Step { #[Pure] public function index(array $a = "
                               "['b' => 1]): array { if ($a[0] > 2) "
                               "{ $this->f(\"{$a['b']} (\", ')'); /* { */ } return [1, 2]; } }";
    size_t first = (size_t)(strstr(text, "class") - text) + 1;
    (void)state;

    for (size_t n = first; n < sizeof text - 1; n++)
        if (!php_is_cut((struct str){text, n}))
            fail_msg("called whole: %.*s", (int)n, text);
    assert_false(php_is_cut((struct str){text, sizeof text - 1}));
}

static void any_bytes_are_read_to_their_end(void **state)
{
    unsigned seed = 7;
    char bytes[256];
    (void)state;

    for (unsigned round = 0; round < 2000; round++) {
        memcpy(bytes, "<?php ", 6);
        for (size_t i = 6; i < sizeof bytes; i++) {
            seed = seed * 1103515245U + 12345U;
            bytes[i] = (char)(seed >> 16);
        }
        /* A file that ends so can't be whole, whatever is before it. */
        bytes[sizeof bytes - 1] = '(';
        if (memmem(bytes, sizeof bytes, "?>", 2) == NULL && memmem(bytes, sizeof bytes, "//", 2) == NULL &&
            memchr(bytes, '#', sizeof bytes) == NULL)
            assert_true(php_is_cut((struct str){bytes, sizeof bytes}));
        else
            (void)php_is_cut((struct str){bytes, sizeof bytes});
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_files_are_not_cut),
        cmocka_unit_test(cut_files_are),
        cmocka_unit_test(it_is_seen_wherever_a_class_was_cut),
        cmocka_unit_test(any_bytes_are_read_to_their_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
