/* Which places of a store differ from shop to shop, and where a file that no release has does harm. */
#include "platform/prestashop/ps.h"

#include <string.h>

/* themes/NAME/cache and themes/NAME/assets/cache of any theme; all of classic's assets, which shops rebuild. */
static bool is_theme_cache(struct str path)
{
    struct str rest = path;

    if (!str_skip(&rest, STR("themes/")))
        return false;
    str_cut(rest, '/', &rest);
    return str_is_below(rest, "cache") || str_is_below(rest, "assets/cache") || str_is_below(path, "themes/classic/assets");
}

/* Below the admin directory: what the upgrade module and the back office write. */
static bool is_admin_own(const struct store *s, struct str path)
{
    static const char *const dirs[] = {"autoupgrade", "backups", "export", "import"};
    const struct ps *x = s->own;
    struct str rest = path;

    if (x->admin == NULL || !str_skip(&rest, str_of(x->admin)) || !str_skip(&rest, STR("/")))
        return false;
    for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++)
        if (str_is_below(rest, dirs[i]))
            return true;
    return false;
}

/* What is legitimately changed: settings, caches, pictures, uploads, logs, texts and mails, lists fetched from the network. */
bool ps_is_volatile(struct store *s, struct str path)
{
    static const char *const dirs[] = {"app/cache", "app/logs", "app/Resources/translations", "cache", "config/xml", "download", "img",
                                       "install", "log", "mails", "modules/autoupgrade", "translations", "upload", "var", ".git"};
    static const char *const files[] = {".htaccess", "robots.txt", "config/settings.inc.php", "config/settings.inc.php.bck",
                                        "config/settings.inc.bak.php", "config/defines_custom.inc.php",
                                        "config/db_slave_server.inc.php", "app/config/parameters.php", "app/config/parameters.yml"};

    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (str_is(path, files[i]))
            return true;
    for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++)
        if (str_is_below(path, dirs[i]))
            return true;
    return is_theme_cache(path) || is_admin_own(s, path);
}

const char *const ps_strays_in[] = {"Adapter", "Core", "app", "bin", "classes", "controllers", "src", "tools", "vendor", "webservice", NULL};

/* Guards against listing, which old releases had everywhere: below src Symfony takes every PHP file for a class. */
const char *ps_stray(struct store *s, struct str path)
{
    (void)s;
    if (str_is_below(path, "src") && str_ends(path, STR("/index.php")))
        return "breaks the shop: Symfony loads every file below src as a class (FileLoaderLoadException); remove it";
    return NULL;
}
