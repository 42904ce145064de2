/*
 * What requests, saved answers and error logs say together. The access log has the order of things; a saved answer or an error that is older than
 * its last attempt is of an earlier one.
 */
#include "platform/opencart/trail_parts.h"

#include <stdio.h>
#include <string.h>

/* {"success":"Congratulations! You have successfuly upgraded your OpenCart installation!"}, which 2.2 to 3.0 answer behind the last step. */
#define END_BYTES 88

static struct oc_ref ref_of(const struct oc_reading *r, const struct oc_slot *slot)
{
    struct oc_ref ref = {0};

    if (slot->source == NULL)
        return ref;
    ref.source = slot->source;
    ref.line = slot->line;
    ref.text = arena_strdup(r->mem, slot->text);
    ref.time = slot->time[0] ? arena_strdup(r->mem, slot->time) : NULL;
    return ref;
}

/* Times are of the same form, so that they compare as texts; without one nothing is known. */
static bool is_before(const char *a, const char *b)
{
    return a[0] && b[0] && strcmp(a, b) < 0;
}

/* 2.2 to 3.0 ask once more behind the last step, and that answer alone says that all is done. */
static void find_last_request(struct oc_reading *r, unsigned of)
{
    struct oc_attempt *t = &r->access;
    bool beyond = of > 0 && t->far == of + 1;

    if (!t->numbered || t->far == 0 || t->at != t->far || !(beyond || t->bytes[t->far] == END_BYTES))
        return;
    if (t->at_ok) {
        t->end = t->asked[t->far];
        snprintf(t->end.text, sizeof t->end.text, "behind the last step, %u, all was answered to be done", t->far - 1);
    }
    memset(&t->asked[t->far], 0, sizeof t->asked[t->far]);
    memset(&t->failed[t->far], 0, sizeof t->failed[t->far]);
    t->far--;
}

static void set_step(struct oc_reading *r, unsigned n, unsigned far)
{
    struct oc_step_seen *seen = &r->t->steps[n];
    const struct oc_attempt *access = &r->access;
    const struct oc_attempt *saved = &r->saved;

    seen->asked = ref_of(r, access->asked[n].source ? &access->asked[n] : &saved->asked[n]);
    seen->answered = ref_of(r, access->answered[n].source ? &access->answered[n] : &saved->answered[n]);
    if (seen->answered.source || n < far)
        return;
    seen->failed = ref_of(r, saved->failed[n].source ? &saved->failed[n] : r->log_failed[n].source ? &r->log_failed[n] : &access->failed[n]);
}

/* A saved error that names no step is of the one that was asked for last. */
static void place_loose(struct oc_reading *r)
{
    struct oc_attempt *saved = &r->saved;
    unsigned n = r->access.at;

    if (saved->loose.source && n > 0 && n <= OC_STEPS_MAX && r->access.answered[n].source == NULL && saved->failed[n].source == NULL)
        saved->failed[n] = saved->loose;
}

static unsigned farthest(const struct oc_reading *r)
{
    unsigned far = r->access.far > r->saved.far ? r->access.far : r->saved.far;

    for (unsigned n = far + 1; n <= OC_STEPS_MAX; n++)
        if (r->log_failed[n].source)
            far = n;
    return far > OC_STEPS_MAX ? OC_STEPS_MAX : far;
}

static const char *text_or_null(const struct oc_reading *r, const char *text)
{
    return text[0] ? arena_strdup(r->mem, text) : NULL;
}

static void set_times(struct oc_reading *r)
{
    struct oc_trail *t = r->t;
    const char *const known[] = {r->access.last_time, r->saved.last_time, r->hard.source ? r->hard.time : ""};
    const char *last = "";

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i][0] && (last[0] == '\0' || is_before(last, known[i])))
            last = known[i];
    t->started = text_or_null(r, r->access.started);
    t->last_activity = text_or_null(r, last);
}

void oc_trail_settle(struct oc_reading *r)
{
    const struct oc *x = r->s->own;
    struct oc_trail *t = r->t;

    /* What was kept before the last attempt began is of another one. */
    if (is_before(r->saved.last_time, r->access.started))
        memset(&r->saved, 0, sizeof r->saved);
    t->of = r->saved.of ? r->saved.of : x->install_family == OC_FAMILY_22 || x->install_family == OC_FAMILY_40 ? x->install_steps : 0;
    find_last_request(r, t->of);
    place_loose(r);
    t->last = farthest(r);
    for (unsigned n = 1; n <= OC_STEPS_MAX; n++)
        set_step(r, n, t->last);
    t->end = ref_of(r, r->access.end.source ? &r->access.end : &r->saved.end);
    /* What failed or was asked for behind a saved end is a later attempt. */
    if (r->access.end.source == NULL && t->end.source && is_before(r->saved.end.time, r->access.started))
        memset(&t->end, 0, sizeof t->end);
    t->admin_part = ref_of(r, &r->access.admin);
    t->to = text_or_null(r, r->access.to[0] ? r->access.to : r->saved.to);
    t->attempts = r->access.attempts;
    t->log_error = ref_of(r, r->hard.source ? &r->hard : r->saved.loose.source ? &r->saved.loose : &r->mild);
    t->shop_error = ref_of(r, &r->shop);
    set_times(r);
    t->unread = r->unread.n ? arena_strdup(r->mem, buf_cstr(&r->unread)) : NULL;
}
