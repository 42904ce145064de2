/* A clean tree, a distribution or an upgrade package that the user names with --source, as a list of checksums. */
#ifndef PLATFORM_CSCART_SOURCE_H
#define PLATFORM_CSCART_SOURCE_H

#include "platform/platform.h"

/* given: a folder, or an archive (zip, tar, tar.gz, tar.bz2), which is read and not unpacked. Folders around the store's root are
 * taken off. Scripts the store has renamed are listed under the store's names. */
int cs_source_manifest(struct store *s, const char *given, struct manifest *m, struct err *e);

#endif
