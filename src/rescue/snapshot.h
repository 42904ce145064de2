/*
 * Our own backup of a store: a folder with files.tar.gz, database.sql.gz and MANIFEST (the form of md5sum, so that md5sum -c reads it), restorable
 * by restore and as well by plain tar and mysql. It has its final name only when it is whole and on disk.
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
    char remark[300]; /* "the tables could not be locked: …", or "" */
};

int snapshot_make(struct store *s, struct workdir *w, const struct snapshot_opts *o, const struct work_ui *ui,
                  struct snapshot_result *r, struct err *e);

/*
 * The database alone, gzipped, as file rel of the work directory, before a case changes it. What is there already is whole (it appears
 * by rename) and is left alone. ERR_REFUSED when the disk has no room.
 */
int snapshot_db(struct store *s, struct workdir *w, const char *rel, const struct work_ui *ui, struct err *e);

#endif
