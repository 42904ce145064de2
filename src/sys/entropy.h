/* Random bytes that can't be guessed, from the system. */
#ifndef SYS_ENTROPY_H
#define SYS_ENTROPY_H

#include "base/err.h"

#include <stddef.h>

/* Fills p with n random bytes; n at most 256. */
int entropy_bytes(void *p, size_t n, struct err *e);

#endif
