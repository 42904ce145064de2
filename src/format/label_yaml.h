/*
 * Language labels out of X-Cart's YAML files (sql/xlite_data.yaml, sql/xlite_data_lng.yaml, install.yaml,
 * install_*.yaml of modules):
 *
 *     XLite\Model\LanguageLabel:
 *       - { name: "Parcel is late", translations: [{ code: en, label: "Parcel is late" }] }
 *
 * Only this top-level key is read; all others stay untouched, whatever they hold. libyaml does the parsing.
 * What it refuses is tried once more after a repair of what the lenient Symfony parser of X-Cart 5.0 to 5.3
 * takes (see label_repair.h).
 *
 * Unquoted scalars are given as they are written. Symfony would turn some of them into other values, which
 * then reach the database as text: 1.0 as 1, 0123 as 83, true as 1. No label of X-Cart is like that; yes, no,
 * on and off are plain text for Symfony 2 too. A section that stands twice is read twice; Symfony, depending
 * on its version, keeps one of them.
 */
#ifndef FORMAT_LABEL_YAML_H
#define FORMAT_LABEL_YAML_H

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

/* A translation of a label. Names are exact bytes. */
struct label {
    struct str name;
    struct str code;
    struct str text;
    bool is_null;  /* the text is null (~, null or nothing): the store counts it as missing */
    unsigned line; /* of the translation */
};

struct label_list {
    const struct label *v;
    size_t n;
    size_t skipped; /* list items without a name (directives), and translations without a code */
    bool repaired;  /* read by the lenient rules */
};

/* Reads all labels of a file into the arena. 0 (perhaps with no label at all), or -1 with ERR_FORMAT and the
 * line. */
int label_yaml_read(struct str yaml, struct arena *a, struct label_list *out, struct err *e);

#endif
