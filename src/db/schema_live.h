/* The tables of a live database as format/schema.h has them. */
#ifndef DB_SCHEMA_LIVE_H
#define DB_SCHEMA_LIVE_H

#include "db/mysql.h"
#include "format/schema.h"

/* Tables and views of the session's database whose names begin with prefix, names without it. Reads information_schema alone. */
int schema_live(struct mysql *m, const char *prefix, struct schema *out, struct err *e);

#endif
