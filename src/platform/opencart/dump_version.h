/* Which versions' tables a dump of rows alone was made of, by the columns that its rows name. Private to this folder. */
#ifndef PLATFORM_OPENCART_DUMP_VERSION_H
#define PLATFORM_OPENCART_DUMP_VERSION_H

#include "platform/opencart/marks.h"
#include "platform/opencart/oc.h"

/* Versions are constants. Both NULL: nothing is known. */
struct oc_range {
    const char *from;  /* this one or a later one; NULL: not known */
    const char *below; /* an earlier one than this; NULL: not known */
    bool mixed;        /* some of it is of a later version than the rest allows: it was taken in the middle of an upgrade */
};

void oc_dump_range(const struct store *s, const struct backup *b, struct oc_range *out);
bool oc_range_known(const struct oc_range *r);
bool oc_range_has(const struct oc_range *r, const char *version);
/* "3.0.2.0 or later, before 4.0.0.0". */
const char *oc_range_words(const struct oc_range *r, struct arena *mem);

/* The prefix of the dump's tables: the store's, or what stands in front of names that every version has. */
struct str oc_dump_prefix(const struct store *s, const struct backup *b);

#endif
