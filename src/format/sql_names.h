/* Names of tables and the like inside of a statement, and the accounts behind DEFINER. */
#ifndef FORMAT_SQL_NAMES_H
#define FORMAT_SQL_NAMES_H

#include "format/sql_statement.h"
#include "format/sql_words.h"

/* "name" or "db.name" at the present place. False, and nothing is taken, when no name stands there. */
bool sql_names_take(struct sql_words *w, struct sql_name *out);

/* IF EXISTS or IF NOT EXISTS, if it stands there. */
void sql_names_skip_if(struct sql_words *w);

/*
 * What stands between CREATE and the kind of thing that is created: OR REPLACE, ALGORITHM, DEFINER, SQL SECURITY,
 * TEMPORARY, UNIQUE … Takes it and leaves the kind, like TABLE, as the next word.
 */
struct sql_create_head {
    bool temporary;
    bool index;                  /* UNIQUE, FULLTEXT or SPATIAL was said */
    bool aggregate;
    size_t definer_from, definer_to; /* the place of the account; equal when there is none */
};
void sql_names_create_head(struct sql_words *w, struct sql_create_head *out);

/* A name of a table as it stands in a SELECT. */
struct sql_table_ref {
    struct sql_name name;
    bool alias;     /* it has an alias */
    size_t end;     /* where an alias would stand */
    bool qualifier; /* no table: it is "db.table" in front of a column */
};
typedef void sql_table_found(void *arg, const struct sql_table_ref *ref);

/* Every table that a SELECT reads, in order; those that WITH makes are left out. w is in front of the SELECT. */
void sql_names_in_select(struct sql_words *w, sql_table_found *found, void *arg);

#endif
