/*
 * Switching add-ons off and on, the part that is the same for every shop: which ones are meant, what is remembered under ADDONS_NOTE, and the
 * look at the list afterwards.
 */
#ifndef PLATFORM_ADDON_CHANGE_H
#define PLATFORM_ADDON_CHANGE_H

#include "platform/platform.h"

struct addon_ops {
    int (*list)(struct store *s, struct addon_list *out, struct err *e);
    /* Switches one; not called in a dry run. May be repeated after a kill. */
    int (*set)(struct store *s, const char *name, bool on, struct work *w, struct err *e);
    int (*cache_clear)(struct store *s, struct work *w, struct err *e);
};

/* platform.addons_set */
int addon_change(const struct addon_ops *ops, struct store *s, const char *const *names, size_t n, bool on, struct work *w,
                 struct err *e);

#endif
