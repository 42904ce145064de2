#include "db/mysql_auth.h"

#include <bearssl.h>
#include <stdbool.h>
#include <string.h>

#define RSA_MIN ((size_t)1024 / 8) /* smaller keys can be broken by whoever listens */
#define RSA_MAX ((size_t)4096 / 8) /* BearSSL's limit */

_Static_assert(RSA_MAX <= MYSQL_ANSWER_MAX, "an answer holds one block of the longest key");

void mysql_auth_native(const uint8_t scramble[MYSQL_SCRAMBLE], const char *password, struct mysql_answer *a)
{
    uint8_t once[br_sha1_SIZE];
    uint8_t twice[br_sha1_SIZE];
    br_sha1_context c;
    size_t i;

    a->n = 0;
    if (*password == '\0')
        return;
    br_sha1_init(&c);
    br_sha1_update(&c, password, strlen(password));
    br_sha1_out(&c, once);
    br_sha1_init(&c);
    br_sha1_update(&c, once, sizeof once);
    br_sha1_out(&c, twice);
    br_sha1_init(&c);
    br_sha1_update(&c, scramble, MYSQL_SCRAMBLE);
    br_sha1_update(&c, twice, sizeof twice);
    br_sha1_out(&c, a->p);
    for (i = 0; i < sizeof once; i++)
        a->p[i] ^= once[i];
    a->n = sizeof once;
    explicit_bzero(&c, sizeof c);
    explicit_bzero(once, sizeof once);
    explicit_bzero(twice, sizeof twice);
}

void mysql_auth_sha2(const uint8_t scramble[MYSQL_SCRAMBLE], const char *password, struct mysql_answer *a)
{
    uint8_t once[br_sha256_SIZE];
    uint8_t twice[br_sha256_SIZE];
    br_sha256_context c;
    size_t i;

    if (*password == '\0') {
        a->p[0] = 0;
        a->n = 1;
        return;
    }
    br_sha256_init(&c);
    br_sha256_update(&c, password, strlen(password));
    br_sha256_out(&c, once);
    br_sha256_init(&c);
    br_sha256_update(&c, once, sizeof once);
    br_sha256_out(&c, twice);
    br_sha256_init(&c);
    br_sha256_update(&c, twice, sizeof twice);
    br_sha256_update(&c, scramble, MYSQL_SCRAMBLE);
    br_sha256_out(&c, a->p);
    for (i = 0; i < sizeof once; i++)
        a->p[i] ^= once[i];
    a->n = sizeof once;
    explicit_bzero(&c, sizeof c);
    explicit_bzero(once, sizeof once);
    explicit_bzero(twice, sizeof twice);
}

/* One element of DER with the wanted tag: its content, and *rest moves behind it. */
static bool der_take(struct str *rest, uint8_t tag, struct str *content)
{
    const uint8_t *p = (const uint8_t *)rest->p;
    size_t head = 2;
    size_t n;

    if (rest->n < 2 || p[0] != tag)
        return false;
    n = p[1];
    if (n >= 0x80) {
        size_t bytes = n & 0x7F;
        size_t i;

        if (bytes < 1 || bytes > 2 || rest->n < 2 + bytes)
            return false;
        for (n = 0, i = 0; i < bytes; i++)
            n = n << 8 | p[2 + i];
        head += bytes;
    }
    if (rest->n - head < n)
        return false;
    *content = str_sub(*rest, head, head + n);
    *rest = str_sub(*rest, head + n, rest->n);
    return true;
}

/* A positive integer without its leading zeros. */
static bool der_integer(struct str *rest, struct str *number)
{
    if (!der_take(rest, 0x02, number) || number->n == 0 || ((uint8_t)number->p[0] & 0x80) != 0)
        return false;
    while (number->n > 1 && number->p[0] == '\0')
        *number = str_sub(*number, 1, number->n);
    return true;
}

/* SubjectPublicKeyInfo ::= SEQUENCE { SEQUENCE { rsaEncryption, NULL }, BIT STRING { SEQUENCE { n, e } } } */
static bool der_key(struct str der, struct str *n, struct str *e)
{
    static const char rsa_encryption[] = "\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01";
    struct str outer;
    struct str part;
    struct str oid;

    if (!der_take(&der, 0x30, &outer) || der.n != 0 || !der_take(&outer, 0x30, &part) ||
        !der_take(&part, 0x06, &oid) || !str_eq(oid, (struct str){rsa_encryption, sizeof rsa_encryption - 1}))
        return false;
    /* A bit string begins with the number of bits its last byte lacks. */
    if (!der_take(&outer, 0x03, &part) || outer.n != 0 || part.n == 0 || part.p[0] != '\0')
        return false;
    part = str_sub(part, 1, part.n);
    return der_take(&part, 0x30, &outer) && part.n == 0 && der_integer(&outer, n) && der_integer(&outer, e) &&
           outer.n == 0;
}

struct pem_sink {
    struct mysql_rsa_key *k;
    bool full;
};

static void pem_bytes(void *cookie, const void *src, size_t n)
{
    struct pem_sink *sink = cookie;

    if (n > sizeof sink->k->der - sink->k->der_n) {
        sink->full = true;
        return;
    }
    memcpy(sink->k->der + sink->k->der_n, src, n);
    sink->k->der_n += n;
}

/* The first object of the PEM text has to be a PUBLIC KEY. A line end is added, because the decoder
 * knows the last line to be over only by what stands behind it. */
static bool pem_decode(struct str pem, struct mysql_rsa_key *k)
{
    struct pem_sink sink = {k, false};
    br_pem_decoder_context pc;
    bool inside = false;
    bool ended = false;

    k->der_n = 0;
    br_pem_decoder_init(&pc);
    while (pem.n > 0 || !ended) {
        if (pem.n == 0) {
            pem = STR("\n");
            ended = true;
        }
        pem = str_sub(pem, br_pem_decoder_push(&pc, pem.p, pem.n), pem.n);
        switch (br_pem_decoder_event(&pc)) {
        case BR_PEM_BEGIN_OBJ:
            if (inside || strcmp(br_pem_decoder_name(&pc), "PUBLIC KEY") != 0)
                return false;
            inside = true;
            br_pem_decoder_setdest(&pc, pem_bytes, &sink);
            break;
        case BR_PEM_END_OBJ:
            return inside && !sink.full;
        case BR_PEM_ERROR:
            return false;
        default:
            break;
        }
    }
    return false;
}

int mysql_auth_key(struct str pem, struct mysql_rsa_key *k, struct err *e)
{
    struct str modulus;
    struct str exponent;

    if (!pem_decode(pem, k))
        return err_set(e, ERR_FORMAT, "the server's public key is not a PEM text of bearable length");
    if (!der_key((struct str){(const char *)k->der, k->der_n}, &modulus, &exponent))
        return err_set(e, ERR_FORMAT, "the server's public key is not an RSA key");
    if (modulus.n < RSA_MIN || modulus.n > RSA_MAX || exponent.n > 8)
        return err_set(e, ERR_REFUSED, "the server's RSA key has %zu bits; from %zu to %zu are accepted",
                       modulus.n * 8, RSA_MIN * 8, RSA_MAX * 8);
    k->n = k->der + (modulus.p - (const char *)k->der);
    k->n_len = modulus.n;
    k->e = k->der + (exponent.p - (const char *)k->der);
    k->e_len = exponent.n;
    return 0;
}

int mysql_auth_rsa(const uint8_t scramble[MYSQL_SCRAMBLE], const char *password, struct str pem,
                   struct mysql_answer *a, struct err *e)
{
    struct mysql_rsa_key k = {0};
    uint8_t secret[RSA_MAX];
    size_t n = strlen(password) + 1;
    br_prng_seeder seeder = br_prng_seeder_system(NULL);
    br_hmac_drbg_context rng;
    br_rsa_public_key key;
    size_t i;

    if (mysql_auth_key(pem, &k, e) != 0)
        return -1;
    if (n > k.n_len - 2 * br_sha1_SIZE - 2)
        return err_set(e, ERR_REFUSED, "the password is too long for the server's RSA key");
    br_hmac_drbg_init(&rng, &br_sha256_vtable, NULL, 0);
    if (seeder == 0 || !seeder(&rng.vtable))
        return err_set(e, ERR_ABSENT,
                       "the system gives no random numbers for the encryption of the password");
    memcpy(secret, password, n);
    for (i = 0; i < n; i++)
        secret[i] ^= scramble[i % MYSQL_SCRAMBLE];
    key = (br_rsa_public_key){.n = k.n, .nlen = k.n_len, .e = k.e, .elen = k.e_len};
    a->n = br_rsa_i31_oaep_encrypt(&rng.vtable, &br_sha1_vtable, NULL, 0, &key, a->p, sizeof a->p, secret, n);
    explicit_bzero(secret, sizeof secret);
    if (a->n == 0)
        return err_set(e, ERR_FORMAT, "the server's RSA key cannot be used for encryption");
    return 0;
}
