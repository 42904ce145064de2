/*
 * Which backup is the clean one: the newest whole one that was taken before the upgrade changed anything. After a rollback by the module itself,
 * which loses every table that its dump begins in the second part or later, the dump of that backup is what makes the store whole.
 */
#include "base/plural.h"
#include "format/ps_names.h"
#include "platform/prestashop/plan_case.h"

#include <string.h>

struct judge {
    struct store *s;
    const struct plan *p;
    const struct ps_case *c; /* may be NULL */
    struct backup_list *l;
};

static struct str base_name(const char *path)
{
    struct str s = str_of(path);
    size_t at = str_rchr(s, '/');

    return at == SIZE_MAX ? s : str_sub(s, at + 1, s.n);
}

/* The name that all parts of it share, or nothing. */
static struct str name_of(const struct backup *b)
{
    struct ps_name n;

    if (ps_name_read(base_name(b->path), &n))
        return n.name;
    for (size_t i = 0; i < b->parts.n; i++)
        if (ps_name_read(base_name(b->parts.v[i].path), &n))
            return n.name;
    return (struct str){0};
}

/* Of several attempts the first one that changed something counts. */
static bool is_of_this_upgrade(const struct judge *j, const struct backup *b)
{
    const struct ps_trail *t = j->c ? &j->c->trail : NULL;
    const char *name = t == NULL ? NULL : t->clean_backup ? t->clean_backup : t->backup;

    return name && str_is(name_of(b), name);
}

/* The list of tables that are left to be saved is the last attempt's. */
static bool is_of_last_attempt(const struct judge *j, const struct backup *b)
{
    return j->c && j->c->trail.backup && str_is(name_of(b), j->c->trail.backup);
}

/* When the live files or tables began to change, as far as that is written down. */
static const char *first_change(const struct judge *j)
{
    static const enum ps_phase changing[] = {PS_PHASE_FILES, PS_PHASE_DB, PS_PHASE_MODULES};

    if (j->c && j->c->trail.changed)
        return j->c->trail.changed;
    for (size_t i = 0; j->c && i < sizeof changing / sizeof *changing; i++)
        if (j->c->trail.began[changing[i]].source && j->c->trail.began[changing[i]].time)
            return j->c->trail.began[changing[i]].time;
    return NULL;
}

static const char *other_half(const struct judge *j, const struct backup *b)
{
    for (size_t i = 0; i < j->l->all.n; i++) {
        const struct backup *is = j->l->all.v[i];

        if (is != b && name_of(b).n > 0 && str_eq(name_of(is), name_of(b)) && is->kind != b->kind && is->kind != BACKUP_FULL)
            return is->path;
    }
    return NULL;
}

static const char *against_kind(const struct judge *j, const struct backup *b)
{
    const char *other = other_half(j, b);
    const char *has = b->kind == BACKUP_DB ? "the database" : "files";

    if (other)
        return arena_printf(&j->l->mem, "it holds %s alone; what belongs to it is %s: bring back both, one after the other", has, other);
    return arena_printf(&j->l->mem, "it holds %s alone", has);
}

/* Why it can't be the clean one; NULL when it can. */
static const char *against(const struct judge *j, const struct backup *b, bool db_alone)
{
    const char *changed = first_change(j);
    const char *from = j->p->from;

    if (b->sound == BACKUP_DAMAGED)
        return "it is damaged";
    if (b->kind == BACKUP_FILES || (b->kind == BACKUP_DB && !db_alone))
        return against_kind(j, b);
    if (is_of_last_attempt(j, b) && j->c->begun_anew && (j->c->trail.clean_backup == NULL || !is_of_this_upgrade(j, b)))
        return "it was made of the store as an earlier attempt had left it: it holds the damage";
    if (is_of_last_attempt(j, b) && j->c->trail.has_tables_to_backup && j->c->trail.tables_to_backup.n > 0)
        return arena_printf(&j->l->mem, "the module's list tablesToBackup.list has %zu table%s still to be saved",
                            j->c->trail.tables_to_backup.n, plural(j->c->trail.tables_to_backup.n, " that was", "s that were"));
    if (b->version && from && ps_version_compare(str_of(b->version), str_of(from)) != 0)
        return arena_printf(&j->l->mem, "it is of version %s, the upgrade began at %s", b->version, from);
    if (changed && b->taken_by_name && strcmp(b->taken, changed) > 0)
        return arena_printf(&j->l->mem, "it was taken after the upgrade had begun to change the store (%s): it holds the damage", changed);
    return NULL;
}

/* The one that the upgrade itself made first, then the newer one. */
static bool is_better(const struct judge *j, const struct backup *b, const struct backup *than)
{
    bool x = is_of_this_upgrade(j, b);
    bool y = is_of_this_upgrade(j, than);

    if (x != y)
        return x;
    if ((b->kind == BACKUP_FULL) != (than->kind == BACKUP_FULL))
        return b->kind == BACKUP_FULL;
    return strcmp(b->taken, than->taken) > 0;
}

static bool was_rolled_back(const struct judge *j)
{
    return j->c && j->c->rolled_back;
}

static const char *not_now(const struct judge *j)
{
    const struct plan *p = j->p;
    const struct step *failed = plan_failed(p);

    if (p->state == UPGRADE_NONE && j->c && j->c->undone && j->c->trail.mark == PS_MARK_NONE)
        return "the upgrade module has put this back already; it may turn characters of four bytes, as emoji, into question marks: where that "
               "happened, and nothing was sold since, name it: toolkit restore BACKUP";
    if (p->state == UPGRADE_NONE)
        return "there is no broken upgrade";
    if (was_rolled_back(j))
        return NULL;
    if (p->state == UPGRADE_FINISHED)
        return "the upgrade ended; restoring would undo it";
    if (failed && failed->kind == STEP_OPEN && p->touched)
        return "the upgrade is done but for opening the store; open it with: toolkit store open";
    if (!p->touched)
        return "the upgrade had changed neither files nor database: there is nothing to restore; open the store with: toolkit store open";
    return NULL;
}

/* Tables that the rollback lost and that this dump has. */
static size_t brings_back(const struct judge *j, const struct backup *b)
{
    size_t n = 0;

    for (size_t i = 0; i < j->c->tables_missing.n; i++)
        for (size_t k = 0; k < b->table_names.n; k++)
            if (strcmp(j->c->tables_missing.v[i], b->table_names.v[k]) == 0) {
                n++;
                break;
            }
    return n;
}

static const char *why_best(const struct judge *j, const struct backup *b)
{
    if (was_rolled_back(j) && j->c->tables_missing.n > 0) {
        size_t n = brings_back(j, b);

        return arena_printf(&j->l->mem,
                            "the module's own rollback %s %zu table%s that its dump has; %s %s back",
                            j->c->rollback_half ? "did not end, and left out" : "put the files back and lost", j->c->tables_missing.n,
                            j->c->tables_missing.n == 1 ? "" : "s", n ? "this brings" : "it may bring",
                            j->c->tables_missing.n == 1 ? "it" : "them");
    }
    if (was_rolled_back(j))
        return "the module's own rollback was cut off; this brings back what it was to bring back";
    return is_of_this_upgrade(j, b) ? "the upgrade made it before it changed anything"
                                    : "the newest whole one from before the upgrade changed anything";
}

void ps_backup_judge(struct store *s, const struct plan *p, struct backup_list *l)
{
    struct judge j = {.s = s, .p = p, .c = ps_plan_case(p), .l = l};
    bool db_alone = was_rolled_back(&j) && !j.c->rollback_half;
    const char *why_none = not_now(&j);
    struct backup *best = NULL;

    for (size_t i = 0; i < l->all.n; i++) {
        struct backup *b = l->all.v[i];

        b->recommended = false;
        b->why = against(&j, b, db_alone);
        if (b->why == NULL && (best == NULL || is_better(&j, b, best)))
            best = b;
    }
    for (size_t i = 0; i < l->all.n; i++)
        if (l->all.v[i]->why == NULL)
            l->all.v[i]->why = why_none ? why_none : "another one fits this upgrade better";
    if (best == NULL || why_none)
        return;
    best->recommended = true;
    best->why = why_best(&j, best);
}
