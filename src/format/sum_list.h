/*
 * Lists of checksums, in any form a user may have one:
 *   - md5sum and sha256sum of GNU ("<hex>  name", "<hex> *name", a leading backslash for escaped names)
 *   - the BSD form "MD5 (name) = <hex>", also as openssl writes it
 *   - a JSON object of path and checksum, plain or within another ({"files":{...}})
 *   - a PHP file with an array of path and checksum, as X-Cart keeps one in var/tmp/<id>.php
 *   - XML: PrestaShop's <dir name="a"><md5file name="b.php">hex</md5file></dir>,
 *     or <file path="a/b.php" md5="hex"/>
 * A checksum is an md5 or a sha256, told apart by its length.
 */
#ifndef FORMAT_SUM_LIST_H
#define FORMAT_SUM_LIST_H

#include "base/err.h"
#include "base/str.h"

#define SUM_MAX_DIGEST 32

enum sum_alg { SUM_MD5, SUM_SHA256 };

struct sum_entry {
    struct str path; /* safe below a root, without a leading "./" */
    enum sum_alg alg;
    uint8_t digest[SUM_MAX_DIGEST];
    size_t digest_n; /* 16 or 32 */
    unsigned line;   /* 0 when not known (JSON) */
};

struct sum_calls {
    /* For each entry; its path lasts for the call. Anything but 0 ends the reading with -1. */
    int (*entry)(void *ctx, const struct sum_entry *entry, struct err *e);
    /* For each line or member that is no entry: unknown form, unknown length, unsafe path. The text is the
     * start of it. */
    void (*problem)(void *ctx, unsigned line, const char *why, struct str text);
    void *ctx;
};

/*
 * Reads a whole list. 0 when all was read, though perhaps with problems; -1 with ERR_FORMAT when a JSON, PHP
 * or XML list is damaged as a whole, or when not one entry was found.
 */
int sum_list_read(struct str text, const struct sum_calls *calls, struct err *e);

/* How many bytes a checksum has, and its name ("md5", "sha256"). */
size_t sum_list_digest_size(enum sum_alg alg);
const char *sum_list_alg_name(enum sum_alg alg);

#endif
