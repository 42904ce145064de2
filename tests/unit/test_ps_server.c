/*
 * What PrestaShop's switches do in a real database. tests/e2e/prestashop_store.bats starts a server and names its socket in TEST_DB_SOCKET
 * (root without a password); without it nothing but the debug mode is tested.
 */
#include "ps_store.h"

#include "files.h"
#include "shop_db.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct shop_dir p;

#define CONFIGURATION "SELECT id_configuration, id_shop_group, id_shop, name, value, date_upd FROM ps_configuration ORDER BY 1"
#define MODULES       "SELECT * FROM ps_module ORDER BY 1"
#define LINKS         "SELECT * FROM ps_module_shop ORDER BY 1, 2"

static void sql(const char *text)
{
    shop_db_run(&p.s, text);
}

static void read_rows(const char *query, struct buf *out)
{
    shop_db_rows(&p.s, query, out);
}

static void rows(const char *query, const char *want)
{
    shop_db_rows_are(&p.s, query, want);
}

static void reopen(void)
{
    ps_store_open(&p);
    shop_db_use(&p.s, "ps_store_test");
}

static int setup(void **state)
{
    if (!shop_db_there())
        return 0;
    ps_store_setup(state);
    shop_db_make("ps_store_test", "utf8mb4");
    shop_dir_put(&p, "config/xml/modules_list.xml",
                 "<?xml version=\"1.0\"?>\n<modules_list><modules type=\"native\"><module name=\"ps_banner\"/></modules>"
                 "<modules type=\"disk\"><module name=\"seller\"/></modules></modules_list>");
    shop_dir_put(&p, "composer.lock",
                 "{\"packages\": [{\"name\": \"prestashop/ps_search\", \"type\": \"prestashop-module\", \"authors\": [{\"name\": \"x\"}]},"
                 "{\"name\": \"symfony/seller\", \"type\": \"library\"}]}");
    for (size_t i = 0; i < 4; i++)
        files_mkdir(p.root, (const char *const[]){"modules/ps_banner", "modules/ps_search", "modules/seller", "modules/chat"}[i]);
    reopen();
    sql("CREATE TABLE ps_configuration (id_configuration int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, id_shop_group int unsigned, "
        "id_shop int unsigned, name varchar(254) NOT NULL, value text, date_add datetime NOT NULL, date_upd datetime NOT NULL)");
    sql("INSERT INTO ps_configuration VALUES (1, NULL, NULL, 'PS_SHOP_ENABLE', '1', '2020-01-01', '2020-01-02'), "
        "(2, NULL, NULL, 'PS_OTHER', '1', '2020-01-01', '2020-01-02'), (3, NULL, 2, 'PS_OTHER', '0', '2020-01-01', '2020-01-02')");
    sql("CREATE TABLE ps_shop (id_shop int PRIMARY KEY, id_shop_group int, name varchar(64), active tinyint, deleted tinyint)");
    sql("INSERT INTO ps_shop VALUES (1, 1, 'one', 1, 0)");
    sql("CREATE TABLE ps_module (id_module int PRIMARY KEY, name varchar(64), active tinyint unsigned, version varchar(8))");
    sql("INSERT INTO ps_module VALUES (1, 'ps_banner', 1, '2.0'), (2, 'ps_search', 1, '1.0'), (3, 'seller', 1, '3.1'), (4, 'chat', 1, '1'), "
        "(5, 'off', 0, '1')");
    sql("CREATE TABLE ps_module_shop (id_module int, id_shop int, enable_device tinyint NOT NULL DEFAULT 7, PRIMARY KEY (id_module, "
        "id_shop))");
    sql("INSERT INTO ps_module_shop VALUES (1, 1, 7), (2, 1, 7), (3, 1, 3), (4, 1, 7)");
    sql("CREATE TABLE ps_smarty_lazy_cache (a int)");
    sql("INSERT INTO ps_smarty_lazy_cache VALUES (1)");
    return 0;
}

static int teardown(void **state)
{
    return shop_db_there() ? shop_dir_teardown(state) : 0;
}

static void gate_is(enum gate want)
{
    enum gate now;

    assert_int_equal(ps_gate(&p.s, &now, &p.e), 0);
    assert_int_equal(now, want);
}

static void set(enum gate to)
{
    if (ps_set_gate(&p.s, to, &p.w, &p.e) < 0)
        fail_msg("%s", p.e.text);
}

static void one_shop(void **state)
{
    (void)state;
    shop_db_need();
    gate_is(GATE_OPEN);
    p.w.dry_run = true;
    set(GATE_CLOSED);
    gate_is(GATE_OPEN);
    p.w.dry_run = false;
    set(GATE_CLOSED);
    gate_is(GATE_CLOSED);
    rows("SELECT value, date_upd FROM ps_configuration WHERE name = 'PS_SHOP_ENABLE'", "0|2020-01-02 00:00:00;");
    set(GATE_CLOSED);
    shop_dir_said(&p, "closed already");
    set(GATE_OPEN);
    gate_is(GATE_OPEN);
    rows(CONFIGURATION, "1|NULL|NULL|PS_SHOP_ENABLE|1|2020-01-02 00:00:00;2|NULL|NULL|PS_OTHER|1|2020-01-02 00:00:00;"
                        "3|NULL|2|PS_OTHER|0|2020-01-02 00:00:00;");
    /* A shop without the row is closed, and opens with one. */
    sql("DELETE FROM ps_configuration WHERE name = 'PS_SHOP_ENABLE'");
    gate_is(GATE_CLOSED);
    set(GATE_OPEN);
    gate_is(GATE_OPEN);
}

static void several_shops(void **state)
{
    struct buf before = {0};

    (void)state;
    shop_db_need();
    sql("INSERT INTO ps_shop VALUES (2, 1, 'two', 1, 0), (3, 2, 'three', 1, 0), (4, 2, 'gone', 1, 1)");
    /* The second is closed by itself, the group of the third by the group's row, over which it is open itself. */
    sql("INSERT INTO ps_configuration VALUES (10, NULL, 2, 'PS_SHOP_ENABLE', '0', NOW(), '2020-01-02'), "
        "(11, 2, NULL, 'PS_SHOP_ENABLE', '0', NOW(), '2020-01-02'), (12, 2, 3, 'PS_SHOP_ENABLE', '1', NOW(), '2020-01-02')");
    read_rows(CONFIGURATION, &before);
    gate_is(GATE_OPEN);
    set(GATE_CLOSED);
    gate_is(GATE_CLOSED);
    rows("SELECT COUNT(*) FROM ps_configuration WHERE name = 'PS_SHOP_ENABLE' AND value + 0 = 0", "4;");
    set(GATE_OPEN);
    shop_dir_said(&p, "shop 2, two, stays closed");
    rows(CONFIGURATION, buf_cstr(&before));
    buf_free(&before);
    /* Closed by somebody else in every scope: the row for all opens the first, the others are left. */
    sql("UPDATE ps_configuration SET value = '0' WHERE name = 'PS_SHOP_ENABLE'");
    gate_is(GATE_CLOSED);
    set(GATE_OPEN);
    gate_is(GATE_OPEN);
    rows("SELECT value FROM ps_configuration WHERE name = 'PS_SHOP_ENABLE' ORDER BY id_configuration", "1;0;0;0;");
    /* Where no shop goes by the row for all, each is opened. */
    sql("UPDATE ps_configuration SET value = '0' WHERE name = 'PS_SHOP_ENABLE'");
    sql("UPDATE ps_shop SET active = 0 WHERE id_shop = 1");
    set(GATE_OPEN);
    rows("SELECT value FROM ps_configuration WHERE name = 'PS_SHOP_ENABLE' ORDER BY id_configuration", "1;1;1;1;");
}

static void settings(void **state)
{
    struct buf value = {0};
    bool found;

    (void)state;
    shop_db_need();
    sql("INSERT INTO ps_configuration VALUES (20, 0, 0, 'PS_OTHER', 'last', NOW(), NOW())");
    assert_int_equal(ps_setting_get(&p.s, "PS_OTHER", &value, &found, &p.e), 0);
    assert_true(found);
    assert_string_equal(buf_cstr(&value), "last");
    assert_int_equal(ps_setting_set(&p.s, "PS_OTHER", "new", false, &p.e), 0);
    rows("SELECT value FROM ps_configuration WHERE name = 'PS_OTHER' ORDER BY id_configuration", "new;0;new;");
    assert_int_equal(ps_setting_set(&p.s, "PS_OTHER", "all", true, &p.e), 0);
    rows("SELECT value FROM ps_configuration WHERE name = 'PS_OTHER' ORDER BY id_configuration", "all;all;all;");
    buf_reset(&value);
    assert_int_equal(ps_setting_get(&p.s, "PS_NONE", &value, &found, &p.e), 0);
    assert_false(found);
    assert_int_equal(ps_setting_set(&p.s, "PS_NONE", "it's", false, &p.e), 0);
    rows("SELECT id_shop, id_shop_group, value FROM ps_configuration WHERE name = 'PS_NONE'", "NULL|NULL|it's;");
    buf_free(&value);
}

static const struct store_switch *find(const char *name)
{
    for (const struct store_switch *sw = ps_switches; sw->name; sw++)
        if (strcmp(sw->name, name) == 0)
            return sw;
    fail_msg("no switch %s", name);
    return NULL;
}

static void turn(const char *name, bool on)
{
    const struct store_switch *sw = find(name);
    bool now;

    if (sw->set(&p.s, on, &p.w, &p.e) < 0 || sw->get(&p.s, &now, &p.e) < 0)
        fail_msg("%s: %s", name, p.e.text);
    if (!p.w.dry_run)
        assert_int_equal(now, on);
}

static void settings_as_switches(void **state)
{
    struct buf before = {0};

    (void)state;
    shop_db_need();
    read_rows(CONFIGURATION, &before);
    p.w.dry_run = true;
    turn("overrides", false);
    rows(CONFIGURATION, buf_cstr(&before));
    p.w.dry_run = false;
    /* There was no row: it is made and goes again. */
    shop_dir_put(&p, "cache/class_index.php", "<?php\n");
    turn("overrides", false);
    assert_false(shop_dir_has(&p, "cache/class_index.php"));
    rows("SELECT value FROM ps_configuration WHERE name = 'PS_DISABLE_OVERRIDES'", "1;");
    rows("SELECT * FROM ps_smarty_lazy_cache", "");
    turn("overrides", false);
    turn("overrides", true);
    rows(CONFIGURATION, buf_cstr(&before));
    buf_reset(&before);
    /* Several scopes, one of them without a value. */
    sql("INSERT INTO ps_configuration VALUES (30, NULL, NULL, 'PS_DISABLE_NON_NATIVE_MODULE', '0', NOW(), '2020-01-02'), "
        "(31, NULL, 2, 'PS_DISABLE_NON_NATIVE_MODULE', NULL, NOW(), '2020-01-02')");
    read_rows(CONFIGURATION, &before);
    turn("native-only", true);
    rows("SELECT value FROM ps_configuration WHERE name = 'PS_DISABLE_NON_NATIVE_MODULE'", "1;1;");
    turn("native-only", false);
    rows(CONFIGURATION, buf_cstr(&before));
    /* An upgrade that switched them off left no note. */
    sql("INSERT INTO ps_configuration VALUES (40, NULL, NULL, 'PS_DISABLE_OVERRIDES', '1', NOW(), NOW())");
    turn("overrides", true);
    rows("SELECT value FROM ps_configuration WHERE name = 'PS_DISABLE_OVERRIDES'", "0;");
    buf_free(&before);
}

static void list_is(const char *want)
{
    struct addon_list l;
    struct buf out = {0};

    if (ps_addons_list(&p.s, &l, &p.e) < 0)
        fail_msg("%s", p.e.text);
    for (size_t i = 0; i < l.all.n; i++)
        buf_printf(&out, "%s %s%s%s;", l.all.v[i].name, l.all.v[i].enabled ? "on" : "off",
                   !l.all.v[i].origin_known ? " ?" : l.all.v[i].third_party ? " foreign" : "", l.all.v[i].note ? " !" : "");
    assert_string_equal(buf_cstr(&out), want);
    buf_free(&out);
    free(l.all.v);
    arena_free(&l.mem);
}

static void set_addons(const char *const *names, size_t n, bool on)
{
    if (ps_addons_set(&p.s, names, n, on, &p.w, &p.e) < 0)
        fail_msg("%s", p.e.text);
}

static void modules(void **state)
{
    static const char *const chat[] = {"chat"};
    static const char *const off[] = {"off"};
    struct buf before = {0};
    struct buf links = {0};

    (void)state;
    shop_db_need();
    sql("INSERT INTO ps_shop VALUES (2, 1, 'two', 1, 0)");
    sql("INSERT INTO ps_module_shop VALUES (3, 2, 5)");
    read_rows(MODULES, &before);
    read_rows(LINKS, &links);
    list_is("chat on foreign !;off off foreign !;ps_banner on !;ps_search on !;seller on foreign;");
    p.w.dry_run = true;
    set_addons(NULL, 0, false);
    rows(MODULES, buf_cstr(&before));
    rows(LINKS, buf_cstr(&links));
    p.w.dry_run = false;
    set_addons(NULL, 0, false);
    rows("SELECT name FROM ps_module WHERE active = 0 ORDER BY 1", "chat;off;seller;");
    rows(LINKS, "1|1|7;2|1|7;");
    list_is("chat off foreign;off off foreign !;ps_banner on !;ps_search on !;seller off foreign;");
    set_addons(chat, 1, true);
    rows(LINKS, "1|1|7;2|1|7;4|1|7;");
    /* A run that was killed between its note and its last row. */
    sql("UPDATE ps_module SET active = 1 WHERE name = 'seller'");
    sql("INSERT INTO ps_module_shop VALUES (3, 1, 3)");
    set_addons((const char *const[]){"seller"}, 1, false);
    set_addons(NULL, 0, true);
    rows(MODULES, buf_cstr(&before));
    rows(LINKS, buf_cstr(&links));
    assert_int_equal(ps_addons_set(&p.s, NULL, 0, true, &p.w, &p.e), -1);
    assert_int_equal(p.e.kind, ERR_ABSENT);
    /* One that an upgrade had switched off. */
    set_addons(off, 1, true);
    shop_dir_said(&p, "for every active shop");
    rows("SELECT id_shop, enable_device FROM ps_module_shop WHERE id_module = 5", "1|7;2|7;");
    buf_free(&before);
    buf_free(&links);
}

static void odd_modules(void **state)
{
    bool known;

    (void)state;
    shop_db_need();
    sql("UPDATE ps_module SET name = CONCAT('UA_', name)");
    list_is("UA_chat on foreign !;UA_off off foreign !;UA_ps_banner on !;UA_ps_search on !;UA_seller on foreign !;");
    sql("UPDATE ps_module SET name = SUBSTRING(name, 4)");
    sql("UPDATE ps_module SET name = '../../x' WHERE id_module = 5");
    list_is("../../x off foreign !;chat on foreign;ps_banner on;ps_search on;seller on foreign;");
    /* Without a list nobody is called a stranger, and nothing is switched off for being one. */
    shop_dir_remove(&p, "composer.lock");
    shop_dir_put(&p, "config/xml/modules_list.xml", "<?xml version=\"1.0\"?><modules_list");
    reopen();
    assert_false(ps_module_is_native(&p.s, "chat", &known));
    assert_false(known);
    assert_int_equal(ps_addons_set(&p.s, NULL, 0, false, &p.w, &p.e), -1);
    assert_int_equal(p.e.kind, ERR_ABSENT);
    rows("SELECT COUNT(*) FROM ps_module_shop", "4;");
}

static void debug_mode(void **state)
{
    const char *defines = "<?php\nif (!defined('_PS_MODE_DEV_')) {\n    define('_PS_MODE_DEV_', FALSE);\n}\n";

    (void)state;
    p.s.db_tried = true;
    err_set(&p.s.db_err, ERR_ABSENT, "no server here");
    shop_dir_put(&p, "config/defines.inc.php", defines);
    p.w.dry_run = true;
    turn("debug", true);
    shop_dir_holds(&p, "config/defines.inc.php", defines);
    p.w.dry_run = false;
    shop_dir_put(&p, "var/cache/dev/stale.php", "x");
    turn("debug", true);
    shop_dir_holds(&p, "config/defines.inc.php", "<?php\nif (!defined('_PS_MODE_DEV_')) {\n    define('_PS_MODE_DEV_', true);\n}\n");
    assert_false(shop_dir_has(&p, "var/cache/dev"));
    turn("debug", true);
    shop_dir_said(&p, "debug mode is on already");
    turn("debug", false);
    shop_dir_holds(&p, "config/defines.inc.php", defines);
    /* The merchant's own file counts first. */
    shop_dir_put(&p, "config/defines_custom.inc.php", "<?php define('_PS_MODE_DEV_', true);");
    turn("debug", false);
    shop_dir_holds(&p, "config/defines_custom.inc.php", "<?php define('_PS_MODE_DEV_', false);");
    turn("debug", true);
    shop_dir_holds(&p, "config/defines.inc.php", defines);
    shop_dir_remove(&p, "config/defines_custom.inc.php");
    shop_dir_put(&p, "config/defines.inc.php", "<?php define('_PS_MODE_DEV_', getenv('DEV'));");
    assert_int_equal(find("debug")->set(&p.s, true, &p.w, &p.e), -1);
    assert_int_equal(p.e.kind, ERR_FORMAT);
}

/* The note was written, the file was not. */
static void debug_mode_killed(void **state)
{
    (void)state;
    p.s.db_tried = true;
    err_set(&p.s.db_err, ERR_ABSENT, "no server here");
    assert_int_equal(p.w.note(&p.w, "_PS_MODE_DEV_", STR("false"), &p.e), 0);
    turn("debug", true);
    turn("debug", false);
    shop_dir_holds(&p, "config/defines.inc.php", "<?php\nif (!defined('_PS_MODE_DEV_')) {\n    define('_PS_MODE_DEV_', false);\n}\n");
}

#define server_test(function) cmocka_unit_test_prestate_setup_teardown(function, setup, teardown, &p)

int main(void)
{
    const struct CMUnitTest tests[] = {
        server_test(one_shop),
        server_test(several_shops),
        server_test(settings),
        server_test(settings_as_switches),
        server_test(modules),
        server_test(odd_modules),
        ps_store_test(debug_mode, &p),
        ps_store_test(debug_mode_killed, &p),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
