/*
 * The smallest change that makes tables what they have to be. What is there besides – columns, keys, tables of extensions – stays: nothing is ever
 * dropped but a key that comes back under its own name, and the place of columns stays. Two things of the target are not followed: a table of InnoDB
 * never becomes one of MyISAM, and text of a larger character set never goes into a smaller one.
 */
#ifndef FORMAT_SCHEMA_DIFF_H
#define FORMAT_SCHEMA_DIFF_H

#include "format/schema.h"

struct schema_rules {
    bool engine;          /* the engine has to be the wanted one */
    bool charset;         /* the table's default character set and collation too */
    bool columns_charset; /* and that of its columns of text */
};

/* A column that gets shorter, or of a kind that may not hold all that stands in it. */
struct schema_narrow {
    const char *column;
    const char *statement; /* carried out on its own, in front of the others */
    const char *loses;     /* SQL: true for a row whose value would not be the same afterwards */
    const char *change;    /* in words */
    bool may_stay;         /* the same kind with more room: where a value needs that, the column can stay as it is */
};

/* What has to be true of the rows for a statement to be carried out, or what it does to them. */
struct schema_check {
    const char *what; /* the key's name, or the column */
    const char *sql;  /* a query that gives one number: how many rows stand against it */
};

/* One table. Statements are complete, with the prefix, and are to be carried out in order: narrows, then statements. */
struct schema_step {
    const char *table;
    bool create;      /* the table is not there */
    VEC(struct schema_narrow) narrows;
    VEC(const char *) statements;
    VEC(const char *) changes;        /* the statements in words, for people: "add column api_id", "primary key (cart_id)" */
    VEC(struct schema_check) doubles; /* unique keys that come: values that are there more than once, which the server would refuse */
    VEC(struct schema_check) nulls;   /* columns that get NOT NULL: rows without a value, which the statement gives an empty one */
    bool torn;            /* it lacks its primary key or its AUTO_INCREMENT: what an interrupted change of tables leaves */
    const char *blocked;  /* why it can't be carried out: a foreign key stands on a key that has to change; or NULL */
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
