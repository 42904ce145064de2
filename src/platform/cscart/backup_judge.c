/*
 * Which backup is the clean one. Every attempt of an upgrade makes its own, and an attempt that follows one which had begun to change the
 * store photographs the damage. So it is the last one taken before any attempt changed something; without a log the first of
 * the series.
 */
#include "platform/cscart/cs.h"
#include "platform/cscart/holes.h"
#include "platform/cscart/upgrade.h"

#include <stdio.h>
#include <string.h>

struct judge {
    struct store *s;
    const struct plan *p;
    struct backup_list *l;
    const struct cs_attempt *attempts;
    size_t n_attempts;
    const uint64_t *logs; /* numbers of the progress tables */
    size_t n_logs;
};

static struct str base_name(const char *path)
{
    struct str s = str_of(path);
    size_t at = str_rchr(s, '/');

    return at == SIZE_MAX ? s : str_sub(s, at + 1, s.n);
}

/* The backup may have been moved, so its name is compared; "backup" of 4.0 to 4.2 is the name of all of them. */
static bool is_of_attempt(const struct backup *b, const struct cs_attempt *at)
{
    if (at->backup == NULL || !str_eq(base_name(b->path), base_name(at->backup)))
        return false;
    return !str_is(base_name(b->path), "backup") || str_ends(str_of(at->backup), str_of(b->path));
}

/* Index of the attempt that made it, or n_attempts. */
static size_t attempt_of(const struct judge *j, const struct backup *b)
{
    size_t i = 0;

    while (i < j->n_attempts && !is_of_attempt(b, &j->attempts[i]))
        i++;
    return i;
}

static const struct cs_attempt *changed_before(const struct judge *j, size_t attempt)
{
    for (size_t i = 0; i < attempt && i < j->n_attempts; i++)
        if (j->attempts[i].changed)
            return &j->attempts[i];
    return NULL;
}

/* The table "phinxlog1502298024" of an attempt stands in its dump. */
static const char *progress_table(const struct judge *j, const struct backup *b)
{
    for (size_t i = 0; i < b->table_names.n; i++) {
        struct str name = str_of(b->table_names.v[i]);
        uint64_t number;

        if (!str_skip(&name, STR("phinxlog")) || !str_u64(name, UINT64_MAX, &number))
            continue;
        for (size_t k = 0; k < j->n_logs; k++)
            if (j->logs[k] == number)
                return b->table_names.v[i];
    }
    return NULL;
}

static bool same(const char *a, const char *b)
{
    return a && b && cs_version_compare(str_of(a), str_of(b)) == 0;
}

/* Why it can't be the clean one; NULL when it can. */
static const char *against(const struct judge *j, const struct backup *b)
{
    struct arena *mem = &j->l->mem;
    size_t attempt = attempt_of(j, b);
    const struct cs_attempt *before = changed_before(j, attempt);
    const char *table = progress_table(j, b);

    if (b->sound == BACKUP_DAMAGED)
        return "it is damaged";
    if (b->kind != BACKUP_FULL)
        return b->kind == BACKUP_DB ? "it holds the database alone" : "it holds files alone";
    if (attempt < j->n_attempts && before)
        return arena_printf(
            mem, "it was taken after the attempt of %s had begun to change the store: it holds the damage",
            before->started ? before->started : "before");
    if (table)
        return arena_printf(
            mem, "its database holds the table %s of the broken upgrade: it was taken after the damage",
            table);
    if (b->from && j->p->from && !same(b->from, j->p->from))
        return "it is of another upgrade";
    if (b->to && j->p->to && !same(b->to, j->p->to))
        return "it is of another upgrade";
    if (b->version && j->p->from && !same(b->version, j->p->from))
        return arena_printf(mem, "the files in it are of version %s, not of %s", b->version, j->p->from);
    if (attempt == j->n_attempts && b->from == NULL)
        return "it was not made by this upgrade";
    return NULL;
}

/* The better of two that both can be the clean one. With a log the newer one, since nothing had changed till then. */
static bool is_better(const struct judge *j, const struct backup *b, const struct backup *than)
{
    size_t x = attempt_of(j, b);
    size_t y = attempt_of(j, than);

    if ((x < j->n_attempts) != (y < j->n_attempts))
        return x < j->n_attempts;
    if (x < j->n_attempts && x != y)
        return x > y;
    return strcmp(b->taken, than->taken) < 0;
}

static const char *not_now(const struct plan *p)
{
    const struct step *failed = plan_failed(p);

    if (p->state == UPGRADE_FINISHED)
        return "the upgrade ended; restoring would undo it";
    if (p->state == UPGRADE_NONE)
        return "there is no broken upgrade";
    if (failed && failed->kind == STEP_OPEN && p->touched)
        return "the upgrade is done but for opening the store; open it with: toolkit store open";
    if (!p->touched)
        return "the upgrade had changed neither files nor database: there is nothing to restore; open the "
               "store with: toolkit store open";
    return NULL;
}

static void look_for_holes(const struct judge *j, struct backup *b)
{
    struct arena *mem = &j->l->mem;
    struct cs_holes holes;
    struct err e = {0};

    if (cs_find_holes(j->s, b, mem, &holes, &e) < 0 || !holes.known)
        return;
    if (holes.missing > 0)
        *vec_push(&b->problems) = arena_printf(
            mem,
            "%zu file%s of the version %s not in it (%s): the product passed over them without a word; "
            "restoring leaves those as they are now",
            holes.missing, holes.missing == 1 ? "" : "s", holes.missing == 1 ? "is" : "are", holes.first);
    if (!holes.has_langs && j->p->from && cs_generation(str_of(j->p->from)) == CS_GEN_A)
        *vec_push(&b->problems) = "upgrades of 4.3.1 to 4.3.3 do not save var/langs, whose files the upgrade "
                                  "replaces: those stay new";
}

void cs_backup_judge(struct store *s, const struct plan *p, struct backup_list *l)
{
    struct judge j = {.s = s, .p = p, .l = l};
    const char *why_none = not_now(p);
    struct backup *best = NULL;

    j.attempts = cs_plan_attempts(p, &j.n_attempts);
    j.logs = cs_plan_phinxlogs(p, &j.n_logs);
    for (size_t i = 0; i < l->all.n; i++) {
        struct backup *b = l->all.v[i];

        b->recommended = false;
        b->why = against(&j, b);
        if (b->why == NULL && (best == NULL || is_better(&j, b, best)))
            best = b;
    }
    for (size_t i = 0; i < l->all.n; i++)
        if (l->all.v[i]->why == NULL)
            l->all.v[i]->why =
                why_none ? why_none : "an earlier or later one of the same upgrade is the better choice";
    if (best == NULL || why_none)
        return;
    best->recommended = true;
    best->why = attempt_of(&j, best) < j.n_attempts ? "the last one taken before the upgrade changed anything"
                                                    : "the first one of this upgrade, by its name";
    look_for_holes(&j, best);
}
