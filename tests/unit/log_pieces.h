/* What the tests of log readers share: records written as text, and logs fed in pieces. */
#ifndef TESTS_LOG_PIECES_H
#define TESTS_LOG_PIECES_H

#include "base/buf.h"

/* " name=text", nothing for an empty text. */
void log_field(struct buf *b, const char *name, struct str s);

/* Gives the log to feed in pieces of `chunk` bytes. Each is an exact copy that is wiped and freed behind the call, so that
 * a sanitizer sees reads beyond a piece and pointers kept into it. */
void log_feed(struct str log, size_t chunk, void (*feed)(void *reader, struct str piece), void *reader);

/* Fails the test unless every head of the log reads the same as a whole and in pieces of 1 to 17 bytes. */
void log_compare(struct str log, void (*read_all)(struct str log, size_t chunk, struct buf *out));

#endif
