/* OpenCart's upgrade, from its traces to its end: what the table of the platform takes from the plan's side of this folder. */
#ifndef PLATFORM_OPENCART_UPGRADE_H
#define PLATFORM_OPENCART_UPGRADE_H

#include "platform/platform.h"

int oc_plan(struct store *s, struct plan *p, struct err *e);
int oc_run(struct store *s, struct plan *p, struct step *st, struct work *w, struct err *e);
int oc_recheck(struct store *s, struct plan *p, struct step *st, struct err *e);
int oc_logs(struct store *s, backup_found *each, void *arg, struct err *e);

/* Removes what the toolkit left in the store while it finished an upgrade (step_files.c): for what takes the upgrade back, such as a restore. */
int oc_mark_drop(struct store *s, struct work *w, struct err *e);

/* The case behind a plan made by oc_plan (plan_case.h), or NULL; it lives as long as the plan. */
struct oc_case;
const struct oc_case *oc_plan_case(const struct plan *p);

#endif
