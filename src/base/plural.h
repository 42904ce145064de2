/* The words that go with a number. */
#ifndef BASE_PLURAL_H
#define BASE_PLURAL_H

#include <stdint.h>

/* one when n is 1, otherwise many (of 0 as well); what is given is one of the two. */
const char *plural(uint64_t n, const char *one, const char *many);

#endif
