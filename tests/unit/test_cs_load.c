/* Recognising CS-Cart, its versions, its configuration. */
#include "cs_store.h"

#include "files.h"
#include "same_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

static struct shop_dir c;

static bool recognised(const char *dir)
{
    return shop_dir_recognised(dir, cs_recognise);
}

static void what_makes_a_store(void **state)
{
    static const char *const gone[] = {"app", "js", "config.local.php"};

    (void)state;
    assert_true(recognised(c.root));
    /* A restore that was cut off leaves neither app nor js. */
    for (size_t i = 0; i < 2; i++)
        shop_dir_remove(&c, gone[i]);
    assert_true(recognised(c.root));
    shop_dir_remove(&c, gone[2]);
    assert_false(recognised(c.root));
    shop_dir_put(&c, "upgrades/source_restore.php", "<?php\n");
    assert_true(recognised(c.root));
    shop_dir_remove(&c, "config.php");
    assert_false(recognised(c.root));
}

/* Packages and half backups inside of a store look like one. */
static void a_copy_inside_is_no_store(void **state)
{
    static const char *const dirs[] = {"var/upgrade/packages/core/content/package",
                                       "var/cache/misc/tmp/backup/x", "var/upgrade/a.tgz/package"};
    char path[200];

    (void)state;
    for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++) {
        snprintf(path, sizeof path, "%s/app/Tygh", dirs[i]);
        files_mkdir(c.root, path);
        snprintf(path, sizeof path, "%s/js/tygh", dirs[i]);
        files_mkdir(c.root, path);
        snprintf(path, sizeof path, "%s/%s", c.root, dirs[i]);
        assert_false(recognised(path));
    }
    files_mkdir(c.root, "shop/app/Tygh");
    files_mkdir(c.root, "shop/js/tygh");
    snprintf(path, sizeof path, "%s/shop", c.root);
    assert_true(recognised(path));
}

static void versions(void **state)
{
    const struct cs *x = c.s.own;

    (void)state;
    same_text(c.s.version, "4.9.1");
    same_text(x->edition, "ULTIMATE");
    same_text(x->status, "");
    shop_dir_put(&c, "config.php",
                 "<?php\n// define('PRODUCT_VERSION', '1.1');\ndefine(\"PRODUCT_VERSION\", \"4.14.3.SP1\");\n"
                 "define('PRODUCT_STATUS', 'ACTIVE');\ndefine('PRODUCT_EDITION', "
                 "'MULTIVENDOR');\ndefine('PRODUCT_BUILD', 'RU');\n"
                 "define('PRODUCT_NAME', 'Multi-Vendor');\n");
    cs_reread_version(&c.s);
    same_text(c.s.version, "4.14.3.SP1");
    same_text(x->status, "ACTIVE");
    same_text(x->edition, "MULTIVENDOR");
    same_text(x->build, "RU");
    same_text(x->product, "Multi-Vendor");
    shop_dir_put(&c, "config.php", "<?php\ndefine('PRODUCT_VERS");
    cs_reread_version(&c.s);
    same_text(c.s.version, NULL);
    assert_non_null(strstr(x->version_err, "config.php"));
    shop_dir_put(&c, "config.php", "<?php\ndefine('PRODUCT_VERSION', '../../x');");
    cs_reread_version(&c.s);
    same_text(c.s.version, NULL);
    shop_dir_remove(&c, "config.php");
    cs_reread_version(&c.s);
    same_text(c.s.version, NULL);
    assert_non_null(x->version_err);
}

static void generations(void **state)
{
    static const struct {
        const char *from;
        const char *gen;
    } table[] = {
        {"4.0.1", "L"},       {"4.2.4", "L"},      {"4.3.1", "A"},  {"4.3.3", "A"},     {"4.3.4", "B"},
        {"4.4.2", "B"},       {"4.4.2.SP1", "B"},  {"4.4.3", "C"},  {"4.5.1.SP1", "C"}, {"4.10.4.SP1", "C"},
        {"4.18.1.Beta", "C"}, {"4.18.1.SP1", "C"}, {"4.18.2", "D"}, {"4.20.1", "D"},    {"", "?"},
        {"x", "?"},           {"4", "?"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        same_text(cs_generation_name(cs_generation(str_of(table[i].from))), table[i].gen);
}

static void order_of_versions(void **state)
{
    static const char *const rising[] = {"4.3.1",       "4.3.10",      "4.4.1",      "4.9.3",  "4.10.1",
                                         "4.11.1.Beta", "4.11.1.RC1",  "4.11.1.RC2", "4.11.1", "4.11.1.SP1",
                                         "4.11.1.SP2",  "4.11.1.SP10", "4.11.2"};

    (void)state;
    for (size_t i = 0; i < sizeof rising / sizeof *rising; i++)
        for (size_t k = 0; k < sizeof rising / sizeof *rising; k++)
            assert_int_equal(cs_version_compare(str_of(rising[i]), str_of(rising[k])), (i > k) - (i < k));
    assert_int_equal(cs_version_compare(STR("4.11.1.sp1"), STR("4.11.1.SP1")), 0);
    assert_false(cs_is_version(STR("4.1.")));
    assert_false(cs_is_version(STR("4..1")));
    assert_false(cs_is_version(STR("4.1/2")));
}

static void php_windows(void **state)
{
    struct php_want want;

    (void)state;
    cs_php_want(&c.s, &want);
    assert_int_equal(want.min, 50600);
    assert_int_equal(want.max, 0);
    c.s.version = "4.18.1.SP1";
    cs_php_want(&c.s, &want);
    assert_int_equal(want.min, 70205);
    assert_int_equal(want.max, 80200);
    c.s.version = "4.20.1";
    cs_php_want(&c.s, &want);
    assert_int_equal(want.min, 70400);
    assert_int_equal(want.max, 80400);
}

static void config(const char *text)
{
    shop_dir_put(&c, "config.local.php", text);
    cs_store_open(&c);
}

#define WHOLE                                                                                                \
    "<?php\n$config['db_host'] = 'db:3307'; $config['db_name'] = 'n'; $config['db_user'] = 'u'; "            \
    "$config['db_password'] = 'p\\'w';\n"                                                                    \
    "$config['table_prefix'] = 'x_';\n"

static void settings(void **state)
{
    const struct cs *x;

    (void)state;
    config(WHOLE "$config['admin_index'] = 'secret.php'; $config['vendor_index'] = '../x.php'; "
                 "$config['http_path'] = '/shop'; $config['cache_backend'] = 'redis';\n");
    x = c.s.own;
    assert_int_equal(c.s.config_err.kind, ERR_NONE);
    same_text(c.s.db_config.host, "db");
    assert_int_equal(c.s.db_config.port, 3307);
    same_text(c.s.db_config.database, "n");
    same_text(c.s.db_config.user, "u");
    same_text(c.s.db_config.password, "p'w");
    same_text(c.s.prefix, "x_");
    same_text(x->admin, "secret.php");
    same_text(x->vendor, "vendor.php");
    same_text(x->http_path, "/shop");
    same_text(x->cache_backend, "redis");
    assert_true(x->installed);
    config("<?php $config['db_host']='a';$config['db_name']='n';$config['db_user']='u';");
    same_text(c.s.prefix, "cscart_");
    assert_int_equal(c.s.db_config.port, 0);
}

static void the_last_one_wins(void **state)
{
    (void)state;
    config(WHOLE "$config['db_name'] = $other;\n$config['db_name'] = 'last';\n");
    assert_int_equal(c.s.config_err.kind, ERR_NONE);
    same_text(c.s.db_config.database, "last");
    config(
        WHOLE
        "if (file_exists(DIR_ROOT . '/local_conf.php')) { include_once(DIR_ROOT . '/local_conf.php'); }\n");
    same_text(c.s.db_config.database, "n");
    shop_dir_put(&c, "local_conf.php", "<?php $config['db_name'] = 'dev'; $config['db_host'] = 'localhost';");
    cs_store_open(&c);
    same_text(c.s.db_config.database, "dev");
    same_text(c.s.db_config.host, "localhost");
    same_text(c.s.db_config.user, "u");
    /* Only when the tree says so. */
    config(WHOLE);
    same_text(c.s.db_config.database, "n");
    /* A file that includes itself ends. */
    shop_dir_put(&c, "local_conf.php", "<?php include DIR_ROOT . '/other.php';");
    shop_dir_put(&c, "other.php", "<?php include DIR_ROOT . '/local_conf.php';");
    config(WHOLE "include DIR_ROOT . '/local_conf.php';");
    assert_int_equal(c.s.config_err.kind, ERR_FORMAT);
    config(WHOLE "include DIR_ROOT . '/../../etc/passwd.php'; include '/etc/x.php';");
    assert_int_equal(c.s.config_err.kind, ERR_NONE);
}

static void wrong(const char *text, const char *words)
{
    config(text);
    if (c.s.config_err.kind == ERR_NONE)
        fail_msg("%s is taken for good", text);
    if (strstr(c.s.config_err.text, words) == NULL)
        fail_msg("%s: \"%s\" is not in \"%s\"", text, words, c.s.config_err.text);
    assert_null(strstr(c.s.config_err.text, "s3cret"));
    assert_non_null(strstr(c.s.config_err.fix, "--db-defaults-file"));
}

static void settings_that_lie(void **state)
{
    (void)state;
    wrong(WHOLE "$config['db_name'] = $x;", "config.local.php, line 4: db_name is a variable");
    wrong(WHOLE "$config['db_password'] = getenv('s3cret');", "db_password is a constant or a call");
    wrong(WHOLE "if ($dev) { $config['db_name'] = 'dev'; }", "inside of a condition");
    wrong(WHOLE "$config = array_merge($config, f());", "only PHP could work out");
    wrong(WHOLE "$config['db_host'] = 'localhost:/run/db.sock';", "number of a port");
    wrong(WHOLE "$config['db_host'] = 'a:0';", "number of a port");
    wrong("<?php $config['db_password'] = 's3cret", "does not end");
    wrong("<?php ", "names no database");
    wrong("<?php $config['db_host'] = '%DB_HOST%'; $config['db_name'] = '%DB_NAME%'; $config['db_user'] = "
          "'%DB_USER%';",
          "never installed");
    assert_false(((const struct cs *)c.s.own)->installed);
    /* The same value in a condition changes nothing. */
    config(WHOLE "if ($dev) { $config['db_name'] = 'n'; }");
    assert_int_equal(c.s.config_err.kind, ERR_NONE);
}

static void settings_of_a_restore_script(void **state)
{
    static const char script[] = "<?php\n$uc_settings = array ();\n$config = array (\n  'db_host' => "
                                 "'old:3308',\n  'db_name' => 'olddb',\n  'db_user' => 'olduser',\n"
                                 "  'db_password' => 'pw',\n  'table_prefix' => 'o_',\n  'admin_index' => "
                                 "'hidden.php',\n  'dir' => array ('root' => '/var/www/shop',),\n);\n"
                                 "$uak = 'x';\nif (empty($_GET['uak'])) { die('Access denied'); }\n";
    const struct cs *x;

    (void)state;
    shop_dir_remove(&c, "config.local.php");
    cs_store_open(&c);
    assert_int_equal(c.s.config_err.kind, ERR_ABSENT);
    assert_non_null(strstr(c.s.config_err.text, "config.local.php"));
    same_text(c.s.prefix, "cscart_");
    shop_dir_put(&c, "upgrades/core_4.8.1-4.9.1/restore_2017-08-09_20-00-24.php", script);
    shop_dir_put(&c, "upgrades/core_4.7.1-4.8.1/restore_2016-08-09_20-00-24.php",
                 "<?php $config = array('db_name' => 'older');");
    cs_store_open(&c);
    x = c.s.own;
    assert_int_equal(c.s.config_err.kind, ERR_NONE);
    same_text(c.s.db_config.database, "olddb");
    assert_int_equal(c.s.db_config.port, 3308);
    same_text(c.s.prefix, "o_");
    same_text(x->admin, "hidden.php");
    same_text(x->old_root, "/var/www/shop");
    assert_non_null(strstr(x->config_note, "restore_2017-08-09_20-00-24.php"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cs_store_test(what_makes_a_store, &c), cs_store_test(a_copy_inside_is_no_store, &c),
        cs_store_test(versions, &c),           cs_store_test(generations, &c),
        cs_store_test(order_of_versions, &c),  cs_store_test(php_windows, &c),
        cs_store_test(settings, &c),           cs_store_test(the_last_one_wins, &c),
        cs_store_test(settings_that_lie, &c),  cs_store_test(settings_of_a_restore_script, &c),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
