/*
 * What a dump holds and whether it is whole, gathered while it is read: for lists of backups, for the check in front
 * of a restore, and for the report after it.
 */
#ifndef FORMAT_SQL_FACTS_H
#define FORMAT_SQL_FACTS_H

#include "base/mem.h"
#include "format/oc_escape.h"
#include "format/sql_dump.h"
#include "format/sql_statement.h"

enum sql_writer {
    SQL_BY_UNKNOWN,
    SQL_BY_MYSQLDUMP,    /* or mariadb-dump, mydumper excluded */
    SQL_BY_CSCART,       /* CS-Cart's own PHP writer: no comment, no mark at the end */
    SQL_BY_CSCART_MYSQLDUMP,
    SQL_BY_PRESTASHOP,
    SQL_BY_OPENCART,     /* rows alone: TRUNCATE and INSERT */
    SQL_BY_PHPMYADMIN,
    SQL_BY_DANPU,
    SQL_BY_TOOLKIT
};

struct sql_table_facts {
    const char *name; /* in the facts' memory */
    bool created;     /* the dump has its CREATE TABLE */
    bool is_view;
    uint64_t rows;
    uint64_t bytes;
    const char **columns; /* as the head of its first rows names them */
    size_t n_columns;     /* 0: it names none */
    /* Of a table whose rows OpenCart wrote: */
    uint64_t *empty;      /* for each column: how often '' stands there */
    uint64_t again;       /* rows that stood in it before, byte for byte */
    uint64_t again_line, first_line; /* the first of these, and where it stood before */
    uint64_t emptied_line; /* where it is emptied after rows had come; 0: nowhere */
};

enum sql_whole { SQL_WHOLE_UNKNOWN, SQL_WHOLE_YES, SQL_WHOLE_NO };

struct sql_facts {
    struct arena mem;
    VEC(struct sql_table_facts) tables; /* in the order of their first statement */
    enum sql_writer writer;
    enum sql_whole whole;
    char why_not[300];     /* for SQL_WHOLE_NO and _UNKNOWN: what is missing */
    uint64_t statements, rows, bytes;
    size_t triggers, routines, events, views;
    bool four_byte;        /* some text has characters of four bytes */
    char database[200];    /* as the dump names it, or "" */
    char server[64];       /* the version of the server that it was made on, or "" */
    char ended[32];        /* when it was completed, as it says, or "" */
    bool promised;         /* it says how much it holds: */
    uint64_t promised_tables, promised_rows;
    bool rows_alone;       /* it makes not one of its tables: who brings it back needs them from elsewhere */
    bool ends_open;        /* OpenCart's: no blank line stands behind its last table, so rows of that may be missing */
    struct oc_escapes escapes; /* of rows that OpenCart wrote */
    void *own;             /* of sql_facts.c */
};

void sql_facts_init(struct sql_facts *f);
/* Every item that sql_dump_next gave but SQL_MORE, in order. st is of the item where it is a statement or a head, else NULL. */
void sql_facts_item(struct sql_facts *f, const struct sql_item *item, const struct sql_statement *st);
/* At the end of one file of a dump; error is what sql_dump_next said, or NULL. A dump of several files: called after each. */
void sql_facts_file_end(struct sql_facts *f, const struct sql_dump *d, const struct err *error);
/* Judges the whole; called once behind the last file. */
void sql_facts_end(struct sql_facts *f);
void sql_facts_free(struct sql_facts *f);

/* How many of the tables are no views; counted by sql_facts_end. */
size_t sql_facts_tables(const struct sql_facts *f);

const char *sql_writer_name(enum sql_writer w); /* "mysqldump", "CS-Cart", … */

#endif
