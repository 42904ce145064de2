/*
 * Reading a dump of a MySQL or MariaDB database as a stream, statement by statement and, inside an INSERT,
 * row by row: no more than one row or one statement other than INSERT is ever held in memory.
 *
 * Understood are all writers met in the field: mysqldump and mariadb-dump of every age (executable comments of
 * both kinds, DELIMITER, the sandbox line), CS-Cart's own writer and its mysqldump call, PrestaShop's module,
 * OpenCart's admin page, Danpu, phpMyAdmin, and the toolkit's own. Names with and without quotes, strings with
 * backslash escapes or, after a sql_mode that has NO_BACKSLASH_ESCAPES, without; hexadecimal and bit literals;
 * comments of all three kinds; LF, CRLF; a byte order mark; NUL bytes inside strings.
 */
#ifndef FORMAT_SQL_DUMP_H
#define FORMAT_SQL_DUMP_H

#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

/* A row can't be larger than the largest packet any server takes; other statements are far smaller. */
#define SQL_ROW_MAX       (UINT64_C(1) << 30)
#define SQL_STATEMENT_MAX (UINT64_C(64) << 20)

enum sql_item_kind {
    SQL_MORE,       /* nothing whole is left: feed more, or the end was reached */
    SQL_STATEMENT,  /* a whole statement, without its delimiter; executable comments stand in it as written */
    SQL_INSERT,     /* the head of an INSERT or REPLACE with VALUES: text up to and with that word */
    SQL_ROW,        /* one row of it, "(…)" */
    SQL_INSERT_END, /* it ended; text is what stood behind the last row, mostly nothing (ON DUPLICATE KEY UPDATE …) */
    SQL_COMMENT,    /* a plain comment outside statements, as written */
    SQL_CLIENT      /* a command for the command line client (source, system, \!, use without a delimiter…) */
};

struct sql_item {
    enum sql_item_kind kind;
    struct str text;
    uint64_t line;   /* where it begins, from 1, in this dump */
    uint64_t offset; /* bytes in front of it */
    bool plain;      /* of a row: literals and bare words alone, so that there is nothing that could call or read
                        anything; what is not plain is for sql_values_refused to judge */
};

struct sql_dump;

struct sql_dump *sql_dump_new(void);
void sql_dump_free(struct sql_dump *d);

/* More bytes of the dump; they are copied. Call it when sql_dump_next has said SQL_MORE. */
void sql_dump_feed(struct sql_dump *d, struct str bytes);
/* No bytes will follow. */
void sql_dump_eof(struct sql_dump *d);

/*
 * The next item; its text is valid until the next call of any of these functions. 0, or -1 with ERR_FORMAT: what,
 * line and byte. After the end of the input a dump that stops inside a string, a comment, a row or a statement
 * is an error "cut short", with the place where the cut piece began; one statement without a delimiter at the very end is
 * given like any other, and sql_dump_open_end is true then.
 */
int sql_dump_next(struct sql_dump *d, struct sql_item *item, struct err *e);

/* The last statement lacked its delimiter: for most writers the sign of a cut dump. */
bool sql_dump_open_end(const struct sql_dump *d);

/* The last byte fed was a line feed. */
bool sql_dump_ends_line(const struct sql_dump *d);
/* So many line feeds stand at the end, returns between them not counted. */
uint64_t sql_dump_line_ends(const struct sql_dump *d);

/* Bytes and lines consumed so far. */
uint64_t sql_dump_offset(const struct sql_dump *d);
uint64_t sql_dump_line(const struct sql_dump *d);

#endif
