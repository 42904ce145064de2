#include "db/mysql_conf.h"

#include "base/mem.h"
#include "format/mycnf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX ((size_t)64 * 1024) /* option files have some hundred bytes */

static void take(char **field, struct str value)
{
    if (value.p != NULL)
        mysql_opts_set(field, value);
}

/* What the keys about TLS mean together: ssl-mode is MySQL's word and wins; the others are MariaDB's. */
static int take_tls(const struct mycnf *c, const char *name, struct mysql_opts *o, struct err *e)
{
    static const struct {
        const char *word;
        enum mysql_tls mode;
    } modes[] = {{"DISABLED", MYSQL_TLS_OFF},
                 {"PREFERRED", MYSQL_TLS_AUTO},
                 {"REQUIRED", MYSQL_TLS_REQUIRED},
                 {"VERIFY_CA", MYSQL_TLS_VERIFY},
                 {"VERIFY_IDENTITY", MYSQL_TLS_VERIFY}};
    size_t i;

    take(&o->ca, c->ssl_ca);
    if (c->ssl_mode.p != NULL) {
        for (i = 0; i < sizeof modes / sizeof *modes; i++) {
            if (c->ssl_mode.n == strlen(modes[i].word) &&
                str_has_nocase(c->ssl_mode, str_of(modes[i].word))) {
                o->tls = modes[i].mode;
                return 0;
            }
        }
        err_set(e, ERR_FORMAT,
                "%s: line %u: ssl-mode is none of DISABLED, PREFERRED, REQUIRED, VERIFY_CA and "
                "VERIFY_IDENTITY",
                name, c->ssl_mode_line);
        return -1;
    }
    if (c->ssl == MYCNF_OFF)
        o->tls = MYSQL_TLS_OFF;
    else if (c->ssl_verify == MYCNF_ON)
        o->tls = MYSQL_TLS_VERIFY;
    else if (c->ssl_verify == MYCNF_OFF && (c->ssl == MYCNF_ON || c->ssl_ca.n > 0))
        o->tls = MYSQL_TLS_REQUIRED;
    else if (c->ssl == MYCNF_ON)
        o->tls = c->ssl_ca.n > 0 ? MYSQL_TLS_VERIFY : MYSQL_TLS_REQUIRED;
    return 0;
}

int mysql_conf_parse(struct str bytes, const char *name, struct mysql_opts *o, struct err *e)
{
    char *room = mem_alloc(bytes.n);
    struct mycnf c;
    uint64_t port = 0;
    int r = -1;

    if (mycnf_parse(bytes, room, &c, e) != 0) {
        err_wrap(e, "%s", name);
        goto out;
    }
    if (c.port.p != NULL && (!str_u64(c.port, 65535, &port) || port == 0)) {
        err_set(e, ERR_FORMAT, "%s: line %u: the port is no number from 1 to 65535", name, c.port_line);
        goto out;
    }
    if (c.user.p == NULL && c.password.p == NULL && c.host.p == NULL && c.socket.p == NULL && port == 0) {
        err_set(e, ERR_ABSENT, "%s: nothing to log in with below [client]", name);
        if (c.include_line != 0)
            err_fix(e, "line %u includes other files, which is not followed: name that file itself",
                    c.include_line);
        else
            err_fix(e, "write user=… and password=… below a line [client]");
        goto out;
    }
    if (take_tls(&c, name, o, e) != 0)
        goto out;
    take(&o->user, c.user);
    take(&o->password, c.password);
    take(&o->host, c.host);
    take(&o->socket, c.socket);
    take(&o->database, c.database);
    take(&o->charset, c.charset);
    if (port != 0)
        o->port = (unsigned)port;
    r = 0;
out:
    explicit_bzero(room, bytes.n);
    free(room);
    return r;
}

static int read_all(int fd, const char *path, char *p, size_t *n, struct err *e)
{
    *n = 0;
    while (*n < FILE_MAX) {
        ssize_t got = read(fd, p + *n, FILE_MAX - *n);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_sys(e, "%s", path);
        if (got == 0)
            return 0;
        *n += (size_t)got;
    }
    return err_set(e, ERR_FORMAT, "%s: larger than an option file can be (%zu bytes)", path, FILE_MAX);
}

int mysql_conf_read(const char *path, struct mysql_opts *o, struct err *e)
{
    /* O_NONBLOCK, so that a named pipe does not hold us up before it is seen to be none of a file. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    char *bytes;
    struct stat st;
    size_t n = 0;
    int r = -1;

    if (fd < 0)
        return err_sys(e, "%s", path);
    bytes = mem_alloc(FILE_MAX);
    if (fstat(fd, &st) != 0) {
        err_sys(e, "%s", path);
    } else if (!S_ISREG(st.st_mode)) {
        err_set(e, ERR_REFUSED, "%s: not a file", path);
    } else if ((st.st_mode & S_IWOTH) != 0) {
        err_set(e, ERR_REFUSED, "%s: everybody can write to this file", path);
        err_fix(e, "chmod 600 %s", path);
    } else if (read_all(fd, path, bytes, &n, e) == 0) {
        r = mysql_conf_parse((struct str){bytes, n}, path, o, e);
    }
    explicit_bzero(bytes, FILE_MAX);
    free(bytes);
    (void)close(fd);
    return r;
}
