/* The plan of an upgrade of PrestaShop, as far as it rests on traces and files: no server is asked here. */
#include "platform/prestashop/plan_case.h"
#include "ps_store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define WS     "admin4711/autoupgrade/"
#define LOG    WS "tmp/log.txt"
#define LATEST WS "latest/"
#define T      "[2024-03-18 10:15:00] "

#define UNPACKED T "Starting upgrade...\n" T "Shop deactivated. Extracting files...\n" T "File extraction complete. Now backing up files...\n"
#define BACKED_UP UNPACKED T "Backup files initialized in auto-backupfiles_V8.1.7_20240318-101500-4794c12c.zip\n" \
                  T "All files saved. Now backing up database\n" \
                  T "Database backup done in filename V8.1.7_20240318-101500-4794c12c. Now upgrading files...\n"
#define COPYING BACKED_UP T "5 files will be upgraded.\n" T "Copied /index.php.\n"

extern const struct platform prestashop;

static struct shop_dir store;
static struct plan plan;

static void put_release(void)
{
    shop_dir_put(&store, LATEST "index.php", "new index\n");
    shop_dir_put(&store, LATEST "config/defines.inc.php", "<?php\n");
    shop_dir_put(&store, LATEST "classes/Tools.php", "new tools\n");
    shop_dir_put(&store, LATEST "controllers/a.php", "same\n");
    shop_dir_put(&store, LATEST "admin/footer.php", "new footer\n");
    shop_dir_put(&store, LATEST "src/Core/Version.php", "<?php\nfinal class Version\n{\n    public const VERSION = '8.2.1';\n}\n");
    shop_dir_put(&store, LATEST "install/install_version.php", "<?php\ndefine('_PS_INSTALL_VERSION_', '8.2.1');\n");
    shop_dir_put(&store, LATEST "vendor/autoload.php", "new loader\n");
    shop_dir_put(&store, LATEST "vendor/a/a.php", "new a\n");
    shop_dir_put(&store, LATEST "override/classes/x.php", "new\n");
    shop_dir_put(&store, LATEST "img/logo.jpg", "new\n");
    shop_dir_put(&store, LATEST "modules/grown/grown.php", "<?php $this->version = '1.0.0';\n");
    shop_dir_put(&store, "modules/grown/grown.php", "<?php $this->version = '2.0.0';\n");
    shop_dir_put(&store, "controllers/a.php", "same\n");
    shop_dir_put(&store, "config/defines.inc.php", "<?php\n");
    shop_dir_put(&store, "classes/Tools.php", "old\n");
    shop_dir_put(&store, "classes/Gone.php", "old\n");
    shop_dir_put(&store, "classes/Mine.php", "changed\n");
    shop_dir_put(&store, "index.php", "new index\n");
    shop_dir_put(&store, "override/classes/x.php", "own\n");
    shop_dir_put(&store, "img/logo.jpg", "own\n");
    /* The old version's list: md5 of "old\n". */
    shop_dir_put(&store, "config/xml/8.1.7.xml",
                 "<?xml version=\"1.0\"?>\n<checksum_list>\n\t<ps_root_dir version=\"8.1.7\">\n"
                 "<md5file name=\"index.php\">814fa5ca98406a903e22b43d9b610105</md5file>\n"
                 "<dir name=\"classes\"><md5file name=\"Tools.php\">814fa5ca98406a903e22b43d9b610105</md5file>"
                 "<md5file name=\"Gone.php\">814fa5ca98406a903e22b43d9b610105</md5file>"
                 "<md5file name=\"Mine.php\">814fa5ca98406a903e22b43d9b610105</md5file></dir>\n\t</ps_root_dir>\n</checksum_list>\n");
}

static void make_plan(const char *log)
{
    struct err e = {0};

    plan_free(&plan);
    shop_dir_put(&store, "modules/autoupgrade/config.xml",
                 "<?xml version=\"1.0\"?><module><name>autoupgrade</name><version><![CDATA[6.2.0]]></version></module>");
    shop_dir_put(&store, WS "index.php", "<?php\n");
    if (log)
        shop_dir_put(&store, LOG, log);
    ps_store_open(&store);
    store.s.platform = &prestashop;
    if (ps_plan(&store.s, &plan, &e) < 0)
        fail_msg("%s", e.text);
}

static int teardown(void **state)
{
    plan_free(&plan);
    return shop_dir_teardown(state);
}

static const struct step *step(const char *id)
{
    const struct step *st = plan_find(&plan, id);

    if (st == NULL)
        fail_msg("no step %s", id);
    return st;
}

static bool has_finding(const char *code)
{
    for (size_t i = 0; i < plan.findings.n; i++)
        if (strcmp(plan.findings.v[i].code, code) == 0)
            return true;
    return false;
}

static void nothing(void **state)
{
    (void)state;
    make_plan(NULL);
    assert_int_equal(plan.state, UPGRADE_NONE);
    assert_int_equal(plan.steps.n, 0);
}

static void only_prepared(void **state)
{
    (void)state;
    put_release();
    make_plan(BACKED_UP);
    assert_int_equal(plan.state, UPGRADE_INTERRUPTED);
    assert_false(plan.touched);
    assert_string_equal(plan_failed(&plan)->id, "files");
    assert_int_equal(step("backup:db")->state, STEP_DONE);
    assert_int_equal(step("cache")->state, STEP_SKIPPED);
    assert_int_equal(step("open")->state, STEP_PENDING);
    assert_true(plan.advice == NULL || strcmp(plan.advice, "restore") != 0);
    make_plan(UNPACKED T "Backup files initialized in a.zip\n");
    assert_string_equal(plan_failed(&plan)->id, "backup:files");
    assert_int_equal(step("files")->state, STEP_SKIPPED);
}

static void given_up(void **state)
{
    struct err e = {0};

    (void)state;
    put_release();
    make_plan(BACKED_UP);
    assert_int_equal(ps_mark_put(&store.s, PS_MARK_GIVEN_UP, &store.w, &e), 0);
    make_plan(NULL);
    assert_int_equal(plan.state, UPGRADE_NONE);
    assert_null(plan_failed(&plan));
}

static const struct copy_file *todo(const char *path)
{
    const struct ps_case *c = ps_plan_case(&plan);

    for (size_t i = 0; i < c->todo.n; i++)
        if (strcmp(c->todo.v[i].path, path) == 0)
            return &c->todo.v[i];
    return NULL;
}

static void half_the_files(void **state)
{
    const struct ps_case *c;

    (void)state;
    put_release();
    make_plan(COPYING);
    c = ps_plan_case(&plan);
    assert_string_equal(c->to, "8.2.1");
    assert_string_equal(plan_failed(&plan)->id, "files");
    assert_int_equal(step("files")->state, STEP_PARTIAL);
    assert_true(step("files")->can_run);
    assert_true(plan.touched);
    assert_non_null(todo("classes/Tools.php"));
    assert_false(todo("classes/Tools.php")->edited);
    assert_non_null(todo("admin4711/footer.php"));
    assert_int_equal(todo("classes/Gone.php")->act, COPY_DELETE);
    assert_null(todo("classes/Mine.php"));
    assert_int_equal(c->kept.n, 1);
    assert_null(todo("index.php"));
    assert_null(todo("override/classes/x.php"));
    assert_null(todo("img/logo.jpg"));
    assert_null(todo("install/install_version.php"));
    assert_null(todo("modules/grown/grown.php"));
    assert_string_equal(c->todo.v[c->todo.n - 1].path, "vendor/autoload.php");
    assert_string_equal(plan.failure.code, "killed");
    assert_true(has_finding("files_kept"));
}

/* What is neither old nor new is replaced, but named. */
static void edited(void **state)
{
    (void)state;
    put_release();
    shop_dir_put(&store, "classes/Tools.php", "mine\n");
    make_plan(COPYING T "Error while copying file /classes/Tools.php\n");
    assert_true(todo("classes/Tools.php")->edited);
    assert_true(has_finding("files_edited"));
    assert_int_equal(step("files")->state, STEP_FAILED);
    assert_string_equal(plan.failure.code, "ps_copy");
}

static void release_is_gone(void **state)
{
    (void)state;
    make_plan(COPYING);
    assert_string_equal(plan_failed(&plan)->id, "files");
    assert_false(step("files")->can_run);
    assert_non_null(step("files")->why_not);
    assert_true(has_finding("module_command"));
    assert_true(has_finding("restore_instead"));
    /* One of another version does not help. */
    put_release();
    shop_dir_put(&store, WS "logs/x", "");
    make_plan(COPYING T "Downloaded archive will come from https://a.example/prestashop_8.2.0.zip\n");
    assert_false(step("files")->can_run);
    assert_true(has_finding("release_other"));
}

static void finished(void **state)
{
    (void)state;
    make_plan(COPYING T "All files upgraded. Now upgrading database...\n" T "Upgrade process done. Congratulations! You can now reactivate your shop.\n");
    assert_int_equal(plan.state, UPGRADE_FINISHED);
    assert_null(plan_failed(&plan));
    /* Old leftovers alone are no upgrade either. */
    shop_dir_remove(&store, WS "tmp");
    shop_dir_put(&store, WS "modulesToUpgrade.list", "YTowOnt9");
    make_plan(NULL);
    assert_int_not_equal(plan.state, UPGRADE_INTERRUPTED);
}

static void rolled_back(void **state)
{
    (void)state;
    put_release();
    make_plan(COPYING T "Restoring files ...\n" T "Files restored. Now restoring database...\n"
                      T "[SQL ERROR] CREATE TABLE `ps_a` (x) - You have an error in your SQL syntax\n");
    assert_int_equal(plan.state, UPGRADE_INTERRUPTED);
    assert_string_equal(plan.advice, "restore");
    assert_null(plan_find(&plan, "files"));
    assert_false(plan_failed(&plan)->can_run);
    assert_true(ps_plan_case(&plan)->rolled_back);
    assert_true(ps_plan_case(&plan)->rollback_half);
}

static void two_versions(void **state)
{
    (void)state;
    put_release();
    shop_dir_put(&store, "config/autoload.php", "<?php\ndefine('_PS_VERSION_', '8.2.1');\n");
    make_plan(NULL);
    assert_int_equal(plan.state, UPGRADE_INTERRUPTED);
    assert_string_equal(plan_failed(&plan)->id, "files");
    assert_true(has_finding("versions_mixed"));
}

static void damaged_state(void **state)
{
    (void)state;
    put_release();
    shop_dir_put(&store, WS "filesToUpgrade.list", "YTo");
    make_plan(COPYING);
    assert_true(has_finding("state_unreadable"));
    assert_string_equal(plan_failed(&plan)->id, "files");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define ps_plan_test(f) cmocka_unit_test_prestate_setup_teardown(f, ps_store_setup, teardown, &store)
        ps_plan_test(nothing),         ps_plan_test(only_prepared), ps_plan_test(given_up),    ps_plan_test(half_the_files),
        ps_plan_test(edited),          ps_plan_test(finished),      ps_plan_test(rolled_back), ps_plan_test(release_is_gone),
        ps_plan_test(two_versions),    ps_plan_test(damaged_state),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
