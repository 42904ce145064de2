/* What one text of the upgrade log says: the reader's inner part. */
#ifndef FORMAT_XC_UPGRADE_TEXT_H
#define FORMAT_XC_UPGRADE_TEXT_H

#include "format/xc_upgrade_log.h"

/* Sets kind and everything that depends on the words of r->text; r->type is set. */
void xc_upgrade_text_read(struct xc_upgrade_record *r);

#endif
