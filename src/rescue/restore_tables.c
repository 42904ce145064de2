/*
 * The backup as a whole, and the live tables that its dump does not hold. Where the product's own dumps hold every table of the store but
 * a few by name, any other live table came after the dump: the upgrade made it, or a module that was installed since.
 */
#include "base/plural.h"
#include "rescue/restore_parts.h"

#include "base/esc.h"
#include "db/mysql_rows.h"
#include "rescue/backup_look.h"
#include "rescue/undo_parts.h"

#include <stdlib.h>
#include <string.h>

/* Names of the newer tables, each with a NUL behind it, until they are put aside. */
#define NOTE_NEWER "newer"

/* The tables of the dump that was just read, for those who judge the backup. */
static void take_tables(struct restore *r)
{
    if (r->backup->table_names.n == 0)
        backup_look_tables(&r->list, r->backup, &r->facts);
}

int restore_judge(struct restore *r, struct err *e)
{
    struct backup *b = r->backup;
    enum backup_sound was = b->sound;
    size_t before = b->problems.n;
    const char *what;

    /* All that can be wrong with a whole is in the dump; each file of an archive is judged when it is read. */
    if (!r->opts.db)
        return 0;
    take_tables(r);
    b->sound = BACKUP_UNCHECKED;
    backup_look_faults(r->store, &r->list, b);
    if (b->sound != BACKUP_DAMAGED) {
        b->sound = was;
        /* They were told at the start or by the check of all backups. */
        if (before > 0)
            b->problems.n = before;
        return 0;
    }
    what = b->problems.v[b->problems.n - 1];
    for (size_t i = before; i < b->problems.n; i++)
        if (i == before)
            what = b->problems.v[i];
    err_set(e, ERR_FORMAT, "%s: the dump is not whole: %s", b->path, what);
    return err_fix(e, "take another backup (toolkit backups lists them); what is left of this dump would make a store of two halves. The files of "
                      "this backup alone come back with: toolkit restore --only files");
}

/* Every head of the first table's name that ends with "_", and none, may be the prefix: the one that makes most of the dump's names those of live tables. */
static const char *likely_prefix(struct restore *r, size_t *hits)
{
    const struct sql_facts *f = &r->facts;
    const char *first = f->tables.v[0].name;
    const char *best = "";
    struct err ignored = {0};
    struct mysql *db = store_db(r->store, &ignored);
    struct mysql_list live = {0};

    *hits = 0;
    if (db == NULL || mysql_rows_list(db, STR("SELECT table_name FROM information_schema.tables WHERE table_schema=DATABASE()"), &r->mem, &live, &ignored) < 0)
        live.n = 0;
    for (size_t n = 0; first[n] != '\0'; n++) {
        struct str head = {first, n};
        size_t is = 0;

        if (n > 0 && first[n - 1] != '_')
            continue;
        for (size_t i = 0; i < f->tables.n; i++) {
            struct str rest = str_of(f->tables.v[i].name);

            for (size_t k = 0; str_starts(rest, head) && k < live.n; k++) {
                struct str name = str_of(live.v[k]);

                if (str_skip(&name, str_of(r->store->prefix)) && str_eq(name, str_sub(rest, n, rest.n))) {
                    is++;
                    break;
                }
            }
        }
        if (is > *hits) {
            *hits = is;
            best = arena_dup(&r->mem, first, n);
        }
    }
    return best;
}

int restore_own_tables(struct restore *r, struct err *e)
{
    const struct restore_opts *o = &r->opts;
    struct str prefix = str_of(o->from_prefix ? o->from_prefix : r->store->prefix);
    const struct sql_facts *f = &r->facts;
    struct buf command = {0};
    const char *likely;
    size_t hits;

    for (size_t i = 0; i < f->tables.n; i++)
        if (o->all_tables || str_starts(str_of(f->tables.v[i].name), prefix))
            return 0;
    if (f->tables.n == 0)
        return 0;
    err_set(e, ERR_REFUSED, "none of the dump's %zu table%s has a name that begins with \"%.*s\"; the first is %s", f->tables.n, plural(f->tables.n, "", "s"),
            STR_FMT(prefix), f->tables.v[0].name);
    likely = likely_prefix(r, &hits);
    if (hits == 0)
        return err_fix(e, "if it is of this shop, name the prefix in the dump: --from-prefix PREFIX");
    buf_adds(&command, "toolkit restore --from-prefix ");
    esc_shell(&command, likely);
    buf_addc(&command, ' ');
    esc_shell(&command, r->backup->path);
    err_fix(e, "%zu of them are this store's by their names behind \"%s\"; if it is of this shop: %s", hits, likely, buf_cstr(&command));
    buf_free(&command);
    return -1;
}

static bool is_undumped(const struct store *s, const char *table)
{
    const char *const *t = s->platform->undumped_tables;
    struct str name = str_of(table);

    if (!str_skip(&name, str_of(s->prefix ? s->prefix : "")))
        return false;
    for (; t && *t; t++)
        if (str_is(name, *t))
            return true;
    return false;
}

void restore_sort_staying(struct restore *r)
{
    const struct shadow_report *d = shadow_report(r->shadow);
    /* A dump of part of the tables by another writer says nothing about the others. */
    bool is_whole = r->facts.writer == SQL_BY_PRESTASHOP;

    r->sums.newer.n = r->sums.undumped.n = r->sums.others.n = 0;
    if (r->store->platform->undumped_tables == NULL)
        return;
    for (size_t i = 0; i < d->staying.n; i++)
        if (is_undumped(r->store, d->staying.v[i]))
            *vec_push(&r->sums.undumped) = arena_strdup(&r->mem, d->staying.v[i]);
        else
            *(is_whole ? vec_push(&r->sums.newer) : vec_push(&r->sums.others)) = arena_strdup(&r->mem, d->staying.v[i]);
}

int restore_note_newer(struct restore *r, struct err *e)
{
    struct buf names = {0};
    int rc;

    if (!r->opts.exact || r->sums.newer.n == 0)
        return 0;
    for (size_t i = 0; i < r->sums.newer.n; i++)
        buf_add(&names, r->sums.newer.v[i], strlen(r->sums.newer.v[i]) + 1);
    rc = case_file_note(r->journal.file, r->journal.id, CASE_STEP, NOTE_NEWER, buf_str(&names), e);
    buf_free(&names);
    return rc;
}

int restore_put_aside(struct restore *r, struct work *w, struct err *e)
{
    const struct work_ctx *ctx = w->ctx;
    struct buf names = {0};
    struct undo u;
    int rc = 0;

    if (restore_noted(r, NOTE_NEWER, &names)) {
        undo_init(&u, r->store, &r->work, r->journal.file, r->journal.id, ctx->ui);
        rc = aside_put(&u, CASE_STEP, buf_str(&names), &r->sums.aside, e);
        undo_free(&u);
    }
    buf_free(&names);
    return rc;
}
