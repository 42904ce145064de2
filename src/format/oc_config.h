/* config.php of OpenCart 2.0 to 4.1: constants, as PHP would see them. The code is read, never run. */
#ifndef FORMAT_OC_CONFIG_H
#define FORMAT_OC_CONFIG_H

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

struct oc_define {
    struct str name;
    struct str value; /* in the arena; meaningless unless known */
    unsigned line;
    bool known;   /* literals and earlier constants joined by "."; also what __DIR__, __FILE__, dirname and realpath give when the file's directory
                   * was told */
    bool depends; /* it stands in a condition that can't be judged: the value is not taken for known then */
    bool again;   /* an earlier line defines the name: PHP keeps that one */
};

/* A zeroed struct is empty. All lives in the arena or points into the file. */
struct oc_config {
    VEC(struct oc_define) defines; /* in order, without those of branches that never run; free(v) by oc_config_free */
    bool empty;       /* nothing but blanks: the shop takes itself for not installed */
    bool other_code;  /* it holds statements besides defines, which an upgrade of 4.x drops */
    unsigned crowded; /* the first line with several defines, which an upgrade leaves; 0: none */
    unsigned broken;  /* the first line that PHP stumbles over though the file doesn't break off there: a lost ";", quote or bracket; 0: none was seen */
};

/* More than ten times what any version has; more is no configuration. */
#define OC_CONFIG_DEFINES_MAX 1000

/*
 * 0, or -1 with ERR_FORMAT when the file breaks off inside a text, a comment, a block or a define; what stands in front of that is in out.
 * An empty file is fine. Texts of errors hold no value. Free in any case.
 *
 * dir: the absolute directory of the file, without a slash at its end, for __DIR__ and the like; NULL: not known.
 */
int oc_config_read_at(struct str php, const char *dir, struct arena *a, struct oc_config *out, struct err *e);
void oc_config_free(struct oc_config *c);

/* The define that counts, or NULL. */
const struct oc_define *oc_config_find(const struct oc_config *c, const char *name);
/* Its value, NULL when it is not there or not known. */
const char *oc_config_get(const struct oc_config *c, const char *name, struct arena *a);

#endif
