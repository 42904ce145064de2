/* Answers of the log-in plugins, and RSA keys as a server may give them. */
#include "db/mysql_auth.h"

#include "base/buf.h"
#include "base/mem.h"

#include <bearssl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BITS 1024

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
    mysql_auth_native(scramble, "", &a);
    assert_int_equal(a.n, 0);
    mysql_auth_sha2(scramble, "", &a);
    assert_int_equal(a.n, 1);
    assert_int_equal(a.p[0], 0);
}

/* One element of DER around content. */
static struct buf der(uint8_t tag, struct buf content)
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

static struct buf der_number(const unsigned char *p, size_t n)
{
    struct buf b = {0};

    buf_addc(&b, '\0');
    buf_add(&b, p, n);
    return der(0x02, b);
}

static void join(struct buf *to, struct buf part)
{
    buf_addstr(to, buf_str(&part));
    buf_free(&part);
}

static struct buf public_der(const unsigned char *n, size_t n_len, const char *oid)
{
    struct buf algorithm = {0};
    struct buf id = {0};
    struct buf key = {0};
    struct buf bits = {0};
    struct buf all = {0};

    buf_adds(&id, oid);
    join(&algorithm, der(0x06, id));
    buf_add(&algorithm, "\x05\0", 2);
    join(&key, der_number(n, n_len));
    join(&key, der_number(public_key.e, public_key.elen));
    buf_addc(&bits, '\0');
    join(&bits, der(0x30, key));
    join(&all, der(0x30, algorithm));
    join(&all, der(0x03, bits));
    return der(0x30, all);
}

#define RSA_OID "\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01"

static struct buf pem_of(struct buf bytes, const char *name)
{
    struct buf b = {0};
    size_t n = br_pem_encode(NULL, bytes.p, bytes.n, name, 0);

    br_pem_encode(buf_room(&b, n + 1), bytes.p, bytes.n, name, 0);
    b.n = n;
    buf_free(&bytes);
    return b;
}

static struct buf good_pem(void)
{
    return pem_of(public_der(public_key.n, public_key.nlen, RSA_OID), "PUBLIC KEY");
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
    refuse(pem_of(public_der(public_key.n, public_key.nlen, "\x2A\x03"), "PUBLIC KEY"), ERR_FORMAT);
    refuse(pem_of(public_der(public_key.n, public_key.nlen, RSA_OID), "RSA PUBLIC KEY"), ERR_FORMAT);
    refuse(pem_of(public_der(ones, 64, RSA_OID), "PUBLIC KEY"), ERR_REFUSED);  /* 512 bits */
    refuse(pem_of(public_der(ones, 513, RSA_OID), "PUBLIC KEY"), ERR_REFUSED); /* above 4096 */
    refuse(pem_of(public_der(ones, 2000, RSA_OID), "PUBLIC KEY"), ERR_FORMAT);
    b = public_der(public_key.n, public_key.nlen, RSA_OID);
    buf_addc(&b, 'x');
    refuse(pem_of(b, "PUBLIC KEY"), ERR_FORMAT);
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
        refuse(pem_of(part, "PUBLIC KEY"), ERR_FORMAT);
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
            pem = pem_of(copy, "PUBLIC KEY");
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
        cmocka_unit_test(test_known_answers), cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_too_long),      cmocka_unit_test(test_bad_keys),
        cmocka_unit_test(test_cut),           cmocka_unit_test(test_changed),
    };

    return cmocka_run_group_tests(tests, make_key, NULL);
}
