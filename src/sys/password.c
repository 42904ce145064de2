#include "sys/password.h"

#include "base/mem.h"
#include "sys/entropy.h"

#include <bearssl_hash.h>
#include <bearssl_hmac.h>
#include <crypt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As password_hash() of PHP 5.5 to 8.3 does it; 8.4 takes 12, and accepts this. */
#define BCRYPT_COST  "$2y$10$"
#define BCRYPT_SALT  16 /* bytes */
#define BCRYPT_CHARS 22
#define BCRYPT_TEXT  60

/* bcrypt's own base64: 22 characters for 16 bytes. */
static void bcrypt_salt(const uint8_t raw[BCRYPT_SALT], char out[BCRYPT_CHARS + 1])
{
    static const char digits[] = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    for (size_t i = 0; i < BCRYPT_CHARS; i++) {
        size_t bit = i * 6;
        unsigned two = (unsigned)raw[bit / 8] << 8 | (bit / 8 + 1 < BCRYPT_SALT ? raw[bit / 8 + 1] : 0);

        out[i] = digits[two >> (10 - bit % 8) & 63];
    }
    out[BCRYPT_CHARS] = '\0';
}

int password_bcrypt(struct str password, char out[PASSWORD_STORED], struct err *e)
{
    char setting[sizeof BCRYPT_COST + BCRYPT_CHARS];
    char salt[BCRYPT_CHARS + 1];
    uint8_t raw[BCRYPT_SALT];
    struct crypt_data *work;
    const char *made;
    char *text;
    int rc = 0;

    if (password.n > PASSWORD_MAX || (password.n > 0 && memchr(password.p, '\0', password.n) != NULL))
        return err_set(e, ERR_REFUSED, "such a password can't be kept: it is longer than %d bytes, or has a NUL byte in it", PASSWORD_MAX);
    if (entropy_bytes(raw, sizeof raw, e) < 0)
        return -1;
    bcrypt_salt(raw, salt);
    snprintf(setting, sizeof setting, "%s%s", BCRYPT_COST, salt);
    text = mem_dup(password.p, password.n);
    work = mem_alloc(sizeof *work);
    made = crypt_r(text, setting, work);
    if (made != NULL && strlen(made) == BCRYPT_TEXT)
        snprintf(out, PASSWORD_STORED, "%s", made);
    else
        rc = err_set(e, ERR_REFUSED, "the C library of this build has no bcrypt");
    explicit_bzero(text, password.n);
    explicit_bzero(work, sizeof *work);
    free(text);
    free(work);
    return rc;
}

int password_salt(char out[PASSWORD_SALT], size_t n, struct err *e)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    uint8_t raw[PASSWORD_SALT];

    if (entropy_bytes(raw, n, e) < 0)
        return -1;
    for (size_t i = 0; i < n; i++)
        out[i] = letters[raw[i] % (sizeof letters - 1)];
    out[n] = '\0';
    return 0;
}

void password_md5(struct str front, struct str password, struct str behind, char out[PASSWORD_STORED])
{
    uint8_t sum[br_md5_SIZE];
    br_md5_context c;

    br_md5_init(&c);
    br_md5_update(&c, front.p, front.n);
    br_md5_update(&c, password.p, password.n);
    br_md5_update(&c, behind.p, behind.n);
    br_md5_out(&c, sum);
    str_hex(sum, sizeof sum, out);
    explicit_bzero(&c, sizeof c);
}

void password_md5_twice(struct str password, struct str salt, char out[PASSWORD_STORED])
{
    char first[PASSWORD_STORED];
    char second[PASSWORD_STORED];

    password_md5(STR(""), password, STR(""), first);
    password_md5(STR(""), salt, STR(""), second);
    password_md5(STR(""), str_of(first), str_of(second), out);
    explicit_bzero(first, sizeof first);
}

static void sha1(struct str front, struct str text, char out[PASSWORD_STORED])
{
    uint8_t sum[br_sha1_SIZE];
    br_sha1_context c;

    br_sha1_init(&c);
    br_sha1_update(&c, front.p, front.n);
    br_sha1_update(&c, text.p, text.n);
    br_sha1_out(&c, sum);
    str_hex(sum, sizeof sum, out);
    explicit_bzero(&c, sizeof c);
}

void password_sha1_thrice(struct str password, struct str salt, char out[PASSWORD_STORED])
{
    char first[PASSWORD_STORED];
    char second[PASSWORD_STORED];

    sha1(STR(""), password, first);
    sha1(salt, str_of(first), second);
    sha1(salt, str_of(second), out);
    explicit_bzero(first, sizeof first);
    explicit_bzero(second, sizeof second);
}

void password_sha512(struct str password, struct str key, char out[PASSWORD_STORED])
{
    static const char word[] = "SHA512:";
    uint8_t sum[br_sha512_SIZE];

    if (key.n > 0) {
        br_hmac_key_context k;
        br_hmac_context c;

        br_hmac_key_init(&k, &br_sha512_vtable, key.p, key.n);
        br_hmac_init(&c, &k, 0);
        br_hmac_update(&c, password.p, password.n);
        br_hmac_out(&c, sum);
        explicit_bzero(&k, sizeof k);
        explicit_bzero(&c, sizeof c);
    } else {
        br_sha512_context c;

        br_sha512_init(&c);
        br_sha512_update(&c, password.p, password.n);
        br_sha512_out(&c, sum);
        explicit_bzero(&c, sizeof c);
    }
    memcpy(out, word, sizeof word - 1);
    str_hex(sum, sizeof sum, out + sizeof word - 1);
}
