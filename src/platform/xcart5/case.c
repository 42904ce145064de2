/* Everything that is known of the upgrade, read in the order in which one thing explains the next. */
#include "db/mysql_rows.h"
#include "format/php_version.h"
#include "platform/xcart5/plan_parts.h"

#include <stdlib.h>
#include <string.h>

struct xc_entry *xc_case_entry(const struct xc_case *c, struct str name)
{
    for (size_t i = 0; i < c->entries.n; i++)
        if (str_is(name, c->entries.v[i]->name))
            return c->entries.v[i];
    return NULL;
}

struct xc_hook *xc_case_hook(const struct xc_case *c, const char *step_id)
{
    struct str rest = str_of(step_id);
    struct str entry;

    str_cut(rest, ':', &rest);
    entry = str_cut(rest, ':', &rest);
    for (size_t i = 0; i < c->hooks.n; i++)
        if (str_is(entry, c->hooks.v[i]->entry->name) && str_is(rest, c->hooks.v[i]->tail))
            return c->hooks.v[i];
    return NULL;
}

static bool below(const char *version, const char *limit)
{
    return version && php_version_compare(str_of(version), str_of(limit)) < 0;
}

/*
 * The old version of the core: what is compiled as long as that differs from the code, else the target of
 * the run before. The code itself is old until its files are copied.
 */
static const char *old_core(struct xc_case *c, const struct xc *x, const char *to)
{
    c->from_sure = true;
    if (x->compiled_version && to && php_version_compare(str_of(x->compiled_version), str_of(to)) < 0)
        return x->compiled_version;
    if (x->code_version && to && php_version_compare(str_of(x->code_version), str_of(to)) < 0)
        return x->code_version;
    c->from_sure = false;
    return c->log.before;
}

/* Modules: the row is of the old version until the module's files are copied. */
static int read_modules(struct store *s, struct xc_case *c, struct err *e)
{
    struct mysql *db = store_db(s, e);
    const struct mysql_cell *row;
    struct buf sql = {0};
    int rc;

    if (db == NULL)
        return -1;
    mysql_sqlf(db, &sql, "SELECT * FROM %i WHERE installed = 1", store_table(s, "modules"));
    rc = mysql_query(db, buf_str(&sql), e);
    while (rc >= 0 && (rc = mysql_row(db, &row, e)) == 1) {
        struct str author = mysql_rows_text(db, row, "author");
        struct str name = mysql_rows_text(db, row, "name");
        struct xc_entry *en;

        en = xc_case_entry(c, str_of(arena_printf(c->mem, "%.*s\\%.*s", STR_FMT(author), STR_FMT(name))));
        if (en == NULL)
            continue;
        en->in_db = true;
        en->enabled = str_is(mysql_rows_text(db, row, "enabled"), "1");
        en->db_version = xc_join_version(c->mem, mysql_rows_text(db, row, "majorVersion"), mysql_rows_text(db, row, "minorVersion"),
                                         mysql_rows_text(db, row, "build"));
        if (en->from == NULL && !en->fresh && below(en->db_version, en->to ? en->to : "0"))
            en->from = en->db_version;
    }
    buf_free(&sql);
    return rc < 0 ? -1 : 0;
}

static void set_versions(struct xc_case *c, const struct xc *x)
{
    struct xc_entry *core = xc_case_entry(c, STR(XC_CORE));
    const char *ruling;

    if (core) {
        if (core->to == NULL)
            core->to = c->log.target;
        core->from = old_core(c, x, core->to);
        c->from = core->from;
        c->to = core->to;
    } else if (c->entries.n > 0) {
        c->from = c->entries.v[0]->from;
        c->to = c->entries.v[0]->to;
    }
    /* The running upgrader is the old version's; what it did not say is taken from the code at hand. */
    ruling = core && core->from ? core->from : x->compiled_version ? x->compiled_version : x->code_version;
    c->old_calls = c->cell.hooks == NULL && !c->log.writes_progress && below(ruling, "5.2.7");
    c->core_last = ruling && !below(ruling, "5.3.2");
    /* The rebuild is run by the code that was copied. */
    ruling = core && core->to ? core->to : x->code_version;
    c->rebuild_runs_hooks = ruling && !below(ruling, "5.2");
}

/* An upgrade that died before its first line in the log leaves there only the run before it. */
static void forget_older_run(struct xc_case *c)
{
    const struct phps_node *core = c->cell.present ? phps_get(c->cell.entries, "____CORE____") : NULL;
    const char *to = core ? xc_cell_version(c->mem, core) : NULL;
    bool found = c->log.found;
    const char *before;

    if (to == NULL || c->log.target == NULL || strcmp(to, c->log.target) == 0)
        return;
    before = arena_strdup(c->mem, c->log.target);
    xc_log_free(&c->log);
    c->log.found = found;
    c->log.before = before;
}

int xc_case_read(struct store *s, struct arena *mem, struct xc_case *c, struct err *e)
{
    const struct xc *x = s->own;
    struct err db = {0};

    memset(c, 0, sizeof *c);
    c->mem = mem;
    if (xc_read_logs(s, c, e) < 0)
        return -1;
    if (xc_read_cell(s, c, &db) < 0 && db.kind == ERR_FORMAT)
        c->cell_err = arena_strdup(mem, db.text);
    forget_older_run(c);
    xc_cell_entries(c);
    if (xc_find_packs(s, c, e) < 0)
        return -1;
    err_clear(&db);
    c->modules_known = read_modules(s, c, &db) == 0;
    set_versions(c, x);
    for (size_t i = 0; i < c->entries.n; i++) {
        struct xc_entry *en = c->entries.v[i];

        en->left_out = en->author && c->modules_known && (!en->in_db || !en->enabled) && !en->fresh;
    }
    if (xc_expect_hooks(s, c, e) < 0)
        return -1;
    xc_read_rebuild(s, c);
    return 0;
}

void xc_case_free(struct xc_case *c)
{
    for (size_t i = 0; i < c->entries.n; i++) {
        free(c->entries.v[i]->rebuild_hooks.v);
        if (c->entries.v[i]->files)
            xc_file_plan_free(c->entries.v[i]->files);
    }
    free(c->entries.v);
    free(c->hooks.v);
    free(c->cell.keep.v);
    xc_log_free(&c->log);
    tree_close(&c->source);
    c->entries.v = NULL;
    c->hooks.v = NULL;
    c->cell.keep.v = NULL;
}
