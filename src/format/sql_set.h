/* The assignments of a SET statement, one after the other. */
#ifndef FORMAT_SQL_SET_H
#define FORMAT_SQL_SET_H

#include "format/sql_words.h"

enum sql_set_scope { SQL_SET_SESSION, SQL_SET_GLOBAL, SQL_SET_USER };

struct sql_assignment {
    enum sql_set_scope scope; /* GLOBAL stands for PERSIST and PERSIST_ONLY as well */
    struct str name;          /* without @, scope and quotes; "NAMES" for SET NAMES, "CHARSET" for SET CHARACTER SET */
    struct str value;         /* as written */
};

struct sql_set {
    struct sql_words words;
    enum sql_set_scope scope; /* a scope that was named holds for those behind it, too */
    const char *fault;        /* what no such list should hold, or NULL */
};

/* False: the statement is no SET of variables. */
bool sql_set_begin(struct sql_set *s, struct str statement, unsigned server, bool mariadb);
bool sql_set_next(struct sql_set *s, struct sql_assignment *out);

#endif
