#include "cmd/restore_report.h"

#include "base/clock.h"
#include "base/plural.h"

#include <stdlib.h>

/* So many names of a list are printed; all of them are in the JSON. */
#define SHOWN 10

static void put_names(struct app *a, const char *title, const char *const *v, size_t n, uint64_t count)
{
    size_t shown = a->verbose || n <= SHOWN + 1 ? n : SHOWN;

    if (count == 0)
        return;
    app_print(a, "\n");
    app_para(a, 0, "%s (%llu):", title, (unsigned long long)count);
    for (size_t i = 0; i < shown; i++)
        app_para(a, 2, "%s", v[i]);
    if (count > shown)
        app_para(a, 2, "and %llu more; -v shows them", (unsigned long long)(count - shown));
}

static void put_lost(struct app *a, const struct restore *r)
{
    VEC(const char *) lines = {0};
    struct arena mem = {0};

    for (size_t i = 0; i < r->sums.lost.n; i++)
        *vec_push(&lines) = arena_printf(&mem, "%s: %s", r->sums.lost.v[i].path, r->sums.lost.v[i].why);
    put_names(a, "Not restored, for they can't be read whole", lines.v, lines.n, lines.n);
    free(lines.v);
    arena_free(&mem);
}

void restore_report_before(struct app *a, const struct restore *r)
{
    const struct backup *b = r->backup;
    char size[CLOCK_WORDS];

    clock_size(b->size, size);
    app_print(a, "Backup ");
    app_puts(a, TERM_BOLD, b->path);
    app_print(a, ", %s%s%s", size, b->taken ? ", taken " : "", b->taken ? b->taken : "");
    if (b->version) {
        app_print(a, ", of version ");
        app_puts(a, TERM_RESET, b->version);
    }
    app_print(a, "\n");
    if (b->why)
        app_para(a, 2, "%s", b->why);
    for (size_t i = 0; i < b->problems.n; i++)
        app_para(a, 2, "%s", b->problems.v[i]);
    if (r->upgrade.state == UPGRADE_INTERRUPTED && !r->upgrade.touched)
        app_para(a, 0, "The broken upgrade has changed nothing in the store: restoring is not needed for its sake, and "
                       "loses what customers did since the backup was made.");
    else if (r->opts.db)
        app_para(a, 0, "Orders, customers and edits made since the backup was taken will not be in the shop; they stay "
                       "in the old tables until clean, and undo brings them back.");
}

static void put_files(struct app *a, const struct restore *r)
{
    const struct restore_sums *s = &r->sums;
    char size[CLOCK_WORDS];

    clock_size(r->opts.dry_run ? s->bytes : r->stage.bytes_put, size);
    app_print(a, "Files     %llu %s, %llu %s, %llu equal", (unsigned long long)s->changed,
              r->opts.dry_run ? "would be replaced" : "replaced", (unsigned long long)s->added,
              r->opts.dry_run ? "would be added" : "added", (unsigned long long)s->equal);
    if (s->moved)
        app_print(a, ", %llu moved away", (unsigned long long)s->moved);
    app_print(a, "; %s%s\n", size, r->opts.dry_run ? "" : " written");
}

static void put_tables(struct app *a, const struct restore *r)
{
    const struct shadow_report *d = r->shadow ? shadow_report(r->shadow) : NULL;
    char size[CLOCK_WORDS];

    clock_size(r->facts.bytes, size);
    if (d && d->tables > 0)
        app_print(a, "Database  %zu table%s, %llu row%s loaded (%s of SQL, %s)\n", d->tables, plural(d->tables, "", "s"),
                  (unsigned long long)d->rows, plural(d->rows, "", "s"), size, shadow_where(r->shadow));
    else
        app_print(a, "Database  %zu table%s, %llu row%s in the dump (%s of SQL)\n", sql_facts_tables(&r->facts),
                  plural(sql_facts_tables(&r->facts), "", "s"), (unsigned long long)r->facts.rows,
                  plural(r->facts.rows, "", "s"), size);
}

size_t restore_problems(const struct restore *r)
{
    return r->sums.lost.n + r->sums.refused.n;
}

static void put_staying(struct app *a, const struct restore *r, const struct shadow_report *d)
{
    const struct restore_sums *s = &r->sums;

    put_names(a, "Tables that the product's own dumps never hold; left as they are", s->undumped.v, s->undumped.n, s->undumped.n);
    put_names(a, "Tables that the dump does not hold; left as they are", s->others.v, s->others.n, s->others.n);
    if (s->newer.n + s->undumped.n + s->others.n == 0)
        put_names(a, "Tables that the dump does not hold; left as they are", d->staying.v, d->staying.n, d->staying.n);
    else if (r->opts.exact)
        put_names(a, "Tables that came after the dump; they have other names until clean, undo brings them back", s->newer.v, s->newer.n,
                  s->newer.n);
    else
        put_names(a, "Tables that came after the dump; left as they are (--exact puts them aside)", s->newer.v, s->newer.n,
                  s->newer.n);
}

void restore_report_after(struct app *a, struct restore *r, uint64_t ns)
{
    const struct restore_sums *s = &r->sums;
    const struct shadow_report *d = r->shadow ? shadow_report(r->shadow) : NULL;
    char took[CLOCK_WORDS];
    const char *first = NULL;
    size_t shared;

    clock_duration(ns, took);
    app_print(a, "\n");
    if (r->opts.files)
        put_files(a, r);
    if (r->opts.db && r->facts.tables.n > 0)
        put_tables(a, r);
    app_print(a, "Time      %s\n", took);
    put_lost(a, r);
    if (s->filled)
        app_para(a, 0, "%llu file%s that the backup does not have, or not whole, %s from the source.", (unsigned long long)s->filled,
                 plural(s->filled, "", "s"), plural(s->filled, "comes", "come"));
    put_names(a, "Entries of the backup that were not taken", s->refused.v, s->refused.n, s->refused.n);
    put_names(a, "Configuration that differs from the backup's and was left as it is", s->kept.v, s->kept.n, s->kept.n);
    if (!r->opts.exact)
        put_names(a, "In the store and not in the backup; left there (--exact moves them away)", s->extras.v,
                  s->extras.n, s->extra);
    else
        put_names(a, r->opts.dry_run ? "Not in the backup; would be moved to the undo copies"
                                     : "Not in the backup; moved to the undo copies",
                  s->extras.v, s->extras.n, s->extra);
    put_names(a, "Too large for the product's own backup, so not in it; left as they are", s->left_out.v, s->left_out.n, s->left_out.n);
    if (d) {
        put_staying(a, r, d);
        put_names(a, "Tables of the dump that are not the store's; not loaded (--all-tables loads them)",
                  d->passed_over.v, d->passed_over.n, d->passed_over.n);
        put_names(a, "Remarks on the database", d->remarks.v, d->remarks.n, d->remarks.n);
    }
    /* The steps behind the files may put modes right. */
    shared = r->opts.dry_run ? 0 : restore_count_shared(r, &first);
    if (shared)
        app_para(a, 0, "%zu file%s may be written by everybody on this server (the first: %s); the broken upgrade may have "
                       "done that: chmod %s to 0644.",
                 shared, plural(shared, "", "s"), first, plural(shared, "it", "them"));
}

static void json_names(struct json *j, const char *key, const char *const *v, size_t n)
{
    json_karr(j, key);
    for (size_t i = 0; i < n; i++)
        json_cstr(j, v[i]);
    json_end(j);
}

void restore_report_json(struct json *j, const struct restore *r)
{
    const struct restore_sums *s = &r->sums;
    const struct shadow_report *d = r->shadow ? shadow_report(r->shadow) : NULL;

    json_kobj(j, "backup");
    json_kstr(j, "path", r->backup ? r->backup->path : NULL);
    json_kstr(j, "version", r->backup ? r->backup->version : NULL);
    json_kstr(j, "taken", r->backup ? r->backup->taken : NULL);
    json_end(j);
    json_kobj(j, "files");
    json_kbool(j, "asked", r->opts.files);
    json_kuint(j, "equal", s->equal);
    json_kuint(j, "replaced", s->changed);
    json_kuint(j, "added", s->added);
    json_kuint(j, "moved", s->moved);
    json_kuint(j, "extra", s->extra);
    json_names(j, "extras", s->extras.v, s->extras.n);
    json_kuint(j, "filled", s->filled);
    json_karr(j, "lost");
    for (size_t i = 0; i < s->lost.n; i++)
        json_cstr(j, s->lost.v[i].path);
    json_end(j);
    json_names(j, "refused", s->refused.v, s->refused.n);
    json_names(j, "kept", s->kept.v, s->kept.n);
    json_names(j, "left_out", s->left_out.v, s->left_out.n);
    json_end(j);
    json_kobj(j, "database");
    json_kbool(j, "asked", r->opts.db);
    json_kstr(j, "mode", d ? shadow_mode_name(d->mode) : NULL);
    json_kuint(j, "tables", d ? d->tables : sql_facts_tables(&r->facts));
    json_kuint(j, "rows", d ? d->rows : r->facts.rows);
    json_names(j, "staying", d ? d->staying.v : NULL, d ? d->staying.n : 0);
    json_names(j, "newer", s->newer.v, s->newer.n);
    json_names(j, "undumped", s->undumped.v, s->undumped.n);
    json_names(j, "passed_over", d ? d->passed_over.v : NULL, d ? d->passed_over.n : 0);
    json_names(j, "remarks", d ? d->remarks.v : NULL, d ? d->remarks.n : 0);
    json_end(j);
}
