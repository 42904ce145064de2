/*
 * The checksum list that comes with a CS-Cart version: var/snapshots/<version>_[<status>_]<edition>_dist.php, one PHP
 * statement with an array $snapshot_dist of keys time, files, dirs, themes, db_scheme, db_tables, addons.
 *
 * A file's checksum can't be read out of it, only tested: the key is md5(path . hex of md5(content)), the value the
 * path with a slash in front. Files of a theme stand below themes.<name>.files; their key is made with the path
 * without "/design/themes/", that is from the theme's name on and without a slash in front.
 */
#ifndef FORMAT_CS_DIST_H
#define FORMAT_CS_DIST_H

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

#include <stdint.h>

/* The largest seen is 2 MB with 12 000 files and a 300 kB schema. */
#define CS_DIST_MAX ((size_t)64 * 1024 * 1024)

struct cs_dist_file {
    struct str path; /* without the slash in front; below a root, safe */
    struct str
        mixed; /* the text that stands in front of the content's md5: "/app/x.php", "responsive/css/a.less" */
    uint8_t key[16];
};

/* Texts point into the source or into the arena given. */
struct cs_dist {
    struct cs_dist_file *files; /* of the core, then those of the base themes from first_theme on */
    size_t n;
    size_t first_theme;
    const char **themes; /* base themes that have a list */
    size_t n_themes;
    const char **addons; /* that came with the version */
    size_t n_addons;
    bool has_addons;
    struct str db_scheme; /* text of the shipped schema with the prefix "cscart_"; may be empty */
    size_t refused;       /* entries that are no path or no checksum */
};

/* 0, or -1 with ERR_FORMAT: cut short, or not such a list. */
int cs_dist_read(struct str php, struct arena *a, struct cs_dist *out, struct err *e);

#endif
