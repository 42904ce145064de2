/*
 * Where the import of a dump stands. The wizard notes each statement behind its execution, so that of one statement, the first
 * without a note, nobody knows whether it was carried out. Mostly it can be seen in the database, or does no harm twice.
 */
#include "platform/cscart/legacy.h"

#include <stdlib.h>
#include <string.h>

static int by_text(const void *pa, const void *pb)
{
    return str_cmp(*(const struct str *)pa, *(const struct str *)pb);
}

static bool read_text(struct store *s, struct cs_case *c, const char *rel, struct str *out, struct err *e)
{
    struct buf bytes = {0};
    bool ok = tree_read(&s->tree, rel, CS_LEGACY_SQL_MAX, &bytes, e) == 0;

    if (ok)
        *out = (struct str){arena_dup(c->mem, bytes.p, bytes.n), bytes.n};
    buf_free(&bytes);
    return ok;
}

static bool in_list(const struct cs_statement_list *l, struct str statement)
{
    return l->all.n > 0 && bsearch(&statement, l->all.v, l->all.n, sizeof *l->all.v, by_text) != NULL;
}

/* The wizard notes the text with the store's prefix in it, and compares it with the text as it stands in the dump. */
bool cs_legacy_is_done(const struct cs_dump *d, struct str statement, const char *prefix)
{
    struct buf own = {0};
    bool done = in_list(&d->done, statement);

    if (!done && prefix) {
        cs_statement_prefixed(statement, prefix, &own);
        done = in_list(&d->done, buf_str(&own));
    }
    buf_free(&own);
    return done;
}

static void read_notes(struct store *s, struct cs_case *c, struct cs_dump *d)
{
    struct err why = {0};
    struct str text;

    cs_statement_list_free(&d->done);
    d->has_notes = tree_exists(&s->tree, d->notes);
    if (!d->has_notes)
        return;
    if (!read_text(s, c, d->notes, &text, &why) || cs_progress_read(text, c->mem, &d->done, &why) < 0) {
        d->err = arena_printf(c->mem, "%s: %s", d->notes, why.text);
        return;
    }
    for (size_t i = 0; i < d->done.all.n; i++)
        d->done.all.v[i] = str_trim(d->done.all.v[i]);
    if (d->done.all.n > 1)
        qsort(d->done.all.v, d->done.all.n, sizeof *d->done.all.v, by_text);
}

void cs_legacy_read_dump(struct store *s, struct cs_case *c, struct cs_dump *d)
{
    struct err why = {0};
    struct str text;

    d->err = NULL;
    d->open = 0;
    cs_statement_list_free(&d->all);
    if (!read_text(s, c, d->file, &text, &why) || cs_statements_split(text, &d->all, &why) < 0)
        d->err = arena_printf(c->mem, "%s: %s", d->file, why.text);
    read_notes(s, c, d);
    for (size_t i = 0; i < d->all.all.n; i++)
        d->open += !cs_legacy_is_done(d, d->all.all.v[i], s->prefix);
}

/* 1 there is a row, 0 none, -1 it can't be told. */
static int has_row(struct mysql *db, struct buf *sql)
{
    struct buf value = {0};
    struct err ignored = {0};
    bool found = false;
    int rc = mysql_value(db, buf_str(sql), &value, &found, &ignored);

    buf_free(&value);
    buf_reset(sql);
    return rc < 0 ? -1 : found;
}

static int has_table(struct mysql *db, struct buf *sql, struct str table)
{
    mysql_sqlf(db, sql,
               "SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = %S",
               table);
    return has_row(db, sql);
}

static int has_column(struct mysql *db, struct buf *sql, struct str table, struct str name)
{
    mysql_sqlf(db, sql,
               "SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = %S "
               "AND COLUMN_NAME = %S",
               table, name);
    return has_row(db, sql);
}

static int has_key(struct mysql *db, struct buf *sql, struct str table, struct str name)
{
    mysql_sqlf(db, sql,
               "SELECT 1 FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = "
               "%S AND INDEX_NAME = %S",
               table, name);
    return has_row(db, sql);
}

/* The table has a primary key, and the list names all of its columns ("" stands for all columns). */
static bool key_is_named(struct mysql *db, struct buf *sql, const struct cs_probe *p)
{
    const struct mysql_cell *row;
    struct err ignored = {0};
    bool named = true;
    size_t n = 0;
    int rc;

    mysql_sqlf(db, sql,
               "SELECT COLUMN_NAME FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND "
               "TABLE_NAME = %S"
               " AND INDEX_NAME = 'PRIMARY'",
               p->table);
    rc = mysql_query(db, buf_str(sql), &ignored);
    buf_reset(sql);
    while (rc >= 0 && (rc = mysql_row(db, &row, &ignored)) == 1) {
        n++;
        named = named && (p->columns.n == 0 || cs_probe_names(p->columns, row[0].s));
    }
    return rc == 0 && n > 0 && named;
}

static bool is_empty(struct mysql *db, struct buf *sql, struct str table)
{
    mysql_sqlf(db, sql, "SELECT 1 FROM %I LIMIT 1", table);
    return has_row(db, sql) == 0;
}

/* Rows that fit and do not have the value yet; were it carried out, those that still fit would have it. */
static enum cs_applied probe_update(struct mysql *db, struct buf *sql, const struct cs_probe *p)
{
    struct str value;
    struct str column = str_trim(str_cut(p->equal, '=', &value));
    int fits;
    int has;

    mysql_sqlf(db, sql, "SELECT 1 FROM %I", p->table);
    buf_printf(sql, " WHERE (%.*s) LIMIT 1", STR_FMT(p->where));
    if (p->where.n == 0 || p->where.n > 4000 || value.n > 4000)
        return CS_APPLIED_UNKNOWN;
    fits = has_row(db, sql);
    if (fits == 0)
        return CS_APPLIED_NO;
    mysql_sqlf(db, sql, "SELECT 1 FROM %I", p->table);
    buf_printf(sql, " WHERE (%.*s) AND %.*s <=> (%.*s) LIMIT 1", STR_FMT(p->where), STR_FMT(column),
               STR_FMT(value));
    has = has_row(db, sql);
    return fits == 1 && has == 0 ? CS_APPLIED_NO : CS_APPLIED_UNKNOWN;
}

static enum cs_applied yes_if(int there, int wanted)
{
    if (there < 0)
        return CS_APPLIED_UNKNOWN;
    return there == wanted ? CS_APPLIED_YES : CS_APPLIED_NO;
}

static enum cs_applied probe(struct mysql *db, struct buf *sql, const struct cs_probe *p, bool *ignore)
{
    int gone;

    switch (p->kind) {
    case CS_PROBE_HARMLESS:
        return CS_APPLIED_NO;
    case CS_PROBE_TABLE_MADE:
    case CS_PROBE_TABLE_GONE:
        return yes_if(has_table(db, sql, p->table), p->kind == CS_PROBE_TABLE_MADE);
    case CS_PROBE_COLUMN_MADE:
    case CS_PROBE_COLUMN_GONE:
        return has_table(db, sql, p->table) == 1
                   ? yes_if(has_column(db, sql, p->table, p->name), p->kind == CS_PROBE_COLUMN_MADE)
                   : CS_APPLIED_UNKNOWN;
    case CS_PROBE_COLUMN_MOVED:
        gone = has_column(db, sql, p->table, p->name) == 0;
        return gone != (has_column(db, sql, p->table, p->to) == 1) ? CS_APPLIED_UNKNOWN
               : gone                                              ? CS_APPLIED_YES
                                                                   : CS_APPLIED_NO;
    case CS_PROBE_KEY_MADE:
    case CS_PROBE_KEY_GONE:
        return has_table(db, sql, p->table) == 1
                   ? yes_if(has_key(db, sql, p->table, p->name), p->kind == CS_PROBE_KEY_MADE)
                   : CS_APPLIED_UNKNOWN;
    case CS_PROBE_REPLACE:
    case CS_PROBE_INSERT:
        *ignore = p->kind == CS_PROBE_INSERT;
        if (key_is_named(db, sql, p))
            return CS_APPLIED_NO;
        *ignore = false;
        return is_empty(db, sql, p->table) ? CS_APPLIED_NO : CS_APPLIED_UNKNOWN;
    case CS_PROBE_INSERT_SELECT:
        return is_empty(db, sql, p->table) ? CS_APPLIED_NO : CS_APPLIED_UNKNOWN;
    case CS_PROBE_UPDATE:
        return probe_update(db, sql, p);
    default:
        return CS_APPLIED_UNKNOWN;
    }
}

enum cs_applied cs_legacy_probe(struct store *s, struct str statement, bool *ignore, const char **why)
{
    struct err no_db = {0};
    struct mysql *db = store_db(s, &no_db);
    struct cs_probe p;
    struct buf sql = {0};
    enum cs_applied applied;

    *ignore = false;
    *why = NULL;
    if (db == NULL) {
        *why = "the database does not answer";
        return CS_APPLIED_UNKNOWN;
    }
    cs_probe_read(statement, &p);
    applied = probe(db, &sql, &p, ignore);
    if (applied == CS_APPLIED_UNKNOWN)
        *why = "it may have been carried out, and the database does not show whether it was";
    buf_free(&sql);
    return applied;
}

static enum cs_applied probe_at(struct store *s, const struct cs_dump *d, size_t at, bool *ignore,
                                const char **why)
{
    struct buf own = {0};
    enum cs_applied applied;

    cs_statement_prefixed(d->all.all.v[at], s->prefix ? s->prefix : CS_DUMP_PREFIX, &own);
    applied = cs_legacy_probe(s, buf_str(&own), ignore, why);
    buf_free(&own);
    return applied;
}

/* Behind the first statement of the schema others that can be seen are done: then all was carried out, and the notes removed. */
static bool was_cleaned(struct store *s, const struct cs_legacy *l)
{
    const struct cs_dump *d = l->dumps.n > 0 ? &l->dumps.v[0] : NULL;
    size_t seen = 0;

    if (d == NULL || d->labels || l->upg)
        return false;
    for (size_t i = 1; i < d->all.all.n; i++) {
        struct cs_probe p;
        const char *why;
        bool ignore;

        cs_probe_read(d->all.all.v[i], &p);
        if (p.kind < CS_PROBE_TABLE_MADE || p.kind > CS_PROBE_KEY_GONE || str_ends(p.table, STR("_upg")))
            continue;
        if (probe_at(s, d, i, &ignore, &why) != CS_APPLIED_YES)
            return false;
        seen++;
    }
    return seen > 0;
}

static void first_open(struct store *s, struct cs_legacy *l, const struct cs_dump *d)
{
    struct cs_pending *x = &l->pending;

    for (size_t i = 0; i < d->all.all.n && x->dump == NULL; i++)
        if (!cs_legacy_is_done(d, d->all.all.v[i], s->prefix)) {
            x->dump = d;
            x->at = i;
        }
    if (x->dump)
        x->applied = probe_at(s, d, x->at, &x->ignore, &x->why);
}

void cs_legacy_progress(struct store *s, struct cs_case *c)
{
    struct cs_legacy *l = c->legacy;
    size_t last = SIZE_MAX;

    memset(&l->pending, 0, sizeof l->pending);
    l->imported = l->cleaned = false;
    for (size_t i = 0; i < l->dumps.n; i++)
        if (l->dumps.v[i].has_notes)
            last = i;
    l->cleaned = l->imported = last == SIZE_MAX && was_cleaned(s, l);
    if (l->imported) {
        for (size_t i = 0; i < l->dumps.n; i++)
            l->dumps.v[i].open = 0;
        return;
    }
    /* A dump is begun when the one before is through. */
    for (size_t i = 0; last != SIZE_MAX && i < last; i++)
        l->dumps.v[i].open = 0;
    for (size_t i = last == SIZE_MAX ? 0 : last; i < l->dumps.n && l->pending.dump == NULL; i++)
        if (l->dumps.v[i].open > 0)
            first_open(s, l, &l->dumps.v[i]);
    l->imported = l->pending.dump == NULL;
    for (size_t i = 0; i < l->dumps.n; i++)
        l->imported = l->imported && l->dumps.v[i].err == NULL;
}
