/* A growing buffer of bytes. A zeroed struct is an empty buffer; buf_free gives its memory back. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/str.h"

#include <stdarg.h>

struct buf {
    char *p;
    size_t n;
    size_t cap;
};

void buf_free(struct buf *b);
void buf_reset(struct buf *b); /* empty, memory kept */

/* Room for `more` bytes behind the end; the caller writes there and raises n itself. */
char *buf_room(struct buf *b, size_t more);

void buf_add(struct buf *b, const void *p, size_t n);
void buf_addc(struct buf *b, char c);
void buf_adds(struct buf *b, const char *cstr);
void buf_addstr(struct buf *b, struct str s);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *fmt, va_list ap);

/* Takes the first n bytes away. */
void buf_drop(struct buf *b, size_t n);

/* The content; valid until the buffer changes. */
struct str buf_str(const struct buf *b);

/* The content with a NUL behind it (not counted); valid until the buffer changes. */
const char *buf_cstr(struct buf *b);

#endif
