/*
 * The one door to the files below a root: a store, a pack, a work directory.
 *
 * All paths are relative to the root and must be safe (str_is_safe_path); "" and "." name the root where a
 * directory is asked for. A symbolic link inside a path is followed as long as it stays beneath the root;
 * one that leads out, or is absolute, is refused (ERR_REFUSED). Something missing is ERR_ABSENT, with sys
 * set to errno. Errors name the full path.
 *
 * The functions only read struct tree, so threads may share one.
 */
#ifndef SYS_TREE_H
#define SYS_TREE_H

#include "base/buf.h"
#include "base/err.h"
#include "sys/fsops.h"

#include <stdbool.h>

/* A zeroed struct is a closed tree. */
struct tree {
    int fd;
    char *path;              /* as given to tree_open; NULL when closed */
    const struct fsops *ops; /* may be set before tree_open; fsops_real otherwise */
    bool by_hand;            /* paths are walked part by part: the kernel has no openat2 */
};

int tree_open(struct tree *t, const char *path, struct err *e);

/* The directory rel of t as a tree of its own, with the same table of calls. */
int tree_open_sub(struct tree *sub, const struct tree *t, const char *rel, struct err *e);

/* Closing a closed tree is fine. */
void tree_close(struct tree *t);

/* ERR_REFUSED unless rel is a plain path below the root. */
int tree_check(const struct tree *t, const char *rel, struct err *e);

/* Appends the full path of rel, for messages. */
void tree_path(const struct tree *t, const char *rel, struct buf *out);

/* Opens a regular file (anything else is ERR_FORMAT, and no FIFO can block it). mode counts with O_CREAT.
 * Gives the descriptor, the caller closes it through t->ops->close. */
int tree_open_file(const struct tree *t, const char *rel, int flags, mode_t mode, struct err *e);

/* Opens a directory for reading its entries and for the *at calls. */
int tree_open_dir(const struct tree *t, const char *rel, struct err *e);

/* Opens the directory that holds rel; *base is set to the last part of rel. */
int tree_open_parent(const struct tree *t, const char *rel, const char **base, struct err *e);

/* Appends the content of a regular file to out. Above max bytes: ERR_FORMAT naming both sizes. */
int tree_read(const struct tree *t, const char *rel, size_t max, struct buf *out, struct err *e);

/* The last part of rel is not followed when it is a link. */
int tree_stat(const struct tree *t, const char *rel, struct stat *st, struct err *e);

/* True when something of that name is there, whatever it is. */
bool tree_exists(const struct tree *t, const char *rel);

/* True when a regular file of no more than 1 MB has these words in it. What is read, passwords perhaps, is wiped. */
bool tree_holds(const struct tree *t, const char *rel, const char *words);

/* Calls each for every entry of a directory but "." and "..", in byte order. type is a DT_ constant, never
 * DT_UNKNOWN. A result other than 0 ends the listing and is given back. */
typedef int tree_each(void *arg, const char *name, unsigned char type, struct err *e);
int tree_list(const struct tree *t, const char *rel, tree_each *each, void *arg, struct err *e);

/*
 * Visits everything below rel (not rel itself), a directory before what it holds, in byte order within each
 * directory. Links are visited, never followed. each gives 0 to go on, TREE_SKIP to stay out of the
 * directory it was shown, -1 to stop. What can't be read goes to on_fault, which gives 0 to go on or -1 to stop
 * with that error; without on_fault the walk stops there.
 */
#define TREE_SKIP 1
typedef int tree_visit(void *arg, const char *rel, const struct stat *st, struct err *e);
typedef int tree_fault(void *arg, const char *rel, const struct err *why);
int tree_walk(const struct tree *t, const char *rel, tree_visit *each, tree_fault *on_fault, void *arg,
              struct err *e);
/* For on_fault where what could be read counts all the same. */
int tree_pass_over(void *arg, const char *rel, const struct err *why);

/* The name under which a directory is prepared beside its place; found only after a run was killed. */
#define TREE_DIR_TEMP ".dir.toolkit"

/* Makes the directory rel and those above it that are missing, each with the mode and, where allowed, the
 * owner of the directory that holds it. created (may be NULL) is told of each before it is made, so that
 * it can be written down first; a result of -1 stops. */
typedef int tree_created(void *arg, const char *rel, struct err *e);
int tree_mkdirs(const struct tree *t, const char *rel, tree_created *created, void *arg, struct err *e);

/* Removes one file, link or empty directory. Nothing there is fine. */
int tree_remove(const struct tree *t, const char *rel, struct err *e);

/* Removes all below rel, and rel itself unless keep_top. Follows no link and enters no other file system.
 * Nothing there is fine. */
int tree_remove_tree(const struct tree *t, const char *rel, bool keep_top, struct err *e);

/* Reads until n bytes or the end of the file, over interruptions: the count, or -1 with errno. */
ssize_t tree_read_full(const struct tree *t, int fd, void *p, size_t n);

/* The same from a place in the file; the descriptor's position stays. */
ssize_t tree_read_at(const struct tree *t, int fd, void *p, size_t n, uint64_t at);

/* Writes all n bytes, over interruptions: 0, or -1 with errno. */
int tree_write_full(const struct tree *t, int fd, const void *p, size_t n);

/* Fills e from errno for a call on rel: "ROOT/REL: can't WHAT: words", with the kinds named above. -1. */
int tree_fail(const struct tree *t, const char *rel, const char *what, struct err *e);

#endif
