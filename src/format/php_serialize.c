/*
 * A recursive reader with one budget for values: as every item of an array takes at least six bytes of
 * source, the counts that arrays claim cannot add up to more than that, and memory stays in proportion to the
 * source.
 */
#include "format/php_serialize.h"

#include <stdlib.h>
#include <string.h>

/* The shortest item is "i:0;N;". */
#define ITEM_MIN 6
/* Longest number text taken: serialize_precision can be set so that PHP writes some hundred digits. */
#define NUMBER_MAX 400

struct reader {
    struct str src;
    size_t at;
    struct arena *a;
    size_t budget; /* values that may still come */
    bool opaque;   /* a CUSTOM value was seen: it may hold values that count too */
    VEC(struct phps_node *) nodes;
    VEC(struct phps_ref) refs;
    struct err *e;
};

static int fault(struct reader *r, size_t at, const char *what)
{
    return err_set(r->e, ERR_FORMAT, "PHP serialize text, byte %zu: %s", at, what);
}

static int expect(struct reader *r, const char *text)
{
    size_t n = strlen(text);

    if (!str_is(str_sub(r->src, r->at, r->at + n), text)) {
        if (r->src.n - r->at < n)
            return fault(r, r->src.n, "cut short");
        return err_set(r->e, ERR_FORMAT, "PHP serialize text, byte %zu: \"%s\" is missing", r->at, text);
    }
    r->at += n;
    return 0;
}

/* The bytes up to the given end mark, which is consumed. */
static int until(struct reader *r, char end, struct str *out)
{
    struct str window = str_sub(r->src, r->at, r->at + NUMBER_MAX);
    size_t n = str_chr(window, end, 0);

    if (n == SIZE_MAX)
        return fault(r, r->at, window.n < NUMBER_MAX ? "cut short" : "number too long");
    *out = str_sub(window, 0, n);
    r->at += n + 1;
    return 0;
}

/* PHP takes a plus sign too. */
static int read_int(struct reader *r, char end, int64_t *out)
{
    size_t from = r->at;
    struct str s = {NULL, 0};

    if (until(r, end, &s) != 0)
        return -1;
    if (!str_starts(s, STR("+-")))
        str_skip(&s, STR("+"));
    if (str_is(s, "-9223372036854775808")) {
        *out = INT64_MIN;
        return 0;
    }
    if (!str_i64(s, out))
        return fault(r, from, "not a whole number");
    return 0;
}

static int read_count(struct reader *r, char end, size_t *out)
{
    size_t from = r->at;
    struct str s = {NULL, 0};
    uint64_t v;

    if (until(r, end, &s) != 0)
        return -1;
    if (!str_u64(s, SIZE_MAX / 2, &v))
        return fault(r, from, "not a length");
    *out = (size_t)v;
    return 0;
}

/* <length>:<open><bytes><close> */
static int read_bytes(struct reader *r, const char *open, const char *close, struct str *out)
{
    size_t from = r->at;
    size_t n = 0;

    if (read_count(r, ':', &n) != 0 || expect(r, open) != 0)
        return -1;
    if (n > r->src.n - r->at)
        return fault(r, from, "longer than the text that is left");
    *out = str_sub(r->src, r->at, r->at + n);
    r->at += n;
    return expect(r, close);
}

static int read_double(struct reader *r, struct phps_node *out)
{
    size_t from = r->at;
    char digits[NUMBER_MAX + 1];
    char *end;

    if (until(r, ';', &out->s) != 0)
        return -1;
    memcpy(digits, out->s.p, out->s.n);
    digits[out->s.n] = '\0';
    if (!str_is(out->s, "INF") && !str_is(out->s, "-INF") && !str_is(out->s, "NAN") &&
        strspn(digits, "0123456789+-.eE") != out->s.n)
        return fault(r, from, "not a number");
    out->d = strtod(digits, &end);
    return end > digits && end == digits + out->s.n ? 0 : fault(r, from, "not a number");
}

static int read_ref(struct reader *r, struct phps_node *out)
{
    size_t from = r->at;
    size_t slot = 0;
    size_t known = r->nodes.n;

    if (read_count(r, ';', &slot) != 0)
        return -1;
    /* An r: has a number of its own, which it cannot mean. */
    if (known > 0 && r->nodes.v[known - 1] == out)
        known--;
    if (slot == 0 || (slot > known && !r->opaque))
        return fault(r, from, "reference to a value that is not there");
    if (!r->opaque) {
        out->target = r->nodes.v[slot - 1];
        if (out->target->kind == PHPS_REF)
            out->target = out->target->target;
    }
    *vec_push(&r->refs) = (struct phps_ref){out->from, slot};
    return 0;
}

/* Properties that are not public carry their scope in front of the name: NUL * NUL, or NUL class NUL. */
static void set_property(struct phps_item *item)
{
    size_t end;

    if (item->key.n == 0 || item->key.p[0] != '\0')
        return;
    end = str_chr(item->key, '\0', 1);
    if (end == SIZE_MAX)
        return;
    item->scope_class = str_sub(item->key, 1, end);
    item->scope = PHPS_PRIVATE;
    if (str_is(item->scope_class, "*")) {
        item->scope = PHPS_PROTECTED;
        item->scope_class = (struct str){NULL, 0};
    }
    item->key = str_sub(item->key, end + 1, item->key.n);
}

static int read_key(struct reader *r, struct phps_item *item)
{
    struct str head = str_sub(r->src, r->at, r->at + 2);

    item->key_from = r->at;
    r->at += head.n;
    if (str_is(head, "s:"))
        return read_bytes(r, "\"", "\";", &item->key);
    if (str_is(head, "i:")) {
        size_t from = r->at;

        if (read_int(r, ';', &item->key_int) != 0)
            return -1;
        item->key = str_sub(r->src, from, r->at - 1);
        str_skip(&item->key, STR("+"));
        item->key_is_int = true;
        return 0;
    }
    return fault(r, item->key_from, head.n < 2 ? "cut short" : "a key that is neither string nor number");
}

static int read_value(struct reader *r, struct phps_node *out, unsigned depth);

static int read_items(struct reader *r, struct phps_node *out, unsigned depth)
{
    size_t from = r->at;
    struct phps_item *items;
    size_t n = 0;

    if (read_count(r, ':', &n) != 0 || expect(r, "{") != 0)
        return -1;
    if (n > r->budget)
        return fault(r, from, "more items than the text can hold");
    if (n > 0 && depth >= PHPS_MAX_DEPTH)
        return fault(r, from, "nested too deep");
    r->budget -= n;
    items = arena_array(r->a, n, sizeof *items);
    for (size_t i = 0; i < n; i++) {
        if (read_key(r, &items[i]) != 0)
            return -1;
        if (out->kind == PHPS_OBJECT)
            set_property(&items[i]);
        if (read_value(r, &items[i].value, depth + 1) != 0)
            return -1;
    }
    out->items = items;
    out->n = n;
    return expect(r, "}");
}

static int read_kind(struct reader *r, char kind, struct phps_node *out, unsigned depth)
{
    int64_t v;

    switch (kind) {
    case 'b':
        out->kind = PHPS_BOOL;
        if (read_int(r, ';', &v) != 0)
            return -1;
        if (v != 0 && v != 1)
            return fault(r, out->from, "neither true nor false");
        out->b = v == 1;
        return 0;
    case 'i':
        out->kind = PHPS_INT;
        return read_int(r, ';', &out->i);
    case 'd':
        out->kind = PHPS_DOUBLE;
        return read_double(r, out);
    case 's':
        out->kind = PHPS_STR;
        return read_bytes(r, "\"", "\";", &out->s);
    case 'a':
        out->kind = PHPS_ARRAY;
        return read_items(r, out, depth);
    case 'O':
        out->kind = PHPS_OBJECT;
        return read_bytes(r, "\"", "\":", &out->class) != 0 ? -1 : read_items(r, out, depth);
    case 'C':
        out->kind = PHPS_CUSTOM;
        r->opaque = true;
        return read_bytes(r, "\"", "\":", &out->class) != 0 ? -1 : read_bytes(r, "{", "}", &out->s);
    case 'E':
        out->kind = PHPS_ENUM;
        return read_bytes(r, "\"", "\";", &out->s);
    case 'r':
    case 'R':
        out->kind = PHPS_REF;
        return read_ref(r, out);
    default:
        return fault(r, out->from, "unknown kind of value");
    }
}

static int read_value(struct reader *r, struct phps_node *out, unsigned depth)
{
    struct str head = str_sub(r->src, r->at, r->at + 2);

    out->from = r->at;
    if (head.n < 2)
        return fault(r, r->src.n, "cut short");
    r->at += 2;
    /* All values but R: are numbered, in the order of the text. */
    if (head.p[0] != 'R')
        *vec_push(&r->nodes) = out;
    if (str_is(head, "N;"))
        out->kind = PHPS_NULL;
    else if (head.p[1] != ':')
        return fault(r, out->from, "unknown kind of value");
    else if (read_kind(r, head.p[0], out, depth) != 0)
        return -1;
    out->to = r->at;
    return 0;
}

int phps_parse(struct str source, struct arena *a, struct phps_doc *out, struct err *e)
{
    struct reader r = {.src = source, .a = a, .e = e};
    struct phps_node *root = arena_alloc(a, sizeof *root);
    struct phps_ref *refs;
    size_t *slots;
    int rc;

    *out = (struct phps_doc){.source = source, .root = root};
    r.budget = source.n / ITEM_MIN;
    if (r.budget > PHPS_MAX_NODES)
        r.budget = PHPS_MAX_NODES;
    rc = read_value(&r, root, 0);
    if (rc == 0 && r.at != source.n)
        rc = fault(&r, r.at, "more text behind the value");
    if (rc == 0) {
        slots = arena_array(a, r.nodes.n, sizeof *slots);
        for (size_t i = 0; i < r.nodes.n; i++)
            slots[i] = r.nodes.v[i]->from;
        refs = arena_array(a, r.refs.n, sizeof *refs);
        if (r.refs.n > 0)
            memcpy(refs, r.refs.v, r.refs.n * sizeof *refs);
        out->slots = slots;
        out->n_slots = r.nodes.n;
        out->refs = refs;
        out->n_refs = r.refs.n;
    }
    free(r.nodes.v);
    free(r.refs.v);
    return rc;
}

const struct phps_node *phps_deref(const struct phps_node *n)
{
    return n != NULL && n->kind == PHPS_REF ? n->target : n;
}

bool phps_is_list(const struct phps_node *n)
{
    return n != NULL && (n->kind == PHPS_ARRAY || n->kind == PHPS_OBJECT);
}

const struct phps_item *phps_find(const struct phps_node *n, struct str key)
{
    n = phps_deref(n);
    if (!phps_is_list(n))
        return NULL;
    for (size_t i = n->n; i > 0; i--)
        if (str_eq(n->items[i - 1].key, key))
            return &n->items[i - 1];
    return NULL;
}

const struct phps_node *phps_get_str(const struct phps_node *n, struct str key)
{
    const struct phps_item *item = phps_find(n, key);

    return item ? phps_deref(&item->value) : NULL;
}

const struct phps_node *phps_get(const struct phps_node *n, const char *key)
{
    return phps_get_str(n, str_of(key));
}

bool phps_str(const struct phps_node *n, struct str *out)
{
    n = phps_deref(n);
    if (n == NULL || n->kind != PHPS_STR)
        return false;
    *out = n->s;
    return true;
}

bool phps_int(const struct phps_node *n, int64_t *out)
{
    n = phps_deref(n);
    if (n == NULL)
        return false;
    if (n->kind == PHPS_STR)
        return str_i64(n->s, out);
    if (n->kind != PHPS_INT)
        return false;
    *out = n->i;
    return true;
}

bool phps_bool(const struct phps_node *n, bool *out)
{
    n = phps_deref(n);
    if (n == NULL || n->kind != PHPS_BOOL)
        return false;
    *out = n->b;
    return true;
}

static int by_place(const void *a, const void *b)
{
    const struct phps_edit *x = a;
    const struct phps_edit *y = b;

    return (x->node->from > y->node->from) - (x->node->from < y->node->from);
}

/* How many numbered values begin before the offset. */
static size_t slots_before(const struct phps_doc *doc, size_t at)
{
    size_t lo = 0;
    size_t hi = doc->n_slots;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (doc->slots[mid] < at)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static int check_edit(const struct phps_doc *doc, const struct phps_edit *edit, struct arena *a,
                      struct err *e)
{
    struct phps_doc value;
    size_t first = slots_before(doc, edit->node->from);
    size_t count = slots_before(doc, edit->node->to) - first;

    if (edit->node->from >= edit->node->to || edit->node->to > doc->source.n)
        return err_set(e, ERR_FORMAT, "PHP serialize text: an edit outside of it");
    if (phps_parse(edit->text, a, &value, e) != 0)
        return err_wrap(e, "replacement for byte %zu", edit->node->from);
    if (value.n_refs > 0)
        return err_set(e, ERR_FORMAT, "replacement for byte %zu holds references", edit->node->from);
    for (size_t i = 0; i < doc->n_refs; i++)
        if (doc->refs[i].from >= edit->node->to && doc->refs[i].slot > first &&
            (value.n_slots != count || count > 1 || edit->node->kind == PHPS_CUSTOM))
            return err_set(
                e, ERR_REFUSED,
                "PHP serialize text: byte %zu cannot be replaced, the reference at byte %zu would then name "
                "another value",
                edit->node->from, doc->refs[i].from);
    return 0;
}

int phps_splice(const struct phps_doc *doc, const struct phps_edit *edits, size_t n, struct buf *out,
                struct err *e)
{
    struct phps_edit *sorted = mem_array(n, sizeof *sorted);
    struct arena scratch = {0};
    struct phps_doc again;
    size_t base = out->n;
    size_t at = 0;
    int rc = 0;

    if (n > 0)
        memcpy(sorted, edits, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, by_place);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        rc = check_edit(doc, &sorted[i], &scratch, e);
        if (rc == 0 && sorted[i].node->from < at)
            rc = err_set(e, ERR_FORMAT, "PHP serialize text: two edits overlap at byte %zu",
                         sorted[i].node->from);
        if (rc == 0) {
            buf_addstr(out, str_sub(doc->source, at, sorted[i].node->from));
            buf_addstr(out, sorted[i].text);
            at = sorted[i].node->to;
        }
    }
    if (rc == 0) {
        buf_addstr(out, str_sub(doc->source, at, doc->source.n));
        rc = phps_parse(str_sub(buf_str(out), base, out->n), &scratch, &again, e);
    }
    if (rc != 0)
        out->n = base;
    arena_free(&scratch);
    free(sorted);
    return rc;
}
