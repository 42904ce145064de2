/* What the columns of the label tables can hold. */
#ifndef PLATFORM_XCART5_LABELS_COLUMNS_H
#define PLATFORM_XCART5_LABELS_COLUMNS_H

#include "db/mysql.h"

enum xc_charset { XC_CHARSET_BYTES, XC_CHARSET_UTF8MB3, XC_CHARSET_UTF8MB4, XC_CHARSET_OTHER };

struct xc_label_column {
    enum xc_charset charset;
    uint64_t max; /* characters, or bytes for XC_CHARSET_BYTES */
    bool pads;    /* trailing blanks do not count in comparisons */
    bool folds;   /* nor does the case */
};

struct xc_label_columns {
    struct xc_label_column name;
    struct xc_label_column text;
    struct xc_label_column code;
};

/* Reads them from the server. ERR_ABSENT when one of the tables or columns is not there. */
int xc_label_columns_read(struct mysql *m, const char *prefix, struct xc_label_columns *c, struct err *e);

/* True when the column takes s unchanged. */
bool xc_label_column_holds(const struct xc_label_column *c, struct str s);

#endif
