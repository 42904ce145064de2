/* Text and names as parts of a statement. */
#include "base/utf8.h"
#include "db/mysql_session.h"

#include <stdarg.h>
#include <string.h>

/* Whether the session's character set holds s: utf8 of MySQL is UTF-8 up to three bytes a character. */
static bool is_text(const struct mysql *m, struct str s)
{
    const size_t longest = m->mb4 ? 4 : 3;

    while (s.n > 0) {
        uint32_t cp;
        size_t len = (uint8_t)s.p[0] < 0x80 ? 1 : utf8_next(s, &cp);

        if (len == 0 || len > longest)
            return false;
        s = str_sub(s, len, s.n);
    }
    return true;
}

static void quote_hex(struct buf *out, struct str s)
{
    static const char digits[] = "0123456789ABCDEF";
    char *p;
    size_t i;

    buf_adds(out, "0x");
    p = buf_room(out, s.n * 2);
    for (i = 0; i < s.n; i++) {
        p[2 * i] = digits[(uint8_t)s.p[i] >> 4];
        p[2 * i + 1] = digits[(uint8_t)s.p[i] & 15];
    }
    out->n += s.n * 2;
}

void mysql_quote(const struct mysql *m, struct buf *out, struct str text)
{
    bool backslash = (m->status & MYSQL_STATUS_NO_BACKSLASH_ESCAPES) == 0;
    size_t i;
    size_t from = 0;

    if (!is_text(m, text)) {
        quote_hex(out, text);
        return;
    }
    buf_addc(out, '\'');
    for (i = 0; i < text.n; i++) {
        char c = text.p[i];

        if (c != '\'' && !(backslash && (c == '\\' || c == '\0')))
            continue;
        buf_addstr(out, str_sub(text, from, i));
        buf_addc(out, c == '\'' ? '\'' : '\\');
        buf_addc(out, c == '\0' ? '0' : c);
        from = i + 1;
    }
    buf_addstr(out, str_sub(text, from, text.n));
    buf_addc(out, '\'');
}

static void id_part(struct buf *out, struct str name)
{
    size_t i;

    for (i = 0; i < name.n; i++) {
        if (name.p[i] == '`')
            buf_addc(out, '`');
        buf_addc(out, name.p[i]);
    }
}

void mysql_quote_id(struct buf *out, struct str name)
{
    buf_addc(out, '`');
    id_part(out, name);
    buf_addc(out, '`');
}

void mysql_sqlf(const struct mysql *m, struct buf *out, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    while (*fmt != '\0') {
        const char *s;

        if (fmt[0] != '%') {
            size_t n = strcspn(fmt, "%");

            buf_add(out, fmt, n);
            fmt += n;
            continue;
        }
        switch (fmt[1]) {
        case 's':
            s = va_arg(ap, const char *);
            if (s != NULL)
                mysql_quote(m, out, str_of(s));
            else
                buf_adds(out, "NULL");
            break;
        case 'S':
            mysql_quote(m, out, va_arg(ap, struct str));
            break;
        case 'i':
            mysql_quote_id(out, str_of(va_arg(ap, const char *)));
            break;
        case 'I':
            mysql_quote_id(out, va_arg(ap, struct str));
            break;
        case 't':
            buf_addc(out, '`');
            id_part(out, str_of(va_arg(ap, const char *)));
            id_part(out, str_of(va_arg(ap, const char *)));
            buf_addc(out, '`');
            break;
        case 'd':
            buf_printf(out, "%d", va_arg(ap, int));
            break;
        case 'u':
            buf_printf(out, "%u", va_arg(ap, unsigned));
            break;
        case 'D':
            buf_printf(out, "%lld", (long long)va_arg(ap, int64_t));
            break;
        case 'U':
            buf_printf(out, "%llu", (unsigned long long)va_arg(ap, uint64_t));
            break;
        case '%':
            buf_addc(out, '%');
            break;
        default:
            /* What kind of argument it stands for is not known, so nothing behind it can be taken. */
            buf_adds(out, fmt);
            va_end(ap);
            return;
        }
        fmt += 2;
    }
    va_end(ap);
}
