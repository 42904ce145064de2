/*
 * Settings of CS-Cart, which are PHP: $config['db_host'] = 'localhost'; one after another, the last one wins, or as a whole
 * $config = array(...); in the restore scripts that an upgrade writes. The code is read, never run.
 */
#ifndef FORMAT_CS_CONFIG_H
#define FORMAT_CS_CONFIG_H

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

#include <stdbool.h>

/* More assignments than this in one file are refused; real files have some forty, a restore script some hundred. */
#define CS_CONFIG_ITEMS_MAX 10000

enum cs_config_what {
    CS_CONFIG_VALUE, /* an element gets a value */
    CS_CONFIG_WHOLE, /* all of $config is set anew: what came before is gone. Its elements follow, unless it is odd. */
    CS_CONFIG_INCLUDE /* another file is included: value is the path as it is written behind the folder of the file */
};

struct cs_config_item {
    enum cs_config_what what;
    struct str key;
    struct str sub;   /* second key: $config['tweaks']['x']; "" when there is none */
    struct str value; /* of text and numbers; "1" and "" for true and false, "" for null */
    const char *odd;  /* why the value can't be told: "a variable"; never its text. NULL when it can. */
    bool depends;     /* stands in a condition, a loop or a function */
    unsigned line;
};

/* The items in order, in the arena. 0, or -1 with ERR_FORMAT when the file breaks off inside a string or comment, or has too much. */
int cs_config_read(struct str php, struct arena *a, struct cs_config_item **items, size_t *n, struct err *e);

#endif
