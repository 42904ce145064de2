/*
 * Ini files as PHP's parse_ini_file(…, true) reads them: the settings of X-Cart 5.0 to 5.4 stand in such
 * files, with a first and a last line that are comments for ini and hide the rest from PHP.
 */
#ifndef FORMAT_PHP_INI_H
#define FORMAT_PHP_INI_H

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

/* More settings than this in one file are refused; real files have some sixty. */
#define PHP_INI_MAX_ENTRIES 100000

struct php_ini_section {
    struct str name; /* "" for what stands before the first header */
    unsigned line;
};

struct php_ini_entry {
    size_t section; /* index into sections: each header opens one of its own */
    struct str key;
    struct str index; /* of key[index]; p is NULL without brackets, n is 0 for key[] */
    struct str value; /* yes, on, true: "1"; no, off, none, false, null: "" */
    unsigned line;
    /* Not NULL: PHP puts something in here that cannot be known from the file, and these words say what: a
     * variable or a computed number (value then lacks it), or a constant (a bare word in capitals, which
     * value holds as it is; PHP takes it like that too when it knows no constant of that name). */
    const char *odd;
};

struct php_ini {
    const struct php_ini_section *sections;
    size_t n_sections;
    const struct php_ini_entry *entries;
    size_t n_entries;
    /* Not 0: PHP silently stops reading in this line (a single quote that is not closed, or a NUL byte). */
    unsigned stopped;
};

/*
 * Reads a whole file; all strings live in the arena. 0, or -1 with ERR_FORMAT and the line where PHP refuses
 * the file. Checked against PHP 8.2. Older ones differ in one rare thing: before 7.0, a line that begins with
 * '#' is a comment.
 */
int php_ini_parse(struct str text, struct arena *a, struct php_ini *out, struct err *e);

/*
 * The setting that counts, or NULL: of equal sections PHP keeps only the last, of equal keys in it the last.
 * A key that was last set with brackets is a list and not given.
 */
const struct php_ini_entry *php_ini_get(const struct php_ini *ini, const char *section, const char *key);

#endif
