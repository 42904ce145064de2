#include "rescue/logs.h"

#include "rescue/undo_parts.h"
#include "sys/hash.h"
#include "sys/stage.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

/* So many bytes before its end tell a log from another one of the same name, such as the one begun after a rotation. */
#define END_MAX ((size_t)4096)
#define PIECE   ((size_t)64 * 1024)

/* One log of the note, written as "SIZE DIGEST PATH" and a NUL. */
struct log {
    uint64_t size;
    char end[HASH_HEX]; /* digest of the last bytes up to size */
    const char *path;
};

struct logs {
    struct tree *tree;
    struct arena mem;
    VEC(const char *) paths;
};

static int take_path(void *arg, const char *rel, struct err *e)
{
    struct logs *l = arg;

    (void)e;
    *vec_push(&l->paths) = arena_strdup(&l->mem, rel);
    return 0;
}

static int list_logs(struct store *s, struct logs *l, struct err *e)
{
    memset(l, 0, sizeof *l);
    l->tree = &s->tree;
    return s->platform->logs(s, take_path, l, e);
}

static void logs_free(struct logs *l)
{
    free(l->paths.v);
    arena_free(&l->mem);
}

static int end_digest(const struct tree *t, int fd, const char *rel, uint64_t size, char hex[HASH_HEX], struct err *e)
{
    size_t want = size < END_MAX ? (size_t)size : END_MAX;
    char bytes[END_MAX];
    struct digest d;
    ssize_t n;

    if (t->ops->lseek(fd, (off_t)(size - want), SEEK_SET) < 0 || (n = tree_read_full(t, fd, bytes, want)) < 0)
        return tree_fail(t, rel, "read", e);
    hash_bytes(HASH_MD5, bytes, (size_t)n, &d);
    digest_hex(&d, hex);
    return 0;
}

/* Size and end of an open log; 0 bytes have an end as well. */
static int measure(const struct tree *t, int fd, const char *rel, uint64_t *size, char hex[HASH_HEX], struct err *e)
{
    struct stat st;

    if (t->ops->fstat(fd, &st) < 0)
        return tree_fail(t, rel, "look at it", e);
    *size = (uint64_t)st.st_size;
    return hex ? end_digest(t, fd, rel, *size, hex, e) : 0;
}

int logs_note(struct store *s, struct case_file *cf, int64_t id, bool db_stays, struct err *e)
{
    struct buf value = {0};
    struct logs l = {0};
    int rc;

    if (s->platform->logs == NULL)
        return 0;
    rc = case_file_noted(cf, id, CASE_STEP, NOTE_LOGS, &value, e);
    if (rc == 0 && list_logs(s, &l, e) < 0)
        rc = -1;
    for (size_t i = 0; rc == 0 && i < l.paths.n; i++) {
        int fd = tree_open_file(&s->tree, l.paths.v[i], O_RDONLY, 0, e);
        char hex[HASH_HEX];
        uint64_t size = 0;

        if (fd < 0) {
            rc = -1;
            break;
        }
        rc = measure(&s->tree, fd, l.paths.v[i], &size, hex, e);
        s->tree.ops->close(fd);
        if (rc == 0) {
            buf_printf(&value, "%llu %s %s", (unsigned long long)size, hex, l.paths.v[i]);
            buf_addc(&value, '\0');
        }
    }
    if (rc == 0)
        rc = case_file_note(cf, id, CASE_STEP, NOTE_LOGS, buf_str(&value), e);
    if (rc >= 0 && db_stays)
        rc = case_file_note(cf, id, CASE_STEP, NOTE_DB_STAYS, STR("y"), e);
    logs_free(&l);
    buf_free(&value);
    return rc < 0 ? -1 : 0;
}

/* 1 found, 0 the case has made it, -1 the note is damaged. */
static int find_log(struct str note, const char *path, struct log *out, struct err *e)
{
    while (note.n > 0) {
        struct str line = str_cut(note, '\0', &note);
        struct str size = str_cut(line, ' ', &line);
        struct str end = str_cut(line, ' ', &line);

        if (!str_u64(size, INT64_MAX, &out->size) || end.n >= sizeof out->end || line.n == 0)
            return err_set(e, ERR_FORMAT, "what the case noted of the store's logs is damaged");
        if (!str_is(line, path))
            continue;
        memcpy(out->end, end.p, end.n);
        out->end[end.n] = '\0';
        out->path = path;
        return 1;
    }
    return 0;
}

/* What stands behind `from` goes to the end of the kept file, synced. *end: how far that went. */
static int keep_tail(const struct tree *live, int fd, const char *rel, uint64_t from, const struct tree *undo, const char *kept,
                     uint64_t *end, struct err *e)
{
    char *piece = NULL;
    ssize_t n = 0;
    int rc = -1;
    int to;

    if (live->ops->lseek(fd, (off_t)from, SEEK_SET) < 0)
        return tree_fail(live, rel, "read", e);
    to = tree_open_file(undo, kept, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0600, e);
    if (to < 0)
        return -1;
    piece = mem_alloc(PIECE);
    *end = from;
    while ((n = tree_read_full(live, fd, piece, PIECE)) > 0) {
        if (tree_write_full(undo, to, piece, (size_t)n) < 0) {
            tree_fail(undo, kept, "write", e);
            goto out;
        }
        *end += (uint64_t)n;
    }
    if (n < 0)
        tree_fail(live, rel, "read", e);
    else if (undo->ops->fsync(to) < 0)
        tree_fail(undo, kept, "sync it", e);
    else
        rc = 0;
out:
    free(piece);
    undo->ops->close(to);
    return rc;
}

static int sync_above(const struct tree *t, const char *rel, struct err *e)
{
    const char *base;
    int dir = tree_open_parent(t, rel, &base, e);
    int rc;

    if (dir < 0)
        return -1;
    rc = t->ops->fsync(dir) < 0 ? tree_fail(t, rel, "sync the folder above it", e) : 0;
    t->ops->close(dir);
    return rc;
}

/* Keeps the tail and cuts it off; with `whole` the log goes altogether. */
static int cut(struct undo *u, const struct tree *undo, int fd, const char *rel, uint64_t at, bool whole, struct err *e)
{
    const struct tree *live = &u->s->tree;
    const char *kept = arena_printf(&u->mem, STAGE_LOGS "/%s", rel);
    const char *slash = strrchr(kept, '/');
    uint64_t now = at;
    uint64_t end = at;

    if (tree_mkdirs(undo, arena_dup(&u->mem, kept, (size_t)(slash - kept)), NULL, NULL, e) < 0)
        return -1;
    /* A store that is in use may write on meanwhile. */
    do {
        if (keep_tail(live, fd, rel, end, undo, kept, &end, e) < 0 || measure(live, fd, rel, &now, NULL, e) < 0)
            return -1;
    } while (now > end);
    if (undo->ops->syncfs(undo->fd) < 0)
        return tree_fail(undo, "", "sync its file system", e);
    if (whole)
        return tree_remove(live, rel, e) < 0 ? -1 : sync_above(live, rel, e);
    if (live->ops->ftruncate(fd, (off_t)at) < 0 || live->ops->fsync(fd) < 0)
        return tree_fail(live, rel, "cut off what the case had added", e);
    return 0;
}

static int one_log(struct undo *u, const struct tree *undo, struct str note, const char *rel, struct undo_result *r,
                   struct err *e)
{
    const struct tree *live = &u->s->tree;
    char end[HASH_HEX] = "";
    struct log was = {0};
    uint64_t size = 0;
    int known = find_log(note, rel, &was, e);
    int fd = known < 0 ? -1 : tree_open_file(live, rel, O_RDWR, 0, e);
    int rc = -1;

    if (fd < 0)
        return -1;
    if (measure(live, fd, rel, &size, NULL, e) < 0)
        goto out;
    if (known == 0) {
        rc = cut(u, undo, fd, rel, 0, true, e);
        r->logs += rc == 0;
        goto out;
    }
    if (size >= was.size && end_digest(live, fd, rel, was.size, end, e) < 0)
        goto out;
    rc = 0;
    if (size < was.size || strcmp(end, was.end) != 0) {
        undo_problem(r, "%s was begun anew since and is left as it is", rel);
    } else if (size > was.size) {
        rc = cut(u, undo, fd, rel, was.size, false, e);
        r->logs += rc == 0;
    }
out:
    live->ops->close(fd);
    return rc;
}

int undo_logs(struct undo *u, struct undo_result *r, struct err *e)
{
    struct tree undo = {0};
    struct logs l = {0};
    struct str note;
    size_t stays;
    int rc = 0;

    note.p = undo_note(u, CASE_STEP, NOTE_LOGS, &note.n);
    if (note.p == NULL || u->s->platform->logs == NULL)
        return 0;
    /* The plan of a database that steps have changed must go on to count them as done. */
    if (undo_note(u, CASE_STEP, NOTE_DB_STAYS, &stays) != NULL)
        return 0;
    r->may_have_changed = true;
    if (workdir_undo(u->w, u->id, true, &undo, e) < 0)
        return -1;
    rc = list_logs(u->s, &l, e);
    for (size_t i = 0; rc == 0 && i < l.paths.n; i++)
        rc = one_log(u, &undo, note, l.paths.v[i], r, e);
    logs_free(&l);
    tree_close(&undo);
    return rc;
}
