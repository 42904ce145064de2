/*
 * Recognising the store and reading what needs no database: versions and configuration.
 *
 * 5.0 – 5.3 is told by classes/XLite/Upgrade/Cell.php beside cart.php and admin.php, without the service/
 * folder of 5.4 and without the config/packages of 5.5. 5.2.15 and later hold the version in the constant
 * XC_VERSION; up to 5.2.6 two methods return its parts; which form came between is tried in that order.
 */
#include "format/php_ini.h"
#include "format/php_literal.h"
#include "platform/xcart5/trail.h"

#include <string.h>

#define SOURCE_MAX ((size_t)4 * 1024 * 1024)
#define CONFIG_MAX ((size_t)1024 * 1024)

/* A store that has lost one of its entry files is the one that has to be rescued. */
bool xc_recognise(const struct tree *t)
{
    int entries = tree_exists(t, "cart.php") + tree_exists(t, "admin.php") + tree_exists(t, "top.inc.php");

    return entries >= 2 &&
           (tree_exists(t, "classes/XLite/Upgrade/Cell.php") ||
            tree_exists(t, "var/run/classes/XLite/Upgrade/Cell.php")) &&
           !tree_exists(t, "service.php") && !tree_exists(t, "config/packages");
}

const char *xc_strip_build(struct arena *mem, struct str v)
{
    struct str four = v;
    int dots = 0;

    for (size_t i = 0; i < v.n; i++)
        dots += v.p[i] == '.';
    if (dots == 3)
        str_chop(&four, STR(".0"));
    return arena_dup(mem, four.p, four.n);
}

const char *xc_join_version(struct arena *mem, struct str major, struct str minor, struct str build)
{
    const char *text;

    if (build.n == 0 || str_is(build, "0"))
        text = arena_printf(mem, "%.*s.%.*s", STR_FMT(major), STR_FMT(minor));
    else
        text = arena_printf(mem, "%.*s.%.*s.%.*s", STR_FMT(major), STR_FMT(minor), STR_FMT(build));
    return xc_strip_build(mem, str_of(text));
}

const char *xc_read_version(const struct tree *t, const char *rel, struct arena *mem)
{
    struct buf php = {0};
    struct err ignored = {0};
    struct phps_node value;
    struct phps_node minor;
    const char *version = NULL;

    if (tree_read(t, rel, SOURCE_MAX, &php, &ignored) == 0) {
        struct str text = {arena_dup(mem, php.p, php.n), php.n};

        if (php_literal_const(text, "XC_VERSION", mem, &value, &ignored) == 1 && value.kind == PHPS_STR)
            version = xc_strip_build(mem, value.s);
        else if (php_literal_method(text, "getMajorVersion", mem, &value, &ignored) == 1 &&
                 php_literal_method(text, "getMinorVersion", mem, &minor, &ignored) == 1 &&
                 value.kind == PHPS_STR && minor.kind == PHPS_STR)
            version = xc_join_version(mem, value.s, minor.s, STR(""));
    }
    buf_free(&php);
    return version;
}

struct setting {
    const char *key;
    char **to;
};

/* A setting whose value only PHP could tell is as good as a lie. */
static int take(struct store *s, const struct php_ini *ini, const char *file, const struct setting *set,
                struct err *e)
{
    const struct php_ini_entry *en = php_ini_get(ini, "database_details", set->key);

    if (en == NULL)
        return 0;
    if (en->odd)
        return err_set(e, ERR_FORMAT, "%s, line %u: %s holds %s, which only PHP could work out", file, en->line,
                       set->key, en->odd);
    *set->to = arena_dup(&s->mem, en->value.p, en->value.n);
    return 0;
}

static int read_config_file(struct store *s, const char *file, char **port, bool *found, struct err *e)
{
    char *prefix = NULL;
    const struct setting settings[] = {
        {"hostspec", &s->db_config.host},     {"socket", &s->db_config.socket},
        {"port", port},                       {"database", &s->db_config.database},
        {"username", &s->db_config.user},     {"password", &s->db_config.password},
        {"charset", &s->db_config.charset},   {"table_prefix", &prefix},
    };
    struct buf text = {0};
    struct php_ini ini;
    int rc = -1;

    if (tree_read(&s->tree, file, CONFIG_MAX, &text, e) < 0) {
        if (e->kind == ERR_ABSENT) {
            err_clear(e);
            rc = 0;
        }
        goto out;
    }
    *found = true;
    if (php_ini_parse((struct str){arena_dup(&s->mem, text.p, text.n), text.n}, &s->mem, &ini, e) < 0) {
        err_wrap(e, "%s", file);
        goto out;
    }
    if (ini.stopped) {
        err_set(e, ERR_FORMAT, "%s, line %u: PHP stops reading here (a quote that is not closed?)", file, ini.stopped);
        goto out;
    }
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        if (take(s, &ini, file, &settings[i], e) < 0)
            goto out;
    if (prefix)
        s->prefix = prefix;
    rc = 0;
out:
    if (text.p)
        explicit_bzero(text.p, text.cap);
    buf_free(&text);
    return rc;
}

/* Later files win, setting by setting. */
static int read_config(struct store *s, struct err *e)
{
    static const char *const files[] = {"etc/config.default.php", "etc/config.php", "etc/config.personal.php",
                                        "etc/config.local.php"};
    char *port = NULL;
    bool found = false;
    uint64_t number;

    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (read_config_file(s, files[i], &port, &found, e) < 0)
            return -1;
    if (!found)
        return err_set(e, ERR_ABSENT, "no configuration: looked for etc/config.php, etc/config.local.php and the "
                                      "like below %s", s->tree.path);
    if (port && port[0]) {
        if (!str_u64(str_of(port), 65535, &number))
            return err_set(e, ERR_FORMAT, "the configuration's database port \"%s\" is not a number", port);
        s->db_config.port = (unsigned)number;
    }
    return 0;
}

int xc_load(struct store *s, struct err *e)
{
    struct xc *x = arena_alloc(&s->mem, sizeof *x);

    (void)e;
    s->own = x;
    x->tmp_dir = "var/tmp";
    x->code_version = xc_read_version(&s->tree, "classes/XLite.php", &s->mem);
    x->compiled_version = xc_read_version(&s->tree, "var/run/classes/XLite.php", &s->mem);
    s->version = x->code_version;
    s->version_code = x->compiled_version;
    if (read_config(s, &s->config_err) < 0)
        err_fix(&s->config_err, "correct that file, or give the database with --db-user, --db-name and "
                                "--db-defaults-file");
    return 0;
}
