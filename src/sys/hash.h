/* Checksums of files and bytes: MD5, which is what shop platforms publish, and SHA-256. */
#ifndef SYS_HASH_H
#define SYS_HASH_H

#include "base/str.h"
#include "sys/fsops.h"

#include <bearssl_hash.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * HASH_MD5_MIXED is for comparing alone: the MD5 of some text (a path mostly) with the hex MD5 of the content behind
 * it, by which CS-Cart lists its files. Bytes are hashed with HASH_MD5 and then mixed with digest_mix.
 */
enum hash_alg { HASH_MD5, HASH_SHA256, HASH_MD5_MIXED };
#define HASH_MAX 32                 /* bytes of the longest digest */
#define HASH_HEX (2 * HASH_MAX + 1) /* room for its hex form */

struct digest {
    enum hash_alg alg;
    uint8_t b[HASH_MAX]; /* hash_size(alg) of them count, the rest is zero */
};

size_t hash_size(enum hash_alg alg);
const char *hash_name(enum hash_alg alg); /* "md5", "sha256", "md5-mixed" */

/* A running checksum, of HASH_MD5 or HASH_SHA256. It may be copied. */
struct hash {
    enum hash_alg alg;
    union {
        br_md5_context md5;
        br_sha256_context sha256;
    } ctx;
};

void hash_start(struct hash *h, enum hash_alg alg);
void hash_add(struct hash *h, const void *p, size_t n);
void hash_end(const struct hash *h, struct digest *out);

/* All at once. */
void hash_bytes(enum hash_alg alg, const void *p, size_t n, struct digest *out);

/* From the descriptor's position to the end of the file. *bytes (may be NULL) counts them. -1 with errno. */
int hash_fd(const struct fsops *ops, int fd, enum hash_alg alg, struct digest *out, uint64_t *bytes);

/* The mixed digest of that text and a content's HASH_MD5. out may be content. */
void digest_mix(struct str text, const struct digest *content, struct digest *out);

bool digest_eq(const struct digest *a, const struct digest *b);

/* Lower-case hex into out, which is given back. */
const char *digest_hex(const struct digest *d, char out[HASH_HEX]);

/* 32 hex digits are MD5, 64 are SHA-256; false for anything else. */
bool digest_parse(struct str hex, struct digest *out);

#endif
