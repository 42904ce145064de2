/* A shop's tree of a few files in a folder of its own below /tmp, and a struct work that writes down what it is told. */
#ifndef TESTS_SHOP_DIR_H
#define TESTS_SHOP_DIR_H

#include "platform/platform.h"

struct shop_dir_note {
    char key[100];
    struct buf value;
};

struct shop_dir {
    char top[32];  /* holds the store, and what lies beside it */
    char root[64]; /* top/shop */
    struct store s;
    struct store_opts opts;
    struct work w;
    struct tree undo; /* top/undo, where there is one */
    struct buf said;  /* lines */
    struct shop_dir_note notes[16];
    size_t n_notes;
    struct err e;
};

/* The folder without a file in it, and the work. */
void shop_dir_make(struct shop_dir *p);
/* What a platform says of that folder; one that can't be opened fails the test. */
bool shop_dir_recognised(const char *dir, bool (*recognise)(const struct tree *t));
/* Gives the work an undo area. */
void shop_dir_undo(struct shop_dir *p);
/* Reads the store, anew after files were changed; fails the test when load does. */
void shop_dir_open(struct shop_dir *p, const struct platform *stand_in, int (*load)(struct store *s, struct err *e));
/* Closes all and removes the folder; the state is the struct shop_dir. */
int shop_dir_teardown(void **state);

void shop_dir_put(const struct shop_dir *p, const char *rel, const char *text);
void shop_dir_remove(const struct shop_dir *p, const char *rel);
bool shop_dir_has(const struct shop_dir *p, const char *rel);
/* Fails the test unless the file holds exactly that. */
void shop_dir_holds(const struct shop_dir *p, const char *rel, const char *text);
/* What was said since the last call; fails the test when words are not in it. */
void shop_dir_said(struct shop_dir *p, const char *words);

#endif
