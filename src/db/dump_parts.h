/* What the files of the dump writer share; nobody else includes this. */
#ifndef DB_DUMP_PARTS_H
#define DB_DUMP_PARTS_H

#include "base/mem.h"
#include "db/dump.h"

/* How a column's values are written so that exactly its bytes come back. */
enum dump_form {
    DUMP_NUMBER, /* bare */
    DUMP_TEXT,   /* of the utf8 family: quoted */
    DUMP_ASCII,  /* of another character set that has ASCII in its place: quoted when it is plain, else as hex */
    DUMP_OTHER,  /* of a character set that hasn't: always hex */
    DUMP_BYTES,  /* no character set: quoted when it reads as text, else as hex */
    DUMP_HEX     /* always hex: the server would take quoted bytes for something else */
};

struct dump_column {
    const char *name;
    const char *charset; /* for DUMP_ASCII and DUMP_OTHER */
    enum dump_form form;
    bool is_float; /* the server shows six digits of it unless it is made a double */
};

struct dump_table {
    const char *name;
    bool is_view;
    bool transactional;
    uint64_t size; /* of its data, by the server's statistics */
};

struct dump {
    const struct dump_opts *o;
    struct mysql *m;
    dump_write *write;
    void *arg;
    struct dump_result *r;
    struct arena mem;
    VEC(struct dump_table) tables;
    VEC(struct dump_table) views;
    uint64_t total, done; /* for progress: estimates, whole and of the tables behind us */
    struct buf out;       /* not written yet */
    struct buf sql;
};

/* dump_list.c: what there is */
int dump_list_tables(struct dump *d, struct err *e);
/* The columns that an INSERT can fill, in d->mem: *n of them. */
int dump_list_columns(struct dump *d, const char *table, struct dump_column **columns, size_t *n, struct err *e);

/* dump_value.c: appends the literal; bytes as they stand in the column's own character set */
void dump_value(struct buf *out, const struct dump_column *c, struct str bytes);
/* A quoted text that survives the command line client as well. */
void dump_quote(struct buf *out, struct str text);

/* dump_rows.c */
int dump_rows(struct dump *d, const struct dump_table *t, struct err *e);

/* dump_code.c: views, triggers, routines */
int dump_views(struct dump *d, struct err *e);
int dump_triggers(struct dump *d, struct err *e);
int dump_routines(struct dump *d, struct err *e);

/* dump.c */

/* Hands d->out on and empties it. */
int dump_flush(struct dump *d, struct err *e);
/* ERR_STOPPED when the user asked. */
int dump_may_go_on(const struct dump *d, struct err *e);
/* Empties d->sql for the next statement and gives it. */
struct buf *dump_sql(struct dump *d);
/* Whether a table of that name is asked for. */
bool dump_wants(const struct dump *d, struct str name);
/* Sets what to do about a table that can't be read. -1. */
int dump_failed(const char *what, const char *name, struct err *e);
/* Which character set cells of results come in: that of the session, or each in its own. */
int dump_results(struct dump *d, bool own, struct err *e);

#endif
