/*
 * The directory above a path, kept open for the next path in the same one. Who reads or writes file by file in the
 * order of directories resolves each of them once, not once a call.
 *
 * What is kept is the directory, not its name: forget it wherever directories may have been removed or renamed since.
 */
#ifndef SYS_TREE_PARENT_H
#define SYS_TREE_PARENT_H

#include "sys/tree.h"

/* A zeroed struct holds none. */
struct tree_parent {
    char *dir; /* "" for the root of the tree; NULL: none is open */
    struct tree at;
};

/*
 * The directory that holds rel as a tree of its own, which stays the parent's and is good until the next call; *base is the
 * last part of rel. All calls of one parent are for the same tree t. Errors as tree_open_parent has them; after one none is open.
 */
const struct tree *tree_parent(struct tree_parent *p, const struct tree *t, const char *rel, const char **base, struct err *e);

/* As tree_stat. */
int tree_parent_stat(struct tree_parent *p, const struct tree *t, const char *rel, struct stat *st, struct err *e);

/* Forgetting twice is fine. */
void tree_parent_forget(struct tree_parent *p);

#endif
