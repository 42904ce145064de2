/* Every test runs twice: with openat2 and with the walk by hand. */
#include "base/buf.h"
#include "fault_fsops.h"
#include "sys/tree.h"

#include <errno.h>
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
static struct tree t;
static bool by_hand;
static struct err e;

static const char *outside(const char *name)
{
    static char path[128];

    snprintf(path, sizeof path, "%s/%s", top, name);
    return path;
}

static void put(const char *rel, const char *text)
{
    int fd = openat(t.fd, rel, O_WRONLY | O_CREAT | O_TRUNC, 0644);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

static int setup(void **state)
{
    FILE *f;

    (void)state;
    snprintf(top, sizeof top, "/tmp/test_tree.XXXXXX");
    assert_non_null(mkdtemp(top));
    assert_int_equal(mkdir(outside("root"), 0755), 0);
    assert_int_equal(mkdir(outside("secret"), 0755), 0);
    f = fopen(outside("secret/key"), "w");
    assert_non_null(f);
    fputs("key", f);
    fclose(f);
    memset(&t, 0, sizeof t);
    memset(&fault, 0, sizeof fault);
    t.by_hand = by_hand;
    t.ops = &fault_fsops;
    assert_int_equal(tree_open(&t, outside("root"), &e), 0);
    mkdirat(t.fd, "a", 0755);
    mkdirat(t.fd, "a/b", 0755);
    put("a/b/file", "hello");
    return 0;
}

static int teardown(void **state)
{
    struct tree whole = {0};

    (void)state;
    tree_close(&t);
    assert_int_equal(tree_open(&whole, "/tmp", &e), 0);
    assert_int_equal(tree_remove_tree(&whole, top + strlen("/tmp/"), false, &e), 0);
    tree_close(&whole);
    assert_int_not_equal(access(top, F_OK), 0);
    return 0;
}

static void reads(const char *rel, const char *text)
{
    struct buf b = {0};

    if (tree_read(&t, rel, 100, &b, &e) != 0)
        fail_msg("%s: %s", rel, e.text);
    assert_string_equal(buf_cstr(&b), text);
    buf_free(&b);
}

static void refuses(const char *rel, enum err_kind kind)
{
    struct buf b = {0};

    assert_int_equal(tree_read(&t, rel, 100, &b, &e), -1);
    if (e.kind != kind)
        fail_msg("%s: kind %d: %s", rel, (int)e.kind, e.text);
    assert_int_equal(b.n, 0);
    buf_free(&b);
}

static void test_read(void **state)
{
    struct buf b = {0};

    (void)state;
    reads("a/b/file", "hello");
    refuses("a/b/none", ERR_ABSENT);
    refuses("a/none/file", ERR_ABSENT);
    refuses("a/b/file/x", ERR_ABSENT);
    refuses("a/b", ERR_FORMAT);
    assert_int_equal(tree_read(&t, "a/b/file", 5, &b, &e), 0);
    assert_int_equal(b.n, 5);
    assert_int_equal(tree_read(&t, "a/b/file", 4, &b, &e), -1);
    assert_int_equal(e.kind, ERR_FORMAT);
    assert_non_null(strstr(e.text, "5 bytes, at most 4"));
    assert_non_null(strstr(e.text, "root/a/b/file"));
    assert_int_equal(b.n, 5);
    buf_free(&b);
    put("empty", "");
    reads("empty", "");
}

static void test_read_at(void **state)
{
    char got[16] = "";
    int fd = tree_open_file(&t, "a/b/file", O_RDONLY, 0, &e);

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(tree_read_at(&t, fd, got, 3, 1), 3);
    assert_memory_equal(got, "ell", 3);
    assert_int_equal(tree_read_at(&t, fd, got, sizeof got, 3), 2);
    assert_memory_equal(got, "lo", 2);
    assert_int_equal(tree_read_at(&t, fd, got, sizeof got, 5), 0);
    assert_int_equal(tree_read_at(&t, fd, got, sizeof got, UINT64_MAX), -1);
    assert_int_equal(errno, EOVERFLOW);
    assert_int_equal(tree_read_full(&t, fd, got, sizeof got), 5);
    assert_memory_equal(got, "hello", 5);
    t.ops->close(fd);
}

static void test_unsafe_paths(void **state)
{
    static const char *const bad[] = {
        "/etc/passwd", "..", "../secret/key", "a/../../secret/key", "a//b", "a/./b", "", "."};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        refuses(bad[i], ERR_REFUSED);
}

static void test_links(void **state)
{
    (void)state;
    assert_int_equal(symlinkat("b/file", t.fd, "a/in"), 0);
    assert_int_equal(symlinkat("../../secret/key", t.fd, "a/out"), 0);
    assert_int_equal(symlinkat("../secret", t.fd, "outdir"), 0);
    assert_int_equal(symlinkat("/etc/passwd", t.fd, "abs"), 0);
    assert_int_equal(symlinkat("..", t.fd, "a/b/up"), 0);
    assert_int_equal(symlinkat(".", t.fd, "cur"), 0);
    assert_int_equal(symlinkat("cur/..", t.fd, "par"), 0);
    assert_int_equal(symlinkat("loop2", t.fd, "loop1"), 0);
    assert_int_equal(symlinkat("loop1", t.fd, "loop2"), 0);
    assert_int_equal(symlinkat("nowhere", t.fd, "dangling"), 0);
    assert_int_equal(symlinkat("a/b/up/b/up/b/../in", t.fd, "winding"), 0);
    reads("a/in", "hello");
    reads("a/b/up/b/file", "hello");
    reads("cur/a/b/file", "hello");
    reads("winding", "hello");
    refuses("a/out", ERR_REFUSED);
    refuses("outdir/key", ERR_REFUSED);
    refuses("abs", ERR_REFUSED);
    refuses("par/secret/key", ERR_REFUSED);
    refuses("loop1", ERR_REFUSED);
    refuses("dangling", ERR_ABSENT);
    assert_int_equal(tree_open_file(&t, "a/out", O_WRONLY | O_CREAT, 0644, &e), -1);
    assert_int_equal(e.kind, ERR_REFUSED);
    assert_int_equal(tree_open_file(&t, "outdir/new", O_WRONLY | O_CREAT, 0644, &e), -1);
    assert_int_not_equal(access(outside("secret/new"), F_OK), 0);
    assert_int_equal(tree_open_file(&t, "dangling", O_WRONLY | O_CREAT | O_EXCL, 0644, &e), -1);
    assert_int_equal(e.sys, EEXIST);
    assert_int_equal(tree_mkdirs(&t, "outdir/sub/dir", NULL, NULL, &e), -1);
    assert_int_equal(e.kind, ERR_REFUSED);
}

static void test_open_through_dangling_link(void **state)
{
    int fd;

    (void)state;
    assert_int_equal(symlinkat("b/made", t.fd, "a/dangling"), 0);
    fd = tree_open_file(&t, "a/dangling", O_WRONLY | O_CREAT, 0644, &e);
    assert_true(fd >= 0);
    close(fd);
    reads("a/b/made", "");
}

static void test_fifo_and_device(void **state)
{
    struct stat st;

    (void)state;
    assert_int_equal(mkfifoat(t.fd, "fifo", 0644), 0);
    refuses("fifo", ERR_FORMAT);
    assert_int_equal(tree_open_file(&t, "fifo", O_WRONLY, 0, &e), -1);
    assert_int_equal(tree_stat(&t, "fifo", &st, &e), 0);
    assert_true(S_ISFIFO(st.st_mode));
}

static void test_stat(void **state)
{
    struct stat st;

    (void)state;
    assert_int_equal(symlinkat("../../secret/key", t.fd, "a/out"), 0);
    assert_int_equal(tree_stat(&t, "a/out", &st, &e), 0);
    assert_true(S_ISLNK(st.st_mode));
    assert_int_equal(tree_stat(&t, "a/b/file", &st, &e), 0);
    assert_int_equal(st.st_size, 5);
    assert_int_equal(tree_stat(&t, "", &st, &e), 0);
    assert_true(S_ISDIR(st.st_mode));
    assert_int_equal(tree_stat(&t, "a/x", &st, &e), -1);
    assert_int_equal(e.kind, ERR_ABSENT);
    assert_int_equal(tree_stat(&t, "a/b/file/x", &st, &e), -1);
    assert_int_equal(e.kind, ERR_ABSENT);
    assert_true(tree_exists(&t, "a/out"));
    assert_false(tree_exists(&t, "../secret"));
}

static int gather(void *arg, const char *name, unsigned char type, struct err *err)
{
    (void)err;
    buf_printf(arg, "%s%c ", name, type == DT_DIR ? '/' : type == DT_LNK ? '@' : type == DT_REG ? '-' : '?');
    return strcmp(name, "stop") == 0 ? 5 : 0;
}

static void test_list(void **state)
{
    struct buf b = {0};

    (void)state;
    put("z", "");
    put("B", "");
    put(".hidden", "");
    assert_int_equal(symlinkat("a", t.fd, "link"), 0);
    assert_int_equal(tree_list(&t, "", gather, &b, &e), 0);
    assert_string_equal(buf_cstr(&b), ".hidden- B- a/ link@ z- ");
    buf_reset(&b);
    put("stop", "");
    assert_int_equal(tree_list(&t, ".", gather, &b, &e), 5);
    assert_int_equal(tree_list(&t, "none", gather, &b, &e), -1);
    assert_int_equal(e.kind, ERR_ABSENT);
    buf_free(&b);
}

static int note(void *arg, const char *rel, const struct stat *st, struct err *err)
{
    buf_printf(arg, "%s%s ", rel, S_ISDIR(st->st_mode) ? "/" : S_ISLNK(st->st_mode) ? "@" : "");
    if (strcmp(rel, "a/end") == 0)
        return err_set(err, ERR_FORMAT, "ended");
    return strcmp(rel, "skip") == 0 ? TREE_SKIP : 0;
}

static int note_fault(void *arg, const char *rel, const struct err *why)
{
    assert_int_equal(why->kind, ERR_IO);
    buf_printf(arg, "!%s ", rel);
    return 0;
}

static void test_walk(void **state)
{
    struct buf b = {0};

    (void)state;
    mkdirat(t.fd, "skip", 0755);
    put("skip/unseen", "");
    put("z", "");
    assert_int_equal(symlinkat("..", t.fd, "a/up"), 0);
    assert_int_equal(tree_walk(&t, "", note, NULL, &b, &e), 0);
    assert_string_equal(buf_cstr(&b), "a/ a/b/ a/b/file a/up@ skip/ z ");
    buf_reset(&b);
    assert_int_equal(tree_walk(&t, "a/b", note, NULL, &b, &e), 0);
    assert_string_equal(buf_cstr(&b), "a/b/file ");
    buf_reset(&b);
    put("a/end", "");
    assert_int_equal(tree_walk(&t, ".", note, NULL, &b, &e), -1);
    assert_string_equal(e.text, "ended");
    buf_free(&b);
}

static void test_walk_deep(void **state)
{
    struct buf b = {0};
    int dir = dup(t.fd);
    int i;

    (void)state;
    for (i = 0; i < 200; i++) {
        int next;

        assert_int_equal(mkdirat(dir, "d", 0755), 0);
        next = openat(dir, "d", O_RDONLY | O_DIRECTORY);
        close(dir);
        dir = next;
    }
    close(dir);
    assert_int_equal(tree_walk(&t, "d", note, NULL, &b, &e), -1);
    assert_non_null(strstr(e.text, "too many directories"));
    buf_reset(&b);
    assert_int_equal(tree_walk(&t, "d", note, note_fault, &b, &e), 0);
    assert_non_null(strchr(buf_cstr(&b), '!'));
    assert_int_equal(tree_walk(&t, "d", note, tree_pass_over, &b, &e), 0);
    buf_free(&b);
    /* What is deeper than one walk goes is removed from its end. */
    {
        char path[300];

        for (i = 0; i < 100; i++)
            memcpy(path + 2 * i, "d/", 2);
        path[199] = '\0';
        assert_int_equal(tree_remove_tree(&t, path, false, &e), 0);
    }
}

static int count_created(void *arg, const char *rel, struct err *err)
{
    (void)err;
    buf_printf(arg, "%s ", rel);
    return 0;
}

static void test_mkdirs(void **state)
{
    struct buf b = {0};
    struct stat st;

    (void)state;
    assert_int_equal(fchmodat(t.fd, "a", 02775, 0), 0);
    if (geteuid() == 0)
        assert_int_equal(fchownat(t.fd, "a", 1234, 4321, 0), 0);
    assert_int_equal(tree_mkdirs(&t, "a/x/y", count_created, &b, &e), 0);
    assert_string_equal(buf_cstr(&b), "a/x a/x/y ");
    assert_int_equal(tree_stat(&t, "a/x/y", &st, &e), 0);
    assert_int_equal(st.st_mode & 07777, 02775);
    if (geteuid() == 0) {
        assert_int_equal(st.st_uid, 1234);
        assert_int_equal(st.st_gid, 4321);
    }
    buf_reset(&b);
    assert_int_equal(tree_mkdirs(&t, "a/x/y", count_created, &b, &e), 0);
    assert_int_equal(b.n, 0);
    assert_int_equal(tree_mkdirs(&t, "", count_created, &b, &e), 0);
    assert_int_equal(tree_mkdirs(&t, "a/b/file/x", count_created, &b, &e), -1);
    assert_int_equal(e.sys, ENOTDIR);
    assert_int_equal(tree_mkdirs(&t, "../x", count_created, &b, &e), -1);
    assert_int_equal(e.kind, ERR_REFUSED);
    /* A directory left half made by a killed run. */
    assert_int_equal(mkdirat(t.fd, "a/" TREE_DIR_TEMP, 0700), 0);
    assert_int_equal(tree_mkdirs(&t, "a/new", NULL, NULL, &e), 0);
    assert_false(tree_exists(&t, "a/" TREE_DIR_TEMP));
    buf_free(&b);
}

static void test_remove(void **state)
{
    (void)state;
    assert_int_equal(symlinkat("../secret", t.fd, "a/b/out"), 0);
    assert_int_equal(tree_remove(&t, "none", &e), 0);
    assert_int_equal(tree_remove(&t, "none/none", &e), 0);
    assert_int_equal(tree_remove(&t, "a", &e), -1);
    assert_int_equal(e.sys, ENOTEMPTY);
    assert_int_equal(tree_remove_tree(&t, "a", true, &e), 0);
    assert_true(tree_exists(&t, "a"));
    assert_false(tree_exists(&t, "a/b"));
    assert_int_equal(access(outside("secret/key"), F_OK), 0);
    assert_int_equal(tree_remove(&t, "a", &e), 0);
    assert_false(tree_exists(&t, "a"));
    assert_int_equal(symlinkat("../secret", t.fd, "out"), 0);
    assert_int_equal(tree_remove_tree(&t, "out", false, &e), 0);
    assert_int_equal(access(outside("secret/key"), F_OK), 0);
    assert_int_equal(tree_remove_tree(&t, "none", false, &e), 0);
    assert_int_equal(tree_remove_tree(&t, "../secret", false, &e), -1);
    assert_int_equal(e.kind, ERR_REFUSED);
}

static void test_sub(void **state)
{
    struct tree sub = {0};
    struct buf b = {0};

    (void)state;
    assert_int_equal(symlinkat("../b/file", t.fd, "a/b/leaves"), 0);
    assert_int_equal(tree_open_sub(&sub, &t, "a/b", &e), 0);
    assert_int_equal(tree_read(&sub, "file", 10, &b, &e), 0);
    assert_int_equal(tree_read(&sub, "leaves", 10, &b, &e), -1);
    assert_int_equal(e.kind, ERR_REFUSED);
    tree_close(&sub);
    tree_close(&sub);
    assert_int_equal(tree_open_sub(&sub, &t, "none", &e), -1);
    assert_int_equal(e.kind, ERR_ABSENT);
    assert_int_equal(tree_open(&sub, outside("none"), &e), -1);
    assert_int_equal(e.kind, ERR_ABSENT);
    buf_free(&b);
}

/* Each call fails once: an error every time, no crash, no descriptor lost. */
static int all_calls(void)
{
    struct buf b = {0};
    struct stat st;
    int r;

    r = tree_read(&t, "a/in", 100, &b, &e);
    if (r == 0)
        r = tree_list(&t, "a", gather, &b, &e);
    if (r == 0)
        r = tree_walk(&t, "", note, NULL, &b, &e);
    if (r == 0)
        r = tree_stat(&t, "a/b", &st, &e);
    if (r == 0)
        r = tree_mkdirs(&t, "a/n/m", NULL, NULL, &e);
    if (r == 0)
        r = tree_remove_tree(&t, "a/n", false, &e);
    buf_free(&b);
    return r;
}

static void test_faults(void **state)
{
    static const int words[] = {EIO, EACCES, ENOSPC, EMFILE};
    unsigned long calls;
    unsigned long k;
    int before;
    size_t i;

    (void)state;
    assert_int_equal(symlinkat("b/file", t.fd, "a/in"), 0);
    fault.count = 0;
    assert_int_equal(all_calls(), 0);
    calls = fault.count;
    assert_true(calls > 30);
    before = dup(0);
    close(before);
    for (i = 0; i < sizeof words / sizeof *words; i++) {
        for (k = 1; k <= calls; k++) {
            int after;

            fault = (struct fault){.kind = FAULT_ERRNO, .at = k, .sys = words[i]};
            if (all_calls() == 0)
                fail_msg("call %lu of %lu failed with %d and nobody said so", k, calls, words[i]);
            assert_int_not_equal(e.kind, ERR_NONE);
            assert_true(e.text[0] != '\0');
            fault.at = 0;
            if (tree_remove_tree(&t, "a/n", false, &e) != 0 || tree_remove(&t, "a/" TREE_DIR_TEMP, &e) != 0)
                fail_msg("%s", e.text);
            after = dup(0);
            close(after);
            assert_int_equal(after, before);
        }
    }
    fault = (struct fault){.kind = FAULT_SHORT, .at = 1};
    assert_int_equal(all_calls(), 0);
    reads("a/in", "hello");
}

static int run(bool walk)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_read, setup, teardown),
        cmocka_unit_test_setup_teardown(test_read_at, setup, teardown),
        cmocka_unit_test_setup_teardown(test_unsafe_paths, setup, teardown),
        cmocka_unit_test_setup_teardown(test_links, setup, teardown),
        cmocka_unit_test_setup_teardown(test_open_through_dangling_link, setup, teardown),
        cmocka_unit_test_setup_teardown(test_fifo_and_device, setup, teardown),
        cmocka_unit_test_setup_teardown(test_stat, setup, teardown),
        cmocka_unit_test_setup_teardown(test_list, setup, teardown),
        cmocka_unit_test_setup_teardown(test_walk, setup, teardown),
        cmocka_unit_test_setup_teardown(test_walk_deep, setup, teardown),
        cmocka_unit_test_setup_teardown(test_mkdirs, setup, teardown),
        cmocka_unit_test_setup_teardown(test_remove, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sub, setup, teardown),
        cmocka_unit_test_setup_teardown(test_faults, setup, teardown),
    };

    by_hand = walk;
    return cmocka_run_group_tests_name(walk ? "tree by hand" : "tree by openat2", tests, NULL, NULL);
}

int main(void)
{
    return run(false) + run(true);
}
