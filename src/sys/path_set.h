/*
 * Which paths an archive has named so far, to see those that stand in each other's way. Only hashes are kept, so a list of
 * millions fits in memory; two paths of one hash (not to be met by chance) would count as one.
 */
#ifndef SYS_PATH_SET_H
#define SYS_PATH_SET_H

#include "base/str.h"

#include <stdbool.h>

struct path_slots {
    uint64_t *v; /* 0: free; the lowest bit tells a directory */
    size_t n;
    size_t size;
};

/* A zeroed struct is an empty set. */
struct path_set {
    struct path_slots exact;
    struct path_slots folded; /* in small letters */
};

enum path_news {
    PATH_NEW,
    PATH_TWICE,      /* a file of this path was there; a directory may be named again */
    PATH_CASE,       /* new, but one was there that differs in the case of its letters alone */
    PATH_BELOW_FILE, /* it lies below what was a file */
    PATH_OTHER_KIND  /* it was a file and is a directory now, or the other way round */
};

enum path_news path_set_add(struct path_set *s, struct str path, bool is_dir);
void path_set_free(struct path_set *s);

#endif
