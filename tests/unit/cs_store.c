#include "cs_store.h"

#include "files.h"

#include <stdio.h>

static const struct platform stand_in = {.name = "cscart", .title = "CS-Cart"};

void cs_store_version(const struct shop_dir *c, const char *version, const char *edition)
{
    char text[500];

    snprintf(text, sizeof text,
             "<?php\ndefine('PRODUCT_NAME', 'CS-Cart');\ndefine('PRODUCT_VERSION', "
             "'%s');\ndefine('PRODUCT_STATUS', '');\n"
             "define('PRODUCT_EDITION', '%s');\ndefine('PRODUCT_BUILD', '');\n",
             version, edition);
    shop_dir_put(c, "config.php", text);
}

void cs_store_open(struct shop_dir *c)
{
    shop_dir_open(c, &stand_in, cs_load);
}

int cs_store_setup(void **state)
{
    struct shop_dir *c = *state;

    shop_dir_make(c);
    cs_store_version(c, "4.9.1", "ULTIMATE");
    shop_dir_put(c, "config.local.php",
                 "<?php\n$config['db_host'] = 'localhost';\n$config['db_name'] = 'shop';\n"
                 "$config['db_user'] = 'root';\n$config['db_password'] = '';\n"
                 "$config['table_prefix'] = 'cscart_';\n$config['customer_index'] = 'index.php';\n");
    shop_dir_put(c, "index.php", "<?php\n");
    shop_dir_put(c, "admin.php", "<?php\n");
    files_mkdir(c->root, "app/Tygh");
    files_mkdir(c->root, "js/tygh");
    cs_store_open(c);
    return 0;
}
