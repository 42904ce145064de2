/* Writing what lies below a tree as a tar archive that tar, bsdtar and this program read. */
#ifndef SYS_PACK_H
#define SYS_PACK_H

#include "sys/hash.h"
#include "sys/pack_gz.h"
#include "sys/tree.h"

enum pack_choice {
    PACK_STORE,
    PACK_EMPTY, /* a directory: it is stored, what it holds is not */
    PACK_LEAVE
};

struct pack_opts {
    void *arg;
    enum pack_choice (*choose)(void *arg, const char *rel, const struct stat *st); /* may be NULL: all */
    /* Told of every regular file, with the checksum of its bytes as they stand in the archive. May be NULL. -1 ends it. */
    int (*stored)(void *arg, const char *rel, const struct digest *md5, uint64_t size, struct err *e);
    /* Told of what could not be stored, or changed while it was read: a problem of the result. May be NULL. */
    void (*problem)(void *arg, const char *rel, const char *why);
    int (*progress)(void *arg, uint64_t files, uint64_t bytes); /* may be NULL; -1 ends it with ERR_STOPPED */
};

struct pack_result {
    uint64_t files, bytes; /* regular files, and what they hold */
    uint64_t dirs, links;
    uint64_t problems;
    uint64_t passed_over; /* sockets, pipes, devices */
};

/*
 * Walks from and writes the archive to `to`, which the caller opens and closes. Names, owners (as numbers), modes and times are stored, links
 * as links, a file with several names several times. A file that can't be read is left out and reported; one that shrinks or grows
 * meanwhile is padded or cut to the size announced, and reported.
 */
int pack_tree(const struct tree *from, struct pack_gz *to, const struct pack_opts *opt, struct pack_result *r, struct err *e);

/* Counts what pack_tree would store, for proving room. */
int pack_measure(const struct tree *from, const struct pack_opts *opt, struct pack_result *r, struct err *e);

#endif
