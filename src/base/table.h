/* Text in columns: wrapped paragraphs and tables. All text given here is escaped for the terminal. */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include "base/buf.h"
#include "base/mem.h"
#include "base/term.h"

/*
 * Adds text broken at blanks to at most `columns` (0: only at its own line ends). The output is taken
 * to stand at column `first`; further lines are indented by `indent`. A word longer than a line is not
 * broken, so that paths and commands can be copied. Ends with a line end.
 *
 * A blank at which nothing is to be broken is TABLE_GLUE; it comes out as a blank.
 */
#define TABLE_GLUE "\xc2\xa0"
void table_wrap(struct buf *out, struct str text, unsigned columns, unsigned first, unsigned indent);

/* More columns than any list of ours has. */
#define TABLE_COLUMNS_MAX 12

struct table_cell {
    struct str text; /* escaped */
    size_t width;
    enum term_style style;
};

/* Zeroed, then table_begin. The last column wraps, the others are as wide as their widest cell. */
struct table {
    unsigned columns;
    bool heads;
    bool right[TABLE_COLUMNS_MAX];
    unsigned indent; /* blanks before each line; set by the caller where wanted */
    VEC(struct table_cell) cells;
    struct arena arena;
};

/* heads: one text a column, or NULL for none. */
void table_begin(struct table *t, unsigned columns, const char *const *heads);

/* Numbers stand at the right. */
void table_right(struct table *t, unsigned column);

/* The next cell, left to right, row by row. */
void table_cell(struct table *t, enum term_style style, struct str text);
void table_cstr(struct table *t, enum term_style style, const char *text); /* NULL gives an empty cell */

/* Missing cells of the last row are empty. Adds nothing when there is no row. */
void table_print(const struct table *t, const struct term *term, struct buf *out);

void table_free(struct table *t);

#endif
