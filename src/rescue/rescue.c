#include "rescue/rescue.h"

#include <stdio.h>
#include <string.h>

static int read_plan(struct rescue *r, struct err *e)
{
    plan_free(&r->plan);
    return r->store->platform->plan(r->store, &r->plan, e);
}

int rescue_read(struct rescue *r, struct store *s, const char *work_dir, struct err *e)
{
    memset(r, 0, sizeof *r);
    workdir_init(&r->work);
    r->store = s;
    if (read_plan(r, e) < 0)
        return -1;
    if (workdir_open(&r->work, &s->tree, work_dir, false, e) < 0) {
        if (e->kind != ERR_ABSENT)
            return -1;
        err_clear(e);
    }
    if (journal_taken_back(&r->work, &r->plan, e) < 0 ||
        journal_read(&r->journal, &r->work, s, &r->plan, e) < 0 || journal_merge(&r->journal, &r->plan, e) < 0)
        return -1;
    return 0;
}

int rescue_begin(struct rescue *r, struct store *s, const char *work_dir, const char *command, struct err *e)
{
    memset(r, 0, sizeof *r);
    workdir_init(&r->work);
    r->store = s;
    if (workdir_open(&r->work, &s->tree, work_dir, true, e) < 0 || workdir_lock(&r->work, command, e) < 0)
        return -1;
    if (read_plan(r, e) < 0 || journal_write(&r->journal, &r->work, s, &r->plan, e) < 0)
        return -1;
    return journal_merge(&r->journal, &r->plan, e);
}

int rescue_reread(struct rescue *r, struct err *e)
{
    if (read_plan(r, e) < 0)
        return -1;
    return journal_merge(&r->journal, &r->plan, e);
}

int rescue_undo_tree(struct rescue *r, struct tree *undo, struct err *e)
{
    return workdir_undo(&r->work, r->journal.id, true, undo, e);
}

static int found(void *arg, const char *name, unsigned char type, struct err *e)
{
    bool *any = arg;

    (void)type;
    (void)e;
    /* The stage's own lists alone tell of files that were added. */
    *any = *any || name[0] != '.';
    return 0;
}

void rescue_snapshot_name(int64_t case_id, char name[40])
{
    snprintf(name, 40, "db-%lld.sql.gz", (long long)case_id);
}

bool rescue_has_undo(const struct rescue *r)
{
    struct err ignored = {0};
    struct tree undo = {0};
    char snapshot[40];
    bool any;

    if (r->work.tree.path == NULL)
        return false;
    rescue_snapshot_name(r->journal.id, snapshot);
    any = tree_exists(&r->work.tree, snapshot);
    if (any || workdir_undo(&r->work, r->journal.id, false, &undo, &ignored) < 0)
        return any;
    tree_list(&undo, "", found, &any, &ignored);
    tree_close(&undo);
    return any;
}

void rescue_close(struct rescue *r)
{
    journal_close(&r->journal);
    workdir_close(&r->work);
    plan_free(&r->plan);
}
