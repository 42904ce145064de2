/*
 * Clearing what the store makes by itself again. A cache folder is renamed first and removed then: a shop that is being visited
 * meets a whole folder or none. What a backup that died has gathered below var/cache/misc/tmp/backup may be all there is
 * of it, and stays.
 */
#include "base/clock.h"
#include "platform/cscart/cs.h"
#include "platform/empty_dir.h"

#include <stdio.h>
#include <string.h>

#define CACHE  "var/cache"
#define STAGED "var/cache/misc/tmp/backup"

struct kept {
    const char *name; /* of the entry that stays, or NULL */
    bool all;         /* not the caches alone go */
};

/* The product's own folders. Whatever else lies there was put there by somebody else. */
static bool is_cache(const char *name)
{
    static const char *const names[] = {"registry", "misc", "static", "templates"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static bool stays(void *arg, const char *name, unsigned char type)
{
    const struct kept *k = arg;

    (void)type;
    return (k->name && strcmp(name, k->name) == 0) || !(k->all || is_cache(name));
}

static int clear_files(struct store *s, struct work *w, struct err *e)
{
    bool staged = tree_exists(&s->tree, STAGED);
    struct kept top = {.name = staged ? "misc" : NULL};
    struct kept misc = {.name = "tmp", .all = true};
    struct kept tmp = {.name = "backup", .all = true};

    if (empty_dir(s, w, CACHE, stays, &top, e) < 0)
        return -1;
    if (!staged)
        return 0;
    w->say(w, "kept %s: a backup or restore that did not end left it", STAGED);
    if (empty_dir(s, w, CACHE "/misc", stays, &misc, e) < 0)
        return -1;
    return empty_dir(s, w, CACHE "/misc/tmp", stays, &tmp, e);
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
