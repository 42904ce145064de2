#include "ps_store.h"

#include "files.h"

#include <stdio.h>

static const struct platform stand_in = {.name = "prestashop", .title = "PrestaShop"};

void ps_store_version(const struct shop_dir *p, const char *version)
{
    char text[500];

    snprintf(text, sizeof text,
             "<?php\nnamespace PrestaShop\\PrestaShop\\Core;\n\nfinal class Version\n{\n    public const VERSION = '%s';\n}\n", version);
    shop_dir_put(p, "src/Core/Version.php", text);
}

void ps_store_old(const struct shop_dir *p, const char *version)
{
    char text[1000];

    shop_dir_remove(p, "src");
    shop_dir_remove(p, "app");
    snprintf(text, sizeof text,
             "<?php\ndefine('_DB_SERVER_', 'localhost');\ndefine('_DB_NAME_', 'old');\ndefine('_DB_USER_', 'root');\n"
             "define('_DB_PASSWD_', '');\ndefine('_DB_PREFIX_', 'ps_');\ndefine('_MYSQL_ENGINE_', 'InnoDB');\n"
             "define('_PS_CACHING_SYSTEM_', 'CacheMemcache');\ndefine('_PS_CACHE_ENABLED_', '0');\n"
             "define('_PS_VERSION_', '%s');\n",
             version);
    shop_dir_put(p, "config/settings.inc.php", text);
}

void ps_store_open(struct shop_dir *p)
{
    shop_dir_open(p, &stand_in, ps_load);
}

int ps_store_setup(void **state)
{
    struct shop_dir *p = *state;

    shop_dir_make(p);
    ps_store_version(p, "8.1.7");
    shop_dir_put(p, "app/config/parameters.php",
                 "<?php return array (\n  'parameters' => \n  array (\n    'database_host' => '127.0.0.1',\n    'database_port' => '',\n"
                 "    'database_name' => 'shop',\n    'database_user' => 'root',\n    'database_password' => 'a%%b',\n"
                 "    'database_prefix' => 'ps_',\n    'database_engine' => 'InnoDB',\n    'ps_caching' => 'CacheMemcache',\n"
                 "    'ps_cache_enable' => false,\n  ),\n);\n");
    shop_dir_put(p, "config/defines.inc.php", "<?php\nif (!defined('_PS_MODE_DEV_')) {\n    define('_PS_MODE_DEV_', false);\n}\n");
    shop_dir_put(p, "admin4711/index.php", "<?php\ndefine('_PS_ADMIN_DIR_', getcwd());\n");
    files_mkdir(p->root, "classes");
    files_mkdir(p->root, "controllers");
    ps_store_open(p);
    return 0;
}
