/*
 * What an upgrade package of CS-Cart 4.3 and later says of itself: schema.json beside the archive (what was offered) and
 * content/package.json (what it holds).
 */
#ifndef FORMAT_CS_PACKAGE_H
#define FORMAT_CS_PACKAGE_H

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

/* schema.json. Members that are not there are empty. */
struct cs_offer {
    struct str id; /* "core" or an add-on */
    struct str type;
    struct str file; /* the archive */
    struct str name;
    struct str description;
    struct str from;
    struct str to;
    struct str md5; /* of the archive, 32 hex digits */
    uint64_t size;  /* 0: not said */
};

enum cs_file_status { CS_FILE_CHANGED, CS_FILE_DELETED, CS_FILE_NEW };

struct cs_file {
    struct str path; /* below the store's root; safe (str_is_safe_path) */
    enum cs_file_status status;
    struct str hash; /* MD5 of the old file, 32 hex digits; empty for new files */
};

/* package.json. */
struct cs_package {
    VEC(struct cs_file) files;
    VEC(struct str) migrations; /* file names */
    VEC(struct str) languages;  /* codes */
    VEC(struct str) validators;
    struct str pre; /* file names below content/scripts, or empty */
    struct str post;
    size_t refused;           /* files left out: paths that lead out of the store, unknown words */
    struct str refused_first; /* the first of them */
};

/* Texts live in a. 0, or -1 with ERR_FORMAT. free with cs_package_free also after an error. */
int cs_offer_read(struct str json, struct arena *a, struct cs_offer *out, struct err *e);
int cs_package_read(struct str json, struct arena *a, struct cs_package *out, struct err *e);
void cs_package_free(struct cs_package *p);

/*
 * The name of a migration's file, "20170615103931_core_change_language.php": number gets its 14 digits, class_name the
 * class in it ("CoreChangeLanguage", in a). False for other names.
 */
bool cs_migration_name(struct str file, struct arena *a, struct str *number, struct str *class_name);

#endif
