/*
 * Going back is one more stage, without an undo directory: created files are deleted, made directories
 * removed, removed ones made, and the kept files put back as copies, so that the originals stay what they are
 * however often this is begun. Of the modes of one path the oldest line of the list holds.
 */
#include "base/str.h"
#include "sys/stage_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct undoing {
    const struct tree *undo;
    const struct tree *live;
    struct stage stage;
    bool dirs_only; /* modes of directories alone */
    bool modes;     /* some were changed */
};

static int delete_created(void *arg, struct str head, const char *path, struct err *e)
{
    struct undoing *u = arg;
    struct stat st;

    (void)head;
    /* An original kept as well was deleted, came back as a new file, and has its copy. */
    if (tree_stat(u->undo, path, &st, e) == 0 && S_ISREG(st.st_mode))
        return 0;
    err_clear(e);
    return stage_delete(&u->stage, path, false, e);
}

static int unmake_dir(struct undoing *u, const char *path, struct err *e)
{
    struct stat st;

    if (tree_stat(u->live, path, &st, e) != 0) {
        if (e->kind != ERR_ABSENT)
            return -1;
        err_clear(e);
        return 0;
    }
    if (!S_ISDIR(st.st_mode) || tree_remove(u->live, path, e) == 0)
        return 0;
    /* The shop has put something there since. */
    if (e->sys != ENOTEMPTY && e->sys != EEXIST)
        return -1;
    err_clear(e);
    return 0;
}

/* "755" */
static bool read_mode(struct str octal, mode_t *mode)
{
    size_t i;

    *mode = 0;
    for (i = 0; i < octal.n && i < 4 && octal.p[i] >= '0' && octal.p[i] <= '7'; i++)
        *mode = *mode * 8 + (mode_t)(octal.p[i] - '0');
    return i > 0 && i == octal.n;
}

static int damaged(const struct undoing *u, const char *list, const char *path, struct err *e)
{
    return err_set(e, ERR_FORMAT, "%s/%s: a line on \"%s\" is damaged", u->undo->path, list, path);
}

static int remake_dir(struct undoing *u, struct str head, const char *path, struct err *e)
{
    const struct fsops *ops = u->live->ops;
    struct str rest = head;
    uint64_t uid;
    uint64_t gid;
    mode_t mode;
    int fd;
    int r = 0;

    str_cut(rest, ' ', &rest);
    if (!read_mode(str_cut(rest, ' ', &rest), &mode) || !str_u64(str_cut(rest, ' ', &rest), UINT32_MAX, &uid) ||
        !str_u64(str_cut(rest, ' ', &rest), UINT32_MAX, &gid))
        return damaged(u, STAGE_DIRS, path, e);
    if (tree_mkdirs(u->live, path, NULL, NULL, e) != 0)
        return -1;
    fd = tree_open_dir(u->live, path, e);
    if (fd < 0)
        return -1;
    if ((ops->fchown(fd, (uid_t)uid, (gid_t)gid) != 0 && errno != EPERM) || ops->fchmod(fd, mode) != 0)
        r = tree_fail(u->live, path, "set its owner and mode", e);
    ops->close(fd);
    return r;
}

static int undo_dir(void *arg, struct str head, const char *path, struct err *e)
{
    return str_starts(head, STR("+ ")) ? unmake_dir(arg, path, e) : remake_dir(arg, head, path, e);
}

static int put_back(void *arg, const char *rel, const struct stat *st, struct err *e)
{
    struct undoing *u = arg;
    const char *slash = strrchr(rel, '/');
    struct stage_fd from = {u->undo, rel, "read this file", -1};
    struct stage_meta meta = {
        .keep = true,
        .mode = st->st_mode & 07777,
        .uid = st->st_uid,
        .gid = st->st_gid,
        .set_mtime = true,
        .mtime = st->st_mtim,
    };
    struct digest d;
    int r;

    if (!S_ISREG(st->st_mode) || stage_is_own(rel) || stage_is_temp(slash ? slash + 1 : rel))
        return 0;
    if (stage_hash(u->undo, rel, HASH_SHA256, &d, e) != 0)
        return -1;
    from.fd = tree_open_file(u->undo, rel, O_RDONLY | O_NOFOLLOW, 0, e);
    if (from.fd < 0)
        return -1;
    r = stage_put(&u->stage, rel, stage_read_fd, &from, &d, &meta, e);
    u->undo->ops->close(from.fd);
    return r;
}

static int mode_back(void *arg, struct str head, const char *path, struct err *e)
{
    struct undoing *u = arg;
    struct stat now;
    mode_t mode;

    if (!read_mode(str_trim(head), &mode))
        return damaged(u, STAGE_MODES, path, e);
    if (tree_stat(u->live, path, &now, e) != 0) {
        if (e->kind != ERR_ABSENT)
            return -1;
        err_clear(e);
        return 0;
    }
    if (!S_ISDIR(now.st_mode) && (u->dirs_only || !S_ISREG(now.st_mode)))
        return 0;
    if ((now.st_mode & 07777) == mode)
        return 0;
    u->modes = true;
    return stage_set_mode(u->live, path, &now, mode, e);
}

/* Directories first, for what is done in them may need it; all modes behind all else, when there stands what had them. */
static int modes_back(struct undoing *u, bool dirs_only, struct err *e)
{
    u->dirs_only = dirs_only;
    if (stage_list_each(u->undo, STAGE_MODES, 1, true, mode_back, u, e) != 0)
        return -1;
    if (u->modes && u->live->ops->syncfs(u->live->fd) != 0)
        return tree_fail(u->live, "", "sync its file system", e);
    return 0;
}

int stage_undo(const struct tree *undo, const struct tree *live, bool rehash, uint64_t *files, struct err *e)
{
    struct stage_options opt = {.rehash = rehash};
    struct undoing u = {.undo = undo, .live = live};
    int r = -1;

    if (stage_open(&u.stage, live, NULL, &opt, e) != 0)
        return -1;
    if (modes_back(&u, true, e) == 0 && stage_list_each(undo, STAGE_CREATED, 0, true, delete_created, &u, e) == 0 &&
        stage_commit(&u.stage, e) == 0 && stage_sweep(live, "", e) == 0 &&
        stage_list_each(undo, STAGE_DIRS, 4, true, undo_dir, &u, e) == 0 &&
        tree_walk(undo, "", put_back, NULL, &u, e) == 0 && stage_commit(&u.stage, e) == 0 && modes_back(&u, false, e) == 0)
        r = 0;
    if (files != NULL)
        *files = u.stage.files_put + u.stage.files_deleted;
    stage_close(&u.stage);
    return r;
}

struct sweep {
    const struct tree *live;
    dev_t dev;
};

static int sweep_one(void *arg, const char *rel, const struct stat *st, struct err *e)
{
    struct sweep *w = arg;
    const char *slash = strrchr(rel, '/');

    if (stage_is_temp(slash ? slash + 1 : rel)) {
        if (tree_remove(w->live, rel, e) != 0 && e->sys != ENOTEMPTY && e->sys != EEXIST)
            return -1;
        err_clear(e);
        return TREE_SKIP;
    }
    return S_ISDIR(st->st_mode) && st->st_dev != w->dev ? TREE_SKIP : 0;
}

/* Where we may not read we have not written. */
static int sweep_fault(void *arg, const char *rel, const struct err *why)
{
    (void)arg, (void)rel;
    return why->sys == EACCES ? 0 : -1;
}

int stage_sweep(const struct tree *live, const char *rel, struct err *e)
{
    struct sweep w = {.live = live};
    struct stat st;

    if (live->ops->fstat(live->fd, &st) != 0)
        return tree_fail(live, "", "look at it", e);
    w.dev = st.st_dev;
    return tree_walk(live, rel, sweep_one, sweep_fault, &w, e);
}
