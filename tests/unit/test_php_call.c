/* Work through PHP code of ours beside a store's, run by the real PHP in a store that consists of one file. */
#include "files.h"

#include "sys/php_call.h"

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

static char root[] = "/tmp/test_php_call_XXXXXX";
static struct php_list list;
static const struct php *php;
static struct arena mem;
static struct php_run run;
static struct buf printed;

/* A caller's code: WORK is done once store.php was included. */
#define CODE(WORK)                                                                                           \
    "class ToolkitTest extends ToolkitReport\n{\n"                                                            \
    "    public static $args;\n"                                                                              \
    "    public static function start($argv) { self::$args = self::begin($argv, 'web.php'); }\n"              \
    "    public static function run() { self::unlimited(); self::$stage = 'prepare'; " WORK " }\n}\n"         \
    "ToolkitTest::start($argv);\n$argv = $_SERVER['argv'];\n"                                                 \
    "try { require ToolkitTest::$args[0] . '/store.php'; ToolkitTest::run(); }\n"                             \
    "catch (Exception $e) { ToolkitTest::caught($e); } catch (Throwable $e) { ToolkitTest::caught($e); }\n"

static void on_output(void *arg, enum child_stream from, struct str line)
{
    (void)arg;
    (void)from;
    buf_addstr(&printed, line);
    buf_addc(&printed, '\n');
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
                           .env = s.env,
                           .output = on_output};
    return run.dir >= 0 ? 0 : -1;
}

static int teardown(void **state)
{
    char command[300];

    (void)state;
    close(run.dir);
    php_list_free(&list);
    arena_free(&mem);
    buf_free(&printed);
    snprintf(command, sizeof command, "rm -rf '%s'", root);
    return system(command); /* NOLINT(cert-env33-c,bugprone-command-processor): our own folder's name */
}

/* Runs the code in a store of that text. */
static int go(const char *store, const char *code, struct err *e)
{
    const char *const args[] = {root, "second argument", NULL};
    const struct php_call call = {.what = "the work", .code = code, .args = args};

    files_put(root, "store.php", store);
    buf_reset(&printed);
    err_clear(e);
    return php_call_run(&run, &call, e);
}

static void expect(const char *store, const char *code, enum err_kind kind, const char *words)
{
    struct err e = {0};

    assert_int_equal(go(store, code, &e), -1);
    if (e.kind != kind || strstr(e.text, words) == NULL)
        fail_msg("%s\nsays (%d): %s", code, (int)e.kind, e.text);
    assert_int_equal(strncmp(e.text, "the work: ", strlen("the work: ")), 0);
    assert_null(strchr(e.text, '\n'));
}

static void need_php(void)
{
    if (php == NULL)
        skip();
}

static void done_is_done(void **state)
{
    struct err e = {0};

    (void)state;
    need_php();
    if (go("<?php", CODE("self::call(); echo self::$args[1], ' of ', $_SERVER['argv'][0], \"\\n\"; self::done();"), &e) != 0)
        fail_msg("%s", e.text);
    assert_string_equal(buf_cstr(&printed), "second argument of web.php\n");
}

/* A store that lowers limits, drops output and takes the names does not matter. */
static void store_has_no_say(void **state)
{
    struct err e = {0};

    (void)state;
    need_php();
    assert_int_equal(go("<?php ini_set('memory_limit', '8M'); chdir('/'); $argv = null; ob_start();"
                        "register_shutdown_function(function () { exit(3); });"
                        "set_error_handler(function () { exit(4); });",
                        CODE("self::call(); $x = str_repeat('x', 30000000); self::done();"), &e),
                     0);
}

static void tells_whether_it_began(void **state)
{
    (void)state;
    need_php();
    expect("<?php throw new Exception('no database');", CODE("self::call(); self::done();"), ERR_ABSENT,
           "the store did not start: Exception: no database (store.php, line 1)");
    expect("<?php exit(0);", CODE("self::call(); self::done();"), ERR_ABSENT, "ended with code 0");
    expect("<?php", CODE("self::fail('file', 'it is not there', 'upgrade.php'); exit(70);"), ERR_ABSENT, "it is not there (upgrade.php)");
    expect("<?php", CODE("throw new Exception('before');"), ERR_ABSENT, "before");
    expect("<?php", CODE("self::call(); throw new Exception('inside');"), ERR_CHILD, "Exception: inside");
    expect("<?php", CODE("self::call(); exit(0);"), ERR_CHILD, "ended with code 0");
    expect("<?php", CODE("self::call(); no_such_function();"), ERR_CHILD, "no_such_function()");
    expect("<?php", CODE("self::call(); ini_set('memory_limit', '16M'); $x = str_repeat('x', 64000000);"), ERR_CHILD, "memory");
}

/* A report that did not get through: what PHP printed is taken instead. */
static void reads_what_was_printed(void **state)
{
    (void)state;
    need_php();
    expect("<?php", "fwrite(STDERR, \"PHP Fatal error:  Out of luck in /x/y.php on line 7\\n\"); exit(255);", ERR_ABSENT, "Out of luck");
}

static void no_php(void **state)
{
    const char *was = run.php;
    struct err e = {0};

    (void)state;
    run.php = "/nowhere/php";
    assert_int_equal(go("<?php", CODE("self::done();"), &e), -1);
    assert_int_equal(e.kind, ERR_ABSENT);
    assert_int_equal(strncmp(e.text, "the work: ", strlen("the work: ")), 0);
    run.php = was;
}

static void fault_lines(void **state)
{
    static const char good[] = "exception call 4142 - 12";
    struct php_code_fault fault;

    (void)state;
    assert_true(php_code_fault(str_of(good), &fault));
    assert_true(str_is(fault.kind, "exception"));
    assert_true(str_is(fault.stage, "call"));
    assert_string_equal(fault.error.text, "AB");
    assert_string_equal(fault.error.file, "");
    assert_int_equal(fault.error.line, 12);
    for (size_t n = 0; n < strlen(good) - 1; n++)
        assert_false(php_code_fault((struct str){good, n}, &fault));
    assert_false(php_code_fault(str_of("exception call 414 - 12"), &fault));
    assert_false(php_code_fault(str_of("exception call 41xy - 12"), &fault));
    assert_false(php_code_fault(str_of("exception call 4142 - 99999999999"), &fault));
    assert_false(php_code_fault(str_of("exception call 4142 - 12 more"), &fault));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(done_is_done),
        cmocka_unit_test(store_has_no_say),
        cmocka_unit_test(tells_whether_it_began),
        cmocka_unit_test(reads_what_was_printed),
        cmocka_unit_test(no_php),
        cmocka_unit_test(fault_lines),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
