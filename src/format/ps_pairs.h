/*
 * Names and plain values in PrestaShop's configuration files: define('NAME', value), const NAME = value, the array under
 * 'parameters', and the mapping of that name in YAML. For ps_params.c and ps_version.c. The code is read, never run.
 */
#ifndef FORMAT_PS_PAIRS_H
#define FORMAT_PS_PAIRS_H

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

/* Longer files are no configuration. */
#define PS_PAIRS_MAX_BYTES ((size_t)1024 * 1024)
/* More are refused; the longest real file has some hundred. */
#define PS_PAIRS_MAX 10000

enum ps_pair_kind {
    PS_PAIR_TEXT,
    PS_PAIR_NUMBER, /* value is its digits as they stand */
    PS_PAIR_TRUE,   /* value is "1" */
    PS_PAIR_FALSE,  /* value is empty, as of the next two */
    PS_PAIR_NULL,
    PS_PAIR_ODD     /* no plain literal: a call, a constant, an array, an expression */
};

struct ps_pair {
    struct str key;
    struct str value; /* in the arena, or of the source */
    enum ps_pair_kind kind;
    size_t from; /* the value is source bytes [from, to); 0 and 0 for YAML */
    size_t to;
    unsigned line;
};

struct ps_pairs {
    const struct ps_pair *v; /* in the arena, in order */
    size_t n;
};

/* Each gives 0, or -1 with ERR_FORMAT and the line: the file breaks off inside a string, a comment or the array, or has too much.
 * A file without any pair is none of these: n is 0. */
int ps_pairs_defines(struct str php, struct arena *a, struct ps_pairs *out, struct err *e);
int ps_pairs_consts(struct str php, struct arena *a, struct ps_pairs *out, struct err *e);
int ps_pairs_parameters(struct str php, struct arena *a, struct ps_pairs *out, struct err *e);
int ps_pairs_yaml(struct str yaml, struct arena *a, struct ps_pairs *out, struct err *e);

/* The first or the last pair of that key, or NULL. */
const struct ps_pair *ps_pairs_first(const struct ps_pairs *p, const char *key);
const struct ps_pair *ps_pairs_last(const struct ps_pairs *p, const char *key);

#endif
