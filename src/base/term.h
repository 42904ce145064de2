/*
 * Where messages and results go: what the terminal can do, styles, and writing in one piece.
 * Text is composed into a buffer first (table.h, progress.h) and written with term_write.
 */
#ifndef BASE_TERM_H
#define BASE_TERM_H

#include "base/buf.h"
#include "base/err.h"

struct term {
    int fd;
    bool tty;
    bool live; /* lines can be redrawn: a terminal that is not dumb */
    bool colour;
    bool utf8;
    unsigned columns; /* 0: no limit, lines are not wrapped */
};

/* What the user and the environment ask for; NULL where a variable is not set. */
struct term_env {
    const char *no_color; /* NO_COLOR */
    const char *term;     /* TERM */
    const char *lc_all;
    const char *lc_ctype;
    const char *lang;
    bool plain; /* --no-color */
};

enum term_style { TERM_RESET, TERM_BOLD, TERM_DIM, TERM_RED, TERM_GREEN, TERM_YELLOW };

/* The variables of this process; plain is false. */
void term_env_read(struct term_env *env);

void term_init(struct term *t, int fd, const struct term_env *env);

/* The sequence that starts a style, "" without colour. */
const char *term_style(const struct term *t, enum term_style style);

/* Adds the text, escaped for one line, in that style; TERM_RESET adds it without any. */
void term_add(const struct term *t, struct buf *out, enum term_style style, struct str text);

/* Writes all of out and empties it. Waits where fd does not block. */
int term_write(const struct term *t, struct buf *out, struct err *e);

#endif
