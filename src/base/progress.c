#include "base/progress.h"

#include "base/clock.h"
#include "base/esc.h"

#include <inttypes.h>
#include <stdio.h>

#define REDRAW_NS (CLOCK_SECOND / 6)
#define PLAIN_NS  (10 * CLOCK_SECOND)
#define SAMPLE_NS (CLOCK_SECOND / 6)
/* The rate follows changes within about this many seconds. */
#define SMOOTH_SECONDS 5.0
/* Time left is not told before the rate has settled. */
#define SETTLE_NS (2 * CLOCK_SECOND)
#define BAR_MOST  30U
#define BAR_LEAST 6U
/* A time left beyond this says nothing. */
#define LEFT_MOST_SECONDS (99.0 * 86400)

static void put(struct progress *p)
{
    if (p->failed.kind == ERR_NONE)
        term_write(p->term, &p->line, &p->failed);
    else
        buf_reset(&p->line);
}

static void add_amount(const struct progress *p, uint64_t v, struct buf *out)
{
    char words[CLOCK_WORDS];

    if (p->unit == PROGRESS_BYTES)
        clock_size(v, words);
    else
        snprintf(words, sizeof words, "%" PRIu64, v);
    buf_adds(out, words);
}

static void add_amounts(const struct progress *p, struct buf *out)
{
    add_amount(p, p->done, out);
    if (p->total > 0) {
        buf_adds(out, " of ");
        add_amount(p, p->total, out);
    }
}

static void add_rate(const struct progress *p, struct buf *out)
{
    if (p->rate <= 0 || p->rate > 1e18)
        return;
    if (p->unit == PROGRESS_ITEMS && p->rate < 10)
        buf_printf(out, "%.1f", p->rate);
    else
        add_amount(p, (uint64_t)p->rate, out);
    buf_adds(out, "/s");
}

static void add_left(const struct progress *p, uint64_t now, struct buf *out)
{
    char words[CLOCK_WORDS];
    double left;

    if (p->rate <= 0 || p->total <= p->done || now - p->start_ns < SETTLE_NS)
        return;
    left = (double)(p->total - p->done) / p->rate;
    if (left > LEFT_MOST_SECONDS)
        return;
    /* Whole seconds: tenths would only flicker. */
    snprintf(words, sizeof words, "%u s", (unsigned)left + 1);
    if (left >= 59)
        clock_duration((uint64_t)(left + 1) * CLOCK_SECOND, words);
    buf_adds(out, words);
    buf_adds(out, " left");
}

static unsigned percent(const struct progress *p)
{
    /* In floating point, for sums near 2^64; 100 only when all is done. */
    if (p->done >= p->total)
        return 100;
    return (unsigned)((double)p->done / (double)p->total * 99.99);
}

static void add_bar(const struct progress *p, unsigned cells, struct buf *out)
{
    unsigned full = p->done >= p->total ? cells : (unsigned)((double)p->done / (double)p->total * cells);

    if (!p->term->utf8)
        buf_addc(out, '[');
    for (unsigned i = 0; i < cells; i++) {
        if (p->term->utf8)
            buf_adds(out, i < full ? "\xE2\x96\x88" : "\xE2\x96\x91");
        else
            buf_addc(out, i < full ? '#' : '-');
    }
    if (!p->term->utf8)
        buf_addc(out, ']');
}

/* Percentage, amounts, rate and time left, the first `parts` of them. */
static void add_figures(const struct progress *p, uint64_t now, unsigned parts, const char *gap,
                        struct buf *out)
{
    for (unsigned i = 0; i < parts; i++) {
        size_t before = out->n;
        size_t text;

        if (before > 0)
            buf_adds(out, gap);
        text = out->n;
        if (i == 0 && p->total > 0)
            buf_printf(out, "%3u %%", percent(p));
        else if (i == 1)
            add_amounts(p, out);
        else if (i == 2)
            add_rate(p, out);
        else if (i == 3)
            add_left(p, now, out);
        if (out->n == text)
            out->n = before;
    }
}

void progress_line(const struct progress *p, uint64_t now, struct buf *out)
{
    /* The last column stays free: some terminals wrap when it is filled. */
    size_t room = p->term->columns > 1 ? p->term->columns - 1 : 79;
    size_t frame = p->term->utf8 ? 2 : 4; /* blanks around the bar, brackets */
    struct buf figures = {0};
    struct str title;
    unsigned parts = 4;
    size_t left;

    add_figures(p, now, parts, "  ", &figures);
    title = utf8_clip(buf_str(&p->title), room / 2);
    while (parts > 1 && utf8_width(title) + 2 + figures.n > room) {
        buf_reset(&figures);
        add_figures(p, now, --parts, "  ", &figures);
    }
    title = utf8_clip(title, room > figures.n + 2 ? room - figures.n - 2 : 0);
    buf_addstr(out, title);
    left = room - utf8_width(title) - (figures.n + 2 < room ? figures.n + 2 : room);
    if (p->total > 0 && left >= BAR_LEAST + frame) {
        size_t cells = left - frame < BAR_MOST ? left - frame : BAR_MOST;

        buf_adds(out, "  ");
        add_bar(p, (unsigned)cells, out);
    }
    buf_adds(out, title.n > 0 ? "  " : "");
    buf_addstr(out, buf_str(&figures));
    buf_free(&figures);
}

static void draw(struct progress *p, uint64_t now)
{
    if (p->failed.kind != ERR_NONE)
        return;
    if (p->term->live) {
        buf_adds(&p->line, "\r");
        progress_line(p, now, &p->line);
        buf_adds(&p->line, "\x1b[K");
        p->on_screen = true;
    } else {
        struct buf figures = {0};

        add_figures(p, now, 4, ", ", &figures);
        buf_addstr(&p->line, buf_str(&p->title));
        buf_adds(&p->line, ": ");
        buf_addstr(&p->line, str_trim(buf_str(&figures)));
        buf_addc(&p->line, '\n');
        buf_free(&figures);
    }
    p->shown_ns = now;
    put(p);
}

static void clear(struct progress *p)
{
    if (!p->on_screen)
        return;
    buf_adds(&p->line, "\r\x1b[K");
    p->on_screen = false;
}

void progress_start_at(struct progress *p, const struct term *term, struct str title, enum progress_unit unit,
                       uint64_t total, uint64_t now)
{
    *p = (struct progress){
        .term = term, .unit = unit, .total = total, .start_ns = now, .shown_ns = now, .sample_ns = now};
    if (term == NULL)
        return;
    esc_term(&p->title, title);
    if (term->live) {
        draw(p, now);
        return;
    }
    buf_addstr(&p->line, buf_str(&p->title));
    if (total > 0) {
        buf_adds(&p->line, " (");
        add_amount(p, total, &p->line);
        buf_addc(&p->line, ')');
    }
    buf_adds(&p->line, "...\n");
    put(p);
}

static void sample(struct progress *p, uint64_t now)
{
    uint64_t ns = now - p->sample_ns;
    double seconds = (double)ns / (double)CLOCK_SECOND;
    double rate;

    if (ns < SAMPLE_NS || p->done < p->sample_done)
        return;
    rate = (double)(p->done - p->sample_done) / seconds;
    if (p->rate <= 0)
        p->rate = rate;
    else
        p->rate += (rate - p->rate) * seconds / (seconds + SMOOTH_SECONDS);
    p->sample_ns = now;
    p->sample_done = p->done;
}

void progress_set_at(struct progress *p, uint64_t done, uint64_t now)
{
    p->done = done;
    if (p->term == NULL)
        return;
    sample(p, now);
    if (!p->paused && now - p->shown_ns >= (p->term->live ? REDRAW_NS : PLAIN_NS))
        draw(p, now);
}

void progress_total(struct progress *p, uint64_t total)
{
    p->total = total;
}

void progress_pause(struct progress *p)
{
    p->paused = true;
    if (p->term == NULL || !p->on_screen)
        return;
    clear(p);
    put(p);
}

void progress_resume(struct progress *p)
{
    p->paused = false;
    if (p->term != NULL && p->term->live)
        draw(p, clock_mono_ns());
}

int progress_end_at(struct progress *p, bool ok, uint64_t now, struct err *e)
{
    char words[CLOCK_WORDS];
    int status = 0;

    if (p->term != NULL) {
        clear(p);
        clock_duration(now - p->start_ns, words);
        buf_addstr(&p->line, buf_str(&p->title));
        buf_adds(&p->line, ok ? ": done" : ": stopped");
        if (p->done > 0) {
            buf_adds(&p->line, ", ");
            if (ok)
                add_amount(p, p->done, &p->line);
            else
                add_amounts(p, &p->line);
        }
        buf_printf(&p->line, " in %s\n", words);
        put(p);
        if (p->failed.kind != ERR_NONE) {
            *e = p->failed;
            status = -1;
        }
    }
    buf_free(&p->title);
    buf_free(&p->line);
    *p = (struct progress){0};
    return status;
}

void progress_start(struct progress *p, const struct term *term, struct str title, enum progress_unit unit,
                    uint64_t total)
{
    progress_start_at(p, term, title, unit, total, clock_mono_ns());
}

void progress_set(struct progress *p, uint64_t done)
{
    progress_set_at(p, done, p->term != NULL ? clock_mono_ns() : 0);
}

void progress_drop(struct progress *p)
{
    if (p->term != NULL && p->on_screen) {
        clear(p);
        put(p);
    }
    buf_free(&p->title);
    buf_free(&p->line);
    *p = (struct progress){0};
}

int progress_end(struct progress *p, bool ok, struct err *e)
{
    return progress_end_at(p, ok, clock_mono_ns(), e);
}
