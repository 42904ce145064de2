/*
 * What the upgrader of CS-Cart 4.0 to 4.2 writes and reads: uc.xml (the files of a package), installed_upgrades.php (which upgrades
 * were begun and ended), upgrade.log, and the notes beside each dump of the statements that were carried out.
 */
#ifndef FORMAT_CS_LEGACY_H
#define FORMAT_CS_LEGACY_H

#include "base/buf.h"
#include "format/cs_package.h"

/* uc.xml: original_files (with the MD5 of the old version), new_files, deleted_files. free with cs_package_free, also after an error. */
int cs_uc_read(struct str xml, struct arena *a, struct cs_package *out, struct err *e);

/* One package of installed_upgrades.php: $udata = array('<package>' => array(…)). Texts live in the arena. */
struct cs_udata_entry {
    struct str package;
    bool open;      /* not_installed is true: begun and not ended */
    bool known;     /* it has not_installed at all */
    bool backed_up; /* backup_details is there: written when the backup is complete */
    size_t from;    /* where the value of not_installed stands in the file */
    size_t to;
    VEC(struct str) edited; /* files that were changed by hand, as the check found */
};
struct cs_udata {
    VEC(struct cs_udata_entry) all;
};
int cs_udata_read(struct str php, struct arena *a, struct cs_udata *out, struct err *e);
void cs_udata_free(struct cs_udata *u);

/* A line of upgrade.log, "<unix time> - message in <php file> on line <n>". False: it continues the line before. */
struct cs_legacy_line {
    int64_t seconds;
    struct str message; /* with what stands behind it where that is not of this form */
};
bool cs_legacy_line(struct str line, struct cs_legacy_line *out);

/* "DB error in <dump>: <words>": true and the two. */
bool cs_legacy_db_error(struct str message, struct str *dump, struct str *words);

/* <dump>.tmp: a serialized list of texts of statements. Texts point into the arena. */
struct cs_statement_list {
    VEC(struct str) all;
};
int cs_progress_read(struct str text, struct arena *a, struct cs_statement_list *out, struct err *e);
/* The same text for so many statements. */
void cs_progress_write(const struct cs_statement_list *list, struct buf *out);
void cs_statement_list_free(struct cs_statement_list *l);

#endif
