/* The tables of a live database as format/schema.h has them. */
#ifndef DB_SCHEMA_LIVE_H
#define DB_SCHEMA_LIVE_H

#include "db/mysql.h"
#include "format/schema.h"

/* Tables and views of the session's database whose names begin with prefix, names without it. Reads information_schema alone. */
int schema_live(struct mysql *m, const char *prefix, struct schema *out, struct err *e);
/* The same of one table alone, by its name without the prefix; foreign keys of others that name it are not among those given. An empty schema:
 * it is not there. */
int schema_live_table(struct mysql *m, const char *prefix, const char *table, struct schema *out, struct err *e);

#endif
