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

static int teardown(void **state)
{
    plan_free(&plan);
    return shop_dir_teardown(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate_setup_teardown(an_unreadable_log_is_told, oc_store_setup, teardown, &p),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
