/* A step of the installer in a PHP child: its address, its answer, and what it makes of everything else that can come out. Needs a PHP. */
#include "oc_store.h"

#include "platform/opencart/plan_parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

extern const struct platform opencart;

static struct shop_dir p;
static struct arena mem;
static struct oc_answer a;

static int drive_as(enum oc_family family, unsigned step, const char *installer)
{
    struct oc_request q = {.step = step, .version = str_of("4.1.0.4"), .admin = str_of("back")};

    arena_free(&mem);
    err_clear(&p.e);
    if (installer)
        shop_dir_put(&p, "install/index.php", installer);
    p.s.platform = &opencart;
    return oc_drive(&p.s, family, &q, &p.w, &mem, &a, &p.e);
}

static bool has_php(void)
{
    struct err e = {0};

    oc_store_version(&p, "4.1.0.4");
    oc_store_open(&p);
    p.s.platform = &opencart;
    if (store_php(&p.s, &e))
        return true;
    print_message("no PHP: %s\n", e.text);
    return false;
}

static void test_address(void **state)
{
    (void)state;
    if (!has_php())
        skip();
    assert_int_equal(drive_as(OC_FAMILY_40, 4,
                              "<?php\necho json_encode(array('text' => 'Patch 4 has been applied (4 of 12) ' . getcwd() . ' ' . $_GET['route'] . ' ' . $_GET['version']\n"
                              " . ' ' . $_GET['admin'] . ' ' . $_SERVER['REQUEST_METHOD'] . ' ' . $_SERVER['SCRIPT_NAME'],\n"
                              " 'next' => 'http://x/install/index.php?route=upgrade/upgrade_5&version=4.1.0.4&admin=back'));\n"),
                     0);
    assert_int_equal(a.kind, OC_ANSWER_STEP);
    assert_true(str_has(a.text, STR("/install upgrade/upgrade_4 4.1.0.4 back POST /install/index.php")));
    assert_int_equal(a.next.step, 5);
    assert_int_equal(drive_as(OC_FAMILY_22, 3, "<?php\necho json_encode(array('success' => $_GET['route'] . ' ' . $_GET['step'], 'next' => 'index.php?route=upgrade/upgrade/next&step=4'));\n"), 0);
    assert_true(str_has(a.text, STR("upgrade/upgrade/next 3")));
}

/* At global scope, as the web server has it: the code of the old versions works with global variables. */
static void test_scope(void **state)
{
    (void)state;
    if (!has_php())
        skip();
    assert_int_equal(drive_as(OC_FAMILY_22, 1, "<?php\n$registry = 'seen';\nfunction f() { global $registry; return $registry; }\necho '{\"success\":\"' . f() . '\"}';\n"), 0);
    assert_int_equal(a.kind, OC_ANSWER_END);
    assert_true(str_is(a.text, "seen"));
}

static void test_noise(void **state)
{
    (void)state;
    if (!has_php())
        skip();
    assert_int_equal(drive_as(OC_FAMILY_22, 1, "<?php\nini_set('display_errors', 1);\necho $undefined;\necho '{\"success\":\"Patch 1001 has been applied (2 of 11)\",\"next\":\"i?route=upgrade/upgrade/next&step=3\"}';\n"), 0);
    assert_int_equal(a.kind, OC_ANSWER_STEP);
    assert_true(str_has(a.text, STR("Patch 1001")));
    assert_true(a.noise.n > 0);
}

static void test_failures(void **state)
{
    (void)state;
    if (!has_php())
        skip();
    /* Ends with code 0 all the same. */
    assert_int_equal(drive_as(OC_FAMILY_40, 4, "<?php\nini_set('display_errors', 1);\necho '<b>Error: Table \\'shop.oc_x\\' doesn\\'t exist</b>: in <b>/s/mysqli.php</b> on line <b>4</b>';\nexit(0);\n"), 0);
    assert_int_equal(a.kind, OC_ANSWER_ERROR);
    assert_int_equal(drive_as(OC_FAMILY_40, 4, "<?php\nthrow new Exception('nobody caught it');\n"), -1);
    assert_int_equal(p.e.kind, ERR_CHILD);
    assert_non_null(strstr(p.e.text, "nobody caught it"));
    assert_int_equal(drive_as(OC_FAMILY_40, 4, "<?php\nundefined_function();\n"), -1);
    assert_non_null(strstr(p.e.text, "undefined_function"));
    assert_int_equal(drive_as(OC_FAMILY_40, 4, "<?php\nexit(3);\n"), -1);
    assert_int_equal(p.e.kind, ERR_CHILD);
    assert_int_equal(drive_as(OC_FAMILY_40, 4, "<?php\nposix_kill(getmypid(), 9);\n"), -1);
    assert_int_equal(p.e.kind, ERR_CHILD);
    /* Nothing was begun: there is no installer. */
    shop_dir_remove(&p, "install/index.php");
    assert_int_equal(drive_as(OC_FAMILY_40, 4, NULL), -1);
    assert_int_equal(p.e.kind, ERR_ABSENT);
}

/* The request of 2.0 sends the browser on and prints nothing. */
static void test_request(void **state)
{
    (void)state;
    if (!has_php())
        skip();
    assert_int_equal(drive_as(OC_FAMILY_20, 1, "<?php\nif ($_GET['route'] != 'upgrade') echo 'other';\nexit(0);\n"), 0);
    assert_int_equal(a.kind, OC_ANSWER_END);
    assert_int_equal(drive_as(OC_FAMILY_20, 1, "<?php\nexit('Could not load sql file: /s/opencart.sql');\n"), 0);
    assert_int_equal(a.kind, OC_ANSWER_ERROR);
}

/* However much is printed, the answer is at its end. */
static void test_much(void **state)
{
    (void)state;
    if (!has_php())
        skip();
    assert_int_equal(drive_as(OC_FAMILY_22, 1, "<?php\nfor ($i = 0; $i < 90000; $i++) echo 'Warning: a line that a step prints for every row of a table' . \"\\n\";\necho '{\"success\":\"good\"}';\n"), 0);
    assert_int_equal(a.kind, OC_ANSWER_END);
    assert_true(str_is(a.text, "good"));
}

/* A step says that it is done, and a config.php is empty: the disk was full. */
static void test_emptied(void **state)
{
    static const char *const emptied[] = {"config.php", "back/config.php"};
    static const struct oc_todo todo = {.number = 4, .name = "upgrade_4", .title = "settings", .file = "install/index.php"};

    (void)state;
    if (!has_php())
        skip();
    for (size_t i = 0; i < 3; i++) {
        struct oc_case c = {.mem = &mem, .to = "4.1.0.4"};
        char installer[300];

        oc_store_config(&p, "", "");
        oc_store_open(&p);
        p.s.platform = &opencart;
        snprintf(installer, sizeof installer, "<?php\n%s%s%s\necho json_encode(array('text' => 'Patch 4 has been applied (4 of 12)'));\n",
                 i < 2 ? "fclose(fopen('../" : "", i < 2 ? emptied[i] : "", i < 2 ? "', 'w'));" : "");
        shop_dir_put(&p, "install/index.php", installer);
        err_clear(&p.e);
        assert_int_equal(oc_run_patch(&p.s, &c, &todo, &p.w, &p.e), i < 2 ? -1 : 0);
        if (i < 2) {
            assert_int_equal(p.e.kind, ERR_MISMATCH);
            assert_non_null(strstr(p.e.text, emptied[i]));
        }
        oc_case_free(&c);
        arena_free(&mem);
    }
}

static int teardown(void **state)
{
    arena_free(&mem);
    return shop_dir_teardown(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate_setup_teardown(test_address, oc_store_setup, teardown, &p),
        cmocka_unit_test_prestate_setup_teardown(test_scope, oc_store_setup, teardown, &p),
        cmocka_unit_test_prestate_setup_teardown(test_noise, oc_store_setup, teardown, &p),
        cmocka_unit_test_prestate_setup_teardown(test_failures, oc_store_setup, teardown, &p),
        cmocka_unit_test_prestate_setup_teardown(test_request, oc_store_setup, teardown, &p),
        cmocka_unit_test_prestate_setup_teardown(test_much, oc_store_setup, teardown, &p),
        cmocka_unit_test_prestate_setup_teardown(test_emptied, oc_store_setup, teardown, &p),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
