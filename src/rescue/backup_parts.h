/* What the files that read backups share; nobody else includes this. */
#ifndef RESCUE_BACKUP_PARTS_H
#define RESCUE_BACKUP_PARTS_H

#include "rescue/backup.h"
#include "sys/archive.h"

/* Names of the parts of a snapshot of ours. */
#define BACKUP_MANIFEST "MANIFEST"

/* True for "x.sql", "x.sql.gz", "x.sql.bz2" in any case of letters. */
bool backup_is_sql_name(struct str path);

/* True when these first bytes are the beginning of SQL of one of the writers. */
bool backup_is_sql(struct str head);

/* Compares names so that "part_2" stands before "part_10". */
int backup_name_cmp(const char *a, const char *b);

/* Opens a part for reading, whatever it is. */
int backup_open_part(const struct store *s, const char *path, struct stat *st, struct err *e);

/*
 * Which directory inside an archive or a tree is the root of the store: that in front of the files that tell the version, or
 * in front of names that the live store has at its top. Fed with some paths, asked at the end.
 */
#define BACKUP_ROOTS 24
struct backup_root {
    const struct store *s;
    struct arena mem;
    VEC(const char *) top; /* of the live store */
    size_t n;
    struct {
        const char *prefix; /* "" or "public_html" */
        unsigned votes;
    } all[BACKUP_ROOTS];
};
void backup_root_init(struct backup_root *r, const struct store *s);
void backup_root_see(struct backup_root *r, struct str path);
/* The root, valid until it is freed. */
const char *backup_root_best(const struct backup_root *r);
void backup_root_free(struct backup_root *r);

/* The list of an unpacked tree, made when it is opened. */
struct backup_tree_item {
    const char *path;
    bool is_dir;
    uint64_t size;
    mode_t mode;
    struct timespec mtime;
};
struct backup_tree {
    struct tree t;
    struct arena mem;
    VEC(struct backup_tree_item) all;
    size_t next;
    int fd; /* of the present file, -1 */
    uint64_t bytes; /* of all files */
};
int backup_tree_open(struct backup_tree *t, const struct fsops *ops, const char *path,
                     void (*refused)(void *, const char *, const char *), void *arg, struct err *e);
void backup_tree_close(struct backup_tree *t);

/* The name of an entry as it stands in its archive, root and all; valid until the next entry. */
const char *backup_reader_raw(const struct backup_reader *r);
/* The root of the present part. */
const char *backup_reader_root(const struct backup_reader *r);

#endif
