/* An OpenCart tree of a few files in a folder of its own below /tmp, and a struct work that writes down what it is told. */
#ifndef TESTS_OC_STORE_H
#define TESTS_OC_STORE_H

#include "platform/opencart/oc.h"

struct oc_store_note {
    char key[100];
    struct buf value;
};

struct oc_store {
    char top[64];   /* holds the store, and what lies beside it */
    char root[96];  /* top/shop */
    struct store s;
    struct store_opts opts;
    struct work w;
    struct tree undo; /* top/undo; w.undo */
    struct buf said;  /* lines */
    struct oc_store_note notes[16];
    size_t n_notes;
    struct err e;
};

/* Makes the tree of a 3.0.3.9 with the admin directory "back", whose settings name the database "shop" of the user "root" and the prefix "oc_". */
int oc_store_setup(void **state);
int oc_store_teardown(void **state);
#define oc_store_test(function, store)                                                                       \
    cmocka_unit_test_prestate_setup_teardown(function, oc_store_setup, oc_store_teardown, store)

void oc_store_put(const struct oc_store *p, const char *rel, const char *text);
void oc_store_remove(const struct oc_store *p, const char *rel);
bool oc_store_has(const struct oc_store *p, const char *rel);
/* Fails the test unless the file holds exactly that. */
void oc_store_holds(const struct oc_store *p, const char *rel, const char *text);
/* VERSION of both index.php. */
void oc_store_version(const struct oc_store *p, const char *version);
/* Both config.php, for a store in root ("" stands for the store's own) with these lines besides; may be "". */
void oc_store_config(const struct oc_store *p, const char *root, const char *more);
/* Reads it again after files were changed. */
void oc_store_open(struct oc_store *p);
/* What was said since the last call; fails the test when words are not in it. */
void oc_store_said(struct oc_store *p, const char *words);

#endif
