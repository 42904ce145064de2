#include "platform/platform.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A store sits at most this many folders above where the user stands. */
#define MAX_LEVELS_UP 32
/* So many stores below are named, and so many folders looked at: more would take long to read. */
#define BELOW_MAX       5U
#define BELOW_LOOKED_AT 1000U

static const struct platform *recognise(const struct tree *t)
{
    for (size_t i = 0; platform_list[i]; i++)
        if (platform_list[i]->recognise(t))
            return platform_list[i];
    return NULL;
}

/* Cuts the last part off; false at the top. */
static bool go_up(char *path)
{
    char *slash = strrchr(path, '/');

    if (slash == NULL || slash[1] == '\0')
        return false;
    if (slash == path)
        slash[1] = '\0';
    else
        *slash = '\0';
    return true;
}

struct below {
    const char *dir;
    struct buf names;
    size_t n;
    size_t seen;
};

static int look_below(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct below *b = arg;
    struct tree t = {.fd = -1};
    struct err ignored = {0};
    struct buf path = {0};

    (void)e;
    if (type != DT_DIR || b->n == BELOW_MAX || b->seen++ == BELOW_LOOKED_AT)
        return 0;
    buf_printf(&path, "%s/%s", strcmp(b->dir, "/") == 0 ? "" : b->dir, name);
    if (tree_open(&t, buf_cstr(&path), &ignored) == 0 && recognise(&t))
        buf_printf(&b->names, "%s%s", b->n++ ? ", " : "", buf_cstr(&path));
    tree_close(&t);
    buf_free(&path);
    return 0;
}

/* Whoever stands in the folder of all sites is told which of them are stores. */
static void name_stores_below(const char *dir, struct err *e)
{
    struct below b = {.dir = dir};
    struct tree t = {.fd = -1};
    struct err ignored = {0};

    if (tree_open(&t, dir, &ignored) == 0)
        tree_list(&t, "", look_below, &b, &ignored);
    tree_close(&t);
    if (b.n == 0)
        err_fix(e, "go to the store's root folder, or name it: toolkit -C /path/to/store");
    else
        err_fix(e, "go to the store's root folder, or name it with -C; %s below: %s", b.n == 1 ? "one is" : "some are", buf_cstr(&b.names));
    buf_free(&b.names);
}

static int not_found(const char *dir, struct err *e)
{
    struct buf looked = {0};

    for (size_t i = 0; platform_list[i]; i++)
        buf_printf(&looked, "%s%s (%s)", i ? ", " : "", platform_list[i]->title, platform_list[i]->looks_at);
    err_set(e, ERR_ABSENT, "no store in %s or in a folder above it: looked for %s", dir, buf_cstr(&looked));
    name_stores_below(dir, e);
    buf_free(&looked);
    return -1;
}

/* What PHP writes itself tells the account that it runs as. */
static int find_owner(struct store *s, struct err *e)
{
    struct owner_at at[] = {{.path = "var/log"}, {.path = "var"}, {.path = "system/storage/logs"}, {.path = "system/logs"}, {.path = ""}};

    if (owner_of_tree(&s->tree, at, sizeof at / sizeof *at, &s->owner, &s->owner_mixed, e) < 0)
        return -1;
    owner_account(&s->owner, OWNER_PASSWD, OWNER_GROUP);
    return 0;
}

int store_open(struct store *s, const char *dir, const struct store_opts *opts, struct err *e)
{
    char *start = NULL;
    char *path = NULL;
    int rc = -1;

    memset(s, 0, sizeof *s);
    s->opts = opts;
    start = realpath(dir, NULL);
    if (start == NULL) {
        err_sys(e, "%s", dir);
        goto out;
    }
    path = mem_strdup(start);
    for (int level = 0; level < MAX_LEVELS_UP; level++) {
        if (tree_open(&s->tree, path, e) == 0) {
            s->platform = recognise(&s->tree);
            if (s->platform)
                break;
            tree_close(&s->tree);
        } else if (level == 0) {
            goto out;
        }
        if (!go_up(path))
            break;
    }
    if (s->platform == NULL) {
        not_found(start, e);
        goto out;
    }
    rc = find_owner(s, e);
    if (rc == 0)
        rc = s->platform->load(s, e);
out:
    free(start);
    free(path);
    if (rc < 0)
        store_close(s);
    return rc;
}

void store_close(struct store *s)
{
    mysql_close(s->db);
    php_list_free(&s->phps);
    tree_close(&s->aside);
    tree_close(&s->tree);
    if (s->db_config.password)
        explicit_bzero(s->db_config.password, strlen(s->db_config.password));
    arena_free(&s->mem);
    memset(s, 0, sizeof *s);
}

static void choose(char **to, char *from)
{
    if (from != NULL)
        *to = from;
}

/* The store's configuration with what the user said on top. Half of a configuration could name another server. */
struct mysql_opts store_db_opts(const struct store *s)
{
    struct mysql_opts o = s->config_err.kind == ERR_NONE ? s->db_config : (struct mysql_opts){0};
    const struct mysql_opts *user = s->opts ? s->opts->db : NULL;

    o.sql_mode = s->db_config.sql_mode;
    if (user) {
        /* A host or socket of the user's replaces the whole address. */
        if (user->host || user->socket) {
            o.host = user->host;
            o.socket = user->socket;
            o.port = 0;
        }
        if (user->port)
            o.port = user->port;
        choose(&o.user, user->user);
        choose(&o.password, user->password);
        choose(&o.database, user->database);
        choose(&o.charset, user->charset);
        choose(&o.ca, user->ca);
        if (user->tls != MYSQL_TLS_AUTO)
            o.tls = user->tls;
    }
    return o;
}

struct mysql *store_db(struct store *s, struct err *e)
{
    if (!s->db_tried) {
        struct mysql_opts o = store_db_opts(s);

        s->db_tried = true;
        if (o.user == NULL || o.database == NULL) {
            if (s->config_err.kind != ERR_NONE)
                s->db_err = s->config_err;
            else
                err_set(&s->db_err, ERR_ABSENT, "the store's configuration names no database user or database");
            err_fix(&s->db_err, "give them with --db-user, --db-name and --db-defaults-file");
        } else if (mysql_open(&s->db, &o, &s->db_err) < 0) {
            s->db = NULL;
        }
    }
    /* Without a session nothing can have been sent. */
    if (s->db == NULL) {
        *e = s->db_err;
        if (e->kind == ERR_DB)
            e->kind = ERR_ABSENT;
    }
    return s->db;
}

const struct php *store_php(struct store *s, struct err *e)
{
    if (!s->php_tried) {
        struct php_search search = {.given = s->opts ? s->opts->php : NULL,
                                    .path = getenv("PATH"),
                                    .prefix = "",
                                    .as = &s->owner,
                                    .env = php_env((const char *const *)environ, &s->owner, &s->mem)};
        struct php_want want = {0};

        s->php_tried = true;
        s->platform->php_want(s, &want);
        s->php = php_find(&search, &want, &s->phps, &s->php_err);
    }
    if (s->php == NULL)
        *e = s->php_err;
    return s->php;
}

int store_php_run(struct store *s, struct php_run *run, struct err *e)
{
    const struct php *php = store_php(s, e);

    if (php == NULL)
        return -1;
    memset(run, 0, sizeof *run);
    run->php = php->path;
    run->root = s->tree.path;
    run->dir = s->tree.fd;
    run->env = php_env((const char *const *)environ, &s->owner, &s->mem);
    run->as = &s->owner;
    /* Not stoppable from outside: code that changes the database is let to its end, and the stop comes after it. */
    return 0;
}

const char *store_table(struct store *s, const char *name)
{
    return arena_printf(&s->mem, "%s%s", s->prefix ? s->prefix : "", name);
}
