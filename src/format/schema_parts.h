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

/* schema_write.c: texts as they stand in statements. */
void schema_write_name(struct buf *out, const char *name);
void schema_write_text(struct buf *out, const char *text);
/* Behind the column's name: type, character set (NULL: not said), NULL, default, AUTO_INCREMENT. */
void schema_write_definition(struct buf *out, const struct schema_column *c, const char *charset, const char *collate);
/* "PRIMARY KEY (`a`)", "KEY `name` (`a`, `b`(8))" */
void schema_write_key(struct buf *out, const struct schema_key *k);
/* CREATE TABLE IF NOT EXISTS. */
void schema_write_create(struct buf *out, const struct schema_table *t, const char *prefix);

/* schema_narrow.c: SQL that is true for rows whose value would not outlive the change of type, or NULL: all would. may_stay: schema_diff.h. */
const char *schema_loses(const struct schema_column *from, const char *from_charset, const struct schema_column *to, const char *to_charset,
                         struct arena *a, bool *may_stay);

#endif
