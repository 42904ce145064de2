#include "format/php_token.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The kinds as letters: T text, C close, N name, V variable, S string, I template, # number, o operator, !
 * bad. */
static void kinds(const char *php, const char *want)
{
    char got[64] = "";
    struct php_lexer l;
    struct php_token t;
    size_t n = 0;

    php_token_start(&l, str_of(php));
    do {
        php_token_next(&l, &t);
        assert_true(n < sizeof got - 1);
        got[n++] = "E!TCNVSI#o"[t.kind];
    } while (t.kind != PHP_END && t.kind != PHP_BAD);
    if (strcmp(got, want) != 0)
        fail_msg("%s\ngives %s, not %s", php, got, want);
}

static void cuts_into_tokens(void **state)
{
    (void)state;
    kinds("", "E");
    kinds("only text", "TE");
    kinds("a<?php b ?>c", "TNCTE");
    kinds("<?PHP\nb", "NE");
    kinds("<?phpx ?>", "TE");
    kinds("<?= $a ?>", "oVCE");
    kinds("x<?= $a", "ToVE");
    kinds("<?php // c ' ?> d", "CTE");
    kinds("<?php # c '\n/* ' \n */ d //", "NE");
    kinds("<?php #[A] d", "oNoNE");
    kinds("<?php 'a\\'b' \"c\\\"d\" \"$e\" \"{$f}\" \"$ {g\" `h`", "SSIISIE");
    kinds("<?php \"{$a[\"b\"]} {$c[\"}\"]}\" . 'd'", "IoSE");
    kinds("<?php \"${a[\"b\"]}\" e", "INE");
    kinds("<?php <<<A\nx ' \"\n A1\nA;\nb", "IoNE");
    kinds("<?php <<<'A'\n$x\n  A\n.b", "IoNE");
    kinds("<?php <<<\"A\"\nA", "IE");
    kinds("<?php 1 << 2; $a <<<", "#oo#oVoooE");
    kinds("<?php \\XLite\\Core\\A::b()->c $d['e'] = 1.5e-3 . 0x1f", "NoNoooNVoSoo#o#E");
    kinds("<?php 1..2 .5 1. .1 1_0e5x", "######NE");
}

static void refuses_what_never_ends(void **state)
{
    (void)state;
    kinds("<?php 'a", "!");
    kinds("<?php 'a\\'", "!");
    kinds("<?php \"a", "!");
    kinds("<?php \"{$a[\"", "!");
    kinds("<?php \"{$a ?> }\"", "!");
    kinds("<?php /* a *", "!");
    kinds("<?php <<<A\nb", "!");
    kinds("<?php a \1", "N!");
}

static void counts_lines(void **state)
{
    struct php_lexer l;
    struct php_token t;

    (void)state;
    php_token_start(&l, STR("x\n<?php\r\n/* \n */ 'a\nb' c"));
    php_token_next(&l, &t);
    assert_int_equal(t.line, 1);
    php_token_next(&l, &t);
    assert_int_equal(t.kind, PHP_STRING);
    assert_int_equal(t.line, 4);
    php_token_next(&l, &t);
    assert_int_equal(t.line, 5);
    assert_true(php_token_is_name(&t, "C"));
    assert_false(php_token_is_name(&t, "cc"));
    assert_false(php_token_is_op(&t, "c"));
}

static void resolves_escapes(void **state)
{
    static const struct {
        const char *php;
        const char *want;
        size_t n;
    } table[] = {
        {"<?php 'a\\'b\\\\c\\nd'", "a'b\\c\\nd", 8},
        {"<?php \"a\\tb\\n\\$\\\"\\\\\\q\\e\"", "a\tb\n$\"\\\\q\033", 10},
        {"<?php \"\\0\\101\\x4a\\x4\\xg\"", "\0AJ\4\\xg", 7},
        {"<?php \"\\u{41}\\u{e9}\\u{20ac}\\u{1f600}\\u{}\"", "A\303\251\342\202\254\360\237\230\200\\u{}",
         14},
        {"<?php ''", "", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct arena a = {0};
        struct php_lexer l;
        struct php_token t;
        struct str s;

        php_token_start(&l, str_of(table[i].php));
        php_token_next(&l, &t);
        assert_int_equal(t.kind, PHP_STRING);
        s = php_token_string(&t, &a);
        assert_int_equal(s.n, table[i].n);
        assert_memory_equal(s.p, table[i].want, s.n);
        arena_free(&a);
    }
}

static void bounds_nesting(void **state)
{
    struct buf b = {0};
    struct php_lexer l;
    struct php_token t;

    (void)state;
    buf_adds(&b, "<?php ");
    for (int i = 0; i < 100000; i++)
        buf_adds(&b, "\"{$a[");
    php_token_start(&l, buf_str(&b));
    php_token_next(&l, &t);
    assert_int_equal(t.kind, PHP_BAD);
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cuts_into_tokens), cmocka_unit_test(refuses_what_never_ends),
        cmocka_unit_test(counts_lines),     cmocka_unit_test(resolves_escapes),
        cmocka_unit_test(bounds_nesting),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
