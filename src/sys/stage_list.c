#include "base/buf.h"
#include "base/str.h"
#include "sys/stage_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

/* Lines of a path each; a store of a million new files stays below. */
#define LIST_MAX ((size_t)256 << 20)

bool stage_is_own(const char *rel)
{
    static const char *const files[] = {STAGE_CREATED, STAGE_DIRS, STAGE_MODES, STAGE_ASIDE_ROOT};
    static const char *const folders[] = {STAGE_LOGS, STAGE_ASIDE};

    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (strcmp(rel, files[i]) == 0)
            return true;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        size_t n = strlen(folders[i]);

        if (strncmp(rel, folders[i], n) == 0 && (rel[n] == '\0' || rel[n] == '/'))
            return true;
    }
    return false;
}

int stage_list_open(const struct tree *undo, const char *name, struct stage_list *l, struct err *e)
{
    const struct fsops *ops = undo->ops;
    struct buf all = {0};
    int fd = tree_open_file(undo, name, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW, 0600, e);

    if (fd < 0)
        return -1;
    if (tree_read(undo, name, LIST_MAX, &all, e) != 0) {
        buf_free(&all);
        ops->close(fd);
        return -1;
    }
    while (all.n > 0 && all.p[all.n - 1] != '\n')
        all.n--;
    *l = (struct stage_list){.name = name, .fd = fd, .size = (off_t)all.n, .torn = true};
    buf_free(&all);
    return 0;
}

void stage_list_close(const struct tree *undo, struct stage_list *l)
{
    if (l->name != NULL)
        undo->ops->close(l->fd);
    l->name = NULL;
}

int stage_list_add(const struct tree *undo, struct stage_list *l, const char *head, const char *path,
                   struct err *e)
{
    struct buf line = {0};
    int r = 0;

    buf_adds(&line, head);
    for (; *path != '\0'; path++) {
        if (*path == '\n')
            buf_adds(&line, "\\n");
        else if (*path == '\\')
            buf_adds(&line, "\\\\");
        else
            buf_addc(&line, *path);
    }
    buf_addc(&line, '\n');
    if (l->torn && undo->ops->ftruncate(l->fd, l->size) != 0) {
        r = tree_fail(undo, l->name, "cut it", e);
    } else if (tree_write_full(undo, l->fd, line.p, line.n) != 0) {
        l->torn = true;
        r = tree_fail(undo, l->name, "write to it", e);
    } else {
        l->torn = false;
        l->size += (off_t)line.n;
    }
    buf_free(&line);
    return r;
}

int stage_list_sync(const struct tree *undo, struct stage_list *l, struct err *e)
{
    return undo->ops->fsync(l->fd) == 0 ? 0 : tree_fail(undo, l->name, "sync it", e);
}

static bool unescape(struct str line, struct buf *out)
{
    size_t i;

    buf_reset(out);
    for (i = 0; i < line.n; i++) {
        char c = line.p[i];

        if (c == '\\') {
            if (++i == line.n || (line.p[i] != 'n' && line.p[i] != '\\'))
                return false;
            c = line.p[i] == 'n' ? '\n' : '\\';
        }
        buf_addc(out, c);
    }
    return str_is_safe_path(buf_str(out));
}

static int one_line(const struct tree *undo, const char *name, size_t number, struct str line, size_t heads,
                    stage_line *each, void *arg, struct err *e)
{
    struct buf path = {0};
    struct str rest = line;
    size_t i;
    int r;

    for (i = 0; i < heads && rest.p != NULL; i++)
        str_cut(rest, ' ', &rest);
    /* Written as "head... path"; a removed directory's line has three words more than a made one's. */
    if (heads > 0 && str_starts(line, STR("+ ")))
        rest = str_sub(line, 2, line.n);
    if (rest.p != NULL && str_is(rest, STAGE_ROOT) && strcmp(name, STAGE_MODES) == 0)
        r = each(arg, str_sub(line, 0, (size_t)(rest.p - line.p)), "", e);
    else if (rest.p == NULL || !unescape(rest, &path))
        r = err_set(e, ERR_FORMAT, "%s/%s: line %zu is damaged", undo->path, name, number);
    else
        r = each(arg, str_sub(line, 0, (size_t)(rest.p - line.p)), buf_cstr(&path), e);
    buf_free(&path);
    return r;
}

int stage_list_each(const struct tree *undo, const char *name, size_t heads, bool backwards, stage_line *each,
                    void *arg, struct err *e)
{
    struct buf all = {0};
    VEC(struct str) lines = {0};
    struct str rest;
    size_t i;
    int r = 0;

    if (tree_read(undo, name, LIST_MAX, &all, e) != 0) {
        buf_free(&all);
        if (e->kind != ERR_ABSENT)
            return -1;
        err_clear(e);
        return 0;
    }
    while (all.n > 0 && all.p[all.n - 1] != '\n')
        all.n--;
    rest = buf_str(&all);
    while (rest.n > 0)
        *vec_push(&lines) = str_cut(rest, '\n', &rest);
    for (i = 0; r == 0 && i < lines.n; i++) {
        size_t at = backwards ? lines.n - 1 - i : i;

        r = one_line(undo, name, at + 1, lines.v[at], heads, each, arg, e);
    }
    free(lines.v);
    buf_free(&all);
    return r;
}
