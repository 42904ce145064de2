#include "sys/php.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Starting PHP takes 20 to 200 ms; a network disk may multiply that. */
#define PROBE_MS 15000u

/* A line of the answer is "toolkit-php KEY HEX": what PHP itself prints while starting can't be mistaken. */
#define ANSWER_MARK "toolkit-php "

static const char probe_code[] =
    "function toolkit_say($k,$v){echo \"\\n" ANSWER_MARK "\",$k,' ',bin2hex((string)$v),\"\\n\";}"
    "toolkit_say('id',PHP_VERSION_ID);"
    "toolkit_say('version',PHP_VERSION);"
    "toolkit_say('sapi',php_sapi_name());"
    "toolkit_say('ini',function_exists('php_ini_loaded_file')?php_ini_loaded_file():'');"
    "toolkit_say('extensions',','.strtolower(implode(',',get_loaded_extensions())).',');"
    "toolkit_say('memory_limit',ini_get('memory_limit'));"
    "toolkit_say('max_execution_time',ini_get('max_execution_time'));"
    "toolkit_say('disable_functions',ini_get('disable_functions'));"
    "toolkit_say('open_basedir',ini_get('open_basedir'));"
    "toolkit_say('opcache_cli',ini_get('opcache.enable_cli'));"
    "toolkit_say('end','1');";

static const char *unhex(struct str hex, struct arena *mem)
{
    char *text = arena_alloc(mem, hex.n / 2 + 1);

    return hex.n % 2 == 0 && str_unhex(hex, (uint8_t *)text, hex.n / 2) ? text : "";
}

/* Fills php from the answer; false unless it is whole. */
static bool read_answer(struct str text, struct php *php, struct arena *mem, uint64_t *id)
{
    struct str line;
    bool whole = false;

    *id = 0;
    while (str_line(&text, &line)) {
        struct str key, hex;
        const char *value;

        if (!str_skip(&line, STR(ANSWER_MARK)))
            continue;
        key = str_cut(line, ' ', &hex);
        value = unhex(hex, mem);
        if (str_is(key, "id")) {
            if (!str_u64(str_of(value), 999999, id))
                return false;
        } else if (str_is(key, "version")) {
            php->version_text = value;
        } else if (str_is(key, "sapi")) {
            php->sapi = value;
        } else if (str_is(key, "ini")) {
            php->ini = value;
        } else if (str_is(key, "extensions")) {
            php->extensions = value;
        } else if (str_is(key, "memory_limit")) {
            php->memory_limit = value;
        } else if (str_is(key, "max_execution_time")) {
            php->max_execution_time = value;
        } else if (str_is(key, "disable_functions")) {
            php->disable_functions = value;
        } else if (str_is(key, "open_basedir")) {
            php->open_basedir = value;
        } else if (str_is(key, "opcache_cli")) {
            php->opcache_cli = value[0] == '1';
        } else if (str_is(key, "end")) {
            whole = true;
        }
    }
    return whole;
}

void php_probe(const struct php_search *s, struct php *php, struct arena *mem)
{
    const char *const argv[] = {php->path, "-d", "display_errors=stderr", "-r", probe_code, NULL};
    struct child_opts o = {
        .argv = argv, .env = s->env, .cwd = -1, .as = s->as, .timeout_ms = PROBE_MS, .ops = s->ops};
    struct child_result r;
    struct buf text = {0};
    struct buf how = {0};
    uint64_t id;
    bool whole;

    php->version = 0;
    php->version_text = php->sapi = php->ini = php->extensions = "";
    php->memory_limit = php->max_execution_time = php->disable_functions = php->open_basedir = "";
    if (child_run(&o, &r, &php->why) != 0) {
        child_result_free(&r);
        return;
    }
    child_text_join(&r.out, &text);
    child_describe(&r, &how);
    whole = read_answer(buf_str(&text), php, mem, &id);
    if (whole && strcmp(php->sapi, "cli") != 0)
        err_set(&php->why, ERR_ABSENT, "%s is PHP %s of the kind \"%s\", not the command line program",
                php->path, php->version_text, php->sapi);
    else if (!whole)
        err_set(&php->why, ERR_ABSENT, "%s does not answer as a PHP command line program (it %s)", php->path,
                buf_cstr(&how));
    else if (id < 50300)
        err_set(&php->why, ERR_ABSENT, "%s is PHP %s; 5.3 is the oldest that is of use", php->path,
                php->version_text);
    else
        php->version = (unsigned)id;
    buf_free(&text);
    buf_free(&how);
    child_result_free(&r);
}

bool php_has(const struct php *php, const char *extension)
{
    struct str all = str_of(php->extensions);
    struct str want = str_of(extension);

    for (size_t at = str_find(all, want, 0); at != SIZE_MAX; at = str_find(all, want, at + 1))
        if (at > 0 && all.p[at - 1] == ',' && at + want.n < all.n && all.p[at + want.n] == ',')
            return true;
    return false;
}

void php_version_words(unsigned version, struct buf *out)
{
    buf_printf(out, "%u.%u", version / 10000, version / 100 % 100);
    if (version % 100 != 0)
        buf_printf(out, ".%u", version % 100);
}

int php_suits(const struct php *php, const struct php_want *want, struct err *e)
{
    struct buf words = {0};
    int rc = 0;

    if (php->version == 0) {
        *e = php->why;
        return -1;
    }
    if (php->version < want->min) {
        php_version_words(want->min, &words);
        rc = err_set(e, ERR_ABSENT, "%s is PHP %s, at least %s is needed", php->path, php->version_text,
                     buf_cstr(&words));
    } else if (want->max != 0 && php->version >= want->max) {
        php_version_words(want->max, &words);
        rc = err_set(e, ERR_ABSENT, "%s is PHP %s, it has to be below %s", php->path, php->version_text,
                     buf_cstr(&words));
    } else {
        for (const char *const *x = want->extensions; x != NULL && *x != NULL; x++)
            if (!php_has(php, *x))
                buf_printf(&words, "%s%s", words.n > 0 ? ", " : "", *x);
        if (words.n > 0)
            rc = err_set(e, ERR_ABSENT, "%s (PHP %s) lacks: %s", php->path, php->version_text,
                         buf_cstr(&words));
    }
    buf_free(&words);
    return rc;
}

/* Advice for a server without a PHP that suits. */
static void advise(const struct php_want *want, struct err *e)
{
    struct buf deb = {0};
    struct buf rpm = {0};
    struct buf range = {0};

    if (want->min != 0) {
        php_version_words(want->min, &range);
        buf_adds(&range, " or later");
    }
    if (want->max != 0) {
        buf_adds(&range, range.n > 0 ? ", below " : "below ");
        php_version_words(want->max, &range);
    }
    buf_adds(&deb, "php-cli php-mysql");
    buf_adds(&rpm, "php-cli php-mysqlnd");
    for (const char *const *x = want->extensions; x != NULL && *x != NULL; x++) {
        /* Those come with the packages named already, or inside PHP itself. */
        static const char *const inside[] = {"pdo",     "pdo_mysql", "mysqli", "phar",  "openssl", "ctype",
                                             "core",    "date",      "pcre",   "spl",   "zlib",    "hash",
                                             "session", "standard",  "json",   "filter"};
        bool skip = false;

        for (size_t i = 0; i < sizeof inside / sizeof *inside; i++)
            skip = skip || strcmp(*x, inside[i]) == 0;
        if (skip)
            continue;
        buf_printf(&deb, " php-%s", *x);
        buf_printf(&rpm, " php-%s", *x);
    }
    err_fix(
        e,
        "install PHP%s%s for the command line (Debian, Ubuntu: apt-get install %s; RHEL and kin: dnf install "
        "%s%s), or name one with --php PATH",
        range.n > 0 ? " " : "", range.n > 0 ? buf_cstr(&range) : "", buf_cstr(&deb), buf_cstr(&rpm),
        want->max != 0 ? "; where that brings one that is too new, packages have the version in their names, such as php7.4-cli, and so have the "
                         "folders of hosters, below /opt or /usr/local"
                       : "");
    buf_free(&deb);
    buf_free(&rpm);
    buf_free(&range);
}

const struct php *php_find(const struct php_search *s, const struct php_want *want, struct php_list *list,
                           struct err *e)
{
    struct buf said = {0};

    php_candidates(s, list);
    for (size_t i = 0; i < list->n; i++) {
        struct err why;

        php_probe(s, &list->v[i], &list->mem);
        if (php_suits(&list->v[i], want, &why) == 0) {
            buf_free(&said);
            return &list->v[i];
        }
        buf_printf(&said, "%s%s", said.n > 0 ? "; " : "", why.text);
    }
    if (list->n == 0)
        err_set(e, ERR_ABSENT, "no PHP command line program was found in PATH and the usual places");
    else
        err_set(e, ERR_ABSENT, "no PHP that suits: %s", buf_cstr(&said));
    advise(want, e);
    buf_free(&said);
    return NULL;
}

void php_list_free(struct php_list *list)
{
    arena_free(&list->mem);
    list->n = 0;
}

const char *const *php_env(const char *const *ours, const struct owner *as, struct arena *mem)
{
    static const char *const kept[] = {
        "PATH=", "TZ=", "TMPDIR=", "PHPRC=", "PHP_INI_SCAN_DIR=", "LD_LIBRARY_PATH="};
    const size_t nkept = sizeof kept / sizeof *kept;
    const char **env = arena_array(mem, nkept + 6, sizeof *env);
    bool path = false;
    bool home = false;
    size_t n = 0;

    for (size_t k = 0; k < nkept; k++)
        for (size_t i = 0; ours != NULL && ours[i] != NULL; i++)
            if (str_starts(str_of(ours[i]), str_of(kept[k]))) {
                env[n++] = arena_strdup(mem, ours[i]);
                path = path || k == 0;
                break;
            }
    if (!path)
        env[n++] = "PATH=/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin";
    if (as != NULL && as->name[0] != '\0') {
        env[n++] = arena_printf(mem, "USER=%s", as->name);
        env[n++] = arena_printf(mem, "LOGNAME=%s", as->name);
    }
    if (as != NULL && as->home[0] != '\0') {
        env[n++] = arena_printf(mem, "HOME=%s", as->home);
        home = true;
    }
    for (size_t i = 0; !home && as == NULL && ours != NULL && ours[i] != NULL; i++)
        if (str_starts(str_of(ours[i]), STR("HOME="))) {
            env[n++] = arena_strdup(mem, ours[i]);
            home = true;
        }
    env[n++] = "LC_ALL=C";
    env[n] = NULL;
    return env;
}
