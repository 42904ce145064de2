/* What the files of the snapshot share; nobody else includes this. */
#ifndef RESCUE_SNAPSHOT_PARTS_H
#define RESCUE_SNAPSHOT_PARTS_H

#include "db/dump.h"
#include "rescue/snapshot.h"
#include "sys/pack.h"

struct snapshot {
    struct store *s;
    const struct workdir *w;
    const struct snapshot_opts *o;
    const struct work_ui *ui;
    struct snapshot_result *r;
    struct tree into; /* the folder the snapshot is put in */
    struct tree dir;  /* the snapshot */
    struct pack_result measured;
    uint64_t db_size; /* estimate */
};

/* snapshot_files.c */

/* Which file of the store belongs into it. arg is a struct snapshot. */
enum pack_choice snapshot_choose(void *arg, const char *rel, const struct stat *st);
int snapshot_measure(struct snapshot *p, struct err *e);
/* files.tar.gz and MANIFEST. */
int snapshot_files(struct snapshot *p, struct err *e);

/* snapshot_db.c */

int snapshot_db_estimate(struct store *s, uint64_t *bytes, struct err *e);
/* Dumps into rel of t, gzipped, and reads it again. */
int snapshot_dump(struct store *s, const struct tree *t, const char *rel, const struct work_ui *ui, struct dump_result *r,
                  uint64_t *size, struct err *e);
/* Gives the plain bytes of a gzip file of ours piece by piece; in: bytes of the file read. Damage is ERR_FORMAT. */
typedef int snapshot_piece(void *arg, struct str bytes, uint64_t in, struct err *e);
int snapshot_read(const struct tree *t, const char *rel, snapshot_piece *piece, void *arg, struct err *e);
/* Reads a gzip file of ours to its end: whole, and of so many bytes. */
int snapshot_reread(const struct tree *t, const char *rel, uint64_t bytes, struct err *e);

#endif
