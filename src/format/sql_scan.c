#include "format/sql_scan.h"

#include <string.h>

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
            count = _mm_sub_epi8(count, sql_scan_is(sql_scan_load(p + i), '\n'));
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
        __m128i bytes = sql_scan_load(p + i);
        unsigned hits = sql_scan_bits(_mm_cmpeq_epi8(_mm_max_epu8(bytes, _mm_set1_epi8((char)0xf0)), bytes));

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
