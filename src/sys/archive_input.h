/* The bytes of an archive file, inflated when it is gzip, with its checks: libarchive does not compare the
 * checksums of gzip. */
#ifndef SYS_ARCHIVE_INPUT_H
#define SYS_ARCHIVE_INPUT_H

#include "sys/fsops.h"

#include <stdbool.h>
#include <stdint.h>
#include <zlib.h>

#define ARCHIVE_INPUT_PIECE ((size_t)64 * 1024)

struct archive_input {
    const struct fsops *ops;
    int fd;
    uint64_t in;  /* bytes of the file used */
    uint64_t out; /* bytes given */
    bool gzip;
    bool ended;   /* the last member of a gzip file was whole */
    bool cut;     /* the file ended within a member */
    int sys;      /* errno of a failed read, or 0 */
    char why[80]; /* what is wrong with the gzip data, or "" */
    z_stream z;
    uint8_t raw[ARCHIVE_INPUT_PIECE];
    uint8_t plain[ARCHIVE_INPUT_PIECE];
};

/* Looks at the first bytes. 0, or -1 with i->sys. */
int archive_input_open(struct archive_input *i, const struct fsops *ops, int fd);

/* The next bytes: the count, 0 at the end, -1 with sys, cut or why set. */
ssize_t archive_input_read(struct archive_input *i, const void **p);

void archive_input_close(struct archive_input *i);

#endif
