/* Fatal errors as PHP prints them: found in the output of a child, kept in one printable line. */
#ifndef SYS_PHP_ERROR_H
#define SYS_PHP_ERROR_H

#include "base/buf.h"

struct php_error {
    char text[1024]; /* one line, escaped for a terminal; "" when there is none */
    char file[512];
    unsigned line; /* 0: unknown */
};

/* The last fatal error that PHP reported in the output of a child. False when there is none. */
bool php_error_find(struct str output, struct php_error *error);

/* Sets text and file, each brought to one line of printable characters and cut to its room. */
void php_error_set(struct php_error *error, struct str text, struct str file, unsigned line);

/* "text (file, line n)", with the store's root taken off the file. */
void php_error_words(const struct php_error *error, const char *root, struct buf *out);

#endif
