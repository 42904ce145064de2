/* What is known of messages of PrestaShop's upgrades by their form, whatever their language; ps_log.c alone uses it. */
#ifndef FORMAT_PS_LOG_FORM_H
#define FORMAT_PS_LOG_FORM_H

#include "format/ps_log.h"

/* Forms that nothing else looks like: before the words are looked at. True: kind, a, b, c and number are set. */
bool ps_log_form_strict(struct ps_log_event *event);

/* Forms that English words tell better: after the words. */
bool ps_log_form_loose(struct ps_log_event *event);

#endif
