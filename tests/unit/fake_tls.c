#include "fake_tls.h"

#include <string.h>

/* Takes what the engine has for either side. */
static void pump(struct fake_tls *t)
{
    br_ssl_engine_context *eng = &t->server.eng;
    unsigned state;

    while (((state = br_ssl_engine_current_state(eng)) & (BR_SSL_SENDREC | BR_SSL_RECVAPP)) != 0) {
        bool send = (state & BR_SSL_SENDREC) != 0;
        size_t n;
        const unsigned char *p =
            send ? br_ssl_engine_sendrec_buf(eng, &n) : br_ssl_engine_recvapp_buf(eng, &n);

        buf_add(send ? &t->out : &t->got, p, n);
        if (send)
            br_ssl_engine_sendrec_ack(eng, n);
        else
            br_ssl_engine_recvapp_ack(eng, n);
    }
}

void fake_tls_rewind(struct fake_tls *t, unsigned min, unsigned max)
{
    if (t->key.rsa)
        br_ssl_server_init_full_rsa(&t->server, t->chain, t->chain_n, &t->key.private);
    else
        br_ssl_server_init_full_ec(&t->server, t->chain, t->chain_n, BR_KEYTYPE_EC, &t->key.ec);
    br_ssl_engine_set_versions(&t->server.eng, min, max);
    br_ssl_engine_set_buffer(&t->server.eng, t->records, sizeof t->records, 1);
    br_ssl_engine_inject_entropy(&t->server.eng, "always the same for a test", 26);
    br_ssl_server_reset(&t->server);
    buf_reset(&t->got);
    buf_reset(&t->out);
    t->out_at = 0;
}

void fake_tls_init(struct fake_tls *t, const struct fake_key *key, struct buf *certs, size_t n, unsigned min,
                   unsigned max)
{
    size_t i;

    memset(t, 0, sizeof *t);
    t->key = *key;
    for (i = 0; i < n && i < FAKE_CHAIN; i++) {
        t->certs[i] = certs[i];
        t->chain[i] = (br_x509_certificate){.data = (unsigned char *)certs[i].p, .data_len = certs[i].n};
    }
    t->chain_n = i;
    fake_tls_rewind(t, min, max);
}

void fake_tls_free(struct fake_tls *t)
{
    size_t i;

    for (i = 0; i < t->chain_n; i++)
        buf_free(&t->certs[i]);
    buf_free(&t->got);
    buf_free(&t->out);
}

void fake_tls_in(struct fake_tls *t, const void *p, size_t n)
{
    const unsigned char *at = p;
    size_t room;
    unsigned char *to;

    pump(t);
    while (n > 0 && (to = br_ssl_engine_recvrec_buf(&t->server.eng, &room)) != NULL) {
        if (room > n)
            room = n;
        memcpy(to, at, room);
        br_ssl_engine_recvrec_ack(&t->server.eng, room);
        at += room;
        n -= room;
        pump(t);
    }
}

void fake_tls_say(struct fake_tls *t, const void *p, size_t n)
{
    const unsigned char *at = p;
    size_t room;
    unsigned char *to;

    while (n > 0 && (to = br_ssl_engine_sendapp_buf(&t->server.eng, &room)) != NULL) {
        if (room > n)
            room = n;
        memcpy(to, at, room);
        br_ssl_engine_sendapp_ack(&t->server.eng, room);
        br_ssl_engine_flush(&t->server.eng, 0);
        at += room;
        n -= room;
        pump(t);
    }
}

void fake_tls_bye(struct fake_tls *t)
{
    br_ssl_engine_close(&t->server.eng);
    pump(t);
}
