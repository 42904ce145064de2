/*
 * What every command is given: the global options, where to write, and the ways to end.
 *
 * Results go to stdout, messages to stderr. The last line is a verdict, and the exit status agrees with it.
 */
#ifndef CMD_APP_H
#define CMD_APP_H

#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/term.h"
#include "platform/platform.h"

#include <signal.h>

enum status {
    STATUS_OK = 0,       /* done and verified, or nothing wrong */
    STATUS_PROBLEMS = 1, /* problems found or left, each named */
    STATUS_USAGE = 2,
    STATUS_CANNOT = 3,  /* can't start; nothing was changed */
    STATUS_STOPPED = 4, /* stopped midway; the store is safe */
    STATUS_REFUSED = 5  /* input damaged or hostile; nothing was changed */
};

struct app {
    struct term out;
    struct term msg; /* stderr */
    struct buf text; /* what app_print has not written yet */
    bool lost;       /* stdout could not take something */
    const char *name; /* as the program was called, where that was by a path; NULL: it is found by its name */
    const char *dir;
    const char *work_dir;
    const char *defaults_file;
    const char *db_tls; /* as said on the command line */
    bool json;
    bool dry_run;
    bool yes;
    bool quiet;
    bool verbose;
    bool plain;
    struct mysql_opts db;     /* as said on the command line */
    struct mysql_opts db_all; /* with what --db-defaults-file says */
    struct store_opts store;
    const volatile sig_atomic_t *stop;
};

/* Text for stdout. app_print takes trusted text; app_put escapes what came from outside. */
void app_print(struct app *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void app_put(struct app *a, enum term_style style, struct str text);
void app_puts(struct app *a, enum term_style style, const char *text); /* the same for a C string; NULL adds nothing */
/* A paragraph, escaped and wrapped, indented by so many blanks. In it, in errors and in the verdict commands are as typed.h says. */
void app_para(struct app *a, unsigned indent, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Writes what was printed. 0, or -1 when stdout could not take it, now or before; that is said once. */
int app_flush(struct app *a);

/* One line for stderr at once, escaped. */
void app_message(struct app *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The error and its remedy to stderr. */
void app_error(struct app *a, const struct err *e);

/* Member "error" of an open object: text and fix, or null when e is no error. */
void app_error_json(struct json *j, const struct err *e);

/* The verdict as the last line (stderr when JSON goes to stdout), everything written, and `status` back,
 * or STATUS_PROBLEMS when the output could not be written. */
enum status app_verdict(struct app *a, enum status status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* An error that kept a command from starting: message, verdict "STOPPED before anything was changed", and the
 * status that fits the error's kind. */
enum status app_cannot(struct app *a, const struct err *e);

/* Asks on the terminal; true for yes. Without a terminal and without --yes: false, e says which option to give. */
bool app_confirm(struct app *a, const char *question, struct err *e);

/* Opens the store the user means. */
int app_store(struct app *a, struct store *s, struct err *e);

/* The program as it was called, with the options that choose store, database and PHP as given, so that a command shown can be copied as it is. */
const char *app_self(struct app *a, struct arena *mem);

#endif
