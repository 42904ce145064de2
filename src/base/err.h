/*
 * The one error type. A function that can fail takes a struct err * as its last parameter (never NULL),
 * fills it where the fault is first seen, and callers above add context in front:
 *     "labels of CDev\Paypal: sql/xlite_data.yaml: line 12: unknown escape"
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>

enum err_kind {
    ERR_NONE = 0,
    ERR_USAGE,    /* the command line */
    ERR_ABSENT,   /* something needed is not there: store, file, php, pack */
    ERR_IO,       /* the system refused; sys holds errno */
    ERR_FORMAT,   /* bytes are not of the expected form: cut short, damaged, hostile */
    ERR_DB,       /* the database server's answer, or no answer */
    ERR_CHILD,    /* a child process failed */
    ERR_MISMATCH, /* what was re-read differs from what it has to be */
    ERR_LOCKED,   /* another rescue holds the store */
    ERR_REFUSED,  /* going on would be unsafe; nothing was changed by the refused action */
    ERR_STOPPED   /* the user asked to stop; nothing was left half done */
};

struct err {
    enum err_kind kind;
    int sys;          /* errno, or 0 */
    unsigned db_code; /* the server's error number, or 0 */
    char db_state[6]; /* SQLSTATE, or "" */
    char text[1600];  /* what, where, why */
    char fix[600];    /* what the user can do next, or "" */
};

/* All return -1, so that a failing function can end with `return err_set(...)`. */
int err_set(struct err *e, enum err_kind kind, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* ERR_IO with the text followed by ": " and the words for errno. */
int err_sys(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Puts "<fmt>: " in front of the text. */
int err_wrap(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Sets what to do next; an earlier, closer advice is kept. */
int err_fix(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Back to no error. */
void err_clear(struct err *e);

#endif
