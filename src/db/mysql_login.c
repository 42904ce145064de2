/*
 * From the server's greeting to its OK.
 *
 * The server chooses how the log-in goes, and it may be a rogue: an answer computed from random bytes of
 * its choice is all it gets by asking. The password itself goes over a unix socket only, or encrypted by
 * the key that the server gives – which tells nothing about who the server is, but is what PHP's own
 * client does with the same password on the same connection.
 */
#include "db/mysql_auth.h"
#include "db/mysql_session.h"

#include <stdlib.h>
#include <string.h>

#define CLIENT_LONG_PASSWORD     0x00000001u
#define CLIENT_LONG_FLAG         0x00000004u
#define CLIENT_CONNECT_WITH_DB   0x00000008u
#define CLIENT_PROTOCOL_41       0x00000200u
#define CLIENT_TRANSACTIONS      0x00002000u
#define CLIENT_SECURE_CONNECTION 0x00008000u
#define CLIENT_PLUGIN_AUTH       0x00080000u

#define NATIVE "mysql_native_password"
#define SHA2   "caching_sha2_password"

#define VERSION_MAX    ((size_t)128) /* of the server's name for itself; real ones have some ten bytes */
#define NAME_MAX_SHOWN ((size_t)64)  /* of a plugin's name */
#define ROUNDS_MAX     8             /* packets of a log-in; the longest honest one has four */

/* Character sets by number: utf8_general_ci is known to every server, utf8mb4_general_ci from 5.5.3 on. */
#define CHARSET_UTF8    33
#define CHARSET_UTF8MB4 45
#define UTF8MB4_SINCE   50503u

enum plugin { PLUGIN_OTHER, PLUGIN_NATIVE, PLUGIN_SHA2 };

struct login {
    const struct mysql_opts *o;
    unsigned caps; /* what the server can do */
    enum plugin plugin;
    bool switched;
    uint8_t scramble[MYSQL_SCRAMBLE];
};

static enum plugin plugin_of(struct str name)
{
    return str_is(name, NATIVE) ? PLUGIN_NATIVE : str_is(name, SHA2) ? PLUGIN_SHA2 : PLUGIN_OTHER;
}

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

        while (n < digits.n && digits.p[n] >= '0' && digits.p[n] <= '9')
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

static int read_greeting(struct mysql *m, struct login *l, struct str packet, struct err *e)
{
    struct mysql_reader r = {.rest = packet};
    struct str first;
    struct str second;
    struct str plugin = STR(NATIVE);
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
    l->plugin = plugin_of(plugin);
    return 0;
}

/* The first answer of the plugin in force. */
static void answer(const struct login *l, struct mysql_answer *a)
{
    const char *password = text_or_empty(l->o->password);

    if (l->plugin == PLUGIN_SHA2)
        mysql_auth_sha2(l->scramble, password, a);
    else
        mysql_auth_native(l->scramble, password, a);
}

static void add_int(struct buf *b, uint32_t v, size_t bytes)
{
    for (; bytes > 0; bytes--, v >>= 8)
        buf_addc(b, (char)(v & 0xFF));
}

static int send_login(struct mysql *m, struct login *l, struct err *e)
{
    static const char zeros[23];
    const char *database = text_or_empty(l->o->database);
    unsigned caps = CLIENT_LONG_PASSWORD | CLIENT_LONG_FLAG | CLIENT_PROTOCOL_41 | CLIENT_TRANSACTIONS |
                    CLIENT_SECURE_CONNECTION;
    struct mysql_answer a = {0};
    struct buf b = {0};
    int r;

    if (*database != '\0')
        caps |= CLIENT_CONNECT_WITH_DB;
    caps |= l->caps & CLIENT_PLUGIN_AUTH;
    /* With a default plugin that is not ours we begin with the oldest; the account's own plugin comes
     * by a switch. */
    if (l->plugin == PLUGIN_OTHER)
        l->plugin = PLUGIN_NATIVE;
    answer(l, &a);
    add_int(&b, caps, 4);
    add_int(&b, MYSQL_PACKET_MAX, 4);
    add_int(&b, m->version >= UTF8MB4_SINCE ? CHARSET_UTF8MB4 : CHARSET_UTF8, 1);
    buf_add(&b, zeros, sizeof zeros);
    buf_adds(&b, text_or_empty(l->o->user));
    buf_addc(&b, '\0');
    add_int(&b, (uint32_t)a.n, 1);
    buf_add(&b, a.p, a.n);
    if (*database != '\0') {
        buf_adds(&b, database);
        buf_addc(&b, '\0');
    }
    if ((caps & CLIENT_PLUGIN_AUTH) != 0) {
        buf_adds(&b, l->plugin == PLUGIN_SHA2 ? SHA2 : NATIVE);
        buf_addc(&b, '\0');
    }
    r = mysql_wire_write(&m->wire, STR(""), buf_str(&b), e);
    explicit_bzero(b.p, b.n);
    explicit_bzero(&a, sizeof a);
    buf_free(&b);
    return r;
}

static int refuse_plugin(struct str name, struct err *e)
{
    name = str_sub(name, 0, NAME_MAX_SHOWN);
    if (str_is(name, "mysql_old_password")) {
        err_set(e, ERR_REFUSED,
                "the account has a password of the old style of MySQL 4.0, which is not safe");
        return err_fix(e, "set a new style password: SET old_passwords = 0; SET PASSWORD = PASSWORD('…')");
    }
    if (str_is(name, "mysql_clear_password") || str_is(name, "dialog"))
        err_set(e, ERR_REFUSED, "the server wants the password in clear text (%.*s), which is refused",
                STR_FMT(name));
    else
        err_set(e, ERR_REFUSED, "the account logs in by \"%.*s\", which is not supported", STR_FMT(name));
    return err_fix(e, "name an account with " NATIVE " or " SHA2 " by the --db-… options");
}

static int switch_plugin(struct mysql *m, struct login *l, struct str packet, struct err *e)
{
    struct mysql_reader r = {.rest = packet};
    struct mysql_answer a = {0};
    struct str name;
    int result;

    (void)mysql_take_int(&r, 1);
    if (packet.n == 1)
        return refuse_plugin(STR("mysql_old_password"), e);
    name = mysql_take_cstr(&r);
    if (r.bad)
        return err_set(e, ERR_FORMAT, "the server's request for another log-in is cut short");
    if (l->switched)
        return err_set(e, ERR_FORMAT, "the server changes the way of the log-in twice");
    l->switched = true;
    l->plugin = plugin_of(name);
    if (l->plugin == PLUGIN_OTHER)
        return refuse_plugin(name, e);
    if (r.rest.n < MYSQL_SCRAMBLE)
        return err_set(e, ERR_FORMAT, "the server's request for another log-in is cut short");
    memcpy(l->scramble, r.rest.p, MYSQL_SCRAMBLE);
    answer(l, &a);
    result = mysql_wire_write(&m->wire, STR(""), (struct str){(const char *)a.p, a.n}, e);
    explicit_bzero(&a, sizeof a);
    return result;
}

/* The server does not have the password's hash in its cache and wants the password itself. */
static int send_password(struct mysql *m, const struct login *l, struct err *e)
{
    const char *password = text_or_empty(l->o->password);
    struct mysql_answer a = {0};
    struct str packet;
    int r;

    if (m->wire.net.local)
        return mysql_wire_write(&m->wire, STR(""), (struct str){password, strlen(password) + 1}, e);
    if (mysql_wire_write(&m->wire, STR(""), STR("\x02"), e) != 0 ||
        mysql_wire_read(&m->wire, MYSQL_SMALL_MAX, &packet, e) != 0)
        return -1;
    if (mysql_error_is(packet))
        return mysql_error_set(e, packet, NULL);
    if (packet.n < 2 || packet.p[0] != '\x01')
        return err_set(e, ERR_FORMAT, "the server did not give its public key");
    if (mysql_auth_rsa(l->scramble, password, str_sub(packet, 1, packet.n), &a, e) != 0)
        return -1;
    r = mysql_wire_write(&m->wire, STR(""), (struct str){(const char *)a.p, a.n}, e);
    explicit_bzero(&a, sizeof a);
    return r;
}

static int converse(struct mysql *m, struct login *l, struct err *e)
{
    bool full = false;
    int round;

    for (round = 0; round < ROUNDS_MAX; round++) {
        struct str packet;
        uint8_t kind;

        if (mysql_wire_read(&m->wire, MYSQL_SMALL_MAX, &packet, e) != 0)
            return -1;
        if (mysql_error_is(packet))
            return mysql_error_set(e, packet, NULL);
        kind = packet.n > 0 ? (uint8_t)packet.p[0] : 0xFF;
        if (kind == 0x00)
            return mysql_ok(m, packet, NULL, e);
        if (kind == 0xFE) {
            if (switch_plugin(m, l, packet, e) != 0)
                return -1;
        } else if (kind == 0x01 && packet.n == 2 && l->plugin == PLUGIN_SHA2 && packet.p[1] == 3) {
            continue; /* the hash was right; OK follows */
        } else if (kind == 0x01 && packet.n == 2 && l->plugin == PLUGIN_SHA2 && packet.p[1] == 4 && !full) {
            full = true;
            if (send_password(m, l, e) != 0)
                return -1;
        } else {
            return err_set(e, ERR_FORMAT, "the server asks for something unknown during the log-in");
        }
    }
    return err_set(e, ERR_FORMAT, "the server does not come to an end with the log-in");
}

int mysql_login(struct mysql *m, const struct mysql_opts *o, struct err *e)
{
    struct login l = {.o = o};
    struct str packet;

    m->wire.seq = 0;
    if (mysql_wire_read(&m->wire, MYSQL_SMALL_MAX, &packet, e) != 0 || read_greeting(m, &l, packet, e) != 0 ||
        send_login(m, &l, e) != 0)
        return -1;
    return converse(m, &l, e);
}
