/* The other side of TLS, in memory: bytes in, bytes out. */
#ifndef TESTS_FAKE_TLS_H
#define TESTS_FAKE_TLS_H

#include "base/buf.h"
#include "fake_cert.h"

#define FAKE_CHAIN 3

struct fake_tls {
    br_ssl_server_context server;
    unsigned char records[BR_SSL_BUFSIZE_BIDI];
    struct buf certs[FAKE_CHAIN];
    br_x509_certificate chain[FAKE_CHAIN];
    size_t chain_n;
    struct fake_key key;
    struct buf got; /* what the client said */
    struct buf out; /* for the client, encrypted */
    size_t out_at;
};

/* A server that shows these certificates, its own first, which it owns from here on. */
void fake_tls_init(struct fake_tls *t, const struct fake_key *key, struct buf *certs, size_t n, unsigned min,
                   unsigned max);
void fake_tls_rewind(struct fake_tls *t, unsigned min, unsigned max);
void fake_tls_free(struct fake_tls *t);

void fake_tls_in(struct fake_tls *t, const void *p, size_t n);  /* bytes of the client */
void fake_tls_say(struct fake_tls *t, const void *p, size_t n); /* for the client */
void fake_tls_bye(struct fake_tls *t);

#endif
