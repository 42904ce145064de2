/*
 * Logs that the plan reads as evidence, and that steps append to when they run the store's own code. The upgrader's lines of before tell how
 * far the upgrade came; those of a case that is taken back would tell of steps that never were. So a case notes how long each log is before
 * its first step, and undo cuts each back to that.
 */
#ifndef RESCUE_LOGS_H
#define RESCUE_LOGS_H

#include "rescue/undo.h"

/* Before the first step. db_stays: steps may change the database, and undo can't bring that back; then their lines have to stay as well.
 * A case that has a note keeps its first one. */
int logs_note(struct store *s, struct case_file *cf, int64_t id, bool db_stays, struct err *e);

#endif
