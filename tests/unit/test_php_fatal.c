#include "format/php_fatal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct want {
    enum php_fatal_kind kind;
    const char *class_name;
    const char *message;
    const char *file;
    uint64_t line;
    uint64_t limit;
};

static void is(struct str output, const struct want *w)
{
    struct php_fatal f = {0};

    assert_true(php_fatal_find(output, &f));
    assert_int_equal(f.kind, w->kind);
    assert_string_equal(buf_cstr(&f.class_name), w->class_name);
    assert_string_equal(buf_cstr(&f.message), w->message);
    assert_string_equal(buf_cstr(&f.file), w->file);
    assert_int_equal(f.line, w->line);
    assert_int_equal(f.limit, w->limit);
    php_fatal_free(&f);
}

static const struct {
    const char *output;
    struct want want;
} table[] = {
    {"PHP Fatal error:  Call to undefined function nope() in /srv/a b/hook.php on line 12\n",
     {PHP_FATAL_OTHER, "", "Call to undefined function nope()", "/srv/a b/hook.php", 12, 0}},
    {"text before\n\nFatal error: Cannot redeclare class A in /srv/a.php on line 3\n",
     {PHP_FATAL_OTHER, "", "Cannot redeclare class A", "/srv/a.php", 3, 0}},
    {"<br />\n<b>Fatal error</b>:  Cannot use &quot;A&quot; &amp; &#039;B&#039; in <b>/srv/a.php</b> on line "
     "<b>3</b><br />\n",
     {PHP_FATAL_OTHER, "", "Cannot use \"A\" & 'B'", "/srv/a.php", 3, 0}},
    {"PHP Parse error:  syntax error, unexpected '}' in /srv/a.php on line 9",
     {PHP_FATAL_PARSE, "", "syntax error, unexpected '}'", "/srv/a.php", 9, 0}},
    {"PHP Catchable fatal error:  Argument 1 passed to f() in /srv/a.php on line 9\n",
     {PHP_FATAL_OTHER, "", "Argument 1 passed to f()", "/srv/a.php", 9, 0}},
    {"Recoverable fatal error: Object of class A in /srv/a.php on line 9\r\n",
     {PHP_FATAL_OTHER, "", "Object of class A", "/srv/a.php", 9, 0}},
    {"PHP Fatal error:  Uncaught exception 'PDOException' with message 'SQLSTATE[42S02]: it''s gone' in "
     "/srv/db.php:77\n"
     "Stack trace:\n#0 /srv/x.php(3): f('in /y.php:4')\n#1 {main}\n  thrown in /srv/db.php on line 77\n",
     {PHP_FATAL_EXCEPTION, "PDOException", "SQLSTATE[42S02]: it''s gone", "/srv/db.php", 77, 0}},
    {"PHP Fatal error:  Uncaught exception 'Exception' in /srv/db.php:7\nStack trace:\n#0 {main}\n",
     {PHP_FATAL_EXCEPTION, "Exception", "", "/srv/db.php", 7, 0}},
    {"PHP Fatal error:  Uncaught Doctrine\\ORM\\ORMException: two\n  lines\tof it in /srv/e.php:5\n"
     "Stack trace:\n#0 {main}\n  thrown in /srv/e.php on line 5\n",
     {PHP_FATAL_EXCEPTION, "Doctrine\\ORM\\ORMException", "two lines of it", "/srv/e.php", 5, 0}},
    {"Fatal error: Uncaught Exception in /srv/e.php:5\nStack trace:\n#0 {main}\n",
     {PHP_FATAL_EXCEPTION, "Exception", "", "/srv/e.php", 5, 0}},
    {"Fatal error: Uncaught Exception: no trace in /srv/e.php on line 8\n",
     {PHP_FATAL_EXCEPTION, "Exception", "no trace", "/srv/e.php", 8, 0}},
    {"<br />\n<b>Fatal error</b>:  Uncaught Error: a &lt;b&gt; in /srv/e.php:5\nStack trace:\n#0 {main}\n"
     "  thrown in <b>/srv/e.php</b> on line <b>5</b><br />\n",
     {PHP_FATAL_EXCEPTION, "Error", "a <b>", "/srv/e.php", 5, 0}},
    {"PHP Fatal error:  Allowed memory size of 134217728 bytes exhausted (tried to allocate 20480 bytes) in "
     "/srv/a.php on line 4\n",
     {PHP_FATAL_MEMORY, "",
      "Allowed memory size of 134217728 bytes exhausted (tried to allocate 20480 bytes)", "/srv/a.php", 4,
      134217728}},
    {"PHP Fatal error:  Maximum execution time of 30 seconds exceeded in /srv/a.php on line 4\n",
     {PHP_FATAL_TIME, "", "Maximum execution time of 30 seconds exceeded", "/srv/a.php", 4, 30}},
    {"[21-Nov-2026 03:00:00 UTC] PHP Fatal error:  x in /srv/a.php on line 4\n",
     {PHP_FATAL_OTHER, "", "x", "/srv/a.php", 4, 0}},
    {"NOTICE: PHP message: PHP Fatal error:  x in /srv/a.php on line 4\n",
     {PHP_FATAL_OTHER, "", "x", "/srv/a.php", 4, 0}},
    {"PHP Fatal error:  first in /a.php on line 1\nPHP Warning:  w in /b.php on line 2\n"
     "PHP Fatal error:  second in /c.php on line 3\nPHP Stack trace:\nPHP   1. {main}() /d.php:0\n",
     {PHP_FATAL_OTHER, "", "second", "/c.php", 3, 0}},
    {"PHP Fatal error:  Uncaught Exception: said 'Fatal error: y in /z.php on line 1' in /a.php:2\nStack "
     "trace:\n#0",
     {PHP_FATAL_EXCEPTION, "Exception", "said 'Fatal error: y in /z.php on line 1'", "/a.php", 2, 0}},
    {"Fatal error: Unknown: Cannot find save handler\nmore",
     {PHP_FATAL_OTHER, "", "Unknown: Cannot find save handler", "", 0, 0}},
};

static void knows_the_forms(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        is(str_of(table[i].output), &table[i].want);
}

static void nothing_fatal(void **state)
{
    static const char *const list[] = {"",
                                       "all is well\n",
                                       "PHP Warning:  x in /a.php on line 1\n",
                                       "no Fatal error: here\n",
                                       "Fatal error\n",
                                       "PHP Notice:  Fatal error in /a.php on line 1\n"};
    struct php_fatal f = {0};

    (void)state;
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        assert_false(php_fatal_find(str_of(list[i]), &f));
    php_fatal_free(&f);
}

/* Cut anywhere, it is found or not, and a place that is given is a true one or a shortened one. */
static void cut_at_every_byte(void **state)
{
    struct php_fatal f = {0};

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        size_t all = strlen(table[i].output);

        for (size_t n = 0; n < all; n++) {
            char *copy = malloc(n + 1);

            assert_non_null(copy);
            memcpy(copy, table[i].output, n);
            if (php_fatal_find((struct str){copy, n}, &f))
                assert_true(f.message.n <= PHP_FATAL_MESSAGE_MAX);
            free(copy);
        }
    }
    php_fatal_free(&f);
}

static void long_output_is_bounded(void **state)
{
    struct buf out = {0};
    struct php_fatal f = {0};

    (void)state;
    buf_adds(&out, "PHP Fatal error:  far away in /a.php on line 1\n");
    while (out.n < 2 * PHP_FATAL_TEXT_MAX)
        buf_adds(&out, "noise in /b.php on line 2 and on\n");
    assert_false(php_fatal_find(buf_str(&out), &f));
    buf_adds(&out, "PHP Fatal error:  ");
    for (size_t i = 0; i < 3 * PHP_FATAL_MESSAGE_MAX; i++)
        buf_addc(&out, 'm');
    buf_adds(&out, " in /c.php on line 3\n");
    assert_true(php_fatal_find(buf_str(&out), &f));
    assert_int_equal(f.message.n, PHP_FATAL_MESSAGE_MAX);
    assert_string_equal(buf_cstr(&f.file), "/c.php");
    buf_free(&out);
    php_fatal_free(&f);
}

static void places(void **state)
{
    struct str message = STR("a in b in /c d.php on line 7\n");
    struct str file;
    uint64_t line;

    (void)state;
    assert_true(php_fatal_place(&message, &file, &line));
    assert_true(str_is(message, "a in b") && str_is(file, "/c d.php") && line == 7);
    message = STR("broken (/srv/x.php:70)");
    assert_true(php_fatal_place(&message, &file, &line));
    assert_true(str_is(message, "broken") && str_is(file, "/srv/x.php") && line == 70);
    message = STR("at 12:30");
    assert_false(php_fatal_place(&message, &file, &line));
    assert_true(str_is(message, "at 12:30"));
    message = STR("x in /a.php:99999999999999999999");
    assert_false(php_fatal_place(&message, &file, &line));
    message = STR("");
    assert_false(php_fatal_place(&message, &file, &line));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_the_forms),
        cmocka_unit_test(nothing_fatal),
        cmocka_unit_test(cut_at_every_byte),
        cmocka_unit_test(long_output_is_bounded),
        cmocka_unit_test(places),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
