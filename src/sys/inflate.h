/*
 * A stream of bytes that may be gzip or bzip2, given out plain. The content decides which it is. Several members one behind
 * the other are one stream; checksums and lengths of every member are compared, which libarchive does not do for gzip.
 */
#ifndef SYS_INFLATE_H
#define SYS_INFLATE_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Gives up to n bytes: the count, 0 at the end, -1 with e. */
typedef ssize_t inflate_source(void *arg, void *p, size_t n, struct err *e);

enum inflate_kind { INFLATE_PLAIN, INFLATE_GZIP, INFLATE_BZIP2 };

struct inflate;

/* Reads the first bytes. arg must outlive it. NULL when the source fails. */
struct inflate *inflate_open(inflate_source *source, void *arg, struct err *e);
void inflate_close(struct inflate *f); /* NULL is fine */

enum inflate_kind inflate_kind(const struct inflate *f);

/*
 * The next plain bytes at *p, valid until the next call: the count, 0 at the end, -1. Damage is ERR_FORMAT with the byte of the
 * compressed stream, and inflate_is_cut tells an early end from it. Zeros behind the last member are padding; anything else there
 * is damage, since it may have been a member.
 */
ssize_t inflate_next(struct inflate *f, const void **p, struct err *e);

/* The same, copied to the caller's place; arg is the struct inflate. Fits inflate_source. */
ssize_t inflate_read(void *arg, void *p, size_t n, struct err *e);

bool inflate_is_cut(const struct inflate *f);
uint64_t inflate_in(const struct inflate *f);  /* compressed bytes used */
uint64_t inflate_out(const struct inflate *f); /* plain bytes given */

#endif
