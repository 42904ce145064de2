#include "format/sql_set.h"

#include "format/sql_statement.h"

#include <string.h>

bool sql_set_begin(struct sql_set *s, struct str statement, unsigned server, bool mariadb)
{
    *s = (struct sql_set){.scope = SQL_SET_SESSION};
    sql_words_begin(&s->words, statement, server, mariadb);
    return sql_words_take(&s->words, "SET");
}

/* The value, up to a comma outside of parentheses; quotes stay. */
static struct str read_value(struct sql_set *s)
{
    struct sql_word word;
    size_t from = SIZE_MAX;
    size_t to = 0;

    for (;;) {
        struct sql_words before = s->words;

        if (!sql_words_next(&s->words, &word))
            break;
        if (sql_word_sign(&word, ',') && word.depth == 0) {
            s->words = before;
            break;
        }
        if (sql_word_is(&word, "SELECT"))
            s->fault = "a SET reads from tables";
        if (from == SIZE_MAX)
            from = word.from;
        to = word.to;
    }
    return from == SIZE_MAX ? (struct str){"", 0} : str_sub(s->words.text, from, to);
}

static const char *const global_words[] = {"GLOBAL", "PERSIST", "PERSIST_ONLY", NULL};
static const char *const session_words[] = {"SESSION", "LOCAL", NULL};

/* "@@name", "@@session.name"; the variable's own name may be a word of its own when it stands in quotes. */
static bool system_variable(struct sql_set *s, struct str text, struct sql_assignment *out)
{
    struct str head = str_cut(text, '.', &out->name);
    struct sql_word word = {.kind = SQL_WORD_BARE, .text = head};

    out->scope = SQL_SET_SESSION;
    if (out->name.p == NULL) {
        out->name = head;
    } else if (sql_word_in(&word, global_words)) {
        out->scope = SQL_SET_GLOBAL;
    } else if (!sql_word_in(&word, session_words)) {
        s->fault = "a SET names a variable in a way that is not known"; /* of a key cache, which is global */
    }
    if (out->name.n == 0 && sql_words_next(&s->words, &word) && sql_word_is_name(&word))
        out->name = sql_word_bare(&word);
    return out->name.n > 0;
}

static struct str user_variable(struct str text)
{
    struct sql_word word = {.kind = SQL_WORD_NAME, .text = text};

    return text.n > 1 && (text.p[0] == '`' || text.p[0] == '\'' || text.p[0] == '"') ? sql_word_bare(&word) : text;
}

static bool read_name(struct sql_set *s, struct sql_assignment *out)
{
    struct sql_word word;

    if (!sql_words_next(&s->words, &word))
        return false;
    out->scope = s->scope;
    if (word.kind == SQL_WORD_VARIABLE) {
        if (word.text.n > 1 && word.text.p[1] == '@')
            return system_variable(s, str_sub(word.text, 2, word.text.n), out);
        out->scope = SQL_SET_USER;
        out->name = user_variable(str_sub(word.text, 1, word.text.n));
        return out->name.n > 0;
    }
    if (sql_word_in(&word, global_words) || sql_word_in(&word, session_words)) {
        s->scope = out->scope = sql_word_in(&word, global_words) ? SQL_SET_GLOBAL : SQL_SET_SESSION;
        if (!sql_words_next(&s->words, &word))
            return false;
    }
    out->name = sql_word_bare(&word);
    return sql_word_is_name(&word) && word.kind != SQL_WORD_DOUBLE;
}

bool sql_set_next(struct sql_set *s, struct sql_assignment *out)
{
    *out = (struct sql_assignment){.value = {"", 0}};
    sql_words_take_sign(&s->words, ',');
    if (sql_words_peek(&s->words).kind == SQL_WORD_END)
        return false;
    if (!read_name(s, out)) {
        s->fault = "a SET that is not known";
        return false;
    }
    if (sql_is_keyword(out->name, "CHARACTER") && sql_words_take(&s->words, "SET")) {
        out->name = STR("CHARSET");
    } else if (sql_is_keyword(out->name, "NAMES") || sql_is_keyword(out->name, "CHARSET")) {
        out->name = sql_is_keyword(out->name, "NAMES") ? STR("NAMES") : STR("CHARSET");
    } else {
        if (sql_words_take_sign(&s->words, ':') && sql_words_peek(&s->words).kind == SQL_WORD_END)
            s->fault = "a SET that is not known";
        if (!sql_words_take_sign(&s->words, '=')) {
            s->fault = "a SET that is not known";
            return false;
        }
    }
    out->value = read_value(s);
    return true;
}

static struct str without_quotes(struct str value)
{
    struct sql_words w;
    struct sql_word word;

    sql_words_begin(&w, value, SQL_SERVER_ANY, false);
    if (!sql_words_next(&w, &word))
        return (struct str){"", 0};
    return sql_word_bare(&word);
}

bool sql_set_variable(struct str text, const char *name, struct str *value)
{
    struct sql_set s;
    struct sql_assignment a;
    bool found = false;

    if (!sql_set_begin(&s, text, SQL_SERVER_ANY, false))
        return false;
    while (sql_set_next(&s, &a))
        if (a.scope != SQL_SET_USER && sql_is_keyword(a.name, name)) {
            *value = a.value;
            found = true;
        }
    return found;
}

bool sql_set_charset(struct str text, struct str *charset)
{
    static const char *const names[] = {"NAMES", "CHARSET", "CHARACTER_SET_CLIENT"};
    struct str value;

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (sql_set_variable(text, names[i], &value)) {
            *charset = without_quotes(value);
            return true;
        }
    return false;
}
