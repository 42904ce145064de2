/*
 * The engine of BearSSL between a caller's bytes and a stream. Records are read through a buffer larger than
 * one of them, because the engine asks for head and body apart.
 */
#include "base/clock.h"
#include "sys/entropy.h"
#include "sys/tls_parts.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RAW_SIZE    ((size_t)64 * 1024)
#define SEED_BYTES  48
#define RECORD_HEAD 5
/* What a server's first record can be. */
#define RECORD_ALERT     21
#define RECORD_HANDSHAKE 22
#define WORDS_SIZE       64
/* BearSSL keeps a name of the host for the handshake; longer ones are none. */
#define HOST_MAX 255

struct tls {
    br_ssl_client_context client;
    struct tls_chain chain;
    struct tls_io io;
    bool heard; /* something of the other side */
    bool begun;
    char words[WORDS_SIZE];
    size_t raw_at, raw_n;
    unsigned char raw[RAW_SIZE];
    unsigned char records[BR_SSL_BUFSIZE_BIDI];
};

/* Fastest first; the last ones are for servers that know no ephemeral keys. */
static const struct {
    uint16_t id;
    const char *name;
} suites[] = {
    {BR_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, "ECDHE-ECDSA-AES128-GCM"},
    {BR_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, "ECDHE-RSA-AES128-GCM"},
    {BR_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, "ECDHE-ECDSA-CHACHA20"},
    {BR_TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, "ECDHE-RSA-CHACHA20"},
    {BR_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, "ECDHE-ECDSA-AES256-GCM"},
    {BR_TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, "ECDHE-RSA-AES256-GCM"},
    {BR_TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256, "ECDHE-ECDSA-AES128-CBC"},
    {BR_TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256, "ECDHE-RSA-AES128-CBC"},
    {BR_TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384, "ECDHE-RSA-AES256-CBC"},
    {BR_TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, "ECDHE-RSA-AES128-CBC-SHA1"},
    {BR_TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA, "ECDHE-RSA-AES256-CBC-SHA1"},
    {BR_TLS_RSA_WITH_AES_128_GCM_SHA256, "RSA-AES128-GCM"},
    {BR_TLS_RSA_WITH_AES_256_GCM_SHA384, "RSA-AES256-GCM"},
    {BR_TLS_RSA_WITH_AES_128_CBC_SHA256, "RSA-AES128-CBC"},
    {BR_TLS_RSA_WITH_AES_128_CBC_SHA, "RSA-AES128-CBC-SHA1"},
    {BR_TLS_RSA_WITH_AES_256_CBC_SHA, "RSA-AES256-CBC-SHA1"},
};

#define SUITES (sizeof suites / sizeof *suites)

static void choose_suites(br_ssl_engine_context *eng)
{
    uint16_t ids[SUITES];
    size_t i;

    for (i = 0; i < SUITES; i++)
        ids[i] = suites[i].id;
    /* Without AES in the processor ChaCha20 is the faster one. */
    if (br_aes_x86ni_ctr_get_vtable() == NULL) {
        for (i = 0; i < 2; i++) {
            ids[i] = suites[i + 2].id;
            ids[i + 2] = suites[i].id;
        }
    }
    br_ssl_engine_set_suites(eng, ids, SUITES);
}

static int failed(struct tls *t, enum tls_fault *why, struct err *e)
{
    enum tls_fault fault = tls_error_set(e, br_ssl_engine_last_error(&t->client.eng), &t->chain);

    if (why != NULL)
        *why = fault;
    return -1;
}

/* Bytes for the engine: those read before, or new ones. */
static int feed(struct tls *t, struct err *e)
{
    size_t room;
    unsigned char *to = br_ssl_engine_recvrec_buf(&t->client.eng, &room);
    size_t n = t->raw_n - t->raw_at;

    if (n == 0) {
        ssize_t got = t->io.read(t->io.ctx, t->raw, RAW_SIZE, e);

        if (got < 0)
            return room == RECORD_HEAD ? -1 : err_wrap(e, "in the middle of an encrypted record");
        t->raw_at = 0;
        t->raw_n = n = (size_t)got;
        if (!t->heard && t->raw[0] != RECORD_ALERT && t->raw[0] != RECORD_HANDSHAKE)
            return err_set(e, ERR_FORMAT, "what the server sends is not encrypted");
        t->heard = true;
    }
    if (n > room)
        n = room;
    memcpy(to, t->raw + t->raw_at, n);
    t->raw_at += n;
    br_ssl_engine_recvrec_ack(&t->client.eng, n);
    return 0;
}

/* Sends what is to be sent, then reads records, until one of the target's states is reached. */
static int run(struct tls *t, unsigned target, enum tls_fault *why, struct err *e)
{
    br_ssl_engine_context *eng = &t->client.eng;

    for (;;) {
        unsigned state = br_ssl_engine_current_state(eng);

        if ((state & BR_SSL_SENDREC) != 0) {
            size_t n;
            const unsigned char *p = br_ssl_engine_sendrec_buf(eng, &n);
            struct err ignored;

            /* What the engine has to say after a fault is an alert, which may fail to go out. */
            if (t->io.write(t->io.ctx, p, n, br_ssl_engine_last_error(eng) != 0 ? &ignored : e) != 0)
                return br_ssl_engine_last_error(eng) != 0 ? failed(t, why, e) : -1;
            br_ssl_engine_sendrec_ack(eng, n);
        } else if (state == BR_SSL_CLOSED) {
            return failed(t, why, e);
        } else if ((state & target) != 0) {
            return 0;
        } else if ((state & BR_SSL_RECVREC) == 0) {
            return err_set(e, ERR_FORMAT,
                           "the server breaks the rules of TLS (it sends where it has to listen)");
        } else if (feed(t, e) != 0) {
            return -1;
        }
    }
}

static void set_words(struct tls *t)
{
    br_ssl_session_parameters p;
    const char *suite = "unknown cipher";
    size_t i;

    br_ssl_engine_get_session_parameters(&t->client.eng, &p);
    for (i = 0; i < SUITES; i++)
        if (suites[i].id == p.cipher_suite)
            suite = suites[i].name;
    snprintf(t->words, sizeof t->words, "TLS 1.%u, %s", (unsigned)p.version - BR_TLS10, suite);
    explicit_bzero(&p, sizeof p);
}

static bool is_address(const char *host)
{
    char room[sizeof(struct in6_addr)];

    return inet_pton(AF_INET, host, room) == 1 || inet_pton(AF_INET6, host, room) == 1;
}

int tls_start(struct tls **out, const struct tls_opts *o, struct tls_io io, enum tls_fault *why,
              struct err *e)
{
    struct tls_opts known = *o;
    unsigned char seed[SEED_BYTES];
    struct tls *t;
    /* The name goes over the wire; an address is no name. */
    const char *name = o->host != NULL && !is_address(o->host) ? o->host : NULL;

    *out = NULL;
    *why = TLS_FAULT_OTHER;
    if (name != NULL && strlen(name) > HOST_MAX)
        return err_set(e, ERR_USAGE, "the name of the server has more than %d characters", HOST_MAX);
    if (entropy_bytes(seed, sizeof seed, e) != 0)
        return -1;
    if (known.now == 0)
        known.now = (int64_t)clock_wall();
    t = mem_alloc(sizeof *t);
    t->io = io;
    br_ssl_client_init_full(&t->client, &t->chain.minimal, NULL, 0);
    tls_chain_init(&t->chain, &known);
    br_ssl_engine_set_x509(&t->client.eng, &t->chain.vtable);
    br_ssl_engine_set_versions(&t->client.eng, o->trust != NULL ? BR_TLS12 : BR_TLS10, BR_TLS12);
    br_ssl_engine_add_flags(&t->client.eng, BR_OPT_NO_RENEGOTIATION);
    choose_suites(&t->client.eng);
    br_ssl_engine_set_buffer(&t->client.eng, t->records, sizeof t->records, 1);
    br_ssl_engine_inject_entropy(&t->client.eng, seed, sizeof seed);
    explicit_bzero(seed, sizeof seed);
    if (!br_ssl_client_reset(&t->client, name, 0)) {
        failed(t, why, e);
        tls_free(t);
        return -1;
    }
    if (run(t, BR_SSL_SENDAPP, why, e) != 0) {
        tls_free(t);
        return -1;
    }
    t->begun = true;
    set_words(t);
    *out = t;
    return 0;
}

ssize_t tls_read(struct tls *t, void *p, size_t n, struct err *e)
{
    unsigned char *from;
    size_t have;

    if (run(t, BR_SSL_RECVAPP, NULL, e) != 0)
        return -1;
    from = br_ssl_engine_recvapp_buf(&t->client.eng, &have);
    if (n > have)
        n = have;
    memcpy(p, from, n);
    br_ssl_engine_recvapp_ack(&t->client.eng, n);
    return (ssize_t)n;
}

int tls_write(struct tls *t, const void *p, size_t n, struct err *e)
{
    const unsigned char *at = p;

    while (n > 0) {
        unsigned char *to;
        size_t part;

        if (run(t, BR_SSL_SENDAPP, NULL, e) != 0)
            return -1;
        to = br_ssl_engine_sendapp_buf(&t->client.eng, &part);
        if (part > n)
            part = n;
        memcpy(to, at, part);
        br_ssl_engine_sendapp_ack(&t->client.eng, part);
        at += part;
        n -= part;
    }
    br_ssl_engine_flush(&t->client.eng, 0);
    return run(t, BR_SSL_SENDAPP | BR_SSL_RECVAPP, NULL, e);
}

bool tls_pending(const struct tls *t)
{
    size_t n;

    return t->raw_n > t->raw_at || br_ssl_engine_recvapp_buf(&t->client.eng, &n) != NULL;
}

const char *tls_words(const struct tls *t)
{
    return t->words;
}

void tls_bye(struct tls *t)
{
    br_ssl_engine_context *eng = &t->client.eng;
    struct err ignored;

    if (!t->begun || br_ssl_engine_current_state(eng) == BR_SSL_CLOSED)
        return;
    br_ssl_engine_close(eng);
    while ((br_ssl_engine_current_state(eng) & BR_SSL_SENDREC) != 0) {
        size_t n;
        const unsigned char *p = br_ssl_engine_sendrec_buf(eng, &n);

        if (t->io.write(t->io.ctx, p, n, &ignored) != 0)
            return;
        br_ssl_engine_sendrec_ack(eng, n);
    }
}

void tls_free(struct tls *t)
{
    if (t == NULL)
        return;
    tls_chain_free(&t->chain);
    explicit_bzero(t, sizeof *t);
    free(t);
}
