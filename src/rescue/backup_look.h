/* What a path is as a backup, by names, sizes and heads of files. */
#ifndef RESCUE_BACKUP_LOOK_H
#define RESCUE_BACKUP_LOOK_H

#include "rescue/backup_parts.h"

/*
 * Adds to the list what stands at path (as it can be opened): 1 when it is a backup, 0 when it is none, with the reason in e,
 * -1 when it can't be read. shown is the path for the user. named: the user says that it is one, so one that is empty or damaged
 * in its first bytes is taken too, and so is a file whose name the platform knows.
 */
int backup_look(struct store *s, const char *path, const char *shown, bool named, struct backup_list *l, struct backup **out,
                struct err *e);

/* Whether the names of two dumps differ in one number alone. */
bool backup_look_series(const char *a, const char *b);

/* Names what is missing between the parts of a dump of several files, in b's problems. */
void backup_look_gaps(struct backup *b, struct arena *mem);

/* The tables of a dump that was read. */
void backup_look_tables(struct backup_list *l, struct backup *b, const struct sql_facts *f);

/* What is wrong with it as a whole, gaps and the platform's faults, into its problems; sound becomes BACKUP_DAMAGED when it must not be
 * restored as it is. Once it was read it is asked again, with its tables. */
void backup_look_faults(struct store *s, struct backup_list *l, struct backup *b);

/* The same of what the platform says of a dump that was read to its end. */
void backup_look_dump(struct store *s, struct backup_list *l, struct backup *b, const struct sql_facts *f);

#endif
