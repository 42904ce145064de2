/* Files that a backup lacks. The product stops copying a whole folder at the first entry it can't read, and says nothing. */
#ifndef PLATFORM_CSCART_HOLES_H
#define PLATFORM_CSCART_HOLES_H

#include "platform/platform.h"

struct cs_holes {
    bool known;        /* the backup holds the checksum list of its version */
    size_t missing;    /* files of the version that it does not have */
    const char *first; /* a few of them in words, in mem */
    bool has_langs;    /* var/langs is in it */
};

/* Compares the entries of an archive with the list inside of it. path is absolute or below the store. Reads only. */
int cs_find_holes(struct store *s, const struct backup *b, struct arena *mem, struct cs_holes *out,
                  struct err *e);

#endif
