/* The plan in words: what happened, why it stopped, what is best. */
#include "platform/opencart/plan_parts.h"

#include <string.h>

static const char *what_stopped(struct plan *p, const struct oc_case *c, const struct step *st)
{
    switch (st->kind) {
    case STEP_DOWNLOAD:
        return "at the download of the release";
    case STEP_UNPACK:
        return "and its installer is not in the store any more";
    case STEP_PRE_HOOKS:
        return "at the two config.php";
    case STEP_FILES:
        return "while files were copied";
    case STEP_SCHEMA:
        if (st->state == STEP_PARTIAL && c->torn_table)
            return arena_printf(&p->mem, "within the change of the tables, at the table %s", c->torn_table);
        return st->state == STEP_PARTIAL || (c->ours && c->tables_new > 0) ? "within the change of the tables" : "before the tables were changed";
    case STEP_POST_HOOKS:
        if (st->state == STEP_UNKNOWN)
            return "behind the change of the tables; which of the later steps ran is not written down anywhere";
        return arena_printf(&p->mem, "at its step %s (%s)", st->entry, st->title);
    case STEP_CACHE:
        return "at its very end, with all the work done";
    default:
        return "with all the work done; only the shop is not noted as open again";
    }
}

/* Where it stopped: what stands in front of that by our own choice is passed over. */
static const struct step *stopped_at(const struct plan *p)
{
    const struct step *first = NULL;

    for (size_t i = 0; i < p->steps.n; i++) {
        const struct step *st = p->steps.v[i];

        if (!step_is_open(st))
            continue;
        if (st->kind != STEP_UNPACK)
            return st;
        if (first == NULL)
            first = st;
    }
    return first;
}

static void summarise(struct plan *p, const struct oc_case *c)
{
    const struct step *st = p->state == UPGRADE_INTERRUPTED ? stopped_at(p) : NULL;

    if (st)
        p->summary = arena_printf(&p->mem, "The upgrade%s stopped %s.%s", plan_versions(p), what_stopped(p, c, st),
                                  p->touched ? "" : " No file and no table of the store is changed by it.");
    else if (p->state == UPGRADE_UNKNOWN)
        p->summary = "Whether an upgrade stopped can't be told while the database can't be read: all files that name a version name the same, and OpenCart keeps "
                     "no record of its upgrades.";
    else if (c->finished && c->trail.end.source)
        p->summary = arena_printf(&p->mem, "The upgrade%s came to its end.", plan_versions(p));
    else if (c->finished)
        p->summary = "Nothing of an upgrade is left to be done, as far as files and database tell. OpenCart keeps no record of its upgrades.";
}

/* ---- the cause ---- */

static void fail(struct plan *p, const struct oc_ref *ref)
{
    if (ref->line)
        plan_fail(p, arena_printf(&p->mem, "%s:%llu: %s", ref->source, (unsigned long long)ref->line, ref->text ? ref->text : ""));
    else
        plan_fail(p, arena_printf(&p->mem, "%s: %s", ref->source, ref->text ? ref->text : ""));
}

static bool is_known(const struct plan *p)
{
    return p->failure.code && strcmp(p->failure.code, "error") != 0;
}

static void say(struct plan *p, const char *code, const char *title, const char *detail, const char *fix)
{
    p->failure.code = code;
    p->failure.title = title;
    p->failure.detail = detail;
    p->failure.fix = fix;
}

/* Causes that no log tells, but the store itself. */
static void by_state(struct plan *p, const struct oc_case *c)
{
    const struct step *st = stopped_at(p);

    if (c->trail.zip_bad)
        say(p, "oc_zip", "The downloaded release is no whole archive: the download was cut off, or an error page was saved in its place, and the installer does not "
                         "check it.",
            c->release_other, "Get the release's zip and run: toolkit resume --source FILE.");
    else if (st && st->kind == STEP_SCHEMA && st->state == STEP_PENDING && oc_family_of(c->to) == OC_FAMILY_20 && oc_version_compare(c->to, "2.1") >= 0)
        say(p, "oc_no_tables",
            "The upgrade of 2.1 says success and does nothing: it looks for words (CREATE TABLE IF NOT EXISTS) that its own file with the tables does not have.",
            c->why_open, "Run: toolkit resume. It makes the tables from the release's own description.");
    else if (st && st->kind == STEP_SCHEMA && st->state == STEP_PENDING && c->trail.last < 1)
        say(p, "oc_not_run", "The files of the new version were put in place, and its upgrade was not run.", c->why_open, "Run: toolkit resume.");
    else if (st && (st->state == STEP_PARTIAL || st->state == STEP_PENDING || st->state == STEP_UNKNOWN))
        say(p, "killed",
            "The upgrade was cut off from outside: nothing in the store tells of an error. Mostly PHP or the web server ended the request after its time limit, or the "
            "browser window was closed: the upgrade goes on only as long as its page is open.",
            c->why_open, "Look into the error log of the web server. The toolkit itself runs without such a limit.");
}

/* "Run: toolkit resume." is no help while a step in front of the tables, or theirs, lacks the release. */
static void ask_for_release(struct plan *p, const struct oc_case *c)
{
    struct str rest = str_of(p->failure.fix);

    if (c->release.dir || !c->db || !str_skip(&rest, STR("Run: toolkit resume.")))
        return;
    for (size_t i = 0; i < p->steps.n && p->steps.v[i]->kind != STEP_POST_HOOKS; i++) {
        const struct step *st = p->steps.v[i];

        if (!step_is_open(st) || st->can_run)
            continue;
        p->failure.fix = arena_printf(&p->mem, "Get the zip of %s%s and run: toolkit resume --source FILE.zip.%.*s", c->to ? "OpenCart " : "the new version",
                                      c->to ? c->to : "", STR_FMT(rest));
        return;
    }
}

static void find_cause(struct plan *p, const struct oc_case *c)
{
    const struct oc_trail *t = &c->trail;

    if (p->state != UPGRADE_INTERRUPTED || c->ours)
        return;
    for (unsigned i = OC_STEPS_MAX; p->failure.code == NULL && i >= 1; i--)
        if (t->steps[i].failed.source && t->steps[i].answered.source == NULL)
            fail(p, &t->steps[i].failed);
    if (!is_known(p) && t->log_error.source)
        fail(p, &t->log_error);
    if (!is_known(p) && t->shop_error.source) {
        struct failure before = p->failure;

        fail(p, &t->shop_error);
        /* Pages that fail on a half upgraded shop tell more of the state than of its cause. */
        if (!is_known(p))
            p->failure = before;
    }
    if (p->failure.code == NULL)
        by_state(p, c);
    ask_for_release(p, c);
}

/* ---- the advice ---- */

static void advise(struct plan *p, struct oc_case *c)
{
    struct finding *f;

    if (p->state != UPGRADE_INTERRUPTED) {
        if (c->gate == GATE_CLOSED)
            p->advice = "open";
        return;
    }
    p->advice = "resume";
    for (size_t i = 0; i < p->steps.n; i++) {
        const struct step *st = p->steps.v[i];

        if (!step_is_open(st) || st->can_run)
            continue;
        f = plan_finding(p, FINDING_WARNING, "cannot_go_on", "%s can't be carried out yet", st->id);
        f->detail = st->why_not;
        f->fix = st->kind == STEP_POST_HOOKS && c->db
                     ? "toolkit resume does what needs no PHP (files, tables) and stops there; a backup of before, if there is one, is the other way: toolkit backups"
                     : "mend that, or go back with a backup of before: toolkit backups";
        break;
    }
}

void oc_tell_story(struct store *s, struct plan *p, struct oc_case *c)
{
    summarise(p, c);
    find_cause(p, c);
    advise(p, c);
    oc_note_all(s, p, c);
}
