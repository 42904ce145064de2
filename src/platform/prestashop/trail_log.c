/* The messages of the upgrade's logs: what each of them says of the attempt that it belongs to. */
#include "platform/prestashop/trail_parts.h"

#include <string.h>
#include <strings.h>

static enum ps_phase phase_named(struct str name)
{
    static const struct {
        const char *name;
        enum ps_phase phase;
    } names[] = {
        {"upgradeNow", PS_PHASE_START},
        {"UpdateInitialization", PS_PHASE_START},
        {"download", PS_PHASE_DOWNLOAD},
        {"unzip", PS_PHASE_UNPACK},
        {"removeSamples", PS_PHASE_UNPACK},
        {"DownloadModules", PS_PHASE_UNPACK},
        {"UninstallModules", PS_PHASE_UNPACK},
        {"BackupInitialization", PS_PHASE_BACKUP_FILES},
        {"backupFiles", PS_PHASE_BACKUP_FILES},
        {"backupDb", PS_PHASE_BACKUP_DB},
        {"BackupDatabase", PS_PHASE_BACKUP_DB},
        {"upgradeFiles", PS_PHASE_FILES},
        {"UpdateFiles", PS_PHASE_FILES},
        {"upgradeDb", PS_PHASE_DB},
        {"UpdateDatabase", PS_PHASE_DB},
        {"upgradeModules", PS_PHASE_MODULES},
        {"UpdateModules", PS_PHASE_MODULES},
        {"cleanDatabase", PS_PHASE_CLEAN},
        {"upgradeComplete", PS_PHASE_COMPLETE},
        {"UpdateComplete", PS_PHASE_COMPLETE},
        {"rollback", PS_PHASE_ROLLBACK},
        {"RestoreInitialization", PS_PHASE_ROLLBACK},
        {"restoreFiles", PS_PHASE_ROLLBACK},
        {"restoreDb", PS_PHASE_ROLLBACK_DB},
        {"RestoreDatabase", PS_PHASE_ROLLBACK_DB},
        {"rollbackComplete", PS_PHASE_ROLLBACK_COMPLETE},
        {"RestoreComplete", PS_PHASE_ROLLBACK_COMPLETE},
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (name.n == strlen(names[i].name) && strncasecmp(name.p, names[i].name, name.n) == 0)
            return names[i].phase;
    return PS_PHASE_NONE;
}

static void take_step(struct ps_reading *r, const struct ps_log_event *ev)
{
    enum ps_phase phase = phase_named(ev->a);

    if (phase == PS_PHASE_NONE)
        return;
    if (phase == PS_PHASE_START)
        ps_run_start(r, ev);
    /* A step is asked for when the one before it ended. */
    if (phase > r->run.phase && r->run.phase != PS_PHASE_NONE && phase < PS_PHASE_ROLLBACK)
        ps_run_put(r, &r->run.ended[r->run.phase], ev);
    /* Long steps are asked for again and again. */
    if (phase != r->run.phase || r->run.done)
        ps_run_begin(r, phase, ev);
}

static void set(const char **slot, struct arena *mem, struct str s)
{
    if (s.n > 0 && (*slot == NULL || !str_is(s, *slot)))
        *slot = arena_dup(mem, s.p, s.n);
}

static void take_command(struct ps_reading *r, const struct ps_log_event *ev)
{
    enum ps_phase next = phase_named(ev->a);

    set(&r->t->resume_action, r->mem, ev->a);
    if (ev->b.n > 0)
        ps_trail_data(ev->b, r->mem, r->t);
    if (next > PS_PHASE_START && next > r->run.phase && r->run.phase != PS_PHASE_NONE)
        ps_run_end(r, r->run.phase, ev);
    else if (next > PS_PHASE_START && r->run.phase == PS_PHASE_NONE)
        ps_run_end(r, next - 1, ev);
}

static void keep_failed(struct ps_reading *r)
{
    const struct ps_sql_slot *q = &r->run.sql;
    struct ps_sql_ref *f;

    if (q->error == 0 || q->ignorable || r->t->failed_sql.n == PS_FAILED_SQL_MAX)
        return;
    f = vec_push(&r->t->failed_sql);
    f->version = arena_strdup(r->mem, q->version);
    f->query = arena_dup(r->mem, q->query.p, q->query.n);
    f->error = q->error;
    f->message = arena_strdup(r->mem, q->message);
    f->ref = (struct ps_ref){q->ref.source, q->ref.line, arena_strdup(r->mem, q->ref.text),
                             q->ref.time[0] ? arena_strdup(r->mem, q->ref.time) : NULL};
}

static void take_sql(struct ps_reading *r, const struct ps_log_event *ev)
{
    struct ps_sql_slot *q = &r->run.sql;

    if (r->run.phase != PS_PHASE_DB)
        ps_run_begin(r, PS_PHASE_DB, ev);
    ps_run_put(r, &r->run.at, ev);
    r->run.sql_noted = true;
    r->run.sql_good = r->run.sql_good || ev->kind == PS_LOG_SQL_OK;
    q->set = true;
    ps_run_text(q->version, sizeof q->version, ev->a);
    buf_reset(&q->query);
    buf_addstr(&q->query, str_sub(ev->b, 0, PS_SQL_TEXT));
    q->error = 0;
    q->message[0] = '\0';
    q->ignorable = false;
    ps_run_put(r, &q->ref, ev);
    if (ev->kind == PS_LOG_SQL_AT && r->run.refusal.set) {
        q->error = r->run.refusal.error;
        q->ignorable = r->run.refusal.ignorable;
        memcpy(q->message, r->run.refusal.message, sizeof q->message);
        keep_failed(r);
    }
    r->run.refusal.set = false;
    if (ev->kind == PS_LOG_SQL_WARNING || ev->kind == PS_LOG_SQL_ERROR || ev->kind == PS_LOG_PHP_ERROR) {
        q->error = ev->number > 0 && ev->number < UINT32_MAX ? (unsigned)ev->number : 1;
        q->ignorable = ev->kind == PS_LOG_SQL_WARNING;
        ps_run_text(q->message, sizeof q->message, ev->c);
        keep_failed(r);
    }
}

/* 7 tells of the failure in a line of its own, and names the statement in the next one. */
static void take_refusal(struct ps_reading *r, const struct ps_log_event *ev)
{
    r->run.refusal.set = true;
    r->run.refusal.ignorable = ev->kind == PS_LOG_SQL_HARMLESS;
    r->run.refusal.error = ev->number > 0 && ev->number < UINT32_MAX ? (unsigned)ev->number : 1;
    ps_run_text(r->run.refusal.message, sizeof r->run.refusal.message, ev->c);
}

static void add_module(struct ps_reading *r, struct str name)
{
    if (name.n > 0 && r->t->modules_done.n < PS_NAMES_MAX)
        *vec_push(&r->t->modules_done) = arena_dup(r->mem, name.p, name.n);
}

static void add_failed_module(struct ps_reading *r, const struct ps_log_event *ev)
{
    if (r->t->failed_modules.n < PS_NAMES_MAX)
        *vec_push(&r->t->failed_modules) =
            (struct ps_ref){.source = r->source, .line = ev->line, .text = arena_dup(r->mem, ev->text.p, ev->text.n)};
}

static void take_skipped(struct ps_reading *r, const struct ps_log_event *ev)
{
    r->t->files_skipped_n++;
    if (r->t->files_skipped.n < PS_NAMES_MAX)
        *vec_push(&r->t->files_skipped) = arena_dup(r->mem, ev->a.p, ev->a.n);
}

/* A backup that a message in an unknown language names. */
static void take_named(struct ps_reading *r, const struct ps_log_event *ev)
{
    set(&r->t->backup, r->mem, ev->a);
    if (r->run.phase >= PS_PHASE_FILES && !r->is_backup)
        return;
    if (str_has(ev->b, STR("backupfiles")))
        ps_run_begin(r, PS_PHASE_BACKUP_FILES, ev);
    else
        ps_run_begin(r, PS_PHASE_BACKUP_DB, ev);
}

/* "https://…/prestashop_8.1.2.zip" */
static void take_address(struct ps_reading *r, struct str url)
{
    size_t at = str_rchr(url, '/');
    struct str name = at == SIZE_MAX ? url : str_sub(url, at + 1, url.n);

    if (str_skip(&name, STR("prestashop_")) && str_chop(&name, STR(".zip")) && ps_is_version(name))
        set(&r->t->to, r->mem, name);
}

static bool take_before_db(struct ps_reading *r, const struct ps_log_event *ev)
{
    enum ps_phase now = r->run.phase;

    switch (ev->kind) {
    case PS_LOG_DOWNLOAD:
        take_address(r, ev->a);
        if (now < PS_PHASE_DOWNLOAD)
            ps_run_begin(r, PS_PHASE_DOWNLOAD, ev);
        return true;
    case PS_LOG_DOWNLOAD_SUM:
        if (now < PS_PHASE_DOWNLOAD)
            ps_run_begin(r, PS_PHASE_DOWNLOAD, ev);
        return true;
    case PS_LOG_DOWNLOADED:
        ps_run_end(r, PS_PHASE_DOWNLOAD, ev);
        return true;
    case PS_LOG_UNZIP:
        if (now != PS_PHASE_UNPACK)
            ps_run_begin(r, PS_PHASE_UNPACK, ev);
        return true;
    case PS_LOG_UNZIPPED:
    case PS_LOG_SAMPLES:
        ps_run_end(r, PS_PHASE_UNPACK, ev);
        return true;
    case PS_LOG_BACKUP_START:
    case PS_LOG_BACKUP_FILES:
    case PS_LOG_BACKUP_FILE:
    case PS_LOG_BACKUP_FILES_LEFT:
        if (now != PS_PHASE_BACKUP_FILES || r->run.done)
            ps_run_begin(r, PS_PHASE_BACKUP_FILES, ev);
        return true;
    case PS_LOG_BACKUP_FILE_SKIPPED:
        take_skipped(r, ev);
        return true;
    case PS_LOG_BACKUP_FILES_DONE:
        ps_run_end(r, PS_PHASE_BACKUP_FILES, ev);
        return true;
    case PS_LOG_BACKUP_TABLE:
    case PS_LOG_BACKUP_TABLES:
    case PS_LOG_BACKUP_TABLES_LEFT:
        if (now != PS_PHASE_BACKUP_DB || r->run.done)
            ps_run_begin(r, PS_PHASE_BACKUP_DB, ev);
        return true;
    case PS_LOG_BACKUP_DB_DONE:
        set(&r->t->backup, r->mem, ev->a);
        ps_run_end(r, PS_PHASE_BACKUP_DB, ev);
        return true;
    case PS_LOG_BACKUP_COMPLETE:
        if (r->run.ended[PS_PHASE_BACKUP_DB].source == NULL)
            ps_run_end(r, PS_PHASE_BACKUP_DB, ev);
        return true;
    case PS_LOG_BACKUP_SKIPPED:
        r->run.backup_skipped = true;
        return true;
    case PS_LOG_BACKUP_NAMED:
        take_named(r, ev);
        return true;
    case PS_LOG_FILES:
    case PS_LOG_FILES_LEFT:
    case PS_LOG_FILE_COPIED:
    case PS_LOG_FILE_IGNORED:
        if (now != PS_PHASE_FILES || r->run.done)
            ps_run_begin(r, PS_PHASE_FILES, ev);
        /* The count of what is left also follows the error that ended it. */
        if (ev->kind == PS_LOG_FILE_COPIED)
            r->run.error.source = NULL;
        return true;
    case PS_LOG_FILES_DONE:
        ps_run_end(r, PS_PHASE_FILES, ev);
        return true;
    default:
        return false;
    }
}

static bool take_db(struct ps_reading *r, const struct ps_log_event *ev)
{
    switch (ev->kind) {
    case PS_LOG_MODULES_DISABLED:
    case PS_LOG_DB_CHECK:
    case PS_LOG_MODULES_KEPT:
    case PS_LOG_DB_START:
    case PS_LOG_DB_LEFT:
        if (r->run.phase != PS_PHASE_DB)
            ps_run_begin(r, PS_PHASE_DB, ev);
        if (ev->kind == PS_LOG_DB_CHECK)
            r->run.error.source = NULL;
        ps_run_put(r, &r->run.at, ev);
        return true;
    case PS_LOG_SQL_AT:
    case PS_LOG_SQL_OK:
    case PS_LOG_SQL_WARNING:
    case PS_LOG_SQL_ERROR:
    case PS_LOG_PHP_OK:
    case PS_LOG_PHP_ERROR:
        take_sql(r, ev);
        return true;
    case PS_LOG_SQL_FAILED:
    case PS_LOG_SQL_HARMLESS:
        take_refusal(r, ev);
        return true;
    case PS_LOG_GENERIC:
        ps_run_tail(r, PS_TAIL_GENERIC, ev);
        return true;
    case PS_LOG_DB_OK:
        ps_run_tail(r, PS_TAIL_DB_OK, ev);
        return true;
    case PS_LOG_LANGUAGES:
    case PS_LOG_LANGUAGE:
        ps_run_tail(r, PS_TAIL_LANGUAGES, ev);
        return true;
    case PS_LOG_LANGUAGE_FAILED:
        ps_run_tail(r, PS_TAIL_LANGUAGES, ev);
        ps_run_put(r, &r->run.language_error, ev);
        return true;
    case PS_LOG_HTACCESS:
        ps_run_tail(r, PS_TAIL_HTACCESS, ev);
        return true;
    case PS_LOG_XML:
        ps_run_tail(r, PS_TAIL_XML, ev);
        return true;
    case PS_LOG_OVERRIDES:
        ps_run_tail(r, PS_TAIL_OVERRIDES, ev);
        return true;
    case PS_LOG_THEME:
        ps_run_tail(r, PS_TAIL_THEME, ev);
        return true;
    case PS_LOG_CACHE:
        if (r->run.phase == PS_PHASE_FILES)
            ps_run_begin(r, PS_PHASE_DB, ev);
        else if (r->run.phase == PS_PHASE_DB && r->run.tail >= PS_TAIL_OVERRIDES)
            ps_run_tail(r, PS_TAIL_END, ev);
        return true;
    case PS_LOG_DB_WARNED:
        r->run.warned = true;
        ps_run_tail(r, PS_TAIL_END, ev);
        return true;
    case PS_LOG_DB_COMPLETED:
        ps_run_tail(r, PS_TAIL_END, ev);
        return true;
    case PS_LOG_DB_DONE:
        r->run.version_written = true;
        ps_run_end(r, PS_PHASE_DB, ev);
        return true;
    default:
        return false;
    }
}

/* Which module is at work, and whether one of its functions has begun. */
static void take_module(struct ps_reading *r, const struct ps_log_event *ev)
{
    if (ev->kind == PS_LOG_DB_FILE) {
        ps_run_put(r, &r->run.module_file, ev);
        return;
    }
    r->run.module_file.source = NULL;
    ps_run_text(r->run.module, sizeof r->run.module, ev->kind == PS_LOG_MODULE ? ev->a : (struct str){0});
}

/* "/srv/shop/…/autoupgrade/latest removed", in any language: the last thing that the module does. */
static bool is_release_gone(const struct ps_log_event *ev)
{
    static const char dir[] = "/autoupgrade/latest";
    size_t at = ev->text.n > 0 && ev->text.p[0] == '/' ? str_find(ev->text, str_of(dir), 0) : SIZE_MAX;

    if (at == SIZE_MAX)
        return false;
    at += sizeof dir - 1;
    return at == ev->text.n || ev->text.p[at] == ' ';
}

static bool take_end(struct ps_reading *r, const struct ps_log_event *ev)
{
    if (ev->kind == PS_LOG_OTHER && r->run.phase >= PS_PHASE_DB && r->run.phase < PS_PHASE_COMPLETE && is_release_gone(ev)) {
        ps_run_end(r, PS_PHASE_COMPLETE, ev);
        r->run.over = true;
        return true;
    }
    switch (ev->kind) {
    case PS_LOG_MODULES:
    case PS_LOG_MODULES_LEFT:
    case PS_LOG_MODULE:
    case PS_LOG_MODULE_FAILED:
    case PS_LOG_DB_FILE: /* of a module */
        if (r->run.phase != PS_PHASE_MODULES || r->run.done)
            ps_run_begin(r, PS_PHASE_MODULES, ev);
        ps_run_put(r, &r->run.at, ev);
        take_module(r, ev);
        if (ev->kind == PS_LOG_MODULE_FAILED) {
            ps_run_fault(r, ev);
            add_failed_module(r, ev);
        }
        return true;
    case PS_LOG_MODULE_DONE:
        if (r->run.phase != PS_PHASE_MODULES || r->run.done)
            ps_run_begin(r, PS_PHASE_MODULES, ev);
        add_module(r, ev->a);
        take_module(r, ev);
        return true;
    case PS_LOG_MODULES_DONE:
        ps_run_end(r, PS_PHASE_MODULES, ev);
        return true;
    case PS_LOG_CLEANED:
        ps_run_end(r, PS_PHASE_CLEAN, ev);
        return true;
    case PS_LOG_COMPLETE:
    case PS_LOG_COMPLETE_WARNED:
        set(&r->t->to, r->mem, ev->a);
        ps_run_end(r, PS_PHASE_COMPLETE, ev);
        r->run.warned = r->run.warned || ev->kind == PS_LOG_COMPLETE_WARNED;
        r->run.over = true;
        return true;
    default:
        return false;
    }
}

static bool take_restore(struct ps_reading *r, const struct ps_log_event *ev)
{
    switch (ev->kind) {
    case PS_LOG_RESTORE_START:
    case PS_LOG_RESTORE_FILES:
    case PS_LOG_RESTORE_REMOVE:
        if (r->run.phase != PS_PHASE_ROLLBACK)
            ps_run_begin(r, PS_PHASE_ROLLBACK, ev);
        return true;
    case PS_LOG_RESTORE_FILES_DONE:
        ps_run_end(r, PS_PHASE_ROLLBACK, ev);
        return true;
    case PS_LOG_RESTORE_DB_FILE:
    case PS_LOG_RESTORE_DB_FILE_DONE:
    case PS_LOG_RESTORE_DB_LEFT:
        if (r->run.phase != PS_PHASE_ROLLBACK_DB || r->run.done)
            ps_run_begin(r, PS_PHASE_ROLLBACK_DB, ev);
        ps_run_put(r, &r->run.at, ev);
        return true;
    case PS_LOG_RESTORE_DB_DONE:
        ps_run_end(r, PS_PHASE_ROLLBACK_DB, ev);
        return true;
    case PS_LOG_RESTORE_COMPLETE:
        ps_run_end(r, PS_PHASE_ROLLBACK_COMPLETE, ev);
        return true;
    case PS_LOG_RESTORE_SQL_ERROR:
    case PS_LOG_RESTORE_DB_FAILED:
        if (r->run.phase != PS_PHASE_ROLLBACK_DB)
            ps_run_begin(r, PS_PHASE_ROLLBACK_DB, ev);
        ps_run_fault(r, ev);
        return true;
    case PS_LOG_RESTORE_FILES_FAILED:
        if (r->run.phase != PS_PHASE_ROLLBACK)
            ps_run_begin(r, PS_PHASE_ROLLBACK, ev);
        ps_run_fault(r, ev);
        return true;
    default:
        return false;
    }
}

static bool take_fault(struct ps_reading *r, const struct ps_log_event *ev)
{
    switch (ev->kind) {
    case PS_LOG_ALREADY:
        set(&r->t->to, r->mem, ev->a);
        if (r->run.phase >= PS_PHASE_FILES) {
            r->run.already = true;
            r->run.version_written = true;
        }
        ps_run_fault(r, ev);
        return true;
    case PS_LOG_DOWNLOAD_FAILED:
        if (r->run.phase < PS_PHASE_DOWNLOAD)
            ps_run_begin(r, PS_PHASE_DOWNLOAD, ev);
        ps_run_fault(r, ev);
        return true;
    case PS_LOG_UNZIP_FAILED:
        if (r->run.phase < PS_PHASE_UNPACK)
            ps_run_begin(r, PS_PHASE_UNPACK, ev);
        ps_run_fault(r, ev);
        return true;
    case PS_LOG_FILE_FAILED:
    case PS_LOG_RELEASE_BAD:
        if (r->run.phase < PS_PHASE_FILES)
            ps_run_begin(r, PS_PHASE_FILES, ev);
        ps_run_fault(r, ev);
        return true;
    case PS_LOG_ERROR:
    case PS_LOG_INTERNAL:
    case PS_LOG_PHP_FATAL:
    case PS_LOG_VERSION_REFUSED:
    case PS_LOG_BACKUP_FILES_FAILED:
    case PS_LOG_BACKUP_DB_FAILED:
    case PS_LOG_DB_FAILED:
        /* Behind the end of a run they belong to something else. */
        if (r->run.phase != PS_PHASE_NONE && !r->run.over)
            ps_run_fault(r, ev);
        return true;
    default:
        return false;
    }
}

static bool is_foreign(enum ps_log_kind k)
{
    return k == PS_LOG_SYMFONY || k == PS_LOG_EXCEPTION || k == PS_LOG_ACTION;
}

void ps_trail_take(void *reading, const struct ps_log_event *ev)
{
    struct ps_reading *r = reading;

    if (is_foreign(ev->kind))
        return;
    if (ev->kind == PS_LOG_START) {
        ps_run_start(r, ev);
        ps_run_begin(r, PS_PHASE_START, ev);
    } else if (ev->kind == PS_LOG_STEP) {
        take_step(r, ev);
    } else if (ev->kind == PS_LOG_TARGET) {
        set(&r->t->to, r->mem, ev->a);
    } else if (ev->kind == PS_LOG_RESTART_COMMAND) {
        take_command(r, ev);
    } else if (!take_before_db(r, ev) && !take_db(r, ev) && !take_end(r, ev) && !take_restore(r, ev)) {
        take_fault(r, ev);
    }
    /* It goes on in whatever language. */
    if (r->run.phase == PS_PHASE_DB && r->run.off_begun && r->run.error.source == NULL && (ev->kind == PS_LOG_DB_START || ev->kind == PS_LOG_OTHER))
        r->run.off_done = true;
    if (ev->kind == PS_LOG_MODULES_DISABLED)
        r->run.off_begun = true;
    if (r->run.phase == PS_PHASE_NONE)
        return;
    r->any = true;
    if (r->run.started[0] == '\0' && ev->time.n > 0)
        ps_run_text(r->run.started, sizeof r->run.started, ev->time);
    if (r->is_backup && r->run.phase > PS_PHASE_BACKUP_DB)
        return;
    ps_run_put(r, &r->run.last, ev);
    r->run.saved = r->is_saved;
    if (ev->time.n > 0)
        ps_run_text(r->run.last_time, sizeof r->run.last_time, ev->time);
}

