/*
 * A JSON writer onto a buffer. Containers are opened and ended in order, keys come before values inside
 * objects; using it otherwise is a fault of the program and ends it through assert(). The caller may
 * write out and reset the buffer between two calls. Output is indented by two blanks and ends with a
 * line end.
 *
 * Strings are given as bytes: what is not UTF-8 becomes U+FFFD; controls, invisible and
 * direction-changing characters are written as \u escapes, so that JSON printed on a terminal is
 * harmless and nothing is lost.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/buf.h"

/* Deeper nesting than our own schemas will ever have. */
#define JSON_DEPTH_MAX 64

struct json {
    struct buf *out;
    unsigned depth;
    bool keyed;       /* a key is written, its value is due */
    bool filled;      /* the innermost container has a member */
    uint64_t objects; /* bit per level: object or array */
};

void json_init(struct json *j, struct buf *out);

void json_begin_obj(struct json *j);
void json_begin_arr(struct json *j);
void json_end(struct json *j); /* the innermost one, of either kind */

void json_key(struct json *j, const char *key);
void json_key_str(struct json *j, struct str key); /* a key that is data */

void json_str(struct json *j, struct str s);
void json_cstr(struct json *j, const char *s); /* NULL gives null */
void json_int(struct json *j, int64_t v);
void json_uint(struct json *j, uint64_t v);
void json_bool(struct json *j, bool v);
void json_null(struct json *j);

/* Key and value in one call. */
void json_kobj(struct json *j, const char *key);
void json_karr(struct json *j, const char *key);
void json_kstr(struct json *j, const char *key, const char *s); /* NULL gives null */
void json_kslice(struct json *j, const char *key, struct str s);
void json_kint(struct json *j, const char *key, int64_t v);
void json_kuint(struct json *j, const char *key, uint64_t v);
void json_kbool(struct json *j, const char *key, bool v);
void json_knull(struct json *j, const char *key);

/* A path: "<key>" readable, and when it is not UTF-8 also "<key>_b64" with the exact bytes in base64. */
void json_kpath(struct json *j, const char *key, struct str path);

#endif
