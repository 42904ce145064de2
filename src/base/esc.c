#include "base/esc.h"

#include <string.h>

enum sink { SINK_LINE, SINK_LINES, SINK_HTML };

static void add_byte(struct buf *b, unsigned char c)
{
    static const char digits[] = "0123456789abcdef";
    const char text[4] = {'\\', 'x', digits[c >> 4], digits[c & 15]};

    buf_add(b, text, sizeof text);
}

static void add_html(struct buf *b, char c)
{
    switch (c) {
    case '&':
        buf_adds(b, "&amp;");
        break;
    case '<':
        buf_adds(b, "&lt;");
        break;
    case '>':
        buf_adds(b, "&gt;");
        break;
    case '"':
        buf_adds(b, "&quot;");
        break;
    default:
        buf_adds(b, "&#39;");
        break;
    }
}

static bool is_plain(unsigned char c, enum sink sink)
{
    if (c < 0x20 || c >= 0x7F)
        return false;
    return sink != SINK_HTML || memchr("&<>\"'", c, 5) == NULL;
}

/* Line ends and tabs, where the sink gives them a meaning. */
static bool add_blank(struct buf *b, struct str s, size_t at, enum sink sink)
{
    char c = s.p[at];

    if (c == '\t') {
        buf_addc(b, sink == SINK_HTML ? '\t' : ' ');
        return true;
    }
    if (c == '\n') {
        if (sink == SINK_LINE)
            buf_adds(b, "\\n");
        else
            buf_addc(b, '\n');
        return true;
    }
    if (c == '\r') {
        bool before_lf = at + 1 < s.n && s.p[at + 1] == '\n';

        if (sink == SINK_LINE)
            buf_adds(b, "\\r");
        return sink == SINK_LINE || before_lf;
    }
    return false;
}

static void escape(struct buf *b, struct str s, enum sink sink)
{
    size_t i = 0;

    while (i < s.n) {
        size_t from = i;
        uint32_t cp;
        size_t n;

        while (i < s.n && is_plain((unsigned char)s.p[i], sink))
            i++;
        buf_add(b, s.p + from, i - from);
        if (i == s.n)
            break;
        n = utf8_next(str_sub(s, i, s.n), &cp);
        if (n == 0) {
            n = 1;
            add_byte(b, (unsigned char)s.p[i]);
        } else if (add_blank(b, s, i, sink)) {
            n = 1;
        } else if (utf8_is_hidden(cp)) {
            if (cp < 0x80)
                add_byte(b, (unsigned char)cp);
            else
                buf_printf(b, "\\u{%x}", (unsigned)cp);
        } else if (n == 1) {
            add_html(b, s.p[i]);
        } else {
            buf_add(b, s.p + i, n);
        }
        i += n;
    }
}

void esc_term(struct buf *b, struct str s)
{
    escape(b, s, SINK_LINE);
}

void esc_term_lines(struct buf *b, struct str s)
{
    escape(b, s, SINK_LINES);
}

void esc_html(struct buf *b, struct str s)
{
    escape(b, s, SINK_HTML);
}

static bool is_plain_word(const char *s)
{
    return s[0] != '\0' && s[strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=:,+@%")] == '\0';
}

void esc_shell(struct buf *b, const char *word)
{
    if (is_plain_word(word)) {
        buf_adds(b, word);
        return;
    }
    buf_addc(b, '\'');
    for (; *word; word++) {
        if (*word == '\'')
            buf_adds(b, "'\\''");
        else
            buf_addc(b, *word);
    }
    buf_addc(b, '\'');
}
