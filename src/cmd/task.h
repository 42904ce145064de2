/* Commands that do one thing to a store outside of a plan: labels, cache, store. */
#ifndef CMD_TASK_H
#define CMD_TASK_H

#include "cmd/app.h"
#include "cmd/view.h"
#include "rescue/journal.h"

/* What is to be done; ctx is the caller's. */
typedef int task_fn(struct store *s, struct work *w, void *ctx, struct err *e);

/*
 * Opens the store, takes its lock unless in a dry run, runs the task and gives the verdict. what: "labels loaded".
 * `asks` is the question for the terminal, or NULL for a task mild enough not to ask.
 */
enum status task_run(struct app *a, const char *command, const char *asks, const char *what, task_fn *fn, void *ctx);

/*
 * Parts of it, for commands that do more around their task. The work, whose context names journal and step where it has them, shown
 * by the view, which is to be closed.
 */
void task_work(struct app *a, const struct store *s, struct view *v, struct work_ctx *ctx, struct work *w);

/*
 * The work directory, the lock, which names the command, and the journal of small changes of that sort, with a case for them. With known alone the case is one
 * that there is, else j->id stays 0. A dry run takes no lock and reads what there is.
 */
int task_journal(struct app *a, const struct store *s, const char *command, const char *what, bool known, struct workdir *dir, struct journal *j,
                 struct err *e);

/* The status of an error; the end of a task with that error, or of one begun at clock_mono_ns() that went well. */
enum status task_status(const struct err *e);
enum status task_failed(struct app *a, const struct err *e);
enum status task_done(struct app *a, const char *what, uint64_t begun);

#endif
