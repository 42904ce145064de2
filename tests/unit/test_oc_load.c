/* Recognising OpenCart: its versions, its admin directory, its installer, its configuration and the places that it names. */
#include "oc_store.h"

#include "files.h"
#include "same_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool ps_recognise(const struct tree *t);

static struct shop_dir p;

static const struct oc *oc(void)
{
    return p.s.own;
}

static bool recognised(const char *dir)
{
    return shop_dir_recognised(dir, oc_recognise);
}

static void what_makes_a_store(void **state)
{
    (void)state;
    assert_true(recognised(p.root));
    /* The trap: the shop takes itself for not installed, and is one all the same. */
    shop_dir_put(&p, "config.php", "");
    assert_true(recognised(p.root));
    shop_dir_remove(&p, "index.php");
    assert_true(recognised(p.root));
    shop_dir_remove(&p, "system");
    assert_false(recognised(p.root));
    oc_store_config(&p, "", "");
    assert_true(recognised(p.root));
    shop_dir_remove(&p, "catalog");
    assert_false(recognised(p.root));
}

/* "1-Click Upgrade" is what users of several shops call theirs: files tell which one it is. */
static void other_shops_are_none(void **state)
{
    struct tree t = {0};

    (void)state;
    assert_int_equal(tree_open(&t, p.root, &p.e), 0);
    assert_false(ps_recognise(&t));
    shop_dir_put(&p, "image/1-click-upgrade.txt", "autoupgrade");
    assert_false(ps_recognise(&t));
    assert_true(oc_recognise(&t));
    shop_dir_put(&p, "config/defines.inc.php", "<?php\ndefine('_PS_MODE_DEV_', false);\ndefine('_PS_ROOT_DIR_', 1);\n");
    shop_dir_put(&p, "classes/PrestaShopAutoload.php", "<?php\n");
    assert_true(ps_recognise(&t));
    assert_false(oc_recognise(&t));
    tree_close(&t);
}

static void versions(void **state)
{
    (void)state;
    same_text(p.s.version, "3.0.3.8");
    same_text(oc()->version_admin, "3.0.3.8");
    assert_int_equal(oc()->family, OC_FAMILY_22);
    oc_store_version(&p, "4.1.0.4");
    shop_dir_put(&p, "index.php", "<?php\ndefine('VERSION', '4.0.2.3');\n");
    oc_reread(&p.s);
    same_text(p.s.version, "4.0.2.3");
    same_text(oc()->version_admin, "4.1.0.4");
    assert_int_equal(oc()->family, OC_FAMILY_40);
    shop_dir_put(&p, "index.php", "<?php\ndefi");
    oc_reread(&p.s);
    same_text(oc()->version_catalog, NULL);
    same_text(p.s.version, "4.1.0.4");
    shop_dir_put(&p, "index.php", "<?php\ndefine('VERSION', '5.0.0.0 Alpha');\n");
    oc_reread(&p.s);
    same_text(p.s.version, "5.0.0.0 Alpha");
}

static void the_admin_directory(void **state)
{
    (void)state;
    same_text(oc()->admin, "back");
    /* A release was uploaded over a shop with another name for it. */
    shop_dir_put(&p, "admin/index.php", "<?php\ndefine('VERSION', '3.0.5.1');\nif (!defined('DIR_APPLICATION')) { header('Location: ../install/index.php'); }\n");
    shop_dir_put(&p, "admin/controller/common/login.php", "<?php\n");
    oc_store_open(&p);
    same_text(oc()->admin, "back");
    shop_dir_remove(&p, "back");
    oc_store_open(&p);
    same_text(oc()->admin, "admin");
    /* Folders of the shop are none, whatever is in them, nor is one whose configuration is not that of a back office. */
    shop_dir_remove(&p, "admin");
    shop_dir_put(&p, "install/controller/common/login.php", "<?php\n");
    shop_dir_put(&p, "front/controller/common/login.php", "<?php\n");
    shop_dir_put(&p, "front/controller/checkout/cart.php", "<?php\n");
    shop_dir_put(&p, "old/config.php", "<?php\ndefine('DIR_APPLICATION', '/x/catalog/');\ndefine('DB_DATABASE', 'shop');\n");
    oc_store_open(&p);
    same_text(oc()->admin, NULL);
    assert_int_equal(oc()->back.err.kind, ERR_ABSENT);
    assert_int_equal(p.s.config_err.kind, ERR_NONE);
}

static void the_installer(void **state)
{
    (void)state;
    same_text(oc()->install, NULL);
    shop_dir_put(&p, "install/model/upgrade.php", "<?php\n");
    oc_store_open(&p);
    same_text(oc()->install, "install");
    assert_int_equal(oc()->install_family, OC_FAMILY_20);
    assert_int_equal(oc()->install_steps, 0);
    shop_dir_put(&p, "install/model/upgrade/1000.php", "<?php\n");
    shop_dir_put(&p, "install/model/upgrade/1001.php", "<?php\n");
    shop_dir_put(&p, "install/model/upgrade/index.html", "");
    oc_store_open(&p);
    assert_int_equal(oc()->install_family, OC_FAMILY_22);
    assert_int_equal(oc()->install_steps, 2);
    shop_dir_put(&p, "install/controller/upgrade/upgrade_1.php", "<?php\n");
    oc_store_open(&p);
    assert_int_equal(oc()->install_family, OC_FAMILY_40);
    assert_int_equal(oc()->install_steps, 1);
}

static void the_database(void **state)
{
    (void)state;
    assert_int_equal(p.s.config_err.kind, ERR_NONE);
    same_text(p.s.db_config.user, "root");
    same_text(p.s.db_config.password, "it's");
    same_text(p.s.db_config.database, "shop");
    same_text(p.s.db_config.host, "localhost");
    assert_int_equal(p.s.db_config.port, 3306);
    same_text(p.s.db_config.sql_mode, "");
    same_text(p.s.prefix, "oc_");
    same_text(oc()->config_note, NULL);
    assert_false(oc()->pdo);
}

static void hosts(void **state)
{
    static const struct {
        const char *value, *host, *socket;
        unsigned port;
    } all[] = {{"db.example:3307", "db.example", NULL, 3307},
               {"p:db.example", "db.example", NULL, 3306},
               {"localhost:/run/x.sock", "localhost", "/run/x.sock", 3306},
               {"/run/x.sock", "localhost", "/run/x.sock", 3306},
               {"[::1]:3308", "::1", NULL, 3308},
               {"::1", "::1", NULL, 3306},
               {"db:x", "db:x", NULL, 3306}};
    char more[200];

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        snprintf(more, sizeof more, "define('DB_HOSTNAME', '%s');", all[i].value);
        oc_store_config(&p, "", more);
        oc_store_open(&p);
        same_text(p.s.db_config.host, all[i].host);
        same_text(p.s.db_config.socket, all[i].socket);
        assert_int_equal(p.s.db_config.port, all[i].port);
    }
    oc_store_config(&p, "", "define('DB_DRIVER', 'mpdo');");
    oc_store_open(&p);
    assert_true(oc()->pdo);
    oc_store_config(&p, "", "define('DB_DRIVER', 'pgsql');");
    oc_store_open(&p);
    assert_int_equal(p.s.config_err.kind, ERR_FORMAT);
    assert_non_null(strstr(p.s.config_err.text, "pgsql"));
}

static void an_empty_configuration(void **state)
{
    (void)state;
    shop_dir_put(&p, "config.php", "");
    oc_store_open(&p);
    assert_int_equal(p.s.config_err.kind, ERR_NONE);
    assert_true(oc()->catalog.c.empty);
    assert_non_null(strstr(oc()->config_note, "sends every visitor to the installer"));
    assert_non_null(strstr(oc()->config_note, "taken from back/config.php"));
    same_text(p.s.db_config.database, "shop");
    same_text(oc()->storage, "system/storage");
    /* Neither of them. */
    shop_dir_put(&p, "back/config.php", "\n");
    shop_dir_put(&p, "install/index.php", "<?php\n");
    oc_store_open(&p);
    assert_int_equal(p.s.config_err.kind, ERR_FORMAT);
    assert_non_null(strstr(p.s.config_err.text, "would wipe the data"));
    assert_non_null(strstr(p.s.config_err.fix, "store installer off"));
    same_text(p.s.prefix, "oc_");
    same_text(oc()->cache, "system/storage/cache");
    shop_dir_remove(&p, "config.php");
    shop_dir_remove(&p, "back/config.php");
    oc_store_open(&p);
    assert_int_equal(p.s.config_err.kind, ERR_ABSENT);
    same_text(oc()->catalog.path, NULL);
    shop_dir_put(&p, "config.php", "<?php\ndefine('DB_HOSTNAME', 'localhost');\ndefine('DB_USERNAME', getenv('USER'));\n");
    oc_store_open(&p);
    assert_int_equal(p.s.config_err.kind, ERR_FORMAT);
    assert_non_null(strstr(p.s.config_err.text, "line 3: DB_USERNAME is no plain value"));
    assert_non_null(strstr(p.s.config_err.fix, "correct that file"));
}

static void two_databases(void **state)
{
    (void)state;
    shop_dir_put(&p, "back/config.php",
                 "<?php\ndefine('DIR_APPLICATION', '/x/back/');\ndefine('DIR_CATALOG', '/x/catalog/');\ndefine('DB_DATABASE', 'other');\n"
                 "define('DB_PREFIX', 'oc_');\ndefine('DIR_STORAGE', '/x/storage/');\n");
    oc_store_open(&p);
    assert_non_null(strstr(oc()->config_note, "name different databases (DB_DATABASE)"));
    assert_non_null(strstr(oc()->config_note, "wrong storage"));
    same_text(p.s.db_config.database, "shop");
    shop_dir_put(&p, "back/config.php",
                 "<?php\ndefine('DIR_APPLICATION', '/x/back/');\ndefine('DIR_CATALOG', '/x/catalog/');\ndefine('DB_DATABASE', 'shop');\n"
                 "define('DB_HOSTNAME', 'db.example');\ndefine('DB_PORT', '3307');\ndefine('DB_PREFIX', 'other_');\n");
    oc_store_open(&p);
    assert_non_null(strstr(oc()->config_note, "name different databases (DB_HOSTNAME, DB_PORT, DB_PREFIX)"));
}

/* ---- places ---- */

static void places_inside(void **state)
{
    (void)state;
    same_text(oc()->root, p.root);
    assert_true(oc_root_is_here(&p.s));
    same_text(oc()->storage, "system/storage");
    same_text(oc()->storage_full, NULL);
    same_text(oc()->logs, "system/storage/logs");
    same_text(oc()->cache, "system/storage/cache");
    same_text(oc()->modification, "system/storage/modification");
    same_text(oc()->download, "system/storage/download");
    same_text(oc()->upload, "system/storage/upload");
    same_text(oc()->image, "image");
    same_text(oc()->backup, NULL);
    oc_store_version(&p, "4.1.0.4");
    oc_store_open(&p);
    same_text(oc()->modification, "extension/ocmod");
    same_text(oc()->backup, "system/storage/backup");
    oc_store_version(&p, "4.0.2.3");
    oc_store_open(&p);
    same_text(oc()->modification, NULL);
    oc_store_version(&p, "2.0.3.1");
    shop_dir_put(&p, "config.php", "<?php\ndefine('DIR_LOGS', '');\n");
    shop_dir_remove(&p, "back/config.php");
    oc_store_open(&p);
    same_text(oc()->storage, "system");
    same_text(oc()->logs, "system/logs");
}

/* One part of the code was moved: the others tell the root. */
static void the_root(void **state)
{
    (void)state;
    oc_store_config(&p, "", "define('DIR_SYSTEM', '/elsewhere/system/');");
    oc_store_open(&p);
    same_text(oc()->root, p.root);
    assert_true(oc_root_is_here(&p.s));
}

/* Without a version the folders tell where the storage is. */
static void the_storage_of_an_unknown_version(void **state)
{
    (void)state;
    shop_dir_put(&p, "index.php", "<?php\n");
    shop_dir_put(&p, "back/index.php", "<?php\n");
    shop_dir_put(&p, "config.php", "<?php\ndefine('DB_DATABASE', 'shop');\n");
    shop_dir_remove(&p, "back/config.php");
    oc_store_open(&p);
    assert_int_equal(oc()->family, OC_FAMILY_UNKNOWN);
    same_text(oc()->storage, "system/storage");
    shop_dir_remove(&p, "system/storage");
    oc_store_open(&p);
    same_text(oc()->storage, "system");
}

/* Settings of another machine: the same places below this root. */
static void a_copied_store(void **state)
{
    (void)state;
    oc_store_config(&p, "/nowhere/html", "");
    oc_store_open(&p);
    same_text(oc()->root, "/nowhere/html");
    assert_false(oc_root_is_here(&p.s));
    same_text(oc()->logs, "system/storage/logs");
    same_text(oc()->image, "image");
    assert_false(oc()->storage_lost);
}

static void a_moved_storage(void **state)
{
    char more[300];

    (void)state;
    files_mkdir(p.top, "storage/cache");
    files_mkdir(p.top, "storage/logs");
    files_mkdir(p.top, "storage/vendor");
    snprintf(more, sizeof more, "define('DIR_STORAGE', '%s/shop/../storage//');", p.top);
    oc_store_config(&p, "", more);
    oc_store_open(&p);
    same_text(oc()->storage, NULL);
    assert_string_equal(oc()->storage_full + strlen(p.top), "/storage");
    same_text(p.s.aside_path, oc()->storage_full);
    assert_non_null(p.s.aside.path);
    same_text(oc()->logs, "logs");
    assert_true(oc()->aside_logs);
    assert_true(tree_exists(oc_tree(&p.s, oc()->aside_logs), oc()->logs));
    /* Settings of another machine, whose storage came along. */
    oc_store_config(&p, "/nowhere/html", "define('DIR_STORAGE', '/nowhere/storage/');");
    oc_store_open(&p);
    same_text(oc()->storage_full, "/nowhere/storage");
    assert_string_equal(p.s.aside_path + strlen(p.top), "/storage");
    assert_non_null(strstr(oc()->config_note, "was found in"));
    assert_false(oc()->storage_lost);
    /* What lies in its place does not look like one. */
    files_mkdir(p.top, "two/cache");
    files_mkdir(p.top, "two/logs");
    oc_store_config(&p, "/nowhere/html", "define('DIR_STORAGE', '/nowhere/two/');");
    oc_store_open(&p);
    assert_true(oc()->storage_lost);
    same_text(p.s.aside_path, NULL);
    /* It did not. */
    oc_store_config(&p, "/nowhere/html", "define('DIR_STORAGE', '/nowhere/elsewhere/');");
    oc_store_open(&p);
    assert_true(oc()->storage_lost);
    same_text(p.s.aside_path, NULL);
    same_text(oc()->logs, NULL);
    same_text(oc()->modification, NULL);
    assert_non_null(strstr(oc()->config_note, "is not here"));
}

/* 2.x names no storage: it is the folder that what was moved out is in. */
static void a_moved_storage_of_2(void **state)
{
    char kept[128];
    char more[700];

    (void)state;
    snprintf(kept, sizeof kept, "%s/kept", p.top);
    files_mkdir(p.top, "kept/cache");
    files_mkdir(p.top, "kept/logs");
    oc_store_version(&p, "2.3.0.2");
    snprintf(more, sizeof more, "define('DIR_STORAGE', '');\ndefine('DIR_CACHE', '%s/cache/');\ndefine('DIR_LOGS', '%s/logs/');\n"
             "define('DIR_DOWNLOAD', '%s/system/storage/download/');\ndefine('DIR_UPLOAD', '%s/system/storage/upload/');\n"
             "define('DIR_MODIFICATION', '%s/system/storage/modification/');\n", kept, kept, p.root, p.root, p.root);
    oc_store_config(&p, "", more);
    oc_store_open(&p);
    same_text(p.s.aside_path, kept);
    same_text(oc()->storage, NULL);
    same_text(oc()->cache, "cache");
    assert_true(oc()->aside_cache);
    same_text(oc()->upload, "system/storage/upload");
    assert_false(oc()->aside_upload);
    assert_false(oc()->storage_lost);
}

/* A copy beside the store that it was made of: what that one has outside of its root is not ours. */
static void the_storage_of_another_store(void **state)
{
    char root[128];
    char more[300];

    (void)state;
    files_mkdir(p.top, "live/system");
    files_mkdir(p.top, "storage/cache");
    files_mkdir(p.top, "storage/logs");
    files_mkdir(p.top, "storage/vendor");
    snprintf(root, sizeof root, "%s/live", p.top);
    snprintf(more, sizeof more, "define('DIR_STORAGE', '%s/storage/');", p.top);
    oc_store_config(&p, root, more);
    oc_store_open(&p);
    assert_true(oc()->storage_lost);
    same_text(p.s.aside_path, NULL);
    assert_null(p.s.aside.path);
    assert_non_null(strstr(oc()->config_note, "neither read nor changed"));
}

/* A storage that holds the store itself, or all of the machine, is none. */
static void storages_that_are_none(void **state)
{
    char more[300];

    (void)state;
    snprintf(more, sizeof more, "define('DIR_STORAGE', '%s/');", p.top);
    oc_store_config(&p, "", more);
    oc_store_open(&p);
    assert_true(oc()->storage_lost);
    same_text(p.s.aside_path, NULL);
    assert_non_null(strstr(oc()->config_note, "in which the store itself lies"));
    snprintf(more, sizeof more, "define('DIR_CACHE', '%s/cachedir/');", p.top);
    oc_store_config(&p, "", more);
    oc_store_open(&p);
    same_text(oc()->storage, "system/storage");
    same_text(oc()->cache, NULL);
    assert_non_null(strstr(oc()->config_note, "is not looked at"));
    assert_false(oc()->storage_lost);
}

static void a_linked_storage(void **state)
{
    char from[128];
    char to[128];

    (void)state;
    snprintf(from, sizeof from, "%s/system/storage", p.root);
    snprintf(to, sizeof to, "%s/kept", p.top);
    assert_int_equal(rename(from, to), 0);
    assert_int_equal(symlink(to, from), 0);
    oc_store_open(&p);
    same_text(oc()->storage, NULL);
    same_text(oc()->storage_link, "system/storage");
    same_text(p.s.aside_path, to);
    same_text(oc()->cache, "cache");
    assert_true(oc()->aside_cache);
    assert_true(tree_exists(&p.s.aside, "vendor"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        oc_store_test(what_makes_a_store, &p),
        oc_store_test(other_shops_are_none, &p),
        oc_store_test(versions, &p),
        oc_store_test(the_admin_directory, &p),
        oc_store_test(the_installer, &p),
        oc_store_test(the_database, &p),
        oc_store_test(hosts, &p),
        oc_store_test(an_empty_configuration, &p),
        oc_store_test(two_databases, &p),
        oc_store_test(places_inside, &p),
        oc_store_test(the_root, &p),
        oc_store_test(the_storage_of_an_unknown_version, &p),
        oc_store_test(a_copied_store, &p),
        oc_store_test(a_moved_storage, &p),
        oc_store_test(a_moved_storage_of_2, &p),
        oc_store_test(the_storage_of_another_store, &p),
        oc_store_test(storages_that_are_none, &p),
        oc_store_test(a_linked_storage, &p),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
