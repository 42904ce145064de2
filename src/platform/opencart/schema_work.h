/* Between the plan's view of the tables and the step that changes them, private to these. */
#ifndef PLATFORM_OPENCART_SCHEMA_WORK_H
#define PLATFORM_OPENCART_SCHEMA_WORK_H

#include "format/schema_diff.h"
#include "platform/opencart/plan_case.h"

/* What has to be changed, the rows asked: columns that would lose values keep their room where they can. */
struct oc_schema_work {
    struct schema_diff diff;
    struct arena mem;
    VEC(struct schema_kept) kept;
    VEC(const char *) kept_words; /* "oc_order.comment stays text: 3 rows need it" */
    VEC(const char *) refused;    /* what can't be done without loss, in words, by table */
};

/* How far a comparison goes. */
enum oc_schema_depth {
    OC_SCHEMA_SEEN, /* what an upgrade that ended has: text of a column may be kept as it was before */
    OC_SCHEMA_FULL  /* what the toolkit makes */
};

/* Compares live with c->target; only: one table of it, or NULL. Sends SELECTs over db alone. A zeroed struct is empty. */
int oc_schema_compare(struct store *s, const struct oc_case *c, const struct schema *live, const char *only, enum oc_schema_depth depth,
                      struct mysql *db, struct oc_schema_work *out, struct err *e);
void oc_schema_work_free(struct oc_schema_work *x);

/* plan_schema.c: oc_case_schema, with the reason when the target is not known. */
int oc_schema_read(struct store *s, struct oc_case *c, struct err *why, struct err *e);

/* One number. */
int oc_schema_count(struct mysql *db, const char *sql, uint64_t *n, struct err *e);

#endif
