/*
 * The smallest change that makes tables what they have to be. What is there besides – columns, keys, tables of extensions – stays: nothing is ever
 * dropped but a key that comes back under its own name, and the place of columns stays. Two things of the target are not followed: a table of InnoDB
 * never becomes one of MyISAM, and text of a larger character set never goes into a smaller one.
 */
#ifndef FORMAT_SCHEMA_DIFF_H
#define FORMAT_SCHEMA_DIFF_H

#include "format/schema.h"

/* A column that keeps its type whatever the target says: what stands in it needs the room. */
struct schema_kept {
    const char *table, *column;
};

struct schema_rules {
    bool engine;          /* the engine has to be the wanted one */
    bool charset;         /* the table's default character set and collation too */
    bool columns_charset; /* and that of its columns of text */
    bool plain_keys;      /* a key that is to be unique may be a plain one over the same columns */
    const struct schema_kept *kept;
    size_t n_kept;
};

/* A column that gets shorter, or of a kind that may not hold all that stands in it: to be looked at before the statement is sent. */
struct schema_narrow {
    const char *column;
    const char *sql;      /* a query that gives one number: rows whose value would not be the same afterwards */
    const char *change;   /* in words */
    bool may_stay;        /* the same kind with more room: where rows need that, the column can be kept */
};

/* What has to be true of the rows for a statement to be carried out, or what it does to them. */
struct schema_check {
    const char *what; /* the key with its columns, or the column */
    const char *sql;  /* a query that gives one number: how many stand against it */
    bool primary;
};

/* One table. Statements are complete, with the prefix, and are to be carried out in order. */
struct schema_step {
    const char *table;
    bool create;      /* the table is not there */
    VEC(const char *) statements;
    VEC(const char *) changes;        /* the statements in words, for people: "add column api_id", "primary key (cart_id)" */
    VEC(struct schema_narrow) narrows;
    VEC(struct schema_check) doubles; /* unique keys that come: values that are there more than once, which the server would refuse */
    VEC(struct schema_check) nulls;   /* columns that get NOT NULL: rows without a value, which the statement gives an empty one */
    size_t added;         /* columns that come */
    bool slight;          /* nothing but defaults and display widths of columns, which no code minds */
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
