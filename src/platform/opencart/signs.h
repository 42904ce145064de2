/* What in a store tells whether a step of an upgrade has been at work: no version keeps a list of that. Private to this folder. */
#ifndef PLATFORM_OPENCART_SIGNS_H
#define PLATFORM_OPENCART_SIGNS_H

#include "platform/opencart/oc.h"

enum oc_sign_kind {
    OC_SIGN_COLUMN, /* the step takes the column away */
    OC_SIGN_TABLE,  /* the step takes the table away */
    OC_SIGN_NO_ROW, /* after the step no row of the table fits */
    OC_SIGN_ROW,    /* after the step a row does */
    OC_SIGN_BEGUN,  /* a row that fits shows that the step began, when another sign says that it is not done */
    OC_SIGN_LEFT    /* a row that fits is the step's own work: without one nothing is known */
};

/* In this order a row of the table reads like a sentence; there are some sixty of them. */
struct oc_sign { /* NOLINT(clang-analyzer-optin.performance.Padding) */
    const char *step;
    const char *since, *before; /* target versions: from this one on, below that one; NULL: no bound */
    enum oc_sign_kind kind;
    const char *table;
    const char *column;     /* or the one that has to be there for the rows to be asked for; NULL: none */
    const char *where;
    const char *came_below; /* a store of a version below this one was surely not like that before the step; NULL: nobody knows */
    bool strong;            /* no store whose upgrade is over is as before the step */
    bool large;             /* the table may have millions of rows: not asked without a reason */
    const char *words;      /* of the state before the step */
};

const struct oc_sign *oc_signs(size_t *n);

/* Whether a sign is about an upgrade to that version and may be asked of these tables. wanted (may be empty): what the target keeps, tells nothing. */
bool oc_sign_fits(const struct oc_sign *sign, const char *to, const struct schema *live, const struct schema *wanted);

#endif
