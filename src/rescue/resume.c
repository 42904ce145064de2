#include "rescue/resume.h"

#include "base/clock.h"

#include <stdlib.h>
#include <string.h>

static bool is_wanted(const struct step *s, const struct resume_opts *o)
{
    if (o->only_n == 0)
        return step_is_open(s);
    for (size_t i = 0; i < o->only_n; i++)
        if (plan_step_matches(s, o->only[i]))
            return true;
    return false;
}

static int unknown_step(const struct plan *p, const char *name, struct err *e)
{
    bool named[STEP_KINDS] = {false};
    struct buf kinds = {0};

    for (size_t i = 0; i < p->steps.n; i++) {
        enum step_kind kind = p->steps.v[i]->kind;

        if (!named[kind])
            buf_printf(&kinds, "%s%s", kinds.n ? ", " : "", step_kind_name(kind));
        named[kind] = true;
    }
    err_set(e, ERR_USAGE, "the plan has no step \"%s\"; it has %s", name, buf_cstr(&kinds));
    err_fix(e, "toolkit diagnose -v lists every step with its name");
    buf_free(&kinds);
    return -1;
}

/* Index of the first (or last) step that a name selects; p->steps.n when it selects none. */
static size_t index_of(const struct plan *p, const char *name, bool last)
{
    size_t found = p->steps.n;

    for (size_t i = 0; i < p->steps.n; i++)
        if (plan_step_matches(p->steps.v[i], name) && (last || found == p->steps.n))
            found = i;
    return found;
}

/* What one run has to do: which steps of the plan are in its range, and which it has carried out. */
struct range {
    const struct resume_opts *o;
    size_t first;
    size_t last;
    struct arena mem;
    VEC(const char *) ran; /* ids */
};

static int find_range(const struct plan *p, struct range *g, struct err *e)
{
    const struct resume_opts *o = g->o;

    g->first = o->from ? index_of(p, o->from, false) : 0;
    g->last = o->until ? index_of(p, o->until, true) : p->steps.n;
    for (size_t i = 0; i < o->only_n; i++)
        if (index_of(p, o->only[i], false) == p->steps.n)
            return unknown_step(p, o->only[i], e);
    if (o->from && g->first == p->steps.n)
        return unknown_step(p, o->from, e);
    if (o->until && g->last == p->steps.n)
        return unknown_step(p, o->until, e);
    return 0;
}

int resume_check(const struct plan *p, const struct resume_opts *o, struct err *e)
{
    struct range g = {.o = o};

    return find_range(p, &g, e);
}

static bool has_run(const struct range *g, const struct step *s)
{
    for (size_t i = 0; i < g->ran.n; i++)
        if (strcmp(g->ran.v[i], s->id) == 0)
            return true;
    return false;
}

/* The next step to carry out, or NULL; *left counts it and those behind it. */
static struct step *next_step(const struct plan *p, const struct range *g, size_t *left)
{
    struct step *next = NULL;

    *left = 0;
    for (size_t i = g->first; i < p->steps.n && i <= g->last; i++) {
        struct step *s = p->steps.v[i];

        if (!is_wanted(s, g->o) || has_run(g, s))
            continue;
        if (next == NULL)
            next = s;
        (*left)++;
    }
    return next;
}

/* Why the step must not be started, if so. */
static int may_start(const struct step *s, const struct resume_opts *o, struct resume_result *r, struct err *e)
{
    const char *danger = s->danger;

    if (!s->can_run)
        return err_set(e, ERR_ABSENT, "%s: %s", s->id, s->why_not ? s->why_not : "the toolkit can't carry this out");
    if (danger == NULL && o->only_n > 0 && s->state == STEP_DONE && !s->repeatable)
        danger = "it is done already and not known to be repeatable";
    if (danger && !s->repeatable && !o->again) {
        r->needs_again = true;
        err_set(e, ERR_REFUSED, "%s: %s; it was not run again", s->id, danger);
        err_fix(e, "look at what it does (%s), then run it again with --again", s->file ? s->file : s->title);
        return -1;
    }
    return 0;
}

bool resume_begins(const struct plan *p, const struct resume_opts *o)
{
    struct resume_result result = {0};
    struct range g = {.o = o};
    struct err ignored = {0};
    const struct step *st;
    size_t left;

    if (find_range(p, &g, &ignored) < 0)
        return false;
    st = next_step(p, &g, &left);
    return st != NULL && may_start(st, o, &result, &ignored) == 0;
}

/* How a failed step is remembered. What ended before its first action, or between two, has left nothing half done. */
static enum case_step_state end_state(const struct err *e)
{
    if (e->kind == ERR_STOPPED)
        return CASE_STEP_PAUSED;
    return e->kind == ERR_ABSENT || e->kind == ERR_REFUSED ? CASE_STEP_REFUSED : CASE_STEP_FAILED;
}

/* A step that could not begin does not take the place of an earlier attempt that was cut or failed. */
static void remember_failure(struct work_ctx *ctx, const struct step *st, const struct case_step *before,
                             enum case_step_state state, const struct err *e)
{
    struct err ignored = {0};
    const char *text = e->text;

    if (state == CASE_STEP_REFUSED && (before->state == CASE_STEP_BEGUN || before->state == CASE_STEP_FAILED)) {
        state = before->state;
        text = before->text;
    }
    case_file_end_step(ctx->journal->file, ctx->journal->id, st->id, state, text, &ignored);
}

static int carry_out(struct store *s, struct plan *p, struct step *st, struct work *w, struct err *e)
{
    return (p->ops ? p->ops->run : s->platform->run)(s, p, st, w, e);
}

static int look_again(struct store *s, struct plan *p, struct step *st, struct err *e)
{
    return (p->ops ? p->ops->recheck : s->platform->recheck)(s, p, st, e);
}

static int run_step(struct store *s, struct plan *p, struct step *st, struct work *w, struct resume_result *r,
                    struct err *e)
{
    struct work_ctx *ctx = w->ctx;
    struct case_step before;
    enum case_step_state state = CASE_STEP_DONE;

    ctx->step = st;
    if (w->dry_run)
        return carry_out(s, p, st, w, e);
    if (case_file_step(ctx->journal->file, ctx->journal->id, st->id, &before, e) < 0 ||
        case_file_begin_step(ctx->journal->file, ctx->journal->id, st->id, e) < 0)
        return -1;
    if (carry_out(s, p, st, w, e) < 0)
        state = end_state(e);
    else if (look_again(s, p, st, e) < 0)
        state = CASE_STEP_FAILED;
    r->may_have_changed = r->may_have_changed || state != CASE_STEP_REFUSED;
    if (state != CASE_STEP_DONE) {
        r->half_done = state == CASE_STEP_FAILED && !st->repeatable;
        remember_failure(ctx, st, &before, state, e);
        return -1;
    }
    if (case_file_end_step(ctx->journal->file, ctx->journal->id, st->id, CASE_STEP_DONE, "", e) < 0)
        return -1;
    st->state = STEP_DONE;
    st->danger = NULL;
    return 0;
}

/* A step may have brought hooks to light that were not to be seen before. */
static int reread(struct store *s, struct plan *p, struct journal *j, struct range *g, struct err *e)
{
    plan_free(p);
    if (s->platform->plan(s, p, e) < 0 || journal_merge(j, p, e) < 0)
        return -1;
    return find_range(p, g, e);
}

int resume_run(struct store *s, struct plan *p, struct journal *j, struct tree *undo, const struct resume_opts *o,
               const struct work_ui *ui, struct resume_result *r, struct err *e)
{
    struct work_ctx ctx = {.journal = j, .ui = ui};
    struct range range = {.o = o};
    struct work w;
    struct step *st;
    size_t left;
    int rc = -1;

    memset(r, 0, sizeof *r);
    work_init(&w, &ctx, s);
    w.dry_run = o->dry_run;
    w.verbose = o->verbose;
    w.again = o->again;
    w.undo = undo;
    if (find_range(p, &range, e) < 0)
        goto out;
    while ((st = next_step(p, &range, &left)) != NULL) {
        uint64_t begun = clock_mono_ns();
        int failed;

        r->wanted = r->done + left;
        r->stopped_at = st;
        if (w.stop && *w.stop) {
            r->by_user = true;
            err_set(e, ERR_STOPPED, "stopped before %s, as you asked", st->id);
            goto out;
        }
        if (may_start(st, o, r, e) < 0)
            goto out;
        ui->begin(ui->ctx, st, r->done + 1, r->wanted);
        failed = run_step(s, p, st, &w, r, e);
        ui->end(ui->ctx, st, failed == 0, clock_mono_ns() - begun);
        if (failed) {
            r->by_user = w.stop && *w.stop;
            goto out;
        }
        r->done++;
        *vec_push(&range.ran) = arena_strdup(&range.mem, st->id);
        if (p->stale && !o->dry_run && reread(s, p, j, &range, e) < 0) {
            r->stopped_at = NULL;
            goto out;
        }
    }
    r->stopped_at = NULL;
    if (j && !o->dry_run && o->only_n == 0 && plan_failed(p) == NULL && case_file_set_state(j->file, j->id, CASE_FINISHED, e) < 0)
        goto out;
    rc = 0;
out:
    free(range.ran.v);
    arena_free(&range.mem);
    return rc;
}
