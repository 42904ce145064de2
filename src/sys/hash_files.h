/*
 * Checksums of many files below a tree at once, on all processors, MD5 of several files side by side.
 *
 * Works through the jobs in the given order, so sort them by path: a directory is then opened once. Memory
 * does not depend on the number or size of the files and stays below 8 MiB.
 */
#ifndef SYS_HASH_FILES_H
#define SYS_HASH_FILES_H

#include "sys/hash.h"
#include "sys/tree.h"

#define HASH_THREADS_MAX 8
#define HASH_ANY_SIZE    UINT64_MAX

enum hash_state {
    HASH_DONE,       /* digest and size are set */
    HASH_OTHER_SIZE, /* not read: size differs from want_size */
    HASH_ABSENT,     /* nothing of that name */
    HASH_NOT_FILE,   /* a directory, device or pipe */
    HASH_OUTSIDE,    /* a link that leads out of the tree, or an unsafe path */
    HASH_FAILED      /* sys holds errno */
};

struct hash_job {
    const char *rel;
    enum hash_alg alg;
    uint64_t want_size; /* HASH_ANY_SIZE, or a file of any other size is not read */
    /* filled in: */
    enum hash_state state;
    int sys;
    uint64_t size;
    struct digest digest;
};

/* Called now and then by the calling thread with what is finished; -1 ends the work early. */
typedef int hash_progress(void *arg, uint64_t files, uint64_t bytes);

struct hash_files_options {
    unsigned threads; /* 0: one per processor this process may use */
    unsigned lanes;   /* at most so many files side by side; 0: what the processor has */
    hash_progress *progress;
    void *arg;
};

/* A link is followed as long as it stays below the tree. 0, or 1 when progress ended it: jobs that were not
 * reached then have state HASH_FAILED and sys ECANCELED. opt may be NULL. */
int hash_files(const struct tree *t, struct hash_job *jobs, size_t n, const struct hash_files_options *opt);

#endif
