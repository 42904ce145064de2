#include "base/buf.h"
#include "rescue/verify.h"

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
static struct manifest m;
static struct verify_result r;
static struct err e;

static void put(const char *rel, const char *text)
{
    char *dir = strdup(rel);
    char *slash = strrchr(dir, '/');
    int fd;

    if (slash != NULL) {
        *slash = '\0';
        assert_int_equal(tree_mkdirs(&t, dir, NULL, NULL, &e), 0);
    }
    free(dir);
    fd = openat(t.fd, rel, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

static void list(const char *rel, enum hash_alg alg, const char *text, const char *origin)
{
    struct digest d;

    hash_bytes(alg, text, strlen(text), &d);
    manifest_add(&m, str_of(rel), &d, origin);
}

static int setup(void **state)
{
    (void)state;
    snprintf(top, sizeof top, "/tmp/test_verify.XXXXXX");
    assert_non_null(mkdtemp(top));
    memset(&t, 0, sizeof t);
    assert_int_equal(tree_open(&t, top, &e), 0);
    put("index.php", "index");
    put("classes/A.php", "A");
    put("classes/B.php", "B");
    put("classes/sub/C.php", "C");
    put("var/cache/x", "x");
    list("index.php", HASH_MD5, "index", "pack");
    list("classes/B.php", HASH_SHA256, "B", "pack");
    list("classes/A.php", HASH_MD5, "A", "pack");
    list("classes/sub/C.php", HASH_MD5, "C", "pack");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    assert_int_equal(tree_remove_tree(&t, "", true, &e), 0);
    tree_close(&t);
    rmdir(top);
    verify_free(&r);
    manifest_free(&m);
    return 0;
}

/* The result as one line: kinds and paths. */
static void expect(const char *want)
{
    struct buf b = {0};
    size_t counts[VERIFY_KINDS] = {0};
    size_t i;

    for (i = 0; i < r.items.n; i++) {
        buf_printf(&b, "%s %s\n", verify_kind_name(r.items.v[i].kind), r.items.v[i].path);
        counts[r.items.v[i].kind]++;
    }
    assert_string_equal(buf_cstr(&b), want);
    assert_memory_equal(counts, r.count, sizeof counts);
    buf_free(&b);
}

static void test_all_right(void **state)
{
    (void)state;
    assert_int_equal(verify_run(&t, &m, NULL, &r, &e), 0);
    expect("");
    assert_int_equal(r.ok, 4);
    assert_int_equal(r.bytes, 8);
    assert_false(r.stopped);
}

static void test_every_fault(void **state)
{
    static const char *const where[] = {"", "classes", "none"};
    struct verify_options opt = {.extra_in = where, .extra_n = 3};
    struct digest d;

    (void)state;
    put("classes/A.php", "A?");
    assert_int_equal(tree_remove(&t, "classes/B.php", &e), 0);
    assert_int_equal(tree_remove(&t, "index.php", &e), 0);
    assert_int_equal(symlinkat("/etc/passwd", t.fd, "index.php"), 0);
    put("classes/Shell.php", "extra");
    list("fifo", HASH_MD5, "", NULL);
    assert_int_equal(mkfifoat(t.fd, "fifo", 0600), 0);
    assert_int_equal(verify_run(&t, &m, &opt, &r, &e), 0);
    expect("changed classes/A.php\nmissing classes/B.php\nextra classes/Shell.php\nunreadable fifo\n"
           "unreadable index.php\nextra var/cache/x\n");
    hash_bytes(HASH_MD5, "A", 1, &d);
    assert_true(digest_eq(&r.items.v[0].want, &d));
    hash_bytes(HASH_MD5, "A?", 2, &d);
    assert_true(digest_eq(&r.items.v[0].is, &d));
    assert_string_equal(r.items.v[0].origin, "pack");
    assert_string_equal(r.items.v[3].why, "not a regular file");
    assert_int_equal(r.ok, 1);
}

static bool skip_var(void *arg, struct str path)
{
    (void)arg;
    return str_is(path, "var") || str_starts(path, STR("var/")) || str_is(path, "index.php");
}

static void test_skip(void **state)
{
    static const char *const where[] = {""};
    struct verify_options opt = {.extra_in = where, .extra_n = 1, .skip = skip_var};

    (void)state;
    put("index.php", "changed by the owner");
    assert_int_equal(verify_run(&t, &m, &opt, &r, &e), 0);
    expect("");
    assert_int_equal(r.skipped, 1);
    assert_int_equal(r.ok, 3);
}

static void test_listed_twice(void **state)
{
    (void)state;
    list("classes/A.php", HASH_MD5, "other A", "module");
    list("classes/sub/C.php", HASH_MD5, "C", "module");
    list("index.php", HASH_SHA256, "index", "sums");
    assert_int_equal(verify_run(&t, &m, NULL, &r, &e), 0);
    expect("conflict classes/A.php\n");
    assert_string_equal(r.items.v[0].origin, "module");
    assert_int_equal(r.ok, 4);
    verify_free(&r);
    put("classes/A.php", "other A");
    assert_int_equal(verify_run(&t, &m, NULL, &r, &e), 0);
    expect("conflict classes/A.php\n");
    verify_free(&r);
    put("classes/A.php", "third");
    put("index.php", "INDEX");
    assert_int_equal(verify_run(&t, &m, NULL, &r, &e), 0);
    expect("changed classes/A.php\nconflict classes/A.php\nchanged index.php\n");
    assert_int_equal(r.ok, 2);
}

/* Two algorithms for one path: both have to be right. */
static void test_two_algorithms(void **state)
{
    (void)state;
    list("index.php", HASH_SHA256, "not index", "sums");
    assert_int_equal(verify_run(&t, &m, NULL, &r, &e), 0);
    expect("changed index.php\n");
    assert_int_equal(r.items.v[0].want.alg, HASH_SHA256);
    assert_string_equal(r.items.v[0].origin, "sums");
    assert_int_equal(r.ok, 3);
}

static void list_mixed(const char *rel, const char *text, const char *content)
{
    struct digest d;

    hash_bytes(HASH_MD5, content, strlen(content), &d);
    digest_mix(str_of(text), &d, &d);
    manifest_add_mixed(&m, str_of(rel), str_of(text), &d, "dist");
}

/* The digest is of a text and the content's MD5; beside a plain one it is no contradiction. */
static void test_mixed(void **state)
{
    (void)state;
    manifest_free(&m);
    list_mixed("index.php", "/index.php", "index");
    list_mixed("classes/A.php", "/classes/A.php", "other A");
    list_mixed("classes/B.php", "/renamed.php", "B");
    list_mixed("classes/sub/C.php", "/classes/sub/C.php", "not C");
    list("classes/sub/C.php", HASH_MD5, "C", "pack");
    list_mixed("gone.php", "/gone.php", "gone");
    assert_int_equal(verify_run(&t, &m, NULL, &r, &e), 0);
    expect("changed classes/A.php\nmissing gone.php\n");
    assert_int_equal(r.ok, 3);
    assert_int_equal(r.items.v[0].want.alg, HASH_MD5_MIXED);
    assert_int_equal(r.items.v[0].is.alg, HASH_MD5_MIXED);
    assert_false(digest_eq(&r.items.v[0].want, &r.items.v[0].is));
    verify_free(&r);
    list_mixed("index.php", "/index.php", "other");
    assert_int_equal(verify_run(&t, &m, NULL, &r, &e), 0);
    assert_int_equal(r.count[VERIFY_CONFLICT], 1);
}

/* ---- a store of two trees ---- */

static int shadowed(struct store *s, shadowed_fn *each, void *arg, struct err *why)
{
    char path[] = "index.php";
    struct shadowed one = {.path = path, .copy = "copies/index.php", .older = true};
    int rc = each(arg, &one, why);

    (void)s;
    one.older = false;
    if (rc == 0)
        rc = each(arg, &one, why);
    memset(path, 'x', sizeof path - 1);
    return rc;
}

static bool skip_two(void *arg, struct str path)
{
    (void)arg;
    return str_is(path, "index.php") || str_is_below(path, "vendor");
}

static void list_aside(const char *rel, const char *text)
{
    list(rel, HASH_MD5, text, "release");
    m.entries.v[m.entries.n - 1].aside = true;
}

static void test_store(void **state)
{
    static const struct platform two = {.shadowed = shadowed};
    static const struct platform plain = {.name = "plain"};
    static const char *const where[] = {"outside", "classes"};
    struct verify_options opt = {.extra_in = where, .extra_n = 2, .skip = skip_two};
    struct store s = {.platform = &two, .tree = t};
    struct buf want = {0};

    (void)state;
    put("outside/vendor/a.php", "a");
    put("outside/vendor/b.php", "b");
    put("outside/vendor/loose.php", "");
    put("classes/loose.php", "");
    assert_int_equal(tree_open_sub(&s.aside, &t, "outside", &e), 0);
    list_aside("vendor/b.php", "other");
    list_aside("vendor/a.php", "a");
    list_aside("classes/A.php", "of the second tree");
    assert_int_equal(verify_store(&s, &m, &opt, &r, &e), 0);
    /* The second is not searched, and nothing of it is passed over. */
    buf_printf(&want, "missing %s/classes/A.php\nchanged %s/vendor/b.php\nextra classes/loose.php\nextra outside/vendor/a.php\n"
                      "extra outside/vendor/b.php\nextra outside/vendor/loose.php\n", s.aside.path, s.aside.path);
    expect(buf_cstr(&want));
    assert_int_equal(r.ok, 3 + 1);
    assert_int_equal(r.skipped, 1);
    assert_int_equal(r.bytes, 3 + 2);
    assert_int_equal(r.shadowed.n, 2);
    assert_int_equal(r.stale, 1);
    assert_string_equal(r.shadowed.v[0].path, "index.php");
    assert_true(r.shadowed.v[0].older);
    /* Nothing of the manifest is lost. */
    assert_int_equal(m.entries.n, 7);
    verify_free(&r);
    s.platform = &plain;
    assert_int_equal(verify_store(&s, &m, &opt, &r, &e), 0);
    assert_int_equal(r.ok, 4);
    assert_int_equal(r.shadowed.n, 0);
    buf_free(&want);
    tree_close(&s.aside);
}

static void test_line_ends(void **state)
{
    struct digest d;
    struct digest text;

    (void)state;
    put("win.php", "one\r\ntwo\r\n");
    put("more.php", "one\r\ntwo\r\n!");
    hash_bytes(HASH_MD5, "one\ntwo\n", 8, &d);
    text = d;
    manifest_add_text(&m, STR("win.php"), &d, &text, "release");
    manifest_add_text(&m, STR("more.php"), &d, &text, "release");
    assert_int_equal(verify_run(&t, &m, NULL, &r, &e), 0);
    expect("changed more.php\n");
    assert_int_equal(r.line_ends, 1);
    assert_int_equal(r.ok, 5);
    /* Without the other checksum every byte counts. */
    verify_free(&r);
    for (size_t i = 0; i < m.entries.n; i++)
        m.entries.v[i].text = NULL;
    assert_int_equal(verify_run(&t, &m, NULL, &r, &e), 0);
    expect("changed more.php\nchanged win.php\n");
    assert_int_equal(r.line_ends, 0);
}

static int stop(void *arg, uint64_t files, uint64_t bytes)
{
    (void)arg, (void)files, (void)bytes;
    return -1;
}

static void test_stop(void **state)
{
    struct verify_options opt = {.progress = stop, .threads = 1};
    size_t i;

    (void)state;
    for (i = 0; i < 2000; i++) {
        char rel[32];

        snprintf(rel, sizeof rel, "none/%zu", i);
        list(rel, HASH_MD5, "", "pack");
    }
    assert_int_equal(verify_run(&t, &m, &opt, &r, &e), 0);
    assert_true(r.stopped);
    assert_true(r.count[VERIFY_MISSING] < 2000);
    assert_int_equal(r.count[VERIFY_UNREADABLE], 0);
}

static void test_empty(void **state)
{
    (void)state;
    manifest_free(&m);
    assert_int_equal(verify_run(&t, &m, NULL, &r, &e), 0);
    expect("");
    assert_int_equal(r.ok, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_all_right, setup, teardown),
        cmocka_unit_test_setup_teardown(test_every_fault, setup, teardown),
        cmocka_unit_test_setup_teardown(test_skip, setup, teardown),
        cmocka_unit_test_setup_teardown(test_listed_twice, setup, teardown),
        cmocka_unit_test_setup_teardown(test_two_algorithms, setup, teardown),
        cmocka_unit_test_setup_teardown(test_mixed, setup, teardown),
        cmocka_unit_test_setup_teardown(test_store, setup, teardown),
        cmocka_unit_test_setup_teardown(test_line_ends, setup, teardown),
        cmocka_unit_test_setup_teardown(test_stop, setup, teardown),
        cmocka_unit_test_setup_teardown(test_empty, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
