/*
 * Running a hook exactly once, and making the store's own records say so: each finished call is written into the
 * state row before the next begins, and the upgrade log gets the line that the upgrader itself would write.
 */
#include "format/php_version.h"
#include "platform/xcart5/steps.h"
#include "sys/php_hook.h"

#include <stdio.h>
#include <string.h>

struct hook_run {
    struct store *s;
    struct xc_case *c;
    struct xc_hook *h;
    struct work *w;
    char arg[64]; /* what the call that is going on was given, as the log shows it */
    struct err failed;
};

static void log_call(struct hook_run *r)
{
    struct buf line = {0};
    struct err ignored = {0};
    const char *dir = r->h->entry->author
                          ? arena_printf(r->c->mem, "classes/XLite/Module/%s/%s/", r->h->entry->author, r->h->entry->module)
                          : "";

    buf_printf(&line, "Update hook is run: %s:%supgrade/%s", r->h->entry->name, dir, r->h->tail);
    if (!r->c->old_calls)
        buf_printf(&line, " (%s)", r->arg);
    /* The journal knows it as well; a log that can't be written is no reason to stop. */
    if (xc_append_log(r->s, r->c, buf_cstr(&line), &ignored) < 0)
        r->w->say(r->w, "the upgrade log could not be written: %s", ignored.text);
    buf_free(&line);
}

/* As the upgrader shows it: "40/200 [20%]", or "40" where the hook names no end. */
static void show_slice(struct hook_run *r, int64_t pos, bool has_max, int64_t max)
{
    if (has_max && max > 0)
        snprintf(r->arg, sizeof r->arg, "%lld/%lld [%d%%]", (long long)pos, (long long)max,
                 (int)((double)pos * 100 / (double)max));
    else
        snprintf(r->arg, sizeof r->arg, "%lld", (long long)pos);
}

static bool keep_state(void *arg, const struct php_hook_state *state)
{
    struct hook_run *r = arg;

    log_call(r);
    show_slice(r, state->pos, state->has_max, state->max);
    r->w->progress(r->w, r->h->tail, state->pos > 0 ? (uint64_t)state->pos : 0,
                   state->has_max && state->max > 0 ? (uint64_t)state->max : 0);
    if (r->w->note(r->w, "next", state->json, &r->failed) < 0 ||
        xc_cell_mark_hook(r->s, r->h->tail, r->h->entry->name, state->serialized, &r->failed) < 0)
        return false;
    return !(r->w->stop && *r->w->stop);
}

/* Where an iterative hook goes on: our own note is newer than the store's row. NULL: at the beginning. */
static const char *first_arg(struct hook_run *r)
{
    const struct phps_node *n = r->h->mark == XC_MARK_GOING ? &r->h->mark_item->value : NULL;
    struct buf noted = {0};
    const char *arg = NULL;
    int64_t pos;
    int64_t max;

    if (r->w->noted(r->w, "next", &noted)) {
        arg = arena_dup(r->c->mem, noted.p, noted.n);
    } else if (phps_int(n, &pos)) {
        arg = arena_printf(r->c->mem, "%lld", (long long)pos);
        show_slice(r, pos, false, 0);
    } else if (phps_int(phps_get(n, "0"), &pos) && phps_int(phps_get(n, "1"), &max)) {
        arg = arena_printf(r->c->mem, "[%lld,%lld]", (long long)pos, (long long)max);
        show_slice(r, pos, true, max);
    }
    buf_free(&noted);
    return arg;
}

static int after(struct hook_run *r, int rc, const struct php_hook_result *res, struct err *e)
{
    if (r->failed.kind != ERR_NONE) {
        *e = r->failed;
        return err_wrap(e, "%s: its state could not be written down, so no further call was made", r->h->tail);
    }
    if (rc < 0) {
        if (!res->entered) {
            e->kind = ERR_ABSENT;
            err_fix(e, "the hook itself was not entered: mend the cause, then run the same command again");
        }
        return -1;
    }
    if (res->end == PHP_HOOK_HALTED)
        return err_set(e, ERR_STOPPED, "%s: stopped between two calls, as you asked; it goes on from there", r->h->tail);
    log_call(r);
    if (res->end == PHP_HOOK_DONE_ZERO)
        r->w->say(r->w, "%s returned %s; it ran to its end and counts as done", r->h->tail, res->kind[0] ? res->kind : "0");
    return xc_cell_mark_hook(r->s, r->h->tail, r->h->entry->name, STR("N;"), e);
}

int xc_run_hook(struct store *s, struct xc_case *c, struct xc_hook *h, struct work *w, struct err *e)
{
    struct hook_run r = {.s = s, .c = c, .h = h, .w = w};
    struct php_hook hook = {.state = keep_state, .state_arg = &r, .no_argument = c->old_calls};
    struct php_hook_result res = {0};
    struct php_run run;
    const char *file = h->file;
    int rc;

    /* The cache is new when these run, so the packs may be gone: they always run from the store itself. */
    if (h->type == XC_POST_REBUILD)
        file = h->entry->author ? arena_printf(c->mem, "classes/XLite/Module/%s/%s/upgrade/%s", h->entry->author,
                                               h->entry->module, h->tail)
                                : arena_printf(c->mem, "upgrade/%s", h->tail);
    if (file == NULL)
        return err_set(e, ERR_ABSENT, "%s of %s is not there", h->tail, h->entry->name);
    hook.arg = c->old_calls ? NULL : first_arg(&r);
    if (w->dry_run) {
        w->say(w, "would run %s%s%s%s", file, hook.arg ? " from " : "", hook.arg ? hook.arg : "",
               h->repeatable ? " (repeatable)" : "");
        return 0;
    }
    hook.file = arena_printf(c->mem, "%s/%s", s->tree.path, file);
    if (store_php_run(s, &run, e) < 0)
        return -1;
    rc = php_hook_run(&run, &hook, &res, e);
    if (rc < 0)
        xc_say_output(w, &res.child, &res.error);
    rc = after(&r, rc, &res, e);
    php_hook_free(&res);
    return rc;
}
