/* Keys and certificates made on the spot, good ones and such as no honest authority would give. */
#ifndef TESTS_FAKE_CERT_H
#define TESTS_FAKE_CERT_H

#include "base/buf.h"

#include <bearssl.h>
#include <stdint.h>

#define FAKE_RSA_BITS 1024 /* the shortest that is accepted; longer ones take long to make */

/* One element of DER around content, which is freed. */
struct buf fake_der(uint8_t tag, struct buf content);
struct buf fake_der_number(const unsigned char *p, size_t n);
void fake_join(struct buf *to, struct buf part); /* frees part */
/* A text with the bytes, which are freed. */
struct buf fake_pem(struct buf bytes, const char *name);

struct fake_key {
    bool rsa;
    br_ec_private_key ec;
    br_ec_public_key ec_public;
    br_rsa_private_key private;
    br_rsa_public_key public;
    unsigned char room[BR_RSA_KBUF_PRIV_SIZE(FAKE_RSA_BITS)];
    unsigned char public_room[BR_RSA_KBUF_PUB_SIZE(FAKE_RSA_BITS)];
};

/* The same key whenever the same seed is given. */
void fake_key_make(struct fake_key *k, bool rsa, const char *seed);

struct fake_cert {
    const char *subject;
    const char *issuer;
    const char *from; /* "260101000000Z" */
    const char *until;
    const char *names[4]; /* subjectAltName, up to the first NULL */
    size_t address_n;     /* of an address among them; 0: none */
    uint8_t address[16];
    bool authority;
    bool sha1;
};

#define FAKE_NOW INT64_C(1781524800) /* 2026-06-15 12:00:00 */

/* DER, to be freed. */
struct buf fake_cert_make(const struct fake_cert *c, const struct fake_key *own,
                          const struct fake_key *signer);

#endif
