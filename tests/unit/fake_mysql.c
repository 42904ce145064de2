#include "fake_mysql.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define FD 1000 /* none that the system gives */

/* True when this call has to fail; *r and errno are set then. */
static bool faulty(struct fake_mysql *f, int why)
{
    f->calls++;
    if (f->fault_at != f->calls)
        return false;
    switch (f->fault) {
    case FAKE_ERROR:
        f->gone = true;
        errno = why;
        return true;
    case FAKE_EOF:
        f->gone = true;
        return false;
    case FAKE_EINTR:
        errno = EINTR;
        return true;
    case FAKE_SHORT:
        f->slow = true;
        return false;
    default:
        return false;
    }
}

static int fake_connect(void *ctx, const struct sockaddr *addr, socklen_t len, bool *pending)
{
    struct fake_mysql *f = ctx;

    (void)addr;
    (void)len;
    if (faulty(f, ECONNREFUSED))
        return -1;
    *pending = f->pending;
    f->open++;
    f->connects++;
    return FD;
}

static int fake_finish(void *ctx, int fd)
{
    struct fake_mysql *f = ctx;

    (void)fd;
    /* Asking for the outcome is no call that can be interrupted. */
    if (faulty(f, ECONNREFUSED))
        return f->fault == FAKE_EINTR ? 0 : -1;
    return 0;
}

static bool in_tls(const struct fake_mysql *f)
{
    return f->tls != NULL && f->packets > 0;
}

/* Bytes the server has to say now. */
static size_t available(const struct fake_mysql *f)
{
    size_t n;

    if (in_tls(f)) {
        n = f->tls->out.n - f->tls->out_at;
        return n < f->limit - f->said ? n : f->limit - f->said;
    }
    if (f->turn >= f->turn_count || f->turn > f->packets)
        return 0;
    n = f->turns[f->turn].n - f->at;
    return n < f->limit - f->said ? n : f->limit - f->said;
}

static void next_turn(struct fake_mysql *f)
{
    while (in_tls(f) && f->turn < f->turn_count && f->turn <= f->packets) {
        struct buf *b = &f->turns[f->turn];

        /* Before the handshake is done nothing can be said. */
        if (b->n > f->at && br_ssl_engine_current_state(&f->tls->server.eng) & BR_SSL_SENDAPP)
            fake_tls_say(f->tls, b->p + f->at, b->n - f->at);
        else if (b->n > f->at)
            return;
        f->turn++;
        f->at = 0;
    }
    while (f->turn < f->turn_count && f->turn <= f->packets && f->at == f->turns[f->turn].n) {
        f->turn++;
        f->at = 0;
    }
}

static int fake_poll(void *ctx, struct pollfd *p, int ms)
{
    struct fake_mysql *f = ctx;

    (void)ms;
    if (faulty(f, ENOMEM))
        return -1;
    next_turn(f);
    if (p->fd < 0)
        return 0;
    if ((p->events & POLLOUT) != 0 || f->gone || f->said == f->limit || available(f) > 0) {
        p->revents = p->events;
        return 1;
    }
    return 0;
}

static ssize_t fake_recv(void *ctx, int fd, void *p, size_t n)
{
    struct fake_mysql *f = ctx;
    size_t most;

    (void)fd;
    if (faulty(f, ECONNRESET))
        return -1;
    next_turn(f);
    most = available(f);
    if (f->gone || f->said == f->limit)
        return 0;
    if (most == 0) {
        errno = EAGAIN;
        return -1;
    }
    if (n > most)
        n = most;
    if (f->slow && n > 1)
        n = 1;
    if (in_tls(f)) {
        memcpy(p, f->tls->out.p + f->tls->out_at, n);
        f->tls->out_at += n;
    } else {
        memcpy(p, f->turns[f->turn].p + f->at, n);
        f->at += n;
    }
    f->said += n;
    return (ssize_t)n;
}

/* Length of the whole packet of one or more frames at the start of s, with its headers; 0 when cut. */
static size_t packet_length(struct str s)
{
    size_t at = 0;

    for (;;) {
        size_t n;

        if (s.n - at < 4)
            return 0;
        n = (size_t)(uint8_t)s.p[at] | (size_t)(uint8_t)s.p[at + 1] << 8 | (size_t)(uint8_t)s.p[at + 2] << 16;
        if (s.n - at - 4 < n)
            return 0;
        at += 4 + n;
        if (n < 0xFFFFFF)
            return at;
    }
}

static ssize_t fake_send(void *ctx, int fd, const void *p, size_t n)
{
    struct fake_mysql *f = ctx;
    size_t length;

    (void)fd;
    if (faulty(f, EPIPE))
        return -1;
    if (f->gone) {
        errno = EPIPE;
        return -1;
    }
    if (f->slow && n > 1)
        n = 1;
    if (in_tls(f)) {
        fake_tls_in(f->tls, p, n);
        buf_addstr(&f->sent, buf_str(&f->tls->got));
        buf_reset(&f->tls->got);
    } else {
        buf_add(&f->sent, p, n);
    }
    while ((length = packet_length(str_sub(buf_str(&f->sent), f->parsed, f->sent.n))) > 0) {
        f->parsed += length;
        f->packets++;
    }
    return (ssize_t)n;
}

static int fake_close(void *ctx, int fd)
{
    struct fake_mysql *f = ctx;

    (void)fd;
    f->open--;
    return 0;
}

void fake_mysql_init(struct fake_mysql *f)
{
    *f = (struct fake_mysql){.limit = SIZE_MAX};
    f->ops = (struct mysql_netops){f, fake_connect, fake_finish, fake_poll, fake_recv, fake_send, fake_close};
}

void fake_mysql_free(struct fake_mysql *f)
{
    size_t i;

    for (i = 0; i < FAKE_TURNS; i++)
        buf_free(&f->turns[i]);
    buf_free(&f->sent);
}

void fake_mysql_rewind(struct fake_mysql *f)
{
    f->turn = f->at = f->packets = f->parsed = f->said = 0;
    f->sent.n = 0;
    f->calls = f->fault_at = 0;
    f->fault = FAKE_NONE;
    f->gone = f->slow = false;
    f->open = 0;
    f->limit = SIZE_MAX;
}

void fake_mysql_turn(struct fake_mysql *f)
{
    if (f->turn_count < FAKE_TURNS)
        f->turn_count++;
}

void fake_mysql_raw(struct fake_mysql *f, const void *p, size_t n)
{
    buf_add(&f->turns[f->turn_count - 1], p, n);
}

void fake_mysql_packet(struct fake_mysql *f, unsigned seq, const void *p, size_t n)
{
    const char *at = p;
    size_t part;

    do {
        char head[4];

        part = n < 0xFFFFFF ? n : 0xFFFFFF;
        head[0] = (char)(part & 0xFF);
        head[1] = (char)(part >> 8 & 0xFF);
        head[2] = (char)(part >> 16 & 0xFF);
        head[3] = (char)(seq++ & 0xFF);
        fake_mysql_raw(f, head, 4);
        fake_mysql_raw(f, at, part);
        at += part;
        n -= part;
    } while (part == 0xFFFFFF);
}

static void add_int(struct buf *b, unsigned v, int bytes)
{
    for (; bytes > 0; bytes--, v >>= 8)
        buf_addc(b, (char)(v & 0xFF));
}

static void add_text(struct buf *b, const char *s)
{
    add_int(b, (unsigned)strlen(s), 1);
    buf_adds(b, s);
}

void fake_mysql_greeting(struct fake_mysql *f, const char *version, unsigned caps, const char *plugin)
{
    struct buf b = {0};

    fake_mysql_turn(f);
    buf_addc(&b, 10);
    buf_add(&b, version, strlen(version) + 1);
    add_int(&b, 77, 4);
    buf_add(&b, "abcdefgh", 9);
    add_int(&b, caps & 0xFFFF, 2);
    add_int(&b, 33, 1);
    add_int(&b, 2, 2);
    add_int(&b, caps >> 16, 2);
    add_int(&b, plugin ? 21 : 0, 1);
    add_int(&b, 0, 4);
    add_int(&b, 0, 4);
    add_int(&b, 0, 2);
    buf_add(&b, "ijklmnopqrst", 13);
    if (plugin != NULL)
        buf_add(&b, plugin, strlen(plugin) + 1);
    fake_mysql_packet(f, 0, b.p, b.n);
    buf_free(&b);
}

void fake_mysql_ok(struct fake_mysql *f, unsigned seq, unsigned status)
{
    const char p[] = {0, 3, 9, (char)(status & 0xFF), (char)(status >> 8), 1, 0};

    fake_mysql_packet(f, seq, p, sizeof p);
}

void fake_mysql_eof(struct fake_mysql *f, unsigned seq, unsigned status)
{
    const char p[] = {(char)0xFE, 0, 0, (char)(status & 0xFF), (char)(status >> 8)};

    fake_mysql_packet(f, seq, p, sizeof p);
}

void fake_mysql_error(struct fake_mysql *f, unsigned seq, unsigned code, const char *state, const char *words)
{
    struct buf b = {0};

    add_int(&b, 0xFF, 1);
    add_int(&b, code, 2);
    if (state != NULL) {
        buf_addc(&b, '#');
        buf_adds(&b, state);
    }
    buf_adds(&b, words);
    fake_mysql_packet(f, seq, b.p, b.n);
    buf_free(&b);
}

void fake_mysql_column(struct fake_mysql *f, unsigned seq, const char *name)
{
    struct buf b = {0};

    add_text(&b, "def");
    add_text(&b, "db");
    add_text(&b, "t");
    add_text(&b, "t");
    add_text(&b, name);
    add_text(&b, name);
    add_int(&b, 12, 1);
    add_int(&b, 45, 2);
    add_int(&b, 1000, 4);
    add_int(&b, 253, 1);
    add_int(&b, 1, 2);
    add_int(&b, 0, 3);
    fake_mysql_packet(f, seq, b.p, b.n);
    buf_free(&b);
}

void fake_mysql_result(struct fake_mysql *f, const char *const *rows)
{
    unsigned seq = 1;

    fake_mysql_turn(f);
    fake_mysql_packet(f, seq++, "\x01", 1);
    fake_mysql_column(f, seq++, "v");
    fake_mysql_eof(f, seq++, 2);
    for (; *rows != NULL; rows++) {
        struct buf b = {0};

        add_text(&b, *rows);
        fake_mysql_packet(f, seq++, b.p, b.n);
        buf_free(&b);
    }
    fake_mysql_eof(f, seq, 2);
}

void fake_mysql_prepare(struct fake_mysql *f, const char *max_packet)
{
    const char *const rows[] = {max_packet, NULL};

    fake_mysql_turn(f);
    fake_mysql_ok(f, 1, 2);
    fake_mysql_result(f, rows);
}

struct str fake_mysql_sent(const struct fake_mysql *f, size_t n)
{
    struct str s = buf_str(&f->sent);

    while (n-- > 0)
        s = str_sub(s, packet_length(s), s.n);
    return str_sub(s, 4, packet_length(s));
}

struct mysql_opts fake_mysql_options(struct fake_mysql *f)
{
    static char socket[] = "/fake";
    static char user[] = "shop";
    static char password[] = "secret-word";
    static char database[] = "shopdb";

    return (struct mysql_opts){
        .socket = socket, .user = user, .password = password, .database = database, .net = &f->ops};
}

struct mysql_opts fake_mysql_tcp_options(struct fake_mysql *f)
{
    static char host[] = "127.0.0.1";
    struct mysql_opts o = fake_mysql_options(f);

    o.socket = NULL;
    o.host = host;
    return o;
}

struct mysql_opts fake_mysql_far_options(struct fake_mysql *f)
{
    static char host[] = "192.0.2.1";
    struct mysql_opts o = fake_mysql_options(f);

    o.socket = NULL;
    o.host = host;
    return o;
}

struct mysql *fake_mysql_session(struct fake_mysql *f, const char *max_packet)
{
    struct mysql_opts o = fake_mysql_options(f);
    struct mysql *m = NULL;
    struct err e = {0};

    fake_mysql_init(f);
    fake_mysql_greeting(f, "10.6.1-MariaDB", FAKE_CAPS_MODERN, "mysql_native_password");
    fake_mysql_turn(f);
    fake_mysql_ok(f, 2, 2);
    fake_mysql_prepare(f, max_packet);
    if (mysql_open(&m, &o, &e) != 0)
        fail_msg("%s", e.text);
    fake_mysql_turn(f);
    return m;
}

void fake_mysql_finish(struct fake_mysql *f, struct mysql *m)
{
    mysql_close(m);
    assert_int_equal(f->open, 0);
    fake_mysql_free(f);
}
