/* Where new files come from, private to this folder: the pack of an entry, or the tree or archive the user named. */
#ifndef PLATFORM_XCART5_FILES_H
#define PLATFORM_XCART5_FILES_H

#include "platform/xcart5/plan_parts.h"
#include "sys/hash_files.h"

/* The new files of the entry with their checksums: the pack's list, else what --source holds of the entry. */
int xc_new_manifest(struct store *s, struct xc_case *c, const struct xc_entry *en, struct manifest *m,
                    struct err *e);

/* Files that an update passes over. */
bool xc_is_protected(const struct xc_case *c, const char *path);

/* Opens one new file for reading; the caller closes it. */
int xc_open_new(struct store *s, const struct xc_case *c, const struct xc_entry *en, const char *path, struct err *e);

/* Unpacks an archive into the folder rel of a tree, which must not be there yet. What does not belong below a root is refused. The first takes an archive
 * inside the store, the second one anywhere. */
int xc_extract(struct store *s, const char *archive, const char *rel, struct work *w, struct err *e);
int xc_extract_path(const char *given, const struct tree *into, const char *rel, struct work *w, struct err *e);

/* Makes an archive given with --source readable, by unpacking it into the work directory. */
int xc_source_prepare(struct store *s, struct xc_case *c, struct work *w, struct err *e);

#endif
