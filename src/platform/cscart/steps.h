/* Carrying out the steps of a CS-Cart plan, private to this folder. All keep the contract of platform.run: in a dry run they say
 * what would be done. */
#ifndef PLATFORM_CSCART_STEPS_H
#define PLATFORM_CSCART_STEPS_H

#include "platform/cscart/plan_case.h"

/* step_files.c */
int cs_run_files(struct store *s, struct cs_case *c, enum cs_part part, struct work *w, struct err *e);
int cs_recheck_files(struct store *s, struct cs_case *c, enum cs_part part, struct err *e);

/* step_end.c: unpacking, the record, the package away. */
int cs_run_unpack(struct store *s, struct cs_case *c, struct work *w, struct err *e);
int cs_run_record(struct store *s, struct cs_case *c, struct work *w, struct err *e);
int cs_run_package(struct store *s, struct cs_case *c, struct work *w, struct err *e);
/* A line at the end of the upgrade's log; a log that can't be written is told and no reason to stop. */
void cs_log_add(struct store *s, struct cs_case *c, const char *text, struct work *w);

/* langs.c: the texts of one installed language, from the files of the store and the package. */
int cs_run_labels(struct store *s, struct cs_case *c, const char *code, struct work *w, struct err *e);

#endif
