/*
 * Which backup is the clean one: the newest whole one of the version that the upgrade began at. A backup of the back office says no version: its columns
 * do, and they tell as well whether it was made before anything was changed. It holds the database alone, so it is the right one only where the code is
 * still of that version.
 */
#include "platform/opencart/dump_version.h"
#include "platform/opencart/plan_case.h"

#include <string.h>

struct judge {
    struct store *s;
    const struct plan *p;
    struct arena *mem;
};

/* Releases that carry the constant of the one before them count as both. */
static bool same_version(const char *a, const char *b)
{
    const char *a2 = oc_version_or(a);
    const char *b2 = oc_version_or(b);

    return oc_version_compare(a, b) == 0 || (a2 && oc_version_compare(a2, b) == 0) || (b2 && oc_version_compare(a, b2) == 0);
}

static bool is_of(const struct oc_range *range, const char *version)
{
    const char *other = oc_version_or(version);

    return oc_range_has(range, version) || (other && oc_range_has(range, other));
}

static const char *against_database(const struct judge *j, const struct backup *b)
{
    struct oc_range range;

    oc_dump_range(j->s, b, &range);
    if (range.mixed)
        return arena_printf(j->mem, "it was made in the middle of an upgrade: some of its tables are of %s, others older", range.from);
    if (j->p->from && b->version == NULL && oc_range_known(&range) && !is_of(&range, j->p->from))
        return arena_printf(j->mem, "its tables are of %s, the upgrade began at %s", oc_range_words(&range, j->mem), j->p->from);
    if (b->kind == BACKUP_DB && j->s->version && oc_range_known(&range) && !is_of(&range, j->s->version))
        return arena_printf(j->mem, "it holds the database alone, of OpenCart %s, and the code here is %s: the files of that version have to come back, too, or "
                                    "the upgrade has to be done again behind it", oc_range_words(&range, j->mem), j->s->version);
    return NULL;
}

/* Why it can't be the clean one; NULL when it can. */
static const char *against(const struct judge *j, const struct backup *b)
{
    const struct plan *p = j->p;
    const struct oc_case *c = oc_plan_case(p);

    if (b->sound == BACKUP_DAMAGED)
        return "it is damaged";
    if (b->kind == BACKUP_FILES)
        return "it holds files alone";
    if (b->version && p->from && !same_version(b->version, p->from))
        return arena_printf(j->mem, "it is of version %s, the upgrade began at %s", b->version, p->from);
    /* An access log is not always there, so the moment is no more than one reason among others. */
    if (c && c->trail.started && strcmp(b->taken, c->trail.started) > 0)
        return arena_printf(j->mem, "it was made after the upgrade had begun (%s): it may hold the damage", c->trail.started);
    return against_database(j, b);
}

static bool is_better(const struct backup *b, const struct backup *than)
{
    if ((b->kind == BACKUP_FULL) != (than->kind == BACKUP_FULL))
        return b->kind == BACKUP_FULL;
    return strcmp(b->taken, than->taken) > 0;
}

static const char *not_now(const struct plan *p)
{
    if (p->state == UPGRADE_NONE)
        return "there is no broken upgrade";
    if (p->state == UPGRADE_FINISHED)
        return "the upgrade ended; restoring would undo it";
    if (!p->touched)
        return "the upgrade had changed neither files nor database: there is nothing to restore";
    return NULL;
}

void oc_backup_judge(struct store *s, const struct plan *p, struct backup_list *l)
{
    struct judge j = {.s = s, .p = p, .mem = &l->mem};
    const char *why_none = not_now(p);
    struct backup *best = NULL;

    for (size_t i = 0; i < l->all.n; i++) {
        struct backup *b = l->all.v[i];

        b->recommended = false;
        b->why = against(&j, b);
        if (b->why == NULL && (best == NULL || is_better(b, best)))
            best = b;
    }
    for (size_t i = 0; i < l->all.n; i++)
        if (l->all.v[i]->why == NULL)
            l->all.v[i]->why = why_none ? why_none : "another one fits this upgrade better";
    if (best == NULL || why_none)
        return;
    best->recommended = true;
    best->why = best->kind == BACKUP_DB ? "the newest whole one from before the upgrade began; the code here is still of its version"
                                        : "the newest whole one from before the upgrade began";
}
