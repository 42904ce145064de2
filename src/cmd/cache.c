#include "cmd/command.h"
#include "cmd/task.h"

#include <string.h>

static int clear(struct store *s, struct work *w, void *ctx, struct err *e)
{
    (void)ctx;
    return s->platform->cache_clear(s, w, e);
}

static int rebuild(struct store *s, struct work *w, void *ctx, struct err *e)
{
    (void)ctx;
    return s->platform->cache_rebuild(s, w, e);
}

static enum status run(struct app *a, const struct args *g)
{
    struct err e = {0};

    if (strcmp(g->operands[0], "clear") == 0)
        return task_run(a, "toolkit cache clear", NULL, "data cache emptied", clear, NULL);
    if (strcmp(g->operands[0], "rebuild") == 0)
        return task_run(a, "toolkit cache rebuild", "Rebuild the store's cache now? Visitors wait until it is done.",
                        "cache rebuilt", rebuild, NULL);
    err_set(&e, ERR_USAGE, "cache knows clear and rebuild, not %s", g->operands[0]);
    return app_cannot(a, &e);
}

const struct command cmd_cache = {
    .name = "cache",
    .operands = "clear|rebuild",
    .summary = "empty the data cache, or rebuild the compiled code",
    .text = "clear empties the store's data cache and translations; they fill by themselves.\n\n"
            "rebuild has the store's own PHP make anew what the cache holds of its code: compiled classes of X-Cart, copies of OpenCart's files with "
            "their modifications, Symfony's container of PrestaShop. CS-Cart has none, so it does what clear does. Hooks of a pending upgrade are not run by it.",
    .examples = "toolkit cache clear\ntoolkit --yes cache rebuild",
    .least = 1,
    .most = 1,
    .run = run,
};
