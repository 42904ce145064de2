/*
 * Tables for rows that a backup of the back office has alone. What they are like is read from what an installer has: opencart.sql up to 3.x, the arrays of
 * db_schema.php from 4.0 on, of the release that the user names with --source, or of the store itself. A table fits when it has exactly the
 * columns of the rows, and so does one that an extension has added columns to, which the live table still has.
 */
#include "db/schema_live.h"
#include "format/schema_diff.h"
#include "format/sql_dump.h"
#include "platform/opencart/dump_version.h"
#include "sys/archive.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* opencart.sql has up to 3 MB, most of it data. */
#define TEXT_MAX ((size_t)16 * 1024 * 1024)
#define PIECE    ((size_t)65536)

#define SQL_FILE "install/opencart.sql"
#define PHP_FILE "system/helper/db_schema.php"

struct oc_schema_text {
    struct oc_schema_text *next;
    const char *shown;
    bool is_php;
    struct str text;
};

/* ---- what there is ---- */

/* Nearly all of opencart.sql is rows, and what is kept is read anew for each table of the dump. What can't be read stays as it is. */
static void drop_rows(struct buf *text)
{
    struct sql_dump *d = sql_dump_new();
    struct sql_item item;
    struct buf left = {0};
    struct err ignored = {0};
    int rc;

    sql_dump_feed(d, buf_str(text));
    sql_dump_eof(d);
    while ((rc = sql_dump_next(d, &item, &ignored)) == 0 && item.kind != SQL_MORE) {
        if (item.kind != SQL_STATEMENT)
            continue;
        buf_addstr(&left, item.text);
        buf_adds(&left, ";\n");
    }
    sql_dump_free(d);
    if (rc == 0) {
        buf_free(text);
        *text = left;
    } else {
        buf_free(&left);
    }
}

static void keep(struct store *s, const char *shown, bool is_php, struct buf *text)
{
    struct oc *x = s->own;
    struct oc_schema_text *one = arena_alloc(&s->mem, sizeof *one);
    struct oc_schema_text **at = &x->schema_texts;

    one->shown = shown;
    one->is_php = is_php;
    if (!is_php)
        drop_rows(text);
    one->text = (struct str){arena_dup(&s->mem, text->n ? text->p : "", text->n), text->n};
    while (*at)
        at = &(*at)->next;
    *at = one;
}

static bool take_below(struct store *s, const struct tree *t, const char *dir, const char *shown)
{
    static const char *const files[] = {SQL_FILE, PHP_FILE};
    bool found = false;

    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        const char *path = arena_join(&s->mem, dir, files[i]);
        struct buf text = {0};
        struct err ignored = {0};

        if (tree_exists(t, path) && tree_read(t, path, TEXT_MAX, &text, &ignored) == 0) {
            keep(s, shown ? arena_join(&s->mem, shown, path) : path, i == 1, &text);
            found = true;
        }
        buf_free(&text);
    }
    return found;
}

struct looking {
    struct store *s;
    const struct tree *t;
};

static int look_below(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct looking *l = arg;

    (void)e;
    if (type != DT_DIR)
        return 0;
    return take_below(l->s, l->t, arena_printf(&l->s->mem, "%s/upload", name), l->t->path) || take_below(l->s, l->t, name, l->t->path);
}

static void take_folder(struct store *s, const char *given)
{
    struct tree t = {.ops = s->tree.ops};
    struct looking l = {s, &t};
    struct err ignored = {0};

    if (tree_open(&t, given, &ignored) == 0 && !take_below(s, &t, "upload", given) && !take_below(s, &t, "", given))
        tree_list(&t, "", look_below, &l, &ignored);
    tree_close(&t);
}

static bool ends_path(const char *path, const char *tail)
{
    struct str s = str_of(path);

    return str_chop(&s, str_of(tail)) && (s.n == 0 || s.p[s.n - 1] == '/');
}

static void take_member(struct store *s, struct archive_src *a, const char *shown, bool is_php)
{
    struct buf text = {0};
    struct err ignored = {0};
    ssize_t n;

    while ((n = archive_src_read(a, buf_room(&text, PIECE), PIECE, &ignored)) > 0 && text.n + (size_t)n <= TEXT_MAX)
        text.n += (size_t)n;
    if (n == 0)
        keep(s, shown, is_php, &text);
    buf_free(&text);
}

static void take_archive(struct store *s, const char *given)
{
    int fd = open(given, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    struct err ignored = {0};
    struct archive_item item;
    struct archive_src *a;

    if (fd < 0)
        return;
    a = archive_src_open(s->tree.ops, fd, given, NULL, &ignored);
    while (a && archive_src_next(a, &item, &ignored) == 1)
        if (!item.is_dir && (ends_path(item.path, SQL_FILE) || ends_path(item.path, PHP_FILE)))
            take_member(s, a, arena_printf(&s->mem, "%s in %s", item.path, given), ends_path(item.path, PHP_FILE));
    archive_src_close(a);
    close(fd);
}

static void find_texts(struct store *s)
{
    struct oc *x = s->own;
    const char *given = s->opts ? s->opts->source : NULL;
    struct stat st;

    if (x->schema_sought)
        return;
    x->schema_sought = true;
    if (given && stat(given, &st) == 0) {
        if (S_ISDIR(st.st_mode))
            take_folder(s, given);
        else
            take_archive(s, given);
    }
    take_below(s, &s->tree, "", NULL);
}

/* ---- one table ---- */

static bool has(const char *const *columns, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (schema_same_name(columns[i], name))
            return true;
    return false;
}

/* Every column of the table is among them; *more says whether there are others. */
static bool is_within(const struct schema_table *t, const char *const *columns, size_t n, bool *more)
{
    for (size_t i = 0; i < t->columns.n; i++)
        if (!has(columns, n, t->columns.v[i].name))
            return false;
    *more = n > t->columns.n;
    return true;
}

/* The table, and behind its columns those of the live one that the rows have as well: 1, 0 when the live one has not all of them either. */
static int with_live(struct store *s, const struct schema_table *t, const char *const *columns, size_t n, struct schema *live,
                     struct schema_table *out, struct err *e)
{
    struct mysql *db = store_db(s, e);
    const struct schema_table *is;

    if (db == NULL)
        return -1;
    if (live->tables.n == 0 && schema_live(db, s->prefix, live, e) < 0)
        return -1;
    is = schema_find(live, t->name);
    for (size_t i = 0; i < t->columns.n; i++)
        *vec_push(&out->columns) = t->columns.v[i];
    for (size_t i = 0; i < n; i++) {
        const struct schema_column *c = schema_column(t, columns[i]);

        if (c)
            continue;
        c = is ? schema_column(is, columns[i]) : NULL;
        if (c == NULL)
            return 0;
        *vec_push(&out->columns) = *c;
        /* A number that counts by itself needs a key, and the table has one of its own. */
        out->columns.v[out->columns.n - 1].auto_increment = false;
    }
    return 1;
}

static int make(struct store *s, const struct schema_table *t, const char *const *columns, size_t n, bool more, struct buf *create, struct err *e)
{
    const struct schema_rules rules = {.engine = true, .charset = true, .columns_charset = true};
    struct schema nothing = {0};
    struct schema live = {0};
    struct schema want = {0};
    struct schema_table whole = *t;
    struct schema_diff d = {0};
    int rc = 1;

    memset(&whole.columns, 0, sizeof whole.columns);
    if (more)
        rc = with_live(s, t, columns, n, &live, &whole, e);
    else
        for (size_t i = 0; i < t->columns.n; i++)
            *vec_push(&whole.columns) = t->columns.v[i];
    if (rc > 0) {
        *vec_push(&want.tables) = whole;
        schema_diff(&nothing, &want, &rules, s->prefix, &d);
        if (d.steps.n == 1 && d.steps.v[0].create && d.steps.v[0].statements.n == 1)
            buf_adds(create, d.steps.v[0].statements.v[0]);
        else
            rc = err_set(e, ERR_FORMAT, "table %s can't be made from what an installer says of it", t->name);
    }
    free(whole.columns.v);
    free(want.tables.v);
    schema_diff_free(&d);
    schema_free(&live);
    return rc;
}

/* Whether all of it is of a version that the dump may be of: for tables without rows, where no column tells. */
static bool is_of_dump(const struct schema *sch, const struct oc_range *range)
{
    struct oc_marked m = {0};
    bool is;

    oc_marks_read(sch, &m);
    is = m.version && oc_range_known(range) && oc_range_has(range, m.version);
    oc_marked_free(&m);
    return is;
}

static int from_text(struct store *s, const struct oc_schema_text *x, const struct oc_range *range, bool exact, const char *table,
                     const char *const *columns, size_t n, struct buf *create, struct err *e)
{
    struct schema sch = {0};
    struct err bad = {0};
    const struct schema_table *t;
    bool more = false;
    int rc = 0;

    /* What can't be read is no source; the user hears which version is needed. */
    if ((x->is_php ? schema_read_php(x->text, &sch, &bad) : schema_read_sql(x->text, "oc_", &sch, &bad)) == 0 && (!exact || is_of_dump(&sch, range))) {
        t = schema_find(&sch, table);
        if (t && (n == 0 ? is_of_dump(&sch, range) : is_within(t, columns, n, &more)))
            rc = make(s, t, columns, n, more, create, e);
    }
    schema_free(&sch);
    return rc;
}

static void tell_what_is_needed(struct store *s, const struct oc_range *range, struct err *why)
{
    const struct oc *x = s->own;

    err_clear(why);
    why->kind = ERR_REFUSED;
    if (range->mixed) {
        err_fix(why, "the backup was made in the middle of an upgrade: some of its tables are of %s and others older. Take an older backup", range->from);
        return;
    }
    err_fix(why, "a backup of the back office holds rows alone; these need the tables of OpenCart %s: name that release with --source, its zip or the folder "
                 "it was unpacked to%s%s", oc_range_words(range, &s->mem), x->schema_texts ? "; what was looked at has others: " : "",
            x->schema_texts ? x->schema_texts->shown : "");
}

int oc_table_source(struct store *s, const struct backup *b, const char *table, const char *const *columns, size_t n, struct buf *create,
                    struct err *why)
{
    const struct oc *x = s->own;
    struct str name = str_of(table);
    struct oc_range range;
    int rc = 0;

    if (s->prefix == NULL || !str_skip(&name, str_of(s->prefix)))
        return 0;
    find_texts(s);
    oc_dump_range(s, b, &range);
    /* A version that the whole dump fits goes before one that only this table fits. */
    for (int any = 0; any < 2; any++)
        for (const struct oc_schema_text *t = x->schema_texts; t && rc == 0; t = t->next)
            rc = from_text(s, t, &range, any == 0, arena_dup(&s->mem, name.p, name.n), columns, n, create, why);
    if (rc == 0)
        tell_what_is_needed(s, &range, why);
    return rc;
}
