/* The codes of BearSSL in words. */
#include "base/clock.h"
#include "format/x509.h"
#include "sys/tls_parts.h"

#define NAME_SHOWN ((size_t)128)

#define ALERT_HANDSHAKE_FAILURE 40
#define ALERT_PROTOCOL_VERSION  70
#define ALERT_NO_SECURITY       71

static const struct {
    int code;
    const char *words;
} alerts[] = {
    {10, "an unexpected message"},     {20, "a damaged record"},
    {40, "no common cipher"},          {42, "a bad certificate"},
    {47, "an illegal value"},          {48, "an unknown authority"},
    {50, "a message it cannot read"},  {51, "a wrong signature"},
    {70, "the version of TLS"},        {71, "ciphers that are too weak for it"},
    {80, "a fault of its own"},        {86, "a fallback to an older version"},
    {112, "the name it was asked by"}, {116, "that no certificate of ours was given"},
};

static enum tls_fault alert(struct err *e, int number)
{
    const char *words = "a reason without a name";
    size_t i;

    for (i = 0; i < sizeof alerts / sizeof *alerts; i++)
        if (alerts[i].code == number)
            words = alerts[i].words;
    if (number == ALERT_PROTOCOL_VERSION || number == ALERT_HANDSHAKE_FAILURE ||
        number == ALERT_NO_SECURITY) {
        err_set(e, ERR_DB,
                "the server refuses encryption by TLS 1.2 (%s, alert %d): it may speak TLS 1.3 alone, "
                "or other ciphers",
                words, number);
        return TLS_FAULT_PROTOCOL;
    }
    err_set(e, ERR_DB, "the server ended the encryption: %s (alert %d)", words, number);
    return TLS_FAULT_OTHER;
}

/* "2026-01-31" */
static void day_of(int64_t t, char out[CLOCK_STAMP])
{
    time_t at = (time_t)t;
    struct tm tm = {0};

    if (gmtime_r(&at, &tm) == NULL || strftime(out, CLOCK_STAMP, "%Y-%m-%d", &tm) == 0)
        out[0] = '\0';
}

static enum tls_fault expired(struct err *e, const struct x509 *own, int64_t now)
{
    char day[CLOCK_STAMP];
    char today[CLOCK_STAMP];

    day_of(now, today);
    if (own != NULL && now > own->until) {
        day_of(own->until, day);
        err_set(e, ERR_REFUSED, "the server's certificate expired on %s (the clock here says %s)", day,
                today);
    } else if (own != NULL && now < own->from) {
        day_of(own->from, day);
        err_set(e, ERR_REFUSED, "the server's certificate is valid from %s on only (the clock here says %s)",
                day, today);
    } else {
        err_set(e, ERR_REFUSED,
                "a certificate between the server's and its authority's is not valid now (the clock here "
                "says %s)",
                today);
    }
    return TLS_FAULT_EXPIRED;
}

static enum tls_fault untrusted(struct err *e, const struct x509 *own)
{
    struct str issuer = own != NULL ? x509_common_name(own->issuer) : (struct str){"", 0};

    if (own != NULL && str_eq(own->issuer, own->subject)) {
        err_set(e, ERR_REFUSED,
                "the server's certificate vouches for itself (self-signed), so it proves nothing");
        return TLS_FAULT_SELF_SIGNED;
    }
    issuer = str_sub(issuer, 0, NAME_SHOWN);
    err_set(e, ERR_REFUSED, "the server's certificate leads to no trusted authority (issued by \"%.*s\")",
            STR_FMT(issuer));
    return TLS_FAULT_UNKNOWN;
}

static enum tls_fault certificate(struct err *e, int code, const struct tls_chain *c)
{
    struct x509 parsed;
    const struct x509 *own = x509_parse(buf_str(&c->first), &parsed) ? &parsed : NULL;
    const char *words = "is damaged";
    struct buf names = {0};

    switch (code) {
    case BR_ERR_X509_EXPIRED:
        return expired(e, own, c->now);
    case BR_ERR_X509_NOT_TRUSTED:
    case BR_ERR_X509_DN_MISMATCH:
    case BR_ERR_X509_NOT_CA:
        return untrusted(e, own);
    case BR_ERR_X509_BAD_SERVER_NAME:
        if (own != NULL)
            x509_names(own, &names);
        err_set(e, ERR_REFUSED, "the server's certificate is not for \"%.*s\" but for: %s",
                STR_FMT(str_sub(str_of(c->host), 0, NAME_SHOWN)), buf_cstr(&names));
        buf_free(&names);
        return TLS_FAULT_NAME;
    case BR_ERR_X509_EMPTY_CHAIN:
        words = "is missing";
        break;
    case BR_ERR_X509_WEAK_PUBLIC_KEY:
        words = "or one above it has a key that is too short";
        break;
    case BR_ERR_X509_BAD_SIGNATURE:
        words = "or one above it has a wrong signature";
        break;
    case BR_ERR_X509_UNSUPPORTED:
    case BR_ERR_X509_WRONG_KEY_TYPE:
        words = "or one above it is signed in a way that is not accepted (RSA or ECDSA with SHA-2 is)";
        break;
    case BR_ERR_X509_CRITICAL_EXTENSION:
        words = "or one above it has a condition that is not understood";
        break;
    case BR_ERR_X509_FORBIDDEN_KEY_USAGE:
        words = "or one above it is not meant for this use";
        break;
    case BR_ERR_X509_LIMIT_EXCEEDED:
        words = "or one above it is too large";
        break;
    default:
        break;
    }
    err_set(e, ERR_REFUSED, "the server's certificate %s (code %d)", words, code);
    return TLS_FAULT_CERTIFICATE;
}

enum tls_fault tls_error_set(struct err *e, int code, const struct tls_chain *c)
{
    if (code >= BR_ERR_RECV_FATAL_ALERT && code < BR_ERR_SEND_FATAL_ALERT)
        return alert(e, code - BR_ERR_RECV_FATAL_ALERT);
    if (code > BR_ERR_X509_OK && code < BR_ERR_RECV_FATAL_ALERT)
        return certificate(e, code, c);
    switch (code) {
    case BR_ERR_OK:
        err_set(e, ERR_DB, "the server closed the connection");
        break;
    case BR_ERR_UNSUPPORTED_VERSION:
        err_set(e, ERR_DB, "the server speaks no version of TLS that is safe enough (1.2 is needed)");
        return TLS_FAULT_PROTOCOL;
    case BR_ERR_BAD_VERSION:
    case BR_ERR_UNKNOWN_TYPE:
        err_set(e, ERR_FORMAT, "what the server sends is not encrypted");
        break;
    case BR_ERR_BAD_MAC:
        err_set(e, ERR_FORMAT, "encrypted bytes of the server were changed on the way");
        break;
    case BR_ERR_BAD_SIGNATURE:
    case BR_ERR_BAD_FINISHED:
        err_set(e, ERR_REFUSED, "the server does not hold the key of the certificate it shows");
        return TLS_FAULT_CERTIFICATE;
    case BR_ERR_NO_CLIENT_AUTH:
        err_set(e, ERR_REFUSED, "the server asks for a certificate of ours, which is not supported");
        break;
    case BR_ERR_NO_RANDOM:
        err_set(e, ERR_ABSENT, "the system gives no random numbers for encryption");
        break;
    default:
        err_set(e, ERR_FORMAT, "the server breaks the rules of TLS (code %d)", code);
        break;
    }
    return TLS_FAULT_OTHER;
}
