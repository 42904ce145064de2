/* The copies of modified files: which there are, what they stand in for, and emptying their folders. */
#include "platform/opencart/modification.h"
#include "platform/opencart/places.h"

#include <stdlib.h>
#include <string.h>

#define VQCACHE "vqmod/vqcache"
#define VQHEAD  "vq2-"

int oc_modification_rows_count(struct store *s, uint64_t *on, uint64_t *all, struct err *e)
{
    struct mysql *db = store_db(s, e);
    const struct mysql_cell *row;
    struct buf sql = {0};
    bool there;
    int rc;

    *on = *all = 0;
    if (db == NULL || oc_has(s, "modification", NULL, &there, e) < 0)
        return -1;
    if (!there)
        return 0;
    mysql_sqlf(db, &sql, "SELECT COUNT(*), COALESCE(SUM(status <> 0), 0) FROM %i", store_table(s, "modification"));
    rc = mysql_query(db, buf_str(&sql), e);
    while (rc >= 0 && (rc = mysql_row(db, &row, e)) == 1)
        if (!str_u64(row[0].s, UINT64_MAX, all) || !str_u64(row[1].s, UINT64_MAX, on))
            *on = *all = 0;
    buf_free(&sql);
    return rc < 0 ? -1 : 0;
}

/* The installer reads copies from the usual folders whatever the configuration says. */
static size_t list_places(const struct store *s, struct oc_place out[OC_PLACES + 1])
{
    static const char *const usual[] = {"system/storage/modification", "system/modification", NULL};
    const struct oc *x = s->own;
    size_t n = oc_places(s, x->modification, x->aside_modification, usual, out);

    out[n++] = (struct oc_place){VQCACHE, false};
    return n;
}

static bool is_copy(const char *rel, const struct stat *st)
{
    const char *slash = strrchr(rel, '/');
    const char *name = slash ? slash + 1 : rel;

    return S_ISREG(st->st_mode) && name[0] != '.' && strcmp(name, "index.html") != 0;
}

static int count(void *arg, const char *rel, const struct stat *st, struct err *e)
{
    size_t *n = arg;

    (void)e;
    *n += is_copy(rel, st);
    return 0;
}

size_t oc_modification_count(struct store *s)
{
    struct oc_place places[OC_PLACES + 1];
    size_t n_places = list_places(s, places);
    struct err ignored = {0};
    size_t n = 0;

    for (size_t i = 0; i < n_places; i++)
        if (tree_exists(oc_tree(s, places[i].aside), places[i].dir))
            tree_walk(oc_tree(s, places[i].aside), places[i].dir, count, NULL, &n, &ignored);
    return n;
}

int oc_modification_clear(struct store *s, struct work *w, size_t *n, struct err *e)
{
    static const char *const lists[] = {"vqmod/mods.cache", "vqmod/checked.cache"};
    struct oc_place places[OC_PLACES + 1];
    size_t n_places = list_places(s, places);
    size_t before = oc_modification_count(s);

    if (n)
        *n = before;
    for (size_t i = 0; i < n_places; i++)
        if (oc_empty(s, w, places[i].aside, places[i].dir, e) < 0)
            return -1;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        if (!tree_exists(&s->tree, lists[i]))
            continue;
        if (w->dry_run)
            w->say(w, "would remove %s", lists[i]);
        else if (tree_remove(&s->tree, lists[i], e) < 0)
            return -1;
    }
    return 0;
}

/* ---- what they stand in for ---- */

struct shadows {
    struct store *s;
    struct arena mem;
    shadowed_fn *each;
    void *arg;
    const char *dir; /* of the copies */
    bool aside;
    VEC(const char *) names; /* in vQmod's cache */
};

static bool is_older(const struct stat *a, const struct stat *b)
{
    return a->st_mtim.tv_sec != b->st_mtim.tv_sec ? a->st_mtim.tv_sec < b->st_mtim.tv_sec : a->st_mtim.tv_nsec < b->st_mtim.tv_nsec;
}

static int tell(struct shadows *sh, const char *path, const char *copy, const struct stat *st, struct err *e)
{
    struct shadowed one = {.path = path, .copy = copy, .copy_aside = sh->aside};
    struct stat original;
    struct err ignored = {0};

    /* Copies of files that are gone are never loaded. */
    if (tree_stat(&sh->s->tree, path, &original, &ignored) < 0 || !S_ISREG(original.st_mode))
        return 0;
    one.older = is_older(st, &original);
    return sh->each(sh->arg, &one, e);
}

/* "admin/controller/x.php" in the folder of copies is the back office's, whatever that is called. */
static int look_at_copy(void *arg, const char *rel, const struct stat *st, struct err *e)
{
    struct shadows *sh = arg;
    const struct oc *x = sh->s->own;
    struct str path = str_of(rel);
    struct str rest;

    if (!is_copy(rel, st))
        return 0;
    path = str_sub(path, strlen(sh->dir) + 1, path.n);
    rest = path;
    if (str_skip(&rest, STR("admin/")) && x->admin)
        return tell(sh, arena_printf(&sh->mem, "%s/%.*s", x->admin, STR_FMT(rest)), rel, st, e);
    return tell(sh, arena_dup(&sh->mem, path.p, path.n), rel, st, e);
}

static int take_name(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct shadows *sh = arg;

    (void)e;
    if (type == DT_REG && str_starts(str_of(name), STR(VQHEAD)))
        *vec_push(&sh->names) = arena_strdup(&sh->mem, name);
    return 0;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* vQmod names a copy by the original's path with "_" for "/", which can't be turned back: so every original is asked for. */
static int look_at_original(void *arg, const char *rel, const struct stat *st, struct err *e)
{
    struct shadows *sh = arg;
    char *name;
    struct stat copy;
    struct err ignored = {0};
    const char *path;

    if (!S_ISREG(st->st_mode))
        return 0;
    name = arena_printf(&sh->mem, VQHEAD "%s", rel);
    for (char *p = name; *p; p++)
        if (*p == '/')
            *p = '_';
    if (bsearch(&name, sh->names.v, sh->names.n, sizeof *sh->names.v, by_name) == NULL)
        return 0;
    path = arena_printf(&sh->mem, VQCACHE "/%s", name);
    return tree_stat(&sh->s->tree, path, &copy, &ignored) < 0 ? 0 : tell(sh, arena_strdup(&sh->mem, rel), path, &copy, e);
}

static int look_at_vqmod(struct shadows *sh, struct err *e)
{
    const struct oc *x = sh->s->own;
    const char *const dirs[] = {x->admin ? x->admin : "admin", "catalog", "system"};
    struct err ignored = {0};
    int rc = 0;

    sh->aside = false;
    tree_list(&sh->s->tree, VQCACHE, take_name, sh, &ignored);
    if (sh->names.n > 1)
        qsort(sh->names.v, sh->names.n, sizeof *sh->names.v, by_name);
    for (size_t i = 0; rc == 0 && sh->names.n > 0 && i < sizeof dirs / sizeof *dirs; i++)
        if (tree_exists(&sh->s->tree, dirs[i]))
            rc = tree_walk(&sh->s->tree, dirs[i], look_at_original, NULL, sh, e);
    return rc;
}

int oc_shadowed(struct store *s, shadowed_fn *each, void *arg, struct err *e)
{
    const struct oc *x = s->own;
    struct shadows sh = {.s = s, .each = each, .arg = arg, .dir = x->modification, .aside = x->aside_modification};
    const struct tree *t = oc_tree(s, sh.aside);
    int rc = 0;

    if (sh.dir && t->path && tree_exists(t, sh.dir))
        rc = tree_walk(t, sh.dir, look_at_copy, NULL, &sh, e);
    if (rc == 0)
        rc = look_at_vqmod(&sh, e);
    free(sh.names.v);
    arena_free(&sh.mem);
    return rc;
}
