/*
 * The state files of the workspace. Their mere presence tells the step up to generation 6: a list is made when its step begins and stays,
 * emptied, when it ends; a rollback removes its lists when it is through.
 */
#include "base/plural.h"
#include "format/ps_names.h"
#include "platform/prestashop/trail_parts.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

/* Above this the parser refuses anyway; of files this size nothing is read but that they are there. */
#define STATE_FILE_MAX PS_STATE_MAX_BYTES
/* A list that was written so many seconds behind the log's last write is of another attempt. */
#define APART_SECONDS 60

struct state_reading {
    struct store *s;
    struct arena *mem;
    struct ps_trail *t;
    struct str module; /* its version */
    time_t newest;
    uint64_t bytes;    /* of all state files */
    const char *newest_name;
};

static const char *path_of(const struct state_reading *r, const char *name)
{
    const struct ps *ps = r->s->own;

    return arena_printf(r->mem, "%s/%s", ps->workspace, name);
}

static void note_unreadable(struct state_reading *r, const char *path, const struct err *why)
{
    *vec_push(&r->t->unreadable) = (struct ps_ref){path, 0, arena_strdup(r->mem, why->text), NULL};
}

/* False when it isn't there, or can't be read, which is noted. *there tells which. */
static bool read_state(struct state_reading *r, const char *name, struct ps_state *out, bool *there)
{
    const char *path = path_of(r, name);
    struct buf text = {0};
    struct err why = {0};
    struct stat st;
    bool ok;

    *there = tree_stat(&r->s->tree, path, &st, &why) == 0 && S_ISREG(st.st_mode);
    if (!*there)
        return false;
    r->bytes += (uint64_t)st.st_size;
    if (st.st_mtime > r->newest || r->newest_name == NULL) {
        r->newest = st.st_mtime;
        r->newest_name = path;
    }
    ok = tree_read(&r->s->tree, path, STATE_FILE_MAX, &text, &why) == 0 && ps_state_read(buf_str(&text), r->mem, out, &why) == 0;
    if (!ok)
        note_unreadable(r, path, &why);
    buf_free(&text);
    return ok;
}

static bool read_list(struct state_reading *r, const char *name, struct ps_list *out, bool *has)
{
    struct ps_state state;
    struct err why = {0};
    bool there;

    if (!read_state(r, name, &state, &there)) {
        *has = *has || there;
        return false;
    }
    *has = true;
    if (ps_state_list(&state, str_of(name), r->module, r->mem, out, &why) == 0)
        return true;
    note_unreadable(r, path_of(r, name), &why);
    return false;
}

static void set_text(const char **slot, struct arena *mem, const struct phps_node *n, const char *key)
{
    struct str value;

    if (*slot == NULL && ps_state_get(n, key, mem, &value) && value.n > 0)
        *slot = arena_dup(mem, value.p, value.n);
}

static void set_version(const char **slot, struct arena *mem, const struct phps_node *n, const char *key)
{
    struct str value;

    if (ps_state_get(n, key, mem, &value) && ps_name_is_version(value))
        *slot = arena_dup(mem, value.p, value.n);
}

/* State as it goes from request to request. */
static void take_params(const struct phps_node *n, struct arena *mem, struct ps_trail *t)
{
    set_version(&t->from, mem, n, "originVersion");
    set_version(&t->from, mem, n, "currentVersion");
    set_version(&t->to, mem, n, "install_version");
    set_version(&t->to, mem, n, "destinationVersion");
    set_text(&t->backup, mem, n, "backupName");
}

void ps_trail_data(struct str data, struct arena *mem, struct ps_trail *t)
{
    struct ps_state state;
    struct err ignored = {0};

    if (ps_state_data(data, mem, &state, &ignored) == 0 && state.params)
        take_params(state.params, mem, t);
}

static bool truth_of(const struct phps_node *n, const char *key, bool otherwise)
{
    return phps_get(n, key) ? ps_state_truth(n, key) : otherwise;
}

static void take_config(struct state_reading *r, const char *name)
{
    struct ps_trail *t = r->t;
    struct ps_state state;
    bool there;

    if (!read_state(r, name, &state, &there))
        return;
    t->config_known = true;
    t->config_ref = (struct ps_ref){path_of(r, name), 0, "the settings of the upgrade", NULL};
    set_text(&t->channel, r->mem, state.root, "channel");
    set_text(&t->archive, r->mem, state.root, "archive.filename");
    set_text(&t->archive, r->mem, state.root, "archive_zip");
    if (t->to == NULL && t->channel && (strcmp(t->channel, "archive") == 0 || strcmp(t->channel, "local") == 0)) {
        set_version(&t->to, r->mem, state.root, "archive.version_num");
        set_version(&t->to, r->mem, state.root, "archive_version_num");
    } else if (t->to == NULL && t->channel && strcmp(t->channel, "directory") == 0) {
        set_version(&t->to, r->mem, state.root, "directory.version_num");
    }
    t->off_non_native = truth_of(state.root, "PS_AUTOUP_CUSTOM_MOD_DESACT", t->off_non_native);
    t->keep_images = truth_of(state.root, "PS_AUTOUP_KEEP_IMAGES", t->keep_images);
    t->keep_theme = !truth_of(state.root, "PS_AUTOUP_UPDATE_DEFAULT_THEME", !t->keep_theme);
    t->off_overrides = truth_of(state.root, "PS_DISABLE_OVERRIDES", t->off_overrides);
    t->backup_off = !truth_of(state.root, "PS_AUTOUP_BACKUP", !t->backup_off);
}

static void take_process(struct state_reading *r, const char *name)
{
    struct ps_state state;
    bool there;

    if (read_state(r, name, &state, &there))
        take_params(state.root, r->mem, r->t);
}

int ps_trail_state(struct store *s, struct arena *mem, struct ps_trail *t, struct err *e)
{
    const struct ps *ps = s->own;
    struct state_reading r = {.s = s, .mem = mem, .t = t, .module = str_of(ps->module_version)};
    struct ps_state diff;
    bool there;

    (void)e;
    if (ps->workspace == NULL)
        return 0;
    take_config(&r, "config.var");
    take_config(&r, "update_config.var");
    take_process(&r, "state_update.var");
    take_process(&r, "state_backup.var");
    read_list(&r, "filesToBackup.list", &t->files_to_backup, &t->has_files_to_backup);
    read_list(&r, "tablesToBackup.list", &t->tables_to_backup, &t->has_tables_to_backup);
    read_list(&r, "filesToUpgrade.list", &t->files_to_upgrade, &t->has_files_to_upgrade);
    read_list(&r, "modulesToUpgrade.list", &t->modules_to_upgrade, &t->has_modules_to_upgrade);
    read_list(&r, "filesFromArchive.list", &t->files_from_archive, &t->has_files_from_archive);
    read_list(&r, "filesToRemove.list", &t->files_to_remove, &t->has_files_from_archive);
    read_list(&r, "queryToRestore.list", &t->queries_to_restore, &t->has_queries_to_restore);
    read_list(&r, "tableToClean.list", &t->tables_to_clean, &t->has_tables_to_clean);
    read_list(&r, "sqlToExecute.list", &t->sql_to_execute, &t->has_sql_to_execute);
    read_list(&r, "dbFilesToRestore.list", &t->db_files_to_restore, &t->has_db_files_to_restore);
    if (read_state(&r, "filesDiff.list", &diff, &there))
        t->files_deleted_n = ps_state_strings(phps_get(diff.root, "deleted"), mem, &t->files_deleted);
    t->has_files_diff = there;
    if (r.newest_name) {
        t->state_key = arena_printf(mem, "%s %lld %llu", r.newest_name, (long long)r.newest, (unsigned long long)r.bytes);
        t->state_time = r.newest;
    }
    return 0;
}

/* ---- against the logs ---- */

struct place {
    enum ps_phase phase;
    bool done;
    const char *name;
    const char *text;
};

static struct place by_lists(const struct ps_trail *t, struct arena *mem)
{
    const struct ps_list *l;

    if (t->has_queries_to_restore || t->has_db_files_to_restore || t->has_tables_to_clean)
        return (struct place){PS_PHASE_ROLLBACK_DB, false,
                              t->has_queries_to_restore    ? "queryToRestore.list"
                              : t->has_db_files_to_restore ? "dbFilesToRestore.list"
                                                           : "tableToClean.list",
                              "the restore's list is there"};
    if (t->has_files_from_archive)
        return (struct place){PS_PHASE_ROLLBACK, false, "filesFromArchive.list", "the restore's list is there"};
    l = &t->modules_to_upgrade;
    if (t->has_modules_to_upgrade)
        return (struct place){PS_PHASE_MODULES, l->n == 0, "modulesToUpgrade.list", arena_printf(mem, "%zu module%s left", l->n, plural(l->n, "", "s"))};
    l = &t->sql_to_execute;
    if (t->has_sql_to_execute)
        return (struct place){PS_PHASE_DB, false, "sqlToExecute.list", arena_printf(mem, "%zu statement%s left", l->n, plural(l->n, "", "s"))};
    l = &t->files_to_upgrade;
    if (t->has_files_to_upgrade)
        return (struct place){PS_PHASE_FILES, l->n == 0, "filesToUpgrade.list", arena_printf(mem, "%zu file%s left", l->n, plural(l->n, "", "s"))};
    l = &t->tables_to_backup;
    if (t->has_tables_to_backup)
        return (struct place){PS_PHASE_BACKUP_DB, l->n == 0, "tablesToBackup.list", arena_printf(mem, "%zu table%s left", l->n, plural(l->n, "", "s"))};
    l = &t->files_to_backup;
    if (t->has_files_to_backup)
        return (struct place){PS_PHASE_BACKUP_FILES, l->n == 0, "filesToBackup.list", arena_printf(mem, "%zu file%s left", l->n, plural(l->n, "", "s"))};
    return (struct place){PS_PHASE_NONE, false, NULL, NULL};
}

static bool list_is_newer(struct store *s, const char *list, const char *log)
{
    struct err ignored = {0};
    struct stat a;
    struct stat b;

    return tree_stat(&s->tree, list, &a, &ignored) == 0 && tree_stat(&s->tree, log, &b, &ignored) == 0 &&
           a.st_mtime > b.st_mtime + APART_SECONDS;
}

void ps_trail_weigh(struct store *s, struct arena *mem, struct ps_trail *t)
{
    const struct ps *ps = s->own;
    struct place p = by_lists(t, mem);
    const char *path;
    bool over = t->phase == PS_PHASE_COMPLETE && t->phase_done;

    if (p.phase == PS_PHASE_NONE)
        return;
    path = arena_printf(mem, "%s/%s", ps->workspace, p.name);
    t->list_phase = p.phase;
    t->list_ref = (struct ps_ref){path, 0, p.text, NULL};
    /* Emptied lists stay when it is all over; an aborted run behind a good one leaves newer ones. */
    if (over && (p.done || !list_is_newer(s, path, t->phase_ref.source)))
        return;
    /* A rollback's lists are gone when it is through, and a new run removes them. */
    if (t->phase >= PS_PHASE_ROLLBACK && p.phase < PS_PHASE_ROLLBACK)
        return;
    if (!over && (p.phase < t->phase || (p.phase == t->phase && (t->phase_done || !p.done))))
        return;
    /* A log whose words are not understood ends where these were last. */
    if (!over && p.phase > t->phase && t->error.source && !list_is_newer(s, path, t->error.source) && p.done)
        return;
    if (over) {
        memset(t->began, 0, sizeof t->began);
        memset(t->ended, 0, sizeof t->ended);
        memset(&t->error, 0, sizeof t->error);
    }
    t->phase = p.phase;
    t->phase_done = p.done;
    t->phase_ref = t->list_ref;
    t->began[p.phase] = t->list_ref;
    if (p.done)
        t->ended[p.phase] = t->list_ref;
}
