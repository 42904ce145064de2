/*
 * Where a statement or a row ends: strings, names in quotes, comments and parentheses are followed and nothing else is
 * understood. The state outlives the buffer, so that no byte is looked at twice however small the pieces of a dump are.
 */
#ifndef FORMAT_SQL_LEX_H
#define FORMAT_SQL_LEX_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

/* The command line client takes no longer one. */
#define SQL_DELIMITER_MAX 15

struct sql_lex {
    /* how to read */
    char delimiter[SQL_DELIMITER_MAX + 1];
    size_t delimiter_n;
    bool no_escapes;  /* sql_mode has NO_BACKSLASH_ESCAPES */
    bool ansi_quotes; /* sql_mode has ANSI_QUOTES: "…" is a name, in which a backslash is a backslash */
    /* the state inside of a statement or row */
    char quote;          /* the one that is open, or 0 */
    bool line_comment;
    bool block_comment;
    unsigned executable; /* executable comments that are open; what is in them is code */
    unsigned depth;      /* of parentheses */
    bool plain;          /* no inner parenthesis, name in backquotes or comment was seen */
};

enum sql_lex_stop {
    SQL_LEX_MORE,      /* the text ended; *at is where to go on with more of it */
    SQL_LEX_DELIMITER, /* *at is on the delimiter */
    SQL_LEX_CLOSED,    /* *at is behind the parenthesis that closed the outermost one */
    SQL_LEX_WORD       /* *at is on a word that begins with the letter V */
};

void sql_lex_begin(struct sql_lex *x);

/* A statement, from *at on; words with V, outside of all parentheses and executable comments, only when asked for. */
enum sql_lex_stop sql_lex_statement(struct sql_lex *x, const char *p, size_t *at, size_t n, bool eof, bool words);
/* A row; begins in front of its parenthesis. SQL_LEX_DELIMITER is a fault of the dump there. */
enum sql_lex_stop sql_lex_row(struct sql_lex *x, const char *p, size_t *at, size_t n, bool eof);

/* 1: the delimiter stands at p, 0: it does not, -1: that can't be said before there is more. */
int sql_lex_delimiter(const struct sql_lex *x, const char *p, size_t n, bool eof);

/* What of comments may begin at p, outside of strings. */
enum sql_comment { SQL_COMMENT_NONE, SQL_COMMENT_LINE, SQL_COMMENT_BLOCK, SQL_COMMENT_EXECUTABLE, SQL_COMMENT_MORE };
enum sql_comment sql_lex_comment(const char *p, size_t n, bool eof);

#endif
