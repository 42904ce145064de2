/*
 * Values of PHP as a tree: what serialize() wrote (state of upgrades in the database, metadata of packs),
 * and, through php_literal.h, what a PHP file holds as a literal. All of a tree lives in the caller's arena
 * and points into the source text, which has to live as long.
 */
#ifndef FORMAT_PHP_SERIALIZE_H
#define FORMAT_PHP_SERIALIZE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

/* Deeper nesting is refused: real state is 6 deep, and the reader recurses. */
#define PHPS_MAX_DEPTH 64
/* More values than this in one text are refused; the largest real one has some thousand. */
#define PHPS_MAX_NODES 1000000

enum phps_kind {
    PHPS_NULL,
    PHPS_BOOL,
    PHPS_INT,
    PHPS_DOUBLE,
    PHPS_STR,
    PHPS_ARRAY,
    PHPS_OBJECT, /* class and properties */
    PHPS_CUSTOM, /* class and bytes only that class can read (C:) */
    PHPS_ENUM,   /* "Class:Case" */
    PHPS_REF     /* the same value as an earlier one (r: or R:) */
};

enum phps_scope { PHPS_PUBLIC, PHPS_PROTECTED, PHPS_PRIVATE };

struct phps_item;

struct phps_node {
    enum phps_kind kind;
    size_t from; /* the value is source bytes [from, to) */
    size_t to;
    union {
        bool b;
        int64_t i;
        double d;
        /* REF: the value meant; NULL when it cannot be known (after a CUSTOM value). */
        const struct phps_node *target;
    };
    /* STR: its bytes. CUSTOM: the bytes of the class. ENUM: "Class:Case". DOUBLE: its digits. */
    struct str s;
    struct str class;              /* OBJECT, CUSTOM */
    const struct phps_item *items; /* ARRAY, OBJECT: in source order */
    size_t n;
};

struct phps_item {
    struct str key; /* digits for a number key; without the scope marks of a property */
    bool key_is_int;
    int64_t key_int;
    enum phps_scope scope;  /* of a property */
    struct str scope_class; /* the class a private property belongs to */
    size_t key_from;        /* where the key begins in the source */
    struct phps_node value;
};

/* A reference to an earlier value, by its number. */
struct phps_ref {
    size_t from;
    size_t slot;
};

struct phps_doc {
    struct str source;
    const struct phps_node *root;
    const size_t *slots; /* where each numbered value begins; the first has number 1 */
    size_t n_slots;
    const struct phps_ref *refs;
    size_t n_refs;
};

/* Reads exactly one value that fills the whole of source. 0, or -1 with ERR_FORMAT and the offset of the
 * fault. */
int phps_parse(struct str source, struct arena *a, struct phps_doc *out, struct err *e);

/*
 * The value under a key of an array, or of a property by its bare name; of equal keys the last one, as PHP
 * reads it. Number keys are asked for by their digits. References are followed. NULL: not there, or not a
 * container.
 */
const struct phps_node *phps_get(const struct phps_node *n, const char *key);
const struct phps_node *phps_get_str(const struct phps_node *n, struct str key);

/* The same without following a reference, with key, scope and place. */
const struct phps_item *phps_find(const struct phps_node *n, struct str key);

/* The value a reference stands for, or n itself; NULL for NULL and for a reference that cannot be known. */
const struct phps_node *phps_deref(const struct phps_node *n);

/* True and the value when n (may be NULL) is of that kind. phps_int also takes a string of decimal digits. */
bool phps_str(const struct phps_node *n, struct str *out);
bool phps_int(const struct phps_node *n, int64_t *out);
bool phps_bool(const struct phps_node *n, bool *out);

/* True for an array or an object, whose items are then items[0..n). */
bool phps_is_list(const struct phps_node *n);

/* One value to be replaced by other serialize() text. */
struct phps_edit {
    const struct phps_node *node; /* of the document */
    struct str text;
};

/*
 * Adds the document's text with the edits made to out; all other bytes stay as they are. -1 with ERR_FORMAT
 * when a text is not one value, holds references, or edits overlap, and with ERR_REFUSED when the edit would
 * shift the numbers by which later references name their values. The result is read again before it is given.
 */
int phps_splice(const struct phps_doc *doc, const struct phps_edit *edits, size_t n, struct buf *out,
                struct err *e);

#endif
