#include "db/mysql_net.h"

#include "base/clock.h"

#include <errno.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define RETRY_MS       20  /* between two tries at a socket whose queue is full */
#define SYSTEM_UID_MAX 999 /* accounts of services lie below the first account of a person */

static int system_connect(void *ctx, const struct sockaddr *addr, socklen_t len, bool *pending)
{
    const int on = 1;
    int fd;

    (void)ctx;
    *pending = false;
    fd = socket(addr->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    if (addr->sa_family != AF_UNIX) {
        /* Only speed and the finding of dead peers depend on these; a refusal changes nothing else. */
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        (void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    }
    if (connect(fd, addr, len) == 0)
        return fd;
    if (errno == EINPROGRESS || (errno == EINTR && addr->sa_family != AF_UNIX)) {
        *pending = true;
        return fd;
    }
    {
        int why = errno;

        (void)close(fd);
        errno = why;
    }
    return -1;
}

static int system_finish(void *ctx, int fd)
{
    int why = 0;
    socklen_t n = sizeof why;

    (void)ctx;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &why, &n) != 0)
        return -1;
    errno = why;
    return why == 0 ? 0 : -1;
}

static int system_poll(void *ctx, struct pollfd *p, int ms)
{
    (void)ctx;
    return poll(p, 1, ms);
}

static ssize_t system_recv(void *ctx, int fd, void *p, size_t n)
{
    (void)ctx;
    return recv(fd, p, n, 0);
}

static ssize_t system_send(void *ctx, int fd, const void *p, size_t n)
{
    (void)ctx;
    return send(fd, p, n, MSG_NOSIGNAL);
}

static int system_close(void *ctx, int fd)
{
    (void)ctx;
    return close(fd);
}

const struct mysql_netops mysql_net_system = {
    .connect = system_connect,
    .finish = system_finish,
    .poll = system_poll,
    .recv = system_recv,
    .send = system_send,
    .close = system_close,
};

int64_t mysql_net_now(void)
{
    return (int64_t)(clock_mono_ns() / (CLOCK_SECOND / 1000));
}

/* ERR_DB with errno: no answer is the database's fault, not the file system's. */
static int net_fail(struct err *e, const char *what)
{
    int sys = errno;

    err_set(e, ERR_DB, "%s: %s", what, strerror(sys));
    e->sys = sys;
    return -1;
}

/* Milliseconds that a wait may take; -1 without limit, 0 when the time is over. */
static int64_t wait_limit(const struct mysql_net *n)
{
    int64_t limit = n->io_ms > 0 ? (int64_t)n->io_ms : -1;

    if (n->deadline != 0) {
        int64_t left = n->deadline - mysql_net_now();

        if (left < 0)
            left = 0;
        if (limit < 0 || left < limit)
            limit = left;
    }
    return limit;
}

/* Waits for events; a time-out is an error with sys ETIMEDOUT. */
static int net_wait(struct mysql_net *n, short events, struct err *e)
{
    int64_t limit = wait_limit(n);
    int64_t start = mysql_net_now();
    int64_t left = limit;

    for (;;) {
        struct pollfd p = {.fd = n->fd, .events = events};
        int ms = left < 0 ? -1 : left > INT_MAX ? INT_MAX : (int)left;
        int r = n->ops->poll(n->ops->ctx, &p, ms);

        if (r > 0)
            return 0;
        if (r < 0 && errno != EINTR)
            return net_fail(e, "waiting for the server failed");
        if (r == 0) {
            err_set(e, ERR_DB, "no answer within %lld.%lld seconds", (long long)(limit / 1000),
                    (long long)(limit % 1000 / 100));
            e->sys = ETIMEDOUT;
            return -1;
        }
        if (limit >= 0) {
            left = limit - (mysql_net_now() - start);
            if (left < 0)
                left = 0;
        }
    }
}

static int net_connect(struct mysql_net *n, const struct sockaddr *addr, socklen_t len, struct err *e)
{
    bool pending = false;

    for (;;) {
        struct pollfd nothing = {.fd = -1};

        n->fd = n->ops->connect(n->ops->ctx, addr, len, &pending);
        if (n->fd >= 0)
            break;
        if (errno == EINTR)
            continue;
        /* A unix socket answers so when its queue is full; there is nothing to poll for. */
        if (addr->sa_family != AF_UNIX || errno != EAGAIN || wait_limit(n) == 0)
            return net_fail(e, "cannot connect");
        if (n->ops->poll(n->ops->ctx, &nothing, RETRY_MS) < 0 && errno != EINTR)
            return net_fail(e, "cannot connect");
    }
    if (!pending)
        return 0;
    if (net_wait(n, POLLOUT, e) != 0) {
        mysql_net_close(n);
        return -1;
    }
    if (n->ops->finish(n->ops->ctx, n->fd) != 0) {
        net_fail(e, "cannot connect");
        mysql_net_close(n);
        return -1;
    }
    return 0;
}

static bool is_loopback(const struct sockaddr *addr)
{
    if (addr->sa_family == AF_INET)
        return ntohl(((const struct sockaddr_in *)(const void *)addr)->sin_addr.s_addr) >> 24 ==
               IN_LOOPBACKNET;
    if (addr->sa_family == AF_INET6) {
        const struct in6_addr *a = &((const struct sockaddr_in6 *)(const void *)addr)->sin6_addr;

        return IN6_IS_ADDR_LOOPBACK(a) || (IN6_IS_ADDR_V4MAPPED(a) && a->s6_addr[12] == IN_LOOPBACKNET);
    }
    return false;
}

int mysql_net_unix(struct mysql_net *n, const char *path, struct err *e)
{
    struct sockaddr_un addr = {.sun_family = AF_UNIX};

    if (strlen(path) >= sizeof addr.sun_path) {
        err_set(e, ERR_DB, "cannot connect: the name of the socket is longer than the system allows");
        e->sys = ENAMETOOLONG;
        return -1;
    }
    memcpy(addr.sun_path, path, strlen(path) + 1);
    n->local = true;
    n->loopback = false;
    return net_connect(n, (const struct sockaddr *)&addr, (socklen_t)sizeof addr, e);
}

int mysql_net_tcp(struct mysql_net *n, const char *host, unsigned port, struct err *e)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    struct addrinfo *list = NULL;
    struct addrinfo *a;
    char service[16];
    int r;

    n->local = false;
    if (port == 0 || port > 65535)
        return err_set(e, ERR_DB, "cannot connect: %u is not a port", port);
    snprintf(service, sizeof service, "%u", port);
    r = getaddrinfo(host, service, &hints, &list);
    if (r != 0) {
        err_set(e, ERR_DB, "the name of the host cannot be resolved: %s", gai_strerror(r));
        return -1;
    }
    err_set(e, ERR_DB, "the name of the host has no address");
    r = -1;
    for (a = list; a != NULL && r != 0; a = a->ai_next) {
        n->loopback = is_loopback(a->ai_addr);
        r = net_connect(n, a->ai_addr, a->ai_addrlen, e);
    }
    freeaddrinfo(list);
    if (r == 0)
        err_clear(e);
    return r;
}

static ssize_t plain_read(void *ctx, void *p, size_t size, struct err *e)
{
    struct mysql_net *n = ctx;

    for (;;) {
        ssize_t got = n->ops->recv(n->ops->ctx, n->fd, p, size);

        if (got > 0)
            return got;
        if (got == 0) {
            err_set(e, ERR_DB, "the server closed the connection");
            return -1;
        }
        if (errno == EINTR)
            continue;
        if (errno != EAGAIN && errno != EWOULDBLOCK)
            return net_fail(e, "the connection to the server was lost");
        if (net_wait(n, POLLIN, e) != 0)
            return -1;
    }
}

static int plain_write(void *ctx, const void *p, size_t size, struct err *e)
{
    struct mysql_net *n = ctx;
    const char *at = p;

    while (size > 0) {
        ssize_t sent = n->ops->send(n->ops->ctx, n->fd, at, size);

        if (sent > 0) {
            at += sent;
            size -= (size_t)sent;
            continue;
        }
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0 && errno != EAGAIN && errno != EWOULDBLOCK)
            return net_fail(e, "the connection to the server was lost");
        if (net_wait(n, POLLOUT, e) != 0)
            return -1;
    }
    return 0;
}

int mysql_net_tls(struct mysql_net *n, const struct tls_opts *o, enum tls_fault *why, struct err *e)
{
    return tls_start(&n->tls, o, (struct tls_io){.ctx = n, .read = plain_read, .write = plain_write}, why, e);
}

ssize_t mysql_net_read(struct mysql_net *n, void *p, size_t size, struct err *e)
{
    return n->tls != NULL ? tls_read(n->tls, p, size, e) : plain_read(n, p, size, e);
}

int mysql_net_write(struct mysql_net *n, const void *p, size_t size, struct err *e)
{
    return n->tls != NULL ? tls_write(n->tls, p, size, e) : plain_write(n, p, size, e);
}

bool mysql_net_quiet(struct mysql_net *n)
{
    struct pollfd p = {.fd = n->fd, .events = POLLIN};
    int r;

    if (n->fd < 0 || (n->tls != NULL && tls_pending(n->tls)))
        return false;
    do {
        r = n->ops->poll(n->ops->ctx, &p, 0);
    } while (r < 0 && errno == EINTR);
    return r == 0;
}

void mysql_net_bye(struct mysql_net *n)
{
    if (n->tls != NULL)
        tls_bye(n->tls);
}

void mysql_net_close(struct mysql_net *n)
{
    tls_free(n->tls);
    n->tls = NULL;
    if (n->fd >= 0)
        (void)n->ops->close(n->ops->ctx, n->fd);
    n->fd = -1;
}

const char *mysql_net_usual_socket(size_t index)
{
    static const char *const places[] = {
        "/run/mysqld/mysqld.sock",         "/var/run/mysqld/mysqld.sock",
        "/var/lib/mysql/mysql.sock",       "/var/lib/mysqld/mysql.sock",
        "/run/mysql/mysql.sock",           "/tmp/mysql.sock",
        "/var/mysql/mysql.sock",           "/usr/local/mysql/mysql.sock",
        "/opt/lampp/var/mysql/mysql.sock", "/opt/bitnami/mariadb/tmp/mysql.sock",
    };

    return index < sizeof places / sizeof *places ? places[index] : NULL;
}

bool mysql_net_trusted_socket(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISSOCK(st.st_mode) &&
           (st.st_uid <= SYSTEM_UID_MAX || st.st_uid == geteuid());
}
