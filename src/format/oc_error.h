/*
 * An error as OpenCart prints it and writes it into its log: what happened, where, and for SQL the statement with the server's number.
 *
 *   Error: MESSAGE<br />Error No: 1146<br />SQL          the database, with "<br/>" from 4.0.1.0 on
 *   Error Code(0): MESSAGE in FILE on line N             2.2 to 3.0, in the answer of a step
 *   <b>CLASS</b>: MESSAGE in <b>FILE</b> on line <b>N</b>   exceptions of 4.0
 *   <b>MESSAGE</b>: in <b>FILE</b> on line <b>N</b>         the same of 4.0.2.3
 *   Error: MESSAGE / File: FILE / Line: N / Backtrace: 0 …  lines of 4.1
 *   mysqli::query(): (42S02/1146): MESSAGE               what PHP 8 says of SQL by itself
 */
#ifndef FORMAT_OC_ERROR_H
#define FORMAT_OC_ERROR_H

#include "base/mem.h"
#include "base/str.h"

/* A cleaned text is cut behind this. */
#define OC_ERROR_TEXT_MAX ((size_t)2000)

struct oc_error {
    struct str message;   /* without place, SQL and words that only say that it is an error */
    struct str kind;      /* "Warning", "TypeError": what stands in front of the message in bold, or empty */
    unsigned sql_error;   /* the server's number, 0: none */
    struct str sql;       /* the statement, or empty */
    struct str file;      /* or empty */
    uint64_t line;
    struct str backtrace; /* of 4.1, or empty */
};

/* All are slices of the text, which may hold tags. */
void oc_error_read(struct str text, struct oc_error *out);

/* One line without tags, entities resolved, in the arena. */
struct str oc_error_clean(struct str text, struct arena *a);

/* Whether what stands in bold in front of a message ends no step: a warning, a notice. */
bool oc_error_is_mild(struct str kind);

#endif
