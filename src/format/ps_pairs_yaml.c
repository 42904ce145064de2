/* The mapping "parameters" of parameters.yml: flat, scalars alone. */
#include "format/ps_pairs.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

/* What stands beside the parameters may be nested this deep. */
#define MAX_DEPTH 32

struct reader {
    yaml_parser_t parser;
    yaml_event_t event; /* the present one, freed when the next is taken */
    struct arena *a;
    struct err *e;
    VEC(struct ps_pair) pairs;
};

static int fault(struct reader *r, const char *what)
{
    return err_set(r->e, ERR_FORMAT, "line %zu: %s", r->event.start_mark.line + 1, what);
}

/* The parser's own words name no value of the file. */
static int next(struct reader *r)
{
    yaml_event_delete(&r->event);
    if (yaml_parser_parse(&r->parser, &r->event))
        return r->event.type == YAML_ALIAS_EVENT ? fault(r, "aliases are not read") : 0;
    memset(&r->event, 0, sizeof r->event);
    if (r->parser.error == YAML_MEMORY_ERROR)
        mem_exhausted();
    return err_set(r->e, ERR_FORMAT, "line %zu: %s",
                   (r->parser.error == YAML_READER_ERROR ? r->parser.mark.line : r->parser.problem_mark.line) + 1,
                   r->parser.problem);
}

static bool at(const struct reader *r, yaml_event_type_t type)
{
    return r->event.type == type;
}

static struct str keep(struct reader *r)
{
    struct str s = {(const char *)r->event.data.scalar.value, r->event.data.scalar.length};

    return (struct str){arena_dup(r->a, s.p, s.n), s.n};
}

static bool is_word(struct str s, struct str word)
{
    return s.n == word.n && str_has_nocase(s, word);
}

static void set_scalar(struct reader *r, struct ps_pair *pair)
{
    struct str s = keep(r);
    uint64_t number;

    pair->value = s;
    pair->kind = PS_PAIR_TEXT;
    if (r->event.data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
        return;
    if (s.n == 0 || str_is(s, "~") || is_word(s, STR("null"))) {
        pair->kind = PS_PAIR_NULL;
        pair->value = (struct str){"", 0};
    } else if (is_word(s, STR("true"))) {
        pair->kind = PS_PAIR_TRUE;
        pair->value = STR("1");
    } else if (is_word(s, STR("false"))) {
        pair->kind = PS_PAIR_FALSE;
        pair->value = (struct str){"", 0};
    } else if (str_u64(s, UINT64_MAX, &number)) {
        pair->kind = PS_PAIR_NUMBER;
    }
}

/* Goes over the present node, to the event behind it. */
static int skip_node(struct reader *r)
{
    size_t depth = 0;

    do {
        if (at(r, YAML_MAPPING_START_EVENT) || at(r, YAML_SEQUENCE_START_EVENT))
            depth++;
        else if (at(r, YAML_MAPPING_END_EVENT) || at(r, YAML_SEQUENCE_END_EVENT))
            depth--;
        if (depth > MAX_DEPTH)
            return fault(r, "nested too deep");
        if (next(r) != 0)
            return -1;
    } while (depth > 0);
    return 0;
}

/* At a key: its text, and the value is next. */
static int take_key(struct reader *r, struct str *key)
{
    if (!at(r, YAML_SCALAR_EVENT))
        return fault(r, "a key that is no text");
    *key = keep(r);
    return next(r);
}

static int read_parameters(struct reader *r)
{
    if (!at(r, YAML_MAPPING_START_EVENT))
        return skip_node(r);
    if (next(r) != 0)
        return -1;
    while (!at(r, YAML_MAPPING_END_EVENT)) {
        struct ps_pair pair = {.kind = PS_PAIR_ODD, .value = {"", 0}, .line = (unsigned)r->event.start_mark.line + 1};

        if (r->pairs.n >= PS_PAIRS_MAX)
            return err_set(r->e, ERR_FORMAT, "more than %d settings", PS_PAIRS_MAX);
        if (take_key(r, &pair.key) != 0)
            return -1;
        if (at(r, YAML_SCALAR_EVENT))
            set_scalar(r, &pair);
        *vec_push(&r->pairs) = pair;
        if (skip_node(r) != 0)
            return -1;
    }
    return next(r);
}

/* Up to the end of the one document. */
static int read_document(struct reader *r)
{
    do {
        if (next(r) != 0)
            return -1;
    } while (at(r, YAML_STREAM_START_EVENT) || at(r, YAML_DOCUMENT_START_EVENT));
    if (at(r, YAML_STREAM_END_EVENT))
        return 0;
    if (!at(r, YAML_MAPPING_START_EVENT))
        return fault(r, "no mapping");
    if (next(r) != 0)
        return -1;
    while (!at(r, YAML_MAPPING_END_EVENT)) {
        struct str key = {NULL, 0};

        if (take_key(r, &key) != 0)
            return -1;
        if ((str_is(key, "parameters") ? read_parameters(r) : skip_node(r)) != 0)
            return -1;
    }
    return 0;
}

int ps_pairs_yaml(struct str yaml, struct arena *a, struct ps_pairs *out, struct err *e)
{
    struct reader r = {.a = a, .e = e};
    struct ps_pair *copy;
    int rc;

    *out = (struct ps_pairs){0};
    if (yaml.n > PS_PAIRS_MAX_BYTES)
        return err_set(e, ERR_FORMAT, "%zu bytes, more than %zu are not read", yaml.n, PS_PAIRS_MAX_BYTES);
    if (!yaml_parser_initialize(&r.parser))
        mem_exhausted();
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)(yaml.n ? yaml.p : ""), yaml.n);
    rc = read_document(&r);
    yaml_event_delete(&r.event);
    yaml_parser_delete(&r.parser);
    if (rc == 0 && r.pairs.n > 0) {
        copy = arena_array(a, r.pairs.n, sizeof *copy);
        memcpy(copy, r.pairs.v, r.pairs.n * sizeof *copy);
        *out = (struct ps_pairs){copy, r.pairs.n};
    }
    free(r.pairs.v);
    return rc;
}
