/*
 * What the server asks for during the log-in, and what it gets.
 *
 * The server chooses, and it may be a rogue or somebody in between. So what an answer gives away decides
 * where it may go:
 *
 *   mysql_native_password, caching_sha2_password (hash), client_ed25519: anywhere; an answer computed from
 *       random bytes of the server's choice is all it gets by asking
 *   mysql_old_password: over a unix socket, within this machine, or in TLS: its hash is easily turned back
 *   the password itself for caching_sha2_password and sha256_password: over a unix socket or in TLS;
 *       elsewhere encrypted by the key that the server gives – which, like TLS without verification, tells
 *       nothing about who the server is, but is what PHP's own client does with the same password on the
 *       same connection
 *   the password itself for mysql_clear_password: over a unix socket or in verified TLS
 */
#include "db/mysql_login.h"

#include <string.h>

#define NATIVE "mysql_native_password"
#define SHA2   "caching_sha2_password"

#define NAME_MAX_SHOWN ((size_t)64) /* of a plugin's name */

static const struct {
    const char *name;
    size_t scramble; /* bytes it takes */
} plugins[] = {
    [MYSQL_PLUGIN_OTHER] = {NULL, 0},
    [MYSQL_PLUGIN_NATIVE] = {NATIVE, MYSQL_SCRAMBLE},
    [MYSQL_PLUGIN_SHA2] = {SHA2, MYSQL_SCRAMBLE},
    [MYSQL_PLUGIN_SHA256] = {"sha256_password", MYSQL_SCRAMBLE},
    [MYSQL_PLUGIN_ED25519] = {"client_ed25519", MYSQL_SCRAMBLE_ED25519},
    [MYSQL_PLUGIN_OLD] = {"mysql_old_password", MYSQL_SCRAMBLE_OLD},
    [MYSQL_PLUGIN_CLEAR] = {"mysql_clear_password", 0},
};

static const char *password_of(const struct mysql_login *l)
{
    return l->o->password != NULL ? l->o->password : "";
}

static enum mysql_plugin find(struct str name)
{
    size_t i;

    for (i = 1; i < sizeof plugins / sizeof *plugins; i++)
        if (str_is(name, plugins[i].name))
            return (enum mysql_plugin)i;
    return MYSQL_PLUGIN_OTHER;
}

const char *mysql_plugin_name(enum mysql_plugin plugin)
{
    return plugins[plugin].name;
}

enum mysql_plugin mysql_plugin_first(struct str name)
{
    return str_is(name, SHA2) ? MYSQL_PLUGIN_SHA2 : MYSQL_PLUGIN_NATIVE;
}

void mysql_plugin_answer(const struct mysql_login *l, struct mysql_answer *a)
{
    if (l->plugin == MYSQL_PLUGIN_SHA2)
        mysql_auth_sha2(l->scramble, password_of(l), a);
    else
        mysql_auth_native(l->scramble, password_of(l), a);
}

static int send_answer(struct mysql *m, struct mysql_answer *a, struct err *e)
{
    int r = mysql_wire_write(&m->wire, STR(""), (struct str){(const char *)a->p, a->n}, e);

    explicit_bzero(a, sizeof *a);
    return r;
}

static int send_password(struct mysql *m, const struct mysql_login *l, struct err *e)
{
    const char *password = password_of(l);

    return mysql_wire_write(&m->wire, STR(""), (struct str){password, strlen(password) + 1}, e);
}

/* Nobody but the other side can read. */
static bool is_private(const struct mysql *m)
{
    return m->wire.net.local || m->wire.net.tls != NULL;
}

static int other_account(struct err *e)
{
    return err_fix(e, "name an account with " NATIVE " or " SHA2 " by the --db-… options");
}

static int refuse(struct str name, struct err *e)
{
    name = str_sub(name, 0, NAME_MAX_SHOWN);
    if (str_is(name, "dialog"))
        err_set(e, ERR_REFUSED,
                "the account logs in by questions in clear text (dialog, of PAM), which is refused");
    else if (str_is(name, "parsec"))
        err_set(e, ERR_REFUSED,
                "the account logs in by parsec, a way of MariaDB 11.6 and later that is not supported");
    else
        err_set(e, ERR_REFUSED, "the account logs in by \"%.*s\", which is not supported", STR_FMT(name));
    return other_account(e);
}

static int answer_old(struct mysql *m, const struct mysql_login *l, struct err *e)
{
    struct mysql_answer a = {0};

    if (!is_private(m) && !m->wire.net.loopback) {
        err_set(e, ERR_REFUSED,
                "the account has a password of the old style of MySQL 4.0, which is not safe to "
                "use without encryption");
        return err_fix(e, "add --db-tls=required, or set a new style password: SET old_passwords = 0; "
                          "SET PASSWORD = PASSWORD('…')");
    }
    mysql_auth_old(l->scramble, password_of(l), &a);
    return send_answer(m, &a, e);
}

static int answer_clear(struct mysql *m, const struct mysql_login *l, struct err *e)
{
    if (m->wire.net.local || m->verified)
        return send_password(m, l, e);
    err_set(e, ERR_REFUSED,
            "the server wants the password in clear text (mysql_clear_password), which is refused "
            "to a server that has not proven who it is");
    return err_fix(e, "add --db-tls=verify, use the server's socket, or name an account with " NATIVE
                      " or " SHA2 " by the --db-… options");
}

/* The password itself is wanted, by caching_sha2_password or sha256_password. The request for the server's
 * key differs, its answer does not. */
static int give_password(struct mysql *m, const struct mysql_login *l, struct str request, struct err *e)
{
    struct mysql_answer a = {0};
    struct str packet;

    if (is_private(m))
        return send_password(m, l, e);
    if (mysql_wire_write(&m->wire, STR(""), request, e) != 0 ||
        mysql_wire_read(&m->wire, MYSQL_SMALL_MAX, &packet, e) != 0)
        return -1;
    if (mysql_error_is(packet))
        return mysql_error_set(e, packet, NULL);
    if (packet.n < 2 || packet.p[0] != '\x01')
        return err_set(e, ERR_FORMAT, "the server did not give its public key");
    if (mysql_auth_rsa(l->scramble, password_of(l), str_sub(packet, 1, packet.n), &a, e) != 0)
        return -1;
    return send_answer(m, &a, e);
}

int mysql_plugin_switch(struct mysql *m, struct mysql_login *l, struct str packet, struct err *e)
{
    struct mysql_reader r = {.rest = packet};
    struct mysql_answer a = {0};
    struct str name;
    size_t n;

    if (l->switched)
        return err_set(e, ERR_FORMAT, "the server changes the way of the log-in twice");
    l->switched = true;
    /* A server of before the plugins asks so for the old password, by the random bytes it gave. */
    if (packet.n == 1) {
        l->plugin = MYSQL_PLUGIN_OLD;
        return answer_old(m, l, e);
    }
    (void)mysql_take_int(&r, 1);
    name = mysql_take_cstr(&r);
    l->plugin = find(name);
    n = plugins[l->plugin].scramble;
    if (r.bad || r.rest.n < n)
        return err_set(e, ERR_FORMAT, "the server's request for another log-in is cut short");
    if (n > 0)
        memcpy(l->scramble, r.rest.p, n);
    switch (l->plugin) {
    case MYSQL_PLUGIN_NATIVE:
    case MYSQL_PLUGIN_SHA2:
        mysql_plugin_answer(l, &a);
        return send_answer(m, &a, e);
    case MYSQL_PLUGIN_SHA256:
        if (*password_of(l) == '\0')
            return send_password(m, l, e);
        return give_password(m, l, STR("\x01"), e);
    case MYSQL_PLUGIN_ED25519:
        mysql_auth_ed25519(l->scramble, password_of(l), &a);
        return send_answer(m, &a, e);
    case MYSQL_PLUGIN_OLD:
        return answer_old(m, l, e);
    case MYSQL_PLUGIN_CLEAR:
        return answer_clear(m, l, e);
    default:
        return refuse(name, e);
    }
}

int mysql_plugin_more(struct mysql *m, struct mysql_login *l, struct str packet, struct err *e)
{
    if (l->plugin == MYSQL_PLUGIN_SHA2 && packet.n == 2) {
        if (packet.p[1] == 3)
            return 0; /* the hash was right; OK follows */
        /* The server does not have the password's hash in its cache. */
        if (packet.p[1] == 4 && !l->full) {
            l->full = true;
            return give_password(m, l, STR("\x02"), e);
        }
    }
    return err_set(e, ERR_FORMAT, "the server asks for something unknown during the log-in");
}
