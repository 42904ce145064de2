#include "rescue/backup_parts.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

/* So much of a tar is looked at to find the store's root in it. */
#define SAMPLE_ENTRIES 3000
#define SAMPLE_BYTES   (UINT64_C(48) << 20)

enum source { FROM_NOTHING, FROM_ARCHIVE, FROM_TREE, FROM_DUMP };

struct backup_reader {
    struct store *s;
    const struct backup *b;
    struct backup_read_opts opt;
    const struct fsops *ops;
    size_t part;        /* the present one; the next one when from is FROM_NOTHING */
    enum source from;
    uint64_t done;      /* bytes of the parts before it */
    uint64_t part_size; /* of the present one */
    int fd;
    struct archive_src *a;
    struct backup_tree tree;
    uint64_t tree_read;
    struct inflate *in; /* of a dump, over the data of the entry or the file */
    uint64_t file_at;   /* of a dump that is a file of its own */
    bool given;         /* that one was */
    char *root;
    char *raw;
    char *path;
    struct archive_item item;
    bool data;          /* the present entry has data to be read */
};

static const char *part_path(const struct backup_reader *r)
{
    return r->b->parts.v[r->part].path;
}

static const char *part_name(const struct backup_reader *r)
{
    const char *slash = strrchr(part_path(r), '/');

    return slash && slash[1] ? slash + 1 : part_path(r);
}

static void told_refused(void *arg, const char *path, const char *why)
{
    struct backup_reader *r = arg;

    if (r->opt.refused != NULL)
        r->opt.refused(r->opt.ctx, path, why);
}

static void told_remark(void *arg, const char *path, const char *what)
{
    struct backup_reader *r = arg;

    if (r->opt.remark != NULL)
        r->opt.remark(r->opt.ctx, path, what);
}

static void close_part(struct backup_reader *r)
{
    inflate_close(r->in);
    r->in = NULL;
    archive_src_close(r->a);
    r->a = NULL;
    if (r->from == FROM_TREE)
        backup_tree_close(&r->tree);
    if (r->fd >= 0)
        r->ops->close(r->fd);
    r->fd = -1;
    free(r->root);
    r->root = NULL;
    if (r->from != FROM_NOTHING)
        r->done += r->part_size;
    r->from = FROM_NOTHING;
    r->part_size = 0;
    r->data = false;
}

/* Looks for the root by the list of a zip, else by the first entries of a tar. */
static void find_root(struct backup_reader *r)
{
    struct backup_root root;
    struct archive_options opt = {.salvage = r->opt.salvage};
    struct archive_src *a = NULL;
    struct archive_item item;
    struct err ignored;
    const char *name;
    uint64_t size;
    size_t i;

    backup_root_init(&root, r->s);
    for (i = 0; (name = archive_src_listed(r->a, i, &size)) != NULL; i++)
        backup_root_see(&root, str_of(name));
    if (i == 0)
        a = archive_src_open(r->ops, r->fd, part_name(r), &opt, &ignored);
    for (i = 0; a != NULL && i < SAMPLE_ENTRIES && archive_src_offset(a) < SAMPLE_BYTES; i++) {
        if (archive_src_next(a, &item, &ignored) <= 0)
            break;
        backup_root_see(&root, str_of(item.path));
    }
    archive_src_close(a);
    r->root = mem_strdup(backup_root_best(&root));
    backup_root_free(&root);
}

static int open_archive(struct backup_reader *r, struct err *e)
{
    struct archive_options opt = {
        .refused = told_refused,
        .remark = told_remark,
        .arg = r,
        .salvage = r->opt.salvage,
    };

    r->a = archive_src_open(r->ops, r->fd, part_name(r), &opt, e);
    if (r->a == NULL)
        return -1;
    r->from = FROM_ARCHIVE;
    find_root(r);
    return 0;
}

static int open_tree(struct backup_reader *r, struct err *e)
{
    struct backup_root root;
    size_t i;

    r->from = FROM_TREE;
    if (backup_tree_open(&r->tree, r->ops, part_path(r), told_refused, r, e) != 0)
        return -1;
    r->part_size = r->tree.bytes;
    backup_root_init(&root, r->s);
    for (i = 0; i < r->tree.all.n; i++)
        backup_root_see(&root, str_of(r->tree.all.v[i].path));
    r->root = mem_strdup(backup_root_best(&root));
    backup_root_free(&root);
    return 0;
}

static int open_part(struct backup_reader *r, struct err *e)
{
    struct stat st;
    int rc;

    r->fd = backup_open_part(r->s, part_path(r), &st, e);
    if (r->fd < 0)
        return -1;
    r->part_size = (uint64_t)st.st_size;
    r->file_at = 0;
    r->given = false;
    r->tree_read = 0;
    if (S_ISDIR(st.st_mode))
        rc = open_tree(r, e);
    else if (r->b->parts.v[r->part].is_dump)
        rc = 0;
    else
        rc = open_archive(r, e);
    if (rc == 0 && r->from == FROM_NOTHING)
        r->from = FROM_DUMP;
    return rc;
}

int backup_reader_open(struct backup_reader **out, struct store *s, const struct backup *b, const struct backup_read_opts *o,
                       struct err *e)
{
    struct backup_reader *r = mem_alloc(sizeof *r);
    struct stat st;

    r->s = s;
    r->b = b;
    r->ops = s->tree.ops;
    r->fd = -1;
    r->tree.fd = -1;
    if (o != NULL)
        r->opt = *o;
    *out = r;
    for (size_t i = 0; i < b->parts.n; i++) {
        int fd = backup_open_part(s, b->parts.v[i].path, &st, e);

        if (fd < 0) {
            backup_reader_close(r);
            *out = NULL;
            return -1;
        }
        r->ops->close(fd);
    }
    return 0;
}

void backup_reader_close(struct backup_reader *r)
{
    if (r == NULL)
        return;
    close_part(r);
    free(r->raw);
    free(r->path);
    free(r);
}

const char *backup_reader_raw(const struct backup_reader *r)
{
    return r->raw;
}

const char *backup_reader_root(const struct backup_reader *r)
{
    return r->root ? r->root : "";
}

uint64_t backup_reader_offset(const struct backup_reader *r)
{
    uint64_t at = 0;

    if (r->from == FROM_ARCHIVE)
        at = archive_src_offset(r->a);
    else if (r->from == FROM_TREE)
        at = r->tree_read;
    else if (r->from == FROM_DUMP)
        at = r->file_at;
    return r->done + (at < r->part_size ? at : r->part_size);
}

uint64_t backup_reader_total(const struct backup_reader *r)
{
    uint64_t total = 0;

    for (size_t i = 0; i < r->b->parts.n; i++)
        total += r->b->parts.v[i].size;
    return total;
}

/* The path below the store's root, or NULL when the entry is the root or lies elsewhere. */
static const char *below_root(const struct backup_reader *r, const char *path)
{
    size_t n = strlen(r->root);

    if (n == 0)
        return path;
    if (strncmp(path, r->root, n) != 0 || path[n] != '/' || path[n + 1] == '\0')
        return NULL;
    return path + n + 1;
}

static enum backup_role role_of(const struct backup_reader *r, const char *below, const char *raw, bool is_dir)
{
    const struct platform *p = r->s->platform;
    bool sql = !is_dir && backup_is_sql_name(str_of(raw));

    if (r->b->kind == BACKUP_DB)
        return sql ? BACKUP_DUMP : BACKUP_LEAVE;
    /* Hosts lay the dump beside the folder of the store. */
    if (below == NULL)
        return sql ? BACKUP_DUMP : BACKUP_LEAVE;
    if (p->backup_role != NULL)
        return p->backup_role(r->s, str_of(below));
    /* Where a platform has no place for dumps, people put them at the top. */
    return sql && strchr(below, '/') == NULL ? BACKUP_DUMP : BACKUP_ENTRY;
}

static ssize_t entry_source(void *arg, void *p, size_t n, struct err *e)
{
    struct backup_reader *r = arg;
    ssize_t got;

    if (r->from == FROM_ARCHIVE)
        return archive_src_read(r->a, p, n, e);
    got = tree_read_full(&r->s->tree, r->from == FROM_TREE ? r->tree.fd : r->fd, p, n);
    if (got < 0)
        return err_sys(e, "%s: can't read it", part_name(r));
    if (r->from == FROM_TREE)
        r->tree_read += (uint64_t)got;
    else
        r->file_at += (uint64_t)got;
    return got;
}

static int next_in_archive(struct backup_reader *r, struct err *e)
{
    return archive_src_next(r->a, &r->item, e);
}

static int next_in_tree(struct backup_reader *r, struct err *e)
{
    const struct backup_tree_item *it;

    if (r->tree.fd >= 0)
        r->ops->close(r->tree.fd);
    r->tree.fd = -1;
    if (r->tree.next == r->tree.all.n)
        return 0;
    it = &r->tree.all.v[r->tree.next++];
    r->item = (struct archive_item){it->path, it->is_dir, it->size, it->mode, true, it->mtime};
    if (!it->is_dir) {
        r->tree.fd = tree_open_file(&r->tree.t, it->path, O_RDONLY, 0, e);
        if (r->tree.fd < 0)
            return -1;
    }
    return 1;
}

static int next_dump_file(struct backup_reader *r)
{
    if (r->given)
        return 0;
    r->given = true;
    r->item = (struct archive_item){.path = part_name(r), .size = r->part_size};
    return 1;
}

static int next_item(struct backup_reader *r, struct err *e)
{
    inflate_close(r->in);
    r->in = NULL;
    if (r->from == FROM_ARCHIVE)
        return next_in_archive(r, e);
    return r->from == FROM_TREE ? next_in_tree(r, e) : next_dump_file(r);
}

static int begin_dump(struct backup_reader *r, struct backup_entry *entry, struct err *e)
{
    r->in = inflate_open(entry_source, r, e);
    if (r->in == NULL)
        return -1;
    if (inflate_kind(r->in) != INFLATE_PLAIN)
        entry->size = UINT64_MAX;
    return 0;
}

/* Makes an entry of the item. 0 when it is the root itself, -1. */
static int give(struct backup_reader *r, struct backup_entry *entry, struct err *e)
{
    const char *below = r->from == FROM_DUMP ? NULL : below_root(r, r->item.path);
    enum backup_role role = r->from == FROM_DUMP ? BACKUP_DUMP : role_of(r, below, r->item.path, r->item.is_dir);

    if (below == NULL && role == BACKUP_LEAVE && r->item.is_dir)
        return 0;
    free(r->raw);
    r->raw = mem_strdup(r->item.path);
    free(r->path);
    r->path = mem_strdup(role == BACKUP_DUMP || below == NULL ? r->item.path : below);
    *entry = (struct backup_entry){
        .role = role,
        .path = r->path,
        .part = part_name(r),
        .is_dir = r->item.is_dir,
        .size = r->item.size,
        .mode = r->item.mode,
        .has_mtime = r->item.has_mtime,
        .mtime = r->item.mtime,
    };
    r->data = !r->item.is_dir;
    return role == BACKUP_DUMP && begin_dump(r, entry, e) != 0 ? -1 : 1;
}

int backup_reader_next(struct backup_reader *r, struct backup_entry *entry, struct err *e)
{
    int rc;

    memset(entry, 0, sizeof *entry);
    for (;;) {
        if (r->from == FROM_NOTHING) {
            if (r->part == r->b->parts.n)
                return 0;
            if (open_part(r, e) != 0) {
                /* With salvage the next call goes on with the next part. */
                close_part(r);
                r->part += r->opt.salvage;
                return -1;
            }
        }
        rc = next_item(r, e);
        if (rc < 0)
            return -1;
        if (rc > 0) {
            rc = give(r, entry, e);
            if (rc != 0)
                return rc;
            continue;
        }
        close_part(r);
        r->part++;
    }
}

/* A small dump that swells without end, inside an archive that is within its limits. */
static int too_large(struct backup_reader *r, struct err *e)
{
    uint64_t out = inflate_out(r->in);

    if (out > ARCHIVE_RATIO_FROM && out / ARCHIVE_RATIO_MAX > r->part_size)
        return err_set(e, ERR_REFUSED, "%s: %s swells to more than %d times the size of the file, which no backup does",
                       part_name(r), r->raw, ARCHIVE_RATIO_MAX);
    return 0;
}

ssize_t backup_reader_read(void *arg, void *p, size_t n, struct err *e)
{
    struct backup_reader *r = arg;
    ssize_t got;

    if (!r->data)
        return 0;
    if (r->in == NULL) {
        got = entry_source(r, p, n, e);
    } else {
        got = inflate_read(r->in, p, n, e);
        /* What the archive says of itself has its name already. */
        if (got < 0 && inflate_kind(r->in) != INFLATE_PLAIN && e->kind == ERR_FORMAT &&
            strncmp(e->text, part_name(r), strlen(part_name(r))) != 0)
            err_wrap(e, "%s%s%s", part_name(r), r->from == FROM_DUMP ? "" : ": ", r->from == FROM_DUMP ? "" : r->raw);
        if (got > 0 && too_large(r, e) != 0)
            return -1;
    }
    if (got <= 0)
        r->data = false;
    return got;
}
