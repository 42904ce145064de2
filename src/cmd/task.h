/* Commands that do one thing to a store outside of a plan: labels, cache, store. */
#ifndef CMD_TASK_H
#define CMD_TASK_H

#include "cmd/app.h"

/* What is to be done; ctx is the caller's. */
typedef int task_fn(struct store *s, struct work *w, void *ctx, struct err *e);

/*
 * Opens the store, takes its lock unless in a dry run, runs the task and gives the verdict. what: "labels loaded".
 * `asks` is the question for the terminal, or NULL for a task mild enough not to ask.
 */
enum status task_run(struct app *a, const char *command, const char *asks, const char *what, task_fn *fn, void *ctx);

#endif
