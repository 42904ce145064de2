/* What the readers of schemas share; private to them. */
#ifndef FORMAT_SCHEMA_PARTS_H
#define FORMAT_SCHEMA_PARTS_H

#include "format/schema.h"

/* MySQL's own bound of a name; in bytes of UTF-8. */
#define SCHEMA_NAME_MAX ((size_t)64 * 3)
/* OpenCart has 160 tables, MySQL takes 4096 columns and 64 keys of 16 columns a table. */
#define SCHEMA_TABLES_MAX  4000u
#define SCHEMA_COLUMNS_MAX 4096u
#define SCHEMA_KEYS_MAX    64u
#define SCHEMA_PARTS_MAX   16u

/* Leaves a zeroed table. */
void schema_table_free(struct schema_table *t);
/* The engine by the name that servers give it; NULL: none that an installer's tables are kept by. */
const char *schema_engine(struct str name, struct arena *a);
/* A type, as schema_type gives it, that has a character set. */
bool schema_is_text(const char *type);
/* What a definition says without words: columns of the primary key are NOT NULL, a collation names its character set. */
void schema_tidy(struct schema_table *t, struct arena *a);
/* A table that no server would take is refused: ERR_FORMAT. */
int schema_judge(const struct schema_table *t, struct err *e);

#endif
