/* The snapshot as a whole: room, a folder under a name that says it is not whole yet, its parts, its final name. */
#include "base/clock.h"
#include "rescue/snapshot_parts.h"
#include "sys/space.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define PART "snapshot.part"
/* So many snapshots of one second are not to be expected. */
#define TRIES 20

static int prove_room(struct snapshot *p, struct err *e)
{
    struct space space;
    uint64_t need = 0;

    if (p->o->files && snapshot_measure(p, e) < 0)
        return -1;
    if (p->o->db && snapshot_db_estimate(p->s, &p->db_size, e) < 0)
        return -1;
    /* Pictures do not shrink, so nothing is counted on. */
    need = p->measured.bytes + p->db_size;
    p->r->files = p->measured.files;
    p->r->file_bytes = p->measured.bytes;
    p->r->size = need;
    if (p->into.path == NULL)
        return 0;
    if (space_of(p->into.ops, p->into.fd, p->into.path, &space, e) < 0)
        return -1;
    return space_need(&space, p->into.path, need, 4, e);
}

static void add_fact(struct buf *out, const char *name, const char *value)
{
    buf_printf(out, "%s: ", name);
    for (const char *c = value ? value : ""; *c; c++)
        buf_addc(out, (uint8_t)*c < 32 ? '?' : *c);
    buf_addc(out, '\n');
}

static void add_number(struct buf *out, const char *name, uint64_t n)
{
    buf_printf(out, "%s: %llu\n", name, (unsigned long long)n);
}

static void facts(const struct snapshot *p, const char *taken, struct buf *out)
{
    const struct store *s = p->s;

    buf_adds(out, "toolkit snapshot 1\n");
    add_fact(out, "taken", taken);
    add_fact(out, "store", s->tree.path);
    add_fact(out, "platform", s->platform->name);
    add_fact(out, "version", s->version);
    if (p->o->files) {
        add_number(out, "files", p->r->files);
        add_number(out, "file bytes", p->r->file_bytes);
        add_number(out, "file problems", p->r->problems);
    }
    if (p->o->db) {
        add_fact(out, "database", store_db_opts(s).database);
        add_fact(out, "prefix", s->prefix);
        add_number(out, "tables", p->r->tables);
        add_number(out, "rows", p->r->rows);
    }
    if (p->r->remark[0])
        add_fact(out, "remark", p->r->remark);
}

static int write_facts(struct snapshot *p, const char *taken, struct err *e)
{
    struct buf text = {0};
    int fd = tree_open_file(&p->dir, SNAPSHOT_ABOUT, O_WRONLY | O_CREAT | O_TRUNC, 0600, e);
    int r = 0;

    if (fd < 0)
        return -1;
    facts(p, taken, &text);
    if (tree_write_full(&p->dir, fd, text.p, text.n) != 0 || p->dir.ops->fsync(fd) != 0)
        r = tree_fail(&p->dir, SNAPSHOT_ABOUT, "write this file", e);
    p->dir.ops->close(fd);
    buf_free(&text);
    return r;
}

static int dump(struct snapshot *p, struct err *e)
{
    struct dump_result d;
    size_t n;

    if (snapshot_dump(p->s, &p->dir, SNAPSHOT_DB, p->ui, &d, NULL, e) < 0)
        return -1;
    p->r->tables = d.tables;
    p->r->rows = d.rows;
    if (d.consistency == DUMP_UNLOCKED)
        snprintf(p->r->remark, sizeof p->r->remark, "the tables were read one after the other, for they could not be locked: %s", d.why);
    n = strlen(p->r->remark);
    snprintf(p->r->remark + n, sizeof p->r->remark - n, "%s%s", n && d.remark[0] ? "; " : "", d.remark);
    return 0;
}

/* "2026-11-21 07:30:05" as "snapshot-20261121-073005". */
static void name_of(const char taken[CLOCK_STAMP], unsigned again, char name[64])
{
    snprintf(name, 64, "snapshot-%.4s%.2s%.2s-%.2s%.2s%.2s", taken, taken + 5, taken + 8, taken + 11, taken + 14, taken + 17);
    if (again > 0) {
        size_t n = strlen(name);

        snprintf(name + n, 64 - n, "-%u", again + 1);
    }
}

static int sum_size(void *arg, const char *rel, const struct stat *st, struct err *e)
{
    uint64_t *sum = arg;

    (void)rel, (void)e;
    *sum += (uint64_t)st->st_size;
    return 0;
}

static int give_name(struct snapshot *p, const char *taken, struct err *e)
{
    const struct fsops *ops = p->into.ops;
    char name[64];

    if (tree_walk(&p->dir, "", sum_size, NULL, &p->r->size, e) < 0)
        return -1;
    if (ops->fsync(p->dir.fd) != 0)
        return tree_fail(&p->dir, "", "write this folder to the disk", e);
    for (unsigned i = 0; i < TRIES; i++) {
        name_of(taken, i, name);
        if (tree_exists(&p->into, name))
            continue;
        if (ops->renameat(p->into.fd, PART, p->into.fd, name) != 0 || ops->fsync(p->into.fd) != 0)
            return tree_fail(&p->into, name, "give this folder its name", e);
        snprintf(p->r->path, sizeof p->r->path, "%s/%s", p->into.path, name);
        return 0;
    }
    return err_set(e, ERR_IO, "%s/%s: so many snapshots of this moment are there already", p->into.path, name);
}

static int make(struct snapshot *p, struct err *e)
{
    const struct fsops *ops = p->into.ops;
    char taken[CLOCK_STAMP];

    clock_local(clock_wall(), taken);
    if (ops == NULL)
        return err_set(e, ERR_USAGE, "there is no folder to put the snapshot in");
    if (prove_room(p, e) < 0)
        return -1;
    memset(p->r, 0, sizeof *p->r);
    /* What a killed run left there is no snapshot. */
    if (tree_remove_tree(&p->into, PART, false, e) < 0)
        return -1;
    if (ops->mkdirat(p->into.fd, PART, 0700) != 0)
        return tree_fail(&p->into, PART, "make this folder", e);
    if (tree_open_sub(&p->dir, &p->into, PART, e) < 0)
        return -1;
    if (p->o->db && dump(p, e) < 0)
        return -1;
    if (p->o->files && snapshot_files(p, e) < 0)
        return -1;
    return write_facts(p, taken, e) < 0 ? -1 : give_name(p, taken, e);
}

static int open_into(struct snapshot *p, struct err *e)
{
    char *path;
    int r;

    if (p->o->into == NULL && p->w == NULL)
        return 0;
    if (p->o->into == NULL)
        return tree_open_sub(&p->into, &p->w->tree, ".", e);
    path = realpath(p->o->into, NULL);
    if (path == NULL) {
        err_sys(e, "%s", p->o->into);
        if (e->sys == ENOENT)
            e->kind = ERR_ABSENT;
        return err_fix(e, "name a folder that is there with --into");
    }
    r = tree_open(&p->into, path, e);
    free(path);
    return r;
}

int snapshot_make(struct store *s, struct workdir *w, const struct snapshot_opts *o, const struct work_ui *ui,
                  struct snapshot_result *r, struct err *e)
{
    struct snapshot p = {.s = s, .w = w, .o = o, .ui = ui, .r = r};
    int rc = -1;

    memset(r, 0, sizeof *r);
    if (open_into(&p, e) < 0)
        return -1;
    rc = make(&p, e);
    tree_close(&p.dir);
    if (rc < 0) {
        struct err ignored = {0};

        tree_remove_tree(&p.into, PART, false, &ignored);
    }
    tree_close(&p.into);
    return rc;
}

int snapshot_estimate(struct store *s, const struct workdir *w, const struct snapshot_opts *o, struct snapshot_result *r,
                      struct err *e)
{
    struct snapshot p = {.s = s, .w = w, .o = o, .r = r};
    int rc = -1;

    memset(r, 0, sizeof *r);
    if (open_into(&p, e) == 0)
        rc = prove_room(&p, e);
    tree_close(&p.into);
    return rc;
}
