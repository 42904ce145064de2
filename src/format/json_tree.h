/* JSON as the tree of values that json_decode makes of it in PHP: objects become arrays. */
#ifndef FORMAT_JSON_TREE_H
#define FORMAT_JSON_TREE_H

#include "format/php_serialize.h"

/*
 * The tree of a JSON object, all of it in the arena; from and to of its nodes are 0. -1 with ERR_FORMAT as json_map.h has it, and for
 * more than PHPS_MAX_DEPTH levels or PHPS_MAX_NODES values. Of a key that stands twice phps_get gives the last, as PHP does.
 */
int json_tree_read(struct str json, struct arena *a, struct phps_node *out, struct err *e);

#endif
