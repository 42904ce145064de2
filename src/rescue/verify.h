/* Comparing the files of a store with a manifest. Reads only. */
#ifndef RESCUE_VERIFY_H
#define RESCUE_VERIFY_H

#include "base/err.h"
#include "base/mem.h"
#include "platform/platform.h"
#include "sys/hash_files.h"
#include "sys/manifest.h"
#include "sys/tree.h"

enum verify_kind {
    VERIFY_CHANGED,    /* want and is are set */
    VERIFY_MISSING,    /* listed, not there */
    VERIFY_UNREADABLE, /* why says why */
    VERIFY_EXTRA,      /* there, not listed */
    VERIFY_CONFLICT,   /* listed with different checksums, want and is; a file that has either is right */
    VERIFY_KINDS
};

struct verify_item {
    enum verify_kind kind;
    const char *path; /* belongs to the result or the manifest */
    const char *origin;
    const char *why; /* "" but for VERIFY_UNREADABLE */
    struct digest want;
    struct digest is;
};

/* By path, then kind. A zeroed struct is an empty result. Paths may be the manifest's, which must live as
 * long. */
struct verify_result {
    VEC(struct verify_item) items;
    size_t count[VERIFY_KINDS];
    size_t ok;
    size_t skipped; /* listed files passed over */
    size_t own;     /* files that differ and may */
    size_t line_ends; /* files that agree but for their line ends; they are in ok too */
    VEC(struct shadowed) shadowed; /* files that are not what is loaded; by verify_store */
    size_t stale;     /* of these, those whose copies are older */
    uint64_t bytes; /* read */
    bool stopped;   /* progress ended it; what was not reached is not in the items */
    struct arena mem;
};

struct verify_options {
    /* Files and directories not to be looked at (may be NULL). */
    bool (*skip)(void *arg, struct str path);
    void *skip_arg;
    /* Directories searched for files that are not listed; "" is the whole tree. NULL: no search. */
    const char *const *extra_in;
    size_t extra_n;
    unsigned threads; /* 0: as many as processors */
    hash_progress *progress;
    void *progress_arg;
};

/* Sorts the manifest. 0 also when files differ: that is in the result. opt may be NULL. */
int verify_run(const struct tree *t, struct manifest *m, const struct verify_options *opt,
               struct verify_result *out, struct err *e);

/* The same of a store: entries that are aside are looked at in its second tree, which is passed over for nothing and not searched, and stand in the result
 * with their full paths; and the files that others stand in for. */
int verify_store(struct store *s, struct manifest *m, const struct verify_options *opt, struct verify_result *out, struct err *e);

/* "changed", "missing", "unreadable", "extra", "conflict" */
const char *verify_kind_name(enum verify_kind kind);

void verify_free(struct verify_result *r);

#endif
