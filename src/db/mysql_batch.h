/*
 * Many rows by few statements: rows are gathered behind one "INSERT … VALUES" and sent whenever the next
 * one would not fit.
 *
 *     struct mysql_batch b = {0};
 *     mysql_batch_begin(&b, m, STR("INSERT INTO `t` (`a`, `b`) VALUES "), STR(""));
 *     for (…) {
 *         mysql_sqlf(m, mysql_batch_row(&b), "(%s, %d)", …);
 *         if (mysql_batch_add(&b, e) != 0) …
 *     }
 *     if (mysql_batch_end(&b, e) != 0) …
 *     mysql_batch_free(&b);
 */
#ifndef DB_MYSQL_BATCH_H
#define DB_MYSQL_BATCH_H

#include "db/mysql.h"

struct mysql_batch {
    struct mysql *m;
    struct buf sql;
    struct buf row;
    struct str head;   /* the caller's, like tail; both have to stay until the end */
    struct str tail;   /* e.g. " ON DUPLICATE KEY UPDATE …" */
    size_t limit;      /* of one statement, in bytes */
    size_t waiting;    /* rows in sql */
    uint64_t rows;     /* sent and carried out */
    uint64_t affected; /* as the server counts */
    uint64_t warnings;
};

void mysql_batch_begin(struct mysql_batch *b, struct mysql *m, struct str head, struct str tail);

/* An empty buffer for the next row, with its parentheses. */
struct buf *mysql_batch_row(struct mysql_batch *b);

/* Takes that row; sends the ones before it if there is no room for both. */
int mysql_batch_add(struct mysql_batch *b, struct err *e);

/* Sends what is left. Rows of a statement that failed are not sent again. */
int mysql_batch_end(struct mysql_batch *b, struct err *e);

void mysql_batch_free(struct mysql_batch *b);

#endif
