#include "format/sql_statement.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void keep_name(void *arg, const struct sql_name *name, struct buf *out)
{
    const struct str *text = arg;

    if (name->from >= name->to || name->to > text->n)
        abort();
    buf_addstr(out, str_sub(*text, name->from, name->to));
}

static void new_name(void *arg, const struct sql_name *name, struct buf *out)
{
    (void)arg;
    buf_adds(out, "`new_");
    buf_addstr(out, name->name);
    buf_addc(out, '`');
}

static void rewrite(struct str text, const struct sql_statement *st)
{
    struct sql_rewrite nothing = {.rename = NULL};
    struct sql_rewrite same = {.rename = keep_name, .arg = &text};
    struct sql_rewrite all = {.rename = new_name, .definer = SQL_DEFINER_CURRENT_USER};
    struct buf out = {0};

    sql_statement_rewrite(text, st, &nothing, &out);
    if (!str_eq(buf_str(&out), text))
        abort();
    buf_reset(&out);
    /* a view's columns lose the database that was in front of them */
    sql_statement_rewrite(text, st, &same, &out);
    if (st->kind != SQL_CREATE_VIEW && !str_eq(buf_str(&out), text))
        abort();
    buf_reset(&out);
    sql_statement_rewrite(text, st, &all, &out);
    buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    static const unsigned servers[] = {0, 50651, 80036, 90100, 101106};
    struct sql_table_shape shape;
    struct buf create = {0};
    struct buf keys = {0};
    struct str value;

    for (size_t i = 0; i < 2 * sizeof servers / sizeof servers[0]; i++) {
        struct sql_statement st;

        sql_statement_read(text, servers[i / 2], i % 2 == 1, &st);
        if ((st.kind == SQL_REFUSED) != (st.why != NULL))
            abort();
        if (st.kind != SQL_REFUSED)
            rewrite(text, &st);
        sql_values_refused(text, servers[i / 2], i % 2 == 1);
    }
    sql_set_charset(text, &value);
    sql_table_shape(text, &shape);
    if (sql_table_part_keys(text, &create, &keys) && keys.n == 0 && !str_eq(buf_str(&create), text))
        abort();
    buf_free(&create);
    buf_free(&keys);
    return 0;
}
