/*
 * The fatal error in what a PHP process printed: the lines of PHP 5.3 to 8.4 on stderr
 * ("PHP Fatal error:  ..."), on stdout ("Fatal error: ...") and with html_errors
 * ("<b>Fatal error</b>: ..."), uncaught exceptions in both of their wordings, parse errors.
 */
#ifndef FORMAT_PHP_FATAL_H
#define FORMAT_PHP_FATAL_H

#include "base/buf.h"

/* What is looked at of longer output: its end. */
#define PHP_FATAL_TEXT_MAX ((size_t)256 * 1024)
/* A message is cut behind this. */
#define PHP_FATAL_MESSAGE_MAX ((size_t)4096)

enum php_fatal_kind {
    PHP_FATAL_OTHER,
    PHP_FATAL_PARSE,
    PHP_FATAL_EXCEPTION,
    PHP_FATAL_MEMORY, /* limit: bytes */
    PHP_FATAL_TIME    /* limit: seconds */
};

/* Zeroed before the first use; php_fatal_free gives its memory back. Bytes as found: escape them. */
struct php_fatal {
    enum php_fatal_kind kind;
    struct buf message;    /* one line */
    struct buf class_name; /* of the exception, or empty */
    struct buf file;       /* or empty */
    uint64_t line;         /* or 0 */
    uint64_t limit;
};

/* The last fatal error of the output; false when there is none. */
bool php_fatal_find(struct str output, struct php_fatal *f);
void php_fatal_free(struct php_fatal *f);

/*
 * Takes the place off the end of a message: "... in FILE on line N", "... in FILE:N", "... (FILE:N)".
 * False leaves all as it was.
 */
bool php_fatal_place(struct str *message, struct str *file, uint64_t *line);

#endif
