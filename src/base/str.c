#include "base/str.h"

#include "base/ascii.h"

#include <string.h>

struct str str_of(const char *cstr)
{
    return (struct str){cstr, cstr ? strlen(cstr) : 0};
}

struct str str_sub(struct str s, size_t from, size_t to)
{
    if (to > s.n)
        to = s.n;
    if (from > to)
        from = to;
    return (struct str){from > 0 ? s.p + from : s.p, to - from};
}

bool str_eq(struct str a, struct str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool str_is(struct str a, const char *cstr)
{
    return str_eq(a, str_of(cstr));
}

bool str_starts(struct str s, struct str head)
{
    return s.n >= head.n && str_eq(str_sub(s, 0, head.n), head);
}

bool str_ends(struct str s, struct str tail)
{
    return s.n >= tail.n && str_eq(str_sub(s, s.n - tail.n, s.n), tail);
}

int str_cmp(struct str a, struct str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int c = n ? memcmp(a.p, b.p, n) : 0;

    if (c != 0)
        return c;
    return (a.n > b.n) - (a.n < b.n);
}

size_t str_find(struct str s, struct str what, size_t from)
{
    const char *hit;

    if (from > s.n || what.n > s.n - from)
        return SIZE_MAX;
    if (what.n == 0)
        return from;
    hit = memmem(s.p + from, s.n - from, what.p, what.n);
    return hit ? (size_t)(hit - s.p) : SIZE_MAX;
}

size_t str_chr(struct str s, char c, size_t from)
{
    const char *hit;

    if (from >= s.n)
        return SIZE_MAX;
    hit = memchr(s.p + from, c, s.n - from);
    return hit ? (size_t)(hit - s.p) : SIZE_MAX;
}

size_t str_rfind(struct str s, struct str what)
{
    for (size_t i = s.n + 1; i-- > 0;)
        if (str_starts(str_sub(s, i, s.n), what))
            return i;
    return SIZE_MAX;
}

size_t str_rchr(struct str s, char c)
{
    for (size_t i = s.n; i > 0; i--)
        if (s.p[i - 1] == c)
            return i - 1;
    return SIZE_MAX;
}

bool str_has(struct str s, struct str what)
{
    return str_find(s, what, 0) != SIZE_MAX;
}

bool str_has_nocase(struct str s, struct str what)
{
    if (what.n == 0)
        return true;
    for (size_t i = 0; what.n <= s.n && i <= s.n - what.n; i++) {
        size_t k = 0;

        while (k < what.n && ascii_lower(s.p[i + k]) == ascii_lower(what.p[k]))
            k++;
        if (k == what.n)
            return true;
    }
    return false;
}

bool str_is_nocase(struct str a, struct str b)
{
    return a.n == b.n && str_has_nocase(a, b);
}

struct str str_cut(struct str s, char c, struct str *rest)
{
    size_t at = str_chr(s, c, 0);

    if (at == SIZE_MAX) {
        *rest = (struct str){NULL, 0};
        return s;
    }
    *rest = str_sub(s, at + 1, s.n);
    return str_sub(s, 0, at);
}

bool str_line(struct str *rest, struct str *line)
{
    if (rest->n == 0)
        return false;
    *line = str_cut(*rest, '\n', rest);
    if (line->n > 0 && line->p[line->n - 1] == '\r')
        line->n--;
    return true;
}

struct str str_trim(struct str s)
{
    size_t from = 0;

    while (from < s.n && ascii_is_blank(s.p[from]))
        from++;
    while (s.n > from && ascii_is_blank(s.p[s.n - 1]))
        s.n--;
    return str_sub(s, from, s.n);
}

bool str_skip(struct str *s, struct str head)
{
    if (!str_starts(*s, head))
        return false;
    *s = str_sub(*s, head.n, s->n);
    return true;
}

bool str_chop(struct str *s, struct str tail)
{
    if (!str_ends(*s, tail))
        return false;
    s->n -= tail.n;
    return true;
}

bool str_u64(struct str s, uint64_t max, uint64_t *out)
{
    uint64_t v = 0;

    if (s.n == 0)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        unsigned d = (unsigned char)s.p[i] - (unsigned)'0';

        if (d > 9 || v > (UINT64_MAX - d) / 10)
            return false;
        v = v * 10 + d;
    }
    if (v > max)
        return false;
    *out = v;
    return true;
}

bool str_skip_u64(struct str *s, uint64_t max, uint64_t *out)
{
    size_t n = 0;

    while (n < s->n && ascii_is_digit(s->p[n]))
        n++;
    if (!str_u64(str_sub(*s, 0, n), max, out))
        return false;
    *s = str_sub(*s, n, s->n);
    return true;
}

bool str_i64(struct str s, int64_t *out)
{
    bool minus = str_skip(&s, STR("-"));
    uint64_t v;

    if (!str_u64(s, (uint64_t)INT64_MAX, &v))
        return false;
    *out = minus ? -(int64_t)v : (int64_t)v;
    return true;
}

/* Digits and letters are mixed at random in checksums, so a jump for each kind would mostly be guessed wrong. */
static int hex_digit(char c)
{
    unsigned digit = (unsigned)(unsigned char)c - '0';
    unsigned letter = ((unsigned)(unsigned char)c | 0x20) - 'a';
    unsigned value = digit < 10 ? digit : letter + 10;

    return ((digit < 10) | (letter < 6)) ? (int)value : -1;
}

bool str_unhex(struct str s, uint8_t *out, size_t n)
{
    if (n > SIZE_MAX / 2 || s.n != n * 2)
        return false;
    for (size_t i = 0; i < n; i++) {
        int hi = hex_digit(s.p[2 * i]);
        int lo = hex_digit(s.p[2 * i + 1]);

        if (hi < 0 || lo < 0)
            return false;
        out[i] = (uint8_t)(hi * 16 + lo);
    }
    return true;
}

void str_hex(const uint8_t *p, size_t n, char *out)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digits[p[i] >> 4];
        out[2 * i + 1] = digits[p[i] & 15];
    }
    out[2 * n] = '\0';
}

bool str_is_safe_path(struct str s)
{
    size_t start = 0;

    if (s.n == 0 || s.n >= 4096)
        return false;
    for (size_t i = 0; i <= s.n; i++) {
        size_t n = i - start;

        if (i < s.n && s.p[i] == '\0')
            return false;
        if (i < s.n && s.p[i] != '/')
            continue;
        if (n == 0 || n > 255 || (s.p[start] == '.' && (n == 1 || (n == 2 && s.p[start + 1] == '.'))))
            return false;
        start = i + 1;
    }
    return true;
}

bool str_is_below(struct str path, const char *dir)
{
    return dir && str_skip(&path, str_of(dir)) && (path.n == 0 || path.p[0] == '/');
}
