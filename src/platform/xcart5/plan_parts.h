/* Parts of the X-Cart plan, private to this folder. */
#ifndef PLATFORM_XCART5_PLAN_PARTS_H
#define PLATFORM_XCART5_PLAN_PARTS_H

#include "platform/copy_files.h"
#include "platform/xcart5/xc.h"

/* plan_hooks.c: state, evidence and danger of a hook's step. */
void xc_hook_state(struct store *s, struct plan *p, const struct xc_case *c, const struct xc_hook *h, struct step *st);

/* The hook that the newest PHP error of the run names, or NULL. */
const struct xc_hook *xc_php_error_hook(const struct xc_case *c);

/* files.c: what the copy of one entry's files still has to do. */
struct xc_file_plan {
    struct arena mem;
    VEC(struct copy_file) todo;   /* edited: the merchant had changed it */
    VEC(const char *) kept;      /* files the merchant chose to keep, that would have changed */
    VEC(const char *) blocked;   /* files that can't be read, with the reason */
    size_t total;                /* files of the entry */
    bool knows_installed;        /* the list of the installed version was there: deletions are known */
};

int xc_compare_files(struct store *s, struct xc_case *c, const struct xc_entry *en, struct xc_file_plan *f,
                     struct err *e);
void xc_file_plan_free(struct xc_file_plan *f);

/* plan_story.c: summary, cause, findings; and one finding, if the store's account may not write path. */
bool xc_note_unwritable(struct store *s, struct plan *p, const char *path);
void xc_tell_story(struct store *s, struct plan *p, struct xc_case *c);

#endif
