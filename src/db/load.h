/*
 * Carrying out the statements of a dump on several connections side by side.
 *
 * The caller takes an empty job, fills it and gives it; a bounded queue hands jobs to threads with one session each.
 * Jobs of one table keep their order where that is asked for: an exclusive job begins when all earlier ones of its
 * table have ended, later ones wait for it; the jobs of a serial table run one at a time. The first error stops
 * all. With no connections asked for, jobs are carried out by the caller's thread as they are given.
 *
 * The pool belongs to one thread, the struct load_table in it to the pool as long as jobs of it are under way.
 */
#ifndef DB_LOAD_H
#define DB_LOAD_H

#include "base/mem.h"
#include "db/mysql.h"

#include <signal.h>

/* Larger statements gain no speed and cost memory on both sides. */
#define LOAD_PACKET ((size_t)1024 * 1024)
/* So that what is kept about the rows of a statement stays small beside it. */
#define LOAD_ROWS ((size_t)16384)

/* What the pool keeps about one table. */
struct load_table {
    const char *name; /* for messages; the caller's */
    bool serial;      /* one job at a time */
    bool transactional; /* a statement that fails leaves nothing behind */
    unsigned pending; /* jobs given and not yet done */
    unsigned running;
    bool exclusive;   /* an exclusive one is running */
    uint64_t affected; /* rows that the server says its INSERTs made */
    uint64_t warnings;
    char warning[200]; /* the first one's words */
};

enum load_kind { LOAD_ROWS_OF_DUMP, LOAD_STATEMENT, LOAD_VALUE };

/* Where one row of a statement begins in it, and where it stands in the dump, counted from the job's place. */
struct load_row {
    uint32_t at;
    uint32_t line;
    uint32_t offset;
};

struct load_job {
    enum load_kind kind;
    bool exclusive;
    struct load_table *table;
    const char *env; /* SET statement that the session needs, "" for none; compared by address */
    struct buf sql;
    size_t head; /* bytes in front of the first row */
    VEC(struct load_row) rows;
    const char *file; /* the place in the dump of what stands in sql; NULL: not from a dump */
    uint64_t line, offset;
    uint64_t *value; /* LOAD_VALUE: gets the number that the statement selects, read after load_wait */
    struct load_job *next;
};

struct load_session {
    struct mysql *m;
    const char *env;
};

struct load_opts {
    const struct mysql_opts *db;
    const char *database;
    unsigned connections; /* 0: none, the caller's thread does the work */
    const char *const *setup; /* statements for every new session, NULL at the end */
    const char *lock;     /* every session holds the server's lock "<lock>_<number>", by which others find it; NULL: none */
    unsigned lock_from;   /* the number of the first */
    const volatile sig_atomic_t *stop; /* asked while waiting; may be NULL */
    bool may_repeat;      /* rows of a failed statement may be tried one by one, to find the bad one */
};

/* The server's lock of a session, taken at once or not at all; a session's end gives it back. */
int load_session_lock(struct load_session *s, const char *lock, unsigned number, struct err *e);
/* A session with the given database and setup. Also used for the caller's own ones. */
int load_session_open(struct load_session *s, const struct mysql_opts *db, const char *database,
                      const char *const *setup, struct err *e);
int load_session_env(struct load_session *s, const char *env, struct err *e);
void load_session_close(struct load_session *s);

struct load_pool;

/* As many sessions as the server gives, at least one. */
int load_open(struct load_pool **out, const struct load_opts *o, struct err *e);
unsigned load_connections(const struct load_pool *p);
uint64_t load_max_packet(const struct load_pool *p); /* of a statement, in bytes */

/* An empty job, waiting for one if need be. */
struct load_job *load_take(struct load_pool *p);
/* Hands it over; waits while too much memory is bound. -1: a job failed, e says which and why; the pool does no more. */
int load_give(struct load_pool *p, struct load_job *job, struct err *e);
void load_put_back(struct load_pool *p, struct load_job *job); /* not needed after all */
/* Until all jobs of t (NULL: of all tables) are done. -1 as load_give. */
int load_wait(struct load_pool *p, const struct load_table *t, struct err *e);

/* No further job is begun; what is being carried out goes on. */
void load_stop(struct load_pool *p);
/* The server's number of a connection, for KILL QUERY. */
uint32_t load_thread(const struct load_pool *p, unsigned i);

/* Ends the threads behind the statements they carry out; what waits is dropped. NULL is fine. */
void load_close(struct load_pool *p);

/* Puts the place in front of an error and the front of the statement behind it, where it does not stand there yet. */
int load_place(struct err *e, const char *file, uint64_t line, uint64_t offset);

#endif
