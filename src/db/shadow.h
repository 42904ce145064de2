/*
 * Loading a dump beside the live tables and changing places with them in one statement.
 *
 * Three ways, the best one that the account may take is chosen and can be asked for:
 *   SHADOW_DATABASE  the dump goes into a database of its own; one RENAME TABLE moves the live tables to a second one
 *                    (the keep database) and the new ones into their place
 *   SHADOW_NAMES     the account may not create databases: the same with other names in the same database
 *   SHADOW_IN_PLACE  neither is possible: the statements are carried out on the live tables. The caller has made a
 *                    snapshot before and has read the dump to its end.
 * Views, triggers and routines can't be renamed across databases: they are tried out in the shadow, and made in the live database right
 * behind the switch; the texts of those they take the place of are noted before.
 *
 * What is about to be done is noted (shadow_opts.note) before it is done, and a table that takes part in the
 * RENAME tells afterwards whether it happened. So shadow_open finds what a killed run left, and shadow_switch and
 * shadow_back can be called again until they succeed.
 */
#ifndef DB_SHADOW_H
#define DB_SHADOW_H

#include "db/mysql.h"
#include "format/sql_facts.h"

#include <signal.h>

enum shadow_mode { SHADOW_AUTO, SHADOW_DATABASE, SHADOW_NAMES, SHADOW_IN_PLACE };

enum shadow_state {
    SHADOW_NONE,     /* nothing of this tag is there, or a load that was cut: to be begun anew */
    SHADOW_READY,    /* loaded and checked; the live tables are untouched */
    SHADOW_SWITCHED, /* the new tables are live, the old ones are kept */
    SHADOW_BACK      /* was switched and switched back */
};

/*
 * The statement that makes a table, with the names of the live ones, for rows that the dump has without a CREATE TABLE: one of exactly these columns,
 * appended to create; columns may be unknown (n is 0: no row). 1, or 0 when there is none: then why says what the user can do, or is left empty; -1.
 */
typedef int shadow_source(void *ctx, const char *table, const char *const *columns, size_t n, struct buf *create, struct err *why);

struct shadow_opts {
    const struct mysql_opts *db; /* how to reach the live database, which it names; its texts are not copied */
    const char *tag;             /* letters and digits, at most 12: tells one load from another on this server */
    enum shadow_mode mode;
    unsigned connections;        /* for loading; 0: as many as help, at most 4 */
    const char *prefix;          /* of the store's tables; "" for none */
    const char *from_prefix;     /* of the tables in the dump when it is another; else NULL */
    bool all_tables;             /* also tables without the prefix; else they are passed over and listed */
    bool may_fail_definers;      /* keep definers as written; else they become the current account */
    bool source_first;           /* as for shadow_pattern; it is also so from the first table on that can't be as the live one */
    shadow_source *source;       /* NULL: rows without a CREATE TABLE go into a table as the live one, which may have more columns */
    bool salvage;                /* of rows with one key in such a table the last one counts, and none is lost that stood in front of a TRUNCATE */
    bool (*repair)(struct str row, struct buf *out); /* gives a row another text; false: it stays. May be NULL */
    void *ctx;                   /* for the callbacks */
    int (*note)(void *ctx, const char *key, struct str value, struct err *e); /* durable; keys begin with "db." */
    bool (*noted)(void *ctx, const char *key, struct buf *value);
    void (*progress)(void *ctx, const char *what, uint64_t done, uint64_t total); /* may be NULL */
    const volatile sig_atomic_t *stop; /* may be NULL */
};

/* What a load did, for the summary. Texts belong to the shadow. */
struct shadow_report {
    enum shadow_mode mode;
    size_t tables, views, triggers, routines;
    uint64_t rows, bytes, statements;
    unsigned connections;
    VEC(const char *) passed_over; /* tables of the dump that were not loaded, for they are not the store's */
    VEC(const char *) staying;     /* live tables of the store that the dump does not hold: left as they are */
    VEC(const char *) remarks;     /* definers changed, character set raised, statements passed over… */
};

/* What makes a table whose rows the dump has alone. */
enum shadow_pattern { SHADOW_AS_LIVE, SHADOW_AS_SOURCE };

/*
 * The live table when it has exactly these columns (whatever it has, when n is 0) and not less of a primary key and AUTO_INCREMENT than the
 * source's, else that. source_first: the live tables are known to be of another version, where equal names of columns prove nothing: the
 * source's where it has one. ERR_REFUSED names the columns that differ. m is a session in the live database; source may be NULL.
 */
int shadow_pattern(struct mysql *m, const char *table, const char *const *columns, size_t n, bool source_first, shadow_source *source, void *ctx,
                   enum shadow_pattern *how, struct buf *create, struct err *e);

struct shadow;

/* Connects, chooses the mode, looks for what an earlier run of this tag left. */
int shadow_open(struct shadow **out, const struct shadow_opts *o, struct err *e);
enum shadow_state shadow_state(const struct shadow *s);
enum shadow_mode shadow_mode(const struct shadow *s);
const char *shadow_where(const struct shadow *s); /* "database shop__tk_…", in words, for messages */

/*
 * Loading: begin, for every file of the dump in order shadow_file and any number of shadow_feed, then end, which checks (rows
 * of every table against the dump, the dump's own end mark) and leaves SHADOW_READY. An error names file, line, byte, the
 * server's words and the front of the statement; the live tables are untouched (but for SHADOW_IN_PLACE), and what was loaded is dropped:
 * the load has to be begun anew. facts is the caller's, initialised, gathered along the way; shadow_load_end calls sql_facts_end.
 */
int shadow_load_begin(struct shadow *s, struct sql_facts *facts, struct err *e);
int shadow_file(struct shadow *s, const char *name, struct err *e);
int shadow_feed(struct shadow *s, struct str bytes, struct err *e);
int shadow_file_end(struct shadow *s, struct err *e);
int shadow_load_end(struct shadow *s, struct err *e);

/* Changes places. From SHADOW_READY; on SHADOW_SWITCHED it completes what may be missing and is otherwise without effect. */
int shadow_switch(struct shadow *s, struct err *e);

/* Changes back: the live database is as it was before shadow_switch, rows written since into the new tables are in the tables that are put aside. */
int shadow_back(struct shadow *s, struct err *e);

/* Looks again: the live tables are those that were loaded (or, after shadow_back, those from before). The report counts them. */
int shadow_recheck(struct shadow *s, struct err *e);

/* Drops what is kept beside the live tables: for good. *bytes (may be NULL) is what the server says they took. */
int shadow_drop(struct shadow *s, uint64_t *bytes, struct err *e);

const struct shadow_report *shadow_report(const struct shadow *s);
void shadow_close(struct shadow *s); /* NULL is fine; nothing is dropped */

const char *shadow_mode_name(enum shadow_mode m); /* "database", "names", "in-place" */

#endif
