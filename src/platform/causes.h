/*
 * Known failures of shop upgrades as data: words that stand in a log, an error message or the output of a
 * child process, and for each what is behind it and what to do.
 */
#ifndef PLATFORM_CAUSES_H
#define PLATFORM_CAUSES_H

#include "base/str.h"

/* Platforms a row belongs to. */
#define CAUSES_ANY    1u /* PHP, MySQL, the system: the same for every shop */
#define CAUSES_XCART  2u /* X-Cart 5.0 to 5.3; asked for, CAUSES_ANY is included */
#define CAUSES_CSCART 4u /* CS-Cart and Multi-Vendor 4; the same */
#define CAUSES_PRESTA 8u /* PrestaShop 1.6 to 9; the same */
#define CAUSES_OPENCART 16u /* OpenCart 2.0 to 4.1; the same */

struct cause {
    unsigned platforms;
    const char *code;   /* a stable word for JSON: "php_memory" */
    const char *title;  /* what happened */
    const char *cause;  /* why, in a sentence */
    const char *remedy; /* what to do, naming the next command where there is one */
    /*
     * What has to stand in the text: parts between "*" in this order, up to 300 bytes between them.
     * Alternatives are separated by "|". ASCII case does not count, runs of blanks and line ends are one
     * blank, "#" stands for one or more digits.
     */
    const char *pattern;
};

/* Longer texts are looked at in their last so many bytes: the message that ended the work is the last one. */
#define CAUSES_TEXT_MAX ((size_t)256 * 1024)

/* The row with the longest alternative that fits, of equal ones that of the platform; NULL when none fits. */
const struct cause *causes_match(struct str text, unsigned platforms);

/* All rows, for listings and tests. */
const struct cause *causes_all(size_t *n);

#endif
