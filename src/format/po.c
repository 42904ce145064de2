#include "format/po.h"

#include "base/buf.h"

#include <stdlib.h>
#include <string.h>

enum state { AT_NOTHING, AT_CONTEXT, AT_ID, AT_PLURAL, AT_TEXT };

/* One field under assembly. */
struct field {
    bool there;
    struct buf raw; /* what empty() in PHP looks at: the first line as it stands */
    struct buf text;
};

struct reading {
    struct arena *a;
    struct field context;
    struct field id;
    struct field text;
    enum state state;
    bool fresh; /* nothing stands in the entry since the last empty line */
    unsigned line;
    VEC(struct po_entry) entries;
};

/* As PHP's trim(). */
static struct str php_trim(struct str s)
{
    static const char blanks[] = " \t\n\r\0\x0B";

    while (s.n > 0 && memchr(blanks, s.p[0], sizeof blanks - 1))
        s = str_sub(s, 1, s.n);
    while (s.n > 0 && memchr(blanks, s.p[s.n - 1], sizeof blanks - 1))
        s.n--;
    return s;
}

static struct str strip_quotes(struct str s)
{
    while (s.n > 0 && s.p[0] == '"')
        s = str_sub(s, 1, s.n);
    while (s.n > 0 && s.p[s.n - 1] == '"')
        s.n--;
    return s;
}

static bool is_octal(char c)
{
    return c >= '0' && c <= '7';
}

static bool hex_digit(char c, unsigned *v)
{
    if (c >= '0' && c <= '9')
        *v = (unsigned)(c - '0');
    else if (c >= 'a' && c <= 'f')
        *v = (unsigned)(c - 'a' + 10);
    else if (c >= 'A' && c <= 'F')
        *v = (unsigned)(c - 'A' + 10);
    else
        return false;
    return true;
}

/* The escape whose backslash stands before *at; *at is left behind it. As PHP's stripcslashes(). */
static char unescape(struct str s, size_t *at)
{
    static const char names[] = "ntrabvf";
    static const char bytes[] = "\n\t\r\a\b\v\f";
    char c = s.p[(*at)++];
    const char *hit = c ? strchr(names, c) : NULL;
    unsigned value = 0;
    unsigned digit;
    size_t count = 0;

    if (hit)
        return bytes[hit - names];
    if (c == 'x' && *at < s.n && hex_digit(s.p[*at], &digit)) {
        for (; count < 2 && *at < s.n && hex_digit(s.p[*at], &digit); count++, (*at)++)
            value = value * 16 + digit;
        return (char)value;
    }
    if (!is_octal(c))
        return c;
    (*at)--;
    for (; count < 3 && *at < s.n && is_octal(s.p[*at]); count++, (*at)++)
        value = value * 8 + (unsigned)(s.p[*at] - '0');
    return (char)value;
}

/* Takes one quote off each end, a last one only together with a first one, and resolves escapes. */
static void add_clean(struct buf *out, struct str s)
{
    if (s.n > 0 && s.p[0] == '"')
        s = s.n > 1 && s.p[s.n - 1] == '"' ? str_sub(s, 1, s.n - 1) : str_sub(s, 1, s.n);
    for (size_t i = 0; i < s.n;) {
        char c = s.p[i++];

        if (c == '\\' && i < s.n)
            c = unescape(s, &i);
        else if (c == '\\')
            break;
        buf_addc(out, c);
    }
}

static void set_field(struct field *f, struct str data)
{
    buf_reset(&f->raw);
    buf_reset(&f->text);
    buf_addstr(&f->raw, data);
    add_clean(&f->text, data);
    f->there = true;
}

static void clear_field(struct field *f)
{
    buf_reset(&f->raw);
    buf_reset(&f->text);
    f->there = false;
}

static struct str kept(struct reading *r, const struct field *f)
{
    return (struct str){arena_dup(r->a, f->text.p, f->text.n), f->text.n};
}

/* What PHP calls empty: nothing, or "0". */
static bool php_empty(const struct field *f)
{
    return f->raw.n == 0 || str_is(buf_str(&f->raw), "0");
}

static void clear_entry(struct reading *r)
{
    clear_field(&r->context);
    clear_field(&r->id);
    clear_field(&r->text);
    r->state = AT_NOTHING;
}

static int end_entry(struct reading *r, struct err *e)
{
    struct po_entry *en;

    if (php_empty(&r->id))
        return err_set(e, ERR_FORMAT, "line %u: the lines above it have no msgid, which makes the file unreadable", r->line);
    if (r->entries.n == PO_MAX_ENTRIES)
        return err_set(e, ERR_FORMAT, "line %u: more than %d entries", r->line, PO_MAX_ENTRIES);
    en = vec_push(&r->entries);
    en->context = kept(r, &r->context);
    en->id = kept(r, &r->id);
    en->text = kept(r, &r->text);
    en->line = r->line;
    clear_entry(r);
    return 0;
}

/* Text of a further line. */
static int continue_field(struct reading *r, struct str line, struct err *e)
{
    switch (r->state) {
    case AT_CONTEXT:
        add_clean(&r->context.text, line);
        return 0;
    case AT_ID:
        add_clean(&r->id.text, line);
        return 0;
    case AT_PLURAL:
        return 0;
    case AT_TEXT:
        add_clean(&r->text.text, strip_quotes(line));
        return 0;
    case AT_NOTHING:
        break;
    }
    return err_set(e, ERR_FORMAT, "line %u: text without msgid or msgstr, which makes the file unreadable", r->line);
}

/* "#~ msgid …": an entry that is out of use. It has no context, so that only its msgid matters. */
static void take_obsolete(struct reading *r, struct str data)
{
    if (str_is(str_sub(data, 0, str_chr(data, ' ', 0)), "msgid"))
        set_field(&r->id, strip_quotes(data));
}

static int take_line(struct reading *r, struct str line, struct err *e)
{
    size_t at = 0;
    struct str key;
    struct str data;

    while (at < line.n && !memchr(" \t\r\n\v\f", line.p[at], 6))
        at++;
    key = str_sub(line, 0, at);
    data = str_sub(line, at + 1, line.n);
    if (str_is(key, "#~")) {
        take_obsolete(r, data);
    } else if (str_is(key, "#,") || str_is(key, "#") || str_is(key, "#.") || str_is(key, "#:") || str_is(key, "#|") ||
               str_is(key, "#@")) {
        return 0;
    } else if (str_is(key, "msgctxt")) {
        set_field(&r->context, data);
        r->state = AT_CONTEXT;
    } else if (str_is(key, "msgid")) {
        set_field(&r->id, data);
        r->state = AT_ID;
    } else if (str_is(key, "msgid_plural")) {
        r->state = AT_PLURAL;
    } else if (str_is(key, "msgstr") || str_has(key, STR("msgstr["))) {
        r->text.there = true;
        add_clean(&r->text.text, data);
        r->state = AT_TEXT;
    } else {
        return continue_field(r, line, e);
    }
    return 0;
}

static int read_lines(struct reading *r, struct str file, struct err *e)
{
    bool open_end = file.n > 0 && file.p[file.n - 1] != '\n';
    struct str line;

    while (file.n > 0) {
        line = php_trim(str_cut(file, '\n', &file));
        r->line++;
        if (line.n > 0) {
            r->fresh = false;
            if (take_line(r, line, e) < 0)
                return -1;
        } else if (!r->fresh) {
            if (end_entry(r, e) < 0)
                return -1;
            r->fresh = true;
        }
    }
    r->line++;
    if (!open_end && !r->fresh)
        return end_entry(r, e);
    /* Without a last line end the entry counts only when its text has begun. */
    if (open_end && !r->fresh && r->state == AT_TEXT && !php_empty(&r->id))
        return end_entry(r, e);
    return 0;
}

static uint64_t hash_of(struct str s)
{
    uint64_t h = 14695981039346656037u;

    for (size_t i = 0; i < s.n; i++)
        h = (h ^ (unsigned char)s.p[i]) * 1099511628211u;
    return h ^ h >> 32;
}

/* Keeps of each context the last entry, at the place of the first. */
static void unite(struct reading *r, struct po *out)
{
    size_t size = 16;
    size_t *slots;

    out->entries = arena_array(r->a, r->entries.n + 1, sizeof *out->entries);
    while (size < r->entries.n * 2)
        size *= 2;
    slots = mem_array(size, sizeof *slots);
    for (size_t i = 0; i < r->entries.n; i++) {
        size_t at = (size_t)hash_of(r->entries.v[i].context) & (size - 1);

        while (slots[at] && !str_eq(out->entries[slots[at] - 1].context, r->entries.v[i].context))
            at = (at + 1) & (size - 1);
        if (slots[at] == 0)
            slots[at] = ++out->n;
        out->entries[slots[at] - 1] = r->entries.v[i];
    }
    free(slots);
}

int po_parse(struct str file, struct arena *a, struct po *out, struct err *e)
{
    struct reading r = {.a = a};
    int rc;

    memset(out, 0, sizeof *out);
    rc = read_lines(&r, file, e);
    if (rc == 0)
        unite(&r, out);
    buf_free(&r.context.raw);
    buf_free(&r.context.text);
    buf_free(&r.id.raw);
    buf_free(&r.id.text);
    buf_free(&r.text.raw);
    buf_free(&r.text.text);
    free(r.entries.v);
    return rc;
}

struct str po_head(const struct po *po, const char *name)
{
    struct str line;

    for (size_t i = 0; i < po->n; i++) {
        struct str head = po->entries[i].text;

        if (po->entries[i].context.n > 0)
            continue;
        while (str_line(&head, &line)) {
            struct str value;
            struct str key = str_cut(line, ':', &value);

            if (str_is(str_trim(key), name))
                return str_trim(value);
        }
    }
    return (struct str){NULL, 0};
}

size_t po_context_parts(struct str context, struct str parts[4])
{
    size_t n = 0;
    size_t at = 0;

    for (;;) {
        size_t end = str_find(context, STR("::"), at);

        if (n == 4)
            return 0;
        parts[n++] = str_sub(context, at, end);
        if (end == SIZE_MAX)
            return n;
        at = end + 2;
    }
}
