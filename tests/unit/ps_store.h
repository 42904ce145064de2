/* A PrestaShop tree of a few files. */
#ifndef TESTS_PS_STORE_H
#define TESTS_PS_STORE_H

#include "platform/prestashop/ps.h"
#include "shop_dir.h"

/* Makes the tree of an 8.1.7 with the admin directory "admin4711": parameters.php, Version.php, defines.inc.php, empty folders. */
int ps_store_setup(void **state);
#define ps_store_test(function, store)                                                                       \
    cmocka_unit_test_prestate_setup_teardown(function, ps_store_setup, shop_dir_teardown, store)

/* src/Core/Version.php of that version. */
void ps_store_version(const struct shop_dir *p, const char *version);
/* The tree becomes one of 1.6: settings.inc.php, nothing of the newer families. */
void ps_store_old(const struct shop_dir *p, const char *version);
/* Reads it again after files were changed. */
void ps_store_open(struct shop_dir *p);

#endif
