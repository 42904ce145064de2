/* What a step of the release moves, changes or removes by itself can be undone; and a renamed back office is shown to it under its first name. */
#include "oc_store.h"

#include "platform/opencart/plan_parts.h"
#include "sys/stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct shop_dir p;
static struct arena mem;

static void keep(const char *step)
{
    const struct oc_todo todo = {.name = step};
    struct oc_case c = {.mem = &mem};

    if (oc_keep_files(&p.s, &c, &todo, &p.w, &p.e) < 0)
        fail_msg("%s", p.e.text);
}

static void undo(void)
{
    assert_int_equal(stage_undo(&p.undo, &p.s.tree, true, NULL, &p.e), 0);
}

static void moved_files_come_back(void **state)
{
    (void)state;
    shop_dir_put(&p, "image/data/a.png", "picture");
    shop_dir_put(&p, "system/upload/b.zip", "of a customer");
    shop_dir_put(&p, "system/logs/error.log", "old lines");
    keep("1006");
    shop_dir_remove(&p, "image/data");
    shop_dir_put(&p, "image/catalog/a.png", "picture");
    shop_dir_remove(&p, "system/upload");
    shop_dir_put(&p, "system/storage/upload/b.zip", "of a customer");
    shop_dir_remove(&p, "system/logs/error.log");
    undo();
    shop_dir_holds(&p, "image/data/a.png", "picture");
    shop_dir_holds(&p, "system/upload/b.zip", "of a customer");
    shop_dir_holds(&p, "system/logs/error.log", "old lines");
    assert_false(shop_dir_has(&p, "image/catalog/a.png") || shop_dir_has(&p, "system/storage/upload/b.zip"));
}

static void dropped(const char *step, const char *named)
{
    shop_dir_put(&p, named, "dropped");
    shop_dir_put(&p, "catalog/controller/other.php", "other");
    shop_dir_put(&p, "system/storage/vendor/lib.php", "library");
    keep(step);
    shop_dir_remove(&p, named);
    shop_dir_remove(&p, "system/storage/vendor/lib.php");
    shop_dir_put(&p, "catalog/controller/other.php", "changed");
    undo();
    shop_dir_holds(&p, named, "dropped");
    shop_dir_holds(&p, "system/storage/vendor/lib.php", "library");
    /* No step removes it. */
    shop_dir_holds(&p, "catalog/controller/other.php", "changed");
}

static void files_of_dropped_extensions_come_back(void **state)
{
    (void)state;
    dropped("1010", "catalog/model/extension/openbay/amazon.php");
}

static void files_of_dropped_extensions_of_4_come_back(void **state)
{
    (void)state;
    dropped("upgrade_12", "extension/ocmod/catalog/x.php");
}

static void other_steps_keep_nothing(void **state)
{
    (void)state;
    shop_dir_put(&p, "image/data/a.png", "picture");
    keep("1003");
    shop_dir_put(&p, "image/data/a.png", "changed");
    undo();
    shop_dir_holds(&p, "image/data/a.png", "changed");
}

static void the_first_name_is_shown_and_taken_back(void **state)
{
    (void)state;
    assert_true(oc_needs_first_name(&p.s, OC_FAMILY_22));
    assert_false(oc_needs_first_name(&p.s, OC_FAMILY_40));
    shop_dir_put(&p, "back/config.php", "<?php // ours\n");
    assert_int_equal(oc_first_name_put(&p.s, &p.w, &p.e), 0);
    shop_dir_holds(&p, "admin/config.php", "<?php // ours\n");
    /* A step that failed has written nothing that counts. */
    shop_dir_put(&p, "admin/config.php", "<?php // half\n");
    assert_int_equal(oc_first_name_back(&p.s, false, &p.w, &p.e), 0);
    shop_dir_holds(&p, "back/config.php", "<?php // ours\n");
    assert_false(shop_dir_has(&p, "admin"));
    assert_int_equal(oc_first_name_put(&p.s, &p.w, &p.e), 0);
    shop_dir_put(&p, "admin/config.php", "<?php // by the step\n");
    assert_int_equal(oc_first_name_back(&p.s, true, &p.w, &p.e), 0);
    shop_dir_holds(&p, "back/config.php", "<?php // by the step\n");
    assert_false(shop_dir_has(&p, "admin"));
    undo();
    shop_dir_holds(&p, "back/config.php", "<?php // ours\n");
    /* A folder of that name with a back office in it is the real one. */
    shop_dir_put(&p, "admin/index.php", "<?php\n");
    assert_false(oc_needs_first_name(&p.s, OC_FAMILY_22));
}

static int teardown(void **state)
{
    arena_free(&mem);
    return shop_dir_teardown(state);
}

#define ONE(f) cmocka_unit_test_prestate_setup_teardown(f, oc_store_setup, teardown, &p)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ONE(moved_files_come_back),    ONE(files_of_dropped_extensions_come_back),  ONE(files_of_dropped_extensions_of_4_come_back),
        ONE(other_steps_keep_nothing), ONE(the_first_name_is_shown_and_taken_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
