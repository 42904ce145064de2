#include "format/xml_scan.h"

#include "base/ascii.h"
#include "base/utf8.h"

static enum xml_event bad(struct xml_scan *x, struct err *e, const char *what)
{
    err_set(e, ERR_FORMAT, "line %u: %s", x->line, what);
    return XML_BAD;
}

static struct str rest_of(const struct xml_scan *x)
{
    return str_sub(x->src, x->at, x->src.n);
}

static void advance(struct xml_scan *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x->line += x->src.p[x->at + i] == '\n';
    x->at += n;
}

static bool is_name(char c, bool first)
{
    if (ascii_is_letter(c) || c == '_' || c == ':' || (unsigned char)c >= 0x80)
        return true;
    return !first && (ascii_is_digit(c) || c == '-' || c == '.');
}

static void skip_blanks(struct xml_scan *x)
{
    while (x->at < x->src.n && ascii_is_blank(x->src.p[x->at]))
        advance(x, 1);
}

static bool skip(struct xml_scan *x, char c)
{
    if (x->at >= x->src.n || x->src.p[x->at] != c)
        return false;
    advance(x, 1);
    return true;
}

static struct str take_name(struct xml_scan *x)
{
    size_t n = 0;
    struct str rest = rest_of(x);

    while (n < rest.n && is_name(rest.p[n], n == 0))
        n++;
    advance(x, n);
    return str_sub(rest, 0, n);
}

/* A number of a character as UTF-8; 0 for one that XML does not allow. */
static size_t put_char(char *out, uint64_t c)
{
    if (c == 0 || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
        return 0;
    return utf8_put(out, (uint32_t)c);
}

/* "amp", "#38", "#x26": its bytes; 0 when unknown. All are shorter than "&...;". */
static size_t put_entity(struct str name, char *out)
{
    static const struct {
        const char *name;
        char c;
    } known[] = {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
    uint64_t v = 0;

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (str_is(name, known[i].name)) {
            out[0] = known[i].c;
            return 1;
        }
    if (str_skip(&name, STR("#x"))) {
        if (name.n == 0 || name.n > 6)
            return 0;
        for (size_t i = 0; i < name.n; i++) {
            uint8_t digit;
            char pair[2] = {'0', name.p[i]};

            if (!str_unhex((struct str){pair, 2}, &digit, 1))
                return 0;
            v = v << 4 | digit;
        }
        return put_char(out, v);
    }
    if (str_skip(&name, STR("#")) && str_u64(name, 0x10ffff, &v))
        return put_char(out, v);
    return 0;
}

static bool decode(struct xml_scan *x, struct str raw, struct str *out)
{
    char *p;
    size_t n = 0;

    *out = raw;
    if (str_chr(raw, '<', 0) != SIZE_MAX)
        return false;
    if (str_chr(raw, '&', 0) == SIZE_MAX)
        return true;
    p = arena_alloc(x->a, raw.n + 1);
    for (size_t i = 0; i < raw.n; i++) {
        size_t end;
        size_t len;

        if (raw.p[i] != '&') {
            p[n++] = raw.p[i];
            continue;
        }
        end = str_chr(raw, ';', i);
        if (end == SIZE_MAX || (len = put_entity(str_sub(raw, i + 1, end), p + n)) == 0)
            return false;
        n += len;
        i = end;
    }
    *out = (struct str){p, n};
    return true;
}

void xml_scan_start(struct xml_scan *x, struct str src, struct arena *a)
{
    *x = (struct xml_scan){.src = src, .line = 1, .a = a};
    str_skip(&x->src, STR("\xef\xbb\xbf"));
}

bool xml_scan_attr(const struct xml_scan *x, const char *name, struct str *out)
{
    for (size_t i = 0; i < x->n_attrs; i++)
        if (str_is(x->attrs[i].name, name)) {
            *out = x->attrs[i].value;
            return true;
        }
    return false;
}

static const char *read_attr(struct xml_scan *x)
{
    struct xml_attr *attr = &x->attrs[x->n_attrs];
    struct str raw;
    struct str rest;
    size_t end;

    if (x->n_attrs == XML_MAX_ATTRS)
        return "too many attributes";
    attr->name = take_name(x);
    if (attr->name.n == 0)
        return "the tag is damaged";
    for (size_t i = 0; i < x->n_attrs; i++)
        if (str_eq(x->attrs[i].name, attr->name))
            return "an attribute stands twice";
    skip_blanks(x);
    if (!skip(x, '='))
        return "an attribute without a value";
    skip_blanks(x);
    rest = rest_of(x);
    if (rest.n == 0 || (rest.p[0] != '"' && rest.p[0] != '\''))
        return "an attribute without quotes";
    end = str_chr(rest, rest.p[0], 1);
    if (end == SIZE_MAX)
        return "an attribute that does not end";
    raw = str_sub(rest, 1, end);
    if (!decode(x, raw, &attr->value))
        return "an unknown entity or a stray '<'";
    advance(x, end + 1);
    x->n_attrs++;
    return NULL;
}

static enum xml_event read_open(struct xml_scan *x, struct err *e)
{
    x->n_attrs = 0;
    advance(x, 1);
    x->name = take_name(x);
    if (x->name.n == 0)
        return bad(x, e, "a stray '<'");
    if (x->depth == XML_MAX_DEPTH)
        return bad(x, e, "nested too deep");
    if (x->depth == 0 && x->seen_root)
        return bad(x, e, "a second outermost element");
    x->seen_root = true;
    for (;;) {
        size_t before = x->at;
        const char *fault;

        skip_blanks(x);
        if (skip(x, '>'))
            break;
        if (skip(x, '/')) {
            if (!skip(x, '>'))
                return bad(x, e, "the tag is damaged");
            x->close_next = true;
            break;
        }
        if (x->at >= x->src.n)
            return bad(x, e, "a tag that does not end");
        fault = x->at == before ? "the tag is damaged" : read_attr(x);
        if (fault != NULL)
            return bad(x, e, fault);
    }
    x->open[x->depth++] = x->name;
    return XML_OPEN;
}

static enum xml_event read_close(struct xml_scan *x, struct err *e)
{
    advance(x, 2);
    x->name = take_name(x);
    skip_blanks(x);
    if (!skip(x, '>'))
        return bad(x, e, "a tag that does not end");
    if (x->depth == 0 || !str_eq(x->open[x->depth - 1], x->name))
        return bad(x, e, "an end tag without its start");
    x->depth--;
    return XML_CLOSE;
}

/* Declarations and comments; false when one does not end. */
static bool skip_aside(struct xml_scan *x, struct str head, struct str tail)
{
    size_t end = str_find(x->src, tail, x->at + head.n);

    if (end == SIZE_MAX)
        return false;
    advance(x, end + tail.n - x->at);
    return true;
}

/* A section of raw text; its head stands at the place. */
static enum xml_event read_cdata(struct xml_scan *x, struct err *e)
{
    struct str head = STR("<![CDATA[");
    size_t end = str_find(x->src, STR("]]>"), x->at + head.n);

    if (x->depth == 0)
        return bad(x, e, "text outside of the outermost element");
    if (end == SIZE_MAX)
        return bad(x, e, "a section that does not end");
    x->text_line = x->line;
    x->text = str_sub(x->src, x->at + head.n, end);
    advance(x, end + 3 - x->at);
    return XML_TEXT;
}

enum xml_event xml_scan_next(struct xml_scan *x, struct err *e)
{
    if (x->close_next) {
        x->close_next = false;
        x->name = x->open[--x->depth];
        return XML_CLOSE;
    }
    while (x->at < x->src.n) {
        struct str rest = rest_of(x);
        size_t n;

        if (str_starts(rest, STR("<!--"))) {
            if (!skip_aside(x, STR("<!--"), STR("-->")))
                return bad(x, e, "a comment that does not end");
        } else if (str_starts(rest, STR("<?"))) {
            if (!skip_aside(x, STR("<?"), STR("?>")))
                return bad(x, e, "a declaration that does not end");
        } else if (str_starts(rest, STR("<![CDATA["))) {
            if (read_cdata(x, e) == XML_BAD)
                return XML_BAD;
            if (str_trim(x->text).n > 0)
                return XML_TEXT;
        } else if (str_starts(rest, STR("<!"))) {
            return bad(x, e, "a document type or section that is not read");
        } else if (str_starts(rest, STR("</"))) {
            return read_close(x, e);
        } else if (rest.p[0] == '<') {
            return read_open(x, e);
        } else {
            n = str_chr(rest, '<', 0);
            if (n == SIZE_MAX)
                n = rest.n;
            if (!decode(x, str_sub(rest, 0, n), &x->text))
                return bad(x, e, "an unknown entity");
            if (str_trim(x->text).n > 0 && x->depth == 0)
                return bad(x, e, "text outside of the outermost element");
            skip_blanks(x);
            x->text_line = x->line;
            advance(x, (size_t)(rest.p + n - x->src.p) - x->at);
            if (str_trim(x->text).n > 0)
                return XML_TEXT;
        }
    }
    if (x->depth > 0)
        return bad(x, e, "the text ends inside of an element");
    if (!x->seen_root)
        return bad(x, e, "no element");
    return XML_END;
}
