/*
 * Replacing, adding and deleting files of a live tree so that a kill at any instant leaves each file whole:
 * old or new.
 *
 * stage_put writes the new bytes beside the target, under a name made of path and expected content, and
 * checks them. stage_commit then makes the batch happen: old files are kept below the undo directory (hard
 * link, or a copy where links are impossible), all is synced, the new files are renamed into place, deleted
 * files go, all is synced again and looked at again. Running the same puts and deletes after a kill finishes
 * what was begun; stage_undo brings back the side before the first of them.
 *
 * What is in the undo directory is the original and is never replaced. Besides the old files it holds
 * ".created" (files that were not there before, one escaped path a line), ".dirs" ("+ path" for a
 * directory made, "- mode uid gid path" for one removed) and ".modes" ("mode path" for a mode changed in place);
 * all are written and synced before the change they tell of.
 */
#ifndef SYS_STAGE_H
#define SYS_STAGE_H

#include "base/mem.h"
#include "sys/hash.h"
#include "sys/tree_parent.h"

#include <stdbool.h>
#include <sys/types.h>

/* A batch is committed when it has so many files or bytes: the disk then holds old and new of that much. */
#define STAGE_FILES_MAX 4000
#define STAGE_BYTES_MAX (UINT64_C(512) << 20)

#define STAGE_CREATED ".created"
#define STAGE_DIRS    ".dirs"
#define STAGE_MODES   ".modes"
/* A folder in the undo directory for what a caller keeps there besides; it is no business of stage_undo. */
#define STAGE_LOGS    ".logs"
/* The same for an undo directory within, of a second tree, and the note of where that tree is (platform/aside_area.h). */
#define STAGE_ASIDE      ".aside"
#define STAGE_ASIDE_ROOT ".aside.root"

enum stage_change { STAGE_ADDED, STAGE_REPLACED, STAGE_DELETED, STAGE_DIR_MADE, STAGE_DIR_REMOVED };

struct stage_options {
    bool rehash; /* after a commit every file is read again, not only looked at */
    bool hold;   /* a full batch is not committed by itself: the caller's stage_commit is the first change */
    /* Told of every change once it is made (may be NULL). */
    void (*changed)(void *arg, enum stage_change what, const char *rel);
    void *arg;
};

/* How the new file shall be; NULL where a pointer to it is asked for means all zero. */
struct stage_meta {
    bool keep;             /* take mode, owner and mtime from here instead of the replaced file */
    mode_t mode;           /* with keep */
    uid_t uid;             /* with keep */
    gid_t gid;             /* with keep */
    bool set_mtime;        /* else the time is now, so that caches notice the change */
    struct timespec mtime; /* with set_mtime */
};

struct stage_list {
    const char *name; /* NULL: closed */
    int fd;
    off_t size; /* up to the last whole line */
    bool torn;  /* something stands behind it */
};

struct stage_entry;
struct stage {
    const struct tree *live;
    const struct tree *undo; /* NULL: nothing is kept */
    struct stage_options opt;
    VEC(struct stage_entry) batch;
    VEC(char *) created; /* what .created holds, sorted up to created_sorted */
    size_t created_sorted;
    VEC(char *) new_dirs; /* made for this batch */
    uint64_t batch_bytes;
    struct stage_list created_list;
    struct stage_list dirs_list;
    struct stage_list modes_list; /* opened by the first stage_chmod */
    bool undo_elsewhere; /* the undo directory is on another file system */
    uint32_t *slots;     /* index of the batch by path */
    size_t slots_n;
    struct tree_parent at;      /* directories of the live tree and of undo that are open */
    struct tree_parent kept_at;
    char *piece;
    char *compare_room; /* taken when first needed */
    /* For the caller: what was done since stage_open. */
    uint64_t files_same, files_put, files_deleted, bytes_put;
    uint64_t owner_lost;     /* files whose owner could not be kept */
    char owner_lost_at[256]; /* the first of them */
};

/* Both trees stay the caller's and must outlive the stage. undo may be NULL. */
int stage_open(struct stage *s, const struct tree *live, const struct tree *undo,
               const struct stage_options *opt, struct err *e);

/* Removes what was not committed and frees all. A zeroed stage may be closed. */
void stage_close(struct stage *s);

/* Gives up to n bytes of the new file: the count, 0 at its end, -1 with e set. */
typedef ssize_t stage_read(void *arg, void *p, size_t n, struct err *e);

/*
 * Puts a file into the batch; a full batch is committed first. Directories above it are made. A live file that holds
 * the new bytes already is left alone (files_same): where expected is given it is asked for its digest, and nothing
 * is read; where it is NULL the new bytes are compared as they are read, and written from the first difference on.
 * A path that is in the batch already is put again: the last one counts.
 * ERR_MISMATCH, naming both digests: the bytes are not the expected ones. ERR_REFUSED: the target is a link,
 * a directory or otherwise no plain file. After an error the batch is as before the call.
 */
int stage_put(struct stage *s, const char *rel, stage_read *read, void *arg, const struct digest *expected,
              const struct stage_meta *meta, struct err *e);
int stage_put_bytes(struct stage *s, const char *rel, struct str bytes, const struct stage_meta *meta,
                    struct err *e);
int stage_put_fd(struct stage *s, const char *rel, int fd, const struct digest *expected,
                 const struct stage_meta *meta, struct err *e);

/* Puts the deletion of a file into the batch. With prune, directories above that become empty go as well.
 * A file that is not there is fine. */
int stage_delete(struct stage *s, const char *rel, bool prune, struct err *e);

/* Puts a file into the batch that somebody else is going to change, make or remove: its present state is kept, or that it is not there.
 * in_place: that one may write into it, so that a copy has to be kept. Nothing is changed, and undo brings that state back.
 * Without an undo directory nothing is done. */
int stage_keep(struct stage *s, const char *rel, bool in_place, struct err *e);

/* Changes the mode of a file or directory where it stands, "" being the root; undo gives it back. Done at once, behind what is in the
 * batch. ERR_ABSENT: nothing is there; ERR_REFUSED: a link, or otherwise no file and no directory. */
int stage_chmod(struct stage *s, const char *rel, mode_t mode, struct err *e);

/* Carries out the batch. After an error each file is old or new, and the same puts and commit may be repeated. */
int stage_commit(struct stage *s, struct err *e);

/* Forgets the batch: temporary files and directories made for it are removed. */
void stage_abort(struct stage *s);

/* ERR_REFUSED, with numbers, unless so many bytes in so many files fit into the live tree (with reserve), and,
 * where undo copies can't be links, the replaced bytes beside them. */
int stage_need(const struct stage *s, uint64_t new_bytes, uint64_t old_bytes, uint64_t files, struct err *e);

/*
 * Brings live back to the side before the first change kept in undo, which stays as it is; may be repeated
 * after a kill. Temporary files of dead runs are swept away. rehash as in the options. *files (may be NULL) counts
 * files brought back and removed.
 */
int stage_undo(const struct tree *undo, const struct tree *live, bool rehash, uint64_t *files, struct err *e);

/* Whether a path of the undo directory is no original, but one of its lists or kept besides. */
bool stage_is_own(const char *rel);

/* Whether a name is that of a temporary file or directory of a stage. */
bool stage_is_temp(const char *name);

/* Removes temporary files of dead runs below rel. */
int stage_sweep(const struct tree *live, const char *rel, struct err *e);

#endif
