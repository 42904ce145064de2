/* The kept directory: resolved once, refused where the tree refuses, and gone when it is forgotten. */
#include "fault_fsops.h"
#include "files.h"
#include "sys/tree_parent.h"

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
static struct tree_parent p;
static const char *base;
static struct err e;

static int setup(void **state)
{
    (void)state;
    snprintf(top, sizeof top, "/tmp/test_tree_parent.XXXXXX");
    assert_non_null(mkdtemp(top));
    files_put(top, "a/b/one", "1");
    files_put(top, "a/b/two", "22");
    files_put(top, "a/bc", "333");
    files_put(top, "root", "4444");
    memset(&fault, 0, sizeof fault);
    t = (struct tree){.ops = &fault_fsops};
    return tree_open(&t, top, &e);
}

static int teardown(void **state)
{
    (void)state;
    tree_parent_forget(&p);
    tree_parent_forget(&p);
    fault.at = 0;
    assert_int_equal(tree_remove_tree(&t, "", true, &e), 0);
    tree_close(&t);
    return rmdir(top);
}

static off_t size_of(const char *rel)
{
    struct stat st;

    assert_int_equal(tree_parent_stat(&p, &t, rel, &st, &e), 0);
    return st.st_size;
}

static void refused(const char *rel)
{
    assert_null(tree_parent(&p, &t, rel, &base, &e));
    assert_int_equal(e.kind, ERR_REFUSED);
}

static void test_each_place(void **state)
{
    (void)state;
    assert_int_equal(size_of("a/b/one"), 1);
    assert_int_equal(size_of("a/b/two"), 2);
    assert_int_equal(size_of("a/bc"), 3);
    assert_int_equal(size_of("root"), 4);
    assert_int_equal(size_of("a/b/one"), 1);
    assert_non_null(tree_parent(&p, &t, "a/b/none", &base, &e));
    assert_string_equal(base, "none");
}

static void test_resolved_once(void **state)
{
    unsigned long one;

    (void)state;
    size_of("a/b/one");
    fault.count = 0;
    size_of("a/b/two");
    one = fault.count;
    assert_int_equal(one, 1);
    size_of("a/bc");
    assert_true(fault.count > one + 1);
}

static void test_refused(void **state)
{
    (void)state;
    size_of("a/b/one");
    refused("a/b/..");
    refused("a/b/");
    refused("a/b/../../x");
    refused("");
    refused("/etc/passwd");
    assert_int_equal(symlinkat("/etc", t.fd, "leaves"), 0);
    refused("leaves/passwd");
    /* After a refusal the next path is resolved anew. */
    assert_int_equal(size_of("a/b/two"), 2);
}

static void test_absent(void **state)
{
    struct stat st;

    (void)state;
    assert_int_equal(tree_parent_stat(&p, &t, "a/b/none", &st, &e), -1);
    assert_int_equal(e.kind, ERR_ABSENT);
    assert_int_equal(e.sys, ENOENT);
    assert_int_equal(tree_parent_stat(&p, &t, "none/one", &st, &e), -1);
    assert_int_equal(e.kind, ERR_ABSENT);
    assert_int_equal(tree_parent_stat(&p, &t, "root/below", &st, &e), -1);
    assert_int_equal(e.kind, ERR_ABSENT);
    assert_int_equal(e.sys, ENOTDIR);
}

static void test_forgotten(void **state)
{
    struct stat st;

    (void)state;
    size_of("a/b/one");
    assert_int_equal(renameat(t.fd, "a/b", t.fd, "a/moved"), 0);
    files_put(top, "a/b/one", "new one");
    tree_parent_forget(&p);
    assert_int_equal(size_of("a/b/one"), 7);
    assert_int_equal(tree_remove_tree(&t, "a", false, &e), 0);
    tree_parent_forget(&p);
    assert_int_equal(tree_parent_stat(&p, &t, "a/b/one", &st, &e), -1);
    assert_int_equal(e.kind, ERR_ABSENT);
}

/* Each call fails once: an error every time, and no descriptor is lost. */
static void test_faults(void **state)
{
    struct stat st;
    unsigned long calls;
    int before = dup(0);

    (void)state;
    close(before);
    fault.count = 0;
    size_of("a/b/one");
    tree_parent_forget(&p);
    /* The last call is the close of the kept directory, whose result nobody needs. */
    calls = fault.count - 1;
    for (unsigned long k = 1; k <= calls; k++) {
        int after;

        fault = (struct fault){.kind = FAULT_ERRNO, .at = k, .sys = EIO};
        assert_int_equal(tree_parent_stat(&p, &t, "a/b/one", &st, &e), -1);
        assert_true(e.text[0] != '\0');
        fault.at = 0;
        tree_parent_forget(&p);
        after = dup(0);
        close(after);
        assert_int_equal(after, before);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_each_place, setup, teardown),
        cmocka_unit_test_setup_teardown(test_resolved_once, setup, teardown),
        cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(test_absent, setup, teardown),
        cmocka_unit_test_setup_teardown(test_forgotten, setup, teardown),
        cmocka_unit_test_setup_teardown(test_faults, setup, teardown),
    };

    return cmocka_run_group_tests_name("tree_parent", tests, NULL, NULL);
}
