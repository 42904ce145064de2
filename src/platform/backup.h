/*
 * A backup: somebody's archive, dump, or folder of parts. What it is, what is inside and whether it is sound is found out by
 * rescue/; a platform tells where its backups lie, what their names mean, and which one is the clean one.
 */
#ifndef PLATFORM_BACKUP_H
#define PLATFORM_BACKUP_H

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

enum backup_kind { BACKUP_FILES, BACKUP_DB, BACKUP_FULL };
enum backup_sound { BACKUP_UNCHECKED, BACKUP_SOUND, BACKUP_DAMAGED };

/* What an entry of a files backup is to a restore. */
enum backup_role {
    BACKUP_ENTRY,     /* a file of the store */
    BACKUP_DUMP,      /* a dump of its database */
    BACKUP_CONFIG,    /* the configuration that names the database: comes back only where there is none */
    BACKUP_LEAVE      /* not to be restored: caches, the backups themselves */
};

/* A table of a dump. */
struct backup_table {
    const char *name;
    const char *const *columns; /* as its rows name them */
    size_t n;                   /* 0: they name none, or there is no row */
    uint64_t rows;
};

/* One file of a backup. */
struct backup_part {
    const char *path; /* as it can be opened */
    bool is_dump;     /* SQL, plain or compressed; else an archive or a directory tree */
    uint64_t size;
};

struct backup {
    const char *path; /* what the user would write: below the store relative to it, else absolute */
    enum backup_kind kind;
    VEC(struct backup_part) parts; /* in the order they are read */
    const char *version;  /* of the store inside, as its files say; NULL: not known */
    const char *from;     /* of the upgrade it was made for, as its name says; may be NULL */
    const char *to;
    const char *taken;    /* "YYYY-MM-DD HH:MM:SS", by its name or else by its time; never NULL after listing */
    bool taken_by_name;
    uint64_t size;        /* bytes on disk, all parts */
    enum backup_sound sound;
    VEC(const char *) problems;
    bool recommended;
    const char *why;      /* why it is the clean one, or why not; may be NULL */
    /* What reading it to its end found. */
    uint64_t files, file_bytes;
    size_t tables;
    uint64_t rows;
    const char *writer;   /* of the dump; NULL when there is none */
    bool partial;         /* it holds what one upgrade touched, so what it lacks says nothing */
    bool rows_alone;      /* the dump makes no table: told by its first bytes, and for certain once it was read */
    bool four_byte;       /* it holds characters of four bytes */
    const char *root;     /* the directory inside the archive that is the store's root, "" mostly */
    VEC(const char *) table_names; /* tables of the dump */
    VEC(struct backup_table) dumped; /* the same, with more */
    const char *last_table; /* of the dump, views apart; NULL: none */
    uint64_t last_rows;     /* in that one */
};

struct backup_list {
    struct arena mem;
    VEC(struct backup *) all; /* newest first once sorted */
};

/* What a name says; members may stay NULL. Texts go into mem. */
struct backup_hint {
    const char *from;
    const char *to;
    const char *version;
    const char *taken;
    bool partial; /* the folder is a tree of the store's files, though not of all */
    /* Where one backup lies in several places; both are names in the folder that this one lies in, should they be there. */
    const char *whole;  /* what stands for all of it and is shown instead; "." is that folder itself; NULL: this one does */
    const char *beside; /* what belongs to it as well; NULL: nothing */
};

/* Something wrong with a backup as a whole. damage: it must not be restored as it is. text is copied. */
typedef void backup_fault(void *arg, bool damage, const char *text);

/* One file or folder that may be a backup: below the store, or absolute where the store keeps its backups outside of itself. */
typedef int backup_found(void *arg, const char *rel, struct err *e);

void backup_list_free(struct backup_list *l);
const char *backup_kind_name(enum backup_kind k); /* "files", "db", "full" */

#endif
