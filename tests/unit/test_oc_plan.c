/* The plan of a store whose database is not there: what files and logs alone tell. */
#include "oc_store.h"

#include "platform/opencart/upgrade.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct shop_dir p;
static struct plan plan;

static void make_plan(void)
{
    plan_free(&plan);
    if (oc_plan(&p.s, &plan, &p.e) < 0)
        fail_msg("%s", p.e.text);
}

static const struct finding *finding(const char *code)
{
    for (size_t i = 0; i < plan.findings.n; i++)
        if (strcmp(plan.findings.v[i].code, code) == 0)
            return &plan.findings.v[i];
    return NULL;
}

static void an_unreadable_log_is_told(void **state)
{
    (void)state;
    make_plan();
    assert_null(finding("trail_unreadable"));
    p.opts.access_log = "/nowhere/access.log";
    make_plan();
    assert_non_null(finding("trail_unreadable"));
    assert_non_null(strstr(finding("trail_unreadable")->detail, "/nowhere/access.log"));
}

#define COPY "system/storage/modification/catalog/model/x.php"

/* Without a database nobody knows which modifications are on: lines may be theirs, but no class or function goes. */
static void a_copy_that_lacks_a_function_is_stale(void **state)
{
    static const char *const fits[] = {"<?php\nclass X {\n  function one() { changed(); }\n  function &TWO() {}\n}\n",
                                       "<?php\r\nclass X {\r\n  function one() { run(); }\r\n  function two() {}\r\n}\r\n// added"};
    static const char *const stale[] = {"<?php\nclass X {\n  function one() { run(); }\n}\n", "<?php\nclass Y {\n  function one() {}\n  function two() {}\n}\n",
                                        "<?php\nclass X {\n  function one() {}\n  function two() {}\n} /* cut", ""};

    (void)state;
    shop_dir_put(&p, "catalog/model/x.php", "<?php\nclass X {\n  function one() { run(); }\n  function two() {}\n}\n");
    for (size_t i = 0; i < sizeof fits / sizeof *fits; i++) {
        shop_dir_put(&p, COPY, fits[i]);
        oc_store_open(&p);
        make_plan();
        assert_null(finding("modification_unfit"));
    }
    for (size_t i = 0; i < sizeof stale / sizeof *stale; i++) {
        shop_dir_put(&p, COPY, stale[i]);
        oc_store_open(&p);
        make_plan();
        assert_non_null(finding("modification_unfit"));
        assert_int_equal(finding("modification_unfit")->level, FINDING_PROBLEM);
        assert_non_null(strstr(finding("modification_unfit")->detail, COPY));
    }
    /* What is not there is not loaded */
    shop_dir_remove(&p, "catalog/model/x.php");
    make_plan();
    assert_null(finding("modification_unfit"));
}

static int teardown(void **state)
{
    plan_free(&plan);
    return shop_dir_teardown(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate_setup_teardown(an_unreadable_log_is_told, oc_store_setup, teardown, &p),
        cmocka_unit_test_prestate_setup_teardown(a_copy_that_lacks_a_function_is_stale, oc_store_setup, teardown, &p),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
