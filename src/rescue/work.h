/* The means a platform's code is given while it works: the journal's notes and a way to show itself. */
#ifndef RESCUE_WORK_H
#define RESCUE_WORK_H

#include "rescue/journal.h"

/* How work shows itself; cmd/ fills it. */
struct work_ui {
    void *ctx;
    void (*begin)(void *ctx, const struct step *s, size_t number, size_t total);
    void (*progress)(void *ctx, const char *what, uint64_t done, uint64_t total);
    void (*say)(void *ctx, struct str line);
    void (*end)(void *ctx, const struct step *s, bool done, uint64_t ns);
};

struct work_ctx {
    struct journal *journal; /* NULL: outside a plan's step; notes are not kept */
    const struct work_ui *ui;
    const struct step *step;
};

/* Fills w for work on s; ctx has to live as long. dry_run, again and undo are left for the caller. */
void work_init(struct work *w, struct work_ctx *ctx, const struct store *s);

#endif
