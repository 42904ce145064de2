/* The checksum of a text whatever its line ends: as if every CR LF were an LF. */
#ifndef SYS_HASH_TEXT_H
#define SYS_HASH_TEXT_H

#include "sys/hash.h"

struct hash_text {
    struct hash hash;
    bool cr;     /* the last byte was a CR */
    bool binary; /* there was a NUL: its line ends are none */
};

void hash_text_start(struct hash_text *h, enum hash_alg alg);
void hash_text_add(struct hash_text *h, const void *p, size_t n);
/* False when it is no text; then out is not set. */
bool hash_text_end(struct hash_text *h, struct digest *out);

/* From the descriptor's position to the end of the file: 1, 0 when it is no text, -1 with errno. */
int hash_text_fd(const struct fsops *ops, int fd, enum hash_alg alg, struct digest *out);

#endif
