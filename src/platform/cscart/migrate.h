/* Migrations and scripts of a package, private to this folder. */
#ifndef PLATFORM_CSCART_MIGRATE_H
#define PLATFORM_CSCART_MIGRATE_H

#include "platform/cscart/plan_case.h"

/* migrate.c: one migration through the store's own Phinx, into its own table of progress, in a PHP process of its own. The error says
 * whether it began: ERR_ABSENT or ERR_REFUSED when it did not. */
int cs_migrate(struct store *s, struct cs_case *c, const struct cs_migration *m, struct work *w, struct err *e);

/* A script of the package; id is the package's. The same errors. */
int cs_run_script(struct store *s, struct cs_case *c, const char *file, struct work *w, struct err *e);

/* uc.php of a package of 4.0 to 4.2, as in an upgrade. The same errors. */
int cs_run_wizard_script(struct store *s, struct cs_case *c, const char *file, struct work *w, struct err *e);

/* True in *there when the progress tables of the case have the migration's row. */
int cs_migration_row(struct store *s, struct cs_case *c, const struct cs_migration *m, bool *there, struct err *e);

/* The table of progress to go on in; one of our own time when there is none yet. */
uint64_t cs_phinxlog(struct cs_case *c);

/* migrate_code.c: appends the PHP code for php_call_run. */
void cs_migrate_code(struct buf *out);

/*
 * migrate_plain.c: the statements of a migration that is nothing but $this->execute() with text whose only variable is the
 * prefix. 1 with the statements in out (texts in mem), 0 when it does more, with why; -1 when it can't be read.
 */
struct cs_statements {
    VEC(struct str) all;
};
int cs_plain_read(struct str php, const char *prefix, struct arena *mem, struct cs_statements *out, const char **why);

/* Runs these natively and adds the row as Phinx would. */
int cs_plain_run(struct store *s, struct cs_case *c, const struct cs_migration *m, struct work *w, struct err *e);

#endif
