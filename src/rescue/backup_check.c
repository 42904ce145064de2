/* Reading a backup to its end: every checksum it has is compared, every statement of its dump is looked at. */
#include "base/plural.h"
#include "rescue/backup_look.h"
#include "rescue/backup_sums.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PIECE ((size_t)256 * 1024)
/* So many problems of a kind are named; the others are counted. */
#define NAMED_MAX 8
/* Files that tell the version are small. */
#define VERSION_FILE_MAX ((size_t)1 << 20)
/* Executable comments count as MariaDB 10.11 reads them; what a dump holds does not depend on it. */
#define SERVER 101106

enum complaint { DAMAGE, REFUSED, REMARK, FOREIGN_SQL, COMPLAINTS };

struct check {
    struct store *s;
    struct backup_list *l;
    struct backup *b;
    const struct backup_watch *w;
    const struct backup_seen *seen;
    struct backup_reader *r;
    struct sql_facts *facts;
    struct backup_sums sums;
    size_t complaints[COMPLAINTS];
    uint64_t shown; /* offset when progress was last told */
    uint64_t dumps;
    char *first_dump; /* its name in its archive */
    uint64_t summed; /* files whose checksum was compared */
    char *piece;
    struct buf version_file;
};

static void complain(struct check *c, enum complaint kind, const char *text)
{
    if (kind == DAMAGE)
        c->b->sound = BACKUP_DAMAGED;
    if (c->complaints[kind]++ < NAMED_MAX)
        *vec_push(&c->b->problems) = arena_strdup(&c->l->mem, text);
}

static void count_unnamed(struct check *c)
{
    static const char *const more[COMPLAINTS] = {"more places are damaged", "more entries are refused", "more entries are remarkable",
                                                 "more statements are refused"};

    for (int k = 0; k < COMPLAINTS; k++)
        if (c->complaints[k] > NAMED_MAX)
            *vec_push(&c->b->problems) = arena_printf(&c->l->mem, "%zu %s", c->complaints[k] - NAMED_MAX, more[k]);
}

static void refused(void *ctx, const char *path, const char *why)
{
    struct check *c = ctx;

    complain(c, REFUSED, arena_printf(&c->l->mem, "%s would not be restored: %s", path, why));
}

static void remark(void *ctx, const char *path, const char *what)
{
    struct check *c = ctx;

    complain(c, REMARK, arena_printf(&c->l->mem, "%s: %s", path, what));
}

static int go_on(struct check *c, struct err *e)
{
    uint64_t at = backup_reader_offset(c->r);

    if (c->w == NULL)
        return 0;
    if (c->w->stop != NULL && *c->w->stop)
        return err_set(e, ERR_STOPPED, "reading %s was stopped", c->b->path);
    if (c->w->progress != NULL && (at < c->shown || at - c->shown >= PIECE)) {
        c->shown = at;
        c->w->progress(c->w->ctx, c->b->path, at, backup_reader_total(c->r));
    }
    return 0;
}

/* An error while reading is what is to be found out here; only stopping ends it. */
static int note_damage(struct check *c, struct err *e)
{
    if (e->kind == ERR_STOPPED)
        return -1;
    complain(c, DAMAGE, e->text);
    err_clear(e);
    return 0;
}

/* ---- dumps ---- */

static void see_item(struct check *c, const struct sql_item *item)
{
    struct sql_statement st;
    bool has = item->kind == SQL_STATEMENT || item->kind == SQL_INSERT;

    if (has)
        sql_statement_read(item->text, SERVER, true, &st);
    sql_facts_item(c->facts, item, has ? &st : NULL);
    if (has && st.kind == SQL_REFUSED)
        complain(c, FOREIGN_SQL, arena_printf(&c->l->mem, "%s, line %" PRIu64 ": would not be executed: %s",
                                              backup_reader_raw(c->r), item->line, st.why ? st.why : "it is not known"));
    else if (item->kind == SQL_CLIENT)
        complain(c, FOREIGN_SQL, arena_printf(&c->l->mem, "%s, line %" PRIu64 ": would not be executed: a command for the client",
                                              backup_reader_raw(c->r), item->line));
}

/* All items that are whole by now: 0, or -1 when the SQL is damaged. */
static int see_items(struct check *c, struct sql_dump *d, struct err *e)
{
    struct sql_item item;

    for (;;) {
        if (sql_dump_next(d, &item, e) != 0)
            return -1;
        if (item.kind == SQL_MORE)
            return 0;
        see_item(c, &item);
    }
}

/* Files of one series are one dump; others that happen to lie in one archive may be of two shops. */
static void see_another(struct check *c)
{
    const char *name = backup_reader_raw(c->r);

    if (c->dumps++ == 0)
        c->first_dump = mem_strdup(name);
    else if (!backup_look_series(c->first_dump, name))
        complain(c, REMARK, arena_printf(&c->l->mem, "%s: another dump beside %s; both would be loaded, one after the other", name,
                                         c->first_dump));
}

static int see_dump(struct check *c, struct err *e)
{
    struct sql_dump *d = sql_dump_new();
    struct err sql = {0};
    ssize_t n = 0;
    int rc = 0;

    see_another(c);
    while (rc == 0 && (n = backup_reader_read(c->r, c->piece, PIECE, e)) > 0) {
        rc = go_on(c, e);
        /* Behind damage in the text the rest is read for its checksum. */
        if (rc == 0 && sql.kind == ERR_NONE) {
            sql_dump_feed(d, (struct str){c->piece, (size_t)n});
            see_items(c, d, &sql);
        }
    }
    if (rc == 0 && n < 0)
        rc = note_damage(c, e);
    else if (rc == 0 && sql.kind == ERR_NONE) {
        sql_dump_eof(d);
        see_items(c, d, &sql);
    }
    if (rc == 0 && sql.kind != ERR_NONE)
        complain(c, DAMAGE, arena_printf(&c->l->mem, "%s: %s", backup_reader_raw(c->r), sql.text));
    if (rc == 0) {
        if (n < 0 && sql.kind == ERR_NONE)
            err_set(&sql, ERR_FORMAT, "it could not be read to its end");
        sql_facts_file_end(c->facts, d, sql.kind != ERR_NONE ? &sql : NULL);
    }
    sql_dump_free(d);
    return rc;
}

static void end_dumps(struct check *c)
{
    struct sql_facts *f = c->facts;
    struct backup *b = c->b;

    if (c->dumps == 0)
        return;
    sql_facts_end(f);
    b->rows = f->rows;
    b->writer = sql_writer_name(f->writer);
    backup_look_tables(c->l, b, f);
    /* What damage keeps from being known has been said already. */
    if (f->whole == SQL_WHOLE_NO && c->complaints[DAMAGE] == 0)
        complain(c, DAMAGE, arena_printf(&c->l->mem, "the dump is not whole: %s", f->why_not));
    if (f->tables.n == 0 && c->complaints[DAMAGE] == 0)
        complain(c, DAMAGE, "the dump holds no table");
    backup_look_dump(c->s, c->l, b, f);
}

/* ---- files ---- */

static bool tells_version(const struct check *c, const char *path)
{
    const char *const *f = c->s->platform->version_files;

    for (; f != NULL && *f != NULL; f++)
        if (strcmp(*f, path) == 0)
            return true;
    return false;
}

static void see_version(struct check *c, const char *path)
{
    char version[32] = "";

    if (c->version_file.n > VERSION_FILE_MAX || c->s->platform->version_in == NULL ||
        !c->s->platform->version_in(str_of(path), buf_str(&c->version_file), version))
        return;
    c->b->version = arena_strdup(&c->l->mem, version);
}

static void compare_sum(struct check *c, const char *path, const struct hash *h)
{
    const struct manifest_entry *en = manifest_find(&c->sums.files, path);
    struct digest is;

    if (en == NULL) {
        complain(c, DAMAGE, arena_printf(&c->l->mem, "%s is not in its list of checksums", path));
        return;
    }
    hash_end(h, &is);
    c->summed++;
    if (!digest_eq(&is, &en->digest))
        complain(c, DAMAGE, arena_printf(&c->l->mem, "%s differs from its checksum", path));
}

static bool comes_back(enum backup_role role)
{
    return role == BACKUP_ENTRY || role == BACKUP_CONFIG;
}

static int see_file(struct check *c, const struct backup_entry *en, struct err *e)
{
    bool version = comes_back(en->role) && tells_version(c, en->path);
    bool sums = c->sums.files.entries.n > 0 && comes_back(en->role);
    struct hash h;
    uint64_t bytes = 0;
    ssize_t n;

    buf_reset(&c->version_file);
    if (sums)
        hash_start(&h, HASH_MD5);
    while ((n = backup_reader_read(c->r, c->piece, PIECE, e)) > 0) {
        bytes += (uint64_t)n;
        if (sums)
            hash_add(&h, c->piece, (size_t)n);
        if (version && c->version_file.n <= VERSION_FILE_MAX)
            buf_add(&c->version_file, c->piece, (size_t)n);
        if (go_on(c, e) != 0)
            return -1;
    }
    if (n < 0)
        return note_damage(c, e);
    if (version)
        see_version(c, en->path);
    if (sums)
        compare_sum(c, en->path, &h);
    if (comes_back(en->role)) {
        c->b->files++;
        c->b->file_bytes += bytes;
    }
    if (c->seen != NULL && c->seen->entry != NULL)
        c->seen->entry(c->seen->ctx, en, bytes);
    return 0;
}

/* ---- the whole ---- */

static int read_all(struct check *c, struct err *e)
{
    struct backup_entry en;
    int r;

    for (;;) {
        r = backup_reader_next(c->r, &en, e);
        if (r == 0)
            return 0;
        if (r < 0) {
            if (note_damage(c, e) != 0)
                return -1;
            continue;
        }
        if (c->b->root == NULL && comes_back(en.role))
            c->b->root = arena_strdup(&c->l->mem, backup_reader_root(c->r));
        if (go_on(c, e) != 0)
            return -1;
        if (en.is_dir)
            continue;
        if ((en.role == BACKUP_DUMP ? see_dump(c, e) : see_file(c, &en, e)) != 0)
            return -1;
    }
}

static int read_sums(struct check *c, struct err *e)
{
    const char *path = c->b->parts.v[0].path;
    const char *slash = strrchr(path, '/');
    char *dir;
    int r;

    if (slash == NULL || c->b->parts.v[0].size == 0)
        return 0;
    dir = mem_dup(path, (size_t)(slash - path));
    r = backup_sums_read(&c->sums, c->s->tree.ops, dir, false, e);
    free(dir);
    return r != 0 ? note_damage(c, e) : 0;
}

/* What a snapshot says that it holds. */
static void compare_about(struct check *c)
{
    struct backup *b = c->b;
    const struct backup_sums *m = &c->sums;

    if (!m->has_about)
        return;
    if (m->version != NULL && b->version == NULL)
        b->version = arena_strdup(&c->l->mem, m->version);
    if (b->kind != BACKUP_DB && m->files.entries.n > 0 && c->summed < m->files.entries.n)
        complain(c, DAMAGE, arena_printf(&c->l->mem, "%" PRIu64 " of the %zu file%s that it lists %s missing",
                                         m->files.entries.n - c->summed, m->files.entries.n, plural(m->files.entries.n, "", "s"),
                                         plural(m->files.entries.n - c->summed, "is", "are")));
    if (c->dumps > 0 && ((m->n_tables != UINT64_MAX && m->n_tables != b->tables) || (m->n_rows != UINT64_MAX && m->n_rows != b->rows)))
        complain(c, DAMAGE, arena_printf(&c->l->mem, "its database was written with %" PRIu64 " tables and %" PRIu64
                                         " rows and has %zu and %" PRIu64, m->n_tables, m->n_rows, b->tables, b->rows));
}

static void judge(struct check *c)
{
    struct backup *b = c->b;

    end_dumps(c);
    backup_look_faults(c->s, c->l, b);
    compare_about(c);
    if (c->dumps > 0)
        b->kind = b->files > 0 ? BACKUP_FULL : BACKUP_DB;
    else if (b->files > 0)
        b->kind = BACKUP_FILES;
    else if (c->complaints[DAMAGE] == 0)
        complain(c, DAMAGE, "it holds neither files nor a dump");
    count_unnamed(c);
    if (b->size == 0 && b->files > 0)
        b->size = b->file_bytes;
    if (b->sound == BACKUP_UNCHECKED)
        b->sound = BACKUP_SOUND;
}

static void forget(struct backup *b)
{
    b->sound = BACKUP_UNCHECKED;
    b->problems.n = 0;
    b->table_names.n = 0;
    b->dumped.n = 0;
    b->last_table = NULL;
    b->files = b->file_bytes = b->rows = 0;
    b->tables = 0;
    b->root = NULL;
    b->recommended = false;
    b->why = NULL;
}

int backup_inspect(struct store *s, struct backup_list *l, struct backup *b, const struct backup_watch *w,
                   const struct backup_seen *seen, struct err *e)
{
    struct check c = {.s = s, .l = l, .b = b, .w = w, .seen = seen};
    struct backup_read_opts opt = {.salvage = true, .refused = refused, .remark = remark, .ctx = &c};
    struct sql_facts own;
    int r;

    forget(b);
    sql_facts_init(&own);
    c.facts = seen != NULL && seen->facts != NULL ? seen->facts : &own;
    c.piece = mem_alloc(PIECE);
    r = backup_reader_open(&c.r, s, b, &opt, e);
    if (r == 0)
        r = read_sums(&c, e);
    if (r == 0)
        r = read_all(&c, e);
    if (r == 0)
        judge(&c);
    backup_reader_close(c.r);
    backup_sums_free(&c.sums);
    sql_facts_free(&own);
    buf_free(&c.version_file);
    free(c.first_dump);
    free(c.piece);
    return r;
}

int backup_check(struct store *s, struct backup_list *l, struct backup *b, const struct backup_watch *w, struct err *e)
{
    return backup_inspect(s, l, b, w, NULL, e);
}

void backup_choose(struct store *s, const struct plan *p, struct backup_list *l)
{
    for (size_t i = 0; i < l->all.n; i++) {
        l->all.v[i]->recommended = false;
        l->all.v[i]->why = NULL;
    }
    if (s->platform->backup_judge != NULL)
        s->platform->backup_judge(s, p, l);
}
