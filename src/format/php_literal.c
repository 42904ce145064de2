#include "format/php_literal.h"

#include "format/php_token.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Longest number taken; PHP's own have at most some twenty digits. */
#define NUMBER_MAX 64

struct reader {
    struct php_lexer lex;
    struct php_token t; /* the next token, not yet consumed */
    size_t end;         /* where the last consumed token ends */
    struct arena *a;
    size_t nodes;
    struct err *e;
};

static void next(struct reader *r)
{
    r->end = r->t.from + r->t.text.n;
    php_token_next(&r->lex, &r->t);
}

static void start(struct reader *r, struct str php, struct arena *a, struct err *e)
{
    *r = (struct reader){.a = a, .e = e};
    php_token_start(&r->lex, php);
    next(r);
}

static int fault(struct reader *r, const char *what)
{
    if (r->t.kind == PHP_END)
        return err_set(r->e, ERR_FORMAT, "line %u: the file ends too early: %s", r->t.line, what);
    if (r->t.kind == PHP_BAD)
        return err_set(r->e, ERR_FORMAT, "line %u: a string or comment that does not end", r->t.line);
    return err_set(r->e, ERR_FORMAT, "line %u: %s", r->t.line, what);
}

static bool is_op(const struct reader *r, const char *op)
{
    return php_token_is_op(&r->t, op);
}

static bool is_name(const struct reader *r, const char *name)
{
    return php_token_is_name(&r->t, name);
}

static bool at_end(const struct reader *r)
{
    return r->t.kind == PHP_END || r->t.kind == PHP_BAD;
}

static int expect(struct reader *r, const char *op)
{
    if (is_op(r, op)) {
        next(r);
        return 0;
    }
    if (at_end(r))
        return fault(r, op);
    return err_set(r->e, ERR_FORMAT, "line %u: \"%s\" is missing", r->t.line, op);
}

static int read_value(struct reader *r, struct phps_node *out, unsigned depth);

/* Digits without the underscores that PHP 7.4 and later allow. */
static int read_number(struct reader *r, bool minus, struct phps_node *out)
{
    char text[NUMBER_MAX + 2] = {0};
    struct str s = r->t.text;
    size_t n = 0;
    char *end;
    int base = 10;
    const char *digits = text;
    bool whole;

    if (s.n > NUMBER_MAX)
        return fault(r, "number too long");
    if (minus)
        text[n++] = '-';
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] != '_')
            text[n++] = s.p[i];
    if (minus)
        digits++;
    if (digits[0] == '0' && digits[1] != '\0' && strchr("xX", digits[1]) != NULL)
        base = 16;
    else if (digits[0] == '0' && strpbrk(digits, ".eE") == NULL)
        base = 8;
    whole = base != 10 || strpbrk(digits, ".eE") == NULL;
    errno = 0;
    out->kind = PHPS_INT;
    if (whole)
        out->i = strtoll(text, &end, base);
    if (whole && errno == ERANGE && base != 10)
        return fault(r, "number too large");
    if (!whole || errno == ERANGE) {
        out->kind = PHPS_DOUBLE;
        out->d = strtod(text, &end);
        out->s = s;
    }
    if (*end != '\0' || end == text)
        return fault(r, "a number of unknown form");
    next(r);
    return 0;
}

/* Decimal text without leading zeros is a number key, as in PHP. */
static void normalize_key(struct phps_item *item)
{
    struct str digits = item->key;

    str_skip(&digits, STR("-"));
    if (digits.n == 0 || digits.n > 19 || (digits.p[0] == '0' && item->key.n > 1))
        return;
    item->key_is_int = str_i64(item->key, &item->key_int);
}

static int set_key(struct reader *r, struct phps_item *item, const struct phps_node *key)
{
    if (key->kind == PHPS_STR) {
        item->key = key->s;
        normalize_key(item);
    } else if (key->kind == PHPS_INT) {
        item->key_int = key->i;
        item->key_is_int = true;
    } else {
        return fault(r, "a key that is neither string nor number");
    }
    return 0;
}

/* The items of array(...) or [...]; the opening bracket is consumed. */
static int read_items(struct reader *r, const char *close, struct phps_node *out, unsigned depth)
{
    VEC(struct phps_item) items = {0};
    struct phps_item *copy;
    int64_t following = 0;
    int rc = 0;

    out->kind = PHPS_ARRAY;
    if (depth >= PHPS_MAX_DEPTH)
        return fault(r, "nested too deep");
    while (rc == 0 && !is_op(r, close)) {
        struct phps_item item = {.key_from = r->t.from};

        if (++r->nodes > PHPS_MAX_NODES) {
            rc = fault(r, "more values than a data file can hold");
            break;
        }
        rc = read_value(r, &item.value, depth + 1);
        if (rc == 0 && is_op(r, "=>")) {
            struct phps_node key = item.value;

            next(r);
            item.value = (struct phps_node){0};
            rc = set_key(r, &item, &key);
            if (rc == 0)
                rc = read_value(r, &item.value, depth + 1);
        } else if (rc == 0) {
            item.key_is_int = true;
            item.key_int = following;
        }
        if (rc != 0)
            break;
        if (item.key_is_int) {
            item.key = str_of(arena_printf(r->a, "%lld", (long long)item.key_int));
            if (item.key_int >= following && item.key_int < INT64_MAX)
                following = item.key_int + 1;
        }
        *vec_push(&items) = item;
        if (is_op(r, ","))
            next(r);
        else if (!is_op(r, close))
            rc = fault(r, "a comma or the end of the array is missing");
    }
    if (rc == 0) {
        copy = arena_array(r->a, items.n, sizeof *copy);
        if (items.n > 0)
            memcpy(copy, items.v, items.n * sizeof *copy);
        out->items = copy;
        out->n = items.n;
        next(r);
    }
    free(items.v);
    return rc;
}

/* Name::__set_state(array(...)), as var_export writes an object. */
static int read_object(struct reader *r, struct phps_node *out, unsigned depth)
{
    struct str class = r->t.text;

    str_skip(&class, STR("\\"));
    next(r);
    if (!is_op(r, "::"))
        return fault(r, "not a plain literal");
    next(r);
    if (!is_name(r, "__set_state"))
        return fault(r, "not a plain literal");
    next(r);
    if (expect(r, "(") != 0 || read_value(r, out, depth + 1) != 0)
        return -1;
    if (out->kind != PHPS_ARRAY)
        return fault(r, "an object without an array of properties");
    out->kind = PHPS_OBJECT;
    out->class = class;
    if (is_op(r, ","))
        next(r);
    return expect(r, ")");
}

static int read_word(struct reader *r, struct phps_node *out, unsigned depth)
{
    if (is_name(r, "array")) {
        next(r);
        return expect(r, "(") != 0 ? -1 : read_items(r, ")", out, depth);
    }
    if (is_name(r, "true") || is_name(r, "false")) {
        out->kind = PHPS_BOOL;
        out->b = is_name(r, "true");
    } else if (is_name(r, "null")) {
        out->kind = PHPS_NULL;
    } else {
        return read_object(r, out, depth);
    }
    next(r);
    return 0;
}

/* (object) array(...) */
static int read_cast(struct reader *r, struct phps_node *out, unsigned depth)
{
    next(r);
    if (!is_name(r, "object"))
        return fault(r, "not a plain literal");
    next(r);
    if (expect(r, ")") != 0 || read_value(r, out, depth + 1) != 0)
        return -1;
    if (out->kind != PHPS_ARRAY)
        return fault(r, "not a plain literal");
    out->kind = PHPS_OBJECT;
    out->class = STR("stdClass");
    return 0;
}

static int read_primary(struct reader *r, struct phps_node *out, unsigned depth)
{
    if (depth > PHPS_MAX_DEPTH)
        return fault(r, "nested too deep");
    if (r->t.kind == PHP_STRING) {
        out->kind = PHPS_STR;
        out->s = php_token_string(&r->t, r->a);
        next(r);
        return 0;
    }
    if (is_op(r, "-") || is_op(r, "+")) {
        bool minus = is_op(r, "-");

        next(r);
        return r->t.kind == PHP_NUMBER ? read_number(r, minus, out) : fault(r, "not a plain literal");
    }
    if (r->t.kind == PHP_NUMBER)
        return read_number(r, false, out);
    if (r->t.kind == PHP_NAME)
        return read_word(r, out, depth);
    if (is_op(r, "[")) {
        next(r);
        return read_items(r, "]", out, depth);
    }
    if (is_op(r, "("))
        return read_cast(r, out, depth);
    return fault(r, "not a plain literal");
}

/* A literal, or string literals joined by dots: var_export joins the parts around a NUL byte like that. */
static int read_value(struct reader *r, struct phps_node *out, unsigned depth)
{
    struct buf joined = {0};
    int rc;

    out->from = r->t.from;
    rc = read_primary(r, out, depth);
    if (rc != 0 || !is_op(r, ".")) {
        out->to = r->end;
        return rc;
    }
    if (out->kind != PHPS_STR)
        return fault(r, "not a plain literal");
    buf_addstr(&joined, out->s);
    while (rc == 0 && is_op(r, ".")) {
        next(r);
        if (r->t.kind == PHP_STRING) {
            struct arena scratch = {0};

            buf_addstr(&joined, php_token_string(&r->t, &scratch));
            arena_free(&scratch);
            next(r);
        } else {
            rc = fault(r, "not a plain literal");
        }
    }
    out->s = (struct str){arena_dup(r->a, joined.p, joined.n), joined.n};
    out->to = r->end;
    buf_free(&joined);
    return rc;
}

/* The literal up to the ';' that ends its statement. 1, or -1. */
static int read_statement_value(struct reader *r, struct phps_node *out)
{
    *out = (struct phps_node){0};
    if (read_value(r, out, 0) != 0)
        return -1;
    if (!is_op(r, ";") && !is_op(r, ",") && r->t.kind != PHP_CLOSE)
        return fault(r, "not a plain literal");
    return 1;
}

/* Nothing found: no such thing in a sound file, an error in one that breaks off. */
static int not_found(struct reader *r)
{
    return r->t.kind == PHP_BAD ? fault(r, "") : 0;
}

/* Behind "const": names and values of one statement, with a type before the first name from PHP 8.3 on. */
static int const_statement(struct reader *r, const char *name, struct phps_node *out)
{
    size_t depth = 0;
    bool wanted = false;

    for (; !at_end(r) && !(depth == 0 && is_op(r, ";")); next(r)) {
        if (depth == 0 && r->t.kind == PHP_NAME)
            wanted = str_is(r->t.text, name);
        if (depth == 0 && is_op(r, "=") && wanted) {
            next(r);
            return read_statement_value(r, out);
        }
        if (is_op(r, "(") || is_op(r, "[") || is_op(r, "{"))
            depth++;
        else if (depth > 0 && (is_op(r, ")") || is_op(r, "]") || is_op(r, "}")))
            depth--;
    }
    return 0;
}

int php_literal_const(struct str php, const char *name, struct arena *a, struct phps_node *out, struct err *e)
{
    struct reader r;
    int rc = 0;

    start(&r, php, a, e);
    while (rc == 0 && !at_end(&r)) {
        bool is_const = is_name(&r, "const");

        next(&r);
        if (is_const)
            rc = const_statement(&r, name, out);
    }
    return rc != 0 ? rc : not_found(&r);
}

int php_literal_define(struct str php, const char *name, struct arena *a, struct phps_node *out,
                       struct err *e)
{
    struct reader r;

    start(&r, php, a, e);
    while (!at_end(&r)) {
        bool call = is_name(&r, "define") || is_name(&r, "\\define");

        next(&r);
        if (!call || !is_op(&r, "("))
            continue;
        next(&r);
        if (r.t.kind != PHP_STRING || !str_is(php_token_string(&r.t, a), name))
            continue;
        next(&r);
        if (expect(&r, ",") != 0)
            return -1;
        *out = (struct phps_node){0};
        if (read_value(&r, out, 0) != 0)
            return -1;
        return is_op(&r, ")") || is_op(&r, ",") ? 1 : fault(&r, "not a plain literal");
    }
    return not_found(&r);
}

/* At the '(' of a method's head: goes to its body. False when it has none. */
static bool enter_body(struct reader *r)
{
    while (!at_end(r) && !is_op(r, "{") && !is_op(r, ";"))
        next(r);
    if (!is_op(r, "{"))
        return false;
    next(r);
    return true;
}

int php_literal_method(struct str php, const char *name, struct arena *a, struct phps_node *out,
                       struct err *e)
{
    struct reader r;

    start(&r, php, a, e);
    while (!at_end(&r)) {
        bool is_function = is_name(&r, "function");

        next(&r);
        if (!is_function)
            continue;
        if (is_op(&r, "&"))
            next(&r);
        if (!is_name(&r, name) || !enter_body(&r))
            continue;
        if (!is_name(&r, "return"))
            return fault(&r, "the method does more than return a literal");
        next(&r);
        return read_statement_value(&r, out);
    }
    return not_found(&r);
}

static bool is_array_start(const struct reader *r)
{
    return is_name(r, "array") || is_op(r, "[");
}

/* Goes to the array behind "$name =" or "return" outside of all brackets. */
static bool find_array(struct reader *r, struct str *variable)
{
    size_t depth = 0;

    while (!at_end(r)) {
        if (depth == 0 && is_name(r, "return")) {
            next(r);
            *variable = (struct str){0};
            if (is_array_start(r))
                return true;
            continue;
        }
        if (depth == 0 && r->t.kind == PHP_VAR) {
            *variable = r->t.text;
            next(r);
            if (!is_op(r, "="))
                continue;
            next(r);
            if (is_array_start(r))
                return true;
            continue;
        }
        if (is_op(r, "(") || is_op(r, "[") || is_op(r, "{"))
            depth++;
        else if (depth > 0 && (is_op(r, ")") || is_op(r, "]") || is_op(r, "}")))
            depth--;
        next(r);
    }
    return false;
}

static bool only_blank(const struct reader *r)
{
    return r->t.kind == PHP_TEXT && str_trim(r->t.text).n == 0;
}

/* Code behind the array could change it. */
static int read_rest(struct reader *r, struct str variable)
{
    if (!is_op(r, ";") && r->t.kind != PHP_CLOSE)
        return fault(r, "not a plain literal");
    next(r);
    if (is_name(r, "return") && variable.n > 0) {
        next(r);
        if (r->t.kind != PHP_VAR || !str_eq(r->t.text, variable))
            return fault(r, "the file returns something else than its array");
        next(r);
        if (!is_op(r, ";") && r->t.kind != PHP_CLOSE)
            return fault(r, "\";\" is missing");
        next(r);
    }
    while (r->t.kind == PHP_CLOSE || only_blank(r))
        next(r);
    return r->t.kind == PHP_END ? 0 : fault(r, "more code behind the array");
}

int php_literal_array(struct str php, struct arena *a, struct phps_node *out, struct err *e)
{
    struct str variable = {0};
    struct reader r;

    start(&r, php, a, e);
    *out = (struct phps_node){0};
    if (!find_array(&r, &variable)) {
        if (r.t.kind == PHP_BAD)
            return fault(&r, "");
        return err_set(e, ERR_FORMAT, "no array is set or returned in this file");
    }
    if (read_value(&r, out, 0) != 0)
        return -1;
    return read_rest(&r, variable);
}

/* Takes "$name =", "$name[] =" or "return"; false when that is not what stands here. */
static bool enter_array(struct reader *r)
{
    if (is_name(r, "return")) {
        next(r);
    } else if (r->t.kind == PHP_VAR) {
        next(r);
        if (is_op(r, "[")) {
            next(r);
            if (!is_op(r, "]"))
                return false;
            next(r);
        }
        if (!is_op(r, "="))
            return false;
        next(r);
    } else {
        return false;
    }
    return is_array_start(r);
}

int php_literal_arrays(struct str php, struct arena *a, php_literal_found *each, void *arg, struct err *e)
{
    struct reader r;
    size_t depth = 0;

    start(&r, php, a, e);
    while (!at_end(&r)) {
        unsigned line = r.t.line;
        size_t at = r.t.from;

        if (enter_array(&r)) {
            struct phps_node node = {0};

            if (read_statement_value(&r, &node) < 0 || each(arg, &node, line, e) != 0)
                return -1;
            continue;
        }
        if (r.t.from != at)
            continue;
        if (is_op(&r, "{"))
            depth++;
        else if (is_op(&r, "}") && depth > 0)
            depth--;
        next(&r);
    }
    if (r.t.kind == PHP_BAD || depth > 0)
        return fault(&r, "a function is not closed");
    return 0;
}
