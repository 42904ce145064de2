#include "platform/aside_area.h"

#include "base/str.h"
#include "sys/stage.h"

#include <fcntl.h>
#include <string.h>

/* A path of Linux is shorter. */
#define ROOT_MAX ((size_t)4096)

static int write_note(const struct tree *undo, const char *root, struct err *e)
{
    int fd = tree_open_file(undo, STAGE_ASIDE_ROOT, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600, e);
    int rc = 0;

    if (fd < 0)
        return -1;
    if (tree_write_full(undo, fd, root, strlen(root)) < 0 || undo->ops->fsync(fd) < 0 || undo->ops->fsync(undo->fd) < 0)
        rc = tree_fail(undo, STAGE_ASIDE_ROOT, "write", e);
    undo->ops->close(fd);
    return rc;
}

static int read_note(const struct tree *undo, struct buf *root, struct err *e)
{
    if (tree_read(undo, STAGE_ASIDE_ROOT, ROOT_MAX, root, e) < 0)
        return -1;
    if (root->n > 0 && root->p[0] == '/')
        return 0;
    return err_set(e, ERR_FORMAT, "%s/" STAGE_ASIDE_ROOT " is damaged: it names no folder", undo->path);
}

int aside_area_open(const struct tree *undo, const char *root, struct tree *area, struct err *e)
{
    struct buf old = {0};
    int rc = 0;

    if (!tree_exists(undo, STAGE_ASIDE)) {
        /* A note without the folder is one of a run that was killed in between. */
        rc = write_note(undo, root, e);
        if (rc == 0)
            rc = tree_mkdirs(undo, STAGE_ASIDE, NULL, NULL, e);
    } else {
        rc = read_note(undo, &old, e);
        if (rc == 0 && !str_is(buf_str(&old), root))
            rc = err_set(e, ERR_REFUSED, "the case keeps files of %s, and the storage is %s now", buf_cstr(&old), root);
    }
    buf_free(&old);
    return rc < 0 ? -1 : tree_open_sub(area, undo, STAGE_ASIDE, e);
}

int aside_area_find(const struct tree *undo, struct tree *area, struct buf *root, struct err *e)
{
    if (!tree_exists(undo, STAGE_ASIDE))
        return 0;
    if (read_note(undo, root, e) < 0 || tree_open_sub(area, undo, STAGE_ASIDE, e) < 0)
        return -1;
    return 1;
}
