#include "format/schema_parts.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool schema_same_name(const char *a, const char *b)
{
    return strcasecmp(a, b) == 0;
}

void schema_table_free(struct schema_table *t)
{
    for (size_t k = 0; k < t->keys.n; k++)
        free(t->keys.v[k].parts.v);
    free(t->keys.v);
    free(t->columns.v);
    memset(t, 0, sizeof *t);
}

void schema_free(struct schema *s)
{
    for (size_t i = 0; i < s->tables.n; i++)
        schema_table_free(&s->tables.v[i]);
    free(s->tables.v);
    free(s->foreign.v);
    arena_free(&s->mem);
    memset(s, 0, sizeof *s);
}

const struct schema_table *schema_find(const struct schema *s, const char *table)
{
    for (size_t i = 0; i < s->tables.n; i++)
        if (strcmp(s->tables.v[i].name, table) == 0)
            return &s->tables.v[i];
    return NULL;
}

const struct schema_column *schema_column(const struct schema_table *t, const char *column)
{
    for (size_t i = 0; i < t->columns.n; i++)
        if (schema_same_name(t->columns.v[i].name, column))
            return &t->columns.v[i];
    return NULL;
}

bool schema_has(const struct schema *s, const char *table, const char *column)
{
    const struct schema_table *t = schema_find(s, table);

    return t != NULL && (column == NULL || schema_column(t, column) != NULL);
}
