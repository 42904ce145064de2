/*
 * Carrying out what is left of a plan: one step at a time, journalled before and after, re-read after.
 *
 * A kill at any instant leaves a journal from which the next run goes on. A step that fails ends the run;
 * nothing behind it is started.
 */
#ifndef RESCUE_RESUME_H
#define RESCUE_RESUME_H

#include "rescue/work.h"

struct resume_opts {
    const char *from;         /* NULL, or the name of the first step to run */
    const char *until;        /* NULL, or the name of the last one */
    const char *const *only;  /* names of the steps to run, whatever their state; only_n 0: what is open */
    size_t only_n;
    bool again;   /* repeat what may have begun */
    bool dry_run; /* say what would be done */
    bool verbose; /* name every file */
};

struct resume_result {
    size_t wanted;           /* steps that had to be run */
    size_t done;             /* steps carried out, re-read and journalled */
    const struct step *stopped_at; /* the step that ended the run, in the plan, or NULL */
    bool may_have_changed;   /* something live may have been changed by this run */
    bool half_done;          /* it stopped inside a step that can't be repeated unasked */
    bool needs_again;        /* it stopped because a step may have begun before and --again was not given */
    bool by_user;            /* it stopped because the user asked */
};

/* -1 with ERR_USAGE when the options name a step that the plan does not have. */
int resume_check(const struct plan *p, const struct resume_opts *o, struct err *e);

/* Whether there is a step to run and it may be started: nothing has to be prepared for a run that ends before its first step. */
bool resume_begins(const struct plan *p, const struct resume_opts *o);

/*
 * 0: all wanted steps are done. -1: stopped, e says why and r where. In a dry run j and undo may be NULL.
 */
int resume_run(struct store *s, struct plan *p, struct journal *j, struct tree *undo, const struct resume_opts *o,
               const struct work_ui *ui, struct resume_result *r, struct err *e);

#endif
