/* UTF-8: what a valid sequence is, and how many columns it takes on a terminal. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/str.h"

/* Length (1 to 4) of the valid sequence at the start of s, its code point in *cp; 0 when there is none
 * (overlong forms, surrogates, values above U+10FFFF and cut sequences are not valid). */
size_t utf8_next(struct str s, uint32_t *cp);

/* Writes the sequence of a code point up to U+10FFFF to out, which has room for it, and gives its length,
 * 1 to 4. A surrogate is written too, though such a sequence is not valid: PHP does the same. */
size_t utf8_put(char *out, uint32_t cp);

bool utf8_valid(struct str s);

/* Columns on a terminal, approximately: East Asian wide and emoji count 2, combining marks and
 * controls 0, each byte that is not UTF-8 1. */
size_t utf8_width(struct str s);
size_t utf8_cp_width(uint32_t cp);

/* Code points that are not seen but change what is seen: C0 and C1 controls, DEL, direction controls,
 * zero-width characters, line and paragraph separators, tags. */
bool utf8_is_hidden(uint32_t cp);

/* The longest head of s, on a sequence border, that takes at most `columns`. */
struct str utf8_clip(struct str s, size_t columns);

#endif
