/* What the log-in plugins compute: from a password and the server's random bytes to the answer. No I/O. */
#ifndef DB_MYSQL_AUTH_H
#define DB_MYSQL_AUTH_H

#include "base/err.h"
#include "base/str.h"

#include <stddef.h>
#include <stdint.h>

#define MYSQL_SCRAMBLE         20  /* random bytes of the server */
#define MYSQL_SCRAMBLE_OLD     8   /* that many of them are used by mysql_old_password */
#define MYSQL_SCRAMBLE_ED25519 32  /* and that many given to client_ed25519 */
#define MYSQL_ANSWER_MAX       512 /* the longest answer: one block of the longest RSA key */

/* An answer to the server; holds what a password was made into, so it is to be wiped. */
struct mysql_answer {
    size_t n;
    uint8_t p[MYSQL_ANSWER_MAX];
};

/* mysql_native_password: SHA1(password) XOR SHA1(scramble . SHA1(SHA1(password))); empty for no password. */
void mysql_auth_native(const uint8_t scramble[MYSQL_SCRAMBLE], const char *password, struct mysql_answer *a);

/* caching_sha2_password, first answer: SHA256(password) XOR SHA256(SHA256(SHA256(password)) . scramble);
 * one zero byte for no password. */
void mysql_auth_sha2(const uint8_t scramble[MYSQL_SCRAMBLE], const char *password, struct mysql_answer *a);

/* mysql_old_password, of MySQL 4.0: a hash of 62 bits, which whoever listens can turn back; empty for no
 * password. */
void mysql_auth_old(const uint8_t scramble[MYSQL_SCRAMBLE_OLD], const char *password, struct mysql_answer *a);

/* client_ed25519 of MariaDB: the scramble signed by a key that is made of the password. */
void mysql_auth_ed25519(const uint8_t scramble[MYSQL_SCRAMBLE_ED25519], const char *password,
                        struct mysql_answer *a);

/*
 * caching_sha2_password and sha256_password without a secure channel: the password with its NUL, XORed with
 * the scramble, encrypted by the server's public key (PEM, SubjectPublicKeyInfo) with OAEP and SHA-1.
 */
int mysql_auth_rsa(const uint8_t scramble[MYSQL_SCRAMBLE], const char *password, struct str pem,
                   struct mysql_answer *a, struct err *e);

/* An RSA public key out of PEM; n and e point into der, which is the caller's room. */
struct mysql_rsa_key {
    uint8_t der[1024];
    size_t der_n;
    uint8_t *n, *e;
    size_t n_len, e_len;
};
int mysql_auth_key(struct str pem, struct mysql_rsa_key *k, struct err *e);

#endif
