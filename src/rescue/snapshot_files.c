/* The files' part of a snapshot: which of them belong into it, the archive, the manifest. */
#include "rescue/snapshot_parts.h"
#include "sys/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#define PIECE ((size_t)64 * 1024)

/* Where the platform does not say it: folders that every shop fills again by itself. Their names alone would not do, so the platform has to
 * call the place volatile, too. */
static bool is_rebuilt(const struct snapshot *p, const char *rel)
{
    static const char *const places[] = {"run", "datacache", "cache", "resources", "locale", "backup", "backups"};
    struct str path = str_of(rel);
    struct str second;

    if (!str_starts(path, STR("var/")) || !p->s->platform->is_volatile(p->s, path))
        return false;
    /* "var/run.0123abc" is what a rebuild was cut off in. */
    second = str_sub(path, strlen("var/"), path.n);
    second = str_cut(second, '/', &second);
    second = str_cut(second, '.', &(struct str){0});
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (str_is(second, places[i]))
            return true;
    return false;
}

static bool is_left(const struct snapshot *p, const char *rel)
{
    const struct platform *platform = p->s->platform;
    enum backup_role role;

    if (platform->backup_role == NULL)
        return is_rebuilt(p, rel);
    /* A dump among the files would be taken for the snapshot's own. */
    role = platform->backup_role(p->s, str_of(rel));
    return role == BACKUP_LEAVE || role == BACKUP_DUMP;
}

static bool is_excluded(const struct snapshot *p, const char *rel)
{
    for (size_t i = 0; p->o->exclude && p->o->exclude[i]; i++)
        if (fnmatch(p->o->exclude[i], rel, 0) == 0)
            return true;
    return false;
}

static bool is_dir_of(const struct tree *t, const struct stat *st)
{
    struct stat dir;

    return t->path && t->ops->fstat(t->fd, &dir) == 0 && dir.st_dev == st->st_dev && dir.st_ino == st->st_ino;
}

enum pack_choice snapshot_choose(void *arg, const char *rel, const struct stat *st)
{
    const struct snapshot *p = arg;
    const char *slash = strrchr(rel, '/');
    struct buf below = {0};
    bool hollow;

    if (stage_is_temp(slash ? slash + 1 : rel) || is_excluded(p, rel))
        return PACK_LEAVE;
    if (!S_ISDIR(st->st_mode))
        return is_left(p, rel) ? PACK_LEAVE : PACK_STORE;
    if ((p->w && is_dir_of(&p->w->tree, st)) || is_dir_of(&p->into, st) || is_dir_of(&p->dir, st))
        return PACK_LEAVE;
    buf_printf(&below, "%s/", rel);
    hollow = is_left(p, buf_cstr(&below)) || is_left(p, rel);
    buf_free(&below);
    return hollow ? PACK_EMPTY : PACK_STORE;
}

int snapshot_measure(struct snapshot *p, struct err *e)
{
    struct pack_opts opt = {.arg = p, .choose = snapshot_choose};

    return pack_measure(&p->s->tree, &opt, &p->measured, e);
}

struct filing {
    struct snapshot *p;
    struct buf manifest; /* not written yet */
    int fd;
};

static int flush(struct filing *f, size_t above, struct err *e)
{
    if (f->manifest.n <= above)
        return 0;
    if (tree_write_full(&f->p->dir, f->fd, f->manifest.p, f->manifest.n) != 0)
        return tree_fail(&f->p->dir, SNAPSHOT_MANIFEST, "write this file", e);
    buf_reset(&f->manifest);
    return 0;
}

/* md5sum marks a line whose name it had to escape by a backslash in front. */
static void add_line(struct buf *out, const char *rel, const struct digest *md5)
{
    char hex[HASH_HEX];

    if (rel[strcspn(rel, "\\\n\r")] == '\0') {
        buf_printf(out, "%s  %s\n", digest_hex(md5, hex), rel);
        return;
    }
    buf_printf(out, "\\%s  ", digest_hex(md5, hex));
    for (const char *c = rel; *c; c++) {
        if (*c == '\n')
            buf_adds(out, "\\n");
        else if (*c == '\r')
            buf_adds(out, "\\r");
        else if (*c == '\\')
            buf_adds(out, "\\\\");
        else
            buf_addc(out, *c);
    }
    buf_addc(out, '\n');
}

static int on_stored(void *arg, const char *rel, const struct digest *md5, uint64_t size, struct err *e)
{
    struct filing *f = arg;

    (void)size;
    add_line(&f->manifest, rel, md5);
    return flush(f, PIECE, e);
}

static void on_problem(void *arg, const char *rel, const char *why)
{
    struct filing *f = arg;
    struct buf line = {0};

    buf_printf(&line, "%s: %s", rel, why);
    f->p->ui->say(f->p->ui->ctx, buf_str(&line));
    buf_free(&line);
}

static int on_progress(void *arg, uint64_t files, uint64_t bytes)
{
    struct filing *f = arg;
    const struct store_opts *opts = f->p->s->opts;

    (void)files;
    f->p->ui->progress(f->p->ui->ctx, "Packing files", bytes, f->p->measured.bytes);
    return opts && opts->stop && *opts->stop ? -1 : 0;
}

static enum pack_choice choose(void *arg, const char *rel, const struct stat *st)
{
    const struct filing *f = arg;

    return snapshot_choose(f->p, rel, st);
}

static int pack(struct filing *f, struct err *e)
{
    struct pack_opts opt = {f, choose, on_stored, on_problem, on_progress};
    struct snapshot *p = f->p;
    struct pack_result r;
    struct pack_gz *g;
    uint64_t bytes;

    if (pack_gz_open(&g, &p->dir, SNAPSHOT_FILES, e) < 0)
        return -1;
    if (pack_tree(&p->s->tree, g, &opt, &r, e) < 0) {
        pack_gz_abort(g);
        return -1;
    }
    bytes = pack_gz_in(g);
    if (pack_gz_close(g, NULL, e) < 0 || snapshot_reread(&p->dir, SNAPSHOT_FILES, bytes, e) < 0)
        return -1;
    p->r->files = r.files;
    p->r->file_bytes = r.bytes;
    p->r->problems += r.problems;
    return 0;
}

int snapshot_files(struct snapshot *p, struct err *e)
{
    struct filing f = {.p = p};
    int r = -1;

    f.fd = tree_open_file(&p->dir, SNAPSHOT_MANIFEST, O_WRONLY | O_CREAT | O_TRUNC, 0600, e);
    if (f.fd < 0)
        return -1;
    if (pack(&f, e) == 0 && flush(&f, 0, e) == 0) {
        if (p->dir.ops->fsync(f.fd) == 0)
            r = 0;
        else
            tree_fail(&p->dir, SNAPSHOT_MANIFEST, "write this file to the disk", e);
    }
    p->dir.ops->close(f.fd);
    buf_free(&f.manifest);
    return r;
}
