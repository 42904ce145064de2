/*
 * Our own backup of a store: a folder "snapshot-YYYYMMDD-HHMMSS" with files.tar.gz, database.sql.gz, MANIFEST (the form of md5sum, for the
 * files of the archive: md5sum -c reads it in an unpacked tree) and ABOUT (what it is of, one fact a line), restorable by restore and as well by
 * plain tar and mysql. It has its final name only when it is whole, on disk and read again.
 *
 * Left out are what the platform calls caches and backups, the work directory, and the folder the snapshot is put in.
 */
#ifndef RESCUE_SNAPSHOT_H
#define RESCUE_SNAPSHOT_H

#include "platform/platform.h"
#include "rescue/work.h"
#include "rescue/workdir.h"

struct snapshot_opts {
    bool files;
    bool db;
    const char *const *exclude; /* globs of paths below the store, NULL at the end; may be NULL */
    const char *into;           /* folder to put it in; NULL: the work directory */
};

struct snapshot_result {
    char path[4096];
    uint64_t files, file_bytes;
    size_t tables;
    uint64_t rows;
    uint64_t size;
    uint64_t problems; /* files that could not be read, or changed while they were; each was said */
    char remark[600];  /* "the tables could not be locked: …", or "" */
};

/* Their names in the folder. */
#define SNAPSHOT_FILES    "files.tar.gz"
#define SNAPSHOT_DB       "database.sql.gz"
#define SNAPSHOT_MANIFEST "MANIFEST"
#define SNAPSHOT_ABOUT    "ABOUT"

/* Counts what it would hold: files, file_bytes, and in size the room that is asked for. w may be NULL: room is not looked at then. */
int snapshot_estimate(struct store *s, const struct workdir *w, const struct snapshot_opts *o, struct snapshot_result *r,
                      struct err *e);

/* The lock is held. ERR_REFUSED when the disk has no room. On errors nothing is left. */
int snapshot_make(struct store *s, struct workdir *w, const struct snapshot_opts *o, const struct work_ui *ui,
                  struct snapshot_result *r, struct err *e);

/*
 * The database alone, gzipped, as file rel of the work directory, before a case changes it. What is there already is whole (it appears
 * by rename) and is left alone. ERR_REFUSED when the disk has no room.
 */
int snapshot_db(struct store *s, struct workdir *w, const char *rel, const struct work_ui *ui, struct err *e);

#endif
