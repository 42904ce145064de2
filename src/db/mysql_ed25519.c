/*
 * Numbers modulo p = 2^255 - 19 are five limbs of 51 bits; between operations each limb is below 2^52.
 * Points are extended coordinates (X : Y : Z : T) with x = X/Z, y = Y/Z, xy = T/Z on -x^2 + y^2 = 1 + d x^2
 * y^2, where one formula adds any two points, equal ones and the neutral one too. Numbers modulo the order
 * of the base point are four words of 64 bits. No branch and no index depends on a secret.
 */
#include "db/mysql_ed25519.h"

#include <bearssl.h>
#include <string.h>

#define LIMBS     5
#define LIMB_BITS 51
#define LIMB_MASK ((UINT64_C(1) << LIMB_BITS) - 1)
#define WORDS     4 /* of a scalar */

__extension__ typedef unsigned __int128 wide;

struct fe {
    uint64_t v[LIMBS];
};

struct point {
    struct fe x, y, z, t;
};

struct scalar {
    uint64_t w[WORDS];
};

/* 2d with d = -121665/121666, and the base point: y = 4/5 and the even x that belongs to it. */
static const struct fe twice_d = {
    {0x69b9426b2f159u, 0x35050762add7au, 0x3cf44c0038052u, 0x6738cc7407977u, 0x2406d9dc56dffu}};
static const struct point base = {
    .x = {{0x62d608f25d51au, 0x412a4b4f6592au, 0x75b7171a4b31du, 0x1ff60527118feu, 0x216936d3cd6e5u}},
    .y = {{0x6666666666658u, 0x4ccccccccccccu, 0x1999999999999u, 0x3333333333333u, 0x6666666666666u}},
    .z = {{1, 0, 0, 0, 0}},
    .t = {{0x68ab3a5b7dda3u, 0x00eea2a5eadbbu, 0x2af8df483c27eu, 0x332b375274732u, 0x67875f0fd78b7u}},
};

/* 2^252 + 27742317777372353535851937790883648493, lowest word first. */
static const struct scalar order = {{0x5812631a5cf5d3edu, 0x14def9dea2f79cd6u, 0, 0x1000000000000000u}};

static void fe_carry(struct fe *a)
{
    uint64_t carry = 0;
    size_t i;

    for (i = 0; i < LIMBS; i++) {
        a->v[i] += carry;
        carry = a->v[i] >> LIMB_BITS;
        a->v[i] &= LIMB_MASK;
    }
    a->v[0] += 19 * carry;
}

static void fe_add(struct fe *r, const struct fe *a, const struct fe *b)
{
    size_t i;

    for (i = 0; i < LIMBS; i++)
        r->v[i] = a->v[i] + b->v[i];
    fe_carry(r);
}

/* 4p is added, so that no limb goes below zero. */
static void fe_sub(struct fe *r, const struct fe *a, const struct fe *b)
{
    size_t i;

    for (i = 0; i < LIMBS; i++)
        r->v[i] = a->v[i] + 4 * (i == 0 ? LIMB_MASK - 18 : LIMB_MASK) - b->v[i];
    fe_carry(r);
}

static void fe_mul(struct fe *r, const struct fe *a, const struct fe *b)
{
    wide sum[LIMBS] = {0};
    uint64_t carry = 0;
    size_t i;
    size_t j;

    /* 2^255 is 19, which brings the upper products down. */
    for (i = 0; i < LIMBS; i++)
        for (j = 0; j < LIMBS; j++)
            sum[(i + j) % LIMBS] += (wide)a->v[i] * (b->v[j] * (i + j >= LIMBS ? 19 : 1));
    for (i = 0; i < LIMBS; i++) {
        sum[i] += carry;
        r->v[i] = (uint64_t)sum[i] & LIMB_MASK;
        carry = (uint64_t)(sum[i] >> LIMB_BITS);
    }
    r->v[0] += 19 * carry;
    fe_carry(r);
}

/* 1/a as a^(p - 2): the exponent 2^255 - 21 is all ones above its lowest byte, which is 0xEB. */
static void fe_invert(struct fe *r, const struct fe *a)
{
    struct fe result = {{1, 0, 0, 0, 0}};
    int bit;

    for (bit = 254; bit >= 0; bit--) {
        fe_mul(&result, &result, &result);
        if (bit >= 8 || (0xEB >> bit & 1) != 0)
            fe_mul(&result, &result, a);
    }
    *r = result;
}

/* The one number from 0 to p - 1, lowest byte first. */
static void fe_bytes(uint8_t out[32], const struct fe *a)
{
    struct fe t = *a;
    uint64_t carry = 19;
    size_t i;

    fe_carry(&t);
    fe_carry(&t);
    /* What a + 19 carries out of 2^255 tells whether a >= p. */
    for (i = 0; i < LIMBS; i++)
        carry = (t.v[i] + carry) >> LIMB_BITS;
    t.v[0] += 19 * carry;
    carry = 0;
    for (i = 0; i < LIMBS; i++) {
        t.v[i] += carry;
        carry = t.v[i] >> LIMB_BITS;
        t.v[i] &= LIMB_MASK;
    }
    for (i = 0; i < 32; i++) {
        size_t bit = i * 8;
        size_t limb = bit / LIMB_BITS;
        size_t shift = bit % LIMB_BITS;
        uint64_t v = t.v[limb] >> shift;

        if (shift > LIMB_BITS - 8 && limb + 1 < LIMBS)
            v |= t.v[limb + 1] << (LIMB_BITS - shift);
        out[i] = (uint8_t)v;
    }
}

static void point_add(struct point *r, const struct point *p, const struct point *q)
{
    struct fe a, b, c, d, e, f, g, h;

    fe_sub(&a, &p->y, &p->x);
    fe_sub(&b, &q->y, &q->x);
    fe_mul(&a, &a, &b);
    fe_add(&b, &p->y, &p->x);
    fe_add(&c, &q->y, &q->x);
    fe_mul(&b, &b, &c);
    fe_mul(&c, &p->t, &q->t);
    fe_mul(&c, &c, &twice_d);
    fe_mul(&d, &p->z, &q->z);
    fe_add(&d, &d, &d);
    fe_sub(&e, &b, &a);
    fe_sub(&f, &d, &c);
    fe_add(&g, &d, &c);
    fe_add(&h, &b, &a);
    fe_mul(&r->x, &e, &f);
    fe_mul(&r->y, &g, &h);
    fe_mul(&r->t, &e, &h);
    fe_mul(&r->z, &f, &g);
}

/* r = p where mask is all ones; unchanged where it is zero. */
static void point_choose(struct point *r, const struct point *p, uint64_t mask)
{
    struct fe *const to[] = {&r->x, &r->y, &r->z, &r->t};
    const struct fe *const from[] = {&p->x, &p->y, &p->z, &p->t};
    size_t i;
    size_t k;

    for (k = 0; k < 4; k++)
        for (i = 0; i < LIMBS; i++)
            to[k]->v[i] ^= mask & (to[k]->v[i] ^ from[k]->v[i]);
}

/* The base point times s, as bytes: y, and the lowest bit of x in its top bit. */
static void base_times(uint8_t out[32], const struct scalar *s)
{
    struct point r = {.y = {{1, 0, 0, 0, 0}}, .z = {{1, 0, 0, 0, 0}}};
    struct point sum;
    struct fe inverse;
    uint8_t x[32];
    size_t bit;

    for (bit = 256; bit-- > 0;) {
        point_add(&r, &r, &r);
        point_add(&sum, &r, &base);
        point_choose(&r, &sum, UINT64_C(0) - (s->w[bit / 64] >> bit % 64 & 1));
    }
    fe_invert(&inverse, &r.z);
    fe_mul(&r.x, &r.x, &inverse);
    fe_mul(&r.y, &r.y, &inverse);
    fe_bytes(x, &r.x);
    fe_bytes(out, &r.y);
    out[31] |= (uint8_t)((x[0] & 1) << 7);
    explicit_bzero(&r, sizeof r);
    explicit_bzero(&sum, sizeof sum);
    explicit_bzero(x, sizeof x);
}

/* a - order where that is not below zero. */
static void scalar_reduce_once(struct scalar *a)
{
    struct scalar less;
    uint64_t borrow = 0;
    uint64_t keep;
    size_t i;

    for (i = 0; i < WORDS; i++) {
        wide difference = (wide)a->w[i] - order.w[i] - borrow;

        less.w[i] = (uint64_t)difference;
        borrow = (uint64_t)(difference >> 64) & 1;
    }
    keep = UINT64_C(0) - borrow;
    for (i = 0; i < WORDS; i++)
        a->w[i] = (a->w[i] & keep) | (less.w[i] & ~keep);
}

/* The 512 bits of n modulo the order, bit by bit from the top. */
static void scalar_reduce(struct scalar *r, const uint64_t n[2 * WORDS])
{
    size_t bit;
    size_t i;

    *r = (struct scalar){{0}};
    for (bit = (size_t)2 * WORDS * 64; bit-- > 0;) {
        uint64_t in = n[bit / 64] >> bit % 64 & 1;

        for (i = 0; i < WORDS; i++) {
            uint64_t out = r->w[i] >> 63;

            r->w[i] = r->w[i] << 1 | in;
            in = out;
        }
        scalar_reduce_once(r);
    }
}

/* r = a + b c; b is below the order, c below 2^256. */
static void scalar_multiply_add(struct scalar *r, const struct scalar *a, const struct scalar *b,
                                const struct scalar *c)
{
    uint64_t n[2 * WORDS] = {0};
    uint64_t carry;
    size_t i;
    size_t j;

    for (i = 0; i < WORDS; i++)
        n[i] = a->w[i];
    for (i = 0; i < WORDS; i++) {
        carry = 0;
        for (j = 0; j < WORDS; j++) {
            wide t = (wide)b->w[i] * c->w[j] + n[i + j] + carry;

            n[i + j] = (uint64_t)t;
            carry = (uint64_t)(t >> 64);
        }
        n[i + WORDS] += carry;
    }
    scalar_reduce(r, n);
    explicit_bzero(n, sizeof n);
}

static uint64_t word(const uint8_t *p)
{
    uint64_t v = 0;
    size_t i;

    for (i = 8; i > 0; i--)
        v = v << 8 | p[i - 1];
    return v;
}

static void sha512_reduced(struct scalar *r, const br_sha512_context *c)
{
    uint8_t hash[br_sha512_SIZE];
    uint64_t n[2 * WORDS];
    size_t i;

    br_sha512_out(c, hash);
    for (i = 0; i < (size_t)2 * WORDS; i++)
        n[i] = word(hash + 8 * i);
    scalar_reduce(r, n);
    explicit_bzero(hash, sizeof hash);
    explicit_bzero(n, sizeof n);
}

/* From the secret to the private scalar and the bytes that make each signature's own secret. */
static void expand(struct str secret, struct scalar *a, uint8_t prefix[32])
{
    uint8_t hash[br_sha512_SIZE];
    br_sha512_context c;
    size_t i;

    br_sha512_init(&c);
    br_sha512_update(&c, secret.p, secret.n);
    br_sha512_out(&c, hash);
    hash[0] &= 0xF8;
    hash[31] &= 0x7F;
    hash[31] |= 0x40;
    for (i = 0; i < WORDS; i++)
        a->w[i] = word(hash + 8 * i);
    memcpy(prefix, hash + 32, 32);
    explicit_bzero(&c, sizeof c);
    explicit_bzero(hash, sizeof hash);
}

void mysql_ed25519_public(uint8_t key[MYSQL_ED25519_PUBLIC], struct str secret)
{
    uint8_t prefix[32];
    struct scalar a;

    expand(secret, &a, prefix);
    base_times(key, &a);
    explicit_bzero(&a, sizeof a);
    explicit_bzero(prefix, sizeof prefix);
}

void mysql_ed25519_sign(uint8_t signature[MYSQL_ED25519_SIGNATURE], struct str message, struct str secret)
{
    uint8_t prefix[32];
    uint8_t key[MYSQL_ED25519_PUBLIC];
    struct scalar a, once, challenge, s;
    br_sha512_context c;
    size_t i;

    expand(secret, &a, prefix);
    base_times(key, &a);
    br_sha512_init(&c);
    br_sha512_update(&c, prefix, sizeof prefix);
    br_sha512_update(&c, message.p, message.n);
    sha512_reduced(&once, &c);
    base_times(signature, &once);
    br_sha512_init(&c);
    br_sha512_update(&c, signature, 32);
    br_sha512_update(&c, key, sizeof key);
    br_sha512_update(&c, message.p, message.n);
    sha512_reduced(&challenge, &c);
    scalar_multiply_add(&s, &once, &challenge, &a);
    for (i = 0; i < 32; i++)
        signature[32 + i] = (uint8_t)(s.w[i / 8] >> i % 8 * 8);
    explicit_bzero(&c, sizeof c);
    explicit_bzero(&a, sizeof a);
    explicit_bzero(&once, sizeof once);
    explicit_bzero(prefix, sizeof prefix);
}
