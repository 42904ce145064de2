/*
 * A little live database on the server of real_mysql.h, a dump that replaces it, and the shadow (db/shadow.h) that does so. What fails ends
 * the test unless a call gives a result.
 */
#ifndef TESTS_SHADOW_LIVE_H
#define TESTS_SHADOW_LIVE_H

#include "db/shadow.h"
#include "real_mysql.h"

#define LIVE "shadow_live"

/* Tables, rows, a view, a trigger and a routine in place of those of live_fresh. */
extern const char live_new_dump[];

struct live {
    struct mysql_opts db;
    struct shadow_opts o;
    struct shadow *s;
    struct sql_facts facts;
};

/* Setup and teardown of a group. */
int live_begin(void **state);
int live_end(void **state);

/* The database anew, as it was before any dump; what a failed test has left is gone. */
void live_fresh(void);

/* The database is wholly "old", as live_fresh makes it, or wholly "new", as the dump does. */
void live_assert(const char *side);

/* Whether a query gives something other than 0. */
bool live_has(const char *sql);

/* Fails with real_err unless r is 0. */
void live_must(int r);

void live_open(struct live *f, enum shadow_mode mode);
void live_reopen(struct live *f); /* with the options as they are now */
void live_close(struct live *f);
int live_load(struct live *f, struct str text); /* in small pieces */

#endif
