/*
 * What CS-Cart's switches do in a real database. tests/e2e/cscart_store.bats starts a server and names its socket in TEST_DB_SOCKET
 * (root without a password); without it nothing is tested.
 */
#include "cs_store.h"
#include "platform/cscart/upgrade.h"
#include "shop_db.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static struct shop_dir c;

static void sql(const char *text)
{
    shop_db_run(&c.s, text);
}

static void rows(const char *query, const char *want)
{
    shop_db_rows_are(&c.s, query, want);
}

static void reopen(const char *version)
{
    cs_store_version(&c, version, "ULTIMATE");
    cs_store_open(&c);
    shop_db_use(&c.s, "cs_store_test");
}

static int setup(void **state)
{
    if (!shop_db_there())
        return 0;
    cs_store_setup(state);
    shop_db_make("cs_store_test", "utf8");
    reopen("4.12.2");
    sql("CREATE TABLE cscart_storage_data (data_key varchar(255) NOT NULL PRIMARY KEY, data mediumblob)");
    sql("CREATE TABLE cscart_settings_objects (object_id int PRIMARY KEY, name varchar(128), section_id int, "
        "value text)");
    sql("INSERT INTO cscart_settings_objects VALUES (10, 'store_mode', 2, 'Y'), (11, 'store_mode', 9, 'Y'), "
        "(143, 'init_addons', 0, '')");
    sql("CREATE TABLE cscart_cache_handlers (a int)");
    sql("INSERT INTO cscart_cache_handlers VALUES (1)");
    sql("CREATE TABLE cscart_addons (addon varchar(32) PRIMARY KEY, status char(1), version varchar(16), "
        "unmanaged tinyint)");
    sql("INSERT INTO cscart_addons VALUES ('banners', 'A', '1.0', 0), ('mine', 'A', '2.1', 0), ('other', "
        "'A', NULL, 1), ('off', 'D', '1', 0)");
    return 0;
}

static int teardown(void **state)
{
    return shop_db_there() ? shop_dir_teardown(state) : 0;
}

static void gate_is(enum gate want)
{
    enum gate now;

    assert_int_equal(cs_gate(&c.s, &now, &c.e), 0);
    assert_int_equal(now, want);
}

static void set(enum gate to)
{
    if (cs_set_gate(&c.s, to, &c.w, &c.e) < 0)
        fail_msg("%s", c.e.text);
}

static void storefronts(void **state)
{
    (void)state;
    shop_db_need();
    sql("CREATE TABLE cscart_storefronts (storefront_id int PRIMARY KEY, url varchar(255), status char(1), "
        "name varchar(255))");
    sql("INSERT INTO cscart_storefronts VALUES (1, 'a.example', 'Y', 'Main'), (2, 'b.example', 'Y', ''), (3, "
        "'c.example', 'N', '')");
    gate_is(GATE_CLOSED);
    c.w.dry_run = true;
    set(GATE_OPEN);
    rows("SELECT status FROM cscart_storefronts ORDER BY 1", "N;Y;Y;");
    rows("SELECT * FROM cscart_cache_handlers", "1;");
    shop_dir_said(&c, "would open storefront 1, a.example, Main\nwould open storefront 2, b.example\n");
    c.w.dry_run = false;
    set(GATE_OPEN);
    gate_is(GATE_OPEN);
    rows("SELECT status FROM cscart_storefronts", "N;N;N;");
    rows("SELECT * FROM cscart_cache_handlers", "");
    /* The setting means nothing in this version. */
    rows("SELECT value FROM cscart_settings_objects WHERE name = 'store_mode'", "Y;Y;");
    shop_dir_said(&c, "opens storefront 1, a.example, Main\nopens storefront 2, b.example\nan upgrade closes "
                      "all storefronts");
    set(GATE_OPEN);
    shop_dir_said(&c, "open already");
    set(GATE_CLOSED);
    gate_is(GATE_CLOSED);
    rows("SELECT status FROM cscart_storefronts", "Y;Y;Y;");
    /* With one left open, closing closes it. */
    sql("UPDATE cscart_storefronts SET status = 'N' WHERE storefront_id = 2");
    set(GATE_CLOSED);
    rows("SELECT status FROM cscart_storefronts", "Y;Y;Y;");
}

static void the_old_setting(void **state)
{
    (void)state;
    shop_db_need();
    reopen("4.9.3");
    sql("CREATE TABLE cscart_settings_vendor_values (object_id int, company_id int, value text)");
    sql("INSERT INTO cscart_settings_vendor_values VALUES (10, 1, 'Y'), (10, 2, 'N'), (99, 1, 'Y')");
    gate_is(GATE_CLOSED);
    set(GATE_OPEN);
    gate_is(GATE_OPEN);
    rows("SELECT object_id, value FROM cscart_settings_objects WHERE name = 'store_mode' ORDER BY 1",
         "10|N;11|Y;");
    rows("SELECT object_id, company_id, value FROM cscart_settings_vendor_values ORDER BY 1, 2",
         "10|1|N;10|2|N;99|1|Y;");
    set(GATE_CLOSED);
    rows("SELECT object_id, company_id, value FROM cscart_settings_vendor_values ORDER BY 1, 2",
         "10|1|Y;10|2|Y;99|1|Y;");
    /* Half migrated: whichever the code asks, the shop answers. */
    sql("CREATE TABLE cscart_storefronts (storefront_id int PRIMARY KEY, status char(1))");
    sql("INSERT INTO cscart_storefronts VALUES (1, 'N')");
    gate_is(GATE_CLOSED);
    set(GATE_OPEN);
    rows("SELECT value FROM cscart_settings_objects WHERE object_id = 10", "N;");
    gate_is(GATE_OPEN);
}

static void nothing_to_open(void **state)
{
    (void)state;
    shop_db_need();
    sql("DELETE FROM cscart_settings_objects");
    gate_is(GATE_UNKNOWN);
    assert_int_equal(cs_set_gate(&c.s, GATE_OPEN, &c.w, &c.e), -1);
    assert_int_equal(c.e.kind, ERR_MISMATCH);
}

static void caches(void **state)
{
    (void)state;
    shop_db_need();
    shop_dir_put(&c, "var/cache/registry/a/b.php", "x");
    shop_dir_put(&c, "var/cache/templates/t.php", "x");
    shop_dir_put(&c, "var/cache/misc/assets/a.css", "x");
    shop_dir_put(&c, "var/cache/mine/a", "x");
    shop_dir_put(&c, "var/cache/.htaccess", "deny");
    shop_dir_put(&c, "var/cache/.gone.toolkit.registry/old", "of a killed run");
    c.w.dry_run = true;
    assert_int_equal(cs_cache_clear(&c.s, &c.w, &c.e), 0);
    assert_true(shop_dir_has(&c, "var/cache/registry/a/b.php"));
    shop_dir_said(&c, "would remove var/cache/registry");
    c.w.dry_run = false;
    assert_int_equal(cs_cache_clear(&c.s, &c.w, &c.e), 0);
    assert_false(shop_dir_has(&c, "var/cache/registry"));
    assert_false(shop_dir_has(&c, "var/cache/misc"));
    assert_false(shop_dir_has(&c, "var/cache/.gone.toolkit.registry"));
    assert_true(shop_dir_has(&c, "var/cache/mine/a"));
    assert_true(shop_dir_has(&c, "var/cache/.htaccess"));
    rows("SELECT data_key, data > 1500000000 FROM cscart_storage_data", "cache_id|1;");
}

static void caches_with_a_dead_backup(void **state)
{
    (void)state;
    shop_db_need();
    shop_dir_put(&c, "var/cache/misc/tmp/backup/_files/x/app/a.php", "x");
    shop_dir_put(&c, "var/cache/misc/tmp/other", "x");
    shop_dir_put(&c, "var/cache/misc/assets/a.css", "x");
    shop_dir_put(&c, "var/cache/static/a", "x");
    assert_int_equal(cs_cache_clear(&c.s, &c.w, &c.e), 0);
    shop_dir_said(&c, "kept var/cache/misc/tmp/backup");
    assert_true(shop_dir_has(&c, "var/cache/misc/tmp/backup/_files/x/app/a.php"));
    assert_false(shop_dir_has(&c, "var/cache/misc/tmp/other"));
    assert_false(shop_dir_has(&c, "var/cache/misc/assets"));
    assert_false(shop_dir_has(&c, "var/cache/static"));
}

static mode_t mode_of(const char *rel)
{
    char path[200];
    struct stat st;

    snprintf(path, sizeof path, "%s/%s", c.root, rel);
    assert_int_equal(stat(path, &st), 0);
    return st.st_mode & 07777;
}

static void set_mode(const char *rel, mode_t mode)
{
    char path[200];

    snprintf(path, sizeof path, "%s/%s", c.root, rel);
    assert_int_equal(chmod(path, mode), 0);
}

static void modes(void **state)
{
    char text[300];

    (void)state;
    shop_db_need();
    set_mode("index.php", 0666);
    set_mode("admin.php", 0666);
    set_mode("", 0777);
    /* 33152: 0600. 33206: 0666, of a second attempt. 16877: the root folder, 0755. */
    snprintf(text, sizeof text,
             "REPLACE INTO cscart_storage_data VALUES ('uc.entry_point_file_permissions', "
             "'a:3:{s:22:\"/home/u/shop/index.php\";i:33152;s:22:\"/home/u/shop/admin.php\";i:33206;s:13:\"/"
             "home/u/shop/\";i:16877;}')");
    sql(text);
    c.w.dry_run = true;
    assert_int_equal(cs_restore_modes(&c.s, &c.w, &c.e), 0);
    assert_int_equal(mode_of("index.php"), 0666);
    c.w.dry_run = false;
    if (cs_restore_modes(&c.s, &c.w, &c.e) < 0)
        fail_msg("%s", c.e.text);
    assert_int_equal(mode_of("index.php"), 0600);
    assert_int_equal(mode_of("admin.php"), 0644);
    assert_int_equal(mode_of(""), 0755);
    rows("SELECT data_key FROM cscart_storage_data WHERE data_key LIKE 'uc.%'", "");
    /* Without the row, what everybody may write is put right. */
    set_mode("index.php", 0666);
    set_mode("admin.php", 0640);
    set_mode("", 0777);
    assert_int_equal(cs_restore_modes(&c.s, &c.w, &c.e), 0);
    assert_int_equal(mode_of("index.php"), 0644);
    assert_int_equal(mode_of("admin.php"), 0640);
    assert_int_equal(mode_of(""), 0755);
}

static void list_is(const char *want)
{
    struct addon_list l;
    struct buf out = {0};

    if (cs_addons_list(&c.s, &l, &c.e) < 0)
        fail_msg("%s", c.e.text);
    for (size_t i = 0; i < l.all.n; i++) {
        const struct addon *a = &l.all.v[i];

        buf_printf(&out, "%s %s%s%s;", a->name, a->enabled ? "on" : "off",
                   !a->origin_known ? "?"
                   : a->third_party ? "!"
                                    : "",
                   a->note ? a->note : "");
    }
    if (strcmp(buf_cstr(&out), want) != 0)
        fail_msg("%s\n  instead of\n%s", buf_cstr(&out), want);
    buf_free(&out);
    free(l.all.v);
    arena_free(&l.mem);
}

static void addon_files(void)
{
    shop_dir_put(&c, "app/addons/banners/addon.xml", "x");
    shop_dir_put(&c, "app/addons/mine/addon.xml", "x");
    shop_dir_put(&c, "app/addons/other/addon.xml", "x");
    shop_dir_put(&c, "var/snapshots/4.12.2_ultimate_dist.php",
                 "<?php $snapshot_dist = array('files' => array(), 'addons' => array('banners', 'off'));");
}

static int switch_addons(bool on, const char *const *names, size_t n)
{
    return cs_addons_set(&c.s, names, n, on, &c.w, &c.e);
}

static void addons_listed(void **state)
{
    (void)state;
    shop_db_need();
    list_is(
        "banners on?its folder app/addons/banners is missing;mine on?its folder app/addons/mine is missing;"
        "off off?its folder app/addons/off is missing;other on?its folder app/addons/other is missing;");
    addon_files();
    list_is("banners on;mine on!;off offits folder app/addons/off is missing;other on!loaded whatever "
            "init_addons says;");
    sql("UPDATE cscart_settings_objects SET value = 'core' WHERE name = 'init_addons'");
    list_is("banners on;mine on!not loaded: init_addons is core;off offits folder app/addons/off is "
            "missing;other on!loaded whatever init_addons says;");
    sql("UPDATE cscart_settings_objects SET value = 'none' WHERE name = 'init_addons'");
    list_is("banners onnot loaded: init_addons is none;mine on!not loaded: init_addons is none;off offits "
            "folder app/addons/off is missing;"
            "other on!loaded whatever init_addons says;");
}

#define STATES "SELECT addon, status FROM cscart_addons ORDER BY 1"

static void addons_switched(void **state)
{
    static const char *const banners[] = {"banners", "banners", "off"};
    static const char *const wrong[] = {"banners", "nothing"};

    (void)state;
    shop_db_need();
    assert_int_equal(switch_addons(false, NULL, 0), -1);
    assert_int_equal(c.e.kind, ERR_ABSENT);
    addon_files();
    shop_dir_put(&c, "var/cache/registry/a", "x");
    c.w.dry_run = true;
    assert_int_equal(switch_addons(false, NULL, 0), 0);
    assert_int_equal(c.n_notes, 0);
    rows(STATES, "banners|A;mine|A;off|D;other|A;");
    c.w.dry_run = false;
    assert_int_equal(switch_addons(false, NULL, 0), 0);
    rows(STATES, "banners|A;mine|D;off|D;other|D;");
    assert_false(shop_dir_has(&c, "var/cache/registry"));
    assert_int_equal(switch_addons(false, wrong, 2), -1);
    rows(STATES, "banners|A;mine|D;off|D;other|D;");
    assert_int_equal(switch_addons(false, banners, 3), 0);
    assert_string_equal(buf_cstr(&c.notes[0].value), "mine\nother\nbanners\n");
    /* One by name is remembered no more; what was off before is not switched on. */
    assert_int_equal(switch_addons(true, banners, 1), 0);
    assert_string_equal(buf_cstr(&c.notes[0].value), "mine\nother\n");
    assert_int_equal(switch_addons(true, NULL, 0), 0);
    rows(STATES, "banners|A;mine|A;off|D;other|A;");
    assert_int_equal(c.notes[0].value.n, 0);
    assert_int_equal(switch_addons(true, NULL, 0), -1);
    assert_int_equal(c.e.kind, ERR_ABSENT);
}

static int take(void *arg, const char *what, const char *why, struct err *e)
{
    (void)e;
    assert_true(why[0] != '\0');
    buf_printf(arg, "%s\n", what);
    return 0;
}

static void left_behind(void **state)
{
    struct buf out = {0};
    struct plan plan = {0};
    int rc;

    (void)state;
    shop_db_need();
    sql("CREATE TABLE phinxlog1502298024 (version bigint)");
    sql("CREATE TABLE phinxlogs (version bigint)");
    sql("CREATE TABLE phinxlog (version bigint)");
    sql("CREATE TABLE cscart_backup_validator_20170809200024_1 (a int)");
    sql("CREATE TABLE cscart_backup_validator_x_1 (a int)");
    shop_dir_put(&c, "upgrades/core_4.6.1-4.6.2/restore_2017-08-09_20-00-24.php", "<?php\n");
    shop_dir_put(&c, "upgrades/source_restore.php", "<?php\n");
    shop_dir_put(&c, "var/restore/dump_08092017.sql", "x");
    rc = cs_plan(&c.s, &plan, &c.e) < 0 ? -1 : cs_leftovers(&c.s, &plan, take, &out, &c.e);
    plan_free(&plan);
    if (rc < 0)
        fail_msg("%s", c.e.text);
    assert_string_equal(buf_cstr(&out),
                        "table:cscart_backup_validator_20170809200024_1\ntable:phinxlog1502298024\n"
                        "file:upgrades/core_4.6.1-4.6.2/restore_2017-08-09_20-00-24.php\nfile:var/restore/"
                        "dump_08092017.sql\n");
    buf_free(&out);
}

#define test(function) cmocka_unit_test_prestate_setup_teardown(function, setup, teardown, &c)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(storefronts),   test(the_old_setting),           test(nothing_to_open),
        test(caches),        test(caches_with_a_dead_backup), test(modes),
        test(addons_listed), test(addons_switched),           test(left_behind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
