#include "base/utf8.h"

struct range {
    uint32_t from;
    uint32_t to;
};

size_t utf8_next(struct str s, uint32_t *cp)
{
    const unsigned char *p = (const unsigned char *)s.p;
    uint32_t v;
    uint32_t least;
    size_t n;

    if (s.n == 0)
        return 0;
    if (p[0] < 0x80) {
        *cp = p[0];
        return 1;
    }
    if (p[0] >= 0xC2 && p[0] < 0xE0) {
        n = 2;
        v = p[0] & 0x1FU;
        least = 0x80;
    } else if (p[0] >= 0xE0 && p[0] < 0xF0) {
        n = 3;
        v = p[0] & 0x0FU;
        least = 0x800;
    } else if (p[0] >= 0xF0 && p[0] < 0xF5) {
        n = 4;
        v = p[0] & 0x07U;
        least = 0x10000;
    } else {
        return 0;
    }
    if (s.n < n)
        return 0;
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return 0;
        v = v << 6 | (p[i] & 0x3FU);
    }
    if (v < least || v > 0x10FFFF || (v >= 0xD800 && v <= 0xDFFF))
        return 0;
    *cp = v;
    return n;
}

size_t utf8_put(char *out, uint32_t cp)
{
    static const unsigned char heads[] = {0, 0, 0xC0, 0xE0, 0xF0};
    size_t n = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;

    for (size_t i = n - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (cp & 0x3F));
        cp >>= 6;
    }
    out[0] = (char)(heads[n] | cp);
    return n;
}

bool utf8_valid(struct str s)
{
    uint32_t cp;
    size_t n;

    for (size_t i = 0; i < s.n; i += n) {
        n = utf8_next(str_sub(s, i, s.n), &cp);
        if (n == 0)
            return false;
    }
    return true;
}

static bool in_ranges(uint32_t cp, const struct range *r, size_t n)
{
    size_t lo = 0;
    size_t hi = n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (cp > r[mid].to)
            lo = mid + 1;
        else if (cp < r[mid].from)
            hi = mid;
        else
            return true;
    }
    return false;
}

bool utf8_is_hidden(uint32_t cp)
{
    static const struct range hidden[] = {
        {0x0000, 0x001F},   {0x007F, 0x009F},   {0x00AD, 0x00AD}, {0x034F, 0x034F}, {0x061C, 0x061C},
        {0x115F, 0x1160},   {0x17B4, 0x17B5},   {0x180B, 0x180F}, {0x200B, 0x200F}, {0x2028, 0x202E},
        {0x2060, 0x206F},   {0x3164, 0x3164},   {0xFEFF, 0xFEFF}, {0xFFA0, 0xFFA0}, {0xFFF9, 0xFFFB},
        {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF},
    };

    return in_ranges(cp, hidden, sizeof hidden / sizeof *hidden);
}

size_t utf8_cp_width(uint32_t cp)
{
    static const struct range none[] = {
        {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x0610, 0x061A}, {0x064B, 0x065F},
        {0x0E31, 0x0E31}, {0x0E34, 0x0E3A}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x20D0, 0x20FF},
        {0x302A, 0x302D}, {0x3099, 0x309A}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F},
    };
    static const struct range wide[] = {
        {0x1100, 0x115F}, {0x2E80, 0x3029},   {0x302E, 0x303E},   {0x3041, 0x3098},   {0x309B, 0xA4CF},
        {0xA960, 0xA97F}, {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},
        {0xFFE0, 0xFFE6}, {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD},
    };

    if (cp >= 0x20 && cp < 0x7F)
        return 1;
    if (utf8_is_hidden(cp) || in_ranges(cp, none, sizeof none / sizeof *none))
        return 0;
    return in_ranges(cp, wide, sizeof wide / sizeof *wide) ? 2 : 1;
}

/* Length of the next sequence or stray byte and its columns. */
static size_t measure(struct str s, size_t at, size_t *columns)
{
    uint32_t cp;
    size_t n = utf8_next(str_sub(s, at, s.n), &cp);

    if (n == 0) {
        *columns = 1;
        return 1;
    }
    *columns = utf8_cp_width(cp);
    return n;
}

size_t utf8_width(struct str s)
{
    size_t width = 0;
    size_t columns;

    for (size_t i = 0; i < s.n;) {
        i += measure(s, i, &columns);
        width += columns;
    }
    return width;
}

struct str utf8_clip(struct str s, size_t columns)
{
    size_t width = 0;
    size_t i = 0;

    while (i < s.n) {
        size_t more;
        size_t n = measure(s, i, &more);

        if (width + more > columns)
            break;
        width += more;
        i += n;
    }
    return str_sub(s, 0, i);
}
