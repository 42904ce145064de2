/*
 * One upgrade with every kind of change, ended at each of its calls in turn. Whatever is left must be made whole by running it again,
 * and must go back to the old side by undo.
 */
#include "stage_trees.h"

#include "base/buf.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Each file is old or new, whole. */
static void assert_each_whole(unsigned long k)
{
    size_t i;

    for (i = 0; i < STAGE_TREES_FILES; i++) {
        struct buf b = {0};
        const char *is = NULL;

        if (tree_read(&trees.live, stage_files[i].rel, 1000, &b, &trees.e) == 0)
            is = buf_cstr(&b);
        else
            assert_int_equal(trees.e.kind, ERR_ABSENT);
        if (!((is == NULL && (stage_files[i].before == NULL || stage_files[i].after == NULL)) ||
              (is != NULL && stage_files[i].before != NULL && strcmp(is, stage_files[i].before) == 0) ||
              (is != NULL && stage_files[i].after != NULL && strcmp(is, stage_files[i].after) == 0)))
            fail_msg("call %lu: %s is neither old nor new: %s", k, stage_files[i].rel, is ? is : "(absent)");
        buf_free(&b);
    }
}

static void crash_sweep(enum fault_kind kind, bool no_links, bool back_first)
{
    struct fault calm = {.no_links = no_links};
    unsigned long k;
    bool ended;

    assert_true(stage_trees_pictures(no_links) > 100);
    for (k = 1, ended = false; !ended; k++) {
        fault = calm;
        stage_trees_make();
        ended =
            stage_trees_in_child(stage_trees_upgrade, (struct fault){.kind = kind, .at = k, .no_links = no_links, .changes = true});
        assert_each_whole(k);
        if (back_first) {
            stage_trees_back_again(k);
            stage_trees_again(k);
        } else {
            stage_trees_again(k);
            stage_trees_back_again(k);
        }
    }
    assert_true(k > 50);
    stage_trees_free_pictures();
}

static void test_kill_everywhere(void **state)
{
    (void)state;
    crash_sweep(FAULT_DIE, false, false);
}

static void test_kill_everywhere_and_go_back(void **state)
{
    (void)state;
    crash_sweep(FAULT_DIE, true, true);
}

static void test_power_cut_everywhere(void **state)
{
    (void)state;
    crash_sweep(FAULT_POWER, true, false);
}

static void test_power_cut_everywhere_and_go_back(void **state)
{
    (void)state;
    crash_sweep(FAULT_POWER, false, true);
}

static void test_kill_undo_everywhere(void **state)
{
    unsigned long k;

    (void)state;
    stage_trees_pictures(false);
    for (k = 1;; k++) {
        struct fault how = {.kind = FAULT_POWER, .at = k, .changes = true};
        bool ended;

        memset(&fault, 0, sizeof fault);
        stage_trees_make();
        assert_int_equal(stage_trees_upgrade(), 0);
        ended = stage_trees_in_child(stage_trees_back, how);
        assert_each_whole(k);
        stage_trees_back_again(k);
        stage_trees_back_again(k);
        if (ended)
            break;
    }
    assert_true(k > 20);
    stage_trees_free_pictures();
}

static void test_errors_everywhere(void **state)
{
    static const int words[] = {ENOSPC, EIO, EACCES};
    unsigned long calls;
    unsigned long k;
    size_t i;

    (void)state;
    calls = stage_trees_pictures(false);
    for (i = 0; i < sizeof words / sizeof *words; i++) {
        for (k = 1; k <= calls; k++) {
            int r;

            memset(&fault, 0, sizeof fault);
            stage_trees_make();
            fault = (struct fault){.kind = k % 2 ? FAULT_ERRNO : FAULT_TEAR, .at = k, .sys = words[i]};
            r = stage_trees_upgrade();
            if (r != 0 && (trees.e.kind == ERR_NONE || trees.e.text[0] == '\0'))
                fail_msg("call %lu: failed without a word", k);
            fault = (struct fault){0};
            assert_each_whole(k);
            if (r == 0)
                stage_trees_is(trees.new_picture, "error that was got over", k);
            stage_trees_again(k);
            stage_trees_back_again(k);
        }
    }
    stage_trees_free_pictures();
}

static void test_short_and_interrupted(void **state)
{
    (void)state;
    stage_trees_pictures(false);
    stage_trees_make();
    fault = (struct fault){.kind = FAULT_SHORT, .at = 1};
    stage_trees_again(0);
    stage_trees_back_again(0);
    stage_trees_free_pictures();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        stage_trees_test(test_kill_everywhere),
        stage_trees_test(test_kill_everywhere_and_go_back),
        stage_trees_test(test_power_cut_everywhere),
        stage_trees_test(test_power_cut_everywhere_and_go_back),
        stage_trees_test(test_kill_undo_everywhere),
        stage_trees_test(test_errors_everywhere),
        stage_trees_test(test_short_and_interrupted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
