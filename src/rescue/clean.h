/* What a broken upgrade or a restore left in the store and nobody needs: listed, and moved where undo finds it. */
#ifndef RESCUE_CLEAN_H
#define RESCUE_CLEAN_H

#include "db/case_file.h"
#include "platform/platform.h"
#include "rescue/work.h"
#include "rescue/workdir.h"

enum leftover_kind { LEFTOVER_FILE, LEFTOVER_DIR, LEFTOVER_TABLE };

struct leftover {
    enum leftover_kind kind;
    const char *name; /* path below the store, or table */
    const char *why;
};

struct leftover_list {
    struct arena mem;
    VEC(struct leftover) all;
};

/* Asks the platform; the list is empty where it knows of none. */
int leftovers_find(struct store *s, const struct workdir *w, struct leftover_list *l, struct err *e);
void leftovers_free(struct leftover_list *l);

/*
 * Moves them into the undo area of a new case of small changes, tables by giving them another name, so that undo brings all
 * of it back and clean frees it for good. *id is the case's. The lock is held.
 */
int leftovers_remove(struct store *s, struct workdir *w, struct case_file *cf, const struct leftover_list *l, const struct work_ui *ui,
                     int64_t *id, struct err *e);

#endif
