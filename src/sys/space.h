/* What a file system has left for writing. */
#ifndef SYS_SPACE_H
#define SYS_SPACE_H

#include "base/err.h"
#include "sys/fsops.h"

#include <stdbool.h>
#include <stdint.h>

struct space {
    uint64_t bytes;     /* free for accounts other than root */
    uint64_t bytes_all; /* size of the file system */
    uint64_t inodes;    /* free for accounts other than root; UINT64_MAX where files are not counted */
    uint64_t block;     /* bytes that a small file takes */
    bool readonly;      /* mounted read-only */
    uint64_t device;    /* same number: same file system, a rename between both places is possible */
};

/* fd is any open file or directory of the file system; name is for messages. A quota is not seen here: its
 * errors come with the write that breaks it. */
int space_of(const struct fsops *ops, int fd, const char *name, struct space *s, struct err *e);

/* ERR_REFUSED, with both numbers, unless so many bytes and files fit and a reserve of 5 MiB or 1 % of the
 * file system (at most 512 MiB) stays free, since a full disk harms more than the upgrade. */
int space_need(const struct space *s, const char *name, uint64_t bytes, uint64_t files, struct err *e);

#endif
