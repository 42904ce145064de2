/*
 * The main part: one upgrade with every kind of change, ended at each of its calls in turn. Whatever is left
 * must be made whole by running it again, and must go back to the old side by undo.
 */
#include "base/buf.h"
#include "fault_fsops.h"
#include "sys/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char top[64];
static struct tree live, undo;
static struct err e;

struct file {
    const char *rel;
    const char *before; /* NULL: not there */
    const char *after;
    mode_t mode;
};

static const struct file files[] = {
    {"keep.txt", "as it was", "as it was", 0644},
    {"a/one.php", "<?php // one", "<?php // ONE, longer", 0644},
    {"a/two.php", "<?php // two, with a longer text", "<?php // 2", 0640},
    {"a/empty", "full", "", 0600},
    {"a/same", "same", "same", 0604},
    {"gone/deep/only", "x", NULL, 0644},
    {"gone/deep/second", "y", NULL, 0600},
    {"half/stays", "s", "s", 0644},
    {"half/goes", "g", NULL, 0644},
    {"new/dir/added", NULL, "fresh", 0644},
    {"new/dir/line\nbreak \\n", NULL, "odd name", 0644},
    {"added", NULL, "more", 0644},
};
#define FILES (sizeof files / sizeof *files)

static void write_file(const char *rel, const char *text, mode_t mode)
{
    struct timespec times[2] = {{1000000000, 0}, {1000000000, 5}};
    char *dir = strdup(rel);
    char *slash = strrchr(dir, '/');
    int fd;

    if (slash != NULL) {
        *slash = '\0';
        assert_int_equal(tree_mkdirs(&live, dir, NULL, NULL, &e), 0);
    }
    free(dir);
    fd = openat(live.fd, rel, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    assert_int_equal(fchmod(fd, mode), 0);
    if (geteuid() == 0 && mode == 0640)
        assert_int_equal(fchown(fd, 1234, 4321), 0);
    assert_int_equal(futimens(fd, times), 0);
    close(fd);
}

static void empty(void)
{
    struct fault saved = fault;

    memset(&fault, 0, sizeof fault);
    assert_int_equal(tree_remove_tree(&live, "", true, &e), 0);
    assert_int_equal(tree_remove_tree(&undo, "", true, &e), 0);
    fault = saved;
}

static void make_old(void)
{
    size_t i;

    empty();
    for (i = 0; i < FILES; i++)
        if (files[i].before != NULL)
            write_file(files[i].rel, files[i].before, files[i].mode);
    assert_int_equal(fchmodat(live.fd, "gone/deep", 0711, 0), 0);
}

static int setup(void **state)
{
    char path[128];

    (void)state;
    memset(&fault, 0, sizeof fault);
    /* In memory where that is possible: thousands of small trees are made. */
    snprintf(top, sizeof top, "/dev/shm/test_stage.XXXXXX");
    if (mkdtemp(top) == NULL) {
        snprintf(top, sizeof top, "/tmp/test_stage.XXXXXX");
        assert_non_null(mkdtemp(top));
    }
    memset(&live, 0, sizeof live);
    memset(&undo, 0, sizeof undo);
    live.ops = undo.ops = &fault_fsops;
    snprintf(path, sizeof path, "%s/live", top);
    assert_int_equal(mkdir(path, 0755), 0);
    assert_int_equal(tree_open(&live, path, &e), 0);
    snprintf(path, sizeof path, "%s/undo", top);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(tree_open(&undo, path, &e), 0);
    make_old();
    return 0;
}

static int teardown(void **state)
{
    struct tree whole = {0};

    (void)state;
    memset(&fault, 0, sizeof fault);
    tree_close(&live);
    tree_close(&undo);
    assert_int_equal(tree_open(&whole, top, &e), 0);
    assert_int_equal(tree_remove_tree(&whole, "", true, &e), 0);
    tree_close(&whole);
    assert_int_equal(rmdir(top), 0);
    return 0;
}

struct print {
    const struct tree *t;
    struct buf out;
    bool times;
};

static int print_one(void *arg, const char *rel, const struct stat *st, struct err *err)
{
    struct print *p = arg;

    buf_printf(&p->out, "%s %o %u %u", rel, st->st_mode, st->st_uid, st->st_gid);
    if (S_ISREG(st->st_mode)) {
        buf_adds(&p->out, " \"");
        assert_int_equal(tree_read(p->t, rel, 1000, &p->out, err), 0);
        buf_adds(&p->out, "\"");
        if (p->times)
            buf_printf(&p->out, " %lld.%ld", (long long)st->st_mtim.tv_sec, st->st_mtim.tv_nsec);
    }
    buf_addc(&p->out, '\n');
    return 0;
}

/* Everything in the live tree as text; free() it. */
static char *picture(bool times)
{
    struct print p = {.t = &live, .times = times};

    assert_int_equal(tree_walk(&live, "", print_one, NULL, &p, &e), 0);
    buf_cstr(&p.out);
    return p.out.p;
}

static struct digest md5_of(const char *text)
{
    struct digest d;

    hash_bytes(HASH_MD5, text, strlen(text), &d);
    return d;
}

struct source {
    const char *text;
    size_t step;
};

/* A source that gives its text in small pieces. */
static ssize_t give(void *arg, void *p, size_t n, struct err *err)
{
    struct source *s = arg;
    size_t left = strlen(s->text);

    (void)err;
    if (n > left)
        n = left;
    if (n > s->step)
        n = s->step;
    memcpy(p, s->text, n);
    s->text += n;
    return (ssize_t)n;
}

static int put(struct stage *s, const char *rel, const char *text, const struct digest *expected)
{
    struct source from = {text, 5};

    return stage_put(s, rel, give, &from, expected, NULL, &e);
}

/* The whole upgrade. */
static int upgrade(void)
{
    struct stage_options opt = {.rehash = true};
    struct stage s;
    size_t i;
    int r;

    if (stage_open(&s, &live, &undo, &opt, &e) != 0)
        return -1;
    r = 0;
    for (i = 0; r == 0 && i < FILES; i++) {
        struct digest d;

        if (files[i].after == NULL) {
            r = stage_delete(&s, files[i].rel, true, &e);
            continue;
        }
        d = md5_of(files[i].after);
        r = put(&s, files[i].rel, files[i].after, i % 3 == 0 ? NULL : &d);
    }
    if (r == 0)
        r = stage_commit(&s, &e);
    stage_close(&s);
    return r;
}

static char *old_picture, *new_picture;

static void assert_picture(const char *want, const char *what, unsigned long k)
{
    char *is = picture(want == old_picture);

    if (strcmp(is, want) != 0)
        fail_msg("%s, call %lu:\n%s\ninstead of\n%s", what, k, is, want);
    free(is);
}

/* Each file is old or new, whole. */
static void assert_each_whole(unsigned long k)
{
    size_t i;

    for (i = 0; i < FILES; i++) {
        struct buf b = {0};
        const char *is = NULL;

        if (tree_read(&live, files[i].rel, 1000, &b, &e) == 0)
            is = buf_cstr(&b);
        else
            assert_int_equal(e.kind, ERR_ABSENT);
        if (!((is == NULL && (files[i].before == NULL || files[i].after == NULL)) ||
              (is != NULL && files[i].before != NULL && strcmp(is, files[i].before) == 0) ||
              (is != NULL && files[i].after != NULL && strcmp(is, files[i].after) == 0)))
            fail_msg("call %lu: %s is neither old nor new: %s", k, files[i].rel, is ? is : "(absent)");
        buf_free(&b);
    }
}

static unsigned long make_pictures(bool no_links)
{
    unsigned long calls;

    make_old();
    old_picture = picture(true);
    fault = (struct fault){.no_links = no_links};
    if (upgrade() != 0)
        fail_msg("%s", e.text);
    calls = fault.count;
    new_picture = picture(false);
    assert_null(strstr(new_picture, ".toolkit"));
    assert_null(strstr(new_picture, "gone"));
    return calls;
}

static void free_pictures(void)
{
    free(old_picture);
    free(new_picture);
}

/* Runs what in a child that ends at call k; true when it came to its end. */
static bool in_child(int (*what)(void), struct fault how)
{
    int status;
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        fault = how;
        _exit(what() == 0 ? 0 : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (!WIFEXITED(status) || (WEXITSTATUS(status) != FAULT_EXIT && WEXITSTATUS(status) != 0))
        fail_msg("child at call %lu: status %x", how.at, (unsigned)status);
    return WEXITSTATUS(status) == 0;
}

static int go_back(void)
{
    return stage_undo(&undo, &live, true, NULL, &e);
}

static void again(unsigned long k)
{
    if (upgrade() != 0)
        fail_msg("again after call %lu: %s", k, e.text);
    assert_picture(new_picture, "again", k);
}

static void back(unsigned long k)
{
    if (go_back() != 0)
        fail_msg("undo after call %lu: %s", k, e.text);
    assert_picture(old_picture, "undo", k);
}

static void crash_sweep(enum fault_kind kind, bool no_links, bool back_first)
{
    struct fault calm = {.no_links = no_links};
    unsigned long k;
    bool ended;

    assert_true(make_pictures(no_links) > 100);
    for (k = 1, ended = false; !ended; k++) {
        fault = calm;
        make_old();
        ended =
            in_child(upgrade, (struct fault){.kind = kind, .at = k, .no_links = no_links, .changes = true});
        assert_each_whole(k);
        if (back_first) {
            back(k);
            again(k);
        } else {
            again(k);
            back(k);
        }
    }
    assert_true(k > 50);
    free_pictures();
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
    make_pictures(false);
    for (k = 1;; k++) {
        struct fault how = {.kind = FAULT_POWER, .at = k, .changes = true};
        bool ended;

        memset(&fault, 0, sizeof fault);
        make_old();
        assert_int_equal(upgrade(), 0);
        ended = in_child(go_back, how);
        assert_each_whole(k);
        back(k);
        back(k);
        if (ended)
            break;
    }
    assert_true(k > 20);
    free_pictures();
}

static void test_errors_everywhere(void **state)
{
    static const int words[] = {ENOSPC, EIO, EACCES};
    unsigned long calls;
    unsigned long k;
    size_t i;

    (void)state;
    calls = make_pictures(false);
    for (i = 0; i < sizeof words / sizeof *words; i++) {
        for (k = 1; k <= calls; k++) {
            int r;

            memset(&fault, 0, sizeof fault);
            make_old();
            fault = (struct fault){.kind = k % 2 ? FAULT_ERRNO : FAULT_TEAR, .at = k, .sys = words[i]};
            r = upgrade();
            if (r != 0 && (e.kind == ERR_NONE || e.text[0] == '\0'))
                fail_msg("call %lu: failed without a word", k);
            fault = (struct fault){0};
            assert_each_whole(k);
            if (r == 0)
                assert_picture(new_picture, "error that was got over", k);
            again(k);
            back(k);
        }
    }
    free_pictures();
}

static void test_short_and_interrupted(void **state)
{
    (void)state;
    make_pictures(false);
    make_old();
    fault = (struct fault){.kind = FAULT_SHORT, .at = 1};
    again(0);
    back(0);
    free_pictures();
}

static void test_same_does_nothing(void **state)
{
    struct digest d = md5_of("as it was");
    struct stage s;
    char *before = picture(true);

    (void)state;
    assert_int_equal(stage_open(&s, &live, &undo, NULL, &e), 0);
    assert_int_equal(put(&s, "keep.txt", "as it was", &d), 0);
    assert_int_equal(put(&s, "keep.txt", "as it was", NULL), 0);
    assert_int_equal(s.files_same, 2);
    assert_int_equal(stage_commit(&s, &e), 0);
    assert_int_equal(s.files_put, 0);
    stage_close(&s);
    old_picture = before;
    assert_picture(before, "same", 0);
    assert_false(tree_exists(&undo, "keep.txt"));
    free(before);
}

static void test_mismatch_changes_nothing(void **state)
{
    struct digest d = md5_of("something else");
    char hex[HASH_HEX];
    struct stage s;

    (void)state;
    old_picture = picture(true);
    assert_int_equal(stage_open(&s, &live, &undo, NULL, &e), 0);
    assert_int_equal(put(&s, "x/y/z", "content", &d), -1);
    assert_int_equal(e.kind, ERR_MISMATCH);
    assert_non_null(strstr(e.text, digest_hex(&d, hex)));
    d = md5_of("content");
    assert_non_null(strstr(e.text, digest_hex(&d, hex)));
    assert_picture(old_picture, "mismatch", 0);
    assert_int_equal(stage_commit(&s, &e), 0);
    assert_int_equal(s.files_put, 0);
    stage_close(&s);
    free(old_picture);
}

static void test_abort(void **state)
{
    struct stage s;

    (void)state;
    old_picture = picture(true);
    assert_int_equal(stage_open(&s, &live, &undo, NULL, &e), 0);
    assert_int_equal(put(&s, "keep.txt", "other", NULL), 0);
    assert_int_equal(put(&s, "n/e/w", "other", NULL), 0);
    assert_int_equal(stage_delete(&s, "added", false, &e), 0);
    stage_abort(&s);
    assert_picture(old_picture, "abort", 0);
    assert_int_equal(put(&s, "n/e/w", "other", NULL), 0);
    stage_close(&s);
    assert_picture(old_picture, "close", 0);
    free(old_picture);
}

static void test_leftovers(void **state)
{
    struct digest d = md5_of("new content");
    struct digest wrong;
    struct stage s;
    char temp[64] = "a/";
    char *p;

    (void)state;
    /* A run that was killed after writing: its file is taken, the source is not even read. */
    assert_int_equal(stage_open(&s, &live, &undo, NULL, &e), 0);
    assert_int_equal(put(&s, "a/one.php", "new content", &d), 0);
    p = picture(false);
    assert_non_null(strstr(p, ".toolkit"));
    memcpy(temp, strstr(p, "a/."), strlen("a/.") + 24 + strlen(".toolkit"));
    assert_true(stage_is_temp(temp + 2));
    free(p);
    p = strdup(temp);
    assert_int_equal(linkat(live.fd, temp, live.fd, "saved", 0), 0);
    stage_close(&s);
    assert_false(tree_exists(&live, temp));
    assert_int_equal(renameat(live.fd, "saved", live.fd, temp), 0);
    assert_int_equal(stage_open(&s, &live, &undo, NULL, &e), 0);
    assert_int_equal(put(&s, "a/one.php", "not read", &d), 0);
    stage_close(&s);
    /* One that is cut short, and one that is a link, are made anew. */
    write_file(temp, "new con", 0600);
    assert_int_equal(stage_open(&s, &live, &undo, NULL, &e), 0);
    assert_int_equal(put(&s, "a/one.php", "new content", &d), 0);
    stage_close(&s);
    assert_int_equal(symlinkat("../keep.txt", live.fd, temp), 0);
    assert_int_equal(stage_open(&s, &live, &undo, NULL, &e), 0);
    wrong = md5_of("new content");
    assert_int_equal(put(&s, "a/one.php", "new content", &wrong), 0);
    assert_int_equal(stage_commit(&s, &e), 0);
    stage_close(&s);
    free(p);
    assert_int_equal(stage_is_temp(".htaccess"), 0);
    assert_int_equal(stage_is_temp(".0123456789abcdef01234567.toolkiT"), 0);
    assert_int_equal(stage_is_temp(".0123456789abcdef0123456g.toolkit"), 0);
    write_file("half/.0123456789abcdef01234567.toolkit", "junk", 0600);
    assert_int_equal(mkdirat(live.fd, "half/" TREE_DIR_TEMP, 0700), 0);
    assert_int_equal(stage_sweep(&live, "", &e), 0);
    p = picture(false);
    assert_null(strstr(p, ".toolkit"));
    free(p);
}

static void test_targets_refused(void **state)
{
    struct stage s;

    (void)state;
    assert_int_equal(symlinkat("keep.txt", live.fd, "link"), 0);
    assert_int_equal(symlinkat("../undo", live.fd, "out"), 0);
    assert_int_equal(mkfifoat(live.fd, "fifo", 0600), 0);
    old_picture = picture(true);
    assert_int_equal(stage_open(&s, &live, &undo, NULL, &e), 0);
    assert_int_equal(put(&s, "link", "x", NULL), -1);
    assert_int_equal(e.kind, ERR_REFUSED);
    assert_int_equal(put(&s, "a", "x", NULL), -1);
    assert_int_equal(e.kind, ERR_REFUSED);
    assert_int_equal(put(&s, "fifo", "x", NULL), -1);
    assert_int_equal(e.kind, ERR_REFUSED);
    assert_int_equal(put(&s, "out/file", "x", NULL), -1);
    assert_int_equal(e.kind, ERR_REFUSED);
    assert_int_equal(put(&s, "keep.txt/below", "x", NULL), -1);
    assert_int_equal(e.kind, ERR_REFUSED);
    assert_int_equal(put(&s, "../undo/file", "x", NULL), -1);
    assert_int_equal(e.kind, ERR_REFUSED);
    assert_int_equal(put(&s, STAGE_CREATED, "x", NULL), -1);
    assert_int_equal(e.kind, ERR_REFUSED);
    assert_int_equal(stage_delete(&s, "a", true, &e), -1);
    assert_int_equal(stage_delete(&s, "link", true, &e), -1);
    assert_int_equal(stage_delete(&s, "keep.txt/below", true, &e), 0);
    assert_int_equal(stage_commit(&s, &e), 0);
    stage_close(&s);
    assert_picture(old_picture, "refused", 0);
    free(old_picture);
}

/* Several upgrades into one undo directory: what is kept is the first state. */
static void test_twice(void **state)
{
    struct stage s;

    (void)state;
    old_picture = picture(true);
    assert_int_equal(stage_open(&s, &live, &undo, NULL, &e), 0);
    assert_int_equal(put(&s, "keep.txt", "second", NULL), 0);
    assert_int_equal(put(&s, "n/new", "first", NULL), 0);
    assert_int_equal(put(&s, "keep.txt", "third", NULL), 0);
    assert_int_equal(stage_delete(&s, "half/goes", true, &e), 0);
    assert_int_equal(stage_delete(&s, "half/stays", true, &e), 0);
    assert_int_equal(stage_commit(&s, &e), 0);
    assert_false(tree_exists(&live, "half"));
    stage_close(&s);
    assert_int_equal(stage_open(&s, &live, &undo, NULL, &e), 0);
    assert_int_equal(put(&s, "n/new", "second", NULL), 0);
    assert_int_equal(put(&s, "half", "a file where a directory was", NULL), 0);
    assert_int_equal(stage_delete(&s, "n/new", true, &e), 0);
    assert_int_equal(put(&s, "n/new", "again", NULL), 0);
    assert_int_equal(stage_commit(&s, &e), 0);
    stage_close(&s);
    {
        struct buf b = {0};

        assert_int_equal(tree_read(&live, "keep.txt", 100, &b, &e), 0);
        assert_string_equal(buf_cstr(&b), "third");
        buf_reset(&b);
        assert_int_equal(tree_read(&live, "n/new", 100, &b, &e), 0);
        assert_string_equal(buf_cstr(&b), "again");
        buf_free(&b);
    }
    back(0);
    free(old_picture);
}

static void test_torn_lists(void **state)
{
    struct stage s;
    int fd;

    (void)state;
    make_pictures(false);
    fd = openat(undo.fd, STAGE_CREATED, O_WRONLY | O_APPEND);
    assert_int_equal(write(fd, "keep.t", 6), 6);
    close(fd);
    back(0);
    again(0);
    back(0);
    fd = openat(undo.fd, STAGE_CREATED, O_WRONLY | O_TRUNC);
    assert_int_equal(write(fd, "../x\nkeep.txt\n", 14), 14);
    close(fd);
    assert_int_equal(stage_open(&s, &live, &undo, NULL, &e), -1);
    assert_int_equal(e.kind, ERR_FORMAT);
    assert_non_null(strstr(e.text, "line 1"));
    assert_int_equal(go_back(), -1);
    assert_picture(old_picture, "damaged list", 0);
    free_pictures();
}

static void count_change(void *arg, enum stage_change what, const char *rel)
{
    int *counts = arg;

    assert_non_null(rel);
    counts[what]++;
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
        make_old();
        fault.no_links = links == 1;
        before = picture(true);
        assert_int_equal(stage_open(&s, &live, &undo, &opt, &e), 0);
        assert_int_equal(stage_keep(&s, "a/one.php", true, &e), 0);
        assert_int_equal(stage_keep(&s, "a/two.php", false, &e), 0);
        assert_int_equal(stage_keep(&s, "half/new", true, &e), 0);
        assert_int_equal(stage_keep(&s, "no/such/dir", true, &e), 0);
        assert_int_equal(stage_keep(&s, "half", true, &e), -1);
        assert_int_equal(e.kind, ERR_REFUSED);
        err_clear(&e);
        assert_int_equal(stage_keep(&s, STAGE_LOGS "/x", true, &e), -1);
        err_clear(&e);
        assert_int_equal(stage_commit(&s, &e), 0);
        assert_int_equal(s.files_put + s.files_deleted, 0);
        stage_close(&s);
        after = picture(true);
        assert_string_equal(after, before);
        free(after);
        assert_int_equal(tree_stat(&live, "a/one.php", &a, &e), 0);
        assert_int_equal(tree_stat(&undo, "a/one.php", &b, &e), 0);
        assert_true(a.st_ino != b.st_ino);
        write_file("a/one.php", "changed in place", 0600);
        assert_int_equal(tree_remove(&live, "a/two.php", &e), 0);
        write_file("half/new", "made", 0600);
        /* What was kept first stays. */
        assert_int_equal(stage_open(&s, &live, &undo, &opt, &e), 0);
        assert_int_equal(stage_keep(&s, "a/one.php", true, &e), 0);
        assert_int_equal(stage_keep(&s, "half/new", true, &e), 0);
        assert_int_equal(stage_commit(&s, &e), 0);
        stage_close(&s);
        assert_int_equal(stage_undo(&undo, &live, true, NULL, &e), 0);
        after = picture(true);
        assert_string_equal(after, before);
        free(after);
        free(before);
    }
    memset(&fault, 0, sizeof fault);
    /* Without an undo directory there is nothing to do. */
    assert_int_equal(stage_open(&s, &live, NULL, &opt, &e), 0);
    assert_int_equal(stage_keep(&s, "a/one.php", true, &e), 0);
    assert_int_equal(stage_commit(&s, &e), 0);
    stage_close(&s);
}

static void test_told(void **state)
{
    int counts[5] = {0};
    struct stage_options opt = {.changed = count_change, .arg = counts};
    struct stage s;
    size_t i;

    (void)state;
    assert_int_equal(stage_open(&s, &live, &undo, &opt, &e), 0);
    for (i = 0; i < FILES; i++)
        assert_int_equal(files[i].after ? put(&s, files[i].rel, files[i].after, NULL)
                                        : stage_delete(&s, files[i].rel, true, &e),
                         0);
    assert_int_equal(stage_need(&s, 1000, 1000, 10, &e), 0);
    assert_int_equal(stage_need(&s, UINT64_MAX / 2, 0, 10, &e), -1);
    assert_int_equal(e.kind, ERR_REFUSED);
    assert_int_equal(stage_commit(&s, &e), 0);
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
    assert_int_equal(stage_open(&s, &live, &undo, NULL, &e), 0);
    for (i = 0; i < STAGE_FILES_MAX + 10; i++) {
        char rel[32];

        snprintf(rel, sizeof rel, "many/%zu", i);
        assert_int_equal(stage_put_bytes(&s, rel, STR("x"), NULL, &e), 0);
    }
    assert_int_equal(s.files_put, STAGE_FILES_MAX);
    assert_int_equal(stage_commit(&s, &e), 0);
    assert_int_equal(s.files_put, STAGE_FILES_MAX + 10);
    stage_close(&s);
    assert_int_equal(go_back(), 0);
    assert_false(tree_exists(&live, "many"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_kill_everywhere, setup, teardown),
        cmocka_unit_test_setup_teardown(test_kill_everywhere_and_go_back, setup, teardown),
        cmocka_unit_test_setup_teardown(test_power_cut_everywhere, setup, teardown),
        cmocka_unit_test_setup_teardown(test_power_cut_everywhere_and_go_back, setup, teardown),
        cmocka_unit_test_setup_teardown(test_kill_undo_everywhere, setup, teardown),
        cmocka_unit_test_setup_teardown(test_errors_everywhere, setup, teardown),
        cmocka_unit_test_setup_teardown(test_short_and_interrupted, setup, teardown),
        cmocka_unit_test_setup_teardown(test_same_does_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(test_mismatch_changes_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(test_abort, setup, teardown),
        cmocka_unit_test_setup_teardown(test_leftovers, setup, teardown),
        cmocka_unit_test_setup_teardown(test_targets_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(test_twice, setup, teardown),
        cmocka_unit_test_setup_teardown(test_torn_lists, setup, teardown),
        cmocka_unit_test_setup_teardown(test_keep, setup, teardown),
        cmocka_unit_test_setup_teardown(test_told, setup, teardown),
        cmocka_unit_test_setup_teardown(test_full_batch, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
