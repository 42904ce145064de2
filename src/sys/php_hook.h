/*
 * Running one upgrade hook of X-Cart 5.0 to 5.3 in the store.
 *
 * A hook is a PHP file that returns a function. X-Cart loads itself (top.inc.php), includes the file and
 * calls the function: without an argument up to 5.2.6, later with what the call before returned, null at
 * first. null says that the hook is done; a number above 0 or an array [position, maximum] asks for another
 * call with that value. 0 ends the calls too, although X-Cart goes on counting such a hook as pending.
 *
 * The child says before each call that it begins, and after each what came of it, and then waits: so the
 * caller can write the state down before the next call starts, and knows afterwards whether the hook's
 * function was ever entered. X-Cart makes each call in a request of its own; here a child makes up to
 * PHP_HOOK_CALLS of them, and then a new one takes over, which bounds the memory that calls leave behind.
 */
#ifndef SYS_PHP_HOOK_H
#define SYS_PHP_HOOK_H

#include "base/mem.h"
#include "sys/php_run.h"

/* Loading the store takes about as long as one call: a fraction of that is lost, and memory stays bounded. */
#define PHP_HOOK_CALLS 50u
/* The same result so often in a row means that a hook does not advance. Hooks that only say "more" (1) work
 * in portions of a hundred rows and more, so this allows for 100 000 rows. */
#define PHP_HOOK_SAME 1000u

struct php_hook_state {
    unsigned calls; /* finished so far */
    bool has_max;
    int64_t pos;
    int64_t max;
    struct str json;       /* the result, to be given as arg when the hook is continued later */
    struct str serialized; /* the result as PHP's serialize() writes it, for the store's own map */
};

struct php_hook {
    const char *file;  /* absolute path of the hook */
    const char *arg;   /* JSON: the argument of the first call; NULL: null */
    bool no_argument;  /* the call of families up to 5.2.6: once, whatever it returns */
    unsigned calls;    /* per child; 0: PHP_HOOK_CALLS */
    unsigned same_max; /* 0: PHP_HOOK_SAME */
    /* Called after each call that asks for another. false: no further call is made now. May be NULL. */
    bool (*state)(void *arg, const struct php_hook_state *state);
    void *state_arg;
};

enum php_hook_end {
    PHP_HOOK_DONE,      /* returned null, or anything with no_argument */
    PHP_HOOK_DONE_ZERO, /* returned 0, a negative number or false: ran to its end, X-Cart counts it as pending */
    PHP_HOOK_HALTED,    /* by the state callback, between two calls */
    PHP_HOOK_NO_FILE,    /* the hook's file is missing or can't be read */
    PHP_HOOK_NO_STORE,   /* top.inc.php is missing, failed, or ended the program */
    PHP_HOOK_NO_CLOSURE, /* the file returned nothing that can be called */
    PHP_HOOK_BAD_RESULT, /* a string, an object, an array of another shape: done or not can't be told */
    PHP_HOOK_EXCEPTION,
    PHP_HOOK_FATAL, /* fatal error: memory, time, parse error, missing function */
    PHP_HOOK_QUIT,  /* exit() or die() inside the hook, or no report for another reason */
    PHP_HOOK_STUCK, /* same_max identical results */
    PHP_HOOK_KILLED,
    PHP_HOOK_CANCELLED,
    PHP_HOOK_TIMED_OUT,
    PHP_HOOK_NOT_RUN /* PHP could not be started */
};

struct php_hook_result {
    enum php_hook_end end;
    unsigned calls; /* finished */
    bool entered;   /* the hook's function was called at least once */
    bool inside;    /* it ended inside a call: this call may have done a part of its work */
    char kind[64];  /* of an odd result: "string", "array", a class */
    struct php_error error;
    struct child_result child; /* the last child: output and end */
};

/*
 * Runs the hook to its end. 0 for DONE, DONE_ZERO and HALTED; otherwise -1 with what happened in one line
 * that names file and line where they are known. r is to be given to php_hook_free in both cases.
 */
int php_hook_run(const struct php_run *run, const struct php_hook *hook, struct php_hook_result *r,
                 struct err *e);
void php_hook_free(struct php_hook_result *r);

/* Appends the PHP code that loads the store and calls the hook, for php_code_run. */
void php_hook_code(struct buf *out);

#endif
