/*
 * X-Cart's decorator.log, what a rebuild of the cache says:
 *     5.0        Re-building cache [step 3 of 9], please wait... : Cleaning up... : 0.04sec, 1.8MB (-64b)
 *     5.1        Deploying store [step 3 of 11], please wait...
 *     5.2, 5.3   [HH:MM:SS] Deploying store [step 3 of 13], please wait...
 *     5.4        [HH:MM:SS] Executing step 3 of 13. ...
 * and below a step `Run the "<plugin>" plugin... 0.22sec, 3.8MB (602kB)`. A plugin that died has no time, and
 * the next record follows on the same line. From 5.2.7 or so, before each hook is called:
 *     ...Invoke upgrade/5.3/3/post_rebuild.php hook for CDev\\Paypal (<argument>)...
 * so the hook that failed is the last one here that has no line in the upgrade log.
 * Parts of pages (HTML, scripts) stand between; what is not one of these records is passed over.
 */
#ifndef FORMAT_XC_DECORATOR_LOG_H
#define FORMAT_XC_DECORATOR_LOG_H

#include "format/log_lines.h"

enum xc_decorator_kind {
    XC_DECO_STEP,           /* step of steps */
    XC_DECO_PLUGIN,         /* name */
    XC_DECO_DONE,           /* a time on its own line: the last plugin has finished */
    XC_DECO_HOOK,           /* path, hook, entry, argument */
    XC_DECO_ACTIONS,        /* entry: its actions are called */
    XC_DECO_ACTIONS_REFUSED /* entry is not valid */
};

struct xc_decorator_record {
    uint64_t line;
    uint64_t offset; /* of its line's first byte, from the first byte fed */
    enum xc_decorator_kind kind;
    bool has_clock;
    unsigned clock; /* seconds of the day */
    uint64_t step;
    uint64_t steps;
    struct str name;
    struct str entry; /* with single backslashes */
    struct str path;
    struct str hook; /* "5.3/3/post_rebuild.php" */
    struct str argument;
    bool finished; /* it has its time: */
    uint64_t took_ms;
    bool cut; /* the input ends inside its line */
};

/* Slices in the record are valid during the call only. */
typedef void (*xc_decorator_fn)(void *context, const struct xc_decorator_record *r);

struct xc_decorator_reader {
    struct log_lines lines;
    xc_decorator_fn fn;
    void *context;
    struct buf entry;
};

/* first_line, inside: as for log_lines_init. */
void xc_decorator_init(struct xc_decorator_reader *r, uint64_t first_line, bool inside, xc_decorator_fn fn,
                       void *context);
void xc_decorator_feed(struct xc_decorator_reader *r, struct str chunk);
void xc_decorator_end(struct xc_decorator_reader *r);
void xc_decorator_free(struct xc_decorator_reader *r);

#endif
