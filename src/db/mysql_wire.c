#include "db/mysql_wire.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#define READ_SIZE   ((size_t)64 * 1024)       /* asked of the system at once */
#define SEND_JOINED ((size_t)16 * 1024)       /* that much of a body is sent together with its header */
#define KEEP_SIZE   ((size_t)4 * 1024 * 1024) /* buffers that grew above this for one row are given back */

uint64_t mysql_take_int(struct mysql_reader *r, size_t bytes)
{
    uint64_t v = 0;
    size_t i;

    if (bytes > 8 || r->rest.n < bytes) {
        r->bad = true;
        r->rest.n = 0;
        return 0;
    }
    for (i = bytes; i > 0; i--)
        v = v << 8 | (uint8_t)r->rest.p[i - 1];
    r->rest.p += bytes;
    r->rest.n -= bytes;
    return v;
}

uint64_t mysql_take_lenenc(struct mysql_reader *r)
{
    uint64_t first = mysql_take_int(r, 1);

    switch (first) {
    case 0xFC:
        return mysql_take_int(r, 2);
    case 0xFD:
        return mysql_take_int(r, 3);
    case 0xFE:
        return mysql_take_int(r, 8);
    case 0xFB: /* NULL, which the caller looks for where it is allowed */
    case 0xFF:
        r->bad = true;
        return 0;
    default:
        return first;
    }
}

struct str mysql_take_bytes(struct mysql_reader *r, size_t n)
{
    struct str s = {r->rest.p, n};

    if (r->rest.n < n) {
        r->bad = true;
        r->rest.n = 0;
        return (struct str){"", 0};
    }
    r->rest.p += n;
    r->rest.n -= n;
    return s;
}

struct str mysql_take_lenenc_str(struct mysql_reader *r)
{
    uint64_t n = mysql_take_lenenc(r);

    if (n > r->rest.n) {
        r->bad = true;
        n = 0;
    }
    return mysql_take_bytes(r, (size_t)n);
}

struct str mysql_take_cstr(struct mysql_reader *r)
{
    size_t n = str_chr(r->rest, '\0', 0);
    struct str s;

    if (n == SIZE_MAX) {
        r->bad = true;
        r->rest.n = 0;
        return (struct str){"", 0};
    }
    s = mysql_take_bytes(r, n);
    (void)mysql_take_bytes(r, 1);
    return s;
}

/* Makes n unread bytes lie together at in.p + at. */
static int need(struct mysql_wire *w, size_t n, bool inside, struct err *e)
{
    while (w->in.n - w->at < n) {
        char *room;
        ssize_t got;

        if (w->at == w->in.n) {
            w->in.n = w->at = 0;
        } else if (w->at > READ_SIZE || (w->at > 0 && w->in.cap - w->in.n < READ_SIZE)) {
            buf_drop(&w->in, w->at);
            w->at = 0;
        }
        room = buf_room(&w->in, READ_SIZE);
        got = mysql_net_read(&w->net, room, w->in.cap - w->in.n, e);
        if (got < 0)
            return inside || w->in.n > w->at ? err_wrap(e, "in the middle of an answer") : -1;
        w->in.n += (size_t)got;
    }
    return 0;
}

static void give_back(struct buf *b)
{
    if (b->cap > KEEP_SIZE)
        buf_free(b);
}

/* The next frame; its payload stays in the buffer. */
static int read_frame(struct mysql_wire *w, size_t max, bool first, struct str *payload, struct err *e)
{
    const uint8_t *head;
    size_t n;
    uint8_t seq;

    if (need(w, 4, !first, e) != 0)
        return -1;
    head = (const uint8_t *)w->in.p + w->at;
    n = (size_t)head[0] | (size_t)head[1] << 8 | (size_t)head[2] << 16;
    seq = head[3];
    w->at += 4;
    if (seq != w->seq) {
        /* Only an error that came unasked may be out of turn, and such are short. */
        if (!first || n < 3 || n > MYSQL_SMALL_MAX || need(w, n, true, e) != 0 ||
            (uint8_t)w->in.p[w->at] != 0xFF)
            return err_set(e, ERR_FORMAT, "the server's answer is out of order (packet %u, expected %u)",
                           (unsigned)seq, (unsigned)w->seq);
        w->notice = true;
    }
    if (n > max)
        return err_set(e, ERR_FORMAT, "the server announced %zu bytes where at most %zu can be", n, max);
    if (need(w, n, true, e) != 0)
        return -1;
    *payload = (struct str){n > 0 ? w->in.p + w->at : "", n};
    w->at += n;
    w->seq++;
    return 0;
}

int mysql_wire_read(struct mysql_wire *w, size_t max, struct str *packet, struct err *e)
{
    struct str part = {0};

    w->notice = false;
    w->whole.n = 0;
    give_back(&w->whole);
    if (w->at == w->in.n) {
        w->in.n = w->at = 0;
        give_back(&w->in);
    }
    if (read_frame(w, max, true, &part, e) != 0)
        return -1;
    if (part.n < MYSQL_FRAME_MAX) {
        *packet = part;
        return 0;
    }
    while (part.n == MYSQL_FRAME_MAX) {
        buf_addstr(&w->whole, part);
        if (read_frame(w, max - w->whole.n, false, &part, e) != 0)
            return -1;
    }
    buf_addstr(&w->whole, part);
    *packet = buf_str(&w->whole);
    return 0;
}

/* Sends one frame whose payload is head and body. */
static int write_frame(struct mysql_wire *w, struct str head, struct str body, struct err *e)
{
    char start[4 + SEND_JOINED];
    size_t n = head.n + body.n;
    size_t joined;
    int r;

    start[0] = (char)(n & 0xFF);
    start[1] = (char)(n >> 8 & 0xFF);
    start[2] = (char)(n >> 16 & 0xFF);
    start[3] = (char)w->seq++;
    if (head.n > 0)
        memcpy(start + 4, head.p, head.n);
    joined = SEND_JOINED - head.n;
    if (joined > body.n)
        joined = body.n;
    if (joined > 0)
        memcpy(start + 4 + head.n, body.p, joined);
    r = mysql_net_write(&w->net, start, 4 + head.n + joined, e);
    /* A packet of the log-in may hold the password. */
    explicit_bzero(start, 4 + head.n + joined);
    if (r == 0 && joined < body.n)
        r = mysql_net_write(&w->net, body.p + joined, body.n - joined, e);
    return r;
}

int mysql_wire_write(struct mysql_wire *w, struct str head, struct str body, struct err *e)
{
    size_t n;

    if (head.n > SEND_JOINED || body.n > MYSQL_PACKET_MAX)
        return err_set(e, ERR_DB, "%zu bytes are more than a server can be sent at once", body.n);
    do {
        struct str part = str_sub(body, 0, MYSQL_FRAME_MAX - head.n);

        n = head.n + part.n;
        if (write_frame(w, head, part, e) != 0)
            return -1;
        body = str_sub(body, part.n, body.n);
        head.n = 0;
    } while (n == MYSQL_FRAME_MAX);
    return 0;
}

bool mysql_wire_pending(const struct mysql_wire *w)
{
    return w->in.n > w->at;
}

void mysql_wire_close(struct mysql_wire *w)
{
    mysql_net_close(&w->net);
    buf_free(&w->in);
    buf_free(&w->whole);
    w->at = 0;
}
