/* What the files of undo and clean share; nobody else includes this. */
#ifndef RESCUE_UNDO_PARTS_H
#define RESCUE_UNDO_PARTS_H

#include "db/shadow.h"
#include "rescue/undo.h"

/* The notes of going back stand apart from those of the case itself. */
#define UNDO_STEP "undo"
/* A case's own notes, as restore writes them. */
#define CASE_STEP ""

#define NOTE_TAG   "db.tag"
/* Sizes of logs before the first step, and that the database was changed and no snapshot made: logs.c. */
#define NOTE_LOGS     "logs"
#define NOTE_DB_STAYS "db.stays"
#define NOTE_ASIDE "aside" /* names of tables put aside, each with a NUL behind it */

struct undo {
    struct store *s;
    const struct workdir *w;
    struct case_file *cf;
    int64_t id;
    const struct work_ui *ui;
    struct mysql_opts db;
    const char *step; /* where the running shadow's notes stand */
    struct arena mem;
};

void undo_init(struct undo *u, struct store *s, const struct workdir *w, struct case_file *cf, int64_t id,
               const struct work_ui *ui);
void undo_free(struct undo *u);

/* NULL when there is no such note; else in u->mem. */
const char *undo_note(struct undo *u, const char *step, const char *key, size_t *n);

/* One more thing that could not be done besides. */
void undo_problem(struct undo_result *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* "db-N.sql.gz": as it was before the case; "redo-N.sql.gz": as it was before undoing, where that had to overwrite it. */
void undo_snapshot_name(int64_t id, const char *what, char name[48]);

/* The shadow of that tag, its notes below step. */
int undo_open_shadow(struct undo *u, const char *tag, const char *step, struct shadow **sh, struct err *e);
/* The tag of going back from this case. */
const char *undo_tag(struct undo *u);

/* undo_db.c: brings back the database; counts into r. */
int undo_db(struct undo *u, const struct undo_info *info, struct undo_result *r, struct err *e);

/*
 * logs.c: cuts the logs back to their sizes before the case, what is cut off kept below STAGE_LOGS of the undo folder. May be
 * repeated after a kill.
 */
int undo_logs(struct undo *u, struct undo_result *r, struct err *e);

/*
 * undo_aside.c: tables of the live database that get another name in it, "_tk<tag>a<number>", so that they are out of the way and not lost.
 * Names are NUL-terminated, one behind the other. All may be repeated after a kill.
 */
int aside_put(struct undo *u, const char *step, struct str names, size_t *n, struct err *e);
int aside_back(struct undo *u, const char *step, size_t *n, struct err *e);
/* Drops them. bytes grows by what the server says they took. */
int aside_drop(struct undo *u, const char *step, uint64_t *bytes, struct err *e);
/* How many tables the step has put aside and that are still there. Without a server 0. */
size_t aside_count(struct undo *u, const char *step);
/* A table that this program has put aside. */
bool aside_is_ours(struct str name);

#endif
