/*
 * Accounts of a shop's back office, and another password for one of them: the part that is the same for every shop. What the row held before
 * is noted in the journal in front of the first change, so that it can be put back.
 */
#ifndef PLATFORM_ADMIN_H
#define PLATFORM_ADMIN_H

#include "platform/platform.h"

/* Texts live in the list's memory; NULL: not known, or the shop has none. */
struct admin {
    const char *id;         /* of its row */
    const char *login;      /* what is typed to log in */
    const char *name;
    const char *email;
    const char *group;
    const char *last_login; /* "2020-01-31 01:02:03" as the shop has it */
    const char *locked;     /* why it can't log in, although it is active */
    bool root;              /* has every right */
    bool active;
};

struct admin_list {
    struct arena mem;
    VEC(struct admin) all;
};

struct admin_cell {
    const char *column;
    const char *value; /* NULL is NULL */
};

/* What makes a password the account's. All in mem: the values are what the shop keeps of a password, never itself. */
struct admin_change {
    struct arena mem;
    const char *table; /* with the prefix */
    const char *key;   /* the column that has the account's id */
    VEC(struct admin_cell) cells;
    const char *scheme; /* "bcrypt": in plain words how the password is kept */
    const char *reset;  /* a statement that lets the shop forget failed log-ins; NULL: none is needed. It is not taken back. */
};

void admin_list_free(struct admin_list *l);
void admin_change_free(struct admin_change *c);
void admin_cell(struct admin_change *c, const char *column, const char *value);

/* By login or e-mail address, in any case. ERR_ABSENT names those that are near; ERR_REFUSED when several have that address. */
const struct admin *admin_find(const struct admin_list *l, const char *login, struct err *e);

/* One account of the query's present row; texts into mem. */
typedef struct admin admin_read_fn(struct mysql *db, const struct mysql_cell *row, struct arena *mem);

/*
 * Fills a list from a table, named without its prefix; rest is what follows its name in the query. Rows without an id or a login are left out.
 * On -1 the list may hold some, too.
 */
int admin_rows(struct store *s, const char *table, const char *rest, admin_read_fn *read, struct admin_list *out, struct err *e);

/* Whether a table, named with its prefix, has that column, and how many characters it holds (0 for numbers). */
int admin_column(struct store *s, const char *table, const char *column, bool *there, uint64_t *width, struct err *e);

/* The text of one cell of another table, such as the name of a group, into mem; NULL when it can't be had. */
const char *admin_lookup(struct store *s, const char *table, const char *column, const char *key, const char *value, struct arena *mem);

/* "First Last" of what is not NULL. */
const char *admin_name(const char *first, const char *last, struct arena *mem);

/* "2020-01-31 01:02:03" in the server's time from digits of seconds since 1970; NULL for none and 0. */
const char *admin_time(struct str seconds, struct arena *mem);

/* Texts of cells into mem; NULL when the result has no such column, or it is NULL or empty. */
const char *admin_text(struct mysql *db, const struct mysql_cell *row, const char *column, struct arena *mem);

/* Notes what the row holds, writes the cells in one statement, and reads them back. In a dry run says what would be done. */
int admin_set(struct store *s, const struct admin *who, const struct admin_change *c, struct work *w, struct err *e);

/* Puts back what admin_set has noted. ERR_ABSENT when nothing is noted. */
int admin_back(struct store *s, const struct admin *who, struct work *w, struct err *e);

#endif
