/*
 * SQLite turns the text into its binary form, JSONB, which it documents as stable: each value is a head (kind
 * and size of what follows) and a payload. Walking that is several times faster than taking rows from
 * json_each, and texts without escapes need no copy.
 */
#include "format/json_map.h"

#include "base/utf8.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

/* SQLite refuses deeper nesting itself (JSON_MAX_DEPTH), so this only guards the recursion below. */
#define MAX_DEPTH 1100
/* Look-ups that one key may need in the table of keys on average, before a text counts as made to be slow. */
#define MAX_PROBES 32

/* Kinds of JSONB values. */
enum {
    B_NULL,
    B_TRUE,
    B_FALSE,
    B_INT,
    B_INT5,
    B_FLOAT,
    B_FLOAT5,
    B_TEXT,    /* no escapes */
    B_TEXTJ,   /* with escapes of JSON */
    B_TEXT5,   /* with escapes of JSON5 */
    B_TEXTRAW, /* not escaped at all; SQLite does not make it from text */
    B_ARRAY,
    B_OBJECT
};

struct walker {
    json_map_fn *fn;
    void *ctx;
    struct arena a;
    struct err *e;
    bool leaves; /* values at any depth */
    bool inner;  /* objects and arrays among them */
    VEC(struct json_pair) pairs; /* of the outermost object, without leaves */
};

struct value {
    unsigned kind;
    struct str payload;
};

static int damaged(struct err *e)
{
    return err_set(e, ERR_FORMAT, "invalid JSON: its binary form is damaged");
}

/* Cuts the next value off. */
static int take(struct str *blob, struct value *v, struct err *e)
{
    size_t size;
    size_t extra;

    if (blob->n == 0)
        return damaged(e);
    v->kind = (unsigned char)blob->p[0] & 15u;
    size = (unsigned char)blob->p[0] >> 4;
    extra = size < 12 ? 0 : (size_t)1 << (size - 12);
    if (extra > 0) {
        if (blob->n <= extra)
            return damaged(e);
        size = 0;
        for (size_t i = 1; i <= extra; i++)
            size = size << 8 | (unsigned char)blob->p[i];
    }
    if (size > blob->n - 1 - extra)
        return damaged(e);
    v->payload = str_sub(*blob, 1 + extra, 1 + extra + size);
    *blob = str_sub(*blob, 1 + extra + size, blob->n);
    return 0;
}

/* \uXXXX at the front of s. */
static bool unit(struct str s, unsigned *out)
{
    uint8_t b[2];

    if (!str_starts(s, STR("\\u")) || !str_unhex(str_sub(s, 2, 6), b, 2))
        return false;
    *out = (unsigned)b[0] << 8 | b[1];
    return true;
}

static int unescape(struct walker *w, struct str s, struct str *out)
{
    static const char names[] = "\"\\/bfnrt";
    static const char bytes[] = "\"\\/\b\f\n\r\t";
    char *p = arena_alloc(&w->a, s.n + 1);
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++) {
        const char *hit;
        unsigned c = 0;
        unsigned low = 0;

        if (s.p[i] != '\\') {
            p[n++] = s.p[i];
        } else if (i + 1 < s.n && s.p[i + 1] == '/') {
            /* Before the others: PHP writes every slash of a path so. */
            p[n++] = s.p[++i];
        } else if (unit(str_sub(s, i, s.n), &c)) {
            i += 5;
            if (c >= 0xd800 && c < 0xdc00 && unit(str_sub(s, i + 1, s.n), &low) && low >= 0xdc00 &&
                low < 0xe000) {
                c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
                i += 6;
            }
            n += utf8_put(p + n, c);
        } else if (i + 1 < s.n && s.p[i + 1] != '\0' && (hit = strchr(names, s.p[i + 1])) != NULL) {
            p[n++] = bytes[hit - names];
            i++;
        } else {
            return damaged(w->e);
        }
    }
    *out = (struct str){p, n};
    return 0;
}

static int set_text(struct walker *w, const struct value *v, struct str *out)
{
    if (v->kind == B_TEXTJ)
        return unescape(w, v->payload, out);
    if (v->kind != B_TEXT && v->kind != B_TEXTRAW)
        return err_set(w->e, ERR_FORMAT, "invalid JSON: text in the manner of JSON5");
    *out = v->payload;
    return 0;
}

static int set_value(struct walker *w, const struct value *v, struct json_pair *pair)
{
    switch (v->kind) {
    case B_NULL:
        pair->kind = JSON_NULL;
        return 0;
    case B_TRUE:
    case B_FALSE:
        pair->kind = JSON_BOOL;
        pair->value = v->kind == B_TRUE ? STR("true") : STR("false");
        return 0;
    case B_INT:
    case B_FLOAT:
        pair->kind = JSON_NUMBER;
        pair->value = v->payload;
        return 0;
    case B_ARRAY:
        pair->kind = JSON_ARRAY;
        return 0;
    case B_OBJECT:
        pair->kind = JSON_OBJECT;
        return 0;
    case B_INT5:
    case B_FLOAT5:
        return err_set(w->e, ERR_FORMAT, "invalid JSON: a number in the manner of JSON5");
    default:
        pair->kind = JSON_TEXT;
        return set_text(w, v, &pair->value);
    }
}

/* The members of one object or array. */
static int walk(struct walker *w, const struct value *outer, struct str parent, unsigned depth)
{
    struct str rest = outer->payload;

    if (depth > MAX_DEPTH)
        return err_set(w->e, ERR_FORMAT, "JSON nested too deep");
    while (rest.n > 0) {
        struct json_pair pair = {.parent = parent, .depth = depth};
        struct value v = {0};

        if (outer->kind == B_OBJECT && (take(&rest, &v, w->e) != 0 || set_text(w, &v, &pair.key) != 0))
            return -1;
        if (take(&rest, &v, w->e) != 0 || set_value(w, &v, &pair) != 0)
            return -1;
        if (!w->leaves)
            *vec_push(&w->pairs) = pair;
        else if (v.kind == B_ARRAY || v.kind == B_OBJECT) {
            if ((w->inner && w->fn(w->ctx, &pair, w->e) != 0) || walk(w, &v, pair.key, depth + 1) != 0)
                return -1;
        } else if (w->fn(w->ctx, &pair, w->e) != 0) {
            return -1;
        }
    }
    return 0;
}

static uint64_t hash(struct str key)
{
    uint64_t h = 0xcbf29ce484222325;

    for (size_t i = 0; i < key.n; i++)
        h = (h ^ (unsigned char)key.p[i]) * 0x100000001b3;
    return h ^ h >> 32;
}

/* Keys that stand twice: PHP would silently take the last. */
static int refuse_repeated(struct walker *w)
{
    size_t room = 16;
    size_t probes = 0;
    uint32_t *table;
    int rc = 0;

    while (room < w->pairs.n * 2)
        room *= 2;
    table = mem_array(room, sizeof *table);
    for (size_t i = 0; rc == 0 && i < w->pairs.n; i++) {
        struct str key = w->pairs.v[i].key;
        size_t at = (size_t)hash(key) & (room - 1);

        for (; rc == 0 && table[at] != 0; at = (at + 1) & (room - 1)) {
            if (str_eq(w->pairs.v[table[at] - 1].key, key))
                rc = err_set(w->e, ERR_FORMAT, "the key \"%.*s\" stands twice in the JSON object",
                             STR_FMT(key));
            else if (++probes > (w->pairs.n + 64) * MAX_PROBES)
                rc = err_set(w->e, ERR_FORMAT,
                             "the keys of the JSON object are made to be slow to tell apart");
        }
        table[at] = (uint32_t)i + 1;
    }
    free(table);
    return rc;
}

static int read_blob(struct walker *w, struct str blob)
{
    struct value root = {0};
    int rc;

    if (take(&blob, &root, w->e) != 0)
        return -1;
    if (root.kind != B_OBJECT && (root.kind != B_ARRAY || !w->leaves))
        return err_set(w->e, ERR_FORMAT, "the JSON text is %s",
                       w->leaves ? "neither an object nor an array" : "not an object");
    rc = walk(w, &root, STR(""), 1);
    if (rc == 0)
        rc = refuse_repeated(w);
    for (size_t i = 0; rc == 0 && i < w->pairs.n; i++)
        rc = w->fn(w->ctx, &w->pairs.v[i], w->e) != 0 ? -1 : 0;
    free(w->pairs.v);
    arena_free(&w->a);
    return rc;
}

static int db_error(sqlite3 *db, struct err *e)
{
    if (db == NULL || sqlite3_errcode(db) == SQLITE_NOMEM)
        mem_exhausted();
    return err_set(e, ERR_FORMAT, "JSON: %s", sqlite3_errmsg(db));
}

/* Runs a statement of one row with the text as its parameter; NULL with e set when SQLite refuses the text.
 */
static sqlite3_stmt *run(sqlite3 *db, const char *sql, struct str json, struct err *e)
{
    sqlite3_stmt *stmt = NULL;

    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK &&
        sqlite3_bind_text64(stmt, 1, json.n ? json.p : "", json.n, SQLITE_STATIC, SQLITE_UTF8) == SQLITE_OK &&
        sqlite3_step(stmt) == SQLITE_ROW)
        return stmt;
    db_error(db, e);
    sqlite3_finalize(stmt);
    return NULL;
}

/* SQLite only says that a text is malformed; a second look finds where. */
static void locate_error(sqlite3 *db, struct str json, struct err *e)
{
    struct err ignored = {0};
    sqlite3_stmt *stmt = run(db, "SELECT json_error_position(?1)", json, &ignored);

    if (stmt != NULL && sqlite3_column_int64(stmt, 0) > 0)
        err_set(e, ERR_FORMAT, "invalid JSON at character %lld", (long long)sqlite3_column_int64(stmt, 0));
    sqlite3_finalize(stmt);
}

static int read_json(struct str json, struct walker *w)
{
    const char *nul = json.n ? memchr(json.p, '\0', json.n) : NULL;
    sqlite3_stmt *stmt;
    sqlite3 *db = NULL;
    int rc = -1;

    if (json.n > JSON_MAP_MAX_BYTES)
        return err_set(w->e, ERR_FORMAT, "JSON text of %zu bytes, more than %zu are not read", json.n,
                       JSON_MAP_MAX_BYTES);
    if (nul != NULL)
        return err_set(w->e, ERR_FORMAT, "invalid JSON at byte %zu: a NUL", (size_t)(nul - json.p) + 1);
    if (sqlite3_open_v2(":memory:", &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX,
                        NULL) != SQLITE_OK) {
        db_error(db, w->e);
    } else if ((stmt = run(db, "SELECT jsonb(?1)", json, w->e)) == NULL) {
        locate_error(db, json, w->e);
    } else {
        const void *blob = sqlite3_column_blob(stmt, 0);

        rc = read_blob(w, (struct str){blob, (size_t)sqlite3_column_bytes(stmt, 0)});
        sqlite3_finalize(stmt);
    }
    sqlite3_close(db);
    return rc;
}

int json_map_each(struct str json, json_map_fn *fn, void *ctx, struct err *e)
{
    struct walker w = {.fn = fn, .ctx = ctx, .e = e};

    return read_json(json, &w);
}

int json_map_leaves(struct str json, json_map_fn *fn, void *ctx, struct err *e)
{
    struct walker w = {.fn = fn, .ctx = ctx, .e = e, .leaves = true};

    return read_json(json, &w);
}

int json_map_all(struct str json, json_map_fn *fn, void *ctx, struct err *e)
{
    struct walker w = {.fn = fn, .ctx = ctx, .e = e, .leaves = true, .inner = true};

    return read_json(json, &w);
}
