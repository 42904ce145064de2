/* What the files of the database client share about a session; nobody else includes this. */
#ifndef DB_MYSQL_SESSION_H
#define DB_MYSQL_SESSION_H

#include "base/mem.h"
#include "db/mysql.h"
#include "db/mysql_wire.h"

/* Status flags of the server. */
#define MYSQL_STATUS_IN_TRANS             0x0001u
#define MYSQL_STATUS_AUTOCOMMIT           0x0002u
#define MYSQL_STATUS_MORE_RESULTS         0x0008u
#define MYSQL_STATUS_NO_BACKSLASH_ESCAPES 0x0200u

/* Room for the beginning of a statement in an error text. */
#define MYSQL_EXCERPT 256

enum mysql_state {
    MYSQL_LOST, /* no connection */
    MYSQL_IDLE,
    MYSQL_ROWS /* rows of a result are still to come */
};

/* How a connection is to be protected. */
enum mysql_channel {
    MYSQL_CHANNEL_PLAIN,
    MYSQL_CHANNEL_OFFERED, /* by TLS if the server offers it, whoever it is */
    MYSQL_CHANNEL_TLS,     /* by TLS, whoever the server is */
    MYSQL_CHANNEL_VERIFIED /* by TLS, and the server has to prove who it is */
};

struct mysql {
    struct mysql_wire wire;
    enum mysql_state state;
    bool lost_busy; /* the connection was lost inside a transaction or a result */
    bool mariadb;
    bool tls_offered; /* by the server's greeting */
    bool verified;    /* by TLS the server has proven who it is */
    bool mb4;         /* the session's character set holds all of Unicode */
    unsigned status;
    unsigned warnings; /* of the last result */
    unsigned version;
    uint32_t thread;
    uint64_t max_packet;
    char *version_text;
    char *where;
    char *transport;
    struct arena columns_mem;
    struct mysql_column *columns;
    struct mysql_cell *cells;
    size_t column_count;
    char excerpt[MYSQL_EXCERPT]; /* of the statement whose rows are read */
};

/* mysql_login.c: greeting, log-in and all that the plugins ask for, on a connected wire. host is the server's
 * name as far as a certificate has to hold it, or NULL. Fills the session's version, thread and status. The
 * error says nothing of host and user. */
int mysql_login(struct mysql *m, const struct mysql_opts *o, const char *host, enum mysql_channel channel,
                struct err *e);

/* mysql_tls.c */

/* What the options mean for this connection. */
enum mysql_channel mysql_tls_channel(const struct mysql_opts *o, const struct mysql_net *n);
/* The handshake; the server awaits it. */
int mysql_tls_start(struct mysql *m, const struct mysql_opts *o, const char *host, bool verify,
                    struct err *e);
/* True when a refusal without TLS may be one for the lack of it. */
bool mysql_tls_may_help(const struct mysql *m, const struct mysql_opts *o, const struct err *e);

/* mysql_error.c */

/* True for a packet in which the server reports an error. */
bool mysql_error_is(struct str packet);
/* Fills e from such a packet. statement is an excerpt or NULL. If it is cut short, e is ERR_FORMAT. */
int mysql_error_set(struct err *e, struct str packet, const char *statement);
/* The beginning of a statement on one line: long literals are shortened, and of a statement that may
 * hold a password only its first word is left. */
void mysql_error_excerpt(char out[MYSQL_EXCERPT], struct str sql);

/* mysql.c */

/* Closes the connection and notes what it was lost in. */
void mysql_lose(struct mysql *m);
void mysql_forget_columns(struct mysql *m);
/* Reads status and counters of an OK packet. */
int mysql_ok(struct mysql *m, struct str packet, struct mysql_done *done, struct err *e);

#endif
