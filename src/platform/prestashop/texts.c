#include "platform/prestashop/texts.h"

#include "base/mem.h"
#include "format/php_token.h"

#include <stdlib.h>
#include <string.h>

/* The largest files of texts have some 10 000. */
#define TEXTS_MAX_N 200000

struct text {
    struct str key;
    struct str value;
    size_t order;
    bool used;
};

struct texts {
    struct arena *mem;
    struct str var; /* "$_LANGADM" */
    VEC(struct text) all;
};

struct reader {
    struct php_lexer lexer;
    struct php_token t;
};

static void step(struct reader *r)
{
    php_token_next(&r->lexer, &r->t);
}

static bool take_op(struct reader *r, const char *op)
{
    if (!php_token_is_op(&r->t, op))
        return false;
    step(r);
    return true;
}

static bool take_var(struct reader *r, struct texts *x)
{
    if (r->t.kind != PHP_VAR || (x->var.n > 0 && !str_eq(x->var, r->t.text)))
        return false;
    x->var = r->t.text;
    step(r);
    return true;
}

static bool take_string(struct reader *r, struct texts *x, struct str *out)
{
    if (r->t.kind != PHP_STRING)
        return false;
    *out = php_token_string(&r->t, x->mem);
    step(r);
    return true;
}

static bool take_empty_array(struct reader *r)
{
    if (take_op(r, "["))
        return take_op(r, "]");
    if (!php_token_is_name(&r->t, "array"))
        return false;
    step(r);
    return take_op(r, "(") && take_op(r, ")");
}

/* $X = array();  or  $X['key'] = 'text'; */
static bool assignment(struct reader *r, struct texts *x)
{
    struct text text = {.order = x->all.n};

    if (!take_var(r, x))
        return false;
    if (take_op(r, "=")) {
        x->all.n = 0;
        return take_empty_array(r) && take_op(r, ";");
    }
    if (!take_op(r, "[") || !take_string(r, x, &text.key) || !take_op(r, "]") || !take_op(r, "=") ||
        !take_string(r, x, &text.value) || !take_op(r, ";") || x->all.n >= TEXTS_MAX_N)
        return false;
    *vec_push(&x->all) = text;
    return true;
}

static bool statement(struct reader *r, struct texts *x)
{
    if (take_op(r, ";"))
        return true;
    if (php_token_is_name(&r->t, "global")) {
        step(r);
        return take_var(r, x) && take_op(r, ";");
    }
    if (php_token_is_name(&r->t, "return")) {
        step(r);
        return take_var(r, x) && take_op(r, ";");
    }
    return assignment(r, x);
}

static int by_key(const void *a, const void *b)
{
    const struct text *x = a;
    const struct text *y = b;
    int c = str_cmp(x->key, y->key);

    return c ? c : (x->order > y->order) - (x->order < y->order);
}

static int by_order(const void *a, const void *b)
{
    const struct text *x = a;
    const struct text *y = b;

    return (x->order > y->order) - (x->order < y->order);
}

/* Of a key that stands twice the last text counts, at the place of the first. Sorted by key afterwards. */
static void settle(struct texts *x)
{
    size_t n = 0;

    if (x->all.n > 1)
        qsort(x->all.v, x->all.n, sizeof *x->all.v, by_key);
    for (size_t i = 0; i < x->all.n; i++) {
        if (n > 0 && str_eq(x->all.v[n - 1].key, x->all.v[i].key))
            x->all.v[n - 1].value = x->all.v[i].value;
        else
            x->all.v[n++] = x->all.v[i];
    }
    x->all.n = n;
}

static bool read_texts(struct texts *x, struct str php)
{
    struct reader r = {0};

    php_token_start(&r.lexer, php);
    step(&r);
    for (; r.t.kind == PHP_TEXT || r.t.kind == PHP_CLOSE; step(&r))
        if (r.t.kind == PHP_TEXT && str_trim(r.t.text).n > 0)
            return false;
    while (r.t.kind != PHP_END) {
        if (r.t.kind == PHP_CLOSE || (r.t.kind == PHP_TEXT && str_trim(r.t.text).n == 0))
            step(&r);
        else if (!statement(&r, x))
            return false;
    }
    settle(x);
    return x->var.n > 1;
}

static struct text *find(struct texts *x, struct str key)
{
    size_t from = 0;
    size_t to = x->all.n;

    while (from < to) {
        size_t at = from + (to - from) / 2;
        int c = str_cmp(x->all.v[at].key, key);

        if (c == 0)
            return &x->all.v[at];
        if (c < 0)
            from = at + 1;
        else
            to = at;
    }
    return NULL;
}

static void quote(struct buf *out, struct str s)
{
    buf_addc(out, '\'');
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\'' || s.p[i] == '\\')
            buf_addc(out, '\\');
        buf_addc(out, s.p[i]);
    }
    buf_addc(out, '\'');
}

static void line(struct buf *out, struct str var, const struct text *t)
{
    buf_addstr(out, var);
    buf_addc(out, '[');
    quote(out, t->key);
    buf_adds(out, "] = ");
    quote(out, t->value);
    buf_adds(out, ";\n");
}

static void write_texts(struct texts *fresh, struct texts *own, struct buf *out)
{
    buf_printf(out, "<?php\n\nglobal %.*s;\n%.*s = array();\n", STR_FMT(own->var), STR_FMT(own->var));
    for (size_t i = 0; i < fresh->all.n; i++) {
        struct text *mine = find(own, fresh->all.v[i].key);

        if (mine) {
            mine->used = true;
            fresh->all.v[i].value = mine->value;
        }
    }
    if (fresh->all.n > 1)
        qsort(fresh->all.v, fresh->all.n, sizeof *fresh->all.v, by_order);
    if (own->all.n > 1)
        qsort(own->all.v, own->all.n, sizeof *own->all.v, by_order);
    for (size_t i = 0; i < fresh->all.n; i++)
        line(out, own->var, &fresh->all.v[i]);
    for (size_t i = 0; i < own->all.n; i++)
        if (!own->all.v[i].used)
            line(out, own->var, &own->all.v[i]);
    buf_adds(out, "\n?>");
}

bool ps_texts_merge(struct str fresh_php, struct str own_php, struct buf *out)
{
    struct arena mem = {0};
    struct texts fresh = {.mem = &mem};
    struct texts own = {.mem = &mem};
    bool good = read_texts(&fresh, fresh_php) && read_texts(&own, own_php) && str_eq(fresh.var, own.var);

    if (good)
        write_texts(&fresh, &own, out);
    free(fresh.all.v);
    free(own.all.v);
    arena_free(&mem);
    return good;
}
