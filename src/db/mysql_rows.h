/* Results that are small: one column as a list, and cells by the names of their columns. */
#ifndef DB_MYSQL_ROWS_H
#define DB_MYSQL_ROWS_H

#include "base/mem.h"
#include "db/mysql.h"

struct mysql_list {
    const char **v; /* in the arena, like the texts */
    size_t n;
};

/* The first column of all rows, in order; without those that are NULL. -1 with *out empty. */
int mysql_rows_list(struct mysql *m, struct str sql, struct arena *a, struct mysql_list *out, struct err *e);

/* The cell of the present row under that name; NULL when the result has no such column, as in another version of a shop. */
const struct mysql_cell *mysql_rows_cell(const struct mysql *m, const struct mysql_cell *row, const char *column);

/* Its text; p is NULL when there is no such column or the cell is NULL. */
struct str mysql_rows_text(const struct mysql *m, const struct mysql_cell *row, const char *column);

#endif
