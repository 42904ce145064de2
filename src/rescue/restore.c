#include "rescue/restore_parts.h"

#include "rescue/logs.h"
#include "rescue/snapshot.h"

#include <stdlib.h>
#include <string.h>

static const char *source_of(struct restore *r)
{
    return arena_printf(&r->mem, "%s", r->backup->path);
}

static struct step *add(struct restore *r, enum step_kind kind, const char *title)
{
    struct step *st = plan_add(&r->plan, kind, NULL, NULL);

    st->title = title;
    st->state = STEP_PENDING;
    st->can_run = true;
    st->repeatable = true;
    return st;
}

/* Whether the store is open to its customers at the end: as before, and after a broken upgrade, which has closed it, in any case. */
static bool opens(const struct restore *r)
{
    if (r->opts.keep_closed || r->store->platform->set_gate == NULL)
        return false;
    return r->gate != GATE_CLOSED || r->upgrade.state == UPGRADE_INTERRUPTED;
}

static void make_plan(struct restore *r)
{
    struct plan *p = &r->plan;
    const struct platform *pf = r->store->platform;
    bool in_place = r->shadow && shadow_mode(r->shadow) == SHADOW_IN_PLACE;

    plan_free(p);
    memset(p, 0, sizeof *p);
    p->ops = &restore_ops;
    p->own = r;
    p->state = UPGRADE_INTERRUPTED;
    p->from = r->store->version;
    p->to = r->backup->version;
    p->causes = r->upgrade.causes;
    add(r, STEP_UNPACK,
        arena_printf(&p->mem, "read %s to its end%s%s", source_of(r), r->opts.files ? ", compare every file" : "",
                     r->opts.db && !in_place ? ", load the dump beside the live tables" : ""));
    if (in_place)
        add(r, STEP_BACKUP, "make a snapshot of the database");
    /* Where tables change places at once nobody meets half of them, and closing would be one more change to take back. */
    if (in_place && pf->set_gate && r->gate == GATE_OPEN)
        add(r, STEP_CLOSE, "close the store");
    if (r->opts.db)
        add(r, STEP_SCHEMA, in_place ? "carry out the dump on the live tables" : "let the tables change places");
    if (r->opts.files)
        add(r, STEP_FILES, "put the files into their places");
    if (pf->restored)
        add(r, STEP_MODULES, "put right what the broken upgrade left of its own state");
    if (pf->cache_clear)
        add(r, STEP_CACHE, "empty the caches");
    if (opens(r))
        add(r, STEP_OPEN, "open the store");
}

/* No backup was named: the one that the platform calls the clean one. */
static int recommended(struct restore *r, const struct backup_watch *watch, struct err *e)
{
    const char *why = NULL;

    if (backup_find(r->store, NULL, 0, &r->list, e) < 0)
        return -1;
    for (size_t i = 0; i < r->list.all.n; i++)
        if (backup_check(r->store, &r->list, r->list.all.v[i], watch, e) < 0)
            return -1;
    backup_choose(r->store, &r->upgrade, &r->list);
    for (size_t i = 0; i < r->list.all.n; i++) {
        struct backup *b = r->list.all.v[i];

        if (b->recommended)
            r->backup = b;
        else if (why == NULL)
            why = b->why;
    }
    if (r->backup)
        return 0;
    if (r->list.all.n == 0)
        err_set(e, ERR_ABSENT, "no backup was found in the places where %s keeps them", r->store->platform->title);
    else
        err_set(e, ERR_ABSENT, "%s recommended%s%s", r->list.all.n == 1 ? "the backup that was found is not" : "none of the backups that were found is",
                why ? ": " : "", why ? why : "");
    return err_fix(e, r->list.all.n ? "look at them with: toolkit backups; then name one: toolkit restore BACKUP"
                                    : "name one: toolkit restore BACKUP (an archive, a dump, or a folder)");
}

/* What is asked for against what there is. */
static int narrow(struct restore *r, struct err *e)
{
    enum backup_kind kind = r->backup->kind;

    if (kind == BACKUP_FILES && !r->opts.files)
        return err_set(e, ERR_ABSENT, "%s holds files and no dump of the database", r->backup->path);
    if (kind == BACKUP_DB && !r->opts.db)
        return err_set(e, ERR_ABSENT, "%s holds a dump of the database and no files", r->backup->path);
    if (kind == BACKUP_FILES)
        r->opts.db = false;
    if (kind == BACKUP_DB)
        r->opts.files = false;
    return 0;
}

/* The plan of the store's upgrade, and whether an earlier restore has taken it back already. */
static int look_at_upgrade(struct restore *r, const char *work_dir, struct err *e)
{
    struct workdir dir;
    int rc;

    if (r->store->platform->plan(r->store, &r->upgrade, e) < 0)
        return -1;
    workdir_init(&dir);
    if (workdir_open(&dir, &r->store->tree, work_dir, false, e) == 0) {
        rc = journal_taken_back(&dir, &r->upgrade, e);
        workdir_close(&dir);
        return rc;
    }
    if (e->kind != ERR_ABSENT)
        return -1;
    err_clear(e);
    return 0;
}

/* Files of another version among those of the backup would make a store that nobody has ever tested. */
static int find_source(struct restore *r, const struct backup_watch *watch, struct err *e)
{
    const char *path = r->store->opts ? r->store->opts->source : NULL;
    struct backup *b = r->backup;

    if (path == NULL || !r->opts.files)
        return 0;
    if (backup_named(r->store, path, &r->list, &r->source, e) < 0 ||
        backup_check(r->store, &r->list, r->source, watch, e) < 0 ||
        (b->version == NULL && backup_check(r->store, &r->list, b, watch, e) < 0))
        return err_wrap(e, "--source");
    if (r->source->sound == BACKUP_DAMAGED)
        return err_set(e, ERR_FORMAT, "--source %s is damaged itself", path);
    if (r->source->version && b->version && strcmp(r->source->version, b->version) == 0)
        return 0;
    err_set(e, ERR_REFUSED, "--source %s is of version %s, the backup of %s", path,
            r->source->version ? r->source->version : "unknown", b->version ? b->version : "unknown");
    return err_fix(e, "give a tree or archive of the very version that the backup holds");
}

int restore_look(struct restore *r, struct store *s, const struct restore_opts *o, const char *work_dir,
                 const struct backup_watch *watch, struct err *e)
{
    struct err ignored = {0};

    memset(r, 0, sizeof *r);
    r->store = s;
    r->opts = *o;
    workdir_init(&r->work);
    sql_facts_init(&r->facts);
    if (look_at_upgrade(r, work_dir, e) < 0)
        return -1;
    if (o->backup ? backup_named(s, o->backup, &r->list, &r->backup, e) < 0 : recommended(r, watch, e) < 0)
        return -1;
    if (narrow(r, e) < 0 || restore_judge(r, e) < 0 || restore_rows_look(r, watch, e) < 0 || find_source(r, watch, e) < 0)
        return -1;
    if (s->platform->gate)
        s->platform->gate(s, &r->gate, &ignored);
    make_plan(r);
    return 0;
}

static int note(void *ctx, const char *key, struct str value, struct err *e)
{
    const struct restore *r = ctx;

    return case_file_note(r->journal.file, r->journal.id, "", key, value, e);
}

static bool noted(void *ctx, const char *key, struct buf *value)
{
    return restore_noted(ctx, key, value);
}

static void progress(void *ctx, const char *what, uint64_t done, uint64_t total)
{
    const struct restore *r = ctx;

    if (r->running)
        r->running->progress(r->running, what, done, total);
}

static int open_shadow(struct restore *r, struct err *e)
{
    const struct mysql_opts db = store_db_opts(r->store);
    const struct shadow_opts o = {.db = &db,
                                  .tag = restore_tag(r),
                                  .mode = r->opts.mode,
                                  .prefix = r->store->prefix ? r->store->prefix : "",
                                  .from_prefix = r->opts.from_prefix,
                                  .all_tables = r->opts.all_tables,
                                  .source = r->store->platform->table_source ? restore_table_source : NULL,
                                  .source_first = r->other_version,
                                  .salvage = r->opts.salvage,
                                  .repair = r->opts.repair_escapes ? r->store->platform->row_repair : NULL,
                                  .ctx = r,
                                  .note = note,
                                  .noted = noted,
                                  .progress = progress,
                                  .stop = r->store->opts ? r->store->opts->stop : NULL};

    /* The session that has read the store would hold locks on what is about to change places. */
    if (store_db(r->store, e) == NULL || restore_note(r, "db.tag", o.tag, e) < 0)
        return -1;
    return shadow_open(&r->shadow, &o, e);
}

int restore_begin(struct restore *r, const char *work_dir, const char *command, struct err *e)
{
    struct err ignored = {0};

    if (workdir_open(&r->work, &r->store->tree, work_dir, true, e) < 0 || workdir_lock(&r->work, command, e) < 0 ||
        restore_case_open(r, e) < 0 || workdir_undo(&r->work, r->journal.id, true, &r->undo, e) < 0)
        return -1;
    /* For undo, which opens or closes it again; a second run must not note what the first has made of it. */
    if (!r->continued && restore_note(r, "gate", r->gate == GATE_CLOSED ? "closed" : "", e) < 0)
        return -1;
    /* So that undo takes back what the restore adds to them; that a log can't be read is no reason not to restore. */
    if (!r->continued)
        logs_note(r->store, r->journal.file, r->journal.id, false, &ignored);
    if (r->opts.db && open_shadow(r, e) < 0)
        return -1;
    make_plan(r);
    return 0;
}

void restore_close(struct restore *r)
{
    if (r->staged)
        stage_close(&r->stage);
    shadow_close(r->shadow);
    sql_facts_free(&r->facts);
    backup_list_free(&r->list);
    plan_free(&r->plan);
    plan_free(&r->upgrade);
    tree_close(&r->undo);
    journal_close(&r->journal);
    workdir_close(&r->work);
    free(r->paths.v);
    free(r->sums.extras.v);
    free(r->sums.left_out.v);
    free(r->sums.newer.v);
    free(r->sums.undumped.v);
    free(r->sums.others.v);
    free(r->sums.lost.v);
    free(r->sums.refused.v);
    free(r->sums.kept.v);
    free(r->sums.shared.v);
    arena_free(&r->mem);
}
