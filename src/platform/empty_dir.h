/* Emptying a folder of a cache while the shop is visited. */
#ifndef PLATFORM_EMPTY_DIR_H
#define PLATFORM_EMPTY_DIR_H

#include "platform/platform.h"

/* Whether an entry stays. */
typedef bool empty_dir_keep(void *arg, const char *name, unsigned char type);

/*
 * Removes the entries of a directory, each renamed beside itself first, so that a visitor meets a whole folder or none and may make it anew
 * meanwhile. The directory stays as it is, with owner and mode; what a killed run had renamed goes first. A directory that is not there is fine.
 * In a dry run it says what would go. keep may be NULL.
 */
int empty_dir(struct store *s, struct work *w, const char *dir, empty_dir_keep *keep, void *arg, struct err *e);
/* The same in a tree of the store's: its own, or aside. */
int empty_dir_in(struct store *s, const struct tree *t, struct work *w, const char *dir, empty_dir_keep *keep, void *arg, struct err *e);

#endif
