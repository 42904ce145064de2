/* Modes changed in place: undo brings back those of before the first change, whatever else became of the files, and wherever it was cut. */
#include "stage_trees.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static mode_t mode_of(const char *rel)
{
    struct stat st;

    assert_int_equal(tree_stat(&trees.live, rel, &st, &trees.e), 0);
    return st.st_mode & 07777;
}

static void assert_old(void)
{
    char *is = stage_trees_picture(true);

    assert_string_equal(is, trees.old_picture);
    assert_int_equal(mode_of(""), 0755);
    free(is);
}

/* Changes of every kind, in this order: 0, or -1 with trees.e. */
static int change(void)
{
    struct stage s;
    int r;

    if (stage_open(&s, &trees.live, &trees.undo, NULL, &trees.e) != 0)
        return -1;
    r = stage_chmod(&s, "keep.txt", 0600, &trees.e) != 0 || stage_chmod(&s, "", 0711, &trees.e) != 0 ||
        stage_chmod(&s, "a", 0700, &trees.e) != 0 ||
        /* changed, then replaced: the original is kept with the changed mode */
        stage_chmod(&s, "a/one.php", 0666, &trees.e) != 0 || stage_trees_put(&s, "a/one.php", "replaced", NULL) != 0 ||
        stage_commit(&s, &trees.e) != 0 ||
        /* replaced, then changed: the original is kept with its own */
        stage_trees_put(&s, "a/two.php", "replaced", NULL) != 0 || stage_chmod(&s, "a/two.php", 0600, &trees.e) != 0 ||
        /* deleted and made again, and made: nothing to bring back */
        stage_delete(&s, "half/goes", true, &trees.e) != 0 || stage_trees_put(&s, "made", "x", NULL) != 0 ||
        stage_chmod(&s, "made", 0640, &trees.e) != 0 ||
        /* kept as a link to the live file, then changed: both are one */
        stage_keep(&s, "half/stays", false, &trees.e) != 0 || stage_chmod(&s, "half/stays", 0604, &trees.e) != 0 ||
        /* a second time */
        stage_chmod(&s, "keep.txt", 0640, &trees.e) != 0;
    stage_close(&s);
    return r ? -1 : 0;
}

static void begin(void)
{
    fault = (struct fault){0};
    stage_trees_make();
    assert_int_equal(fchmod(trees.live.fd, 0755), 0);
    free(trees.old_picture);
    trees.old_picture = stage_trees_picture(true);
}

static int setup(void **state)
{
    trees.old_picture = NULL;
    if (stage_trees_setup(state) != 0)
        return -1;
    begin();
    return 0;
}

static int teardown(void **state)
{
    free(trees.old_picture);
    return stage_trees_teardown(state);
}

static void changes_and_gives_back(void **state)
{
    uint64_t files;

    (void)state;
    if (change() != 0)
        fail_msg("%s", trees.e.text);
    assert_int_equal(mode_of("keep.txt"), 0640);
    assert_int_equal(mode_of(""), 0711);
    assert_int_equal(mode_of("a"), 0700);
    assert_int_equal(mode_of("a/one.php"), 0666);
    assert_int_equal(mode_of("a/two.php"), 0600);
    assert_int_equal(mode_of("made"), 0640);
    assert_int_equal(mode_of("half/stays"), 0604);
    for (int i = 0; i < 2; i++) {
        if (stage_undo(&trees.undo, &trees.live, true, &files, &trees.e) != 0)
            fail_msg("%s", trees.e.text);
        assert_old();
    }
}

/* What is as it should be is not written down; what is not there or no file is said; without an undo directory it works as well. */
static void edges(void **state)
{
    struct stage s;

    (void)state;
    assert_int_equal(stage_open(&s, &trees.live, &trees.undo, NULL, &trees.e), 0);
    assert_int_equal(stage_chmod(&s, "keep.txt", 0644, &trees.e), 0);
    assert_false(tree_exists(&trees.undo, STAGE_MODES));
    assert_int_equal(stage_chmod(&s, "none", 0644, &trees.e), -1);
    assert_int_equal(trees.e.kind, ERR_ABSENT);
    assert_int_equal(symlinkat("keep.txt", trees.live.fd, "link"), 0);
    assert_int_equal(stage_chmod(&s, "link", 0600, &trees.e), -1);
    assert_int_equal(trees.e.kind, ERR_REFUSED);
    assert_int_equal(stage_chmod(&s, "../undo", 0755, &trees.e), -1);
    assert_int_equal(mode_of("keep.txt"), 0644);
    assert_false(tree_exists(&trees.undo, STAGE_MODES));
    assert_int_equal(stage_trees_put(&s, STAGE_MODES, "x", NULL), -1);
    assert_int_equal(trees.e.kind, ERR_REFUSED);
    stage_close(&s);
    assert_int_equal(stage_open(&s, &trees.live, NULL, NULL, &trees.e), 0);
    assert_int_equal(stage_chmod(&s, "keep.txt", 0600, &trees.e), 0);
    assert_int_equal(mode_of("keep.txt"), 0600);
    stage_close(&s);
}

static void write_list(const char *text, int flags)
{
    int fd = openat(trees.undo.fd, STAGE_MODES, O_WRONLY | O_CREAT | flags, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

static void torn_and_damaged_lists(void **state)
{
    static const char *const bad[] = {"keep.txt\n", "rw keep.txt\n", "99 keep.txt\n", "77777 keep.txt\n", "600 ../undo\n", "600 /etc\n", "600 \n",
                                      " keep.txt\n"};
    static const char *const torn[] = {"6", "600", "600 ", "600 keep.tx", "600 keep.txt"};

    (void)state;
    assert_int_equal(change(), 0);
    for (size_t i = 0; i < sizeof torn / sizeof *torn; i++) {
        write_list(torn[i], O_APPEND);
        assert_int_equal(stage_trees_back(), 0);
        assert_old();
        assert_int_equal(change(), 0);
    }
    assert_int_equal(stage_trees_back(), 0);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        write_list(bad[i], O_TRUNC);
        if (stage_trees_back() != -1 || trees.e.kind != ERR_FORMAT)
            fail_msg("taken: %s", bad[i]);
        assert_old();
    }
}

static void cut_everywhere(enum fault_kind kind)
{
    unsigned long k = 0;
    bool ended = false;

    while (!ended) {
        begin();
        ended = stage_trees_in_child(change, (struct fault){.kind = kind, .at = ++k, .changes = true});
        /* Some runs go on before they are taken back. */
        if (k % 2 == 0 && change() != 0)
            fail_msg("again after call %lu: %s", k, trees.e.text);
        if (stage_trees_back() != 0)
            fail_msg("undo after call %lu: %s", k, trees.e.text);
        assert_old();
    }
    assert_true(k > 30);
}

static void killed_everywhere(void **state)
{
    (void)state;
    cut_everywhere(FAULT_DIE);
}

static void power_cut_everywhere(void **state)
{
    (void)state;
    cut_everywhere(FAULT_POWER);
}

static void undo_killed_everywhere(void **state)
{
    unsigned long k = 0;
    bool ended = false;

    (void)state;
    while (!ended) {
        begin();
        assert_int_equal(change(), 0);
        ended = stage_trees_in_child(stage_trees_back, (struct fault){.kind = FAULT_POWER, .at = ++k, .changes = true});
        if (stage_trees_back() != 0)
            fail_msg("undo after call %lu: %s", k, trees.e.text);
        assert_old();
    }
    assert_true(k > 20);
}

static void errors_everywhere(void **state)
{
    unsigned long calls;

    (void)state;
    assert_int_equal(change(), 0);
    calls = fault.count;
    for (unsigned long k = 1; k <= calls; k++) {
        begin();
        fault = (struct fault){.kind = k % 2 ? FAULT_ERRNO : FAULT_TEAR, .at = k, .sys = ENOSPC};
        if (change() != 0 && trees.e.text[0] == '\0')
            fail_msg("call %lu: failed without a word", k);
        fault = (struct fault){0};
        if (stage_trees_back() != 0)
            fail_msg("undo after call %lu: %s", k, trees.e.text);
        assert_old();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(changes_and_gives_back, setup, teardown),
        cmocka_unit_test_setup_teardown(edges, setup, teardown),
        cmocka_unit_test_setup_teardown(torn_and_damaged_lists, setup, teardown),
        cmocka_unit_test_setup_teardown(killed_everywhere, setup, teardown),
        cmocka_unit_test_setup_teardown(power_cut_everywhere, setup, teardown),
        cmocka_unit_test_setup_teardown(undo_killed_everywhere, setup, teardown),
        cmocka_unit_test_setup_teardown(errors_everywhere, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
