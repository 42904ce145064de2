/*
 * Finding, checking and reading backups, whatever they are: zip, tar, tar.gz, tar.bz2; plain, gz or bz2 SQL; SQL inside an
 * archive, also compressed there; dumps of several files; a folder of such parts; an unpacked tree. A backup is only ever read.
 */
#ifndef RESCUE_BACKUP_H
#define RESCUE_BACKUP_H

#include "format/sql_facts.h"
#include "platform/platform.h"

#include <time.h>

/*
 * Fills the list with what lies in the platform's places and in the folders named, newest first. Only names, sizes and heads
 * of files are looked at. What only looks like a backup is not listed.
 */
int backup_find(struct store *s, const char *const *folders, size_t n, struct backup_list *l, struct err *e);

/* The one backup that a user means by path (an archive, a dump, a folder of parts, a tree) or by its name in the list. ERR_ABSENT
 * names what was looked for; ERR_FORMAT when it is no backup. */
int backup_named(struct store *s, const char *path, struct backup_list *l, struct backup **out, struct err *e);

struct backup_watch {
    void *ctx;
    void (*progress)(void *ctx, const char *what, uint64_t done, uint64_t total); /* may be NULL */
    const volatile sig_atomic_t *stop; /* may be NULL */
};

/* Reads it to its end, behind damage too: sound, problems, version, counts, tables. 0 also when it is damaged: that is in b; -1 when it can't be read at all
 * or the user stopped. */
int backup_check(struct store *s, struct backup_list *l, struct backup *b, const struct backup_watch *w, struct err *e);

/* The same, with all that it found; members may be NULL. */
struct backup_entry;
struct backup_seen {
    struct sql_facts *facts; /* empty; the caller frees it */
    void (*entry)(void *ctx, const struct backup_entry *en, uint64_t size); /* read to its end */
    void *ctx;
};
int backup_inspect(struct store *s, struct backup_list *l, struct backup *b, const struct backup_watch *w,
                   const struct backup_seen *seen, struct err *e);

/* Lets the platform choose among checked backups. */
void backup_choose(struct store *s, const struct plan *p, struct backup_list *l);

struct backup_entry {
    enum backup_role role;
    const char *path; /* below the store's root (the root inside the archive is taken off); of a dump: as it stands in the backup */
    const char *part; /* the file of the backup it stands in, for messages */
    bool is_dir;
    uint64_t size;    /* UINT64_MAX when it isn't said */
    mode_t mode;      /* permission bits; 0 when the backup doesn't say */
    bool has_mtime;
    struct timespec mtime;
};

struct backup_read_opts {
    bool salvage; /* go on behind damage */
    /* Told of every entry that is not given: hostile, a link, a device, a file in the way of a directory. May be NULL. */
    void (*refused)(void *ctx, const char *path, const char *why);
    /* Told what is remarkable about entries that are given: setuid taken off; listed twice, each is given and the last
     * one counts; names alike but for the case of letters. May be NULL. */
    void (*remark)(void *ctx, const char *path, const char *what);
    void *ctx;
};

struct backup_reader;
int backup_reader_open(struct backup_reader **out, struct store *s, const struct backup *b, const struct backup_read_opts *o,
                       struct err *e);
/* The next entry: 1, 0 at the end of a whole backup, -1. ERR_FORMAT: cut or damaged, with the name of the entry and the place; with salvage
 * the next call goes on behind it as far as that can be. Valid until the next call. */
int backup_reader_next(struct backup_reader *r, struct backup_entry *entry, struct err *e);
/* Data of the present entry, a compressed dump unpacked; arg is the reader. Fits stage_read. */
ssize_t backup_reader_read(void *arg, void *p, size_t n, struct err *e);
uint64_t backup_reader_offset(const struct backup_reader *r); /* bytes of the backup read */
uint64_t backup_reader_total(const struct backup_reader *r);
void backup_reader_close(struct backup_reader *r); /* NULL is fine */

#endif
