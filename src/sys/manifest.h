/* A manifest: paths below a root with the checksum each file has to have, and where that was said. */
#ifndef SYS_MANIFEST_H
#define SYS_MANIFEST_H

#include "base/mem.h"
#include "base/str.h"
#include "sys/hash.h"

struct manifest_entry {
    const char *path;
    struct digest digest;
    const char *origin; /* the list it stands in, or "" */
    const char *mixed;  /* of HASH_MD5_MIXED: the text that is mixed with the content's MD5; NULL otherwise */
    const struct digest *text; /* of the content without the CR of its line ends (hash_text.h), by which it may agree too; or NULL */
    bool aside;         /* the path is below another tree than that of the other entries */
    bool may_differ;    /* a difference is worth counting and no fault: the user's own variant of a file */
};

/* A zeroed struct is an empty manifest; it owns its texts. */
struct manifest {
    struct arena mem;
    VEC(struct manifest_entry) entries;
    const char *last_origin; /* equal origins, which follow each other, are kept once */
};

/* path is copied and has to be safe (str_is_safe_path); origin may be NULL. */
void manifest_add(struct manifest *m, struct str path, const struct digest *digest, const char *origin);

/* An entry of HASH_MD5_MIXED: `text` is what the content's MD5 is mixed with. */
void manifest_add_mixed(struct manifest *m, struct str path, struct str text, const struct digest *digest, const char *origin);

/* An entry that may differ in its line ends. text may be NULL: it is no text. */
void manifest_add_text(struct manifest *m, struct str path, const struct digest *digest, const struct digest *text, const char *origin);

/* By path, entries of one path in the order they were added. */
void manifest_sort(struct manifest *m);

/* The first entry of that path in a sorted manifest, or NULL. */
const struct manifest_entry *manifest_find(const struct manifest *m, const char *path);

void manifest_free(struct manifest *m);

#endif
