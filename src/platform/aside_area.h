/*
 * The undo area of store->aside: a directory for a stage within that of the case, with a note of which folder it belongs to, so that going back
 * finds it whatever the configuration says by then.
 */
#ifndef PLATFORM_ASIDE_AREA_H
#define PLATFORM_ASIDE_AREA_H

#include "base/buf.h"
#include "base/err.h"
#include "sys/tree.h"

/* Opens it for files below root (absolute), and makes it when missing; the note is on the disk before. ERR_REFUSED: it belongs to another folder. area
 * is for tree_close. */
int aside_area_open(const struct tree *undo, const char *root, struct tree *area, struct err *e);

/* 1: the case has one, root is appended; 0: it has none; -1. */
int aside_area_find(const struct tree *undo, struct tree *area, struct buf *root, struct err *e);

#endif
