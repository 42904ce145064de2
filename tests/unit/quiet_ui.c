#include "quiet_ui.h"

static void no_progress(void *ctx, const char *what, uint64_t done, uint64_t total)
{
    (void)ctx, (void)what, (void)done, (void)total;
}

static void no_words(void *ctx, struct str line)
{
    (void)ctx, (void)line;
}

const struct work_ui quiet_ui = {.progress = no_progress, .say = no_words};
