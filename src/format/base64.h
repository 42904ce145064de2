/* Base64 as PHP's base64_encode writes it: padded, without line ends. */
#ifndef FORMAT_BASE64_H
#define FORMAT_BASE64_H

#include "base/buf.h"
#include "base/err.h"

/*
 * Adds what text stands for to out. -1 with ERR_FORMAT and the place for a byte that is not of the alphabet, padding that is
 * missing or stands too early, bits left over, or more than max bytes; out is then as before.
 */
int base64_decode(struct str text, size_t max, struct buf *out, struct err *e);

#endif
