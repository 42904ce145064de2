/*
 * Clearing what the shop makes by itself again. Lists of modules below config/xml stay, though they are kept copies too: they alone tell which
 * modules came with the shop, and an old one breaks nothing.
 */
#include "platform/empty_dir.h"
#include "platform/prestashop/ps.h"
#include "sys/php_run.h"

#include <string.h>

/* Guards against listing by the web server, and marks for version control. */
static bool stays(void *arg, const char *name, unsigned char type)
{
    (void)arg;
    (void)type;
    return name[0] == '.' || strcmp(name, "index.php") == 0;
}

struct themes {
    struct store *s;
    struct work *w;
};

static int clear_theme(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct themes *t = arg;
    static const char *const dirs[] = {"cache", "assets/cache"};

    if (type != DT_DIR)
        return 0;
    for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++)
        if (empty_dir(t->s, t->w, arena_printf(&t->s->mem, "themes/%s/%s", name, dirs[i]), stays, NULL, e) < 0)
            return -1;
    return 0;
}

/* A folder behind a link that leads elsewhere is not ours to empty; the rest is. */
static int clear_dir(struct store *s, struct work *w, const char *dir, struct err *e)
{
    struct err why = {0};

    if (empty_dir(s, w, dir, stays, NULL, &why) == 0)
        return 0;
    if (why.kind == ERR_REFUSED) {
        w->say(w, "%s; empty that folder by hand", why.text);
        return 0;
    }
    *e = why;
    return -1;
}

struct dead_files {
    struct store *s;
    struct work *w;
};

static int remove_file(void *arg, const char *rel, const struct stat *st, struct err *e)
{
    struct dead_files *d = arg;
    const char *name = strrchr(rel, '/');

    if (S_ISDIR(st->st_mode) || name == NULL || stays(NULL, name + 1, DT_REG))
        return 0;
    if (d->w->dry_run) {
        d->w->say(d->w, "would remove %s", rel);
        return 0;
    }
    return tree_remove(&d->s->tree, rel, e);
}

/* The folders in it are made once, when this cache is chosen in the back office, and never again. */
static int clear_cachefs(struct store *s, struct work *w, struct err *e)
{
    static const char *const dir = "cache/cachefs";
    struct dead_files d = {s, w};

    return tree_exists(&s->tree, dir) ? tree_walk(&s->tree, dir, remove_file, NULL, &d, e) : 0;
}

static int remove_index(struct store *s, struct work *w, struct err *e)
{
    static const char *const index = "cache/class_index.php";

    if (!tree_exists(&s->tree, index))
        return 0;
    if (w->dry_run) {
        w->say(w, "would remove %s", index);
        return 0;
    }
    return tree_remove(&s->tree, index, e);
}

static int clear_files(struct store *s, struct work *w, struct err *e)
{
    /* Up to 1.7.3 Symfony's is app/cache. The index of classes goes first: what is made of it anew must not come from the old one. */
    static const char *const dirs[] = {"var/cache",      "app/cache",    "cache/smarty/compile", "cache/smarty/cache",
                                       "cache/tcpdf"};
    struct themes themes = {s, w};

    if (remove_index(s, w, e) < 0)
        return -1;
    for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++)
        if (clear_dir(s, w, dirs[i], e) < 0)
            return -1;
    if (clear_cachefs(s, w, e) < 0)
        return -1;
    return tree_exists(&s->tree, "themes") ? tree_list(&s->tree, "themes", clear_theme, &themes, e) : 0;
}

/* Where compiled templates are found and pages are kept, from 1.6.0.10 and 1.6.1 on; PrestaShop's own clearing empties both. */
static int clear_tables(struct store *s, struct work *w, struct err *e)
{
    static const char *const tables[] = {"smarty_cache", "smarty_lazy_cache"};
    struct mysql *db = store_db(s, e);
    struct buf sql = {0};
    int rc = db ? 0 : -1;

    for (size_t i = 0; rc == 0 && i < sizeof tables / sizeof *tables; i++) {
        bool there;

        rc = ps_has_table(s, tables[i], &there, e);
        if (rc < 0 || !there)
            continue;
        if (w->dry_run) {
            w->say(w, "would empty the table %s", store_table(s, tables[i]));
            continue;
        }
        buf_reset(&sql);
        mysql_sqlf(db, &sql, "TRUNCATE TABLE %i", store_table(s, tables[i]));
        rc = mysql_exec(db, buf_str(&sql), NULL, e);
    }
    buf_free(&sql);
    return rc;
}

void ps_cache_elsewhere(const struct store *s, struct work *w)
{
    const struct ps *x = s->own;
    struct str kind = x->params.caching;

    if (s->config_err.kind != ERR_NONE || !x->params.cache_enabled || kind.n == 0 || str_is(kind, "CacheFs"))
        return;
    str_skip(&kind, STR("Cache"));
    w->say(w, "the store keeps answers of the database in %.*s as well, which is out of the toolkit's reach: restart or flush it, or old data "
              "stays in use",
           STR_FMT(kind));
}

int ps_cache_clear(struct store *s, struct work *w, struct err *e)
{
    struct err why = {0};

    if (clear_files(s, w, e) < 0)
        return -1;
    ps_cache_elsewhere(s, w);
    if (store_db(s, &why) == NULL) {
        w->say(w, "the database was not reached, so its tables of compiled templates are as they were: %s", why.text);
        return 0;
    }
    return clear_tables(s, w, e);
}

/* The container is compiled by the first visitor otherwise, which takes long and shows an error page where it fails. */
static int warm_up(struct store *s, struct work *w, struct err *e)
{
    static const char *const args[] = {"cache:warmup", "--env=prod", "--no-debug", "--no-interaction", NULL};
    struct php_script_result r = {0};
    struct php_run run;
    int rc = store_php_run(s, &run, e);

    if (rc < 0) {
        err_wrap(e, "the caches are emptied, but bin/console could not be run");
    } else if ((rc = php_script_run(&run, "bin/console", args, &r, e)) < 0) {
        err_wrap(e, "the caches are emptied, but bin/console cache:warmup failed");
    } else {
        w->say(w, "bin/console cache:warmup compiled the cache anew");
    }
    php_script_free(&r);
    if (rc < 0) {
        e->kind = ERR_CHILD;
        err_fix(e, "mend that first: the next visitor's request compiles the same");
    }
    return rc;
}

int ps_cache_rebuild(struct store *s, struct work *w, struct err *e)
{
    if (ps_cache_clear(s, w, e) < 0)
        return -1;
    if (!tree_exists(&s->tree, "bin/console"))
        w->say(w, "this version compiles nothing ahead: its caches fill by themselves");
    else if (w->dry_run)
        w->say(w, "would run bin/console cache:warmup --env=prod through the store's PHP");
    else
        return warm_up(s, w, e);
    return 0;
}
