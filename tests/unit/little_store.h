/* A store tree of a few files in a folder of its own below /tmp, for tests of what reads stores. */
#ifndef TESTS_LITTLE_STORE_H
#define TESTS_LITTLE_STORE_H

#include "platform/xcart5/xc.h"

struct little_store {
    char root[64];
    char work[80];  /* paths beside it, for a work directory … */
    char aside[80]; /* … and for a second tree of the store; what is there goes with the store */
    struct store s;
    struct arena mem;
    struct xc_case c; /* zeroed, with mem */
    struct err e;
};

/* Makes the folder with the files that tell a store of X-Cart 5; fails the test when it can't. */
void little_store_make(struct little_store *l);

/* A file with that text, the folders above it made. */
void little_store_put(const struct little_store *l, const char *rel, const char *text);
void little_store_mkdir(const struct little_store *l, const char *rel);
void little_store_remove(const struct little_store *l, const char *rel);

/* classes/XLite.php (or the compiled one) of that version, in the form of 5.2.15 and later. */
void little_store_version(const struct little_store *l, const char *rel, const char *version);

/* Opens l->s; it may be opened again after files were changed. */
void little_store_open(struct little_store *l);

/* An entry in l->c; author and module NULL for the core. */
struct xc_entry *little_store_entry(struct little_store *l, const char *author, const char *module);

/* Empties l->c. */
void little_store_forget(struct little_store *l);

/* Closes all and removes the folder. */
void little_store_free(struct little_store *l);

/* Fixtures whose state is the struct little_store: made and opened, and freed. */
int little_store_setup(void **state);
int little_store_teardown(void **state);
#define little_store_test(function, store)                                                                   \
    cmocka_unit_test_prestate_setup_teardown(function, little_store_setup, little_store_teardown, store)

#endif
