#include "format/base64.h"

/* 0 to 63, or -1 for what is not of the alphabet. */
static int value_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+')
        return 62;
    return c == '/' ? 63 : -1;
}

/* Four characters of which the last `pad` are "=" become 3 - pad bytes; -1, or which character is bad. */
static int decode_four(const char *p, size_t pad, struct buf *out)
{
    uint32_t bits = 0;
    char bytes[3];

    for (int i = 0; i < 4; i++) {
        int v = (size_t)i >= 4 - pad ? 0 : value_of(p[i]);

        if (v < 0)
            return i;
        bits = bits << 6 | (uint32_t)v;
    }
    if ((pad == 1 && (bits & 0xff) != 0) || (pad == 2 && (bits & 0xffff) != 0))
        return 3 - (int)pad;
    bytes[0] = (char)(bits >> 16);
    bytes[1] = (char)(bits >> 8);
    bytes[2] = (char)bits;
    buf_add(out, bytes, 3 - pad);
    return -1;
}

int base64_decode(struct str text, size_t max, struct buf *out, struct err *e)
{
    size_t base = out->n;
    size_t pad = 0;

    if (text.n / 4 * 3 > max + 2)
        return err_set(e, ERR_FORMAT, "base64 of %zu bytes, more than %zu are not read", text.n / 4 * 3, max);
    if (text.n % 4 == 0)
        while (pad < 2 && pad < text.n && text.p[text.n - 1 - pad] == '=')
            pad++;
    if (text.n > 0)
        buf_room(out, text.n / 4 * 3);
    for (size_t i = 0; i + 4 <= text.n; i += 4) {
        int bad = decode_four(text.p + i, i + 4 == text.n ? pad : 0, out);

        if (bad >= 0) {
            out->n = base;
            return err_set(e, ERR_FORMAT, "base64, byte %zu: not of base64", i + (size_t)bad);
        }
    }
    /* After the loop, so that a wrong byte is told rather than a length that it made wrong. */
    if (text.n % 4 != 0) {
        out->n = base;
        return err_set(e, ERR_FORMAT, "base64, byte %zu: cut short", text.n);
    }
    if (out->n - base > max) {
        out->n = base;
        return err_set(e, ERR_FORMAT, "base64 of more than %zu bytes", max);
    }
    return 0;
}
