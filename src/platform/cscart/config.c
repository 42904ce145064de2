/*
 * Settings of the store: config.local.php, what it includes (many trees end it with local_conf.php of the root folder), the last
 * assignment winning. Where that file is gone, the restore script that every upgrade with a backup writes below upgrades/ holds
 * the whole of $config as it was then.
 */
#include "format/cs_config.h"
#include "platform/cscart/cs.h"

#include <stdlib.h>
#include <string.h>

#define CONFIG_MAX ((size_t)4 * 1024 * 1024)
/* Files that include files. */
#define INCLUDES_MAX 8

enum key {
    DB_HOST,
    DB_NAME,
    DB_USER,
    DB_PASSWORD,
    TABLE_PREFIX,
    ADMIN_INDEX,
    VENDOR_INDEX,
    CUSTOMER_INDEX,
    HTTP_HOST,
    HTTP_PATH,
    HTTPS_HOST,
    HTTPS_PATH,
    CACHE_BACKEND,
    STORE_PREFIX,
    KEYS
};

static const char *const key_names[KEYS] = {
    "db_host",     "db_name",      "db_user",        "db_password",  "table_prefix",
    "admin_index", "vendor_index", "customer_index", "http_host",    "http_path",
    "https_host",  "https_path",   "cache_backend",  "store_prefix",
};

/* Wrong values of these lead to another database. */
static bool is_vital(enum key k)
{
    return k <= TABLE_PREFIX;
}

struct setting {
    struct str value; /* p NULL: not set */
    const char *odd;
    const char *file;
    unsigned line;
};

struct config {
    struct store *s;
    struct setting set[KEYS];
    struct str root; /* $config['dir']['root'], which only a restore script has as text */
    unsigned files;  /* read so far */
};

static void take_value(struct config *c, const char *file, const struct cs_config_item *it)
{
    if (str_is(it->key, "dir") && str_is(it->sub, "root") && it->odd == NULL)
        c->root = it->value;
    if (it->sub.n > 0)
        return;
    for (int k = 0; k < KEYS; k++) {
        struct setting *set = &c->set[k];
        struct setting now = {.value = it->value, .odd = it->odd, .file = file, .line = it->line};

        if (!str_is(it->key, key_names[k]))
            continue;
        if (now.value.p == NULL)
            now.value = STR("");
        if (it->depends) {
            if (it->odd == NULL && set->value.p && set->odd == NULL && str_eq(set->value, it->value))
                return;
            now.odd = "a value inside of a condition";
        }
        *set = now;
        return;
    }
}

static int read_file(struct config *c, const char *file, struct err *e);

/* "/local_conf.php" behind DIR_ROOT: below the store, and only when it is there. */
static int take_include(struct config *c, const char *file, const struct cs_config_item *it, struct err *e)
{
    struct str path = it->value;
    const char *rel;

    while (str_skip(&path, STR("/")) || str_skip(&path, STR("./")))
        continue;
    if (it->odd || !str_is_safe_path(path) || !str_ends(path, STR(".php")))
        return 0;
    rel = arena_dup(&c->s->mem, path.p, path.n);
    if (strcmp(rel, file) == 0 || strcmp(rel, "config.php") == 0 || !tree_exists(&c->s->tree, rel))
        return 0;
    return read_file(c, rel, e);
}

static int take_item(struct config *c, const char *file, const struct cs_config_item *it, struct err *e)
{
    switch (it->what) {
    case CS_CONFIG_INCLUDE:
        return take_include(c, file, it, e);
    case CS_CONFIG_WHOLE:
        for (int k = 0; k < KEYS; k++)
            if (it->odd || it->depends)
                c->set[k] = (struct setting){.value = STR(""),
                                             .odd = it->odd ? it->odd : "a value inside of a condition",
                                             .file = file,
                                             .line = it->line};
            else
                c->set[k] = (struct setting){0};
        return 0;
    case CS_CONFIG_VALUE:
        take_value(c, file, it);
        return 0;
    }
    return 0;
}

static int read_file(struct config *c, const char *file, struct err *e)
{
    struct arena *mem = &c->s->mem;
    struct cs_config_item *items;
    struct buf text = {0};
    size_t n;
    int rc = -1;

    if (c->files++ >= INCLUDES_MAX)
        return err_set(e, ERR_FORMAT, "%s: the configuration includes more than %d files", file,
                       INCLUDES_MAX);
    if (tree_read(&c->s->tree, file, CONFIG_MAX, &text, e) < 0)
        goto out;
    if (cs_config_read((struct str){arena_dup(mem, text.p, text.n), text.n}, mem, &items, &n, e) < 0) {
        err_wrap(e, "%s", file);
        goto out;
    }
    rc = 0;
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = take_item(c, file, &items[i], e);
out:
    if (text.p)
        explicit_bzero(text.p, text.cap);
    buf_free(&text);
    return rc;
}

/* The newest restore script: they are named by the time of their upgrade. */
struct newest {
    struct store *s;
    const char *dir;
    const char *path;
    const char *name;
};

static int look_at_script(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct newest *f = arg;

    (void)e;
    if (type != DT_REG || !str_starts(str_of(name), STR("restore_")) || !str_ends(str_of(name), STR(".php")))
        return 0;
    if (f->name && strcmp(name, f->name) <= 0)
        return 0;
    f->name = arena_strdup(&f->s->mem, name);
    f->path = arena_printf(&f->s->mem, "%s/%s", f->dir, name);
    return 0;
}

static int look_into_dir(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct newest *f = arg;
    struct err ignored = {0};

    (void)e;
    if (type != DT_DIR)
        return 0;
    f->dir = arena_printf(&f->s->mem, "upgrades/%s", name);
    tree_list(&f->s->tree, f->dir, look_at_script, f, &ignored);
    return 0;
}

static const char *restore_script(struct store *s)
{
    struct newest f = {.s = s};
    struct err ignored = {0};

    tree_list(&s->tree, "upgrades", look_into_dir, &f, &ignored);
    if (f.path == NULL && tree_exists(&s->tree, "var/upgrade/restore.php"))
        f.path = "var/upgrade/restore.php";
    return f.path;
}

static int find_file(struct config *c, struct err *e)
{
    struct cs *x = c->s->own;
    const char *script;

    x->config_file = "config.local.php";
    if (tree_exists(&c->s->tree, x->config_file))
        return read_file(c, x->config_file, e);
    script = restore_script(c->s);
    x->config_file = script;
    if (script == NULL)
        return err_set(e, ERR_ABSENT,
                       "no configuration: %s/config.local.php is not there, and no restore script of an "
                       "upgrade below upgrades/",
                       c->s->tree.path);
    x->config_note = arena_printf(
        &c->s->mem,
        "config.local.php is missing; the settings were taken from %s, as they were at that upgrade", script);
    return read_file(c, script, e);
}

static int check(const struct config *c, struct err *e)
{
    for (int k = 0; k < KEYS; k++)
        if (is_vital((enum key)k) && c->set[k].odd)
            return err_set(e, ERR_FORMAT, "%s, line %u: %s is %s, which only PHP could work out",
                           c->set[k].file, c->set[k].line, key_names[k], c->set[k].odd);
    if (c->set[DB_NAME].value.p == NULL || c->set[DB_USER].value.p == NULL)
        return err_set(e, ERR_FORMAT, "%s names no database or no user",
                       ((const struct cs *)c->s->own)->config_file);
    return 0;
}

static char *text_of(struct store *s, struct str v)
{
    return arena_dup(&s->mem, v.p, v.n);
}

/* host or host:port, as the shop splits it: there is neither socket nor IPv6. */
static int take_address(struct config *c, struct err *e)
{
    struct store *s = c->s;
    struct str port;
    struct str host = str_cut(c->set[DB_HOST].value, ':', &port);
    uint64_t number;

    s->db_config.host = text_of(s, host);
    if (port.p == NULL || port.n == 0)
        return 0;
    if (!str_u64(port, 65535, &number) || number == 0)
        return err_set(e, ERR_FORMAT,
                       "%s, line %u: db_host is \"%.*s\"; behind the colon has to be the number of a port",
                       c->set[DB_HOST].file, c->set[DB_HOST].line, STR_FMT(c->set[DB_HOST].value));
    s->db_config.port = (unsigned)number;
    return 0;
}

static void choose(struct config *c, enum key k, const char **to)
{
    const struct setting *set = &c->set[k];

    if (set->value.p && set->value.n > 0 && set->odd == NULL)
        *to = text_of(c->s, set->value);
}

/* A script's name goes into paths. */
static void choose_script(struct config *c, enum key k, const char **to)
{
    if (c->set[k].value.p && str_is_safe_path(c->set[k].value) &&
        str_chr(c->set[k].value, '/', 0) == SIZE_MAX)
        choose(c, k, to);
}

static void take_names(struct config *c, struct cs *x)
{
    choose_script(c, ADMIN_INDEX, &x->admin);
    choose_script(c, VENDOR_INDEX, &x->vendor);
    choose_script(c, CUSTOMER_INDEX, &x->customer);
    choose(c, HTTP_HOST, &x->http_host);
    choose(c, HTTP_PATH, &x->http_path);
    choose(c, HTTPS_HOST, &x->https_host);
    choose(c, HTTPS_PATH, &x->https_path);
    choose(c, CACHE_BACKEND, &x->cache_backend);
    choose(c, STORE_PREFIX, &x->cache_prefix);
    if (c->root.n > 1)
        x->old_root = text_of(c->s, c->root);
}

int cs_read_config(struct store *s, struct err *e)
{
    struct config c = {.s = s};
    struct cs *x = s->own;

    if (find_file(&c, e) < 0)
        return -1;
    take_names(&c, x);
    if (check(&c, e) < 0)
        return -1;
    if (str_is(c.set[DB_HOST].value, "%DB_HOST%") || str_is(c.set[DB_NAME].value, "%DB_NAME%")) {
        x->installed = false;
        return err_set(e, ERR_ABSENT,
                       "the store was never installed: %s still holds the places that the installer fills",
                       x->config_file);
    }
    x->installed = true;
    if (take_address(&c, e) < 0)
        return -1;
    s->db_config.database = text_of(s, c.set[DB_NAME].value);
    s->db_config.user = text_of(s, c.set[DB_USER].value);
    s->db_config.password = text_of(s, c.set[DB_PASSWORD].value);
    /* Unset means what the product falls back to. */
    s->prefix = c.set[TABLE_PREFIX].value.p ? text_of(s, c.set[TABLE_PREFIX].value) : "cscart_";
    return 0;
}
