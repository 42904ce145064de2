#include "format/json_tree.h"

#include "format/json_map.h"

#include <stdlib.h>
#include <string.h>

/* Longer numbers are kept as text only. */
#define NUMBER_MAX 64

struct flat {
    struct str key;
    unsigned depth;
    bool is_list;
    struct phps_node node;
};

struct reader {
    struct arena *a;
    VEC(struct flat) flat;
};

static struct str keep(struct reader *r, struct str s)
{
    return (struct str){arena_dup(r->a, s.p, s.n), s.n};
}

static void set_number(struct reader *r, struct str digits, struct phps_node *out)
{
    char text[NUMBER_MAX + 1] = {0};

    out->s = keep(r, digits);
    out->kind = PHPS_INT;
    if (str_i64(digits, &out->i))
        return;
    out->kind = PHPS_DOUBLE;
    if (digits.n <= NUMBER_MAX) {
        memcpy(text, digits.p, digits.n);
        out->d = strtod(text, NULL);
    }
}

static int take(void *ctx, const struct json_pair *pair, struct err *e)
{
    struct reader *r = ctx;
    struct flat *f;

    if (pair->depth > PHPS_MAX_DEPTH)
        return err_set(e, ERR_FORMAT, "JSON nested too deep");
    if (r->flat.n >= PHPS_MAX_NODES)
        return err_set(e, ERR_FORMAT, "JSON with more than %d values", PHPS_MAX_NODES);
    f = vec_push(&r->flat);
    f->key = keep(r, pair->key);
    f->depth = pair->depth;
    switch (pair->kind) {
    case JSON_NULL:
        f->node.kind = PHPS_NULL;
        break;
    case JSON_BOOL:
        f->node.kind = PHPS_BOOL;
        f->node.b = str_is(pair->value, "true");
        break;
    case JSON_NUMBER:
        set_number(r, pair->value, &f->node);
        break;
    case JSON_TEXT:
        f->node.kind = PHPS_STR;
        f->node.s = keep(r, pair->value);
        break;
    case JSON_ARRAY:
        f->is_list = true;
        f->node.kind = PHPS_ARRAY;
        break;
    case JSON_OBJECT:
        f->node.kind = PHPS_ARRAY;
        break;
    }
    return 0;
}

static void set_index(struct reader *r, struct phps_item *item, size_t index)
{
    item->key = str_of(arena_printf(r->a, "%zu", index));
    item->key_is_int = true;
    item->key_int = (int64_t)index;
}

/* Moves the values of one depth from *at on into out; those below them go along. */
static void build(struct reader *r, size_t *at, unsigned depth, bool is_list, struct phps_node *out)
{
    struct phps_item *items;
    size_t n = 0;

    for (size_t i = *at; i < r->flat.n && r->flat.v[i].depth >= depth; i++)
        n += r->flat.v[i].depth == depth;
    items = arena_array(r->a, n, sizeof *items);
    for (size_t i = 0; i < n; i++) {
        const struct flat *f = &r->flat.v[(*at)++];

        items[i].value = f->node;
        items[i].key = f->key;
        if (is_list)
            set_index(r, &items[i], i);
        if (f->node.kind == PHPS_ARRAY)
            build(r, at, depth + 1, f->is_list, &items[i].value);
    }
    out->kind = PHPS_ARRAY;
    out->items = items;
    out->n = n;
}

int json_tree_read(struct str json, struct arena *a, struct phps_node *out, struct err *e)
{
    struct reader r = {.a = a};
    size_t at = 0;
    int rc;

    *out = (struct phps_node){0};
    if (str_starts(str_trim(json), STR("[")))
        return err_set(e, ERR_FORMAT, "the JSON text is not an object");
    rc = json_map_all(json, take, &r, e);
    if (rc == 0)
        build(&r, &at, 1, false, out);
    free(r.flat.v);
    return rc;
}
