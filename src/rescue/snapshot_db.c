/* The database's part of a snapshot, also alone. */
#include "base/clock.h"
#include "base/plural.h"
#include "rescue/snapshot_parts.h"
#include "sys/inflate.h"
#include "sys/space.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

static const volatile sig_atomic_t *stop_of(const struct store *s)
{
    return s->opts ? s->opts->stop : NULL;
}

static void on_table(void *ctx, const char *table, uint64_t done, uint64_t total)
{
    const struct work_ui *ui = ctx;

    (void)table;
    ui->progress(ui->ctx, "Dumping the database", done, total);
}

/* The session of the store is asked first: it knows why there is none. */
static int options(struct store *s, struct mysql_opts *db, struct dump_opts *o, struct err *e)
{
    if (store_db(s, e) == NULL)
        return -1;
    *db = store_db_opts(s);
    *o = (struct dump_opts){.db = db, .prefix = s->prefix, .stop = stop_of(s)};
    return 0;
}

int snapshot_db_estimate(struct store *s, uint64_t *bytes, struct err *e)
{
    struct mysql_opts db;
    struct dump_opts o;

    return options(s, &db, &o, e) < 0 ? -1 : db_dump_estimate(&o, bytes, e);
}

struct from_file {
    const struct tree *t;
    const char *rel;
    int fd;
};

static ssize_t read_file(void *arg, void *p, size_t n, struct err *e)
{
    struct from_file *f = arg;
    ssize_t got = tree_read_full(f->t, f->fd, p, n);

    return got < 0 ? tree_fail(f->t, f->rel, "read this file", e) : got;
}

int snapshot_read(const struct tree *t, const char *rel, snapshot_piece *piece, void *arg, struct err *e)
{
    struct from_file from = {t, rel, tree_open_file(t, rel, O_RDONLY | O_NOFOLLOW, 0, e)};
    struct inflate *f;
    const void *p;
    ssize_t n = -1;

    if (from.fd < 0)
        return -1;
    f = inflate_open(read_file, &from, e);
    while (f && (n = inflate_next(f, &p, e)) > 0)
        if (piece(arg, (struct str){p, (size_t)n}, inflate_in(f), e) < 0) {
            n = -1;
            break;
        }
    if (n < 0 && e->kind == ERR_FORMAT)
        err_wrap(e, "%s/%s", t->path, rel);
    inflate_close(f);
    t->ops->close(from.fd);
    return n < 0 ? -1 : 0;
}

static int count_bytes(void *arg, struct str bytes, uint64_t in, struct err *e)
{
    uint64_t *sum = arg;

    (void)in, (void)e;
    *sum += bytes.n;
    return 0;
}

int snapshot_reread(const struct tree *t, const char *rel, uint64_t bytes, struct err *e)
{
    uint64_t is = 0;

    if (snapshot_read(t, rel, count_bytes, &is, e) < 0)
        return err_wrap(e, "read again after it was written");
    if (is != bytes)
        return err_set(e, ERR_MISMATCH, "%s/%s: read again, it holds %llu bytes, written were %llu", t->path, rel,
                       (unsigned long long)is, (unsigned long long)bytes);
    return 0;
}

static int dump_to(struct store *s, const char *const *heads, const struct tree *t, const char *rel, const struct work_ui *ui,
                   struct dump_result *r, uint64_t *size, struct err *e)
{
    struct mysql_opts db;
    struct dump_opts o;
    struct pack_gz *g;
    uint64_t bytes;

    if (options(s, &db, &o, e) < 0 || pack_gz_open(&g, t, rel, e) < 0)
        return -1;
    o.heads = heads;
    o.ctx = (void *)(uintptr_t)ui;
    o.progress = on_table;
    if (db_dump(&o, pack_gz_write, g, r, e) < 0) {
        pack_gz_abort(g);
        return -1;
    }
    bytes = pack_gz_in(g);
    if (pack_gz_close(g, size, e) < 0)
        return -1;
    if (snapshot_reread(t, rel, bytes, e) < 0) {
        struct err ignored = {0};

        tree_remove(t, rel, &ignored);
        return -1;
    }
    return 0;
}

int snapshot_dump(struct store *s, const struct tree *t, const char *rel, const struct work_ui *ui, struct dump_result *r,
                  uint64_t *size, struct err *e)
{
    return dump_to(s, NULL, t, rel, ui, r, size, e);
}

static void say_result(const struct work_ui *ui, const struct dump_result *r, uint64_t size)
{
    struct buf line = {0};
    char words[CLOCK_WORDS];

    clock_size(size, words);
    buf_printf(&line, "The database is kept first: %zu table%s, %llu row%s, %s", r->tables, plural(r->tables, "", "s"), (unsigned long long)r->rows,
               plural(r->rows, "", "s"), words);
    ui->say(ui->ctx, buf_str(&line));
    if (r->consistency == DUMP_UNLOCKED) {
        buf_reset(&line);
        buf_printf(&line, "Its tables were read one after the other, for they could not be locked: %s", r->why);
        ui->say(ui->ctx, buf_str(&line));
    }
    if (r->remark[0]) {
        buf_reset(&line);
        buf_printf(&line, "It is not whole: %s", r->remark);
        ui->say(ui->ctx, buf_str(&line));
    }
    buf_free(&line);
}

int snapshot_db(struct store *s, struct workdir *w, const char *rel, const struct work_ui *ui, struct err *e)
{
    struct dump_result r;
    struct space space;
    uint64_t bytes;
    uint64_t size;

    if (tree_exists(&w->tree, rel))
        return 0;
    if (snapshot_db_estimate(s, &bytes, e) < 0 ||
        space_of(w->tree.ops, w->tree.fd, w->tree.path, &space, e) < 0 ||
        space_need(&space, w->tree.path, bytes, 1, e) < 0 || dump_to(s, s->platform->table_heads, &w->tree, rel, ui, &r, &size, e) < 0)
        return -1;
    say_result(ui, &r, size);
    return 0;
}
