/* One attempt of an upgrade as its log tells it: where it is, what ended, what ended it. */
#include "platform/prestashop/trail_parts.h"

#include <string.h>

void ps_run_put(const struct ps_reading *r, struct ps_slot *slot, const struct ps_log_event *ev)
{
    size_t n = ev->text.n > PS_REF_TEXT ? PS_REF_TEXT : ev->text.n;

    slot->source = r->source;
    slot->line = ev->line;
    memset(slot->time, 0, sizeof slot->time);
    if (ev->time.n < sizeof slot->time && ev->time.n > 0)
        memcpy(slot->time, ev->time.p, ev->time.n);
    if (n > 0)
        memcpy(slot->text, ev->text.p, n);
    memcpy(slot->text + n, ev->text.n > n ? "..." : "", ev->text.n > n ? 4 : 1);
}

void ps_run_text(char *out, size_t room, struct str s)
{
    size_t n = s.n < room ? s.n : room - 1;

    if (n > 0)
        memcpy(out, s.p, n);
    out[n] = '\0';
}

void ps_run_free(struct ps_run *run)
{
    buf_free(&run->sql.query);
    memset(run, 0, sizeof *run);
}

static void clear_lists(struct ps_trail *t)
{
    t->failed_sql.n = 0;
    t->failed_modules.n = 0;
    t->modules_done.n = 0;
    t->files_skipped.n = 0;
    t->files_skipped_n = 0;
    t->resume_action = NULL;
}

/* The backup of version 7 has a log of its own, made before the update starts. */
static void keep_backup(struct ps_reading *r, struct ps_slot *kept, bool back)
{
    for (int i = 0; i < 2; i++) {
        struct ps_slot *began = &r->run.began[PS_PHASE_BACKUP_FILES + i];
        struct ps_slot *ended = &r->run.ended[PS_PHASE_BACKUP_FILES + i];

        if (back) {
            *began = kept[2 * i];
            *ended = kept[2 * i + 1];
        } else {
            memset(&kept[2 * i], 0, 2 * sizeof *kept);
            if (began->source && began->source != r->source)
                kept[2 * i] = *began;
            if (ended->source && ended->source != r->source)
                kept[2 * i + 1] = *ended;
        }
    }
}

static void keep_attempt(struct ps_reading *r)
{
    const struct ps_run *run = &r->run;
    const struct ps_slot *files = &run->began[PS_PHASE_FILES];

    if (run->phase == PS_PHASE_NONE || run->last.source == NULL || r->t->earlier.n == PS_NAMES_MAX)
        return;
    *vec_push(&r->t->earlier) = (struct ps_attempt){
        .key = ps_trail_key(run->last.source, run->last.line, run->last.time[0] ? run->last.time : NULL, r->mem),
        .phase = run->phase,
        .backup = r->t->backup,
        .changed = files->source && files->time[0] ? arena_strdup(r->mem, files->time) : NULL,
    };
}

void ps_run_start(struct ps_reading *r, const struct ps_log_event *ev)
{
    struct ps_slot kept[4];
    bool is_new = r->run.over || r->run.phase >= PS_PHASE_ROLLBACK;

    /* "=== Step" and the message that starts a run both tell of it. */
    if (r->run.phase == PS_PHASE_START && r->run.at.source == r->source)
        return;
    if (r->run.phase > r->before && !is_new)
        r->before = r->run.phase;
    if (is_new) {
        r->before = PS_PHASE_NONE;
        r->attempts = 0;
        r->t->earlier.n = 0;
    } else {
        keep_attempt(r);
    }
    keep_backup(r, kept, false);
    ps_run_free(&r->run);
    keep_backup(r, kept, true);
    clear_lists(r->t);
    r->attempts++;
    if (ev->time.n < sizeof r->run.started)
        ps_run_text(r->run.started, sizeof r->run.started, ev->time);
}

void ps_run_begin(struct ps_reading *r, enum ps_phase phase, const struct ps_log_event *ev)
{
    struct ps_run *run = &r->run;

    if (run->began[phase].source == NULL || run->phase != phase)
        ps_run_put(r, &run->began[phase], ev);
    /* A backup made beside an update that broke does not say where that one stopped. */
    if (r->is_backup && run->phase > PS_PHASE_BACKUP_DB && !run->over)
        return;
    run->over = false;
    run->phase = phase;
    run->done = false;
    ps_run_put(r, &run->at, ev);
    run->error.source = NULL;
}

void ps_run_end(struct ps_reading *r, enum ps_phase phase, const struct ps_log_event *ev)
{
    if (r->run.phase != phase)
        ps_run_begin(r, phase, ev);
    ps_run_put(r, &r->run.ended[phase], ev);
    if (r->run.phase == phase) {
        r->run.done = true;
        r->run.error.source = NULL;
    }
}

void ps_run_tail(struct ps_reading *r, enum ps_tail at, const struct ps_log_event *ev)
{
    if (r->run.phase != PS_PHASE_DB)
        ps_run_begin(r, PS_PHASE_DB, ev);
    r->run.error.source = NULL;
    ps_run_put(r, &r->run.tails[at], ev);
    if (at > r->run.tail)
        r->run.tail = at;
    if (at >= PS_TAIL_DB_OK)
        r->run.version_written = true;
}

/* The first error is the true one, unless it only says which step it was in. */
void ps_run_fault(struct ps_reading *r, const struct ps_log_event *ev)
{
    struct ps_run *run = &r->run;
    bool general = run->error_kind == PS_LOG_DB_FAILED || run->error_kind == PS_LOG_BACKUP_DB_FAILED;

    if (run->error.source && !general)
        return;
    ps_run_put(r, &run->error, ev);
    run->error_kind = ev->kind;
}

static struct ps_ref ref_of(const struct ps_reading *r, const struct ps_slot *s)
{
    if (s->source == NULL)
        return (struct ps_ref){0};
    return (struct ps_ref){s->source, s->line, arena_strdup(r->mem, s->text), s->time[0] ? arena_strdup(r->mem, s->time) : NULL};
}

static void settle_sql(struct ps_reading *r)
{
    const struct ps_sql_slot *q = &r->run.sql;

    if (!q->set)
        return;
    r->t->last_sql = (struct ps_sql_ref){
        .version = arena_strdup(r->mem, q->version),
        .query = arena_dup(r->mem, q->query.p, q->query.n),
        .error = q->error,
        .message = q->message[0] ? arena_strdup(r->mem, q->message) : NULL,
        .ignorable = q->ignorable,
        .ref = ref_of(r, &q->ref),
    };
}

void ps_trail_settle(struct ps_reading *r)
{
    struct ps_trail *t = r->t;
    const struct ps_run *run = &r->run;

    t->logged = r->any;
    if (!r->any)
        return;
    t->phase = run->phase;
    t->phase_done = run->done;
    t->phase_ref = ref_of(r, &run->at);
    for (int i = 0; i < PS_PHASES; i++) {
        t->began[i] = ref_of(r, &run->began[i]);
        t->ended[i] = ref_of(r, &run->ended[i]);
    }
    for (int i = 0; i < PS_TAILS; i++)
        t->tails[i] = ref_of(r, &run->tails[i]);
    t->tail = run->tail;
    t->error = ref_of(r, &run->error);
    t->language_error = ref_of(r, &run->language_error);
    t->last = ref_of(r, &run->last);
    t->module_file = ref_of(r, &run->module_file);
    t->module = run->module[0] ? arena_strdup(r->mem, run->module) : NULL;
    settle_sql(r);
    t->version_written = run->version_written;
    t->already = run->already;
    t->warned = run->warned;
    t->sql_noted = run->sql_noted;
    t->terse = run->saved && !run->sql_good;
    t->modules_off_done = run->off_done;
    t->backup_skipped = run->backup_skipped;
    t->attempts = r->attempts ? r->attempts : 1;
    t->before = r->before;
    t->started = run->started[0] ? arena_strdup(r->mem, run->started) : NULL;
    t->last_activity = run->last_time[0] ? arena_strdup(r->mem, run->last_time) : NULL;
}
