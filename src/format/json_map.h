/*
 * Reading JSON: members of an object, or all plain values of a document, given one by one. X-Cart's packs
 * carry a file ".hash", one object of path and md5 for each file of the pack. SQLite does the parsing.
 */
#ifndef FORMAT_JSON_MAP_H
#define FORMAT_JSON_MAP_H

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

/* Longer texts are refused; the hash list of the largest known pack has 2 MiB. */
#define JSON_MAP_MAX_BYTES ((size_t)32 * 1024 * 1024)

enum json_kind {
    JSON_NULL,
    JSON_BOOL,   /* value is "true" or "false" */
    JSON_NUMBER, /* value is its digits as they stand in the text */
    JSON_TEXT,   /* value is the text, escapes resolved */
    JSON_ARRAY,  /* value is empty */
    JSON_OBJECT  /* value is empty */
};

struct json_pair {
    struct str key; /* of a member of an object; empty for an element of an array */
    struct str value;
    enum json_kind kind;
    struct str parent; /* the key that the object or array around it stands under; empty for the outermost */
    unsigned depth;    /* 1 for members of the outermost object or array */
};

/* Called once a pair; its strings last until the reading ends. Anything but 0 ends it, and -1 is given. */
typedef int json_map_fn(void *ctx, const struct json_pair *pair, struct err *e);

/*
 * The members of a JSON object, in order. The whole text is checked before the first call: -1 with ERR_FORMAT
 * for invalid JSON (with its place), no object, a NUL, a text too long, the same key twice. What SQLite lets
 * through of JSON5 (a trailing comma, comments) is let through.
 */
int json_map_each(struct str json, json_map_fn *fn, void *ctx, struct err *e);

/* All values that are neither object nor array, at any depth, in order; the text may be an array as well. */
int json_map_leaves(struct str json, json_map_fn *fn, void *ctx, struct err *e);

/* All values at any depth, objects and arrays in front of what they hold. */
int json_map_all(struct str json, json_map_fn *fn, void *ctx, struct err *e);

#endif
