#include "format/schema_diff.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever stands in names and types, what is made of it is one statement: quotes are closed, and nothing stands behind the last parenthesis but options. */
static void create(const struct schema *s)
{
    const struct schema_rules rules = {.engine = true};
    struct schema nothing = {.foreign = {NULL, 0, 0}};
    struct schema again = {.foreign = {NULL, 0, 0}};
    struct schema_diff d = {.mem = {NULL}};
    struct err e = {0};

    schema_diff(&nothing, s, &rules, "oc_", &d);
    if (d.steps.n != s->tables.n)
        abort();
    for (size_t i = 0; i < d.steps.n; i++) {
        if (strchr(s->tables.v[i].name, '\\') != NULL || strchr(s->tables.v[i].name, '`') != NULL)
            continue;
        if (schema_read_sql(str_of(d.steps.v[i].statements.v[0]), "oc_", &again, &e) == 0 &&
            (again.tables.n != 1 || again.tables.v[0].columns.n != s->tables.v[i].columns.n))
            abort();
        schema_free(&again);
        err_clear(&e);
    }
    schema_diff_free(&d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    struct schema s = {.foreign = {NULL, 0, 0}};
    struct err e = {0};
    int rc = schema_read_php(text, &s, &e);

    if ((rc == -1) != (e.kind == ERR_FORMAT) || (rc == 0) != (s.tables.n > 0))
        abort();
    create(&s);
    schema_free(&s);
    return 0;
}
