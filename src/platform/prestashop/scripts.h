/*
 * The upgrade scripts of PrestaShop: which ones take part, their statements, and which of these have been carried out – by the module's
 * list of what is left (7), by its log, or by what the database looks like. Private to this folder.
 *
 * A statement is carried out at most once: its number is noted in the journal before it is sent.
 */
#ifndef PLATFORM_PRESTASHOP_SCRIPTS_H
#define PLATFORM_PRESTASHOP_SCRIPTS_H

#include "format/ps_effect.h"
#include "format/ps_script.h"
#include "platform/prestashop/ps.h"

struct ps_case;
struct ps_sql_ref;

enum ps_ran {
    PS_RAN_NO,
    PS_RAN_YES,
    PS_RAN_MAYBE /* nothing tells: it lies between the last one that was and the first one that was not */
};

struct ps_statement {
    struct str text;    /* with prefix, engine and database put in; in the arena of the case */
    unsigned line;      /* in its file */
    bool php;           /* a call and only a call: */
    enum ps_call_state call_state;
    const char *call;   /* its function's name, or NULL */
    const char *args;   /* as written between the brackets */
    struct ps_effect effect; /* of SQL */
    enum ps_ran ran;
    const char *why;    /* how that is known, or NULL */
    enum ps_ran seen;   /* what the database shows of it alone: its effect is there, or is not */
    bool repeatable;    /* carried out twice it does what once does */
    const char *danger; /* why it is not */
    const struct ps_sql_ref *failed; /* the log's line that says so, when the module went on without it; NULL */
    bool ours;          /* we sent it */
    bool passed_over;   /* the server refused it with an error that the module forgets */
};

struct ps_script {
    const char *version; /* "1.7.7.0": of the file's name */
    const char *file;    /* for messages and evidence */
    VEC(struct ps_statement) all;
    size_t first;        /* how many statements stand in the scripts before it */
    size_t done;         /* of all */
    size_t maybe;        /* of which nobody knows */
    bool told;           /* in a dry run: counts as carried out for those behind it */
};

struct ps_proof;

struct ps_scripts {
    VEC(struct ps_script) all; /* in the order in which they run */
    const char *dir;     /* where they were found, for messages; NULL: none at hand */
    const char *php_dir; /* of the function files, absolute */
    const char *err;     /* why there are none, or what is wrong with them; NULL */
    const char *basis;   /* how it is known what ran, in words; NULL */
    const char *dispute; /* where log and database contradict each other, in words; NULL */
    size_t statements, done, maybe; /* of all scripts */
    struct ps_proof *proof;         /* private */
};

/* Finds and reads the scripts between c->from and c->to and, with a database, judges every statement. Faults are kept in scripts.err. */
int ps_scripts_read(struct store *s, struct ps_case *c, struct err *e);
void ps_scripts_free(struct ps_scripts *x);

/* The statement of which that line of the log says that it failed, or NULL. */
const struct ps_statement *ps_scripts_failed(const struct ps_scripts *x, const struct ps_sql_ref *r);

/* Carries out what is left of one script. Notes every statement before it is sent, so that it is not sent twice. Errors that the module
 * forgets are counted and told; any other stops here. */
int ps_run_script(struct store *s, struct ps_case *c, const char *version, struct work *w, struct err *e);
int ps_recheck_script(struct store *s, struct ps_case *c, const char *version, struct err *e);

/* Doctrine's own change of the schema, which modules up to 5.0.1 have run: by the store's console. */
int ps_run_doctrine(struct store *s, struct ps_case *c, struct work *w, struct err *e);
/* The queries that end every upgrade, PS_VERSION_DB last. */
int ps_run_settings(struct store *s, struct ps_case *c, struct work *w, struct err *e);
int ps_recheck_settings(struct store *s, struct ps_case *c, struct err *e);

/* Adds the steps schema:VERSION, schema:doctrine where it was to run, and schema:settings to the plan. */
void ps_plan_schema(struct store *s, struct plan *p, struct ps_case *c);

#endif
