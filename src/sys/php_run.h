/* Running the store's PHP code in a child process: what all runs have in common, and plain scripts. */
#ifndef SYS_PHP_RUN_H
#define SYS_PHP_RUN_H

#include "sys/child.h"
#include "sys/php_error.h"

/* How the store's code is run. All is borrowed. */
struct php_run {
    const char *php;        /* path of the program, as php_find gave it */
    const char *root;       /* absolute path of the store */
    int dir;                /* the same, open; the child starts there */
    const char *const *env; /* php_env */
    const struct owner *as; /* NULL: ours */
    unsigned timeout_ms;    /* for one child; 0: none, which is right for hooks and rebuild steps */
    const volatile sig_atomic_t *cancel;
    /* Live output, line by line, bytes as they came; may be NULL. */
    void (*output)(void *arg, enum child_stream from, struct str line);
    void *arg;
    const struct childops *ops;
};

/* The options that every run gets before its own: no limits, errors as plain text on stderr. */
/* clang-format off */
#define PHP_RUN_OPTIONS                                                                                          \
    "-d", "memory_limit=-1", "-d", "max_execution_time=0", "-d", "display_errors=stderr", "-d", "log_errors=0",  \
    "-d", "html_errors=0", "-d", "opcache.enable_cli=0", "-d", "zlib.output_compression=0",                      \
    "-d", "xdebug.mode=off"
/* clang-format on */

struct php_script_result {
    struct child_result child;
    struct php_error error; /* the fatal error, if PHP reported one */
};

/*
 * Runs "php script args…" in the store; script is relative to its root. 0 when it ended with code 0 and
 * without a fatal error; otherwise -1 with what happened in one line (ERR_ABSENT: there is no such script or
 * PHP). r is to be given to php_script_free in both cases.
 */
int php_script_run(const struct php_run *run, const char *script, const char *const *args,
                   struct php_script_result *r, struct err *e);
void php_script_free(struct php_script_result *r);

#endif
