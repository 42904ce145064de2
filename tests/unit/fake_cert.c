#include "fake_cert.h"

#include <string.h>

#define OID_RSA         "\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01"
#define OID_RSA_SHA1    "\x2A\x86\x48\x86\xF7\x0D\x01\x01\x05"
#define OID_RSA_SHA256  "\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0B"
#define OID_EC          "\x2A\x86\x48\xCE\x3D\x02\x01"
#define OID_P256        "\x2A\x86\x48\xCE\x3D\x03\x01\x07"
#define OID_EC_SHA1     "\x2A\x86\x48\xCE\x3D\x04\x01"
#define OID_EC_SHA256   "\x2A\x86\x48\xCE\x3D\x04\x03\x02"
#define OID_COMMON_NAME "\x55\x04\x03"

struct buf fake_der(uint8_t tag, struct buf content)
{
    struct buf b = {0};

    buf_addc(&b, (char)tag);
    if (content.n >= 256) {
        buf_addc(&b, (char)0x82);
        buf_addc(&b, (char)(content.n >> 8));
    } else if (content.n >= 128) {
        buf_addc(&b, (char)0x81);
    }
    buf_addc(&b, (char)(content.n & 0xFF));
    buf_addstr(&b, buf_str(&content));
    buf_free(&content);
    return b;
}

struct buf fake_der_number(const unsigned char *p, size_t n)
{
    struct buf b = {0};

    buf_addc(&b, '\0');
    buf_add(&b, p, n);
    return fake_der(0x02, b);
}

void fake_join(struct buf *to, struct buf part)
{
    buf_addstr(to, buf_str(&part));
    buf_free(&part);
}

struct buf fake_pem(struct buf bytes, const char *name)
{
    struct buf b = {0};
    size_t n = br_pem_encode(NULL, bytes.p, bytes.n, name, 0);

    br_pem_encode(buf_room(&b, n + 1), bytes.p, bytes.n, name, 0);
    b.n = n;
    buf_free(&bytes);
    return b;
}

static struct buf bytes_of(const void *p, size_t n)
{
    struct buf b = {0};

    buf_add(&b, p, n);
    return b;
}

static struct buf text(uint8_t tag, const char *s)
{
    return fake_der(tag, bytes_of(s, strlen(s)));
}

void fake_key_make(struct fake_key *k, bool rsa, const char *seed)
{
    br_hmac_drbg_context rng;

    k->rsa = rsa;
    br_hmac_drbg_init(&rng, &br_sha256_vtable, seed, strlen(seed));
    if (rsa) {
        br_rsa_i31_keygen(&rng.vtable, &k->private, k->room, &k->public, k->public_room, FAKE_RSA_BITS,
                          65537);
    } else {
        br_ec_keygen(&rng.vtable, br_ec_get_default(), &k->ec, k->room, BR_EC_secp256r1);
        br_ec_compute_pub(br_ec_get_default(), &k->ec_public, k->public_room, &k->ec);
    }
}

static struct buf algorithm(const char *oid, bool rsa)
{
    struct buf b = {0};

    fake_join(&b, text(0x06, oid));
    if (rsa)
        buf_add(&b, "\x05\0", 2);
    return fake_der(0x30, b);
}

/* A bit string of whole bytes; frees them. */
static struct buf bits(struct buf content)
{
    struct buf b = {0};

    buf_addc(&b, '\0');
    fake_join(&b, content);
    return fake_der(0x03, b);
}

static struct buf public_key(const struct fake_key *k)
{
    struct buf all = {0};
    struct buf part = {0};

    if (k->rsa) {
        fake_join(&part, fake_der_number(k->public.n, k->public.nlen));
        fake_join(&part, fake_der_number(k->public.e, k->public.elen));
        fake_join(&all, algorithm(OID_RSA, true));
        fake_join(&all, bits(fake_der(0x30, part)));
    } else {
        fake_join(&part, text(0x06, OID_EC));
        fake_join(&part, text(0x06, OID_P256));
        fake_join(&all, fake_der(0x30, part));
        fake_join(&all, bits(bytes_of(k->ec_public.q, k->ec_public.qlen)));
    }
    return fake_der(0x30, all);
}

static struct buf name(const char *s)
{
    struct buf pair = {0};

    fake_join(&pair, text(0x06, OID_COMMON_NAME));
    fake_join(&pair, text(0x0C, s));
    return fake_der(0x30, fake_der(0x31, fake_der(0x30, pair)));
}

static struct buf extension(const char *oid, bool critical, struct buf content)
{
    struct buf b = {0};

    fake_join(&b, text(0x06, oid));
    if (critical)
        buf_add(&b, "\x01\x01\xFF", 3);
    fake_join(&b, fake_der(0x04, content));
    return fake_der(0x30, b);
}

static struct buf extensions(const struct fake_cert *c)
{
    struct buf all = {0};
    struct buf names = {0};
    size_t i;

    if (c->authority)
        fake_join(&all, extension("\x55\x1D\x13", true, bytes_of("\x30\x03\x01\x01\xFF", 5)));
    for (i = 0; i < 4 && c->names[i] != NULL; i++)
        fake_join(&names, text(0x82, c->names[i]));
    if (c->address_n > 0)
        fake_join(&names, fake_der(0x87, bytes_of(c->address, c->address_n)));
    if (names.n > 0)
        fake_join(&all, extension("\x55\x1D\x11", false, fake_der(0x30, names)));
    return fake_der(0xA3, fake_der(0x30, all));
}

static struct buf signature(struct buf body, const struct fake_key *k, bool sha1)
{
    unsigned char hash[32];
    unsigned char sig[FAKE_RSA_BITS / 8];
    const br_hash_class *hasher = sha1 ? &br_sha1_vtable : &br_sha256_vtable;
    br_hash_compat_context hc;
    size_t n = sha1 ? br_sha1_SIZE : br_sha256_SIZE;

    hasher->init(&hc.vtable);
    hasher->update(&hc.vtable, body.p, body.n);
    hasher->out(&hc.vtable, hash);
    if (k->rsa) {
        br_rsa_i31_pkcs1_sign(sha1 ? BR_HASH_OID_SHA1 : BR_HASH_OID_SHA256, hash, n, &k->private, sig);
        n = sizeof sig;
    } else {
        n = br_ecdsa_i31_sign_asn1(br_ec_get_default(), hasher, hash, &k->ec, sig);
    }
    return bits(bytes_of(sig, n));
}

struct buf fake_cert_make(const struct fake_cert *c, const struct fake_key *own,
                          const struct fake_key *signer)
{
    const char *oid = signer->rsa ? c->sha1 ? OID_RSA_SHA1 : OID_RSA_SHA256
                      : c->sha1   ? OID_EC_SHA1
                                  : OID_EC_SHA256;
    struct buf body = {0};
    struct buf times = {0};
    struct buf all = {0};

    buf_add(&body, "\xA0\x03\x02\x01\x02\x02\x01\x07", 8); /* version 3, serial number 7 */
    fake_join(&body, algorithm(oid, signer->rsa));
    fake_join(&body, name(c->issuer));
    fake_join(&times, text(0x17, c->from));
    fake_join(&times, text(0x17, c->until));
    fake_join(&body, fake_der(0x30, times));
    fake_join(&body, name(c->subject));
    fake_join(&body, public_key(own));
    fake_join(&body, extensions(c));
    body = fake_der(0x30, body);
    fake_join(&all, algorithm(oid, signer->rsa));
    fake_join(&all, signature(body, signer, c->sha1));
    fake_join(&body, all);
    return fake_der(0x30, body);
}
