/*
 * Emptying what the shop makes by itself again: data, compiled templates, copies of modified files. Thumbnails (image/cache) stay: they are made by
 * visits too, but slowly, and an old one breaks nothing.
 */
#include "base/plural.h"
#include "platform/empty_dir.h"
#include "platform/opencart/modification.h"
#include "platform/opencart/places.h"

#include <string.h>

/* Guards against listing by the web server, rules for it, and marks for version control. */
static bool stays(void *arg, const char *name, unsigned char type)
{
    (void)arg;
    (void)type;
    return name[0] == '.' || strcmp(name, "index.html") == 0;
}

int oc_empty(struct store *s, struct work *w, bool aside, const char *dir, struct err *e)
{
    struct err why = {0};

    if (empty_dir_in(s, oc_tree(s, aside), w, dir, stays, NULL, &why) == 0)
        return 0;
    /* A folder behind a link that leads elsewhere is not ours to empty; the rest is. */
    if (why.kind == ERR_REFUSED) {
        w->say(w, "%s; empty that folder by hand", why.text);
        return 0;
    }
    *e = why;
    return -1;
}

int oc_cache_clear_data(struct store *s, struct work *w, struct err *e)
{
    /* Where the installer keeps its own whatever the configuration says, and older versions did. */
    static const char *const usual[] = {"system/storage/cache", "system/cache", NULL};
    const struct oc *x = s->own;
    struct oc_place places[OC_PLACES];
    size_t n = oc_places(s, x->cache, x->aside_cache, usual, places);

    for (size_t i = 0; i < n; i++)
        if (oc_empty(s, w, places[i].aside, places[i].dir, e) < 0)
            return -1;
    return 0;
}

/* Storage that can't be reached keeps its caches, and that is worth a word. */
static void say_unreached(const struct store *s, struct work *w)
{
    const struct oc *x = s->own;

    if (x->storage_full && s->aside.path == NULL)
        w->say(w, "the storage %s could not be reached, so the caches in it are as they were%s%s", x->storage_full, s->aside_err.kind ? ": " : "",
               s->aside_err.kind ? s->aside_err.text : "");
}

int oc_cache_clear(struct store *s, struct work *w, struct err *e)
{
    size_t n;

    if (oc_cache_clear_data(s, w, e) < 0 || oc_modification_clear(s, w, &n, e) < 0)
        return -1;
    if (n > 0 && !w->dry_run)
        w->say(w, "%zu cop%s of modified files %s gone: the shop runs on the original files until toolkit cache rebuild makes %s anew",
               n, plural(n, "y", "ies"), plural(n, "is", "are"), plural(n, "it", "them"));
    say_unreached(s, w);
    return 0;
}

int oc_cache_rebuild(struct store *s, struct work *w, struct err *e)
{
    return oc_cache_clear(s, w, e) < 0 ? -1 : oc_refresh(s, w, e);
}
