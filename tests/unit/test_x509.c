/* Certificates, DER and PEM as bytes: good ones, cut short, changed at every byte. */
#include "base/mem.h"
#include "fake_cert.h"
#include "format/der.h"
#include "format/pem.h"
#include "format/x509.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct fake_key key;

static int make_key(void **state)
{
    (void)state;
    fake_key_make(&key, false, "x509");
    return 0;
}

static struct buf make(void)
{
    const struct fake_cert c = {.subject = "db",
                                .issuer = "Root",
                                .from = "491231235959Z",
                                .until = "500101000000Z",
                                .names = {"db.example", "*.shop.example"},
                                .address_n = 4,
                                .address = {10, 0, 0, 5}};

    return fake_cert_make(&c, &key, &key);
}

static void test_good(void **state)
{
    struct buf der = make();
    struct buf names = {0};
    struct x509 c;

    (void)state;
    assert_true(x509_parse(buf_str(&der), &c));
    assert_true(str_is(x509_common_name(c.subject), "db"));
    assert_true(str_is(x509_common_name(c.issuer), "Root"));
    assert_false(str_eq(c.subject, c.issuer));
    assert_int_equal(c.from, INT64_C(2524607999));  /* 2049 */
    assert_int_equal(c.until, INT64_C(-631152000)); /* 1950: two digits reach from there */
    x509_names(&c, &names);
    assert_string_equal(buf_cstr(&names), "db.example, *.shop.example, 10.0.0.5");
    buf_free(&names);
    buf_free(&der);
}

static void test_hosts(void **state)
{
    static const struct {
        const char *host;
        bool good;
    } cases[] = {
        {"db.example", true},
        {"DB.Example.", true},
        {"x.shop.example", true},
        {".shop.example", false},
        {"shop.example", false},
        {"a.b.shop.example", false},
        {"db.example.org", false},
        {"10.0.0.5", true},
        {"10.0.0.50", false},
        {"10.0.0.6", false},
        {"::1", false},
        {"", false},
        {"db", false} /* the common name does not count beside others */,
        {".", false},
    };
    struct buf der = make();
    struct x509 c;
    size_t i;

    (void)state;
    assert_true(x509_parse(buf_str(&der), &c));
    for (i = 0; i < sizeof cases / sizeof *cases; i++)
        if (x509_is_for(&c, cases[i].host) != cases[i].good)
            fail_msg("%s", cases[i].host);
    buf_free(&der);
}

/* Names that are traps: a star for a whole country, a NUL inside. */
static void test_traps(void **state)
{
    static const char nul[] = "db.example\0.evil.example";
    struct x509 c = {0};
    struct buf names = {0};
    struct buf one = {0};

    (void)state;
    names = fake_der(0x82, one); /* no name at all, which is not told */
    buf_adds(&one, "*.com");
    fake_join(&names, fake_der(0x82, one));
    one = (struct buf){0};
    buf_adds(&one, "*");
    fake_join(&names, fake_der(0x82, one));
    one = (struct buf){0};
    buf_add(&one, nul, sizeof nul - 1);
    fake_join(&names, fake_der(0x82, one));
    one = (struct buf){0};
    buf_adds(&one, "short");
    fake_join(&names, fake_der(0x87, one)); /* an address of five bytes */
    c.names = buf_str(&names);
    assert_false(x509_is_for(&c, "shop.com"));
    assert_false(x509_is_for(&c, "com"));
    assert_false(x509_is_for(&c, "db.example"));
    assert_false(x509_is_for(&c, "115.104.111.114"));
    one = (struct buf){0};
    x509_names(&c, &one);
    assert_true(str_starts(buf_str(&one), STR("*.com, *, db.example")));
    buf_free(&one);
    buf_free(&names);
}

static void look(struct str der)
{
    struct buf out = {0};
    struct x509 c;

    if (x509_parse(der, &c)) {
        (void)x509_is_for(&c, "db.example");
        (void)x509_is_for(&c, "::1");
        x509_names(&c, &out);
        assert_true(out.n > 0);
    }
    buf_free(&out);
}

static void test_cut_and_changed(void **state)
{
    struct buf der = make();
    struct x509 c;
    size_t i;
    int bit;

    (void)state;
    for (i = 0; i < der.n; i++) {
        char *copy = mem_dup(der.p, i);

        assert_false(x509_parse((struct str){copy, i}, &c));
        free(copy);
    }
    for (i = 0; i < der.n; i++) {
        for (bit = 0; bit < 8; bit++) {
            char *copy = mem_dup(der.p, der.n);

            copy[i] = (char)(copy[i] ^ (1 << bit));
            look((struct str){copy, der.n});
            free(copy);
        }
    }
    buf_free(&der);
}

static void test_der(void **state)
{
    struct str s = {"\x02\x02\0\x07\x02\x01\xFF\x30\x83\0\0\0\x30\x80", 14};
    struct str part;
    unsigned tag;

    (void)state;
    assert_false(der_take(&s, DER_SEQUENCE, &part));
    assert_true(der_integer(&s, &part));
    assert_true(part.n == 1 && part.p[0] == 7);
    assert_false(der_integer(&s, &part));   /* negative; it is taken all the same */
    assert_false(der_any(&s, &tag, &part)); /* a length of three bytes */
    s = (struct str){"\x30\x80\0\0", 4};
    assert_false(der_any(&s, &tag, &part)); /* a length told by an end mark */
    s = (struct str){"\x30", 1};
    assert_false(der_any(&s, &tag, &part));
}

static void test_pem(void **state)
{
    char name[PEM_NAME];
    struct buf text = {0};
    struct buf der = {0};
    struct buf one = {0};
    struct str rest;

    (void)state;
    buf_adds(&text, "# said before\n");
    buf_adds(&one, "first");
    fake_join(&text, fake_pem(one, "A"));
    one = (struct buf){0};
    buf_adds(&one, "second");
    fake_join(&text, fake_pem(one, "B C"));
    text.n--; /* no end of line at the end */
    rest = buf_str(&text);
    assert_int_equal(pem_next(&rest, name, &der), 1);
    assert_string_equal(name, "A");
    assert_true(str_is(buf_str(&der), "first"));
    assert_int_equal(pem_next(&rest, name, &der), 1);
    assert_string_equal(name, "B C");
    assert_true(str_is(buf_str(&der), "second"));
    assert_int_equal(pem_next(&rest, name, &der), 0);
    rest = STR("-----BEGIN A-----\nAAAA\n");
    assert_int_equal(pem_next(&rest, name, &der), -1);
    rest = STR("-----BEGIN A-----\n!!!!\n-----END A-----\n");
    assert_int_equal(pem_next(&rest, name, &der), -1);
    rest = STR("");
    assert_int_equal(pem_next(&rest, name, &der), 0);
    buf_free(&text);
    buf_free(&der);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),  cmocka_unit_test(test_hosts),
        cmocka_unit_test(test_traps), cmocka_unit_test(test_cut_and_changed),
        cmocka_unit_test(test_der),   cmocka_unit_test(test_pem),
    };

    return cmocka_run_group_tests(tests, make_key, NULL);
}
