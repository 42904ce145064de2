/*
 * X-Cart's php_errors.log: "[dd-Mon-YYYY HH:MM:SS] Error (code: N): message" and below it
 * "Server API: ...;", "Request method: ...;", "URI: ...;", "Backtrace:", "#0 ..."; and PHP's own error_log
 * lines "[dd-Mon-YYYY HH:MM:SS UTC] PHP Fatal error:  ..." with their stack trace. A record reaches to
 * the next one.
 */
#ifndef FORMAT_XC_PHP_ERRORS_H
#define FORMAT_XC_PHP_ERRORS_H

#include "base/clock.h"
#include "format/log_lines.h"

#define XC_PHP_ERROR_TEXT_MAX ((size_t)64 * 1024)
/* Enough of a backtrace to see what called what; hooks are called from a few levels above. */
#define XC_PHP_ERROR_FILES 10

struct xc_php_error {
    uint64_t line;   /* of its first line */
    uint64_t offset; /* of its first byte, from the first byte fed */
    struct civil time;
    int64_t seconds;     /* of that clock face */
    struct str zone;     /* "UTC", or empty: the server's own */
    struct str severity; /* "Fatal error" of PHP's own lines, or empty */
    bool has_code;
    int64_t code; /* of X-Cart's lines */
    struct str message;
    struct str file; /* where it happened, or empty */
    uint64_t file_line;
    struct str uri;
    struct str hook;                      /* "5.3/3/post_rebuild.php" when one is named anywhere */
    struct str files[XC_PHP_ERROR_FILES]; /* of the backtrace */
    size_t file_count;
    struct str text; /* all after the date */
    uint64_t lost;
    bool cut;
};

/* Slices in the record are valid during the call only. */
typedef void (*xc_php_error_fn)(void *context, const struct xc_php_error *r);

struct xc_php_errors {
    struct log_lines lines;
    xc_php_error_fn fn;
    void *context;
    struct xc_php_error now;
    bool has_now;
    struct buf text;
    struct buf zone;
};

/* first_line, inside: as for log_lines_init. */
void xc_php_errors_init(struct xc_php_errors *r, uint64_t first_line, bool inside, xc_php_error_fn fn,
                        void *context);
void xc_php_errors_feed(struct xc_php_errors *r, struct str chunk);
void xc_php_errors_end(struct xc_php_errors *r); /* gives the last record; call once */
void xc_php_errors_free(struct xc_php_errors *r);

#endif
