/* PHP's version_compare, which decides in a shop's own upgrader which hooks belong to an upgrade. */
#ifndef FORMAT_PHP_VERSION_H
#define FORMAT_PHP_VERSION_H

#include "base/str.h"

/*
 * -1, 0 or 1 as PHP's version_compare(a, b) gives it. Both are cut at '.', '-', '_', '+' and wherever digits
 * meet letters; numbers compare as numbers, words as (anything else) < dev < alpha = a < beta = b < RC = rc
 * < (number) < pl = p. A missing part is lower than any number: "5.3.2" < "5.3.2.0". As in PHP, text ends at
 * a NUL.
 */
int php_version_compare(struct str a, struct str b);

#endif
