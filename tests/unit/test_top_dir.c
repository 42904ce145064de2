/* A directory at a store's top that may have any name. */
#include "platform/top_dir.h"

#include "files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char root[64];
static struct store s;
static struct err e;

static int setup(void **state)
{
    (void)state;
    snprintf(root, sizeof root, "/tmp/test_top_dir.XXXXXX");
    assert_non_null(mkdtemp(root));
    memset(&s, 0, sizeof s);
    assert_int_equal(tree_open(&s.tree, root, &e), 0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    assert_int_equal(tree_remove_tree(&s.tree, "", true, &e), 0);
    tree_close(&s.tree);
    arena_free(&s.mem);
    rmdir(root);
    return 0;
}

/* Three for a page to log in, one for a text. */
static unsigned points(struct store *of, const char *name)
{
    return (tree_exists(&of->tree, arena_printf(&of->mem, "%s/login.php", name)) ? 3U : 0U) +
           (tree_exists(&of->tree, arena_printf(&of->mem, "%s/readme", name)) ? 1U : 0U);
}

static void is(const char *want)
{
    static const char *const never[] = {"catalog", "install", NULL};
    const char *found = top_dir_find(&s, never, points);

    if (want == NULL)
        assert_null(found);
    else
        assert_string_equal(found, want);
}

static void the_one_with_most_points(void **state)
{
    (void)state;
    is(NULL);
    files_mkdir(root, "plain");
    is(NULL);
    files_put(root, "doc/readme", "");
    is("doc");
    files_put(root, "back/login.php", "");
    is("back");
    files_put(root, "back/readme", "");
    files_put(root, "aaa/login.php", "");
    is("back");
}

static void admin_comes_last(void **state)
{
    (void)state;
    files_put(root, "admin/login.php", "");
    is("admin");
    files_put(root, "zone51/login.php", "");
    is("zone51");
    /* One point is what another name is worth. */
    files_put(root, "admin/readme", "");
    is("admin");
}

static void what_is_passed_over(void **state)
{
    (void)state;
    files_put(root, "catalog/login.php", "");
    files_put(root, "install/login.php", "");
    files_put(root, ".git/login.php", "");
    files_put(root, "login.php", "");
    files_mkdir(root, "elsewhere");
    assert_int_equal(symlinkat("catalog", s.tree.fd, "link"), 0);
    is(NULL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(the_one_with_most_points), TEST(admin_comes_last), TEST(what_is_passed_over)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
