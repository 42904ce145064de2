/* DER, the encoding of keys and certificates: elements of tag, length and content. */
#ifndef FORMAT_DER_H
#define FORMAT_DER_H

#include "base/str.h"

#include <stdbool.h>

#define DER_BOOLEAN  0x01u
#define DER_INTEGER  0x02u
#define DER_BITS     0x03u
#define DER_BYTES    0x04u
#define DER_OID      0x06u
#define DER_SEQUENCE 0x30u
#define DER_SET      0x31u
/* The n-th of the alternatives that a structure numbers itself, holding elements or bytes. */
#define DER_NUMBERED(n)       (0xA0u + (n))
#define DER_NUMBERED_BYTES(n) (0x80u + (n))

/* Takes one element of any tag from the front; false, and nothing taken, when it is cut short or longer
 * than 65535 bytes. */
bool der_any(struct str *rest, unsigned *tag, struct str *content);

/* Takes the next element if it has this tag. */
bool der_take(struct str *rest, unsigned tag, struct str *content);

/* Takes a positive integer, without its leading zeros. */
bool der_integer(struct str *rest, struct str *number);

#endif
