/*
 * What OpenCart's switches do in a real database: maintenance, settings, extensions, events, modifications. tests/e2e/opencart_store.bats
 * starts a server and names its socket in TEST_DB_SOCKET (root without a password); without it nothing is tested.
 */
#include "oc_store.h"

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

#define SETTINGS      "SELECT store_id, `key`, value FROM oc_setting ORDER BY setting_id"
#define MAINTENANCE   "SELECT store_id, value FROM oc_setting WHERE `key` = 'config_maintenance' ORDER BY 1"
#define EVENTS        "SELECT code, status FROM oc_event ORDER BY event_id"
#define MODULES       "SELECT setting FROM oc_module ORDER BY 1"
#define MODIFICATIONS "SELECT code, status FROM oc_modification ORDER BY 1"

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
    oc_store_open(&p);
    shop_db_use(&p.s, "oc_store_test");
}

static int setup(void **state)
{
    if (!shop_db_there())
        return 0;
    oc_store_setup(state);
    shop_db_make("oc_store_test", "utf8mb4");
    reopen();
    sql("CREATE TABLE oc_setting (setting_id int AUTO_INCREMENT PRIMARY KEY, store_id int, code varchar(128), `key` varchar(128), value text, serialized "
        "tinyint NOT NULL)");
    sql("INSERT INTO oc_setting (store_id, code, `key`, value, serialized) VALUES (0, 'config', 'config_maintenance', '0', 0), (0, 'payment_cod', "
        "'payment_cod_status', '1', 0), (2, 'payment_cod', 'payment_cod_status', '1', 0), (0, 'module_acme', 'module_acme_status', '1', 0), (0, "
        "'shipping_flat', 'shipping_flat_status', '0', 0)");
    sql("CREATE TABLE oc_store (store_id int PRIMARY KEY, name varchar(64))");
    sql("CREATE TABLE oc_extension (extension_id int AUTO_INCREMENT PRIMARY KEY, type varchar(32), code varchar(32))");
    sql("INSERT INTO oc_extension (type, code) VALUES ('payment', 'cod'), ('module', 'acme'), ('module', 'featured'), ('shipping', 'flat'), ('total', 'never')");
    sql("CREATE TABLE oc_module (module_id int AUTO_INCREMENT PRIMARY KEY, name varchar(64), code varchar(32), setting text)");
    sql("INSERT INTO oc_module (name, code, setting) VALUES ('a', 'acme', '{\"name\":\"a\",\"status\":\"1\"}'), ('b', 'acme', "
        "'{\"name\":\"b\",\"status\":\"0\"}'), ('f', 'featured', 'a:2:{s:4:\"name\";s:1:\"f\";s:6:\"status\";s:1:\"1\";}')");
    sql("CREATE TABLE oc_event (event_id int AUTO_INCREMENT PRIMARY KEY, code varchar(64), `trigger` text, action text, status tinyint, sort_order int)");
    sql("INSERT INTO oc_event (code, `trigger`, action, status) VALUES ('mail_order', 'x/after', 'mail/order', 1), ('acme', 'y/after', "
        "'extension/module/acme/hook', 1), ('acme', 'z/after', 'extension/module/acme/other', 0), ('voucher', 'v', 'extension/total/voucher/send', 1)");
    sql("CREATE TABLE oc_modification (modification_id int AUTO_INCREMENT PRIMARY KEY, name varchar(64), code varchar(64), version varchar(32), xml text, "
        "status tinyint)");
    sql("INSERT INTO oc_modification (name, code, version, xml, status) VALUES ('One', 'one', '1.2', '<x/>', 1), ('Two', 'two', '', '<x/>', 0)");
    return 0;
}

static int teardown(void **state)
{
    return shop_db_there() ? shop_dir_teardown(state) : 0;
}

#define server_test(function) cmocka_unit_test_prestate_setup_teardown(function, setup, teardown, &p)

static enum gate gate(void)
{
    enum gate now;

    if (oc_gate(&p.s, &now, &p.e) < 0)
        fail_msg("%s", p.e.text);
    return now;
}

static void set_gate(enum gate to)
{
    if (oc_set_gate(&p.s, to, &p.w, &p.e) < 0)
        fail_msg("%s", p.e.text);
}

static void one_shop(void **state)
{
    (void)state;
    shop_db_need();
    rows("SELECT @@sql_mode", ";");
    assert_int_equal(gate(), GATE_OPEN);
    p.w.dry_run = true;
    set_gate(GATE_CLOSED);
    shop_dir_said(&p, "would set config_maintenance to 1 for all shops");
    p.w.dry_run = false;
    assert_int_equal(gate(), GATE_OPEN);
    set_gate(GATE_CLOSED);
    shop_dir_said(&p, "the API and answers of payment services still pass");
    rows(MAINTENANCE, "0|1;");
    assert_int_equal(gate(), GATE_CLOSED);
    set_gate(GATE_OPEN);
    rows(MAINTENANCE, "0|0;");
    set_gate(GATE_OPEN);
    shop_dir_said(&p, "is open already");
    /* No row at all is open as well. */
    sql("DELETE FROM oc_setting WHERE `key` = 'config_maintenance'");
    assert_int_equal(gate(), GATE_OPEN);
    set_gate(GATE_CLOSED);
    rows(MAINTENANCE, "0|1;");
}

/* What the merchant had closed stays closed; a shop without a row follows shop 0; rows of shops that are gone are nobody's. */
static void several_shops(void **state)
{
    (void)state;
    shop_db_need();
    sql("INSERT INTO oc_store VALUES (1, 'one'), (2, 'two')");
    sql("INSERT INTO oc_setting (store_id, code, `key`, value, serialized) VALUES (1, 'config', 'config_maintenance', '1', 0), (9, 'config', "
        "'config_maintenance', '0', 0)");
    assert_int_equal(gate(), GATE_OPEN);
    set_gate(GATE_CLOSED);
    rows(MAINTENANCE, "0|2;1|1;9|2;");
    assert_int_equal(gate(), GATE_CLOSED);
    set_gate(GATE_OPEN);
    shop_dir_said(&p, "shop 1 stays closed");
    rows(MAINTENANCE, "0|0;1|1;9|0;");
    /* Closed by others: shop 0 opens what can be opened. */
    sql("UPDATE oc_setting SET value = '1' WHERE `key` = 'config_maintenance'");
    set_gate(GATE_OPEN);
    rows(MAINTENANCE, "0|0;1|1;9|1;");
}

static void the_column_of_2_0_0(void **state)
{
    struct buf value = {0};
    bool found;

    (void)state;
    shop_db_need();
    sql("ALTER TABLE oc_setting CHANGE code `group` varchar(32)");
    assert_int_equal(gate(), GATE_OPEN);
    set_gate(GATE_CLOSED);
    assert_int_equal(gate(), GATE_CLOSED);
    assert_int_equal(oc_setting_set(&p.s, 0, "config_new", "it's", &p.e), 0);
    assert_int_equal(oc_setting_get(&p.s, 0, "config_new", &value, &found, &p.e), 0);
    assert_true(found);
    assert_string_equal(buf_cstr(&value), "it's");
    buf_free(&value);
    rows("SELECT `group` FROM oc_setting WHERE `key` = 'config_new'", "config;");
    /* Of rows that stand there twice the shop takes the later one. */
    sql("INSERT INTO oc_setting (store_id, `group`, `key`, value, serialized) VALUES (0, 'config', 'config_new', 'later', 0)");
    assert_int_equal(oc_setting_get(&p.s, 0, "config_new", &value, &found, &p.e), 0);
    assert_true(found);
    assert_string_equal(buf_cstr(&value), "later");
    buf_free(&value);
}

/* ---- add-ons ---- */

static void list_is(const char *want)
{
    struct addon_list l;
    struct buf out = {0};

    if (oc_addons_list(&p.s, &l, &p.e) < 0)
        fail_msg("%s", p.e.text);
    for (size_t i = 0; i < l.all.n; i++)
        buf_printf(&out, "%s%s%s%s%s\n", l.all.v[i].enabled ? "+" : "-", l.all.v[i].third_party ? "3 " : " ", l.all.v[i].name,
                   l.all.v[i].note ? ": " : "", l.all.v[i].note ? l.all.v[i].note : "");
    if (strcmp(buf_cstr(&out), want) != 0)
        fail_msg("%s instead of\n%s", buf_cstr(&out), want);
    buf_free(&out);
    free(l.all.v);
    arena_free(&l.mem);
}

static void set(bool on, const char *name)
{
    const char *const names[] = {name};

    if (oc_addons_set(&p.s, names, name ? 1 : 0, on, &p.w, &p.e) < 0)
        fail_msg("%s", p.e.text);
}

static void all_rows(struct buf *out)
{
    static const char *const queries[] = {SETTINGS, EVENTS, MODULES, MODIFICATIONS, "SELECT `trigger` FROM oc_event ORDER BY 1"};

    buf_reset(out);
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++)
        read_rows(queries[i], out);
}

static void what_is_listed(void **state)
{
    (void)state;
    shop_db_need();
    list_is("+3 event/acme: 1 of its 2 parts is on\n"
            "+ event/mail_order\n"
            "+ event/voucher\n"
            "+3 modification/one\n"
            "-3 modification/two\n"
            "+3 module/acme: 2 of its 3 parts are on\n"
            "+ module/featured\n"
            "+ payment/cod\n"
            "- shipping/flat\n"
            "-3 total/never: installed, and never set up: no setting says that it is on\n");
}

/* An event that no release has is somebody's, also when it calls the shop's own code. */
static void whose_an_event_is(void **state)
{
    (void)state;
    shop_db_need();
    sql("DELETE FROM oc_extension");
    sql("DELETE FROM oc_modification");
    sql("DELETE FROM oc_event WHERE code <> 'mail_order'");
    sql("INSERT INTO oc_event (code, `trigger`, action, status) VALUES ('spy', 'w', 'mail/order', 1)");
    list_is("+ event/mail_order\n"
            "+3 event/spy\n");
}

/* Of what has the same code, and of a module whose status can't be told from another one, nothing is switched. */
static void what_is_left_alone(void **state)
{
    static const char two[] = "{\"status\":\"1\",\"more\":{\"status\":\"1\"}}";
    static const char one[] = "{\"status\":\"1\"}";
    struct buf insert = {0};

    (void)state;
    shop_db_need();
    buf_printf(&insert, "INSERT INTO oc_module (name, code, setting) VALUES ('two', 'acme', '%s'), ('one', 'cod', '%s')", two, one);
    sql(buf_cstr(&insert));
    buf_free(&insert);
    set(false, "payment/cod");
    set(false, "module/acme");
    rows("SELECT setting FROM oc_module WHERE name IN ('one', 'two') ORDER BY name", "{\"status\":\"1\"};{\"status\":\"1\",\"more\":{\"status\":\"1\"}};");
}

/* Each goes off and on again and leaves no trace, whatever was on and off of its parts. */
static void there_and_back(void **state)
{
    static const char *const names[] = {"event/acme", "modification/one", "module/acme", "module/featured", "payment/cod"};
    struct buf before = {0};
    struct buf after = {0};

    (void)state;
    shop_db_need();
    all_rows(&before);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        p.w.dry_run = true;
        set(false, names[i]);
        all_rows(&after);
        assert_string_equal(buf_cstr(&after), buf_cstr(&before));
        p.w.dry_run = false;
        set(false, names[i]);
        all_rows(&after);
        assert_string_not_equal(buf_cstr(&after), buf_cstr(&before));
        set(true, names[i]);
        all_rows(&after);
        assert_string_equal(buf_cstr(&after), buf_cstr(&before));
        buf_reset(&p.said);
    }
    buf_free(&before);
    buf_free(&after);
}

/* What is edited of a module while it is off stays. */
static void edited_meanwhile(void **state)
{
    (void)state;
    shop_db_need();
    /* It is off, whatever else in it is 1. */
    sql("INSERT INTO oc_module (name, code, setting) VALUES ('c', 'acme', '{\"status\":\"0\",\"limit\":\"1\"}')");
    set(false, "module/acme");
    sql("UPDATE oc_setting SET value = '2' WHERE `key` = 'module_acme_status'");
    set(false, "module/acme");
    sql("UPDATE oc_module SET setting = REPLACE(setting, '\"a\"', '\"edited\"')");
    set(true, "module/acme");
    rows("SELECT setting FROM oc_module WHERE code = 'acme' ORDER BY 1",
         "{\"name\":\"b\",\"status\":\"0\"};{\"name\":\"edited\",\"status\":\"1\"};{\"status\":\"0\",\"limit\":\"1\"};");
    rows("SELECT value FROM oc_setting WHERE `key` = 'module_acme_status'", "2;");
    /* The back office has switched it on since: that is what goes off and on again. */
    set(false, "module/acme");
    sql("UPDATE oc_module SET setting = '{\"name\":\"anew\",\"status\":\"1\"}' WHERE name = 'a'");
    sql("UPDATE oc_setting SET value = '1' WHERE `key` = 'module_acme_status'");
    set(false, "module/acme");
    rows("SELECT setting FROM oc_module WHERE name = 'a'", "{\"name\":\"anew\",\"status\":\"0\"};");
    set(true, "module/acme");
    rows("SELECT setting FROM oc_module WHERE name = 'a'", "{\"name\":\"anew\",\"status\":\"1\"};");
    rows("SELECT setting FROM oc_module WHERE name = 'b'", "{\"name\":\"b\",\"status\":\"0\"};");
}

/* Settings get other numbers whenever the back office saves them. */
static void told_by_shop_and_name(void **state)
{
    (void)state;
    shop_db_need();
    set(false, "payment/cod");
    rows("SELECT store_id, value FROM oc_setting WHERE `key` = 'payment_cod_status' ORDER BY 1", "0|0;2|0;");
    sql("UPDATE oc_setting SET setting_id = setting_id + 100");
    set(true, "payment/cod");
    rows("SELECT store_id, value FROM oc_setting WHERE `key` = 'payment_cod_status' ORDER BY 1", "0|1;2|1;");
}

static void all_third_parties(void **state)
{
    struct buf before = {0};
    struct buf after = {0};

    (void)state;
    shop_db_need();
    shop_dir_put(&p, "system/storage/modification/catalog/x.php", "<?php\n");
    all_rows(&before);
    set(false, NULL);
    rows(EVENTS, "mail_order|1;acme|0;acme|0;voucher|1;");
    rows(MODIFICATIONS, "one|0;two|0;");
    rows("SELECT value FROM oc_setting WHERE `key` IN ('payment_cod_status', 'module_acme_status') ORDER BY `key`, store_id", "0;1;1;");
    assert_false(shop_dir_has(&p, "system/storage/modification/catalog"));
    set(true, NULL);
    all_rows(&after);
    assert_string_equal(buf_cstr(&after), buf_cstr(&before));
    buf_free(&before);
    buf_free(&after);
}

/* Copies of modified files stay where no modification changes. */
static void only_modifications_clear_copies(void **state)
{
    (void)state;
    shop_db_need();
    shop_dir_put(&p, "system/storage/modification/catalog/x.php", "<?php\n");
    shop_dir_put(&p, "system/storage/cache/y", "y");
    set(false, "payment/cod");
    assert_true(shop_dir_has(&p, "system/storage/modification/catalog/x.php"));
    assert_false(shop_dir_has(&p, "system/storage/cache/y"));
    set(false, "modification/one");
    assert_false(shop_dir_has(&p, "system/storage/modification/catalog/x.php"));
}

static void what_others_switched_off(void **state)
{
    const char *const never[] = {"total/never"};
    const char *const nobody[] = {"module/nobody"};

    (void)state;
    shop_db_need();
    set(true, "shipping/flat");
    shop_dir_said(&p, "was not switched off by the toolkit");
    rows("SELECT value FROM oc_setting WHERE `key` = 'shipping_flat_status'", "1;");
    set(true, "modification/two");
    rows(MODIFICATIONS, "one|1;two|1;");
    assert_int_equal(oc_addons_set(&p.s, never, 1, true, &p.w, &p.e), -1);
    assert_non_null(strstr(p.e.text, "no setting that switches it on"));
    assert_int_equal(oc_addons_set(&p.s, nobody, 1, false, &p.w, &p.e), -1);
    assert_int_equal(p.e.kind, ERR_ABSENT);
}

/* Up to 2.2 events have no status; a trigger of another name is never pulled. */
static void events_of_2_0(void **state)
{
    (void)state;
    shop_db_need();
    sql("ALTER TABLE oc_event DROP COLUMN status");
    set(false, "event/acme");
    rows("SELECT code, `trigger` FROM oc_event ORDER BY event_id", "mail_order|x/after;acme|toolkit-off/y/after;acme|toolkit-off/z/after;voucher|v;");
    set(false, "event/acme");
    shop_dir_said(&p, "event/acme is off already");
    set(true, "event/acme");
    rows("SELECT code, `trigger` FROM oc_event ORDER BY event_id", "mail_order|x/after;acme|y/after;acme|z/after;voucher|v;");
    sql("UPDATE oc_event SET `trigger` = CONCAT('toolkit-off/', `trigger`) WHERE code = 'acme'");
    set(true, "event/acme");
    rows("SELECT `trigger` FROM oc_event WHERE code = 'acme' ORDER BY event_id", "y/after;z/after;");
}

/* In 4.x the table says whose an extension is, and modules have it in front of their names. */
static void extensions_of_4(void **state)
{
    (void)state;
    shop_db_need();
    oc_store_version(&p, "4.0.2.3");
    files_mkdir(p.root, "extension/opencart");
    reopen();
    sql("ALTER TABLE oc_extension ADD extension varchar(255) NOT NULL DEFAULT 'opencart'");
    sql("UPDATE oc_extension SET extension = 'acme' WHERE code = 'acme'");
    sql("UPDATE oc_module SET code = CONCAT(IF(code = 'acme', 'acme.', 'opencart.'), code)");
    sql("DROP TABLE oc_modification");
    sql("DELETE FROM oc_event");
    sql("CREATE TABLE oc_startup (startup_id int AUTO_INCREMENT PRIMARY KEY, code varchar(64), action text, status tinyint)");
    sql("INSERT INTO oc_startup (code, action, status) VALUES ('acme', 'catalog/extension/acme/startup/x', 1), ('own', 'catalog/startup/x', 1)");
    sql("CREATE TABLE oc_cron (cron_id int AUTO_INCREMENT PRIMARY KEY, code varchar(64), action text, status tinyint)");
    sql("INSERT INTO oc_cron (code, action, status) VALUES ('currency', 'cron/currency', 1), ('rates', 'extension/acme/cron/rates', 1)");
    list_is("+ cron/currency\n"
            "+3 cron/rates\n"
            "+3 module/acme: its folder extension/acme is missing\n"
            "+ module/featured\n"
            "+ payment/cod\n"
            "- shipping/flat\n"
            "+3 startup/acme\n"
            "+ startup/own\n"
            "- total/never: installed, and never set up: no setting says that it is on\n");
    set(false, NULL);
    rows("SELECT code, status FROM oc_startup ORDER BY 1", "acme|0;own|1;");
    rows("SELECT code, status FROM oc_cron ORDER BY 1", "currency|1;rates|0;");
    rows("SELECT setting FROM oc_module WHERE code = 'acme.acme' ORDER BY module_id",
         "{\"name\":\"a\",\"status\":\"0\"};{\"name\":\"b\",\"status\":\"0\"};");
    set(true, NULL);
    rows("SELECT code, status FROM oc_startup ORDER BY 1", "acme|1;own|1;");
    rows("SELECT setting FROM oc_module WHERE code = 'acme.acme' ORDER BY module_id",
         "{\"name\":\"a\",\"status\":\"1\"};{\"name\":\"b\",\"status\":\"0\"};");
}

/* ---- backups against the live tables ---- */

static void fault(void *arg, bool damage, const char *text)
{
    buf_printf(arg, "%s%s\n", damage ? "damage: " : "", text);
}

static void faults(const char *const *tables, const char *const *columns, size_t n, struct buf *out)
{
    struct backup b = {.rows_alone = true, .last_table = "the last"};

    for (size_t i = 0; tables[i]; i++)
        *vec_push(&b.dumped) = (struct backup_table){tables[i], columns, n, 1};
    buf_reset(out);
    oc_backup_faults(&p.s, &b, fault, out);
    free(b.dumped.v);
}

static void what_a_backup_lacks(void **state)
{
    static const char *const cut[] = {"oc_event", "oc_extension", NULL};
    static const char *const chosen[] = {"oc_event", "oc_extension", "oc_product_description", "oc_setting", "oc_store", NULL};
    static const char *const none[] = {"oc_acme", NULL};
    static const char *const old[] = {"event_id", "code", "trigger", "action"};
    struct buf said = {0};

    (void)state;
    shop_db_need();
    sql("CREATE TABLE oc_product_description (product_id int, name varchar(255)) DEFAULT CHARSET utf8mb4");
    sql("CREATE TABLE oc_user (user_id int)");
    sql("CREATE TABLE oc_subscription (subscription_id int)");
    sql("CREATE TABLE oc_subscription_history (subscription_id int)");
    sql("CREATE TABLE other_table (id int)");
    faults(cut, old, 4, &said);
    assert_non_null(strstr(buf_cstr(&said), "damage: it ends at table the last: product_description and what every version has behind it"));
    /* Tables of later versions came with the upgrade, and users are never in one. */
    faults(chosen, old, 4, &said);
    assert_null(strstr(buf_cstr(&said), "damage"));
    assert_non_null(strstr(buf_cstr(&said), "2 live tables are not in it and would stay as they are, in the version they have now: oc_modification, oc_module\n"));
    assert_non_null(strstr(buf_cstr(&said), "no character of four bytes"));
    sql("ALTER TABLE oc_product_description CONVERT TO CHARACTER SET utf8");
    faults(chosen, old, 4, &said);
    assert_null(strstr(buf_cstr(&said), "no character of four bytes"));
    /* Where nothing tells its version they are missed. */
    faults(chosen, NULL, 0, &said);
    assert_non_null(strstr(buf_cstr(&said), "4 live tables are not in it"));
    /* It begins with none of those that tell. */
    faults(none, NULL, 0, &said);
    assert_null(strstr(buf_cstr(&said), "damage"));
    buf_free(&said);
}

/* ---- switches ---- */

static void switches(void **state)
{
    static const char *const names[] = {"events", "modifications"};
    struct buf before = {0};
    struct buf after = {0};

    (void)state;
    shop_db_need();
    all_rows(&before);
    for (size_t i = 0; i < 2; i++) {
        const struct store_switch *sw = oc_store_switch(names[i]);

        assert_true(oc_store_is_on(&p, sw));
        p.w.dry_run = true;
        assert_int_equal(sw->set(&p.s, false, &p.w, &p.e), 0);
        p.w.dry_run = false;
        assert_true(oc_store_is_on(&p, sw));
        if (sw->set(&p.s, false, &p.w, &p.e) < 0)
            fail_msg("%s", p.e.text);
        assert_false(oc_store_is_on(&p, sw));
        assert_int_equal(sw->set(&p.s, false, &p.w, &p.e), 0);
        shop_dir_said(&p, "off already");
        if (sw->set(&p.s, true, &p.w, &p.e) < 0)
            fail_msg("%s", p.e.text);
        assert_true(oc_store_is_on(&p, sw));
        all_rows(&after);
        assert_string_equal(buf_cstr(&after), buf_cstr(&before));
    }
    /* What others switched off is not ours to switch on. */
    sql("UPDATE oc_modification SET status = 0");
    assert_false(oc_store_is_on(&p, oc_store_switch("modifications")));
    assert_int_equal(oc_store_switch("modifications")->set(&p.s, true, &p.w, &p.e), -1);
    assert_int_equal(p.e.kind, ERR_ABSENT);
    /* Nothing of that kind is there: that is on, and no fault. */
    sql("DROP TABLE oc_modification");
    sql("DELETE FROM oc_event WHERE code = 'acme'");
    for (size_t i = 0; i < 2; i++) {
        assert_true(oc_store_is_on(&p, oc_store_switch(names[i])));
        assert_int_equal(oc_store_switch(names[i])->set(&p.s, false, &p.w, &p.e), 0);
        shop_dir_said(&p, "there is nothing to switch off");
    }
    buf_free(&before);
    buf_free(&after);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        server_test(one_shop),
        server_test(several_shops),
        server_test(the_column_of_2_0_0),
        server_test(what_is_listed),
        server_test(whose_an_event_is),
        server_test(what_is_left_alone),
        server_test(there_and_back),
        server_test(edited_meanwhile),
        server_test(told_by_shop_and_name),
        server_test(all_third_parties),
        server_test(only_modifications_clear_copies),
        server_test(what_others_switched_off),
        server_test(events_of_2_0),
        server_test(extensions_of_4),
        server_test(what_a_backup_lacks),
        server_test(switches),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
