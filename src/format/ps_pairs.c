#include "format/ps_pairs.h"

#include "format/php_token.h"

#include <stdlib.h>
#include <string.h>

struct reader {
    struct php_lexer lex;
    struct php_token t; /* the next token, not yet consumed */
    size_t end;         /* where the last consumed token ends */
    struct arena *a;
    struct err *e;
    VEC(struct ps_pair) pairs;
};

static void next(struct reader *r)
{
    r->end = r->t.from + r->t.text.n;
    php_token_next(&r->lex, &r->t);
}

static bool is_op(const struct reader *r, const char *op)
{
    return php_token_is_op(&r->t, op);
}

static bool at_end(const struct reader *r)
{
    return r->t.kind == PHP_END || r->t.kind == PHP_BAD;
}

static bool opens(const struct reader *r)
{
    return is_op(r, "(") || is_op(r, "[") || is_op(r, "{");
}

static bool closes(const struct reader *r)
{
    return is_op(r, ")") || is_op(r, "]") || is_op(r, "}");
}

/* What ends a value: of a call, an array, or a statement. */
static bool ends_value(const struct reader *r)
{
    return at_end(r) || closes(r) || is_op(r, ",") || is_op(r, ";") || r->t.kind == PHP_CLOSE;
}

static void skip_value(struct reader *r)
{
    size_t depth = 0;

    for (; !at_end(r) && (depth > 0 || !ends_value(r)); next(r)) {
        if (opens(r))
            depth++;
        else if (closes(r))
            depth--;
    }
}

/* One token that is a value of its own. */
static enum ps_pair_kind take_plain(struct reader *r, struct str *value)
{
    *value = (struct str){"", 0};
    if (r->t.kind == PHP_STRING) {
        *value = php_token_string(&r->t, r->a);
        return PS_PAIR_TEXT;
    }
    if (r->t.kind == PHP_NUMBER) {
        *value = r->t.text;
        return PS_PAIR_NUMBER;
    }
    if (php_token_is_name(&r->t, "true")) {
        *value = STR("1");
        return PS_PAIR_TRUE;
    }
    if (php_token_is_name(&r->t, "false"))
        return PS_PAIR_FALSE;
    return php_token_is_name(&r->t, "null") ? PS_PAIR_NULL : PS_PAIR_ODD;
}

/* The value at the place; what ends it is not consumed. */
static void take_value(struct reader *r, struct str key)
{
    struct ps_pair pair = {.key = key, .from = r->t.from, .to = r->t.from, .line = r->t.line};

    if (!ends_value(r)) {
        pair.kind = take_plain(r, &pair.value);
        if (!opens(r))
            next(r);
        if (!ends_value(r)) {
            pair.kind = PS_PAIR_ODD;
            skip_value(r);
        }
        pair.to = r->end;
    } else {
        pair.kind = PS_PAIR_ODD;
    }
    if (pair.kind == PS_PAIR_ODD)
        pair.value = (struct str){"", 0};
    /* A value that the file breaks off in is none. */
    if (!at_end(r))
        *vec_push(&r->pairs) = pair;
}

/* define('NAME', value) */
static void take_define(struct reader *r)
{
    bool call = php_token_is_name(&r->t, "define") || php_token_is_name(&r->t, "\\define");
    struct str key;

    next(r);
    if (!call || !is_op(r, "("))
        return;
    next(r);
    if (r->t.kind != PHP_STRING)
        return;
    key = php_token_string(&r->t, r->a);
    next(r);
    if (!is_op(r, ","))
        return;
    next(r);
    take_value(r, key);
}

/* const NAME = value, NAME = value; a type may stand before the first name. */
static void take_const(struct reader *r)
{
    bool is_const = php_token_is_name(&r->t, "const");
    struct str key = {NULL, 0};

    next(r);
    while (is_const && !at_end(r) && !is_op(r, ";") && r->t.kind != PHP_CLOSE && !opens(r)) {
        if (r->t.kind == PHP_NAME)
            key = r->t.text;
        if (is_op(r, "=")) {
            next(r);
            take_value(r, key);
        } else {
            next(r);
        }
    }
}

/* The items of the array whose opening bracket was consumed. */
static void take_items(struct reader *r)
{
    while (!at_end(r) && !closes(r)) {
        bool text = r->t.kind == PHP_STRING;
        struct str key = text ? php_token_string(&r->t, r->a) : (struct str){NULL, 0};

        if (text)
            next(r);
        if (text && is_op(r, "=>")) {
            next(r);
            take_value(r, key);
        } else {
            skip_value(r);
        }
        if (is_op(r, ","))
            next(r);
        else if (!closes(r))
            break;
    }
}

/* 'parameters' => array( or [ */
static void take_parameters(struct reader *r)
{
    bool wanted = r->t.kind == PHP_STRING && str_is(php_token_string(&r->t, r->a), "parameters");

    next(r);
    if (!wanted || !is_op(r, "=>"))
        return;
    next(r);
    if (php_token_is_name(&r->t, "array"))
        next(r);
    if (is_op(r, "[") || is_op(r, "(")) {
        next(r);
        take_items(r);
    }
}

static int finish(struct reader *r, struct ps_pairs *out)
{
    struct ps_pair *copy;
    int rc = 0;

    if (r->t.kind == PHP_BAD)
        rc = err_set(r->e, ERR_FORMAT, "line %u: a string or comment that does not end", r->t.line);
    else if (r->pairs.n > PS_PAIRS_MAX)
        rc = err_set(r->e, ERR_FORMAT, "more than %d settings", PS_PAIRS_MAX);
    if (rc == 0 && r->pairs.n > 0) {
        copy = arena_array(r->a, r->pairs.n, sizeof *copy);
        memcpy(copy, r->pairs.v, r->pairs.n * sizeof *copy);
        *out = (struct ps_pairs){copy, r->pairs.n};
    }
    free(r->pairs.v);
    return rc;
}

static int read_all(struct str php, void (*take)(struct reader *r), struct arena *a, struct ps_pairs *out, struct err *e)
{
    struct reader r = {.a = a, .e = e};
    long depth = 0;
    int rc;

    *out = (struct ps_pairs){0};
    if (php.n > PS_PAIRS_MAX_BYTES)
        return err_set(e, ERR_FORMAT, "%zu bytes, more than %zu are not read", php.n, PS_PAIRS_MAX_BYTES);
    php_token_start(&r.lex, php);
    next(&r);
    while (!at_end(&r) && r.pairs.n <= PS_PAIRS_MAX)
        take(&r);
    rc = finish(&r, out);
    if (rc != 0 || take != take_parameters)
        return rc;
    /* An array that the file breaks off in ends without its bracket. */
    php_token_start(&r.lex, php);
    for (next(&r); !at_end(&r); next(&r))
        depth += opens(&r) ? 1 : closes(&r) ? -1 : 0;
    return depth > 0 ? err_set(e, ERR_FORMAT, "line %u: the file ends too early", r.t.line) : 0;
}

int ps_pairs_defines(struct str php, struct arena *a, struct ps_pairs *out, struct err *e)
{
    return read_all(php, take_define, a, out, e);
}

int ps_pairs_consts(struct str php, struct arena *a, struct ps_pairs *out, struct err *e)
{
    return read_all(php, take_const, a, out, e);
}

int ps_pairs_parameters(struct str php, struct arena *a, struct ps_pairs *out, struct err *e)
{
    return read_all(php, take_parameters, a, out, e);
}

const struct ps_pair *ps_pairs_first(const struct ps_pairs *p, const char *key)
{
    for (size_t i = 0; i < p->n; i++)
        if (str_is(p->v[i].key, key))
            return &p->v[i];
    return NULL;
}

const struct ps_pair *ps_pairs_last(const struct ps_pairs *p, const char *key)
{
    for (size_t i = p->n; i > 0; i--)
        if (str_is(p->v[i - 1].key, key))
            return &p->v[i - 1];
    return NULL;
}
