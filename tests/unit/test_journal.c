/* What an earlier run's journal makes of each step that the store's evidence describes. */
#include "rescue/journal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const struct platform fake = {.name = "fake", .title = "Fake"};
static struct store store = {.platform = &fake};
static char top[64];
static struct workdir w;
static struct plan p;
static struct journal j;
static struct err e;

static int setup(void **state)
{
    (void)state;
    snprintf(top, sizeof top, "/tmp/test_journal.XXXXXX");
    assert_non_null(mkdtemp(top));
    workdir_init(&w);
    assert_int_equal(tree_open(&w.tree, top, &e), 0);
    memset(&p, 0, sizeof p);
    memset(&j, 0, sizeof j);
    p.state = UPGRADE_INTERRUPTED;
    p.to = "2.0";
    p.started = "2020-01-02 03:04:05";
    err_clear(&e);
    return 0;
}

static int teardown(void **state)
{
    struct tree tmp = {0};
    struct err ignored = {0};

    (void)state;
    journal_close(&j);
    workdir_close(&w);
    plan_free(&p);
    if (tree_open(&tmp, "/tmp", &ignored) == 0)
        tree_remove_tree(&tmp, top + strlen("/tmp/"), false, &ignored);
    tree_close(&tmp);
    return 0;
}

static void open_for_writing(void)
{
    if (journal_write(&j, &w, &store, &p, &e) < 0)
        fail_msg("%s", e.text);
    assert_true(j.id > 0);
}

static void record(const struct step *s, enum case_step_state state)
{
    if (state == CASE_STEP_NONE)
        return;
    assert_int_equal(case_file_begin_step(j.file, j.id, s->id, &e), 0);
    if (state != CASE_STEP_BEGUN)
        assert_int_equal(case_file_end_step(j.file, j.id, s->id, state, "the reason", &e), 0);
}

static void without_a_work_directory_there_is_no_case(void **state)
{
    struct workdir none;

    (void)state;
    workdir_init(&none);
    assert_int_equal(journal_read(&j, &none, &store, &p, &e), 0);
    assert_true(j.id == 0);
    assert_int_equal(journal_merge(&j, &p, &e), 0);
    journal_close(&j);
    /* A work directory without a case file is as little. */
    assert_int_equal(journal_read(&j, &w, &store, &p, &e), 0);
    assert_true(j.id == 0);
    assert_int_equal(e.kind, ERR_NONE);
}

static void a_case_is_begun_once_and_found_again(void **state)
{
    int64_t id;

    (void)state;
    open_for_writing();
    id = j.id;
    journal_close(&j);
    open_for_writing();
    assert_true(j.id == id);
    journal_close(&j);
    assert_int_equal(journal_read(&j, &w, &store, &p, &e), 0);
    assert_true(j.id == id);
    journal_close(&j);
    /* Another upgrade of the same store is another case, and what was done in the first says nothing of it. */
    p.started = "2021-01-02 03:04:05";
    assert_int_equal(journal_read(&j, &w, &store, &p, &e), 0);
    assert_true(j.id == 0);
    journal_close(&j);
    open_for_writing();
    assert_true(j.id != id);
}

static void a_damaged_case_file_is_not_passed_over(void **state)
{
    char path[96];
    FILE *f;

    (void)state;
    snprintf(path, sizeof path, "%s/case.db", top);
    f = fopen(path, "w");
    assert_non_null(f);
    for (int i = 0; i < 1000; i++)
        fputs("not a database ", f);
    fclose(f);
    assert_int_equal(journal_read(&j, &w, &store, &p, &e), -1);
    assert_non_null(strstr(e.text, path));
}

enum { NO_DANGER, OWN_DANGER, NEW_DANGER };

/* The whole table for a hook, of which the store keeps no record that could be looked up later. */
static void a_hook_in_every_state(void **state)
{
    static const struct {
        enum step_state plan;
        enum case_step_state journal;
        enum step_state want;
        int danger; /* when the plan itself names one */
        int danger_without;
    } table[] = {
        {STEP_PENDING, CASE_STEP_NONE, STEP_PENDING, OWN_DANGER, NO_DANGER},
        {STEP_PENDING, CASE_STEP_BEGUN, STEP_PARTIAL, OWN_DANGER, NEW_DANGER},
        {STEP_PENDING, CASE_STEP_DONE, STEP_DONE, NO_DANGER, NO_DANGER},
        {STEP_PENDING, CASE_STEP_FAILED, STEP_FAILED, OWN_DANGER, NEW_DANGER},
        {STEP_PENDING, CASE_STEP_PAUSED, STEP_PENDING, NO_DANGER, NO_DANGER},
        {STEP_PARTIAL, CASE_STEP_NONE, STEP_PARTIAL, OWN_DANGER, NO_DANGER},
        {STEP_PARTIAL, CASE_STEP_BEGUN, STEP_PARTIAL, OWN_DANGER, NEW_DANGER},
        {STEP_PARTIAL, CASE_STEP_DONE, STEP_DONE, NO_DANGER, NO_DANGER},
        {STEP_PARTIAL, CASE_STEP_FAILED, STEP_FAILED, OWN_DANGER, NEW_DANGER},
        {STEP_PARTIAL, CASE_STEP_PAUSED, STEP_PARTIAL, NO_DANGER, NO_DANGER},
        {STEP_FAILED, CASE_STEP_DONE, STEP_DONE, NO_DANGER, NO_DANGER},
        {STEP_FAILED, CASE_STEP_PAUSED, STEP_PENDING, NO_DANGER, NO_DANGER},
        {STEP_FAILED, CASE_STEP_BEGUN, STEP_PARTIAL, OWN_DANGER, NEW_DANGER},
        {STEP_FAILED, CASE_STEP_REFUSED, STEP_FAILED, OWN_DANGER, NO_DANGER},
        {STEP_PENDING, CASE_STEP_REFUSED, STEP_PENDING, OWN_DANGER, NO_DANGER},
        {STEP_UNKNOWN, CASE_STEP_DONE, STEP_DONE, NO_DANGER, NO_DANGER},
        {STEP_DONE, CASE_STEP_BEGUN, STEP_DONE, OWN_DANGER, NO_DANGER},
        {STEP_DONE, CASE_STEP_FAILED, STEP_DONE, OWN_DANGER, NO_DANGER},
        {STEP_DONE, CASE_STEP_PAUSED, STEP_DONE, OWN_DANGER, NO_DANGER},
        {STEP_SKIPPED, CASE_STEP_BEGUN, STEP_SKIPPED, OWN_DANGER, NO_DANGER},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        for (int own = 0; own < 2; own++) {
            int want = own ? table[i].danger : table[i].danger_without;
            const char *danger = own ? "the log says it began" : NULL;
            char name[32];
            struct step *s;

            snprintf(name, sizeof name, "%zu/%d/pre_upgrade.php", i, own);
            s = plan_add(&p, STEP_PRE_HOOKS, "Core", name);
            s->state = table[i].plan;
            s->danger = danger;
            if (j.file == NULL)
                open_for_writing();
            record(s, table[i].journal);
            assert_int_equal(journal_merge(&j, &p, &e), 0);
            if (s->state != table[i].want)
                fail_msg("row %zu: %s", i, step_state_name(s->state));
            if (want == NO_DANGER ? s->danger != NULL : want == OWN_DANGER ? s->danger != danger
                                                                          : s->danger == NULL || s->danger == danger)
                fail_msg("row %zu, own %d: danger %s", i, own, s->danger ? s->danger : "none");
            free(p.steps.v);
            p.steps.v = NULL;
            p.steps.n = p.steps.cap = 0;
        }
}

/* Files, cache and state are looked at again; what they say now counts more than what was true once. */
static void a_done_row_closes_only_what_the_store_does_not_remember(void **state)
{
    static const bool closes[STEP_KINDS] = {
        [STEP_CHECK] = true,      [STEP_PRE_HOOKS] = true, [STEP_POST_HOOKS] = true, [STEP_REBUILD_HOOKS] = true,
        [STEP_LABELS] = true,
    };

    (void)state;
    for (int k = 0; k < STEP_KINDS; k++)
        plan_add(&p, (enum step_kind)k, NULL, NULL);
    open_for_writing();
    for (int k = 0; k < STEP_KINDS; k++)
        record(p.steps.v[k], CASE_STEP_DONE);
    assert_int_equal(journal_merge(&j, &p, &e), 0);
    for (int k = 0; k < STEP_KINDS; k++) {
        const struct step *s = p.steps.v[k];

        assert_int_equal(s->state, closes[k] ? STEP_DONE : STEP_PENDING);
        assert_non_null(s->evidence);
        assert_non_null(strstr(s->evidence->text, "finished this step"));
    }
    assert_int_equal(p.state, UPGRADE_INTERRUPTED);
}

static void repeatable_steps_are_never_made_dangerous(void **state)
{
    struct step *s = plan_add(&p, STEP_FILES, "Core", NULL);

    (void)state;
    s->repeatable = true;
    open_for_writing();
    record(s, CASE_STEP_FAILED);
    assert_int_equal(journal_merge(&j, &p, &e), 0);
    assert_int_equal(s->state, STEP_FAILED);
    assert_null(s->danger);
    assert_non_null(strstr(s->evidence->text, "the reason"));
}

/*
 * Old upgraders write nothing before a hook runs, so the first open one "may" have begun. When the step in
 * front of it was carried out by the toolkit, it can't have.
 */
static void a_doubt_ends_where_the_step_before_was_ours(void **state)
{
    static const struct {
        enum case_step_state before;
        enum case_step_state own;
        bool doubt;
    } table[] = {
        {CASE_STEP_NONE, CASE_STEP_NONE, true},   {CASE_STEP_BEGUN, CASE_STEP_NONE, true},
        {CASE_STEP_FAILED, CASE_STEP_NONE, true}, {CASE_STEP_PAUSED, CASE_STEP_NONE, true},
        {CASE_STEP_DONE, CASE_STEP_NONE, false},  {CASE_STEP_DONE, CASE_STEP_BEGUN, true},
        {CASE_STEP_DONE, CASE_STEP_FAILED, true}, {CASE_STEP_DONE, CASE_STEP_PAUSED, false},
        {CASE_STEP_NONE, CASE_STEP_PAUSED, false},  {CASE_STEP_DONE, CASE_STEP_REFUSED, false},
        {CASE_STEP_NONE, CASE_STEP_REFUSED, true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        char name[32];
        struct step *before;
        struct step *s;

        snprintf(name, sizeof name, "%zu/1/pre_upgrade.php", i);
        before = plan_add(&p, STEP_PRE_HOOKS, "Core", name);
        snprintf(name, sizeof name, "%zu/2/pre_upgrade.php", i);
        s = plan_add(&p, STEP_PRE_HOOKS, "Core", name);
        s->maybe = true;
        s->danger = "nothing tells whether it began";
        if (j.file == NULL)
            open_for_writing();
        record(before, table[i].before);
        record(s, table[i].own);
        assert_int_equal(journal_merge(&j, &p, &e), 0);
        if ((s->danger != NULL) != table[i].doubt)
            fail_msg("row %zu: danger %s", i, s->danger ? s->danger : "none");
        free(p.steps.v);
        p.steps.v = NULL;
        p.steps.n = p.steps.cap = 0;
    }
}

static void an_upgrade_whose_last_step_was_ours_is_finished(void **state)
{
    struct step *hook = plan_add(&p, STEP_REBUILD_HOOKS, "Core", "1/2/post_rebuild.php");
    struct step *labels = plan_add(&p, STEP_LABELS, "Core", NULL);

    (void)state;
    open_for_writing();
    record(hook, CASE_STEP_DONE);
    assert_int_equal(journal_merge(&j, &p, &e), 0);
    assert_int_equal(p.state, UPGRADE_INTERRUPTED);
    record(labels, CASE_STEP_DONE);
    assert_int_equal(journal_merge(&j, &p, &e), 0);
    assert_int_equal(p.state, UPGRADE_FINISHED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(without_a_work_directory_there_is_no_case, setup, teardown),
        cmocka_unit_test_setup_teardown(a_case_is_begun_once_and_found_again, setup, teardown),
        cmocka_unit_test_setup_teardown(a_damaged_case_file_is_not_passed_over, setup, teardown),
        cmocka_unit_test_setup_teardown(a_hook_in_every_state, setup, teardown),
        cmocka_unit_test_setup_teardown(a_done_row_closes_only_what_the_store_does_not_remember, setup, teardown),
        cmocka_unit_test_setup_teardown(repeatable_steps_are_never_made_dangerous, setup, teardown),
        cmocka_unit_test_setup_teardown(a_doubt_ends_where_the_step_before_was_ours, setup, teardown),
        cmocka_unit_test_setup_teardown(an_upgrade_whose_last_step_was_ours_is_finished, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
