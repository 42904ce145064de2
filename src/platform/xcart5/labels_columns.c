#include "platform/xcart5/labels_columns.h"

#include "base/utf8.h"

#include <string.h>

static void describe(struct xc_label_column *c, struct str charset, struct str collation, struct str max)
{
    uint64_t n;

    *c = (struct xc_label_column){.charset = XC_CHARSET_OTHER, .pads = true, .folds = true};
    c->max = str_u64(max, UINT64_MAX, &n) ? n : 0;
    if (charset.p == NULL) {
        c->charset = XC_CHARSET_BYTES;
        c->pads = c->folds = false;
        return;
    }
    if (str_is(charset, "utf8mb4"))
        c->charset = XC_CHARSET_UTF8MB4;
    else if (str_is(charset, "utf8") || str_is(charset, "utf8mb3"))
        c->charset = XC_CHARSET_UTF8MB3;
    /* MariaDB marks collations without padding by _nopad_, MySQL 8 made all of its _0900_ ones so. */
    c->pads = !str_has(collation, STR("_nopad_")) && !str_has(collation, STR("_0900_"));
    c->folds = !str_ends(collation, STR("_bin"));
}

int xc_label_columns_read(struct mysql *m, const char *prefix, struct xc_label_columns *c, struct err *e)
{
    const struct {
        const char *table;
        const char *column;
        struct xc_label_column *to;
    } wanted[] = {
        {"language_labels", "name", &c->name},
        {"language_label_translations", "label", &c->text},
        {"language_label_translations", "code", &c->code},
    };
    struct buf sql = {0};
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < sizeof wanted / sizeof *wanted; i++) {
        const struct mysql_cell *cell;
        struct buf table = {0};

        buf_printf(&table, "%s%s", prefix, wanted[i].table);
        buf_reset(&sql);
        mysql_sqlf(m, &sql,
                   "SELECT CHARACTER_SET_NAME, COLLATION_NAME, CHARACTER_MAXIMUM_LENGTH FROM "
                   "information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = %S AND "
                   "COLUMN_NAME = %s",
                   buf_str(&table), wanted[i].column);
        rc = mysql_query(m, buf_str(&sql), e);
        if (rc == 0) {
            int got = mysql_row(m, &cell, e);

            if (got == 1) {
                describe(wanted[i].to, cell[0].is_null ? (struct str){NULL, 0} : cell[0].s, cell[1].s,
                         cell[2].s);
                rc = mysql_skip(m, e);
            } else {
                rc = -1;
                if (got == 0)
                    err_set(e, ERR_ABSENT, "the database has no column %s.%s", buf_cstr(&table),
                            wanted[i].column);
            }
        }
        buf_free(&table);
    }
    buf_free(&sql);
    return rc;
}

bool xc_label_column_holds(const struct xc_label_column *c, struct str s)
{
    uint64_t chars = 0;

    if (c->charset == XC_CHARSET_BYTES)
        return s.n <= c->max;
    while (s.n > 0) {
        uint32_t cp;
        size_t n = (unsigned char)s.p[0] < 0x80 ? 1 : utf8_next(s, &cp);

        /* Of unknown character sets only what all of them share is known to come back unchanged. */
        if (n == 0 || (n == 4 && c->charset == XC_CHARSET_UTF8MB3) ||
            (n > 1 && c->charset == XC_CHARSET_OTHER))
            return false;
        chars++;
        s = str_sub(s, n, s.n);
    }
    return chars <= c->max;
}
