/*
 * The case file: the journal of rescues of one store, an SQLite database in the work directory.
 *
 * Method: before a step changes anything its intent is written and synced; after it was carried out and
 * re-read it is marked done. A step with an intent and no end was cut by a kill; the next run sees that.
 * Every call here is one transaction, on disk when it returns.
 */
#ifndef DB_CASE_FILE_H
#define DB_CASE_FILE_H

#include "base/buf.h"
#include "base/err.h"
#include "sys/manifest.h"

#include <stdbool.h>
#include <stdint.h>

struct case_file;

enum case_step_state {
    CASE_STEP_NONE,
    CASE_STEP_BEGUN,
    CASE_STEP_DONE,
    CASE_STEP_FAILED,
    CASE_STEP_PAUSED, /* stopped between two of its actions: nothing is half done */
    CASE_STEP_REFUSED /* could not begin: what was true of it before is still true */
};

struct case_step {
    enum case_step_state state;
    char at[20];    /* local time of the last change, "YYYY-MM-DD HH:MM:SS" */
    char text[512]; /* why it failed, or "" */
};

/* What a case is about. Kept as a word in the file. */
enum case_kind {
    CASE_UPGRADE, /* finishing an upgrade: resume, run */
    CASE_RESTORE, /* bringing back a backup */
    CASE_CHANGE,  /* one small change: store, addons, cache, labels */
    CASE_KINDS
};

enum case_state {
    CASE_OPEN,
    CASE_FINISHED,
    CASE_UNDOING, /* undo began and was not seen to end */
    CASE_UNDONE,
    CASE_CLEANED, /* what was kept for undoing is gone; the case remains as a record */
    CASE_STATES
};

/* What tells one case from another. Any text may be NULL. For CASE_RESTORE to is the backup's path. */
struct case_key {
    enum case_kind kind;
    const char *platform;
    const char *to;
    const char *started;
};

struct case_info {
    int64_t id;
    enum case_kind kind;
    enum case_state state;
    char began[20];
    char ended[20]; /* of the last change of state, or "" */
    char from[32];  /* "" when unknown */
    char to[512];
    int64_t steps_done;
};

/* Opens, and creates when `write`. For reading, a missing file is ERR_ABSENT. */
int case_file_open(struct case_file **out, const char *path, bool write, struct err *e);
void case_file_close(struct case_file *cf);

/* The newest case of that upgrade, finished or not: 1 found, 0 none, -1 error. One that was undone, or that a restore has come
 * over since, does not count. */
int case_file_find(struct case_file *cf, const struct case_key *key, struct case_info *info, struct err *e);

/* A new open case. from may be NULL. */
int case_file_create(struct case_file *cf, const struct case_key *key, const char *from, int64_t *id, struct err *e);
/* A new open case that goes on from an old one of the same upgrade, knowing its steps, their notes, and its manifest. */
int case_file_follow(struct case_file *cf, const struct case_info *old, const struct case_key *key, const char *from, int64_t *id,
                     struct err *e);
/* To CASE_CLEANED. One that was undone is remembered as such and is not found any more. */
int case_file_clean(struct case_file *cf, int64_t id, struct err *e);
int case_file_set_state(struct case_file *cf, int64_t id, enum case_state state, struct err *e);
/* 1 found, 0 none, -1 error. */
int case_file_get(struct case_file *cf, int64_t id, struct case_info *info, struct err *e);
/* The newest case in that state: 1 found, 0 none, -1 error; one cleaned after it was undone does not count. kind CASE_KINDS: any. */
int case_file_newest(struct case_file *cf, enum case_kind kind, enum case_state state, struct case_info *info,
                     struct err *e);

/* Newest first; stops when the callback returns false. */
int case_file_list(struct case_file *cf, bool (*each)(void *ctx, const struct case_info *info), void *ctx,
                   struct err *e);

int case_file_begin_step(struct case_file *cf, int64_t id, const char *step, struct err *e);
int case_file_end_step(struct case_file *cf, int64_t id, const char *step, enum case_step_state state,
                       const char *text, struct err *e);
/* state CASE_STEP_NONE when the case knows nothing of the step. */
int case_file_step(struct case_file *cf, int64_t id, const char *step, struct case_step *out, struct err *e);

/* Notes of a step, or with step "" of the case itself; writing a key again replaces its value. */
int case_file_note(struct case_file *cf, int64_t id, const char *step, const char *key, struct str value,
                   struct err *e);
/* 1 found, 0 none, -1 error. */
int case_file_noted(struct case_file *cf, int64_t id, const char *step, const char *key, struct buf *value,
                    struct err *e);

/* Adds checksums of the target version to the case (same path: replaced), and reads them back. */
int case_file_keep_manifest(struct case_file *cf, int64_t id, const struct manifest *m, struct err *e);
int case_file_manifest(struct case_file *cf, int64_t id, struct manifest *m, struct err *e);

#endif
