/*
 * Values that stand as plain literals in PHP files: the version of a store, restore points, hash lists,
 * settings. The code is read, never run; what is not a plain literal is refused with its line.
 */
#ifndef FORMAT_PHP_LITERAL_H
#define FORMAT_PHP_LITERAL_H

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "format/php_serialize.h"

/*
 * These give 1 and the value, 0 when the file has no such thing, or -1 with ERR_FORMAT when it has but the
 * value is no plain literal, or the file breaks off inside a string or comment before it. What stands in
 * comments and strings does not count. Strings live in the arena.
 *
 * const:  const NAME = 'v';  with or without public, final or a type. X-Cart 5.2.15 and later: XC_VERSION.
 * define: define('NAME', 'v');
 * method: function NAME() { return 'v'; }  X-Cart up to 5.2.6: getMajorVersion '5.2', getMinorVersion '6'.
 */
int php_literal_const(struct str php, const char *name, struct arena *a, struct phps_node *out,
                      struct err *e);
int php_literal_define(struct str php, const char *name, struct arena *a, struct phps_node *out,
                       struct err *e);
int php_literal_method(struct str php, const char *name, struct arena *a, struct phps_node *out,
                       struct err *e);

/*
 * The one array of a data file: $data = array(...); or return array(...); in old or short form, as var_export
 * writes it, objects (Name::__set_state, (object)) included. Nothing but "return $data;" may follow.
 * 0, or -1 with ERR_FORMAT. Bounds are those of php_serialize.h.
 */
int php_literal_array(struct str php, struct arena *a, struct phps_node *out, struct err *e);

/*
 * Every array that a file of data gives by "$name = array(...);", "$name[] = array(...);" or "return array(...);", in a function or outside, in
 * order. 0, or -1 with ERR_FORMAT: one of them is no plain literal, the file breaks off, or each said -1.
 */
typedef int php_literal_found(void *arg, const struct phps_node *array, unsigned line, struct err *e);
int php_literal_arrays(struct str php, struct arena *a, php_literal_found *each, void *arg, struct err *e);

#endif
