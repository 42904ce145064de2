#include "sys/md5_lanes.h"

#include "sys/hash.h"

#include <stdbool.h>
#include <string.h>

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define LANES 4
#define NAME  md5_lanes_x4
#include "sys/md5_lanes_body.h"
#endif

#define TEST_BYTES 200 /* of the longest message of the self-test: four blocks */

void md5_lanes_start(struct md5_lanes_state *state, unsigned lane)
{
    state->word[0][lane] = 0x67452301u;
    state->word[1][lane] = 0xefcdab89u;
    state->word[2][lane] = 0x98badcfeu;
    state->word[3][lane] = 0x10325476u;
}

void md5_lanes_out(const struct md5_lanes_state *state, unsigned lane, uint8_t out[16])
{
    size_t i;

    for (i = 0; i < 4; i++) {
        uint32_t w = state->word[i][lane];

        out[4 * i] = (uint8_t)w;
        out[4 * i + 1] = (uint8_t)(w >> 8);
        out[4 * i + 2] = (uint8_t)(w >> 16);
        out[4 * i + 3] = (uint8_t)(w >> 24);
    }
}

size_t md5_lanes_pad(uint8_t *p, size_t n, uint64_t total)
{
    uint64_t bits = total << 3;
    size_t end = (n + 8) / 64 * 64 + 64;
    size_t i;

    p[n] = 0x80;
    memset(p + n + 1, 0, end - n - 1);
    for (i = 0; i < 8; i++)
        p[end - 8 + i] = (uint8_t)(bits >> (8 * i));
    return end;
}

/* Every lane gets a message of its own; all have the same number of blocks. */
static bool agrees(const struct md5_lanes *l)
{
    uint8_t text[MD5_LANES_MAX][TEST_BYTES + 72];
    const uint8_t *data[MD5_LANES_MAX];
    struct md5_lanes_state state;
    struct digest want;
    uint8_t is[16];
    unsigned lane;
    size_t blocks = 0;
    bool ok = true;

    for (lane = 0; lane < l->width; lane++) {
        size_t n = TEST_BYTES - lane % 8;
        size_t i;

        for (i = 0; i < n; i++)
            text[lane][i] = (uint8_t)(i * 7 + lane * 31 + 1);
        blocks = md5_lanes_pad(text[lane], n, n) / 64;
        data[lane] = text[lane];
        md5_lanes_start(&state, lane);
    }
    l->run(&state, data, blocks);
    for (lane = 0; lane < l->width; lane++) {
        hash_bytes(HASH_MD5, text[lane], TEST_BYTES - lane % 8, &want);
        md5_lanes_out(&state, lane, is);
        ok = ok && memcmp(is, want.b, sizeof is) == 0;
    }
    return ok;
}

struct md5_lanes md5_lanes_best(unsigned most)
{
    struct md5_lanes all[3] = {{0}};
    unsigned n = 0;

#if defined(__x86_64__)
    /* These ask the system (xgetbv) as well, whether it keeps the wide registers. */
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f"))
        all[n++] = (struct md5_lanes){16, md5_lanes_x16};
    if (__builtin_cpu_supports("avx2"))
        all[n++] = (struct md5_lanes){8, md5_lanes_x8};
#endif
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    all[n++] = (struct md5_lanes){4, md5_lanes_x4};
#endif
    for (unsigned i = 0; i < n; i++)
        if (all[i].width <= most && agrees(&all[i]))
            return all[i];
    return (struct md5_lanes){0};
}
