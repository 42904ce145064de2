/* The bytes below a database session: one stream over a unix socket or TCP, with time limits, plain or in
 * TLS. */
#ifndef DB_MYSQL_NET_H
#define DB_MYSQL_NET_H

#include "base/err.h"
#include "sys/tls.h"

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

/* The calls that touch the network; a test gives its own to make the k-th one fail. errno tells why. */
struct mysql_netops {
    void *ctx;
    /* A new non-blocking descriptor; *pending: writable once connected, then finish() tells how it went. */
    int (*connect)(void *ctx, const struct sockaddr *addr, socklen_t len, bool *pending);
    int (*finish)(void *ctx, int fd);
    int (*poll)(void *ctx, struct pollfd *p, int ms);
    ssize_t (*recv)(void *ctx, int fd, void *p, size_t n);
    ssize_t (*send)(void *ctx, int fd, const void *p, size_t n); /* never raises SIGPIPE */
    int (*close)(void *ctx, int fd);
};

extern const struct mysql_netops mysql_net_system;

struct mysql_net {
    const struct mysql_netops *ops;
    int fd;           /* -1: closed */
    unsigned io_ms;   /* longest wait for one byte to move; 0: no limit */
    int64_t deadline; /* mysql_net_now() at which everything ends; 0: none */
    bool local;       /* a unix socket */
    bool loopback;    /* TCP that does not leave this machine */
    struct tls *tls;  /* NULL: bytes go as they are */
};

int64_t mysql_net_now(void); /* milliseconds of a clock that never jumps */

/* Both leave the text to say only what went wrong; whom they called the caller knows. sys is set. */
int mysql_net_unix(struct mysql_net *n, const char *path, struct err *e);
int mysql_net_tcp(struct mysql_net *n, const char *host, unsigned port, struct err *e);

/* From here on everything goes through TLS (tls_start). On errors the connection is good for nothing more. */
int mysql_net_tls(struct mysql_net *n, const struct tls_opts *o, enum tls_fault *why, struct err *e);

/* At least one byte, or -1; the end of the stream is an error. */
ssize_t mysql_net_read(struct mysql_net *n, void *p, size_t size, struct err *e);
int mysql_net_write(struct mysql_net *n, const void *p, size_t size, struct err *e);

/* True when nothing is to be read and the other side has not hung up. */
bool mysql_net_quiet(struct mysql_net *n);

/* Ends TLS in its own words, if it is on, so that the other side knows the end to be meant. */
void mysql_net_bye(struct mysql_net *n);
void mysql_net_close(struct mysql_net *n);

/* The index-th usual place of the server's socket, NULL behind the last. */
const char *mysql_net_usual_socket(size_t index);

/* True when path is a socket that belongs to a system account or to us: anybody can put one into /tmp. */
bool mysql_net_trusted_socket(const char *path);

#endif
