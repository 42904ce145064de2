/* One file of a store is written, deleted or kept, and the undo area has what it was. */
#include "shop_dir.h"

#include "platform/one_file.h"
#include "sys/stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct shop_dir p;

static int setup(void **state)
{
    (void)state;
    shop_dir_make(&p);
    shop_dir_undo(&p);
    shop_dir_put(&p, "a/settings.php", "old");
    return tree_open(&p.s.tree, p.root, &p.e);
}

/* What was not there before is gone then. */
static void undo_brings_back(void)
{
    assert_int_equal(stage_undo(&p.undo, &p.s.tree, true, NULL, &p.e), 0);
    shop_dir_holds(&p, "a/settings.php", "old");
    assert_false(shop_dir_has(&p, "b/more.php"));
}

static void is_written(void **state)
{
    (void)state;
    assert_int_equal(one_file_put(&p.s, &p.w, "a/settings.php", STR("new"), &p.e), 0);
    assert_int_equal(one_file_put(&p.s, &p.w, "b/more.php", STR(""), &p.e), 0);
    shop_dir_holds(&p, "a/settings.php", "new");
    shop_dir_holds(&p, "b/more.php", "");
    undo_brings_back();
    assert_false(shop_dir_has(&p, "b"));
}

static void is_deleted(void **state)
{
    (void)state;
    assert_int_equal(one_file_delete(&p.s, &p.w, "a/settings.php", false, &p.e), 0);
    assert_true(shop_dir_has(&p, "a"));
    assert_false(shop_dir_has(&p, "a/settings.php"));
    assert_int_equal(one_file_delete(&p.s, &p.w, "a/settings.php", true, &p.e), 0);
    undo_brings_back();
    assert_int_equal(one_file_delete(&p.s, &p.w, "a/settings.php", true, &p.e), 0);
    assert_false(shop_dir_has(&p, "a"));
    undo_brings_back();
}

static void is_kept(void **state)
{
    (void)state;
    assert_int_equal(one_file_keep(&p.s, &p.w, "a/settings.php", &p.e), 0);
    assert_int_equal(one_file_keep(&p.s, &p.w, "b/more.php", &p.e), 0);
    shop_dir_holds(&p, "a/settings.php", "old");
    shop_dir_put(&p, "a/settings.php", "by somebody else");
    shop_dir_put(&p, "b/more.php", "by somebody else");
    undo_brings_back();
}

static void a_refused_path_changes_nothing(void **state)
{
    (void)state;
    assert_int_equal(one_file_put(&p.s, &p.w, "../out.php", STR("x"), &p.e), -1);
    assert_int_equal(one_file_put(&p.s, &p.w, "a", STR("x"), &p.e), -1);
    shop_dir_holds(&p, "a/settings.php", "old");
}

#define ONE(f) cmocka_unit_test_prestate_setup_teardown(f, setup, shop_dir_teardown, &p)

int main(void)
{
    const struct CMUnitTest tests[] = {ONE(is_written), ONE(is_deleted), ONE(is_kept), ONE(a_refused_path_changes_nothing)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
