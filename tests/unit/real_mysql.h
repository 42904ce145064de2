/*
 * A real database server for tests. tests/e2e/mysql.bats starts one and names it here:
 *
 *   TEST_DB_SOCKET    its socket, with a root that has no password; without it nothing is tested
 *   TEST_DB_PORT      TCP on 127.0.0.1
 *   TEST_DB_FLAVOUR   "mariadb" or "mysql9"
 *
 * Where a call says so, what fails ends the test.
 */
#ifndef TESTS_REAL_MYSQL_H
#define TESTS_REAL_MYSQL_H

#include "base/buf.h"
#include "db/mysql.h"

extern struct mysql *real_root; /* logged in by the socket; NULL without a server */
extern struct err real_err;     /* of the last call that failed */

/* False without a server. */
bool real_begin(void);
void real_end(void);
/* Skips the test without a server. */
void real_need(void);
bool real_is_mysql9(void);

/* To be freed. */
struct mysql_opts real_options(const char *user, const char *password, bool tcp);
struct mysql *real_try_open(const char *user, const char *password, bool tcp);
struct mysql *real_open(const char *user, const char *password, bool tcp); /* or ends the test */

/* All end the test when the server refuses. */
void real_run(struct mysql *m, const char *sql);
struct buf real_value(struct mysql *m, const char *sql); /* to be freed */
void real_assert_value(struct mysql *m, const char *sql, const char *expected);

/* An account anew, with all rights on test_client; how is what follows its name in CREATE USER. */
void real_account(const char *name, const char *how);

#endif
