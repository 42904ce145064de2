#include "format/ps_script.h"

#include "base/ascii.h"
#include "format/php_token.h"

#include <stdlib.h>

static const struct str call_mark = {"/* PHP:", 7};

/* What the module's expression calls a blank. */
static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* PHP's trim(). */
static bool is_trimmed(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\0' || c == '\v';
}

static void add_piece(struct str script, size_t from, size_t to, unsigned line, struct ps_pieces *out)
{
    struct ps_piece piece = {.line = line};

    for (; from < to && is_trimmed(script.p[from]); from++)
        piece.line += script.p[from] == '\n';
    while (to > from && is_trimmed(script.p[to - 1]))
        to--;
    piece.text = str_sub(script, from, to);
    /* The module takes "0" for empty, as PHP does. */
    if (piece.text.n > 0 && !str_is(piece.text, "0"))
        *vec_push(&out->all) = piece;
}

void ps_script_split(struct str script, struct ps_pieces *out)
{
    size_t from = 0;
    unsigned line = 1;
    unsigned from_line = 1;

    out->all.v = NULL;
    out->all.n = out->all.cap = 0;
    for (size_t i = 0; i < script.n;) {
        size_t end = 0;

        if (script.p[i] == ';') {
            size_t at = i + 1;

            for (; at < script.n && is_blank(script.p[at]); at++)
                if (script.p[at] == '\n' || script.p[at] == '\r')
                    end = at + 1;
            /* The module puts a line end behind the whole. */
            if (at == script.n)
                end = at;
        }
        if (end == 0) {
            line += script.p[i] == '\n';
            i++;
            continue;
        }
        add_piece(script, from, i, from_line, out);
        for (; i < end; i++)
            line += script.p[i] == '\n';
        from = end;
        from_line = line;
    }
    add_piece(script, from, script.n, from_line, out);
}

static void replace(struct str text, struct str what, struct str by, struct buf *out)
{
    size_t from = 0;

    for (size_t at; (at = str_find(text, what, from)) != SIZE_MAX; from = at + what.n) {
        buf_addstr(out, str_sub(text, from, at));
        buf_addstr(out, by);
    }
    buf_addstr(out, str_sub(text, from, text.n));
}

void ps_script_fill(struct str piece, const struct ps_names *names, struct buf *out)
{
    struct buf one = {0};
    struct buf two = {0};

    replace(piece, STR("PREFIX_"), names->prefix, &one);
    replace(buf_str(&one), STR("ENGINE_TYPE"), names->engine, &two);
    replace(buf_str(&two), STR("DB_NAME"), names->db, out);
    buf_free(&one);
    buf_free(&two);
}

static bool is_function_name(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];

        if (!ascii_is_letter(c) && c != '_' && !(i > 0 && ascii_is_digit(c)))
            return false;
    }
    return s.n > 0;
}

enum ps_call_state ps_script_call(struct str piece, struct ps_call *out)
{
    size_t at = str_find(piece, call_mark, 0);
    struct str call;
    struct str line;
    size_t open;
    size_t close = SIZE_MAX;

    out->name = out->args = (struct str){"", 0};
    if (at == SIZE_MAX)
        return PS_CALL_NONE;
    at += call_mark.n;
    /* The module drops as many bytes at the end as the comment's closing has, without looking at them. */
    call = piece.n - at >= 4 ? str_sub(piece, at, piece.n - 4) : (struct str){"", 0};
    if (str_has(call, STR("::")))
        return PS_CALL_METHOD;
    open = str_chr(call, '(', 0);
    if (open == SIZE_MAX)
        return PS_CALL_BAD;
    line = str_sub(call, open, call.n);
    line = str_cut(line, '\n', &(struct str){NULL, 0});
    close = str_rchr(line, ')');
    if (close == SIZE_MAX || open + close + 1 != call.n || !is_function_name(str_sub(call, 0, open)))
        return PS_CALL_BAD;
    out->name = str_sub(call, 0, open);
    out->args = str_sub(call, open, call.n);
    while (out->args.n > 0 && (out->args.p[0] == '(' || out->args.p[0] == ')'))
        out->args = str_sub(out->args, 1, out->args.n);
    while (out->args.n > 0 && (out->args.p[out->args.n - 1] == '(' || out->args.p[out->args.n - 1] == ')'))
        out->args.n--;
    return PS_CALL_GOOD;
}

void ps_script_args_plain(struct str args, struct arena *mem, struct ps_args *out)
{
    size_t at = 0;

    out->all.v = NULL;
    out->all.n = out->all.cap = 0;
    while (at < args.n) {
        size_t end = str_chr(args, ',', at);
        struct ps_arg *arg;
        struct buf text = {0};

        if (end == SIZE_MAX)
            end = args.n;
        if (end > at) {
            replace(str_sub(args, at, end), STR("'"), STR(""), &text);
            arg = vec_push(&out->all);
            arg->kind = PS_ARG_TEXT;
            arg->text = (struct str){arena_dup(mem, text.p, text.n), text.n};
            buf_free(&text);
            /* One blank behind the comma belongs to the comma; without anything before it, it does not. */
            at = end + 1;
            if (at < args.n && args.p[at] == ' ')
                at++;
        } else {
            at = end + 1;
        }
    }
}

/* One literal from the token on; the one behind it is read. */
static bool take_arg(struct php_lexer *l, struct php_token *t, struct arena *mem, struct ps_arg *out)
{
    bool minus = php_token_is_op(t, "-");

    if (minus)
        php_token_next(l, t);
    if (t->kind == PHP_STRING && !minus) {
        out->kind = PS_ARG_TEXT;
        out->text = php_token_string(t, mem);
    } else if (t->kind == PHP_NUMBER) {
        uint64_t ignored;

        /* Hexadecimal, octal and fractions are in no script. */
        if (!str_u64(t->text, INT64_MAX, &ignored) || (t->text.n > 1 && t->text.p[0] == '0'))
            return false;
        out->kind = PS_ARG_INT;
        out->text = str_of(arena_printf(mem, "%s%.*s", minus ? "-" : "", STR_FMT(t->text)));
    } else if (minus) {
        return false;
    } else if (php_token_is_name(t, "true")) {
        out->kind = PS_ARG_TRUE;
    } else if (php_token_is_name(t, "false")) {
        out->kind = PS_ARG_FALSE;
    } else if (php_token_is_name(t, "null")) {
        out->kind = PS_ARG_NULL;
    } else {
        return false;
    }
    php_token_next(l, t);
    return true;
}

bool ps_script_args_php(struct str args, struct arena *mem, struct ps_args *out)
{
    struct str source = str_of(arena_printf(mem, "<?php %.*s", STR_FMT(args)));
    struct php_lexer l;
    struct php_token t;
    bool good = args.n < 4096;

    out->all.v = NULL;
    out->all.n = out->all.cap = 0;
    php_token_start(&l, source);
    php_token_next(&l, &t);
    while (good && t.kind != PHP_END) {
        struct ps_arg arg = {.text = {"", 0}};

        good = take_arg(&l, &t, mem, &arg);
        if (good)
            *vec_push(&out->all) = arg;
        if (good && t.kind != PHP_END) {
            good = php_token_is_op(&t, ",");
            php_token_next(&l, &t);
        }
    }
    if (!good) {
        free(out->all.v);
        out->all.v = NULL;
        out->all.n = out->all.cap = 0;
    }
    return good;
}

/* The digits at the place, without zeros in front; at is set behind them. */
static struct str number_at(struct str s, size_t *at)
{
    size_t from;

    while (*at + 1 < s.n && s.p[*at] == '0' && ascii_is_digit(s.p[*at + 1]))
        ++*at;
    from = *at;
    while (*at < s.n && ascii_is_digit(s.p[*at]))
        ++*at;
    return str_sub(s, from, *at);
}

int ps_script_order(struct str a, struct str b)
{
    size_t i = 0;
    size_t j = 0;

    while (i < a.n && j < b.n) {
        int diff;

        if (ascii_is_digit(a.p[i]) && ascii_is_digit(b.p[j])) {
            struct str x = number_at(a, &i);
            struct str y = number_at(b, &j);

            diff = x.n != y.n ? (x.n < y.n ? -1 : 1) : str_cmp(x, y);
        } else {
            diff = (int)(unsigned char)ascii_lower(a.p[i++]) - (int)(unsigned char)ascii_lower(b.p[j++]);
        }
        if (diff != 0)
            return diff < 0 ? -1 : 1;
    }
    return i < a.n ? 1 : j < b.n ? -1 : 0;
}
