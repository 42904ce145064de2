/* PHP files of translations, $_LANGADM['key'] = 'text'; a line each. Private to this folder. */
#ifndef PLATFORM_PRESTASHOP_TEXTS_H
#define PLATFORM_PRESTASHOP_TEXTS_H

#include "base/buf.h"

/*
 * Appends the texts of both files in the order of PrestaShop's upgrade: all of the fresh one, each with the store's own text where
 * there is one, then those that only the store has. False, and nothing appended, when one of them is no plain list of texts in the
 * same variable: such code is not written anew. Merged a second time the outcome is the same.
 */
bool ps_texts_merge(struct str fresh, struct str own, struct buf *out);

#endif
