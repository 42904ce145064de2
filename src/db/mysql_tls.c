/* When a session goes through TLS, and what to do when that fails. */
#include "db/mysql_session.h"

#define ER_ACCESS_DENIED             1045u
#define ER_SECURE_TRANSPORT_REQUIRED 3159u

static const struct {
    const char *word;
    enum mysql_tls mode;
} modes[] = {{"auto", MYSQL_TLS_AUTO},
             {"off", MYSQL_TLS_OFF},
             {"required", MYSQL_TLS_REQUIRED},
             {"verify", MYSQL_TLS_VERIFY}};

bool mysql_tls_parse(struct str word, enum mysql_tls *out)
{
    size_t i;

    for (i = 0; i < sizeof modes / sizeof *modes; i++) {
        if (str_is(word, modes[i].word)) {
            *out = modes[i].mode;
            return true;
        }
    }
    return false;
}

static bool has_ca(const struct mysql_opts *o)
{
    return o->ca != NULL && *o->ca != '\0';
}

enum mysql_channel mysql_tls_channel(const struct mysql_opts *o, const struct mysql_net *n)
{
    switch (o->tls) {
    case MYSQL_TLS_OFF:
        return MYSQL_CHANNEL_PLAIN;
    case MYSQL_TLS_REQUIRED:
        return MYSQL_CHANNEL_TLS;
    case MYSQL_TLS_VERIFY:
        return MYSQL_CHANNEL_VERIFIED;
    default:
        break;
    }
    if (n->local)
        return MYSQL_CHANNEL_PLAIN;
    if (has_ca(o))
        return MYSQL_CHANNEL_VERIFIED;
    return n->loopback ? MYSQL_CHANNEL_PLAIN : MYSQL_CHANNEL_OFFERED;
}

bool mysql_tls_may_help(const struct mysql *m, const struct mysql_opts *o, const struct err *e)
{
    return o->tls == MYSQL_TLS_AUTO && m->tls_offered &&
           (e->db_code == ER_ACCESS_DENIED || e->db_code == ER_SECURE_TRANSPORT_REQUIRED);
}

static int advise(enum tls_fault why, struct err *e)
{
    switch (why) {
    case TLS_FAULT_PROTOCOL:
        return err_fix(e, "allow TLS 1.2 on the database server (tls_version), use its unix socket, or add "
                          "--db-tls=off if the network up to it is to be trusted");
    case TLS_FAULT_EXPIRED:
        return err_fix(e,
                       "renew the server's certificate and see that both clocks are right; to go on without "
                       "knowing who the server is: --db-tls=required");
    case TLS_FAULT_NAME:
        return err_fix(
            e, "name the server by --db-host as its certificate does; to go on without knowing who the "
               "server is: --db-tls=required");
    case TLS_FAULT_SELF_SIGNED:
        return err_fix(
            e, "copy that certificate from the server and name it by --db-ca; MariaDB 11.4 and later make "
               "such a one anew at each start, so give the server a lasting one first, or go on without "
               "knowing who the server is: --db-tls=required");
    case TLS_FAULT_UNKNOWN:
        return err_fix(e,
                       "name the file of the authority's certificate (PEM; often ca.pem in the server's data "
                       "folder) by --db-ca; to go on without knowing who the server is: --db-tls=required");
    case TLS_FAULT_CERTIFICATE:
        return err_fix(
            e, "give the database server another certificate; to go on without knowing who the server "
               "is: --db-tls=required");
    default:
        return err_fix(e, "see what answers at this address, then run the same command again");
    }
}

int mysql_tls_start(struct mysql *m, const struct mysql_opts *o, const char *host, bool verify, struct err *e)
{
    struct tls_opts how = {.host = host};
    struct tls_trust *trust = NULL;
    enum tls_fault why = TLS_FAULT_OTHER;
    int r;

    if (verify && tls_trust_load(&trust, has_ca(o) ? o->ca : NULL, e) != 0) {
        err_wrap(e, "authorities to verify the database server by");
        return err_fix(
            e, "name a file of certificates (PEM) by --db-ca; to go on without knowing who the server is: "
               "--db-tls=required");
    }
    how.trust = trust;
    r = mysql_net_tls(&m->wire.net, &how, &why, e);
    tls_trust_free(trust);
    if (r == 0) {
        m->verified = verify;
        return 0;
    }
    err_wrap(e, "the encryption of the connection (TLS) could not begin");
    return advise(why, e);
}
