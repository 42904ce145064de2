/*
 * Files of a store's second tree, outside of its root: copied, kept in the undo area of the case, and brought back with the store's own,
 * also when copying or going back was killed at any of its calls.
 */
#include "fault_fsops.h"
#include "files.h"
#include "little_store.h"
#include "quiet_ui.h"

#include "platform/aside_area.h"
#include "platform/copy_files.h"
#include "rescue/journal.h"
#include "rescue/undo.h"
#include "sys/stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static struct little_store store;
static struct workdir work;
static struct case_file *cf;
static struct err e;

static void work_progress(struct work *w, const char *what, uint64_t done, uint64_t total)
{
    (void)w, (void)what, (void)done, (void)total;
}

static void work_say(struct work *w, const char *fmt, ...)
{
    (void)w, (void)fmt;
}

static void put_old(void)
{
    files_put(store.aside, "vendor/a.php", "a");
    files_put(store.aside, "vendor/gone/b.php", "b");
    files_put(store.aside, "logs/error.log", "line\n");
}

static int setup(void **state)
{
    (void)state;
    err_clear(&e);
    memset(&fault, 0, sizeof fault);
    little_store_make(&store);
    little_store_put(&store, "a.php", "root a");
    little_store_put(&store, "new/1", "A");
    little_store_put(&store, "new/2", "C");
    little_store_open(&store);
    assert_int_equal(mkdir(store.aside, 0755), 0);
    put_old();
    assert_int_equal(tree_open(&store.s.aside, store.aside, &e), 0);
    store.s.aside_path = store.aside;
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

static struct digest md5(const char *text)
{
    struct digest d;

    hash_bytes(HASH_MD5, text, strlen(text), &d);
    return d;
}

static int64_t begin(void)
{
    const struct case_key key = {.kind = CASE_CHANGE, .platform = "xcart5", .to = "x", .started = "y"};
    int64_t id;

    assert_int_equal(case_file_create(cf, &key, NULL, &id, &e), 0);
    return id;
}

static int copy(int64_t id)
{
    const struct copy_file files[] = {
        {.path = "vendor/a.php", .source = "new/1", .act = COPY_UPDATE, .want = md5("A")},
        {.path = "vendor/new/c.php", .source = "new/2", .act = COPY_ADD, .want = md5("C")},
        {.path = "vendor/gone/b.php", .act = COPY_DELETE},
    };
    const struct copy_job job = {.files = files, .n = 3, .title = "x", .stopped = "x", .edited = "x", .aside = true};
    struct work w = {.progress = work_progress, .say = work_say};
    struct tree undo = {.ops = work.tree.ops};
    int rc = -1;

    if (workdir_undo(&work, id, true, &undo, &e) == 0) {
        w.undo = &undo;
        rc = copy_files_run(&store.s, &job, &w, &e);
    }
    tree_close(&undo);
    return rc;
}

/* The same with a file of the store's own. */
static int64_t change(void)
{
    struct stage_options opt = {.rehash = true};
    struct tree undo = {0};
    struct stage stage;
    int64_t id = begin();

    assert_int_equal(workdir_undo(&work, id, true, &undo, &e), 0);
    assert_int_equal(stage_open(&stage, &store.s.tree, &undo, &opt, &e), 0);
    assert_int_equal(stage_put_bytes(&stage, "a.php", STR("root A"), NULL, &e), 0);
    assert_int_equal(stage_commit(&stage, &e), 0);
    stage_close(&stage);
    tree_close(&undo);
    if (copy(id) < 0)
        fail_msg("%s", e.text);
    assert_int_equal(case_file_set_state(cf, id, CASE_FINISHED, &e), 0);
    return id;
}

static void is(const struct tree *t, const char *rel, const char *text)
{
    struct buf b = {0};

    if (text == NULL) {
        assert_false(tree_exists(t, rel));
        return;
    }
    if (tree_read(t, rel, 1000, &b, &e) < 0)
        fail_msg("%s", e.text);
    assert_string_equal(buf_cstr(&b), text);
    buf_free(&b);
}

static int count_entry(void *arg, const char *rel, const struct stat *st, struct err *why)
{
    (void)rel, (void)st, (void)why;
    (*(size_t *)arg)++;
    return 0;
}

static void assert_old(void)
{
    size_t n = 0;

    is(&store.s.tree, "a.php", "root a");
    is(&store.s.aside, "vendor/a.php", "a");
    is(&store.s.aside, "vendor/gone/b.php", "b");
    is(&store.s.aside, "logs/error.log", "line\n");
    assert_int_equal(tree_walk(&store.s.aside, "", count_entry, NULL, &n, &e), 0);
    /* Three folders and three files: nothing of ours is left beside them. */
    assert_int_equal(n, 6);
}

static void assert_new(void)
{
    is(&store.s.aside, "vendor/a.php", "A");
    is(&store.s.aside, "vendor/new/c.php", "C");
    is(&store.s.aside, "vendor/gone", NULL);
    is(&store.s.aside, "logs/error.log", "line\n");
}

static void undo(int64_t id)
{
    struct undo_result r;

    if (undo_case(&store.s, &work, cf, id, &quiet_ui, &r, &e) < 0)
        fail_msg("%s", e.text);
}

static void there_and_back(void **state)
{
    struct undo_info info;
    struct case_info c;
    struct tree kept = {0};
    int64_t id;

    (void)state;
    id = change();
    is(&store.s.tree, "a.php", "root A");
    assert_new();
    /* Nothing of it lands in the store. */
    is(&store.s.tree, "vendor", NULL);
    assert_int_equal(case_file_get(cf, id, &c, &e), 1);
    assert_int_equal(undo_look(&store.s, &work, cf, &c, &info, &e), 0);
    assert_int_equal(info.files, 4);
    assert_true(info.possible);
    assert_int_equal(workdir_undo(&work, id, false, &kept, &e), 0);
    is(&kept, STAGE_ASIDE_ROOT, store.aside);
    is(&kept, STAGE_ASIDE "/vendor/a.php", "a");
    tree_close(&kept);
    undo(id);
    assert_old();
    is(&store.s.tree, STAGE_ASIDE, NULL);
}

/* The configuration may name another place by then, or none. */
static void the_note_counts(void **state)
{
    struct err why = {0};
    struct tree area = {0};
    struct tree kept = {0};
    int64_t id;

    (void)state;
    id = change();
    assert_int_equal(workdir_undo(&work, id, false, &kept, &e), 0);
    assert_int_equal(aside_area_open(&kept, "/elsewhere", &area, &why), -1);
    assert_int_equal(why.kind, ERR_REFUSED);
    tree_close(&kept);
    tree_close(&store.s.aside);
    store.s.aside_path = NULL;
    assert_int_equal(copy(id), -1);
    undo(id);
    assert_int_equal(tree_open(&store.s.aside, store.aside, &e), 0);
    assert_old();
}

/* What is to be done in a process of its own, which dies at the call: its exit status. */
static int dying_at(int (*what)(int64_t id), int64_t id, unsigned long at, enum fault_kind kind)
{
    int status;
    pid_t pid;

    case_file_close(cf);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        if (journal_file(&cf, &work, true, &e) < 0)
            _exit(1);
        store.s.tree.ops = store.s.aside.ops = work.tree.ops = &fault_fsops;
        fault = (struct fault){.kind = kind, .at = at, .changes = true};
        status = what(id);
        case_file_close(cf);
        _exit(status == 0 ? 0 : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(journal_file(&cf, &work, true, &e), 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int undo_quietly(int64_t id)
{
    struct undo_result r;

    return undo_case(&store.s, &work, cf, id, &quiet_ui, &r, &e);
}

static const enum fault_kind kinds[] = {FAULT_DIE, FAULT_POWER};

static void going_back_killed_at_every_call(void **state)
{
    (void)state;
    for (size_t k = 0; k < 2; k++) {
        unsigned long at = 1;
        int64_t id = change();

        for (;; at++) {
            int status = dying_at(undo_quietly, id, at, kinds[k]);

            if (status == 0)
                break;
            assert_int_equal(status, FAULT_EXIT);
            undo(id);
            assert_old();
            id = change();
        }
        assert_true(at > 10);
        assert_old();
    }
}

static void copying_killed_at_every_call(void **state)
{
    (void)state;
    for (size_t k = 0; k < 4; k++) {
        bool again = k >= 2; /* finished by a second run before it goes back */
        unsigned long at = 1;

        for (;; at++) {
            int64_t id = begin();
            int status = dying_at(copy, id, at, kinds[k % 2]);

            if (again && status != 0) {
                if (copy(id) < 0)
                    fail_msg("at call %lu: %s", at, e.text);
                assert_new();
            }
            assert_int_equal(case_file_set_state(cf, id, CASE_FINISHED, &e), 0);
            if (status == 0) {
                undo(id);
                break;
            }
            assert_int_equal(status, FAULT_EXIT);
            if (undo_quietly(id) < 0) {
                /* With nothing kept nothing was changed; what was written beside the files goes with the next run. */
                assert_non_null(strstr(e.text, "changed nothing"));
                is(&store.s.aside, "vendor/a.php", "a");
                id = begin();
                assert_int_equal(copy(id), 0);
                assert_int_equal(case_file_set_state(cf, id, CASE_FINISHED, &e), 0);
                undo(id);
            }
            err_clear(&e);
            assert_old();
        }
        assert_true(at > 10);
        assert_old();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(there_and_back, setup, teardown),
        cmocka_unit_test_setup_teardown(the_note_counts, setup, teardown),
        cmocka_unit_test_setup_teardown(going_back_killed_at_every_call, setup, teardown),
        cmocka_unit_test_setup_teardown(copying_killed_at_every_call, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
