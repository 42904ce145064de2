#include "db/mysql_rows.h"

#include <stdlib.h>
#include <string.h>

int mysql_rows_list(struct mysql *m, struct str sql, struct arena *a, struct mysql_list *out, struct err *e)
{
    VEC(const char *) list = {0};
    const struct mysql_cell *row;
    int rc = mysql_query(m, sql, e);

    *out = (struct mysql_list){0};
    while (rc >= 0 && (rc = mysql_row(m, &row, e)) == 1)
        if (!row[0].is_null)
            *vec_push(&list) = arena_dup(a, row[0].s.p, row[0].s.n);
    if (rc == 0 && list.n > 0) {
        out->v = arena_array(a, list.n, sizeof *out->v);
        out->n = list.n;
        memcpy(out->v, list.v, list.n * sizeof *list.v);
    }
    free(list.v);
    return rc;
}

const struct mysql_cell *mysql_rows_cell(const struct mysql *m, const struct mysql_cell *row, const char *column)
{
    for (size_t i = 0; i < mysql_columns(m); i++)
        if (str_is(mysql_column_name(m, i), column))
            return &row[i];
    return NULL;
}

struct str mysql_rows_text(const struct mysql *m, const struct mysql_cell *row, const char *column)
{
    const struct mysql_cell *cell = mysql_rows_cell(m, row, column);

    return cell && !cell->is_null ? cell->s : (struct str){NULL, 0};
}
