/*
 * One value as a literal. The command line clients read dumps line by line, turn CR LF into LF and stop at NUL bytes, so these are
 * escaped as well.
 */
#include "base/utf8.h"
#include "db/dump_parts.h"

#include <string.h>

enum content { CONTENT_ASCII, CONTENT_UTF8, CONTENT_BYTES };

#define HIGH_BITS UINT64_C(0x8080808080808080)

/* Bytes at the front that are ASCII. */
static size_t ascii_length(struct str s)
{
    size_t i = 0;

    for (; i + sizeof(uint64_t) <= s.n; i += sizeof(uint64_t)) {
        uint64_t word;

        memcpy(&word, s.p + i, sizeof word);
        if (word & HIGH_BITS)
            break;
    }
    while (i < s.n && (uint8_t)s.p[i] < 0x80)
        i++;
    return i;
}

static enum content content_of(struct str s)
{
    enum content found = CONTENT_ASCII;

    while (true) {
        uint32_t cp;
        size_t n = ascii_length(s);

        s = str_sub(s, n, s.n);
        if (s.n == 0)
            return found;
        found = CONTENT_UTF8;
        n = utf8_next(s, &cp);
        if (n == 0)
            return CONTENT_BYTES;
        s = str_sub(s, n, s.n);
    }
}

/* What stands behind the backslash, 0 for a byte that stands for itself. */
static char escape_of(char c)
{
    switch (c) {
    case '\0':
        return '0';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\x1a':
        return 'Z';
    case '\\':
    case '\'':
        return c;
    default:
        return '\0';
    }
}

void dump_quote(struct buf *out, struct str text)
{
    /* Room for the worst, so that the loop has no other check. */
    char *p = buf_room(out, text.n * 2 + 2);
    size_t n = 0;

    p[n++] = '\'';
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        char escape = (uint8_t)c > '\\' ? '\0' : escape_of(c);

        if (escape != '\0') {
            p[n++] = '\\';
            c = escape;
        }
        p[n++] = c;
    }
    p[n++] = '\'';
    out->n += n;
}

static void hex(struct buf *out, struct str s)
{
    static const char digits[] = "0123456789ABCDEF";
    char *p;

    /* "0x" alone is no literal. */
    if (s.n == 0) {
        buf_adds(out, "''");
        return;
    }
    buf_adds(out, "0x");
    p = buf_room(out, s.n * 2);
    for (size_t i = 0; i < s.n; i++) {
        p[2 * i] = digits[(uint8_t)s.p[i] >> 4];
        p[2 * i + 1] = digits[(uint8_t)s.p[i] & 15];
    }
    out->n += s.n * 2;
}

/* The server is not trusted to send what it announced. */
static bool is_number(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (memchr("0123456789+-.eE", s.p[i], 15) == NULL)
            return false;
    return s.n > 0;
}

void dump_value(struct buf *out, const struct dump_column *c, struct str bytes)
{
    switch (c->form) {
    case DUMP_NUMBER:
        if (is_number(bytes))
            buf_addstr(out, bytes);
        else
            dump_quote(out, bytes);
        return;
    case DUMP_TEXT:
    case DUMP_BYTES:
        if (content_of(bytes) != CONTENT_BYTES)
            dump_quote(out, bytes);
        else
            hex(out, bytes);
        return;
    case DUMP_ASCII:
        if (content_of(bytes) == CONTENT_ASCII) {
            dump_quote(out, bytes);
            return;
        }
        /* fall through */
    case DUMP_OTHER:
        if (bytes.n > 0) {
            buf_addc(out, '_');
            buf_adds(out, c->charset);
            buf_addc(out, ' ');
        }
        hex(out, bytes);
        return;
    case DUMP_HEX:
        hex(out, bytes);
        return;
    }
}
