#include "cmd/view.h"

#include "base/clock.h"

#include <stdio.h>
#include <string.h>

#define SAY_EVERY (10 * CLOCK_SECOND)
/* Things that are counted one by one stay far below this. */
#define BYTES_FROM (UINT64_C(4) << 20)

/* The step's own lines say what came of it, so the bar leaves none. */
void view_close(struct view *v)
{
    if (v->bar_on)
        progress_drop(&v->bar);
    v->bar_on = false;
}

static void on_begin(void *ctx, const struct step *s, size_t number, size_t total)
{
    struct view *v = ctx;

    v->said_ns = clock_mono_ns();
    if (v->a->json || v->a->quiet)
        return;
    app_print(v->a, "[%zu/%zu] ", number, total);
    app_puts(v->a, TERM_BOLD, s->id);
    app_print(v->a, "\n");
    app_flush(v->a);
}

/* Where a line can't be redrawn, a step that takes long says now and then how far it is. */
static void say_progress(struct view *v, const char *what, uint64_t done, uint64_t total)
{
    uint64_t now = clock_mono_ns();

    if (what)
        snprintf(v->title, sizeof v->title, "%s", what);
    if (now - v->said_ns < SAY_EVERY)
        return;
    v->said_ns = now;
    if (total >= BYTES_FROM) {
        char part[CLOCK_WORDS];
        char all[CLOCK_WORDS];

        clock_size(done, part);
        clock_size(total, all);
        app_message(v->a, "    %s: %s of %s", v->title, part, all);
    } else if (total) {
        app_message(v->a, "    %s: %llu of %llu", v->title, (unsigned long long)done, (unsigned long long)total);
    } else {
        app_message(v->a, "    %s: %llu", v->title, (unsigned long long)done);
    }
}

static void on_progress(void *ctx, const char *what, uint64_t done, uint64_t total)
{
    struct view *v = ctx;

    if (v->a->json || v->a->quiet)
        return;
    if (!v->a->msg.live) {
        say_progress(v, what, done, total);
        return;
    }
    if (!v->bar_on || (what && strcmp(what, v->title) != 0)) {
        view_close(v);
        snprintf(v->title, sizeof v->title, "%s", what ? what : "");
        progress_start(&v->bar, &v->a->msg, str_of(v->title), total >= BYTES_FROM ? PROGRESS_BYTES : PROGRESS_ITEMS,
                       total);
        v->bar_on = true;
    }
    progress_total(&v->bar, total);
    progress_set(&v->bar, done);
}

static void on_say(void *ctx, struct str line)
{
    struct view *v = ctx;

    if (v->a->json || v->a->quiet)
        return;
    if (v->bar_on)
        progress_pause(&v->bar);
    app_para(v->a, 4, "%.*s", STR_FMT(line));
    app_flush(v->a);
    if (v->bar_on)
        progress_resume(&v->bar);
}

static void on_end(void *ctx, const struct step *s, bool done, uint64_t ns)
{
    struct view *v = ctx;
    char took[CLOCK_WORDS];

    (void)s;
    view_close(v);
    if (v->a->json || v->a->quiet || v->a->dry_run)
        return;
    clock_duration(ns, took);
    app_print(v->a, "    ");
    app_puts(v->a, done ? TERM_GREEN : TERM_RED, done ? "done" : v->a->stop && *v->a->stop ? "stopped" : "failed");
    app_print(v->a, " in %s\n", took);
    app_flush(v->a);
}

void view_init(struct view *v, struct app *a)
{
    memset(v, 0, sizeof *v);
    v->a = a;
    v->said_ns = clock_mono_ns();
    v->ui = (struct work_ui){v, on_begin, on_progress, on_say, on_end};
}
