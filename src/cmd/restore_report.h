/* What a restore found and did, in words and in JSON. */
#ifndef CMD_RESTORE_REPORT_H
#define CMD_RESTORE_REPORT_H

#include "cmd/app.h"
#include "rescue/restore.h"

/* What will be done, before it is agreed to. */
void restore_report_before(struct app *a, const struct restore *r);

/* Counts, and every list that somebody has to know of. */
void restore_report_after(struct app *a, struct restore *r, uint64_t ns);

/* Things that were left out and are therefore problems. */
size_t restore_problems(const struct restore *r);

/* Members "backup", "files", "database" of an open object. */
void restore_report_json(struct json *j, const struct restore *r);

#endif
