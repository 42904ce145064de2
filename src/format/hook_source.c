#include "format/hook_source.h"

#include "format/php_token.h"

/* Guards within guards; real hooks have one. */
#define MAX_NESTED 8
/* Variables of one hook; real hooks have one or two. */
#define MAX_VARIABLES 16
/* How much of a statement is shown. */
#define SHOWN 120

struct judge {
    struct php_lexer lex;
    struct php_token t; /* the next token */
    size_t statement;   /* where the present statement begins */
    struct str variables[MAX_VARIABLES];
    size_t n_variables;
    unsigned nested;
};

static void next(struct judge *j)
{
    php_token_next(&j->lex, &j->t);
}

static bool is_op(const struct judge *j, const char *op)
{
    return php_token_is_op(&j->t, op);
}

static bool take_op(struct judge *j, const char *op)
{
    if (!is_op(j, op))
        return false;
    next(j);
    return true;
}

static bool take_name(struct judge *j, const char *name)
{
    if (!php_token_is_name(&j->t, name))
        return false;
    next(j);
    return true;
}

/* A class by its full name; PHP needs no backslash in front where no namespace is set. */
static bool take_class(struct judge *j, const char *name)
{
    struct php_token t = j->t;

    str_skip(&t.text, STR("\\"));
    if (!php_token_is_name(&t, name))
        return false;
    next(j);
    return true;
}

static bool is_known(const struct judge *j, struct str variable)
{
    for (size_t i = 0; i < j->n_variables; i++)
        if (str_eq(j->variables[i], variable))
            return true;
    return false;
}

static bool is_path_constant(struct str name)
{
    return str_is(name, "__DIR__") || str_is(name, "DIRECTORY_SEPARATOR") || str_starts(name, STR("LC_"));
}

static bool take_path_part(struct judge *j)
{
    bool fine = j->t.kind == PHP_STRING || (j->t.kind == PHP_VAR && is_known(j, j->t.text)) ||
                (j->t.kind == PHP_NAME && is_path_constant(j->t.text));

    if (fine)
        next(j);
    return fine;
}

static bool take_path(struct judge *j)
{
    do {
        if (!take_path_part(j))
            return false;
    } while (take_op(j, "."));
    return true;
}

static bool take_empty_call(struct judge *j)
{
    return take_op(j, "(") && take_op(j, ")");
}

static bool take_path_call(struct judge *j)
{
    return take_op(j, "(") && take_path(j) && take_op(j, ")");
}

/* Behind the class: "::getInstance()->loadFixturesFromYaml(FILE)" and the like. */
static bool take_database_call(struct judge *j)
{
    if (!take_op(j, "::"))
        return false;
    if (take_name(j, "getInstance"))
        return take_empty_call(j) && take_op(j, "->") && take_name(j, "loadFixturesFromYaml") &&
               take_path_call(j);
    if (!take_name(j, "getEM") || !take_empty_call(j) || !take_op(j, "->"))
        return false;
    return (take_name(j, "flush") || take_name(j, "clear")) && take_empty_call(j);
}

static bool take_translation_call(struct judge *j)
{
    if (!take_op(j, "::") || !take_name(j, "getInstance") || !take_empty_call(j) || !take_op(j, "->"))
        return false;
    if (take_name(j, "reset"))
        return take_empty_call(j);
    return take_name(j, "loadLabelsFromYaml") && take_path_call(j);
}

static bool take_assignment(struct judge *j)
{
    struct str variable = j->t.text;

    next(j);
    if (!take_op(j, "=") || !take_path(j))
        return false;
    if (is_known(j, variable))
        return true;
    if (j->n_variables == MAX_VARIABLES)
        return false;
    j->variables[j->n_variables++] = variable;
    return true;
}

static bool take_block(struct judge *j);

static bool take_guard(struct judge *j)
{
    if (!take_op(j, "("))
        return false;
    take_op(j, "!");
    if (!take_class(j, "Includes\\Utils\\FileManager") || !take_op(j, "::"))
        return false;
    if (!take_name(j, "isFileReadable") && !take_name(j, "isFile") && !take_name(j, "isExists"))
        return false;
    if (!take_path_call(j) || !take_op(j, ")") || !take_block(j))
        return false;
    return !take_name(j, "else") || take_block(j);
}

static bool take_statement(struct judge *j)
{
    j->statement = j->t.from;
    if (take_name(j, "if"))
        return take_guard(j);
    if (take_name(j, "return")) {
        take_name(j, "null");
    } else if (take_class(j, "XLite\\Core\\Database")) {
        if (!take_database_call(j))
            return false;
    } else if (take_class(j, "XLite\\Core\\Translation")) {
        if (!take_translation_call(j))
            return false;
    } else if (j->t.kind == PHP_VAR && !take_assignment(j)) {
        return false;
    }
    return take_op(j, ";");
}

static bool take_block(struct judge *j)
{
    bool fine;

    if (!take_op(j, "{") || j->nested == MAX_NESTED)
        return false;
    j->nested++;
    do {
        fine = is_op(j, "}") || take_statement(j);
    } while (fine && !is_op(j, "}"));
    j->nested--;
    return fine && take_op(j, "}");
}

/* return function ($arg = null) */
static bool take_head(struct judge *j)
{
    if (!take_name(j, "return"))
        return false;
    take_name(j, "static");
    if (!take_name(j, "function") || !take_op(j, "("))
        return false;
    if (j->t.kind == PHP_VAR) {
        next(j);
        if (take_op(j, "=") && !take_name(j, "null"))
            return false;
    }
    return take_op(j, ")") && is_op(j, "{");
}

/* ";" and nothing but blanks behind a closing tag. */
static bool take_tail(struct judge *j)
{
    bool fine = take_op(j, ";") || j->t.kind == PHP_CLOSE;

    if (j->t.kind == PHP_CLOSE)
        next(j);
    while (j->t.kind == PHP_TEXT && str_trim(j->t.text).n == 0)
        next(j);
    return fine && j->t.kind == PHP_END;
}

static struct str shown(struct str php, size_t from)
{
    struct str s = str_sub(php, from, from + SHOWN);

    return str_trim(str_sub(s, 0, str_chr(s, '\n', 0)));
}

bool hook_source_is_repeatable(struct str php, struct str *why)
{
    struct str ignored;
    struct judge j = {.statement = 0};

    if (why == NULL)
        why = &ignored;
    *why = (struct str){NULL, 0};
    php_token_start(&j.lex, php);
    next(&j);
    if (!take_head(&j)) {
        *why = STR("the file is not a plain \"return function () {...};\"");
        return false;
    }
    j.statement = j.t.from;
    if (!take_block(&j)) {
        *why = shown(php, j.statement);
        return false;
    }
    if (!take_tail(&j)) {
        *why = STR("there is more in the file than its function");
        return false;
    }
    return true;
}

bool hook_source_may_iterate(struct str php)
{
    struct judge j = {.statement = 0};
    bool first = true;

    php_token_start(&j.lex, php);
    for (next(&j); j.t.kind != PHP_END; next(&j)) {
        if (j.t.kind == PHP_BAD)
            return true;
        if (!php_token_is_name(&j.t, "return"))
            continue;
        next(&j);
        /* The first one gives the function itself. */
        if (first && !php_token_is_name(&j.t, "function") && !php_token_is_name(&j.t, "static"))
            return true;
        if (!first) {
            take_name(&j, "null");
            if (!is_op(&j, ";") && j.t.kind != PHP_CLOSE)
                return true;
        }
        first = false;
    }
    return first;
}
