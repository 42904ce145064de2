/* What else was seen, besides the story of the upgrade itself. */
#include "base/plural.h"
#include "platform/opencart/plan_parts.h"

#include <stdlib.h>
#include <string.h>

/* ---- configuration ---- */

static void note_fresh(struct store *s, struct plan *p, const struct oc_case *c)
{
    const struct oc *x = s->own;
    struct finding *f;

    if (!c->fresh)
        return;
    f = plan_finding(p, FINDING_PROBLEM, "fresh_installer", "config.php is empty: the shop takes itself for not installed");
    f->detail = x->install ? "It sends every visitor to its installer, which is there, and which wipes the data of the database when somebody goes through it."
                           : "It sends every visitor to its installer, which would wipe the data of the database.";
    f->source = x->catalog.path;
    if (x->back.path && x->back.err.kind == ERR_NONE && !x->back.c.empty)
        f->fix = arena_printf(&p->mem, "Bring config.php back from a backup, or write it after %s: the same lines, but HTTP_SERVER with what HTTP_CATALOG is there, "
                                       "DIR_APPLICATION with catalog instead of %s, and without HTTP_CATALOG, DIR_CATALOG and OPENCART_SERVER. Until then "
                                       "toolkit store installer off keeps the installer from being called.",
                              x->back.path, x->admin ? x->admin : "admin");
    else
        f->fix = "Bring config.php back from a backup: toolkit backups. Until then toolkit store installer off keeps the installer from being called.";
}

static void note_config_file(struct plan *p, const struct oc_config_file *file)
{
    struct finding *f;

    if (file->path == NULL || file->err.kind != ERR_NONE)
        return;
    if (file->c.crowded) {
        f = plan_finding(p, FINDING_WARNING, "config_crowded", "%s has several constants on one line", file->path);
        f->detail = "An upgrade of 3.0 leaves it so; the next one reads only one of them, or none.";
        f->source = file->path;
        f->line = file->c.crowded;
        f->fix = "Put each define on a line of its own.";
    }
    if (file->c.broken) {
        f = plan_finding(p, FINDING_PROBLEM, "config_broken", "PHP can't read %s", file->path);
        f->source = file->path;
        f->line = file->c.broken;
        f->fix = "Correct that line, or bring the file back from a backup.";
    }
}

static void note_config(struct store *s, struct plan *p, const struct oc_case *c)
{
    const struct oc *x = s->own;
    struct finding *f;

    if (s->config_err.kind != ERR_NONE && !c->fresh) {
        f = plan_finding(p, FINDING_PROBLEM, "config_unreadable", "%s", s->config_err.text);
        f->fix = s->config_err.fix[0] ? arena_strdup(&p->mem, s->config_err.fix) : "bring it back from a backup";
    }
    if (x->config_note && !c->fresh) {
        f = plan_finding(p, FINDING_WARNING, "config_note", "the configuration is not quite in order");
        f->detail = x->config_note;
    }
    note_config_file(p, &x->catalog);
    note_config_file(p, &x->back);
    if (c->config_why && p->state != UPGRADE_INTERRUPTED && oc_family_of(s->version) == OC_FAMILY_40) {
        f = plan_finding(p, FINDING_PROBLEM, "config_constants", "the configuration lacks what this version reads");
        f->detail = c->config_why;
    }
    if (x->storage_lost) {
        f = plan_finding(p, FINDING_PROBLEM, "storage_lost", "the configuration names a storage folder that is not there, or not this store's");
        f->detail = x->storage_full ? x->storage_full : x->storage;
        f->fix = "Correct DIR_STORAGE in both config.php, or bring the folder back.";
    } else if (s->aside_path && s->aside.path == NULL) {
        f = plan_finding(p, FINDING_WARNING, "storage_unreachable", "the storage folder outside of the store can't be opened");
        f->detail = arena_strdup(&p->mem, s->aside_err.text);
    }
}

/* ---- files ---- */

static void note_versions(struct store *s, struct plan *p, const struct oc_case *c)
{
    struct finding *f;

    if (c->mixed) {
        f = plan_finding(p, FINDING_PROBLEM, "versions_mixed", "the store has files of two versions: %s", c->mixed);
        f->fix = c->release.dir ? "toolkit resume copies the rest" : "get the zip of the new version, then: toolkit resume --source FILE.zip";
    }
    if (c->release_other && (p->state == UPGRADE_INTERRUPTED || (s->opts && s->opts->source))) {
        f = plan_finding(p, FINDING_WARNING, "release_other", "a release that was found or named is not used");
        f->detail = c->release_other;
    }
    if (!c->open && c->db && s->version && c->marked.version && oc_milestone(s->version) &&
        oc_version_compare(c->marked.version, oc_milestone(s->version)) > 0) {
        f = plan_finding(p, FINDING_PROBLEM, "versions_differ", "the tables are as in %s, the files are of %s", c->marked.version, s->version);
        f->detail = "The files were put back, and the database was not; or files of an older version were uploaded.";
        f->fix = "toolkit backups shows whether there is a backup of both; with the newer release, toolkit resume --source goes forward.";
    }
    if (!c->open && oc_schema_old(c) && c->marked.missing.n > 0) {
        const struct oc_mark *m = c->marked.missing.v[0];

        f = plan_finding(p, FINDING_PROBLEM, "table_missing", "the database lacks what version %s has", s->version);
        f->detail = m->column ? arena_printf(&p->mem, "%s.%s", store_table(s, m->table), m->column) : store_table(s, m->table);
    }
}

static void note_files(struct plan *p, const struct oc_case *c)
{
    struct finding *f;

    if (c->torn.n > 0 && p->state == UPGRADE_INTERRUPTED) {
        f = plan_finding(p, FINDING_PROBLEM, "files_torn", "%zu file%s of the code empty or cut off", c->torn.n, plural(c->torn.n, " is", "s are"));
        f->detail = plan_names(p, c->torn.v, c->torn.n);
        f->fix = "get the zip of the new version, then: toolkit resume --source FILE.zip";
    }
    if (c->files_known && c->open && c->todo.n > 0 && c->files_applied > 0)
        plan_finding(p, FINDING_NOTE, "files_applied", "%zu file%s already as the new version has %s", c->files_applied,
                     plural(c->files_applied, " is", "s are"), plural(c->files_applied, "it", "them"));
}

/* Old copies of code are the most common reason for errors behind an upgrade. */
static void note_copies(struct plan *p, const struct oc_case *c)
{
    const char *fix = c->open ? "toolkit resume empties that cache first" : "toolkit cache clear, then toolkit cache rebuild";
    struct finding *f;

    if (c->unfit.n > 0) {
        f = plan_finding(p, c->open ? FINDING_WARNING : FINDING_PROBLEM, "modification_unfit",
                         "the shop loads %zu stale cop%s instead of its own code", c->unfit.n, plural(c->unfit.n, "y", "ies"));
        f->detail = arena_printf(&p->mem, "In the cache of modified files: %s. It is the code of another version, or a modification made it that is off.",
                                 plan_names(p, c->unfit.v, c->unfit.n));
        f->fix = fix;
    }
    if (c->stale.n > 0) {
        f = plan_finding(p, FINDING_WARNING, "modification_stale", "%zu cop%s of modified files %s older than the code that they stand in for", c->stale.n,
                         plural(c->stale.n, "y", "ies"), plural(c->stale.n, "is", "are"));
        f->detail = plan_names(p, c->stale.v, c->stale.n);
        f->fix = fix;
    }
}

static void note_zip(struct plan *p, const struct oc_case *c)
{
    struct finding *f;

    if (c->trail.zip == NULL || c->open)
        return;
    f = plan_finding(p, FINDING_NOTE, "zip_left", "the archive of a release is left: %s", c->trail.zip);
    f->detail = c->trail.zip_bad ? "It is no whole archive; nothing was unpacked of it."
                                 : "The back office downloaded it. An upgrade from it did not begin, or it found its files elsewhere.";
    f->fix = "Remove it when nobody means to upgrade from it.";
}

static void note_installer(struct store *s, struct plan *p, const struct oc_case *c)
{
    const struct oc *x = s->own;
    struct finding *f;

    if (x->install == NULL || c->fresh)
        return;
    if (!c->open && oc_steps_of(s->version) > 0 && x->install_steps > oc_steps_of(s->version)) {
        f = plan_finding(p, FINDING_PROBLEM, "installer_newer",
                         "the folder install is of a newer release: it has %u steps, that of %s has %u, and the release itself is not there", x->install_steps,
                         s->version, oc_steps_of(s->version));
        f->detail = "An upgrade to that release was prepared or begun; without its files nobody can tell how far it came.";
        f->source = "install";
        f->fix = "To finish it get the zip of that release, then: toolkit resume --source FILE.zip. If it was not begun: toolkit store installer off";
        return;
    }
    f = plan_finding(p, FINDING_WARNING, "installer_left", "the folder install is there: whoever knows its address can run the upgrade, or install anew");
    f->detail = "Nothing protects it: it asks for no password.";
    f->source = "install";
    f->fix = c->open || p->state == UPGRADE_UNKNOWN ? "It is needed until the upgrade is finished; then: toolkit store installer off"
                                                    : "toolkit store installer off moves it aside";
}

/* ---- the database ---- */

static bool count(struct store *s, const struct oc_case *c, const char *table, const char *where, uint64_t *n)
{
    struct err ignored = {0};
    struct buf sql = {0};
    struct buf value = {0};
    bool found = false;
    struct mysql *db = c->db ? store_db(s, &ignored) : NULL;
    bool ok = false;

    if (db) {
        mysql_sqlf(db, &sql, "SELECT COUNT(*) FROM %i WHERE ", store_table(s, table));
        buf_adds(&sql, where);
        ok = mysql_value(db, buf_str(&sql), &value, &found, &ignored) == 0 && found && str_u64(buf_str(&value), UINT64_MAX, n);
    }
    buf_free(&sql);
    buf_free(&value);
    return ok;
}

/* Step 1006 does that on purpose, and tells nobody. */
static void note_modifications(struct store *s, struct plan *p, const struct oc_case *c)
{
    uint64_t all = 0;
    uint64_t on = 0;
    struct finding *f;

    if ((!c->open && !c->finished) || !schema_has(&c->live, "modification", "status") || !count(s, c, "modification", "TRUE", &all) || all == 0 ||
        !count(s, c, "modification", "status = 1", &on) || on > 0)
        return;
    f = all == 1 ? plan_finding(p, FINDING_NOTE, "modifications_off", "the only modification is switched off")
                 : plan_finding(p, FINDING_NOTE, "modifications_off", "all %llu modifications are switched off", (unsigned long long)all);
    f->detail = "An upgrade switches them all off, since they may not fit the new code.";
    f->fix = "toolkit addons list shows them; switch on one after the other with toolkit addons enable NAME, then toolkit cache rebuild";
}

/* Orders that came in while a table's numbering was off. */
static void note_zero_ids(struct store *s, struct plan *p, const struct oc_case *c)
{
    static const struct {
        const char *table;
        const char *id;
    } tables[] = {{"order", "order_id"}, {"customer", "customer_id"}, {"address", "address_id"}, {"cart", "cart_id"}, {"order_product", "order_product_id"},
                  {"order_history", "order_history_id"}, {"product", "product_id"}};
    VEC(const char *) names = {0};
    struct finding *f;

    for (size_t i = 0; c->db && i < sizeof tables / sizeof *tables; i++) {
        uint64_t n = 0;

        if (schema_has(&c->live, tables[i].table, tables[i].id) &&
            count(s, c, tables[i].table, arena_printf(c->mem, "`%s` = 0", tables[i].id), &n) && n > 0)
            *vec_push(&names) = arena_printf(c->mem, "%s (%llu)", store_table(s, tables[i].table), (unsigned long long)n);
    }
    if (names.n > 0) {
        f = plan_finding(p, FINDING_PROBLEM, "zero_ids", "%zu table%s rows with the number 0", names.n, plural(names.n, " has", "s have"));
        f->detail = plan_names(p, names.v, names.n);
        f->fix = "They came in while an upgrade had the numbering of the table off. Give each a free number by hand before the table gets its numbering back.";
    }
    free(names.v);
}

/* Some upgrade of long ago, which the shop has outlived, or something that the merchant made so. */
static void note_old_data(struct plan *p, const struct oc_case *c)
{
    struct finding *f;

    if (c->open || c->fresh || c->why_old == NULL)
        return;
    f = plan_finding(p, FINDING_WARNING, "data_old", "some data is as an older version had it");
    f->detail = c->why_old;
    f->fix = arena_printf(&p->mem, "If the upgrade to %s was cut off and its folder install removed since: that folder is in the release's zip, as upload/install, and "
                                   "toolkit resume --source RELEASE.zip takes it from there and goes on. Otherwise nothing has to be done.",
                          c->to ? c->to : "this version");
}

static void note_database(struct plan *p, const struct oc_case *c)
{
    struct finding *f;

    if (c->db_err == NULL || c->fresh)
        return;
    f = plan_finding(p, FINDING_WARNING, "database_unknown", "the database could not be read: what an upgrade of OpenCart did can hardly be told without it");
    f->detail = c->db_err;
}

static void note_gate(struct store *s, struct plan *p, const struct oc_case *c)
{
    struct finding *f;

    if (c->open || !c->db || (c->gate != GATE_CLOSED && !oc_main_is_closed(s)))
        return;
    f = plan_finding(p, FINDING_NOTE, "store_closed",
                     c->gate == GATE_CLOSED ? "the shop is in maintenance mode" : "the main shop is in maintenance mode, others of this store are open");
    if (c->copies == 0 && c->trail.ocmod_error == NULL)
        f->detail = "Refreshing the modifications closes the shop for a moment; when that is cut off it stays so, with an empty cache of modified files.";
    f->fix = "toolkit store open";
}

/* ---- the trail ---- */

/* What the user named himself most of all. */
static void note_unread(struct plan *p, const struct oc_case *c)
{
    struct finding *f;

    if (c->trail.unread == NULL)
        return;
    f = plan_finding(p, FINDING_WARNING, "trail_unreadable", "what may tell of an upgrade can't be read");
    f->detail = c->trail.unread;
}

static void note_errors(struct plan *p, const struct oc_case *c)
{
    struct finding *f;

    if (c->trail.ocmod_error) {
        f = plan_finding(p, FINDING_NOTE, "modification_failed", "a modification does not find its place in the code");
        f->detail = c->trail.ocmod_error;
        f->fix = "It is written for another version: ask its author for one that fits.";
    }
    if (c->finished && c->trail.log_error.source) {
        f = plan_finding(p, FINDING_WARNING, "ran_on", "the upgrade had an error in its log although it came to its end");
        f->detail = c->trail.log_error.text;
        f->source = c->trail.log_error.source;
        f->line = c->trail.log_error.line;
    }
}

void oc_note_all(struct store *s, struct plan *p, struct oc_case *c)
{
    note_fresh(s, p, c);
    note_config(s, p, c);
    note_versions(s, p, c);
    note_files(p, c);
    note_copies(p, c);
    note_zip(p, c);
    note_installer(s, p, c);
    note_modifications(s, p, c);
    note_zero_ids(s, p, c);
    note_old_data(p, c);
    note_database(p, c);
    note_gate(s, p, c);
    note_unread(p, c);
    note_errors(p, c);
}
