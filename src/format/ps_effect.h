/*
 * What a statement of an upgrade script brings about, as far as a database shows it afterwards: tables, columns, keys, rows. Upgrade
 * scripts are written by hand, so the forms of SQL are more than dumps have; what is not understood is PS_DOES_OTHER or
 * PS_CHANGE_OTHER, never guessed.
 */
#ifndef FORMAT_PS_EFFECT_H
#define FORMAT_PS_EFFECT_H

#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"

#include <stdbool.h>

enum ps_does {
    PS_DOES_NOTHING, /* SELECT, a comment alone */
    PS_DOES_SESSION, /* SET, CREATE TEMPORARY TABLE: of the session, and what comes behind may build on it */
    PS_DOES_CREATE,
    PS_DOES_DROP,    /* tables */
    PS_DOES_RENAME,  /* tables: names in pairs */
    PS_DOES_ALTER,   /* also CREATE INDEX and DROP INDEX */
    PS_DOES_TRUNCATE,
    PS_DOES_INSERT,
    PS_DOES_REPLACE,
    PS_DOES_UPDATE,
    PS_DOES_DELETE,
    PS_DOES_DATABASE, /* ALTER DATABASE */
    PS_DOES_OTHER
};

enum ps_change_kind {
    PS_CHANGE_ADD,         /* column; def */
    PS_CHANGE_DROP,        /* column */
    PS_CHANGE_CHANGE,      /* column name to `to`, which may be the same; def */
    PS_CHANGE_MODIFY,      /* column; def */
    PS_CHANGE_ADD_KEY,     /* name, or that of its first column when it is not named */
    PS_CHANGE_DROP_KEY,
    PS_CHANGE_ADD_PRIMARY,
    PS_CHANGE_DROP_PRIMARY,
    PS_CHANGE_CONVERT,     /* character set of all text columns: name; collation or "": to */
    PS_CHANGE_RENAME,      /* the table: to */
    PS_CHANGE_OTHER
};

struct ps_change {
    enum ps_change_kind kind;
    bool named; /* of a key */
    struct str name;
    struct str to;
    struct str def; /* of a column, as written, without its place (AFTER, FIRST) */
};

struct ps_value {
    struct str text; /* as written */
    bool constant;   /* one string or number: a row can be looked for by it */
};

/* Slices are of the statement. */
struct ps_effect {
    enum ps_does does;
    struct str table;          /* without quotes and database */
    VEC(struct str) tables;    /* all of DROP, in pairs of RENAME; of CREATE the columns */
    VEC(struct ps_change) changes; /* of ALTER */
    VEC(struct str) columns;   /* of INSERT, when it names them; those that UPDATE sets */
    VEC(struct ps_value) values; /* of INSERT … VALUES, row by row */
    size_t width;              /* of a row; 0: the rows are not known (INSERT … SELECT) */
    bool if_exists;            /* or IF NOT EXISTS */
    bool selects;              /* INSERT or CREATE with a SELECT */
    struct str query;          /* that SELECT of an INSERT, up to the statement's end */
    bool repeatable;           /* carried out twice it does what once does, or the server refuses it with an error that the module forgets */
    const char *why;           /* why it is not repeatable */
};

void ps_effect_read(struct str sql, struct ps_effect *out);
void ps_effect_free(struct ps_effect *x);

/* Whether the statement has the word (a table, a @variable) outside of strings, quoted or not. */
bool ps_effect_names(struct str sql, struct str word);

/* A column definition made comparable. */
struct ps_column {
    struct buf type;    /* "varchar(191)", "int unsigned", without display width; "" when it can't be told */
    bool nullable;
    bool null_known;    /* timestamps and keys have rules of their own */
    bool has_default;
    struct buf text;    /* of a default that is a string or number, without quotes */
    bool default_known;
};

void ps_column_read(struct str def, struct ps_column *out);
/* The type alone, as information_schema has it. */
void ps_column_type(struct str type, struct buf *out);
void ps_column_free(struct ps_column *x);

/* Whether the module writes an error of that number down and forgets it: table or column there already, not there, duplicate row or key. */
bool ps_error_is_forgotten(unsigned code);

#endif
