/* Patterns of paths as users give them: "*" and "?" stand for anything, also for "/", and a directory stands for all below it. */
#ifndef BASE_GLOB_H
#define BASE_GLOB_H

#include <stdbool.h>

/* True when one of the patterns (NULL at the end; NULL: none) stands for the path. */
bool glob_any(const char *const *patterns, const char *path);

#endif
