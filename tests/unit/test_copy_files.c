/* A list of files brought to their new state, in a tree of a few files. */
#include "cs_store.h"

#include "platform/copy_files.h"

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

static struct shop_dir store;

static struct digest md5(const char *text)
{
    struct digest d;

    hash_bytes(HASH_MD5, text, strlen(text), &d);
    return d;
}

static void holds(const struct shop_dir *c, const char *rel, const char *text)
{
    struct buf got = {0};
    struct err e = {0};

    assert_int_equal(tree_read(&c->s.tree, rel, 4096, &got, &e), 0);
    assert_string_equal(buf_cstr(&got), text);
    buf_free(&got);
}

/* Runs the job with undo files in old/. */
static int run(struct shop_dir *c, const struct copy_job *job)
{
    struct tree undo = {0};
    char path[128];
    int rc;

    snprintf(path, sizeof path, "%s/old", c->root);
    if (mkdir(path, 0700) != 0)
        assert_true(shop_dir_has(c, "old"));
    assert_int_equal(tree_open(&undo, path, &c->e), 0);
    c->w.undo = &undo;
    rc = copy_files_run(&c->s, job, &c->w, &c->e);
    c->w.undo = NULL;
    tree_close(&undo);
    return rc;
}

static void adds_updates_deletes(void **state)
{
    struct shop_dir *c = *state;
    const struct copy_file files[] = {
        {.path = "a/added.php", .source = "new/1", .act = COPY_ADD, .want = md5("one")},
        {.path = "changed.php", .source = "new/2", .act = COPY_UPDATE, .want = md5("two")},
        {.path = "b/gone.php", .act = COPY_DELETE},
    };
    const struct copy_job job = {.files = files, .n = 3, .title = "Copying", .stopped = "x", .edited = "x"};

    shop_dir_put(c, "new/1", "one");
    shop_dir_put(c, "new/2", "two");
    shop_dir_put(c, "changed.php", "before");
    shop_dir_put(c, "b/gone.php", "gone");
    assert_int_equal(run(c, &job), 0);
    holds(c, "a/added.php", "one");
    holds(c, "changed.php", "two");
    assert_false(shop_dir_has(c, "b"));
    holds(c, "old/changed.php", "before");
    holds(c, "old/b/gone.php", "gone");
    shop_dir_said(c, "2 files written, 1 deleted\n");
    assert_int_equal(run(c, &job), 0);
    shop_dir_said(c, "0 files written, 0 deleted\n");
}

static void empty_list_says_nothing(void **state)
{
    struct shop_dir *c = *state;
    const struct copy_job job = {.title = "Copying", .stopped = "x", .edited = "x"};

    assert_int_equal(run(c, &job), 0);
    assert_int_equal(c->said.n, 0);
}

static int open_made(void *arg, const struct copy_file *f, struct err *e)
{
    struct shop_dir *c = arg;

    if (strcmp(f->path, "none.php") == 0)
        return err_set(e, ERR_ABSENT, "no pack has it");
    return tree_open_file(&c->s.tree, "pack", O_RDONLY, 0, e);
}

static void opener_gives_the_bytes(void **state)
{
    struct shop_dir *c = *state;
    const struct copy_file files[] = {{.path = "x.php", .act = COPY_ADD, .want = md5("from the pack")},
                                      {.path = "none.php", .act = COPY_ADD, .want = md5("")}};
    struct copy_job job = {.files = files, .n = 1, .title = "Copying", .stopped = "x", .edited = "x", .open = open_made, .arg = c};

    shop_dir_put(c, "pack", "from the pack");
    assert_int_equal(run(c, &job), 0);
    holds(c, "x.php", "from the pack");
    job.n = 2;
    assert_int_equal(run(c, &job), -1);
    assert_int_equal(c->e.kind, ERR_ABSENT);
}

static void other_bytes_change_nothing(void **state)
{
    struct shop_dir *c = *state;
    const struct copy_file files[] = {{.path = "y.php", .source = "new/1", .act = COPY_UPDATE, .want = md5("right")},
                                      {.path = "x.php", .source = "new/2", .act = COPY_UPDATE, .want = md5("wanted")}};
    const struct copy_job job = {.files = files, .n = 2, .title = "Copying", .stopped = "x", .edited = "x"};

    shop_dir_put(c, "new/1", "right");
    shop_dir_put(c, "new/2", "damaged");
    shop_dir_put(c, "x.php", "old x");
    shop_dir_put(c, "y.php", "old y");
    assert_int_equal(run(c, &job), -1);
    assert_int_equal(c->e.kind, ERR_MISMATCH);
    holds(c, "x.php", "old x");
    holds(c, "y.php", "old y");
}

static void stops_when_asked(void **state)
{
    struct shop_dir *c = *state;
    const struct copy_file files[] = {{.path = "x.php", .source = "new/1", .act = COPY_ADD, .want = md5("one")}};
    const struct copy_job job = {.files = files, .n = 1, .title = "Copying", .stopped = "files were copied", .edited = "x"};
    volatile sig_atomic_t stop = 1;

    shop_dir_put(c, "new/1", "one");
    c->w.stop = &stop;
    assert_int_equal(run(c, &job), -1);
    assert_int_equal(c->e.kind, ERR_STOPPED);
    assert_string_equal(c->e.text, "stopped while files were copied, as you asked; each file is old or new");
    assert_false(shop_dir_has(c, "x.php"));
}

static void lists_the_first_and_the_totals(void **state)
{
    struct shop_dir *c = *state;
    struct copy_file files[25] = {{0}};
    struct copy_job job = {.files = files, .n = 25, .same = 7, .edited = "by hand"};

    for (size_t i = 0; i < 25; i++)
        files[i] = (struct copy_file){.path = i < 20 ? "shown" : "not shown", .act = i == 0 ? COPY_DELETE : COPY_UPDATE, .edited = i == 1};
    copy_files_list(&job, &c->w);
    assert_non_null(strstr(buf_cstr(&c->said), "would delete shown\nwould update shown (by hand)\nwould update shown\n"));
    assert_null(strstr(buf_cstr(&c->said), "not shown"));
    shop_dir_said(c, "and 5 more; -v names them all\n0 to add, 24 to update, 1 to delete, 7 as they have to be\n");
    c->w.verbose = true;
    copy_files_list(&job, &c->w);
    assert_null(strstr(buf_cstr(&c->said), "more;"));
    shop_dir_said(c, "would update not shown\n");
}

static bool loads_the_rest(const void *arg, const char *path)
{
    return strstr(path, arg) != NULL;
}

static void what_loads_the_rest_comes_last(void **state)
{
    static const char *const want[] = {"a.php", "vendor/x.php", "z.php", "m/autoload.php", "vendor/autoload.php"};
    struct copy_file files[] = {{.path = "vendor/autoload.php"}, {.path = "z.php"}, {.path = "a.php"}, {.path = "m/autoload.php"}, {.path = "vendor/x.php"}};

    (void)state;
    assert_int_equal(copy_files_sort(files, 5, loads_the_rest, "autoload"), 2);
    for (size_t i = 0; i < 5; i++)
        assert_string_equal(files[i].path, want[i]);
    /* Asked anew it forgets what was late before. */
    assert_int_equal(copy_files_sort(files, 5, loads_the_rest, "a.php"), 1);
    assert_string_equal(files[4].path, "a.php");
    assert_int_equal(copy_files_sort(NULL, 0, loads_the_rest, ""), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cs_store_test(adds_updates_deletes, &store),
        cs_store_test(empty_list_says_nothing, &store),
        cs_store_test(opener_gives_the_bytes, &store),
        cs_store_test(other_bytes_change_nothing, &store),
        cs_store_test(stops_when_asked, &store),
        cs_store_test(lists_the_first_and_the_totals, &store),
        cmocka_unit_test(what_loads_the_rest_comes_last),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
