/* What the files of TLS share; nobody else includes this. */
#ifndef SYS_TLS_PARTS_H
#define SYS_TLS_PARTS_H

#include "base/buf.h"
#include "base/mem.h"
#include "sys/tls.h"

#include <bearssl.h>

struct tls_trust {
    struct arena mem;
    VEC(br_x509_trust_anchor) anchors;
};

/*
 * What the handshake asks about certificates. The chain is measured by BearSSL's validator; of the server's
 * own certificate the bytes are kept, because the validator knows no addresses and gives no reasons in
 * words.
 */
struct tls_chain {
    const br_x509_class *vtable; /* first, as BearSSL wants it */
    const struct tls_trust *trust;
    const char *host;
    int64_t now;
    br_x509_minimal_context minimal; /* with trust */
    br_x509_decoder_context decoder; /* without */
    const br_x509_pkey *key;         /* of the decoder */
    size_t count;                    /* certificates begun */
    struct buf first;                /* the server's own */
};

void tls_chain_init(struct tls_chain *c, const struct tls_opts *o);
void tls_chain_free(struct tls_chain *c);

/* Fills e for the engine's error code and gives the kind of fault; c is where the certificate is found. */
enum tls_fault tls_error_set(struct err *e, int code, const struct tls_chain *c);

#endif
