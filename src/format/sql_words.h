/*
 * The words of one statement, as the server that is to execute it would see them: comments are left out, executable
 * comments count as what is in them where that server executes them.
 */
#ifndef FORMAT_SQL_WORDS_H
#define FORMAT_SQL_WORDS_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

/* As the version of a server: every executable comment is executed. */
#define SQL_SERVER_ANY 0u

enum sql_word_kind {
    SQL_WORD_END,
    SQL_WORD_BARE,     /* a keyword, a name without quotes, a number */
    SQL_WORD_NAME,     /* in backquotes */
    SQL_WORD_DOUBLE,   /* in double quotes: a string, or with ANSI_QUOTES a name */
    SQL_WORD_STRING,   /* in single quotes */
    SQL_WORD_VARIABLE, /* "@name", "@@name" up to the first dot outside of quotes */
    SQL_WORD_SIGN      /* any other byte */
};

struct sql_word {
    enum sql_word_kind kind;
    struct str text; /* with its quotes */
    size_t from, to; /* its place in the statement */
    unsigned depth;  /* how many parentheses are open around it; those themselves count as outside */
    bool executable; /* stands in an executable comment */
};

struct sql_words {
    struct str text;
    size_t at;
    unsigned server;
    bool mariadb;
    bool executable;   /* an executable comment is open */
    unsigned depth;
    const char *fault; /* what no writer of dumps does and servers read each in its own way, or NULL */
};

void sql_words_begin(struct sql_words *w, struct str text, unsigned server, bool mariadb);
/* The next word; false at the end, with SQL_WORD_END in *out. */
bool sql_words_next(struct sql_words *w, struct sql_word *out);
/* The word behind the present place; that stays. */
struct sql_word sql_words_peek(const struct sql_words *w);

/* Whether it is that keyword, which is given in capitals. */
bool sql_word_is(const struct sql_word *word, const char *keyword);
/* Whether it is one of them; the list ends with NULL. */
bool sql_word_in(const struct sql_word *word, const char *const *keywords);
bool sql_word_sign(const struct sql_word *word, char c);
/* Whether it can be a name: bare or in backquotes or double quotes. */
bool sql_word_is_name(const struct sql_word *word);
/* Without its quotes; doubled ones stay doubled. */
struct str sql_word_bare(const struct sql_word *word);
/* If the next word is that keyword, it is taken. */
bool sql_words_take(struct sql_words *w, const char *keyword);
bool sql_words_take_sign(struct sql_words *w, char c);
/* If the next word is a parenthesis, all is taken up to the one that closes it. */
bool sql_words_take_group(struct sql_words *w);

/* ASCII letters compared without their case; keyword in capitals. */
bool sql_is_keyword(struct str s, const char *keyword);

#endif
