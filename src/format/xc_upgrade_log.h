/*
 * The upgrade log of X-Cart 5.0 to 5.3: var/log/upgrade.log (5.0), var/log/upgrade.log.YYYY-MM-DD.php
 * (from 5.1), var/log/YYYY/MM/upgrade.log.YYYY-MM-DD.php (from 5.3.5). A record is
 *     [info|warning|error, Mmm DD YYYY HH:MM:SS] text
 * with further lines of text below it. The file begins with a "<?php die(1); ?>" line or without one, and
 * is also the log of the marketplace client. It never says that an upgrade starts or ends.
 *
 * A hook's line is written after the hook returned. Its "(...)" suffix (from 5.2.7 or so) is what the
 * finished call was given: "()" for the first call, "(40/200 [20%])" or "(40)" for later calls of an
 * iterative hook; so the last line of an iterative hook does not say that it is complete.
 *
 * Texts go through the shop's translator. Where the English words do not match, the shape decides
 * (`translated` is set then).
 *
 * Reading is incremental and in bounded memory. It may begin in the middle of a log: what the first record
 * with start_sure and all behind it say is the same then as if all had been read. When line numbers are wanted,
 * count the line ends before with log_lines_count (far faster than reading records) and give the sum plus one as
 * first_line.
 */
#ifndef FORMAT_XC_UPGRADE_LOG_H
#define FORMAT_XC_UPGRADE_LOG_H

#include "base/clock.h"
#include "format/log_lines.h"

/* Text kept of one record; what is beyond is counted. */
#define XC_UPGRADE_TEXT_MAX ((size_t)64 * 1024)

enum xc_log_type { XC_LOG_INFO, XC_LOG_WARNING, XC_LOG_ERROR };

enum xc_upgrade_kind {
    XC_UP_OTHER,           /* not one of these: admin messages, texts of exceptions */
    XC_UP_NOISE,           /* the marketplace client's own lines */
    XC_UP_PACK_EMPTY,      /* entry: its pack has size zero */
    XC_UP_PACK_RECEIVED,   /* entry, path; version for Core */
    XC_UP_PACK_MISSING,    /* entry: its pack is not received; path holds the reason */
    XC_UP_MODULE_UNKNOWN,  /* entry, version: no hash on the marketplace; path holds the reason */
    XC_UP_DOWNLOAD_FAILED, /* not all packs were downloaded */
    XC_UP_UNPACKED,        /* entry, path */
    XC_UP_UNPACK_FAILED,   /* archives that are not downloaded or not unpacked */
    XC_UP_HASH_ABSENT,     /* entry, path: hash list of the new version */
    XC_UP_HASH_EMPTY,      /* entry, path */
    XC_UP_HASH_BROKEN,     /* entry, path */
    XC_UP_HASH_OLD_ABSENT, /* entry, path: hash list of the installed version */
    XC_UP_TEST_FAILED,     /* files could not be tested, nothing installed */
    XC_UP_PRE_FAILED,      /* pre-upgrade hooks refused */
    XC_UP_HOOK,            /* entry, path, hook, progress */
    XC_UP_FILE_ADDED,      /* path; so are all up to XC_UP_FILE_UNREADABLE */
    XC_UP_FILE_UPDATED,
    XC_UP_FILE_DELETED,
    XC_UP_DIR_DELETED,
    XC_UP_DIR_KEPT, /* "Unable to delete directory", which is an info and no fault */
    XC_UP_ADD_FAILED,
    XC_UP_ADD_UNREADABLE,
    XC_UP_UPDATE_FAILED,
    XC_UP_UPDATE_UNREADABLE,
    XC_UP_DELETE_FAILED,
    XC_UP_FILE_UNREADABLE,
    XC_UP_FILES_FAILED,  /* the files phase was refused */
    XC_UP_UNKNOWN_ERROR, /* "unknown error" */
    XC_UP_LABELS         /* entry, labels */
};

enum xc_upgrade_labels { XC_LABELS_UNKNOWN, XC_LABELS_LOADED, XC_LABELS_NONE_NEW };

struct xc_upgrade_record {
    uint64_t line;   /* of its first line */
    uint64_t offset; /* of its first byte, from the first byte fed */
    enum xc_log_type type;
    enum xc_upgrade_kind kind;
    bool dated; /* time and seconds are set */
    struct civil time;
    int64_t seconds;  /* of that clock face, to sort and subtract */
    struct str entry; /* "Core" or "Author\Name" */
    struct str path;  /* as written */
    struct str version;
    struct str
        hook; /* "5.3/2.1/post_rebuild.php": the end of path that is the same in every way of writing */
    struct str progress; /* between the brackets */
    bool has_progress;   /* there were brackets */
    bool has_position;   /* progress was read: */
    uint64_t position;
    uint64_t max; /* 0: not said */
    enum xc_upgrade_labels labels;
    struct str text; /* all lines, "\n" between them */
    uint64_t lost;   /* bytes of the text beyond XC_UPGRADE_TEXT_MAX */
    bool cut;        /* the write was cut: no line end, or another record starts on the same line */
    bool translated; /* told by its shape, not by its words */
    bool starts_run; /* first of a group of pack lines */
    bool start_sure; /* and surely no earlier line belongs to that group */
};

/* Slices in the record are valid during the call only. */
typedef void (*xc_upgrade_fn)(void *context, const struct xc_upgrade_record *r);

struct xc_upgrade_reader {
    struct log_lines lines;
    xc_upgrade_fn fn;
    void *context;
    struct xc_upgrade_record now; /* under assembly; its slices but text are not set yet */
    bool has_now;
    bool text_kept; /* text lies in `text`, else in the chunk */
    struct buf text;
    uint64_t orphans; /* lines before the first record, the guard line not counted */
    char stamp[20];   /* the last date read and what it means */
    bool stamp_valid;
    struct civil stamp_time;
    int64_t stamp_seconds;
    bool whole;     /* the first byte fed is the first of the log */
    bool core_seen; /* in the current group of pack lines */
    enum { XC_RUN_UNKNOWN, XC_RUN_PACKS, XC_RUN_LATER } phase;
};

/* first_line, inside: as for log_lines_init. */
void xc_upgrade_init(struct xc_upgrade_reader *r, uint64_t first_line, bool inside, xc_upgrade_fn fn,
                     void *context);
void xc_upgrade_feed(struct xc_upgrade_reader *r, struct str chunk);

/* The log goes on in another file, from its first line: gives the last record of the file before. continues: a
 * group of pack lines may go on in it, too. */
void xc_upgrade_next(struct xc_upgrade_reader *r, bool continues);
void xc_upgrade_end(struct xc_upgrade_reader *r); /* gives the last record; call once */
void xc_upgrade_free(struct xc_upgrade_reader *r);

/* Feeds only those of the lines (each with its end) that may tell of a core pack with its version: for going through
 * a log quickly in search of these. Numbers and offsets of the records mean nothing then. */
void xc_upgrade_feed_cores(struct xc_upgrade_reader *r, struct str lines);

/* The "X.Y/Z[.B]/file.php" at the end of ".../upgrade/X.Y/Z[.B]/file.php" (either kind of slash),
 * or empty. */
struct str xc_upgrade_hook_tail(struct str path);

/* The same for the first such path anywhere in a text. */
struct str xc_upgrade_hook_in(struct str text);

#endif
