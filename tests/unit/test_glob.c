#include "base/glob.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static bool one(const char *pattern, const char *path)
{
    const char *const patterns[] = {"none/*", pattern, NULL};

    return glob_any(patterns, path);
}

static void patterns_stand_for_paths(void **state)
{
    (void)state;
    assert_false(glob_any(NULL, "a"));
    assert_true(one("images", "images"));
    assert_true(one("images", "images/a/b.jpg"));
    assert_false(one("images", "imagesets/a"));
    assert_false(one("images", "var/images/a"));
    assert_true(one("images/*", "images/a/b.jpg"));
    assert_true(one("*.jpg", "images/a/b.jpg"));
    assert_true(one("app/*/x.php", "app/a/b/x.php"));
    assert_true(one("a?c", "abc"));
    assert_false(one("a?c", "ac"));
    assert_true(one("[ab]c", "bc"));
    assert_true(one("a\\*", "a*"));
    assert_false(one("a\\*", "ab"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(patterns_stand_for_paths)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
