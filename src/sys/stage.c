#include "sys/stage.h"

#include "base/str.h"
#include "sys/space.h"
#include "sys/stage_compare.h"
#include "sys/stage_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TEMP_HEX 24

void stage_temp_name(const char *rel, const struct digest *expected, char out[STAGE_TEMP_ROOM])
{
    struct digest d;
    struct hash h;

    hash_start(&h, HASH_SHA256);
    hash_add(&h, rel, strlen(rel) + 1);
    if (expected != NULL)
        hash_add(&h, expected->b, hash_size(expected->alg));
    hash_end(&h, &d);
    out[0] = '.';
    str_hex(d.b, TEMP_HEX / 2, out + 1);
    memcpy(out + 1 + TEMP_HEX, ".toolkit", sizeof ".toolkit");
}

bool stage_is_temp(const char *name)
{
    size_t i;

    if (strcmp(name, TREE_DIR_TEMP) == 0)
        return true;
    if (strlen(name) != 1 + TEMP_HEX + strlen(".toolkit") || name[0] != '.' ||
        strcmp(name + 1 + TEMP_HEX, ".toolkit") != 0)
        return false;
    for (i = 1; i <= TEMP_HEX; i++)
        if (strchr("0123456789abcdef", name[i]) == NULL)
            return false;
    return true;
}

char *stage_dirname(const char *rel)
{
    const char *slash = strrchr(rel, '/');

    return mem_dup(rel, slash ? (size_t)(slash - rel) : 0);
}

static int add_created(void *arg, struct str head, const char *path, struct err *e)
{
    struct stage *s = arg;

    (void)head, (void)e;
    *vec_push(&s->created) = mem_strdup(path);
    return 0;
}

int stage_open(struct stage *s, const struct tree *live, const struct tree *undo,
               const struct stage_options *opt, struct err *e)
{
    struct stat a;
    struct stat b;

    memset(s, 0, sizeof *s);
    s->live = live;
    s->undo = undo;
    if (opt != NULL)
        s->opt = *opt;
    s->piece = mem_alloc(STAGE_PIECE);
    if (undo == NULL)
        return 0;
    if (live->ops->fstat(live->fd, &a) != 0 || undo->ops->fstat(undo->fd, &b) != 0) {
        tree_fail(undo, "", "look at it", e);
    } else if (stage_list_open(undo, STAGE_CREATED, &s->created_list, e) == 0 &&
               stage_list_open(undo, STAGE_DIRS, &s->dirs_list, e) == 0 &&
               stage_list_each(undo, STAGE_CREATED, 0, false, add_created, s, e) == 0) {
        s->undo_elsewhere = a.st_dev != b.st_dev;
        return 0;
    }
    stage_close(s);
    return -1;
}

void stage_close(struct stage *s)
{
    size_t i;

    if (s->live == NULL)
        return;
    stage_abort(s);
    for (i = 0; i < s->created.n; i++)
        free(s->created.v[i]);
    free(s->created.v);
    free(s->new_dirs.v);
    free(s->batch.v);
    free(s->slots);
    free(s->piece);
    free(s->compare_room);
    stage_forget_dirs(s);
    if (s->undo != NULL) {
        stage_list_close(s->undo, &s->created_list);
        stage_list_close(s->undo, &s->dirs_list);
        stage_list_close(s->undo, &s->modes_list);
    }
    s->live = NULL;
}

static int drop_temp(struct stage *s, const struct stage_entry *b, struct err *e)
{
    const struct tree *dir;
    const char *base;

    if (b->done || b->dropped || b->is_delete || b->is_keep)
        return 0;
    dir = tree_parent(&s->at, s->live, b->rel, &base, e);
    if (dir == NULL)
        return -1;
    if (dir->ops->unlinkat(dir->fd, b->temp, 0) != 0 && errno != ENOENT)
        return tree_fail(s->live, b->rel, "remove the temporary file beside it", e);
    return 0;
}

/* Removes the directories made for the batch but the first keep. The deepest was made last; one that is in
 * use by now stays. */
static void drop_dirs(struct stage *s, size_t keep)
{
    struct err e;

    stage_forget_dirs(s);
    while (s->new_dirs.n > keep) {
        char *dir = s->new_dirs.v[--s->new_dirs.n];

        tree_remove(s->live, dir, &e);
        free(dir);
    }
}

void stage_forget_dirs(struct stage *s)
{
    tree_parent_forget(&s->at);
    tree_parent_forget(&s->kept_at);
}

void stage_clear(struct stage *s)
{
    size_t i;

    stage_forget_dirs(s);
    for (i = 0; i < s->batch.n; i++)
        free(s->batch.v[i].rel);
    for (i = 0; i < s->new_dirs.n; i++)
        free(s->new_dirs.v[i]);
    s->batch.n = 0;
    s->batch_bytes = 0;
    s->new_dirs.n = 0;
    stage_index_clear(s);
}

void stage_abort(struct stage *s)
{
    struct err e;
    size_t i;

    for (i = 0; i < s->batch.n; i++)
        drop_temp(s, &s->batch.v[i], &e);
    drop_dirs(s, 0);
    stage_clear(s);
}

ssize_t stage_read_fd(void *arg, void *p, size_t n, struct err *e)
{
    const struct stage_fd *f = arg;
    ssize_t got = tree_read_full(f->tree, f->fd, p, n);

    return got < 0 ? tree_fail(f->tree, f->rel, f->what, e) : got;
}

int stage_copy(struct stage *s, const struct tree *to_tree, int to, const char *to_rel, stage_read *read,
               void *arg, uint64_t *bytes, struct digest *digest, struct err *e)
{
    enum hash_alg alg = digest->alg;
    struct hash h;
    ssize_t n;

    hash_start(&h, alg);
    *bytes = 0;
    while ((n = read(arg, s->piece, STAGE_PIECE, e)) > 0) {
        hash_add(&h, s->piece, (size_t)n);
        if (tree_write_full(to_tree, to, s->piece, (size_t)n) != 0)
            return tree_fail(to_tree, to_rel, "write the file that is to stand here", e);
        *bytes += (uint64_t)n;
    }
    if (n < 0)
        return -1;
    hash_end(&h, digest);
    return 0;
}

int stage_hash(const struct tree *t, const char *rel, enum hash_alg alg, struct digest *out, struct err *e)
{
    int fd = tree_open_file(t, rel, O_RDONLY | O_NOFOLLOW, 0, e);
    int r;

    if (fd < 0)
        return -1;
    r = hash_fd(t->ops, fd, alg, out, NULL);
    if (r != 0)
        tree_fail(t, rel, "read this file", e);
    t->ops->close(fd);
    return r;
}

/* Looks at the target: 1 with *st when a plain file is there, 0 when nothing is, -1. */
static int look(struct stage *s, const char *rel, struct stat *st, struct err *e)
{
    if (tree_parent_stat(&s->at, s->live, rel, st, e) != 0) {
        if (e->kind != ERR_ABSENT || e->sys != ENOENT)
            return -1;
        err_clear(e);
        return 0;
    }
    if (S_ISREG(st->st_mode))
        return 1;
    err_set(e, ERR_REFUSED, "%s/%s: %s is in the place of a file; it is not replaced", s->live->path, rel,
            S_ISDIR(st->st_mode)   ? "a directory"
            : S_ISLNK(st->st_mode) ? "a symbolic link"
                                   : "a device or pipe");
    return err_fix(e, "move it away, then run the same command again");
}

static int check_path(const struct stage *s, const char *rel, struct err *e)
{
    const char *slash = strrchr(rel, '/');

    if (str_is_safe_path(str_of(rel)) && !stage_is_own(rel) && !stage_is_temp(slash ? slash + 1 : rel))
        return 0;
    return err_set(e, ERR_REFUSED, "%s: the path \"%s\" can't be written", s->live->path, rel);
}

/* Whether a whole file of that content is there already: 1, 0, -1. */
static int same(const struct stage *s, const char *rel, const struct digest *expected, struct err *e)
{
    struct digest now;

    if (stage_hash(s->live, rel, expected->alg, &now, e) != 0)
        return -1;
    return digest_eq(&now, expected);
}

static int note_dir(void *arg, const char *rel, struct err *e)
{
    struct stage *s = arg;

    *vec_push(&s->new_dirs) = mem_strdup(rel);
    if (s->undo == NULL)
        return 0;
    if (stage_list_add(s->undo, &s->dirs_list, "+ ", rel, e) != 0)
        return -1;
    return stage_list_sync(s->undo, &s->dirs_list, e);
}

/* A temporary file of that name is there: usable only when it is ours alone, plain, and holds what is
 * expected. */
static bool reusable(const struct stage *s, int dir, struct stage_entry *b, const struct digest *expected)
{
    const struct fsops *ops = s->live->ops;
    int fd = ops->openat(dir, b->temp, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0);
    struct stat st;
    bool ok = false;

    if (fd < 0)
        return false;
    if (ops->fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_nlink == 1 && st.st_uid == geteuid()) {
        b->digest.alg = expected->alg;
        ok = hash_fd(ops, fd, expected->alg, &b->digest, &b->size) == 0 && digest_eq(&b->digest, expected);
    }
    ops->close(fd);
    return ok;
}

/* Makes room for one more entry named rel. Without hold a path stands once in a batch. */
static int room_for(struct stage *s, const char *rel, struct err *e)
{
    if (s->opt.hold ||
        (s->batch.n < STAGE_FILES_MAX && s->batch_bytes < STAGE_BYTES_MAX && stage_index_find(s, rel) == NULL))
        return 0;
    return stage_commit(s, e);
}

/* ERR_REFUSED when the batch makes a file of what is a directory of rel. */
static int not_below_file(const struct stage *s, const char *rel, struct err *e)
{
    char *above = stage_dirname(rel);
    int r = 0;

    while (r == 0 && above[0] != '\0') {
        const struct stage_entry *b = stage_index_find(s, above);
        char *up;

        if (b != NULL && !b->dropped && !b->is_delete && !b->is_keep)
            r = err_set(e, ERR_REFUSED, "%s/%s: %s is to be a file; this can't be written below it", s->live->path,
                        rel, above);
        up = stage_dirname(above);
        free(above);
        above = up;
    }
    free(above);
    return r;
}

/* A path that was put before is put anew. */
static void drop_entry(struct stage *s, struct stage_entry *b)
{
    struct err ignored;

    if (b == NULL || b->dropped)
        return;
    drop_temp(s, b, &ignored);
    b->dropped = true;
    s->batch_bytes -= b->size;
}

static int mismatch(const struct stage *s, const char *rel, const struct digest *is,
                    const struct digest *want, struct err *e)
{
    char a[HASH_HEX];
    char b[HASH_HEX];

    return err_set(e, ERR_MISMATCH,
                   "%s/%s: the new content has the %s %s, expected is %s; the file was not changed",
                   s->live->path, rel, hash_name(want->alg), digest_hex(is, a), digest_hex(want, b));
}

/* Fills a fresh temporary file; removed again unless it is right. */
static int write_temp(struct stage *s, int dir, struct stage_entry *b, stage_read *read, void *arg,
                      const struct digest *expected, struct err *e)
{
    const struct fsops *ops = s->live->ops;
    int fd = ops->openat(dir, b->temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    int r = -1;

    if (fd < 0)
        return tree_fail(s->live, b->rel, "make a file beside it", e);
    b->digest.alg = expected != NULL ? expected->alg : HASH_MD5;
    if (stage_copy(s, s->live, fd, b->rel, read, arg, &b->size, &b->digest, e) == 0) {
        r = 0;
        if (expected != NULL && !digest_eq(&b->digest, expected))
            r = mismatch(s, b->rel, &b->digest, expected, e);
    }
    ops->close(fd);
    if (r != 0)
        ops->unlinkat(dir, b->temp, 0);
    return r;
}

/* The temporary file of b, right and whole. */
static int make_temp(struct stage *s, struct stage_entry *b, stage_read *read, void *arg,
                     const struct digest *expected, struct err *e)
{
    const struct fsops *ops = s->live->ops;
    const char *base;
    struct stat st;
    const struct tree *dir = tree_parent(&s->at, s->live, b->rel, &base, e);

    if (dir == NULL)
        return -1;
    if (ops->fstatat(dir->fd, b->temp, &st, AT_SYMLINK_NOFOLLOW) == 0) {
        b->reused = expected != NULL && reusable(s, dir->fd, b, expected);
        if (!b->reused && ops->unlinkat(dir->fd, b->temp, 0) != 0)
            return tree_fail(s->live, b->rel, "remove what an earlier run left beside it", e);
    }
    return b->reused ? 0 : write_temp(s, dir->fd, b, read, arg, expected, e);
}

/* The name is the path's; a second one of the same batch gets another. */
static void name_temp(const struct stage *s, struct stage_entry *b, const struct digest *expected)
{
    struct buf again = {0};

    if (stage_index_find(s, b->rel) == NULL) {
        stage_temp_name(b->rel, expected, b->temp);
        return;
    }
    buf_printf(&again, "%s\n%zu", b->rel, s->batch.n);
    stage_temp_name(buf_cstr(&again), expected, b->temp);
    buf_free(&again);
}

/* Writes the new file and takes it into the batch. */
static int take(struct stage *s, const char *rel, stage_read *read, void *arg, const struct digest *expected,
                const struct stage_meta *meta, struct err *e)
{
    struct stage_entry b = {.rel = mem_strdup(rel)};

    if (meta != NULL)
        b.meta = *meta;
    name_temp(s, &b, expected);
    if (make_temp(s, &b, read, arg, expected, e) != 0) {
        free(b.rel);
        return -1;
    }
    drop_entry(s, stage_index_find(s, rel));
    *stage_index_add(s, b.rel) = b;
    s->batch_bytes += b.size;
    return 0;
}

/* The same with the directories above. */
static int take_below(struct stage *s, const char *rel, stage_read *read, void *arg, const struct digest *expected,
                      const struct stage_meta *meta, struct err *e)
{
    size_t dirs = s->new_dirs.n;
    const char *base;
    int r = 0;

    if (tree_parent(&s->at, s->live, rel, &base, e) == NULL) {
        char *dir = stage_dirname(rel);

        r = tree_mkdirs(s->live, dir, note_dir, s, e);
        free(dir);
    }
    if (r == 0)
        r = take(s, rel, read, arg, expected, meta, e);
    if (r != 0)
        drop_dirs(s, dirs);
    return r;
}

/* A plain file is in the place of what is to be put without a known digest. */
static int compare_and_take(struct stage *s, const char *rel, stage_read *read, void *arg,
                            const struct stage_meta *meta, struct err *e)
{
    struct stage_compare c;
    const char *base;
    const struct tree *dir = tree_parent(&s->at, s->live, rel, &base, e);
    int r;

    if (dir == NULL)
        return -1;
    if (s->compare_room == NULL)
        s->compare_room = mem_alloc(STAGE_COMPARE_ROOM);
    r = stage_compare_begin(&c, dir, base, read, arg, s->compare_room, e);
    if (r == 0)
        r = take_below(s, rel, stage_compare_read, &c, NULL, meta, e);
    else if (r > 0)
        r = 1;
    stage_compare_end(&c);
    return r;
}

/* 1: the live file is right as it is. */
static int settled(struct stage *s, const char *rel, int r)
{
    if (r <= 0)
        return r;
    drop_entry(s, stage_index_find(s, rel));
    s->files_same++;
    return 0;
}

int stage_put(struct stage *s, const char *rel, stage_read *read, void *arg, const struct digest *expected,
              const struct stage_meta *meta, struct err *e)
{
    struct stat old;
    int there;
    int r = 0;

    if (check_path(s, rel, e) != 0 || room_for(s, rel, e) != 0 || not_below_file(s, rel, e) != 0)
        return -1;
    there = look(s, rel, &old, e);
    if (there < 0) {
        if (e->kind == ERR_ABSENT)
            e->kind = ERR_REFUSED; /* a file is in the place of a directory above it */
        return -1;
    }
    if (there > 0 && expected != NULL)
        r = same(s, rel, expected, e);
    else if (there > 0)
        return settled(s, rel, compare_and_take(s, rel, read, arg, meta, e));
    if (r != 0)
        return settled(s, rel, r);
    return take_below(s, rel, read, arg, expected, meta, e);
}

static ssize_t read_bytes(void *arg, void *p, size_t n, struct err *e)
{
    struct str *left = arg;

    (void)e;
    if (n > left->n)
        n = left->n;
    if (n > 0)
        memcpy(p, left->p, n);
    *left = str_sub(*left, n, left->n);
    return (ssize_t)n;
}

int stage_put_bytes(struct stage *s, const char *rel, struct str bytes, const struct stage_meta *meta,
                    struct err *e)
{
    struct digest d;

    hash_bytes(HASH_SHA256, bytes.p, bytes.n, &d);
    return stage_put(s, rel, read_bytes, &bytes, &d, meta, e);
}

int stage_put_fd(struct stage *s, const char *rel, int fd, const struct digest *expected,
                 const struct stage_meta *meta, struct err *e)
{
    struct stage_fd from = {s->live, rel, "read what is to stand here", fd};

    return stage_put(s, rel, stage_read_fd, &from, expected, meta, e);
}

int stage_delete(struct stage *s, const char *rel, bool prune, struct err *e)
{
    struct stage_entry *b;
    struct stat st;

    if (check_path(s, rel, e) != 0 || room_for(s, rel, e) != 0)
        return -1;
    if (look(s, rel, &st, e) < 0 && e->kind != ERR_ABSENT)
        return -1;
    err_clear(e);
    drop_entry(s, stage_index_find(s, rel));
    b = stage_index_add(s, mem_strdup(rel));
    b->is_delete = true;
    b->prune = prune;
    return 0;
}

int stage_keep(struct stage *s, const char *rel, bool in_place, struct err *e)
{
    struct stage_entry *b;
    struct stat st;

    if (s->undo == NULL || stage_index_find(s, rel) != NULL)
        return 0;
    if (check_path(s, rel, e) != 0 || room_for(s, rel, e) != 0)
        return -1;
    if (look(s, rel, &st, e) < 0 && e->kind != ERR_ABSENT)
        return -1;
    err_clear(e);
    b = stage_index_add(s, mem_strdup(rel));
    b->is_keep = true;
    b->by_copy = in_place;
    return 0;
}

int stage_need(const struct stage *s, uint64_t new_bytes, uint64_t old_bytes, uint64_t files, struct err *e)
{
    struct space space;

    if (s->undo != NULL && s->undo_elsewhere) {
        if (space_of(s->undo->ops, s->undo->fd, s->undo->path, &space, e) != 0 ||
            space_need(&space, s->undo->path, old_bytes, files, e) != 0)
            return -1;
    }
    if (space_of(s->live->ops, s->live->fd, s->live->path, &space, e) != 0)
        return -1;
    return space_need(&space, s->live->path, new_bytes, files, e);
}
