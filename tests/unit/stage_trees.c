#include "stage_trees.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct stage_trees trees;

const struct stage_file stage_files[STAGE_TREES_FILES] = {
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

void stage_trees_write(const char *rel, const char *text, mode_t mode)
{
    struct timespec times[2] = {{1000000000, 0}, {1000000000, 5}};
    char *dir = strdup(rel);
    char *slash = strrchr(dir, '/');
    int fd;

    if (slash != NULL) {
        *slash = '\0';
        assert_int_equal(tree_mkdirs(&trees.live, dir, NULL, NULL, &trees.e), 0);
    }
    free(dir);
    fd = openat(trees.live.fd, rel, O_WRONLY | O_CREAT | O_TRUNC, 0600);
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
    assert_int_equal(tree_remove_tree(&trees.live, "", true, &trees.e), 0);
    assert_int_equal(tree_remove_tree(&trees.undo, "", true, &trees.e), 0);
    fault = saved;
}

void stage_trees_make(void)
{
    size_t i;

    empty();
    for (i = 0; i < STAGE_TREES_FILES; i++)
        if (stage_files[i].before != NULL)
            stage_trees_write(stage_files[i].rel, stage_files[i].before, stage_files[i].mode);
    assert_int_equal(fchmodat(trees.live.fd, "gone/deep", 0711, 0), 0);
}

int stage_trees_setup(void **state)
{
    char path[128];

    (void)state;
    memset(&fault, 0, sizeof fault);
    /* In memory where that is possible: thousands of small trees are made. */
    snprintf(trees.top, sizeof trees.top, "/dev/shm/test_stage.XXXXXX");
    if (mkdtemp(trees.top) == NULL) {
        snprintf(trees.top, sizeof trees.top, "/tmp/test_stage.XXXXXX");
        assert_non_null(mkdtemp(trees.top));
    }
    memset(&trees.live, 0, sizeof trees.live);
    memset(&trees.undo, 0, sizeof trees.undo);
    trees.live.ops = trees.undo.ops = &fault_fsops;
    snprintf(path, sizeof path, "%s/live", trees.top);
    assert_int_equal(mkdir(path, 0755), 0);
    assert_int_equal(tree_open(&trees.live, path, &trees.e), 0);
    snprintf(path, sizeof path, "%s/undo", trees.top);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(tree_open(&trees.undo, path, &trees.e), 0);
    stage_trees_make();
    return 0;
}

int stage_trees_teardown(void **state)
{
    struct tree whole = {0};

    (void)state;
    memset(&fault, 0, sizeof fault);
    tree_close(&trees.live);
    tree_close(&trees.undo);
    assert_int_equal(tree_open(&whole, trees.top, &trees.e), 0);
    assert_int_equal(tree_remove_tree(&whole, "", true, &trees.e), 0);
    tree_close(&whole);
    assert_int_equal(rmdir(trees.top), 0);
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

char *stage_trees_picture(bool times)
{
    struct print p = {.t = &trees.live, .times = times};

    assert_int_equal(tree_walk(&trees.live, "", print_one, NULL, &p, &trees.e), 0);
    buf_cstr(&p.out);
    return p.out.p;
}

struct digest stage_trees_md5(const char *text)
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

int stage_trees_put(struct stage *s, const char *rel, const char *text, const struct digest *expected)
{
    struct source from = {text, 5};

    return stage_put(s, rel, give, &from, expected, NULL, &trees.e);
}

int stage_trees_upgrade(void)
{
    struct stage_options opt = {.rehash = true};
    struct stage s;
    size_t i;
    int r;

    if (stage_open(&s, &trees.live, &trees.undo, &opt, &trees.e) != 0)
        return -1;
    r = 0;
    for (i = 0; r == 0 && i < STAGE_TREES_FILES; i++) {
        struct digest d;

        if (stage_files[i].after == NULL) {
            r = stage_delete(&s, stage_files[i].rel, true, &trees.e);
            continue;
        }
        d = stage_trees_md5(stage_files[i].after);
        r = stage_trees_put(&s, stage_files[i].rel, stage_files[i].after, i % 3 == 0 ? NULL : &d);
    }
    if (r == 0)
        r = stage_commit(&s, &trees.e);
    stage_close(&s);
    return r;
}

void stage_trees_is(const char *want, const char *what, unsigned long k)
{
    char *is = stage_trees_picture(want == trees.old_picture);

    if (strcmp(is, want) != 0)
        fail_msg("%s, call %lu:\n%s\ninstead of\n%s", what, k, is, want);
    free(is);
}

unsigned long stage_trees_pictures(bool no_links)
{
    unsigned long calls;

    stage_trees_make();
    trees.old_picture = stage_trees_picture(true);
    fault = (struct fault){.no_links = no_links};
    if (stage_trees_upgrade() != 0)
        fail_msg("%s", trees.e.text);
    calls = fault.count;
    trees.new_picture = stage_trees_picture(false);
    assert_null(strstr(trees.new_picture, ".toolkit"));
    assert_null(strstr(trees.new_picture, "gone"));
    return calls;
}

void stage_trees_free_pictures(void)
{
    free(trees.old_picture);
    free(trees.new_picture);
}

bool stage_trees_in_child(int (*what)(void), struct fault how)
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

int stage_trees_back(void)
{
    return stage_undo(&trees.undo, &trees.live, true, NULL, &trees.e);
}

void stage_trees_again(unsigned long k)
{
    if (stage_trees_upgrade() != 0)
        fail_msg("again after call %lu: %s", k, trees.e.text);
    stage_trees_is(trees.new_picture, "again", k);
}

void stage_trees_back_again(unsigned long k)
{
    if (stage_trees_back() != 0)
        fail_msg("undo after call %lu: %s", k, trees.e.text);
    stage_trees_is(trees.old_picture, "undo", k);
}
