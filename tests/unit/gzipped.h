/* Compressed samples for tests. */
#ifndef TESTS_GZIPPED_H
#define TESTS_GZIPPED_H

#include <stddef.h>

/* Compresses n bytes into out; fails the test when there is no room. The size. */
size_t gzipped(const char *p, size_t n, char *out, size_t room);

#endif
