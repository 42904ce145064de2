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
    const char *written;  /* the same with that width, where the source says one: "int(11) unsigned" */
    bool not_null;
    bool has_default;     /* else there is none; of a column that may be NULL, NULL is none */
    const char *fallback; /* the default's text, without quotes */
    bool fallback_code;   /* it is no literal: CURRENT_TIMESTAMP */
    bool auto_increment;
    bool on_update;       /* it takes the time of every change of the row */
    const char *charset, *collate; /* NULL: the table's; of utf8 in three bytes the name is "utf8" wherever it comes from */
};

struct schema_table {
    const char *name; /* without the prefix */
    VEC(struct schema_column) columns;
    VEC(struct schema_key) keys;
    const char *engine, *charset, *collate; /* NULL: not said */
    bool is_view;
};

/* A column of a foreign key of a live table. OpenCart has none, its extensions have. */
struct schema_foreign {
    const char *name;
    const char *table, *column;   /* full names, with the prefix */
    const char *parent, *parent_column;
    unsigned place;               /* of the column in its key, from 1 */
};

/* A zeroed struct is empty; schema_free gives all back. */
struct schema {
    struct arena mem;
    VEC(struct schema_table) tables; /* in the order of the source */
    VEC(struct schema_foreign) foreign;
};

/* Both readers give -1 with ERR_FORMAT for a source that breaks off, and for what no such source holds: a type, an engine or a character set
 * that is more than its name. Then out is empty. */

/* CREATE TABLE statements of an installer's SQL, whose tables begin with prefix; all else in it is passed over. */
int schema_read_sql(struct str sql, const char *prefix, struct schema *out, struct err *e);
/* The arrays of OpenCart 4's system/helper/db_schema.php: name, field (name, type, not_null, default, auto_increment), primary, index, engine, charset,
 * collate. */
int schema_read_php(struct str php, struct schema *out, struct err *e);
void schema_free(struct schema *s);

const struct schema_table *schema_find(const struct schema *s, const char *table);
const struct schema_column *schema_column(const struct schema_table *t, const char *column);
bool schema_has(const struct schema *s, const char *table, const char *column); /* column NULL: the table */

/* Brings a type to the form above; written (may be NULL) is the one with the display width. NULL: it is no type. */
const char *schema_type(struct str text, struct arena *a, const char **written);
/* "utf8mb3" is "utf8", "utf8mb3_bin" is "utf8_bin"; small letters. NULL: it is no name. */
const char *schema_charset(struct str name, struct arena *a);
/* Names of columns and keys are the same in any case of letters. */
bool schema_same_name(const char *a, const char *b);

#endif
