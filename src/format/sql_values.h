/* The values of one row of a dump, and the columns that the head of an INSERT names. */
#ifndef FORMAT_SQL_VALUES_H
#define FORMAT_SQL_VALUES_H

#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"

#include <stdbool.h>

struct sql_value {
    struct str text;   /* as written, without blanks around it */
    struct str quoted; /* what stands between its quotes, escapes and all; p is NULL when it is no text in quotes */
};

/* The next value of a row "(…)" in which backslashes escape; *at is 0 at first. False behind the last. */
bool sql_value_next(struct str row, size_t *at, struct sql_value *out);

/* The next column of a list "(`a`, b)", without quotes; *rest is what stands behind the table's name at first. False behind the last, and where no
 * list stands. */
bool sql_column_next(struct str *rest, struct buf *name);
/* All of them, in the arena; how many is given. */
size_t sql_columns(struct str list, struct arena *a, const char ***out);

/* What the server makes of a backslash and this letter. */
char sql_unescaped(char c);
/* What stands between quotes of this kind, without doubled quotes and, but for names in backquotes, without escapes; in the arena. */
char *sql_unquoted(struct str inside, char quote, struct arena *a);

#endif
