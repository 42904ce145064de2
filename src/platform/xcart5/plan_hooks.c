/*
 * The state of one hook, from what says most: the upgrader's own map and flags, then its log, then signs
 * that a call was begun.
 *
 * A hook's line is written after it returned, so a hook that died has none. 5.2.15 and later write a line
 * before each call too, so that a call begun and not ended is known. The map is written when a request ends
 * in good order: after a kill it may say "not called" of a hook that the log shows as returned; the log is
 * right then. What neither tells is whether a hook with one line is iterative and wants more calls.
 */
#include "platform/xcart5/plan_parts.h"

#include "format/hook_source.h"

#include <string.h>

#define HOOK_SOURCE_MAX ((size_t)1024 * 1024)

/* A later hook or label line of the same phase shows that the upgrader went past this one. */
static bool was_passed(const struct xc_case *c, const struct xc_hook *h)
{
    bool behind = false;
    bool entry_behind = false;

    for (size_t i = 0; i < c->hooks.n; i++) {
        const struct xc_hook *other = c->hooks.v[i];

        if (other == h)
            behind = true;
        else if (behind && other->type == h->type && (other->logged || other->invoked || other->mark == XC_MARK_DONE))
            return true;
        else if (other->type > h->type && other->logged)
            return true;
    }
    for (size_t i = 0; h->type == XC_POST_REBUILD && i < c->entries.n; i++) {
        if (c->entries.v[i] == h->entry)
            entry_behind = true;
        if (entry_behind && (c->entries.v[i]->labels || c->entries.v[i]->finished))
            return true;
    }
    return false;
}

static bool may_iterate(struct store *s, const struct xc_hook *h)
{
    struct buf php = {0};
    struct err ignored = {0};
    bool may = true;

    if (h->file && tree_read(&s->tree, h->file, HOOK_SOURCE_MAX, &php, &ignored) == 0)
        may = hook_source_may_iterate(buf_str(&php));
    buf_free(&php);
    return may;
}

static void ref_evidence(struct plan *p, struct step *st, const struct xc_log_ref *ref)
{
    if (ref)
        plan_evidence(p, st, ref->source, ref->line, "%s", ref->text);
}

static const char *map_name(struct store *s)
{
    return store_table(s, "tmp_vars:upgradeCell");
}

static void conflict(struct plan *p, const struct xc_hook *h)
{
    struct finding *f = plan_finding(p, FINDING_NOTE, "state_conflict",
                                     "the state row says that %s was not called, but the log shows that it returned",
                                     h->tail);

    f->detail = "The row is written when a request ends in good order; after a kill it is older than the log. "
                "The log is believed.";
    f->source = h->logged->source;
    f->line = h->logged->line;
}

static void begun(struct plan *p, struct step *st, const struct xc_log_ref *ref, enum step_state state,
                  const char *danger)
{
    st->state = state;
    st->danger = danger;
    ref_evidence(p, st, ref);
}

/* The hook has a line; whether it is complete. */
static void judge_logged(struct store *s, struct plan *p, const struct xc_case *c, const struct xc_hook *h,
                         struct step *st)
{
    ref_evidence(p, st, h->logged);
    if (h->slice == NULL || was_passed(c, h) || !may_iterate(s, h)) {
        if (h->mark == XC_MARK_WAITING)
            conflict(p, h);
        st->state = STEP_DONE;
    } else if (h->invoked) {
        begun(p, st, h->invoked, STEP_PARTIAL, "a further call of it was begun and did not end");
    } else if (h->mark == XC_MARK_GOING) {
        st->state = STEP_PARTIAL;
    } else {
        st->state = STEP_PARTIAL;
        st->danger = "it works in slices, one of them was done, and the store does not say where the next begins";
    }
}

/* The position that the log shows the last finished call was given. */
static bool slice_position(const char *slice, int64_t *pos)
{
    struct str rest = str_of(slice);
    struct str number = str_cut(str_trim(str_cut(rest, '[', &rest)), '/', &rest);

    return str_i64(str_trim(number), pos);
}

/* The map names the next call; when the log shows that this very call has ended, the map is older than the log. */
static bool went_on(const struct xc_hook *h)
{
    const struct phps_node *n = &h->mark_item->value;
    int64_t next;
    int64_t ended;

    if (h->slice == NULL || !slice_position(h->slice, &ended))
        return false;
    return (phps_int(n, &next) || phps_int(phps_get(n, "0"), &next)) && next == ended;
}

static void judge_going(struct store *s, struct plan *p, const struct xc_hook *h, struct step *st)
{
    plan_evidence(p, st, map_name(s), 0, "%s is to be called again", h->tail);
    ref_evidence(p, st, h->logged);
    st->state = STEP_PARTIAL;
    if (h->invoked)
        begun(p, st, h->invoked, STEP_PARTIAL, "a call of it was begun and did not end");
    else if (went_on(h))
        st->danger = "its last call ended, but whether it wants another one was lost in the kill; that call would be "
                     "made once more";
}

const struct xc_hook *xc_php_error_hook(const struct xc_case *c)
{
    struct str path = str_of(c->log.php_error_hook);
    const char *tail = path.n ? xc_hook_tail(c->mem, path) : NULL;
    const struct xc_entry *en = tail ? xc_hook_entry(c, path) : NULL;

    for (size_t i = 0; en && i < c->hooks.n; i++)
        if (c->hooks.v[i]->entry == en && strcmp(c->hooks.v[i]->tail, tail) == 0)
            return c->hooks.v[i];
    return NULL;
}

void xc_hook_state(struct store *s, struct plan *p, const struct xc_case *c, const struct xc_hook *h, struct step *st)
{
    const struct xc_hook *died_in = xc_php_error_hook(c);
    bool named_in_error = died_in && died_in == h;

    if (h->entry->left_out && h->type == XC_POST_REBUILD) {
        st->state = STEP_SKIPPED;
        plan_evidence(p, st, store_table(s, "modules"), 0, "%s is not installed and enabled: its hooks are not run",
                      h->entry->name);
    } else if (h->mark == XC_MARK_DONE) {
        st->state = STEP_DONE;
        plan_evidence(p, st, map_name(s), 0, "%s is done", h->tail);
        ref_evidence(p, st, h->logged);
    } else if (h->type == XC_POST_REBUILD && h->entry->finished) {
        st->state = STEP_DONE;
        plan_evidence(p, st, map_name(s), 0, "all actions of %s are done", h->entry->name);
    } else if (h->mark == XC_MARK_GOING && !was_passed(c, h)) {
        judge_going(s, p, h, st);
    } else if (h->logged) {
        judge_logged(s, p, c, h, st);
    } else if (h->invoked) {
        begun(p, st, h->invoked, STEP_FAILED, "it was begun and did not end");
    } else if (named_in_error) {
        begun(p, st, c->log.php_error, STEP_FAILED, "PHP died in it");
    } else if (h->mark == XC_MARK_WAITING) {
        plan_evidence(p, st, map_name(s), 0, "%s was not called", h->tail);
    }
    if (st->state == STEP_FAILED && named_in_error && h->invoked)
        ref_evidence(p, st, c->log.php_error);
}
