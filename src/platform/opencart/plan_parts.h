/* Between the files that make the plan of an OpenCart upgrade, private to them. */
#ifndef PLATFORM_OPENCART_PLAN_PARTS_H
#define PLATFORM_OPENCART_PLAN_PARTS_H

#include "platform/opencart/plan_case.h"
#include "platform/opencart/steps.h"

/* release.c: opens the release's archive for reading; the descriptor is the caller's. */
int oc_release_open(const struct store *s, const struct oc_release *r, struct err *e);

/* plan_case.c: whether the tables are those of the target version, as far as it is known. */
bool oc_schema_old(const struct oc_case *c);
/* The newest version among the marks that is not above one; NULL: none. */
const char *oc_milestone(const char *version);

/* plan_steps.c: the step of that name; NULL: the installer has none. */
const struct oc_todo *oc_case_step(const struct oc_case *c, const char *name);
/* Its signs show for certain that it has work left. */
bool oc_todo_is_left(const struct oc_todo *t);
/* How many steps the installer of a version has, as its releases are known. */
unsigned oc_steps_of(const char *version);
/* The step in which the tables change: "1000", "upgrade_3", "upgrade". */
const char *oc_schema_step(enum oc_family family);
/* Whether the one request of 2.0 and 2.1 has something to do behind the tables. */
bool oc_request_is_needed(const char *to);

/* step_config.c: what the two config.php lack for the version, in words; NULL: nothing, or the version rewrites none. */
const char *oc_config_lacks(const struct store *s, const char *to, struct arena *mem);
/* It is there, and says something. */
bool oc_config_readable(const struct oc_config_file *f);
/* Why the toolkit can't put that in by itself, with what is to be done by hand; NULL: it can. */
const char *oc_config_refused(const struct store *s, const char *to, struct arena *mem);
/* step_storage.c: a folder of before 4.x, or 2.2, whose files that step moves, and that is still there; NULL: none. */
const char *oc_moves_left(const struct store *s, const char *to);

/* step_before.c: what has to be true before a step runs on the store as it is: sets before and danger. */
void oc_patch_judge(struct store *s, struct oc_case *c, struct oc_todo *t);
/* Makes it true. */
int oc_patch_prepare(struct store *s, struct oc_case *c, const struct oc_todo *t, struct work *w, struct err *e);

/* plan_files.c: forgets what was compared. */
void oc_case_forget_files(struct oc_case *c);
/* copies.c: copies in the cache of modified files: how many. */
size_t oc_count_copies(struct store *s);
/* The same into the case, and which of them are not of the files that they stand in for. */
void oc_case_copies(struct store *s, struct oc_case *c);

/* step_keep.c: keeps for undo what a step is going to move or remove. */
int oc_keep_files(struct store *s, struct oc_case *c, const struct oc_todo *t, struct work *w, struct err *e);
/* Whether the back office was renamed, and the family's steps look for it under its first name; its config.php put there and taken back. done: the step
 * ended well, and what it wrote counts. */
bool oc_needs_first_name(const struct store *s, enum oc_family family);
int oc_first_name_put(struct store *s, struct work *w, struct err *e);
int oc_first_name_back(struct store *s, bool done, struct work *w, struct err *e);

/* plan_notes.c: findings that are no part of the story. */
void oc_note_all(struct store *s, struct plan *p, struct oc_case *c);

#endif
