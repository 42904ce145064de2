/*
 * Signing with Ed25519 (RFC 8032), as MariaDB's client_ed25519 does it: the password takes the place of the
 * 32 secret bytes, so that a password of 32 bytes signs exactly as the standard has it.
 */
#ifndef DB_MYSQL_ED25519_H
#define DB_MYSQL_ED25519_H

#include "base/str.h"

#include <stdint.h>

#define MYSQL_ED25519_SIGNATURE 64
#define MYSQL_ED25519_PUBLIC    32

/* The time taken depends on the lengths alone. */
void mysql_ed25519_sign(uint8_t signature[MYSQL_ED25519_SIGNATURE], struct str message, struct str secret);
void mysql_ed25519_public(uint8_t key[MYSQL_ED25519_PUBLIC], struct str secret);

#endif
