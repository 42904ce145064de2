/* Which step is carried out by what, and what is read again afterwards. */
#include "platform/prestashop/steps.h"

#include <string.h>

/* What stands behind the kind in the step's id, "" when nothing does. */
static const char *rest_of(const struct step *st)
{
    const char *colon = strchr(st->id, ':');

    return colon ? colon + 1 : "";
}

/* The module's preparations are not made up for; an upgrade that is given up changes nothing but the gate and caches. */
static int leave_out(const struct step *st, const struct ps_case *c, struct work *w)
{
    w->say(w, "%s: nothing was changed by it%s", st->id,
           c->give_up ? "; the upgrade is given up and can be started again in the back office" : ", and it is not made up for");
    return 0;
}

static int run_download(const struct step *st, const struct ps_case *c, struct work *w, struct err *e)
{
    if (c->release.dir || c->release.archive)
        return leave_out(st, c, w);
    err_set(e, ERR_ABSENT, "the release %s is not at hand, and nothing is downloaded by the toolkit", c->to ? c->to : "of the new version");
    return err_fix(e, "get prestashop_%s.zip on another machine, and name it with --source FILE", c->to ? c->to : "VERSION");
}

static int run_schema(struct store *s, struct ps_case *c, const char *what, struct work *w, struct err *e)
{
    if (strcmp(what, "doctrine") == 0)
        return ps_run_doctrine(s, c, w, e);
    if (strcmp(what, "settings") == 0)
        return ps_run_version(s, c, w, e) < 0 ? -1 : ps_run_settings(s, c, w, e);
    return ps_run_script(s, c, what, w, e);
}

static int run_rebuild(struct store *s, struct ps_case *c, const char *what, struct work *w, struct err *e)
{
    if (strcmp(what, "htaccess") == 0)
        return ps_run_htaccess(s, c, w, e);
    if (strcmp(what, "overrides") == 0)
        return ps_run_overrides(s, c, w, e);
    return err_set(e, ERR_ABSENT, "rebuild:%s: the toolkit can't carry this step out", what);
}

static int run_modules(struct store *s, struct ps_case *c, const char *what, struct work *w, struct err *e)
{
    if (strcmp(what, "off") == 0)
        return ps_run_modules_off(s, c, w, e);
    if (strcmp(what, "names") == 0)
        return ps_run_unquarantine(s, c, w, e);
    return ps_run_module(s, c, what, w, e);
}

/* The last step. Where all others are done the workspace gets a note, so that nobody takes the upgrade for open. */
static int run_open(struct store *s, const struct plan *p, const struct ps_case *c, struct work *w, struct err *e)
{
    bool all_done = true;

    if (ps_set_gate(s, GATE_OPEN, w, e) < 0)
        return -1;
    for (size_t i = 0; i < p->steps.n; i++)
        all_done = all_done && (p->steps.v[i]->kind == STEP_OPEN || !step_is_open(p->steps.v[i]));
    if (w->dry_run || !all_done)
        return 0;
    return ps_mark_put(s, c->give_up ? PS_MARK_GIVEN_UP : PS_MARK_FINISHED, w, e);
}

int ps_run(struct store *s, struct plan *p, struct step *st, struct work *w, struct err *e)
{
    struct ps_case *c = p->own;

    if (c->give_up && st->kind != STEP_OPEN && st->kind != STEP_CACHE)
        return leave_out(st, c, w);
    switch (st->kind) {
    case STEP_DOWNLOAD:
        return run_download(st, c, w, e);
    case STEP_UNPACK:
        p->stale = true;
        return ps_run_unpack(s, c, w, e);
    case STEP_CHECK:
    case STEP_CLOSE:
    case STEP_BACKUP:
        return leave_out(st, c, w);
    case STEP_FILES:
        /* What scripts and modules have to run is known when the new files are there. */
        p->stale = true;
        return ps_run_files(s, c, w, e);
    case STEP_SCHEMA:
        return run_schema(s, c, rest_of(st), w, e);
    case STEP_LABELS:
        return ps_run_language(s, c, rest_of(st), w, e);
    case STEP_REBUILD:
        return run_rebuild(s, c, rest_of(st), w, e);
    case STEP_MODULES:
        return run_modules(s, c, rest_of(st), w, e);
    case STEP_CACHE:
        if (!c->give_up && ps_run_tabs(s, w, e) < 0)
            return -1;
        return ps_cache_clear(s, w, e);
    case STEP_OPEN:
        return run_open(s, p, c, w, e);
    default:
        break;
    }
    return err_set(e, ERR_ABSENT, "%s: the toolkit can't carry this step out", st->id);
}

static int recheck_schema(struct store *s, struct ps_case *c, const char *what, struct err *e)
{
    if (strcmp(what, "doctrine") == 0)
        return 0;
    if (strcmp(what, "settings") == 0)
        return ps_recheck_settings(s, c, e);
    return ps_recheck_script(s, c, what, e);
}

static int recheck_modules(struct store *s, struct ps_case *c, const char *what, struct err *e)
{
    if (strcmp(what, "off") == 0)
        return ps_recheck_modules_off(s, e);
    if (strcmp(what, "names") == 0)
        return ps_recheck_unquarantine(s, e);
    return ps_recheck_module(s, c, what, e);
}

static int recheck_open(struct store *s, struct err *e)
{
    enum gate now = GATE_UNKNOWN;

    if (ps_gate(s, &now, e) < 0)
        return -1;
    if (now != GATE_OPEN)
        return err_set(e, ERR_MISMATCH, "the shop is still in maintenance mode");
    return 0;
}

int ps_recheck(struct store *s, struct plan *p, struct step *st, struct err *e)
{
    struct ps_case *c = p->own;

    if (c->give_up && st->kind != STEP_OPEN)
        return 0;
    switch (st->kind) {
    case STEP_UNPACK:
        return ps_recheck_unpack(s, c, e);
    case STEP_FILES:
        return ps_recheck_files(s, c, e);
    case STEP_SCHEMA:
        return recheck_schema(s, c, rest_of(st), e);
    case STEP_LABELS:
        return ps_recheck_language(s, c, rest_of(st), e);
    case STEP_REBUILD:
        return strcmp(rest_of(st), "overrides") == 0 ? ps_recheck_overrides(s, c, e) : 0;
    case STEP_MODULES:
        return recheck_modules(s, c, rest_of(st), e);
    case STEP_OPEN:
        return recheck_open(s, e);
    default:
        return 0;
    }
}
