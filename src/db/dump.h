/*
 * Writing a dump that this program, mysql and mariadb can read: exact bytes, whatever the columns hold.
 *
 * It is consistent: one transaction where all tables are transactional, else a read lock over all of them; where the
 * account may not lock, the dump is made without and says so. It begins with "-- toolkit dump 1" and ends with
 * "-- toolkit: dump completed, N tables, M rows".
 */
#ifndef DB_DUMP_H
#define DB_DUMP_H

#include "db/mysql.h"

#include <signal.h>

enum dump_consistency { DUMP_BY_TRANSACTION, DUMP_BY_LOCK, DUMP_UNLOCKED };

struct dump_opts {
    const struct mysql_opts *db;
    const char *prefix; /* only tables whose names begin so; "" or NULL: all */
    const char *const *also; /* names without the prefix to be dumped as well, NULL at the end; may be NULL */
    const char *const *heads; /* the same for names that begin so */
    void *ctx;
    void (*progress)(void *ctx, const char *table, uint64_t done, uint64_t total); /* bytes, by the server's estimate; may be NULL */
    const volatile sig_atomic_t *stop; /* may be NULL */
};

struct dump_result {
    size_t tables, views, triggers, routines;
    uint64_t rows, bytes;
    enum dump_consistency consistency;
    char why[300];    /* for DUMP_UNLOCKED: the server's words */
    char remark[300]; /* what the account may not see and the dump therefore lacks, or "" */
};

typedef int dump_write(void *arg, const void *p, size_t n, struct err *e);

/*
 * Sets *total to the bytes that the server's statistics give for the data of the tables that db_dump would write. For proving room: as text
 * they take about as much, compressed a fraction.
 */
int db_dump_estimate(const struct dump_opts *o, uint64_t *total, struct err *e);

/*
 * Dumps the database that o->db names; write gets pieces of about a megabyte. A table or view that can't be read is ERR_DB naming it, and so is
 * a lost connection; ERR_STOPPED when stop was set. What was written until then is no dump: it lacks its last line.
 */
int db_dump(const struct dump_opts *o, dump_write *write, void *arg, struct dump_result *r, struct err *e);

#endif
