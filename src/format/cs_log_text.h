/* The words of the upgrade log of CS-Cart as data; cs_log.c alone uses it. */
#ifndef FORMAT_CS_LOG_TEXT_H
#define FORMAT_CS_LOG_TEXT_H

#include "format/cs_log.h"

struct cs_log_text {
    enum cs_log_kind kind;
    /* "%a" and "%b" stand for any text, "%n" for a number, "%*" for what does not matter. A quote stands also for one with a backslash
     * in front. */
    const char *pattern;
};

extern const struct cs_log_text cs_log_texts[]; /* of 4.3.1 and later; pattern NULL ends it */
extern const struct cs_log_text cs_log_old_texts[]; /* of 4.0 to 4.2 */

#endif
