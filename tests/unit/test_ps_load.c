/* Recognising PrestaShop: its versions, its admin directory, the module, its configuration. */
#include "ps_store.h"

#include "files.h"
#include "same_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

static struct shop_dir p;

static const struct ps *ps(void)
{
    return p.s.own;
}

static bool recognised(const char *dir)
{
    return shop_dir_recognised(dir, ps_recognise);
}

static void what_makes_a_store(void **state)
{
    static const char *const gone[] = {"app", "classes", "src", "config"};

    (void)state;
    assert_true(recognised(p.root));
    for (size_t i = 0; i < 2; i++)
        shop_dir_remove(&p, gone[i]);
    assert_true(recognised(p.root));
    shop_dir_remove(&p, gone[2]);
    assert_false(recognised(p.root));
    files_mkdir(p.root, "classes");
    assert_true(recognised(p.root));
    shop_dir_remove(&p, gone[3]);
    assert_false(recognised(p.root));
    /* A shop of 1.6 whose configuration alone is left beside the loader of classes. */
    ps_store_old(&p, "1.6.1.24");
    assert_false(recognised(p.root));
    shop_dir_put(&p, "classes/PrestaShopAutoload.php", "<?php\n");
    assert_true(recognised(p.root));
}

static void other_shops_are_none(void **state)
{
    (void)state;
    for (size_t i = 0; i < 5; i++)
        shop_dir_remove(&p, (const char *const[]){"app", "classes", "src", "config", "controllers"}[i]);
    files_mkdir(p.root, "app/Tygh");
    files_mkdir(p.root, "classes/XLite");
    files_mkdir(p.root, "controllers");
    shop_dir_put(&p, "config/defines.inc.php", "<?php\ndefine('ROOT', 1);\n");
    shop_dir_put(&p, "app/config/parameters.php", "<?php return ['parameters' => ['database_name' => 'x']];\n");
    assert_false(recognised(p.root));
}

static void a_release_inside_is_no_store(void **state)
{
    static const char *const dirs[] = {"admin4711/autoupgrade/latest", "admin4711/autoupgrade/latest/prestashop",
                                       "admin4711/autoupgrade/tmp/releases"};
    char path[200];

    (void)state;
    for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++) {
        snprintf(path, sizeof path, "%s/%s", p.root, dirs[i]);
        files_mkdir(p.root, dirs[i]);
        files_put(path, "config/defines.inc.php", "<?php define('_PS_MODE_DEV_', false);");
        files_mkdir(path, "classes");
        files_mkdir(path, "controllers");
        assert_false(recognised(path));
    }
}

static void thirty_bees(void **state)
{
    struct store s = {.platform = p.s.platform};
    struct err e = {0};

    (void)state;
    ps_store_old(&p, "1.6.1.999");
    shop_dir_put(&p, "config/settings.inc.php",
                 "<?php\ndefine('_DB_PREFIX_', 'tb_');\ndefine('_PS_VERSION_', '1.6.1.999');\ndefine('_TB_VERSION_', '1.4.0');\n");
    assert_int_equal(tree_open(&s.tree, p.root, &e), 0);
    assert_int_equal(ps_load(&s, &e), -1);
    assert_int_equal(e.kind, ERR_ABSENT);
    assert_non_null(strstr(e.text, "thirty bees 1.4.0"));
    tree_close(&s.tree);
    arena_free(&s.mem);
}

static void versions(void **state)
{
    (void)state;
    same_text(p.s.version, "8.1.7");
    /* What 8 has there names a constant. */
    shop_dir_put(&p, "config/autoload.php", "<?php\ndefine('_PS_VERSION_', \\PrestaShop\\PrestaShop\\Core\\Version::VERSION);\n");
    shop_dir_put(&p, "app/AppKernel.php", "<?php\nclass AppKernel { const VERSION = Version::VERSION; }\n");
    ps_store_open(&p);
    same_text(p.s.version, "8.1.7");
    same_text(ps()->version_autoload, NULL);
    same_text(ps()->version_kernel, NULL);
    /* A copy of 8 over 1.7 that ended in the middle, or was taken back: Version.php is there, and nothing asks it yet, or any more. */
    shop_dir_put(&p, "config/autoload.php", "<?php\ndefine('_PS_VERSION_', '1.7.8.11');\n");
    shop_dir_put(&p, "app/AppKernel.php", "<?php\nclass AppKernel extends Kernel\n{\n    const VERSION = '1.7.8.11';\n}\n");
    shop_dir_put(&p, "install/install_version.php", "<?php\ndefine('_PS_INSTALL_VERSION_', '8.1.7');\n");
    ps_store_open(&p);
    same_text(p.s.version, "1.7.8.11");
    same_text(ps()->version_autoload, "1.7.8.11");
    same_text(ps()->version_kernel, "1.7.8.11");
    same_text(ps()->version_install, "8.1.7");
    shop_dir_put(&p, "app/AppKernel.php", "<?php\nclass AppKernel { const VERSION = Version::VERSION; }\n");
    ps_reread_version(&p.s);
    same_text(p.s.version, "8.1.7");
    shop_dir_put(&p, "app/AppKernel.php", "<?php\nclass AppKernel extends Kernel\n{\n    const VERSION = '1.7.8.11';\n}\n");
    shop_dir_remove(&p, "src");
    ps_reread_version(&p.s);
    same_text(p.s.version, "1.7.8.11");
    shop_dir_remove(&p, "config/autoload.php");
    shop_dir_remove(&p, "app/AppKernel.php");
    ps_reread_version(&p.s);
    same_text(p.s.version, NULL);
    ps_store_old(&p, "1.6.1.24");
    ps_store_open(&p);
    same_text(p.s.version, "1.6.1.24");
    same_text(p.s.db_config.database, "old");
    same_text(ps()->engine, "InnoDB");
}

static void words_of_versions(void **state)
{
    static const char *const good[] = {"1.6.1.24", "8.1.7", "9.0.0-beta.1", "8.1.7-catchup", "1.7"};
    static const char *const bad[] = {"", "8", "8.", ".8", "8..1", "8.1-", "8.1 7", "a.b", "8.1.7-x/y", "8.1.7\n", "1.2.3.4.5.6.7.8.9.0.1.2.3.4.5.6.7"};
    static const struct {
        const char *a;
        const char *b;
        int order;
    } pairs[] = {{"8.1", "8.1.0", 0},           {"1.7.8", "1.7.8.0", 0},     {"1.7.8.9", "1.7.8.10", -1}, {"1.6.1.24", "1.7.0.0", -1},
                 {"9.0.0-beta.1", "9.0.0", -1}, {"8.1.7-catchup", "8.1.7", -1}, {"8.1.7-catchup", "8.1.6", 1}};
    static const struct {
        const char *version;
        unsigned min;
        unsigned max;
    } ranges[] = {{"1.6.0.14", 50200, 50700}, {"1.6.1.24", 50200, 70200}, {"1.7.3.4", 50400, 70200}, {"1.7.6.9", 50600, 70300},
                  {"1.7.7.0", 70103, 70400},  {"1.7.8.11", 70103, 70500}, {"8.2.1", 70205, 80200},   {"9.0.0-beta.1", 80100, 80500},
                  {"9.0.3", 80100, 80500},    {"9.1.0", 80100, 0}};
    unsigned min;
    unsigned max;

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(ps_is_version(str_of(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (ps_is_version(str_of(bad[i])))
            fail_msg("\"%s\" is no version", bad[i]);
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        if (ps_version_compare(str_of(pairs[i].a), str_of(pairs[i].b)) != pairs[i].order)
            fail_msg("%s, %s", pairs[i].a, pairs[i].b);
        assert_int_equal(ps_version_compare(str_of(pairs[i].b), str_of(pairs[i].a)), -pairs[i].order);
    }
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        assert_true(ps_php_range(ranges[i].version, &min, &max));
        assert_int_equal(min, ranges[i].min);
        assert_int_equal(max, ranges[i].max);
    }
    assert_false(ps_php_range("10.0.0", &min, &max));
    assert_false(ps_php_range(NULL, &min, &max));
    assert_int_equal(ps_series("1.6.1.24"), 16);
    assert_int_equal(ps_series("1.7.0.0"), 17);
    assert_int_equal(ps_series("8.0.0"), 8);
    assert_int_equal(ps_series("9.0.0"), 9);
    assert_int_equal(ps_series("1.5.6.2"), 0);
}

static void generations(void **state)
{
    static const struct {
        const char *version;
        enum ps_gen gen;
    } gens[] = {{"1.6.8", PS_GEN_3}, {"3.0.5", PS_GEN_3},  {"4.0.0", PS_GEN_4},  {"5.0.3", PS_GEN_4},
                {"6.2.0", PS_GEN_6}, {"7.0.0", PS_GEN_7}, {"8.0.0", PS_GEN_7}, {"x", PS_GEN_UNKNOWN}};

    (void)state;
    for (size_t i = 0; i < sizeof gens / sizeof *gens; i++)
        assert_int_equal(ps_generation(str_of(gens[i].version)), gens[i].gen);
    assert_int_equal(ps()->gen, PS_GEN_UNKNOWN);
    same_text(ps()->module_version, NULL);
    shop_dir_put(&p, "modules/autoupgrade/autoupgrade.php", "<?php\nclass Autoupgrade { function x() { $this->version = '4.14.2'; } }\n");
    ps_store_open(&p);
    same_text(ps()->module_version, "4.14.2");
    shop_dir_put(&p, "modules/autoupgrade/config.xml",
                 "<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n<module>\n\t<name>autoupgrade</name>\n"
                 "\t<version><![CDATA[6.2.0]]></version>\n</module>\n");
    ps_store_open(&p);
    same_text(ps()->module_version, "6.2.0");
    assert_int_equal(ps()->gen, PS_GEN_6);
}

static void the_admin_directory(void **state)
{
    (void)state;
    same_text(ps()->admin, "admin4711");
    same_text(ps()->workspace, NULL);
    /* One that an upgrade copied beside it. */
    shop_dir_put(&p, "admin/index.php", "<?php\ndefine('_PS_ADMIN_DIR_', getcwd());\n");
    shop_dir_put(&p, "admin/ajax-tab.php", "<?php\n");
    shop_dir_put(&p, "admin4711/ajax-tab.php", "<?php\n");
    ps_store_open(&p);
    same_text(ps()->admin, "admin4711");
    files_mkdir(p.root, "admin4711/autoupgrade");
    files_mkdir(p.root, "modules/autoupgrade");
    ps_store_open(&p);
    same_text(ps()->workspace, "admin4711/autoupgrade");
    /* Its code is gone, the workspace tells it. */
    shop_dir_remove(&p, "admin4711/index.php");
    shop_dir_remove(&p, "admin4711/ajax-tab.php");
    shop_dir_remove(&p, "admin");
    ps_store_open(&p);
    same_text(ps()->admin, "admin4711");
    shop_dir_remove(&p, "admin4711");
    ps_store_open(&p);
    same_text(ps()->admin, NULL);
}

static void configuration(void **state)
{
    (void)state;
    assert_int_equal(p.s.config_err.kind, ERR_NONE);
    same_text(p.s.db_config.host, "127.0.0.1");
    same_text(p.s.db_config.password, "a%b");
    same_text(p.s.prefix, "ps_");
    same_text(ps()->config_note, NULL);
    /* A file that broke off, and the copy of it among the caches. */
    shop_dir_put(&p, "app/config/parameters.php", "<?php return array ('parameters' => array ('database_host' => 'x");
    ps_store_open(&p);
    assert_int_equal(p.s.config_err.kind, ERR_FORMAT);
    same_text(p.s.prefix, "ps_");
    shop_dir_put(&p, "var/cache/prod/appParameters.php",
                 "<?php return ['parameters' => ['database_host' => 'db.test:3307', 'database_name' => 'copy', 'database_user' => 'u', "
                 "'database_password' => null, 'database_prefix' => 'x_']];");
    ps_store_open(&p);
    assert_int_equal(p.s.config_err.kind, ERR_NONE);
    same_text(p.s.db_config.host, "db.test");
    assert_int_equal(p.s.db_config.port, 3307);
    same_text(p.s.db_config.database, "copy");
    same_text(p.s.prefix, "x_");
    assert_non_null(strstr(ps()->config_note, "appParameters.php"));
    assert_non_null(strstr(ps()->config_note, "app/config/parameters.php"));
    shop_dir_remove(&p, "app/config/parameters.php");
    shop_dir_remove(&p, "var");
    ps_store_open(&p);
    assert_int_equal(p.s.config_err.kind, ERR_ABSENT);
    /* On the way from 1.6 the old file is still the one that counts. */
    shop_dir_put(&p, "config/settings.inc.php",
                 "<?php\ndefine('_DB_SERVER_', 'localhost:/run/a.sock');\ndefine('_DB_NAME_', 'n');\ndefine('_DB_USER_', 'u');\n"
                 "define('_DB_PASSWD_', 'p');\ndefine('_DB_PREFIX_', 'ps_');\n");
    ps_store_open(&p);
    assert_int_equal(p.s.config_err.kind, ERR_NONE);
    same_text(p.s.db_config.socket, "/run/a.sock");
    assert_non_null(ps()->config_note);
}

static void what_only_php_knows(void **state)
{
    (void)state;
    ps_store_old(&p, "1.6.1.24");
    shop_dir_put(&p, "config/settings.inc.php",
                 "<?php\ndefine('_DB_SERVER_', 'localhost');\ndefine('_DB_NAME_', 'n');\ndefine('_DB_USER_', 'u');\n"
                 "define('_DB_PASSWD_', getenv('S3CRET'));\ndefine('_DB_PREFIX_', 'ps_');\ndefine('_PS_VERSION_', '1.6.1.24');\n");
    ps_store_open(&p);
    assert_int_equal(p.s.config_err.kind, ERR_FORMAT);
    assert_non_null(strstr(p.s.config_err.text, "_DB_PASSWD_"));
    assert_null(strstr(p.s.config_err.text, "S3CRET"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ps_store_test(what_makes_a_store, &p), ps_store_test(other_shops_are_none, &p),
        ps_store_test(a_release_inside_is_no_store, &p), ps_store_test(thirty_bees, &p),
        ps_store_test(versions, &p), ps_store_test(words_of_versions, &p),
        ps_store_test(generations, &p), ps_store_test(the_admin_directory, &p),
        ps_store_test(configuration, &p), ps_store_test(what_only_php_knows, &p),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
