/*
 * Reading tar, tar.gz, tar.bz2 and zip, all of which are hostile until shown otherwise: paths that lead out,
 * links, devices and bombs are refused and reported, a cut archive is called cut, with the place. Every checksum
 * that an archive has is compared at the end of what it covers.
 */
#ifndef SYS_ARCHIVE_H
#define SYS_ARCHIVE_H

#include "sys/hash.h"
#include "sys/inflate.h"
#include "sys/tree.h"

#include <time.h>

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
    mode_t mode;   /* permission bits alone; 0 when the archive doesn't say */
    bool has_mtime;
    struct timespec mtime;
};

struct archive_options {
    uint64_t max_bytes; /* of all data together; 0: ARCHIVE_BYTES_MAX */
    /* Told of every entry that is passed over (may be NULL); path as it stands in the archive. */
    void (*refused)(void *arg, const char *path, const char *why);
    /* Told what is remarkable about entries that are given (may be NULL): setuid bits that were taken off, a path that is
     * listed twice (the last one counts), names that differ in the case of their letters alone. */
    void (*remark)(void *arg, const char *path, const char *what);
    void *arg;
    bool salvage; /* behind damage archive_src_next goes on with the next whole entry, as far as that can be */
};

enum archive_kind { ARCHIVE_NONE, ARCHIVE_TAR, ARCHIVE_ZIP };

/* What the content of a file says it is; for what is no archive its first bytes help to tell. */
#define ARCHIVE_HEAD 4096
struct archive_look {
    enum archive_kind kind;
    enum inflate_kind packed;
    uint64_t size;               /* of the file */
    size_t head_n;
    char head[ARCHIVE_HEAD];     /* plain, also when the file is packed */
};

/* Damage in the first bytes leaves head shorter and is no error. The place of fd is not used and not moved. */
int archive_look(const struct fsops *ops, int fd, const char *name, struct archive_look *out, struct err *e);

struct archive_src;

/* Reads from fd, which stays the caller's, and does not move its place; ops may be NULL; name is for messages. The content
 * decides what kind of archive it is: ERR_FORMAT for none of them. opt may be NULL. Free with archive_src_close. */
struct archive_src *archive_src_open(const struct fsops *ops, int fd, const char *name,
                                     const struct archive_options *opt, struct err *e);

/* The next file or directory: 1, 0 at the end of a whole archive, -1. ERR_FORMAT: cut or damaged, with the
 * name of the entry and the place; ERR_REFUSED: a limit was passed, or it is encrypted. With salvage the next call goes on
 * behind the damage and gives 0 where nothing more can be read. A file that lies where the archive has a directory, or
 * below what it has as a file, is refused. */
int archive_src_next(struct archive_src *a, struct archive_item *item, struct err *e);

/* Data of the present file: the count, 0 at its end when its length and checksum are right, -1. Fits stage_read. */
ssize_t archive_src_read(void *a, void *p, size_t n, struct err *e);

/* The checksum of what is left of the present file, read to its end. */
int archive_src_digest(struct archive_src *a, enum hash_alg alg, struct digest *out, struct err *e);

/* How many bytes of the file are read, and how many it has; for progress. */
uint64_t archive_src_offset(const struct archive_src *a);
uint64_t archive_src_total(const struct archive_src *a);

/* The list of a zip, in its order, without reading on: the n-th path as it stands there (not judged), or NULL behind the
 * last. For a tar always NULL. */
const char *archive_src_listed(const struct archive_src *a, size_t n, uint64_t *size);

/* A harmless flaw of the whole in plain words, or NULL. */
const char *archive_src_flaw(const struct archive_src *a);

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
