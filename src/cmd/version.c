#include "cmd/command.h"
#include "cmd/notices.h"
#include "version.h"

static enum status run(struct app *a, const struct args *g)
{
    if (args_has(g, "licenses") && !a->json) {
        app_print(a, "%s", notices_text);
    } else if (a->json) {
        struct json j;

        json_init(&j, &a->text);
        json_begin_obj(&j);
        json_kint(&j, "schema", 1);
        json_kstr(&j, "version", TOOLKIT_VERSION);
        json_kstr(&j, "commit", TOOLKIT_COMMIT);
        json_kstr(&j, "vendored", TOOLKIT_VENDORED);
        if (args_has(g, "licenses"))
            json_kstr(&j, "licenses", notices_text);
        json_end(&j);
    } else {
        app_print(a, "toolkit %s (commit %s)\nwith %s\n", TOOLKIT_VERSION, TOOLKIT_COMMIT, TOOLKIT_VENDORED);
    }
    return app_flush(a) < 0 ? STATUS_PROBLEMS : STATUS_OK;
}

static const struct option options[] = {
    {"licenses", 0, NULL, "the licences of the toolkit and of everything inside it"},
    {NULL, 0, NULL, NULL},
};

const struct command cmd_version = {
    .name = "version",
    .operands = "",
    .summary = "name this version and the versions of what is built in",
    .text = "Prints the version, the commit it was built from, and every library inside the binary.",
    .examples = "toolkit version\ntoolkit version --licenses",
    .options = options,
    .run = run,
};
