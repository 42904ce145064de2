/*
 * The tables as they are, and as the target version has them. Up to 3.0 these are in the SQL of its installer, from 4.0 on in system/helper/db_schema.php.
 * The release is asked first: of a store whose files were half copied index.php may be new, and what the tables are read from still old.
 */
#include "db/schema_live.h"
#include "platform/opencart/plan_parts.h"
#include "platform/opencart/schema_work.h"
#include "sys/archive.h"

#include <string.h>
#include <unistd.h>

/* opencart.sql has 3 MB, most of it data. */
#define SOURCE_MAX ((size_t)32 * 1024 * 1024)
#define PIECE      ((size_t)64 * 1024)

#define SQL_SOURCE "install/opencart.sql"
#define PHP_SOURCE "system/helper/db_schema.php"

/* ---- the source ----------------------------------------------------------------------------------------------------------------- */

static int read_member(struct store *s, const struct oc_case *c, const char *path, struct buf *out, struct err *e)
{
    struct archive_item item;
    struct archive_src *a = NULL;
    int fd = oc_release_open(s, &c->release, e);
    bool found = false;
    int rc = -1;

    if (fd >= 0)
        a = archive_src_open(NULL, fd, c->release.shown, NULL, e);
    while (a && !found && (rc = archive_src_next(a, &item, e)) == 1) {
        ssize_t n = 0;

        found = !item.is_dir && strcmp(item.path, path) == 0;
        while (found && out->n < SOURCE_MAX && (n = archive_src_read(a, buf_room(out, PIECE), PIECE, e)) > 0)
            out->n += (size_t)n;
        if (found)
            rc = n < 0 ? -1 : 0;
    }
    archive_src_close(a);
    if (fd >= 0)
        close(fd);
    if (rc == 0 && !found)
        rc = err_set(e, ERR_ABSENT, "%s is not in it", path);
    return rc;
}

/* What a description of tables is a description of. */
static bool is_of_version(const struct schema *target, const char *version, struct err *e)
{
    struct oc_marked m = {.version = NULL};
    /* Some releases say that they are the one before, with whose tables they are not content. */
    const char *other = oc_version_or(version);
    const char *last = other && oc_version_compare(other, version) > 0 ? other : version;
    const char *is;
    const char *want = NULL;
    size_t n;
    const struct oc_mark *all = oc_marks(&n);

    for (size_t i = 0; i < n; i++)
        if (all[i].since && all[i].collate == NULL && oc_version_compare(all[i].since, version) <= 0 &&
            (want == NULL || oc_version_compare(all[i].since, want) > 0))
            want = all[i].since;
    oc_marks_read(target, &m);
    is = m.version;
    oc_marked_free(&m);
    /* of what comes behind the newest known version nothing is known */
    if (oc_version_compare(version, "4.2") >= 0)
        return true;
    if (is && (want == NULL || oc_version_compare(is, want) >= 0) && oc_version_compare(is, last) <= 0)
        return true;
    err_set(e, ERR_MISMATCH, "it describes the tables of %s, not those of %s", is ? is : "no known version", version);
    return false;
}

static void drop_column(struct schema *s, const char *table, const char *column)
{
    for (size_t i = 0; i < s->tables.n; i++) {
        struct schema_table *t = &s->tables.v[i];
        size_t n = 0;

        if (strcmp(t->name, table) != 0)
            continue;
        for (size_t k = 0; k < t->columns.n; k++)
            if (strcmp(t->columns.v[k].name, column) != 0)
                t->columns.v[n++] = t->columns.v[k];
        t->columns.n = n;
    }
}

/* Its own later step drops it from a store, though a new installation has it. */
static void trim(struct schema *target, const char *to)
{
    if (oc_family_of(to) == OC_FAMILY_40 && oc_version_compare(to, "4.1.0.1") >= 0) {
        drop_column(target, "customer", "code");
        drop_column(target, "customer", "token");
    }
}

static int take(struct oc_case *c, bool php, struct str text, const char *origin, struct err *e)
{
    struct schema read = {.foreign = {NULL, 0, 0}};
    int rc = php ? schema_read_php(text, &read, e) : schema_read_sql(text, "oc_", &read, e);

    if (rc == 0 && !is_of_version(&read, c->to, e)) {
        schema_free(&read);
        rc = -1;
    }
    if (rc < 0)
        return err_wrap(e, "%s", origin);
    c->target = read;
    trim(&c->target, c->to);
    c->target_known = true;
    c->target_origin = origin;
    return 0;
}

static int from_release(struct store *s, struct oc_case *c, bool php, const char *rel, struct err *e)
{
    const char *path = arena_join(c->mem, c->release.dir, rel);
    const char *origin = arena_printf(c->mem, "%s of %s", path, c->release.shown);
    struct buf text = {0};
    int rc = c->release.archive ? read_member(s, c, path, &text, e) : tree_read(&c->release.own, path, SOURCE_MAX, &text, e);

    rc = rc < 0 ? err_wrap(e, "%s", c->release.shown) : take(c, php, buf_str(&text), origin, e);
    buf_free(&text);
    return rc;
}

static int from_store(struct store *s, struct oc_case *c, bool php, const char *rel, struct err *e)
{
    struct buf text = {0};
    int rc = tree_read(&s->tree, rel, SOURCE_MAX, &text, e);

    if (rc == 0)
        rc = take(c, php, buf_str(&text), rel, e);
    buf_free(&text);
    return rc;
}

/* No source is no error of the plan: target_known stays false, and why is for the step. */
static int find_target(struct store *s, struct oc_case *c, struct err *e)
{
    enum oc_family family = oc_family_of(c->to);
    bool php = family == OC_FAMILY_40;
    const char *rel = php ? PHP_SOURCE : SQL_SOURCE;
    struct err second = {0};

    schema_free(&c->target);
    c->target_known = false;
    c->target_origin = NULL;
    if (family == OC_FAMILY_UNKNOWN)
        return err_set(e, ERR_ABSENT, "the version after the upgrade is not known");
    if (c->release.dir && from_release(s, c, php, rel, e) == 0)
        return 0;
    if (from_store(s, c, php, rel, &second) == 0) {
        err_clear(e);
        return 0;
    }
    if (e->kind == ERR_NONE)
        *e = second;
    err_wrap(e, "what the tables of %s are like is not at hand", c->to);
    return err_fix(e, "name the folder or archive of the release %s with --source", c->to);
}

/* ---- what is seen --------------------------------------------------------------------------------------------------------------- */

/* The installer's step goes table by table; the one in which it died has all its columns, and lacks what comes behind these. */
static void find_torn(struct oc_case *c, const struct schema_diff *d)
{
    c->torn_table = NULL;
    for (size_t i = 0; i < d->steps.n && c->torn_table == NULL; i++)
        if (d->steps.v[i].torn && d->steps.v[i].added == 0)
            c->torn_table = arena_strdup(c->mem, d->steps.v[i].table);
}

static int look(struct store *s, struct oc_case *c, struct mysql *db, struct err *e)
{
    struct oc_schema_work x = {.mem = {NULL}};
    size_t old = 0;

    if (oc_schema_compare(s, c, &c->live, NULL, OC_SCHEMA_SEEN, db, &x, e) < 0) {
        oc_schema_work_free(&x);
        return -1;
    }
    for (size_t i = 0; i < x.diff.steps.n; i++) {
        const struct schema_step *st = &x.diff.steps.v[i];

        old += !st->slight;
        if (c->lacking == NULL && (st->create || st->added > 0))
            c->lacking = arena_strdup(c->mem, st->table);
    }
    c->tables_old = old;
    c->tables_new = c->target.tables.n - old;
    find_torn(c, &x.diff);
    oc_schema_work_free(&x);
    return 0;
}

int oc_schema_read(struct store *s, struct oc_case *c, struct err *why, struct err *e)
{
    struct oc *x = s->own;
    struct mysql *db = store_db(s, e);

    c->tables_new = c->tables_old = 0;
    c->torn_table = c->lacking = NULL;
    schema_free(&c->live);
    oc_marked_free(&c->marked);
    if (db == NULL || s->prefix == NULL)
        return db == NULL ? -1 : err_set(e, ERR_ABSENT, "the prefix of the tables is not known");
    if (schema_live(db, s->prefix, &c->live, e) < 0)
        return -1;
    oc_marks_read(&c->live, &c->marked);
    x->schema_version = c->marked.version;
    if (find_target(s, c, why) < 0)
        return 0;
    return look(s, c, db, e);
}

int oc_case_schema(struct store *s, struct oc_case *c, struct err *e)
{
    struct err ignored = {0};

    return oc_schema_read(s, c, &ignored, e);
}
