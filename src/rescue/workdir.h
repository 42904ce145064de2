/*
 * The work directory: journal, lock and undo copies of one store. Private (0700), on the store's file
 * system, beside the store where that is possible, so that it lies outside the web root; else inside the
 * store under a name that can't be guessed, with a rule that forbids web access.
 */
#ifndef RESCUE_WORKDIR_H
#define RESCUE_WORKDIR_H

#include "base/err.h"
#include "sys/tree.h"

#include <stdbool.h>
#include <stdint.h>

struct workdir {
    struct tree tree; /* path and door; fd < 0: none */
    int lock_fd;
    int store_fd; /* the store's root folder */
};

/* An empty one, to be closed as often as one likes. */
void workdir_init(struct workdir *w);

/*
 * Opens the store's work directory; `chosen` (may be NULL) is the user's. With create it is made when
 * missing; without, a missing one is ERR_ABSENT.
 */
int workdir_open(struct workdir *w, const struct tree *store, const char *chosen, bool create, struct err *e);

/* A work directory beside the store or in it that belongs to another user and can't be read: this store's, perhaps. NULL: there is none. free() it. */
char *workdir_hidden(const struct tree *store);

/*
 * Takes the store for this process, with the work directory and with its root folder: another user, or one who names another work directory, takes
 * the same store. ERR_LOCKED names the holder where it can be known. Freed by close or by the process's end.
 */
int workdir_lock(struct workdir *w, const char *command, struct err *e);

/* The folder of a case for the files that it replaces or removes ("undo-N"); for tree_close. With create it is made; without,
 * a missing one is ERR_ABSENT. */
int workdir_undo(const struct workdir *w, int64_t case_id, bool create, struct tree *undo, struct err *e);

void workdir_close(struct workdir *w);

#endif
