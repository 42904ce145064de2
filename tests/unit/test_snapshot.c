/* Snapshots of files alone: what is in them, and that a snapshot is whole or not there, whichever call fails. With a database:
 * tests/e2e/snapshot.bats. */
#include "fault_fsops.h"
#include "format/sum_list.h"
#include "little_store.h"
#include "rescue/snapshot.h"

#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct little_store store;
static struct workdir work;
static struct err e;
static struct buf said;

static void no_progress(void *ctx, const char *what, uint64_t done, uint64_t total)
{
    (void)ctx, (void)what, (void)done, (void)total;
}

static void say(void *ctx, struct str line)
{
    (void)ctx;
    buf_addstr(&said, line);
    buf_addc(&said, '\n');
}

static const struct work_ui ui = {.progress = no_progress, .say = say};

static int setup(void **state)
{
    (void)state;
    err_clear(&e);
    memset(&fault, 0, sizeof fault);
    little_store_make(&store);
    little_store_put(&store, "images/product.jpg", "jpeg");
    little_store_put(&store, "images/odd\nname \\", "odd");
    little_store_put(&store, "var/datacache/x.php", "cache");
    little_store_put(&store, "var/run/classes/x.php", "compiled");
    little_store_put(&store, "var/run.0123/x.php", "half compiled");
    little_store_put(&store, "var/theme/custom.css", "made by hand");
    little_store_put(&store, "var/log/php_errors.log", "evidence");
    little_store_open(&store);
    workdir_init(&work);
    work.tree.ops = &fault_fsops;
    assert_int_equal(workdir_open(&work, &store.s.tree, store.work, true, &e), 0);
    work.tree.ops = &fault_fsops;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    memset(&fault, 0, sizeof fault);
    workdir_close(&work);
    little_store_free(&store);
    buf_free(&said);
    return 0;
}

static int make(const char *const *exclude, struct snapshot_result *r)
{
    const struct snapshot_opts o = {.files = true, .exclude = exclude};

    return snapshot_make(&store.s, &work, &o, &ui, r, &e);
}

static int take_entry(void *ctx, const struct sum_entry *entry, struct err *err)
{
    struct buf *paths = ctx;

    (void)err;
    buf_addstr(paths, entry->path);
    buf_addc(paths, '|');
    return 0;
}

static void take_problem(void *ctx, unsigned line, const char *why, struct str text)
{
    (void)ctx, (void)text;
    fail_msg("line %u: %s", line, why);
}

/* The paths of the manifest, as our own reader of such lists understands them. */
static void manifest_of(const char *path, struct buf *paths)
{
    const struct sum_calls calls = {take_entry, take_problem, paths};
    struct tree t = {0};
    struct buf text = {0};

    assert_int_equal(tree_open(&t, path, &e), 0);
    assert_int_equal(tree_read(&t, SNAPSHOT_MANIFEST, 1 << 20, &text, &e), 0);
    assert_int_equal(sum_list_read(buf_str(&text), &calls, &e), 0);
    buf_free(&text);
    tree_close(&t);
}

static void what_belongs_into_it(void **state)
{
    struct snapshot_result r;
    struct buf paths = {0};

    (void)state;
    if (make(NULL, &r) < 0)
        fail_msg("%s", e.text);
    assert_int_equal(r.files, 8);
    assert_int_equal(r.problems, 0);
    assert_true(r.size > 0);
    manifest_of(r.path, &paths);
    assert_string_equal(buf_cstr(&paths), "admin.php|cart.php|classes/XLite/Upgrade/Cell.php|images/odd\nname \\|images/product.jpg|"
                                          "top.inc.php|var/log/php_errors.log|var/theme/custom.css|");
    buf_free(&paths);
}

static void exclude_leaves_out(void **state)
{
    static const char *const globs[] = {"images/*", "*.log", NULL};
    struct snapshot_result r;
    struct buf paths = {0};

    (void)state;
    assert_int_equal(make(globs, &r), 0);
    manifest_of(r.path, &paths);
    assert_string_equal(buf_cstr(&paths), "admin.php|cart.php|classes/XLite/Upgrade/Cell.php|top.inc.php|var/theme/custom.css|");
    buf_free(&paths);
}

/* Snapshots in the work directory, whole ones and the rest of one. */
static size_t snapshots(void)
{
    DIR *d = opendir(store.work);
    struct dirent *entry;
    size_t n = 0;

    assert_non_null(d);
    while ((entry = readdir(d)) != NULL)
        n += strncmp(entry->d_name, "snapshot", 8) == 0;
    closedir(d);
    return n;
}

static void whole_or_not_there(void **state)
{
    struct snapshot_result r;
    unsigned long calls;

    (void)state;
    fault = (struct fault){.kind = FAULT_ERRNO, .sys = EIO, .changes = true};
    assert_int_equal(make(NULL, &r), 0);
    calls = fault.count;
    assert_true(calls > 10);
    fault.at = 0;
    assert_int_equal(tree_remove_tree(&work.tree, strrchr(r.path, '/') + 1, false, &e), 0);
    for (unsigned long at = 1; at <= calls; at++) {
        int rc;

        err_clear(&e);
        fault = (struct fault){.kind = FAULT_ERRNO, .sys = EIO, .changes = true, .at = at};
        rc = make(NULL, &r);
        fault.at = 0;
        if (rc == 0 || snapshots() > 0) {
            /* Only the sync behind the last rename fails with all of it in place. */
            assert_int_equal(snapshots(), 1);
            assert_true(rc == 0 || at == calls);
            memset(&fault, 0, sizeof fault);
            if (rc == 0)
                fail_msg("call %lu failed and nobody noticed", at);
        }
    }
}

static void two_of_one_second(void **state)
{
    struct snapshot_result a;
    struct snapshot_result b;

    (void)state;
    assert_int_equal(make(NULL, &a), 0);
    assert_int_equal(make(NULL, &b), 0);
    assert_string_not_equal(a.path, b.path);
    assert_int_equal(snapshots(), 2);
}

static void a_dead_run_is_swept(void **state)
{
    struct snapshot_result r;

    (void)state;
    assert_int_equal(tree_mkdirs(&work.tree, "snapshot.part/x", NULL, NULL, &e), 0);
    assert_int_equal(make(NULL, &r), 0);
    assert_int_equal(snapshots(), 1);
}

#define test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(what_belongs_into_it), test(exclude_leaves_out), test(whole_or_not_there),
        test(two_of_one_second),    test(a_dead_run_is_swept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
