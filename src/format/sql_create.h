/* What CREATE TABLE and ALTER TABLE may hold. */
#ifndef FORMAT_SQL_CREATE_H
#define FORMAT_SQL_CREATE_H

#include "format/sql_words.h"

/* Behind the table's name; NULL, or why the statement is refused. All of it is taken. */
const char *sql_create_refused(struct sql_words *w);
const char *sql_alter_refused(struct sql_words *w);

#endif
