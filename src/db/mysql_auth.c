#include "db/mysql_auth.h"

#include "db/mysql_ed25519.h"
#include "format/der.h"
#include "format/pem.h"

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

struct old_hash {
    uint32_t a, b;
};

/* Blanks and tabs do not count. */
static struct old_hash old_hash(const uint8_t *p, size_t n)
{
    uint32_t a = 1345345333u;
    uint32_t b = 0x12345671u;
    uint32_t add = 7;
    size_t i;

    for (i = 0; i < n; i++) {
        if (p[i] == ' ' || p[i] == '\t')
            continue;
        a ^= ((a & 63) + add) * p[i] + (a << 8);
        b += (b << 8) ^ a;
        add += p[i];
    }
    return (struct old_hash){a & 0x7FFFFFFFu, b & 0x7FFFFFFFu};
}

#define OLD_RANDOM_MAX 0x3FFFFFFFu

/* From 0 to 30. The server computes with the same fractions, so their rounding belongs to the method. */
static uint8_t old_random(struct old_hash *seed)
{
    seed->a = (uint32_t)(((uint64_t)seed->a * 3 + seed->b) % OLD_RANDOM_MAX);
    seed->b = (seed->a + seed->b + 33) % OLD_RANDOM_MAX;
    return (uint8_t)((double)seed->a / (double)OLD_RANDOM_MAX * 31);
}

void mysql_auth_old(const uint8_t scramble[MYSQL_SCRAMBLE_OLD], const char *password, struct mysql_answer *a)
{
    struct old_hash secret;
    struct old_hash random;
    struct old_hash seed;
    uint8_t extra;
    size_t i;

    a->n = 0;
    if (*password == '\0')
        return;
    secret = old_hash((const uint8_t *)password, strlen(password));
    random = old_hash(scramble, MYSQL_SCRAMBLE_OLD);
    seed.a = (secret.a ^ random.a) % OLD_RANDOM_MAX;
    seed.b = (secret.b ^ random.b) % OLD_RANDOM_MAX;
    for (i = 0; i < MYSQL_SCRAMBLE_OLD; i++)
        a->p[i] = (uint8_t)(old_random(&seed) + 64);
    extra = old_random(&seed);
    for (i = 0; i < MYSQL_SCRAMBLE_OLD; i++)
        a->p[i] ^= extra;
    a->p[i] = '\0';
    a->n = MYSQL_SCRAMBLE_OLD + 1;
    explicit_bzero(&secret, sizeof secret);
    explicit_bzero(&seed, sizeof seed);
}

void mysql_auth_ed25519(const uint8_t scramble[MYSQL_SCRAMBLE_ED25519], const char *password,
                        struct mysql_answer *a)
{
    mysql_ed25519_sign(a->p, (struct str){(const char *)scramble, MYSQL_SCRAMBLE_ED25519}, str_of(password));
    a->n = MYSQL_ED25519_SIGNATURE;
}

/* SubjectPublicKeyInfo ::= SEQUENCE { SEQUENCE { rsaEncryption, NULL }, BIT STRING { SEQUENCE { n, e } } } */
static bool der_key(struct str der, struct str *n, struct str *e)
{
    static const char rsa_encryption[] = "\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01";
    struct str outer;
    struct str part;
    struct str oid;

    if (!der_take(&der, DER_SEQUENCE, &outer) || der.n != 0 || !der_take(&outer, DER_SEQUENCE, &part) ||
        !der_take(&part, DER_OID, &oid) ||
        !str_eq(oid, (struct str){rsa_encryption, sizeof rsa_encryption - 1}))
        return false;
    /* A bit string begins with the number of bits its last byte lacks. */
    if (!der_take(&outer, DER_BITS, &part) || outer.n != 0 || part.n == 0 || part.p[0] != '\0')
        return false;
    part = str_sub(part, 1, part.n);
    return der_take(&part, DER_SEQUENCE, &outer) && part.n == 0 && der_integer(&outer, n) &&
           der_integer(&outer, e) && outer.n == 0;
}

int mysql_auth_key(struct str pem, struct mysql_rsa_key *k, struct err *e)
{
    char name[PEM_NAME];
    struct buf der = {0};
    struct str modulus;
    struct str exponent;
    bool good = pem_next(&pem, name, &der) > 0 && strcmp(name, "PUBLIC KEY") == 0 && der.n > 0 &&
                der.n <= sizeof k->der;

    if (good) {
        memcpy(k->der, der.p, der.n);
        k->der_n = der.n;
    }
    buf_free(&der);
    if (!good)
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
