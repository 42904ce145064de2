/* Which places of a store differ from shop to shop, and where a file that no release has is worth a look. */
#include "platform/opencart/oc.h"

#include <string.h>

/* The storage holds what the shop makes and keeps, and libraries. In 2.0 and 2.1 it is the folder of the code itself. */
static bool is_kept(const struct oc *x, struct str path)
{
    static const char *const old[] = {"system/cache", "system/download", "system/logs", "system/modification", "system/upload"};
    const char *const storages[] = {"system/storage", x->storage};

    for (size_t i = 0; i < sizeof old / sizeof *old; i++)
        if (str_is_below(path, old[i]))
            return true;
    for (size_t i = 0; i < sizeof storages / sizeof *storages; i++) {
        struct str rest = path;

        if (storages[i] && strcmp(storages[i], "system") != 0 && str_skip(&rest, str_of(storages[i])) && str_skip(&rest, STR("/")) &&
            !str_is_below(rest, "vendor"))
            return true;
    }
    return false;
}

/* What is legitimately changed or removed: settings, pictures, caches, copies of modified files, the installer. */
bool oc_is_volatile(struct store *s, struct str path)
{
    static const char *const files[] = {"config.php", "config-dist.php", ".htaccess", ".htaccess.txt", "robots.txt", "php.ini", ".user.ini"};
    static const char *const dirs[] = {"install", "image/catalog", "image/cache", "image/data", "vqmod/vqcache", "vqmod/logs", "extension/ocmod", ".git"};
    const struct oc *x = s->own;
    struct str rest = path;

    if (x->admin && str_skip(&rest, str_of(x->admin)) && str_skip(&rest, STR("/")) &&
        (str_is(rest, "config.php") || str_is(rest, "config-dist.php") || str_is(rest, "php.ini")))
        return true;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (str_is(path, files[i]))
            return true;
    for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++)
        if (str_is_below(path, dirs[i]))
            return true;
    return is_kept(x, path);
}

const char *const oc_strays_in[] = {"catalog/controller/event", "catalog/controller/startup", "image",         "system/config",
                                    "system/engine",            "system/helper",              "system/library", NULL};

/* Nothing below image is code. */
const char *oc_stray(struct store *s, struct str path)
{
    (void)s;
    if (str_is_below(path, "image") && (str_ends(path, STR(".php")) || str_ends(path, STR(".phtml")) || str_ends(path, STR(".phar"))))
        return "is code in the folder of pictures, where visitors can run it and no release has any; look at it, and remove it";
    return NULL;
}
