/*
 * What a statement of a dump does and to which table, and the same statement with other names: enough SQL to load a
 * dump beside the live tables, and to refuse what reaches out of its own database.
 */
#ifndef FORMAT_SQL_STATEMENT_H
#define FORMAT_SQL_STATEMENT_H

#include "base/buf.h"
#include "base/str.h"

#include <stdbool.h>

enum sql_kind {
    SQL_NOTHING, /* empty, or a comment alone */
    SQL_CREATE_TABLE,
    SQL_DROP_TABLE,
    SQL_ALTER_TABLE,
    SQL_ALTER_KEYS, /* ALTER TABLE … DISABLE KEYS or ENABLE KEYS alone */
    SQL_CREATE_INDEX,
    SQL_TRUNCATE,
    SQL_INSERT_INTO, /* also REPLACE; as a head or whole (INSERT … SET, INSERT … SELECT is SQL_REFUSED) */
    SQL_LOCK_TABLES,
    SQL_UNLOCK_TABLES,
    SQL_CREATE_VIEW,
    SQL_DROP_VIEW,
    SQL_CREATE_TRIGGER,
    SQL_DROP_TRIGGER,
    SQL_CREATE_ROUTINE, /* PROCEDURE or FUNCTION */
    SQL_DROP_ROUTINE,
    SQL_CREATE_EVENT,
    SQL_DROP_EVENT,
    SQL_SET,         /* session variables, character set and user variables; SET GLOBAL and the like are SQL_REFUSED */
    SQL_TRANSACTION, /* START TRANSACTION, BEGIN, COMMIT, SAVEPOINT … */
    SQL_USE,
    SQL_CREATE_DATABASE,
    SQL_ALTER_DATABASE,
    SQL_READ,   /* SELECT without INTO, SHOW, ANALYZE, CHECK, FLUSH: not needed for a restore, passed over; also
                   SET GLOBAL GTID_PURGED, which mysqldump writes of its own accord and which must not be executed */
    SQL_REFUSED /* why says why; everything that is not known stands here as well */
};

/* A name as it stands in a text, and what it means. */
struct sql_name {
    struct str db;     /* unquoted, "" when there is none; doubled quotes stay doubled */
    struct str name;   /* the same */
    size_t from, to;   /* the place of all of it, with db and quotes, in the text */
};

struct sql_statement {
    enum sql_kind kind;
    struct sql_name table; /* table, view, trigger, routine, event or database it is about; the first of several */
    struct sql_name on;    /* the table of a trigger or an index */
    bool temporary;
    bool ignore;           /* INSERT IGNORE */
    bool replace;          /* REPLACE INTO */
    const char *why;       /* for SQL_REFUSED, a constant text */
    unsigned server;       /* as sql_statement_read was told */
    bool mariadb;
};

/*
 * Reads a statement or the head of an INSERT. Executable comments count as what is in them when a server of
 * version `server` (101106 is 10.11.6) of that kind would execute them; a statement of nothing but comments that
 * it would not execute is SQL_NOTHING.
 */
void sql_statement_read(struct str text, unsigned server, bool mariadb, struct sql_statement *out);

/*
 * For what sql_statement_read does not see: a row that is not plain, and what stands behind the last row. NULL, or a
 * constant text that says why it is refused: it reads from tables or files or calls what has effects of its own.
 */
const char *sql_values_refused(struct str text, unsigned server, bool mariadb);

/* The character set that a SQL_SET names for what follows in the dump, without quotes; false when it names none. */
bool sql_set_charset(struct str text, struct str *charset);
/* The value, as written, that a SQL_SET gives a session variable; name is given in capitals. */
bool sql_set_variable(struct str text, const char *name, struct str *value);

/* How names are written anew. Appends the new name, quoted, to out; nothing appended: the name stays as it stands. */
typedef void sql_rename(void *arg, const struct sql_name *name, struct buf *out);

/* How definers are dealt with: mysqldump writes the account that made a view, which need not exist here. */
enum sql_definer { SQL_DEFINER_KEEP, SQL_DEFINER_CURRENT_USER };

struct sql_rewrite {
    sql_rename *rename; /* NULL: none is changed. Called for every table and view name, also behind REFERENCES, ON of
                           a trigger, LOCK TABLES, several in DROP TABLE, and FROM and JOIN of a view */
    void *arg;
    enum sql_definer definer;
};

/* Appends the statement (or head) with other names and definers; everything else byte for byte. */
void sql_statement_rewrite(struct str text, const struct sql_statement *st, const struct sql_rewrite *how,
                           struct buf *out);

/* What of a CREATE TABLE the loader wants to know. */
struct sql_table_shape {
    struct str engine; /* "InnoDB", "" when it isn't said; as written */
    bool foreign_keys;
    bool generated;    /* has generated columns */
};
void sql_table_shape(struct str create, struct sql_table_shape *out);

/*
 * Parts a CREATE TABLE from the keys that can be built when the rows are there: plain and full text keys that no
 * AUTO_INCREMENT column needs and no foreign key of the table. create gets the rest; keys gets "ADD KEY …, ADD …" for an ALTER TABLE in
 * the same order, or nothing. False when the statement is not of the form SHOW CREATE TABLE writes: it is to be used as it is.
 */
bool sql_table_part_keys(struct str text, struct buf *create, struct buf *keys);

#endif
