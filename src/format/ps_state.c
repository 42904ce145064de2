#include "format/ps_state.h"

#include "format/base64.h"
#include "format/json_tree.h"
#include "format/php_version.h"
#include "format/ps_names.h"

#include <stdlib.h>

/* From this version on plain lists are stored the other way round. */
#define REVERSED_SINCE "4.11"

/* The bytes that base64 stands for, in the arena. */
static int decode(struct str text, struct arena *a, struct str *out, struct err *e)
{
    struct buf bytes = {0};
    int rc = base64_decode(text, PS_STATE_MAX_BYTES, &bytes, e);

    if (rc == 0)
        *out = (struct str){arena_dup(a, bytes.n ? bytes.p : "", bytes.n), bytes.n};
    buf_free(&bytes);
    return rc;
}

int ps_state_read(struct str text, struct arena *a, struct ps_state *out, struct err *e)
{
    struct phps_doc doc;
    struct str bytes = {NULL, 0};

    *out = (struct ps_state){0};
    text = str_trim(text);
    if (text.n == 0)
        return err_set(e, ERR_FORMAT, "the file is empty");
    if (decode(text, a, &bytes, e) != 0 || phps_parse(bytes, a, &doc, e) != 0)
        return -1;
    out->root = doc.root;
    return 0;
}

int ps_state_json(struct str json, struct arena *a, struct ps_state *out, struct err *e)
{
    struct phps_node *root = arena_alloc(a, sizeof *root);
    const struct phps_node *params;

    *out = (struct ps_state){0};
    if (json_tree_read(json, a, root, e) != 0)
        return -1;
    out->root = root;
    params = phps_get(root, "nextParams");
    out->params = phps_is_list(params) ? params : NULL;
    return 0;
}

int ps_state_data(struct str text, struct arena *a, struct ps_state *out, struct err *e)
{
    struct str json = {NULL, 0};

    *out = (struct ps_state){0};
    text = str_trim(text);
    if (text.n >= 2 && (text.p[0] == '"' || text.p[0] == '\'') && text.p[text.n - 1] == text.p[0])
        text = str_sub(text, 1, text.n - 1);
    return decode(text, a, &json, e) != 0 ? -1 : ps_state_json(json, a, out, e);
}

static bool scalar(const struct phps_node *n, struct arena *a, struct str *out)
{
    n = phps_deref(n);
    if (n == NULL)
        return false;
    switch (n->kind) {
    case PHPS_STR:
    case PHPS_DOUBLE:
        *out = n->s;
        return true;
    case PHPS_INT:
        *out = str_of(arena_printf(a, "%lld", (long long)n->i));
        return true;
    case PHPS_BOOL:
        *out = n->b ? STR("true") : STR("false");
        return true;
    default:
        return false;
    }
}

bool ps_state_get(const struct phps_node *n, const char *key, struct arena *a, struct str *out)
{
    return scalar(phps_get(n, key), a, out);
}

bool ps_state_truth(const struct phps_node *n, const char *key)
{
    n = phps_get(n, key);
    if (n == NULL)
        return false;
    switch (n->kind) {
    case PHPS_BOOL:
        return n->b;
    case PHPS_INT:
        return n->i != 0;
    case PHPS_DOUBLE:
        return n->d < 0 || n->d > 0;
    case PHPS_STR:
        return n->s.n > 0 && !str_is(n->s, "0");
    default:
        return false;
    }
}

size_t ps_state_strings(const struct phps_node *n, struct arena *a, struct str **out)
{
    size_t count = 0;

    *out = NULL;
    n = phps_deref(n);
    if (!phps_is_list(n))
        return 0;
    *out = arena_array(a, n->n, sizeof **out);
    for (size_t i = 0; i < n->n; i++) {
        const struct phps_node *v = phps_deref(&n->items[i].value);

        if (v != NULL && (v->kind == PHPS_STR || v->kind == PHPS_INT) && scalar(v, a, &(*out)[count]))
            count++;
    }
    return count;
}

/* Backlogs wrap the items; sets what they say and gives the items' array. */
static int unwrap(const struct phps_node *root, struct ps_list *out, const struct phps_node **items, struct err *e)
{
    const struct phps_item *backlog = phps_find(root, STR("backlog"));
    int64_t total = 0;

    *items = root;
    if (backlog == NULL || backlog->key_is_int)
        return 0;
    out->shape = PS_LIST_BACKLOG;
    *items = phps_deref(&backlog->value);
    if (*items == NULL || (*items)->kind != PHPS_ARRAY)
        return err_set(e, ERR_FORMAT, "the backlog is no list");
    out->total_known = phps_int(phps_get(root, "initialTotal"), &total) && total >= 0;
    if (out->total_known)
        out->total = (uint64_t)total;
    return 0;
}

int ps_state_list(const struct ps_state *s, struct str name, struct str version, struct arena *a, struct ps_list *out,
                  struct err *e)
{
    const struct phps_node *root = phps_deref(s->root);
    const struct phps_node *items = NULL;
    bool known = ps_name_is_version(version);

    *out = (struct ps_list){.shape = PS_LIST_BACK};
    if (root == NULL || root->kind != PHPS_ARRAY)
        return err_set(e, ERR_FORMAT, "\"%.*s\" holds no list", STR_FMT(name));
    if (unwrap(root, out, &items, e) != 0)
        return err_wrap(e, "\"%.*s\"", STR_FMT(name));
    if (out->shape != PS_LIST_BACKLOG) {
        if (str_is(name, "queryToRestore.list") || (known && php_version_compare(version, STR(REVERSED_SINCE)) < 0))
            out->shape = PS_LIST_FRONT;
        else
            out->ambiguous = !known && items->n > 1;
    }
    out->n = items->n;
    out->items = arena_array(a, items->n, sizeof *out->items);
    for (size_t i = 0; i < items->n; i++) {
        const struct phps_item *from = &items->items[out->shape == PS_LIST_FRONT ? i : items->n - 1 - i];

        out->items[i].key = from->key;
        out->items[i].value = phps_deref(&from->value);
        if (out->items[i].value == NULL)
            return err_set(e, ERR_FORMAT, "\"%.*s\" holds a reference to a value that cannot be known", STR_FMT(name));
    }
    return 0;
}

bool ps_list_text(const struct ps_list_item *item, struct str *out)
{
    static const char *const keys[] = {"query", "name", "file", "path"};

    if (phps_str(item->value, out))
        return true;
    if (!phps_is_list(item->value))
        return false;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (phps_str(phps_get(item->value, keys[i]), out))
            return true;
    for (size_t i = 0; i < item->value->n; i++)
        if (phps_str(&item->value->items[i].value, out))
            return true;
    return false;
}
