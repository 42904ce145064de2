/*
 * The inner loops of reading SQL: bytes that mean something are looked for sixteen at a time.
 * All take a text p of n bytes and a place to begin at, and give the place of the hit, or n.
 */
#ifndef FORMAT_SQL_SCAN_H
#define FORMAT_SQL_SCAN_H

#include "base/ascii.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#ifdef __SSE2__
static inline __m128i sql_scan_load(const char *p)
{
    return _mm_loadu_si128((const __m128i *)(const void *)p);
}

static inline __m128i sql_scan_is(__m128i bytes, char c)
{
    return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c));
}

static inline unsigned sql_scan_bits(__m128i hits)
{
    return (unsigned)_mm_movemask_epi8(hits);
}
#endif

/* Inside of a string: the next quote or, when escapes count, backslash. */
static inline size_t sql_scan_string(const char *p, size_t from, size_t n, char quote, bool escapes)
{
    char escape = escapes ? '\\' : quote;

#ifdef __SSE2__
    for (; n - from >= 16; from += 16) {
        __m128i bytes = sql_scan_load(p + from);
        unsigned hits = sql_scan_bits(_mm_or_si128(sql_scan_is(bytes, quote), sql_scan_is(bytes, escape)));

        if (hits != 0)
            return from + (unsigned)__builtin_ctz(hits);
    }
#endif
    while (from < n && p[from] != quote && p[from] != escape)
        from++;
    return from;
}

static inline bool sql_means_something(char c)
{
    switch (c) {
    case '\'':
    case '"':
    case '`':
    case '(':
    case ')':
    case '-':
    case '#':
    case '/':
    case '*':
        return true;
    default:
        return false;
    }
}

/* Outside of strings: the next quote of any kind, parenthesis, "-", "#", "/", "*", or the given byte. */
static inline size_t sql_scan_code(const char *p, size_t from, size_t n, char also)
{
#ifdef __SSE2__
    for (; n - from >= 16; from += 16) {
        __m128i bytes = sql_scan_load(p + from);
        /* ' ( ) and * are neighbours, 0x27 to 0x2a; so are " and # */
        __m128i four = _mm_cmplt_epi8(_mm_add_epi8(bytes, _mm_set1_epi8(0x80 - 0x27)),
                                      _mm_set1_epi8(-128 + 4));
        __m128i two = _mm_cmplt_epi8(_mm_add_epi8(bytes, _mm_set1_epi8(0x80 - 0x22)),
                                     _mm_set1_epi8(-128 + 2));
        __m128i rest = _mm_or_si128(_mm_or_si128(sql_scan_is(bytes, '`'), sql_scan_is(bytes, '-')),
                                    _mm_or_si128(sql_scan_is(bytes, '/'), sql_scan_is(bytes, also)));
        unsigned hits = sql_scan_bits(_mm_or_si128(_mm_or_si128(four, two), rest));

        if (hits != 0)
            return from + (unsigned)__builtin_ctz(hits);
    }
#endif
    while (from < n && p[from] != also && !sql_means_something(p[from]))
        from++;
    return from;
}

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
    return ascii_is_alnum(c) || c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

#endif
