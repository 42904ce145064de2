/*
 * Option files of MySQL and MariaDB (my.cnf): what a client needs to log in.
 *
 * Read as the servers' own clients read them: lines of "name = value" below "[group]"; '-' and '_' in
 * names are the same; lines beginning with '#' or ';' are comments, and outside quotes a '#' ends any
 * line – also in the middle of a password, which therefore has to be quoted; quotes around a value are
 * taken off; \b \t \n \r \s (a blank) \\ \" \' are known, other backslashes stay. The last line for a
 * name wins. Other groups, other names and !include lines are passed over.
 */
#ifndef FORMAT_MYCNF_H
#define FORMAT_MYCNF_H

#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>

enum mycnf_flag { MYCNF_UNSET, MYCNF_OFF, MYCNF_ON };

/* p is NULL where the file says nothing; a name without a value gives NULL too. */
struct mycnf {
    struct str user;
    struct str password;
    struct str host;
    struct str port;
    struct str socket;
    struct str database;
    struct str charset;
    struct str ssl_ca;
    struct str ssl_mode;
    enum mycnf_flag ssl;        /* also from skip-ssl and the like */
    enum mycnf_flag ssl_verify; /* ssl-verify-server-cert */
    unsigned ssl_mode_line;
    unsigned port_line;    /* for messages about its value */
    unsigned include_line; /* of the first !include or !includedir, or 0 */
};

/*
 * Reads the groups [client], [client-server], [client-mariadb] and [mysql]. The values lie in room, which
 * has to be as long as bytes at least and is the caller's to wipe: one of them is a password. Errors name
 * the line, never its value.
 */
int mycnf_parse(struct str bytes, char *room, struct mycnf *out, struct err *e);

#endif
