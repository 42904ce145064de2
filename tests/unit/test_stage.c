/* What a stage takes, refuses, changes and tells. */
#include "stage_trees.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void test_same_does_nothing(void **state)
{
    struct digest d = stage_trees_md5("as it was");
    struct stage s;
    char *before = stage_trees_picture(true);

    (void)state;
    assert_int_equal(stage_open(&s, &trees.live, &trees.undo, NULL, &trees.e), 0);
    assert_int_equal(stage_trees_put(&s, "keep.txt", "as it was", &d), 0);
    assert_int_equal(stage_trees_put(&s, "keep.txt", "as it was", NULL), 0);
    assert_int_equal(s.files_same, 2);
    assert_int_equal(stage_commit(&s, &trees.e), 0);
    assert_int_equal(s.files_put, 0);
    stage_close(&s);
    trees.old_picture = before;
    stage_trees_is(before, "same", 0);
    assert_false(tree_exists(&trees.undo, "keep.txt"));
    free(before);
}

static void test_mismatch_changes_nothing(void **state)
{
    struct digest d = stage_trees_md5("something else");
    char hex[HASH_HEX];
    struct stage s;

    (void)state;
    trees.old_picture = stage_trees_picture(true);
    assert_int_equal(stage_open(&s, &trees.live, &trees.undo, NULL, &trees.e), 0);
    assert_int_equal(stage_trees_put(&s, "x/y/z", "content", &d), -1);
    assert_int_equal(trees.e.kind, ERR_MISMATCH);
    assert_non_null(strstr(trees.e.text, digest_hex(&d, hex)));
    d = stage_trees_md5("content");
    assert_non_null(strstr(trees.e.text, digest_hex(&d, hex)));
    stage_trees_is(trees.old_picture, "mismatch", 0);
    assert_int_equal(stage_commit(&s, &trees.e), 0);
    assert_int_equal(s.files_put, 0);
    stage_close(&s);
    free(trees.old_picture);
}

static void test_abort(void **state)
{
    struct stage s;

    (void)state;
    trees.old_picture = stage_trees_picture(true);
    assert_int_equal(stage_open(&s, &trees.live, &trees.undo, NULL, &trees.e), 0);
    assert_int_equal(stage_trees_put(&s, "keep.txt", "other", NULL), 0);
    assert_int_equal(stage_trees_put(&s, "n/e/w", "other", NULL), 0);
    assert_int_equal(stage_delete(&s, "added", false, &trees.e), 0);
    stage_abort(&s);
    stage_trees_is(trees.old_picture, "abort", 0);
    assert_int_equal(stage_trees_put(&s, "n/e/w", "other", NULL), 0);
    stage_close(&s);
    stage_trees_is(trees.old_picture, "close", 0);
    free(trees.old_picture);
}

static void test_leftovers(void **state)
{
    struct digest d = stage_trees_md5("new content");
    struct digest wrong;
    struct stage s;
    char temp[64] = "a/";
    char *p;

    (void)state;
    /* A run that was killed after writing: its file is taken, the source is not even read. */
    assert_int_equal(stage_open(&s, &trees.live, &trees.undo, NULL, &trees.e), 0);
    assert_int_equal(stage_trees_put(&s, "a/one.php", "new content", &d), 0);
    p = stage_trees_picture(false);
    assert_non_null(strstr(p, ".toolkit"));
    memcpy(temp, strstr(p, "a/."), strlen("a/.") + 24 + strlen(".toolkit"));
    assert_true(stage_is_temp(temp + 2));
    free(p);
    p = strdup(temp);
    assert_int_equal(linkat(trees.live.fd, temp, trees.live.fd, "saved", 0), 0);
    stage_close(&s);
    assert_false(tree_exists(&trees.live, temp));
    assert_int_equal(renameat(trees.live.fd, "saved", trees.live.fd, temp), 0);
    assert_int_equal(stage_open(&s, &trees.live, &trees.undo, NULL, &trees.e), 0);
    assert_int_equal(stage_trees_put(&s, "a/one.php", "not read", &d), 0);
    stage_close(&s);
    /* One that is cut short, and one that is a link, are made anew. */
    stage_trees_write(temp, "new con", 0600);
    assert_int_equal(stage_open(&s, &trees.live, &trees.undo, NULL, &trees.e), 0);
    assert_int_equal(stage_trees_put(&s, "a/one.php", "new content", &d), 0);
    stage_close(&s);
    assert_int_equal(symlinkat("../keep.txt", trees.live.fd, temp), 0);
    assert_int_equal(stage_open(&s, &trees.live, &trees.undo, NULL, &trees.e), 0);
    wrong = stage_trees_md5("new content");
    assert_int_equal(stage_trees_put(&s, "a/one.php", "new content", &wrong), 0);
    assert_int_equal(stage_commit(&s, &trees.e), 0);
    stage_close(&s);
    free(p);
    assert_int_equal(stage_is_temp(".htaccess"), 0);
    assert_int_equal(stage_is_temp(".0123456789abcdef01234567.toolkiT"), 0);
    assert_int_equal(stage_is_temp(".0123456789abcdef0123456g.toolkit"), 0);
    stage_trees_write("half/.0123456789abcdef01234567.toolkit", "junk", 0600);
    assert_int_equal(mkdirat(trees.live.fd, "half/" TREE_DIR_TEMP, 0700), 0);
    assert_int_equal(stage_sweep(&trees.live, "", &trees.e), 0);
    p = stage_trees_picture(false);
    assert_null(strstr(p, ".toolkit"));
    free(p);
}

static void test_targets_refused(void **state)
{
    struct stage s;

    (void)state;
    assert_int_equal(symlinkat("keep.txt", trees.live.fd, "link"), 0);
    assert_int_equal(symlinkat("../undo", trees.live.fd, "out"), 0);
    assert_int_equal(mkfifoat(trees.live.fd, "fifo", 0600), 0);
    trees.old_picture = stage_trees_picture(true);
    assert_int_equal(stage_open(&s, &trees.live, &trees.undo, NULL, &trees.e), 0);
    assert_int_equal(stage_trees_put(&s, "link", "x", NULL), -1);
    assert_int_equal(trees.e.kind, ERR_REFUSED);
    assert_int_equal(stage_trees_put(&s, "a", "x", NULL), -1);
    assert_int_equal(trees.e.kind, ERR_REFUSED);
    assert_int_equal(stage_trees_put(&s, "fifo", "x", NULL), -1);
    assert_int_equal(trees.e.kind, ERR_REFUSED);
    assert_int_equal(stage_trees_put(&s, "out/file", "x", NULL), -1);
    assert_int_equal(trees.e.kind, ERR_REFUSED);
    assert_int_equal(stage_trees_put(&s, "keep.txt/below", "x", NULL), -1);
    assert_int_equal(trees.e.kind, ERR_REFUSED);
    assert_int_equal(stage_trees_put(&s, "../undo/file", "x", NULL), -1);
    assert_int_equal(trees.e.kind, ERR_REFUSED);
    assert_int_equal(stage_trees_put(&s, STAGE_CREATED, "x", NULL), -1);
    assert_int_equal(trees.e.kind, ERR_REFUSED);
    assert_int_equal(stage_delete(&s, "a", true, &trees.e), -1);
    assert_int_equal(stage_delete(&s, "link", true, &trees.e), -1);
    assert_int_equal(stage_delete(&s, "keep.txt/below", true, &trees.e), 0);
    assert_int_equal(stage_commit(&s, &trees.e), 0);
    stage_close(&s);
    stage_trees_is(trees.old_picture, "refused", 0);
    free(trees.old_picture);
}

static void count_change(void *arg, enum stage_change what, const char *rel)
{
    int *counts = arg;

    assert_non_null(rel);
    counts[what]++;
}

static void test_told(void **state)
{
    int counts[5] = {0};
    struct stage_options opt = {.changed = count_change, .arg = counts};
    struct stage s;
    size_t i;

    (void)state;
    assert_int_equal(stage_open(&s, &trees.live, &trees.undo, &opt, &trees.e), 0);
    for (i = 0; i < STAGE_TREES_FILES; i++)
        assert_int_equal(stage_files[i].after ? stage_trees_put(&s, stage_files[i].rel, stage_files[i].after, NULL)
                                        : stage_delete(&s, stage_files[i].rel, true, &trees.e),
                         0);
    assert_int_equal(stage_need(&s, 1000, 1000, 10, &trees.e), 0);
    assert_int_equal(stage_need(&s, UINT64_MAX / 2, 0, 10, &trees.e), -1);
    assert_int_equal(trees.e.kind, ERR_REFUSED);
    assert_int_equal(stage_commit(&s, &trees.e), 0);
    assert_int_equal(counts[STAGE_ADDED], 3);
    assert_int_equal(counts[STAGE_REPLACED], 3);
    assert_int_equal(counts[STAGE_DELETED], 3);
    assert_int_equal(counts[STAGE_DIR_MADE], 2);
    assert_int_equal(counts[STAGE_DIR_REMOVED], 2);
    assert_int_equal(s.files_put, 6);
    assert_int_equal(s.files_deleted, 3);
    assert_int_equal(s.files_same, 3);
    stage_close(&s);
}

static void test_full_batch(void **state)
{
    struct stage s;
    size_t i;

    (void)state;
    assert_int_equal(stage_open(&s, &trees.live, &trees.undo, NULL, &trees.e), 0);
    for (i = 0; i < STAGE_FILES_MAX + 10; i++) {
        char rel[32];

        snprintf(rel, sizeof rel, "many/%zu", i);
        assert_int_equal(stage_put_bytes(&s, rel, STR("x"), NULL, &trees.e), 0);
    }
    assert_int_equal(s.files_put, STAGE_FILES_MAX);
    assert_int_equal(stage_commit(&s, &trees.e), 0);
    assert_int_equal(s.files_put, STAGE_FILES_MAX + 10);
    stage_close(&s);
    assert_int_equal(stage_trees_back(), 0);
    assert_false(tree_exists(&trees.live, "many"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        stage_trees_test(test_same_does_nothing),
        stage_trees_test(test_mismatch_changes_nothing),
        stage_trees_test(test_abort),
        stage_trees_test(test_leftovers),
        stage_trees_test(test_targets_refused),
        stage_trees_test(test_told),
        stage_trees_test(test_full_batch),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
