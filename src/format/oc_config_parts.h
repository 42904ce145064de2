/* The two halves of the reader of config.php: statements and the values in them. Private to oc_config*.c. */
#ifndef FORMAT_OC_CONFIG_PARTS_H
#define FORMAT_OC_CONFIG_PARTS_H

#include "format/oc_config.h"
#include "format/php_token.h"

/* Real values are short; what constants joined over and over would swell to is not known. */
#define OC_CONFIG_VALUE_MAX ((size_t)4096)
/* Brackets in brackets, blocks in blocks: the reader recurses. */
#define OC_CONFIG_DEPTH_MAX 40

struct oc_config_reader {
    struct php_lexer lex;
    struct php_token t; /* not yet consumed */
    struct arena *a;
    struct oc_config *out;
    struct str dir;
    bool over; /* behind a return or exit that surely runs */
    bool cut;  /* the file ends inside a statement */
    bool deep; /* OC_CONFIG_DEPTH_MAX was passed */
};

struct oc_config_value {
    struct str text;
    bool known;
    bool broken;
};

void oc_config_next(struct oc_config_reader *r);
bool oc_config_at_end(const struct oc_config_reader *r);
bool oc_config_at_op(const struct oc_config_reader *r, const char *op);
const struct oc_define *oc_config_named(const struct oc_config *c, struct str name);

/* The value at hand, up to "," or the closing bracket of its list, or the end of the statement; that is not consumed. */
void oc_config_value_read(struct oc_config_reader *r, struct oc_config_value *v, unsigned depth);

/* To the next of these at this level of brackets; it is not consumed. */
void oc_config_pass_over(struct oc_config_reader *r);

#endif
