/* One file of a store as a stage changes it: it is old or new at any instant, and the undo of the work brings the old one back. */
#ifndef PLATFORM_ONE_FILE_H
#define PLATFORM_ONE_FILE_H

#include "platform/platform.h"

int one_file_put(struct store *s, struct work *w, const char *rel, struct str bytes, struct err *e);
/* prune: with the folders above it that become empty. A file that is not there is fine. */
int one_file_delete(struct store *s, struct work *w, const char *rel, bool prune, struct err *e);
/* Keeps it for the undo, since somebody else is going to write into it, make it or remove it. */
int one_file_keep(struct store *s, struct work *w, const char *rel, struct err *e);

#endif
