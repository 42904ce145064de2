/* Hooks of every manner, run by the real PHP in a store that consists of a top.inc.php. */
#include "files.h"

#include "sys/php_hook.h"

#include "sys/php.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[] = "/tmp/test_hook_XXXXXX";
static struct php_list list;
static const struct php *php;
static struct arena mem;
static struct php_run run;

struct trace {
    unsigned calls;
    int64_t pos[2000];
    int64_t max[2000];
    char serialized[256];
    char json[256];
    unsigned halt_at;
    size_t out_lines;
};

static void put(const char *rel, const char *text)
{
    files_put(root, rel, text);
}

static bool on_state(void *arg, const struct php_hook_state *state)
{
    struct trace *t = arg;

    assert_int_equal(state->calls, t->calls + 1);
    t->pos[t->calls] = state->pos;
    t->max[t->calls] = state->has_max ? state->max : -1;
    t->calls++;
    snprintf(t->serialized, sizeof t->serialized, "%.*s", STR_FMT(state->serialized));
    snprintf(t->json, sizeof t->json, "%.*s", STR_FMT(state->json));
    return t->halt_at == 0 || t->calls < t->halt_at;
}

static void on_output(void *arg, enum child_stream from, struct str line)
{
    struct trace *t = arg;

    (void)from;
    (void)line;
    t->out_lines++;
}

struct job {
    struct php_hook hook;
    struct php_hook_result r;
    struct err e;
    struct trace trace;
    int rc;
};

/* Writes the hook's text to a file and runs it. */
static void go(struct job *j, const char *text)
{
    char path[256];

    snprintf(path, sizeof path, "%s/hook.php", root);
    if (text != NULL)
        put("hook.php", text);
    if (j->hook.file == NULL)
        j->hook.file = path;
    j->hook.state = on_state;
    j->hook.state_arg = &j->trace;
    run.output = on_output;
    run.arg = &j->trace;
    j->rc = php_hook_run(&run, &j->hook, &j->r, &j->e);
    j->hook.file = NULL;
}

static void expect(const char *text, enum php_hook_end end, const char *words)
{
    struct job j = {0};

    go(&j, text);
    if (j.r.end != end)
        fail_msg("%s\nended as %d: %s", text, (int)j.r.end, j.e.text);
    assert_int_equal(j.rc, end <= PHP_HOOK_HALTED ? 0 : -1);
    if (words != NULL && strstr(j.e.text, words) == NULL)
        fail_msg("%s\nsays: %s", text, j.e.text);
    assert_null(strchr(j.e.text, '\n'));
    php_hook_free(&j.r);
}

static int setup(void **state)
{
    struct php_search s = {.path = getenv("PATH")};
    struct php_want want = {.min = 50300};
    struct err e = {0};

    (void)state;
    if (mkdtemp(root) == NULL || chmod(root, 0755) != 0)
        return -1;
    s.env = php_env((const char *const *)environ, NULL, &mem);
    php = php_find(&s, &want, &list, &e);
    run = (struct php_run){.php = php != NULL ? php->path : "/nowhere/php",
                           .root = root,
                           .dir = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC),
                           .env = s.env};
    put("top.inc.php",
        "<?php define('STORE_IS_UP', 1); error_reporting(E_ALL); ini_set('display_errors', true);"
        "ini_set('memory_limit', '40M'); set_time_limit(30);"
        "function store_says() { return 'store'; }\n");
    return run.dir >= 0 ? 0 : -1;
}

static int teardown(void **state)
{
    char command[300];

    (void)state;
    close(run.dir);
    php_list_free(&list);
    arena_free(&mem);
    snprintf(command, sizeof command, "rm -rf '%s'", root);
    return system(command); /* NOLINT(cert-env33-c,bugprone-command-processor): our own folder's name */
}

static void need_php(void)
{
    if (php == NULL)
        skip();
}

static void test_done(void **state)
{
    struct job j = {0};

    (void)state;
    need_php();
    go(&j, "<?php return function ($arg = 5) { echo \"line one\\nline two\\n\";"
           " if ($arg !== null || func_num_args() !== 1 || !STORE_IS_UP || getcwd() !== realpath(__DIR__)"
           " || $_SERVER['argv'] !== array('admin.php')) throw new Exception('wrong'); };");
    if (j.rc != 0)
        fail_msg("%s", j.e.text);
    assert_int_equal(j.r.end, PHP_HOOK_DONE);
    assert_int_equal(j.r.calls, 1);
    assert_true(j.r.entered);
    assert_false(j.r.inside);
    assert_int_equal(j.trace.out_lines, 2);
    assert_int_equal(j.r.child.out.total, 18);
    php_hook_free(&j.r);
}

static void test_limits_are_off(void **state)
{
    (void)state;
    need_php();
    /* The store lowers both while it starts. */
    expect("<?php return function () { if (ini_get('memory_limit') !== '-1' || ini_get('max_execution_time') "
           "!= 0)"
           " throw new Exception(ini_get('memory_limit') . ' ' . ini_get('max_execution_time')); };",
           PHP_HOOK_DONE, NULL);
}

static void test_without_argument(void **state)
{
    struct job j = {.hook = {.no_argument = true}};

    (void)state;
    need_php();
    go(&j, "<?php return function () { if (func_num_args()) throw new Exception('args'); return 7; };");
    assert_int_equal(j.rc, 0);
    assert_int_equal(j.r.end, PHP_HOOK_DONE);
    assert_int_equal(j.trace.calls, 0);
    php_hook_free(&j.r);
}

static void test_iteration(void **state)
{
    static const char text[] = "<?php return function ($arg) { $p = $arg === null ? 0 : $arg[0]; "
                               "file_put_contents(__DIR__ . '/calls',"
                               " json_encode($arg) . ' ' . getmypid() . \"\\n\", FILE_APPEND);"
                               " return $p < 12 ? array($p + 3, 14) : null; };";
    struct job j = {0};

    (void)state;
    need_php();
    go(&j, text);
    assert_int_equal(j.rc, 0);
    assert_int_equal(j.r.calls, 5);
    assert_int_equal(j.trace.calls, 4);
    assert_int_equal(j.trace.pos[0], 3);
    assert_int_equal(j.trace.pos[3], 12);
    assert_int_equal(j.trace.max[3], 14);
    assert_string_equal(j.trace.serialized, "a:2:{i:0;i:12;i:1;i:14;}");
    assert_string_equal(j.trace.json, "[12,14]");
    php_hook_free(&j.r);

    /* Two calls per child: the same calls, in three programs. */
    memset(&j, 0, sizeof j);
    j.hook.calls = 2;
    go(&j, text);
    assert_int_equal(j.rc, 0);
    assert_int_equal(j.r.calls, 5);
    assert_int_equal(j.trace.calls, 4);
    assert_int_equal(j.trace.pos[3], 12);
    php_hook_free(&j.r);

    /* Continued from a state that was written down. */
    memset(&j, 0, sizeof j);
    j.hook.arg = "[9,14]";
    go(&j, text);
    assert_int_equal(j.rc, 0);
    assert_int_equal(j.r.calls, 2);
    assert_int_equal(j.trace.pos[0], 12);
    php_hook_free(&j.r);
}

static void test_halt_between_calls(void **state)
{
    struct job j = {.trace = {.halt_at = 2}};
    char path[256];
    char text[64] = "";
    FILE *f;

    (void)state;
    need_php();
    go(&j, "<?php return function ($arg) { file_put_contents(__DIR__ . '/count', (int) $arg + 1);"
           " return (int) $arg + 1; };");
    assert_int_equal(j.rc, 0);
    assert_int_equal(j.r.end, PHP_HOOK_HALTED);
    assert_int_equal(j.r.calls, 2);
    assert_false(j.r.inside);
    assert_string_equal(j.trace.serialized, "i:2;");
    snprintf(path, sizeof path, "%s/count", root);
    f = fopen(path, "r");
    assert_non_null(f);
    assert_non_null(fgets(text, sizeof text, f));
    fclose(f);
    assert_string_equal(text, "2"); /* the third call never began */
    php_hook_free(&j.r);
}

static void test_results(void **state)
{
    (void)state;
    need_php();
    expect("<?php return function () { return 0; };", PHP_HOOK_DONE_ZERO, NULL);
    expect("<?php return function () { return -5; };", PHP_HOOK_DONE_ZERO, NULL);
    expect("<?php return function () { return false; };", PHP_HOOK_DONE_ZERO, NULL);
    expect("<?php return function () { return '0'; };", PHP_HOOK_DONE_ZERO, NULL);
    expect("<?php return function () { return 'all is well'; };", PHP_HOOK_BAD_RESULT, "string");
    expect("<?php return function () { return true; };", PHP_HOOK_BAD_RESULT, "boolean");
    expect("<?php return function () { return new stdClass; };", PHP_HOOK_BAD_RESULT,
           "object of class stdClass");
    expect("<?php return function () { return array(); };", PHP_HOOK_BAD_RESULT, "array");
    expect("<?php return function () { return array('a', 'b'); };", PHP_HOOK_BAD_RESULT, "array");
    expect("<?php return function () { return INF; };", PHP_HOOK_BAD_RESULT, "double");
    expect("<?php return function () { return NAN; };", PHP_HOOK_BAD_RESULT, "double");
    expect("<?php return function () { return array(1, 2, str_repeat('x', 100000)); };", PHP_HOOK_BAD_RESULT,
           "array");
    expect("<?php return function () { return array(1, 2, \"\\xff\\xfe\"); };", PHP_HOOK_BAD_RESULT, "array");
    expect("<?php return function () { $a = array(1, 2); $a[] = &$a; return $a; };", PHP_HOOK_BAD_RESULT,
           "array");
    expect("<?php return function ($a) { return $a ? null : '40'; };", PHP_HOOK_DONE, NULL);
    expect("<?php return function ($a) { return $a ? null : 1e300; };", PHP_HOOK_DONE, NULL);
}

static void test_stuck(void **state)
{
    struct job j = {.hook = {.same_max = 7}};

    (void)state;
    need_php();
    go(&j, "<?php return function () { return array(1, 2, 3); };");
    assert_int_equal(j.rc, -1);
    assert_int_equal(j.r.end, PHP_HOOK_STUCK);
    assert_int_equal(j.r.calls, 7);
    assert_non_null(strstr(j.e.text, "7 calls in a row"));
    php_hook_free(&j.r);

    /* The count goes over from child to child. */
    memset(&j, 0, sizeof j);
    j.hook.same_max = 7;
    j.hook.calls = 2;
    go(&j, NULL);
    assert_int_equal(j.r.end, PHP_HOOK_STUCK);
    assert_int_equal(j.r.calls, 7);
    php_hook_free(&j.r);
}

static void test_failures(void **state)
{
    (void)state;
    need_php();
    expect("<?php return 7;", PHP_HOOK_NO_CLOSURE, "integer");
    expect("<?php $x = 1;", PHP_HOOK_NO_CLOSURE, "not a function");
    expect("<?php return function () {\n throw new RuntimeException(\"boom\\nsecond line \\x1b[31m\"); };",
           PHP_HOOK_EXCEPTION, "RuntimeException: boom\\nsecond line \\x1b[31m (hook.php, line 2)");
    expect("<?php\n\nreturn function () { undefined_function(); };", PHP_HOOK_FATAL,
           "undefined_function() (hook.php, line 3)");
    expect("<?php\nreturn function () { if };", PHP_HOOK_FATAL, "syntax error");
    expect("<?php return function () { ini_set('memory_limit', '20M'); $a = array(); while (1) $a[] = "
           "str_repeat('x', 100000); };",
           PHP_HOOK_FATAL, "Allowed memory size");
    expect("<?php return function () { set_time_limit(1); while (1); };", PHP_HOOK_FATAL,
           "Maximum execution time");
    expect("<?php return function () { exit(0); };", PHP_HOOK_QUIT, "exit or die");
    expect("<?php return function () { exit(255); };", PHP_HOOK_QUIT, "code 255");
    expect("<?php return function () { die('Fatal error: Broken in /a/b.php on line 12'); };", PHP_HOOK_FATAL,
           "Broken (/a/b.php, line 12)");
    expect("<?php exit(0);", PHP_HOOK_QUIT, NULL);
    expect("<?php return function () { trigger_error('given up', E_USER_ERROR); };", PHP_HOOK_FATAL,
           "given up");
    expect("<?php return function () { throw new Exception(\"\\xff\\xfe bad\"); };", PHP_HOOK_EXCEPTION,
           "\\xff\\xfe bad");
    expect("<?php return function () { class_exists('X'); eval('class A {} class A {}'); };", PHP_HOOK_FATAL,
           "class");
    expect("<?php return function () { posix_kill(getmypid(), 9); };", PHP_HOOK_KILLED, "signal 9");
    expect("<?php return function () { posix_kill(getmypid(), 11); };", PHP_HOOK_KILLED, "signal 11");
}

static void test_entered_or_not(void **state)
{
    struct job j = {0};

    (void)state;
    need_php();
    go(&j, "<?php throw new Exception('early');");
    assert_int_equal(j.r.end, PHP_HOOK_EXCEPTION);
    assert_false(j.r.entered);
    assert_false(j.r.inside);
    php_hook_free(&j.r);
    memset(&j, 0, sizeof j);
    go(&j, "<?php return function () { throw new Exception('late'); };");
    assert_true(j.r.entered);
    assert_true(j.r.inside);
    php_hook_free(&j.r);
    memset(&j, 0, sizeof j);
    j.hook.file = "/nowhere/hook.php";
    go(&j, NULL);
    assert_int_equal(j.r.end, PHP_HOOK_NO_FILE);
    assert_int_equal(j.e.kind, ERR_ABSENT);
    assert_false(j.r.entered);
    php_hook_free(&j.r);
}

static void test_misbehaviour_that_is_fine(void **state)
{
    (void)state;
    need_php();
    expect("<?php return function () { for ($i = 0; $i < 100; $i++) echo str_repeat('x', 1048576); };",
           PHP_HOOK_DONE, NULL);
    expect("<?php return function () { echo \"\\xff\\xfe\\0\\x1b[2J\"; error_log(\"\\xff\"); };",
           PHP_HOOK_DONE, NULL);
    expect("<?php return function ($a) { chdir('/'); return $a ? null : 1; };", PHP_HOOK_DONE, NULL);
    expect("<?php return function () { echo 'PHP Fatal error:  not really in /x on line 1'; };",
           PHP_HOOK_DONE, NULL);
    expect("<?php return function () { $GLOBALS['argv'] = $_SERVER = array(); unset($GLOBALS['e']); "
           "ob_start(); };",
           PHP_HOOK_DONE, NULL);
    expect("<?php return function () { set_exception_handler(function () {}); set_error_handler(function () "
           "{ return true; });"
           " $x = $undefined; };",
           PHP_HOOK_DONE, NULL);
    expect("<?php return function () { if (pcntl_fork() === 0) { posix_kill(getmypid(), 9); } };",
           PHP_HOOK_DONE, NULL);
    expect("<?php return function () { proc_open('sleep 3', array(), $pipes); $GLOBALS['keep'] = 1; "
           "exec('sleep 2 >/dev/null 2>&1 &'); };",
           PHP_HOOK_DONE, NULL);
}

static void test_lost_reports(void **state)
{
    (void)state;
    need_php();
    if (!php_has(php, "ffi"))
        skip();
    /* Whatever happens to the report, silence is never success. */
    expect("<?php return function () { $c = FFI::cdef('int close(int);'); for ($i = 3; $i < 20; $i++) "
           "$c->close($i); };",
           PHP_HOOK_QUIT, NULL);
}

static void test_hang_is_cancelled(void **state)
{
    static volatile sig_atomic_t cancel;
    struct job j = {0};

    (void)state;
    need_php();
    cancel = 1;
    run.cancel = &cancel;
    go(&j, "<?php return function () { while (1) sleep(10); };");
    run.cancel = NULL;
    assert_int_equal(j.rc, -1);
    assert_int_equal(j.r.end, PHP_HOOK_CANCELLED);
    php_hook_free(&j.r);
    memset(&j, 0, sizeof j);
    run.timeout_ms = 300;
    go(&j, NULL);
    run.timeout_ms = 0;
    assert_int_equal(j.r.end, PHP_HOOK_TIMED_OUT);
    assert_true(j.r.inside);
    php_hook_free(&j.r);
}

static void test_store_fails(void **state)
{
    static const char fine[] = "<?php return function () {};";
    char path[256];

    (void)state;
    need_php();
    put("top.inc.php", "<?php echo 'rebuilding'; exit(0);");
    expect(fine, PHP_HOOK_NO_STORE, "ended while it was starting");
    put("top.inc.php", "<?php throw new Exception('no database');");
    expect(fine, PHP_HOOK_NO_STORE, "no database");
    put("top.inc.php", "<?php missing();");
    expect(fine, PHP_HOOK_NO_STORE, "missing()");
    snprintf(path, sizeof path, "%s/top.inc.php", root);
    unlink(path);
    expect(fine, PHP_HOOK_NO_STORE, "top.inc.php");
}

static void test_no_php(void **state)
{
    struct php_run bad = run;
    struct php_hook hook = {.file = "/x"};
    struct php_hook_result r;
    struct err e = {0};

    (void)state;
    bad.php = "/nowhere/php";
    assert_int_equal(php_hook_run(&bad, &hook, &r, &e), -1);
    assert_int_equal(r.end, PHP_HOOK_NOT_RUN);
    assert_int_equal(e.kind, ERR_ABSENT);
    assert_non_null(strstr(e.text, "/nowhere/php"));
    php_hook_free(&r);
}

static void script(const char *text, int rc, const char *words)
{
    static const char *const args[] = {"one", "two words", NULL};
    struct php_script_result r;
    struct err e = {0};

    put("admin.php", text);
    if (php_script_run(&run, "admin.php", args, &r, &e) != rc)
        fail_msg("%s: %s", text, e.text);
    if (words != NULL && strstr(e.text, words) == NULL)
        fail_msg("%s: %s", text, e.text);
    php_script_free(&r);
}

static void test_scripts(void **state)
{
    struct php_script_result r;
    struct err e = {0};

    (void)state;
    need_php();
    run.output = NULL;
    script("<?php exit($argv === array('admin.php', 'one', 'two words') ? 0 : 1);", 0, NULL);
    script("<?php echo 'step 3'; exit(3);", -1, "ended with code 3; its last words: step 3");
    script("<?php\nnone();", -1, "Error: Call to undefined function none() (admin.php, line 2)");
    script("<?php throw new Exception(\"a\\nb\");", -1, "(admin.php, line 1)");
    script("<?php echo \"<b>Fatal error</b>:  Bad in <b>/x y/in /z.php</b> on line <b>7</b><br />\\n\";", -1,
           "php admin.php: Bad (/x y/in /z.php, line 7)");
    script("<?php echo 'no fatal errors, all in order';", 0, NULL);
    assert_int_equal(php_script_run(&run, "none.php", NULL, &r, &e), -1);
    assert_int_equal(e.kind, ERR_ABSENT);
    php_script_free(&r);
}

static void test_error_words(void **state)
{
    struct php_error e;
    struct buf words = {0};
    char longer[4000];

    (void)state;
    assert_false(php_error_find(STR("PHP Warning:  x in /a on line 1\nall is Fatal error free\n"), &e));
    assert_true(php_error_find(
        STR("noise\nPHP Fatal error:  Class \"X\" not found in /s/b/c.php on line 44\r\nmore"), &e));
    php_error_words(&e, "/s", &words);
    assert_string_equal(buf_cstr(&words), "Class \"X\" not found (b/c.php, line 44)");
    buf_reset(&words);
    php_error_words(&e, "/s/b/c.php", &words);
    assert_string_equal(buf_cstr(&words), "Class \"X\" not found (/s/b/c.php, line 44)");
    buf_reset(&words);
    php_error_set(&e, STR(" one\ntwo\x1b "), STR(""), 3);
    php_error_words(&e, NULL, &words);
    assert_string_equal(buf_cstr(&words), "one\\ntwo\\x1b");
    /* A cut goes between characters. */
    for (size_t i = 0; i + 1 < sizeof longer; i += 2)
        memcpy(longer + i, "\xc3\xa4", 2);
    php_error_set(&e, (struct str){longer, sizeof longer}, STR(""), 0);
    assert_int_equal(strlen(e.text), sizeof e.text - 2);
    buf_free(&words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_done),
        cmocka_unit_test(test_limits_are_off),
        cmocka_unit_test(test_without_argument),
        cmocka_unit_test(test_iteration),
        cmocka_unit_test(test_halt_between_calls),
        cmocka_unit_test(test_results),
        cmocka_unit_test(test_stuck),
        cmocka_unit_test(test_failures),
        cmocka_unit_test(test_entered_or_not),
        cmocka_unit_test(test_misbehaviour_that_is_fine),
        cmocka_unit_test(test_lost_reports),
        cmocka_unit_test(test_hang_is_cancelled),
        cmocka_unit_test(test_scripts),
        cmocka_unit_test(test_error_words),
        cmocka_unit_test(test_no_php),
        cmocka_unit_test(test_store_fails),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
