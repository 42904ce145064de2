/*
 * Reading tar, tar.gz, tar.bz2 and zip, all of which are hostile until shown otherwise: paths that lead out,
 * links, devices and bombs are refused and reported, a cut archive is called cut, with the place.
 */
#ifndef SYS_ARCHIVE_H
#define SYS_ARCHIVE_H

#include "sys/tree.h"

/* Above the largest stores; ends lists that never end. */
#define ARCHIVE_ENTRIES_MAX UINT64_C(2000000)
#define ARCHIVE_BYTES_MAX   (UINT64_C(1) << 40)
/* Text and SQL shrink to a tenth, at most to a fiftieth; what swells more is a bomb once it is above a size
 * that does no harm. */
#define ARCHIVE_RATIO_MAX  250
#define ARCHIVE_RATIO_FROM (UINT64_C(64) << 20)

struct archive_item {
    const char *path; /* safe, without a leading "./" or a slash at its end; valid until the next item */
    bool is_dir;
    uint64_t size; /* as the archive says; UINT64_MAX when it doesn't. The data may differ. */
    mode_t mode;   /* permission bits alone */
};

struct archive_options {
    uint64_t max_bytes; /* of all data together; 0: ARCHIVE_BYTES_MAX */
    /* Told of every entry that is passed over (may be NULL); path as it stands in the archive. */
    void (*refused)(void *arg, const char *path, const char *why);
    void *arg;
};

struct archive_src;

/* Reads from fd, which stays the caller's; ops may be NULL; name is for messages. The content decides what
 * kind of archive it is: ERR_FORMAT for none of them. opt may be NULL. Free with archive_src_close. */
struct archive_src *archive_src_open(const struct fsops *ops, int fd, const char *name,
                                     const struct archive_options *opt, struct err *e);

/* The next file or directory: 1, 0 at the end of a whole archive, -1. ERR_FORMAT: cut or damaged, with the
 * name of the entry and the place; ERR_REFUSED: a limit was passed. */
int archive_src_next(struct archive_src *a, struct archive_item *item, struct err *e);

/* Data of the present file: the count, 0 at its end, -1. Fits stage_read. */
ssize_t archive_src_read(void *a, void *p, size_t n, struct err *e);

/* How many bytes of the file are read; for progress. */
uint64_t archive_src_offset(const struct archive_src *a);

/* Closing NULL is fine. */
void archive_src_close(struct archive_src *a);

struct archive_extract_options {
    unsigned
        strip; /* so many directories are taken off the front of every path; entries with fewer are left */
    bool (*wanted)(void *arg, const char *path); /* after stripping; NULL: all */
    void *wanted_arg;
    int (*progress)(void *arg, uint64_t bytes_in); /* bytes of the archive read; -1 ends it */
    void *progress_arg;
};

struct archive_extract_result {
    uint64_t files;
    uint64_t bytes;
    uint64_t twice; /* files listed more than once: the last counts */
};

/*
 * Unpacks into the directory rel of t, which must not be there yet: it appears when all of it is written and
 * on disk, and never otherwise. Files have the owner and mode of the directory that rel is in.
 */
int archive_extract(struct archive_src *a, const struct tree *t, const char *rel,
                    const struct archive_extract_options *opt, struct archive_extract_result *out,
                    struct err *e);

#endif
