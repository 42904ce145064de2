/*
 * Bringing back a backup: files, database or both.
 *
 * It is a plan like any other, carried out by resume_run: the backup is read to its end once – each file compared with the
 * live one, what differs written beside it, the dump loaded into a shadow – and only when all of it is whole and checked the
 * tables change places, the files are exchanged, caches emptied, the store opened. A kill at any instant leaves a case that restore (or
 * resume) finishes and undo takes back.
 */
#ifndef RESCUE_RESTORE_H
#define RESCUE_RESTORE_H

#include "db/shadow.h"
#include "rescue/backup.h"
#include "rescue/journal.h"
#include "rescue/work.h"
#include "rescue/workdir.h"
#include "sys/stage.h"

struct restore_opts {
    const char *backup; /* NULL: the one that is recommended */
    bool files;
    bool db;
    bool exact;               /* files of the store's code that the backup does not hold are moved away */
    const char *const *include; /* patterns, NULL at the end; NULL: all */
    const char *const *exclude;
    bool salvage;             /* bring back what is whole of a damaged backup */
    bool repair_escapes;      /* put right what the product's own dump writer damaged */
    enum shadow_mode mode;
    const char *from_prefix;  /* of the tables in the dump, when it is another than the store's; else NULL */
    bool all_tables;          /* also tables of other programs in the same database */
    bool keep_closed;         /* leave the store closed at the end */
    bool dry_run;
};

struct restore_lost {
    const char *path;
    const char *why;
};

/* What was found and done. Texts lie in the restore's memory. */
struct restore_sums {
    uint64_t equal, changed, added, bytes; /* files as the backup has them, to be replaced, to be added; bytes written */
    uint64_t filled;                       /* files taken from the source, for the backup has them not or not whole */
    uint64_t extra, moved;                 /* files of the store's code that the backup does not hold */
    VEC(const char *) extras;
    VEC(const char *) left_out;            /* live files that the product leaves out of its backups by their size: they stay */
    VEC(const char *) newer;               /* live tables that were not there when the dump was made */
    VEC(const char *) undumped;            /* live tables that the product never dumps: they stay */
    VEC(const char *) others;              /* live tables that the dump does not hold for a reason nobody knows: they stay */
    size_t aside;                          /* of newer: put aside, with exact */
    VEC(struct restore_lost) lost; /* files that could not be read whole; with salvage */
    VEC(const char *) refused; /* entries that were not taken, with the reason */
    VEC(const char *) kept;    /* configuration files that differ and were left alone */
    VEC(const char *) shared;  /* equal files that everybody on the server may write */
    bool read;                 /* the backup was read to its end */
};

struct restore {
    struct store *store;
    struct restore_opts opts;
    struct plan plan;       /* of this restore */
    struct plan upgrade;    /* of the store, as it was before */
    enum gate gate;         /* before the restore */
    struct work *running;   /* of the step that is carried out, or NULL */
    struct workdir work;
    struct journal journal;
    struct tree undo;
    struct backup_list list;
    struct backup *backup;
    struct backup *source; /* a tree or archive of the same version that fills holes, or NULL */
    struct sql_facts facts;
    struct restore_sums sums;
    struct shadow *shadow;  /* NULL when there is no dump or in a dry run */
    struct stage stage;
    bool staged;            /* stage is open */
    bool continued;         /* the case is that of a run that was cut */
    bool prepared;          /* this run has staged and loaded all there is */
    bool other_version;     /* the dump has rows alone, and some live table is not as they need it */
    VEC(const char *) paths; /* of the backup's files, sorted once it was read */
    struct arena mem;
};

/*
 * Finds and looks at the backup and makes the plan. Nothing is written. Without a backup named all are read to their end and the
 * platform chooses; ERR_ABSENT, saying why, when none is recommended. work_dir: the user's choice or NULL.
 */
int restore_look(struct restore *r, struct store *s, const struct restore_opts *o, const char *work_dir,
                 const struct backup_watch *watch, struct err *e);

/* Makes r ready to change the store: work directory, lock, journal, undo. After restore_look, not in a dry run. */
int restore_begin(struct restore *r, const char *work_dir, const char *command, struct err *e);

/* The options of a restore that a kill has cut: 1 found (texts in mem), 0 none, -1. */
int restore_unfinished(const struct store *s, const char *work_dir, struct restore_opts *o, struct arena *mem,
                       struct err *e);

/* How many of the equal files everybody on the server may write, now; *first is the first of them. */
size_t restore_count_shared(struct restore *r, const char **first);

void restore_close(struct restore *r);

#endif
