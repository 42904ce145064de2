/*
 * Rows that are switched off and put back as they were: extensions, events, modifications. What each held is noted before the first of them
 * changes. Private to this folder.
 */
#ifndef PLATFORM_OPENCART_ROWS_H
#define PLATFORM_OPENCART_ROWS_H

#include "platform/opencart/oc.h"

/* Rows of one table of which one column is to change. Texts are constants or the store arena's. */
struct oc_rows {
    const char *table;   /* without the prefix */
    const char *column;  /* the one that changes */
    const char *keys[2]; /* columns that tell a row; the second may be NULL */
    const char *where;   /* SQL: which of them are on */
    /* SQL: the value of off. NULL: the column holds settings with a status among them (oc_module_status), of which the status alone changes, for what else stands
     * in them may be edited between off and on. */
    const char *off;
};

/* Adds the rows of all sets to what is noted under that key, and switches them off. *n (may be NULL) counts the
 * rows that were on. May be repeated after a kill. */
int oc_rows_off(struct store *s, struct work *w, const char *note, const struct oc_rows *sets, size_t n_sets, size_t *n, struct err *e);
/* Puts back what is noted, and forgets it; *done false: nothing is. Rows that are gone stay so. */
int oc_rows_back(struct store *s, struct work *w, const char *note, bool *done, struct err *e);

#endif
