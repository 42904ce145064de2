/* A batch of any size whose content comes from an archive: compared as it is read, held until one commit. */
#include "sys/stage.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char top[64];
static struct tree live;
static struct tree undo;
static struct err e;

/* A source that can be read once, in pieces of odd size. */
struct once {
    const char *p;
    size_t n;
    size_t at;
    size_t fail_at; /* 0: never */
};

static ssize_t read_once(void *arg, void *p, size_t n, struct err *error)
{
    struct once *o = arg;

    if (o->fail_at && o->at >= o->fail_at)
        return err_set(error, ERR_FORMAT, "cut short");
    if (n > 1013)
        n = 1013;
    if (n > o->n - o->at)
        n = o->n - o->at;
    if (n > 0)
        memcpy(p, o->p + o->at, n);
    o->at += n;
    return (ssize_t)n;
}

static int setup(void **state)
{
    char path[128];

    (void)state;
    snprintf(top, sizeof top, "/tmp/test_stage_hold.XXXXXX");
    assert_non_null(mkdtemp(top));
    memset(&live, 0, sizeof live);
    memset(&undo, 0, sizeof undo);
    snprintf(path, sizeof path, "%s/live", top);
    assert_int_equal(mkdir(path, 0755), 0);
    assert_int_equal(tree_open(&live, path, &e), 0);
    snprintf(path, sizeof path, "%s/undo", top);
    assert_int_equal(mkdir(path, 0755), 0);
    assert_int_equal(tree_open(&undo, path, &e), 0);
    err_clear(&e);
    return 0;
}

static int teardown(void **state)
{
    struct tree t = {0};

    (void)state;
    tree_close(&live);
    tree_close(&undo);
    assert_int_equal(tree_open(&t, top, &e), 0);
    assert_int_equal(tree_remove_tree(&t, "", true, &e), 0);
    tree_close(&t);
    assert_int_equal(rmdir(top), 0);
    return 0;
}

static void write_file(const char *rel, const char *p, size_t n)
{
    int fd = openat(live.fd, rel, O_WRONLY | O_CREAT | O_TRUNC, 0644);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, p, n), (ssize_t)n);
    close(fd);
}

static void assert_file(const char *rel, const char *p, size_t n)
{
    struct buf b = {0};

    assert_int_equal(tree_read(&live, rel, 8 << 20, &b, &e), 0);
    assert_int_equal(b.n, n);
    assert_true(n == 0 || memcmp(b.p, p, n) == 0);
    buf_free(&b);
}

static int put(struct stage *s, const char *rel, const char *p, size_t n)
{
    struct once o = {p, n, 0, 0};

    return stage_put(s, rel, read_once, &o, NULL, NULL, &e);
}

static int count(void *arg, const char *rel, const struct stat *st, struct err *error)
{
    (void)rel, (void)st, (void)error;
    ++*(size_t *)arg;
    return 0;
}

static size_t entries(void)
{
    size_t n = 0;

    assert_int_equal(tree_walk(&live, "", count, NULL, &n, &e), 0);
    return n;
}

static const struct stage_options hold = {.hold = true, .rehash = true};

/* Every place of the first difference, around the size of a piece, and lengths on either side. */
static void content_is_compared_and_written_whole(void **state)
{
    static const size_t sizes[] = {0, 1, 100, 128 * 1024 - 1, 128 * 1024, 128 * 1024 + 1, 300000};
    static char old[300000];
    static char new[300000];
    struct stat before;
    struct stat after;

    (void)state;
    for (size_t i = 0; i < sizeof old; i++)
        old[i] = (char)(i * 7 + i / 251);
    for (size_t a = 0; a < sizeof sizes / sizeof *sizes; a++)
        for (size_t b = 0; b < sizeof sizes / sizeof *sizes; b++) {
            static const size_t places[] = {0, 99, 128 * 1024 - 1, 128 * 1024, 299999};

            for (size_t k = 0; k <= sizeof places / sizeof *places; k++) {
                bool differs = k < sizeof places / sizeof *places && places[k] < sizes[b];
                bool equal = !differs && sizes[a] == sizes[b];
                struct stage s;

                memcpy(new, old, sizeof old);
                if (differs)
                    new[places[k]] ^= 1;
                if (differs && places[k] >= sizes[a] && sizes[a] == sizes[b])
                    fail();
                write_file("f", old, sizes[a]);
                assert_int_equal(fstatat(live.fd, "f", &before, 0), 0);
                assert_int_equal(stage_open(&s, &live, NULL, &hold, &e), 0);
                assert_int_equal(put(&s, "f", new, sizes[b]), 0);
                assert_int_equal(s.files_same, equal);
                assert_file("f", old, sizes[a]);
                assert_int_equal(stage_commit(&s, &e), 0);
                assert_file("f", new, sizes[b]);
                assert_int_equal(fstatat(live.fd, "f", &after, 0), 0);
                assert_int_equal(before.st_ino == after.st_ino, equal);
                stage_close(&s);
                assert_int_equal(entries(), 1);
            }
        }
}

static void nothing_is_live_before_the_commit(void **state)
{
    struct stage s;
    char rel[32];

    (void)state;
    write_file("old", "old", 3);
    assert_int_equal(stage_open(&s, &live, &undo, &hold, &e), 0);
    for (int i = 0; i < STAGE_FILES_MAX + 500; i++) {
        snprintf(rel, sizeof rel, "d%d/f%d", i % 7, i);
        assert_int_equal(put(&s, rel, rel, strlen(rel)), 0);
    }
    assert_int_equal(put(&s, "old", "new", 3), 0);
    assert_int_equal(s.files_put, 0);
    assert_false(tree_exists(&live, "d0/f0"));
    assert_file("old", "old", 3);
    stage_abort(&s);
    assert_int_equal(entries(), 1);
    for (int i = 0; i < STAGE_FILES_MAX + 500; i++) {
        snprintf(rel, sizeof rel, "d%d/f%d", i % 7, i);
        assert_int_equal(put(&s, rel, rel, strlen(rel)), 0);
    }
    assert_int_equal(stage_commit(&s, &e), 0);
    assert_int_equal(s.files_put, STAGE_FILES_MAX + 500);
    stage_close(&s);
    assert_int_equal(stage_undo(&undo, &live, true, NULL, &e), 0);
    assert_int_equal(entries(), 1);
}

static void the_last_of_two_counts(void **state)
{
    struct once cut = {"third", 5, 0, 1};
    struct stage s;

    (void)state;
    write_file("back", "live", 4);
    write_file("gone", "live", 4);
    assert_int_equal(stage_open(&s, &live, &undo, &hold, &e), 0);
    assert_int_equal(put(&s, "twice", "first", 5), 0);
    assert_int_equal(put(&s, "twice", "second", 6), 0);
    /* One that can't be read to its end leaves what was put before. */
    assert_int_equal(stage_put(&s, "twice", read_once, &cut, NULL, NULL, &e), -1);
    assert_int_equal(put(&s, "back", "other", 5), 0);
    assert_int_equal(put(&s, "back", "live", 4), 0);
    assert_int_equal(put(&s, "gone", "other", 5), 0);
    assert_int_equal(stage_delete(&s, "gone", false, &e), 0);
    assert_int_equal(stage_commit(&s, &e), 0);
    assert_file("twice", "second", 6);
    assert_file("back", "live", 4);
    assert_false(tree_exists(&live, "gone"));
    stage_close(&s);
    assert_int_equal(entries(), 2);
    assert_int_equal(stage_undo(&undo, &live, true, NULL, &e), 0);
    assert_file("gone", "live", 4);
    assert_int_equal(entries(), 2);
}

static void a_file_is_no_directory(void **state)
{
    struct stage s;

    (void)state;
    assert_int_equal(mkdirat(live.fd, "dir", 0755), 0);
    assert_int_equal(stage_open(&s, &live, &undo, &hold, &e), 0);
    assert_int_equal(put(&s, "a", "file", 4), 0);
    assert_int_equal(put(&s, "a/b", "below", 5), -1);
    assert_int_equal(e.kind, ERR_REFUSED);
    assert_int_equal(put(&s, "c/d", "file", 4), 0);
    assert_int_equal(put(&s, "c", "above", 5), -1);
    assert_int_equal(e.kind, ERR_REFUSED);
    assert_int_equal(put(&s, "dir", "x", 1), -1);
    assert_int_equal(e.kind, ERR_REFUSED);
    assert_int_equal(stage_commit(&s, &e), 0);
    assert_file("a", "file", 4);
    assert_file("c/d", "file", 4);
    stage_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(content_is_compared_and_written_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(nothing_is_live_before_the_commit, setup, teardown),
        cmocka_unit_test_setup_teardown(the_last_of_two_counts, setup, teardown),
        cmocka_unit_test_setup_teardown(a_file_is_no_directory, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
