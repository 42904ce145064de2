/* Recognising the store and reading what needs no database. */
#include "platform/prestashop/ps.h"
#include "platform/top_dir.h"

#include <string.h>

#define SOURCE_MAX ((size_t)1024 * 1024)

/* Reads a file below the root into mem; p NULL when it can't be read. */
static struct str read_text(struct store *s, const char *rel)
{
    struct buf text = {0};
    struct err ignored = {0};
    struct str out = {0};

    if (tree_read(&s->tree, rel, SOURCE_MAX, &text, &ignored) == 0)
        out = (struct str){arena_dup(&s->mem, text.p, text.n), text.n};
    buf_free(&text);
    return out;
}

/* A release that the module unpacked is a whole tree too, inside of the store. */
static bool is_inside_copy(const struct tree *t)
{
    struct str path = str_of(t->path);

    return str_has(path, STR("/autoupgrade/latest")) || str_has(path, STR("/autoupgrade/tmp/"));
}

/*
 * Files that a cut copy or a half rollback left out are not known beforehand, so no single one is asked for: two signs that no other
 * shop has.
 */
bool ps_recognise(const struct tree *t)
{
    static const char *const places[] = {"classes/PrestaShopAutoload.php", "classes/PrestaShopLogger.php",
                                         "src/PrestaShopBundle", "modules/autoupgrade/AdminSelfUpgrade.php",
                                         "modules/autoupgrade/autoupgrade.php"};
    bool defines = tree_holds(t, "config/defines.inc.php", "_PS_ROOT_DIR_") || tree_holds(t, "config/defines.inc.php", "_PS_MODE_DEV_");
    unsigned signs = 0;

    if (is_inside_copy(t))
        return false;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        signs += tree_exists(t, places[i]);
    signs += defines;
    signs += defines && tree_exists(t, "classes") && tree_exists(t, "controllers");
    signs += tree_holds(t, "config/settings.inc.php", "_DB_PREFIX_");
    signs += tree_holds(t, "config/autoload.php", "_PS_VERSION_");
    signs += tree_holds(t, "app/config/parameters.php", "database_prefix");
    signs += tree_holds(t, "src/Core/Version.php", "PrestaShop");
    return signs >= 2;
}

/* thirty bees grew out of 1.6 and has its files; its upgrades are another program's. */
static int refuse_fork(struct store *s, struct err *e)
{
    struct str rest = read_text(s, "config/settings.inc.php");
    size_t at = str_find(rest, STR("'_TB_VERSION_'"), 0);
    struct str version = {0};

    if (at == SIZE_MAX)
        return 0;
    rest = str_sub(rest, at + strlen("'_TB_VERSION_'"), rest.n);
    str_cut(rest, '\'', &rest);
    version = str_cut(rest, '\'', &rest);
    if (!ps_is_version(version))
        version = STR("");
    err_set(e, ERR_ABSENT, "%s is a shop of thirty bees%s%.*s, which grew out of PrestaShop 1.6 and is updated by a program of its own",
            s->tree.path, version.n ? " " : "", STR_FMT(version));
    return err_fix(e, "the toolkit knows PrestaShop 1.6 to 9 itself; nothing was looked at");
}

/* ---- versions ---- */

static const char *version_of(struct store *s, const char *rel)
{
    struct str text = read_text(s, rel);
    struct err ignored = {0};
    char version[PS_VERSION_MAX];

    if (text.p == NULL || ps_version_in(str_of(rel), text, version, &ignored) != 1)
        return NULL;
    return arena_strdup(&s->mem, version);
}

/*
 * The newest family of files that is there decides: an upgrade adds them and does not take the older ones away. From 8 on
 * the older places name a constant of the newer one and so say nothing; where both say something, the newer one is not asked by
 * the code: a restore of an older version leaves it behind.
 */
static const char *version_of_code(const struct ps *x)
{
    bool asked = x->version_autoload == NULL || x->version_kernel == NULL || ps_series(x->version_autoload) != 17 ||
                 strcmp(x->version_autoload, x->version_kernel) != 0;

    if (x->version_core && asked)
        return x->version_core;
    if (x->version_kernel)
        return x->version_kernel;
    return x->version_autoload ? x->version_autoload : x->version_settings;
}

void ps_reread_version(struct store *s)
{
    struct ps *x = s->own;

    x->version_settings = version_of(s, "config/settings.inc.php");
    x->version_autoload = version_of(s, "config/autoload.php");
    x->version_kernel = version_of(s, "app/AppKernel.php");
    x->version_core = version_of(s, "src/Core/Version.php");
    x->version_install = version_of(s, "install/install_version.php");
    s->version = version_of_code(x);
}

/* ---- the admin directory ---- */

/* PrestaShop insists on a name that nobody guesses; "admin" beside another one was copied by an upgrade. */
static unsigned admin_points(struct store *s, const char *name)
{
    struct arena *mem = &s->mem;
    const struct tree *t = &s->tree;
    unsigned points = 0;

    if (tree_holds(t, arena_printf(mem, "%s/index.php", name), "_PS_ADMIN_DIR_"))
        points += 4;
    if (tree_exists(t, arena_printf(mem, "%s/ajax-tab.php", name)) ||
        tree_exists(t, arena_printf(mem, "%s/get-file-admin.php", name)))
        points += 4;
    if (tree_exists(t, arena_printf(mem, "%s/autoupgrade", name)))
        points += 6;
    return points;
}

static void find_admin(struct store *s)
{
    static const char *const never[] = {"Adapter", "Core", "app", "bin", "cache", "classes", "config", "controllers", "css",
                                        "docs", "download", "img", "install", "js", "localization", "log", "mails", "modules",
                                        "override", "pdf", "src", "templates", "themes", "tools", "translations", "upload",
                                        "var", "vendor", "webservice", NULL};
    struct ps *x = s->own;

    x->admin = top_dir_find(s, never, admin_points);
    if (x->admin) {
        const char *workspace = arena_printf(&s->mem, "%s/autoupgrade", x->admin);

        x->workspace = tree_exists(&s->tree, workspace) ? workspace : NULL;
    }
}

/* ---- the module ---- */

/* $this->version = '4.14.2'; of the module's main file, where config.xml is not there. */
static const char *version_of_main_file(struct store *s)
{
    struct str text = read_text(s, "modules/autoupgrade/autoupgrade.php");
    size_t at = str_find(text, STR("$this->version"), 0);
    struct str version;

    if (at == SIZE_MAX)
        return NULL;
    str_cut(str_sub(text, at, text.n), '\'', &version);
    version = str_cut(version, '\'', &(struct str){0});
    return ps_is_version(version) ? arena_dup(&s->mem, version.p, version.n) : NULL;
}

static void read_module(struct store *s)
{
    struct ps *x = s->own;
    struct str xml = read_text(s, "modules/autoupgrade/config.xml");
    struct err ignored = {0};
    struct ps_module_info info;

    if (xml.p && ps_module_config(xml, &s->mem, &info, &ignored) == 0 && ps_is_version(info.version))
        x->module_version = arena_dup(&s->mem, info.version.p, info.version.n);
    else
        x->module_version = version_of_main_file(s);
    x->gen = x->module_version ? ps_generation(str_of(x->module_version)) : PS_GEN_UNKNOWN;
}

int ps_load(struct store *s, struct err *e)
{
    struct ps *x = arena_alloc(&s->mem, sizeof *x);

    s->own = x;
    if (refuse_fork(s, e) < 0)
        return -1;
    x->engine = "MyISAM";
    ps_reread_version(s);
    find_admin(s);
    read_module(s);
    if (ps_read_config(s, &s->config_err) == 0)
        return 0;
    /* The installer's own choice; the user may name the database with options. */
    s->prefix = "ps_";
    err_fix(&s->config_err, "correct that file, or give the database with --db-user, --db-name and "
                            "--db-defaults-file");
    return 0;
}
