#include "format/ps_params.h"

#include "format/ps_pairs.h"

#include <stddef.h>

#define NO_FLAG SIZE_MAX

/* A text of struct ps_params, and its names in both kinds of files. */
struct field {
    const char *define;
    const char *parameter;
    size_t text;
    size_t flag;
};

#define TEXT(what, member, parameter_name) \
    {what, parameter_name, offsetof(struct ps_params, member), NO_FLAG}
#define FLAGGED(what, member, parameter_name) \
    {what, parameter_name, offsetof(struct ps_params, member), offsetof(struct ps_params, has_##member)}

static const struct field fields[] = {
    FLAGGED("_DB_SERVER_", server, "database_host"),
    FLAGGED("_DB_NAME_", name, "database_name"),
    FLAGGED("_DB_USER_", user, "database_user"),
    FLAGGED("_DB_PASSWD_", password, "database_password"),
    FLAGGED("_DB_PREFIX_", prefix, "database_prefix"),
    FLAGGED("_MYSQL_ENGINE_", engine, "database_engine"),
    FLAGGED("_COOKIE_KEY_", cookie_key, "cookie_key"),
    FLAGGED("_COOKIE_IV_", cookie_iv, "cookie_iv"),
    FLAGGED("_NEW_COOKIE_KEY_", new_cookie_key, "new_cookie_key"),
    FLAGGED(NULL, secret, "secret"),
    TEXT(NULL, locale, "locale"),
    TEXT("_PS_CREATION_DATE_", created, "ps_creation_date"),
    TEXT("_PS_CACHING_SYSTEM_", caching, "ps_caching"),
    TEXT("_PS_VERSION_", version, NULL),
};

static const char *name_of(const struct field *f, enum ps_params_source source)
{
    return source == PS_PARAMS_SETTINGS ? f->define : f->parameter;
}

static bool same(const struct ps_pair *a, const struct ps_pair *b)
{
    return a->kind == b->kind && a->kind != PS_PAIR_ODD && str_eq(a->value, b->value);
}

/* The pair that counts; NULL when there is none, or none that is plain and not null. */
static const struct ps_pair *find(const struct ps_pairs *pairs, const char *name, struct ps_params *out)
{
    const struct ps_pair *first;
    const struct ps_pair *p;

    if (name == NULL || (p = ps_pairs_last(pairs, name)) == NULL)
        return NULL;
    if (out->source == PS_PARAMS_SETTINGS) {
        first = ps_pairs_first(pairs, name);
        if (out->ambiguous == NULL && !same(first, p))
            out->ambiguous = name;
        p = first;
    }
    if (p->kind == PS_PAIR_ODD && out->odd == NULL)
        out->odd = name;
    return p->kind == PS_PAIR_ODD || p->kind == PS_PAIR_NULL ? NULL : p;
}

/* "%%" stands for "%" in the parameters of Symfony. */
static struct str unescape(struct str s, struct arena *a)
{
    char *p;
    size_t n = 0;

    if (str_find(s, STR("%%"), 0) == SIZE_MAX)
        return s;
    p = arena_alloc(a, s.n);
    for (size_t i = 0; i < s.n; i++) {
        p[n++] = s.p[i];
        if (s.p[i] == '%' && i + 1 < s.n && s.p[i + 1] == '%')
            i++;
    }
    return (struct str){p, n};
}

static bool present(const struct ps_pairs *pairs, const char *define, const char *parameter, struct ps_params *out)
{
    const struct ps_pair *p = find(pairs, out->source == PS_PARAMS_SETTINGS ? define : parameter, out);

    return p != NULL && p->value.n > 0;
}

/* A port of its own counts more than one behind the host. */
static int set_server(const struct ps_pairs *pairs, struct ps_params *out, struct err *e)
{
    const struct ps_pair *port = out->source == PS_PARAMS_SETTINGS ? NULL : find(pairs, "database_port", out);
    uint64_t number;

    if (!ps_params_server(out->server, out))
        return err_set(e, ERR_FORMAT, "the server of the database is neither a host, with or without a port, nor a socket");
    if (port == NULL || str_trim(port->value).n == 0)
        return 0;
    if (!str_u64(str_trim(port->value), 65535, &number))
        return err_set(e, ERR_FORMAT, "line %u: the port of the database is no number up to 65535", port->line);
    if (number != 0)
        out->port = (unsigned)number;
    return 0;
}

static int fill(const struct ps_pairs *pairs, struct arena *a, struct ps_params *out, struct err *e)
{
    const char *cache = out->source == PS_PARAMS_SETTINGS ? "_PS_CACHE_ENABLED_" : "ps_cache_enable";
    const struct ps_pair *p;

    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        char *base = (char *)out;

        p = find(pairs, name_of(&fields[i], out->source), out);
        if (p == NULL)
            continue;
        *(struct str *)(void *)(base + fields[i].text) = out->source == PS_PARAMS_SETTINGS ? p->value : unescape(p->value, a);
        if (fields[i].flag != NO_FLAG)
            *(bool *)(void *)(base + fields[i].flag) = true;
    }
    p = find(pairs, cache, out);
    out->cache_enabled = p != NULL && p->value.n > 0 && !str_is(p->value, "0");
    out->has_rijndael_key = present(pairs, "_RIJNDAEL_KEY_", "_rijndael_key", out);
    out->has_rijndael_iv = present(pairs, "_RIJNDAEL_IV_", "_rijndael_iv", out);
    out->has_api_keys = present(pairs, NULL, "api_public_key", out) && present(pairs, NULL, "api_private_key", out);
    if (!out->has_server && !out->has_name && !out->has_user && out->odd == NULL)
        return err_set(e, ERR_FORMAT, "no settings of a database");
    return set_server(pairs, out, e);
}

int ps_params_settings(struct str php, struct arena *a, struct ps_params *out, struct err *e)
{
    struct ps_pairs pairs;

    *out = (struct ps_params){.source = PS_PARAMS_SETTINGS};
    return ps_pairs_defines(php, a, &pairs, e) != 0 ? -1 : fill(&pairs, a, out, e);
}

int ps_params_php(struct str php, struct arena *a, struct ps_params *out, struct err *e)
{
    struct ps_pairs pairs;

    *out = (struct ps_params){.source = PS_PARAMS_PHP};
    return ps_pairs_parameters(php, a, &pairs, e) != 0 ? -1 : fill(&pairs, a, out, e);
}

int ps_params_yaml(struct str yaml, struct arena *a, struct ps_params *out, struct err *e)
{
    struct ps_pairs pairs;

    *out = (struct ps_params){.source = PS_PARAMS_YAML};
    return ps_pairs_yaml(yaml, a, &pairs, e) != 0 ? -1 : fill(&pairs, a, out, e);
}

bool ps_params_server(struct str server, struct ps_params *out)
{
    size_t colon = str_chr(server, ':', 0);
    struct str behind;
    uint64_t port;

    out->host = (struct str){"", 0};
    out->socket = (struct str){"", 0};
    out->port = 0;
    if (str_starts(server, STR("/"))) {
        out->socket = server;
        return true;
    }
    out->host = server;
    if (str_starts(server, STR("["))) {
        size_t end = str_chr(server, ']', 0);

        if (end == SIZE_MAX)
            return false;
        out->host = str_sub(server, 1, end);
        if (end + 1 == server.n)
            return true;
        if (server.p[end + 1] != ':')
            return false;
        colon = end + 1;
    }
    if (colon == SIZE_MAX)
        return true;
    behind = str_sub(server, colon + 1, server.n);
    if (str_starts(behind, STR("/"))) {
        out->host = str_sub(server, 0, colon);
        out->socket = behind;
        return true;
    }
    if (server.p[0] != '[') {
        if (str_chr(behind, ':', 0) != SIZE_MAX)
            return true;
        out->host = str_sub(server, 0, colon);
    }
    if (!str_u64(behind, 65535, &port) || port == 0)
        return false;
    out->port = (unsigned)port;
    return true;
}
