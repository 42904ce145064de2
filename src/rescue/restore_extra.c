/*
 * Live files that the backup would hold if they had been there when it was made: what a broken upgrade added. Only directories that
 * the backup covers as a whole are searched, so that uploads, images and other programs' files are never among them.
 */
#include "rescue/restore_parts.h"

#include "base/glob.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define EXTRAS_SHOWN 1000
#define EXTRAS_MAX   100000

struct search {
    struct restore *r;
    struct work *w;
    VEC(char *) found;
    size_t sorted; /* so many of them, the first ones */
};

/* Index of the first of the backup's files that does not stand in front of path. */
static size_t first_from(const struct restore *r, const char *path)
{
    size_t lo = 0;
    size_t hi = r->paths.n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (strcmp(r->paths.v[mid], path) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

bool restore_in_backup(const struct restore *r, const char *path)
{
    size_t i = first_from(r, path);

    return i < r->paths.n && strcmp(r->paths.v[i], path) == 0;
}

/* True when the backup has files below dir. */
static bool has_below(const struct restore *r, const char *dir)
{
    struct buf front = {0};
    bool has;
    size_t i;

    buf_printf(&front, "%s/", dir);
    i = first_from(r, buf_cstr(&front));
    has = i < r->paths.n && str_starts(str_of(r->paths.v[i]), buf_str(&front));
    buf_free(&front);
    return has;
}

static bool is_volatile(const struct search *s, const char *rel)
{
    struct store *st = s->r->store;

    return st->platform->is_volatile && st->platform->is_volatile(st, str_of(rel));
}

/* Caches and the like, which no backup holds and no restore touches. */
static bool is_none_of_a_backup(const struct restore *r, const char *rel)
{
    return r->store->platform->backup_role && r->store->platform->backup_role(r->store, str_of(rel)) == BACKUP_LEAVE;
}

static bool is_private(const struct restore *r, const char *rel, const struct stat *st)
{
    const char *slash = strrchr(rel, '/');

    return stage_is_temp(slash ? slash + 1 : rel) || (S_ISDIR(st->st_mode) && is_none_of_a_backup(r, rel));
}

static int by_path(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_found(const struct search *s, const char *rel)
{
    return s->sorted > 0 && bsearch(&rel, s->found.v, s->sorted, sizeof *s->found.v, by_path) != NULL;
}

/* It was too large for the product's own backup, or of a name that it passes over. */
static bool is_left_out(const struct restore *r, const char *rel, uint64_t size)
{
    const struct platform *pf = r->store->platform;

    return pf->backup_left_out && pf->backup_left_out(r->store, str_of(rel), size);
}

static int take(struct search *s, const char *rel, const struct stat *st, struct err *e)
{
    if (!S_ISREG(st->st_mode) || restore_in_backup(s->r, rel) || glob_any(s->r->opts.exclude, rel))
        return 0;
    if (s->r->opts.include && !glob_any(s->r->opts.include, rel))
        return 0;
    if (is_left_out(s->r, rel, (uint64_t)st->st_size) || is_none_of_a_backup(s->r, rel))
        return 0;
    if (s->found.n >= EXTRAS_MAX)
        return err_set(e, ERR_REFUSED, "more than %d files are not in the backup: it is not one of this store", EXTRAS_MAX);
    *vec_push(&s->found) = mem_strdup(rel);
    return 0;
}

/* Below directories that are code for sure nothing else has to be asked. */
static int visit(void *arg, const char *rel, const struct stat *st, struct err *e)
{
    struct search *s = arg;
    bool is_code = s->r->store->platform->code_dirs != NULL;

    if ((!is_code && is_volatile(s, rel)) || is_private(s->r, rel, st))
        return S_ISDIR(st->st_mode) ? TREE_SKIP : 0;
    return take(s, rel, st, e);
}

/* Whether the platform calls something in a directory volatile: then merchants' files lie there too. */
struct partial {
    const struct search *s;
    const char *dir;
    bool is_partial;
};

static int look_below(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct partial *p = arg;
    struct buf rel = {0};

    (void)type, (void)e;
    buf_printf(&rel, "%s/%s", p->dir, name);
    p->is_partial = p->is_partial || is_volatile(p->s, buf_cstr(&rel));
    buf_free(&rel);
    return 0;
}

struct level {
    struct search *s;
    const char *dir;
};

static int search_dir(struct search *s, const char *dir, struct err *e)
{
    return tree_walk(&s->r->store->tree, dir, visit, NULL, s, e);
}

static int search_second(void *arg, const char *name, unsigned char type, struct err *e)
{
    const struct level *l = arg;
    struct buf rel = {0};
    int rc = 0;

    buf_printf(&rel, "%s/%s", l->dir, name);
    if (type == DT_DIR && has_below(l->s->r, buf_cstr(&rel)) && !is_volatile(l->s, buf_cstr(&rel)))
        rc = search_dir(l->s, buf_cstr(&rel), e);
    buf_free(&rel);
    return rc;
}

static int search_top(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct search *s = arg;
    struct partial p = {.s = s, .dir = name};
    struct level second = {s, name};

    if (type != DT_DIR || !has_below(s->r, name) || is_volatile(s, name))
        return 0;
    if (tree_list(&s->r->store->tree, name, look_below, &p, e) < 0)
        return -1;
    /* A new directory among code is the upgrade's; one beside uploads may be anybody's. */
    if (p.is_partial)
        return tree_list(&s->r->store->tree, name, search_second, &second, e);
    return search_dir(s, name, e);
}

/* What the upgrade's package calls new is the upgrade's, wherever it lies. */
static int added_by_upgrade(void *arg, const char *rel, struct err *e)
{
    struct search *s = arg;
    struct err ignored = {0};
    struct stat st;

    if (tree_stat(&s->r->store->tree, rel, &st, &ignored) < 0 || is_found(s, rel))
        return 0;
    return take(s, rel, &st, e);
}

static int search_all(struct search *s, struct err *e)
{
    const struct platform *pf = s->r->store->platform;

    if (pf->code_dirs == NULL)
        return tree_list(&s->r->store->tree, "", search_top, s, e);
    for (const char *const *dir = pf->code_dirs; *dir; dir++)
        if (has_below(s->r, *dir) && tree_exists(&s->r->store->tree, *dir) && search_dir(s, *dir, e) < 0)
            return -1;
    return 0;
}

static int see_left_out(void *arg, const char *rel, const struct stat *st, struct err *e)
{
    struct restore *r = arg;

    (void)e;
    if (is_private(r, rel, st))
        return S_ISDIR(st->st_mode) ? TREE_SKIP : 0;
    if (S_ISREG(st->st_mode) && is_left_out(r, rel, (uint64_t)st->st_size) && !restore_in_backup(r, rel) &&
        r->sums.left_out.n < EXTRAS_SHOWN)
        *vec_push(&r->sums.left_out) = arena_strdup(&r->mem, rel);
    return 0;
}

/* Files that the product's writer passes over lie anywhere; nobody else names them. */
static int name_left_out(struct restore *r, struct err *e)
{
    if (r->store->platform->backup_left_out == NULL || r->backup->partial)
        return 0;
    return tree_walk(&r->store->tree, "", see_left_out, NULL, r, e);
}

int restore_find_extra(struct restore *r, struct work *w, struct err *e)
{
    struct search s = {.r = r, .w = w};
    int rc = -1;

    w->progress(w, "looking for files that the backup does not hold", 0, 0);
    if (!r->backup->partial && search_all(&s, e) < 0)
        goto out;
    s.sorted = s.found.n;
    if (s.sorted > 0)
        qsort(s.found.v, s.sorted, sizeof *s.found.v, by_path);
    if (r->store->platform->upgrade_adds && r->upgrade.state == UPGRADE_INTERRUPTED &&
        r->store->platform->upgrade_adds(r->store, &r->upgrade, added_by_upgrade, &s, e) < 0)
        goto out;
    if (name_left_out(r, e) < 0)
        goto out;
    r->sums.extra = s.found.n;
    for (size_t i = 0; i < s.found.n; i++) {
        if (r->sums.extras.n < EXTRAS_SHOWN)
            *vec_push(&r->sums.extras) = arena_strdup(&r->mem, s.found.v[i]);
        if (!r->opts.exact || r->opts.dry_run)
            continue;
        if (stage_delete(&r->stage, s.found.v[i], true, e) < 0)
            goto out;
        r->sums.moved++;
    }
    rc = 0;
out:
    for (size_t i = 0; i < s.found.n; i++)
        free(s.found.v[i]);
    free(s.found.v);
    return rc;
}
