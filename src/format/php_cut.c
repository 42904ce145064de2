#include "format/php_cut.h"

#include "format/php_token.h"

static bool is_one_of(const struct php_token *t, const char *const *ops, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (php_token_is_op(t, ops[i]))
            return true;
    return false;
}

/* What follows a token of this kind, if nothing does, is no open statement. */
static bool ends_statement(const struct php_token *t)
{
    return t->kind == PHP_END || t->kind == PHP_TEXT || t->kind == PHP_CLOSE || php_token_is_op(t, ";") ||
           php_token_is_op(t, "}");
}

/* Code in short tags: whether it is any is for a setting of PHP to say. */
static bool has_short_tag(struct str text)
{
    const struct str tag = STR("<?");

    for (size_t at = str_find(text, tag, 0); at < text.n; at = str_find(text, tag, at + tag.n))
        if (!str_starts((struct str){text.p + at, text.n - at}, STR("<?xml")))
            return true;
    return false;
}

bool php_is_cut(struct str php)
{
    static const char *const opening[] = {"{", "(", "[", "#["};
    static const char *const closing[] = {"}", ")", "]"};
    struct php_lexer l = {0};
    struct php_token last = {.kind = PHP_END};
    struct php_token t;
    long depth = 0;

    php_token_start(&l, php);
    for (php_token_next(&l, &t); t.kind != PHP_END && t.kind != PHP_BAD; php_token_next(&l, &t)) {
        /* Behind it stands what PHP does not read. */
        if (php_token_is_name(&t, "__halt_compiler") || (t.kind == PHP_TEXT && has_short_tag(t.text)))
            return false;
        if (is_one_of(&t, opening, sizeof opening / sizeof *opening))
            depth++;
        else if (is_one_of(&t, closing, sizeof closing / sizeof *closing))
            depth--;
        last = t;
    }
    return t.kind == PHP_BAD || depth > 0 || !ends_statement(&last);
}
