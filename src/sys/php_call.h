/*
 * One piece of work through the store's own PHP code: a migration, a script of a package, an upgrade function. The child says
 * before it changes anything that it begins, so that afterwards it is known whether the work was entered.
 */
#ifndef SYS_PHP_CALL_H
#define SYS_PHP_CALL_H

#include "sys/php_code.h"

struct php_call {
    const char *what;        /* in errors: "migration 20190412 AddStatus" */
    const char *code;        /* PHP: a class that extends ToolkitReport, and its start (php_code.h) */
    const char *const *args; /* NULL at the end */
    struct buf *said;        /* gets what the code gave to done(); may be NULL */
};

/*
 * 0 when the code said that it is done. Otherwise -1 with what happened in one line: ERR_ABSENT when nothing of the work was
 * begun, else ERR_CHILD: a part of it may be done. What the child prints goes to run->output.
 */
int php_call_run(const struct php_run *run, const struct php_call *call, struct err *e);

#endif
