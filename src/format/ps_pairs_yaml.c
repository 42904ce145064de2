/* The mapping "parameters" of parameters.yml: flat, scalars alone. */
#include "format/ps_pairs.h"

#include "format/yaml_events.h"

#include <stdlib.h>
#include <string.h>

struct reader {
    struct yaml_events y;
    VEC(struct ps_pair) pairs;
};

static void set_scalar(struct reader *r, struct ps_pair *pair)
{
    struct str s = yaml_events_keep(&r->y);
    uint64_t number;

    pair->value = s;
    pair->kind = PS_PAIR_TEXT;
    if (!yaml_events_plain(&r->y))
        return;
    if (yaml_events_null(&r->y)) {
        pair->kind = PS_PAIR_NULL;
        pair->value = (struct str){"", 0};
    } else if (str_is_nocase(s, STR("true"))) {
        pair->kind = PS_PAIR_TRUE;
        pair->value = STR("1");
    } else if (str_is_nocase(s, STR("false"))) {
        pair->kind = PS_PAIR_FALSE;
        pair->value = (struct str){"", 0};
    } else if (str_u64(s, UINT64_MAX, &number)) {
        pair->kind = PS_PAIR_NUMBER;
    }
}

static int read_parameters(struct reader *r)
{
    if (!yaml_events_at(&r->y, YAML_MAPPING_START_EVENT))
        return yaml_events_skip(&r->y);
    if (yaml_events_next(&r->y) != 0)
        return -1;
    while (!yaml_events_at(&r->y, YAML_MAPPING_END_EVENT)) {
        struct ps_pair pair = {.kind = PS_PAIR_ODD, .value = {"", 0}, .line = yaml_events_line(&r->y)};

        if (r->pairs.n >= PS_PAIRS_MAX)
            return err_set(r->y.e, ERR_FORMAT, "more than %d settings", PS_PAIRS_MAX);
        if (yaml_events_key(&r->y, &pair.key) != 0)
            return -1;
        if (yaml_events_at(&r->y, YAML_SCALAR_EVENT))
            set_scalar(r, &pair);
        *vec_push(&r->pairs) = pair;
        if (yaml_events_skip(&r->y) != 0)
            return -1;
    }
    return yaml_events_next(&r->y);
}

/* Up to the end of the one document. */
static int read_document(struct reader *r)
{
    do {
        if (yaml_events_next(&r->y) != 0)
            return -1;
    } while (yaml_events_at(&r->y, YAML_STREAM_START_EVENT) || yaml_events_at(&r->y, YAML_DOCUMENT_START_EVENT));
    if (yaml_events_at(&r->y, YAML_STREAM_END_EVENT))
        return 0;
    if (!yaml_events_at(&r->y, YAML_MAPPING_START_EVENT))
        return yaml_events_fault(&r->y, "no mapping");
    if (yaml_events_next(&r->y) != 0)
        return -1;
    while (!yaml_events_at(&r->y, YAML_MAPPING_END_EVENT)) {
        struct str key = {NULL, 0};

        if (yaml_events_key(&r->y, &key) != 0)
            return -1;
        if ((str_is(key, "parameters") ? read_parameters(r) : yaml_events_skip(&r->y)) != 0)
            return -1;
    }
    return 0;
}

int ps_pairs_yaml(struct str yaml, struct arena *a, struct ps_pairs *out, struct err *e)
{
    struct reader r = {0};
    struct ps_pair *copy;
    int rc;

    *out = (struct ps_pairs){0};
    if (yaml.n > PS_PAIRS_MAX_BYTES)
        return err_set(e, ERR_FORMAT, "%zu bytes, more than %zu are not read", yaml.n, PS_PAIRS_MAX_BYTES);
    yaml_events_begin(&r.y, yaml, 1, a, e);
    rc = read_document(&r);
    yaml_events_end(&r.y);
    if (rc == 0 && r.pairs.n > 0) {
        copy = arena_array(a, r.pairs.n, sizeof *copy);
        memcpy(copy, r.pairs.v, r.pairs.n * sizeof *copy);
        *out = (struct ps_pairs){copy, r.pairs.n};
    }
    free(r.pairs.v);
    return rc;
}
