/* What the undo directory keeps: the first state of all, whatever comes after. */
#include "stage_trees.h"

#include "base/buf.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* Several upgrades into one undo directory: what is kept is the first state. */
static void test_twice(void **state)
{
    struct stage s;

    (void)state;
    trees.old_picture = stage_trees_picture(true);
    assert_int_equal(stage_open(&s, &trees.live, &trees.undo, NULL, &trees.e), 0);
    assert_int_equal(stage_trees_put(&s, "keep.txt", "second", NULL), 0);
    assert_int_equal(stage_trees_put(&s, "n/new", "first", NULL), 0);
    assert_int_equal(stage_trees_put(&s, "keep.txt", "third", NULL), 0);
    assert_int_equal(stage_delete(&s, "half/goes", true, &trees.e), 0);
    assert_int_equal(stage_delete(&s, "half/stays", true, &trees.e), 0);
    assert_int_equal(stage_commit(&s, &trees.e), 0);
    assert_false(tree_exists(&trees.live, "half"));
    stage_close(&s);
    assert_int_equal(stage_open(&s, &trees.live, &trees.undo, NULL, &trees.e), 0);
    assert_int_equal(stage_trees_put(&s, "n/new", "second", NULL), 0);
    assert_int_equal(stage_trees_put(&s, "half", "a file where a directory was", NULL), 0);
    assert_int_equal(stage_delete(&s, "n/new", true, &trees.e), 0);
    assert_int_equal(stage_trees_put(&s, "n/new", "again", NULL), 0);
    assert_int_equal(stage_commit(&s, &trees.e), 0);
    stage_close(&s);
    {
        struct buf b = {0};

        assert_int_equal(tree_read(&trees.live, "keep.txt", 100, &b, &trees.e), 0);
        assert_string_equal(buf_cstr(&b), "third");
        buf_reset(&b);
        assert_int_equal(tree_read(&trees.live, "n/new", 100, &b, &trees.e), 0);
        assert_string_equal(buf_cstr(&b), "again");
        buf_free(&b);
    }
    stage_trees_back_again(0);
    free(trees.old_picture);
}

static void test_torn_lists(void **state)
{
    struct stage s;
    int fd;

    (void)state;
    stage_trees_pictures(false);
    fd = openat(trees.undo.fd, STAGE_CREATED, O_WRONLY | O_APPEND);
    assert_int_equal(write(fd, "keep.t", 6), 6);
    close(fd);
    stage_trees_back_again(0);
    stage_trees_again(0);
    stage_trees_back_again(0);
    fd = openat(trees.undo.fd, STAGE_CREATED, O_WRONLY | O_TRUNC);
    assert_int_equal(write(fd, "../x\nkeep.txt\n", 14), 14);
    close(fd);
    assert_int_equal(stage_open(&s, &trees.live, &trees.undo, NULL, &trees.e), -1);
    assert_int_equal(trees.e.kind, ERR_FORMAT);
    assert_non_null(strstr(trees.e.text, "line 1"));
    assert_int_equal(stage_trees_back(), -1);
    stage_trees_is(trees.old_picture, "damaged list", 0);
    stage_trees_free_pictures();
}

/* What somebody else changes in place, makes and removes comes back; links are kept of what is only removed. */
static void test_keep(void **state)
{
    struct stage_options opt = {.rehash = true};
    struct stat a, b;
    struct stage s;
    char *before;
    char *after;

    (void)state;
    for (int links = 0; links < 2; links++) {
        stage_trees_make();
        fault.no_links = links == 1;
        before = stage_trees_picture(true);
        assert_int_equal(stage_open(&s, &trees.live, &trees.undo, &opt, &trees.e), 0);
        assert_int_equal(stage_keep(&s, "a/one.php", true, &trees.e), 0);
        assert_int_equal(stage_keep(&s, "a/two.php", false, &trees.e), 0);
        assert_int_equal(stage_keep(&s, "half/new", true, &trees.e), 0);
        assert_int_equal(stage_keep(&s, "no/such/dir", true, &trees.e), 0);
        assert_int_equal(stage_keep(&s, "half", true, &trees.e), -1);
        assert_int_equal(trees.e.kind, ERR_REFUSED);
        err_clear(&trees.e);
        assert_int_equal(stage_keep(&s, STAGE_LOGS "/x", true, &trees.e), -1);
        err_clear(&trees.e);
        assert_int_equal(stage_commit(&s, &trees.e), 0);
        assert_int_equal(s.files_put + s.files_deleted, 0);
        stage_close(&s);
        after = stage_trees_picture(true);
        assert_string_equal(after, before);
        free(after);
        assert_int_equal(tree_stat(&trees.live, "a/one.php", &a, &trees.e), 0);
        assert_int_equal(tree_stat(&trees.undo, "a/one.php", &b, &trees.e), 0);
        assert_true(a.st_ino != b.st_ino);
        stage_trees_write("a/one.php", "changed in place", 0600);
        assert_int_equal(tree_remove(&trees.live, "a/two.php", &trees.e), 0);
        stage_trees_write("half/new", "made", 0600);
        /* What was kept first stays. */
        assert_int_equal(stage_open(&s, &trees.live, &trees.undo, &opt, &trees.e), 0);
        assert_int_equal(stage_keep(&s, "a/one.php", true, &trees.e), 0);
        assert_int_equal(stage_keep(&s, "half/new", true, &trees.e), 0);
        assert_int_equal(stage_commit(&s, &trees.e), 0);
        stage_close(&s);
        assert_int_equal(stage_undo(&trees.undo, &trees.live, true, NULL, &trees.e), 0);
        after = stage_trees_picture(true);
        assert_string_equal(after, before);
        free(after);
        free(before);
    }
    memset(&fault, 0, sizeof fault);
    /* Without an undo directory there is nothing to do. */
    assert_int_equal(stage_open(&s, &trees.live, NULL, &opt, &trees.e), 0);
    assert_int_equal(stage_keep(&s, "a/one.php", true, &trees.e), 0);
    assert_int_equal(stage_commit(&s, &trees.e), 0);
    stage_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        stage_trees_test(test_twice),
        stage_trees_test(test_torn_lists),
        stage_trees_test(test_keep),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
