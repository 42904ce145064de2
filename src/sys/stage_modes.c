/*
 * Modes changed in place. What brings a mode back is either the original that is kept of a replaced file, or a line of the list: the
 * line is written and synced before the mode is changed, and where several are of one path, the first holds.
 */
#include "sys/stage_parts.h"

#include <fcntl.h>
#include <stdio.h>

/* Whether undo sees to the mode of this file by what is kept already: 1, 0, -1. */
static int is_seen_to(struct stage *s, const char *rel, const struct stat *now, struct err *e)
{
    struct stat kept;

    stage_sort_created(s);
    if (stage_is_created(s, rel))
        return 1;
    if (tree_stat(s->undo, rel, &kept, e) == 0)
        /* An original that is a link to the live file changes with it. */
        return S_ISREG(kept.st_mode) && (kept.st_ino != now->st_ino || kept.st_dev != now->st_dev);
    if (e->kind != ERR_ABSENT)
        return -1;
    err_clear(e);
    return 0;
}

static int note_mode(struct stage *s, const char *rel, const struct stat *now, struct err *e)
{
    char head[16];
    int r = S_ISREG(now->st_mode) ? is_seen_to(s, rel, now, e) : 0;

    if (r != 0)
        return r < 0 ? -1 : 0;
    if (s->modes_list.name == NULL && stage_list_open(s->undo, STAGE_MODES, &s->modes_list, e) != 0)
        return -1;
    snprintf(head, sizeof head, "%o ", (unsigned)(now->st_mode & 07777));
    if (stage_list_add(s->undo, &s->modes_list, head, rel[0] ? rel : STAGE_ROOT, e) != 0)
        return -1;
    return stage_list_sync(s->undo, &s->modes_list, e);
}

int stage_set_mode(const struct tree *live, const char *rel, const struct stat *now, mode_t mode, struct err *e)
{
    int fd = S_ISDIR(now->st_mode) ? tree_open_dir(live, rel, e) : tree_open_file(live, rel, O_RDONLY | O_NOFOLLOW, 0, e);
    int r = 0;

    if (fd < 0)
        return -1;
    if (live->ops->fchmod(fd, mode) != 0)
        r = tree_fail(live, rel, "change the mode", e);
    live->ops->close(fd);
    return r;
}

int stage_chmod(struct stage *s, const char *rel, mode_t mode, struct err *e)
{
    struct stat now;

    /* A file that waits in the batch has no mode of its own before it is in its place. */
    if (s->batch.n > 0 && stage_commit(s, e) != 0)
        return -1;
    if (tree_stat(s->live, rel, &now, e) != 0)
        return -1;
    if (!S_ISREG(now.st_mode) && !S_ISDIR(now.st_mode))
        return err_set(e, ERR_REFUSED, "%s/%s: neither a file nor a directory; its mode is not changed", s->live->path, rel);
    if ((now.st_mode & 07777) == mode)
        return 0;
    if (s->undo != NULL && note_mode(s, rel, &now, e) != 0)
        return -1;
    return stage_set_mode(s->live, rel, &now, mode, e);
}
