/* Statements and their answers on an open session. */
#include "db/mysql_session.h"

#include <stdio.h>
#include <string.h>

#define FAREWELL_MS 1000u /* how long the last words of a server that hung up are waited for */

/* The server's own limit for a table; a result of a join can have as many. */
#define COLUMNS_MAX 4096u
/* Names have at most 256 characters, and a description holds five of them. */
#define COLUMN_DEF_MAX ((size_t)16 * 1024)

#define CHARSET_NONE 63u /* the number of "binary" */

#define COM_QUERY "\x03"

void mysql_lose(struct mysql *m)
{
    if (m->state == MYSQL_LOST)
        return;
    m->lost_busy = m->state == MYSQL_ROWS || (m->status & MYSQL_STATUS_IN_TRANS) != 0;
    m->state = MYSQL_LOST;
    mysql_wire_close(&m->wire);
}

/* Ends the session after an answer that can't be trusted or did not come. */
static int lost(struct mysql *m, const char *excerpt, struct err *e)
{
    mysql_lose(m);
    if (excerpt != NULL) {
        size_t n = strlen(e->text);

        snprintf(e->text + n, sizeof e->text - n, "; statement: %s", excerpt);
    }
    err_wrap(e, "%s", m->where);
    if (e->kind == ERR_FORMAT)
        return err_fix(e, "find out what answers at this address; the connection was closed");
    return err_fix(e, "see that the database server is running, then run the same command again");
}

/* The answer is an error of the server. One that came out of turn or damaged ends the session. */
static int refused(struct mysql *m, struct str packet, const char *excerpt, struct err *e)
{
    mysql_error_set(e, packet, excerpt);
    if (e->kind == ERR_DB && !m->wire.notice) {
        m->state = MYSQL_IDLE;
        return -1;
    }
    return lost(m, NULL, e);
}

void mysql_forget_columns(struct mysql *m)
{
    arena_free(&m->columns_mem);
    m->columns = NULL;
    m->cells = NULL;
    m->column_count = 0;
}

int mysql_ok(struct mysql *m, struct str packet, struct mysql_done *done, struct err *e)
{
    struct mysql_reader r = {.rest = packet};
    uint64_t affected;
    uint64_t id;
    unsigned status;
    unsigned warnings;

    (void)mysql_take_int(&r, 1);
    affected = mysql_take_lenenc(&r);
    id = mysql_take_lenenc(&r);
    status = (unsigned)mysql_take_int(&r, 2);
    warnings = (unsigned)mysql_take_int(&r, 2);
    if (r.bad)
        return err_set(e, ERR_FORMAT, "the server's answer is cut short");
    if ((status & MYSQL_STATUS_MORE_RESULTS) != 0)
        return err_set(e, ERR_FORMAT, "the server announces a second result to one statement");
    m->status = status;
    if (done != NULL)
        *done = (struct mysql_done){.affected = affected, .insert_id = id, .warnings = warnings};
    return 0;
}

static bool is_end(struct str packet)
{
    return packet.n > 0 && packet.n < 9 && (uint8_t)packet.p[0] == 0xFE;
}

static int read_end(struct mysql *m, struct str packet, struct err *e)
{
    struct mysql_reader r = {.rest = packet};
    unsigned status;

    (void)mysql_take_int(&r, 1);
    m->warnings = (unsigned)mysql_take_int(&r, 2);
    status = (unsigned)mysql_take_int(&r, 2);
    if (r.bad)
        return err_set(e, ERR_FORMAT, "the server's answer is cut short");
    if ((status & MYSQL_STATUS_MORE_RESULTS) != 0)
        return err_set(e, ERR_FORMAT, "the server announces a second result to one statement");
    m->status = status;
    return 0;
}

/* The server's last words, if it left some before it hung up, are better than errno's. */
static void last_words(struct mysql *m, struct err *e)
{
    struct err said = {0};
    struct err ignored;
    struct str packet;

    m->wire.net.io_ms = FAREWELL_MS;
    m->wire.seq = 1;
    if (mysql_wire_read(&m->wire, MYSQL_SMALL_MAX, &packet, &ignored) != 0 || !mysql_error_is(packet))
        return;
    mysql_error_set(&said, packet, NULL);
    err_wrap(&said, "%s; before that it said", e->text);
    said.sys = e->sys;
    *e = said;
}

/* Sends a statement and reads the first packet of its answer: *columns is 0 for an OK. */
static int start(struct mysql *m, struct str sql, struct mysql_done *done, size_t *columns, struct err *e)
{
    char excerpt[MYSQL_EXCERPT];
    struct mysql_reader r = {0};
    struct str packet;
    uint64_t n;

    *columns = 0;
    if (done != NULL)
        *done = (struct mysql_done){0};
    if (m->state == MYSQL_LOST)
        return err_set(e, ERR_DB, "%s: the connection is lost", m->where);
    if (m->state == MYSQL_ROWS)
        return err_set(e, ERR_DB, "%s: a result is still being read", m->where);
    mysql_forget_columns(m);
    /* The server counts the command byte and takes no packet of exactly its limit. */
    if (sql.n + 2 > m->max_packet) {
        mysql_error_excerpt(excerpt, sql);
        err_set(e, ERR_DB,
                "a statement of %zu bytes is above the server's max_allowed_packet of %llu; statement: %s",
                sql.n, (unsigned long long)m->max_packet, excerpt);
        return err_fix(e, "raise max_allowed_packet on the database server");
    }
    m->wire.seq = 0;
    if (mysql_wire_write(&m->wire, STR(COM_QUERY), sql, e) != 0) {
        last_words(m, e);
        goto fail;
    }
    if (mysql_wire_read(&m->wire, MYSQL_SMALL_MAX, &packet, e) != 0)
        goto fail;
    if (mysql_error_is(packet)) {
        mysql_error_excerpt(excerpt, sql);
        return refused(m, packet, excerpt, e);
    }
    if (packet.n > 0 && packet.p[0] == '\0') {
        if (mysql_ok(m, packet, done, e) != 0)
            goto fail;
        return 0;
    }
    if (packet.n > 0 && (uint8_t)packet.p[0] == 0xFB) {
        err_set(e, ERR_FORMAT,
                "the server asks for a file of this machine, which no honest server does here");
        err_fix(e, "find out what answers at this address; the connection was closed and no file was read");
        goto fail;
    }
    r.rest = packet;
    n = mysql_take_lenenc(&r);
    if (r.bad || r.rest.n != 0 || n == 0 || n > COLUMNS_MAX) {
        err_set(e, ERR_FORMAT, "the server's answer is neither an OK, an error nor a result");
        goto fail;
    }
    *columns = (size_t)n;
    return 0;

fail:
    mysql_error_excerpt(excerpt, sql);
    return lost(m, excerpt, e);
}

static int read_column(struct mysql *m, struct mysql_column *c, struct err *e)
{
    struct mysql_reader r = {0};
    struct str name;
    int skip;

    if (mysql_wire_read(&m->wire, COLUMN_DEF_MAX, &r.rest, e) != 0)
        return -1;
    if (mysql_error_is(r.rest))
        return mysql_error_set(e, r.rest, m->excerpt);
    for (skip = 0; skip < 4; skip++)
        (void)mysql_take_lenenc_str(&r);
    name = mysql_take_lenenc_str(&r);
    (void)mysql_take_lenenc_str(&r);
    if (mysql_take_lenenc(&r) < 10)
        r.bad = true;
    c->binary = mysql_take_int(&r, 2) == CHARSET_NONE;
    (void)mysql_take_int(&r, 4);
    c->type = (unsigned)mysql_take_int(&r, 1);
    c->flags = (unsigned)mysql_take_int(&r, 2);
    if (r.bad)
        return err_set(e, ERR_FORMAT, "the server's description of a column is cut short");
    c->name = (struct str){arena_dup(&m->columns_mem, name.p, name.n), name.n};
    return 0;
}

/* Reads the descriptions of the columns up to their end; rows follow. */
static int read_columns(struct mysql *m, struct str sql, size_t columns, struct err *e)
{
    struct str packet;
    size_t i;

    mysql_error_excerpt(m->excerpt, sql);
    m->columns = arena_array(&m->columns_mem, columns, sizeof *m->columns);
    m->cells = arena_array(&m->columns_mem, columns, sizeof *m->cells);
    m->column_count = columns;
    m->state = MYSQL_ROWS;
    for (i = 0; i < columns; i++)
        if (read_column(m, &m->columns[i], e) != 0)
            return lost(m, m->excerpt, e);
    if (mysql_wire_read(&m->wire, MYSQL_SMALL_MAX, &packet, e) != 0)
        return lost(m, m->excerpt, e);
    if (mysql_error_is(packet))
        return refused(m, packet, m->excerpt, e);
    if (!is_end(packet)) {
        err_set(e, ERR_FORMAT, "the server describes more columns than it announced");
        return lost(m, m->excerpt, e);
    }
    return read_end(m, packet, e) == 0 ? 0 : lost(m, m->excerpt, e);
}

int mysql_query(struct mysql *m, struct str sql, struct err *e)
{
    size_t columns;

    if (start(m, sql, NULL, &columns, e) != 0)
        return -1;
    return columns == 0 ? 0 : read_columns(m, sql, columns, e);
}

int mysql_row(struct mysql *m, const struct mysql_cell **cells, struct err *e)
{
    struct mysql_reader r = {0};
    struct str packet;
    size_t i;

    *cells = NULL;
    if (m->state == MYSQL_LOST)
        return err_set(e, ERR_DB, "%s: the connection is lost", m->where);
    if (m->state != MYSQL_ROWS)
        return 0;
    if (mysql_wire_read(&m->wire, MYSQL_PACKET_MAX, &packet, e) != 0)
        return lost(m, m->excerpt, e);
    if (mysql_error_is(packet))
        return refused(m, packet, m->excerpt, e);
    if (is_end(packet)) {
        if (read_end(m, packet, e) != 0)
            return lost(m, m->excerpt, e);
        m->state = MYSQL_IDLE;
        return 0;
    }
    r.rest = packet;
    for (i = 0; i < m->column_count; i++) {
        struct mysql_cell *c = &m->cells[i];

        c->is_null = r.rest.n > 0 && (uint8_t)r.rest.p[0] == 0xFB;
        if (c->is_null) {
            (void)mysql_take_int(&r, 1);
            c->s = (struct str){"", 0};
        } else {
            c->s = mysql_take_lenenc_str(&r);
        }
    }
    if (r.bad || r.rest.n != 0) {
        err_set(e, ERR_FORMAT, "the server's row does not hold the %zu columns it announced",
                m->column_count);
        return lost(m, m->excerpt, e);
    }
    *cells = m->cells;
    return 1;
}

int mysql_skip(struct mysql *m, struct err *e)
{
    const struct mysql_cell *cells;
    int r;

    if (m->state != MYSQL_ROWS)
        return 0;
    do {
        r = mysql_row(m, &cells, e);
    } while (r > 0);
    return r;
}

int mysql_exec(struct mysql *m, struct str sql, struct mysql_done *done, struct err *e)
{
    size_t columns;

    if (start(m, sql, done, &columns, e) != 0)
        return -1;
    if (columns == 0)
        return 0;
    if (read_columns(m, sql, columns, e) != 0 || mysql_skip(m, e) != 0)
        return -1;
    if (done != NULL)
        done->warnings = m->warnings;
    return 0;
}

unsigned mysql_warnings(const struct mysql *m)
{
    return m->warnings;
}

int mysql_value(struct mysql *m, struct str sql, struct buf *out, bool *found, struct err *e)
{
    const struct mysql_cell *cells;

    *found = false;
    if (mysql_query(m, sql, e) != 0 || mysql_row(m, &cells, e) < 0)
        return -1;
    if (cells != NULL && !cells[0].is_null) {
        buf_addstr(out, cells[0].s);
        *found = true;
    }
    return mysql_skip(m, e);
}

size_t mysql_columns(const struct mysql *m)
{
    return m->column_count;
}

struct mysql_column mysql_column(const struct mysql *m, size_t i)
{
    return i < m->column_count ? m->columns[i] : (struct mysql_column){.name = {"", 0}};
}

struct str mysql_column_name(const struct mysql *m, size_t i)
{
    return mysql_column(m, i).name;
}

const char *mysql_server_version(const struct mysql *m)
{
    return m->version_text;
}

unsigned mysql_version_number(const struct mysql *m)
{
    return m->version;
}

bool mysql_is_mariadb(const struct mysql *m)
{
    return m->mariadb;
}

uint64_t mysql_max_packet(const struct mysql *m)
{
    return m->max_packet;
}

const char *mysql_where(const struct mysql *m)
{
    return m->where;
}

const char *mysql_transport(const struct mysql *m)
{
    return m->transport;
}

uint32_t mysql_thread(const struct mysql *m)
{
    return m->thread;
}

bool mysql_in_transaction(const struct mysql *m)
{
    return (m->status & MYSQL_STATUS_IN_TRANS) != 0;
}

bool mysql_alive(struct mysql *m)
{
    if (m->state == MYSQL_LOST)
        return false;
    /* Between statements the server has nothing to say but that it hangs up. */
    if (m->state == MYSQL_IDLE && (mysql_wire_pending(&m->wire) || !mysql_net_quiet(&m->wire.net)))
        mysql_lose(m);
    return m->state != MYSQL_LOST;
}
