/*
 * Progress of one phase. On a terminal: one line, redrawn at most six times a second and gone at the end;
 * elsewhere one plain line at the start, one at the end, and one every ten seconds between.
 * For one thread; the terminal must live as long. A terminal of NULL shows nothing.
 */
#ifndef BASE_PROGRESS_H
#define BASE_PROGRESS_H

#include "base/buf.h"
#include "base/err.h"
#include "base/term.h"

enum progress_unit { PROGRESS_ITEMS, PROGRESS_BYTES };

struct progress {
    const struct term *term;
    struct buf title; /* escaped */
    struct buf line;
    enum progress_unit unit;
    uint64_t done;
    uint64_t total; /* 0: not known */
    uint64_t start_ns;
    uint64_t shown_ns;  /* of the last line */
    uint64_t sample_ns; /* moment and amount that the rate was last taken at */
    uint64_t sample_done;
    double rate; /* per second, smoothed; 0 while not known */
    bool on_screen;
    bool paused;
    struct err failed; /* the first write error; nothing is shown after it */
};

/* title: "Copying files". A struct that was used before has to be ended first. */
void progress_start(struct progress *p, const struct term *term, struct str title, enum progress_unit unit,
                    uint64_t total);

/* done is absolute. Cheap enough for every block or file. */
void progress_set(struct progress *p, uint64_t done);
void progress_total(struct progress *p, uint64_t total);

/* Around other output to the same terminal: clears the line, draws it again. */
void progress_pause(struct progress *p);
void progress_resume(struct progress *p);

/* ok: the phase did what it had to. Shows the closing line and frees what the struct owns.
 * -1 with the first write error of the phase. */
int progress_end(struct progress *p, bool ok, struct err *e);

/* Ends the phase without a closing line: the bar goes and leaves no trace. */
void progress_drop(struct progress *p);

/* progress_start, _set and _end with the time given, in nanoseconds of clock_mono_ns. */
void progress_start_at(struct progress *p, const struct term *term, struct str title, enum progress_unit unit,
                       uint64_t total, uint64_t now);
void progress_set_at(struct progress *p, uint64_t done, uint64_t now);
int progress_end_at(struct progress *p, bool ok, uint64_t now, struct err *e);

/* The line as it would be drawn, without control sequences. */
void progress_line(const struct progress *p, uint64_t now, struct buf *out);

#endif
