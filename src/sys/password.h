/*
 * What shops keep of a password. Each call gives a text as the shop's own code writes it; from none of them can the password be read back, but
 * short ones can be guessed, so these texts are treated as secrets, too. Nothing of the password stays in memory that is left.
 */
#ifndef SYS_PASSWORD_H
#define SYS_PASSWORD_H

#include "base/err.h"
#include "base/str.h"

/* bcrypt takes no more bytes into account, so nobody may believe that more count. */
#define PASSWORD_MAX 72
/* The longest is X-Cart's: 7 characters and 128 digits. */
#define PASSWORD_STORED 160
/* Room for a salt, of letters and digits. */
#define PASSWORD_SALT 23

/* password_hash() of PHP: "$2y$10$" and 53 characters. A NUL byte in the password is ERR_REFUSED. */
int password_bcrypt(struct str password, char out[PASSWORD_STORED], struct err *e);

/* n random letters and digits and a NUL; n below PASSWORD_SALT. */
int password_salt(char out[PASSWORD_SALT], size_t n, struct err *e);

/* Digits of MD5 over a text in front, the password, and a text behind it. */
void password_md5(struct str front, struct str password, struct str behind, char out[PASSWORD_STORED]);

/* CS-Cart below 4.12: md5(md5(password) . md5(salt)). */
void password_md5_twice(struct str password, struct str salt, char out[PASSWORD_STORED]);

/* OpenCart 1.5 to 3: sha1(salt . sha1(salt . sha1(password))). */
void password_sha1_thrice(struct str password, struct str salt, char out[PASSWORD_STORED]);

/* X-Cart: "SHA512:" and the digits of HMAC by the store's key, of plain SHA-512 where it has none (n 0). */
void password_sha512(struct str password, struct str key, char out[PASSWORD_STORED]);

#endif
