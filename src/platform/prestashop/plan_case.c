/*
 * Puts together what traces, files and database say of one upgrade. Where they disagree the database and the files count: a version that
 * is written there was written by the upgrade itself.
 */
#include "format/ps_names.h"
#include "platform/prestashop/plan_parts.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

static int compare(const char *a, const char *b)
{
    return ps_version_compare(str_of(a), str_of(b));
}

static bool same(const char *a, const char *b)
{
    return a && b && compare(a, b) == 0;
}

static bool below(const char *a, const char *b)
{
    return a && b && compare(a, b) < 0;
}

/* The version in the name of the backup that was made before. */
static const char *backup_version(struct ps_case *c)
{
    struct ps_name n;

    if (c->trail.backup == NULL || !ps_name_read(str_of(c->trail.backup), &n))
        return NULL;
    return arena_dup(c->mem, n.version.p, n.version.n);
}

static void set_target(struct store *s, struct ps_case *c)
{
    c->to = c->trail.to;
    /* Settings of an upgrade long ago name the version that is here now. */
    if (c->to && c->at < PS_PHASE_FILES && c->trail.phase < PS_PHASE_FILES && s->version && !below(s->version, c->to))
        c->to = NULL;
    if (c->to == NULL && below(c->version_db, s->version))
        c->to = s->version;
}

static void set_origin(struct store *s, struct ps_case *c)
{
    const char *const known[] = {c->version_db, c->trail.from, backup_version(c), s->version};

    c->from = NULL;
    for (size_t i = 0; c->from == NULL && i < sizeof known / sizeof *known; i++)
        if (known[i] && (c->to == NULL || below(known[i], c->to)))
            c->from = known[i];
}

/* Files of two versions in one tree. settings.inc.php keeps its old version when 1.6 becomes 1.7. */
static void find_mixed(struct store *s, struct ps_case *c)
{
    const struct ps *ps = s->own;
    const char *const known[] = {ps->version_autoload, ps->version_kernel, ps->version_core};
    const char *first = NULL;

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (known[i] && first == NULL)
            first = known[i];
        else if (known[i] && !same(known[i], first))
            c->mixed = arena_printf(c->mem, "%s and %s", first, known[i]);
    }
}

struct looking {
    size_t dirs;
};

static int count_dirs(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct looking *l = arg;

    (void)name;
    (void)e;
    l->dirs += type == DT_DIR;
    return 0;
}

/* Without logs and lists the workspace itself tells how far the preparations came. */
static void look_at_workspace(struct store *s, struct ps_case *c)
{
    struct looking l = {0};
    struct err ignored = {0};

    if (c->release.dir && !c->release.has_own && s->version && below(s->version, c->release.version)) {
        c->at = PS_PHASE_UNPACK;
        c->at_done = true;
        return;
    }
    if (c->release.dir)
        return;
    if (c->unpack_seen)
        tree_list(&s->tree, c->unpack_seen, count_dirs, &l, &ignored);
    if (l.dirs > 0 && c->release_other == NULL) {
        c->at = PS_PHASE_UNPACK;
        c->at_done = false;
    } else if (c->archive_seen && c->archive_bad) {
        c->at = PS_PHASE_DOWNLOAD;
        c->at_done = false;
    }
}

/* A log in an unknown language does not tell that the download ended; its archive does. */
static void look_at_archive(struct store *s, struct ps_case *c)
{
    struct looking l = {0};
    struct err ignored = {0};

    if (c->at != PS_PHASE_DOWNLOAD || c->at_done || c->trail.error.source || c->archive_seen == NULL || c->archive_bad)
        return;
    c->at_done = true;
    if (c->unpack_seen)
        tree_list(&s->tree, c->unpack_seen, count_dirs, &l, &ignored);
    if (l.dirs == 0)
        return;
    c->at = PS_PHASE_UNPACK;
    c->at_done = false;
}

/* Up to version 3 lists are removed at the very end; later ones stay, emptied. */
static bool lists_go(const struct store *s)
{
    const struct ps *ps = s->own;

    return ps->gen == PS_GEN_3;
}

static void look_at_versions(struct store *s, struct ps_case *c)
{
    if (c->at >= PS_PHASE_ROLLBACK)
        return;
    if (below(c->version_db, s->version) && (c->at < PS_PHASE_DB || (c->at == PS_PHASE_COMPLETE && c->at_done))) {
        /* The file that names the version is copied in the middle of all the others. */
        if (c->at != PS_PHASE_FILES || c->at_done) {
            c->at = PS_PHASE_DB;
            c->at_done = false;
        }
    } else if (below(s->version, c->version_db) && same(c->version_db, c->to)) {
        c->at = PS_PHASE_FILES;
        c->at_done = false;
    }
    if (c->mixed && (c->at < PS_PHASE_FILES || c->at == PS_PHASE_COMPLETE)) {
        c->at = PS_PHASE_FILES;
        c->at_done = false;
    }
    c->sql_done = c->version_db ? c->to && !below(c->version_db, c->to) : c->trail.version_written;
    if (c->sql_done && c->at <= PS_PHASE_FILES && c->at != PS_PHASE_NONE && same(s->version, c->to) && !c->mixed) {
        c->at = PS_PHASE_DB;
        c->at_done = false;
    }
    if (!c->sql_done && c->version_db && c->to && below(c->version_db, c->to) && c->at > PS_PHASE_DB && c->at < PS_PHASE_COMPLETE) {
        c->at = PS_PHASE_DB;
        c->at_done = false;
    }
}

/* Tables that no version ever dropped, from both ends of the alphabet: a rollback that lost tables lost some of these. */
static const char *const core_tables[] = {"address", "cart", "category", "configuration", "customer", "hook", "lang",
                                          "module",  "orders", "product", "shop", "tab", "zone"};

static bool lacks_core_tables(struct store *s)
{
    struct err ignored = {0};

    for (size_t i = 0; i < sizeof core_tables / sizeof *core_tables; i++) {
        bool there = true;

        if (ps_has_table(s, core_tables[i], &there, &ignored) == 0 && !there)
            return true;
    }
    return false;
}

/* The upgrade itself drops tables that the dumps have. */
static bool lost_core_tables(struct store *s, const struct ps_case *c)
{
    for (size_t i = 0; i < c->tables_missing.n; i++)
        for (size_t k = 0; k < sizeof core_tables / sizeof *core_tables; k++)
            if (strcmp(c->tables_missing.v[i], store_table(s, core_tables[k])) == 0)
                return true;
    return false;
}

static void look_at_rollback(struct store *s, struct ps_case *c)
{
    bool ran = c->at >= PS_PHASE_ROLLBACK;
    bool whole = c->at == PS_PHASE_ROLLBACK_COMPLETE || (c->at == PS_PHASE_ROLLBACK_DB && c->at_done);
    struct err ignored = {0};
    struct mysql *db = c->db ? store_db(s, &ignored) : NULL;

    if (!ran && !(db && lacks_core_tables(s)))
        return;
    if (db)
        ps_case_missing_tables(s, c, db);
    if (!ran && !lost_core_tables(s, c))
        c->tables_missing.n = 0;
    c->rollback_half = ran && !whole;
    c->rolled_back = c->rollback_half || c->tables_missing.n > 0 || (ran && !c->db);
    c->undone = ran && !c->rolled_back;
}

static void look_at_end(struct store *s, struct ps_case *c)
{
    const struct ps_trail *t = &c->trail;
    bool by_lists = !t->logged && !lists_go(s);
    bool settled = c->at == PS_PHASE_COMPLETE && c->at_done;

    if (by_lists && c->at >= PS_PHASE_MODULES && c->at <= PS_PHASE_COMPLETE && c->at_done && c->quarantined.n == 0 &&
        (c->version_db == NULL || same(c->version_db, s->version)))
        settled = true;
    if (by_lists && c->at == PS_PHASE_FILES && c->at_done && same(c->version_db, s->version) && c->to == NULL && !c->mixed)
        settled = true;
    if (t->mark == PS_MARK_FINISHED && !c->mixed && (c->version_db == NULL || same(c->version_db, s->version)))
        settled = true;
    c->finished = settled && !c->rolled_back;
    if (t->mark == PS_MARK_RESTORED || t->mark == PS_MARK_GIVEN_UP) {
        c->undone = t->mark == PS_MARK_RESTORED;
        /* What a restore leaves of the newer version is not asked by the older one's code. */
        if (c->undone && same(c->version_db, s->version))
            c->mixed = NULL;
        c->given_up = t->mark == PS_MARK_GIVEN_UP;
        c->rolled_back = c->rollback_half = false;
        c->finished = false;
    }
    c->begun_anew = t->before >= PS_PHASE_DB && !c->sql_done && !c->finished && !c->undone;
    c->give_up = !c->finished && !c->rolled_back && !c->undone && !c->given_up && c->at != PS_PHASE_NONE && c->at <= PS_PHASE_BACKUP_DB &&
                 t->before <= PS_PHASE_BACKUP_DB && c->quarantined.n == 0;
}

/* The module calls an upgrade finished that went on over statements which failed. */
static int look_for_failed(struct store *s, struct ps_case *c, struct err *e)
{
    if (!c->finished || c->trail.mark != PS_MARK_NONE || c->trail.failed_sql.n == 0 || !c->db || !same(c->version_db, c->to))
        return 0;
    if (ps_scripts_read(s, c, e) < 0)
        return -1;
    c->left_sql = c->scripts.err == NULL && c->scripts.done < c->scripts.statements;
    c->finished = !c->left_sql;
    return 0;
}

bool ps_case_is_open(const struct ps_case *c)
{
    return c->at != PS_PHASE_NONE && !c->finished && !c->undone && !c->given_up;
}

int ps_case_read(struct store *s, struct arena *mem, struct ps_case *c, struct err *e)
{
    struct ps *ps = s->own;

    memset(c, 0, sizeof *c);
    c->mem = mem;
    if (ps_trail_read(s, mem, &c->trail, e) < 0)
        return -1;
    c->at = c->trail.phase;
    c->at_done = c->trail.phase_done;
    /* From 7 on a backup is a process of its own: one that ended is no upgrade. */
    if (ps->gen == PS_GEN_7 && c->at == PS_PHASE_BACKUP_DB && c->at_done)
        c->at = PS_PHASE_NONE;
    ps_case_db(s, c);
    find_mixed(s, c);
    set_target(s, c);
    if (ps_release_find(s, c, e) < 0)
        return -1;
    if (c->at == PS_PHASE_NONE)
        look_at_workspace(s, c);
    look_at_archive(s, c);
    if (c->to == NULL && c->release.dir && below(s->version, c->release.version))
        c->to = c->release.version;
    if (c->to == NULL && lists_go(s) && c->trail.list_phase >= PS_PHASE_FILES && c->trail.list_phase < PS_PHASE_ROLLBACK &&
        same(c->version_db, s->version))
        c->to = s->version;
    if (c->at == PS_PHASE_NONE && c->quarantined.n > 0)
        c->at = PS_PHASE_DB;
    look_at_versions(s, c);
    set_origin(s, c);
    look_at_rollback(s, c);
    look_at_end(s, c);
    if (look_for_failed(s, c, e) < 0)
        return -1;
    if (c->left_sql || !ps_case_is_open(c) || c->rolled_back || c->give_up)
        return 0;
    ps->target = c->to;
    if (ps_case_files(s, c, e) < 0)
        return -1;
    if ((!c->sql_done || c->trail.failed_sql.n > 0) && ps_scripts_read(s, c, e) < 0)
        return -1;
    if (c->begun_anew && c->trail.backup && c->trail.clean_backup == NULL)
        c->trail.clean_backup = ps_newest_backup(s, c, c->trail.backup);
    return 0;
}

void ps_case_free(struct ps_case *c)
{
    ps_case_forget_files(c);
    ps_scripts_free(&c->scripts);
    ps_release_close(&c->release);
    for (size_t i = 0; i < c->modules.n; i++)
        free(c->modules.v[i].scripts.v);
    free(c->modules.v);
    free(c->languages.v);
    free(c->quarantined.v);
    free(c->tables_missing.v);
    ps_trail_free(&c->trail);
    memset(c, 0, sizeof *c);
}
