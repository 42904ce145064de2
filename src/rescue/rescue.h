/* One look at a store: the store, its plan, and what earlier runs of the toolkit say about it. Changes nothing. */
#ifndef RESCUE_RESCUE_H
#define RESCUE_RESCUE_H

#include "platform/platform.h"
#include "rescue/journal.h"
#include "rescue/workdir.h"

struct rescue {
    struct store *store; /* the caller's, open */
    struct plan plan;
    struct workdir work;
    struct journal journal;
};

/* Reads the plan and lays an earlier journal over it. work_dir: the user's choice or NULL. */
int rescue_read(struct rescue *r, struct store *s, const char *work_dir, struct err *e);

/*
 * Makes r ready to change the store: work directory made, lock taken, plan read again under the lock,
 * journal open for writing.
 */
int rescue_begin(struct rescue *r, struct store *s, const char *work_dir, const char *command, struct err *e);

/* Reads the plan anew after a run, journal and lock kept. */
int rescue_reread(struct rescue *r, struct err *e);

/* Where the files that this case replaces go: a folder of the case in the work directory. For tree_close. */
int rescue_undo_tree(struct rescue *r, struct tree *undo, struct err *e);

/* True when something is kept that this case can be taken back with: replaced or removed files, a snapshot of the database. */
bool rescue_has_undo(const struct rescue *r);

/* The name of the case's snapshot of the database in the work directory. */
void rescue_snapshot_name(int64_t case_id, char name[40]);

void rescue_close(struct rescue *r);

/* Adds what would hinder the rest of the plan on any platform: space, inodes, read-only, database, PHP. */
void preflight(struct store *s, struct plan *p, const struct workdir *w);

#endif
