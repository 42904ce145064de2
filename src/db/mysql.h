/*
 * Client for MySQL 5.5–9 and MariaDB 5.5–12: one session over a unix socket or TCP, text protocol,
 * results streamed row by row.
 *
 * A session belongs to one thread. Sessions share nothing, so threads with sessions of their own need no
 * lock; the options may be shared as long as nobody changes them. Nothing is sent twice by itself: a
 * statement whose answer was lost may or may not have been carried out, and only the caller knows whether it
 * can be repeated (mysql_reopen). The server is not trusted: it can't ask for local files or, outside of TLS
 * and unix sockets, for a password in clear text, and every length it names is checked. An answer that
 * breaks the protocol ends the session.
 *
 * Errors: the server's own refusals are ERR_DB with db_code and db_state and leave the session usable. A
 * lost connection is ERR_DB too (db_code is 0 unless the server said why); mysql_alive is false from then
 * on. Bytes that are not of the protocol are ERR_FORMAT and end the session. Texts never hold a password,
 * nor a statement that may hold one; bytes of the server stand in them as they came.
 */
#ifndef DB_MYSQL_H
#define DB_MYSQL_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mysql;
struct mysql_netops;

/*
 * When TLS is used. It is TLS 1.2 – with a server that need not prove who it is also 1.0 and 1.1, as old
 * ones have no other –, and never given up silently: where it is to be used, a server that does not offer it
 * is told nothing, not even the user's name.
 *
 * MYSQL_TLS_AUTO      Over TCP to another machine TLS is used if the server offers it, with any certificate:
 *                     that keeps listeners out, but not somebody who stands in between, as little as the
 *                     plain connection does that the store itself uses. With ca set, as MYSQL_TLS_VERIFY
 *                     over TCP. Over a unix socket and within this machine there is no TLS; only when the
 *                     server refuses the log-in and offers TLS, it is tried once more with it, as accounts
 *                     with REQUIRE SSL want it.
 * MYSQL_TLS_OFF       Never.
 * MYSQL_TLS_REQUIRED  Always, also over a unix socket, with any certificate.
 * MYSQL_TLS_VERIFY    Always, and the certificate has to lead to one of the authorities in ca (without it, of
 *                     the system), to be valid now, and to name the host (an address in digits as an
 *                     address). Over a unix socket, which is proven by its owner, it need not name anything.
 */
enum mysql_tls { MYSQL_TLS_AUTO, MYSQL_TLS_OFF, MYSQL_TLS_REQUIRED, MYSQL_TLS_VERIFY };

/* Times are milliseconds. A zeroed struct with what is known filled in is what mysql_open takes. */
struct mysql_opts {
    char *host;         /* NULL, "" or "localhost": the unix socket if there is one */
    unsigned port;      /* 0: 3306 */
    char *socket;       /* NULL or "": looked for in the usual places */
    char *user;         /* NULL: "" */
    char *password;     /* NULL: none */
    char *database;     /* NULL or "": none chosen */
    char *charset;      /* NULL: "utf8mb4", or "utf8" where the server is too old for it */
    const char *sql_mode; /* a constant, set after each log-in, as the store's own code does; NULL: the server's */
    enum mysql_tls tls; /* zero: MYSQL_TLS_AUTO */
    char *ca; /* NULL or "": the system's; else a file of certificates (PEM) that are trusted instead */
    unsigned connect_ms; /* for connecting and logging in together; 0: 10 seconds */
    unsigned io_ms; /* the longest silence of a busy server; 0: 10 minutes. A long ALTER TABLE is silence. */
    const struct mysql_netops *net; /* NULL: the system's (mysql_net.h); not owned */
};

/* Replaces *field by a copy of value; the bytes it held are wiped. value.p == NULL leaves NULL. */
void mysql_opts_set(char **field, struct str value);
/* Wipes and frees all fields. */
void mysql_opts_free(struct mysql_opts *o);
/* A copy that owns its fields, for sessions to be opened after the original is gone; for mysql_opts_free. */
struct mysql_opts mysql_opts_copy(const struct mysql_opts *o);

/* "auto", "off", "required" or "verify"; false for other words. */
bool mysql_tls_parse(struct str word, enum mysql_tls *out);

struct mysql_done {
    uint64_t affected;
    uint64_t insert_id;
    unsigned warnings;
};

struct mysql_cell {
    struct str s; /* empty when is_null */
    bool is_null;
};

struct mysql_column {
    struct str name;
    unsigned type;  /* the protocol's MYSQL_TYPE_…, e.g. 3 LONG, 252 BLOB, 253 VAR_STRING */
    unsigned flags; /* the protocol's column flags */
    bool binary;    /* bytes without a character set */
};

/*
 * Connects, logs in, sets the character set and learns the server's limits. A socket that o names is the
 * only one tried; without one the usual places are tried and then TCP on 127.0.0.1. A log-in is tried twice
 * in the one case that MYSQL_TLS_AUTO names. *out is for mysql_close, and NULL on errors. The session keeps
 * neither o nor the password.
 */
int mysql_open(struct mysql **out, const struct mysql_opts *o, struct err *e);

/* Takes leave of the server if it is listening. NULL is fine. */
void mysql_close(struct mysql *m);

/*
 * Connects a lost session again. Refused (ERR_REFUSED) when the connection was lost inside a transaction
 * or in the middle of a result: what was done is gone then, and the caller has to begin that work anew
 * with mysql_open. Session variables, temporary tables and locks are lost in any case. On other errors
 * the session stays lost and can be tried again.
 */
int mysql_reopen(struct mysql *m, const struct mysql_opts *o, struct err *e);

/* Sends one statement and reads its answer; rows, should it give some, are read and dropped. done may be NULL. */
int mysql_exec(struct mysql *m, struct str sql, struct mysql_done *done, struct err *e);

/*
 * Sends one statement whose rows mysql_row then gives: 1 a row, 0 the end, -1 an error; without a row
 * *cells is NULL. Cells lie in the session's memory and are valid until the next call. Before the next
 * statement the rows have to be read to their end, or away with mysql_skip. A statement without rows has
 * mysql_columns 0 and no row.
 */
int mysql_query(struct mysql *m, struct str sql, struct err *e);
int mysql_row(struct mysql *m, const struct mysql_cell **cells, struct err *e);
int mysql_skip(struct mysql *m, struct err *e);

/* Warnings of the last answer with rows, once it is read to its end. */
unsigned mysql_warnings(const struct mysql *m);

/* Columns of the last query, valid until the next statement. */
size_t mysql_columns(const struct mysql *m);
struct mysql_column mysql_column(const struct mysql *m, size_t i);
struct str mysql_column_name(const struct mysql *m, size_t i);

/* The first cell of the first row is appended to out; *found is false when there is no row or it is NULL. */
int mysql_value(struct mysql *m, struct str sql, struct buf *out, bool *found, struct err *e);

/*
 * Appends a literal that stands for exactly these bytes: quoted where the text is good in the session's
 * character set, hexadecimal where not. Follows NO_BACKSLASH_ESCAPES of the session. Not for sessions in
 * which a statement chose a character set outside the utf8 family (SET NAMES gbk).
 */
void mysql_quote(const struct mysql *m, struct buf *out, struct str text);
void mysql_quote_id(struct buf *out, struct str name); /* `name` */

/*
 * Appends SQL. Conversions:
 *   %s  const char *   quoted literal; NULL gives the word NULL     %S  the same from a struct str
 *   %i  const char *   quoted identifier                            %I  the same from a struct str
 *   %t  const char *, const char *: one identifier joined from two parts (table prefix and name)
 *   %d int  %u unsigned  %D int64_t  %U uint64_t                    %%  a per cent sign
 * fmt is a constant of the program. After any other conversion the rest stands as written, so that the
 * server refuses the statement.
 */
void mysql_sqlf(const struct mysql *m, struct buf *out, const char *fmt, ...);

/* As the server names itself, without the "5.5.5-" that MariaDB puts in front. */
const char *mysql_server_version(const struct mysql *m);
unsigned mysql_version_number(const struct mysql *m); /* 10.11.6 is 101106 */
bool mysql_is_mariadb(const struct mysql *m);
uint64_t mysql_max_packet(const struct mysql *m); /* statements stay below this many bytes, by 2 */
const char *mysql_where(const struct mysql *m);   /* server, user and database in words, for messages */
/* How the bytes go: "unix socket", "TCP, not encrypted", "TLS 1.2, <cipher>, server verified" or the same
 * with "server not verified". */
const char *mysql_transport(const struct mysql *m);
uint32_t mysql_thread(const struct mysql *m); /* the server's number for this connection */

/* As of the last answer that was no error: the server says nothing about it in an error. */
bool mysql_in_transaction(const struct mysql *m);

/* False when the connection is known to be lost; asks the system, sends nothing. */
bool mysql_alive(struct mysql *m);

/* The silence allowed from here on, as io_ms of the options; for statements known to take long. */
void mysql_set_timeout(struct mysql *m, unsigned io_ms);

#endif
