/*
 * Language labels of X-Cart 5 written to its database without PHP, as its own loader does it: labels and
 * texts that are missing are inserted, texts that are NULL are filled, nothing else is changed or removed.
 *
 * <p>language_labels (label_id, name UNIQUE) holds the names; name is varbinary(255) up to 5.2.6 and a
 * varchar with a binary collation later. <p>language_label_translations (label_id, id, label, code) holds the
 * texts, its id refers to the label. Names are compared byte by byte. A binary collation takes two names that
 * differ in trailing blanks for the same, so the second of two such names cannot be stored: that is reported.
 */
#ifndef PLATFORM_XCART5_LABELS_H
#define PLATFORM_XCART5_LABELS_H

#include "base/mem.h"
#include "db/mysql.h"

/* One text of one label, in the order of the files. A text with p == NULL names the label only. */
struct xc_label_text {
    struct str name;
    struct str code; /* language: "en" */
    struct str text;
};

enum xc_label_why {
    XC_LABEL_COLLIDES, /* another label bears a name that the table's collation takes for the same */
    XC_LABEL_NAME,     /* the name is empty, too long, or of characters that the column can't hold */
    XC_LABEL_CODE,     /* the language code is empty or too long */
    XC_LABEL_TEXT      /* the text is too long, or of characters that the column can't hold */
};

/* Words for it: "the name is too long or not storable". */
const char *xc_label_why_text(enum xc_label_why why);

struct xc_label_problem {
    enum xc_label_why why;
    struct str name; /* of the input */
    struct str code;
};

/* More problems than this are counted, not listed. */
#define XC_LABEL_PROBLEMS_MAX 100

struct xc_labels_result {
    uint64_t labels;         /* different names in the input */
    uint64_t texts;          /* different (name, code) in the input */
    uint64_t there;          /* of the texts: in the database before */
    uint64_t labels_added;   /* names inserted */
    uint64_t texts_added;    /* texts inserted */
    uint64_t texts_filled;   /* rows whose text was NULL */
    uint64_t problems_count; /* texts that could not be stored; all others were */
    VEC(struct xc_label_problem) problems;
};

void xc_labels_result_free(struct xc_labels_result *r);

/*
 * Loads n texts in one transaction and re-reads them after the commit (ERR_MISMATCH when one is not there).
 * dry_run only reads and fills r with what would be done. On errors the transaction is rolled back. r may
 * hold anything before; its names point into the input.
 */
int xc_labels_load(struct mysql *m, const char *prefix, const struct xc_label_text *v, size_t n, bool dry_run,
                   struct xc_labels_result *r, struct err *e);

#endif
