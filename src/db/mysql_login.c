/* From the server's greeting to its OK; what the plugins are asked and answer is in mysql_plugin.c. */
#include "db/mysql_login.h"

#include "base/ascii.h"

#include <stdlib.h>
#include <string.h>

#define CLIENT_LONG_PASSWORD     0x00000001u
#define CLIENT_LONG_FLAG         0x00000004u
#define CLIENT_CONNECT_WITH_DB   0x00000008u
#define CLIENT_PROTOCOL_41       0x00000200u
#define CLIENT_SSL               0x00000800u
#define CLIENT_TRANSACTIONS      0x00002000u
#define CLIENT_SECURE_CONNECTION 0x00008000u
#define CLIENT_PLUGIN_AUTH       0x00080000u

#define VERSION_MAX ((size_t)128) /* of the server's name for itself; real ones have some ten bytes */
#define ROUNDS_MAX  8             /* packets of a log-in; the longest honest one has four */

/* Character sets by number: utf8_general_ci is known to every server, utf8mb4_general_ci from 5.5.3 on. */
#define CHARSET_UTF8    33
#define CHARSET_UTF8MB4 45
#define UTF8MB4_SINCE   50503u

static const char *text_or_empty(const char *s)
{
    return s ? s : "";
}

/* "5.5.5-10.11.6-MariaDB" is what MariaDB 10 says, so that old replicas take it for a 5.5. */
static int read_version(struct mysql *m, struct str text, struct err *e)
{
    unsigned part[3] = {0, 0, 0};
    struct str digits;
    size_t i;

    if (text.n == 0 || text.n > VERSION_MAX)
        return err_set(e, ERR_FORMAT, "the server's version has %zu bytes", text.n);
    m->mariadb = str_has_nocase(text, STR("mariadb"));
    if (str_starts(text, STR("5.5.5-1")))
        m->mariadb = true;
    if (m->mariadb)
        (void)str_skip(&text, STR("5.5.5-"));
    free(m->version_text);
    m->version_text = mem_dup(text.p, text.n);
    digits = text;
    for (i = 0; i < 3; i++) {
        size_t n = 0;
        uint64_t v = 0;

        while (n < digits.n && ascii_is_digit(digits.p[n]))
            n++;
        if (!str_u64(str_sub(digits, 0, n), 999, &v))
            break;
        part[i] = (unsigned)v;
        digits = str_sub(digits, n, digits.n);
        if (!str_skip(&digits, STR(".")))
            break;
    }
    m->version = part[0] * 10000 + part[1] * 100 + part[2];
    return 0;
}

static int read_greeting(struct mysql *m, struct mysql_login *l, struct str packet, struct err *e)
{
    struct mysql_reader r = {.rest = packet};
    struct str first;
    struct str second;
    struct str plugin = STR("");
    unsigned protocol;
    size_t n;

    if (mysql_error_is(packet))
        return mysql_error_set(e, packet, NULL);
    protocol = (unsigned)mysql_take_int(&r, 1);
    if (!r.bad && protocol != 10)
        return err_set(e, ERR_FORMAT, "what answers is no MySQL or MariaDB server of version 5.5 or later");
    if (read_version(m, mysql_take_cstr(&r), e) != 0)
        return -1;
    m->thread = (uint32_t)mysql_take_int(&r, 4);
    first = mysql_take_bytes(&r, 8);
    (void)mysql_take_bytes(&r, 1);
    l->caps = (unsigned)mysql_take_int(&r, 2);
    (void)mysql_take_int(&r, 1);
    m->status = (unsigned)mysql_take_int(&r, 2);
    l->caps |= (unsigned)mysql_take_int(&r, 2) << 16;
    n = (size_t)mysql_take_int(&r, 1);
    (void)mysql_take_bytes(&r, 10);
    if (r.bad)
        return err_set(e, ERR_FORMAT, "the server's greeting is cut short");
    if ((l->caps & CLIENT_PROTOCOL_41) == 0 || (l->caps & CLIENT_SECURE_CONNECTION) == 0)
        return err_set(e, ERR_REFUSED, "the server %s knows only the log-in of MySQL 4.0", m->version_text);
    /* The second part has a NUL of its own; its length is counted from the first part. */
    second = mysql_take_bytes(&r, n > 8 + 13 ? n - 8 : 13);
    if (r.bad || second.n < MYSQL_SCRAMBLE - first.n)
        return err_set(e, ERR_FORMAT, "the server's greeting is cut short");
    memcpy(l->scramble, first.p, first.n);
    memcpy(l->scramble + first.n, second.p, MYSQL_SCRAMBLE - first.n);
    if ((l->caps & CLIENT_PLUGIN_AUTH) != 0) {
        /* MySQL 5.5.7 to 5.5.9 forgot the NUL behind the name. */
        size_t end = str_chr(r.rest, '\0', 0);

        plugin = str_sub(r.rest, 0, end);
    }
    l->plugin = mysql_plugin_first(plugin);
    m->tls_offered = (l->caps & CLIENT_SSL) != 0;
    return 0;
}

static void add_int(struct buf *b, uint32_t v, size_t bytes)
{
    for (; bytes > 0; bytes--, v >>= 8)
        buf_addc(b, (char)(v & 0xFF));
}

/* What both packets of ours begin with. */
static void add_head(struct buf *b, const struct mysql *m, unsigned caps)
{
    static const char zeros[23];

    add_int(b, caps, 4);
    add_int(b, MYSQL_PACKET_MAX, 4);
    add_int(b, m->version >= UTF8MB4_SINCE ? CHARSET_UTF8MB4 : CHARSET_UTF8, 1);
    buf_add(b, zeros, sizeof zeros);
}

static int encrypt(struct mysql *m, const struct mysql_opts *o, const char *host, unsigned caps,
                   enum mysql_channel channel, struct err *e)
{
    struct buf b = {0};
    int r;

    if (!m->tls_offered) {
        err_set(e, ERR_REFUSED,
                "the server offers no encryption (TLS), or somebody in between took the offer away; "
                "nothing was sent to it");
        return err_fix(e,
                       "switch TLS on in the database server, or add --db-tls=off if the network up to it is "
                       "to be trusted");
    }
    /* What lies in the buffer by now would be taken for words said inside of TLS. */
    if (mysql_wire_pending(&m->wire))
        return err_set(e, ERR_FORMAT, "the server speaks before the encryption has begun");
    add_head(&b, m, caps);
    r = mysql_wire_write(&m->wire, STR(""), buf_str(&b), e);
    buf_free(&b);
    return r != 0 ? -1 : mysql_tls_start(m, o, host, channel == MYSQL_CHANNEL_VERIFIED, e);
}

static int send_login(struct mysql *m, const struct mysql_login *l, unsigned caps, struct err *e)
{
    const char *database = text_or_empty(l->o->database);
    struct mysql_answer a = {0};
    struct buf b = {0};
    int r;

    mysql_plugin_answer(l, &a);
    add_head(&b, m, caps);
    buf_adds(&b, text_or_empty(l->o->user));
    buf_addc(&b, '\0');
    add_int(&b, (uint32_t)a.n, 1);
    buf_add(&b, a.p, a.n);
    if (*database != '\0') {
        buf_adds(&b, database);
        buf_addc(&b, '\0');
    }
    if ((caps & CLIENT_PLUGIN_AUTH) != 0) {
        buf_adds(&b, mysql_plugin_name(l->plugin));
        buf_addc(&b, '\0');
    }
    r = mysql_wire_write(&m->wire, STR(""), buf_str(&b), e);
    explicit_bzero(b.p, b.n);
    explicit_bzero(&a, sizeof a);
    buf_free(&b);
    return r;
}

static int converse(struct mysql *m, struct mysql_login *l, struct err *e)
{
    int round;

    for (round = 0; round < ROUNDS_MAX; round++) {
        struct str packet;
        int r;

        if (mysql_wire_read(&m->wire, MYSQL_SMALL_MAX, &packet, e) != 0)
            return -1;
        if (mysql_error_is(packet))
            return mysql_error_set(e, packet, NULL);
        if (packet.n > 0 && packet.p[0] == '\0')
            return mysql_ok(m, packet, NULL, e);
        if (packet.n > 0 && (uint8_t)packet.p[0] == 0xFE)
            r = mysql_plugin_switch(m, l, packet, e);
        else if (packet.n > 0 && packet.p[0] == '\x01')
            r = mysql_plugin_more(m, l, packet, e);
        else
            r = err_set(e, ERR_FORMAT, "the server asks for something unknown during the log-in");
        if (r != 0)
            return -1;
    }
    return err_set(e, ERR_FORMAT, "the server does not come to an end with the log-in");
}

int mysql_login(struct mysql *m, const struct mysql_opts *o, const char *host, enum mysql_channel channel,
                struct err *e)
{
    struct mysql_login l = {.o = o};
    unsigned caps = CLIENT_LONG_PASSWORD | CLIENT_LONG_FLAG | CLIENT_PROTOCOL_41 | CLIENT_TRANSACTIONS |
                    CLIENT_SECURE_CONNECTION;
    struct str packet;

    m->wire.seq = 0;
    m->tls_offered = false;
    m->verified = false;
    if (mysql_wire_read(&m->wire, MYSQL_SMALL_MAX, &packet, e) != 0 || read_greeting(m, &l, packet, e) != 0)
        return -1;
    caps |= l.caps & CLIENT_PLUGIN_AUTH;
    if (*text_or_empty(o->database) != '\0')
        caps |= CLIENT_CONNECT_WITH_DB;
    if (channel >= MYSQL_CHANNEL_TLS || (channel == MYSQL_CHANNEL_OFFERED && m->tls_offered)) {
        caps |= CLIENT_SSL;
        if (encrypt(m, o, host, caps, channel, e) != 0)
            return -1;
    }
    return send_login(m, &l, caps, e) == 0 ? converse(m, &l, e) : -1;
}
