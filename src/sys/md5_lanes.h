/*
 * MD5 of several messages side by side. One MD5 is a chain of 64 steps that each wait for the one before;
 * vectors carry 4, 8 or 16 such chains at the price of one.
 */
#ifndef SYS_MD5_LANES_H
#define SYS_MD5_LANES_H

#include <stddef.h>
#include <stdint.h>

#define MD5_LANES_MAX 16

/* The four state words of every lane. */
struct md5_lanes_state {
    uint32_t word[4][MD5_LANES_MAX];
};

/* Runs `blocks` blocks of 64 bytes of each lane's data through the compression. */
typedef void md5_lanes_fn(struct md5_lanes_state *state, const uint8_t *const data[], size_t blocks);

struct md5_lanes {
    unsigned width;    /* 4, 8 or 16; 0: this machine has none that works, use hash.h */
    md5_lanes_fn *run; /* NULL with width 0 */
};

/* The widest up to `most` that the processor and the system carry and that agrees with the reference on a
 * set of messages. */
struct md5_lanes md5_lanes_best(unsigned most);

/* The start of a message. */
void md5_lanes_start(struct md5_lanes_state *state, unsigned lane);

/* The state as the 16 bytes of a digest: of the message once its padding was run. */
void md5_lanes_out(const struct md5_lanes_state *state, unsigned lane, uint8_t out[16]);

/* Writes the padding of a message of `total` bytes behind the last n bytes of it (below 64 count as a begun
 * block); p has 72 bytes of room behind them. Gives how many bytes are there then, a multiple of 64. */
size_t md5_lanes_pad(uint8_t *p, size_t n, uint64_t total);

md5_lanes_fn md5_lanes_x4, md5_lanes_x8, md5_lanes_x16;

#endif
