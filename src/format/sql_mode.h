/*
 * How a dump's own SET statements change the way its strings are to be read: mysqldump sets the sql_mode in which a
 * trigger was made, keeps the one before it in a variable, and takes it back.
 */
#ifndef FORMAT_SQL_MODE_H
#define FORMAT_SQL_MODE_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

/* mysqldump uses two variables for it. */
#define SQL_MODE_KEPT_MAX 8

struct sql_mode {
    bool no_escapes;
    bool ansi_quotes;
    struct {
        char name[64];
        bool no_escapes;
        bool ansi_quotes;
    } kept[SQL_MODE_KEPT_MAX];
    size_t n_kept;
};

/* Does what the statement, if it is a SET, does to the mode. */
void sql_mode_follow(struct sql_mode *m, struct str statement);

#endif
