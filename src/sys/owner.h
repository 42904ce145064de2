/*
 * Whose store it is: the account that PHP runs as, and what that account may write.
 *
 * Accounts are numbers. /etc/passwd and /etc/group are read directly, without the name service, so that a
 * static binary gives the same answer everywhere; an account that stands in neither has no name, no home and
 * no further groups.
 */
#ifndef SYS_OWNER_H
#define SYS_OWNER_H

#include "base/err.h"
#include "sys/tree.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Further groups beyond this are left out; hosting accounts have a handful. */
#define OWNER_GROUPS_MAX 64

struct owner {
    uid_t uid;
    gid_t gid;
    gid_t groups[OWNER_GROUPS_MAX];
    size_t ngroups;
    char name[64]; /* "" when the account has none */
    char home[256];
};

#define OWNER_PASSWD "/etc/passwd"
#define OWNER_GROUP  "/etc/group"

/* Fills name, home and groups of o->uid and o->gid from the two files. A file that is missing or damaged
 * leaves its fields empty. */
void owner_account(struct owner *o, const char *passwd, const char *group);

/* One place of the store and who owns it. path is set by the caller, the rest by owner_of_tree. */
struct owner_at {
    const char *path;
    bool found;
    uid_t uid;
    gid_t gid;
};

/*
 * The owner of the store: that of the first place in the list that exists and does not belong to root;
 * root when all do. So the list begins with what PHP itself writes ("var/log", "var") and ends with the
 * root of the store (""). *mixed tells that places belong to different accounts. None there: ERR_ABSENT.
 */
int owner_of_tree(const struct tree *t, struct owner_at *at, size_t n, struct owner *o, bool *mixed,
                  struct err *e);

enum owner_deny {
    OWNER_MAY = 0,
    OWNER_NO_ENTRY,      /* a directory on the way may not be entered */
    OWNER_DIR_READONLY,  /* files may not be made or replaced in the directory */
    OWNER_FILE_READONLY, /* the file itself may not be written */
    OWNER_STICKY,        /* sticky directory, and the file belongs to somebody else */
    OWNER_MOUNT,         /* the file system is mounted read-only */
    OWNER_NOT_FILE       /* something else than a regular file or directory bears the name */
};

/* Words for it: "the directory is not writable". */
const char *owner_deny_text(enum owner_deny deny);

/*
 * Whether o may create, write and replace the file (or fill the directory) at path, by mode bits, owner and
 * groups; what does not exist yet is judged by the nearest directory that does. *where (may be NULL) gets
 * the path that stands in the way. Faults other than refusal give -1.
 */
int owner_may_write(const struct tree *t, const struct owner *o, const char *path, enum owner_deny *deny,
                    char where[PATH_MAX], struct err *e);

/* The mode bits alone: may o have all of want (R_OK, W_OK, X_OK together) on something with this stat? */
bool owner_allowed(const struct owner *o, const struct stat *st, int want);

#endif
