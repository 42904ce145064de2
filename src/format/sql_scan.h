/*
 * The inner loops of reading SQL: bytes that mean something are looked for sixteen at a time.
 * All take a text p of n bytes and a place to begin at, and give the place of the hit, or n.
 */
#ifndef FORMAT_SQL_SCAN_H
#define FORMAT_SQL_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Inside of a string: the next quote or, when escapes count, backslash. */
size_t sql_scan_string(const char *p, size_t from, size_t n, char quote, bool escapes);

/* Outside of strings: the next quote of any kind, parenthesis, "-", "#", "/", "*", or the given byte. */
size_t sql_scan_code(const char *p, size_t from, size_t n, char also);

/* Behind the next end of a C comment, "*" and "/"; n when there is none. */
size_t sql_scan_comment(const char *p, size_t from, size_t n);

/* How many line feeds there are. */
uint64_t sql_scan_lines(const char *p, size_t n);

/* Whether it has a character of four bytes in UTF-8. */
bool sql_scan_four_byte(const char *p, size_t n);

/* What the server takes for white space between words. */
static inline bool sql_is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Bytes that names without quotes are made of; every byte of a character beyond ASCII is one. */
static inline bool sql_is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
           (unsigned char)c >= 0x80;
}

#endif
