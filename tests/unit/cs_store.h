/* A CS-Cart tree of a few files in a folder of its own below /tmp, and a struct work that writes down what it is told. */
#ifndef TESTS_CS_STORE_H
#define TESTS_CS_STORE_H

#include "platform/cscart/cs.h"

struct cs_store {
    char root[64];
    struct store s;
    struct store_opts opts;
    struct work w;
    struct buf said;  /* lines */
    struct buf noted; /* the last note */
    bool has_note;
    struct err e;
};

/* Makes the tree: config.php of 4.9.1, config.local.php, app/Tygh, js/tygh. */
int cs_store_setup(void **state);
int cs_store_teardown(void **state);
#define cs_store_test(function, store)                                                                       \
    cmocka_unit_test_prestate_setup_teardown(function, cs_store_setup, cs_store_teardown, store)

void cs_store_put(const struct cs_store *c, const char *rel, const char *text);
void cs_store_remove(const struct cs_store *c, const char *rel);
bool cs_store_has(const struct cs_store *c, const char *rel);
/* config.php with that version and edition. */
void cs_store_version(const struct cs_store *c, const char *version, const char *edition);
/* Reads it again after files were changed. */
void cs_store_open(struct cs_store *c);
/* What was said since the last call; fails the test when words are not in it. */
void cs_store_said(struct cs_store *c, const char *words);

#endif
