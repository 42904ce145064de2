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

/* Four characters of which the last `pad` are "=" as three bytes; -1, or which character is bad. */
static int decode_four(const int *values, const char *p, size_t pad, char *out)
{
    uint32_t bits = 0;

    for (size_t i = 0; i < 4 - pad; i++) {
        int v = values[(unsigned char)p[i]];

        if (v < 0)
            return (int)i;
        bits |= (uint32_t)v << (18 - 6 * i);
    }
    if ((pad == 1 && (bits & 0xff) != 0) || (pad == 2 && (bits & 0xffff) != 0))
        return 3 - (int)pad;
    out[0] = (char)(bits >> 16);
    out[1] = (char)(bits >> 8);
    out[2] = (char)bits;
    return -1;
}

int base64_decode(struct str text, size_t max, struct buf *out, struct err *e)
{
    int values[256];
    char *to = NULL;
    size_t pad = 0;

    /* Two bytes less than this where it is padded. */
    if (text.n / 4 * 3 > 2 && text.n / 4 * 3 - 2 > max)
        return err_set(e, ERR_FORMAT, "base64 of %zu bytes, more than %zu are not read", text.n / 4 * 3, max);
    if (text.n % 4 == 0)
        while (pad < 2 && pad < text.n && text.p[text.n - 1 - pad] == '=')
            pad++;
    for (int c = 0; c < 256; c++)
        values[c] = value_of((char)c);
    if (text.n >= 4)
        to = buf_room(out, text.n / 4 * 3);
    for (size_t i = 0; i + 4 <= text.n; i += 4, to += 3) {
        int bad = decode_four(values, text.p + i, i + 4 == text.n ? pad : 0, to);

        if (bad >= 0)
            return err_set(e, ERR_FORMAT, "base64, byte %zu: not of base64", i + (size_t)bad);
    }
    /* After the loop, so that a wrong byte is told rather than a length that it made wrong. */
    if (text.n % 4 != 0)
        return err_set(e, ERR_FORMAT, "base64, byte %zu: cut short", text.n);
    if (text.n / 4 * 3 - pad > max)
        return err_set(e, ERR_FORMAT, "base64 of more than %zu bytes", max);
    out->n += text.n / 4 * 3 - pad;
    return 0;
}
