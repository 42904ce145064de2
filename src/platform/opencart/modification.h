/*
 * Modifications: XML that changes files of the shop when "Refresh" is chosen. The changed copies stand in a folder of their own and are loaded
 * instead of the originals. vQmod, of a third party, keeps its own. Private to this folder.
 */
#ifndef PLATFORM_OPENCART_MODIFICATION_H
#define PLATFORM_OPENCART_MODIFICATION_H

#include "platform/opencart/oc.h"

/* cache.c: empties a directory of the store or of aside but for guards against listing; in a dry run says what would go. */
int oc_empty(struct store *s, struct work *w, bool aside, const char *dir, struct err *e);

/* modification_refresh.c: "Refresh" as the back office does it, behind an emptied cache. Maintenance is afterwards as it was before. */
int oc_refresh(struct store *s, struct work *w, struct err *e);

/* modification_code.c: that method of the store's own code, in a PHP child. ERR_ABSENT: nothing of it was begun. */
int oc_refresh_call(struct store *s, struct work *w, struct err *e);

/* modification.c: rows of modifications, and how many of them are on; none where the version has no such table. */
int oc_modification_rows_count(struct store *s, uint64_t *on, uint64_t *all, struct err *e);
/* Files in the folders of copies, guards against listing apart. */
size_t oc_modification_count(struct store *s);

#endif
