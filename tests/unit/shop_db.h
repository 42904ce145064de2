/*
 * A store's database on a real server, whose socket TEST_DB_SOCKET names (root without a password). What fails ends the test, but where
 * a call says otherwise.
 */
#ifndef TESTS_SHOP_DB_H
#define TESTS_SHOP_DB_H

#include "platform/platform.h"

/* False without a server. */
bool shop_db_there(void);
/* Skips the test without a server. */
void shop_db_need(void);

/* An empty database of that name; one that is there is dropped. */
void shop_db_make(const char *name, const char *charset);
/* Names server and database in the store's settings, and logs in. */
void shop_db_use(struct store *s, const char *name);

void shop_db_run(struct store *s, const char *sql);
/* All rows of a query, cells with "|" and rows with ";" behind them; NULL is that word. */
void shop_db_rows(struct store *s, const char *query, struct buf *out);
void shop_db_rows_are(struct store *s, const char *query, const char *want);

#endif
