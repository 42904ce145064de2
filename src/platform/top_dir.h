/* A directory at the top of a store that the merchant may give any name, such as that of the back office: known by what is in it. */
#ifndef PLATFORM_TOP_DIR_H
#define PLATFORM_TOP_DIR_H

#include "platform/platform.h"

/* How much a directory looks like the one sought; 0: not at all. */
typedef unsigned top_dir_points(struct store *s, const char *name);

/*
 * The one with most points, in the store's memory; NULL: none has any. Of as many points "admin" comes last: where another name was given, a
 * release that was copied over the shop brings that one again. never: names that are not looked at, NULL at the end.
 */
const char *top_dir_find(struct store *s, const char *const *never, top_dir_points *points);

#endif
