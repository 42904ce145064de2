/*
 * Names that PrestaShop's upgrade module gives to backups:
 *     V<version>_<YYYYMMDD-HHMMSS>-<hex>              the backup, and the folder of its database dump
 *     auto-backupfiles_<name>.zip                     the files
 *     auto-backupdb_<NNNNNN>_<name>.sql[.gz|.bz2]     the parts of the dump, numbered from 000001
 * and the comment that each part of a dump begins with.
 */
#ifndef FORMAT_PS_NAMES_H
#define FORMAT_PS_NAMES_H

#include "base/str.h"

enum ps_name_kind {
    PS_NAME_BACKUP, /* the bare name: a folder */
    PS_NAME_FILES,  /* the archive of files */
    PS_NAME_DUMP    /* one part of the dump */
};

enum ps_name_packing { PS_NAME_PLAIN, PS_NAME_GZ, PS_NAME_BZ2 };

struct ps_name {
    enum ps_name_kind kind;
    struct str name;    /* "V1.7.8.11_20240318-101500-4794c12c", a slice of the file name */
    struct str version; /* "1.7.8.11", a slice */
    char taken[20];     /* "2024-03-18 10:15:00", by the shop's clock */
    unsigned number;    /* of a dump's part, from 1; else 0. 0 also for the name kept in memory, which has XXXXXX for it */
    enum ps_name_packing packing;
};

/* Reads a file name without folders. False for any other name. */
bool ps_name_read(struct str file, struct ps_name *out);

/* True for a version as PrestaShop has them: two to five parts of digits between dots, with or without "-beta.1" behind. */
bool ps_name_is_version(struct str s);

struct ps_dump_head {
    unsigned number; /* of the part, as it says; should be the one in its name */
    struct str host; /* "shop.test/base/", a slice of the head */
    struct str date; /* "Sat, 21 Nov 2026 01:54:44 +0000", a slice, or empty */
};

/* What the first bytes of a part (512 are enough) say of it. False when it doesn't begin with that comment. */
bool ps_dump_head(struct str head, struct ps_dump_head *out);

#endif
