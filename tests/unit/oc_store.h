/* An OpenCart tree of a few files. */
#ifndef TESTS_OC_STORE_H
#define TESTS_OC_STORE_H

#include "platform/opencart/oc.h"
#include "shop_dir.h"

/* Makes the tree of a 3.0.3.9 with the admin directory "back", whose settings name the database "shop" of the user "root" and the prefix "oc_". */
int oc_store_setup(void **state);
#define oc_store_test(function, store)                                                                       \
    cmocka_unit_test_prestate_setup_teardown(function, oc_store_setup, shop_dir_teardown, store)

/* VERSION of both index.php. */
void oc_store_version(const struct shop_dir *p, const char *version);
/* Both config.php, for a store in root ("" stands for the store's own) with these lines besides; may be "". */
void oc_store_config(const struct shop_dir *p, const char *root, const char *more);
/* Reads it again after files were changed. */
void oc_store_open(struct shop_dir *p);
/* A switch of the platform, and whether it is on; what fails, fails the test. */
const struct store_switch *oc_store_switch(const char *name);
bool oc_store_is_on(struct shop_dir *p, const struct store_switch *sw);

#endif
