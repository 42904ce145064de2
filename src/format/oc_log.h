/*
 * error.log of OpenCart: "2026-11-21 1:32:44 - PHP Warning:  MESSAGE in FILE on line N" up to 3.0.5 and 4.0.0.0, with two digits of the hour from
 * 4.0.1.0 on; errors of SQL with "<br />Error No: 1146<br />SQL"; exceptions of 4.1 as a block of lines ("File: ", "Line: ", "Backtrace: 0 …").
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
    struct str text;       /* all of it, one line; bytes as found, without the time */
    struct str message;    /* without place and SQL */
    struct str file;       /* or empty */
    uint64_t at;           /* line in that file */
    unsigned sql_error;    /* the server's number; 0: none */
    struct str sql;        /* the statement, or empty */
    bool in_install;       /* file or backtrace lies in the folder install: the upgrade's own */
};

typedef void oc_log_fn(void *arg, const struct oc_log_entry *entry);
struct oc_log_reader;
/* Fed in chunks of any size; texts of an entry are valid during the call. */
struct oc_log_reader *oc_log_new(oc_log_fn *fn, void *arg);
void oc_log_feed(struct oc_log_reader *r, struct str chunk);
void oc_log_end(struct oc_log_reader *r); /* gives the last entry; frees */

#endif
