/* A dump that makes none of its tables, looked at before anything is asked or changed. */
#include "rescue/restore_parts.h"

#include <string.h>

int restore_table_source(void *ctx, const char *table, const char *const *columns, size_t n, struct buf *create, struct err *why)
{
    struct restore *r = ctx;

    return r->store->platform->table_source(r->store, r->backup, table, columns, n, create, why);
}

/* The dump's table by the name that it gets. */
static bool target(const struct restore *r, const char *name, struct buf *out)
{
    struct str rest = str_of(name);

    buf_reset(out);
    if (r->opts.from_prefix && str_skip(&rest, str_of(r->opts.from_prefix)))
        buf_adds(out, r->store->prefix);
    buf_addstr(out, rest);
    return r->opts.all_tables || str_starts(buf_str(out), str_of(r->store->prefix));
}

/* Whether there are tables for all of the rows. */
static int fits(struct restore *r, struct err *e)
{
    struct err ignored = {0};
    struct mysql *db = store_db(r->store, &ignored);
    struct buf name = {0};
    struct buf create = {0};
    int rc = 0;

    /* Without a database nothing is restored anyway, and that is said in its place. */
    for (size_t i = 0; db && rc == 0 && i < r->facts.tables.n; i++) {
        const struct sql_table_facts *t = &r->facts.tables.v[i];
        enum shadow_pattern how;

        buf_reset(&create);
        if (!target(r, t->name, &name))
            continue;
        rc = shadow_pattern(db, buf_cstr(&name), (const char *const *)t->columns, t->n_columns, false, restore_table_source, r, &how, &create, e);
        r->other_version = r->other_version || (rc == 0 && how == SHADOW_AS_SOURCE);
    }
    buf_free(&name);
    buf_free(&create);
    return rc;
}

/* What is made bytes again is a guess where the writer is not known to have made two characters of them. */
static int may_repair(const struct restore *r, struct err *e)
{
    switch (oc_escapes_by(&r->facts.escapes)) {
    case OC_ESCAPE_OLD:
        return 0;
    case OC_ESCAPE_NEW:
        return err_set(e, ERR_REFUSED, "%s was written by a version whose escapes lose nothing: there is nothing to repair", r->backup->path);
    default:
        break;
    }
    err_set(e, ERR_REFUSED, "%s: nothing proves that the old writer of backups has written it, so what would be repaired may be as it was", r->backup->path);
    return err_fix(e, "restore it without --repair-escapes");
}

static int look(struct restore *r, const struct backup_watch *watch, struct err *e)
{
    const struct backup_seen seen = {.facts = &r->facts};
    bool recommended = r->backup->recommended;
    const char *why = r->backup->why;

    if (backup_inspect(r->store, &r->list, r->backup, watch, &seen, e) < 0)
        return -1;
    r->backup->recommended = recommended;
    r->backup->why = why;
    /* Reading it for the restore says what is wrong with it, with its place. */
    if (r->backup->sound == BACKUP_DAMAGED)
        return 0;
    if (restore_own_tables(r, e) < 0 || (r->opts.repair_escapes && may_repair(r, e) < 0))
        return -1;
    return r->store->platform->table_source ? fits(r, e) : 0;
}

int restore_rows_look(struct restore *r, const struct backup_watch *watch, struct err *e)
{
    if (r->opts.repair_escapes && (r->store->platform->row_repair == NULL || !r->opts.db || !r->backup->rows_alone)) {
        err_set(e, ERR_USAGE, "--repair-escapes is for dumps that OpenCart's back office has written");
        return err_fix(e, "leave it out");
    }
    return r->opts.db && r->backup->rows_alone ? look(r, watch, e) : 0;
}
