/*
 * The server's own PHP: which ones are there, what each can do, and which one suits.
 *
 * Only the command line program counts (php_sapi_name() is "cli"): php-cgi and lsphp bear the name php on
 * some hosts, but they behave like a web server's PHP.
 */
#ifndef SYS_PHP_H
#define SYS_PHP_H

#include "base/err.h"
#include "base/mem.h"
#include "sys/child.h"

#include <stdbool.h>

/* Hosting panels install a dozen versions; more candidates than this are not looked at. */
#define PHP_CANDIDATES_MAX 64

/* Versions as PHP_VERSION_ID has them: 5.4.16 is 50416. */
struct php {
    const char *path;
    unsigned version; /* 0: not usable, and why says so */
    const char *version_text;
    const char *sapi;
    const char *ini;        /* the php.ini in use, or "" */
    const char *extensions; /* in lower case, each between commas: ",core,pdo_mysql," */
    const char *memory_limit;
    const char *max_execution_time;
    const char *disable_functions;
    const char *open_basedir;
    bool opcache_cli;
    struct err why;
};

/* What the target version of a store asks for. */
struct php_want {
    unsigned min;                  /* PHP_VERSION_ID */
    unsigned max;                  /* the first version that is too high, such as 80000; 0: no limit */
    const char *const *extensions; /* ends with NULL; may be NULL */
};

struct php_search {
    const char *given;      /* --php: the only one looked at; NULL: none given */
    const char *path;       /* the value of PATH; NULL: none */
    const char *prefix;     /* put before the usual places; "" but for tests */
    const struct owner *as; /* the account that PHP will run as, or NULL */
    const char *const *env; /* for the probe, see php_env */
    const struct childops *ops;
};

/* A zeroed struct is an empty list. */
struct php_list {
    struct php v[PHP_CANDIDATES_MAX];
    size_t n;
    struct arena mem; /* owns the texts */
};

/* Appends the paths of what looks like PHP, best guess first, each program once, without running any. */
void php_candidates(const struct php_search *s, struct php_list *list);

/* Runs php to learn what it is. 0 also when it is not usable: then version is 0 and why is set. */
void php_probe(const struct php_search *s, struct php *php, struct arena *mem);

/* ERR_ABSENT with the reason unless php suits. */
int php_suits(const struct php *php, const struct php_want *want, struct err *e);

/*
 * The first candidate that suits, probed one by one in order, so that usually one is run. NULL with
 * ERR_ABSENT when none does: the text lists what was found and why not, the fix names the packages.
 */
const struct php *php_find(const struct php_search *s, const struct php_want *want, struct php_list *list,
                           struct err *e);

void php_list_free(struct php_list *list);

bool php_has(const struct php *php, const char *extension);

/* "7.4" for 70400. */
void php_version_words(unsigned version, struct buf *out);

/* The environment for PHP, ending with NULL, from ours and the account's: PATH, HOME, USER, TZ, TMPDIR and
 * PHP's own variables; nothing else of ours reaches the store's code. as and ours may be NULL. */
const char *const *php_env(const char *const *ours, const struct owner *as, struct arena *mem);

#endif
