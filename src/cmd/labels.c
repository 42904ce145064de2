#include "cmd/command.h"
#include "cmd/task.h"

static int load(struct store *s, struct work *w, void *ctx, struct err *e)
{
    const struct args *g = ctx;

    return s->platform->labels(s, g->operands, g->n, w, e);
}

static enum status run(struct app *a, const struct args *g)
{
    struct args copy = *g;

    return task_run(a, "toolkit labels", NULL, "labels loaded", load, &copy);
}

const struct command cmd_labels = {
    .name = "labels",
    .operands = "[ENTRY…]",
    .summary = "load the texts of languages that the store lacks",
    .text = "Reads the store's own label files and adds what is missing in the database, in one transaction and without "
            "PHP. Texts that are there are never changed and nothing is deleted, so it may be run any number of times. "
            "ENTRY is Core or a module's Author\\Name; without one, the core and all enabled modules.\n\n"
            "PrestaShop keeps its texts in files: ENTRY is a language, such as de, and its texts are written from the language pack that lies in "
            "translations. For a language without a pack it says where the pack is had and under which name to put it; nothing is downloaded.",
    .examples = "toolkit labels\ntoolkit labels Core 'CDev\\Paypal'\ntoolkit --dry-run labels",
    .most = 1000,
    .run = run,
};
