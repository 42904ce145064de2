/*
 * The tables of a store as data, wherever they come from: the SQL of an installer, PHP arrays of a release, a live database (db/schema_live.h). And
 * what has to be changed to make one the other.
 */
#ifndef FORMAT_SCHEMA_H
#define FORMAT_SCHEMA_H

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

enum schema_key_kind { SCHEMA_PRIMARY, SCHEMA_UNIQUE, SCHEMA_PLAIN, SCHEMA_FULLTEXT, SCHEMA_SPATIAL };

struct schema_part {
    const char *column;
    unsigned length; /* of a prefix, 0: all of the column */
};

struct schema_key {
    const char *name; /* "PRIMARY" for that one */
    enum schema_key_kind kind;
    VEC(struct schema_part) parts;
};

struct schema_column {
    const char *name;
    const char *type;     /* as information_schema has it, small letters, without the display width of whole numbers: "int unsigned", "varchar(64)" */
    bool not_null;
    bool has_default;     /* else there is none; of a column that may be NULL, NULL is none */
    const char *fallback; /* the default's text, without quotes */
    bool fallback_code;   /* it is no literal: CURRENT_TIMESTAMP */
    bool auto_increment;
    const char *charset, *collate; /* NULL: the table's */
};

struct schema_table {
    const char *name; /* without the prefix */
    VEC(struct schema_column) columns;
    VEC(struct schema_key) keys;
    size_t foreign_keys;   /* of a live table: those that stand on it */
    const char *engine, *charset, *collate; /* NULL: not said */
    bool is_view;
    const char *create;    /* the statement it was read from, or NULL */
};

/* A zeroed struct is empty; schema_free gives all back. */
struct schema {
    struct arena mem;
    VEC(struct schema_table) tables; /* in the order of the source */
};

/* CREATE TABLE statements of an installer's SQL, whose tables begin with prefix; all else in it is passed over. */
int schema_read_sql(struct str sql, const char *prefix, struct schema *out, struct err *e);
/* The arrays of OpenCart 4's system/helper/db_schema.php: name, field (name, type, not_null, default, auto_increment), primary, index, engine, charset,
 * collate. */
int schema_read_php(struct str php, struct schema *out, struct err *e);
void schema_free(struct schema *s);

const struct schema_table *schema_find(const struct schema *s, const char *table);
const struct schema_column *schema_column(const struct schema_table *t, const char *column);
bool schema_has(const struct schema *s, const char *table, const char *column); /* column NULL: the table */

/* Brings a type to the form above. */
const char *schema_type(struct str written, struct arena *a);

#endif
