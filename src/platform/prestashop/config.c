/*
 * Settings of the store. 1.6 reads config/settings.inc.php. 1.7 and later read app/config/parameters.php, of which they keep a copy among their
 * caches, and take the settings over from parameters.yml or settings.inc.php where it is not there yet.
 */
#include "platform/prestashop/ps.h"

#include <string.h>

/* Longer files are no configuration. */
#define CONFIG_MAX ((size_t)4 * 1024 * 1024)

struct place {
    const char *path;
    int (*read)(struct str text, struct arena *a, struct ps_params *out, struct err *e);
    const char *note; /* what to say when the settings were taken from here; NULL: nothing */
};

static const struct place new_places[] = {
    {"app/config/parameters.php", ps_params_php, NULL},
    {"var/cache/prod/appParameters.php", ps_params_php, "the copy that the shop keeps among its caches"},
    {"var/cache/dev/appParameters.php", ps_params_php, "the copy that the shop keeps among its caches"},
    {"app/cache/prod/appParameters.php", ps_params_php, "the copy that the shop keeps among its caches"},
    {"app/cache/dev/appParameters.php", ps_params_php, "the copy that the shop keeps among its caches"},
    {"app/config/parameters.yml", ps_params_yaml, "from which the shop makes parameters.php when it is next visited"},
    {"config/settings.inc.php", ps_params_settings, "the settings of 1.6, from which the shop makes parameters.php"},
};

static const struct place old_places[] = {
    {"config/settings.inc.php", ps_params_settings, NULL},
    {"config/settings.inc.php.bck", ps_params_settings, "the copy that an upgrade keeps"},
    {"config/settings.inc.bak.php", ps_params_settings, "the copy that an upgrade keeps"},
};

#define COUNT(list) (sizeof(list) / sizeof *(list))

static bool is_old(const struct store *s)
{
    const struct ps *x = s->own;

    if (s->version)
        return ps_series(s->version) == 16 || ps_version_compare(str_of(s->version), STR("1.7")) < 0;
    /* A torn settings file names no version; from 1.7 on there is a folder app. */
    return x->version_settings != NULL || (!tree_exists(&s->tree, "app") && tree_exists(&s->tree, "config/settings.inc.php"));
}

/* Wrong values of these lead to another database. */
static bool is_vital(const char *key)
{
    static const char *const keys[] = {"_DB_SERVER_",   "_DB_NAME_",     "_DB_USER_",     "_DB_PASSWD_",
                                       "_DB_PREFIX_",   "database_host", "database_port", "database_name",
                                       "database_user", "database_password", "database_prefix"};

    for (size_t i = 0; i < COUNT(keys); i++)
        if (strcmp(keys[i], key) == 0)
            return true;
    return false;
}

static int check(const char *path, const struct ps_params *p, struct err *e)
{
    bool lacks = !p->has_server || !p->has_name || !p->has_user || !p->has_password || !p->has_prefix;

    /* Only the first of such keys is named, so one that is missing may be another. */
    if (p->odd && (is_vital(p->odd) || lacks))
        return err_set(e, ERR_FORMAT, "%s: %s is no plain value; only PHP could work it out", path, p->odd);
    if (p->ambiguous && is_vital(p->ambiguous))
        return err_set(e, ERR_FORMAT, "%s defines %s twice with different values; only PHP could tell which one counts", path,
                       p->ambiguous);
    if (!p->has_name || !p->has_user || p->name.n == 0)
        return err_set(e, ERR_FORMAT, "%s names no database or no user", path);
    /* The prefix stands behind these: without it every table would be looked for, and made, under a wrong name. */
    if (p->source == PS_PARAMS_SETTINGS && !p->has_prefix)
        return err_set(e, ERR_FORMAT, "%s defines no _DB_PREFIX_: it is cut off", path);
    return 0;
}

static int read_place(struct store *s, const struct place *p, struct ps_params *out, struct err *e)
{
    struct buf text = {0};
    int rc = tree_read(&s->tree, p->path, CONFIG_MAX, &text, e);

    memset(out, 0, sizeof *out);
    if (rc == 0) {
        rc = p->read((struct str){arena_dup(&s->mem, text.p, text.n), text.n}, &s->mem, out, e);
        if (rc < 0)
            err_wrap(e, "%s", p->path);
        else
            rc = check(p->path, out, e);
    }
    if (text.p)
        explicit_bzero(text.p, text.cap);
    buf_free(&text);
    return rc;
}

/* The first place that can be read. What was wrong with the proper one is kept to be told. */
static int find_settings(struct store *s, const struct place *places, size_t n, struct err *e)
{
    struct ps *x = s->own;
    struct err first = {0};
    bool is_there = true; /* the proper one */

    for (size_t i = 0; i < n; i++) {
        struct err why = {0};

        if (read_place(s, &places[i], &x->params, &why) == 0) {
            x->config_file = places[i].path;
            if (places[i].note)
                x->config_note = arena_printf(&s->mem, "%s; the settings were taken from %s, %s",
                                              first.kind ? first.text : arena_printf(&s->mem, "%s is missing", places[0].path),
                                              places[i].path, places[i].note);
            return 0;
        }
        is_there = is_there && (i > 0 || why.kind != ERR_ABSENT);
        if (why.kind != ERR_ABSENT && first.kind == ERR_NONE)
            first = why;
    }
    if (first.kind != ERR_NONE) {
        *e = first;
        return is_there ? -1 : err_wrap(e, "%s is not there, and what else could tell its settings does not", places[0].path);
    }
    return err_set(e, ERR_ABSENT, "no configuration: %s/%s is not there, and no copy of it", s->tree.path, places[0].path);
}

static char *text_of(struct store *s, struct str v)
{
    return v.n ? arena_dup(&s->mem, v.p, v.n) : NULL;
}

int ps_read_config(struct store *s, struct err *e)
{
    struct ps *x = s->own;
    const struct ps_params *p = &x->params;
    bool old = is_old(s);

    if (find_settings(s, old ? old_places : new_places, old ? COUNT(old_places) : COUNT(new_places), e) < 0)
        return -1;
    s->db_config.host = text_of(s, p->host);
    s->db_config.socket = text_of(s, p->socket);
    s->db_config.port = p->port;
    s->db_config.database = text_of(s, p->name);
    s->db_config.user = arena_dup(&s->mem, p->user.n ? p->user.p : "", p->user.n);
    s->db_config.password = arena_dup(&s->mem, p->password.n ? p->password.p : "", p->password.n);
    s->prefix = p->prefix.n ? text_of(s, p->prefix) : "";
    if (p->engine.n)
        x->engine = text_of(s, p->engine);
    return 0;
}
