/*
 * What is made true before a step of OpenCart's installer runs, in a real database. tests/e2e/opencart_tables.bats starts a server and names its socket
 * in TEST_DB_SOCKET (root without a password); without it nothing is tested.
 */
#include "db/schema_live.h"
#include "oc_store.h"
#include "platform/opencart/plan_parts.h"
#include "shop_db.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define STEP_FILE "install/model/upgrade/step.php"
#define TABLES    "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() ORDER BY 1"
#define COLUMNS   "SELECT COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() ORDER BY ORDINAL_POSITION"

static struct shop_dir p;
static struct oc_case c;
static struct arena mem;

/* A store that an attempt left like that, and what becomes of it. */
struct trial {
    const char *step;
    const char *sql[6];
    const char *before; /* words of what is said to be made true; NULL: nothing is */
    const char *query;
    const char *was, *is; /* is NULL: as it was */
    const char *danger;
    const char *php; /* of the step */
};

static int setup(void **state)
{
    if (!shop_db_there())
        return 0;
    oc_store_setup(state);
    return 0;
}

static int teardown(void **state)
{
    if (!shop_db_there())
        return 0;
    schema_free(&c.live);
    free(c.steps.v);
    memset(&c, 0, sizeof c);
    arena_free(&mem);
    return shop_dir_teardown(state);
}

static void look(void)
{
    schema_free(&c.live);
    if (schema_live(store_db(&p.s, &p.e), "oc_", &c.live, &p.e) != 0)
        fail_msg("%s", p.e.text);
}

static void begin(const struct trial *t)
{
    while (p.n_notes > 0)
        buf_free(&p.notes[--p.n_notes].value);
    shop_db_make("oc_before_test", "utf8mb4");
    oc_store_open(&p);
    shop_db_use(&p.s, "oc_before_test");
    for (size_t i = 0; i < sizeof t->sql / sizeof *t->sql && t->sql[i]; i++)
        shop_db_run(&p.s, t->sql[i]);
    shop_dir_put(&p, STEP_FILE, t->php ? t->php : "<?php\n");
    free(c.steps.v);
    c = (struct oc_case){.mem = &mem, .db = true, .target_known = true, .live = c.live};
    *vec_push(&c.steps) = (struct oc_todo){.name = t->step, .file = STEP_FILE, .number = 1};
    look();
}

static void prepare(bool dry_run)
{
    p.w.dry_run = dry_run;
    if (oc_patch_prepare(&p.s, &c, c.steps.v, &p.w, &p.e) < 0)
        fail_msg("%s: %s", c.steps.v->name, p.e.text);
}

static void words_are(const char *what, const char *have, const char *want)
{
    if (!want && have)
        fail_msg("%s is told where there is none: %s", what, have);
    if (want && (!have || !strstr(have, want)))
        fail_msg("%s is %s, it should have \"%s\"", what, have ? have : "not told", want);
}

static void try(const struct trial *t)
{
    struct oc_todo *step;

    begin(t);
    step = c.steps.v;
    oc_patch_judge(&p.s, &c, step);
    words_are("before", step->before, t->before);
    words_are("danger", step->danger, t->danger);
    prepare(true);
    shop_db_rows_are(&p.s, t->query, t->was);
    assert_int_equal(p.n_notes, 0);
    prepare(false);
    shop_db_rows_are(&p.s, t->query, t->is ? t->is : t->was);
    assert_true((p.n_notes > 0) == (t->before != NULL));
    /* A run that was cut behind it comes here again, first with what it knew, then anew. */
    prepare(false);
    shop_db_rows_are(&p.s, t->query, t->is ? t->is : t->was);
    look();
    prepare(false);
    shop_db_rows_are(&p.s, t->query, t->is ? t->is : t->was);
    /* A step that has done its work is left alone. */
    *step = (struct oc_todo){.name = t->step, .file = STEP_FILE, .state = OC_STEP_DONE};
    oc_patch_judge(&p.s, &c, step);
    assert_null(step->before);
    assert_null(step->danger);
}

static void try_all(const struct trial *t, size_t n)
{
    shop_db_need();
    for (size_t i = 0; i < n; i++)
        try(&t[i]);
}
#define TRY(...) try_all((const struct trial[]){__VA_ARGS__}, sizeof((const struct trial[]){__VA_ARGS__}) / sizeof(struct trial))

static void carts(void **state)
{
    (void)state;
    TRY({.step = "upgrade_8",
         .sql = {"CREATE TABLE oc_cart (cart_id int, quantity int)"},
         .before = "recurring_id comes back",
         .query = COLUMNS,
         .was = "cart_id;quantity;",
         .is = "cart_id;quantity;recurring_id;"},
        {.step = "upgrade_8", .sql = {"CREATE TABLE oc_cart (cart_id int, recurring_id int)"}, .query = COLUMNS, .was = "cart_id;recurring_id;"},
        {.step = "upgrade_8", .sql = {"CREATE TABLE oc_cart (cart_id int, subscription_plan_id int)"}, .query = COLUMNS, .was = "cart_id;subscription_plan_id;"},
        {.step = "upgrade_9", .sql = {"CREATE TABLE oc_cart (cart_id int)"}, .query = COLUMNS, .was = "cart_id;"});
}

static void affiliates(void **state)
{
    (void)state;
    TRY({.step = "1009",
         .sql = {"CREATE TABLE oc_affiliate (affiliate_id int)", "CREATE TABLE oc_affiliate_login (affiliate_id int)",
                 "INSERT INTO oc_affiliate_login VALUES (7)"},
         .before = "an empty table",
         .query = TABLES,
         .was = "oc_affiliate;oc_affiliate_login;",
         .is = "oc_affiliate;oc_affiliate_activity;oc_affiliate_login;oc_affiliate_transaction;"},
        {.step = "upgrade_8",
         .sql = {"CREATE TABLE oc_affiliate (affiliate_id int)"},
         .before = "an empty table",
         .query = TABLES,
         .was = "oc_affiliate;",
         .is = "oc_affiliate;oc_affiliate_transaction;"},
        {.step = "1009", .sql = {"CREATE TABLE oc_customer (customer_id int)"}, .query = TABLES, .was = "oc_customer;"});
}

#define COMPANIONS                                                                                                                       \
    "CREATE TABLE oc_affiliate (affiliate_id int)", "CREATE TABLE oc_affiliate_activity (affiliate_id int)",                             \
        "CREATE TABLE oc_affiliate_login (affiliate_id int)", "CREATE TABLE oc_affiliate_transaction (affiliate_id int)"

/* Releases whose step loses affiliates: only where there are some. */
static void misspelt(void **state)
{
    (void)state;
    TRY({.step = "1009",
         .sql = {COMPANIONS, "INSERT INTO oc_affiliate VALUES (1)"},
         .query = "SELECT COUNT(*) FROM oc_affiliate",
         .was = "1;",
         .danger = "misspelt",
         .php = "<?php foreach ($affiliates as $affiliatee) {}\n"},
        {.step = "1009",
         .sql = {COMPANIONS},
         .query = "SELECT COUNT(*) FROM oc_affiliate",
         .was = "0;",
         .php = "<?php foreach ($affiliates as $affiliatee) {}\n"},
        {.step = "1009",
         .sql = {COMPANIONS, "INSERT INTO oc_affiliate VALUES (1)"},
         .query = "SELECT COUNT(*) FROM oc_affiliate",
         .was = "1;",
         .php = "<?php foreach ($affiliates as $affiliate) {}\n"});
}

#define PRODUCTS "CREATE TABLE oc_product (product_id int, sku varchar(64), mpn varchar(64))", "INSERT INTO oc_product VALUES (1, 'A-1', ''), (2, '', 'M')"
#define CODES    "SELECT product_id, code, value FROM oc_product_code ORDER BY 1, 2, 3"

static void codes(void **state)
{
    (void)state;
    /* What the merchant has put in besides stays, and so does another case of the letters. */
    TRY({.step = "upgrade_10",
         .sql = {PRODUCTS, "CREATE TABLE oc_product_code (product_id int, code varchar(48), value varchar(255))",
                 "INSERT INTO oc_product_code VALUES (1, 'sku', 'A-1'), (1, 'sku', 'a-1'), (1, 'own', 'A-1'), (2, 'mpn', 'M'), (2, 'sku', '')"},
         .before = "taken out of product_code",
         .query = CODES,
         .was = "1|own|A-1;1|sku|A-1;1|sku|a-1;2|mpn|M;2|sku|;",
         .is = "1|own|A-1;1|sku|a-1;2|sku|;"},
        {.step = "upgrade_10",
         .sql = {PRODUCTS, "CREATE TABLE oc_product_code (product_id int, code varchar(48), value varchar(255))",
                 "INSERT INTO oc_product_code VALUES (1, 'own', 'A-1')"},
         .query = CODES,
         .was = "1|own|A-1;"},
        {.step = "upgrade_10", .sql = {PRODUCTS}, .query = "SELECT product_id FROM oc_product ORDER BY 1", .was = "1;2;"});
}

#define KINDS "SELECT code FROM oc_identifier ORDER BY 1"

static void kinds(void **state)
{
    (void)state;
    TRY({.step = "upgrade_10",
         .sql = {PRODUCTS, "CREATE TABLE oc_identifier (code varchar(48))", "INSERT INTO oc_identifier VALUES ('SKU'), ('UPC')"},
         .before = "all of them or none",
         .query = KINDS,
         .was = "SKU;UPC;",
         .is = ""},
        {.step = "upgrade_10",
         .sql = {PRODUCTS, "CREATE TABLE oc_identifier (code varchar(48))",
                 "INSERT INTO oc_identifier VALUES ('SKU'), ('UPC'), ('EAN'), ('JAN'), ('ISBN'), ('MPN')"},
         .query = KINDS,
         .was = "EAN;ISBN;JAN;MPN;SKU;UPC;"},
        {.step = "upgrade_10",
         .sql = {PRODUCTS, "CREATE TABLE oc_identifier (code varchar(48))", "INSERT INTO oc_identifier VALUES ('SKU'), ('OWN')"},
         .query = KINDS,
         .was = "OWN;SKU;"},
        {.step = "upgrade_10", .sql = {PRODUCTS, "CREATE TABLE oc_identifier (code varchar(48))"}, .query = KINDS, .was = ""});
}

static void names(void **state)
{
    (void)state;
    TRY({.step = "upgrade_11",
         .sql = {"CREATE TABLE oc_country (country_id int, name varchar(128))", "INSERT INTO oc_country VALUES (1, 'Österreich'), (2, 'Chad')",
                 "CREATE TABLE oc_country_description (country_id int, language_id int, name varchar(128))",
                 "INSERT INTO oc_country_description VALUES (1, 1, 'Österreich'), (1, 2, 'Autriche'), (2, 1, 'chad')"},
         .before = "taken out of the new table",
         .query = "SELECT country_id, language_id, name FROM oc_country_description ORDER BY 1, 2",
         .was = "1|1|Österreich;1|2|Autriche;2|1|chad;",
         .is = "1|2|Autriche;2|1|chad;"},
        {.step = "upgrade_11",
         .sql = {"CREATE TABLE oc_zone (zone_id int, code varchar(32))", "CREATE TABLE oc_zone_description (zone_id int, language_id int, name varchar(128))",
                 "INSERT INTO oc_zone_description VALUES (1, 1, 'Tyrol')"},
         .query = "SELECT name FROM oc_zone_description",
         .was = "Tyrol;"});
}

#define SETTING "CREATE TABLE oc_setting (setting_id int AUTO_INCREMENT PRIMARY KEY, store_id int, code varchar(128), `key` varchar(128), value text)"
#define ROWS    "SELECT store_id, code, `key`, value FROM oc_setting ORDER BY setting_id"

/* Only the newest row of the shop that the step itself puts in. */
static void limit(void **state)
{
    static const struct trial renamed = {
        .step = "1002",
        .sql = {SETTING, "INSERT INTO oc_setting (store_id, code, `key`, value) VALUES (0, 'theme_default', 'theme_default_product_limit', '20'), "
                         "(1, 'theme_default', 'theme_default_product_limit', '20'), (0, 'theme_default', 'theme_default_product_limit', '20')"},
        .before = "its first name back",
        .query = ROWS,
        .was = "0|theme_default|theme_default_product_limit|20;1|theme_default|theme_default_product_limit|20;0|theme_default|theme_default_product_limit|20;",
        .is = "0|theme_default|theme_default_product_limit|20;1|theme_default|theme_default_product_limit|20;0|config|config_product_limit|20;",
    };

    (void)state;
    shop_db_need();
    begin(&renamed);
    /* Without 1007 among the steps nobody will rename it. */
    oc_patch_judge(&p.s, &c, c.steps.v);
    assert_null(c.steps.v->before);
    *vec_push(&c.steps) = (struct oc_todo){.name = "1007", .file = STEP_FILE, .number = 2};
    oc_patch_judge(&p.s, &c, c.steps.v);
    words_are("before", c.steps.v->before, renamed.before);
    prepare(true);
    shop_db_rows_are(&p.s, ROWS, renamed.was);
    prepare(false);
    shop_db_rows_are(&p.s, ROWS, renamed.is);
    prepare(false);
    shop_db_rows_are(&p.s, ROWS, renamed.is);
    /* The merchant's own number stays. */
    shop_db_run(&p.s, "DELETE FROM oc_setting");
    shop_db_run(&p.s, "INSERT INTO oc_setting (store_id, code, `key`, value) VALUES (0, 'theme_default', 'theme_default_product_limit', '15')");
    prepare(false);
    shop_db_rows_are(&p.s, ROWS, "0|theme_default|theme_default_product_limit|15;");
}

#define EXTENSION "CREATE TABLE oc_extension (type varchar(32), code varchar(128))"
#define THEMES    "SELECT type, code FROM oc_extension ORDER BY 1, 2"

static void theme(void **state)
{
    (void)state;
    TRY({.step = "1007",
         .sql = {SETTING, EXTENSION, "INSERT INTO oc_extension VALUES ('theme', 'theme_default'), ('module', 'own')",
                 "INSERT INTO oc_setting (store_id, code, `key`, value) VALUES (0, 'theme_default', 'theme_default_directory', 'default'), (0, 'config', 'x', '1')"},
         .before = "all of it or nothing",
         .query = THEMES,
         .was = "module|own;theme|theme_default;",
         .is = "module|own;"},
        {.step = "1007",
         .sql = {SETTING, EXTENSION, "INSERT INTO oc_extension VALUES ('theme', 'theme_default')",
                 "INSERT INTO oc_setting (store_id, code, `key`, value) VALUES (0, 'theme_default', 'theme_default_directory', 'default'), "
                 "(0, 'theme_default', 'theme_default_status', '1')"},
         .query = ROWS,
         .was = "0|theme_default|theme_default_directory|default;0|theme_default|theme_default_status|1;"},
        {.step = "1007",
         .sql = {SETTING, EXTENSION, "INSERT INTO oc_extension VALUES ('theme', 'theme_default'), ('theme', 'own')"},
         .query = THEMES,
         .was = "theme|own;theme|theme_default;"});
}

#define BANNERS                                                                                                                          \
    "CREATE TABLE oc_banner_image (banner_image_id int PRIMARY KEY, banner_id int, language_id int, title varchar(64))",                 \
        "CREATE TABLE oc_banner_image_description (banner_image_id int, language_id int, banner_id int, title varchar(64))"
#define TITLES "SELECT banner_image_id, language_id, banner_id, title FROM oc_banner_image_description ORDER BY 1, 2"

static void banners(void **state)
{
    (void)state;
    /* 11 was put in anew for the old 1, 2 is still to come. */
    TRY({.step = "upgrade_7",
         .sql = {BANNERS, "INSERT INTO oc_banner_image VALUES (2, 5, 0, ''), (11, 5, 1, 'Sale')",
                 "INSERT INTO oc_banner_image_description VALUES (1, 1, 5, 'Sale'), (2, 1, 5, 'New')"},
         .before = "get their titles again",
         .query = TITLES,
         .was = "1|1|5|Sale;2|1|5|New;",
         .is = "1|1|5|Sale;2|1|5|New;11|1|5|Sale;"},
        {.step = "1007",
         .sql = {BANNERS, "INSERT INTO oc_banner_image VALUES (1, 5, 0, ''), (2, 5, 0, '')",
                 "INSERT INTO oc_banner_image_description VALUES (1, 1, 5, 'Sale'), (2, 1, 5, 'New')"},
         .query = TITLES,
         .was = "1|1|5|Sale;2|1|5|New;"},
        {.step = "upgrade_7",
         .sql = {BANNERS, "INSERT INTO oc_banner_image VALUES (2, 5, 0, '')",
                 "INSERT INTO oc_banner_image_description VALUES (1, 1, 5, 'Sale'), (2, 1, 5, 'New')"},
         .query = TITLES,
         .was = "1|1|5|Sale;2|1|5|New;",
         .danger = "picture and address are gone"});
}

#define ORDERS                                                                                                                           \
    "CREATE TABLE oc_order (order_id int, shipping_method text, shipping_code varchar(128), payment_code varchar(128))",                 \
        "CREATE TABLE oc_order_total (order_id int, code varchar(32))", "INSERT INTO oc_order_total VALUES (1, 'shipping'), (2, 'shipping'), (3, 'total')"
#define METHODS "SELECT order_id, shipping_method, shipping_code FROM oc_order ORDER BY 1"

/* Each attempt wrapped it once; an order without shipping was never wrapped. */
static void shipping(void **state)
{
    (void)state;
    TRY({.step = "upgrade_9",
         .sql = {ORDERS,
                 "INSERT INTO oc_order VALUES (1, '', '', 'cod'), (2, 'Pick up', 'pickup.pickup', 'cod'), "
                 "(3, '{\"name\":\"x\",\"code\":\"y\"}', 'z', 'cod')",
                 "UPDATE oc_order SET shipping_method = CONCAT('{\"name\":', JSON_QUOTE('{\"name\":\"Flat\",\"code\":\"flat.flat\"}'), ',\"code\":\"\"}') "
                 "WHERE order_id = 1"},
         .before = "made names again",
         .query = METHODS,
         .was = "1|{\"name\":\"{\\\"name\\\":\\\"Flat\\\",\\\"code\\\":\\\"flat.flat\\\"}\",\"code\":\"\"}|;2|Pick up|pickup.pickup;3|{\"name\":\"x\",\"code\":\"y\"}|z;",
         .is = "1|Flat|flat.flat;2|Pick up|pickup.pickup;3|{\"name\":\"x\",\"code\":\"y\"}|z;"},
        {.step = "upgrade_9",
         .sql = {ORDERS, "INSERT INTO oc_order VALUES (1, 'Flat', 'flat.flat', 'cod')"},
         .query = METHODS,
         .was = "1|Flat|flat.flat;"});
}

static void code_between(void **state)
{
    (void)state;
    TRY({.step = "upgrade_9",
         .sql = {"CREATE TABLE oc_order (order_id int, shipping_code varchar(128))"},
         .before = "the column is dropped",
         .query = COLUMNS,
         .was = "order_id;shipping_code;",
         .is = "order_id;"},
        {.step = "upgrade_9",
         .sql = {"CREATE TABLE oc_order (order_id int, shipping_code varchar(128), payment_code varchar(128))"},
         .query = COLUMNS,
         .was = "order_id;shipping_code;payment_code;"});
}

/* Without the tables of the target nobody knows whether the column is to go. */
static void code_unknown(void **state)
{
    static const struct trial left = {.step = "upgrade_9", .sql = {"CREATE TABLE oc_order (order_id int, shipping_code varchar(128))"}};

    (void)state;
    shop_db_need();
    begin(&left);
    c.target_known = false;
    oc_patch_judge(&p.s, &c, c.steps.v);
    assert_null(c.steps.v->before);
    prepare(false);
    shop_db_rows_are(&p.s, COLUMNS, "order_id;shipping_code;");
}

int main(void)
{
#define server_test(function) cmocka_unit_test_prestate_setup_teardown(function, setup, teardown, &p)
    const struct CMUnitTest tests[] = {
        server_test(carts), server_test(affiliates), server_test(misspelt), server_test(codes),    server_test(kinds),        server_test(names),
        server_test(limit), server_test(theme),      server_test(banners),  server_test(shipping), server_test(code_between), server_test(code_unknown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
