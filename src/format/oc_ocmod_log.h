/*
 * ocmod.log of OpenCart, which "Refresh" of the modifications writes: one dated entry a refresh, with lines "MOD: name", "FILE: path" (or "FILE: (sub
 * modification) path"), "CODE: text", "LINE: n", and what came of a piece of code that was looked for in vain.
 */
#ifndef FORMAT_OC_OCMOD_LOG_H
#define FORMAT_OC_OCMOD_LOG_H

#include "format/log_lines.h"

enum oc_ocmod_kind {
    OC_OCMOD_START,   /* a refresh begins: what was told before is of an earlier one */
    OC_OCMOD_ABORTED, /* "NOT FOUND - ABORTING!": the whole modification is not applied */
    OC_OCMOD_FILE_ABORTED, /* "NOT FOUND - OPERATIONS ABORTED!": no more of it in this file */
    OC_OCMOD_SKIPPED  /* "NOT FOUND - OPERATION SKIPPED!" */
};

/* Of longer names and code the front is told. */
#define OC_OCMOD_TEXT_MAX ((size_t)500)

struct oc_ocmod_entry {
    enum oc_ocmod_kind kind;
    uint64_t line;
    char time[20];   /* of the refresh, or "" */
    struct str mod;  /* its name, or empty */
    struct str file; /* or empty */
    struct str code; /* what was looked for: its first line, or empty */
};

/* Texts are valid during the call. */
typedef void oc_ocmod_fn(void *arg, const struct oc_ocmod_entry *entry);
struct oc_ocmod_reader;
/* first_line is the number of the first line fed; inside: what is fed begins within a line, whose rest is passed over. Fed in chunks of any size. */
struct oc_ocmod_reader *oc_ocmod_new(uint64_t first_line, bool inside, oc_ocmod_fn *fn, void *arg);
void oc_ocmod_feed(struct oc_ocmod_reader *r, struct str chunk);
void oc_ocmod_end(struct oc_ocmod_reader *r); /* frees */

#endif
