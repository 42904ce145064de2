/*
 * Language files (.po) as CS-Cart reads them, which is not quite as gettext does:
 *   - entries are parted by empty lines; where one is missing, a second msgctxt or msgid replaces the first and a second
 *     msgstr is added to the text;
 *   - of two entries of one context the later one counts;
 *   - lines of a longer msgstr lose all quotes at both ends, so a text line that ends in \"" loses its quote;
 *   - a block without msgid (of comments alone, or an empty line at the very start) makes the whole file unreadable;
 *   - entries marked fuzzy are used.
 * Where the file does not end in a line end, CS-Cart gives its last entry to every kind of text; here it is given once.
 */
#ifndef FORMAT_PO_H
#define FORMAT_PO_H

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

/* More entries than this are refused; the largest known file has some 6000. */
#define PO_MAX_ENTRIES 1000000

struct po_entry {
    struct str context; /* "Languages::account"; "" for the head of the file */
    struct str id;
    struct str text; /* not trimmed; empty: not translated */
    unsigned line;   /* where the entry ends */
};

struct po {
    struct po_entry *entries; /* no two of one context */
    size_t n;
};

/* Texts live in a. 0, or -1 with ERR_FORMAT and the line where CS-Cart gives the file up. */
int po_parse(struct str file, struct arena *a, struct po *out, struct err *e);

/*
 * A value of the head of the file, such as "Language" in "Language: en_US", blanks at its ends taken off; empty when it is
 * not there. The head is the text of the entry without context.
 */
struct str po_head(const struct po *po, const char *name);

/* Cuts a context at "::": up to four parts, of which the count is given; 0 when there are more. */
size_t po_context_parts(struct str context, struct str parts[4]);

#endif
