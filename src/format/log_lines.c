#include "format/log_lines.h"

#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

void log_lines_init(struct log_lines *l, uint64_t first_line, bool inside, log_line_fn fn, void *context)
{
    *l = (struct log_lines){.fn = fn, .context = context, .number = first_line, .skip = inside};
}

void log_lines_free(struct log_lines *l)
{
    buf_free(&l->part);
}

static size_t leading_nuls(struct str s)
{
    size_t n = 0;

    while (n < s.n && s.p[n] == '\0')
        n++;
    return n;
}

#ifdef __SSE2__
/*
 * Where the line at p ends, or NULL; *single as in struct log_line. One pass over the bytes instead of a
 * memchr for the line end and one for each bracket: gigabytes of log are mostly this loop.
 */
static const char *line_end(const char *p, const char *end, bool *single)
{
    const __m128i newline = _mm_set1_epi8('\n');
    const __m128i bracket = _mm_set1_epi8('[');
    unsigned marks = 0;
    unsigned skip = 1; /* the line's own first byte */

    for (; end - p > 16; p += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
        __m128i after = _mm_loadu_si128((const __m128i *)(const void *)(p + 1));
        __m128i type = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(after, _mm_set1_epi8('i')),
                                                 _mm_cmpeq_epi8(after, _mm_set1_epi8('e'))),
                                    _mm_cmpeq_epi8(after, _mm_set1_epi8('w')));
        unsigned ends = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, newline));
        unsigned hits = (unsigned)_mm_movemask_epi8(_mm_and_si128(_mm_cmpeq_epi8(v, bracket), type)) & ~skip;

        skip = 0;
        if (ends != 0) {
            *single = (marks | (hits & (ends ^ (ends - 1)))) == 0;
            return p + __builtin_ctz(ends);
        }
        marks |= hits;
    }
    *single = false;
    return memchr(p, '\n', (size_t)(end - p));
}
#else
static const char *line_end(const char *p, const char *end, bool *single)
{
    *single = false;
    return memchr(p, '\n', (size_t)(end - p));
}
#endif

static void give(struct log_lines *l, struct log_line *line)
{
    line->number = l->number++;
    if (l->skip)
        l->skip = false;
    else
        l->fn(l->context, line);
}

/* The line that lies in `part`. */
static void give_part(struct log_lines *l, bool ended)
{
    struct log_line line = {.text = buf_str(&l->part), .offset = l->start, .ended = ended};
    uint64_t length = l->length;

    if (ended && l->last_cr && length > 0) {
        if (line.text.n == length)
            line.text.n--;
        length--;
    }
    line.lost = length - line.text.n;
    give(l, &line);
    buf_reset(&l->part);
    l->length = 0;
    l->open = false;
}

/* A piece of a line that another chunk began or will end. */
static void keep(struct log_lines *l, struct str piece, uint64_t offset)
{
    if (!l->open) {
        l->open = true;
        l->start = offset;
        l->last_cr = false;
    }
    if (l->length == 0)
        piece = str_sub(piece, leading_nuls(piece), piece.n);
    if (piece.n == 0)
        return;
    if (l->part.n < LOG_LINE_MAX && !l->skip)
        buf_addstr(&l->part, str_sub(piece, 0, LOG_LINE_MAX - l->part.n));
    l->length += piece.n;
    l->last_cr = piece.p[piece.n - 1] == '\r';
}

/* A line that lies in the chunk as a whole. */
static void give_whole(struct log_lines *l, struct str text, uint64_t offset, bool single)
{
    struct log_line line = {.offset = offset, .lasting = true, .ended = true, .single = single};

    if (text.n > 0 && text.p[0] == '\0')
        text = str_sub(text, leading_nuls(text), text.n);
    if (text.n > 0 && text.p[text.n - 1] == '\r')
        text.n--;
    if (text.n > LOG_LINE_MAX) {
        line.lost = text.n - LOG_LINE_MAX;
        text.n = LOG_LINE_MAX;
    }
    line.text = text;
    give(l, &line);
}

void log_lines_feed(struct log_lines *l, struct str chunk)
{
    size_t at = 0;

    while (at < chunk.n) {
        bool single;
        const char *end = line_end(chunk.p + at, chunk.p + chunk.n, &single);
        size_t to = end ? (size_t)(end - chunk.p) : chunk.n;
        struct str line = {chunk.p + at, to - at};

        if (end == NULL || l->open) {
            keep(l, line, l->fed + at);
            if (end != NULL)
                give_part(l, true);
        } else {
            give_whole(l, line, l->fed + at, single);
        }
        at = end ? to + 1 : to;
    }
    l->fed += chunk.n;
}

void log_lines_end(struct log_lines *l)
{
    if (l->open)
        give_part(l, false);
}

#ifdef __SSE2__
/* Line ends in the whole groups of 16 bytes at the front of s; *done is their length. */
static uint64_t count_groups(struct str s, size_t *done)
{
    const __m128i newline = _mm_set1_epi8('\n');
    const __m128i zero = _mm_setzero_si128();
    __m128i sum = zero;
    uint64_t parts[2];
    size_t at = 0;

    while (s.n - at >= 16) {
        __m128i hits = zero;

        /* A byte counts to 255. */
        for (int i = 0; i < 255 && s.n - at >= 16; i++, at += 16)
            hits = _mm_sub_epi8(
                hits, _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(const void *)(s.p + at)), newline));
        sum = _mm_add_epi64(sum, _mm_sad_epu8(hits, zero));
    }
    _mm_storeu_si128((__m128i *)(void *)parts, sum);
    *done = at;
    return parts[0] + parts[1];
}

/* The first place from `from` on where the pair stands, or one near the end before which it stands nowhere. */
static size_t skip_groups(struct str s, char first, char second, size_t from)
{
    const __m128i a = _mm_set1_epi8(first);
    const __m128i b = _mm_set1_epi8(second);

    for (; s.n - from > 16; from += 16) {
        __m128i x = _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(const void *)(s.p + from)), a);
        __m128i y = _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(const void *)(s.p + from + 1)), b);
        unsigned hits = (unsigned)_mm_movemask_epi8(_mm_and_si128(x, y));

        if (hits != 0)
            return from + (size_t)__builtin_ctz(hits);
    }
    return from;
}
#else
static uint64_t count_groups(struct str s, size_t *done)
{
    (void)s;
    *done = 0;
    return 0;
}

static size_t skip_groups(struct str s, char first, char second, size_t from)
{
    (void)s, (void)first, (void)second;
    return from;
}
#endif

uint64_t log_lines_count(struct str bytes)
{
    size_t at;
    uint64_t count = count_groups(bytes, &at);

    while ((at = str_chr(bytes, '\n', at)) != SIZE_MAX) {
        count++;
        at++;
    }
    return count;
}

size_t log_lines_pair(struct str bytes, char first, char second, size_t from)
{
    if (from >= bytes.n)
        return SIZE_MAX;
    for (size_t at = skip_groups(bytes, first, second, from); (at = str_chr(bytes, first, at)) != SIZE_MAX; at++)
        if (at + 1 < bytes.n && bytes.p[at + 1] == second)
            return at;
    return SIZE_MAX;
}
