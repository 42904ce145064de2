/* Values of constants: texts, earlier constants and the file's own place, joined by ".". */
#include "format/oc_config_parts.h"

#include <string.h>

static bool ends_value(const struct oc_config_reader *r)
{
    return oc_config_at_end(r) || r->t.kind == PHP_CLOSE || oc_config_at_op(r, ";") || oc_config_at_op(r, ",") || oc_config_at_op(r, ")") ||
           oc_config_at_op(r, "]") || oc_config_at_op(r, "}");
}

void oc_config_pass_over(struct oc_config_reader *r)
{
    unsigned open = 0;

    for (; !oc_config_at_end(r); oc_config_next(r)) {
        if (open == 0 && ends_value(r))
            return;
        /* A statement ends in no bracket but a closure's: the closing one was lost. */
        if (r->t.kind == PHP_CLOSE)
            return;
        if (oc_config_at_op(r, "(") || oc_config_at_op(r, "[") || oc_config_at_op(r, "{"))
            open++;
        else if (open > 0 && (oc_config_at_op(r, ")") || oc_config_at_op(r, "]") || oc_config_at_op(r, "}")))
            open--;
    }
}

/* dirname() of PHP. */
static struct str directory_of(struct str path)
{
    size_t n = path.n;

    while (n > 1 && path.p[n - 1] == '/')
        n--;
    while (n > 0 && path.p[n - 1] != '/')
        n--;
    if (n == 0)
        return STR(".");
    while (n > 1 && path.p[n - 1] == '/')
        n--;
    return str_sub(path, 0, n);
}

static void set_known(struct oc_config_value *v, struct str text)
{
    v->text = text;
    v->known = true;
}

/* Of a number as PHP would print it: hex and octal forms are left alone. */
static bool is_plain_number(struct str s)
{
    uint64_t n;

    return str_u64(s, INT64_MAX, &n) && (s.n == 1 || s.p[0] != '0');
}

static void read_operand(struct oc_config_reader *r, struct oc_config_value *v, unsigned depth);

/* "(" value ")" with, for dirname, levels as well; the bracket is at hand. */
static void read_call(struct oc_config_reader *r, struct oc_config_value *v, unsigned depth, uint64_t *levels)
{
    oc_config_next(r);
    oc_config_value_read(r, v, depth + 1);
    while (oc_config_at_op(r, ",")) {
        oc_config_next(r);
        if (r->t.kind == PHP_NUMBER && str_u64(r->t.text, OC_CONFIG_DEPTH_MAX, levels))
            oc_config_next(r);
        else if (!oc_config_at_op(r, ")"))
            v->known = false;
        oc_config_pass_over(r);
    }
    if (oc_config_at_op(r, ")"))
        oc_config_next(r);
    else
        v->broken = true;
}

static void read_path_call(struct oc_config_reader *r, struct oc_config_value *v, unsigned depth, bool is_dirname)
{
    uint64_t levels = 1;

    read_call(r, v, depth, &levels);
    if (!v->known)
        return;
    if (v->text.n == 0 || v->text.p[0] != '/') {
        /* realpath goes by the directory at hand when the code runs. */
        v->known = is_dirname && v->text.n > 0;
    }
    for (uint64_t i = 0; is_dirname && v->known && i < levels; i++)
        v->text = directory_of(v->text);
    /* realpath names the same place without a slash at its end; ".." and links in it are for who opens it. */
    while (!is_dirname && v->known && v->text.n > 1 && v->text.p[v->text.n - 1] == '/')
        v->text.n--;
}

static bool joined(struct oc_config_reader *r, struct str left, struct str right, struct str *out)
{
    char *p;

    if (left.n + right.n > OC_CONFIG_VALUE_MAX)
        return false;
    p = arena_alloc(r->a, left.n + right.n + 1);
    if (left.n)
        memcpy(p, left.p, left.n);
    if (right.n)
        memcpy(p + left.n, right.p, right.n);
    *out = (struct str){p, left.n + right.n};
    return true;
}

/* A name: constant, or a call. It is consumed. */
static void read_name(struct oc_config_reader *r, struct oc_config_value *v, unsigned depth)
{
    struct php_token word = r->t;
    const struct oc_define *d;

    str_skip(&word.text, STR("\\"));
    oc_config_next(r);
    if (oc_config_at_op(r, "(") && (php_token_is_name(&word, "dirname") || php_token_is_name(&word, "realpath"))) {
        read_path_call(r, v, depth, php_token_is_name(&word, "dirname"));
    } else if (oc_config_at_op(r, "(")) {
        oc_config_pass_over(r);
    } else if (php_token_is_name(&word, "__DIR__")) {
        if (r->dir.n)
            set_known(v, r->dir);
    } else if (php_token_is_name(&word, "__FILE__")) {
        v->known = r->dir.n && joined(r, r->dir, STR("/config.php"), &v->text);
    } else if (php_token_is_name(&word, "true")) {
        set_known(v, STR("1"));
    } else if (php_token_is_name(&word, "false") || php_token_is_name(&word, "null")) {
        set_known(v, STR(""));
    } else if (str_is(word.text, "DIRECTORY_SEPARATOR")) {
        set_known(v, STR("/"));
    } else if ((d = oc_config_named(r->out, word.text)) != NULL && d->known) {
        set_known(v, d->value);
    }
}

static void read_operand(struct oc_config_reader *r, struct oc_config_value *v, unsigned depth)
{
    *v = (struct oc_config_value){0};
    if (depth > OC_CONFIG_DEPTH_MAX) {
        r->deep = true;
        oc_config_pass_over(r);
        return;
    }
    switch (r->t.kind) {
    case PHP_STRING:
        set_known(v, php_token_string(&r->t, r->a));
        oc_config_next(r);
        return;
    case PHP_NUMBER:
        if (is_plain_number(r->t.text))
            set_known(v, r->t.text);
        oc_config_next(r);
        return;
    case PHP_NAME:
        read_name(r, v, depth);
        return;
    case PHP_VAR:
    case PHP_TEMPLATE:
        oc_config_next(r);
        return;
    default:
        break;
    }
    if (oc_config_at_op(r, "(")) {
        uint64_t none = 0;

        read_call(r, v, depth, &none);
    } else if (oc_config_at_op(r, "!") || oc_config_at_op(r, "-") || oc_config_at_op(r, "+") || oc_config_at_op(r, "@") ||
               oc_config_at_op(r, "[") || oc_config_at_op(r, "~")) {
        oc_config_pass_over(r);
    } else {
        v->broken = true;
        oc_config_pass_over(r);
    }
}

/* Two values that nothing joins: a quote or a dot was lost. */
static bool is_stray(const struct oc_config_reader *r)
{
    return r->t.kind == PHP_STRING || r->t.kind == PHP_TEMPLATE || r->t.kind == PHP_NUMBER || r->t.kind == PHP_VAR ||
           (r->t.kind == PHP_NAME && !php_token_is_name(&r->t, "or") && !php_token_is_name(&r->t, "and") && !php_token_is_name(&r->t, "xor") &&
            !php_token_is_name(&r->t, "instanceof"));
}

void oc_config_value_read(struct oc_config_reader *r, struct oc_config_value *v, unsigned depth)
{
    read_operand(r, v, depth);
    while (oc_config_at_op(r, ".")) {
        struct oc_config_value more;
        struct str text = {0};

        oc_config_next(r);
        read_operand(r, &more, depth);
        v->known = v->known && more.known && joined(r, v->text, more.text, &text);
        v->text = text;
        v->broken = v->broken || more.broken;
    }
    if (ends_value(r))
        return;
    v->broken = v->broken || is_stray(r);
    v->known = false;
    oc_config_pass_over(r);
}
