/* Credentials from an option file of MySQL or MariaDB, as --db-defaults-file names one. */
#ifndef DB_MYSQL_CONF_H
#define DB_MYSQL_CONF_H

#include "db/mysql.h"

/*
 * About TLS the file may say ssl-mode (MySQL; VERIFY_CA is taken for VERIFY_IDENTITY), or ssl, skip-ssl,
 * ssl-verify-server-cert and ssl-ca (MariaDB): ssl is MYSQL_TLS_REQUIRED, with ssl-ca or with
 * ssl-verify-server-cert it is MYSQL_TLS_VERIFY, skip-ssl is MYSQL_TLS_OFF. ssl-ca alone leaves it at
 * MYSQL_TLS_AUTO, which verifies by it.
 *
 * Members that the file sets replace those of *o; the rest stays. Errors name the file, never a value.
 */
int mysql_conf_read(const char *path, struct mysql_opts *o, struct err *e);

/* The same from bytes; name is how errors call the file. */
int mysql_conf_parse(struct str bytes, const char *name, struct mysql_opts *o, struct err *e);

#endif
