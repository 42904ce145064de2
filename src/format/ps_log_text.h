/* The English words of the logs of PrestaShop's upgrades as data; ps_log.c and ps_log_form.c alone use it. */
#ifndef FORMAT_PS_LOG_TEXT_H
#define FORMAT_PS_LOG_TEXT_H

#include "format/ps_log.h"

struct ps_log_text {
    enum ps_log_kind kind;
    /* "%a", "%b" and "%c" stand for any text, "%n" for a number, "%*" for what does not matter. Two holes never stand side by side. */
    const char *pattern;
};

extern const struct ps_log_text ps_log_texts[]; /* pattern NULL ends it */

/* Texts that the module never translates. */
extern const struct ps_log_text ps_log_fixed_texts[];

/* The first text of the table that fits sets kind, a, b, c and number; false: none does, and nothing is set. */
bool ps_log_text_find(const struct ps_log_text *table, struct ps_log_event *event);

#endif
