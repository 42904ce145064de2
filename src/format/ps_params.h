/*
 * PrestaShop's configuration of the database and of the core. 1.5 and 1.6: config/settings.inc.php, define('_DB_SERVER_', 'host');
 * and so on. 1.7 and later: app/config/parameters.php, return array('parameters' => array('database_host' => …)); or, before it was
 * converted, parameters.yml. The code is read, never run.
 */
#ifndef FORMAT_PS_PARAMS_H
#define FORMAT_PS_PARAMS_H

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "format/ps_version.h"

enum ps_params_source { PS_PARAMS_SETTINGS, PS_PARAMS_PHP, PS_PARAMS_YAML };

/*
 * Texts live in the arena or point into the file. Empty with has_… false: not there, or null. Anything that is no plain literal counts
 * as not there, and its name is in odd. "%%" of parameters is "%" here.
 */
struct ps_params {
    enum ps_params_source source;
    struct str server;  /* as it is written: "host", "host:3307", "host:/run/mysqld.sock", "/run/mysqld.sock" */
    struct str host;    /* of it, without brackets around an IPv6 address; empty with a bare socket path */
    struct str socket;  /* of it, or empty */
    unsigned port;      /* of it, or of database_port; 0: not given */
    struct str name;
    struct str user;
    struct str password;
    struct str prefix;
    struct str engine;       /* "InnoDB" */
    struct str locale;       /* "en-US"; parameters only */
    struct str created;      /* date of creation of the shop */
    struct str caching;      /* "CacheMemcache", … */
    bool cache_enabled;
    struct str version;      /* _PS_VERSION_ of settings.inc.php */
    struct str cookie_key;
    struct str cookie_iv;
    struct str new_cookie_key;
    struct str secret;
    bool has_server, has_name, has_user, has_password, has_prefix, has_engine, has_cookie_key, has_cookie_iv, has_new_cookie_key,
        has_secret, has_rijndael_key, has_rijndael_iv, has_api_keys;
    const char *odd;       /* the name of the first of these settings whose value is no plain literal; NULL: all are */
    const char *ambiguous; /* the first that settings.inc.php defines twice with different values: conditions decide; NULL: none */
};

/*
 * Each gives 0, or -1 with ERR_FORMAT: the file breaks off, is not of this form, or has none of these settings. Error texts never hold
 * a value. Of constants defined twice the first one counts and of keys given twice the last one, as in PHP.
 */
int ps_params_settings(struct str php, struct arena *a, struct ps_params *out, struct err *e);
int ps_params_php(struct str php, struct arena *a, struct ps_params *out, struct err *e);
int ps_params_yaml(struct str yaml, struct arena *a, struct ps_params *out, struct err *e);

/* Cuts a server as PrestaShop does; sets host, socket and port only. Two colons and more without brackets are an IPv6 address. False when
 * what stands behind the colon is neither a path nor a number from 1 to 65535. */
bool ps_params_server(struct str server, struct ps_params *out);

#endif
