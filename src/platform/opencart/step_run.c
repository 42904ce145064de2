/* Which step is carried out by what, and what is read again afterwards. */
#include "platform/one_file.h"
#include "platform/opencart/plan_parts.h"

#include <string.h>

static const struct oc_todo *todo_of(const struct oc_case *c, const struct step *st)
{
    return st->entry ? oc_case_step(c, st->entry) : NULL;
}

static int run_download(const struct oc_case *c, struct work *w, struct err *e)
{
    if (c->release.dir) {
        w->say(w, "the release is at hand: %s", c->release.shown);
        return 0;
    }
    err_set(e, ERR_ABSENT, "the release%s%s is not at hand, and nothing is downloaded by the toolkit", c->to ? " " : "", c->to ? c->to : "");
    return err_fix(e, "get opencart-%s.zip on another machine, and name it with --source FILE", c->to ? c->to : "VERSION");
}

static int run_cache(struct store *s, struct oc_case *c, struct work *w, struct err *e)
{
    return oc_mend_storage(s, w, c->mem, e) < 0 ? -1 : oc_cache_clear(s, w, e);
}

/* The release's own installer removes the archive when it has copied its last file. */
static int drop_zip(struct store *s, const struct oc_case *c, struct work *w, struct err *e)
{
    if (c->trail.zip == NULL || c->trail.zip[0] == '/' || !str_is_safe_path(str_of(c->trail.zip)) || !tree_exists(&s->tree, c->trail.zip))
        return 0;
    if (!w->dry_run)
        return one_file_delete(s, w, c->trail.zip, false, e);
    w->say(w, "would remove %s, which is used up", c->trail.zip);
    return 0;
}

/* Nobody publishes checksums of OpenCart, and the archive goes: what the release at hand has is kept for verify. */
static int keep_list(struct store *s, struct work *w, struct err *e)
{
    struct manifest m = {0};
    struct err ignored = {0};
    const char *origin = NULL;
    int rc = 0;

    if (oc_manifest(s, &m, &origin, &ignored) == 0 && m.entries.n > 0)
        rc = w->keep_manifest(w, &m, e);
    manifest_free(&m);
    return rc;
}

/* The last step. Where all others are done nothing of the toolkit's own is left in the store. */
static int run_open(struct store *s, const struct plan *p, const struct oc_case *c, struct work *w, struct err *e)
{
    bool all_done = true;

    if (oc_set_gate(s, GATE_OPEN, w, e) < 0)
        return -1;
    for (size_t i = 0; i < p->steps.n; i++)
        all_done = all_done && (p->steps.v[i]->kind == STEP_OPEN || !step_is_open(p->steps.v[i]));
    if (!all_done && !w->dry_run)
        return 0;
    if ((!w->dry_run && keep_list(s, w, e) < 0) || drop_zip(s, c, w, e) < 0 || oc_unpack_back(s, w, e) < 0)
        return -1;
    if (!w->dry_run && tree_exists(&s->tree, "install/index.php"))
        w->say(w, "the folder install is still there, and open to everybody: toolkit store installer off takes it out of reach");
    return oc_mark_drop(s, w, e);
}

int oc_run(struct store *s, struct plan *p, struct step *st, struct work *w, struct err *e)
{
    struct oc_case *c = p->own;
    const struct oc_todo *t = todo_of(c, st);

    /* What is not written down the next run would not know. */
    if (p->state == UPGRADE_INTERRUPTED && st->kind != STEP_OPEN && oc_mark_put(s, c, w, e) < 0)
        return -1;
    switch (st->kind) {
    case STEP_DOWNLOAD:
        return run_download(c, w, e);
    case STEP_UNPACK:
        p->stale = true;
        return oc_run_unpack(s, c, w, e);
    case STEP_PRE_HOOKS:
        p->stale = true;
        return oc_run_config(s, c, w, e);
    case STEP_FILES:
        p->stale = true;
        return oc_run_files(s, c, w, e);
    case STEP_SCHEMA:
        p->stale = true;
        return oc_run_schema(s, c, w, e);
    case STEP_POST_HOOKS:
        if (t == NULL)
            break;
        /* What one of them changes the next one's preconditions look at. */
        p->stale = true;
        return oc_run_patch(s, c, t, w, e);
    case STEP_CACHE:
        return run_cache(s, c, w, e);
    case STEP_OPEN:
        return run_open(s, p, c, w, e);
    default:
        break;
    }
    return err_set(e, ERR_ABSENT, "%s: the toolkit can't carry this step out", st->id);
}

static int recheck_open(struct store *s, struct err *e)
{
    enum gate now = GATE_UNKNOWN;

    if (oc_gate(s, &now, e) < 0)
        return -1;
    if (now != GATE_OPEN)
        return err_set(e, ERR_MISMATCH, "the shop is still in maintenance mode");
    return 0;
}

int oc_recheck(struct store *s, struct plan *p, struct step *st, struct err *e)
{
    struct oc_case *c = p->own;
    const struct oc_todo *t = todo_of(c, st);

    switch (st->kind) {
    case STEP_UNPACK:
        return oc_recheck_unpack(s, c, e);
    case STEP_PRE_HOOKS:
        return oc_recheck_config(s, c, e);
    case STEP_FILES:
        return oc_recheck_files(s, c, e);
    case STEP_SCHEMA:
        return oc_recheck_schema(s, c, e);
    case STEP_POST_HOOKS:
        return t ? oc_recheck_patch(s, c, t, e) : 0;
    case STEP_OPEN:
        return recheck_open(s, e);
    default:
        return 0;
    }
}
