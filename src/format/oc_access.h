/*
 * Requests of an upgrade of OpenCart in the access log of a web server: common and combined form of Apache and nginx, with or without a host in
 * front, and JSON lines. It is the only history of steps that an upgrade leaves.
 */
#ifndef FORMAT_OC_ACCESS_H
#define FORMAT_OC_ACCESS_H

#include "base/buf.h"
#include "format/oc_answer.h"

struct oc_access {
    uint64_t line;       /* in the log, from 1 */
    char time[20];       /* "YYYY-MM-DD HH:MM:SS" as the log's own clock has it, or "" */
    unsigned status;     /* of HTTP; 0: not there */
    uint64_t bytes;      /* of the answer */
    bool admin_part;     /* the download or unpacking in the back office (4.x): then step is 0 */
    bool install_page;   /* the installer's first pages, a fresh installation: not an upgrade */
    bool end_page;       /* the page that the last answer leads to (2.0, 2.1, 4.x); a fresh installation ends in the same: then step is 0 */
    struct oc_request request; /* of a step, or the version of admin_part; valid during the call */
};

/* Told of requests of the upgrade and of the pages above, in order; of all others nothing is said. */
typedef void oc_access_fn(void *arg, const struct oc_access *a);
struct oc_access_reader;
/* first_line is the number of the first line fed; inside: what is fed begins within a line, whose rest is passed over. Fed in chunks of any size. */
struct oc_access_reader *oc_access_new(uint64_t first_line, bool inside, oc_access_fn *fn, void *arg);
void oc_access_feed(struct oc_access_reader *r, struct str chunk);
void oc_access_end(struct oc_access_reader *r); /* gives the last line when it has no end; frees */

#endif
