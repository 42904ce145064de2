/* Answers of the log-in plugins, and RSA keys as a server may give them. */
#include "db/mysql_auth.h"

#include "base/buf.h"
#include "base/mem.h"
#include "db/mysql_ed25519.h"
#include "fake_cert.h"

#include <bearssl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BITS 1024

/* Computed apart from this program, by the definitions. */
#define OLD_ANSWER "REJAJPLD"
#define ED25519_ANSWER                                                                                       \
    "77dd9df70c4aa0d18cb2d78c7183d2afda68115240aefe4f9321e85817c479679e2ed9a4eb96bdb3868306f194eddbea20ccee" \
    "5792af"                                                                                                 \
    "b17a6c56052701b3d00f"

static const uint8_t scramble[] = "abcdefghijklmnopqrst";
static struct err e;

static unsigned char private_room[BR_RSA_KBUF_PRIV_SIZE(BITS)];
static unsigned char public_room[BR_RSA_KBUF_PUB_SIZE(BITS)];
static br_rsa_private_key private_key;
static br_rsa_public_key public_key;

static void hex_of(const struct mysql_answer *a, char *out)
{
    str_hex(a->p, a->n, out);
}

static void test_known_answers(void **state)
{
    struct mysql_answer a = {0};
    char hex[2 * MYSQL_ANSWER_MAX + 1];

    (void)state;
    mysql_auth_native(scramble, "secret-word", &a);
    hex_of(&a, hex);
    assert_string_equal(hex, "ac2beb696c0bafe331338a8bd055ef1fd0dc957f");
    mysql_auth_sha2(scramble, "secret-word", &a);
    hex_of(&a, hex);
    assert_string_equal(hex, "e546737ef29a8aa793e1d3ca7640e331073aba329bfc4e454973b6c648251a9d");
    mysql_auth_old(scramble, "secret-word", &a);
    assert_int_equal(a.n, 9);
    assert_string_equal((const char *)a.p, OLD_ANSWER);
    mysql_auth_old(scramble, " secret-\tword", &a);
    assert_string_equal((const char *)a.p, OLD_ANSWER);
    mysql_auth_old(scramble, "", &a);
    assert_int_equal(a.n, 0);
    mysql_auth_native(scramble, "", &a);
    assert_int_equal(a.n, 0);
    mysql_auth_sha2(scramble, "", &a);
    assert_int_equal(a.n, 1);
    assert_int_equal(a.p[0], 0);
}

static struct buf public_der(const unsigned char *n, size_t n_len, const char *oid)
{
    struct buf algorithm = {0};
    struct buf id = {0};
    struct buf key = {0};
    struct buf bits = {0};
    struct buf all = {0};

    buf_adds(&id, oid);
    fake_join(&algorithm, fake_der(0x06, id));
    buf_add(&algorithm, "\x05\0", 2);
    fake_join(&key, fake_der_number(n, n_len));
    fake_join(&key, fake_der_number(public_key.e, public_key.elen));
    buf_addc(&bits, '\0');
    fake_join(&bits, fake_der(0x30, key));
    fake_join(&all, fake_der(0x30, algorithm));
    fake_join(&all, fake_der(0x03, bits));
    return fake_der(0x30, all);
}

#define RSA_OID "\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01"

static struct buf good_pem(void)
{
    return fake_pem(public_der(public_key.n, public_key.nlen, RSA_OID), "PUBLIC KEY");
}

static int make_key(void **state)
{
    br_hmac_drbg_context rng;

    (void)state;
    br_hmac_drbg_init(&rng, &br_sha256_vtable, "test", 4);
    return br_rsa_i31_keygen(&rng.vtable, &private_key, private_room, &public_key, public_room, BITS, 65537)
               ? 0
               : -1;
}

/* The first three tests of RFC 8032, whose secrets are passwords here, and a longer message. */
static void test_ed25519(void **state)
{
    static const struct {
        const char *secret;
        const char *message;
        const char *public;
        const char *signature;
    } cases[] = {
        {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "",
         "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
         "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25"
         "bf5f0595b"
         "be24655141438e7a100b"},
        {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "72",
         "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
         "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387"
         "b2eaeb430"
         "2aeeb00d291612bb0c00"},
        {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "af82",
         "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
         "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7"
         "c15e9716e"
         "d28dc027beceea1ec40a"},
    };
    char hex[2 * MYSQL_ED25519_SIGNATURE + 1];
    uint8_t signature[MYSQL_ED25519_SIGNATURE];
    uint8_t public[MYSQL_ED25519_PUBLIC];
    uint8_t nonce[MYSQL_SCRAMBLE_ED25519];
    struct mysql_answer a = {0};
    uint8_t secret[32];
    uint8_t message[2];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str by = {(const char *)secret, sizeof secret};
        size_t n = strlen(cases[i].message) / 2;

        assert_true(str_unhex(str_of(cases[i].secret), secret, sizeof secret));
        assert_true(str_unhex(str_of(cases[i].message), message, n));
        mysql_ed25519_public(public, by);
        str_hex(public, sizeof public, hex);
        assert_string_equal(hex, cases[i].public);
        mysql_ed25519_sign(signature, (struct str){(const char *)message, n}, by);
        str_hex(signature, sizeof signature, hex);
        assert_string_equal(hex, cases[i].signature);
    }
    /* A password of another length. */
    memset(nonce, 'n', sizeof nonce);
    mysql_auth_ed25519(nonce, "secret-word", &a);
    assert_int_equal(a.n, MYSQL_ED25519_SIGNATURE);
    hex_of(&a, hex);
    assert_string_equal(hex, ED25519_ANSWER);
}

/* What was encrypted comes out again with the private key. */
static void test_round_trip(void **state)
{
    struct mysql_answer a = {0};
    struct buf pem = good_pem();
    size_t n;
    size_t i;
    int newline;

    (void)state;
    for (newline = 0; newline < 2; newline++) {
        assert_int_equal(mysql_auth_rsa(scramble, "secret-word", buf_str(&pem), &a, &e), 0);
        n = a.n;
        assert_int_equal(n, BITS / 8);
        assert_true(br_rsa_i31_oaep_decrypt(&br_sha1_vtable, NULL, 0, &private_key, a.p, &n));
        assert_int_equal(n, sizeof "secret-word");
        for (i = 0; i < n; i++)
            assert_int_equal(a.p[i] ^ scramble[i % MYSQL_SCRAMBLE], "secret-word"[i]);
        pem.n--; /* some servers end the text with no line end */
    }
    buf_free(&pem);
}

static void test_too_long(void **state)
{
    struct mysql_answer a = {0};
    struct buf pem = good_pem();
    char password[200];

    (void)state;
    memset(password, 'x', sizeof password);
    password[BITS / 8 - 42] = '\0';
    assert_int_equal(mysql_auth_rsa(scramble, password, buf_str(&pem), &a, &e), -1);
    assert_int_equal(e.kind, ERR_REFUSED);
    password[BITS / 8 - 43] = '\0';
    assert_int_equal(mysql_auth_rsa(scramble, password, buf_str(&pem), &a, &e), 0);
    buf_free(&pem);
}

static void refuse(struct buf pem, enum err_kind kind)
{
    struct mysql_rsa_key k;

    err_clear(&e);
    assert_int_equal(mysql_auth_key(buf_str(&pem), &k, &e), -1);
    assert_int_equal(e.kind, kind);
    buf_free(&pem);
}

static void test_bad_keys(void **state)
{
    static unsigned char ones[2000];
    struct buf b = {0};

    (void)state;
    memset(ones, 0xFF, sizeof ones);
    refuse(b, ERR_FORMAT);
    refuse(fake_pem(public_der(public_key.n, public_key.nlen, "\x2A\x03"), "PUBLIC KEY"), ERR_FORMAT);
    refuse(fake_pem(public_der(public_key.n, public_key.nlen, RSA_OID), "RSA PUBLIC KEY"), ERR_FORMAT);
    refuse(fake_pem(public_der(ones, 64, RSA_OID), "PUBLIC KEY"), ERR_REFUSED);  /* 512 bits */
    refuse(fake_pem(public_der(ones, 513, RSA_OID), "PUBLIC KEY"), ERR_REFUSED); /* above 4096 */
    refuse(fake_pem(public_der(ones, 2000, RSA_OID), "PUBLIC KEY"), ERR_FORMAT);
    b = public_der(public_key.n, public_key.nlen, RSA_OID);
    buf_addc(&b, 'x');
    refuse(fake_pem(b, "PUBLIC KEY"), ERR_FORMAT);
}

/* Cut anywhere – the text, and the bytes inside it – there is no key; but when the text is cut within its
 * last line, all of the key has come. */
static void test_cut(void **state)
{
    struct buf pem = good_pem();
    struct buf whole = public_der(public_key.n, public_key.nlen, RSA_OID);
    struct mysql_rsa_key k;
    size_t n;

    (void)state;
    for (n = 0; n + 1 < pem.n; n++) {
        char *copy = mem_dup(pem.p, n);

        if (mysql_auth_key((struct str){copy, n}, &k, &e) == 0)
            assert_true(str_eq((struct str){(const char *)k.der, k.der_n}, buf_str(&whole)) &&
                        n > pem.n - sizeof "-----END PUBLIC KEY-----");
        free(copy);
    }
    for (n = 0; n < whole.n; n++) {
        struct buf part = {0};

        buf_add(&part, whole.p, n);
        refuse(fake_pem(part, "PUBLIC KEY"), ERR_FORMAT);
    }
    buf_free(&pem);
    buf_free(&whole);
}

/* One changed byte anywhere never reads past the bytes (the sanitizer sees it), and gives a key that is
 * of bearable size or none. */
static void test_changed(void **state)
{
    struct buf whole = public_der(public_key.n, public_key.nlen, RSA_OID);
    size_t i;
    unsigned v;

    (void)state;
    for (i = 0; i < whole.n && i < 40; i++) {
        for (v = 0; v < 256; v++) {
            struct buf copy = {0};
            struct buf pem;
            struct mysql_rsa_key k;

            buf_addstr(&copy, buf_str(&whole));
            copy.p[i] = (char)v;
            pem = fake_pem(copy, "PUBLIC KEY");
            if (mysql_auth_key(buf_str(&pem), &k, &e) == 0)
                assert_in_range(k.n_len, 128, 512);
            buf_free(&pem);
        }
    }
    buf_free(&whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_answers), cmocka_unit_test(test_ed25519),
        cmocka_unit_test(test_round_trip),    cmocka_unit_test(test_too_long),
        cmocka_unit_test(test_bad_keys),      cmocka_unit_test(test_cut),
        cmocka_unit_test(test_changed),
    };

    return cmocka_run_group_tests(tests, make_key, NULL);
}
