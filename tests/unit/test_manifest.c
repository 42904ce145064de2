#include "sys/manifest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct digest digest_of(uint8_t first)
{
    struct digest d = {.alg = HASH_MD5};

    d.b[0] = first;
    return d;
}

static void add(struct manifest *m, const char *path, uint8_t first, const char *origin)
{
    struct digest d = digest_of(first);

    manifest_add(m, str_of(path), &d, origin);
}

static void empty(void **state)
{
    struct manifest m = {0};

    (void)state;
    manifest_sort(&m);
    assert_null(manifest_find(&m, "a"));
    manifest_free(&m);
    manifest_free(&m);
}

static void every_path_is_found_and_no_other(void **state)
{
    struct manifest m = {0};
    char path[32];

    (void)state;
    /* In an order that is neither of those a sort could leave alone. */
    for (unsigned i = 0; i < 1000; i++) {
        snprintf(path, sizeof path, "d%u/f%03u.php", i * 7 % 10, i * 383 % 1000);
        add(&m, path, (uint8_t)i, "list");
    }
    manifest_sort(&m);
    for (size_t i = 1; i < m.entries.n; i++)
        assert_true(strcmp(m.entries.v[i - 1].path, m.entries.v[i].path) < 0);
    for (unsigned i = 0; i < 1000; i++) {
        const struct manifest_entry *en;

        snprintf(path, sizeof path, "d%u/f%03u.php", i * 7 % 10, i * 383 % 1000);
        en = manifest_find(&m, path);
        assert_non_null(en);
        assert_string_equal(en->path, path);
        assert_int_equal(en->digest.b[0], (uint8_t)i);
    }
    assert_null(manifest_find(&m, ""));
    assert_null(manifest_find(&m, "d0"));
    assert_null(manifest_find(&m, "z"));
    assert_null(manifest_find(&m, "d0/f000.phpx"));
    manifest_free(&m);
}

static void of_one_path_the_first_that_was_added_is_found(void **state)
{
    struct manifest m = {0};

    (void)state;
    add(&m, "z", 1, NULL);
    for (uint8_t i = 0; i < 50; i++)
        add(&m, "same", i, "one");
    add(&m, "a", 2, NULL);
    manifest_sort(&m);
    assert_int_equal(manifest_find(&m, "same")->digest.b[0], 0);
    for (uint8_t i = 0; i < 50; i++)
        assert_int_equal(m.entries.v[1 + i].digest.b[0], i);
    manifest_free(&m);
}

static void texts_are_its_own(void **state)
{
    struct manifest m = {0};
    char path[] = "a/b.php";
    char origin[] = "pack one";

    (void)state;
    add(&m, path, 1, origin);
    memset(path, 'x', sizeof path - 1);
    add(&m, "c", 2, origin);
    memset(origin, 'x', sizeof origin - 1);
    add(&m, "d", 3, "pack two");
    add(&m, "e", 4, NULL);
    assert_string_equal(m.entries.v[0].path, "a/b.php");
    assert_string_equal(m.entries.v[0].origin, "pack one");
    assert_ptr_equal(m.entries.v[1].origin, m.entries.v[0].origin);
    assert_string_equal(m.entries.v[2].origin, "pack two");
    assert_string_equal(m.entries.v[3].origin, "");
    manifest_free(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty),
        cmocka_unit_test(every_path_is_found_and_no_other),
        cmocka_unit_test(of_one_path_the_first_that_was_added_is_found),
        cmocka_unit_test(texts_are_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
