/* Carrying out the steps of an X-Cart plan, private to this folder. All keep the contract of platform.run:
 * in a dry run they say what would be done. */
#ifndef PLATFORM_XCART5_STEPS_H
#define PLATFORM_XCART5_STEPS_H

#include "platform/xcart5/xc.h"
#include "sys/php_run.h"

/* step_packs.c */
int xc_run_unpack(struct store *s, struct xc_case *c, struct xc_entry *en, struct work *w, struct err *e);
int xc_run_check(struct store *s, struct xc_case *c, struct work *w, struct err *e);

/* step_hooks.c */
int xc_run_hook(struct store *s, struct xc_case *c, struct xc_hook *h, struct work *w, struct err *e);

/* output.c: the last lines that a failed child printed. */
void xc_say_output(struct work *w, const struct child_result *child, const struct php_error *error);

/* step_files.c */
int xc_run_files(struct store *s, struct xc_case *c, struct xc_entry *en, struct work *w, struct err *e);
int xc_recheck_files(struct store *s, struct xc_case *c, struct xc_entry *en, struct err *e);

/* step_rebuild.c */
int xc_run_rebuild(struct store *s, struct xc_case *c, struct work *w, struct err *e);
/* Runs admin.php until `enough` holds of the step files; clears nothing. */
int xc_rebuild_loop(struct store *s, struct xc_case *c, struct work *w, bool (*enough)(const struct xc_rebuild *r),
                    struct err *e);
/* Keeps the packs' lists of checksums in the case: rebuild steps wipe the packs. */
int xc_keep_pack_lists(struct store *s, struct xc_case *c, struct work *w, struct err *e);
/*
 * The rebuild removes the packs. It also takes the place of what tells how far the one before came, and for which version: the next plan
 * would take ours for the upgrader's. With both kept, undo brings back a store that can be resumed again. The compiled code itself is only good to
 * be made anew.
 */
int xc_keep_evidence(struct store *s, const struct xc_case *c, struct work *w, struct err *e);
bool xc_rebuild_is_complete(const struct xc_rebuild *r);

/* step_labels.c */
int xc_run_labels(struct store *s, struct xc_case *c, struct xc_entry *en, struct work *w, struct err *e);
int xc_labels(struct store *s, const char *const *entries, size_t n, struct work *w, struct err *e);

/* step_end.c */
int xc_run_cache(struct store *s, struct xc_case *c, struct work *w, struct err *e);
int xc_cache_clear(struct store *s, struct work *w, struct err *e);
int xc_cache_rebuild(struct store *s, struct work *w, struct err *e);
int xc_gate(struct store *s, enum gate *now, struct err *e);
int xc_set_gate(struct store *s, enum gate to, struct work *w, struct err *e);

/* admins.c: profiles of administrators */
int xc_admins(struct store *s, struct admin_list *out, struct err *e);
int xc_admin_password(struct store *s, const struct admin *who, struct str password, bool activate, struct admin_change *out, struct err *e);

#endif
