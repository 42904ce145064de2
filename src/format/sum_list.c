#include "format/sum_list.h"

#include "base/buf.h"
#include "base/mem.h"
#include "format/json_map.h"
#include "format/php_literal.h"
#include "format/xml_scan.h"

#include <string.h>

/* How much of a bad line is shown. */
#define SHOWN 120

struct reader {
    const struct sum_calls *calls;
    struct err *e;
    struct buf path;
    size_t entries;
};

size_t sum_list_digest_size(enum sum_alg alg)
{
    return alg == SUM_MD5 ? 16 : 32;
}

const char *sum_list_alg_name(enum sum_alg alg)
{
    return alg == SUM_MD5 ? "md5" : "sha256";
}

static int problem(struct reader *r, unsigned line, const char *why, struct str text)
{
    r->calls->problem(r->calls->ctx, line, why, str_sub(text, 0, SHOWN));
    return 0;
}

static bool set_digest(struct str hex, struct sum_entry *entry)
{
    entry->alg = hex.n == 64 ? SUM_SHA256 : SUM_MD5;
    entry->digest_n = sum_list_digest_size(entry->alg);
    return str_unhex(hex, entry->digest, entry->digest_n);
}

/* Path and checksum as the list has them. */
static int give(struct reader *r, struct str path, struct str hex, unsigned line)
{
    struct sum_entry entry = {.line = line};

    while (str_skip(&path, STR("./")))
        while (str_skip(&path, STR("/")))
            ;
    if (!set_digest(hex, &entry))
        return problem(r, line, "neither an md5 nor a sha256", hex);
    if (!str_is_safe_path(path))
        return problem(r, line, "a path that leads out of the store or is damaged", path);
    entry.path = path;
    r->entries++;
    return r->calls->entry(r->calls->ctx, &entry, r->e) != 0 ? -1 : 0;
}

/* As above for lists made on any system: a backslash parts folders too. */
static int give_any_slash(struct reader *r, struct str path, struct str hex, unsigned line)
{
    buf_reset(&r->path);
    buf_addstr(&r->path, path);
    for (size_t i = 0; i < r->path.n; i++)
        if (r->path.p[i] == '\\')
            r->path.p[i] = '/';
    return give(r, buf_str(&r->path), hex, line);
}

/* A name with \n, \r and \\ in it, as GNU writes one behind a leading backslash; false for other escapes. */
static bool unescape(struct str name, struct buf *out)
{
    buf_reset(out);
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];

        if (c == '\\') {
            char next = ++i < name.n ? name.p[i] : '\0';

            if (next != 'n' && next != 'r' && next != '\\')
                return false;
            c = next == 'n' ? '\n' : next == 'r' ? '\r' : '\\';
        }
        buf_addc(out, c);
    }
    return true;
}

static bool is_hex(char c)
{
    unsigned digit = (unsigned)(unsigned char)c - '0';
    unsigned letter = ((unsigned)(unsigned char)c | 0x20) - 'a';

    return (digit < 10) | (letter < 6);
}

static size_t span_hex(struct str s)
{
    size_t n = 0;

    while (n < s.n && is_hex(s.p[n]))
        n++;
    return n;
}

/* "MD5 (name) = hex", "SHA256(name)= hex". */
static bool split_bsd(struct str line, struct str *name, struct str *hex)
{
    size_t end = str_rchr(line, '=');
    struct str head;

    if (end == SIZE_MAX)
        return false;
    *hex = str_trim(str_sub(line, end + 1, line.n));
    head = str_sub(line, 0, end);
    str_chop(&head, STR(" "));
    if (!str_skip(&head, STR("MD5")) && !str_skip(&head, STR("SHA256")) && !str_skip(&head, STR("SHA2-256")))
        return false;
    str_skip(&head, STR(" "));
    *name = head;
    return str_skip(name, STR("(")) && str_chop(name, STR(")"));
}

/* "hex  name", "hex *name"; one blank alone is taken too. */
static bool split_gnu(struct str line, struct str *name, struct str *hex)
{
    size_t n = span_hex(line);

    *hex = str_sub(line, 0, n);
    *name = str_sub(line, n, line.n);
    if (n < 32 || !str_skip(name, STR(" ")))
        return false;
    if (!str_skip(name, STR("*")))
        str_skip(name, STR(" "));
    return name->n > 0;
}

static int read_line(struct reader *r, struct str line, unsigned number)
{
    struct str whole = line;
    struct str name;
    struct str hex;
    bool escaped = str_skip(&line, STR("\\"));

    if (str_trim(line).n == 0 || line.p[0] == '#' || line.p[0] == ';')
        return 0;
    if (!split_gnu(line, &name, &hex) && !split_bsd(line, &name, &hex))
        return problem(r, number, "not a line of a checksum list", whole);
    if (escaped && !unescape(name, &r->path))
        return problem(r, number, "an unknown escape in the name", whole);
    return give(r, escaped ? buf_str(&r->path) : name, hex, number);
}

static int read_lines(struct reader *r, struct str text)
{
    struct str line;
    unsigned number = 0;

    while (str_line(&text, &line))
        if (read_line(r, line, ++number) != 0)
            return -1;
    return 0;
}

static int json_member(void *ctx, const struct json_pair *pair, struct err *e)
{
    struct reader *r = ctx;

    (void)e;
    /* An object within a list has keys that are no paths. */
    if (pair->key.n == 0 || (pair->depth > 1 && pair->parent.n == 0))
        return problem(r, 0, "a list within the JSON text, not an object of path and checksum", pair->value);
    if (pair->kind != JSON_TEXT)
        return problem(r, 0, "a member that is no checksum", pair->key);
    if (span_hex(pair->value) != pair->value.n || (pair->value.n != 32 && pair->value.n != 64))
        return problem(r, 0, "a member that is no checksum", pair->key);
    return give_any_slash(r, pair->key, pair->value, 0);
}

/* Lines are counted on from the last place asked for. */
struct php_walk {
    struct str text;
    size_t at;
    unsigned line;
};

static unsigned line_at(struct php_walk *w, size_t at)
{
    for (; w->at < at; w->at++)
        w->line += w->text.p[w->at] == '\n';
    return w->line;
}

static int php_items(struct reader *r, struct php_walk *w, const struct phps_node *n)
{
    for (size_t i = 0; i < n->n; i++) {
        const struct phps_item *item = &n->items[i];
        unsigned line = line_at(w, item->key_from);
        struct str hex;
        int rc;

        if (phps_is_list(&item->value))
            rc = php_items(r, w, &item->value);
        else if (phps_str(&item->value, &hex) && !item->key_is_int)
            rc = give_any_slash(r, item->key, hex, line);
        else
            rc = problem(r, line, "a member that is no checksum", item->key);
        if (rc != 0)
            return -1;
    }
    return 0;
}

static int read_php(struct reader *r, struct str text)
{
    struct php_walk w = {.text = text, .line = 1};
    struct arena a = {0};
    struct phps_node root;
    int rc = php_literal_array(text, &a, &root, r->e);

    if (rc == 0)
        rc = php_items(r, &w, &root);
    arena_free(&a);
    return rc;
}

struct xml_walk {
    struct xml_scan x;
    struct buf dir;                  /* of the open <dir> elements, with a slash at the end */
    size_t dir_n[XML_MAX_DEPTH + 1]; /* its length outside of each open element */
    struct str name;                 /* of the open element, when it has one and no checksum yet */
    unsigned line;
};

static bool first_attr(const struct xml_scan *x, const char *const *names, size_t n, struct str *out)
{
    for (size_t i = 0; i < n; i++)
        if (xml_scan_attr(x, names[i], out))
            return true;
    return false;
}

static int xml_give(struct reader *r, struct xml_walk *w, struct str name, struct str hex)
{
    size_t n = w->dir.n;
    int rc;

    buf_addstr(&w->dir, name);
    rc = give_any_slash(r, buf_str(&w->dir), str_trim(hex), w->line);
    w->dir.n = n;
    w->name = (struct str){NULL, 0};
    return rc;
}

static int xml_open(struct reader *r, struct xml_walk *w)
{
    static const char *const names[] = {"path", "name", "file"};
    static const char *const sums[] = {"md5", "sha256", "hash", "checksum"};
    struct str name;
    struct str hex;

    w->dir_n[w->x.depth] = w->dir.n;
    w->line = w->x.line;
    w->name = (struct str){NULL, 0};
    if (!first_attr(&w->x, names, sizeof names / sizeof names[0], &name))
        return 0;
    if (str_is(w->x.name, "dir")) {
        buf_addstr(&w->dir, name);
        buf_addc(&w->dir, '/');
        return 0;
    }
    if (first_attr(&w->x, sums, sizeof sums / sizeof sums[0], &hex))
        return xml_give(r, w, name, hex);
    w->name = name;
    return 0;
}

static int read_xml(struct reader *r, struct str text)
{
    struct arena a = {0};
    struct xml_walk w = {.name = {NULL, 0}};
    enum xml_event event;
    int rc = 0;

    xml_scan_start(&w.x, text, &a);
    while (rc == 0 && (event = xml_scan_next(&w.x, r->e)) != XML_END) {
        if (event == XML_BAD)
            rc = -1;
        else if (event == XML_OPEN)
            rc = xml_open(r, &w);
        else if (event == XML_TEXT && w.name.p != NULL)
            rc = xml_give(r, &w, w.name, w.x.text);
        else if (event == XML_TEXT)
            rc = problem(r, w.x.text_line, "text that belongs to no file", str_trim(w.x.text));
        else if (w.name.p != NULL)
            rc = problem(r, w.line, "a file without a checksum", w.name);
        if (event == XML_CLOSE) {
            w.name = (struct str){NULL, 0};
            w.dir.n = w.dir_n[w.x.depth + 1];
        }
    }
    buf_free(&w.dir);
    arena_free(&a);
    return rc;
}

int sum_list_read(struct str text, const struct sum_calls *calls, struct err *e)
{
    struct reader r = {.calls = calls, .e = e};
    struct str start;
    int rc;

    str_skip(&text, STR("\xef\xbb\xbf"));
    start = str_trim(str_sub(text, 0, 4096));
    if (str_starts(start, STR("{")) || str_starts(start, STR("[")))
        rc = json_map_leaves(text, json_member, &r, e);
    else if (str_starts(start, STR("<?php")))
        rc = read_php(&r, text);
    else if (str_starts(start, STR("<")))
        rc = read_xml(&r, text);
    else
        rc = read_lines(&r, text);
    buf_free(&r.path);
    if (rc == 0 && r.entries == 0)
        rc = err_set(e, ERR_FORMAT, "no checksum was found in the list");
    return rc;
}
