#include "format/oc_config.h"

#include "format/oc_config_parts.h"

#include <stdlib.h>

/* Whether a statement runs. */
enum flow { RUNS, MAYBE, NEVER };

void oc_config_next(struct oc_config_reader *r)
{
    php_token_next(&r->lex, &r->t);
}

bool oc_config_at_end(const struct oc_config_reader *r)
{
    return r->t.kind == PHP_END || r->t.kind == PHP_BAD || r->deep || r->out->defines.n > OC_CONFIG_DEFINES_MAX;
}

bool oc_config_at_op(const struct oc_config_reader *r, const char *op)
{
    return php_token_is_op(&r->t, op);
}

const struct oc_define *oc_config_named(const struct oc_config *c, struct str name)
{
    for (size_t i = 0; i < c->defines.n; i++)
        if (str_eq(c->defines.v[i].name, name))
            return &c->defines.v[i];
    return NULL;
}

static bool at_name(const struct oc_config_reader *r, const char *name)
{
    struct php_token t = r->t;

    if (t.kind != PHP_NAME)
        return false;
    str_skip(&t.text, STR("\\"));
    return php_token_is_name(&t, name);
}

static void stumbles(struct oc_config_reader *r, unsigned line)
{
    if (r->out->broken == 0)
        r->out->broken = line;
}

static enum flow within(enum flow outer, enum flow inner)
{
    return outer > inner ? outer : inner;
}

/* Of a condition: whether what depends on it runs, and what depends on its contrary. */
struct branches {
    enum flow yes, no;
};

static void add(struct oc_config_reader *r, struct oc_define d, enum flow flow)
{
    d.again = oc_config_named(r->out, d.name) != NULL;
    d.depends = flow == MAYBE;
    if (d.depends)
        d.known = false;
    /* A branch that never runs still shows in the file when it repeats what is defined. */
    if ((flow != NEVER && !r->over) || d.again)
        *vec_push(&r->out->defines) = d;
}

/* define('NAME', value); the word is at hand, and consumed. False: it is no call. */
static bool read_define(struct oc_config_reader *r, enum flow flow)
{
    struct php_token word = r->t;
    struct php_token name;
    struct oc_define d = {.line = word.line};
    struct oc_config_value v;

    oc_config_next(r);
    if (!oc_config_at_op(r, "("))
        return false;
    oc_config_next(r);
    name = r->t;
    if (name.kind == PHP_STRING)
        oc_config_next(r);
    if (name.kind != PHP_STRING || !oc_config_at_op(r, ",")) {
        /* A name that is put together can't be known. */
        r->out->other_code = true;
        while (!oc_config_at_end(r) && !oc_config_at_op(r, ")") && !oc_config_at_op(r, ";")) {
            oc_config_pass_over(r);
            if (oc_config_at_op(r, ","))
                oc_config_next(r);
            else
                break;
        }
    } else {
        unsigned line;

        d.name = php_token_string(&name, r->a);
        oc_config_next(r);
        line = r->t.line;
        oc_config_value_read(r, &v, 0);
        d.known = v.known;
        d.value = v.known ? v.text : (struct str){0};
        if (v.broken)
            stumbles(r, line);
        if (oc_config_at_op(r, ",")) {
            oc_config_next(r);
            oc_config_pass_over(r);
        }
        if (!oc_config_at_end(r))
            add(r, d, flow);
    }
    if (oc_config_at_op(r, ")"))
        oc_config_next(r);
    else
        stumbles(r, word.line);
    return true;
}

/* defined('X'), with "!" in front or not. Nothing is consumed when it is another thing. */
static bool read_defined(struct oc_config_reader *r, struct branches *out)
{
    struct oc_config_reader ahead = *r;
    const struct oc_define *d;
    bool not = oc_config_at_op(&ahead, "!");
    struct str name;

    if (not)
        oc_config_next(&ahead);
    if (!at_name(&ahead, "defined"))
        return false;
    oc_config_next(&ahead);
    if (!oc_config_at_op(&ahead, "("))
        return false;
    oc_config_next(&ahead);
    if (ahead.t.kind != PHP_STRING)
        return false;
    name = php_token_string(&ahead.t, r->a);
    oc_config_next(&ahead);
    if (!oc_config_at_op(&ahead, ")"))
        return false;
    oc_config_next(&ahead);
    d = oc_config_named(r->out, name);
    if (d && !d->depends)
        *out = (struct branches){RUNS, NEVER};
    else if (d || str_is(name, "VERSION")) /* who includes the file defines that one */
        *out = (struct branches){MAYBE, MAYBE};
    else
        *out = (struct branches){MAYBE, RUNS};
    if (not)
        *out = (struct branches){out->no, out->yes};
    r->lex = ahead.lex;
    r->t = ahead.t;
    return true;
}

/* "(" condition ")" */
static struct branches read_condition(struct oc_config_reader *r)
{
    struct branches b = {MAYBE, MAYBE};

    if (!oc_config_at_op(r, "("))
        return b;
    oc_config_next(r);
    if (!read_defined(r, &b) || !oc_config_at_op(r, ")"))
        b = (struct branches){MAYBE, MAYBE};
    while (!oc_config_at_end(r) && r->t.kind != PHP_CLOSE && !oc_config_at_op(r, ")") && !oc_config_at_op(r, ";")) {
        oc_config_pass_over(r);
        if (oc_config_at_op(r, ",") || oc_config_at_op(r, "]") || oc_config_at_op(r, "}"))
            oc_config_next(r);
    }
    if (oc_config_at_op(r, ")"))
        oc_config_next(r);
    return b;
}

static void read_statement(struct oc_config_reader *r, enum flow flow, unsigned depth);

static void read_block(struct oc_config_reader *r, enum flow flow, unsigned depth)
{
    oc_config_next(r);
    while (!oc_config_at_end(r) && !oc_config_at_op(r, "}"))
        read_statement(r, flow, depth + 1);
    if (oc_config_at_op(r, "}"))
        oc_config_next(r);
    else
        r->cut = true;
}

static bool at_branch(const struct oc_config_reader *r)
{
    return at_name(r, "else") || at_name(r, "elseif") || at_name(r, "endif");
}

/* What stands behind a condition: a statement, or "…: … endif". */
static void read_branch(struct oc_config_reader *r, enum flow flow, unsigned depth)
{
    if (!oc_config_at_op(r, ":")) {
        read_statement(r, flow, depth + 1);
        if (oc_config_at_op(r, ";"))
            oc_config_next(r);
        return;
    }
    oc_config_next(r);
    while (!oc_config_at_end(r) && !at_branch(r))
        read_statement(r, flow, depth + 1);
    if (at_name(r, "endif"))
        oc_config_next(r);
    else if (!at_branch(r))
        r->cut = true;
}

/* if, with all its branches; the word is at hand. */
static void read_if(struct oc_config_reader *r, enum flow flow, unsigned depth)
{
    enum flow rest = RUNS; /* none of the branches in front was taken */

    r->out->other_code = true;
    do {
        struct branches b;

        oc_config_next(r);
        b = read_condition(r);
        read_branch(r, within(flow, within(rest, b.yes)), depth);
        rest = b.yes == RUNS ? NEVER : within(rest, b.no);
        if (at_name(r, "else")) {
            struct oc_config_reader ahead = *r;

            oc_config_next(&ahead);
            if (!at_name(&ahead, "if")) {
                oc_config_next(r);
                read_branch(r, within(flow, rest), depth);
                return;
            }
            oc_config_next(r);
        } else if (!at_name(r, "elseif")) {
            return;
        }
    } while (!oc_config_at_end(r));
}

/* "or", "||" (true), "and", "&&" (false) behind defined(); consumed. False: something else. */
static bool read_joint(struct oc_config_reader *r, bool *either)
{
    const char *op = oc_config_at_op(r, "|") ? "|" : oc_config_at_op(r, "&") ? "&" : NULL;

    *either = at_name(r, "or") || (op && *op == '|');
    if (op) {
        oc_config_next(r);
        if (!oc_config_at_op(r, op))
            return false;
        oc_config_next(r);
        return true;
    }
    if (!*either && !at_name(r, "and"))
        return false;
    oc_config_next(r);
    return true;
}

static bool at_statement_end(const struct oc_config_reader *r)
{
    return oc_config_at_end(r) || r->t.kind == PHP_CLOSE || r->t.kind == PHP_TEXT || oc_config_at_op(r, ";");
}

/* Any other statement, up to its end, or over the block that it has; defines in it may run. */
static void read_other(struct oc_config_reader *r, enum flow flow, unsigned depth)
{
    bool ends = at_name(r, "return") || at_name(r, "exit") || at_name(r, "die");
    bool surely = at_name(r, "try");
    enum flow inner = within(flow, MAYBE);
    struct branches guard;
    bool either;
    unsigned open = 0;

    r->out->other_code = true;
    if (read_defined(r, &guard) && read_joint(r, &either))
        inner = within(flow, either ? guard.no : guard.yes);
    while (!at_statement_end(r)) {
        if (at_name(r, "define")) {
            read_define(r, inner);
            continue;
        }
        if (oc_config_at_op(r, "{") && open == 0) {
            read_block(r, surely ? flow : inner, depth);
            return;
        }
        if (oc_config_at_op(r, "}") && open == 0)
            return;
        if (oc_config_at_op(r, "(") || oc_config_at_op(r, "[") || oc_config_at_op(r, "{"))
            open++;
        else if (open > 0 && (oc_config_at_op(r, ")") || oc_config_at_op(r, "]") || oc_config_at_op(r, "}")))
            open--;
        oc_config_next(r);
    }
    r->cut = r->cut || r->t.kind == PHP_END;
    if (ends && flow == RUNS && depth == 0)
        r->over = true;
}

/* const NAME = value; */
static void read_const(struct oc_config_reader *r, enum flow flow)
{
    struct oc_define d = {.line = r->t.line};
    struct oc_config_value v;

    r->out->other_code = true;
    oc_config_next(r);
    d.name = r->t.text;
    oc_config_next(r);
    if (!oc_config_at_op(r, "="))
        return;
    oc_config_next(r);
    oc_config_value_read(r, &v, 0);
    d.known = v.known;
    d.value = v.known ? v.text : (struct str){0};
    if (v.broken)
        stumbles(r, d.line);
    add(r, d, flow);
}

static void read_statement(struct oc_config_reader *r, enum flow flow, unsigned depth)
{
    unsigned line = r->t.line;

    if (depth > OC_CONFIG_DEPTH_MAX) {
        r->deep = true;
        return;
    }
    if (r->t.kind == PHP_TEXT || r->t.kind == PHP_CLOSE || oc_config_at_op(r, ";")) {
        if (r->t.kind == PHP_TEXT && str_trim(r->t.text).n > 0)
            r->out->other_code = true;
        oc_config_next(r);
        return;
    }
    if (oc_config_at_op(r, "{")) {
        read_block(r, flow, depth);
        return;
    }
    if (oc_config_at_op(r, "}") || oc_config_at_op(r, ")") || oc_config_at_op(r, "]")) {
        stumbles(r, line);
        oc_config_next(r);
        return;
    }
    if (at_name(r, "if")) {
        read_if(r, flow, depth);
        return;
    }
    if (at_name(r, "const")) {
        read_const(r, flow);
    } else if (!at_name(r, "define") || !read_define(r, flow)) {
        read_other(r, flow, depth);
        return;
    }
    r->cut = r->cut || r->t.kind == PHP_END;
    if (!at_statement_end(r)) {
        stumbles(r, line);
        /* The lost ";" is taken as there, so that the next define is still read. */
        if (!at_name(r, "define"))
            read_other(r, flow, depth);
    }
}

/* The first line that defines share. */
static void find_crowded(struct oc_config *c)
{
    for (size_t i = 1; i < c->defines.n && c->crowded == 0; i++)
        if (c->defines.v[i].line == c->defines.v[i - 1].line)
            c->crowded = c->defines.v[i].line;
}

int oc_config_read_at(struct str php, const char *dir, struct arena *a, struct oc_config *out, struct err *e)
{
    struct oc_config_reader r = {.a = a, .out = out, .dir = str_of(dir)};
    unsigned line = 1;

    *out = (struct oc_config){.empty = str_trim(php).n == 0};
    php_token_start(&r.lex, php);
    oc_config_next(&r);
    while (!oc_config_at_end(&r)) {
        line = r.t.line;
        read_statement(&r, RUNS, 0);
    }
    find_crowded(out);
    if (r.deep)
        return err_set(e, ERR_FORMAT, "line %u: more than %d levels of brackets", line, OC_CONFIG_DEPTH_MAX);
    if (out->defines.n > OC_CONFIG_DEFINES_MAX)
        return err_set(e, ERR_FORMAT, "more than %d constants", OC_CONFIG_DEFINES_MAX);
    if (r.t.kind == PHP_BAD)
        return err_set(e, ERR_FORMAT, "line %u: a text or comment that does not end", r.t.line);
    if (r.cut)
        return err_set(e, ERR_FORMAT, "line %u: the file breaks off inside a statement", line);
    return 0;
}

void oc_config_free(struct oc_config *c)
{
    free(c->defines.v);
    *c = (struct oc_config){0};
}

const struct oc_define *oc_config_find(const struct oc_config *c, const char *name)
{
    return oc_config_named(c, str_of(name));
}

const char *oc_config_get(const struct oc_config *c, const char *name, struct arena *a)
{
    const struct oc_define *d = oc_config_find(c, name);

    /* A path or password with a NUL would be cut where it stands. */
    if (d == NULL || !d->known || str_chr(d->value, '\0', 0) != SIZE_MAX)
        return NULL;
    return arena_dup(a, d->value.n ? d->value.p : "", d->value.n);
}
