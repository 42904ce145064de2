/*
 * config.php of the shop and that of its back office. Both name the database; the shop's counts. Where that one is gone or damaged, the
 * settings of the other are taken and this is told, for an empty config.php makes the shop send its visitors to the installer, which wipes
 * the data of whoever follows it.
 */
#include "platform/opencart/places.h"

#include <stdlib.h>
#include <string.h>

/* Longer files are no configuration. */
#define CONFIG_MAX ((size_t)1024 * 1024)

#define EMPTY                                                                                                              \
    "%s/%s is empty: the shop takes itself for not installed and sends every visitor to the installer, which would wipe the " \
    "data if it were followed"

/* What __DIR__ gives in it. */
static const char *dir_of(struct store *s, const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? arena_printf(&s->mem, "%s/%.*s", s->tree.path, (int)(slash - path), path) : s->tree.path;
}

static void read_file(struct store *s, const char *path, struct oc_config_file *f)
{
    struct buf text = {0};
    struct oc_config c = {0};

    memset(f, 0, sizeof *f);
    if (path == NULL) {
        err_set(&f->err, ERR_ABSENT, "no folder of %s is that of the back office", s->tree.path);
        return;
    }
    if (tree_read(&s->tree, path, CONFIG_MAX, &text, &f->err) < 0) {
        if (f->err.kind != ERR_ABSENT)
            f->path = path;
    } else {
        struct str php = {arena_dup(&s->mem, text.p, text.n), text.n};

        f->path = path;
        if (oc_config_read_at(php, dir_of(s, path), &s->mem, &c, &f->err) < 0)
            err_wrap(&f->err, "%s", path);
    }
    if (text.p)
        explicit_bzero(text.p, text.cap);
    buf_free(&text);
    f->c = c;
    f->c.defines.v = arena_array(&s->mem, c.defines.n + 1, sizeof *c.defines.v);
    f->c.defines.cap = c.defines.n;
    if (c.defines.n > 0)
        memcpy(f->c.defines.v, c.defines.v, c.defines.n * sizeof *c.defines.v);
    oc_config_free(&c);
}

/* ---- the database ---- */

/* A value that has to be there; may_be_empty: all the same. */
static int need(struct store *s, const struct oc_config_file *f, const char *name, bool may_be_empty, char **to, struct err *e)
{
    const struct oc_define *d = oc_config_find(&f->c, name);

    if (d == NULL)
        return err_set(e, ERR_FORMAT, "%s does not define %s", f->path, name);
    if (!d->known)
        return err_set(e, ERR_FORMAT, "%s, line %u: %s is no plain value; only PHP could work it out", f->path, d->line, name);
    if (d->value.n == 0 && !may_be_empty)
        return err_set(e, ERR_FORMAT, "%s, line %u: %s is empty", f->path, d->line, name);
    *to = arena_dup(&s->mem, d->value.n ? d->value.p : "", d->value.n);
    return 0;
}

static unsigned port_of(struct str s)
{
    uint64_t port;

    return str_u64(s, 65535, &port) ? (unsigned)port : 0;
}

/* "db.example:3307", "localhost:/run/mysqld/mysqld.sock", "p:localhost" for a lasting connection, "[::1]:3306", as mysqli takes them. */
static void take_host(struct store *s, const char *value)
{
    struct mysql_opts *o = &s->db_config;
    struct str host = str_of(value);
    size_t colon;

    str_skip(&host, STR("p:"));
    colon = str_rchr(host, ':');
    if (str_starts(host, STR("/"))) {
        o->socket = arena_dup(&s->mem, host.p, host.n);
        host = STR("");
    } else if (str_find(host, STR(":/"), 0) != SIZE_MAX) {
        size_t at = str_find(host, STR(":/"), 0);

        o->socket = arena_dup(&s->mem, host.p + at + 1, host.n - at - 1);
        host = str_sub(host, 0, at);
    } else if (colon != SIZE_MAX && (host.p[0] == '[' || str_chr(host, ':', 0) == colon)) {
        unsigned port = port_of(str_sub(host, colon + 1, host.n));

        if (port > 0) {
            o->port = port;
            host = str_sub(host, 0, colon);
        }
    }
    if (str_starts(host, STR("[")) && str_chop(&host, STR("]")))
        host = str_sub(host, 1, host.n);
    /* A socket is the only way where there is one. */
    if (o->socket)
        host = STR("localhost");
    o->host = host.n ? arena_dup(&s->mem, host.p, host.n) : NULL;
}

static int take_driver(struct store *s, const struct oc_config_file *f, struct err *e)
{
    struct oc *x = s->own;
    const char *driver = oc_config_get(&f->c, "DB_DRIVER", &s->mem);

    x->pdo = driver && (strcmp(driver, "pdo") == 0 || strcmp(driver, "mpdo") == 0);
    if (driver == NULL || x->pdo || strcmp(driver, "mysql") == 0 || str_starts(str_of(driver), STR("mysqli")))
        return 0;
    return err_set(e, ERR_FORMAT, "%s: DB_DRIVER is %.32s, and the toolkit knows MySQL and MariaDB alone", f->path, driver);
}

/* In an empty file nothing is wrong but that it is empty. */
static int is_usable(const struct store *s, const struct oc_config_file *f, const char *path, struct err *e)
{
    if (f->err.kind == ERR_ABSENT)
        return err_set(e, ERR_ABSENT, "no configuration: %s/%s is not there", s->tree.path, path);
    if (f->err.kind != ERR_NONE) {
        *e = f->err;
        return -1;
    }
    return f->c.empty ? err_set(e, ERR_FORMAT, EMPTY, s->tree.path, path) : 0;
}

static int take_db(struct store *s, const struct oc_config_file *f, const char *path, struct err *e)
{
    struct mysql_opts *o = &s->db_config;
    char *host = NULL;
    char *prefix = NULL;
    const char *port;

    o->host = o->socket = NULL;
    o->port = 0;
    if (is_usable(s, f, path, e) < 0 || need(s, f, "DB_HOSTNAME", true, &host, e) < 0 || need(s, f, "DB_USERNAME", false, &o->user, e) < 0 ||
        need(s, f, "DB_PASSWORD", true, &o->password, e) < 0 || need(s, f, "DB_DATABASE", false, &o->database, e) < 0 ||
        need(s, f, "DB_PREFIX", true, &prefix, e) < 0 || take_driver(s, f, e) < 0)
        return -1;
    s->prefix = prefix;
    port = oc_config_get(&f->c, "DB_PORT", &s->mem);
    if (port)
        o->port = port_of(str_of(port));
    take_host(s, host);
    return 0;
}

/* ---- both ---- */

/* Differences by which the shop and its back office work with different data. */
static void compare(struct store *s)
{
    static const char *const names[] = {"DB_HOSTNAME", "DB_PORT", "DB_DATABASE", "DB_PREFIX"};
    struct oc *x = s->own;
    struct buf differ = {0};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *a = oc_config_get(&x->catalog.c, names[i], &s->mem);
        const char *b = oc_config_get(&x->back.c, names[i], &s->mem);

        if (a && b && strcmp(a, b) != 0)
            buf_printf(&differ, "%s%s", differ.n ? ", " : "", names[i]);
    }
    if (differ.n > 0)
        x->config_note = arena_printf(&s->mem, "%s and %s name different databases (%s); the shop's own was taken", x->catalog.path,
                                      x->back.path, buf_cstr(&differ));
    buf_free(&differ);
    oc_compare_storage(s, &x->catalog.c, &x->back.c);
}

static int advise(const struct store *s, struct err *e)
{
    const struct oc *x = s->own;

    if (!x->catalog.c.empty || x->catalog.err.kind != ERR_NONE)
        return -1;
    return err_fix(e, "%sput config.php back from a backup or write it anew, and let nobody follow the installer; the toolkit takes the database from "
                      "--db-user, --db-name and --db-defaults-file meanwhile",
                   x->install ? "move install/ out of the web root first (toolkit store installer off), then " : "");
}

int oc_read_config(struct store *s, struct err *e)
{
    struct oc *x = s->own;
    const char *back = x->admin ? arena_printf(&s->mem, "%s/config.php", x->admin) : NULL;
    struct err why = {0};

    /* Every version speaks to the server without strict modes: dates of nothing but zeros are its defaults. */
    s->db_config.sql_mode = "";
    x->config_note = NULL;
    read_file(s, "config.php", &x->catalog);
    read_file(s, back, &x->back);
    if (take_db(s, &x->catalog, "config.php", e) == 0) {
        if (x->back.path && x->back.err.kind == ERR_NONE)
            compare(s);
        oc_find_places(s, &x->catalog.c);
        return 0;
    }
    if (back && take_db(s, &x->back, back, &why) == 0) {
        x->config_note = arena_printf(&s->mem, "%s; the database was taken from %s", e->text, back);
        err_clear(e);
        oc_find_places(s, &x->back.c);
        return 0;
    }
    oc_find_places(s, x->catalog.c.defines.n ? &x->catalog.c : &x->back.c);
    return advise(s, e);
}
