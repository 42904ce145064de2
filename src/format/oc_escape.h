/*
 * What the backups of OpenCart's back office make of values.
 *
 * The old writer (2.0 to 3.0.3.9, 4.0.0.0 to 4.1.0.3) writes a line feed, a return and a tab as \n, \r and \t, doubles backslashes but for those that
 * then stand in front of n, r or t, and puts a backslash in front of a single quote; a NUL becomes \\0 and 0x1A \\Z, which are two characters each when they
 * are read back; up to 3.0.3.8 NULL becomes ''. The new one (3.0.4.0 and later 3.x, 4.1.0.4) escapes as MySQL does, double quotes too, and loses nothing. No
 * head tells them apart: what stands in the values does.
 */
#ifndef FORMAT_OC_ESCAPE_H
#define FORMAT_OC_ESCAPE_H

#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"

enum oc_escape {
    OC_ESCAPE_UNKNOWN, /* nothing in it tells */
    OC_ESCAPE_OLD,
    OC_ESCAPE_NEW,
    OC_ESCAPE_BOTH     /* it has signs of both: two writers, or somebody has edited it */
};

enum oc_damage {
    OC_DAMAGE_NUL,  /* a NUL, or else truly a backslash and a 0 */
    OC_DAMAGE_SUB,  /* the same of 0x1A and a Z */
    OC_DAMAGE_JSON, /* a control character inside of a text in JSON: the backslash of \n, \r or \t is lost */
    OC_DAMAGES
};

/* One value, with the first of its damaged places. */
struct oc_damaged {
    enum oc_damage kind;
    const char *table, *column, *key; /* key: "setting_id 12", by the row's first columns */
    uint64_t line, offset;            /* of the row, and of the byte, in the dump */
};

/* So many values are named, of each kind; the others are counted. */
#define OC_DAMAGED_NAMED 20

/* A zeroed struct is empty; oc_escapes_free gives all back. */
struct oc_escapes {
    struct arena mem;
    uint64_t old, fresh; /* signs of the two */
    uint64_t damaged[OC_DAMAGES];
    VEC(struct oc_damaged) named;
    bool null;           /* the word NULL stands somewhere */
};

/* Where a row stands, and whose it is. */
struct oc_row {
    const char *table;
    const char *const *columns; /* as the INSERT names them */
    size_t n;
    uint64_t *empty; /* for each column: counts '' */
    uint64_t line, offset;
};

/* Looks at one row "(…)". What is damaged counts for nothing unless the dump turns out to be the old writer's. */
void oc_escapes_row(struct oc_escapes *o, const struct oc_row *where, struct str row);
enum oc_escape oc_escapes_by(const struct oc_escapes *o);
void oc_escapes_free(struct oc_escapes *o);

const char *oc_damage_words(enum oc_damage d); /* "a NUL, or a backslash and 0" */

/* Appends the row with \\0 and \\Z made what the old writer's shop had: a NUL and 0x1A. False, and nothing appended, when it has neither. */
bool oc_escape_repair(struct str row, struct buf *out);

#endif
