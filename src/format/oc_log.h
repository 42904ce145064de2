/*
 * error.log of OpenCart: "2026-11-21 1:32:44 - PHP Warning:  MESSAGE in FILE on line N" up to 3.0.5 and 4.0.0.0, with two digits of the hour from
 * 4.0.1.0 on; errors of SQL with "<br />Error No: 1146<br />SQL"; exceptions of 4.0 as "CLASS:  MESSAGE in FILE on line N" (4.0.2.3: "MESSAGE: in …"), of
 * 4.1 as a block of lines ("File: ", "Line: ", "Backtrace: 0 …"). Entries of PHP's own log, "[21-Nov-2026 01:32:44 UTC] PHP Fatal error:  …", are read
 * as well: fatal errors of an upgrade stand nowhere else.
 */
#ifndef FORMAT_OC_LOG_H
#define FORMAT_OC_LOG_H

#include "base/buf.h"
#include "base/str.h"

enum oc_log_kind { OC_LOG_OTHER, OC_LOG_NOTICE, OC_LOG_WARNING, OC_LOG_FATAL, OC_LOG_EXCEPTION };

struct oc_log_entry {
    uint64_t line, offset; /* where it begins */
    char time[20];         /* "YYYY-MM-DD HH:MM:SS", or "" */
    enum oc_log_kind kind;
    struct str text;       /* its first OC_LOG_ENTRY_MAX bytes, one line; bytes as found, without the time */
    struct str message;    /* without place and SQL */
    struct str file;       /* or empty */
    uint64_t at;           /* line in that file */
    unsigned sql_error;    /* the server's number; 0: none */
    struct str sql;        /* the statement, or empty */
    bool in_install;       /* file or backtrace lies in the folder install: the upgrade's own */
};

/* An error has its statement in it; of what is longer the front is kept. */
#define OC_LOG_ENTRY_MAX ((size_t)64 * 1024)

typedef void oc_log_fn(void *arg, const struct oc_log_entry *entry);
struct oc_log_reader;
/* Fed in chunks of any size; texts of an entry are valid during the call. first_line is the number of the first line fed; inside: what is fed begins within
 * an entry, which is passed over. */
struct oc_log_reader *oc_log_new(uint64_t first_line, bool inside, oc_log_fn *fn, void *arg);
void oc_log_feed(struct oc_log_reader *r, struct str chunk);
void oc_log_end(struct oc_log_reader *r); /* gives the last entry; frees */

/* Takes "YYYY-MM-DD H:MM:SS - " off; false when s doesn't begin so. */
bool oc_log_time(struct str *s, char time[20]);

#endif
