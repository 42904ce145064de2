/* Pieces of the plan, private to this folder. */
#ifndef PLATFORM_CSCART_PLAN_PARTS_H
#define PLATFORM_CSCART_PLAN_PARTS_H

#include "platform/cscart/plan_case.h"

/* plan_schema.c: a step for each migration. give_up: none of them is to be run. */
void cs_plan_schema(struct store *s, struct plan *p, struct cs_case *c, bool give_up);

/* Whether a migration of the case needs the store's PHP: 1 it is plain SQL, 0 it needs PHP, -1 it can't be read. Then *why says so. */
int cs_migration_is_plain(struct store *s, const char *file, struct arena *mem, const char **why);

/* plan_core.c: how it shows that an upgrade which says it is completed has not copied its files, in c->mem; NULL: nothing shows it. */
const char *cs_half_copied(struct store *s, struct cs_case *c);

#endif
