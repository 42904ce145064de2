/*
 * Writing a gzip file quickly: blocks are deflated by several threads and written in order as one member, so that every reader takes it.
 * What does not shrink (pictures, archives) is stored. The file appears under its name when it is whole and on disk.
 */
#ifndef SYS_PACK_GZ_H
#define SYS_PACK_GZ_H

#include "sys/tree.h"

struct pack_gz;

/* Begins the file rel of t, mode 0600; until pack_gz_close it is "rel.part". t stays the caller's. Free with pack_gz_close or pack_gz_abort. */
int pack_gz_open(struct pack_gz **out, const struct tree *t, const char *rel, struct err *e);

/* More bytes. After an error only pack_gz_abort is left. g is a struct pack_gz *: fits db_dump. */
int pack_gz_write(void *g, const void *p, size_t n, struct err *e);

uint64_t pack_gz_in(const struct pack_gz *g);  /* bytes taken */
uint64_t pack_gz_out(const struct pack_gz *g); /* bytes written to the file so far */

/* Writes the rest, syncs, gives the file its name. *size (may be NULL) is the file's. Frees g in any case; on errors nothing is left. */
int pack_gz_close(struct pack_gz *g, uint64_t *size, struct err *e);

/* Removes what was written. NULL is fine. */
void pack_gz_abort(struct pack_gz *g);

#endif
