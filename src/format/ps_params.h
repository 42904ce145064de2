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

/* Longer files are no configuration. */
#define PS_PARAMS_MAX_BYTES ((size_t)4 * 1024 * 1024)

enum ps_params_source { PS_PARAMS_SETTINGS, PS_PARAMS_PHP, PS_PARAMS_YAML };

/* Texts live in the arena. Empty with has_… false: not there. Anything that is no plain literal counts as not there, and its key is in
 * odd. */
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
    char odd[64]; /* the first key of those above whose value is no plain literal, or "" */
};

/*
 * Each gives 0, or -1 with ERR_FORMAT: the file breaks off, is not of this form, or has none of these settings. Error texts never hold
 * a value. Of constants defined twice the first one counts and of keys given twice the last one, as in PHP.
 */
int ps_params_settings(struct str php, struct arena *a, struct ps_params *out, struct err *e);
int ps_params_php(struct str php, struct arena *a, struct ps_params *out, struct err *e);
int ps_params_yaml(struct str yaml, struct arena *a, struct ps_params *out, struct err *e);

/* Cuts a server as PrestaShop does; sets host, socket and port only. False when the port is no number from 1 to 65535. */
bool ps_params_server(struct str server, struct ps_params *out);

/*
 * The version of PrestaShop that a file names. path is relative to the shop and only its end decides how it is read:
 * config/settings.inc.php and config/autoload.php (_PS_VERSION_), app/AppKernel.php and src/Core/Version.php (const VERSION),
 * install_version.php (_PS_INSTALL_VERSION_). 1 and the version, 0: the file doesn't say it, -1 with ERR_FORMAT: damaged, or it says
 * something that is no version.
 */
#define PS_VERSION_MAX 32
int ps_version_in(struct str path, struct str bytes, char out[static PS_VERSION_MAX], struct err *e);

/* config.xml of a module. */
struct ps_module_info {
    struct str name;
    struct str version;
    struct str author;
};
/* 0, or -1 with ERR_FORMAT when it is damaged or has neither name nor version. Texts live in the arena. */
int ps_module_config(struct str xml, struct arena *a, struct ps_module_info *out, struct err *e);

/* A define() with a value that may be rewritten in place. */
struct ps_define {
    bool on;     /* the value is true (or 1) */
    size_t from; /* the value is source bytes [from, to) */
    size_t to;
};
/* The first define('_PS_MODE_DEV_', …) of config/defines.inc.php: 1, 0 when there is none, -1 with ERR_FORMAT when its value is not
 * true, false or a number, or the file breaks off before it. */
int ps_mode_dev(struct str php, struct ps_define *out, struct err *e);

#endif
