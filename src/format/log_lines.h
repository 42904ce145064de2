/*
 * Physical lines of a log that is fed in chunks of any size. Memory is bounded: of a longer line the
 * first LOG_LINE_MAX bytes are given and the rest is counted.
 */
#ifndef FORMAT_LOG_LINES_H
#define FORMAT_LOG_LINES_H

#include "base/buf.h"

/* Far above any path or message; below it a line is never cut. */
#define LOG_LINE_MAX ((size_t)64 * 1024)

struct log_line {
    struct str text; /* without "\n" or "\r\n", and without NUL bytes at its start */
    uint64_t number;
    uint64_t offset; /* of its first byte, from the first byte fed */
    uint64_t lost;   /* bytes beyond LOG_LINE_MAX */
    bool lasting;    /* text stays valid until log_lines_feed returns, else only during the call */
    bool ended;      /* false: the input stopped before a line end */
    bool single;     /* surely no "[e", "[i" or "[w" behind the first byte: no second record in the line */
};

typedef void (*log_line_fn)(void *context, const struct log_line *line);

struct log_lines {
    log_line_fn fn;
    void *context;
    uint64_t number;
    uint64_t fed;    /* bytes of all chunks before this one */
    uint64_t start;  /* offset of the line in `part` */
    uint64_t length; /* bytes of that line so far, without the NUL bytes at its start */
    struct buf part;
    bool open; /* a line has begun and not ended */
    bool last_cr;
    bool skip; /* up to the first line end: the input starts inside a line */
};

/* first_line is the number of the first line fed. With inside, what stands before the first line end is
 * skipped (that rest counts as a line). */
void log_lines_init(struct log_lines *l, uint64_t first_line, bool inside, log_line_fn fn, void *context);
void log_lines_feed(struct log_lines *l, struct str chunk);
void log_lines_end(struct log_lines *l); /* gives the last line when it has no end */
void log_lines_free(struct log_lines *l);

/* Line ends in the bytes. */
uint64_t log_lines_count(struct str bytes);

/* Where, from a place on, two bytes stand one behind the other; SIZE_MAX: nowhere. */
size_t log_lines_pair(struct str bytes, char first, char second, size_t from);

#endif
