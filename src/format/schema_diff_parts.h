/* What the files of schema_diff share; private to them. */
#ifndef FORMAT_SCHEMA_DIFF_PARTS_H
#define FORMAT_SCHEMA_DIFF_PARTS_H

#include "format/schema_diff.h"
#include "format/schema_parts.h"

struct schema_pair {
    const struct schema *schema; /* that have is of */
    const struct schema_table *have, *want;
    const struct schema_rules *rules;
    const char *name;            /* with the prefix */
    const char *charset, *collate; /* the table's default once it is changed; NULL: not known */
    struct arena *a;
    struct schema_step *step;
    struct buf clauses;
};

/* The clauses of ALTER TABLE, with a comma behind those that are there. */
struct buf *schema_clause(struct schema_pair *p);
void schema_change(struct schema_pair *p, const char *words);
/* The buffer's text, in the arena; the buffer is freed. */
const char *schema_taken(struct arena *a, struct buf *b);
const char *schema_quoted(struct arena *a, const char *name);

/* schema_diff_keys.c: all keys of the target; rename: the column of the primary key only got its name. */
void schema_compare_keys(struct schema_pair *p, bool rename);

#endif
