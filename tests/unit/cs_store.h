/* A CS-Cart tree of a few files. */
#ifndef TESTS_CS_STORE_H
#define TESTS_CS_STORE_H

#include "platform/cscart/cs.h"
#include "shop_dir.h"

/* Makes the tree: config.php of 4.9.1, config.local.php, app/Tygh, js/tygh. */
int cs_store_setup(void **state);
#define cs_store_test(function, store)                                                                       \
    cmocka_unit_test_prestate_setup_teardown(function, cs_store_setup, shop_dir_teardown, store)

/* config.php with that version and edition. */
void cs_store_version(const struct shop_dir *c, const char *version, const char *edition);
/* Reads it again after files were changed. */
void cs_store_open(struct shop_dir *c);

#endif
