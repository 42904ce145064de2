#include "cmd/admins.h"
#include "cmd/command.h"
#include "cmd/switches.h"
#include "cmd/task.h"

#include <string.h>

static int set(struct store *s, struct work *w, void *ctx, struct err *e)
{
    const enum gate *to = ctx;

    return s->platform->set_gate(s, *to, w, e);
}

static enum status password(struct app *a, const struct args *g)
{
    bool ask = args_has(g, "ask");
    bool back = args_has(g, "back");
    struct err e = {0};

    if (g->n == 2 && ask != back && !(back && args_has(g, "activate")))
        return admins_password(a, g->operands[1], ask ? PASSWORD_ASK : PASSWORD_BACK, args_has(g, "activate"));
    if (g->n < 2)
        err_set(&e, ERR_USAGE, "store password needs the login of an account");
    else if (back && args_has(g, "activate"))
        err_set(&e, ERR_USAGE, "--back puts the state of the account back as well, so --activate does not go with it");
    else
        err_set(&e, ERR_USAGE, "store password goes with --ask, to type another one, or with --back, for the one from before");
    err_fix(&e, "toolkit store admins lists the accounts; a password is never an argument");
    return app_cannot(a, &e);
}

static enum status usage(struct app *a, const struct args *g)
{
    struct err e = {0};

    if (args_has(g, "ask") || args_has(g, "back") || args_has(g, "activate"))
        err_set(&e, ERR_USAGE, "--ask, --back and --activate go with store password LOGIN");
    else if (g->n > 1 && (strcmp(g->operands[0], "open") == 0 || strcmp(g->operands[0], "close") == 0))
        err_set(&e, ERR_USAGE, "store %s takes nothing behind it", g->operands[0]);
    else if (g->n > 1)
        err_set(&e, ERR_USAGE, "a switch of the store goes on or off, not %s", g->operands[1]);
    else
        err_set(&e, ERR_USAGE, "store knows open, close, admins, password, and switches with on or off behind them, not %s alone", g->operands[0]);
    err_fix(&e, "toolkit store shows the switches that this store has");
    return app_cannot(a, &e);
}

static enum status run(struct app *a, const struct args *g)
{
    enum gate to = GATE_OPEN;

    if (g->n > 0 && strcmp(g->operands[0], "password") == 0)
        return password(a, g);
    if (args_has(g, "ask") || args_has(g, "back") || args_has(g, "activate"))
        return usage(a, g);
    if (g->n == 0)
        return switches_show(a);
    if (g->n == 1 && strcmp(g->operands[0], "admins") == 0)
        return admins_show(a);
    if (g->n == 2 && strcmp(g->operands[0], "open") != 0 && strcmp(g->operands[0], "close") != 0) {
        if (strcmp(g->operands[1], "on") == 0)
            return switches_set(a, g->operands[0], true);
        if (strcmp(g->operands[1], "off") == 0)
            return switches_set(a, g->operands[0], false);
    }
    if (g->n == 1 && strcmp(g->operands[0], "open") == 0)
        return task_run(a, "toolkit store open", NULL, "the store is open", set, &to);
    to = GATE_CLOSED;
    if (g->n == 1 && strcmp(g->operands[0], "close") == 0)
        return task_run(a, "toolkit store close", "Close the store for visitors now?", "the store is closed", set, &to);
    return usage(a, g);
}

static const struct option options[] = {
    {"ask", 0, NULL, "with password: type it on the terminal, twice and unseen; where there is no terminal one line of standard input is it"},
    {"back", 0, NULL, "with password: what the account had before the toolkit's first change of it"},
    {"activate", 0, NULL, "with password --ask: also activate an account that is not, and forget its failed log-ins"},
    {NULL, 0, NULL, NULL},
};

static const struct operand_next next[] = {
    {"debug|overrides|native-only|events|modifications|installer", "on|off"},
    {NULL, NULL},
};

const struct command cmd_store = {
    .name = "store",
    .operands = "[open|close|admins|password|debug|overrides|native-only|events|modifications|installer] [on|off|LOGIN]",
    .summary = "open or close the store for visitors, switch what helps to find a fault, let an administrator in",
    .text = "open and close set the store's own switch in the database and empty the data cache. The admin panel works either way. "
            "What was closed before by the merchant, such as one of several shops, stays closed when the store opens again.\n\n"
            "Without words it shows whether the store is open, as it is while one of several shops lets visitors in, whether its main shop is among those, "
            "and the further switches that the shop has.\n\n"
            "PrestaShop has three: debug shows errors instead of an empty page, to visitors as well; overrides lets classes count that modules "
            "and developers have put over the shop's own; native-only keeps every module from being loaded that did not come with "
            "the shop. OpenCart has three: events and modifications, by which extensions change what the shop does and its files; installer, "
            "the folder install/, which lets whoever opens it upgrade or install anew, moved out of reach and back. on and off set them; what was "
            "there is remembered and comes back exactly.\n\n"
            "admins lists the accounts of the back office. password LOGIN --ask sets another password for one of them, kept as the shop's version "
            "keeps it; it is typed, never an argument, and stands nowhere afterwards. What the account had before is remembered: "
            "password LOGIN --back puts it back when the work is done. Who is logged in with the former one stays logged in, but for "
            "PrestaShop 1.6 and 1.7, which compare it at every request.",
    .examples = "toolkit store\ntoolkit store open\ntoolkit --yes store close\ntoolkit --yes store debug on\ntoolkit store admins\n"
                "toolkit store password admin@example.com --ask\ntoolkit store password admin@example.com --back",
    .options = options,
    .next = next,
    .most = 2,
    .run = run,
};
