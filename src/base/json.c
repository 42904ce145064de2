#include "base/json.h"

#include "base/utf8.h"

#include <assert.h>
#include <inttypes.h>

void json_init(struct json *j, struct buf *out)
{
    *j = (struct json){.out = out};
}

static bool in_object(const struct json *j)
{
    return j->depth > 0 && (j->objects >> (j->depth - 1) & 1) != 0;
}

static void newline(struct json *j)
{
    buf_addc(j->out, '\n');
    for (unsigned i = 0; i < j->depth; i++)
        buf_add(j->out, "  ", 2);
}

/* Comma and indent of the next member of the innermost container. */
static void member(struct json *j)
{
    if (j->filled)
        buf_addc(j->out, ',');
    if (j->depth > 0)
        newline(j);
    j->filled = true;
}

static void before_value(struct json *j)
{
    assert(in_object(j) == j->keyed);
    if (!j->keyed)
        member(j);
    j->keyed = false;
}

static void after_value(struct json *j)
{
    if (j->depth == 0) {
        buf_addc(j->out, '\n');
        j->filled = false;
    }
}

static void begin(struct json *j, char c, bool object)
{
    before_value(j);
    assert(j->depth < JSON_DEPTH_MAX);
    buf_addc(j->out, c);
    if (object)
        j->objects |= UINT64_C(1) << j->depth;
    else
        j->objects &= ~(UINT64_C(1) << j->depth);
    j->depth++;
    j->filled = false;
}

void json_begin_obj(struct json *j)
{
    begin(j, '{', true);
}

void json_begin_arr(struct json *j)
{
    begin(j, '[', false);
}

void json_end(struct json *j)
{
    bool object = in_object(j);
    bool filled = j->filled;

    assert(j->depth > 0 && !j->keyed);
    j->depth--;
    if (filled)
        newline(j);
    buf_addc(j->out, object ? '}' : ']');
    j->filled = true;
    after_value(j);
}

static void add_unit(struct buf *b, uint32_t unit)
{
    buf_printf(b, "\\u%04x", (unsigned)unit);
}

static void add_escaped(struct buf *b, uint32_t cp)
{
    if (cp == '"' || cp == '\\') {
        buf_addc(b, '\\');
        buf_addc(b, (char)cp);
    } else if (cp == '\n') {
        buf_adds(b, "\\n");
    } else if (cp == '\t') {
        buf_adds(b, "\\t");
    } else if (cp == '\r') {
        buf_adds(b, "\\r");
    } else if (cp < 0x10000) {
        add_unit(b, cp);
    } else {
        add_unit(b, 0xD800 + ((cp - 0x10000) >> 10));
        add_unit(b, 0xDC00 + ((cp - 0x10000) & 0x3FF));
    }
}

static void add_string(struct buf *b, struct str s)
{
    size_t i = 0;

    buf_addc(b, '"');
    while (i < s.n) {
        size_t from = i;
        uint32_t cp = 0;
        size_t n = 0;

        while (i < s.n) {
            n = utf8_next(str_sub(s, i, s.n), &cp);
            if (n == 0 || cp == '"' || cp == '\\' || utf8_is_hidden(cp))
                break;
            i += n;
        }
        buf_add(b, s.p + from, i - from);
        if (i == s.n)
            break;
        if (n == 0) {
            buf_adds(b, "\xEF\xBF\xBD");
            n = 1;
        } else {
            add_escaped(b, cp);
        }
        i += n;
    }
    buf_addc(b, '"');
}

void json_key_str(struct json *j, struct str key)
{
    assert(in_object(j) && !j->keyed);
    member(j);
    add_string(j->out, key);
    buf_adds(j->out, ": ");
    j->keyed = true;
}

void json_key(struct json *j, const char *key)
{
    json_key_str(j, str_of(key));
}

void json_str(struct json *j, struct str s)
{
    before_value(j);
    add_string(j->out, s);
    after_value(j);
}

static void literal(struct json *j, const char *text)
{
    before_value(j);
    buf_adds(j->out, text);
    after_value(j);
}

void json_cstr(struct json *j, const char *s)
{
    if (s == NULL)
        json_null(j);
    else
        json_str(j, str_of(s));
}

void json_int(struct json *j, int64_t v)
{
    before_value(j);
    buf_printf(j->out, "%" PRId64, v);
    after_value(j);
}

void json_uint(struct json *j, uint64_t v)
{
    before_value(j);
    buf_printf(j->out, "%" PRIu64, v);
    after_value(j);
}

void json_bool(struct json *j, bool v)
{
    literal(j, v ? "true" : "false");
}

void json_null(struct json *j)
{
    literal(j, "null");
}

void json_kobj(struct json *j, const char *key)
{
    json_key(j, key);
    json_begin_obj(j);
}

void json_karr(struct json *j, const char *key)
{
    json_key(j, key);
    json_begin_arr(j);
}

void json_kstr(struct json *j, const char *key, const char *s)
{
    json_key(j, key);
    json_cstr(j, s);
}

void json_kslice(struct json *j, const char *key, struct str s)
{
    json_key(j, key);
    json_str(j, s);
}

void json_kint(struct json *j, const char *key, int64_t v)
{
    json_key(j, key);
    json_int(j, v);
}

void json_kuint(struct json *j, const char *key, uint64_t v)
{
    json_key(j, key);
    json_uint(j, v);
}

void json_kbool(struct json *j, const char *key, bool v)
{
    json_key(j, key);
    json_bool(j, v);
}

void json_knull(struct json *j, const char *key)
{
    json_key(j, key);
    json_null(j);
}

static void add_base64(struct buf *b, struct str s)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t i = 0; i < s.n; i += 3) {
        size_t left = s.n - i;
        uint32_t v = (uint32_t)(unsigned char)s.p[i] << 16;

        if (left > 1)
            v |= (uint32_t)(unsigned char)s.p[i + 1] << 8;
        if (left > 2)
            v |= (uint32_t)(unsigned char)s.p[i + 2];
        buf_addc(b, digits[v >> 18]);
        buf_addc(b, digits[v >> 12 & 63]);
        buf_addc(b, left > 1 ? digits[v >> 6 & 63] : '=');
        buf_addc(b, left > 2 ? digits[v & 63] : '=');
    }
}

void json_kpath(struct json *j, const char *key, struct str path)
{
    struct buf text = {0};

    json_kslice(j, key, path);
    if (utf8_valid(path))
        return;
    buf_adds(&text, key);
    buf_adds(&text, "_b64");
    json_key_str(j, buf_str(&text));
    buf_reset(&text);
    add_base64(&text, path);
    json_str(j, buf_str(&text));
    buf_free(&text);
}
