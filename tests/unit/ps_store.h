/* A PrestaShop tree of a few files in a folder of its own below /tmp, and a struct work that writes down what it is told. */
#ifndef TESTS_PS_STORE_H
#define TESTS_PS_STORE_H

#include "platform/prestashop/ps.h"

struct ps_store_note {
    char key[100];
    struct buf value;
};

struct ps_store {
    char root[64];
    struct store s;
    struct store_opts opts;
    struct work w;
    struct buf said; /* lines */
    struct ps_store_note notes[16];
    size_t n_notes;
    struct err e;
};

/* Makes the tree of an 8.1.7 with the admin directory "admin4711": parameters.php, Version.php, defines.inc.php, empty folders. */
int ps_store_setup(void **state);
int ps_store_teardown(void **state);
#define ps_store_test(function, store)                                                                       \
    cmocka_unit_test_prestate_setup_teardown(function, ps_store_setup, ps_store_teardown, store)

void ps_store_put(const struct ps_store *p, const char *rel, const char *text);
void ps_store_remove(const struct ps_store *p, const char *rel);
bool ps_store_has(const struct ps_store *p, const char *rel);
/* Fails the test unless the file holds exactly that. */
void ps_store_holds(const struct ps_store *p, const char *rel, const char *text);
/* src/Core/Version.php of that version. */
void ps_store_version(const struct ps_store *p, const char *version);
/* The tree becomes one of 1.6: settings.inc.php, nothing of the newer families. */
void ps_store_old(const struct ps_store *p, const char *version);
/* Reads it again after files were changed. */
void ps_store_open(struct ps_store *p);
/* What was said since the last call; fails the test when words are not in it. */
void ps_store_said(struct ps_store *p, const char *words);

#endif
