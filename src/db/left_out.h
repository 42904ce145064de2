/*
 * MariaDB, and MySQL before 8, leave tables out of answers from information_schema while another session changes them, if the asking
 * session holds a lock of any kind or has read in a transaction; all there is to tell is a warning. What is missing in an answer is
 * then taken for absent. So whoever holds locks asks like this:
 *
 *   unsigned tries = 0;
 *   do {
 *       forget the answer; ask; read the answer to its end;
 *   } while (r == 0 && (r = left_out_again(m, &tries, e)) > 0);
 */
#ifndef DB_LEFT_OUT_H
#define DB_LEFT_OUT_H

#include "db/mysql.h"

/* 1: the last answer lacks something, a pause was made and it has to be asked for again; 0: it is whole; -1: ERR_LOCKED names the table
 * that has been held for long, or the connection is lost. *tries is 0 before the first call. */
int left_out_again(struct mysql *m, unsigned *tries, struct err *e);

#endif
