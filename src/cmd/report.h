/* What several commands print: the store, the plan, findings, in words and in JSON. */
#ifndef CMD_REPORT_H
#define CMD_REPORT_H

#include "cmd/app.h"
#include "rescue/rescue.h"

/* "X-Cart 5 in /var/www/shop, version 5.3.6". */
void report_store(struct app *a, const struct store *s);

/* The steps: one line for a run of equal steps, every step with its evidence when verbose. */
void report_steps(struct app *a, const struct plan *p);

void report_findings(struct app *a, const struct plan *p);

/* What every answer about a store begins and ends with: an object with "schema" and "store"; "exit". */
void report_json_begin(struct json *j, struct buf *out, const struct store *s, enum gate gate);
void report_json_end(struct json *j, enum status status);

/* Members "upgrade", "steps", "failed_step", "cause", "findings" of an open object. */
void report_plan_json(struct json *j, const struct plan *p);

#endif
