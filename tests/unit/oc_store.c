#include "oc_store.h"

#include "files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct platform stand_in = {.name = "opencart", .title = "OpenCart"};

static void put_index(const struct shop_dir *p, const char *rel, const char *version, const char *install)
{
    char text[600];

    snprintf(text, sizeof text,
             "<?php\n// Version\ndefine('VERSION', '%s');\n\nif (is_file('config.php')) {\n\trequire_once('config.php');\n}\n\n"
             "if (!defined('DIR_APPLICATION')) {\n\theader('Location: %s');\n\texit;\n}\n\nrequire_once(DIR_SYSTEM . 'startup.php');\n",
             version, install);
    shop_dir_put(p, rel, text);
}

void oc_store_version(const struct shop_dir *p, const char *version)
{
    put_index(p, "index.php", version, "install/index.php");
    put_index(p, "back/index.php", version, "../install/index.php");
}

void oc_store_config(const struct shop_dir *p, const char *root, const char *more)
{
    static const char *const apps[] = {"catalog", "back"};
    const char *at = root[0] ? root : p->root;
    char text[4000];

    for (size_t i = 0; i < 2; i++) {
        snprintf(text, sizeof text,
                 "<?php\n%s\ndefine('DIR_APPLICATION', '%s/%s/');\ndefine('DIR_SYSTEM', '%s/system/');\ndefine('DIR_IMAGE', '%s/image/');\n%s%s%s"
                 "define('DIR_STORAGE', DIR_SYSTEM . 'storage/');\ndefine('DIR_CACHE', DIR_STORAGE . 'cache/');\n"
                 "define('DIR_DOWNLOAD', DIR_STORAGE . 'download/');\ndefine('DIR_LOGS', DIR_STORAGE . 'logs/');\n"
                 "define('DIR_MODIFICATION', DIR_STORAGE . 'modification/');\ndefine('DIR_UPLOAD', DIR_STORAGE . 'upload/');\n\n"
                 "define('DB_DRIVER', 'mysqli');\ndefine('DB_HOSTNAME', 'localhost');\ndefine('DB_USERNAME', 'root');\n"
                 "define('DB_PASSWORD', 'it\\'s');\ndefine('DB_DATABASE', 'shop');\ndefine('DB_PORT', '3306');\ndefine('DB_PREFIX', 'oc_');\n",
                 more, at, apps[i], at, at, i ? "define('DIR_CATALOG', '" : "", i ? at : "", i ? "/catalog/');\n" : "");
        shop_dir_put(p, i ? "back/config.php" : "config.php", text);
    }
}

void oc_store_open(struct shop_dir *p)
{
    shop_dir_open(p, &stand_in, oc_load);
}

int oc_store_setup(void **state)
{
    static const char *const dirs[] = {"catalog/controller/common", "catalog/model/catalog", "image/cache", "system/storage/cache",
                                       "system/storage/logs", "system/storage/modification", "system/storage/vendor"};
    struct shop_dir *p = *state;

    shop_dir_make(p);
    for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++)
        files_mkdir(p->root, dirs[i]);
    shop_dir_put(p, "system/startup.php", "<?php\n");
    shop_dir_put(p, "system/engine/registry.php", "<?php\n");
    shop_dir_put(p, "system/engine/loader.php", "<?php\n");
    shop_dir_put(p, "back/controller/common/login.php", "<?php\n");
    shop_dir_put(p, "system/storage/cache/index.html", "");
    shop_dir_put(p, "system/storage/modification/index.html", "");
    oc_store_version(p, "3.0.3.8");
    oc_store_config(p, "", "");
    shop_dir_undo(p);
    oc_store_open(p);
    return 0;
}

const struct store_switch *oc_store_switch(const char *name)
{
    for (const struct store_switch *sw = oc_switches; sw->name; sw++)
        if (strcmp(sw->name, name) == 0)
            return sw;
    fail_msg("no switch %s", name);
    return NULL;
}

bool oc_store_is_on(struct shop_dir *p, const struct store_switch *sw)
{
    bool on;

    if (sw->get(&p->s, &on, &p->e) < 0)
        fail_msg("%s", p->e.text);
    return on;
}
