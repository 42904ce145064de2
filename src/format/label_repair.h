/*
 * Makes YAML readable that Symfony's parser, versions 2.0 to 2.8, takes though it is no valid YAML.
 * X-Cart 5.0 to 5.2 shipped such files. Line by line, so that line numbers stay true:
 *   - a "directives: {...}" line among the list items of the same key becomes an item itself
 *   - plain values that hold ": ", or in {...} and [...] " #", or begin with % @ ` and the like, get quotes
 *   - a backslash in double quotes that starts no escape stands for itself
 */
#ifndef FORMAT_LABEL_REPAIR_H
#define FORMAT_LABEL_REPAIR_H

#include "base/buf.h"

/* Adds the repaired text of one top-level section (its key in the first line) to out. */
void label_repair(struct str section, struct buf *out);

#endif
