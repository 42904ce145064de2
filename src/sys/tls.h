/*
 * TLS 1.2 as a client, over any stream: the other side is proven by a certificate, or by nothing when the
 * caller wants encryption alone. A session belongs to one thread; sessions share nothing but the trust they
 * were given, which nobody changes.
 */
#ifndef SYS_TLS_H
#define SYS_TLS_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct tls;
struct tls_trust;

/*
 * The authorities that certificates are measured by: the certificates (PEM) of a file, or when file is NULL
 * those of the system: the file named by SSL_CERT_FILE, else the first of the usual places. Certificates of
 * kinds that can't be used are passed over; none at all that can is an error. Free with tls_trust_free.
 */
int tls_trust_load(struct tls_trust **out, const char *file, struct err *e);
void tls_trust_free(struct tls_trust *t); /* NULL is fine */
size_t tls_trust_count(const struct tls_trust *t);

/* The stream below. read gives at least one byte or -1, write sends all or gives -1; both fill e then. */
struct tls_io {
    void *ctx;
    ssize_t (*read)(void *ctx, void *p, size_t n, struct err *e);
    int (*write)(void *ctx, const void *p, size_t n, struct err *e);
};

/* Why a session could not begin, for the advice that only the caller can give. */
enum tls_fault {
    TLS_FAULT_OTHER,       /* the stream, or bytes that are not TLS */
    TLS_FAULT_PROTOCOL,    /* no version or cipher in common */
    TLS_FAULT_EXPIRED,     /* the certificate is not valid now */
    TLS_FAULT_NAME,        /* it is for another host */
    TLS_FAULT_SELF_SIGNED, /* it vouches for itself */
    TLS_FAULT_UNKNOWN,     /* an authority vouches for it that is not trusted */
    TLS_FAULT_CERTIFICATE  /* other faults of it */
};

/* All of it is used by tls_start alone. */
struct tls_opts {
    const char *host;              /* as the user named the server; NULL: none, and no name is checked */
    const struct tls_trust *trust; /* NULL: any certificate will do */
    int64_t now;                   /* seconds since 1970; 0: of the clock */
};

/*
 * Does the handshake. The certificate has to lead to one of the trusted authorities – or be one of them
 * itself –, be valid now and name the host. With trust nothing older than TLS 1.2 is spoken; without it,
 * where nothing is proven anyway, TLS 1.0 too, for old servers. Certificate faults are ERR_REFUSED.
 */
int tls_start(struct tls **out, const struct tls_opts *o, struct tls_io io, enum tls_fault *why,
              struct err *e);

/* At least one byte, or -1; the end of the stream is an error. */
ssize_t tls_read(struct tls *t, void *p, size_t n, struct err *e);
/* All of it, and nothing is held back. */
int tls_write(struct tls *t, const void *p, size_t n, struct err *e);

/* True when bytes of the other side are at hand, read or not yet decrypted. */
bool tls_pending(const struct tls *t);

/* "TLS 1.2, ECDHE-RSA-AES128-GCM" */
const char *tls_words(const struct tls *t);

/* Says that nothing more will come; the answer is not waited for. */
void tls_bye(struct tls *t);

/* Wipes the keys. NULL is fine. */
void tls_free(struct tls *t);

#endif
