#include "format/schema_diff.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was read differs in nothing from itself, and against nothing it is created whole. */
static void compare(const struct schema *s)
{
    const struct schema_rules rules = {.engine = true, .charset = true, .columns_charset = true};
    struct schema nothing = {.foreign = {NULL, 0, 0}};
    struct schema_diff d = {.mem = {NULL}};

    schema_diff(s, s, &rules, "oc_", &d);
    if (d.steps.n != 0)
        abort();
    schema_diff_free(&d);
    schema_diff(&nothing, s, &rules, "oc_", &d);
    if (d.steps.n != s->tables.n)
        abort();
    schema_diff_free(&d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    struct schema s = {.foreign = {NULL, 0, 0}};
    struct err e = {0};
    int rc = schema_read_sql(text, "oc_", &s, &e);

    if ((rc == -1) != (e.kind == ERR_FORMAT) || (rc == 0) != (s.tables.n > 0))
        abort();
    compare(&s);
    schema_free(&s);
    return 0;
}
