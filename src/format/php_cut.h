/* Whether the text of a PHP file breaks off, as an upload that was cut leaves it. */
#ifndef FORMAT_PHP_CUT_H
#define FORMAT_PHP_CUT_H

#include "base/str.h"

#include <stdbool.h>

/*
 * True when it ends within a text, a comment, a bracket or a statement. Not told from a whole one is a file that was cut right behind a whole
 * statement or within a comment that goes to the end of its line, nor one with the short tag "<?" (releases of OpenCart 3 bring such a library).
 */
bool php_is_cut(struct str php);

#endif
