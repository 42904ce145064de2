#include "format/sql_scan.h"

#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>

static __m128i load(const char *p)
{
    return _mm_loadu_si128((const __m128i *)(const void *)p);
}

static __m128i is(__m128i bytes, char c)
{
    return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c));
}

static unsigned bits(__m128i hits)
{
    return (unsigned)_mm_movemask_epi8(hits);
}
#endif

size_t sql_scan_string(const char *p, size_t from, size_t n, char quote, bool escapes)
{
    char escape = escapes ? '\\' : quote;

#ifdef __SSE2__
    for (; n - from >= 16; from += 16) {
        __m128i bytes = load(p + from);
        unsigned hits = bits(_mm_or_si128(is(bytes, quote), is(bytes, escape)));

        if (hits != 0)
            return from + (unsigned)__builtin_ctz(hits);
    }
#endif
    while (from < n && p[from] != quote && p[from] != escape)
        from++;
    return from;
}

static bool means_something(char c)
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

size_t sql_scan_code(const char *p, size_t from, size_t n, char also)
{
#ifdef __SSE2__
    for (; n - from >= 16; from += 16) {
        __m128i bytes = load(p + from);
        /* ' ( ) and * are neighbours, 0x27 to 0x2a; so are " and # */
        __m128i four = _mm_cmplt_epi8(_mm_add_epi8(bytes, _mm_set1_epi8(0x80 - 0x27)),
                                      _mm_set1_epi8(-128 + 4));
        __m128i two = _mm_cmplt_epi8(_mm_add_epi8(bytes, _mm_set1_epi8(0x80 - 0x22)),
                                     _mm_set1_epi8(-128 + 2));
        __m128i rest = _mm_or_si128(_mm_or_si128(is(bytes, '`'), is(bytes, '-')),
                                    _mm_or_si128(is(bytes, '/'), is(bytes, also)));
        unsigned hits = bits(_mm_or_si128(_mm_or_si128(four, two), rest));

        if (hits != 0)
            return from + (unsigned)__builtin_ctz(hits);
    }
#endif
    while (from < n && p[from] != also && !means_something(p[from]))
        from++;
    return from;
}

size_t sql_scan_comment(const char *p, size_t from, size_t n)
{
    while (from < n) {
        const char *star = memchr(p + from, '*', n - from);

        if (star == NULL)
            return n;
        from = (size_t)(star - p) + 1;
        if (from < n && p[from] == '/')
            return from + 1;
    }
    return n;
}

uint64_t sql_scan_lines(const char *p, size_t n)
{
    uint64_t lines = 0;
    size_t i = 0;

#ifdef __SSE2__
    while (n - i >= 16) {
        /* each lane counts down from 0 for at most 255 rounds, then the lanes are summed */
        size_t rounds = (n - i) / 16 < 255 ? (n - i) / 16 : 255;
        __m128i count = _mm_setzero_si128();

        for (; rounds > 0; rounds--, i += 16)
            count = _mm_sub_epi8(count, is(load(p + i), '\n'));
        count = _mm_sad_epu8(count, _mm_setzero_si128());
        lines += (uint64_t)_mm_cvtsi128_si64(count) + (uint64_t)_mm_cvtsi128_si64(_mm_srli_si128(count, 8));
    }
#endif
    for (; i < n; i++)
        lines += p[i] == '\n';
    return lines;
}

static bool four_byte_at(const char *p, size_t n)
{
    const unsigned char *u = (const unsigned char *)p;

    return n >= 4 && u[0] >= 0xf0 && u[0] <= 0xf4 && (u[1] & 0xc0) == 0x80 && (u[2] & 0xc0) == 0x80 &&
           (u[3] & 0xc0) == 0x80;
}

bool sql_scan_four_byte(const char *p, size_t n)
{
    size_t i = 0;

#ifdef __SSE2__
    for (; n - i >= 16; i += 16) {
        __m128i bytes = load(p + i);
        unsigned hits = bits(_mm_cmpeq_epi8(_mm_max_epu8(bytes, _mm_set1_epi8((char)0xf0)), bytes));

        for (; hits != 0; hits &= hits - 1) {
            size_t at = i + (unsigned)__builtin_ctz(hits);

            if (four_byte_at(p + at, n - at))
                return true;
        }
    }
#endif
    for (; i < n; i++)
        if (four_byte_at(p + i, n - i))
            return true;
    return false;
}
