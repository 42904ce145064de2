#include "format/sql_names.h"

bool sql_names_take(struct sql_words *w, struct sql_name *out)
{
    struct sql_words before = *w;
    struct sql_word word;

    *out = (struct sql_name){.db = {"", 0}, .name = {"", 0}};
    if (!sql_words_next(w, &word) || !sql_word_is_name(&word)) {
        *w = before;
        return false;
    }
    out->name = sql_word_bare(&word);
    out->from = word.from;
    out->to = word.to;
    if (sql_words_take_sign(w, '.')) {
        out->db = out->name;
        if (!sql_words_next(w, &word) || !sql_word_is_name(&word)) {
            *w = before;
            return false;
        }
        out->name = sql_word_bare(&word);
        out->to = word.to;
    }
    /* with ANSI_QUOTES a backslash is none of an escape, in a string it would be one */
    if (str_chr(str_sub(w->text, out->from, out->to), '\\', 0) != SIZE_MAX && w->fault == NULL)
        w->fault = "a backslash stands in a name";
    return out->name.n > 0;
}

void sql_names_skip_if(struct sql_words *w)
{
    if (sql_words_take(w, "IF")) {
        sql_words_take(w, "NOT");
        sql_words_take(w, "EXISTS");
    }
}

/* An account: user, perhaps @host; CURRENT_USER, perhaps with parentheses; a role. */
static void account(struct sql_words *w, struct sql_create_head *out)
{
    struct sql_word word;

    if (!sql_words_next(w, &word))
        return;
    out->definer_from = word.from;
    out->definer_to = word.to;
    word = sql_words_peek(w);
    if (word.kind == SQL_WORD_VARIABLE) {
        sql_words_next(w, &word);
        out->definer_to = word.to;
    } else if (sql_word_sign(&word, '(') && sql_words_take_group(w)) {
        out->definer_to = w->at;
    }
}

void sql_names_create_head(struct sql_words *w, struct sql_create_head *out)
{
    struct sql_word ignored;

    *out = (struct sql_create_head){.temporary = false};
    for (;;) {
        if (sql_words_take(w, "OR")) {
            sql_words_take(w, "REPLACE");
        } else if (sql_words_take(w, "ALGORITHM")) {
            sql_words_take_sign(w, '=');
            sql_words_next(w, &ignored);
        } else if (sql_words_take(w, "DEFINER")) {
            sql_words_take_sign(w, '=');
            account(w, out);
        } else if (sql_words_take(w, "SQL")) {
            sql_words_take(w, "SECURITY");
            sql_words_next(w, &ignored);
        } else if (sql_words_take(w, "TEMPORARY")) {
            out->temporary = true;
        } else if (sql_words_take(w, "UNIQUE") || sql_words_take(w, "FULLTEXT") || sql_words_take(w, "SPATIAL")) {
            out->index = true;
        } else if (sql_words_take(w, "AGGREGATE")) {
            out->aggregate = true;
        } else if (!sql_words_take(w, "ONLINE") && !sql_words_take(w, "OFFLINE")) {
            return;
        }
    }
}
