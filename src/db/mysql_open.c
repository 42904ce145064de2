/* Opening, reopening and closing of sessions. */
#include "db/mysql_session.h"

#include <stdlib.h>
#include <string.h>

#define DEFAULT_PORT       3306u
#define DEFAULT_CONNECT_MS 10000u
#define DEFAULT_IO_MS      600000u
#define FAREWELL_MS        1000u /* a server that does not take the parting word in this time goes without */

#define COM_QUIT "\x01"

#define ER_UNKNOWN_CHARACTER_SET 1115u
#define SMALLEST_MAX_PACKET      1024u /* the lowest that a server can be set to */

void mysql_opts_set(char **field, struct str value)
{
    if (*field != NULL) {
        explicit_bzero(*field, strlen(*field));
        free(*field);
    }
    *field = value.p != NULL ? mem_dup(value.p, value.n) : NULL;
}

void mysql_opts_free(struct mysql_opts *o)
{
    const struct str none = {NULL, 0};

    mysql_opts_set(&o->host, none);
    mysql_opts_set(&o->socket, none);
    mysql_opts_set(&o->user, none);
    mysql_opts_set(&o->password, none);
    mysql_opts_set(&o->database, none);
    mysql_opts_set(&o->charset, none);
    mysql_opts_set(&o->ca, none);
    *o = (struct mysql_opts){0};
}

struct mysql_opts mysql_opts_copy(const struct mysql_opts *o)
{
    struct mysql_opts copy = *o;

    copy.host = mem_strdup(o->host);
    copy.socket = mem_strdup(o->socket);
    copy.user = mem_strdup(o->user);
    copy.password = mem_strdup(o->password);
    copy.database = mem_strdup(o->database);
    copy.charset = mem_strdup(o->charset);
    copy.ca = mem_strdup(o->ca);
    return copy;
}

static bool is_set(const char *s)
{
    return s != NULL && *s != '\0';
}

/* "database server at socket /run/mysqld/mysqld.sock (user shop, database shop)" */
static void set_where(struct mysql *m, const struct mysql_opts *o, const char *host, unsigned port)
{
    struct buf b = {0};

    if (port == 0)
        buf_printf(&b, "database server at socket %s", host);
    else
        buf_printf(&b, "database server at %s:%u", host, port);
    buf_printf(&b, " (user %s", is_set(o->user) ? o->user : "''");
    if (is_set(o->database))
        buf_printf(&b, ", database %s", o->database);
    buf_addc(&b, ')');
    free(m->where);
    m->where = mem_strdup(buf_cstr(&b));
    buf_free(&b);
}

static void set_transport(struct mysql *m)
{
    const struct mysql_net *n = &m->wire.net;
    struct buf b = {0};

    if (n->tls != NULL)
        buf_printf(&b, "%s, server %sverified", tls_words(n->tls), m->verified ? "" : "not ");
    else
        buf_adds(&b, n->local ? "unix socket" : "TCP, not encrypted");
    free(m->transport);
    m->transport = mem_strdup(buf_cstr(&b));
    buf_free(&b);
}

static int reach(struct mysql *m, const char *host, unsigned port, struct err *e)
{
    int r = port == 0 ? mysql_net_unix(&m->wire.net, host, e) : mysql_net_tcp(&m->wire.net, host, port, e);

    if (r != 0)
        err_fix(e, "see that the database server is running and that this is its address; "
                   "the --db-… options name another");
    return r;
}

/* One attempt at one address. *reached tells whether something answered there, so that no other is tried. */
static int attempt(struct mysql *m, const struct mysql_opts *o, const char *host, unsigned port,
                   bool *reached, struct err *e)
{
    const char *named = port == 0 ? NULL : host;
    enum mysql_channel channel;
    struct err first;

    set_where(m, o, host, port);
    *reached = reach(m, host, port, e) == 0;
    if (!*reached)
        return err_wrap(e, "%s", m->where);
    channel = mysql_tls_channel(o, &m->wire.net);
    if (mysql_login(m, o, named, channel, e) == 0)
        return 0;
    mysql_wire_close(&m->wire);
    if (channel == MYSQL_CHANNEL_PLAIN && mysql_tls_may_help(m, o, e)) {
        first = *e;
        err_clear(e);
        if (reach(m, host, port, e) == 0 && mysql_login(m, o, named, MYSQL_CHANNEL_TLS, e) == 0)
            return 0;
        mysql_wire_close(&m->wire);
        /* Without an answer to the second log-in, the first one is the reason. */
        if (e->db_code == 0)
            *e = first;
    }
    return err_wrap(e, "%s", m->where);
}

static int connect_any(struct mysql *m, const struct mysql_opts *o, struct err *e)
{
    const char *host = is_set(o->host) ? o->host : "localhost";
    unsigned port = o->port ? o->port : DEFAULT_PORT;
    bool reached = false;
    const char *path;
    size_t i;

    if (strcmp(host, "localhost") != 0)
        return attempt(m, o, host, port, &reached, e);
    if (is_set(o->socket))
        return attempt(m, o, o->socket, 0, &reached, e);
    for (i = 0; (path = mysql_net_usual_socket(i)) != NULL; i++) {
        if (!mysql_net_trusted_socket(path))
            continue;
        if (attempt(m, o, path, 0, &reached, e) == 0)
            return 0;
        if (reached)
            return -1;
        err_clear(e);
    }
    return attempt(m, o, "127.0.0.1", port, &reached, e);
}

/* The charset of the options or the best the server has. Others than the utf8 family would make
 * mysql_quote unsafe. */
static int set_charset(struct mysql *m, const struct mysql_opts *o, struct err *e)
{
    const char *wanted = is_set(o->charset) ? o->charset : "utf8mb4";

    if (strcmp(wanted, "utf8mb4") == 0) {
        m->mb4 = true;
        if (mysql_exec(m, STR("SET NAMES utf8mb4"), NULL, e) == 0)
            return 0;
        if (e->db_code != ER_UNKNOWN_CHARACTER_SET)
            return -1;
        err_clear(e);
    } else if (strcmp(wanted, "utf8") != 0 && strcmp(wanted, "utf8mb3") != 0) {
        return err_set(e, ERR_DB, "the character set %.64s is not supported for the connection", wanted);
    }
    m->mb4 = false;
    return mysql_exec(m, STR("SET NAMES utf8"), NULL, e);
}

static int set_mode(struct mysql *m, const char *mode, struct err *e)
{
    struct buf sql = {0};
    int r;

    mysql_sqlf(m, &sql, "SET SESSION sql_mode = %s", mode);
    r = mysql_exec(m, buf_str(&sql), NULL, e);
    buf_free(&sql);
    return r;
}

static int prepare(struct mysql *m, const struct mysql_opts *o, struct err *e)
{
    struct buf value = {0};
    bool found = false;
    int r = -1;

    m->max_packet = SMALLEST_MAX_PACKET;
    if (set_charset(m, o, e) != 0 || (o->sql_mode && set_mode(m, o->sql_mode, e) != 0))
        goto out;
    /* The server's init_connect may have switched it off. */
    if ((m->status & MYSQL_STATUS_AUTOCOMMIT) == 0 && mysql_exec(m, STR("SET autocommit = 1"), NULL, e) != 0)
        goto out;
    if (mysql_value(m, STR("SELECT @@max_allowed_packet"), &value, &found, e) != 0)
        goto out;
    if (!found || !str_u64(buf_str(&value), MYSQL_PACKET_MAX, &m->max_packet) ||
        m->max_packet < SMALLEST_MAX_PACKET) {
        err_set(e, ERR_FORMAT, "the server's max_allowed_packet is no number that can be");
        goto out;
    }
    r = 0;
out:
    buf_free(&value);
    return r;
}

/* Connects a session that has no connection. */
static int establish(struct mysql *m, const struct mysql_opts *o, struct err *e)
{
    unsigned limit = o->connect_ms ? o->connect_ms : DEFAULT_CONNECT_MS;

    m->wire.net = (struct mysql_net){.ops = o->net != NULL ? o->net : &mysql_net_system, .fd = -1};
    m->wire.net.deadline = mysql_net_now() + limit;
    m->status = 0;
    if (connect_any(m, o, e) != 0)
        return -1;
    m->state = MYSQL_IDLE;
    set_transport(m);
    if (prepare(m, o, e) != 0) {
        if (m->state != MYSQL_LOST) {
            mysql_lose(m);
            err_wrap(e, "%s", m->where);
        }
        return -1;
    }
    m->wire.net.deadline = 0;
    mysql_set_timeout(m, o->io_ms);
    return 0;
}

int mysql_open(struct mysql **out, const struct mysql_opts *o, struct err *e)
{
    struct mysql *m = mem_alloc(sizeof *m);

    *out = NULL;
    m->wire.net.fd = -1;
    if (establish(m, o, e) != 0) {
        mysql_close(m);
        return -1;
    }
    *out = m;
    return 0;
}

int mysql_reopen(struct mysql *m, const struct mysql_opts *o, struct err *e)
{
    if (m->state != MYSQL_LOST)
        return 0;
    if (m->lost_busy) {
        err_set(e, ERR_REFUSED, "%s: the connection was lost in the middle of a transaction or a result",
                m->where);
        return err_fix(e,
                       "run the same command again; what the transaction had done is undone by the server");
    }
    mysql_forget_columns(m);
    if (establish(m, o, e) != 0) {
        /* Nothing of the caller's was under way. */
        m->lost_busy = false;
        return -1;
    }
    return 0;
}

void mysql_close(struct mysql *m)
{
    struct err ignored;

    if (m == NULL)
        return;
    if (m->state == MYSQL_IDLE) {
        m->wire.net.io_ms = FAREWELL_MS;
        m->wire.seq = 0;
        if (mysql_wire_write(&m->wire, STR(COM_QUIT), STR(""), &ignored) == 0)
            mysql_net_bye(&m->wire.net);
    }
    mysql_wire_close(&m->wire);
    mysql_forget_columns(m);
    free(m->version_text);
    free(m->where);
    free(m->transport);
    free(m);
}

void mysql_set_timeout(struct mysql *m, unsigned io_ms)
{
    m->wire.net.io_ms = io_ms ? io_ms : DEFAULT_IO_MS;
}
