/* What the files of the shadow share; nobody else includes this. */
#ifndef DB_SHADOW_PARTS_H
#define DB_SHADOW_PARTS_H

#include "db/load.h"
#include "db/shadow.h"
#include "format/rows_seen.h"

/* The server's limit for a name is 64 characters; bytes are counted here, which is stricter. */
#define SHADOW_NAME_MAX 64u

/* The table that tells by its place and name what has happened: it takes part in every RENAME. */
#define SHADOW_MARK_READY    "ready"
#define SHADOW_MARK_SWITCHED "switched"
#define SHADOW_MARK_BACK     "back"

enum thing_kind { THING_VIEW, THING_PROCEDURE, THING_FUNCTION, THING_TRIGGER, THING_EVENT, THING_KINDS };

/* What is known of a table whose rows the dump has alone. */
struct shadow_alone {
    const char **columns; /* as the first head names them */
    size_t n;
    bool *is_key;         /* for each of them: of the primary key */
    bool has_key;
    uint32_t number;      /* of the table among these */
    uint32_t filled;      /* how often it was filled anew: a TRUNCATE behind rows begins the next time */
    uint64_t first_line, emptied_line;
    uint64_t again, instead; /* rows that came twice; that took the place of another one of their key */
    uint64_t again_line;
    uint64_t *empty;      /* for each column: how often '' stands there */
    bool *may_be_null;
};

/* A table of the dump. */
struct shadow_table {
    struct load_table load; /* first, so that the pool's pointer is this one's */
    const char *name;       /* in the live database */
    const char *in;         /* in the shadow */
    char *create;           /* its CREATE TABLE with the names of the shadow; NULL when there is none yet */
    char *keys;             /* "ADD KEY …" to be made behind the rows; NULL */
    const char *env;        /* SET statement for create */
    const char *file;
    uint64_t line, offset;  /* of the CREATE */
    bool made;              /* stands in the shadow */
    bool from_live;         /* made as the live one, for the dump has rows alone */
    bool is_view;           /* only a name: a view that stands in the shadow */
    bool loose;             /* IGNORE, REPLACE, ON DUPLICATE KEY: rows may be fewer than were sent */
    uint64_t rows;          /* sent */
    uint64_t counted;       /* by the server */
    struct buf columns;     /* of from_live: names, each with a NUL behind */
    bool waits;             /* emptied by the dump, which does not make it: what it is like is told by its first row */
    struct shadow_alone *alone; /* with o.source, of a table that the dump does not make */
};

/* A view, trigger, routine or event of the dump, to be made behind the tables. */
struct shadow_thing {
    enum thing_kind kind;
    const char *name; /* in the live database */
    const char *on;   /* the table of a trigger, "" */
    char *text;       /* as in the dump */
    const char *env;
    const char *file;
    uint64_t line, offset;
    bool made; /* stands in the shadow (views) */
    bool out;  /* left out, a remark says why */
};

struct shadow {
    struct shadow_opts o;
    struct mysql_opts db; /* what o.db points to: the caller's may be gone by then */
    struct arena mem;
    struct shadow_report report;
    enum shadow_mode mode;
    enum shadow_state state;
    char live[SHADOW_NAME_MAX * 4];
    char sh[SHADOW_NAME_MAX * 4];   /* database of the shadow; of SHADOW_NAMES and _IN_PLACE the live one */
    char keep[SHADOW_NAME_MAX * 4]; /* database of the tables put aside */
    char where[300];
    struct mysql *own; /* for questions and for what the dump does not say */
    bool lower_case;   /* the server folds names of tables */
    bool innodb;       /* is the default engine */

    /* of a load */
    struct sql_facts *facts;
    struct sql_dump *dump;
    struct load_pool *pool;
    struct load_session set;  /* gets the SET statements of the dump */
    struct load_session make; /* makes tables */
    bool loading;
    bool env_stale;
    const char *env;   /* the state of set as a statement, fit for rows */
    const char *exact_env;
    const char *file;  /* in mem */
    VEC(const char *) envs;
    VEC(struct shadow_table *) tables;
    VEC(struct shadow_thing) things;
    struct shadow_table *table; /* whose rows are being read; NULL */
    struct load_job *job;       /* being filled; NULL */
    struct buf head_raw;        /* the head of INSERT as in the dump */
    struct buf head;            /* with the names of the shadow */
    struct sql_statement head_st;
    bool skip_rows;             /* of a table that is passed over */
    size_t insert_from;         /* where the rows of the present INSERT begin in job, in rows */
    bool insert_split;          /* some were sent already */
    char database[SHADOW_NAME_MAX * 4 + 1]; /* the one that the dump names; "" */
    bool raised;                /* utf8 was raised to utf8mb4 */
    struct rows_seen seen;      /* keys of rows of tables that the dump does not make */
    uint32_t alone_tables;
    bool from_source;           /* such a table is another than the live one */
    size_t sourced;             /* so many are */
    struct buf row;             /* a row that was given another text */
    uint64_t repaired;
    uint64_t told;
    unsigned mark_next;
    unsigned next_name;         /* of SHADOW_NAMES */
    VEC(const char *) dropped; /* what the dump drops before it makes it, or without making it */
};

/* Sessions of one run besides own, by number; those of the pool come last. */
enum { SESSION_SET, SESSION_MAKE, SESSION_LIVE, SESSION_POOL };
#define SHADOW_SESSIONS 20u

/* ---- shadow.c ---- */
const char *shadow_lock_name(struct shadow *s); /* of own; further sessions have "_<number>" behind it */
/* A session that a later run knows as ours; load_session_close closes it. */
int shadow_session_open(struct shadow *s, unsigned session, struct load_session *out, const char *database,
                        const char *const *setup, struct err *e);
int shadow_note(struct shadow *s, const char *key, const char *value, struct err *e);
void shadow_remark(struct shadow *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool shadow_stopped(const struct shadow *s, struct err *e); /* true: e says so */
void shadow_tell(struct shadow *s, const char *what, uint64_t done, uint64_t total);
int shadow_exec(struct shadow *s, struct buf *sql, struct err *e);      /* on own; sql is emptied */
int shadow_number(struct shadow *s, struct buf *sql, uint64_t *n, struct err *e); /* the same, 0 without a row */
/* The rows of a SELECT with one column, into mem. sql is emptied. */
struct shadow_names {
    const char **v;
    size_t n;
    size_t cap;
};
void shadow_fall_back(struct shadow *s); /* from SHADOW_DATABASE to SHADOW_NAMES */
int shadow_list(struct shadow *s, struct buf *sql, struct shadow_names *out, struct err *e);

/* ---- shadow_names.c ---- */
/* The name in the live database of a table that the dump names, appended to out. */
void shadow_target(const struct shadow *s, struct str name, struct buf *out);
bool shadow_is_stores(const struct shadow *s, struct str target);
struct shadow_table *shadow_table_find(struct shadow *s, struct str target);
struct shadow_table *shadow_table_get(struct shadow *s, struct str target); /* made an entry of when new */
/* The statement with the names of the shadow (into_live: of the live database). ERR_REFUSED when it names a
 * table of another database. The error has no place yet. */
int shadow_rewrite(struct shadow *s, struct str text, const struct sql_statement *st, bool into_live,
                   struct buf *out, struct err *e);
/* All names of tables in a statement, as targets. */
int shadow_all_names(struct shadow *s, struct str text, const struct sql_statement *st,
                     struct shadow_names *out, struct err *e);
bool shadow_own_database(struct shadow *s, struct str db);
/* A database named by USE, CREATE DATABASE…: 0 when it is the dump's only one. */
int shadow_database_named(struct shadow *s, struct str db, struct err *e);
/* "`database`.`name`", by the mode */
void shadow_sh_name(const struct shadow *s, struct buf *out, const char *name);
void shadow_keep_name(const struct shadow *s, struct buf *out, const char *name, size_t index);

/* ---- shadow_table.c, shadow_load.c, shadow_rows.c ---- */
int shadow_make_exec(struct shadow *s, struct str sql, const char *env, struct err *e); /* on make */
void shadow_set_create(struct shadow *s, struct shadow_table *t, struct buf *text); /* text is freed */
int shadow_table_make(struct shadow *s, struct shadow_table *t, bool big, struct err *e);
/* The rows gathered are handed over and the table is made if need be: another one follows. */
int shadow_leave_table(struct shadow *s, struct err *e);
int shadow_rows_head(struct shadow *s, const struct sql_item *item, const struct sql_statement **st, struct err *e);
int shadow_rows_row(struct shadow *s, const struct sql_item *item, struct err *e);
int shadow_rows_end(struct shadow *s, const struct sql_item *item, struct err *e);
void shadow_passed_over(struct shadow *s, const char *target); /* a table that is not the store's */
int shadow_flush(struct shadow *s, bool more, struct err *e);
int shadow_from_live(struct shadow *s, struct shadow_table *t, struct err *e);
/* What the server says of a table is appended; a view's statement says that it is one. */
int shadow_show_create(struct shadow *s, const char *db, const char *table, struct buf *create, struct err *e);
/* The table is made as this statement says, which names live tables, whatever the prefix in the dump is. */
int shadow_set_pattern(struct shadow *s, struct shadow_table *t, struct str text, struct err *e);
void shadow_load_free(struct shadow *s);
/* Ends a load that failed: its threads, and what it made. e stays. */
void shadow_abandon(struct shadow *s);

/* ---- shadow_alone.c: rows of tables that the dump does not make, told by o.source ---- */
/* The table is made in the shadow; list is what stands behind its name in the head of its first rows, or empty. */
int shadow_alone_make(struct shadow *s, struct shadow_table *t, struct str list, struct err *e);
/* Whether another head names the same columns. */
int shadow_alone_head(struct shadow_table *t, struct str list, struct err *e);
/* The dump empties it: 1 when that is to be carried out, 0, -1. */
int shadow_alone_emptied(struct shadow *s, struct shadow_table *t, uint64_t line, struct err *e);
/* What to do with a row. */
enum alone_row { ALONE_TAKE, ALONE_PASS, ALONE_INSTEAD };
int shadow_alone_row(struct shadow *s, struct shadow_table *t, struct str row, uint64_t line, enum alone_row *what, struct err *e);
/* Behind the last row: tables without any are made, and what was found is judged. */
int shadow_alone_end(struct shadow *s, struct err *e);
void shadow_alone_free(struct shadow *s);

/* ---- shadow_env.c ---- */
int shadow_set(struct shadow *s, struct str text, struct err *e);
const char *shadow_env(struct shadow *s, struct err *e); /* for tables and rows; NULL on errors */
/* For views, triggers…, which keep the mode and the character set that they are made with. */
const char *shadow_thing_env(struct shadow *s, struct str text, struct err *e);

/* ---- shadow_things.c ---- */
int shadow_thing_add(struct shadow *s, const struct sql_item *item, const struct sql_statement *st, struct err *e);
void shadow_thing_forget(struct shadow *s, enum sql_kind drop, struct str target);
const char *shadow_thing_word(enum thing_kind kind); /* "VIEW", "TRIGGER"… as SQL says it */
int shadow_things_try(struct shadow *s, struct err *e); /* in the shadow, at the end of a load */

/* ---- shadow_check.c ---- */
int shadow_check(struct shadow *s, struct err *e);

/* ---- shadow_mark.c ---- */
int shadow_mark_find(struct shadow *s, enum shadow_state *state, struct err *e);
/* What was loaded is written down in it, behind the check: from here on the state is SHADOW_READY. */
int shadow_mark_make(struct shadow *s, struct err *e);
void shadow_mark_name(const struct shadow *s, enum shadow_state state, struct buf *out); /* with its database */

enum mark_side { MARK_NEW, MARK_OLD, MARK_SIDES };

/* Of the side of the old ones: all that is replaced is written down. Without it nothing was taken away yet. */
#define MARK_KIND_ALL "all"

/* A line of the marker: a table, view, trigger… of the dump, or one that it takes the place of. */
struct mark_row {
    const char *kind; /* "table", "fk", MARK_KIND_ALL or shadow_thing_word() */
    const char *name;
    const char *extra; /* table: its name in the shadow or when put aside; trigger, fk: the table */
    const char *env;
    struct str body;   /* the statement that makes it in the live database */
    uint64_t rows;     /* of a table of the dump, as the server counted */
};
struct mark_rows {
    struct mark_row *v;
    size_t n;
    size_t cap;
};
int shadow_mark_put(struct shadow *s, enum mark_side side, const struct mark_row *row, struct err *e);
int shadow_mark_take(struct shadow *s, enum mark_side side, const struct mark_row *row, struct err *e);
/* Rows of a side and kind (NULL: all kinds) in the order in which they were put; into mem. */
int shadow_mark_read(struct shadow *s, enum mark_side side, const char *kind, struct mark_rows *out, struct err *e);

/* ---- shadow_end.c ---- */
/* Drops what a load made. keep_too: the tables put aside as well; else it is refused when there are some. */
int shadow_drop_parts(struct shadow *s, bool keep_too, struct err *e);

/* ---- shadow_keys.c: foreign keys, which name databases ---- */
/* Those of the shadow whose tables the dump does not hold are to be about live ones. */
int shadow_keys_loaded(struct shadow *s, struct err *e);
/* SHADOW_NAMES: a CREATE TABLE with names of keys that are free in the live database. */
void shadow_keys_unique(struct shadow *s, struct str text, struct buf *out);
/* Whether the keys of live tables that stay can be about the new tables; ERR_REFUSED names the one that can't. */
int shadow_keys_check(struct shadow *s, const struct mark_rows *tables, struct err *e);
/* Those of live tables that were carried along with what is put aside come back. May be repeated. */
int shadow_keys_repair(struct shadow *s, struct err *e);

/* ---- shadow_live.c: views, triggers, routines and events of the live database ---- */
int shadow_live_note(struct shadow *s, const struct mark_rows *tables, struct err *e); /* as MARK_OLD */
/* Takes away those that a RENAME can't pass: triggers of the tables, views where tables come. */
int shadow_live_clear(struct shadow *s, enum mark_side leaving, struct err *e);
/* Makes those of a side, and takes away those that only the other one has. May be repeated. */
int shadow_live_make(struct shadow *s, enum mark_side side, struct err *e);
int shadow_things_live(struct shadow *s, struct err *e); /* of SHADOW_IN_PLACE */
bool shadow_mark_has(const struct mark_rows *rows, const char *kind, const char *name);

#endif
