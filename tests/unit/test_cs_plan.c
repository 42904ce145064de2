#include "files.h"

#include "platform/cscart/plan_parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define T     "2017-08-09 20:00:24: "
#define RULES "\n\n################################################################################\n################################################################################\n"
#define START RULES T "Starting installation of the \"core\" upgrade package\n" T "Upgrading version 4.6.1 to 4.6.2\n"
#define READY START T "Closing storefront\n" T "Backing up files and database\n" T "Backup created at \"/s/var/backups/a.zip\"\n" T \
                      "Sending upgrade information e-mail to: a\n" T "E-mail was successfully sent\n"
#define DONE_1 T " == 20170101000000 One: migrating\n" T " == 20170101000000 One: migrated 0.1s\n"
#define PACKAGE "var/upgrade/packages/core/content/"

struct box {
    char root[64];
    struct store s;
    struct cs cs;
    struct plan p;
};

static void put_package(struct box *b, const char *hash)
{
    struct buf json = {0};

    buf_printf(&json, "{\"files\":{\"app/a.php\":{\"status\":\"changed\",\"hash\":\"%s\"},\"app/b.php\":{\"status\":\"new\"},"
                      "\"app/gone.php\":{\"status\":\"deleted\",\"hash\":\"%s\"}},\"migrations\":[\"20170101000000_one.php\",\"20170102000000_two.php\"]}",
               hash, hash);
    files_put(b->root, PACKAGE "package.json", buf_cstr(&json));
    files_put(b->root, PACKAGE "package/app/a.php", "new a\n");
    files_put(b->root, PACKAGE "package/app/b.php", "new b\n");
    files_put(b->root, PACKAGE "migrations/20170101000000_one.php", "<?php\n");
    files_put(b->root, PACKAGE "migrations/20170102000000_two.php", "<?php\n");
    files_put(b->root, "var/upgrade/packages/core/schema.json",
              "{\"id\":\"core\",\"from_version\":\"4.6.1\",\"to_version\":\"4.6.2\",\"file\":\"u.zip\"}");
    buf_free(&json);
}

static void make(struct box *b, const char *log)
{
    struct err e = {0};
    struct digest d;
    char hex[HASH_HEX];

    memset(b, 0, sizeof *b);
    snprintf(b->root, sizeof b->root, "/tmp/toolkit-plan.XXXXXX");
    assert_non_null(mkdtemp(b->root));
    hash_bytes(HASH_MD5, "old\n", 4, &d);
    put_package(b, digest_hex(&d, hex));
    files_put(b->root, "app/a.php", "old\n");
    files_put(b->root, "app/gone.php", "old\n");
    files_put(b->root, "var/upgrade/core_log.txt", log);
    assert_int_equal(tree_open(&b->s.tree, b->root, &e), 0);
    b->cs = (struct cs){.admin = "admin.php", .vendor = "vendor.php", .customer = "index.php", .cache_backend = "file", .version = "4.6.1"};
    b->s.own = &b->cs;
    b->s.version = "4.6.1";
    b->s.prefix = "cscart_";
}

static void plan(struct box *b)
{
    struct err e = {0};

    if (cs_plan(&b->s, &b->p, &e) < 0)
        fail_msg("%s", e.text);
}

static void drop(struct box *b)
{
    struct err e = {0};

    plan_free(&b->p);
    php_list_free(&b->s.phps);
    tree_remove_tree(&b->s.tree, "", true, &e);
    tree_close(&b->s.tree);
    arena_free(&b->s.mem);
    remove(b->root);
}

static enum step_state state_of(const struct box *b, const char *id)
{
    const struct step *st = plan_find(&b->p, id);

    if (st == NULL)
        fail_msg("no step %s", id);
    return st->state;
}

static void untouched(void **state)
{
    struct box b;

    (void)state;
    make(&b, START T "Executing \"permissions\" validator\n" T "Upgrade stopped: awaiting resolving \"permissions\" validator errors\n");
    plan(&b);
    assert_int_equal(b.p.state, UPGRADE_INTERRUPTED);
    assert_string_equal(plan_failed(&b.p)->id, "check");
    assert_false(b.p.touched);
    assert_int_equal(state_of(&b, "files:core:copy"), STEP_SKIPPED);
    assert_int_equal(state_of(&b, "schema:20170101000000"), STEP_SKIPPED);
    assert_int_equal(state_of(&b, "open"), STEP_PENDING);
    drop(&b);
    make(&b, START T CS_LOG_GIVEN_UP_TEXT "\n");
    plan(&b);
    assert_int_equal(b.p.state, UPGRADE_NONE);
    drop(&b);
}

static void half_a_migration(void **state)
{
    struct box b;

    (void)state;
    make(&b, READY T "Executing 2 migrations found at package\n" DONE_1 T " == 20170102000000 Two: migrating\n");
    plan(&b);
    assert_true(b.p.touched);
    assert_int_equal(state_of(&b, "schema:20170101000000"), STEP_DONE);
    assert_int_equal(state_of(&b, "schema:20170102000000"), STEP_PARTIAL);
    assert_non_null(plan_failed(&b.p)->danger);
    assert_false(plan_failed(&b.p)->repeatable);
    assert_int_equal(state_of(&b, "files:core:copy"), STEP_PENDING);
    drop(&b);
}

static void half_the_files(void **state)
{
    struct box b;
    const struct cs_case *c;

    (void)state;
    make(&b, READY T "Migrations were executed successfully\n" T "Copying package files\n");
    files_put(b.root, "app/a.php", "new a\n");
    plan(&b);
    assert_int_equal(state_of(&b, "schema:20170102000000"), STEP_DONE);
    assert_string_equal(plan_failed(&b.p)->id, "files:core:copy");
    assert_int_equal(state_of(&b, "files:core:copy"), STEP_PARTIAL);
    c = b.p.own;
    assert_int_equal(c->parts[CS_PART_COPY].applied, 1);
    assert_int_equal(c->parts[CS_PART_COPY].todo.n, 1);
    assert_int_equal(c->parts[CS_PART_COPY].edited, 0);
    assert_int_equal(c->parts[CS_PART_DELETE].todo.n, 1);
    drop(&b);
}

static void edited_and_kept(void **state)
{
    struct box b;
    const struct cs_case *c;

    (void)state;
    make(&b, READY T "Migrations were executed successfully\n" T "Copying package files\n");
    files_put(b.root, "app/a.php", "mine\n");
    files_put(b.root, "app/gone.php", "mine\n");
    plan(&b);
    c = b.p.own;
    assert_int_equal(c->parts[CS_PART_COPY].edited, 1);
    assert_int_equal(c->parts[CS_PART_DELETE].todo.n, 0);
    assert_int_equal(c->parts[CS_PART_DELETE].kept.n, 1);
    drop(&b);
}

static void package_is_gone(void **state)
{
    struct err e = {0};
    struct box b;

    (void)state;
    make(&b, READY T "Migrations were executed successfully\n" T "Copying package files\n");
    assert_int_equal(tree_remove_tree(&b.s.tree, "var/upgrade/packages", false, &e), 0);
    plan(&b);
    assert_string_equal(plan_failed(&b.p)->id, "files:core:copy");
    assert_false(plan_failed(&b.p)->can_run);
    assert_non_null(plan_failed(&b.p)->why_not);
    drop(&b);
}

static void nothing_there(void **state)
{
    struct err e = {0};
    struct box b;

    (void)state;
    make(&b, "");
    assert_int_equal(tree_remove_tree(&b.s.tree, "var/upgrade", false, &e), 0);
    plan(&b);
    assert_int_equal(b.p.state, UPGRADE_NONE);
    assert_int_equal(b.p.steps.n, 0);
    drop(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(untouched),       cmocka_unit_test(half_a_migration), cmocka_unit_test(half_the_files),
        cmocka_unit_test(edited_and_kept), cmocka_unit_test(package_is_gone),  cmocka_unit_test(nothing_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
