/* How running work shows itself: a line for each step, a bar while it goes on, what it says between. */
#ifndef CMD_VIEW_H
#define CMD_VIEW_H

#include "base/progress.h"
#include "cmd/app.h"
#include "rescue/work.h"

struct view {
    struct app *a;
    struct progress bar;
    bool bar_on;
    char title[160];
    uint64_t said_ns; /* of the last line of progress */
    struct work_ui ui;
};

void view_init(struct view *v, struct app *a);

/* Takes the bar away after work that had no step to end it. */
void view_close(struct view *v);

#endif
