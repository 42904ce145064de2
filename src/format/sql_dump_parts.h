/* What the files of sql_dump share; nobody else includes it. */
#ifndef FORMAT_SQL_DUMP_PARTS_H
#define FORMAT_SQL_DUMP_PARTS_H

#include "base/buf.h"
#include "format/sql_dump.h"
#include "format/sql_lex.h"
#include "format/sql_mode.h"

enum place { BETWEEN, STATEMENT, FIRST_ROW, ROW, BEHIND_ROW, TAIL };

struct sql_dump {
    struct buf buf;
    size_t start;    /* of the piece that is being read */
    size_t at;       /* how far it was read */
    enum place place;
    bool insert;     /* the statement may be an INSERT with rows */
    unsigned heads;  /* words that were looked at as the end of its head */
    struct buf head; /* of the last INSERT: writers of one row a statement repeat it, and it is not read again then */
    struct sql_lex lex;
    struct sql_mode mode;
    bool eof;
    bool open_end;
    bool begun;      /* behind the byte order mark */
    char last;       /* the last byte fed */
    uint64_t line_ends; /* line feeds at the end of what was fed */
    uint64_t dropped; /* bytes in front of the buffer */
    size_t counted;  /* the lines of [0, counted) of the buffer are in `lines` */
    uint64_t lines;
    struct err failed; /* a dump that was found bad stays so */
};

/* What a piece of work led to. */
enum found { FOUND_NOTHING, FOUND_ITEM, FOUND_FAULT, FOUND_AGAIN };

/* The dump is bad: what, at a place in the buffer; or it ended inside of the piece that begins at start. */
enum found sql_dump_fault(struct sql_dump *d, size_t at, const char *what);
enum found sql_dump_cut_short(struct sql_dump *d, const char *inside);
enum found sql_dump_too_large(struct sql_dump *d, bool row);

/* Gives [start, to) of the buffer as an item, and goes on at next. */
enum found sql_dump_give(struct sql_dump *d, struct sql_item *item, enum sql_item_kind kind, size_t to, size_t next);

/* In front of the blanks that stand before to. */
size_t sql_dump_trimmed(const struct sql_dump *d, size_t to);
void sql_dump_skip_blanks(struct sql_dump *d);

/* A comment that begins at start, as an item. */
enum found sql_dump_line_comment(struct sql_dump *d, struct sql_item *item);
enum found sql_dump_block_comment(struct sql_dump *d, struct sql_item *item);

/* Words for what is open in a statement that is cut, or the given ones. */
const char *sql_dump_inside_of(const struct sql_dump *d, const char *otherwise);
/* Whether a string is read in another way without escapes; judging a statement reads all with them. */
bool sql_dump_escapes_matter(const struct sql_dump *d, struct str text);

/* One for each place that has to do with rows. */
enum found sql_dump_first_row(struct sql_dump *d);
enum found sql_dump_row(struct sql_dump *d, struct sql_item *item);
enum found sql_dump_behind_row(struct sql_dump *d, struct sql_item *item);
enum found sql_dump_tail(struct sql_dump *d, struct sql_item *item);

#endif
