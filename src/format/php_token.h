/*
 * PHP source cut into tokens, enough to find literals and to judge simple code: comments, quoted text,
 * heredocs and text outside of the tags are told apart as PHP 5 to 8 do. Nothing is ever executed.
 */
#ifndef FORMAT_PHP_TOKEN_H
#define FORMAT_PHP_TOKEN_H

#include "base/mem.h"
#include "base/str.h"

enum php_token_kind {
    PHP_END,      /* end of the source */
    PHP_BAD,      /* a string, comment or heredoc that never ends, or a stray byte */
    PHP_TEXT,     /* bytes outside of the tags */
    PHP_CLOSE,    /* the closing tag, which ends a statement as ';' does */
    PHP_NAME,     /* keyword or name, with its backslashes */
    PHP_VAR,      /* $name */
    PHP_STRING,   /* quoted text without variables in it; with its quotes */
    PHP_TEMPLATE, /* text with variables, a heredoc, or a command in backticks */
    PHP_NUMBER,
    PHP_OP /* "=>", "->", "::", "#[", or one byte; "<?=" for the tag that prints */
};

struct php_token {
    enum php_token_kind kind;
    struct str text;
    size_t from; /* offset of the text in the source */
    unsigned line;
};

struct php_lexer {
    struct str src;
    size_t at;
    unsigned line;
    unsigned nested; /* strings within strings */
    bool in_code;
};

void php_token_start(struct php_lexer *l, struct str src);
void php_token_next(struct php_lexer *l, struct php_token *t);

/* True when t is a PHP_OP, or a PHP_NAME in any case of letters, of that text. */
bool php_token_is_op(const struct php_token *t, const char *op);
bool php_token_is_name(const struct php_token *t, const char *name);

/* What a PHP_STRING stands for, escapes resolved, in the arena. */
struct str php_token_string(const struct php_token *t, struct arena *a);

#endif
