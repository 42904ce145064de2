/*
 * The inside of a zip file: its central directory, which alone says what it holds, and the data of its members. The list is checked
 * against itself when it is read, each local header against the list when its member is begun: readers of zip that
 * believe different copies of the same fact can be made to see different files.
 */
#ifndef SYS_ZIP_H
#define SYS_ZIP_H

#include "base/mem.h"
#include "base/str.h"
#include "sys/fsops.h"

#include "base/err.h"

#include <stdbool.h>
#include <time.h>

struct zip_member {
    struct str name;   /* bytes as they stand, in the zip's memory */
    uint64_t offset;   /* of its local header, in the file */
    uint64_t limit;    /* nothing of it may stand here or behind */
    uint64_t packed;
    uint64_t size;
    uint32_t crc;
    uint16_t method;
    uint16_t flags;
    mode_t mode;       /* with its type, 0 when the zip doesn't say */
    struct timespec mtime;
};

#define ZIP_ENCRYPTED 1u
#define ZIP_SIZES_BEHIND 8u /* sizes and checksum stand behind the data */

struct zip_unpack; /* the state of inflating */

/* A zeroed struct is a closed zip. */
struct zip {
    const struct fsops *ops;
    int fd;
    uint64_t size;
    uint64_t at;   /* where reading is */
    uint64_t read; /* bytes of the file read so far */
    struct arena mem;
    VEC(struct zip_member) all; /* in the order of the list */
    const char *flaw; /* bytes in front or behind that belong to no zip; NULL mostly */
    struct zip_unpack *u;
};

/* Whether the file has the end record of a zip. */
bool zip_is(const struct fsops *ops, int fd, uint64_t size);

/* Reads the list. ERR_ABSENT: there is none, the file is cut; ERR_FORMAT: it is damaged; ERR_REFUSED: members overlap. Texts don't
 * name the file. Close it in any case. */
int zip_open(struct zip *z, const struct fsops *ops, int fd, uint64_t size, uint64_t max_members, struct err *e);
void zip_close(struct zip *z);

/* Goes to the data of a member. */
int zip_begin(struct zip *z, const struct zip_member *m, struct err *e);
/* Its data: the count, 0 at the end when length and checksum are right, -1. */
ssize_t zip_read(struct zip *z, void *p, size_t n, struct err *e);

/*
 * Without the list: the next local header at or behind z->at, and its member begun. 1, 0 when there is none, -1. Its name stays
 * valid until the next call. Sizes that stand behind the data are UINT64_MAX.
 */
int zip_walk(struct zip *z, struct zip_member *m, struct err *e);

#endif
