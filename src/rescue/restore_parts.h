/* What the files of restore share. Included by them alone. */
#ifndef RESCUE_RESTORE_PARTS_H
#define RESCUE_RESTORE_PARTS_H

#include "rescue/restore.h"

/* restore_pass.c: reads the whole backup. Files are staged (compared only in a dry run), the dump is loaded into the shadow or, where
 * there is none to load into, read and checked. */
int restore_read(struct restore *r, struct work *w, struct err *e);

/* From the source, what the backup does not have whole. After restore_read. */
int restore_fill(struct restore *r, struct work *w, struct err *e);

/* The dump again, carried out on the live tables: for SHADOW_IN_PLACE. */
int restore_load_in_place(struct restore *r, struct work *w, struct err *e);

/* restore_extra.c: lists live files that the backup would hold if it were theirs; with exact they are staged for removal. */
int restore_find_extra(struct restore *r, struct work *w, struct err *e);
/* Whether the backup lists the file. */
bool restore_in_backup(const struct restore *r, const char *path);

/* restore_tables.c: what is wrong with the backup as a whole, before anything is read (its names) and once it was (its tables). ERR_FORMAT when
 * it must not be brought back. */
int restore_judge(struct restore *r, struct err *e);
/* ERR_REFUSED when none of the dump's tables has the store's prefix: a dump of another shop, or one whose tables were given another prefix since, would
 * pass by without a trace. It names the option that is most likely meant. */
int restore_own_tables(struct restore *r, struct err *e);
/* Sorts the live tables that the dump does not hold into those that came after it and those that are never in one. */
void restore_sort_staying(struct restore *r);
/* With exact: notes the newer tables in front of the switch, and puts them aside behind it. May be repeated after a kill. */
int restore_note_newer(struct restore *r, struct err *e);
int restore_put_aside(struct restore *r, struct work *w, struct err *e);

/* restore_rows.c: a dump that makes no table is read to its end before anything is asked: what its values have lost, and whether there are tables that its
 * rows fit into. ERR_REFUSED names the first one that they don't. */
int restore_rows_look(struct restore *r, const struct backup_watch *watch, struct err *e);
/* The platform's table_source, for the shadow; ctx is the restore. */
int restore_table_source(void *ctx, const char *table, const char *const *columns, size_t n, struct buf *create, struct err *why);

/* restore_case.c: the journal's side. */
int restore_case_open(struct restore *r, struct err *e);
int restore_note(struct restore *r, const char *key, const char *value, struct err *e);
bool restore_noted(struct restore *r, const char *key, struct buf *value);
/* The name that the shadow's databases or tables carry. */
const char *restore_tag(struct restore *r);

/* restore_steps.c */
extern const struct plan_ops restore_ops;

#endif
