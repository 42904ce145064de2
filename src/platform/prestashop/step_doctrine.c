/*
 * Doctrine's own change of the schema, which modules from 2.0 to 5.0.1 have the store make behind the scripts when the new version is 1.7
 * or 8.0. It compares the tables with the classes, so that a second time there is nothing left to do.
 */
#include "base/plural.h"
#include "format/php_version.h"
#include "platform/prestashop/scripts_parts.h"
#include "sys/php_run.h"

#define FIRST_MODULE "2.0.0"
#define LAST_MODULE  "5.0.1"
#define NEW_COMMAND  "1.7.1.1"

bool ps_has_doctrine(const struct store *s, const struct ps_case *c)
{
    const struct ps *ps = s->own;
    struct str module = str_of(ps->module_version);
    struct str to = str_of(c->to);

    return ps->module_version && c->to && php_version_compare(module, STR(FIRST_MODULE)) >= 0 &&
           php_version_compare(module, STR(LAST_MODULE)) <= 0 && (str_starts(to, STR("1.7.")) || str_starts(to, STR("8.0.")));
}

const char *ps_console(const struct store *s)
{
    static const char *const places[] = {"bin/console", "app/console"};

    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (tree_exists(&s->tree, places[i]))
            return places[i];
    return NULL;
}

static void show(void *arg, enum child_stream from, struct str line)
{
    struct work *w = arg;

    (void)from;
    w->say(w, "  %.*s", STR_FMT(line));
}

int ps_run_doctrine(struct store *s, struct ps_case *c, struct work *w, struct err *e)
{
    static const char *const now[] = {"prestashop:schema:update-without-foreign", "--env=prod", "--no-interaction", NULL};
    static const char *const old[] = {"doctrine:schema:update", "--force", "--env=prod", "--no-interaction", NULL};
    bool is_new = php_version_compare(str_of(c->to), STR(NEW_COMMAND)) >= 0;
    const char *const *args = is_new ? now : old;
    const char *console = ps_console(s);
    struct php_script_result result = {0};
    struct php_run run;
    int rc;

    if (console == NULL)
        return err_set(e, ERR_ABSENT, "bin/console is not there, which compares the tables with the store's classes");
    if (w->dry_run) {
        w->say(w, "would run %s %s", console, args[0]);
        return 0;
    }
    if (c->scripts.done < c->scripts.statements)
        return err_set(e, ERR_REFUSED, "what comes before it was not carried out: %zu statement%s of the upgrade scripts",
                       c->scripts.statements - c->scripts.done, plural(c->scripts.statements - c->scripts.done, "", "s"));
    if (store_php_run(s, &run, e) < 0)
        return -1;
    run.output = w->verbose ? show : NULL;
    run.arg = w;
    rc = php_script_run(&run, console, args, &result, e);
    if (rc < 0)
        err_fix(e, "a type that Doctrine does not know (bit, enum) stands in a table of a third party as a rule: change or drop that column, "
                   "then run the same again");
    php_script_free(&result);
    return rc;
}
