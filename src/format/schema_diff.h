/* The smallest change that makes a table what it has to be. What is there besides (columns, keys, tables of extensions) stays. */
#ifndef FORMAT_SCHEMA_DIFF_H
#define FORMAT_SCHEMA_DIFF_H

#include "format/schema.h"

struct schema_rules {
    bool engine;          /* the engine has to be the wanted one */
    bool charset;         /* the table's default character set and collation too */
    bool columns_charset; /* and that of its columns of text */
};

/* One table. Statements are complete but for the name, which is the prefix + table's, and are to be carried out in order. */
struct schema_step {
    const char *table;
    bool create;      /* the table is not there */
    VEC(const char *) statements;
    VEC(const char *) changes; /* the same in words, for people: "add column api_id", "primary key (cart_id)" */
    bool narrows;     /* a column gets shorter or of a kind that may lose values: to be checked before */
};

struct schema_diff {
    struct arena mem;
    VEC(struct schema_step) steps; /* only tables that need one, in the order of want */
};

/* A zeroed struct is empty; schema_diff_free gives all back. */
void schema_diff(const struct schema *have, const struct schema *want, const struct schema_rules *rules, const char *prefix,
                 struct schema_diff *out);
void schema_diff_free(struct schema_diff *d);

#endif
