/*
 * PrestaShop's lists of checksums, api.prestashop.com/xml/md5/<version>.xml and prestashop_<version>.xml of releases:
 *     <checksum_list><ps_root_dir version="8.1.2"><dir name="classes"><md5file name="Tools.php">32 hex digits</md5file>…
 * Paths use the names "admin" and "install" for these folders, whatever the shop calls them.
 */
#ifndef FORMAT_PS_SUMS_H
#define FORMAT_PS_SUMS_H

#include "base/err.h"
#include "base/str.h"

/* The largest release has some 40 000 files in 10 MiB. */
#define PS_SUMS_MAX_BYTES ((size_t)128 * 1024 * 1024)
#define PS_SUMS_MAX_FILES ((size_t)1000000)

struct ps_sum {
    struct str path; /* safe below the root of the shop; lasts for the call */
    uint8_t md5[16];
    unsigned line;
};

/* Anything but 0 ends the reading with -1. */
typedef int (*ps_sums_fn)(void *ctx, const struct ps_sum *sum, struct err *e);

/*
 * The version goes into version[] before the first call; "" when the list doesn't say it. -1 with ERR_FORMAT and the line for XML that
 * is damaged, another outermost element, a name with a slash or that is "." or "..", a checksum that isn't 32 hex digits, a path
 * that stands twice, too much, and a list without files. Calls made before the fault was met stand: use the result only after 0.
 */
int ps_sums_read(struct str xml, char version[static 32], ps_sums_fn fn, void *ctx, struct err *e);

#endif
