/* TLS against a server in memory: good certificates and bad ones, cuts at every byte, changed bytes. */
#include "base/mem.h"
#include "fake_tls.h"
#include "sys/tls.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define FROM  "260101000000Z"
#define UNTIL "270101000000Z"

static struct err e;
static struct fake_key root_key;  /* RSA */
static struct fake_key other_key; /* EC */
static struct fake_key server_key;
static struct fake_key rsa_server_key;
static char ca_file[] = "/tmp/test_tls_XXXXXX";
static struct tls_trust *trust;

static const struct fake_cert root = {
    .subject = "Root", .issuer = "Root", .from = FROM, .until = UNTIL, .authority = true};
static const struct fake_cert good = {.subject = "db",
                                      .issuer = "Root",
                                      .from = FROM,
                                      .until = UNTIL,
                                      .names = {"db.example", "*.shop.example"}};

/* A stream to the server in memory. */
struct line {
    struct fake_tls server;
    size_t limit;     /* bytes that come through from the server */
    size_t change_at; /* the byte that is changed on the way, from 1; 0: none */
    size_t read;
    size_t write_limit; /* the writing call that fails, from 1; 0: none */
    size_t writes;
};

static ssize_t line_read(void *ctx, void *p, size_t n, struct err *why)
{
    struct line *l = ctx;
    size_t have = l->server.out.n - l->server.out_at;

    if (have > l->limit - l->read)
        have = l->limit - l->read;
    if (have == 0) {
        err_set(why, ERR_DB, "cut off");
        return -1;
    }
    if (n > have)
        n = have;
    memcpy(p, l->server.out.p + l->server.out_at, n);
    if (l->change_at > l->read && l->change_at <= l->read + n)
        ((char *)p)[l->change_at - l->read - 1] ^= 1;
    l->server.out_at += n;
    l->read += n;
    return (ssize_t)n;
}

static int line_write(void *ctx, const void *p, size_t n, struct err *why)
{
    struct line *l = ctx;

    if (++l->writes == l->write_limit)
        return err_set(why, ERR_DB, "cannot write");
    fake_tls_in(&l->server, p, n);
    return 0;
}

static void line_init(struct line *l, const struct fake_key *key, struct buf *certs, size_t n)
{
    memset(l, 0, sizeof *l);
    l->limit = SIZE_MAX;
    fake_tls_init(&l->server, key, certs, n, BR_TLS12, BR_TLS12);
}

static int start(struct line *l, struct tls **t, const char *host, const struct tls_trust *by,
                 enum tls_fault *why)
{
    const struct tls_opts o = {.host = host, .trust = by, .now = FAKE_NOW};

    err_clear(&e);
    return tls_start(t, &o, (struct tls_io){l, line_read, line_write}, why, &e);
}

static struct tls_trust *load(struct buf pem)
{
    struct tls_trust *t;
    FILE *f = fopen(ca_file, "wb");

    assert_non_null(f);
    assert_int_equal(fwrite(pem.p, 1, pem.n, f), pem.n);
    fclose(f);
    buf_free(&pem);
    if (tls_trust_load(&t, ca_file, &e) != 0)
        return NULL;
    return t;
}

static struct buf root_pem(void)
{
    return fake_pem(fake_cert_make(&root, &root_key, &root_key), "CERTIFICATE");
}

static int group_setup(void **state)
{
    int fd = mkstemp(ca_file);

    (void)state;
    close(fd);
    fake_key_make(&root_key, true, "root");
    fake_key_make(&other_key, false, "other");
    fake_key_make(&server_key, false, "server");
    fake_key_make(&rsa_server_key, true, "rsa server");
    trust = load(root_pem());
    return trust != NULL ? 0 : -1;
}

static int group_teardown(void **state)
{
    (void)state;
    tls_trust_free(trust);
    unlink(ca_file);
    return 0;
}

static void say_and_hear(struct line *l, struct tls *t)
{
    char room[100];
    size_t i;

    assert_int_equal(tls_write(t, "hello", 5, &e), 0);
    assert_true(str_is(buf_str(&l->server.got), "hello"));
    fake_tls_say(&l->server, "good day", 8);
    fake_tls_say(&l->server, "!", 1);
    assert_int_equal(tls_read(t, room, 4, &e), 4);
    assert_memory_equal(room, "good", 4);
    assert_true(tls_pending(t));
    assert_int_equal(tls_read(t, room, sizeof room, &e), 4);
    assert_int_equal(tls_read(t, room, sizeof room, &e), 1);
    assert_int_equal(room[0], '!');
    assert_false(tls_pending(t));
    /* Many records in one piece. */
    buf_reset(&l->server.got);
    {
        size_t n = 100000;
        char *big = mem_alloc(n);

        for (i = 0; i < n; i++)
            big[i] = (char)(i * 7 >> 3);
        assert_int_equal(tls_write(t, big, n, &e), 0);
        assert_true(str_eq(buf_str(&l->server.got), (struct str){big, n}));
        fake_tls_say(&l->server, big, n);
        for (i = 0; i < n;) {
            ssize_t got = tls_read(t, room, sizeof room, &e);

            assert_true(got > 0);
            assert_memory_equal(room, big + i, (size_t)got);
            i += (size_t)got;
        }
        free(big);
    }
}

static void test_good(void **state)
{
    const struct fake_key *const keys[] = {&server_key, &rsa_server_key};
    enum tls_fault why;
    struct tls *t;
    struct line l;
    size_t i;

    (void)state;
    for (i = 0; i < 4; i++) {
        struct buf cert = fake_cert_make(&good, keys[i % 2], &root_key);
        char room[10];

        line_init(&l, keys[i % 2], &cert, 1);
        if (start(&l, &t, i == 0 ? "DB.example" : "a.shop.example", i < 2 ? trust : NULL, &why) != 0)
            fail_msg("%s", e.text);
        assert_true(str_starts(str_of(tls_words(t)), STR("TLS 1.2, ECDHE-")));
        assert_true(str_has(str_of(tls_words(t)), i % 2 ? STR("RSA") : STR("ECDSA")));
        say_and_hear(&l, t);
        /* A clean end from there. */
        if (i == 0) {
            fake_tls_bye(&l.server);
            assert_int_equal(tls_read(t, room, sizeof room, &e), -1);
            assert_string_equal(e.text, "the server closed the connection");
            assert_int_equal(tls_write(t, "x", 1, &e), -1);
        } else {
            tls_bye(t);
            assert_int_equal(br_ssl_engine_current_state(&l.server.server.eng), BR_SSL_CLOSED);
            assert_int_equal(br_ssl_engine_last_error(&l.server.server.eng), 0);
        }
        tls_free(t);
        fake_tls_free(&l.server);
    }
}

/* One handshake that has to fail. */
static void refuse(struct buf *certs, size_t n, const char *host, enum tls_fault fault, const char *words)
{
    enum tls_fault why;
    struct tls *t;
    struct line l;

    line_init(&l, &server_key, certs, n);
    assert_int_equal(start(&l, &t, host, trust, &why), -1);
    assert_null(t);
    if (why != fault || e.kind != ERR_REFUSED || !str_has(str_of(e.text), str_of(words)))
        fail_msg("fault %d, kind %d: %s", (int)why, (int)e.kind, e.text);
    /* Nothing but the handshake reached the server. */
    assert_int_equal(l.server.got.n, 0);
    assert_false(br_ssl_engine_current_state(&l.server.server.eng) & BR_SSL_SENDAPP);
    fake_tls_free(&l.server);
}

static void test_bad_certificates(void **state)
{
    static const struct {
        struct fake_cert cert;
        bool by_other; /* signed by a key that is not the root's */
        const char *host;
        enum tls_fault fault;
        const char *words;
    } cases[] = {
        {{"db", "Root", FROM, UNTIL, .names = {"db.example"}},
         false,
         "evil.example",
         TLS_FAULT_NAME,
         "not for \"evil.example\" but for: db.example"},
        {{"db", "Root", FROM, UNTIL, .names = {"*.example"}},
         false,
         "a.b.example",
         TLS_FAULT_NAME,
         "but for: *.example"},
        {{"db", "Root", FROM, UNTIL, .address_n = 4, .address = {10, 0, 0, 5}},
         false,
         "10.0.0.6",
         TLS_FAULT_NAME,
         "but for: 10.0.0.5"},
        /* A name in digits is no address. */
        {{"db", "Root", FROM, UNTIL, .names = {"10.0.0.6"}}, false, "10.0.0.6", TLS_FAULT_NAME, "10.0.0.6"},
        {{"MySQL_Server", "Root", FROM, UNTIL, .names = {NULL}},
         false,
         "db.example",
         TLS_FAULT_NAME,
         "but for: MySQL_Server"},
        {{"db", "Root", "250101000000Z", "260614000000Z", .names = {"db.example"}},
         false,
         "db.example",
         TLS_FAULT_EXPIRED,
         "expired on 2026-06-14 (the clock here says 2026-06-15)"},
        {{"db", "Root", "260616000000Z", UNTIL, .names = {"db.example"}},
         false,
         "db.example",
         TLS_FAULT_EXPIRED,
         "valid from 2026-06-16 on only"},
        {{"db", "Elsewhere", FROM, UNTIL, .names = {"db.example"}},
         true,
         "db.example",
         TLS_FAULT_UNKNOWN,
         "issued by \"Elsewhere\""},
        {{"db", "Root", FROM, UNTIL, .names = {"db.example"}},
         true,
         "db.example",
         TLS_FAULT_UNKNOWN,
         "issued by \"Root\""},
        {{"db", "db", FROM, UNTIL, .names = {"db.example"}},
         true,
         "db.example",
         TLS_FAULT_SELF_SIGNED,
         "vouches for itself"},
        {{"db", "Root", FROM, UNTIL, .names = {"db.example"}, .sha1 = true},
         false,
         "db.example",
         TLS_FAULT_CERTIFICATE,
         "signed in a way that is not accepted"},
    };
    struct buf certs[3];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        certs[0] = fake_cert_make(&cases[i].cert, &server_key, cases[i].by_other ? &other_key : &root_key);
        refuse(certs, 1, cases[i].host, cases[i].fault, cases[i].words);
    }
    /* A good certificate of another server, with a signature between that is no authority's. */
    certs[0] = fake_cert_make(&(struct fake_cert){"db", "Middle", FROM, UNTIL, .names = {"db.example"}},
                              &server_key, &other_key);
    certs[1] = fake_cert_make(&(struct fake_cert){"Middle", "Root", FROM, UNTIL, .names = {NULL}}, &other_key,
                              &root_key);
    refuse(certs, 2, "db.example", TLS_FAULT_UNKNOWN, "leads to no trusted authority");
    /* One in between that has expired. */
    certs[0] = fake_cert_make(&(struct fake_cert){"db", "Middle", FROM, UNTIL, .names = {"db.example"}},
                              &server_key, &other_key);
    certs[1] = fake_cert_make(&(struct fake_cert){"Middle", "Root", FROM, "260201000000Z", .authority = true},
                              &other_key, &root_key);
    refuse(certs, 2, "db.example", TLS_FAULT_EXPIRED, "between the server's and its authority's");
    /* A changed byte of the signature. */
    certs[0] = fake_cert_make(&good, &server_key, &root_key);
    certs[0].p[certs[0].n - 1] ^= 1;
    refuse(certs, 1, "db.example", TLS_FAULT_UNKNOWN, "leads to no trusted authority");
    /* Somebody else's certificate, without its key. */
    certs[0] = fake_cert_make(&good, &other_key, &root_key);
    refuse(certs, 1, "db.example", TLS_FAULT_CERTIFICATE, "does not hold the key");
}

/* Names, chains and trust that are in order. */
static void test_good_certificates(void **state)
{
    static const struct {
        struct fake_cert cert;
        const char *host;
    } cases[] = {
        {{"db", "Root", FROM, UNTIL, .names = {"x", "db.example"}}, "db.example."},
        {{"db", "Root", FROM, UNTIL, .names = {"db.example"}, .address_n = 4, .address = {10, 0, 0, 5}},
         "10.0.0.5"},
        {{"db", "Root", FROM, UNTIL, .address_n = 16, .address = {0x20, 1, 0xD, 0xB8, [15] = 1}},
         "2001:db8::1"},
        {{"db.example", "Root", FROM, UNTIL, .names = {NULL}}, "db.example"},
        {{"db.example", "Root", FROM, UNTIL, .names = {NULL}}, NULL},
    };
    struct tls_trust *by;
    enum tls_fault why;
    struct buf certs[3];
    struct buf pem;
    struct tls *t;
    struct line l;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        certs[0] = fake_cert_make(&cases[i].cert, &server_key, &root_key);
        line_init(&l, &server_key, certs, 1);
        if (start(&l, &t, cases[i].host, trust, &why) != 0)
            fail_msg("case %zu: %s", i, e.text);
        tls_free(t);
        fake_tls_free(&l.server);
    }
    /* Over an authority in between. */
    certs[0] = fake_cert_make(&(struct fake_cert){"db", "Middle", FROM, UNTIL, .names = {"db.example"}},
                              &server_key, &other_key);
    certs[1] = fake_cert_make(&(struct fake_cert){"Middle", "Root", FROM, UNTIL, .authority = true},
                              &other_key, &root_key);
    line_init(&l, &server_key, certs, 2);
    if (start(&l, &t, "db.example", trust, &why) != 0)
        fail_msg("%s", e.text);
    tls_free(t);
    fake_tls_free(&l.server);
    /* A self-signed one that is trusted by itself, as a certificate of its own or as an authority. */
    for (i = 0; i < 2; i++) {
        const struct fake_cert self = {"db", "db", FROM, UNTIL, .names = {"db.example"}, .authority = i > 0};

        pem = fake_pem(fake_cert_make(&self, &server_key, &server_key), "CERTIFICATE");
        fake_join(&pem, root_pem());
        by = load(pem);
        assert_non_null(by);
        assert_int_equal(tls_trust_count(by), 2);
        certs[0] = fake_cert_make(&self, &server_key, &server_key);
        line_init(&l, &server_key, certs, 1);
        if (start(&l, &t, "db.example", by, &why) != 0)
            fail_msg("%s", e.text);
        tls_free(t);
        tls_trust_free(by);
        fake_tls_free(&l.server);
    }
}

/* Without trust any certificate will do, but the server has to hold its key. */
static void test_any_certificate(void **state)
{
    const struct fake_cert self = {"db", "db", "100101000000Z", "110101000000Z", .sha1 = true};
    struct buf cert = fake_cert_make(&self, &server_key, &other_key);
    enum tls_fault why;
    struct tls *t;
    struct line l;

    (void)state;
    line_init(&l, &server_key, &cert, 1);
    if (start(&l, &t, "db.example", NULL, &why) != 0)
        fail_msg("%s", e.text);
    say_and_hear(&l, t);
    tls_free(t);
    fake_tls_free(&l.server);
    cert = fake_cert_make(&self, &other_key, &other_key);
    line_init(&l, &server_key, &cert, 1);
    assert_int_equal(start(&l, &t, "db.example", NULL, &why), -1);
    assert_true(str_has(str_of(e.text), STR("does not hold the key")));
    fake_tls_free(&l.server);
    /* No certificate at all is none. */
    cert = (struct buf){0};
    buf_adds(&cert, "rubbish");
    line_init(&l, &server_key, &cert, 1);
    assert_int_equal(start(&l, &t, NULL, NULL, &why), -1);
    assert_true(str_has(str_of(e.text), STR("certificate is damaged")));
    fake_tls_free(&l.server);
}

/* TLS 1.1 is spoken with nobody who has to prove something. */
static void test_old_versions(void **state)
{
    enum tls_fault why;
    struct tls *t;
    struct line l;
    int i;

    (void)state;
    for (i = 0; i < 2; i++) {
        struct buf cert = fake_cert_make(&good, &rsa_server_key, &root_key);

        line_init(&l, &rsa_server_key, &cert, 1);
        fake_tls_rewind(&l.server, BR_TLS10, BR_TLS11);
        if (i == 0) {
            assert_int_equal(start(&l, &t, "db.example", trust, &why), -1);
            assert_int_equal(why, TLS_FAULT_PROTOCOL);
        } else {
            if (start(&l, &t, "db.example", NULL, &why) != 0)
                fail_msg("%s", e.text);
            assert_true(str_starts(str_of(tls_words(t)), STR("TLS 1.1, ")));
            say_and_hear(&l, t);
            tls_free(t);
        }
        fake_tls_free(&l.server);
    }
}

/* A whole conversation: 0, or -1 with e filled. Nothing false may ever be heard. */
static int converse(struct line *l)
{
    enum tls_fault why;
    struct tls *t;
    char room[64];
    size_t n = 0;
    int r = -1;

    fake_tls_rewind(&l->server, BR_TLS12, BR_TLS12);
    l->read = l->writes = 0;
    if (start(l, &t, "db.example", trust, &why) != 0)
        return -1;
    if (tls_write(t, "question", 8, &e) == 0) {
        fake_tls_say(&l->server, "answer 42", 9);
        while (n < 9) {
            ssize_t got = tls_read(t, room + n, sizeof room - n, &e);

            if (got < 0)
                break;
            n += (size_t)got;
        }
        assert_memory_equal(room, "answer 42", n);
        r = n == 9 ? 0 : -1;
    }
    tls_bye(t);
    tls_free(t);
    return r;
}

static void test_cut_and_changed(void **state)
{
    struct buf cert = fake_cert_make(&good, &rsa_server_key, &root_key);
    struct line l;
    size_t all;
    size_t writes;
    size_t i;

    (void)state;
    /* Signatures of RSA have one length, so that each handshake has as many bytes as the others. */
    line_init(&l, &rsa_server_key, &cert, 1);
    if (converse(&l) != 0)
        fail_msg("%s", e.text);
    all = l.read;
    writes = l.writes;
    for (i = 0; i < all; i += i < 200 || i > all - 100 ? 1 : 7) {
        l.limit = i;
        assert_int_equal(converse(&l), -1);
        assert_true(str_has(str_of(e.text), STR("cut off")));
    }
    l.limit = SIZE_MAX;
    for (i = 1; i <= all; i += i < 100 || i > all - 100 ? 1 : 7) {
        l.change_at = i;
        assert_int_equal(converse(&l), -1);
        assert_true(e.text[0] != '\0');
    }
    l.change_at = 0;
    for (i = 1; i < writes; i++) { /* the farewell may fail */
        l.write_limit = i;
        assert_int_equal(converse(&l), -1);
        assert_true(str_has(str_of(e.text), STR("cannot write")));
    }
    fake_tls_free(&l.server);
}

/* What is no TLS, and alerts. */
static void test_no_tls(void **state)
{
    static const struct {
        const char *bytes;
        size_t n;
        enum tls_fault fault;
        const char *words;
    } cases[] = {
        {"\x15\x03\x03\0\x02\x02\x46", 7, TLS_FAULT_PROTOCOL, "may speak TLS 1.3 alone"},
        {"\x15\x03\x03\0\x02\x02\x28", 7, TLS_FAULT_PROTOCOL, "no common cipher, alert 40"},
        {"\x15\x03\x03\0\x02\x02\x50", 7, TLS_FAULT_OTHER, "a fault of its own (alert 80)"},
        {"\x15\x03\x03\0\x02\x02\x63", 7, TLS_FAULT_OTHER, "a reason without a name (alert 99)"},
        {"\x15\x03\x03\0\x02\x01\0", 7, TLS_FAULT_OTHER, "closed the connection"},
        {"\x07\0\0\x02\0\0\0\x02\0\0\0", 11, TLS_FAULT_OTHER, "not encrypted"},
        {"\x16\x03\x03\xFF\xFF", 5, TLS_FAULT_OTHER, "breaks the rules"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf cert = fake_cert_make(&good, &server_key, &root_key);
        enum tls_fault why;
        struct tls *t;
        struct line l;

        line_init(&l, &server_key, &cert, 1);
        buf_add(&l.server.out, cases[i].bytes, cases[i].n);
        assert_int_equal(start(&l, &t, "db.example", trust, &why), -1);
        if (why != cases[i].fault || !str_has(str_of(e.text), str_of(cases[i].words)))
            fail_msg("case %zu: fault %d: %s", i, (int)why, e.text);
        fake_tls_free(&l.server);
    }
}

static void test_trust(void **state)
{
    struct tls_trust *t;
    struct buf pem;

    (void)state;
    assert_int_equal(tls_trust_load(&t, "/nonexistent/ca.pem", &e), -1);
    assert_int_equal(e.sys, ENOENT);
    assert_int_equal(tls_trust_load(&t, "/tmp", &e), -1);
    assert_true(str_has(str_of(e.text), STR("not a file")));
    pem = (struct buf){0};
    buf_adds(&pem, "just text\n");
    assert_null(load(pem));
    assert_true(str_has(str_of(e.text), STR("no certificate in it")));
    pem = root_pem();
    pem.n -= 40;
    assert_null(load(pem));
    assert_true(str_has(str_of(e.text), STR("a damaged certificate after 0 good ones")));
    /* A private key beside it, and one that is none, are passed over. */
    pem = (struct buf){0};
    buf_adds(&pem, "x");
    pem = fake_pem(pem, "PRIVATE KEY");
    {
        struct buf rubbish = {0};

        buf_adds(&rubbish, "rubbish");
        fake_join(&pem, fake_pem(rubbish, "CERTIFICATE"));
    }
    fake_join(&pem, root_pem());
    t = load(pem);
    assert_non_null(t);
    assert_int_equal(tls_trust_count(t), 1);
    tls_trust_free(t);
    /* The system's file is the one that SSL_CERT_FILE names. */
    setenv("SSL_CERT_FILE", ca_file, 1);
    assert_int_equal(tls_trust_load(&t, NULL, &e), 0);
    assert_int_equal(tls_trust_count(t), 1);
    tls_trust_free(t);
    unsetenv("SSL_CERT_FILE");
    tls_trust_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_bad_certificates),
        cmocka_unit_test(test_good_certificates),
        cmocka_unit_test(test_any_certificate),
        cmocka_unit_test(test_old_versions),
        cmocka_unit_test(test_cut_and_changed),
        cmocka_unit_test(test_no_tls),
        cmocka_unit_test(test_trust),
    };

    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
