/* Opening a path beneath a directory without the kernel's help, for kernels before openat2. */
#ifndef SYS_TREE_RESOLVE_H
#define SYS_TREE_RESOLVE_H

#include "sys/fsops.h"

/* Like openat2 with RESOLVE_BENEATH: links inside rel are followed as long as they stay beneath root.
 * A descriptor, or -1 with errno: EXDEV for a path that leads out, ELOOP for too many links. */
int tree_resolve(const struct fsops *ops, int root, const char *rel, int flags, mode_t mode);

#endif
