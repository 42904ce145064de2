/*
 * What PrestaShop's upgrade module keeps in its workspace <admin>/autoupgrade: *.list and *.var, each
 * base64_encode(serialize(value)) in one line; and what it keeps elsewhere, in the browser and in the argument --data= of its
 * command line: JSON, in base64 in the latter. Both become the same tree. Nothing is ever executed; objects stay data.
 *
 * The tree is phps_node: phps_get, phps_int, phps_is_list go on from here.
 */
#ifndef FORMAT_PS_STATE_H
#define FORMAT_PS_STATE_H

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "format/php_serialize.h"

/* Longer files are refused: a million paths, the most values of one text, take about as much. */
#define PS_STATE_MAX_BYTES ((size_t)128 * 1024 * 1024)

struct ps_state {
    const struct phps_node *root; /* never NULL after reading */
    /* Of JSON answers: the array nextParams, which holds the State (originVersion, install_version, backupName, dbStep…);
     * NULL when it has none, and of files. Its key "config" is what config.var holds. */
    const struct phps_node *params;
};

/* A file of the workspace. All of *out lives in the arena, text may go. -1 with ERR_FORMAT: cut short, not base64, not one value
 * of serialize(), too long. Blanks and line ends around the text are let through; an empty file is an error. */
int ps_state_read(struct str text, struct arena *a, struct ps_state *out, struct err *e);

/* An answer of the module as it stands in a saved page or log: a JSON object. */
int ps_state_json(struct str json, struct arena *a, struct ps_state *out, struct err *e);

/* The argument of --data=: base64 of such an answer, with or without quotes around it. */
int ps_state_data(struct str text, struct arena *a, struct ps_state *out, struct err *e);

/* ---- associative state: config.var, state_*.var, params --------------------------------------------------------------- */

/* The scalar under a key as text: "true" and "false" for booleans, digits for numbers. False: n is NULL, has no such key, or it is
 * null or no scalar. The text lives in the arena or in the tree. */
bool ps_state_get(const struct phps_node *n, const char *key, struct arena *a, struct str *out);

/* True when the scalar under the key is one that PHP takes for true: not "", "0", 0, false, null. */
bool ps_state_truth(const struct phps_node *n, const char *key);

/* The texts in a list (n itself is the list; NULL gives none): values that are strings or numbers, in order. Their count; *out in
 * the arena. */
size_t ps_state_strings(const struct phps_node *n, struct arena *a, struct str **out);

/* ---- lists ------------------------------------------------------------------------------------------------------------ */

enum ps_list_shape {
    PS_LIST_FRONT,   /* up to 4.10: a plain array, the next item stands first */
    PS_LIST_BACK,    /* 4.11 to 6.0: a plain array, the next item stands last */
    PS_LIST_BACKLOG  /* 6.1 and later: backlog and initialTotal, the next item stands last */
};

struct ps_list_item {
    struct str key;                /* digits in a plain list */
    const struct phps_node *value; /* a text, or an array: the next functions */
};

struct ps_list {
    enum ps_list_shape shape;
    bool ambiguous; /* a plain array, and the version of the module isn't known: the order may be the other way round */
    struct ps_list_item *items; /* in the order of processing: items[0] is next */
    size_t n;
    bool total_known; /* only PS_LIST_BACKLOG tells how many there were at first */
    uint64_t total;
};

/*
 * The items of a *.list file. name is the name of the file (queryToRestore.list is read from its front whenever it is a plain
 * array); version is that of the module, or empty when unknown (plain arrays are then taken as PS_LIST_BACK and marked ambiguous
 * when they have two items or more). -1 with ERR_FORMAT when the value is no array or a damaged backlog.
 * filesDiff.list is no list: phps_get(root, "deleted") and "modified".
 */
int ps_state_list(const struct ps_state *s, struct str name, struct str version, struct arena *a, struct ps_list *out,
                  struct err *e);

/*
 * The main text of an item: the item itself, or of an array its first text under one of the keys query, name, file, path, or its first
 * text of all. False when it has none. A query of sqlToExecute.list has its file's version under "version".
 */
bool ps_list_text(const struct ps_list_item *item, struct str *out);

#endif
