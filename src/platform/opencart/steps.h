/* Carrying out the steps of an OpenCart plan, private to this folder. All keep the contract of platform.run: in a dry run they say what would be done. */
#ifndef PLATFORM_OPENCART_STEPS_H
#define PLATFORM_OPENCART_STEPS_H

#include "format/oc_answer.h"
#include "platform/opencart/plan_case.h"

/* driver.c: one step of the installer, or one page of it, in a PHP child as the web server would call it: request's step or number, version, admin and page are
 * set as its address has them. out is judged by what was printed, never by the exit code; its texts live in mem. -1 when the child could not be started, or
 * ended without any answer (ERR_CHILD: a part of it may be done; ERR_ABSENT: nothing was begun). */
int oc_drive(struct store *s, enum oc_family family, const struct oc_request *request, struct work *w, struct arena *mem, struct oc_answer *out,
             struct err *e);

/* step_files.c */
int oc_run_files(struct store *s, struct oc_case *c, struct work *w, struct err *e);
int oc_recheck_files(struct store *s, struct oc_case *c, struct err *e);
/* The installer of the target version, from its release into the store; and out again, when that was how it came. */
int oc_run_unpack(struct store *s, struct oc_case *c, struct work *w, struct err *e);
int oc_recheck_unpack(struct store *s, struct oc_case *c, struct err *e);
int oc_unpack_back(struct store *s, struct work *w, struct err *e);
/* OC_MARK. */
int oc_mark_put(struct store *s, const struct oc_case *c, struct work *w, struct err *e);

/* step_config.c: the two config.php as the target version (4.x) wants them: nothing that they say is lost, and what is missing comes in as its
 * own upgrade writes it; the folders as below. */
int oc_run_config(struct store *s, struct oc_case *c, struct work *w, struct err *e);
int oc_recheck_config(struct store *s, struct oc_case *c, struct err *e);

/* step_storage.c: the folders of 4.x: those that are missing, with what lies where older versions had them. */
int oc_make_storage(struct store *s, struct work *w, struct arena *mem, struct err *e);
/* Those that the release's own step made without the right to enter them. */
int oc_mend_storage(struct store *s, struct work *w, struct arena *mem, struct err *e);

/* step_schema.c: the tables, natively: the smallest set of statements, table by table, each noted before it is sent. */
int oc_run_schema(struct store *s, struct oc_case *c, struct work *w, struct err *e);
int oc_recheck_schema(struct store *s, struct oc_case *c, struct err *e);

/* step_patch.c: one step through the store's PHP, following "next" as long as it names the same step. What has to be true before it, is made so. */
int oc_run_patch(struct store *s, struct oc_case *c, const struct oc_todo *t, struct work *w, struct err *e);
int oc_recheck_patch(struct store *s, struct oc_case *c, const struct oc_todo *t, struct err *e);

#endif
