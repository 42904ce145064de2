/* What the files about upgrade scripts share among themselves, private to them. */
#ifndef PLATFORM_PRESTASHOP_SCRIPTS_PARTS_H
#define PLATFORM_PRESTASHOP_SCRIPTS_PARTS_H

#include "platform/prestashop/plan_case.h"

/* ---- scripts_db.c: tables, columns and keys as the server has them --------------------------------------------------------------- */

struct ps_db_table {
    struct str name;
    struct str collation;
};
struct ps_db_column {
    struct str table;
    struct str name;
    struct str type;
    struct str collation; /* "" for a column that is no text */
    struct str text;      /* of the default, when it has one */
    bool nullable;
    bool has_default;
    size_t place;
};
struct ps_db_key {
    struct str table;
    struct str name;
    bool unique;
    VEC(struct str) columns;
};
/* Tables by name; columns by table and in their order; keys by table and name. */
struct ps_db {
    struct arena mem;
    VEC(struct ps_db_table) tables;
    VEC(struct ps_db_column) columns;
    VEC(struct ps_db_key) keys;
};

int ps_db_read(struct mysql *m, struct ps_db *out, struct err *e);
void ps_db_free(struct ps_db *x);
const struct ps_db_table *ps_db_table(const struct ps_db *x, struct str name);
const struct ps_db_column *ps_db_column(const struct ps_db *x, struct str table, struct str name);
const struct ps_db_key *ps_db_key(const struct ps_db *x, struct str table, struct str name);
/* The columns of a table, in order; NULL when there are none. */
const struct ps_db_column *ps_db_columns(const struct ps_db *x, struct str table, size_t *n);

/* ---- scripts_proof.c: what the statements bring about, held against that -------------------------------------------------------- */

/* The statement of that number, counted over all scripts; NULL behind the last. */
struct ps_statement *ps_scripts_at(const struct ps_scripts *x, size_t number);
const struct ps_script *ps_scripts_of(const struct ps_scripts *x, size_t number);

/* Reads the database (again) and works out what statements bring about. */
int ps_proof_read(struct store *s, struct ps_scripts *x, struct err *e);
void ps_proof_free(struct ps_proof *p);
const struct ps_db *ps_proof_db(const struct ps_proof *p);
/* Adds to score[k], for k from 0 to x->statements, what speaks against exactly the first k statements having run. */
void ps_proof_score(const struct ps_scripts *x, int64_t *score);
/* What the database shows of one statement, when those from `end` on have not run. */
enum ps_ran ps_proof_seen(const struct ps_scripts *x, size_t number, size_t end);
/* Whether a table, column or named key that it makes or drops is not so, as far as no statement up to `end` changed it since. */
bool ps_proof_missing(const struct ps_scripts *x, size_t number, size_t end);

/* ---- scripts_rows.c ------------------------------------------------------------------------------------------------------------- */

/* Whether the rows that an INSERT adds are there; why is set then. Also of calls that are known to fill a table. */
enum ps_ran ps_rows_seen(struct store *s, const struct ps_scripts *x, size_t number, const char **why, struct arena *mem);

/* ---- scripts_ran.c -------------------------------------------------------------------------------------------------------------- */

void ps_scripts_judge(struct store *s, struct ps_case *c);
/* Sums up again after states of single statements changed. */
void ps_scripts_count(struct ps_scripts *x);

/* ---- scripts_call.c ------------------------------------------------------------------------------------------------------------- */

/* Whether the call can be made; why not, in the arena of the case. */
bool ps_call_possible(struct store *s, struct ps_case *c, const struct ps_statement *st, const char **why);
/* ERR_ABSENT: nothing of it was begun. */
int ps_call_make(struct store *s, struct ps_case *c, const struct ps_statement *st, struct work *w, struct err *e);
/* Functions that do twice what they do once. */
bool ps_call_repeatable(const char *name);

/* ---- step_doctrine.c ------------------------------------------------------------------------------------------------------------ */

/* Whether the module has it run. */
bool ps_has_doctrine(const struct store *s, const struct ps_case *c);
/* Symfony's console below the store, or NULL. */
const char *ps_console(const struct store *s);

/* ---- scripts_run.c -------------------------------------------------------------------------------------------------------------- */

/* Under which the run of a script notes in the journal how far it came. */
#define PS_STATEMENT_NOTE "statement"

/* A session as PrestaShop's own: sql_mode '', its character set. */
int ps_scripts_session(struct store *s, struct mysql **out, struct err *e);

#endif
