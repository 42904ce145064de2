#include "platform/plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void ids_are_made_of_kind_entry_detail(void **state)
{
    struct plan p = {0};

    (void)state;
    assert_string_equal(plan_add(&p, STEP_CHECK, NULL, NULL)->id, "check");
    assert_string_equal(plan_add(&p, STEP_FILES, "CDev\\Paypal", NULL)->id, "files:CDev\\Paypal");
    assert_string_equal(plan_add(&p, STEP_REBUILD_HOOKS, "Core", "5.3/3/post_rebuild.php")->id,
                        "rebuild_hooks:Core:5.3/3/post_rebuild.php");
    assert_int_equal(p.steps.n, 3);
    assert_ptr_equal(plan_find(&p, "files:CDev\\Paypal"), p.steps.v[1]);
    assert_null(plan_find(&p, "files"));
    plan_free(&p);
    assert_int_equal(p.steps.n, 0);
    plan_free(&p);
}

static void names_select_whole_parts_only(void **state)
{
    static const struct {
        const char *id;
        const char *name;
        bool want;
    } table[] = {
        {"labels:Core", "labels", true},
        {"labels:Core", "labels:Core", true},
        {"labels:Core", "labels:Cor", false},
        {"labels:Core", "label", false},
        {"labels:Core", "labels:", false},
        {"labels:Core", "labels:Core:", false},
        {"labels:Core", "", false},
        {"labels:Core", "Labels", false},
        {"rebuild", "rebuild", true},
        {"rebuild_hooks:Core:5.3/3/post_rebuild.php", "rebuild", false},
        {"rebuild_hooks:Core:5.3/3/post_rebuild.php", "rebuild_hooks:Core", true},
        {"rebuild_hooks:Core:5.3/3/post_rebuild.php", "rebuild_hooks:Core:5.3/3", false},
        {"rebuild_hooks:Core:5.3/3/post_rebuild.php", "rebuild_hooks:Core:5.3/3/post_rebuild.php", true},
        {"files:CDev\\Paypal", "files:CDev", false},
        {"check", "check:Core", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct step s = {.id = table[i].id};

        if (plan_step_matches(&s, table[i].name) != table[i].want)
            fail_msg("%s against %s", table[i].name, table[i].id);
    }
}

static void the_failed_step_is_the_first_open_one(void **state)
{
    static const bool open[] = {
        [STEP_DONE] = false, [STEP_PARTIAL] = true, [STEP_FAILED] = true,
        [STEP_PENDING] = true, [STEP_SKIPPED] = false, [STEP_UNKNOWN] = true,
    };
    struct plan p = {0};
    struct step *first = plan_add(&p, STEP_CHECK, NULL, NULL);
    struct step *second = plan_add(&p, STEP_REBUILD, NULL, NULL);

    (void)state;
    assert_int_equal(first->state, STEP_PENDING);
    for (int s = STEP_DONE; s <= STEP_UNKNOWN; s++) {
        first->state = (enum step_state)s;
        assert_int_equal(step_is_open(first), open[s]);
        assert_ptr_equal(plan_failed(&p), open[s] ? first : second);
    }
    first->state = STEP_DONE;
    second->state = STEP_SKIPPED;
    assert_null(plan_failed(&p));
    plan_free(&p);
}

static void evidence_keeps_its_order_and_its_own_copies(void **state)
{
    struct plan p = {0};
    struct step *s = plan_add(&p, STEP_CHECK, NULL, NULL);
    char source[] = "var/log/upgrade.log";
    char text[] = "it stopped";

    (void)state;
    plan_evidence(&p, s, source, 12, "%s", text);
    plan_evidence(&p, s, "tmp_vars", 0, "row %d", 2);
    memset(source, 'x', sizeof source - 1);
    memset(text, 'x', sizeof text - 1);
    assert_string_equal(s->evidence->source, "var/log/upgrade.log");
    assert_string_equal(s->evidence->text, "it stopped");
    assert_int_equal(s->evidence->line, 12);
    assert_string_equal(s->evidence->next->text, "row 2");
    assert_null(s->evidence->next->next);
    plan_free(&p);
}

static void findings(void **state)
{
    struct plan p = {0};

    (void)state;
    for (int i = 0; i < 50; i++)
        plan_finding(&p, FINDING_WARNING, "disk_full", "only %d left", i)->fix = "free some";
    assert_int_equal(p.findings.n, 50);
    assert_string_equal(p.findings.v[0].title, "only 0 left");
    assert_string_equal(p.findings.v[49].title, "only 49 left");
    assert_string_equal(p.findings.v[49].fix, "free some");
    assert_null(p.findings.v[49].detail);
    plan_free(&p);
}

static unsigned freed;

static void count_free(void *own)
{
    assert_string_equal(own, "mine");
    freed++;
}

static void what_the_platform_keeps_is_freed_once(void **state)
{
    struct plan p = {.own = (void *)(uintptr_t) "mine", .own_free = count_free};

    (void)state;
    plan_free(&p);
    plan_free(&p);
    assert_int_equal(freed, 1);
}

/* These words stand in JSON, in journals and on command lines. */
static void words_do_not_change(void **state)
{
    static const char *const kinds[] = {"download",   "unpack",        "check",  "close",   "backup", "pre_hooks", "files",
                                        "post_hooks", "schema", "rebuild", "rebuild_hooks", "labels", "modules",
                                        "cache",      "open"};

    (void)state;
    assert_int_equal(sizeof kinds / sizeof *kinds, STEP_KINDS);
    for (int k = 0; k < STEP_KINDS; k++)
        assert_string_equal(step_kind_name((enum step_kind)k), kinds[k]);
    assert_string_equal(step_state_name(STEP_DONE), "done");
    assert_string_equal(step_state_name(STEP_PARTIAL), "partial");
    assert_string_equal(step_state_name(STEP_FAILED), "failed");
    assert_string_equal(step_state_name(STEP_PENDING), "pending");
    assert_string_equal(step_state_name(STEP_SKIPPED), "skipped");
    assert_string_equal(step_state_name(STEP_UNKNOWN), "unknown");
    assert_string_equal(upgrade_state_name(UPGRADE_NONE), "none");
    assert_string_equal(upgrade_state_name(UPGRADE_FINISHED), "finished");
    assert_string_equal(upgrade_state_name(UPGRADE_INTERRUPTED), "interrupted");
    assert_string_equal(upgrade_state_name(UPGRADE_UNKNOWN), "unknown");
    assert_string_equal(finding_level_name(FINDING_NOTE), "note");
    assert_string_equal(finding_level_name(FINDING_WARNING), "warning");
    assert_string_equal(finding_level_name(FINDING_PROBLEM), "problem");
}

static void steps_can_run_until_they_are_refused(void **state)
{
    struct plan p = {0};
    struct step *s = plan_add_runnable(&p, STEP_FILES, "core", "vendor", "the libraries");

    (void)state;
    assert_string_equal(s->id, "files:core:vendor");
    assert_string_equal(s->title, "the libraries");
    assert_true(s->can_run && s->repeatable && step_is_open(s));
    assert_null(s->why_not);
    step_refuse(s, "the package is gone");
    assert_false(s->can_run);
    assert_string_equal(s->why_not, "the package is gone");
    assert_true(s->repeatable && step_is_open(s));
    plan_free(&p);
}

static void versions_are_put_in_words(void **state)
{
    struct plan p = {0};

    (void)state;
    assert_string_equal(plan_versions(&p), "");
    p.from = "1.0";
    assert_string_equal(plan_versions(&p), "");
    p.to = "2.0";
    assert_string_equal(plan_versions(&p), " from 1.0 to 2.0");
    p.from = NULL;
    assert_string_equal(plan_versions(&p), " to 2.0");
    plan_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_are_made_of_kind_entry_detail),
        cmocka_unit_test(names_select_whole_parts_only),
        cmocka_unit_test(the_failed_step_is_the_first_open_one),
        cmocka_unit_test(evidence_keeps_its_order_and_its_own_copies),
        cmocka_unit_test(findings),
        cmocka_unit_test(what_the_platform_keeps_is_freed_once),
        cmocka_unit_test(words_do_not_change),
        cmocka_unit_test(steps_can_run_until_they_are_refused),
        cmocka_unit_test(versions_are_put_in_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
