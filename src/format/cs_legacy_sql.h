/*
 * The dumps in a package of CS-Cart 4.0 to 4.2 (db_scheme.sql, db_data.sql, db_lang_en.sql …): their statements, the prefix in them, and
 * for a statement of which nobody knows whether it was carried out, what of it can be seen in the database.
 */
#ifndef FORMAT_CS_LEGACY_SQL_H
#define FORMAT_CS_LEGACY_SQL_H

#include "format/cs_legacy.h"

/* Dumps are written for this prefix. */
#define CS_DUMP_PREFIX "cscart_"

/* The statements in order, without delimiter, blanks and comments around them; slices of sql. ERR_FORMAT: it ends inside of a string or
 * comment, or the last statement has no delimiter: the file is cut. */
int cs_statements_split(struct str sql, struct cs_statement_list *out, struct err *e);

/* Appends the statement with the store's own prefix: every name that begins with "cscart_", and "?:". Strings stay. */
void cs_statement_prefixed(struct str statement, const char *prefix, struct buf *out);

enum cs_probe_kind {
    CS_PROBE_NONE,        /* nothing tells */
    CS_PROBE_HARMLESS,    /* carried out twice it does the same as once */
    CS_PROBE_TABLE_MADE,  /* done when table is there */
    CS_PROBE_TABLE_GONE,  /* done when table is not there */
    CS_PROBE_COLUMN_MADE, /* done when table has the column name */
    CS_PROBE_COLUMN_GONE,
    CS_PROBE_COLUMN_MOVED, /* done when table has the column to, and name no more */
    CS_PROBE_KEY_MADE,     /* the same of a key */
    CS_PROBE_KEY_GONE,
    CS_PROBE_REPLACE, /* harmless when columns names all columns of the primary key */
    CS_PROBE_INSERT,  /* harmless as INSERT IGNORE under the same condition; not done when table is empty */
    CS_PROBE_INSERT_SELECT, /* not done when table is empty */
    CS_PROBE_UPDATE         /* not done when rows that fit where are there, and none of them has equal */
};

/* Slices of the statement; names without quotes. */
struct cs_probe {
    enum cs_probe_kind kind;
    struct str table;
    struct str name;
    struct str to;
    struct str columns; /* between the parentheses; "" when none are named, which stands for all */
    struct str where;   /* a condition, or "" for all rows */
    struct str equal;   /* "column <=> literal" is its meaning: column = literal as it stands */
    size_t insert_end;  /* behind the word INSERT */
};
void cs_probe_read(struct str statement, struct cs_probe *out);

/* Whether the names between the parentheses of a list have that one. */
bool cs_probe_names(struct str columns, struct str name);

#endif
