#include "sys/hash_text.h"

#include <errno.h>
#include <string.h>

#define PIECE ((size_t)64 * 1024)

void hash_text_start(struct hash_text *h, enum hash_alg alg)
{
    memset(h, 0, sizeof *h);
    hash_start(&h->hash, alg);
}

void hash_text_add(struct hash_text *h, const void *p, size_t n)
{
    const char *at = p;
    const char *end = at + n;

    if (n == 0)
        return;
    h->binary = h->binary || memchr(p, '\0', n) != NULL;
    /* A CR at the end of a piece waits for what follows. */
    if (h->cr && *at != '\n')
        hash_add(&h->hash, "\r", 1);
    h->cr = false;
    while (at < end) {
        const char *cr = memchr(at, '\r', (size_t)(end - at));

        if (cr == NULL) {
            hash_add(&h->hash, at, (size_t)(end - at));
            return;
        }
        hash_add(&h->hash, at, (size_t)(cr - at));
        at = cr + 1;
        if (at == end)
            h->cr = true;
        else if (*at != '\n')
            hash_add(&h->hash, "\r", 1);
    }
}

bool hash_text_end(struct hash_text *h, struct digest *out)
{
    if (h->cr)
        hash_add(&h->hash, "\r", 1);
    if (!h->binary)
        hash_end(&h->hash, out);
    return !h->binary;
}

int hash_text_fd(const struct fsops *ops, int fd, enum hash_alg alg, struct digest *out)
{
    char piece[PIECE];
    struct hash_text h;
    ssize_t n;

    hash_text_start(&h, alg);
    while ((n = ops->read(fd, piece, sizeof piece)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        hash_text_add(&h, piece, (size_t)n);
    }
    return hash_text_end(&h, out);
}
