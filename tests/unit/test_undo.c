/*
 * Cases that changed files alone: what is seen of them, going back ended at each of its calls in turn, the order of cases, freeing them.
 * The database's part is tested with a server in tests/e2e/undo.bats.
 */
#include "fault_fsops.h"
#include "little_store.h"
#include "quiet_ui.h"
#include "rescue/clean.h"
#include "rescue/journal.h"
#include "rescue/logs.h"
#include "rescue/undo.h"
#include "sys/stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static struct little_store store;
static struct workdir work;
static struct case_file *cf;
static struct err e;

static int setup(void **state)
{
    (void)state;
    err_clear(&e);
    memset(&fault, 0, sizeof fault);
    little_store_make(&store);
    little_store_put(&store, "a.php", "<?php // a");
    little_store_put(&store, "gone/b.php", "<?php // b");
    little_store_open(&store);
    workdir_init(&work);
    assert_int_equal(workdir_open(&work, &store.s.tree, store.work, true, &e), 0);
    assert_int_equal(journal_file(&cf, &work, true, &e), 0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    memset(&fault, 0, sizeof fault);
    case_file_close(cf);
    workdir_close(&work);
    little_store_free(&store);
    return 0;
}

/* A finished case of small changes that replaces, adds and deletes. */
static int64_t change(const char *text)
{
    const struct case_key key = {.kind = CASE_CHANGE, .platform = "xcart5", .to = text, .started = text};
    struct stage_options opt = {.rehash = true};
    struct tree undo = {0};
    struct stage stage;
    int64_t id;

    assert_int_equal(case_file_create(cf, &key, NULL, &id, &e), 0);
    assert_int_equal(workdir_undo(&work, id, true, &undo, &e), 0);
    assert_int_equal(stage_open(&stage, &store.s.tree, &undo, &opt, &e), 0);
    assert_int_equal(stage_put_bytes(&stage, "a.php", str_of(text), NULL, &e), 0);
    assert_int_equal(stage_put_bytes(&stage, "new/c.php", STR("<?php // c"), NULL, &e), 0);
    assert_int_equal(stage_delete(&stage, "gone/b.php", true, &e), 0);
    assert_int_equal(stage_commit(&stage, &e), 0);
    stage_close(&stage);
    tree_close(&undo);
    assert_int_equal(case_file_set_state(cf, id, CASE_FINISHED, &e), 0);
    return id;
}

static struct undo_info look(int64_t id)
{
    struct case_info info;
    struct undo_info out;

    assert_int_equal(case_file_get(cf, id, &info, &e), 1);
    if (undo_look(&store.s, &work, cf, &info, &out, &e) < 0)
        fail_msg("%s", e.text);
    return out;
}

static void assert_text(const char *rel, const char *text)
{
    struct buf b = {0};

    if (text == NULL) {
        assert_false(tree_exists(&store.s.tree, rel));
        return;
    }
    assert_int_equal(tree_read(&store.s.tree, rel, 1000, &b, &e), 0);
    assert_string_equal(buf_cstr(&b), text);
    buf_free(&b);
}

static void assert_old(void)
{
    assert_text("a.php", "<?php // a");
    assert_text("gone/b.php", "<?php // b");
    assert_text("new/c.php", NULL);
    assert_text("new", NULL);
}

static void a_case_goes_back_and_is_freed(void **state)
{
    struct undo_info info;
    struct undo_result r;
    uint64_t bytes;
    int64_t id;

    (void)state;
    id = change("<?php // A");
    info = look(id);
    assert_true(info.possible);
    assert_null(info.why_not);
    assert_int_equal(info.files, 3);
    assert_true(info.bytes >= 20);
    assert_false(info.db_switched || info.db_snapshot);
    if (undo_case(&store.s, &work, cf, id, &quiet_ui, &r, &e) < 0)
        fail_msg("%s", e.text);
    assert_int_equal(r.files, 3);
    assert_true(r.may_have_changed);
    assert_old();
    info = look(id);
    assert_int_equal(info.info.state, CASE_UNDONE);
    assert_false(info.possible);
    assert_int_equal(undo_case(&store.s, &work, cf, id, &quiet_ui, &r, &e), -1);
    assert_int_equal(e.kind, ERR_REFUSED);
    assert_false(r.may_have_changed);
    err_clear(&e);
    assert_true(clean_has_files(&work, id));
    assert_int_equal(clean_case(&store.s, &work, cf, id, &quiet_ui, &bytes, &e), 0);
    assert_true(bytes >= 20);
    assert_false(clean_has_files(&work, id));
    info = look(id);
    assert_int_equal(info.info.state, CASE_CLEANED);
    assert_string_equal(info.why_not, "what was kept of it is gone");
    /* Nothing is left to free, and that is no fault. */
    assert_int_equal(clean_case(&store.s, &work, cf, id, &quiet_ui, &bytes, &e), 0);
    assert_int_equal(bytes, 0);
    assert_old();
}

static void newest_first(void **state)
{
    struct undo_result r;
    int64_t newer;
    int64_t first;
    int64_t second;

    (void)state;
    first = change("<?php // A");
    little_store_put(&store, "gone/b.php", "<?php // b again");
    second = change("<?php // AA");
    assert_false(look(first).possible);
    assert_int_equal(undo_newer(&store.s, &work, cf, first, &newer, &e), 1);
    assert_int_equal(newer, second);
    assert_int_equal(undo_case(&store.s, &work, cf, first, &quiet_ui, &r, &e), -1);
    assert_int_equal(e.kind, ERR_REFUSED);
    assert_true(str_has(str_of(e.fix), STR("undo 2")));
    assert_text("a.php", "<?php // AA");
    err_clear(&e);
    assert_int_equal(undo_case(&store.s, &work, cf, second, &quiet_ui, &r, &e), 0);
    assert_text("a.php", "<?php // A");
    assert_text("gone/b.php", "<?php // b again");
    assert_int_equal(undo_case(&store.s, &work, cf, first, &quiet_ui, &r, &e), 0);
    assert_text("a.php", "<?php // a");
    assert_text("gone/b.php", "<?php // b");
}

/* A case without anything kept stands in nobody's way. */
static void empty_cases(void **state)
{
    const struct case_key key = {.kind = CASE_CHANGE, .platform = "xcart5", .to = "x", .started = "y"};
    struct undo_result r;
    int64_t first;
    int64_t empty;

    (void)state;
    first = change("<?php // A");
    assert_int_equal(case_file_create(cf, &key, NULL, &empty, &e), 0);
    assert_false(look(empty).possible);
    assert_true(look(first).possible);
    assert_int_equal(undo_case(&store.s, &work, cf, 99, &quiet_ui, &r, &e), -1);
    assert_int_equal(e.kind, ERR_ABSENT);
}

static void open_cases_are_not_freed(void **state)
{
    struct undo_result r;
    uint64_t bytes;
    int64_t id;

    (void)state;
    id = change("<?php // A");
    for (int s = 0; s < 2; s++) {
        err_clear(&e);
        assert_int_equal(case_file_set_state(cf, id, s ? CASE_UNDOING : CASE_OPEN, &e), 0);
        assert_int_equal(clean_case(&store.s, &work, cf, id, &quiet_ui, &bytes, &e), -1);
        assert_int_equal(e.kind, ERR_REFUSED);
        assert_true(look(id).possible);
    }
    err_clear(&e);
    assert_int_equal(undo_case(&store.s, &work, cf, id, &quiet_ui, &r, &e), 0);
    assert_old();
}

/* In a process of its own, which dies at the call: its exit status. */
static int undo_dying_at(int64_t id, unsigned long at, enum fault_kind kind)
{
    int status;
    pid_t pid;

    /* The journal belongs to one process at a time. */
    case_file_close(cf);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct undo_result r;

        if (journal_file(&cf, &work, true, &e) < 0)
            _exit(1);
        store.s.tree.ops = work.tree.ops = &fault_fsops;
        fault = (struct fault){.kind = kind, .at = at, .changes = true};
        status = undo_case(&store.s, &work, cf, id, &quiet_ui, &r, &e);
        case_file_close(cf);
        _exit(status == 0 ? 0 : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(journal_file(&cf, &work, true, &e), 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void killed_at_every_call(void **state)
{
    static const enum fault_kind kinds[] = {FAULT_DIE, FAULT_POWER};

    (void)state;
    for (size_t k = 0; k < 2; k++) {
        int64_t id = change("<?php // A");
        unsigned long at = 1;
        int status;

        while ((status = undo_dying_at(id, at, kinds[k])) == FAULT_EXIT) {
            struct undo_result r;
            struct undo_info info = look(id);

            assert_true(info.info.state == CASE_UNDOING || info.info.state == CASE_FINISHED);
            assert_true(info.possible);
            if (undo_case(&store.s, &work, cf, id, &quiet_ui, &r, &e) < 0)
                fail_msg("at call %lu: %s", at, e.text);
            assert_old();
            id = change("<?php // A");
            at++;
        }
        assert_int_equal(status, 0);
        assert_true(at > 10);
        assert_old();
    }
}

static void leftovers_come_back(void **state)
{
    struct leftover_list l = {0};
    struct undo_result r;
    struct case_info info;
    int64_t id;

    (void)state;
    little_store_put(&store, "var/restore/dump.sql", "secrets");
    little_store_put(&store, "old/deep/one", "1");
    little_store_put(&store, "old/two", "2");
    *vec_push(&l.all) = (struct leftover){LEFTOVER_FILE, "var/restore/dump.sql", "public"};
    *vec_push(&l.all) = (struct leftover){LEFTOVER_DIR, "old", "nobody reads it"};
    if (leftovers_remove(&store.s, &work, cf, &l, &quiet_ui, &id, &e) < 0)
        fail_msg("%s", e.text);
    assert_text("var/restore/dump.sql", NULL);
    assert_text("old", NULL);
    assert_int_equal(case_file_get(cf, id, &info, &e), 1);
    assert_int_equal(info.kind, CASE_CHANGE);
    assert_int_equal(info.state, CASE_FINISHED);
    assert_int_equal(undo_case(&store.s, &work, cf, id, &quiet_ui, &r, &e), 0);
    assert_text("var/restore/dump.sql", "secrets");
    assert_text("old/deep/one", "1");
    assert_text("old/two", "2");
    leftovers_free(&l);
}

/* ---- logs ---- */

#define LOG  "var/log/2020/01/upgrade.log.2020-01-02.php"
#define MADE "var/log/2020/01/upgrade.log.2020-01-03.php"
#define SIDE "var/log/decorator.log.2020-01-02.php"

/* A finished upgrade whose steps appended to one log and began another. */
static int64_t upgrade(bool db_stays)
{
    const struct case_key key = {.kind = CASE_UPGRADE, .platform = "xcart5", .to = "2", .started = "x"};
    struct stage_options opt = {.rehash = true};
    struct tree undo = {0};
    struct stage stage;
    int64_t id;

    little_store_put(&store, LOG, "first\nsecond\n");
    little_store_put(&store, SIDE, "");
    assert_int_equal(case_file_create(cf, &key, NULL, &id, &e), 0);
    assert_int_equal(logs_note(&store.s, cf, id, db_stays, &e), 0);
    little_store_put(&store, LOG, "first\nsecond\nours\n");
    little_store_put(&store, SIDE, "ours");
    little_store_put(&store, MADE, "ours alone\n");
    /* The sizes of before the first step count, whatever is run later. */
    assert_int_equal(logs_note(&store.s, cf, id, db_stays, &e), 0);
    assert_int_equal(workdir_undo(&work, id, true, &undo, &e), 0);
    assert_int_equal(stage_open(&stage, &store.s.tree, &undo, &opt, &e), 0);
    assert_int_equal(stage_put_bytes(&stage, "a.php", STR("<?php // A"), NULL, &e), 0);
    assert_int_equal(stage_commit(&stage, &e), 0);
    stage_close(&stage);
    tree_close(&undo);
    assert_int_equal(case_file_set_state(cf, id, CASE_FINISHED, &e), 0);
    return id;
}

/* What was cut off log rel is kept whole, at the end of its file. */
static void assert_kept(int64_t id, const char *rel, const char *text)
{
    struct buf name = {0};
    struct buf b = {0};

    buf_printf(&name, "undo-%lld/" STAGE_LOGS "/%s", (long long)id, rel);
    if (tree_read(&work.tree, buf_cstr(&name), 1000, &b, &e) < 0)
        fail_msg("%s", e.text);
    assert_true(str_ends(buf_str(&b), str_of(text)));
    buf_free(&name);
    buf_free(&b);
}

static void assert_logs_old(int64_t id)
{
    assert_text("a.php", "<?php // a");
    assert_text(LOG, "first\nsecond\n");
    assert_text(SIDE, "");
    assert_text(MADE, NULL);
    assert_kept(id, LOG, "ours\n");
    assert_kept(id, SIDE, "ours");
    assert_kept(id, MADE, "ours alone\n");
}

static void logs_are_cut_back(void **state)
{
    struct undo_result r;
    int64_t id;

    (void)state;
    id = upgrade(false);
    if (undo_case(&store.s, &work, cf, id, &quiet_ui, &r, &e) < 0)
        fail_msg("%s", e.text);
    assert_int_equal(r.logs, 3);
    assert_int_equal(r.files, 1);
    assert_string_equal(r.problem, "");
    assert_logs_old(id);
    /* What is kept of logs is no file of the store. */
    assert_int_equal(look(id).files, 1);
    assert_false(tree_exists(&store.s.tree, STAGE_LOGS));
}

static void logs_begun_anew_stay(void **state)
{
    struct undo_result r;
    int64_t id;

    (void)state;
    id = upgrade(false);
    little_store_put(&store, LOG, "third\n");
    assert_int_equal(undo_case(&store.s, &work, cf, id, &quiet_ui, &r, &e), 0);
    assert_text(LOG, "third\n");
    assert_true(str_has(str_of(r.problem), STR(LOG)));
    assert_int_equal(r.logs, 2);
    id = upgrade(false);
    little_store_put(&store, LOG, "another that is longer than the one that was there\n");
    little_store_put(&store, SIDE, "ours");
    assert_int_equal(undo_case(&store.s, &work, cf, id, &quiet_ui, &r, &e), 0);
    assert_text(LOG, "another that is longer than the one that was there\n");
    assert_true(str_has(str_of(r.problem), STR(LOG)));
    assert_text(SIDE, "");
    assert_text("a.php", "<?php // a");
}

/* A database that can't be brought back has what the steps did, so the plan has to know of them. */
static void logs_stay_with_the_database(void **state)
{
    struct undo_result r;
    int64_t id;

    (void)state;
    id = upgrade(true);
    assert_int_equal(undo_case(&store.s, &work, cf, id, &quiet_ui, &r, &e), 0);
    assert_text(LOG, "first\nsecond\nours\n");
    assert_text(MADE, "ours alone\n");
    assert_text("a.php", "<?php // a");
}

static void killed_among_logs(void **state)
{
    static const enum fault_kind kinds[] = {FAULT_DIE, FAULT_POWER};

    (void)state;
    for (size_t k = 0; k < 2; k++) {
        int64_t id = upgrade(false);
        unsigned long at = 1;
        int status;

        while ((status = undo_dying_at(id, at, kinds[k])) == FAULT_EXIT) {
            struct undo_result r;

            if (undo_case(&store.s, &work, cf, id, &quiet_ui, &r, &e) < 0)
                fail_msg("at call %lu: %s", at, e.text);
            assert_string_equal(r.problem, "");
            assert_logs_old(id);
            id = upgrade(false);
            at++;
        }
        assert_int_equal(status, 0);
        assert_true(at > 20);
        assert_logs_old(id);
    }
}

#define test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(a_case_goes_back_and_is_freed), test(newest_first),         test(empty_cases),
        test(open_cases_are_not_freed),      test(killed_at_every_call), test(leftovers_come_back),
        test(logs_are_cut_back),             test(logs_begun_anew_stay), test(logs_stay_with_the_database),
        test(killed_among_logs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
