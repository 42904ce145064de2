/* What there is to know of a dump that OpenCart's back office wrote, besides whether it is whole. */
#ifndef RESCUE_BACKUP_ROWS_H
#define RESCUE_BACKUP_ROWS_H

#include "rescue/backup.h"

/* Adds to the backup's problems what its values have lost, rows that stand in it twice, and an end that proves nothing. Nothing of other writers' dumps. */
void backup_rows_tell(struct store *s, const struct sql_facts *f, struct backup_list *l, struct backup *b);

#endif
