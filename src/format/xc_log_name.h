/*
 * Names of X-Cart's logs below var/log: "upgrade.log" (5.0), "upgrade.log.YYYY-MM-DD.php" (from 5.1),
 * "YYYY/MM/upgrade.log.YYYY-MM-DD.php" (from 5.3.5); decorator.log, php_errors.log, xlite.log and
 * actions.log likewise. The date is the server's at the moment of the write, so an upgrade that ran over
 * midnight continues in the file of the next date. A store that was upgraded has files in several places.
 */
#ifndef FORMAT_XC_LOG_NAME_H
#define FORMAT_XC_LOG_NAME_H

#include "base/str.h"

enum xc_log_kind { XC_LOG_UPGRADE, XC_LOG_DECORATOR, XC_LOG_PHP_ERRORS, XC_LOG_XLITE, XC_LOG_ACTIONS };

struct xc_log_name {
    enum xc_log_kind kind;
    bool dated;
    bool foldered;
    int64_t day; /* days since 1970-01-01, 0 without a date: the next date is one more */
};

/* path: relative to var/log. False when it is none of these logs. */
bool xc_log_name_read(struct str path, struct xc_log_name *out);

/* Order of writing: undated before dated, by date, then the flat file before the one in folders. */
int xc_log_name_cmp(const struct xc_log_name *a, const struct xc_log_name *b);

#endif
