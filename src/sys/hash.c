#include "sys/hash.h"

#include <errno.h>
#include <string.h>

#define READ_SIZE 32768 /* on the stack of any thread */

size_t hash_size(enum hash_alg alg)
{
    return alg == HASH_SHA256 ? 32 : 16;
}

const char *hash_name(enum hash_alg alg)
{
    static const char *const names[] = {"md5", "sha256", "md5-mixed"};

    return names[alg];
}

void hash_start(struct hash *h, enum hash_alg alg)
{
    h->alg = alg;
    if (alg == HASH_MD5)
        br_md5_init(&h->ctx.md5);
    else
        br_sha256_init(&h->ctx.sha256);
}

void hash_add(struct hash *h, const void *p, size_t n)
{
    if (n == 0)
        return;
    if (h->alg == HASH_MD5)
        br_md5_update(&h->ctx.md5, p, n);
    else
        br_sha256_update(&h->ctx.sha256, p, n);
}

void hash_end(const struct hash *h, struct digest *out)
{
    memset(out, 0, sizeof *out);
    out->alg = h->alg;
    if (h->alg == HASH_MD5)
        br_md5_out(&h->ctx.md5, out->b);
    else
        br_sha256_out(&h->ctx.sha256, out->b);
}

void hash_bytes(enum hash_alg alg, const void *p, size_t n, struct digest *out)
{
    struct hash h;

    hash_start(&h, alg);
    hash_add(&h, p, n);
    hash_end(&h, out);
}

int hash_fd(const struct fsops *ops, int fd, enum hash_alg alg, struct digest *out, uint64_t *bytes)
{
    uint8_t piece[READ_SIZE];
    uint64_t total = 0;
    struct hash h;
    ssize_t n;

    hash_start(&h, alg);
    for (;;) {
        n = ops->read(fd, piece, sizeof piece);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        hash_add(&h, piece, (size_t)n);
        total += (uint64_t)n;
    }
    if (n < 0)
        return -1;
    hash_end(&h, out);
    if (bytes != NULL)
        *bytes = total;
    return 0;
}

void digest_mix(struct str text, const struct digest *content, struct digest *out)
{
    char hex[HASH_HEX];
    struct hash h;

    digest_hex(content, hex);
    hash_start(&h, HASH_MD5);
    hash_add(&h, text.p, text.n);
    hash_add(&h, hex, 2 * hash_size(HASH_MD5));
    hash_end(&h, out);
    out->alg = HASH_MD5_MIXED;
}

bool digest_eq(const struct digest *a, const struct digest *b)
{
    return a->alg == b->alg && memcmp(a->b, b->b, hash_size(a->alg)) == 0;
}

const char *digest_hex(const struct digest *d, char out[HASH_HEX])
{
    str_hex(d->b, hash_size(d->alg), out);
    return out;
}

bool digest_parse(struct str hex, struct digest *out)
{
    memset(out, 0, sizeof *out);
    if (hex.n != 32 && hex.n != 64)
        return false;
    out->alg = hex.n == 32 ? HASH_MD5 : HASH_SHA256;
    return str_unhex(hex, out->b, hash_size(out->alg));
}
