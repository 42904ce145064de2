/*
 * Which version's tables a database has: OpenCart writes it down nowhere, so it is told by tables and columns that came and went. Private to this folder.
 */
#ifndef PLATFORM_OPENCART_MARKS_H
#define PLATFORM_OPENCART_MARKS_H

#include "format/schema.h"

/* A mark that a live schema has against a version's. */
struct oc_mark {
    const char *table;
    const char *column;  /* NULL: the table itself */
    const char *since;   /* the version that brought it, NULL: it was there from the start */
    const char *gone;    /* the version that has it no more, NULL: none */
    const char *collate; /* not NULL: the table has this collation (of a version that brought nothing else) */
};

/* What tables and columns say; versions are constants. */
struct oc_marked {
    const char *version; /* the newest one of which all that came is there; NULL: not even 2.0.0.0 */
    const char *newest;  /* the newest one of which anything is there; another than version: the change of tables stopped half way */
    VEC(const struct oc_mark *) missing; /* up to newest: what is not there */
};

/* The marks of clean installations from 2.0.0.0 to 4.1.0.4. */
const struct oc_mark *oc_marks(size_t *n);
/* A zeroed struct is empty; oc_marked_free gives all back. */
void oc_marks_read(const struct schema *live, struct oc_marked *out);
void oc_marked_free(struct oc_marked *m);

#endif
