/* Recognising the store and reading what needs no database. */
#include "platform/opencart/oc.h"
#include "platform/top_dir.h"

#include <dirent.h>

#define SOURCE_MAX ((size_t)1024 * 1024)

/* Every front page of OpenCart, the shop's and the back office's, sends to the installer when it has no configuration. */
#define FRONT_MARK "install/index.php"
#define ADMIN_MARK "../install/index.php"

static bool read_text(const struct tree *t, const char *rel, struct buf *out)
{
    struct err ignored = {0};

    buf_reset(out);
    return tree_read(t, rel, SOURCE_MAX, out, &ignored) == 0;
}

/* The front page of a shop or a back office. */
static bool is_front(const struct tree *t, const char *rel, const char *mark)
{
    struct buf text = {0};
    bool yes = read_text(t, rel, &text) && str_has(buf_str(&text), STR("'VERSION'")) && str_has(buf_str(&text), STR("DIR_")) &&
               str_has(buf_str(&text), str_of(mark));

    buf_free(&text);
    return yes;
}

/* A configuration; of the back office when it names the shop's folder as well. */
static bool is_config(const struct tree *t, const char *rel, bool admin)
{
    struct buf text = {0};
    bool yes = read_text(t, rel, &text) && str_has(buf_str(&text), STR("DIR_APPLICATION")) && str_has(buf_str(&text), STR("DB_DATABASE")) &&
               str_has(buf_str(&text), STR("DIR_CATALOG")) == admin;

    if (text.p)
        explicit_bzero(text.p, text.cap);
    buf_free(&text);
    return yes;
}

static bool is_other_shop(const struct tree *t)
{
    static const char *const places[] = {"app/Tygh", "classes/XLite", "classes/PrestaShopAutoload.php", "config/defines.inc.php",
                                         "src/PrestaShopBundle"};

    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (tree_exists(t, places[i]))
            return true;
    return false;
}

/* A copy that was cut off may lack any single file, so none is asked for alone. */
bool oc_recognise(const struct tree *t)
{
    unsigned signs = 0;

    if (is_other_shop(t) || !tree_exists(t, "catalog"))
        return false;
    signs += is_front(t, "index.php", FRONT_MARK);
    signs += tree_exists(t, "system/startup.php");
    signs += tree_exists(t, "system/engine/registry.php") && tree_exists(t, "system/engine/loader.php");
    signs += tree_exists(t, "catalog/controller/common") && tree_exists(t, "catalog/model/catalog");
    signs += is_config(t, "config.php", false);
    return signs >= 2;
}

/* ---- versions ---- */

static const char *version_of(struct store *s, const char *rel)
{
    struct buf text = {0};
    const char *version = read_text(&s->tree, rel, &text) ? oc_version_in(buf_str(&text), &s->mem) : NULL;

    buf_free(&text);
    return version;
}

/* ---- the admin directory ---- */

/* A release that was uploaded over a shop whose back office has another name brings an "admin" again, which has no configuration, and the
 * upgrade of 4.x may leave its old and its new name behind. */
static unsigned admin_points(struct store *s, const char *name)
{
    struct arena *mem = &s->mem;
    const struct tree *t = &s->tree;
    unsigned points = 0;

    if (is_front(t, arena_printf(mem, "%s/index.php", name), ADMIN_MARK))
        points += 4;
    if (tree_exists(t, arena_printf(mem, "%s/controller/common/login.php", name)) &&
        !tree_exists(t, arena_printf(mem, "%s/controller/checkout", name)))
        points += 4;
    if (is_config(t, arena_printf(mem, "%s/config.php", name), true))
        points += 6;
    return points;
}

static const char *find_admin(struct store *s)
{
    static const char *const never[] = {"catalog", "download", "extension", "image", "install", "system", "vqmod", NULL};

    return top_dir_find(s, never, admin_points);
}

/* ---- the installer ---- */

struct count {
    const char *head;
    unsigned n;
};

static int count_step(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct count *c = arg;
    struct str s = str_of(name);
    uint64_t number;

    (void)e;
    if (type == DT_REG && str_skip(&s, str_of(c->head)) && str_chop(&s, STR(".php")) && str_u64(s, 9999, &number))
        c->n++;
    return 0;
}

static unsigned count_steps(const struct store *s, const char *dir, const char *head)
{
    struct count c = {.head = head};
    struct err ignored = {0};

    tree_list(&s->tree, dir, count_step, &c, &ignored);
    return c.n;
}

/* The folder of a newer release stands over that of an older one, whose files stay. */
static void read_install(struct store *s)
{
    struct oc *x = s->own;

    x->install = tree_exists(&s->tree, "install") ? "install" : NULL;
    x->install_family = OC_FAMILY_UNKNOWN;
    x->install_steps = count_steps(s, "install/controller/upgrade", "upgrade_");
    if (x->install_steps > 0) {
        x->install_family = OC_FAMILY_40;
        return;
    }
    x->install_steps = count_steps(s, "install/model/upgrade", "");
    if (x->install_steps > 0)
        x->install_family = OC_FAMILY_22;
    else if (tree_exists(&s->tree, "install/model/upgrade.php"))
        x->install_family = OC_FAMILY_20;
}

/* ---- all of it ---- */

static void read_configuration(struct store *s)
{
    if (oc_read_config(s, &s->config_err) == 0)
        return;
    /* The installer's own choice; the user may name the database with options. */
    s->prefix = "oc_";
    err_fix(&s->config_err, "correct that file, or give the database with --db-user, --db-name and --db-defaults-file");
}

void oc_reread(struct store *s)
{
    struct oc *x = s->own;

    err_clear(&s->config_err);
    x->version_catalog = version_of(s, "index.php");
    x->admin = find_admin(s);
    x->version_admin = x->admin ? version_of(s, arena_printf(&s->mem, "%s/index.php", x->admin)) : NULL;
    s->version = x->version_catalog ? x->version_catalog : x->version_admin;
    x->family = oc_family_of(s->version);
    read_install(s);
    read_configuration(s);
}

int oc_load(struct store *s, struct err *e)
{
    (void)e;
    s->own = arena_alloc(&s->mem, sizeof(struct oc));
    oc_reread(s);
    return 0;
}
