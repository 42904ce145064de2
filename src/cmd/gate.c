#include "cmd/command.h"
#include "cmd/task.h"

#include <string.h>

static int set(struct store *s, struct work *w, void *ctx, struct err *e)
{
    const enum gate *to = ctx;

    return s->platform->set_gate(s, *to, w, e);
}

static enum status run(struct app *a, const struct args *g)
{
    enum gate to = GATE_OPEN;
    struct err e = {0};

    if (strcmp(g->operands[0], "open") == 0)
        return task_run(a, "toolkit store open", NULL, "the store is open", set, &to);
    to = GATE_CLOSED;
    if (strcmp(g->operands[0], "close") == 0)
        return task_run(a, "toolkit store close", "Close the store for visitors now?", "the store is closed", set, &to);
    err_set(&e, ERR_USAGE, "store knows open and close, not %s", g->operands[0]);
    return app_cannot(a, &e);
}

const struct command cmd_store = {
    .name = "store",
    .operands = "open|close",
    .summary = "open or close the store for visitors",
    .text = "Sets the store's own switch in the database and empties the data cache. The admin panel works either way.",
    .examples = "toolkit store open\ntoolkit --yes store close",
    .least = 1,
    .most = 1,
    .run = run,
};
