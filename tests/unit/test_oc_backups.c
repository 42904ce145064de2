/* Backups of OpenCart: where they lie, their names, what is in them, which versions' tables a dump has, what is wrong with it, and which is the clean one. */
#include "files.h"
#include "platform/opencart/dump_version.h"
#include "platform/opencart/plan_case.h"
#include "rescue/backup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct platform opencart_side = {
    .name = "opencart",
    .title = "OpenCart",
    .backup_find = oc_backup_find,
    .backup_hint = oc_backup_hint,
    .backup_role = oc_backup_role,
    .backup_faults = oc_backup_faults,
    .dump_faults = oc_dump_faults,
    .version_files = oc_version_files,
    .version_in = oc_version_file_in,
    .code_dirs = oc_code_dirs,
    .undumped_tables = oc_undumped_tables,
    .backup_judge = oc_backup_judge,
    .table_source = oc_table_source,
};

static char root[64];
static char aside[80];
static struct store s;
static struct store_opts opts;
static struct oc own;
static struct backup_list list;
static struct plan plan;
static struct oc_case upgrade;
static struct err e;

static int setup(void **state)
{
    (void)state;
    snprintf(root, sizeof root, "/tmp/test_oc_backups.XXXXXX");
    assert_non_null(mkdtemp(root));
    snprintf(aside, sizeof aside, "%s/outside", root);
    memset(&s, 0, sizeof s);
    memset(&own, 0, sizeof own);
    memset(&list, 0, sizeof list);
    memset(&plan, 0, sizeof plan);
    memset(&upgrade, 0, sizeof upgrade);
    memset(&opts, 0, sizeof opts);
    memset(&e, 0, sizeof e);
    files_mkdir(root, "shop");
    files_mkdir(root, "outside/backup");
    files_put(root, "shop/index.php", "<?php define('VERSION', '3.0.3.9');");
    s.platform = &opencart_side;
    s.opts = &opts;
    s.own = &own;
    s.prefix = "oc_";
    s.version = "3.0.3.9";
    own.admin = "boss";
    own.storage = "system/storage";
    own.backup = "system/storage/backup";
    own.upload = "system/storage/upload";
    own.download = "system/storage/download";
    own.cache = "system/storage/cache";
    own.logs = "system/storage/logs";
    assert_int_equal(tree_open(&s.tree, arena_printf(&s.mem, "%s/shop", root), &e), 0);
    return 0;
}

static int teardown(void **state)
{
    struct tree tmp = {0};

    (void)state;
    backup_list_free(&list);
    plan_free(&plan);
    tree_close(&s.tree);
    tree_close(&s.aside);
    arena_free(&s.mem);
    assert_int_equal(tree_open(&tmp, "/tmp", &e), 0);
    assert_int_equal(tree_remove_tree(&tmp, root + strlen("/tmp/"), false, &e), 0);
    tree_close(&tmp);
    return 0;
}

static struct backup *listed(const char *path)
{
    for (size_t i = 0; i < list.all.n; i++)
        if (strcmp(list.all.v[i]->path, path) == 0)
            return list.all.v[i];
    return NULL;
}

static void find(void)
{
    backup_list_free(&list);
    memset(&list, 0, sizeof list);
    if (backup_find(&s, NULL, 0, &list, &e) != 0)
        fail_msg("%s", e.text);
}

#define DUMP "TRUNCATE TABLE `oc_a`;\n\nINSERT INTO `oc_a` (`id`) VALUES ('1');\n\n"

/* ---- places and names ---- */

static void places(void **state)
{
    (void)state;
    files_put(root, "shop/system/storage/backup/2026-11-21 07.21.55.sql", DUMP);
    files_put(root, "shop/system/storage/backup/mine.sql", DUMP);
    files_put(root, "shop/system/storage/backup/index.html", "");
    files_put(root, "shop/system/storage/upload/bacAb12Cd", DUMP);
    files_put(root, "shop/system/storage/upload/bacchus.pdf", "no");
    files_put(root, "shop/system/storage/upload/bacAb12C-", DUMP);
    files_put(root, "shop/shop_2026-11-20_07-00-00_backup.sql", DUMP);
    files_put(root, "shop/backups/host.sql", DUMP);
    files_put(root, "shop/opencart-4.1.0.4.zip", "PK");
    find();
    assert_int_equal(list.all.n, 5);
    assert_string_equal(listed("system/storage/backup/2026-11-21 07.21.55.sql")->taken, "2026-11-21 07:21:55");
    assert_true(listed("system/storage/backup/2026-11-21 07.21.55.sql")->taken_by_name);
    assert_string_equal(listed("shop_2026-11-20_07-00-00_backup.sql")->taken, "2026-11-20 07:00:00");
    assert_false(listed("system/storage/backup/mine.sql")->taken_by_name);
    assert_true(listed("system/storage/upload/bacAb12Cd")->rows_alone);
    assert_non_null(listed("backups/host.sql"));
}

/* A storage outside of the store: its backups are named by their whole path. */
static void outside(void **state)
{
    char path[200];

    (void)state;
    own.aside_backup = true;
    own.backup = "backup";
    s.aside_path = aside;
    files_put(root, "outside/backup/x.sql", DUMP);
    find();
    assert_int_equal(list.all.n, 0);
    assert_int_equal(tree_open(&s.aside, aside, &e), 0);
    find();
    snprintf(path, sizeof path, "%s/backup/x.sql", aside);
    assert_non_null(listed(path));
    assert_int_equal(backup_check(&s, &list, listed(path), NULL, &e), 0);
    assert_int_equal(listed(path)->rows, 1);
}

static void hints(void **state)
{
    static const char *const names[][2] = {
        {"shop_2026-11-21_07-21-55_backup.sql", "2026-11-21 07:21:55"},
        {"a/2026-11-21 07.21.55.sql", "2026-11-21 07:21:55"},
        {"my_2026_shop_2019-02-28_23-59-59_backup (1).sql", "2019-02-28 23:59:59"},
        {"2019-02-29 10.00.00.sql", NULL},
        {"2019-13-01 10.00.00.sql", NULL},
        {"2019-12-01 10.00-00.sql", NULL},
        {"2019-12-01 10.00.0", NULL},
        {"bacAb12Cd", NULL},
        {"", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct backup_hint h = {0};

        oc_backup_hint(&s, names[i][0], &s.mem, &h);
        if ((h.taken == NULL) != (names[i][1] == NULL) || (h.taken && strcmp(h.taken, names[i][1]) != 0))
            fail_msg("%s: %s", names[i][0], h.taken ? h.taken : "none");
    }
}

static void roles(void **state)
{
    static const struct {
        const char *path;
        enum backup_role role;
    } all[] = {
        {"config.php", BACKUP_CONFIG},
        {"boss/config.php", BACKUP_CONFIG},
        {"admin/config.php", BACKUP_CONFIG},
        {"catalog/config.php", BACKUP_ENTRY},
        {"dump.sql", BACKUP_DUMP},
        {"dump.sql.gz", BACKUP_DUMP},
        {"install/opencart.sql", BACKUP_ENTRY},
        {"system/storage/cache/x", BACKUP_LEAVE},
        {"system/storage/backup/x.sql", BACKUP_LEAVE},
        {"system/storage/modification/x.php", BACKUP_LEAVE},
        {"system/storage/upload/x", BACKUP_ENTRY},
        {"system/storage/cached", BACKUP_ENTRY},
        {"image/cache/x.jpg", BACKUP_LEAVE},
        {"index.php", BACKUP_ENTRY},
    };

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (oc_backup_role(&s, str_of(all[i].path)) != all[i].role)
            fail_msg("%s", all[i].path);
}

static void version_files(void **state)
{
    char out[32] = "";

    (void)state;
    assert_true(oc_version_file_in(STR("index.php"), STR("<?php\n// Version\ndefine('VERSION', '4.0.2.3');\n"), out));
    assert_string_equal(out, "4.0.2.3");
    assert_false(oc_version_file_in(STR("index.php"), STR("<?php define('VERSION', 'none');"), out));
    assert_false(oc_version_file_in(STR("index.php"), STR("<?php define('VERSION', '4.0"), out));
}

/* ---- which versions ---- */

static void put_dump(const char *text)
{
    files_put(root, "shop/backups/x.sql", text);
    find();
    assert_int_equal(backup_check(&s, &list, list.all.v[0], NULL, &e), 0);
}

#define T(table, columns) "TRUNCATE TABLE `oc_" table "`;\n\nINSERT INTO `oc_" table "` (" columns ") VALUES ('1');\n\n"

static const char *range(const char *text)
{
    struct oc_range r;

    put_dump(text);
    oc_dump_range(&s, list.all.v[0], &r);
    return r.mixed ? "mixed" : oc_range_words(&r, &s.mem);
}

static void ranges(void **state)
{
    struct oc_range r = {.from = "3.0.0.0", .below = "4.0.0.0"};

    (void)state;
    assert_string_equal(range(T("event", "`event_id`, `code`, `status`, `date_added`, `sort_order`") T("country", "`country_id`, `name`")), "3.0.0.0 or later, before 4.0.0.0");
    assert_string_equal(range(T("event", "`event_id`, `code`") T("cart", "`cart_id`")), "2.1.0.0 or later, before 2.3.0.0");
    /* Some of it is newer than the rest can be. */
    assert_string_equal(range(T("event", "`event_id`, `code`") T("country", "`country_id`, `address_format_id`")), "mixed");
    assert_string_equal(range(T("nobody_knows", "`x`")), "the version that it was made with");
    assert_true(oc_range_has(&r, "3.0.3.9") && oc_range_has(&r, "3.0.0.0"));
    assert_false(oc_range_has(&r, "4.0.0.0") || oc_range_has(&r, "2.3.0.2"));
}

static void dump_prefix(void **state)
{
    (void)state;
    put_dump("TRUNCATE TABLE `my_x_setting`;\n\nINSERT INTO `my_x_setting` (`setting_id`) VALUES ('1');\n\n");
    assert_true(str_is(oc_dump_prefix(&s, list.all.v[0]), "my_x_"));
    put_dump("TRUNCATE TABLE `setting`;\n\nINSERT INTO `setting` (`setting_id`) VALUES ('1');\n\n");
    assert_true(str_is(oc_dump_prefix(&s, list.all.v[0]), ""));
    put_dump("TRUNCATE TABLE `oc_setting`;\n\nINSERT INTO `oc_setting` (`setting_id`) VALUES ('1');\n\n");
    assert_true(str_is(oc_dump_prefix(&s, list.all.v[0]), "oc_"));
}

/* ---- faults ---- */

static bool has_problem(const struct backup *b, const char *words)
{
    for (size_t i = 0; i < b->problems.n; i++)
        if (strstr(b->problems.v[i], words))
            return true;
    return false;
}

static void faults(void **state)
{
    (void)state;
    put_dump(T("address", "`address_id`") T("attribute", "`attribute_id`") T("banner", "`banner_id`"));
    assert_int_equal(list.all.v[0]->sound, BACKUP_DAMAGED);
    assert_true(has_problem(list.all.v[0], "it ends at table oc_banner: category and what every version has behind it are missing"));
    /* Tables that somebody chose. */
    put_dump(T("setting", "`setting_id`") T("zone", "`zone_id`"));
    assert_int_equal(list.all.v[0]->sound, BACKUP_SOUND);
    put_dump(T("address", "`address_id`") T("zone_to_geo_zone", "`zone_id`"));
    assert_int_equal(list.all.v[0]->sound, BACKUP_SOUND);
    /* Of other writers nothing is known. */
    put_dump("CREATE TABLE `oc_address` (`a` int);\nINSERT INTO `oc_address` VALUES (1);\n");
    assert_int_equal(list.all.v[0]->sound, BACKUP_SOUND);
}

static void told_of_rows(void **state)
{
    const struct backup *b;

    (void)state;
    put_dump("TRUNCATE TABLE `oc_zone`;\n\nINSERT INTO `oc_zone` (`zone_id`, `name`) VALUES ('1', 'say \"x\"');\n"
             "INSERT INTO `oc_zone` (`zone_id`, `name`) VALUES ('2', 'a\\\\0b');\nINSERT INTO `oc_zone` (`zone_id`, `name`) VALUES ('2', 'a\\\\0b');\n");
    b = list.all.v[0];
    assert_int_equal(b->sound, BACKUP_SOUND);
    assert_true(has_problem(b, "2 values may have lost bytes"));
    assert_true(has_problem(b, "restore --repair-escapes"));
    assert_true(has_problem(b, "line 4, byte "));
    assert_true(has_problem(b, "oc_zone.name of zone_id 2"));
    assert_true(has_problem(b, "table oc_zone has 1 row twice, the first at lines 4 and 5"));
    assert_true(has_problem(b, "no blank line stands at its end"));
    /* By two writers: nothing is repaired of what may be right. */
    put_dump("TRUNCATE TABLE `oc_zone`;\n\nINSERT INTO `oc_zone` (`zone_id`, `name`) VALUES ('1', 'say \"x\"');\n"
             "INSERT INTO `oc_zone` (`zone_id`, `name`) VALUES ('2', 'a\\\\0b');\nINSERT INTO `oc_zone` (`zone_id`, `name`) VALUES ('3', 'say \\\"x\\\"');\n\n");
    b = list.all.v[0];
    assert_true(has_problem(b, "escaped in two ways"));
    assert_true(has_problem(b, "1 value may have lost bytes"));
    assert_false(has_problem(b, "--repair-escapes"));
    /* The newer writer loses nothing. */
    put_dump("TRUNCATE TABLE `oc_zone`;\n\nINSERT INTO `oc_zone` (`zone_id`, `name`) VALUES ('2', 'a\\\\0b');\n"
             "INSERT INTO `oc_zone` (`zone_id`, `name`) VALUES ('3', 'say \\\"x\\\"');\n\n");
    assert_int_equal(list.all.v[0]->problems.n, 0);
}

/* ---- tables ---- */

static int source(const char *text, const char *table, const char *const *columns, size_t n, struct buf *create, struct err *why)
{
    put_dump(text);
    own.schema_texts = NULL;
    own.schema_sought = false;
    buf_reset(create);
    err_clear(why);
    return oc_table_source(&s, list.all.v[0], table, columns, n, create, why);
}

static void sources(void **state)
{
    static const char *const columns[] = {"zone_id", "name"};
    static const char *const others[] = {"zone_id", "title"};
    static const char *const last[] = {"last_id"};
    static const char dump[] = T("zone", "`zone_id`, `name`");
    struct buf create = {0};
    struct err why = {0};

    (void)state;
    assert_int_equal(source(dump, "oc_zone", columns, 2, &create, &why), 0);
    assert_non_null(strstr(why.fix, "--source"));
    files_put(root, "shop/install/opencart.sql",
              "DROP TABLE IF EXISTS `oc_zone`;\nCREATE TABLE `oc_zone` (\n  `zone_id` int(11) NOT NULL AUTO_INCREMENT,\n  `name` varchar(128) NOT NULL,\n"
              "  PRIMARY KEY (`zone_id`)\n) ENGINE=MyISAM DEFAULT CHARSET=utf8 COLLATE=utf8_general_ci;\n"
              "INSERT INTO `oc_zone` (`zone_id`, `name`) VALUES\n(1, 'x;\nCREATE TABLE `oc_none` (`zone_id` int, `name` text);\n'),\n(2, 'y');\n"
              "CREATE TABLE `oc_last` (\n  `last_id` int(11) NOT NULL\n) ENGINE=MyISAM DEFAULT CHARSET=utf8;\n");
    s.prefix = "x_";
    assert_int_equal(source(dump, "x_zone", columns, 2, &create, &why), 1);
    if (strstr(buf_cstr(&create), "`x_zone`") == NULL)
        fail_msg("%s", buf_cstr(&create));
    assert_non_null(strstr(buf_cstr(&create), "PRIMARY KEY"));
    s.prefix = "oc_";
    assert_int_equal(source(dump, "oc_zone", columns, 1, &create, &why), 0);
    assert_int_equal(source(dump, "oc_none", columns, 2, &create, &why), 0);
    assert_int_equal(source(dump, "oc_last", last, 1, &create, &why), 1);
    buf_reset(&create);
    assert_int_equal(source(dump, "oc_zone", others, 2, &create, &why), 0);
    assert_int_equal(create.n, 0);
    /* What the user names goes in front, in the folders that releases have. */
    files_put(root, "release/opencart-3/upload/install/opencart.sql", "CREATE TABLE `oc_zone` (`zone_id` int(11) NOT NULL, `name` text) ENGINE=InnoDB;\n");
    opts.source = arena_printf(&s.mem, "%s/release", root);
    assert_int_equal(source(dump, "oc_zone", columns, 2, &create, &why), 1);
    assert_non_null(strstr(buf_cstr(&create), "InnoDB"));
    /* One that can't be read is none. */
    files_put(root, "release/opencart-3/upload/install/opencart.sql", "CREATE TABLE `oc_zone` (`zone_id` int(");
    assert_int_equal(source(dump, "oc_zone", columns, 2, &create, &why), 1);
    assert_null(strstr(buf_cstr(&create), "InnoDB"));
    buf_free(&create);
}

/* ---- the clean one ---- */

static void judged(const char *text, const char *why)
{
    put_dump(text);
    backup_choose(&s, &plan, &list);
    if (list.all.v[0]->why == NULL || strstr(list.all.v[0]->why, why) == NULL)
        fail_msg("%s", list.all.v[0]->why ? list.all.v[0]->why : "nothing is said");
}

static void clean_one(void **state)
{
    static const char old[] = T("event", "`event_id`, `code`, `status`, `date_added`, `sort_order`") T("country", "`country_id`, `name`");

    (void)state;
    plan.state = UPGRADE_INTERRUPTED;
    plan.touched = true;
    plan.from = "3.0.3.8";
    judged(old, "the newest whole one from before the upgrade began");
    assert_true(list.all.v[0]->recommended);
    s.version = "4.0.2.3";
    judged(old, "the code here is 4.0.2.3");
    assert_false(list.all.v[0]->recommended);
    plan.from = "2.3.0.2";
    judged(old, "the upgrade began at 2.3.0.2");
    plan.from = "3.0.3.8";
    s.version = "3.0.3.8";
    upgrade.trail.started = "2000-01-01 00:00:00";
    plan.own = &upgrade;
    judged(old, "it was made after the upgrade had begun");
    plan.own = NULL;
    judged(T("event", "`event_id`, `code`") T("country", "`country_id`, `address_format_id`"), "in the middle of an upgrade");
    judged("TRUNCATE TABLE `oc_a`;\n\nINSERT INTO `oc_a` (`id`) VALUES ('1", "damaged");
    plan.touched = false;
    judged(old, "nothing to restore");
    plan.state = UPGRADE_NONE;
    judged(old, "there is no broken upgrade");
    assert_false(list.all.v[0]->recommended);
}

static struct backup *add(const char *path, enum backup_kind kind, const char *version, const char *taken)
{
    struct backup *b = arena_alloc(&list.mem, sizeof *b);

    *b = (struct backup){.path = path, .kind = kind, .version = version, .sound = BACKUP_SOUND};
    b->taken = taken;
    *vec_push(&list.all) = b;
    return b;
}

static void the_best_of_several(void **state)
{
    struct backup *full;
    struct backup *older;
    struct backup *db;
    struct backup *files;
    struct backup *other;
    struct backup *damaged;
    struct backup *late;

    (void)state;
    plan.state = UPGRADE_INTERRUPTED;
    plan.touched = true;
    plan.from = "3.0.3.9";
    upgrade.trail.started = "2026-02-01 00:00:00";
    plan.own = &upgrade;
    older = add("older", BACKUP_FULL, "3.0.3.9", "2026-01-01 00:00:00");
    /* 3.0.3.9 carries the constant of 3.0.3.8. */
    full = add("full", BACKUP_FULL, "3.0.3.8", "2026-01-02 00:00:00");
    db = add("db", BACKUP_DB, NULL, "2026-01-03 00:00:00");
    files = add("files", BACKUP_FILES, "3.0.3.9", "2026-01-04 00:00:00");
    other = add("other", BACKUP_FULL, "3.0.3.7", "2026-01-05 00:00:00");
    damaged = add("damaged", BACKUP_FULL, "3.0.3.9", "2026-01-06 00:00:00");
    damaged->sound = BACKUP_DAMAGED;
    late = add("late", BACKUP_FULL, "3.0.3.9", "2026-02-01 00:00:01");
    oc_backup_judge(&s, &plan, &list);
    for (size_t i = 0; i < list.all.n; i++)
        assert_true(list.all.v[i]->recommended == (list.all.v[i] == full));
    assert_non_null(strstr(full->why, "the newest whole one"));
    assert_non_null(strstr(older->why, "another one fits"));
    assert_non_null(strstr(db->why, "another one fits"));
    assert_non_null(strstr(files->why, "files alone"));
    assert_non_null(strstr(other->why, "it is of version 3.0.3.7, the upgrade began at 3.0.3.9"));
    assert_non_null(strstr(damaged->why, "damaged"));
    assert_non_null(strstr(late->why, "after the upgrade had begun"));
    /* The database alone where nothing holds more. */
    full->sound = older->sound = BACKUP_DAMAGED;
    oc_backup_judge(&s, &plan, &list);
    assert_true(db->recommended);
    assert_false(full->recommended);
}

/* ---- leftovers ---- */

static int see(void *arg, const char *what, const char *why, struct err *err)
{
    (void)why, (void)err;
    buf_printf(arg, "%s ", what);
    return 0;
}

static void leftovers(void **state)
{
    struct buf all = {0};
    struct buf large = {0};

    (void)state;
    /* Backups are longer than any text that is read as a whole. */
    buf_adds(&large, DUMP);
    while (large.n < (size_t)2 * 1024 * 1024)
        buf_adds(&large, "INSERT INTO `oc_a` (`id`) VALUES ('2');\n");
    files_put(root, "shop/system/storage/upload/bacAb12Cd", buf_cstr(&large));
    files_put(root, "shop/system/storage/upload/bac-12Cd.", DUMP);
    files_put(root, "shop/system/storage/upload/bachelors", "a customer's file");
    files_put(root, "shop/system/storage/download/opencart-4.1.0.4.zip", "PK");
    files_put(root, "shop/system/storage/download/opencart-guide.zip", "PK");
    files_put(root, "shop/vqmod/vqcache/vq2-x.php", "");
    files_put(root, "shop/vqmod/mods.cache", "");
    files_put(root, "shop/vqmod/vqmod.php", "");
    own.install = "install";
    plan.state = UPGRADE_INTERRUPTED;
    assert_int_equal(oc_leftovers(&s, &plan, see, &all, &e), 0);
    assert_string_equal(buf_cstr(&all), "file:system/storage/upload/bacAb12Cd ");
    buf_reset(&all);
    plan.state = UPGRADE_FINISHED;
    assert_int_equal(oc_leftovers(&s, &plan, see, &all, &e), 0);
    assert_string_equal(buf_cstr(&all), "file:system/storage/upload/bacAb12Cd file:system/storage/download/opencart-4.1.0.4.zip "
                                        "file:vqmod/vqcache/vq2-x.php file:vqmod/mods.cache dir:install ");
    buf_free(&all);
    buf_free(&large);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(places),      TEST(outside), TEST(hints),        TEST(roles),   TEST(version_files), TEST(ranges),
        TEST(dump_prefix), TEST(faults),  TEST(told_of_rows), TEST(sources), TEST(clean_one),     TEST(the_best_of_several),
        TEST(leftovers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
