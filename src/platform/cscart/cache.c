/*
 * Clearing what the store makes by itself again. A cache folder is renamed first and removed then: a shop that is being visited
 * meets a whole folder or none. What a backup that died has gathered below var/cache/misc/tmp/backup may be all there is
 * of it, and stays.
 */
#include "base/clock.h"
#include "platform/cscart/cs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CACHE  "var/cache"
#define STAGED "var/cache/misc/tmp/backup"
/* In front of the name of what is being removed; found later only when a run was killed. */
#define GONE ".gone.toolkit."

struct clearing {
    struct store *s;
    struct work *w;
    const char *dir;  /* whose entries are removed */
    const char *keep; /* but this one, or NULL */
    bool all;         /* not the caches alone */
    VEC(const char *) names;
};

/* The product's own folders. Whatever else lies there was put there by somebody else. */
static bool is_cache(const char *name)
{
    static const char *const names[] = {"registry", "misc", "static", "templates"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return str_starts(str_of(name), STR(GONE));
}

/* What is gone by the time it is to be renamed was removed by the shop itself. */
static int move_away(struct store *s, const char *dir, const char *name, const char *gone, struct err *e)
{
    const struct fsops *ops = s->tree.ops;
    int fd = tree_open_dir(&s->tree, dir, e);
    int rc;

    if (fd < 0)
        return -1;
    rc = ops->renameat(fd, name, fd, gone);
    if (rc < 0 && errno != ENOENT)
        rc = tree_fail(&s->tree, arena_printf(&s->mem, "%s/%s", dir, name), "rename", e);
    else
        rc = 0;
    ops->close(fd);
    return rc;
}

static int remove_one(struct clearing *c, const char *name, struct err *e)
{
    struct store *s = c->s;
    const char *rel = arena_printf(&s->mem, "%s/%s", c->dir, name);
    const char *gone;

    if (str_starts(str_of(name), STR(GONE)))
        return tree_remove_tree(&s->tree, rel, false, e);
    gone = arena_printf(&s->mem, "%s/" GONE "%s", c->dir, name);
    if (tree_remove_tree(&s->tree, gone, false, e) < 0 ||
        move_away(s, c->dir, name, strrchr(gone, '/') + 1, e) < 0)
        return -1;
    return tree_remove_tree(&s->tree, gone, false, e);
}

static int take_name(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct clearing *c = arg;

    (void)type;
    (void)e;
    if ((c->keep == NULL || strcmp(name, c->keep) != 0) && (c->all || is_cache(name)))
        *vec_push(&c->names) = arena_strdup(&c->s->mem, name);
    return 0;
}

static int empty(struct clearing *c, struct err *e)
{
    int rc = 0;

    if (!tree_exists(&c->s->tree, c->dir))
        return 0;
    rc = tree_list(&c->s->tree, c->dir, take_name, c, e);
    for (size_t i = 0; rc == 0 && i < c->names.n; i++) {
        if (c->w->dry_run)
            c->w->say(c->w, "would remove %s/%s", c->dir, c->names.v[i]);
        else
            rc = remove_one(c, c->names.v[i], e);
    }
    free(c->names.v);
    return rc;
}

static int clear_files(struct store *s, struct work *w, struct err *e)
{
    bool staged = tree_exists(&s->tree, STAGED);
    struct clearing top = {.s = s, .w = w, .dir = CACHE, .keep = staged ? "misc" : NULL};
    struct clearing misc = {.s = s, .w = w, .dir = CACHE "/misc", .keep = "tmp", .all = true};
    struct clearing tmp = {.s = s, .w = w, .dir = CACHE "/misc/tmp", .keep = "backup", .all = true};

    if (empty(&top, e) < 0)
        return -1;
    if (!staged)
        return 0;
    w->say(w, "kept %s: a backup or restore that did not end left it", STAGED);
    if (empty(&misc, e) < 0)
        return -1;
    return empty(&tmp, e);
}

static int empty_table(struct store *s, struct work *w, const char *table, struct err *e)
{
    struct mysql *db = store_db(s, e);
    struct buf sql = {0};
    bool there;
    int rc;

    if (db == NULL || cs_has_table(s, s->prefix, table, &there, e) < 0)
        return -1;
    if (!there)
        return 0;
    if (w->dry_run) {
        w->say(w, "would empty the table %s", store_table(s, table));
        return 0;
    }
    mysql_sqlf(db, &sql, "TRUNCATE TABLE %i", store_table(s, table));
    rc = mysql_exec(db, buf_str(&sql), NULL, e);
    buf_free(&sql);
    return rc;
}

/* Browsers keep styles and scripts by the number in storage_data. */
static int renew_number(struct store *s, struct work *w, struct err *e)
{
    char now[24];
    bool there;

    if (cs_has_table(s, s->prefix, "storage_data", &there, e) < 0)
        return -1;
    if (!there || w->dry_run)
        return 0;
    snprintf(now, sizeof now, "%lld", (long long)clock_wall());
    return cs_storage_set(s, "cache_id", str_of(now), e);
}

static int clear_tables(struct store *s, struct work *w, struct err *e)
{
    const struct cs *x = s->own;
    bool in_tables = strcmp(x->cache_backend, "database") == 0;

    if (empty_table(s, w, "cache_handlers", e) < 0 || (in_tables && empty_table(s, w, "cache", e) < 0))
        return -1;
    return renew_number(s, w, e);
}

static bool is_elsewhere(const struct cs *x)
{
    return strcmp(x->cache_backend, "file") != 0 && strcmp(x->cache_backend, "database") != 0;
}

int cs_cache_clear(struct store *s, struct work *w, struct err *e)
{
    const struct cs *x = s->own;
    struct err why = {0};

    if (clear_files(s, w, &why) < 0) {
        if (why.kind != ERR_REFUSED) {
            *e = why;
            return -1;
        }
        /* Some hosts keep it in memory, behind a link. */
        w->say(w, "%s; empty that folder by hand", why.text);
    }
    if (is_elsewhere(x))
        w->say(w, "the store keeps its cache in %s as well; empty it there, or its old content stays in use",
               x->cache_backend);
    err_clear(&why);
    if (store_db(s, &why) == NULL) {
        w->say(w, "the database was not reached, so cache_handlers and cache_id in it are as they were: %s",
               why.text);
        return 0;
    }
    return clear_tables(s, w, e);
}
