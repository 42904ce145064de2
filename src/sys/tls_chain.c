#include "format/x509.h"
#include "sys/tls_parts.h"

#include <string.h>

#define DAY_SECONDS     86400
#define DAYS_UNTIL_1970 719528 /* from the year 0, as the validator counts */
/* Real ones have one or two thousand bytes. */
#define CERTIFICATE_MAX ((size_t)64 * 1024)
/* Of a chain; authorities put one or two between themselves and a server. */
#define CHAIN_MAX 16

static struct tls_chain *chain_of(const br_x509_class **ctx)
{
    return (struct tls_chain *)(void *)ctx;
}

static void start_chain(const br_x509_class **ctx, const char *server_name)
{
    struct tls_chain *c = chain_of(ctx);

    (void)server_name; /* names are looked at in the end, addresses too */
    c->count = 0;
    c->key = NULL;
    buf_reset(&c->first);
    if (c->trust != NULL)
        c->minimal.vtable->start_chain(&c->minimal.vtable, NULL);
}

static void start_cert(const br_x509_class **ctx, uint32_t length)
{
    struct tls_chain *c = chain_of(ctx);

    c->count++;
    if (c->trust != NULL)
        c->minimal.vtable->start_cert(&c->minimal.vtable, length);
    else if (c->count == 1)
        br_x509_decoder_init(&c->decoder, NULL, NULL);
}

static void append(const br_x509_class **ctx, const unsigned char *p, size_t n)
{
    struct tls_chain *c = chain_of(ctx);

    if (c->count == 1 && c->first.n <= CERTIFICATE_MAX)
        buf_add(&c->first, p, n);
    if (c->trust != NULL)
        c->minimal.vtable->append(&c->minimal.vtable, p, n);
    else if (c->count == 1)
        br_x509_decoder_push(&c->decoder, p, n);
}

static void end_cert(const br_x509_class **ctx)
{
    struct tls_chain *c = chain_of(ctx);

    if (c->trust != NULL)
        c->minimal.vtable->end_cert(&c->minimal.vtable);
}

static unsigned end_chain(const br_x509_class **ctx)
{
    struct tls_chain *c = chain_of(ctx);
    struct x509 own;
    unsigned r;

    if (c->count == 0)
        return BR_ERR_X509_EMPTY_CHAIN;
    if (c->count > CHAIN_MAX || c->first.n > CERTIFICATE_MAX)
        return BR_ERR_X509_LIMIT_EXCEEDED;
    if (c->trust == NULL) {
        c->key = br_x509_decoder_get_pkey(&c->decoder);
        return c->key != NULL ? 0 : (unsigned)br_x509_decoder_last_error(&c->decoder);
    }
    r = c->minimal.vtable->end_chain(&c->minimal.vtable);
    if (r != 0 || c->host == NULL)
        return r;
    if (!x509_parse(buf_str(&c->first), &own))
        return BR_ERR_X509_UNEXPECTED;
    return x509_is_for(&own, c->host) ? 0 : BR_ERR_X509_BAD_SERVER_NAME;
}

static const br_x509_pkey *get_pkey(const br_x509_class *const *ctx, unsigned *usages)
{
    const struct tls_chain *c = (const struct tls_chain *)(const void *)ctx;

    if (c->trust != NULL)
        return c->minimal.vtable->get_pkey(&c->minimal.vtable, usages);
    if (usages != NULL)
        *usages = BR_KEYTYPE_KEYX | BR_KEYTYPE_SIGN;
    return c->key;
}

static const br_x509_class chain_class = {
    .context_size = sizeof(struct tls_chain),
    .start_chain = start_chain,
    .start_cert = start_cert,
    .append = append,
    .end_cert = end_cert,
    .end_chain = end_chain,
    .get_pkey = get_pkey,
};

void tls_chain_init(struct tls_chain *c, const struct tls_opts *o)
{
    /* MD5 vouches for nothing; SHA-1 is left out because its signatures can be forged. */
    static const br_hash_class *const hashes[] = {&br_sha224_vtable, &br_sha256_vtable, &br_sha384_vtable,
                                                  &br_sha512_vtable};
    size_t i;

    c->vtable = &chain_class;
    c->trust = o->trust;
    c->host = o->host;
    c->now = o->now;
    if (o->trust == NULL)
        return;
    br_x509_minimal_init(&c->minimal, &br_sha256_vtable, o->trust->anchors.v, o->trust->anchors.n);
    for (i = 0; i < sizeof hashes / sizeof *hashes; i++)
        br_x509_minimal_set_hash(
            &c->minimal, (int)(hashes[i]->desc >> BR_HASHDESC_ID_OFF & BR_HASHDESC_ID_MASK), hashes[i]);
    br_x509_minimal_set_rsa(&c->minimal, br_rsa_pkcs1_vrfy_get_default());
    br_x509_minimal_set_ecdsa(&c->minimal, br_ec_get_default(), br_ecdsa_vrfy_asn1_get_default());
    br_x509_minimal_set_time(&c->minimal, (uint32_t)(o->now / DAY_SECONDS + DAYS_UNTIL_1970),
                             (uint32_t)(o->now % DAY_SECONDS));
}

void tls_chain_free(struct tls_chain *c)
{
    buf_free(&c->first);
}
