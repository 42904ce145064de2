/* Credentials from an option file of MySQL or MariaDB, as --db-defaults-file names one. */
#ifndef DB_MYSQL_CONF_H
#define DB_MYSQL_CONF_H

#include "db/mysql.h"

/* Members that the file sets replace those of *o; the rest stays. Errors name the file, never a value. */
int mysql_conf_read(const char *path, struct mysql_opts *o, struct err *e);

/* The same from bytes; name is how errors call the file. */
int mysql_conf_parse(struct str bytes, const char *name, struct mysql_opts *o, struct err *e);

#endif
