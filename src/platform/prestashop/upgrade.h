/* PrestaShop's upgrade, from its traces to its end: what the table of the platform takes from the plan's side of this folder. */
#ifndef PLATFORM_PRESTASHOP_UPGRADE_H
#define PLATFORM_PRESTASHOP_UPGRADE_H

#include "platform/platform.h"

int ps_plan(struct store *s, struct plan *p, struct err *e);
int ps_run(struct store *s, struct plan *p, struct step *st, struct work *w, struct err *e);
int ps_recheck(struct store *s, struct plan *p, struct step *st, struct err *e);

/* Puts the language packs that lie in the store (translations/sf-<locale>.zip, <iso>.gzip) in place, for the named iso codes or all. */
int ps_labels(struct store *s, const char *const *entries, size_t n, struct work *w, struct err *e);

/* platform.logs */
int ps_logs(struct store *s, backup_found *each, void *arg, struct err *e);

/* The case behind a plan made by ps_plan (plan_case.h), or NULL; it lives as long as the plan. */
struct ps_case;
const struct ps_case *ps_plan_case(const struct plan *p);

#endif
