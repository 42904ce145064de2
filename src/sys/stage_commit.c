/*
 * One batch in four passes: originals kept, all synced, files exchanged, all synced and looked at again.
 * The first pass changes nothing live; the third changes file by file, each by one rename or unlink.
 */
#include "base/str.h"
#include "sys/stage_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Nothing is left to do for it. */
static bool is_settled(const struct stage_entry *b)
{
    return b->done || b->dropped;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void stage_sort_created(struct stage *s)
{
    if (s->created_sorted < s->created.n)
        qsort(s->created.v, s->created.n, sizeof *s->created.v, by_text);
    s->created_sorted = s->created.n;
}

bool stage_is_created(const struct stage *s, const char *rel)
{
    return s->created_sorted > 0 &&
           bsearch(&rel, s->created.v, s->created_sorted, sizeof *s->created.v, by_text) != NULL;
}

/* Mode, owner and time of an open file. An owner that can't be given is counted, not an error: without root
 * the new file is ours, as one written by PHP would be. */
static int set_meta(struct stage *s, const struct tree *t, int fd, const char *rel,
                    const struct stage_meta *m, struct err *e)
{
    const struct fsops *ops = t->ops;
    struct timespec times[2] = {{.tv_nsec = UTIME_NOW}, {.tv_nsec = UTIME_NOW}};
    struct stat now;

    if (ops->fstat(fd, &now) != 0)
        return tree_fail(t, rel, "look at the file that is to stand here", e);
    if ((now.st_uid != m->uid || now.st_gid != m->gid) && ops->fchown(fd, m->uid, m->gid) != 0) {
        if (errno != EPERM)
            return tree_fail(t, rel, "set its owner", e);
        if (s->owner_lost++ == 0)
            strncat(s->owner_lost_at, rel, sizeof s->owner_lost_at - 1);
    }
    if (ops->fchmod(fd, m->mode) != 0)
        return tree_fail(t, rel, "set its mode", e);
    if (m->set_mtime)
        times[1] = m->mtime;
    if (ops->futimens(fd, times) != 0)
        return tree_fail(t, rel, "set its time", e);
    return 0;
}

/* A copy of the live file under its place in the undo directory, for where a link can't be made. Synced at
 * once: under its final name it counts as the whole original. */
static int copy_original(struct stage *s, const struct stage_entry *b, int dir, const char *base,
                         struct err *e)
{
    const struct fsops *ops = s->undo->ops;
    struct stage_fd from = {s->live, b->rel, "read this file", -1};
    struct stage_meta meta = {.keep = true, .set_mtime = true};
    struct digest d = {.alg = HASH_MD5};
    char temp[STAGE_TEMP_ROOM];
    struct stat st;
    uint64_t bytes;
    int to = -1;
    int r = -1;

    stage_temp_name(b->rel, NULL, temp);
    from.fd = tree_open_file(s->live, b->rel, O_RDONLY | O_NOFOLLOW, 0, e);
    if (from.fd < 0)
        return -1;
    to = ops->openat(dir, temp, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (to < 0 || ops->fstat(from.fd, &st) != 0) {
        tree_fail(s->undo, b->rel, "keep the present file here", e);
        goto done;
    }
    meta.mode = st.st_mode & 07777;
    meta.uid = st.st_uid;
    meta.gid = st.st_gid;
    meta.mtime = st.st_mtim;
    if (stage_copy(s, s->undo, to, b->rel, stage_read_fd, &from, &bytes, &d, e) != 0 ||
        set_meta(s, s->undo, to, b->rel, &meta, e) != 0)
        goto done;
    if (ops->fsync(to) != 0 || ops->renameat(dir, temp, dir, base) != 0) {
        tree_fail(s->undo, b->rel, "keep the present file here", e);
        goto done;
    }
    r = 0;
done:
    if (to >= 0)
        ops->close(to);
    if (r != 0 && to >= 0)
        ops->unlinkat(dir, temp, 0);
    s->live->ops->close(from.fd);
    return r;
}

static bool link_impossible(int sys)
{
    return sys == EXDEV || sys == EPERM || sys == EMLINK || sys == EOPNOTSUPP || sys == ENOSYS ||
           sys == EACCES;
}

/* The directory of the undo directory that keeps the original of rel; made where it is not there. */
static const struct tree *undo_dir(struct stage *s, const char *rel, const char **base, struct err *e)
{
    const struct tree *dir = tree_parent(&s->kept_at, s->undo, rel, base, e);
    char *above;
    int r;

    if (dir != NULL || e->kind != ERR_ABSENT)
        return dir;
    above = stage_dirname(rel);
    r = tree_mkdirs(s->undo, above, NULL, NULL, e);
    free(above);
    return r == 0 ? tree_parent(&s->kept_at, s->undo, rel, base, e) : NULL;
}

/* The live file of b is there and has no original kept: keeps it. */
static int keep_original(struct stage *s, const struct stage_entry *b, const struct tree *dir, const char *base,
                         struct err *e)
{
    const char *undo_base;
    const struct tree *undo = undo_dir(s, b->rel, &undo_base, e);

    if (undo == NULL)
        return -1;
    if (!b->by_copy) {
        if (dir->ops->linkat(dir->fd, base, undo->fd, undo_base, 0) == 0)
            return 0;
        if (!link_impossible(errno))
            return tree_fail(s->undo, b->rel, "keep the present file here", e);
    }
    return copy_original(s, b, undo->fd, undo_base, e);
}

/* 1: the original of rel is kept already, 0: not, -1. */
static int original_kept(struct stage *s, const char *rel, struct err *e)
{
    struct stat st;

    if (stage_is_created(s, rel))
        return 1;
    if (tree_parent_stat(&s->kept_at, s->undo, rel, &st, e) == 0)
        return S_ISREG(st.st_mode);
    if (e->kind != ERR_ABSENT)
        return -1;
    err_clear(e);
    return 0;
}

/* Whether a directory that could not be opened simply isn't there any more. */
static bool gone(const struct err *e)
{
    return e->kind == ERR_ABSENT || e->sys == ENOTDIR;
}

static int note_created(struct stage *s, const struct stage_entry *b, struct err *e)
{
    if (stage_list_add(s->undo, &s->created_list, "", b->rel, e) != 0)
        return -1;
    *vec_push(&s->created) = mem_strdup(b->rel);
    return 0;
}

static int first_pass_entry(struct stage *s, struct stage_entry *b, struct err *e)
{
    const struct tree *dir;
    const char *base;
    struct stat st;
    int r = original_kept(s, b->rel, e);

    if (r != 0)
        return r < 0 ? -1 : 0;
    dir = tree_parent(&s->at, s->live, b->rel, &base, e);
    if (dir == NULL) {
        /* Deleted together with its directory by an earlier run, and nothing to keep. */
        if (b->is_delete && gone(e))
            return err_clear(e), 0;
        if (b->is_keep && gone(e))
            return err_clear(e), note_created(s, b, e);
        return -1;
    }
    if (dir->ops->fstatat(dir->fd, base, &st, AT_SYMLINK_NOFOLLOW) == 0) {
        if (S_ISREG(st.st_mode))
            return keep_original(s, b, dir, base, e);
        return err_set(e, ERR_REFUSED, "%s/%s: no longer a regular file", s->live->path, b->rel);
    }
    if (errno != ENOENT)
        return tree_fail(s->live, b->rel, "look at it", e);
    return b->is_delete ? 0 : note_created(s, b, e);
}

static int first_pass(struct stage *s, struct err *e)
{
    size_t i;

    if (s->undo == NULL)
        return 0;
    stage_sort_created(s);
    for (i = 0; i < s->batch.n; i++)
        if (!is_settled(&s->batch.v[i]) && first_pass_entry(s, &s->batch.v[i], e) != 0)
            return -1;
    return 0;
}

static int sync_tree(const struct tree *t, struct err *e)
{
    return t->ops->syncfs(t->fd) == 0 ? 0 : tree_fail(t, "", "sync its file system", e);
}

/* Both sides are on disk. */
static int sync_both(const struct stage *s, struct err *e)
{
    if (s->undo != NULL && s->undo_elsewhere && sync_tree(s->undo, e) != 0)
        return -1;
    return sync_tree(s->live, e);
}

static void tell(const struct stage *s, enum stage_change what, const char *rel)
{
    if (s->opt.changed != NULL)
        s->opt.changed(s->opt.arg, what, rel);
}

/* How the new file is to be: as the one it replaces, or as its directory has it. */
static struct stage_meta wanted_meta(const struct stage_entry *b, const struct stat *old,
                                     const struct stat *above)
{
    struct stage_meta m = b->meta;

    if (m.keep)
        return m;
    m.uid = old ? old->st_uid : above->st_uid;
    m.gid = old ? old->st_gid : above->st_gid;
    /* No file of a store has to run as its owner; a directory's mode without x is what a file in it has. */
    m.mode = old ? old->st_mode & 0777 : above->st_mode & 0666;
    return m;
}

static int exchange(struct stage *s, struct stage_entry *b, const struct tree *dir, const char *base, struct err *e)
{
    const struct fsops *ops = dir->ops;
    struct stage_meta m;
    struct stat above;
    struct stat old;
    bool there = ops->fstatat(dir->fd, base, &old, AT_SYMLINK_NOFOLLOW) == 0;
    int fd;
    int r;

    if (!there && errno != ENOENT)
        return tree_fail(s->live, b->rel, "look at it", e);
    if (there && !S_ISREG(old.st_mode))
        return err_set(e, ERR_REFUSED, "%s/%s: no longer a regular file", s->live->path, b->rel);
    if (ops->fstat(dir->fd, &above) != 0)
        return tree_fail(s->live, b->rel, "look at the directory above it", e);
    m = wanted_meta(b, there ? &old : NULL, &above);
    fd = ops->openat(dir->fd, b->temp, O_RDONLY | O_NOFOLLOW | O_CLOEXEC, 0);
    if (fd < 0)
        return tree_fail(s->live, b->rel, "open the file that is to stand here", e);
    r = set_meta(s, s->live, fd, b->rel, &m, e);
    ops->close(fd);
    if (r != 0)
        return -1;
    if (ops->renameat(dir->fd, b->temp, dir->fd, base) != 0)
        return tree_fail(s->live, b->rel, "put the new file into its place", e);
    b->done = true;
    b->added = !there;
    s->files_put++;
    s->bytes_put += b->size;
    tell(s, there ? STAGE_REPLACED : STAGE_ADDED, b->rel);
    return 0;
}

static int third_pass_entry(struct stage *s, struct stage_entry *b, struct err *e)
{
    const char *base;
    const struct tree *dir = tree_parent(&s->at, s->live, b->rel, &base, e);

    if (dir == NULL) {
        if (!b->is_delete || !gone(e))
            return -1;
        err_clear(e);
        b->done = true;
        return 0;
    }
    if (!b->is_delete)
        return exchange(s, b, dir, base, e);
    if (dir->ops->unlinkat(dir->fd, base, 0) == 0) {
        s->files_deleted++;
        tell(s, STAGE_DELETED, b->rel);
    } else if (errno != ENOENT) {
        return tree_fail(s->live, b->rel, "delete it", e);
    }
    b->done = true;
    return 0;
}

static int not_empty(void *arg, const char *name, unsigned char type, struct err *e)
{
    (void)arg, (void)name, (void)type, (void)e;
    return 1;
}

/* Removes dir when it is empty: 1 when it is gone, 0 when it stays, -1. */
static int prune_one(struct stage *s, const char *dir, struct err *e)
{
    char head[64];
    struct stat st;
    int r;

    if (tree_stat(s->live, dir, &st, e) != 0)
        return e->kind == ERR_ABSENT ? (err_clear(e), 1) : -1;
    if (!S_ISDIR(st.st_mode))
        return 0;
    r = tree_list(s->live, dir, not_empty, NULL, e);
    if (r != 0)
        return r < 0 ? -1 : 0;
    if (s->undo != NULL) {
        snprintf(head, sizeof head, "- %o %lu %lu ", (unsigned)(st.st_mode & 07777), (unsigned long)st.st_uid,
                 (unsigned long)st.st_gid);
        if (stage_list_add(s->undo, &s->dirs_list, head, dir, e) != 0 ||
            stage_list_sync(s->undo, &s->dirs_list, e) != 0)
            return -1;
    }
    if (tree_remove(s->live, dir, e) != 0) {
        /* Something was put there meanwhile. */
        if (e->sys != ENOTEMPTY && e->sys != EEXIST)
            return -1;
        err_clear(e);
        return 0;
    }
    tell(s, STAGE_DIR_REMOVED, dir);
    return 1;
}

/* Whether the entry behind i deletes in the same directory, which is then looked at once, there. */
static bool next_is_beside(const struct stage *s, size_t i)
{
    const struct stage_entry *b = &s->batch.v[i];
    const char *a_end = strrchr(b->rel, '/');
    size_t n = a_end ? (size_t)(a_end - b->rel) + 1 : 0;

    return i + 1 < s->batch.n && b[1].is_delete && b[1].prune && strncmp(b->rel, b[1].rel, n) == 0 &&
           strchr(b[1].rel + n, '/') == NULL;
}

/* Removes directories that deletions have emptied, and those above as they become empty; the root never
 * goes. */
static int prune(struct stage *s, struct err *e)
{
    size_t i;
    int r = 0;

    for (i = 0; r == 0 && i < s->batch.n; i++) {
        const struct stage_entry *b = &s->batch.v[i];
        char *dir;

        if (b->dropped || !b->is_delete || !b->prune || next_is_beside(s, i))
            continue;
        dir = stage_dirname(b->rel);
        while (dir[0] != '\0' && (r = prune_one(s, dir, e)) > 0) {
            char *up = stage_dirname(dir);

            free(dir);
            dir = up;
        }
        r = r < 0 ? -1 : 0;
        free(dir);
    }
    return r;
}

/* What was written is read again. */
static int check(struct stage *s, const struct stage_entry *b, struct err *e)
{
    const struct tree *dir;
    const char *base;
    struct digest d;
    struct stat st;
    int r = tree_parent_stat(&s->at, s->live, b->rel, &st, e);

    if (b->is_delete) {
        if (r == 0)
            return err_set(e, ERR_MISMATCH, "%s/%s: was deleted and is there again", s->live->path, b->rel);
        if (e->kind != ERR_ABSENT)
            return -1;
        err_clear(e);
        return 0;
    }
    if (r != 0)
        return -1;
    if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size != b->size)
        return err_set(e, ERR_MISMATCH, "%s/%s: %llu bytes were written, %lld are there", s->live->path,
                       b->rel, (unsigned long long)b->size, (long long)st.st_size);
    if (!s->opt.rehash)
        return 0;
    dir = tree_parent(&s->at, s->live, b->rel, &base, e);
    if (dir == NULL || stage_hash(dir, base, b->digest.alg, &d, e) != 0)
        return -1;
    if (!digest_eq(&d, &b->digest))
        return err_set(e, ERR_MISMATCH, "%s/%s: what is read back is not what was written", s->live->path,
                       b->rel);
    return 0;
}

int stage_commit(struct stage *s, struct err *e)
{
    size_t i;

    if (s->batch.n == 0) {
        stage_clear(s);
        return 0;
    }
    stage_forget_dirs(s);
    if (first_pass(s, e) != 0 || sync_both(s, e) != 0)
        return -1;
    stage_forget_dirs(s);
    for (i = 0; i < s->new_dirs.n; i++)
        tell(s, STAGE_DIR_MADE, s->new_dirs.v[i]);
    for (i = 0; i < s->batch.n; i++)
        if (!is_settled(&s->batch.v[i]) && !s->batch.v[i].is_keep && third_pass_entry(s, &s->batch.v[i], e) != 0)
            return -1;
    stage_forget_dirs(s);
    if (prune(s, e) != 0 || sync_tree(s->live, e) != 0)
        return -1;
    for (i = 0; i < s->batch.n; i++)
        if (!s->batch.v[i].dropped && !s->batch.v[i].is_keep && check(s, &s->batch.v[i], e) != 0)
            return -1;
    stage_clear(s);
    return 0;
}
