/* One reading of a backup from its first byte to its last. */
#include "rescue/restore_parts.h"

#include "base/glob.h"
#include "sys/stage_compare.h"

#include <stdlib.h>
#include <string.h>

#define PIECE ((size_t)256 * 1024)
/* Room is looked at anew when so much was written since. */
#define ROOM_EVERY (UINT64_C(64) << 20)
/* So many names of a kind are remembered; the counts go on. */
#define NAMES_MAX 1000

struct pass {
    struct restore *r;
    struct work *w;
    struct backup_reader *reader;
    bool fill;             /* the reading of a source that fills holes */
    struct sql_dump *dump; /* for a dump that is only checked */
    bool in_place;         /* the second reading, for the database alone */
    bool load;             /* the dump goes to the shadow; else it is only checked */
    bool loading;          /* a load has begun */
    uint64_t room_at;
    char *piece;
    char *compare_room; /* taken when first needed */
    struct tree_parent at;
};

static void refused(void *ctx, const char *path, const char *why)
{
    struct restore *r = ctx;

    if (r->sums.refused.n < NAMES_MAX)
        *vec_push(&r->sums.refused) = arena_printf(&r->mem, "%s: %s", path, why);
}

static void lose(struct restore *r, const char *path, const struct err *why)
{
    if (r->sums.lost.n < NAMES_MAX)
        *vec_push(&r->sums.lost) = (struct restore_lost){arena_strdup(&r->mem, path), arena_strdup(&r->mem, why->text)};
}

/* Takes a path off the list of what was lost. */
static bool found_again(struct restore *r, const char *path)
{
    for (size_t i = 0; i < r->sums.lost.n; i++)
        if (strcmp(r->sums.lost.v[i].path, path) == 0) {
            r->sums.lost.v[i] = r->sums.lost.v[--r->sums.lost.n];
            return true;
        }
    return false;
}

static bool is_wanted(const struct restore *r, const char *path)
{
    if (r->opts.include && !glob_any(r->opts.include, path))
        return false;
    return !glob_any(r->opts.exclude, path);
}

/* New files get the mode that the backup has for them as far as that is no danger; archives made by PHP have 0666 for all. */
static struct stage_meta meta_of(const struct restore *r, const struct backup_entry *en, bool there)
{
    struct stage_meta m = {0};

    if (en->mode != 0 && (en->mode & 0022) == 0 && !there) {
        m.keep = true;
        m.mode = en->mode & 0755;
        m.uid = r->store->owner.uid;
        m.gid = r->store->owner.gid;
    }
    return m;
}

/* Equal files are not written, but who may write them is looked at. */
static void look_at_mode(struct restore *r, const char *path, const struct stat *live)
{
    if ((live->st_mode & 0002) == 0)
        return;
    if (r->sums.shared.n < NAMES_MAX)
        *vec_push(&r->sums.shared) = arena_strdup(&r->mem, path);
}

size_t restore_count_shared(struct restore *r, const char **first)
{
    size_t n = 0;

    for (size_t i = 0; i < r->sums.shared.n; i++) {
        struct err ignored = {0};
        struct stat st;

        if (tree_stat(&r->store->tree, r->sums.shared.v[i], &st, &ignored) == 0 && (st.st_mode & 0002) != 0 && n++ == 0)
            *first = r->sums.shared.v[i];
    }
    return n;
}

static int check_room(struct pass *ps, struct err *e)
{
    struct restore *r = ps->r;

    if (r->stage.batch_bytes < ps->room_at)
        return 0;
    ps->room_at = r->stage.batch_bytes + ROOM_EVERY;
    return stage_need(&r->stage, ROOM_EVERY, 0, 0, e);
}

/* Nothing is written: only compared. 1 equal, 0 not, -1. */
static int compare(struct pass *ps, const struct backup_entry *en, struct err *e)
{
    struct stage_compare c;
    const char *base;
    const struct tree *dir = tree_parent(&ps->at, &ps->r->store->tree, en->path, &base, e);
    int rc;

    if (dir == NULL)
        return -1;
    if (ps->compare_room == NULL)
        ps->compare_room = mem_alloc(STAGE_COMPARE_ROOM);
    rc = stage_compare_begin(&c, dir, base, backup_reader_read, ps->reader, ps->compare_room, e);
    stage_compare_end(&c);
    return rc;
}

/* What the entry is to the live store; live: the file in its place, NULL when there is none. */
static int put_file(struct pass *ps, const struct backup_entry *en, const struct stat *live, struct err *e)
{
    struct restore *r = ps->r;
    uint64_t same = r->stage.files_same;
    struct stage_meta meta = meta_of(r, en, live != NULL);
    int equal;

    if (r->opts.dry_run) {
        equal = live ? compare(ps, en, e) : 0;
        if (equal < 0)
            return -1;
    } else {
        if (check_room(ps, e) < 0 ||
            stage_put(&r->stage, en->path, backup_reader_read, ps->reader, NULL, &meta, e) < 0)
            return -1;
        equal = r->stage.files_same > same;
    }
    if (equal) {
        r->sums.equal++;
        if (live)
            look_at_mode(r, en->path, live);
    } else if (live) {
        r->sums.changed++;
    } else {
        r->sums.added++;
    }
    if (!equal)
        r->sums.bytes += en->size == UINT64_MAX ? 0 : en->size;
    return 0;
}

/* What the backup has whole is never taken from the source, nor what belongs to the merchant. */
static int fill_file(struct pass *ps, const struct backup_entry *en, struct err *e)
{
    struct restore *r = ps->r;
    struct stat st;
    bool there;

    if (en->is_dir || en->role != BACKUP_ENTRY || !is_wanted(r, en->path) ||
        (r->store->platform->is_volatile && r->store->platform->is_volatile(r->store, str_of(en->path))))
        return 0;
    if (restore_in_backup(r, en->path) && !found_again(r, en->path))
        return 0;
    there = tree_parent_stat(&ps->at, &r->store->tree, en->path, &st, e) == 0;
    if (there && !S_ISREG(st.st_mode)) {
        refused(r, en->path, "something that is no file is in its place");
        return 0;
    }
    err_clear(e);
    r->sums.filled++;
    return put_file(ps, en, there ? &st : NULL, e);
}

static int take_file(struct pass *ps, const struct backup_entry *en, struct err *e)
{
    struct restore *r = ps->r;
    struct stat st;
    bool there;

    if (ps->fill)
        return fill_file(ps, en, e);
    if (en->is_dir)
        return 0;
    *vec_push(&r->paths) = arena_strdup(&r->mem, en->path);
    if (!is_wanted(r, en->path))
        return 0;
    there = tree_parent_stat(&ps->at, &r->store->tree, en->path, &st, e) == 0;
    if (there && !S_ISREG(st.st_mode)) {
        /* The rest of the backup is none the worse for it. */
        refused(r, en->path, S_ISDIR(st.st_mode) ? "a directory is in its place" : "a link or device is in its place");
        return 0;
    }
    err_clear(e);
    if (en->role == BACKUP_CONFIG && there) {
        int equal = compare(ps, en, e);

        if (equal == 0)
            *vec_push(&r->sums.kept) = arena_strdup(&r->mem, en->path);
        return equal < 0 ? -1 : 0;
    }
    return put_file(ps, en, there ? &st : NULL, e);
}

/* A dump that can't be loaded yet is read and judged all the same. */
static int check_items(struct pass *ps, struct err *e)
{
    struct mysql *db = store_db(ps->r->store, e);
    unsigned server = db ? mysql_version_number(db) : 0;
    bool mariadb = db && mysql_is_mariadb(db);
    struct sql_item item;
    int rc;

    err_clear(e);
    while ((rc = sql_dump_next(ps->dump, &item, e)) == 0 && item.kind != SQL_MORE) {
        struct sql_statement st = {0};
        const char *why;
        bool is_code = item.kind == SQL_STATEMENT || item.kind == SQL_INSERT;

        if (is_code)
            sql_statement_read(item.text, server, mariadb, &st);
        why = is_code && st.kind == SQL_REFUSED ? st.why : NULL;
        if ((item.kind == SQL_ROW && !item.plain) || (item.kind == SQL_INSERT_END && item.text.n > 0))
            why = sql_values_refused(item.text, server, mariadb);
        if (why)
            return err_set(e, ERR_REFUSED, "line %llu: %s", (unsigned long long)item.line, why);
        sql_facts_item(&ps->r->facts, &item, is_code ? &st : NULL);
    }
    return rc;
}

static int check_dump(struct pass *ps, const struct backup_entry *en, struct err *e)
{
    ssize_t n;
    int rc = -1;

    ps->dump = sql_dump_new();
    while ((n = backup_reader_read(ps->reader, ps->piece, PIECE, e)) > 0) {
        sql_dump_feed(ps->dump, (struct str){ps->piece, (size_t)n});
        if (check_items(ps, e) < 0)
            goto out;
    }
    if (n < 0)
        goto out;
    sql_dump_eof(ps->dump);
    rc = check_items(ps, e);
    sql_facts_file_end(&ps->r->facts, ps->dump, rc < 0 ? e : NULL);
out:
    sql_dump_free(ps->dump);
    ps->dump = NULL;
    return rc < 0 ? err_wrap(e, "%s", en->path) : 0;
}

static int load_dump(struct pass *ps, const struct backup_entry *en, struct err *e)
{
    struct shadow *s = ps->r->shadow;
    ssize_t n;

    if (!ps->loading && shadow_load_begin(s, &ps->r->facts, e) < 0)
        return -1;
    ps->loading = true;
    if (shadow_file(s, en->path, e) < 0)
        return -1;
    while ((n = backup_reader_read(ps->reader, ps->piece, PIECE, e)) > 0) {
        if (ps->w->stop && *ps->w->stop)
            return err_set(e, ERR_STOPPED, "stopped while the dump was loaded, as you asked");
        if (shadow_feed(s, (struct str){ps->piece, (size_t)n}, e) < 0)
            return -1;
        ps->w->progress(ps->w, NULL, backup_reader_offset(ps->reader), backup_reader_total(ps->reader));
    }
    return n < 0 ? -1 : shadow_file_end(s, e);
}

static int take_entry(struct pass *ps, const struct backup_entry *en, struct err *e)
{
    const struct restore *r = ps->r;

    switch (en->role) {
    case BACKUP_ENTRY:
    case BACKUP_CONFIG:
        return r->opts.files && !ps->in_place ? take_file(ps, en, e) : 0;
    case BACKUP_DUMP:
        if (!r->opts.db || ps->fill)
            return 0;
        return ps->load ? load_dump(ps, en, e) : check_dump(ps, en, e);
    case BACKUP_LEAVE:
        break;
    }
    return 0;
}

/* Damage in one file does not end a salvage; damage in a dump does: half a table is worse than the old one. */
static bool can_go_on(const struct pass *ps, const struct backup_entry *en, const struct err *e)
{
    return ps->r->opts.salvage && e->kind == ERR_FORMAT && (en == NULL || en->role != BACKUP_DUMP);
}

static int read_all(struct pass *ps, struct err *e)
{
    struct restore *r = ps->r;
    struct backup_entry en;
    bool lost = false;
    int rc;

    for (;;) {
        rc = backup_reader_next(ps->reader, &en, e);
        if (rc == 0)
            return 0;
        if (rc < 0) {
            if (!can_go_on(ps, NULL, e))
                return -1;
            if (!lost)
                lose(r, "the rest", e);
            err_clear(e);
            /* Twice without an entry between: nothing more can be read. */
            if (lost)
                return 0;
            lost = true;
            continue;
        }
        lost = false;
        if (ps->w->stop && *ps->w->stop)
            return err_set(e, ERR_STOPPED, "stopped while the backup was read, as you asked");
        ps->w->progress(ps->w, en.role == BACKUP_DUMP ? "loading the dump" : "comparing files",
                        backup_reader_offset(ps->reader), backup_reader_total(ps->reader));
        if (take_entry(ps, &en, e) == 0)
            continue;
        tree_parent_forget(&ps->at); /* the stage may have taken back a directory that it made */
        if (!can_go_on(ps, &en, e))
            return -1;
        lose(r, en.path, e);
        err_clear(e);
    }
}

static int by_path(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int run_pass(struct pass *ps, struct err *e)
{
    struct restore *r = ps->r;
    struct backup_read_opts o = {.salvage = r->opts.salvage, .refused = refused, .ctx = r};
    int rc = -1;

    ps->w->progress(ps->w, "reading the backup", 0, 0);
    ps->piece = mem_alloc(PIECE);
    if (ps->in_place || ps->fill)
        o.refused = NULL;
    if (backup_reader_open(&ps->reader, r->store, ps->fill ? r->source : r->backup, &o, e) < 0)
        goto out;
    if (read_all(ps, e) < 0 || (ps->loading && shadow_load_end(r->shadow, e) < 0))
        goto out;
    rc = 0;
out:
    backup_reader_close(ps->reader);
    free(ps->piece);
    free(ps->compare_room);
    tree_parent_forget(&ps->at);
    return rc;
}

static void forget_sums(struct restore *r)
{
    free(r->sums.extras.v);
    free(r->sums.lost.v);
    free(r->sums.refused.v);
    free(r->sums.kept.v);
    free(r->sums.shared.v);
    free(r->sums.left_out.v);
    free(r->sums.newer.v);
    free(r->sums.undumped.v);
    free(r->sums.others.v);
    memset(&r->sums, 0, sizeof r->sums);
    r->paths.n = 0;
}

int restore_read(struct restore *r, struct work *w, struct err *e)
{
    struct pass ps = {.r = r,
                      .w = w,
                      .load = r->shadow != NULL && shadow_mode(r->shadow) != SHADOW_IN_PLACE &&
                              shadow_state(r->shadow) != SHADOW_SWITCHED};

    forget_sums(r);
    sql_facts_free(&r->facts);
    sql_facts_init(&r->facts);
    if (run_pass(&ps, e) < 0)
        return -1;
    if (!ps.load)
        sql_facts_end(&r->facts);
    if (r->facts.tables.n > 0 && r->facts.whole == SQL_WHOLE_NO)
        return err_set(e, ERR_FORMAT, "the dump is not whole: %s", r->facts.why_not);
    /* Whether an archive holds a dump is known only now; asked for by name it has to. */
    if (r->opts.db && !r->opts.files && r->facts.tables.n == 0)
        return err_set(e, ERR_FORMAT, "%s holds no table", r->backup->path);
    if (restore_own_tables(r, e) < 0 || restore_judge(r, e) < 0)
        return -1;
    if (ps.load)
        restore_sort_staying(r);
    if (r->paths.n > 0)
        qsort(r->paths.v, r->paths.n, sizeof *r->paths.v, by_path);
    r->sums.read = true;
    return 0;
}

int restore_fill(struct restore *r, struct work *w, struct err *e)
{
    struct pass ps = {.r = r, .w = w, .fill = true};

    return run_pass(&ps, e);
}

int restore_load_in_place(struct restore *r, struct work *w, struct err *e)
{
    struct pass ps = {.r = r, .w = w, .in_place = true, .load = true};

    sql_facts_free(&r->facts);
    sql_facts_init(&r->facts);
    return run_pass(&ps, e);
}
