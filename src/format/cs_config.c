#include "format/cs_config.h"

#include "format/php_token.h"

#include <stdlib.h>
#include <string.h>

struct reader {
    struct php_lexer lex;
    struct php_token t; /* not yet consumed */
    struct arena *a;
    VEC(struct cs_config_item) items;
    unsigned braces;      /* open "{" */
    unsigned alternative; /* open "if (…):" and the like */
    bool clean;           /* a statement begins here */
};

static void next(struct reader *r)
{
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

static bool ends_statement(const struct reader *r)
{
    return at_end(r) || r->t.kind == PHP_CLOSE || is_op(r, ";");
}

static struct cs_config_item *add(struct reader *r, enum cs_config_what what, struct str key, struct str sub,
                                  bool depends)
{
    struct cs_config_item *it = vec_push(&r->items);

    it->what = what;
    it->key = key;
    it->sub = sub;
    it->depends = depends;
    it->line = r->t.line;
    return it;
}

/* What stands at the beginning of a value that is none, without its text: it may be a password. */
static const char *odd_words(const struct reader *r)
{
    switch (r->t.kind) {
    case PHP_VAR:
        return "a variable";
    case PHP_NAME:
        return "a constant or a call";
    case PHP_TEMPLATE:
        return "text with variables in it";
    default:
        return "an expression";
    }
}

/* One plain value; false, and nothing consumed, when there is none. */
static bool plain(struct reader *r, struct str *out)
{
    if (r->t.kind == PHP_STRING)
        *out = php_token_string(&r->t, r->a);
    else if (r->t.kind == PHP_NUMBER)
        *out = r->t.text;
    else if (php_token_is_name(&r->t, "true"))
        *out = STR("1");
    else if (php_token_is_name(&r->t, "false") || php_token_is_name(&r->t, "null"))
        *out = STR("");
    else
        return false;
    next(r);
    return true;
}

/* To the end of this value: what closes it is not consumed. in_list: a comma or closing bracket ends it too. */
static void pass_over(struct reader *r, bool in_list)
{
    unsigned open = 0;

    for (; !at_end(r); next(r)) {
        if (open == 0 && (is_op(r, ";") || r->t.kind == PHP_CLOSE ||
                          (in_list && (is_op(r, ",") || is_op(r, ")") || is_op(r, "]")))))
            return;
        if (is_op(r, "(") || is_op(r, "[") || is_op(r, "{"))
            open++;
        else if ((is_op(r, ")") || is_op(r, "]") || is_op(r, "}")) && open > 0)
            open--;
    }
}

static bool ends_value(const struct reader *r, bool in_list)
{
    return ends_statement(r) || (in_list && (is_op(r, ",") || is_op(r, ")") || is_op(r, "]")));
}

/* The opening bracket of an array is taken; false when there is no array here. */
static const char *open_array(struct reader *r)
{
    if (is_op(r, "[")) {
        next(r);
        return "]";
    }
    if (php_token_is_name(&r->t, "array")) {
        struct reader ahead = *r;

        next(&ahead);
        if (!is_op(&ahead, "("))
            return NULL;
        r->lex = ahead.lex;
        r->t = ahead.t;
        next(r);
        return ")";
    }
    return NULL;
}

struct place {
    struct str key;
    struct str sub;
    bool depends;
    unsigned depth; /* keys given */
};

static void read_value(struct reader *r, struct place at, bool in_list);

static void read_items(struct reader *r, struct place at, const char *close)
{
    while (!at_end(r) && !is_op(r, close)) {
        struct place in = at;
        struct str key = {0};

        in.depth++;
        if (r->t.kind == PHP_STRING || r->t.kind == PHP_NUMBER) {
            struct reader ahead = *r;

            if (plain(&ahead, &key) && is_op(&ahead, "=>")) {
                r->lex = ahead.lex;
                r->t = ahead.t;
                next(r);
            } else {
                key = (struct str){0};
            }
        }
        if (at.depth == 0)
            in.key = key;
        else
            in.sub = key;
        /* Elements without a name are of no setting. */
        if (key.n > 0 && in.depth <= 2)
            read_value(r, in, true);
        else
            pass_over(r, true);
        if (is_op(r, ","))
            next(r);
        else if (!is_op(r, close))
            break;
    }
    if (is_op(r, close))
        next(r);
}

static void read_value(struct reader *r, struct place at, bool in_list)
{
    struct php_token first = r->t;
    struct cs_config_item *it;
    struct str text = {0};
    const char *odd = odd_words(r);
    /* Deeper ones are of no setting; their brackets are counted by pass_over. */
    const char *close = at.depth < 2 ? open_array(r) : NULL;

    if (close) {
        read_items(r, at, close);
        pass_over(r, in_list);
        return;
    }
    if (at.depth >= 2 && (is_op(r, "[") || php_token_is_name(&r->t, "array"))) {
        pass_over(r, in_list);
        return;
    }
    if (plain(r, &text) && ends_value(r, in_list))
        odd = NULL;
    else if (first.kind == PHP_STRING || first.kind == PHP_NUMBER)
        odd = "an expression";
    it = add(r, CS_CONFIG_VALUE, at.key, at.sub, at.depends);
    it->line = first.line;
    if (odd == NULL)
        it->value = text;
    it->odd = odd;
    pass_over(r, in_list);
}

/* What makes the value anew out of the one it had: ".=" and "??=". */
static void added_to(struct reader *r, struct place at, unsigned line)
{
    struct reader ahead = *r;
    struct cs_config_item *it;

    for (unsigned i = 0; i < 2 && (is_op(&ahead, ".") || is_op(&ahead, "?")); i++)
        next(&ahead);
    if (!is_op(&ahead, "=") || at.depth == 0)
        return;
    it = add(r, CS_CONFIG_VALUE, at.key, at.sub, at.depends);
    it->line = line;
    it->odd = "an expression";
    pass_over(r, false);
}

/* $config['a']['b'] with "=" behind it; the variable is consumed. */
static void after_config(struct reader *r, bool depends)
{
    struct place at = {.depends = depends};
    unsigned line = r->t.line;

    while (is_op(r, "[")) {
        struct str key;

        next(r);
        if (r->t.kind != PHP_STRING || at.depth == 2)
            return;
        key = php_token_string(&r->t, r->a);
        next(r);
        if (!is_op(r, "]"))
            return;
        next(r);
        if (at.depth++ == 0)
            at.key = key;
        else
            at.sub = key;
    }
    if (is_op(r, ".") || is_op(r, "?")) {
        added_to(r, at, line);
        return;
    }
    if (!is_op(r, "="))
        return;
    next(r);
    if (is_op(r, "=")) /* a comparison */
        return;
    if (at.depth == 0) {
        struct cs_config_item *it = add(r, CS_CONFIG_WHOLE, (struct str){0}, (struct str){0}, depends);
        const char *odd = odd_words(r);
        const char *close = open_array(r);

        it->line = line;
        it->odd = close ? NULL : odd;
        if (close)
            read_items(r, at, close);
        pass_over(r, false);
        return;
    }
    read_value(r, at, false);
}

/* include 'x', require_once(DIR_ROOT . '/x'); the word is consumed. */
static void after_include(struct reader *r, bool depends)
{
    struct cs_config_item item = {.what = CS_CONFIG_INCLUDE, .depends = depends, .line = r->t.line};
    unsigned strings = 0;

    for (; !ends_statement(r); next(r)) {
        if (r->t.kind == PHP_STRING) {
            item.value = php_token_string(&r->t, r->a);
            strings++;
        } else if (r->t.kind == PHP_VAR || r->t.kind == PHP_TEMPLATE) {
            item.odd = odd_words(r);
        }
    }
    if (strings != 1 && item.odd == NULL)
        item.odd = "an expression";
    if (item.odd)
        item.value = (struct str){0};
    *vec_push(&r->items) = item;
}

static bool is_include(const struct php_token *t)
{
    return php_token_is_name(t, "include") || php_token_is_name(t, "include_once") ||
           php_token_is_name(t, "require") || php_token_is_name(t, "require_once");
}

/* Statements that end in endif and the like: all between is in a condition. */
static bool is_alternative_end(const struct php_token *t)
{
    static const char *const words[] = {"endif", "endwhile", "endfor", "endforeach", "endswitch"};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (php_token_is_name(t, words[i]))
            return true;
    return false;
}

static void one_token(struct reader *r)
{
    bool depends = !r->clean || r->braces > 0 || r->alternative > 0;
    bool closes_paren = is_op(r, ")");

    if (r->t.kind == PHP_VAR && str_is(r->t.text, "$config")) {
        next(r);
        after_config(r, depends);
        r->clean = false;
        return;
    }
    if (is_include(&r->t)) {
        next(r);
        after_include(r, depends);
        r->clean = false;
        return;
    }
    if (is_op(r, "{"))
        r->braces++;
    else if (is_op(r, "}") && r->braces > 0)
        r->braces--;
    else if (is_alternative_end(&r->t) && r->alternative > 0)
        r->alternative--;
    r->clean =
        is_op(r, ";") || is_op(r, "{") || is_op(r, "}") || r->t.kind == PHP_CLOSE || r->t.kind == PHP_TEXT;
    next(r);
    if (closes_paren && is_op(r, ":"))
        r->alternative++;
}

int cs_config_read(struct str php, struct arena *a, struct cs_config_item **items, size_t *n, struct err *e)
{
    struct reader r = {.a = a, .clean = true};
    int rc = 0;

    *items = NULL;
    *n = 0;
    php_token_start(&r.lex, php);
    next(&r);
    while (!at_end(&r) && r.items.n <= CS_CONFIG_ITEMS_MAX)
        one_token(&r);
    if (r.t.kind == PHP_BAD)
        rc = err_set(e, ERR_FORMAT, "line %u: a string or comment that does not end", r.t.line);
    else if (r.items.n > CS_CONFIG_ITEMS_MAX)
        rc = err_set(e, ERR_FORMAT, "more than %d settings", CS_CONFIG_ITEMS_MAX);
    if (rc == 0 && r.items.n > 0) {
        *items = arena_array(a, r.items.n, sizeof **items);
        memcpy(*items, r.items.v, r.items.n * sizeof **items);
        *n = r.items.n;
    }
    free(r.items.v);
    return rc;
}
